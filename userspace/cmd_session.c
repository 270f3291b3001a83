// SPDX-License-Identifier: GPL-2.0
/* ktgtadm session: logged in initiators. */
#include "cmd.h"

#include "parse.h"

static void peer_text(const void *item, char *buf, size_t size)
{
	const struct session *session = item;
	const struct conn *conn = list_at(&session->conn, 0);

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
	{ NULL, 0, NULL, false }
};

static int session_find(struct app *app, const struct list *list, uint32_t id)
{
	const struct session *session;

	list_for_each(session, list) {
		/* borrows the one item, so that JSON is a list here too */
		struct list one = { (char *)session, 1, list->size };

		if (session->id != id)
			continue;
		if (app->format == OUT_TABLE || app->format == OUT_RAW)
			return out_object(app->format, "sessions",
					  &session_object, session);
		return out_list(app->format, "sessions", &session_object,
				&one, columns);
	}
	fprintf(stderr, "Error: no session %u\n", id);
	return EXIT_KERNEL;
}

static int session_show(struct app *app, const struct command *command,
			struct request *req)
{
	struct session *session = req->obj;
	struct session filter = { 0 };
	struct list list = { 0 };
	int err;

	if (!HAS(session, KTGT_A_SESSION_ID))
		return dump_and_print(app, command, session, "sessions",
				      columns);
	/* the kernel filters by target alone */
	if (HAS(session, KTGT_A_SESSION_TARGET_ID)) {
		SET(&filter, KTGT_A_SESSION_TARGET_ID);
		filter.target_id = session->target_id;
	}
	err = nl_dump(app->nl, command->cmd, command->obj, &filter, &list);
	if (!err)
		err = session_find(app, &list, session->id);
	list_free(&list, command->obj);
	return err;
}

static const struct arg show_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_SESSION_TARGET_ID },
	{ "id", "N", ARG_VALUE, 0, KTGT_A_SESSION_ID },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg del_args[] = {
	{ "id", "N", ARG_VALUE, ARG_FIRST | ARG_REQUIRED, KTGT_A_SESSION_ID },
	{ NULL, NULL, 0, 0, 0 }
};

const struct command session_commands[] = {
	{ "show", "list sessions, or show one in full", &session_object,
	  show_args, KTGT_CMD_SESSION_LIST, session_show },
	{ "del", "end a session; the initiator may log in again",
	  &session_object, del_args, KTGT_CMD_SESSION_DEL, NULL },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
