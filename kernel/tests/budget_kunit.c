// SPDX-License-Identifier: GPL-2.0
/*
 * What purses draw from a budget, and which of them are closed when it is used up.
 */
#include "../core/budget.c"

#include <kunit/test.h>

#define PURSES	24
#define LIMIT	SZ_16M

/**
 * struct budget_test - a budget, and purses
 * @budget: the budget
 * @purses: the purses
 * @changes: how often each was closed or opened
 */
struct budget_test {
	struct ktgt_budget	budget;
	struct ktgt_purse	purses[PURSES];
	u32			changes[PURSES];
};

static void purse_changed(struct ktgt_purse *purse)
{
	struct budget_test *t = container_of(purse->budget, struct budget_test,
					     budget);

	t->changes[purse - t->purses]++;
}

static int budget_test_init(struct kunit *test)
{
	struct budget_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	u32 i;

	if (!t)
		return -ENOMEM;
	ktgt_budget_init(&t->budget, LIMIT, purse_changed);
	for (i = 0; i < PURSES; i++)
		ktgt_budget_join(&t->budget, &t->purses[i]);
	test->priv = t;
	return 0;
}

static void budget_test_exit(struct kunit *test)
{
	struct budget_test *t = test->priv;
	u32 i;

	if (!t)
		return;
	for (i = 0; i < PURSES; i++)
		if (t->purses[i].budget)
			ktgt_budget_leave(&t->purses[i]);
	KUNIT_EXPECT_EQ(test, t->budget.drawn, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->budget.large));
	KUNIT_EXPECT_TRUE(test, list_empty(&t->budget.closed));
	ktgt_budget_exit(&t->budget);
}

/* A purse holds so much from now on. */
static void hold(struct kunit *test, u32 which, u64 bytes)
{
	struct budget_test *t = test->priv;
	struct ktgt_purse *purse = &t->purses[which];

	if (bytes > purse->held)
		ktgt_purse_hold(purse, bytes - purse->held);
	else
		ktgt_purse_drop(purse, purse->held - bytes);
	KUNIT_ASSERT_EQ(test, purse->held, bytes);
}

/* The bits of those that are closed. */
static u32 closed(struct kunit *test)
{
	struct budget_test *t = test->priv;
	u32 i, bits = 0;

	for (i = 0; i < PURSES; i++)
		bits |= ktgt_purse_is_closed(&t->purses[i]) << i;
	return bits;
}

/* The time has passed that a purse has after it was closed. */
static void be_patient(struct kunit *test)
{
	struct budget_test *t = test->priv;

	t->budget.closed_at -= BUDGET_PATIENCE;
}

static void check_drawn(struct kunit *test)
{
	struct budget_test *t = test->priv;
	u64 drawn = 0;
	u32 i;

	for (i = 0; i < PURSES; i++) {
		const struct ktgt_purse *purse = &t->purses[i];

		drawn += purse->drawn;
		KUNIT_ASSERT_GE(test, purse->drawn, purse->held);
		KUNIT_ASSERT_LE(test, purse->drawn - purse->held,
				min(3 * purse->held, (u64)3 * BUDGET_PORTION));
		KUNIT_ASSERT_EQ(test, !list_empty(&purse->node),
				purse->drawn > BUDGET_LEAST ||
				ktgt_purse_is_closed(purse));
	}
	KUNIT_ASSERT_EQ(test, drawn, t->budget.drawn);
}

/* Whatever purses take and give back, all of it is counted, and not much more. */
static void all_counts(struct kunit *test)
{
	struct budget_test *t = test->priv;
	u32 random = 1, i;

	for (i = 0; i < 20000; i++) {
		random = random * 1664525 + 1013904223;
		hold(test, (random >> 8) % PURSES,
		     (u64)(random >> 16) << (random >> 4 & 7));
		if (i % 16 == 0)
			be_patient(test);
		check_drawn(test);
	}
	KUNIT_EXPECT_GT(test, t->budget.closings, 100);
}

/* As long as it takes and gives back a little, nothing is drawn. */
static void portions(struct kunit *test)
{
	struct budget_test *t = test->priv;
	struct ktgt_purse *purse = &t->purses[0];
	u32 i;

	hold(test, 0, 65536);
	KUNIT_EXPECT_EQ(test, purse->drawn, 131072);
	for (i = 0; i < 1000; i++) {
		hold(test, 0, 131072);
		hold(test, 0, 32768);
	}
	KUNIT_EXPECT_EQ(test, purse->drawn, 131072);
	hold(test, 0, 131073);
	KUNIT_EXPECT_EQ(test, purse->drawn, 262146);
	hold(test, 0, SZ_4M);
	KUNIT_EXPECT_EQ(test, purse->drawn, SZ_4M + BUDGET_PORTION);
	hold(test, 0, SZ_4M - 2 * BUDGET_PORTION);
	KUNIT_EXPECT_EQ(test, purse->drawn, SZ_4M + BUDGET_PORTION);
	hold(test, 0, SZ_4M - 2 * BUDGET_PORTION - 1);
	KUNIT_EXPECT_EQ(test, purse->drawn, SZ_4M - BUDGET_PORTION - 1);
	hold(test, 0, 0);
	KUNIT_EXPECT_EQ(test, purse->drawn, 0);
	KUNIT_EXPECT_EQ(test, t->budget.drawn, 0);
}

/* Whoever passes the limit, the one that has the most is closed. */
static void largest(struct kunit *test)
{
	struct budget_test *t = test->priv;

	hold(test, 1, SZ_2M);
	hold(test, 2, SZ_8M);
	hold(test, 3, SZ_4M);
	KUNIT_EXPECT_EQ(test, closed(test), 0);
	KUNIT_EXPECT_EQ(test, t->budget.closings, 0);
	/* with what they have in reserve, this is just the limit, and just more */
	hold(test, 4, SZ_1M);
	KUNIT_EXPECT_EQ(test, t->budget.drawn, SZ_16M);
	KUNIT_EXPECT_EQ(test, closed(test), 0);
	hold(test, 5, 1);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(2));
	KUNIT_EXPECT_EQ(test, t->budget.closings, 1);
	KUNIT_EXPECT_EQ(test, t->changes[2], 1);
}

/* The next one is closed when the last one has had time, or far beyond. */
static void patience(struct kunit *test)
{
	struct budget_test *t = test->priv;

	hold(test, 1, SZ_8M);
	hold(test, 2, SZ_4M);
	hold(test, 3, SZ_4M);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(1));
	hold(test, 4, SZ_512K);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(1));
	be_patient(test);
	hold(test, 5, 1);
	KUNIT_EXPECT_EQ(test, hweight32(closed(test)), 2);
	/* the limit and an eighth of it */
	hold(test, 6, SZ_1M);
	KUNIT_EXPECT_EQ(test, hweight32(closed(test)), 3);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(1) | BIT(2) | BIT(3));
	KUNIT_EXPECT_EQ(test, t->budget.closings, 3);
}

/* Those that have little stay open, however many they are. */
static void little(struct kunit *test)
{
	struct budget_test *t = test->priv;
	u32 i;

	for (i = 0; i < PURSES; i++)
		hold(test, i, BUDGET_LEAST - BUDGET_PORTION);
	KUNIT_EXPECT_EQ(test, t->budget.drawn, PURSES * BUDGET_LEAST);
	KUNIT_EXPECT_EQ(test, closed(test), 0);
	hold(test, 7, BUDGET_LEAST + 1);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(7));
	/* its owner hears of it; the purse is opened when it has come down */
	ktgt_purse_settle(&t->purses[7]);
	KUNIT_EXPECT_EQ(test, t->purses[7].drawn, BUDGET_LEAST + 1);
	hold(test, 7, BUDGET_LEAST / 2 + 1);
	KUNIT_EXPECT_EQ(test, t->purses[7].drawn, BUDGET_LEAST / 2 + 1);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(7));
	hold(test, 7, BUDGET_LEAST / 4);
	KUNIT_EXPECT_EQ(test, closed(test), 0);
	KUNIT_EXPECT_EQ(test, t->changes[7], 2);
}

/* One that is closed draws what it holds and nothing in reserve. */
static void no_reserve(struct kunit *test)
{
	struct budget_test *t = test->priv;
	struct ktgt_purse *purse = &t->purses[0];

	hold(test, 0, SZ_16M);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(0));
	hold(test, 0, SZ_16M + SZ_1M);
	KUNIT_EXPECT_EQ(test, purse->drawn, SZ_16M + SZ_1M);
	hold(test, 0, SZ_16M - SZ_1M);
	KUNIT_EXPECT_EQ(test, purse->drawn, SZ_16M - SZ_1M);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(0));
}

/* When no more than seven eighths are used, all are opened. */
static void all_open(struct kunit *test)
{
	struct budget_test *t = test->priv;

	hold(test, 1, SZ_8M);
	hold(test, 2, SZ_8M);
	be_patient(test);
	hold(test, 3, 1);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(1) | BIT(2));
	hold(test, 1, SZ_2M);
	KUNIT_EXPECT_EQ(test, closed(test), 0);
	KUNIT_EXPECT_EQ(test, t->changes[1], 2);
	KUNIT_EXPECT_EQ(test, t->changes[2], 2);
	check_drawn(test);
}

static void set_limit(struct kunit *test)
{
	struct budget_test *t = test->priv;

	hold(test, 1, SZ_8M);
	hold(test, 2, SZ_4M);
	ktgt_budget_set_limit(&t->budget, SZ_8M);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(1));
	ktgt_budget_set_limit(&t->budget, SZ_32M);
	KUNIT_EXPECT_EQ(test, closed(test), 0);
	/* far more than can be */
	ktgt_budget_set_limit(&t->budget, U64_MAX);
	hold(test, 1, SZ_1G);
	KUNIT_EXPECT_EQ(test, closed(test), 0);
}

/* What has left does not count, and neither does what it gives back later. */
static void leave(struct kunit *test)
{
	struct budget_test *t = test->priv;

	hold(test, 1, SZ_8M);
	hold(test, 2, SZ_8M + SZ_1M);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(2));
	ktgt_budget_leave(&t->purses[2]);
	KUNIT_EXPECT_EQ(test, closed(test), 0);
	KUNIT_EXPECT_EQ(test, t->budget.drawn, SZ_8M + BUDGET_PORTION);
	hold(test, 2, SZ_16M);
	hold(test, 2, 0);
	KUNIT_EXPECT_EQ(test, t->budget.drawn, SZ_8M + BUDGET_PORTION);
	/* one that is closed is opened when another one leaves */
	hold(test, 3, SZ_8M);
	KUNIT_EXPECT_EQ(test, hweight32(closed(test)), 1);
	ktgt_budget_leave(&t->purses[closed(test) == BIT(1) ? 3 : 1]);
	KUNIT_EXPECT_EQ(test, closed(test), 0);
}

/* One closing in ten seconds is reported. */
static void reports(struct kunit *test)
{
	struct budget_test *t = test->priv;

	hold(test, 0, SZ_16M);
	KUNIT_EXPECT_EQ(test, closed(test), BIT(0));
	KUNIT_EXPECT_TRUE(test, ktgt_purse_take_report(&t->purses[0]));
	KUNIT_EXPECT_FALSE(test, ktgt_purse_take_report(&t->purses[0]));
	hold(test, 0, 0);
	KUNIT_EXPECT_EQ(test, closed(test), 0);
	hold(test, 0, SZ_16M);
	KUNIT_EXPECT_FALSE(test, ktgt_purse_take_report(&t->purses[0]));
	hold(test, 0, 0);
	t->budget.told_at -= BUDGET_TELL;
	hold(test, 0, SZ_16M);
	hold(test, 0, 0);
	/* also if it has been opened meanwhile */
	KUNIT_EXPECT_TRUE(test, ktgt_purse_take_report(&t->purses[0]));
	KUNIT_EXPECT_EQ(test, t->budget.closings, 3);
}

static struct kunit_case budget_tests[] = {
	KUNIT_CASE(all_counts),
	KUNIT_CASE(portions),
	KUNIT_CASE(largest),
	KUNIT_CASE(patience),
	KUNIT_CASE(little),
	KUNIT_CASE(no_reserve),
	KUNIT_CASE(all_open),
	KUNIT_CASE(set_limit),
	KUNIT_CASE(leave),
	KUNIT_CASE(reports),
	{}
};

static struct kunit_suite budget_suite = {
	.name = "ktgt_budget",
	.init = budget_test_init,
	.exit = budget_test_exit,
	.test_cases = budget_tests,
};
kunit_test_suite(budget_suite);
