/* SPDX-License-Identifier: GPL-2.0 */
/* ktgtadm lun histogram and session histogram. */
#ifndef KTGT_CMD_HISTOGRAM_H
#define KTGT_CMD_HISTOGRAM_H

#include "cmd/grammar.h"

extern const struct arg lun_histogram_args[];
extern const struct arg session_histogram_args[];

int lun_histogram(struct app *app, const struct command *command,
		  struct request *req);
int session_histogram(struct app *app, const struct command *command,
		      struct request *req);

#endif
