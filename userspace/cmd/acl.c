// SPDX-License-Identifier: GPL-2.0
/* ktgtadm acl: which initiators a target admits. */
#include "cmd/objects.h"
#include "cmd/print.h"

#include "lib/parse.h"

static void rule_kind(const void *item, char *buf, size_t size)
{
	const struct acl *acl = item;

	snprintf(buf, size, "%s", HAS(acl, KTGT_A_ACL_INITIATOR) ?
		 "initiator" : "address");
}

static void rule_text(const void *item, char *buf, size_t size)
{
	const struct acl *acl = item;

	if (acl->all)
		snprintf(buf, size, "any");
	else if (HAS(acl, KTGT_A_ACL_INITIATOR))
		snprintf(buf, size, "%s", acl->initiator);
	else
		prefix_text(&acl->address, acl->prefix_len, buf, size);
}

static const struct column columns[] = {
	{ "TARGET", KTGT_A_ACL_TARGET_ID, NULL, true },
	{ "KIND", 0, rule_kind, false },
	{ "RULE", 0, rule_text, false },
	{ NULL, 0, NULL, false }
};

static int acl_show(struct app *app, const struct command *command,
		    struct request *req)
{
	return dump_and_print(app, command, req->obj, "acls", columns);
}

static const struct arg show_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_ACL_TARGET_ID },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg rule_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED, KTGT_A_ACL_TARGET_ID },
	{ "address", "ADDRESS[/BITS]", ARG_PREFIX, ARG_CHOICE,
	  KTGT_A_ACL_ADDRESS },
	{ "initiator", "NAME", ARG_NAME, ARG_CHOICE, KTGT_A_ACL_INITIATOR },
	{ "all", NULL, ARG_VALUE, ARG_CHOICE, KTGT_A_ACL_ALL },
	{ NULL, NULL, 0, 0, 0 }
};

const struct command acl_commands[] = {
	{ "show", "list access rules", &acl_object, show_args,
	  KTGT_CMD_ACL_LIST, acl_show },
	{ "add", "admit an address, a network, an initiator, or any address",
	  &acl_object, rule_args, KTGT_CMD_ACL_NEW, NULL },
	{ "del", "delete a rule; sessions continue", &acl_object, rule_args,
	  KTGT_CMD_ACL_DEL, NULL },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
