/* SPDX-License-Identifier: GPL-2.0 */
/* ktgtadm: from a command line to what it does. */
#ifndef KTGT_CMD_RUN_H
#define KTGT_CMD_RUN_H

#include "cmd/grammar.h"

/* The whole of a command line, without the options. Returns an exit status. */
int command_run(struct app *app, int argc, char **argv);

#endif
