/* SPDX-License-Identifier: GPL-2.0 */
/* targets.conf from files. */
#ifndef KTGT_CONF_LOAD_H
#define KTGT_CONF_LOAD_H

#include <stdio.h>

#include "conf/conf.h"

#define CONF_FILE_MAX	(64u << 20)	/* bytes */

/*
 * Like conf_parse(), but reads the file @path and the files that it includes;
 * "-" is standard input. Another negative errno means that @path itself cannot
 * be read.
 */
int conf_load(struct conf *conf, const char *path);

/* Prints the messages of conf_load(); @err is its return value. */
void conf_tell(FILE *file, const struct conf *conf, const char *path, int err);

#endif
