// SPDX-License-Identifier: GPL-2.0
/*
 * ktgtadm stats: how well the data path works, as quotients of counters, and
 * how much data it transfers. JSON has the counters themselves.
 */
#include "cmd/objects.h"
#include "cmd/print.h"

#include <inttypes.h>

/* "-" if the divisor is zero */
static void quotient(uint64_t a, uint64_t b, char *buf, size_t size)
{
	if (b)
		snprintf(buf, size, "%.1f", (double)a / (double)b);
	else
		snprintf(buf, size, "-");
}

static void percent(uint64_t part, uint64_t rest, char *buf, size_t size)
{
	uint64_t all = part + rest;

	if (all)
		snprintf(buf, size, "%.0f", 100 * (double)part / (double)all);
	else
		snprintf(buf, size, "-");
}

static const struct conn *the_conn(const void *item)
{
	static const struct conn none;
	const struct session *session = item;
	const struct conn *conn = vec_at(&session->conn, 0);

	return conn ? conn : &none;
}

static void pdus_text(const void *item, char *buf, size_t size)
{
	const struct conn *conn = the_conn(item);

	quotient(conn->rx_pdus, conn->runs, buf, size);
}

static void vectors_text(const void *item, char *buf, size_t size)
{
	const struct conn *conn = the_conn(item);

	quotient(conn->send_vectors, conn->sends, buf, size);
}

static void plug_text(const void *item, char *buf, size_t size)
{
	const struct conn *conn = the_conn(item);

	quotient(conn->plugged, conn->plugs, buf, size);
}

static void kicks_text(const void *item, char *buf, size_t size)
{
	const struct conn *conn = the_conn(item);

	percent(conn->kicks_saved, conn->runs, buf, size);
}

static void recycled_text(const void *item, char *buf, size_t size)
{
	const struct conn *conn = the_conn(item);

	percent(conn->pages_recycled, conn->pages_fresh, buf, size);
}

static void zero_copy_text(const void *item, char *buf, size_t size)
{
	const struct conn *conn = the_conn(item);

	percent(conn->zero_copy, conn->copied, buf, size);
}

static void polls_text(const void *item, char *buf, size_t size)
{
	const struct conn *conn = the_conn(item);

	percent(conn->polls_hit, conn->polls - conn->polls_hit, buf, size);
}

static const struct column columns[] = {
	{ "ID", KTGT_A_SESSION_ID, NULL, true },
	{ "INITIATOR", KTGT_A_SESSION_INITIATOR, NULL, false },
	{ "PDUS/RUN", 0, pdus_text, true },
	{ "VECTORS/SEND", 0, vectors_text, true },
	{ "COMMANDS/PLUG", 0, plug_text, true },
	{ "KICKS SAVED %", 0, kicks_text, true },
	{ "RECYCLED %", 0, recycled_text, true },
	{ "ZERO COPY %", 0, zero_copy_text, true },
	{ "POLLS HIT %", 0, polls_text, true },
	{ NULL, 0, NULL, false }
};

static int stats_show(struct app *app, const struct command *command,
		      struct request *req)
{
	return dump_and_print(app, command, req->obj, "sessions", columns);
}

static const struct arg show_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_SESSION_TARGET_ID },
	{ NULL, NULL, 0, 0, 0 }
};

/* The number of commands that were received and are not answered. */
static void flight_text(const void *item, char *buf, size_t size)
{
	const struct itl *itl = item;

	snprintf(buf, size, "%" PRIu64,
		 itl->read_begun - itl->read_commands +
		 itl->write_begun - itl->write_commands);
}

static const struct column itl_columns[] = {
	{ "TARGET", KTGT_A_ITL_TARGET_ID, NULL, true },
	{ "SESSION", KTGT_A_ITL_SESSION_ID, NULL, true },
	{ "LUN", KTGT_A_ITL_LUN, NULL, true },
	{ "READS", KTGT_A_ITL_READ_COMMANDS, NULL, true },
	{ "READ BYTES", KTGT_A_ITL_READ_BYTES, NULL, true },
	{ "WRITES", KTGT_A_ITL_WRITE_COMMANDS, NULL, true },
	{ "WRITTEN BYTES", KTGT_A_ITL_WRITE_BYTES, NULL, true },
	{ "IN FLIGHT", 0, flight_text, true },
	{ "ERRORS", KTGT_A_ITL_ERRORS, NULL, true },
	{ NULL, 0, NULL, false }
};

static int luns_show(struct app *app, const struct command *command,
		     struct request *req)
{
	return dump_and_print(app, command, req->obj, "itls", itl_columns);
}

static const struct arg luns_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_ITL_TARGET_ID },
	{ NULL, NULL, 0, 0, 0 }
};

const struct command stats_commands[] = {
	{ "show", "show how well the work of each session is batched", &session_object,
	  show_args, KTGT_CMD_SESSION_LIST, stats_show },
	{ "luns", "show reads, writes and errors of each session on each LUN", &itl_object,
	  luns_args, KTGT_CMD_ITL_LIST, luns_show },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
