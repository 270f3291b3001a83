/* SPDX-License-Identifier: GPL-2.0 */
/* Printing all objects of a kind as a list. */
#ifndef KTGT_CMD_PRINT_H
#define KTGT_CMD_PRINT_H

#include "cmd/grammar.h"

/* Prints the objects that @req selects. Returns 0 or a negative errno. */
int dump_and_print(struct app *app, const struct command *command,
		   const void *req, const char *key,
		   const struct column *columns);

#endif
