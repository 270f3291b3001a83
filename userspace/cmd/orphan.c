// SPDX-License-Identifier: GPL-2.0
/*
 * ktgtadm orphan: commands that a device has not answered, although their
 * connection is gone.
 */
#include "cmd/objects.h"
#include "cmd/print.h"

static const struct column columns[] = {
	{ "TARGET", KTGT_A_ORPHAN_TARGET, NULL, false },
	{ "LUN", KTGT_A_ORPHAN_LUN, NULL, true },
	{ "REMOVED", KTGT_A_ORPHAN_REMOVED, NULL, false },
	{ "DEVICE", KTGT_A_ORPHAN_DEVICE, NULL, false },
	{ "PATH", KTGT_A_ORPHAN_PATH, NULL, false },
	{ "INITIATOR", KTGT_A_ORPHAN_INITIATOR, NULL, false },
	{ "READS", KTGT_A_ORPHAN_READS, NULL, true },
	{ "WRITES", KTGT_A_ORPHAN_WRITES, NULL, true },
	{ "OTHERS", KTGT_A_ORPHAN_OTHERS, NULL, true },
	{ "BYTES", KTGT_A_ORPHAN_BYTES, NULL, true },
	{ "AGE", KTGT_A_ORPHAN_AGE, NULL, true },
	{ NULL, 0, NULL, false }
};

static int orphan_show(struct app *app, const struct command *command,
		       struct request *req)
{
	return dump_and_print(app, command, req->obj, "orphans", columns);
}

static const struct arg show_args[] = {
	{ NULL, NULL, 0, 0, 0 }
};

const struct command orphan_commands[] = {
	{ "show", "list commands that devices have not answered to connections that are gone",
	  &orphan_object, show_args, KTGT_CMD_ORPHAN_LIST, orphan_show },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
