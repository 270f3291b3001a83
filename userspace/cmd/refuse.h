/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The native grammar: messages about wrong command lines. A message is one line
 * on stderr that ends with how to get help. Each function returns an exit
 * status.
 */
#ifndef KTGT_CMD_REFUSE_H
#define KTGT_CMD_REFUSE_H

#include "cmd/grammar.h"

int __attribute__((format(printf, 2, 3)))
refuse(const struct line *line, const char *format, ...);

/* for an option, an object, a verb or a keyword that does not exist */
int refuse_option(const char *option);
int refuse_object(int argc, char **argv);
int refuse_verb(const struct noun *noun, const char *word);
int refuse_key(const struct line *line, const char *word);

#endif
