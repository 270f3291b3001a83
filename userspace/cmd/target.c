// SPDX-License-Identifier: GPL-2.0
/* ktgtadm target: targets. */
#include "cmd/objects.h"
#include "cmd/print.h"

#include <errno.h>

static const struct column columns[] = {
	{ "ID", KTGT_A_TARGET_ID, NULL, true },
	{ "NAME", KTGT_A_TARGET_NAME, NULL, false },
	{ "STATE", KTGT_A_TARGET_STATE, NULL, false },
	{ "LUNS", KTGT_A_TARGET_LUS, NULL, true },
	{ "ACLS", KTGT_A_TARGET_ACLS, NULL, true },
	{ "SESSIONS", KTGT_A_TARGET_SESSIONS, NULL, true },
	{ NULL, 0, NULL, false }
};

static int view_load(struct app *app, struct target_view *view)
{
	struct lu lu = { .target_id = view->target.id };
	struct acl acl = { .target_id = view->target.id };
	struct account account = { .target_id = view->target.id };
	struct session session = { .target_id = view->target.id };
	int err;

	SET(&lu, KTGT_A_LU_TARGET_ID);
	SET(&acl, KTGT_A_ACL_TARGET_ID);
	SET(&account, KTGT_A_ACCOUNT_TARGET_ID);
	SET(&session, KTGT_A_SESSION_TARGET_ID);
	err = nl_dump(app->nl, KTGT_CMD_PORTAL_LIST, &portal_object, NULL,
		      &view->portals);
	if (!err)
		err = nl_dump(app->nl, KTGT_CMD_LU_LIST, &lu_object, &lu,
			      &view->lus);
	if (!err)
		err = nl_dump(app->nl, KTGT_CMD_ACL_LIST, &acl_object, &acl,
			      &view->acls);
	if (!err)
		err = nl_dump(app->nl, KTGT_CMD_ACCOUNT_LIST, &account_object,
			      &account, &view->accounts);
	if (!err)
		err = nl_dump(app->nl, KTGT_CMD_SESSION_LIST, &session_object,
			      &session, &view->sessions);
	return err;
}

static void view_free(struct target_view *view)
{
	objects_free(&view->portals, &portal_object);
	objects_free(&view->lus, &lu_object);
	objects_free(&view->acls, &acl_object);
	objects_free(&view->accounts, &account_object);
	objects_free(&view->sessions, &session_object);
}

static int target_show(struct app *app, const struct command *command,
		       struct request *req)
{
	struct target_view view = { 0 };
	struct target *target = req->obj;
	int err;

	if (!target->has)
		return dump_and_print(app, command, target, "targets",
				      columns);
	err = nl_request(app->nl, KTGT_CMD_TARGET_GET, &target_object, target,
			 &view.target);
	if (!err)
		err = view_load(app, &view);
	if (!err)
		err = out_target(app->format, &view);
	view_free(&view);
	return err;
}

/* Silent for people; a script may ask for the number that was given. */
static int target_add(struct app *app, const struct command *command,
		      struct request *req)
{
	struct vec list = { 0 };
	struct target *made = vec_add(&list, sizeof(*made));
	int err;

	if (!made)
		return -ENOMEM;
	err = nl_request(app->nl, command->cmd, &target_object, req->obj,
			 made);
	if (!err && (app->format == OUT_JSON || app->format == OUT_JSON_PRETTY))
		err = out_list(app->format, "targets", &target_object, &list,
			       columns);
	objects_free(&list, &target_object);
	return err;
}

/* What a target says in a login, and how it looks after its initiators */
#define KEY_ARGS							\
	{ "header-digest", NULL, ARG_VALUE, 0,				\
	  KTGT_A_TARGET_HEADER_DIGEST },				\
	{ "data-digest", NULL, ARG_VALUE, 0, KTGT_A_TARGET_DATA_DIGEST },\
	{ "initial-r2t", NULL, ARG_VALUE, 0, KTGT_A_TARGET_INITIAL_R2T },\
	{ "immediate-data", NULL, ARG_VALUE, 0,				\
	  KTGT_A_TARGET_IMMEDIATE_DATA },				\
	{ "max-recv-data-segment-length", NULL, ARG_VALUE, 0,		\
	  KTGT_A_TARGET_MAX_RECV_DATA_SEGMENT_LENGTH },			\
	{ "max-xmit-data-segment-length", NULL, ARG_VALUE, 0,		\
	  KTGT_A_TARGET_MAX_XMIT_DATA_SEGMENT_LENGTH },			\
	{ "first-burst-length", NULL, ARG_VALUE, 0,			\
	  KTGT_A_TARGET_FIRST_BURST_LENGTH },				\
	{ "max-burst-length", NULL, ARG_VALUE, 0,			\
	  KTGT_A_TARGET_MAX_BURST_LENGTH },				\
	{ "max-outstanding-r2t", NULL, ARG_VALUE, 0,			\
	  KTGT_A_TARGET_MAX_OUTSTANDING_R2T },				\
	{ "default-time2wait", NULL, ARG_VALUE, 0,			\
	  KTGT_A_TARGET_DEFAULT_TIME2WAIT },				\
	{ "nop-interval", NULL, ARG_VALUE, 0,				\
	  KTGT_A_TARGET_NOP_INTERVAL },					\
	{ "nop-count", NULL, ARG_VALUE, 0, KTGT_A_TARGET_NOP_COUNT }

static const struct arg show_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_FIRST, 0 },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg add_args[] = {
	{ "name", "NAME", ARG_NAME, ARG_FIRST | ARG_REQUIRED,
	  KTGT_A_TARGET_NAME },
	{ "id", "N", ARG_VALUE, 0, KTGT_A_TARGET_ID },
	{ "alias", NULL, ARG_VALUE, 0, KTGT_A_TARGET_ALIAS },
	{ "state", NULL, ARG_VALUE, 0, KTGT_A_TARGET_STATE },
	KEY_ARGS,
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg set_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_FIRST | ARG_REQUIRED, 0 },
	{ "alias", NULL, ARG_VALUE, 0, KTGT_A_TARGET_ALIAS },
	{ "state", NULL, ARG_VALUE, 0, KTGT_A_TARGET_STATE },
	KEY_ARGS,
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg del_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_FIRST | ARG_REQUIRED, 0 },
	{ "force", NULL, ARG_VALUE, 0, KTGT_A_TARGET_FORCE },
	{ NULL, NULL, 0, 0, 0 }
};

const struct command target_commands[] = {
	{ "show", "list targets, or show one with all that belongs to it",
	  &target_object, show_args, KTGT_CMD_TARGET_LIST, target_show },
	{ "add", "make a target", &target_object, add_args,
	  KTGT_CMD_TARGET_NEW, target_add },
	{ "set", "change a target", &target_object, set_args,
	  KTGT_CMD_TARGET_SET, NULL },
	{ "del", "remove a target; with force although there are sessions",
	  &target_object, del_args, KTGT_CMD_TARGET_DEL, NULL },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
