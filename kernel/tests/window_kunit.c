// SPDX-License-Identifier: GPL-2.0
/*
 * The window of commands, also where its numbers wrap.
 */
#include "../iscsi/window.c"

#include <kunit/test.h>

#include "conn_test.h"

/* tasks that a connection can have */
#define SLOTS	(2 * KTGT_WINDOW + KTGT_IMMEDIATE_MAX)

/* --- CmdSN ---------------------------------------------------------------- */

#define OK	KTGT_CMDSN_OK
#define DROP	KTGT_CMDSN_DROP
#define GAP	KTGT_CMDSN_GAP

/**
 * struct cmdsn_case - a CmdSN, and what is made of it
 * @exp: ExpCmdSN
 * @max: MaxCmdSN
 * @cmdsn: CmdSN of the command
 * @immediate: it is marked for immediate delivery
 * @verdict: enum ktgt_cmdsn
 */
struct cmdsn_case {
	u32	exp;
	u32	max;
	u32	cmdsn;
	bool	immediate;
	u8	verdict;
};

static const struct cmdsn_case cmdsn_cases[] = {
	{ 5, 10, 5, false, OK },
	{ 5, 10, 6, false, GAP },
	{ 5, 10, 10, false, GAP },
	{ 5, 10, 11, false, DROP },
	{ 5, 10, 4, false, DROP },
	{ 5, 10, 0xffffffff, false, DROP },
	{ 5, 10, 0x80000004, false, DROP },
	{ 5, 10, 0x80000005, false, DROP },
	{ 5, 5, 5, false, OK },
	/* a window that is closed */
	{ 5, 4, 5, false, DROP },
	{ 5, 4, 4, false, DROP },
	{ 0, 0xffffffff, 0, false, DROP },
	/* immediate ones have no number of their own */
	{ 5, 10, 5, true, OK },
	{ 5, 10, 3, true, OK },
	{ 5, 4, 5, true, OK },
	/* around 2^32 */
	{ 0xffffffff, 0x0000007e, 0xffffffff, false, OK },
	{ 0xffffffff, 0x0000007e, 0x00000000, false, GAP },
	{ 0xffffffff, 0x0000007e, 0x0000007e, false, GAP },
	{ 0xffffffff, 0x0000007e, 0x0000007f, false, DROP },
	{ 0xffffffff, 0x0000007e, 0xfffffffe, false, DROP },
	{ 0xfffffff0, 0xffffffff, 0xfffffff0, false, OK },
	{ 0xfffffff0, 0xffffffff, 0xffffffff, false, GAP },
	{ 0xfffffff0, 0xffffffff, 0x00000000, false, DROP },
	{ 0x00000000, 0x0000007f, 0x00000000, false, OK },
	{ 0x00000000, 0x0000007f, 0xffffffff, false, DROP },
	/* and 2^31, which is nothing special */
	{ 0x7fffffff, 0x8000007e, 0x7fffffff, false, OK },
	{ 0x7fffffff, 0x8000007e, 0x80000000, false, GAP },
	{ 0x80000000, 0x8000007f, 0x7fffffff, false, DROP },
	{ 0x80000000, 0x8000007f, 0x80000000, false, OK },
};

static void cmdsn_desc(const struct cmdsn_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%x in %x..%x%s", c->cmdsn,
		 c->exp, c->max, c->immediate ? ", immediate" : "");
}

KUNIT_ARRAY_PARAM(cmdsn, cmdsn_cases, cmdsn_desc);

static void cmdsn(struct kunit *test)
{
	const struct cmdsn_case *c = test->param_value;
	struct conn_test *t = test->priv;
	u32 next = c->exp;

	if (c->verdict == OK && !c->immediate)
		next++;
	t->window.exp_cmd_sn = c->exp;
	t->window.max_cmd_sn = c->max;
	KUNIT_EXPECT_EQ(test, ktgt_window_take(&t->window, c->cmdsn,
					       c->immediate), c->verdict);
	KUNIT_EXPECT_EQ(test, t->window.exp_cmd_sn, next);
	KUNIT_EXPECT_EQ(test, t->window.max_cmd_sn, c->max);
}

/* --- MaxCmdSN ------------------------------------------------------------- */

/**
 * struct window_case - the state of a connection, and the window it tells
 * @what: its name
 * @exp: ExpCmdSN
 * @max: MaxCmdSN that was told before
 * @busy: commands between receipt and response
 * @free: tasks that are free
 * @used: pages that tasks hold; 1024 are allowed
 * @discovery: it is a discovery session
 * @want: MaxCmdSN
 * @closed: its namespace holds too much, and it the most
 */
struct window_case {
	const char	*what;
	u32		exp;
	u32		max;
	u32		busy;
	u32		free;
	u32		used;
	bool		discovery;
	u32		want;
	bool		closed;
};

static const struct window_case window_cases[] = {
	{ "idle", 1, 0, 0, 272, 0, false, 128 },
	{ "idle, told before", 1, 128, 0, 272, 0, false, 128 },
	{ "busy", 11, 128, 10, 262, 0, false, 128 },
	{ "full", 129, 128, 128, 144, 0, false, 128 },
	{ "one has come back", 129, 128, 127, 144, 0, false, 129 },
	{ "few free tasks", 1, 0, 0, 20, 0, false, 4 },
	{ "those for immediate ones are left", 1, 0, 0, 16, 0, false, 0 },
	{ "hardly more", 1, 0, 0, 17, 0, false, 1 },
	{ "no free task", 1, 0, 0, 0, 0, false, 0 },
	{ "all pages used", 1, 0, 0, 272, 1024, false, 128 },
	{ "more pages used than allowed", 1, 0, 0, 272, 1025, false, 0 },
	{ "does not shrink by tasks", 1, 100, 0, 20, 0, false, 100 },
	{ "does not shrink by pages", 1, 100, 0, 272, 9999, false, 100 },
	{ "does not shrink by commands", 101, 128, 128, 272, 0, false, 128 },
	{ "purse closed", 1, 0, 0, 272, 0, false, 0, true },
	{ "purse closed, told before", 11, 50, 10, 262, 0, false, 50, true },
	{ "around 2^32", 0xffffffff, 0xfffffffe, 0, 272, 0, false, 126 },
	{ "around 2^32, told before", 0xffffffff, 126, 0, 272, 0, false,
	  126 },
	{ "around 2^32, does not shrink", 0xfffffff0, 5, 0, 20, 0, false, 5 },
	{ "ends at 2^32 - 1", 0xffffff80, 0xffffff7f, 0, 272, 0, false,
	  0xffffffff },
	{ "around 2^31", 0x7fffffff, 0x7ffffffe, 0, 272, 0, false,
	  0x8000007e },
	{ "discovery", 1, 0, 0, 0, 0, true, 4 },
	{ "discovery around 2^32", 0xfffffffe, 0xfffffffd, 0, 0, 0, true,
	  1 },
};
KUNIT_ARRAY_PARAM_DESC(window, window_cases, what);

static void window(struct kunit *test)
{
	const struct window_case *c = test->param_value;
	struct conn_test *t = test->priv;

	if (c->discovery)
		t->nexus.target = NULL;
	t->window.exp_cmd_sn = c->exp;
	t->window.max_cmd_sn = c->max;
	t->conn.nr_inflight = c->busy;
	t->conn.count.free = c->free;
	t->conn.quota.held[KTGT_QUOTA_DATA] = c->used;
	if (c->closed)
		set_bit(KTGT_PURSE_CLOSED, &t->conn.quota.purse.flags);
	KUNIT_EXPECT_EQ(test, ktgt_window_open(&t->conn), c->want);
	KUNIT_EXPECT_EQ(test, t->window.max_cmd_sn, c->want);
	KUNIT_EXPECT_EQ(test, t->window.exp_cmd_sn, c->exp);
}

/* What happens to a connection, at random but the same each time. */
static void window_step(struct conn_test *t, u32 random)
{
	struct ktgt_conn *conn = &t->conn;

	switch (random % 4) {
	case 0:
	case 1:		/* a command, as far as the window allows */
		if (ktgt_window_take(&t->window, t->window.exp_cmd_sn, false) !=
		    OK)
			break;
		conn->nr_inflight++;
		conn->count.free--;
		break;
	case 2:		/* a response */
		if (conn->nr_inflight)
			conn->nr_inflight--;
		break;
	default:	/* its acknowledgement */
		if (conn->count.free + conn->nr_inflight < SLOTS)
			conn->count.free++;
	}
	conn->quota.held[KTGT_QUOTA_DATA] = (random >> 8) % 1100;
}

/*
 * Whatever happens, MaxCmdSN does not go back, and each command that it lets in
 * finds a task.
 */
static void window_never_shrinks(struct kunit *test)
{
	struct conn_test *t = test->priv;
	u32 random = 1, last, max, i;

	t->conn.count.free = SLOTS;
	t->window.exp_cmd_sn = 0xffffff00;
	t->window.max_cmd_sn = 0xfffffeff;
	last = ktgt_window_open(&t->conn);
	for (i = 0; i < 20000; i++) {
		random = random * 1664525 + 1013904223;
		window_step(t, random >> 8);
		max = ktgt_window_open(&t->conn);
		KUNIT_ASSERT_GE(test, (s32)(max - last), 0);
		KUNIT_ASSERT_GE(test, (s32)(max - t->window.exp_cmd_sn), -1);
		KUNIT_ASSERT_LE(test, max + 1 - t->window.exp_cmd_sn,
				min(KTGT_WINDOW,
				    t->conn.count.free - KTGT_IMMEDIATE_MAX));
		last = max;
	}
	/* it has come around */
	KUNIT_EXPECT_GT(test, last, 1000);
	KUNIT_EXPECT_LT(test, last, 20000);
}

static struct kunit_case window_tests[] = {
	KUNIT_CASE_PARAM(cmdsn, cmdsn_gen_params),
	KUNIT_CASE_PARAM(window, window_gen_params),
	KUNIT_CASE(window_never_shrinks),
	{}
};

static struct kunit_suite window_suite = {
	.name = "ktgt_window",
	.suite_init = ktgt_test_suite_init,
	.init = ktgt_test_init,
	.exit = ktgt_test_exit,
	.test_cases = window_tests,
};
kunit_test_suite(window_suite);
