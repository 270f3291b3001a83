/* SPDX-License-Identifier: GPL-2.0 */
/* ktgtadm: carrying out a command line. */
#ifndef KTGT_CMD_RUN_H
#define KTGT_CMD_RUN_H

#include "cmd/grammar.h"

/* Carries out a command line without its options. Returns an exit status. */
int command_run(struct app *app, int argc, char **argv);

#endif
