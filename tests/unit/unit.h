/* SPDX-License-Identifier: GPL-2.0 */
/* What cmocka wants before it, and capture of what a function prints. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Says which row of a table it was. */
#define assert_row(text, got, want)					\
	do {								\
		if ((got) != (want))					\
			fail_msg("row '%s'", text);			\
	} while (0)

struct capture {
	FILE *saved_out, *saved_err;
	FILE *file_out, *file_err;
	char *out, *err;
	size_t out_len, err_len;
};

/* stdout and stderr are variables in the GNU C library */
static inline void capture_start(struct capture *c)
{
	memset(c, 0, sizeof(*c));
	c->saved_out = stdout;
	c->saved_err = stderr;
	c->file_out = open_memstream(&c->out, &c->out_len);
	c->file_err = open_memstream(&c->err, &c->err_len);
	stdout = c->file_out;
	stderr = c->file_err;
}

static inline void capture_stop(struct capture *c)
{
	stdout = c->saved_out;
	stderr = c->saved_err;
	fclose(c->file_out);
	fclose(c->file_err);
}

static inline void capture_free(struct capture *c)
{
	free(c->out);
	free(c->err);
}

static inline void capture_reset(struct capture *c)
{
	capture_free(c);
	memset(c, 0, sizeof(*c));
}

/* Splits at single blanks; the words point into a copy that is returned. */
static inline char *split(const char *line, char **argv, int *argc, int max)
{
	char *copy = strdup(line);
	char *word, *rest = copy;

	*argc = 0;
	while (*argc < max - 1 && (word = strsep(&rest, " ")) != NULL)
		if (*word)
			argv[(*argc)++] = word;
	argv[*argc] = NULL;
	return copy;
}

/* What @main makes of the words of a line; @c has what it prints. */
static inline int captured(struct capture *c, int (*main)(int, char **),
			   const char *line)
{
	char *argv[32], *copy;
	int argc, status;

	copy = split(line, argv, &argc, ARRAY_SIZE(argv));
	capture_free(c);
	capture_start(c);
	status = main(argc, argv);
	capture_stop(c);
	free(copy);
	return status;
}

#endif
