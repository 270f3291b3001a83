/* SPDX-License-Identifier: GPL-2.0 */
/* What several objects' commands need. */
#ifndef KTGT_CMD_PRINT_H
#define KTGT_CMD_PRINT_H

#include "cmd/grammar.h"

/* Asks for what @req selects and prints it. Returns a negative errno. */
int dump_and_print(struct app *app, const struct command *command,
		   const void *req, const char *key,
		   const struct column *columns);

#endif
