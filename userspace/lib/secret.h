/* SPDX-License-Identifier: GPL-2.0 */
/* Reading a CHAP secret from a file or a terminal. */
#ifndef KTGT_LIB_SECRET_H
#define KTGT_LIB_SECRET_H

#include <stdio.h>

#include <linux/ktgt.h>

#define SECRET_SIZE	(KTGT_ACCOUNT_MAX + 1)

/*
 * Reads the first line of @path without its newline; "-" is standard input. On
 * a terminal, the user is asked for the secret twice, and it is not shown. @buf
 * has SECRET_SIZE bytes. Returns 0, or -EINVAL with a reason in *why; then @buf
 * is wiped.
 */
int secret_load(const char *path, char *buf, const char **why);

/* The same from an open file that is not a terminal. */
int secret_read(FILE *file, char *buf, const char **why);

#endif
