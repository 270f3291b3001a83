/* SPDX-License-Identifier: GPL-2.0 */
/* A CHAP secret from a file, or as it is typed. */
#ifndef KTGT_LIB_SECRET_H
#define KTGT_LIB_SECRET_H

#include <stdio.h>

#include <linux/ktgt.h>

#define SECRET_SIZE	(KTGT_ACCOUNT_MAX + 1)

/*
 * The first line of @path without its newline, of the standard input if @path
 * is "-". On a terminal the secret is asked for, twice, and is not shown.
 * @buf has SECRET_SIZE bytes. Returns 0, or -EINVAL with a reason in *why; then
 * @buf is wiped.
 */
int secret_load(const char *path, char *buf, const char **why);

/* The same from a file that is open and no terminal. */
int secret_read(FILE *file, char *buf, const char **why);

#endif
