// SPDX-License-Identifier: GPL-2.0
/* ktgtadm session: logged in initiators. */
#include "cmd/histogram.h"
#include "cmd/objects.h"
#include "cmd/print.h"

#include <errno.h>
#include <time.h>

#include "lib/parse.h"

#define LOGOUT_TIME	10	/* s */
/* how long the kernel may take to end sessions, in s */
#define END_TIME	5
/* time between two checks, in ms */
#define MOMENT		100

static void peer_text(const void *item, char *buf, size_t size)
{
	const struct session *session = item;
	const struct conn *conn = vec_at(&session->conn, 0);

	if (conn)
		portal_text(&conn->peer_address, conn->peer_port, buf, size);
	else
		snprintf(buf, size, "-");
}

static void conns_text(const void *item, char *buf, size_t size)
{
	const struct session *session = item;

	snprintf(buf, size, "%zu", session->conn.n);
}

static void target_text(const void *item, char *buf, size_t size)
{
	const struct session *session = item;

	snprintf(buf, size, "%s", session->target_id ? session->target :
		 "discovery");
}

static const struct column columns[] = {
	{ "ID", KTGT_A_SESSION_ID, NULL, true },
	{ "TARGET", 0, target_text, false },
	{ "INITIATOR", KTGT_A_SESSION_INITIATOR, NULL, false },
	{ "PEER", 0, peer_text, false },
	{ "CONNECTIONS", 0, conns_text, true },
	{ "LOGIN", KTGT_A_SESSION_LOGIN_TIME, NULL, false },
	{ "IDLE", FIRST_OF(KTGT_A_SESSION_CONN, KTGT_A_CONN_IDLE_TIME), NULL,
	  true },
	{ "RTT", FIRST_OF(KTGT_A_SESSION_CONN, KTGT_A_CONN_RTT), NULL, true },
	{ "RETRANSMITS", FIRST_OF(KTGT_A_SESSION_CONN, KTGT_A_CONN_RETRANSMITS),
	  NULL, true },
	{ NULL, 0, NULL, false }
};

static int session_find(struct app *app, const struct vec *list, uint32_t id)
{
	const struct session *session;

	vec_for_each(session, list) {
		/* a list of one item, so that JSON is always a list */
		struct vec one = { (char *)session, 1, list->size };

		if (session->id != id)
			continue;
		if (app->format == OUT_TABLE || app->format == OUT_RAW)
			return out_object(app->format, "sessions",
					  &session_object, session);
		return out_list(app->format, "sessions", &session_object,
				&one, columns);
	}
	fprintf(stderr, "Error: there is no session %u\n", id);
	return EXIT_KERNEL;
}

static int session_show(struct app *app, const struct command *command,
			struct request *req)
{
	struct session *session = req->obj;
	struct session filter = { 0 };
	struct vec list = { 0 };
	int err;

	if (!HAS(session, KTGT_A_SESSION_ID))
		return dump_and_print(app, command, session, "sessions",
				      columns);
	/* the kernel can filter only by target */
	if (HAS(session, KTGT_A_SESSION_TARGET_ID)) {
		SET(&filter, KTGT_A_SESSION_TARGET_ID);
		filter.target_id = session->target_id;
	}
	err = nl_dump(app->nl, command->cmd, command->obj, &filter, &list);
	if (!err)
		err = session_find(app, &list, session->id);
	objects_free(&list, command->obj);
	return err;
}

static const struct arg show_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_SESSION_TARGET_ID },
	{ "id", "N", ARG_VALUE, 0, KTGT_A_SESSION_ID },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg del_args[] = {
	{ "id", "ID", ARG_VALUE, ARG_FIRST | ARG_REQUIRED, KTGT_A_SESSION_ID },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg logout_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_SESSION_TARGET_ID },
	{ "id", "N", ARG_VALUE, 0, KTGT_A_SESSION_ID },
	{ "time", "SECONDS", ARG_VALUE, 0, KTGT_A_SESSION_LOGOUT_TIME },
	{ NULL, NULL, 0, 0, 0 }
};

static bool is_meant(const struct session *want, const struct session *have)
{
	if (HAS(want, KTGT_A_SESSION_ID) && want->id != have->id)
		return false;
	return !HAS(want, KTGT_A_SESSION_TARGET_ID) ||
	       want->target_id == have->target_id;
}

/* Adds the sessions that @want means to @list. */
static int sessions_meant(struct app *app, const struct session *want,
			  struct vec *list)
{
	struct session *session, *to;
	struct vec all = { 0 };
	int err;

	err = nl_dump(app->nl, KTGT_CMD_SESSION_LIST, &session_object, NULL,
		      &all);
	vec_for_each(session, &all) {
		if (err || !is_meant(want, session))
			continue;
		to = vec_add(list, sizeof(*to));
		if (!to)
			err = -ENOMEM;
		else
			to->id = session->id;
	}
	objects_free(&all, &session_object);
	return err;
}

static int ask_all(struct app *app, const struct vec *list, uint32_t seconds)
{
	const struct session *session;
	struct session req;
	int err = 0;

	vec_for_each(session, list) {
		req = (struct session){ .id = session->id };
		SET(&req, KTGT_A_SESSION_ID);
		SET(&req, KTGT_A_SESSION_LOGOUT_TIME);
		req.logout_time = seconds;
		err = nl_request(app->nl, KTGT_CMD_SESSION_DEL,
				 &session_object, &req, NULL);
		/* a session that has ended meanwhile is no error */
		if (err && err != -ENOENT)
			return err;
	}
	return 0;
}

/*
 * Counts how many sessions of @list still exist; newer sessions do not count.
 */
static int count_left(struct app *app, const struct vec *list, size_t *left)
{
	const struct session *session, *one;
	struct session any = { 0 };
	struct vec now = { 0 };
	int err;

	*left = 0;
	err = sessions_meant(app, &any, &now);
	vec_for_each(session, &now)
		vec_for_each(one, list)
			if (one->id == session->id)
				++*left;
	objects_free(&now, &session_object);
	return err;
}

static int64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Waits until all sessions have ended, or until the time @late. */
static int wait_until(struct app *app, const struct vec *list, int64_t late,
		      size_t *left)
{
	static const struct timespec moment = { .tv_nsec = 1000000 * MOMENT };
	int err = 0;

	while (!err && *left && milliseconds() < late) {
		nanosleep(&moment, NULL);
		err = count_left(app, list, left);
	}
	return err;
}

/*
 * At the end, the kernel ends the sessions that are left; these get a warning.
 */
static int wait_gone(struct app *app, const struct vec *list,
		     uint32_t seconds)
{
	int64_t end = milliseconds() + seconds * 1000LL;
	size_t left = list->n;
	int err;

	err = wait_until(app, list, end - 3 * MOMENT, &left);
	if (err || !left)
		return err;
	fprintf(stderr, "Warning: %zu of %zu sessions did not log out in %u s and are ended\n",
		left, list->n, seconds);
	return wait_until(app, list, end + END_TIME * 1000, &left);
}

static int session_logout(struct app *app, const struct command *command,
			  struct request *req)
{
	const struct session *want = req->obj;
	uint32_t seconds = HAS(want, KTGT_A_SESSION_LOGOUT_TIME) ?
			   want->logout_time : LOGOUT_TIME;
	struct vec list = { 0 };
	int err;

	(void)command;
	err = sessions_meant(app, want, &list);
	if (!err)
		err = ask_all(app, &list, seconds);
	if (!err)
		err = wait_gone(app, &list, seconds);
	objects_free(&list, &session_object);
	return err;
}

const struct command session_commands[] = {
	{ "show", "list sessions, or show one in full", &session_object,
	  show_args, KTGT_CMD_SESSION_LIST, session_show },
	{ "del", "end a session; the initiator may log in again",
	  &session_object, del_args, KTGT_CMD_SESSION_DEL, NULL },
	{ "logout", "ask initiators to log out, then end the sessions that remain",
	  &session_object, logout_args, KTGT_CMD_SESSION_DEL, session_logout },
	{ "histogram", "show how long commands took, and the storage's part of it",
	  &histogram_object, session_histogram_args,
	  KTGT_CMD_SESSION_HISTOGRAM_LIST, session_histogram },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
