// SPDX-License-Identifier: GPL-2.0
/*
 * Who runs when many want the same processor.
 */
#include "../tcp/turn.c"

#include <kunit/test.h>

#include <linux/completion.h>

#define CONNS	4

/**
 * struct turn_conn - a connection that does nothing but run
 * @turn: its turn
 * @work: its work
 * @go: the work waits for it
 * @began: the work has begun
 * @busy: it is so at the end of its run
 * @wanted: others waited when the run ended
 * @order: how many have begun before, and it
 */
struct turn_conn {
	struct ktgt_turn	turn;
	struct work_struct	work;
	struct completion	go;
	struct completion	began;
	bool			busy;
	bool			wanted;
	int			order;
};

static struct turn_conn *conns;
static int nr_begun;

static void turn_work(struct work_struct *work)
{
	struct turn_conn *conn = container_of(work, struct turn_conn, work);

	ktgt_turn_begin(&conn->turn);
	conn->order = ++nr_begun;
	complete(&conn->began);
	wait_for_completion(&conn->go);
	conn->wanted = ktgt_turn_is_wanted();
	ktgt_turn_end(&conn->turn, conn->busy);
}

static void turn_queue(struct turn_conn *conn)
{
	ktgt_turn_queue(&conn->turn, 0);
}

static bool turn_has_begun(struct turn_conn *conn)
{
	return wait_for_completion_timeout(&conn->began, 10 * HZ);
}

static int turn_test_init(struct kunit *test)
{
	int i;

	conns = kunit_kcalloc(test, CONNS, sizeof(*conns), GFP_KERNEL);
	if (!conns)
		return -ENOMEM;
	nr_begun = 0;
	for (i = 0; i < CONNS; i++) {
		INIT_WORK(&conns[i].work, turn_work);
		init_completion(&conns[i].go);
		init_completion(&conns[i].began);
		ktgt_turn_init(&conns[i].turn, &conns[i].work);
		/* the last one is quiet */
		conns[i].busy = i < CONNS - 1;
		conns[i].turn.busy = conns[i].busy;
	}
	return ktgt_turns_init();
}

static void turn_test_exit(struct kunit *test)
{
	struct ktgt_turns *turns = per_cpu_ptr(&all_turns, 0);
	int i;

	for (i = 0; conns && i < CONNS; i++) {
		complete_all(&conns[i].go);
		ktgt_turn_cancel(&conns[i].turn);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&turns->wanted), 0);
	KUNIT_EXPECT_NULL(test, turns->holder);
	KUNIT_EXPECT_TRUE(test, list_empty(&turns->waiting));
	ktgt_turns_exit();
}

/* Of the busy ones, the second runs after the first, and the third after that. */
static void turn_one_after_another(struct kunit *test)
{
	int i;

	for (i = 0; i < 3; i++)
		turn_queue(&conns[i]);
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[0]));
	KUNIT_EXPECT_FALSE(test, list_empty(&conns[1].turn.node));
	KUNIT_EXPECT_FALSE(test, list_empty(&conns[2].turn.node));
	complete(&conns[0].go);
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[1]));
	KUNIT_EXPECT_TRUE(test, conns[0].wanted);
	KUNIT_EXPECT_FALSE(test, list_empty(&conns[2].turn.node));
	complete(&conns[1].go);
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[2]));
	complete(&conns[2].go);
	flush_work(&conns[2].work);
	KUNIT_EXPECT_FALSE(test, conns[2].wanted);
	KUNIT_EXPECT_EQ(test, conns[2].order, 3);
}

/* The quiet one came last, and waits for nobody who waits for his turn. */
static void turn_quiet_goes_ahead(struct kunit *test)
{
	turn_queue(&conns[0]);
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[0]));
	turn_queue(&conns[1]);
	turn_queue(&conns[3]);
	/* the work of the first sleeps here, which its kind does not */
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[3]));
	KUNIT_EXPECT_EQ(test, conns[3].order, 2);
	KUNIT_EXPECT_FALSE(test, list_empty(&conns[1].turn.node));
}

/* Who is queued in its run has another one, behind those that wait. */
static void turn_again(struct kunit *test)
{
	turn_queue(&conns[0]);
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[0]));
	turn_queue(&conns[1]);
	turn_queue(&conns[0]);
	turn_queue(&conns[0]);
	complete(&conns[0].go);
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[1]));
	KUNIT_EXPECT_FALSE(test, list_empty(&conns[0].turn.node));
	complete(&conns[1].go);
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[0]));
	complete(&conns[0].go);
	flush_work(&conns[0].work);
	KUNIT_EXPECT_EQ(test, nr_begun, 3);
}

/* Who is quiet now is queued at once from now on. */
static void turn_becomes_quiet(struct kunit *test)
{
	conns[1].busy = false;
	complete_all(&conns[1].go);
	turn_queue(&conns[1]);
	flush_work(&conns[1].work);
	turn_queue(&conns[0]);
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[0]));
	reinit_completion(&conns[1].began);
	turn_queue(&conns[1]);
	KUNIT_EXPECT_TRUE(test, turn_has_begun(&conns[1]));
}

/* A connection ends while it waits: the next one follows. */
static void turn_cancelled(struct kunit *test)
{
	int i;

	for (i = 0; i < 3; i++)
		turn_queue(&conns[i]);
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[0]));
	ktgt_turn_cancel(&conns[1].turn);
	KUNIT_EXPECT_NULL(test, conns[1].turn.at);
	complete(&conns[0].go);
	KUNIT_ASSERT_TRUE(test, turn_has_begun(&conns[2]));
	KUNIT_EXPECT_EQ(test, conns[1].order, 0);
}

/* It ends when it is its turn, and before its work has begun. */
static void turn_cancelled_in_turn(struct kunit *test)
{
	struct ktgt_turns *turns = per_cpu_ptr(&all_turns, 0);

	KUNIT_ASSERT_TRUE(test, turns_take(turns, &conns[0].turn));
	conns[0].turn.at = turns;
	atomic_inc(&turns->wanted);
	turn_queue(&conns[1]);
	KUNIT_EXPECT_FALSE(test, list_empty(&conns[1].turn.node));
	ktgt_turn_cancel(&conns[0].turn);
	KUNIT_EXPECT_TRUE(test, turn_has_begun(&conns[1]));
}

static struct kunit_case turn_cases[] = {
	KUNIT_CASE(turn_one_after_another),
	KUNIT_CASE(turn_quiet_goes_ahead),
	KUNIT_CASE(turn_again),
	KUNIT_CASE(turn_becomes_quiet),
	KUNIT_CASE(turn_cancelled),
	KUNIT_CASE(turn_cancelled_in_turn),
	{}
};

static struct kunit_suite turn_suite = {
	.name = "ktgt_turn",
	.init = turn_test_init,
	.exit = turn_test_exit,
	.test_cases = turn_cases,
};

kunit_test_suite(turn_suite);
