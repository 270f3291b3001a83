/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is to be done, and how far it has come.
 */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include <stdbool.h>
#include <stdint.h>

enum {
	MAX_DEPTH = 128,
	MAX_BLOCK = 1 << 20,
};

struct work {
	const char *op;
	bool writes, random;
	bool compares;		/* COMPARE AND WRITE: twice the data */
	uint32_t block;
	unsigned int depth;
	double seconds;
	uint64_t count;		/* instead of seconds */

	uint64_t blocks;	/* that the device has */
	uint64_t next, seed;
	uint64_t started, ended;

	unsigned int looks;
	double begin;
	/* When counting began, what had ended then; and when it was over. */
	double from, until;
	uint64_t before;
};

/* read, write or caw, or these with rand before them */
void work_set_op(struct work *w, const char *op);
/* Which block the next command is for */
uint64_t work_choose(struct work *w);
/* Whether a further command is to be started */
static inline bool work_has_more(const struct work *w)
{
	return !w->count || w->started < w->count;
}

/* To be asked for as long as it is true */
bool work_goes_on(struct work *w);
void work_print(const struct work *w, bool digest);

#endif
