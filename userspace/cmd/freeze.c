// SPDX-License-Identifier: GPL-2.0
/* ktgtadm lun freeze and thaw: snapshots of several logical units at one moment. */
#include "cmd/freeze.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

const struct arg freeze_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED, KTGT_A_FREEZE_TARGET_ID },
	{ "lun", "N[,N...]", ARG_VALUE, ARG_REQUIRED, KTGT_A_FREEZE_LUN },
	{ "timeout", "SECONDS", ARG_VALUE, 0, KTGT_A_FREEZE_TIMEOUT },
	{ "run", "COMMAND", ARG_RUN, 0, 0 },
	{ NULL, NULL, 0, 0, 0 }
};

const struct arg thaw_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED, KTGT_A_FREEZE_TARGET_ID },
	{ "lun", "N[,N...]", ARG_VALUE, ARG_REQUIRED, KTGT_A_FREEZE_LUN },
	{ "id", "N", ARG_VALUE, 0, KTGT_A_FREEZE_ID },
	{ NULL, NULL, 0, 0, 0 }
};

static int run_command(const char *text)
{
	int status = system(text);

	if (status == -1) {
		perror("Error: run");
		return EXIT_USAGE;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

/*
 * The exit status is that of the command, unless the logical units thawed before it
 * had ended. The kernel says so when they are to be thawed.
 */
static int run_frozen(struct app *app, const struct freeze *freeze,
		      uint32_t id, const char *text)
{
	struct freeze thaw = { .target_id = freeze->target_id,
			       .lun = freeze->lun, .id = id };
	int err, status;

	status = run_command(text);
	SET(&thaw, KTGT_A_FREEZE_TARGET_ID);
	SET(&thaw, KTGT_A_FREEZE_LUN);
	SET(&thaw, KTGT_A_FREEZE_ID);
	err = nl_request(app->nl, KTGT_CMD_LU_THAW, &freeze_object, &thaw,
			 NULL);
	return err ? err : status;
}

/* With a command, they thaw when this program ends; otherwise it ends at once. */
int lun_freeze(struct app *app, const struct command *command,
	       struct request *req)
{
	struct freeze *freeze = req->obj;
	struct freeze done = { 0 };
	int err;

	if (!req->run) {
		SET(freeze, KTGT_A_FREEZE_DETACH);
		freeze->detach = true;
	}
	err = nl_request(app->nl, command->cmd, command->obj, freeze, &done);
	if (err)
		return err;
	if (req->run)
		return run_frozen(app, freeze, done.id, req->run);
	return out_object(app->format, "freeze", command->obj, &done);
}
