/* SPDX-License-Identifier: GPL-2.0 */
/* What is there in the form of a file. */
#ifndef KTGT_APPLY_DUMP_H
#define KTGT_APPLY_DUMP_H

#include <stdio.h>

#include "lib/out.h"
#include "lib/view.h"

/* As targets.conf, without secrets. */
void dump_conf(FILE *file, const struct view *view);
/* As JSON of conf/json.h, on the standard output. Returns a negative errno. */
int dump_json(enum out_format format, const struct view *view);

#endif
