// SPDX-License-Identifier: GPL-2.0
/* ktgtadm explain: what would become of a login. */
#include "cmd/objects.h"

static int explain(struct app *app, const struct command *command,
		   struct request *req)
{
	struct vec list = { 0 };
	int err;

	err = nl_dump(app->nl, command->cmd, command->obj, req->obj, &list);
	if (!err)
		err = out_explain(app->format, &list);
	objects_free(&list, command->obj);
	return err;
}

static const struct arg initiator_args[] = {
	{ "name", "NAME", ARG_NAME, ARG_FIRST | ARG_REQUIRED,
	  KTGT_A_EXPLAIN_INITIATOR },
	{ "from", "ADDRESS", ARG_ADDRESS, ARG_REQUIRED,
	  KTGT_A_EXPLAIN_ADDRESS },
	{ "target", "TARGET", ARG_TARGET_ASKED, 0, KTGT_A_EXPLAIN_TARGET },
	{ "tid", "N", ARG_VALUE, 0, KTGT_A_EXPLAIN_TARGET_ID },
	{ NULL, NULL, 0, 0, 0 }
};

const struct command explain_commands[] = {
	{ "initiator", "tell whether discovery and login admit it, and why",
	  &explain_object, initiator_args, KTGT_CMD_EXPLAIN_LIST, explain },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
