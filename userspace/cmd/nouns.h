/* SPDX-License-Identifier: GPL-2.0 */
/* The objects of the native grammar. */
#ifndef KTGT_CMD_NOUNS_H
#define KTGT_CMD_NOUNS_H

#include "cmd/grammar.h"

extern const struct noun nouns[];	/* ends with a name of NULL */

const struct noun *noun_find(const char *name);

#endif
