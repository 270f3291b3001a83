/* SPDX-License-Identifier: GPL-2.0 */
/* The native grammar: help, and the list for completion, from the tables. */
#ifndef KTGT_CMD_USAGE_H
#define KTGT_CMD_USAGE_H

#include <stdio.h>

#include "cmd/grammar.h"

void usage(FILE *file);
void usage_noun(FILE *file, const struct noun *noun);
void usage_command(FILE *file, const struct noun *noun,
		   const struct command *command);

/* Prints help for what the words name, or all help; returns an exit status. */
int help_run(int argc, char **argv);

void dump_commands(void);

#endif
