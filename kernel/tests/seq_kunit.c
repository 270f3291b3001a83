// SPDX-License-Identifier: GPL-2.0
/*
 * Sequence numbers: the window of commands, acknowledgements, and the tags that
 * name bursts of data; all of them where they wrap as well.
 */
/* the files themselves first: one of them has a pr_fmt() of its own */
#include "../iscsi/ack.c"
#include "../iscsi/command.c"
#include "../iscsi/conn.c"
#include "../iscsi/data.c"
#include "../iscsi/sess.c"
#include "../iscsi/stall.c"
#include "../iscsi/task.c"
#include "../iscsi/window.c"

#include <kunit/test.h>

#include "../iscsi/recv.h"
#include "../scsi/cdb.h"
#include "../scsi/cdb_table.h"
#include "../scsi/lu.h"
#include "stubs.h"

/**
 * struct seq_test - a connection without a transport, and a logical unit
 * @conn: the connection
 * @nexus: that of its session
 * @window: likewise
 * @target: that of the nexus; only there to be one
 * @lu: the logical unit
 * @itl: what it keeps for the session
 * @in: a PDU that is received
 * @queued: PDUs that are sent
 * @closed: the connection was closed
 */
struct seq_test {
	struct ktgt_conn	conn;
	struct ktgt_nexus	nexus;
	struct ktgt_window	window;
	struct ktgt_target	target;
	struct ktgt_lu		lu;
	struct ktgt_itl		itl;
	struct ktgt_pdu_in	in;
	struct list_head	queued;
	bool			closed;
};

static void seq_queue_tx(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	struct seq_test *t = container_of(conn, struct seq_test, conn);

	list_add_tail(&pdu->node, &t->queued);
}

static void seq_close(struct ktgt_conn *conn)
{
	container_of(conn, struct seq_test, conn)->closed = true;
}

static const struct ktgt_conn_ops seq_ops = {
	.queue_tx	= seq_queue_tx,
	.close		= seq_close,
};

static void seq_init_conn(struct seq_test *t)
{
	struct ktgt_conn *conn = &t->conn;

	conn->ops = &seq_ops;
	conn->state = KTGT_CONN_STATE_FULL_FEATURE;
	conn->param.initial_r2t = true;
	conn->param.max_recv_dsl = KTGT_MAX_RECV_DSL;
	conn->param.first_burst = 65536;
	conn->param.max_burst = 8192;
	conn->param.max_r2t = KTGT_MAX_R2T;
	conn->quota.limit[KTGT_QUOTA_DATA] = 1024;
	conn->nexus = &t->nexus;
	conn->window = &t->window;
	INIT_LIST_HEAD(&conn->free_slots);
	INIT_LIST_HEAD(&conn->ready);
	INIT_LIST_HEAD(&conn->dormant);
	INIT_LIST_HEAD(&conn->page_wait);
	INIT_LIST_HEAD(&conn->waits);
	INIT_LIST_HEAD(&conn->unacked);
	INIT_LIST_HEAD(&t->queued);
}

static int seq_test_init(struct kunit *test)
{
	struct seq_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->nexus.target = &t->target;
	t->lu.type = TYPE_DISK;
	t->lu.block_shift = 9;
	t->lu.nr_blocks = 1 << 20;
	t->lu.max_blocks = 1 << 20;
	t->itl.lu = &t->lu;
	ktgt_test_itl = &t->itl;
	seq_init_conn(t);
	return ktgt_pdus_init(&t->conn);
}

static void seq_test_exit(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct ktgt_pdu *pdu, *next;

	ktgt_test_itl = NULL;
	ktgt_test_one_disk = false;
	if (!t)
		return;
	list_splice_init(&t->conn.unacked, &t->queued);
	list_for_each_entry_safe(pdu, next, &t->queued, node) {
		list_del(&pdu->node);
		ktgt_pdu_free(&t->conn, pdu);
	}
	ktgt_tasks_free(&t->conn);
	ktgt_mem_free(&t->conn);
	ktgt_pdus_free(&t->conn);
}

/* Also of cdb_kunit.c, but no suite depends on the order of suites. */
static int seq_suite_init(struct kunit_suite *suite)
{
	ktgt_cdb_table_init();
	return 0;
}

static void seq_alloc_tasks(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct ktgt_mem *mem = &t->conn.mem;

	KUNIT_ASSERT_EQ(test, ktgt_tasks_init(&t->conn), 0);
	mem->free_pages = kvmalloc_array(KTGT_FREE_PAGES_MAX,
					 sizeof(*mem->free_pages), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mem->free_pages);
}

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
	struct seq_test *t = test->priv;
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
	{ "around 2^32", 0xffffffff, 0xfffffffe, 0, 272, 0, false, 126 },
	{ "around 2^32, told before", 0xffffffff, 126, 0, 272, 0, false,
	  126 },
	{ "around 2^32, does not shrink", 0xfffffff0, 5, 0, 20, 0, false, 5 },
	{ "ends at 2^32 - 1", 0xffffff80, 0xffffff7f, 0, 272, 0, false,
	  0xffffffff },
	{ "around 2^31", 0x7fffffff, 0x7ffffffe, 0, 272, 0, false,
	  0x8000007e },
	{ "discovery", 1, 0, 0, 0, 0, true, 16 },
	{ "discovery around 2^32", 0xfffffffe, 0xfffffffd, 0, 0, 0, true,
	  13 },
};
KUNIT_ARRAY_PARAM_DESC(window, window_cases, what);

static void window(struct kunit *test)
{
	const struct window_case *c = test->param_value;
	struct seq_test *t = test->priv;

	if (c->discovery)
		t->nexus.target = NULL;
	t->window.exp_cmd_sn = c->exp;
	t->window.max_cmd_sn = c->max;
	t->conn.nr_inflight = c->busy;
	t->conn.count.free = c->free;
	t->conn.quota.held[KTGT_QUOTA_DATA] = c->used;
	KUNIT_EXPECT_EQ(test, ktgt_window_open(&t->conn), c->want);
	KUNIT_EXPECT_EQ(test, t->window.max_cmd_sn, c->want);
	KUNIT_EXPECT_EQ(test, t->window.exp_cmd_sn, c->exp);
}

/* What happens to a connection, at random but the same each time. */
static void window_step(struct seq_test *t, u32 random)
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
		if (conn->count.free + conn->nr_inflight < TASK_SLOTS)
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
	struct seq_test *t = test->priv;
	u32 random = 1, last, max, i;

	t->conn.count.free = TASK_SLOTS;
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

/* --- stalled logical units ------------------------------------------------ */

/* A task of @lun, which holds @pages or wants them. */
static struct ktgt_task *stall_task(struct kunit *test, u32 lun, u32 pages,
				    enum ktgt_task_state state)
{
	static const struct ktgt_cdb_row read_row = { .flags = KTGT_CDB_RANGE };
	static struct ktgt_lu lus[4];
	struct seq_test *t = test->priv;
	struct iscsi_scsi_req req = { .flags = ISCSI_FLAG_CMD_READ };
	struct ktgt_task *task;

	KUNIT_ASSERT_TRUE(test, ktgt_tasks_at_hand(&t->conn, GFP_KERNEL));
	req.itt = (__force itt_t)t->conn.seq;
	task = ktgt_task_start(&t->conn, &req);
	task->cmd.lun = cpu_to_be64((u64)lun << 48);
	task->cmd.lu = &lus[lun];
	task->cmd.row = &read_row;
	task->cmd.buf_len = pages * PAGE_SIZE;
	task->nr_pages = state == KTGT_TASK_BUSY ? pages : 0;
	ktgt_quota_charge(&t->conn.quota, KTGT_QUOTA_DATA, task->nr_pages);
	ktgt_task_set_state_any(task, state);
	return task;
}

static void stall_task_ends(struct ktgt_task *task)
{
	ktgt_quota_uncharge(&task->conn->quota, KTGT_QUOTA_DATA,
			    task->nr_pages);
	task->nr_pages = 0;
	ktgt_task_set_state_any(task, KTGT_TASK_FREE);
}

static void stall_all_end(struct seq_test *t)
{
	u32 i;

	for (i = 0; i < t->conn.nr_slots; i++)
		if (t->conn.slots[i]->state != KTGT_TASK_FREE)
			stall_task_ends(t->conn.slots[i]);
}

/*
 * What a stalled LU holds beyond half of the window and of the pages is given
 * to the others in addition, and taken back afterwards.
 */
static void stall_share(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct ktgt_conn *conn = &t->conn;
	struct ktgt_task *task;
	u32 i;

	seq_alloc_tasks(test);
	for (i = 0; i < 100; i++)
		stall_task(test, 1, 8, KTGT_TASK_BUSY);
	task = stall_task(test, 2, 8, KTGT_TASK_BUSY);

	stall_look(conn);
	KUNIT_EXPECT_EQ(test, conn->stall.tasks, 0);
	KUNIT_EXPECT_FALSE(test, ktgt_stall_has_share(conn, conn->slots[0]->cmd.lu));
	stall_task_ends(task);
	task = stall_task(test, 2, 8, KTGT_TASK_BUSY);
	stall_look(conn);
	KUNIT_EXPECT_EQ(test, conn->stall.tasks, 100);
	KUNIT_EXPECT_EQ(test, conn->stall.more_tasks, 36);
	KUNIT_EXPECT_EQ(test, conn->stall.more_pages, 800 - 512);
	KUNIT_EXPECT_EQ(test, conn->quota.limit[KTGT_QUOTA_DATA],
			1024 + 800 - 512);
	KUNIT_EXPECT_EQ(test, window_room(conn), 128 + 36 - 101);
	/* those that wait for pages count as well */
	stall_task_ends(task);
	task = stall_task(test, 2, 8, KTGT_TASK_BUSY);
	for (i = 0; i < 28; i++)
		stall_task(test, 1, 8, KTGT_TASK_PAGES);
	stall_look(conn);
	KUNIT_EXPECT_EQ(test, window_room(conn), 128 + 64 - 129);
	KUNIT_EXPECT_TRUE(test, ktgt_stall_has_share(conn, conn->slots[0]->cmd.lu));
	KUNIT_EXPECT_FALSE(test, ktgt_stall_has_share(conn, task->cmd.lu));
	KUNIT_EXPECT_FALSE(test, ktgt_stall_has_share(conn, NULL));

	/* others that stall in what was given in addition get nothing more */
	for (i = 0; i < 63; i++)
		stall_task(test, 3, 16, KTGT_TASK_BUSY);
	stall_look(conn);
	stall_look(conn);
	KUNIT_EXPECT_EQ(test, window_room(conn), 0);
	KUNIT_EXPECT_EQ(test, conn->quota.limit[KTGT_QUOTA_DATA], 1024 + 512);

	/* it has answered: at once it is stalled no more */
	stall_all_end(t);
	task = stall_task(test, 1, 8, KTGT_TASK_BUSY);
	KUNIT_EXPECT_FALSE(test, ktgt_stall_has_share(conn, task->cmd.lu));
	stall_look(conn);
	KUNIT_EXPECT_EQ(test, conn->stall.tasks, 0);
	KUNIT_EXPECT_EQ(test, conn->quota.limit[KTGT_QUOTA_DATA], 1024);
	KUNIT_EXPECT_EQ(test, window_room(conn), 127);
	stall_all_end(t);
}

/* There is nobody to give anything to. */
static void stall_of_the_only_disk(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct ktgt_conn *conn = &t->conn;
	u32 i;

	ktgt_test_one_disk = true;
	seq_alloc_tasks(test);
	for (i = 0; i < 128; i++)
		stall_task(test, 1, 8, KTGT_TASK_BUSY);
	stall_look(conn);
	stall_look(conn);
	KUNIT_EXPECT_EQ(test, window_room(conn), 0);
	KUNIT_EXPECT_EQ(test, conn->quota.limit[KTGT_QUOTA_DATA], 1024);
	KUNIT_EXPECT_FALSE(test, ktgt_stall_has_share(conn, conn->slots[0]->cmd.lu));
	stall_all_end(t);
}

/* A transfer that is longer than what is left goes on when all others hang. */
static void stall_needs_all_pages(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct ktgt_conn *conn = &t->conn;
	struct ktgt_task *task;

	seq_alloc_tasks(test);
	stall_task(test, 1, 600, KTGT_TASK_BUSY);
	stall_look(conn);
	KUNIT_EXPECT_FALSE(test, data_may_have(conn, 600));
	stall_look(conn);
	KUNIT_EXPECT_TRUE(test, data_may_have(conn, 512));
	KUNIT_EXPECT_TRUE(test, data_may_have(conn, 600));
	task = stall_task(test, 2, 1, KTGT_TASK_BUSY);
	KUNIT_EXPECT_FALSE(test, data_may_have(conn, 600));
	stall_task_ends(task);
	stall_all_end(t);
}

/* The LU that is next to get pages, which it gets. */
static u32 page_turn(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct ktgt_task *task = data_next_waiting(&t->conn);
	u32 lun;

	if (!task)
		return 0;
	lun = be64_to_cpu(task->cmd.lun) >> 48;
	t->conn.page_lun = be64_to_cpu(task->cmd.lun);
	stall_task_ends(task);
	return lun;
}

/* In order while there are enough; then each LU in turn. */
static void page_turns(struct kunit *test)
{
	static const u32 queued[] = { 2, 2, 1, 2, 2, 3, 2 };
	static const u32 turns[] = { 2, 3, 1, 2, 2, 2, 2, 0 };
	struct seq_test *t = test->priv;
	u32 i;

	seq_alloc_tasks(test);
	for (i = 0; i < ARRAY_SIZE(queued); i++)
		stall_task(test, queued[i], 8, KTGT_TASK_PAGES);
	KUNIT_EXPECT_EQ(test, page_turn(test), turns[0]);
	t->conn.page_turns = true;
	for (i = 1; i < ARRAY_SIZE(turns); i++)
		KUNIT_EXPECT_EQ(test, page_turn(test), turns[i]);
	KUNIT_EXPECT_FALSE(test, t->conn.page_turns);

	/* an LU that hangs has no turn once it has its share */
	stall_task(test, 1, 600, KTGT_TASK_BUSY);
	stall_look(&t->conn);
	stall_look(&t->conn);
	stall_task(test, 1, 8, KTGT_TASK_PAGES);
	stall_task(test, 2, 8, KTGT_TASK_PAGES);
	t->conn.page_turns = true;
	KUNIT_EXPECT_EQ(test, page_turn(test), 2);
	KUNIT_EXPECT_EQ(test, page_turn(test), 0);
	stall_all_end(t);
}

/* --- ExpStatSN ------------------------------------------------------------ */

/**
 * struct ack_case - an ExpStatSN, while four PDUs are not acknowledged
 * @what: its name
 * @base: StatSN of the first of them; the third has none of its own
 * @acked: ExpStatSN that was received last
 * @ack: ExpStatSN
 * @now: which one is in force
 * @left: PDUs that are kept
 */
struct ack_case {
	const char	*what;
	u32		base;
	u32		acked;
	u32		ack;
	u32		now;
	u32		left;
};

/* StatSNs: base, base + 1, base + 2 (not used up), base + 2; next: base + 3 */
static const struct ack_case ack_cases[] = {
	{ "nothing new", 100, 100, 100, 100, 4 },
	{ "the first", 100, 100, 101, 101, 3 },
	{ "the second", 100, 100, 102, 102, 2 },
	{ "all", 100, 100, 103, 103, 0 },
	{ "the last ones", 100, 102, 103, 103, 0 },
	{ "beyond what was sent", 100, 100, 104, 100, 4 },
	{ "far beyond", 100, 100, 0x80000000, 100, 4 },
	{ "back", 100, 101, 100, 101, 4 },
	{ "far back", 100, 101, 0, 101, 4 },
	{ "all ones", 100, 100, 0xffffffff, 100, 4 },
	{ "first, to 2^32 - 1", 0xfffffffe, 0xfffffffe, 0xffffffff,
	  0xffffffff, 3 },
	{ "to 2^32", 0xfffffffe, 0xfffffffe, 0, 0, 2 },
	{ "all around 2^32", 0xfffffffe, 0xfffffffe, 1, 1, 0 },
	{ "beyond around 2^32", 0xfffffffe, 0xfffffffe, 2, 0xfffffffe, 4 },
	{ "back around 2^32", 0xfffffffe, 0xffffffff, 0xfffffffe, 0xffffffff,
	  4 },
	{ "all around 2^31", 0x7fffffff, 0x7fffffff, 0x80000002, 0x80000002,
	  0 },
};
KUNIT_ARRAY_PARAM_DESC(ack, ack_cases, what);

static void ack_send(struct kunit *test, bool status)
{
	struct seq_test *t = test->priv;
	struct ktgt_pdu *pdu = ktgt_pdu_alloc(&t->conn);

	KUNIT_ASSERT_NOT_NULL(test, pdu);
	if (status)
		pdu->flags = KTGT_PDU_STATSN;
	ktgt_pdu_stamp(&t->conn, pdu);
	ktgt_ack_await(&t->conn, pdu);
}

static void ack(struct kunit *test)
{
	const struct ack_case *c = test->param_value;
	struct seq_test *t = test->priv;

	t->conn.stat_sn = c->base;
	ack_send(test, true);
	ack_send(test, true);
	ack_send(test, false);
	ack_send(test, true);
	KUNIT_ASSERT_EQ(test, t->conn.stat_sn, c->base + 3);
	t->conn.exp_stat_sn = c->acked;
	ktgt_ack_recv(&t->conn, c->ack);
	KUNIT_EXPECT_EQ(test, t->conn.exp_stat_sn, c->now);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&t->conn.unacked), c->left);
}

static void send_ping(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct ktgt_pdu *pdu = ktgt_pdu_alloc(&t->conn);

	KUNIT_ASSERT_NOT_NULL(test, pdu);
	pdu->flags = KTGT_PDU_PING;
	ktgt_pdu_queue(&t->conn, pdu);
	list_del(&pdu->node);
	ktgt_pdu_stamp(&t->conn, pdu);
	ktgt_ack_await(&t->conn, pdu);
	t->conn.ping_ttt = 0;
}

/* A ping has no StatSN of its own, so only its answer acknowledges it. */
static void ping_is_released(struct kunit *test)
{
	struct seq_test *t = test->priv;
	u32 i;

	ack_send(test, true);
	for (i = 0; i < 40000; i++) {
		send_ping(test);
		KUNIT_ASSERT_EQ(test, list_count_nodes(&t->conn.unacked), 2);
		ktgt_ack_pong(&t->conn);
		KUNIT_ASSERT_EQ(test, list_count_nodes(&t->conn.unacked), 1);
	}
	KUNIT_EXPECT_EQ(test, t->conn.quota.held[KTGT_QUOTA_UNACKED], 0);
	KUNIT_EXPECT_FALSE(test, t->closed);

	/* what nobody has asked for acknowledges nothing */
	send_ping(test);
	t->conn.ping_ttt = ISCSI_RESERVED_TAG;
	ktgt_ack_pong(&t->conn);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&t->conn.unacked), 2);
}

/* --- target transfer tags ------------------------------------------------- */

/* Tags are all different, are never the reserved one, and name their task. */
static void ttt_unique(struct kunit *test)
{
	unsigned long *seen = bitmap_zalloc(1 << 19, GFP_KERNEL);
	u32 index, gen, slot, ttt, bad = 0;

	KUNIT_ASSERT_NOT_NULL(test, seen);
	for (gen = 0; gen < 0x10000; gen += 0xfff) {
		bitmap_zero(seen, 1 << 19);
		for (index = 0; index < TASK_SLOTS; index++) {
			for (slot = 0; slot < KTGT_MAX_R2T; slot++) {
				ttt = ttt_make(index, gen, slot);
				bad += ttt == ISCSI_RESERVED_TAG;
				bad += ttt >> 16 != index || (ttt & 7) != slot;
				bad += test_and_set_bit(index << 3 | slot,
							seen);
			}
		}
	}
	bitmap_free(seen);
	KUNIT_EXPECT_EQ(test, bad, 0);
}

static void ttt_generations(struct kunit *test)
{
	u32 gen, bad = 0;

	for (gen = 1; gen < 0x2000; gen++)
		bad += ttt_make(5, gen, 2) == ttt_make(5, gen - 1, 2);
	KUNIT_EXPECT_EQ(test, bad, 0);
	KUNIT_EXPECT_EQ(test, ttt_make(5, 0x2000, 2), ttt_make(5, 0, 2));
	KUNIT_EXPECT_EQ(test, ttt_make(5, 0xffff, 2), ttt_make(5, 0x1fff, 2));
	KUNIT_EXPECT_EQ(test, ttt_make(271, 0xffff, 7), 0x010fffff);
}

#define ITT	((__force itt_t)cpu_to_be32(0x1234))

static void recv_write(struct kunit *test, u32 blocks)
{
	struct seq_test *t = test->priv;
	struct iscsi_scsi_req *req = (struct iscsi_scsi_req *)&t->in.hdr;
	u32 sn = ++t->window.max_cmd_sn;

	memset(&t->in, 0, sizeof(t->in));
	t->window.exp_cmd_sn = sn;
	req->opcode = ISCSI_OP_SCSI_CMD;
	req->flags = ISCSI_FLAG_CMD_FINAL | ISCSI_FLAG_CMD_WRITE;
	req->itt = ITT;
	req->cmdsn = cpu_to_be32(sn);
	req->data_length = cpu_to_be32(blocks << 9);
	req->cdb[0] = WRITE_10;
	put_unaligned_be16(blocks, req->cdb + 7);
	KUNIT_ASSERT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_ASSERT_PTR_NE(test, t->in.task, NULL);
	KUNIT_ASSERT_EQ(test, ktgt_recv_data(&t->conn, &t->in, true), 0);
	ktgt_data_serve_pages(&t->conn);
}

/* The next R2T that was sent. */
static struct iscsi_r2t_rsp next_r2t(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct iscsi_r2t_rsp r2t;
	struct ktgt_pdu *pdu;

	pdu = list_first_entry_or_null(&t->queued, struct ktgt_pdu, node);
	KUNIT_ASSERT_NOT_NULL(test, pdu);
	memcpy(&r2t, pdu->hdr, sizeof(r2t));
	list_del(&pdu->node);
	ktgt_pdu_free(&t->conn, pdu);
	KUNIT_ASSERT_EQ(test, r2t.opcode, ISCSI_OP_R2T);
	return r2t;
}

static void make_data_out(struct seq_test *t, itt_t itt, u32 ttt, u32 sn,
			  u32 offset, u32 len)
{
	struct iscsi_data *hdr = (struct iscsi_data *)&t->in.hdr;

	memset(&t->in, 0, sizeof(t->in));
	hdr->opcode = ISCSI_OP_SCSI_DATA_OUT;
	hdr->flags = ISCSI_FLAG_CMD_FINAL;
	hdr->itt = itt;
	hdr->ttt = cpu_to_be32(ttt);
	hdr->datasn = cpu_to_be32(sn);
	hdr->offset = cpu_to_be32(offset);
	hton24(hdr->dlength, len);
	t->in.data_len = len;
}

static void r2t_sequence(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct iscsi_r2t_rsp r2t;
	u32 i;

	seq_alloc_tasks(test);
	recv_write(test, 40);	/* 20480 bytes in bursts of 8192 */
	for (i = 0; i < 3; i++) {
		r2t = next_r2t(test);
		KUNIT_EXPECT_EQ(test, be32_to_cpu(r2t.r2tsn), i);
		KUNIT_EXPECT_EQ(test, be32_to_cpu(r2t.data_offset), i * 8192);
		KUNIT_EXPECT_EQ(test, be32_to_cpu(r2t.data_length),
				i < 2 ? 8192 : 4096);
		KUNIT_EXPECT_EQ(test, be32_to_cpu(r2t.itt), 0x1234);
		make_data_out(t, ITT, be32_to_cpu(r2t.ttt), 0, i * 8192,
			      be32_to_cpu(r2t.data_length));
		KUNIT_ASSERT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
		KUNIT_ASSERT_NOT_NULL(test, t->in.task);
		KUNIT_EXPECT_EQ(test, t->in.keep, t->in.data_len);
		KUNIT_EXPECT_EQ(test, t->in.bvec_off, i * 8192);
		KUNIT_EXPECT_EQ(test, t->conn.count.ready, 0);
		KUNIT_EXPECT_EQ(test, ktgt_recv_data(&t->conn, &t->in, true),
				0);
	}
	KUNIT_EXPECT_TRUE(test, list_empty(&t->queued));
	KUNIT_EXPECT_EQ(test, t->conn.count.ready, 1);
	KUNIT_EXPECT_FALSE(test, t->closed);
}

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
	struct seq_test *t = test->priv;
	struct iscsi_r2t_rsp r2t;
	itt_t itt = (__force itt_t)cpu_to_be32(0x1234 ^ c->itt);

	seq_alloc_tasks(test);
	KUNIT_ASSERT_EQ(test, task_make(&t->conn, GFP_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, task_make(&t->conn, GFP_KERNEL), 0);
	recv_write(test, 8);
	r2t = next_r2t(test);
	make_data_out(t, itt, be32_to_cpu(r2t.ttt) ^ c->ttt, 0, 0, 4096);
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
	struct seq_test *t = test->priv;
	struct ktgt_task *task;
	struct iscsi_r2t_rsp r2t;
	u32 ttt;

	seq_alloc_tasks(test);
	recv_write(test, 8);
	r2t = next_r2t(test);
	ttt = be32_to_cpu(r2t.ttt);
	task = ktgt_task_find(&t->conn, ITT);
	KUNIT_ASSERT_NOT_NULL(test, task);
	command_abort(task, false);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_FREE);

	make_data_out(t, ITT, ttt, 0, 0, 4096);
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_EXPECT_NULL(test, t->in.task);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->queued));

	/* the slot is used again, by a command that looks the same */
	recv_write(test, 8);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_task_find(&t->conn, ITT), task);
	r2t = next_r2t(test);
	KUNIT_EXPECT_NE(test, be32_to_cpu(r2t.ttt), ttt);
	make_data_out(t, ITT, ttt, 0, 0, 4096);
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_EXPECT_NULL(test, t->in.task);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->queued));
}

/* Tasks are made when commands need them, and an idle connection has none. */
static void tasks_on_demand(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct ktgt_conn *conn = &t->conn;
	struct iscsi_r2t_rsp r2t;
	u16 gen;

	seq_alloc_tasks(test);
	KUNIT_EXPECT_EQ(test, conn->nr_slots, 0);
	KUNIT_EXPECT_EQ(test, conn->count.free, TASK_SLOTS);
	KUNIT_ASSERT_EQ(test, task_make(conn, GFP_KERNEL), 0);
	recv_write(test, 8);
	KUNIT_EXPECT_EQ(test, conn->nr_slots, 1);
	ktgt_tasks_prepare(conn);
	ktgt_tasks_prepare(conn);
	KUNIT_EXPECT_EQ(test, conn->nr_slots, 2);
	KUNIT_EXPECT_EQ(test, conn->count.free, TASK_SLOTS - 1);

	/* the one that is in use stays */
	ktgt_tasks_shrink(conn);
	KUNIT_EXPECT_EQ(test, conn->nr_slots, 1);
	r2t = next_r2t(test);
	gen = conn->slots[0]->gen;
	command_abort(conn->slots[0], false);
	KUNIT_EXPECT_EQ(test, conn->slots[0]->state, KTGT_TASK_FREE);
	ktgt_tasks_shrink(conn);
	KUNIT_EXPECT_EQ(test, conn->nr_slots, 0);
	KUNIT_EXPECT_EQ(test, conn->count.free, TASK_SLOTS);
	KUNIT_EXPECT_TRUE(test, list_empty(&conn->free_slots));

	/* its tag is good for nothing, not even for its successor */
	recv_write(test, 8);
	KUNIT_ASSERT_EQ(test, conn->nr_slots, 1);
	KUNIT_EXPECT_NE(test, conn->slots[0]->gen, gen);
	KUNIT_EXPECT_NE(test, next_r2t(test).ttt, r2t.ttt);
}

/* Pages and PDUs go as well, but for the PDUs that are not acknowledged. */
static void memory_of_idle(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct ktgt_pdus *pdus = &t->conn.pdus;
	struct ktgt_mem *mem = &t->conn.mem;
	u32 i, block;

	seq_alloc_tasks(test);
	block = pdus->nr_free;
	for (i = 0; i < 3 * block; i++)
		ack_send(test, true);
	ktgt_ack_recv(&t->conn, t->conn.stat_sn - 1);
	KUNIT_EXPECT_GE(test, pdus->nr_free, 3 * block - 1);
	for (i = 1; i < 200; i *= 2) {
		mem->shortfall = 1;
		ktgt_mem_prepare(&t->conn);
		KUNIT_EXPECT_EQ(test, mem->nr_free_pages,
				min_t(u32, i, KTGT_MIN_FREE_MAX));
	}
	mem->shortfall = 300;
	ktgt_mem_prepare(&t->conn);
	KUNIT_EXPECT_EQ(test, mem->nr_free_pages, 300);
	KUNIT_EXPECT_EQ(test, mem->min_free, KTGT_MIN_FREE_MAX);

	ktgt_mem_shrink(&t->conn);
	ktgt_pdus_shrink(&t->conn);
	KUNIT_EXPECT_EQ(test, mem->nr_free_pages, 0);
	KUNIT_EXPECT_EQ(test, pdus->nr_free, block - 1);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&pdus->free), block - 1);
	ktgt_mem_prepare(&t->conn);
	KUNIT_EXPECT_EQ(test, mem->nr_free_pages, 0);
}

/**
 * struct data_case - the first Data-Out of a burst of 8192 bytes
 * @what: its name
 * @sn: DataSN
 * @offset: buffer offset
 * @len: bytes
 * @bad: the command fails because of it
 */
struct data_case {
	const char	*what;
	u32		sn;
	u32		offset;
	u32		len;
	bool		bad;
};

static const struct data_case data_cases[] = {
	{ "all of it", 0, 0, 8192, false },
	{ "wrong DataSN", 1, 0, 8192, true },
	{ "wrong offset", 0, 512, 7680, true },
	{ "offset before the buffer", 0, 0xffffffff, 8192, true },
	{ "too little", 0, 0, 4096, true },
	{ "too much", 0, 0, 8193, true },
	{ "far too much", 0, 0, 262144, true },
	{ "nothing", 0, 0, 0, true },
};
KUNIT_ARRAY_PARAM_DESC(data, data_cases, what);

static void data_out(struct kunit *test)
{
	const struct data_case *c = test->param_value;
	struct seq_test *t = test->priv;
	struct iscsi_r2t_rsp r2t;
	struct ktgt_task *task;

	seq_alloc_tasks(test);
	recv_write(test, 16);
	r2t = next_r2t(test);
	make_data_out(t, ITT, be32_to_cpu(r2t.ttt), c->sn, c->offset, c->len);
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	task = t->in.task;
	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_EXPECT_LE(test, t->in.bvec_off + t->in.keep, 8192);
	KUNIT_EXPECT_EQ(test, ktgt_recv_data(&t->conn, &t->in, true), 0);
	KUNIT_EXPECT_EQ(test, t->conn.count.ready, 1);
	KUNIT_EXPECT_EQ(test, !!(task->flags & KTGT_TASK_BAD_DATA), c->bad);
	if (!c->bad)
		return;
	KUNIT_EXPECT_EQ(test, task->cmd.sense.key, ABORTED_COMMAND);
	KUNIT_EXPECT_EQ(test, task->cmd.sense.asc, 0x0c);
	KUNIT_EXPECT_EQ(test, task->cmd.sense.ascq, 0x0d);
}

/* What goes beyond its burst is not written into the next one. */
static void data_beyond_burst(struct kunit *test)
{
	struct seq_test *t = test->priv;
	struct iscsi_r2t_rsp r2t;

	seq_alloc_tasks(test);
	recv_write(test, 32);
	r2t = next_r2t(test);
	make_data_out(t, ITT, be32_to_cpu(r2t.ttt), 0, 0, 8193);
	t->in.hdr.flags = 0;
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_ASSERT_NOT_NULL(test, t->in.task);
	KUNIT_EXPECT_TRUE(test, t->in.task->flags & KTGT_TASK_BAD_DATA);
	KUNIT_EXPECT_EQ(test, t->in.keep, 0);
	KUNIT_EXPECT_EQ(test, ktgt_recv_data(&t->conn, &t->in, true), 0);
	KUNIT_EXPECT_EQ(test, t->conn.count.ready, 0);
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
	struct seq_test *t = test->priv;

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

static struct kunit_case seq_cases[] = {
	KUNIT_CASE_PARAM(cmdsn, cmdsn_gen_params),
	KUNIT_CASE_PARAM(window, window_gen_params),
	KUNIT_CASE(window_never_shrinks),
	KUNIT_CASE(stall_share),
	KUNIT_CASE(stall_of_the_only_disk),
	KUNIT_CASE(stall_needs_all_pages),
	KUNIT_CASE(page_turns),
	KUNIT_CASE_PARAM(ack, ack_gen_params),
	KUNIT_CASE(ping_is_released),
	KUNIT_CASE(ttt_unique),
	KUNIT_CASE(ttt_generations),
	KUNIT_CASE(r2t_sequence),
	KUNIT_CASE_PARAM(ttt_find, ttt_gen_params),
	KUNIT_CASE_PARAM(attr_order, attr_gen_params),
	KUNIT_CASE(ttt_stale),
	KUNIT_CASE(tasks_on_demand),
	KUNIT_CASE(memory_of_idle),
	KUNIT_CASE_PARAM(data_out, data_gen_params),
	KUNIT_CASE(data_beyond_burst),
	KUNIT_CASE_PARAM(ahs, ahs_gen_params),
	KUNIT_CASE(session_numbers),
	{}
};

static struct kunit_suite seq_suite = {
	.name = "ktgt_seq",
	.suite_init = seq_suite_init,
	.init = seq_test_init,
	.exit = seq_test_exit,
	.test_cases = seq_cases,
};
kunit_test_suite(seq_suite);
