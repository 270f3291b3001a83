// SPDX-License-Identifier: GPL-2.0
/* ktgtadm group: target port groups and their access states. */
#include "cmd/objects.h"
#include "cmd/print.h"

static const struct column columns[] = {
	{ "TARGET", KTGT_A_PORT_GROUP_TARGET_ID, NULL, true },
	{ "ID", KTGT_A_PORT_GROUP_ID, NULL, true },
	{ "PORTALS", KTGT_A_PORT_GROUP_PORTALS, NULL, false },
	{ "STATE", KTGT_A_PORT_GROUP_STATE, NULL, false },
	{ "PREFERRED", KTGT_A_PORT_GROUP_PREFERRED, NULL, false },
	{ NULL, 0, NULL, false }
};

static int group_show(struct app *app, const struct command *command,
		      struct request *req)
{
	return dump_and_print(app, command, req->obj, "groups", columns);
}

static const struct arg show_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_PORT_GROUP_TARGET_ID },
	{ NULL, NULL, 0, 0, 0 }
};

#define WHICH								\
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED,			\
	  KTGT_A_PORT_GROUP_TARGET_ID },				\
	{ "group", "N", ARG_VALUE, ARG_REQUIRED, KTGT_A_PORT_GROUP_ID }

#define VALUES								\
	{ "state", NULL, ARG_VALUE, 0, KTGT_A_PORT_GROUP_STATE },	\
	{ "preferred", NULL, ARG_VALUE, 0, KTGT_A_PORT_GROUP_PREFERRED }

static const struct arg add_args[] = {
	WHICH,
	{ "portals", "LIST", ARG_VALUE, ARG_REQUIRED,
	  KTGT_A_PORT_GROUP_PORTALS },
	VALUES,
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg set_args[] = {
	WHICH,
	{ "portals", "LIST", ARG_VALUE, 0, KTGT_A_PORT_GROUP_PORTALS },
	VALUES,
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg del_args[] = {
	WHICH,
	{ NULL, NULL, 0, 0, 0 }
};

const struct command group_commands[] = {
	{ "show", "list target port groups", &port_group_object, show_args,
	  KTGT_CMD_PORT_GROUP_LIST, group_show },
	{ "add", "give some ports of a target an access state of their own",
	  &port_group_object, add_args, KTGT_CMD_PORT_GROUP_NEW, NULL },
	{ "set", "change a target port group; what was admitted before is waited for",
	  &port_group_object, set_args, KTGT_CMD_PORT_GROUP_SET, NULL },
	{ "del", "delete a target port group; its ports are active then",
	  &port_group_object, del_args, KTGT_CMD_PORT_GROUP_DEL, NULL },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
