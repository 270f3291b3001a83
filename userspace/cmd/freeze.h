/* SPDX-License-Identifier: GPL-2.0 */
/* ktgtadm lun freeze and thaw. */
#ifndef KTGT_CMD_FREEZE_H
#define KTGT_CMD_FREEZE_H

#include "cmd/grammar.h"

extern const struct arg freeze_args[];
extern const struct arg thaw_args[];

int lun_freeze(struct app *app, const struct command *command,
	       struct request *req);

#endif
