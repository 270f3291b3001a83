/* SPDX-License-Identifier: GPL-2.0 */
/* The configuration in the form of a file. */
#ifndef KTGT_APPLY_DUMP_H
#define KTGT_APPLY_DUMP_H

#include <stdio.h>

#include "lib/out.h"
#include "lib/view.h"

/* Prints it as targets.conf, without secrets. */
void dump_conf(FILE *file, const struct view *view);
/*
 * Prints it as JSON (conf/json.h) to standard output. Returns 0 or a negative
 * errno.
 */
int dump_json(enum out_format format, const struct view *view);

#endif
