// SPDX-License-Identifier: GPL-2.0
/* ktgtadm portal: addresses that the target listens on. */
#include "cmd/objects.h"
#include "cmd/print.h"

static const struct column columns[] = {
	{ "ADDRESS", KTGT_A_PORTAL_ADDRESS, NULL, false },
	{ "PORT", KTGT_A_PORTAL_PORT, NULL, true },
	{ "TAG", KTGT_A_PORTAL_GROUP_TAG, NULL, true },
	{ "AUTOMATIC", KTGT_A_PORTAL_AUTOMATIC, NULL, false },
	{ NULL, 0, NULL, false }
};

static int portal_show(struct app *app, const struct command *command,
		       struct request *req)
{
	return dump_and_print(app, command, req->obj, "portals", columns);
}

static const struct arg add_args[] = {
	{ "address", "ADDRESS[:PORT]", ARG_PORTAL, ARG_FIRST | ARG_REQUIRED,
	  KTGT_A_PORTAL_ADDRESS },
	{ "group-tag", "N", ARG_VALUE, 0, KTGT_A_PORTAL_GROUP_TAG },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg del_args[] = {
	{ "address", "ADDRESS[:PORT]", ARG_PORTAL, ARG_FIRST | ARG_REQUIRED,
	  KTGT_A_PORTAL_ADDRESS },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg show_args[] = {
	{ NULL, NULL, 0, 0, 0 }
};

const struct command portal_commands[] = {
	{ "show", "list portals", &portal_object, show_args,
	  KTGT_CMD_PORTAL_LIST, portal_show },
	{ "add", "listen on an address; the default port is 3260",
	  &portal_object, add_args, KTGT_CMD_PORTAL_NEW, NULL },
	{ "del", "stop listening on an address; sessions continue", &portal_object, del_args,
	  KTGT_CMD_PORTAL_DEL, NULL },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
