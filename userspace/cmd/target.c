// SPDX-License-Identifier: GPL-2.0
/* ktgtadm target: targets. */
#include "cmd/objects.h"
#include "cmd/print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "lib/out.h"
#include "lib/parse.h"

static const struct column columns[] = {
	{ "ID", KTGT_A_TARGET_ID, NULL, true },
	{ "NAME", KTGT_A_TARGET_NAME, NULL, false },
	{ "STATE", KTGT_A_TARGET_STATE, NULL, false },
	{ "LUNS", KTGT_A_TARGET_LUS, NULL, true },
	{ "ACLS", KTGT_A_TARGET_ACLS, NULL, true },
	{ "SESSIONS", KTGT_A_TARGET_SESSIONS, NULL, true },
	{ NULL, 0, NULL, false }
};

/* Everything about one target. */
struct target_view {
	struct target target;
	struct vec portals;
	struct vec lus;
	struct vec acls;
	struct vec accounts;
	struct vec sessions;
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

/* Whether the list of tags in @text has @tag. */
static bool has_tag(const char *text, uint16_t tag)
{
	char *end;

	for (; *text; text = *end ? end + 1 : end)
		if (strtoul(text, &end, 10) == tag)
			return true;
	return false;
}

/* Those at which the target is. */
static void print_portals(const struct target *target, const struct vec *portals)
{
	char buf[ADDR_TEXT_MAX];
	const struct portal *p;
	const char *sep = " ";

	printf("  portal:");
	vec_for_each(p, portals) {
		if (HAS(target, KTGT_A_TARGET_PORTALS) &&
		    !has_tag(target->portals, p->group_tag))
			continue;
		printf("%s%s", sep, portal_text(&p->address, p->port, buf,
						sizeof(buf)));
		sep = ", ";
	}
	printf("%s\n", *sep == ' ' ? " none" : "");
}

static void print_sanitize(const struct lu *lu)
{
	if (lu->sanitize == KTGT_SANITIZE_STATE_RUNNING)
		printf(", is being sanitized");
	else if (lu->sanitize == KTGT_SANITIZE_STATE_FAILED)
		printf(", sanitizing has failed");
}

static void print_lu(const struct lu *lu)
{
	char buf[32];

	if (lu->type == KTGT_LU_TYPE_CONTROLLER) {
		printf("  lun %u: controller\n", lu->lun);
		return;
	}
	printf("  lun %u: %s ", lu->lun,
	       field_name(object_field(&lu_object, KTGT_A_LU_BACKEND),
			  lu->backend));
	if (lu->path[0]) {
		out_clean(lu->path);
		printf(", ");
	}
	if (HAS(lu, KTGT_A_LU_ONLINE) && !lu->online) {
		printf("%s", lu->ejected ? "ejected" : "not ready");
		print_sanitize(lu);
		putchar('\n');
		return;
	}
	printf("%s, %u-byte blocks", size_text(lu->size, buf, sizeof(buf)),
	       lu->block_size);
	printf(", write-cache %s", lu->write_cache ? "on" : "off");
	if (lu->read_only)
		printf(", read-only");
	if (lu->shared)
		printf(", shared");
	if (lu->gone == KTGT_GONE_PDL)
		printf(", gone pdl");
	if (lu->thin)
		printf(", thin");
	if (lu->removable)
		printf(", removable");
	print_sanitize(lu);
	putchar('\n');
}

static void print_acl(const struct acl *acl)
{
	char buf[ADDR_TEXT_MAX];

	printf("  acl: ");
	if (acl->all)
		printf("any address");
	else if (HAS(acl, KTGT_A_ACL_INITIATOR))
		out_clean(acl->initiator);
	else
		printf("%s", prefix_text(&acl->address, acl->prefix_len, buf,
					 sizeof(buf)));
	putchar('\n');
}

static void print_account(const struct account *account)
{
	printf("  account: ");
	out_clean(account->user);
	printf("%s, secret (hidden)\n", account->outgoing ? " outgoing" : "");
}

static void print_session(const struct session *session)
{
	const struct conn *conn = vec_at(&session->conn, 0);
	char buf[ADDR_TEXT_MAX];

	printf("  session %u: ", session->id);
	out_clean(session->initiator);
	if (session->alias[0]) {
		printf(" (");
		out_clean(session->alias);
		putchar(')');
	}
	if (conn)
		printf(" from %s", addr_text(&conn->peer_address, buf,
					     sizeof(buf)));
	printf(", %zu connection%s\n", session->conn.n,
	       session->conn.n == 1 ? "" : "s");
}

static int target_json(enum out_format format, const struct target_view *view)
{
	json_t *target = out_object_json(&target_object, &view->target);

	json_object_set_new(target, "portal",
			    out_list_json(&portal_object, &view->portals));
	json_object_set_new(target, "lu", out_list_json(&lu_object, &view->lus));
	json_object_set_new(target, "acl",
			    out_list_json(&acl_object, &view->acls));
	json_object_set_new(target, "account",
			    out_list_json(&account_object, &view->accounts));
	json_object_set_new(target, "session",
			    out_list_json(&session_object, &view->sessions));
	return out_json(format, "targets", json_pack("[o]", target));
}

static void print_raw_list(const struct object *obj, const struct vec *list)
{
	const struct out_form form = { .raw = true, .kind = obj->name };
	const void *item;

	vec_for_each(item, list)
		out_fields(obj, item, &form);
}

static void print_raw_target(const struct target_view *view)
{
	static const struct out_form form = { .raw = true, .kind = "target" };

	out_fields(&target_object, &view->target, &form);
	print_raw_list(&portal_object, &view->portals);
	print_raw_list(&lu_object, &view->lus);
	print_raw_list(&acl_object, &view->acls);
	print_raw_list(&account_object, &view->accounts);
	print_raw_list(&session_object, &view->sessions);
}

/* Prints the keys that are set; usually none is. */
static void print_keys(const struct target *target)
{
	const struct field *f = target_object.fields;
	char buf[32];

	for (; f < target_object.fields + target_object.n_fields; f++) {
		if ((f->kind != FIELD_KEY && f->kind != FIELD_KEY_FLAGS) ||
		    !HAS(target, f->attr))
			continue;
		out_field_text(f, target, false, buf, sizeof(buf));
		printf("  %s: %s\n", f->name, buf);
	}
}

static void print_target(const struct target_view *view)
{
	const struct target *target = &view->target;
	const struct session *session;
	const struct account *account;
	const struct acl *acl;
	const struct lu *lu;

	printf("target %u: ", target->id);
	out_clean(target->name);
	putchar('\n');
	if (target->alias[0]) {
		printf("  alias: ");
		out_clean(target->alias);
		putchar('\n');
	}
	printf("  state: %s\n",
	       field_name(object_field(&target_object, KTGT_A_TARGET_STATE),
			  target->state));
	print_keys(target);
	print_portals(target, &view->portals);
	vec_for_each(lu, &view->lus)
		print_lu(lu);
	vec_for_each(acl, &view->acls)
		print_acl(acl);
	if (!view->acls.n)
		printf("  acl: none, so no initiator is admitted\n");
	vec_for_each(account, &view->accounts)
		print_account(account);
	vec_for_each(session, &view->sessions)
		print_session(session);
}

static int print_view(enum out_format format, const struct target_view *view)
{
	if (out_is_json(format))
		return target_json(format, view);
	if (format == OUT_RAW)
		print_raw_target(view);
	else
		print_target(view);
	return 0;
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
		err = print_view(app->format, &view);
	view_free(&view);
	return err;
}

/*
 * Prints nothing, except JSON: there a script finds the number of the target.
 */
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

/* what a target offers in a login, and how it checks its initiators */
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
	{ "nop-count", NULL, ARG_VALUE, 0, KTGT_A_TARGET_NOP_COUNT },	\
	{ "reset", NULL, ARG_VALUE, 0, KTGT_A_TARGET_RESET },		\
	{ "chap-algorithms", NULL, ARG_VALUE, 0,			\
	  KTGT_A_TARGET_CHAP_ALGORITHMS },				\
	{ "portals", "LIST|all", ARG_VALUE, 0, KTGT_A_TARGET_PORTALS },	\
	{ "explicit-alua", NULL, ARG_VALUE, 0, KTGT_A_TARGET_EXPLICIT_ALUA }

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
	{ "add", "add a target", &target_object, add_args,
	  KTGT_CMD_TARGET_NEW, target_add },
	{ "set", "change a target", &target_object, set_args,
	  KTGT_CMD_TARGET_SET, NULL },
	{ "del", "delete a target; force is needed while it has sessions",
	  &target_object, del_args, KTGT_CMD_TARGET_DEL, NULL },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
