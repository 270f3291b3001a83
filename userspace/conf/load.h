/* SPDX-License-Identifier: GPL-2.0 */
/* targets.conf from files. */
#ifndef KTGT_CONF_LOAD_H
#define KTGT_CONF_LOAD_H

#include <stdio.h>

#include "conf/conf.h"

#define CONF_FILE_MAX	(64u << 20)	/* bytes */

/*
 * As conf_parse(), with the files that @path includes; - is the standard
 * input. Another negative errno says that @path itself cannot be read.
 */
int conf_load(struct conf *conf, const char *path);

/* Tells what conf_load() found, with its return value. */
void conf_tell(FILE *file, const struct conf *conf, const char *path, int err);

#endif
