// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <time.h>

#include "conn.h"
#include "work.h"

enum {
	CLOCK_EVERY = 32,	/* calls between looks at the clock */
};

void work_set_op(struct work *w, const char *op)
{
	w->op = op;
	w->random = !strncmp(op, "rand", 4);
	if (w->random)
		op += 4;
	w->compares = !strcmp(op, "caw");
	w->writes = w->compares || !strcmp(op, "write");
	if (!w->writes && strcmp(op, "read"))
		die("no operation '%s'", w->op);
}

/* xorshift: what matters is that it is cheap, and the same in each run */
uint64_t work_choose(struct work *w)
{
	if (!w->random)
		return w->next++ % w->blocks;
	if (!w->seed)
		w->seed = 88172645463325252;
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 7;
	w->seed ^= w->seed << 17;
	return w->seed % w->blocks;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* The first tenth of the time is not counted: buffers grow meanwhile. */
static bool time_is_left(struct work *w)
{
	double t;

	if (w->looks++ % CLOCK_EVERY)
		return true;
	t = now();
	if (!w->from && t - w->begin >= w->seconds / 10) {
		w->from = t;
		w->before = w->ended;
	}
	w->until = t;
	return t - w->begin < w->seconds || w->ended == w->before;
}

bool work_goes_on(struct work *w)
{
	if (!w->begin)
		w->begin = now();
	if (!w->count)
		return time_is_left(w);
	w->from = w->begin;
	if (w->ended < w->count)
		return true;
	w->until = now();
	return false;
}

void work_print(const struct work *w, bool digest)
{
	uint64_t ios = w->ended - w->before;
	double seconds = w->until - w->from;

	printf("{\"op\": \"%s\", \"bs\": %u, \"qd\": %u, \"digest\": %s, ",
	       w->op, w->block, w->depth, digest ? "true" : "false");
	printf("\"ios\": %llu, \"seconds\": %.6f, \"iops\": %.1f}\n",
	       (unsigned long long)ios, seconds, ios / seconds);
}
