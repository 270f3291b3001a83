// SPDX-License-Identifier: GPL-2.0
/* ktgtadm account: CHAP accounts. Secrets are never shown. */
#include "cmd/objects.h"
#include "cmd/print.h"

static void bound_to(const void *item, char *buf, size_t size)
{
	const struct account *account = item;

	if (!HAS(account, KTGT_A_ACCOUNT_TARGET_ID))
		snprintf(buf, size, "-");
	else if (!account->target_id)
		snprintf(buf, size, "discovery");
	else
		snprintf(buf, size, "%u", account->target_id);
}

static void direction(const void *item, char *buf, size_t size)
{
	const struct account *account = item;

	if (!HAS(account, KTGT_A_ACCOUNT_TARGET_ID))
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%s", account->outgoing ? "outgoing" :
			 "incoming");
}

static const struct column columns[] = {
	{ "USER", KTGT_A_ACCOUNT_USER, NULL, false },
	{ "TARGET", 0, bound_to, true },
	{ "DIRECTION", 0, direction, false },
	{ NULL, 0, NULL, false }
};

static int account_show(struct app *app, const struct command *command,
			struct request *req)
{
	return dump_and_print(app, command, req->obj, "accounts", columns);
}

static const struct arg show_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_ACCOUNT_TARGET_ID },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg add_args[] = {
	{ "user", "USER", ARG_VALUE, ARG_FIRST | ARG_REQUIRED,
	  KTGT_A_ACCOUNT_USER },
	{ "secret-file", "FILE|-", ARG_SECRET, ARG_REQUIRED,
	  KTGT_A_ACCOUNT_SECRET },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg del_args[] = {
	{ "user", "USER", ARG_VALUE, ARG_FIRST | ARG_REQUIRED,
	  KTGT_A_ACCOUNT_USER },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg bind_args[] = {
	{ "user", "USER", ARG_VALUE, ARG_FIRST | ARG_REQUIRED,
	  KTGT_A_ACCOUNT_USER },
	{ "target", "TARGET", ARG_TARGET, ARG_CHOICE,
	  KTGT_A_ACCOUNT_TARGET_ID },
	{ "discovery", NULL, ARG_DISCOVERY, ARG_CHOICE,
	  KTGT_A_ACCOUNT_TARGET_ID },
	{ "outgoing", NULL, ARG_VALUE, 0, KTGT_A_ACCOUNT_OUTGOING },
	{ NULL, NULL, 0, 0, 0 }
};

const struct command account_commands[] = {
	{ "show", "list accounts and their bindings", &account_object,
	  show_args, KTGT_CMD_ACCOUNT_LIST, account_show },
	{ "add", "add an account; the secret is the first line of FILE",
	  &account_object, add_args, KTGT_CMD_ACCOUNT_NEW, NULL },
	{ "set", "change the secret of an account, for future logins",
	  &account_object, add_args, KTGT_CMD_ACCOUNT_SET, NULL },
	{ "del", "delete an account and its bindings", &account_object,
	  del_args, KTGT_CMD_ACCOUNT_DEL, NULL },
	{ "bind", "require an account for logins to a target, or for discovery",
	  &account_object, bind_args, KTGT_CMD_ACCOUNT_BIND, NULL },
	{ "unbind", "delete a binding; sessions continue", &account_object,
	  bind_args, KTGT_CMD_ACCOUNT_UNBIND, NULL },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
