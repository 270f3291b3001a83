// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks: their order, which of them data belongs to, and how many there are; and
 * the numbers of sessions.
 */
/* the files with a pr_fmt() of their own first */
#include "../iscsi/sess.c"
#include "../iscsi/conn.c"
#include "../iscsi/command.c"
#include "../iscsi/task.c"

#include <kunit/test.h>

#include "../iscsi/recv.h"
#include "../scsi/gate.h"
#include "conn_test.h"

/**
 * struct ttt_case - a Data-Out for a burst that was asked for, or nearly
 * @what: its name
 * @ttt: bits of the tag that are wrong
 * @itt: bits of the initiator task tag that are wrong
 * @found: it belongs to the burst; if not, it is refused
 */
struct ttt_case {
	const char	*what;
	u32		ttt;
	u32		itt;
	bool		found;
};

static const struct ttt_case ttt_cases[] = {
	{ "the burst", 0, 0, true },
	{ "another initiator task tag", 0, 1, false },
	{ "a burst that is not in use", 0x00000004, 0, false },
	{ "another generation", 0x00000008, 0, false },
	{ "a generation far away", 0x00008000, 0, false },
	{ "another task", 0x00010000, 0, false },
	{ "a task beyond the last", 0x02000000, 0, false },
	{ "a task far beyond", 0x80000000, 0, false },
};
KUNIT_ARRAY_PARAM_DESC(ttt, ttt_cases, what);

static void ttt_find(struct kunit *test)
{
	const struct ttt_case *c = test->param_value;
	struct conn_test *t = test->priv;
	struct iscsi_r2t_rsp r2t;
	itt_t itt = (__force itt_t)cpu_to_be32(0x1234 ^ c->itt);

	ktgt_test_tasks(test);
	KUNIT_ASSERT_EQ(test, task_make(&t->conn, GFP_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, task_make(&t->conn, GFP_KERNEL), 0);
	ktgt_test_write(test, 8);
	r2t = ktgt_test_r2t(test);
	ktgt_test_data_out(t, itt, be32_to_cpu(r2t.ttt) ^ c->ttt, 0, 0, 4096);
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_EXPECT_EQ(test, !!t->in.task, c->found);
	KUNIT_EXPECT_EQ(test, list_empty(&t->queued), c->found);
	KUNIT_EXPECT_EQ(test, t->conn.count.ready, 0);
	/* what has begun to come is not ended behind the back of the test */
	if (c->found)
		ktgt_recv_data(&t->conn, &t->in, true);
}

/**
 * struct attr_case - two tasks, and whether one goes behind the other
 * @what: its name
 * @attr: ISCSI_ATTR_* of the task
 * @other: of the other one
 * @older: the other one is older
 * @dormant: the task is dormant already
 * @lun: they have the same LUN
 * @ended: the other one has ended
 * @behind: the task waits for the other one
 */
struct attr_case {
	const char	*what;
	u8		attr;
	u8		other;
	bool		older;
	bool		dormant;
	bool		lun;
	bool		ended;
	bool		behind;
};

#define UNTAGGED	ISCSI_ATTR_UNTAGGED
#define SIMPLE		ISCSI_ATTR_SIMPLE
#define ORDERED		ISCSI_ATTR_ORDERED
#define HEAD		ISCSI_ATTR_HEAD_OF_QUEUE

static const struct attr_case attr_cases[] = {
	{ "simple, simple", SIMPLE, SIMPLE, 1, 0, 1, 0, false },
	{ "simple, ordered", SIMPLE, ORDERED, 1, 0, 1, 0, true },
	{ "untagged, ordered", UNTAGGED, ORDERED, 1, 0, 1, 0, true },
	{ "simple, ordered that is younger", SIMPLE, ORDERED, 0, 0, 1, 0,
	  false },
	{ "ordered, simple", ORDERED, SIMPLE, 1, 0, 1, 0, true },
	{ "ordered, untagged", ORDERED, UNTAGGED, 1, 0, 1, 0, true },
	{ "ordered, simple that is younger", ORDERED, SIMPLE, 0, 0, 1, 0,
	  false },
	{ "ordered, ordered", ORDERED, ORDERED, 1, 0, 1, 0, true },
	{ "ordered, ordered that is younger", ORDERED, ORDERED, 0, 1, 1, 0,
	  false },
	{ "simple, head of queue", SIMPLE, HEAD, 1, 0, 1, 0, true },
	{ "enabled, head of queue that is younger", SIMPLE, HEAD, 0, 0, 1, 0,
	  false },
	{ "dormant, head of queue that is younger", SIMPLE, HEAD, 0, 1, 1, 0,
	  true },
	{ "ordered and dormant, head of queue that is younger", ORDERED, HEAD,
	  0, 1, 1, 0, true },
	{ "ordered, of another LUN", ORDERED, ORDERED, 1, 1, 0, 0, false },
	{ "ordered, one that has ended", ORDERED, ORDERED, 1, 1, 1, 1, false },
};
KUNIT_ARRAY_PARAM_DESC(attr, attr_cases, what);

static void attr_order(struct kunit *test)
{
	const struct attr_case *c = test->param_value;
	struct ktgt_task *task = kunit_kzalloc(test, sizeof(*task), GFP_KERNEL);
	struct ktgt_task *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	struct hlist_head bucket = HLIST_HEAD_INIT;

	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_ASSERT_NOT_NULL(test, other);
	task->attr = c->attr;
	task->state = c->dormant ? KTGT_TASK_DORMANT : KTGT_TASK_RECV;
	other->attr = c->other;
	other->state = KTGT_TASK_BUSY;
	other->cmd.lun = cpu_to_be64(c->lun ? 0 : 1);
	/* where the numbers wrap */
	task->seq = 0;
	other->seq = c->older ? U32_MAX : 1;
	if (!c->ended)
		hlist_add_head(&other->itt_node, &bucket);
	KUNIT_EXPECT_EQ(test, task_goes_behind(task, other), c->behind);
	KUNIT_EXPECT_FALSE(test, task_goes_behind(other, other));
}

/* Data for a task that was just aborted is dropped without a word. */
static void ttt_stale(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task;
	struct iscsi_r2t_rsp r2t;
	u32 ttt;

	ktgt_test_tasks(test);
	ktgt_test_write(test, 8);
	r2t = ktgt_test_r2t(test);
	ttt = be32_to_cpu(r2t.ttt);
	task = ktgt_task_find(&t->conn, TEST_ITT);
	KUNIT_ASSERT_NOT_NULL(test, task);
	command_abort(task, false);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_FREE);

	ktgt_test_data_out(t, TEST_ITT, ttt, 0, 0, 4096);
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_EXPECT_NULL(test, t->in.task);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->queued));

	/* the slot is used again, by a command that looks the same */
	ktgt_test_write(test, 8);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_task_find(&t->conn, TEST_ITT), task);
	r2t = ktgt_test_r2t(test);
	KUNIT_EXPECT_NE(test, be32_to_cpu(r2t.ttt), ttt);
	ktgt_test_data_out(t, TEST_ITT, ttt, 0, 0, 4096);
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_EXPECT_NULL(test, t->in.task);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->queued));
}

/* Tasks are made when commands need them, and an idle connection has none. */
static void tasks_on_demand(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_conn *conn = &t->conn;
	struct iscsi_r2t_rsp r2t;
	u16 gen;

	ktgt_test_tasks(test);
	KUNIT_EXPECT_EQ(test, conn->nr_slots, 0);
	KUNIT_EXPECT_EQ(test, conn->count.free, TASK_SLOTS);
	KUNIT_ASSERT_EQ(test, task_make(conn, GFP_KERNEL), 0);
	ktgt_test_write(test, 8);
	KUNIT_EXPECT_EQ(test, conn->nr_slots, 1);
	ktgt_tasks_prepare(conn);
	ktgt_tasks_prepare(conn);
	KUNIT_EXPECT_EQ(test, conn->nr_slots, 2);
	KUNIT_EXPECT_EQ(test, conn->count.free, TASK_SLOTS - 1);

	/* the one that is in use stays */
	ktgt_tasks_shrink(conn);
	KUNIT_EXPECT_EQ(test, conn->nr_slots, 1);
	r2t = ktgt_test_r2t(test);
	gen = conn->slots[0]->gen;
	command_abort(conn->slots[0], false);
	KUNIT_EXPECT_EQ(test, conn->slots[0]->state, KTGT_TASK_FREE);
	ktgt_tasks_shrink(conn);
	KUNIT_EXPECT_EQ(test, conn->nr_slots, 0);
	KUNIT_EXPECT_EQ(test, conn->count.free, TASK_SLOTS);
	KUNIT_EXPECT_TRUE(test, list_empty(&conn->free_slots));

	/* its tag is good for nothing, not even for its successor */
	ktgt_test_write(test, 8);
	KUNIT_ASSERT_EQ(test, conn->nr_slots, 1);
	KUNIT_EXPECT_NE(test, conn->slots[0]->gen, gen);
	KUNIT_EXPECT_NE(test, ktgt_test_r2t(test).ttt, r2t.ttt);
}

/* --- what waits for aborted tasks ----------------------------------------- */

/**
 * struct abort_test - tasks of a logical unit, and a copy that may come there
 * @reset: waits for them
 * @other: waits for the copy alone
 * @asked: logical unit to which the copy was sent
 * @part: reads or writes for the copy
 * @task: a task of the logical unit of the connection
 * @copy: the copy
 */
struct abort_test {
	struct ktgt_lu_reset	reset;
	struct ktgt_lu_reset	other;
	struct ktgt_lu		asked;
	struct ktgt_cmd		part;
	struct ktgt_task	*task;
	struct ktgt_task	*copy;
};

/* A task that is with the SCSI side. */
static struct ktgt_task *busy_task(struct kunit *test, u32 itt)
{
	struct ktgt_task *task;

	task = ktgt_test_read(test, (__force itt_t)cpu_to_be32(itt), 8);
	ktgt_task_set_state(task, KTGT_TASK_PAGES, KTGT_TASK_READY);
	ktgt_task_set_state(task, KTGT_TASK_READY, KTGT_TASK_BUSY);
	return task;
}

static struct abort_test *make_abort_test(struct kunit *test)
{
	struct abort_test *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, a);
	ktgt_test_tasks(test);
	/* the test waits too, so it is not over when the tasks have ended */
	atomic_set(&a->reset.pending, 1);
	atomic_set(&a->other.pending, 1);
	ktgt_gate_init(&a->asked.gate);
	a->task = busy_task(test, 1);
	a->copy = busy_task(test, 2);
	a->copy->cmd.lu = &a->asked;
	a->copy->cmd.part = &a->part;
	set_bit(KTGT_CMDF_COPY, &a->copy->cmd.flags);
	return a;
}

/* What ktgt_command_abort_call() makes is run. */
static void abort_lu(struct kunit *test, struct abort_test *a)
{
	struct conn_test *t = test->priv;
	struct ktgt_abort_wait *wait;

	wait = abort_wait_alloc(&a->reset, NULL, &t->lu, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, wait);
	abort_covered(&t->conn, wait, false);
}

/* One that is there is waited for, and answered, since it was sent elsewhere. */
static void abort_covers_copy(struct kunit *test)
{
	struct abort_test *a = make_abort_test(test);
	struct conn_test *t = test->priv;

	a->part.lu = &t->lu;
	abort_lu(test, a);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->reset.pending), 2);
	command_reap_other(a->task);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->reset.pending), 2);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->queued));
	command_reap_other(a->copy);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->reset.pending), 1);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&t->queued));
}

/*
 * One that comes there later is not waited for; so when it ends, for whatever reason,
 * the tasks that are waited for have not.
 */
static void abort_before_copy(struct kunit *test)
{
	struct abort_test *a = make_abort_test(test);
	struct conn_test *t = test->priv;

	abort_lu(test, a);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->reset.pending), 2);
	a->part.lu = &t->lu;
	KUNIT_ASSERT_EQ(test, ktgt_command_abort(a->copy, &a->other), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->other.pending), 2);
	command_reap_other(a->copy);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->other.pending), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->reset.pending), 2);
	command_reap_other(a->task);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->reset.pending), 1);
}

/* Nor if two wait there, and it has come between them: the second one has it. */
static void abort_around_copy(struct kunit *test)
{
	struct abort_test *a = make_abort_test(test);
	struct conn_test *t = test->priv;

	abort_lu(test, a);
	a->part.lu = &t->lu;
	abort_lu(test, a);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->reset.pending), 3);
	command_reap_other(a->copy);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->reset.pending), 3);
	command_reap_other(a->task);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->reset.pending), 1);
}

/* --- additional header segments ------------------------------------------ */

/**
 * struct ahs_case - additional header segments of a command
 * @what: its name
 * @len: 4 * TotalAHSLength
 * @ahs: the segments
 * @ok: whether they are accepted
 */
struct ahs_case {
	const char	*what;
	u32		len;
	u8		ahs[24];
	bool		ok;
};

static const struct ahs_case ahs_cases[] = {
	{ "none", 0, {}, true },
	{ "read data length", 8, { 0, 5, 2 }, true },
	{ "CDB of 32 bytes", 20, { 0, 17, 1 }, true },
	{ "CDB of 17 bytes, padded", 8, { 0, 2, 1 }, true },
	{ "CDB of 18 bytes, padded", 8, { 0, 3, 1 }, true },
	{ "shortest", 4, { 0, 1, 1 }, true },
	{ "empty", 4, { 0, 0, 1 }, true },
	{ "two", 24, { 0, 13, 1, [16] = 0, 5, 2 }, true },
	{ "unknown type", 4, { 0, 1, 3 }, false },
	{ "reserved type", 4, { 0, 1, 0 }, false },
	{ "unknown type behind", 8, { 0, 1, 1, 0, 0, 1, 0x40 }, false },
	{ "longer than it may be", 8, { 0, 6, 1 }, false },
	{ "far longer", 8, { 0xff, 0xff, 1 }, false },
	{ "not all is filled", 12, { 0, 5, 1 }, false },
};
KUNIT_ARRAY_PARAM_DESC(ahs, ahs_cases, what);

static void ahs(struct kunit *test)
{
	const struct ahs_case *c = test->param_value;
	struct conn_test *t = test->priv;

	memcpy(t->in.ahs, c->ahs, sizeof(c->ahs));
	t->in.ahs_len = c->len;
	KUNIT_EXPECT_EQ(test, command_ahs_ok(&t->in), c->ok);
}

/*
 * A number is given again when all others have been, and never while it is in
 * use. 0 is no TSIH, and none is longer than 16 bits.
 */
static void session_numbers(struct kunit *test)
{
	struct ktgt_net *kn = kunit_kzalloc(test, sizeof(*kn), GFP_KERNEL);
	u32 first, again, id, i;

	KUNIT_ASSERT_NOT_NULL(test, kn);
	KUNIT_ASSERT_EQ(test, ktgt_sess_net_init(kn), 0);
	KUNIT_EXPECT_EQ(test, sess_take_id(kn, &first), 0);
	KUNIT_EXPECT_EQ(test, first, 1);
	KUNIT_EXPECT_EQ(test, sess_take_id(kn, &id), 0);
	xa_erase(&kn->sess_ids, id);
	/* not all of them: that takes a minute with KASAN */
	kn->next_sess_id = U16_MAX - 3;
	for (i = U16_MAX - 3; i <= U16_MAX; i++) {
		KUNIT_EXPECT_EQ(test, sess_take_id(kn, &id), 0);
		KUNIT_EXPECT_EQ(test, id, i);
	}
	for (i = 2; i <= 3; i++) {
		KUNIT_EXPECT_EQ(test, sess_take_id(kn, &again), 0);
		KUNIT_EXPECT_EQ(test, again, i);
	}
	ktgt_sess_net_exit(kn);
}

static struct kunit_case task_tests[] = {
	KUNIT_CASE_PARAM(ttt_find, ttt_gen_params),
	KUNIT_CASE_PARAM(attr_order, attr_gen_params),
	KUNIT_CASE(ttt_stale),
	KUNIT_CASE(tasks_on_demand),
	KUNIT_CASE(abort_covers_copy),
	KUNIT_CASE(abort_before_copy),
	KUNIT_CASE(abort_around_copy),
	KUNIT_CASE_PARAM(ahs, ahs_gen_params),
	KUNIT_CASE(session_numbers),
	{}
};

static struct kunit_suite task_suite = {
	.name = "ktgt_task",
	.suite_init = ktgt_test_suite_init,
	.init = ktgt_test_init,
	.exit = ktgt_test_exit,
	.test_cases = task_tests,
};
kunit_test_suite(task_suite);
