// SPDX-License-Identifier: GPL-2.0
/*
 * Data of WRITEs: who gets pages and tasks while a logical unit stalls, and the
 * tags that name bursts.
 */
#include "../iscsi/data.c"
#include "../iscsi/stall.c"

#include <kunit/test.h>

#include "../iscsi/mem.h"
#include "../iscsi/recv.h"
#include "../iscsi/window.h"
#include "../scsi/cdb.h"
#include "conn_test.h"
#include "stubs.h"

/* tasks that a connection can have */
#define SLOTS	(2 * KTGT_WINDOW + KTGT_IMMEDIATE_MAX)

/* --- stalled logical units ------------------------------------------------ */

/* A task of @lun, which holds @pages or wants them. */
static struct ktgt_task *stall_task(struct kunit *test, u32 lun, u32 pages,
				    enum ktgt_task_state state)
{
	static const struct ktgt_cdb_row read_row = { .flags = KTGT_CDB_RANGE };
	static struct ktgt_lu lus[4];
	struct conn_test *t = test->priv;
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

static void stall_all_end(struct conn_test *t)
{
	u32 i;

	for (i = 0; i < t->conn.nr_slots; i++)
		if (t->conn.slots[i]->state != KTGT_TASK_FREE)
			stall_task_ends(t->conn.slots[i]);
}

/* How many commands may come, if nothing was promised before. */
static u32 window_room(struct ktgt_conn *conn)
{
	struct ktgt_window *window = conn->window;

	window->max_cmd_sn = window->exp_cmd_sn - 1;
	return ktgt_window_open(conn) + 1 - window->exp_cmd_sn;
}

/*
 * What a stalled LU holds beyond half of the window and of the pages is given
 * to the others in addition, and taken back afterwards.
 */
static void stall_share(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_conn *conn = &t->conn;
	struct ktgt_task *task;
	u32 i;

	ktgt_test_tasks(test);
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
	struct conn_test *t = test->priv;
	struct ktgt_conn *conn = &t->conn;
	u32 i;

	ktgt_test_one_disk = true;
	ktgt_test_tasks(test);
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
	struct conn_test *t = test->priv;
	struct ktgt_conn *conn = &t->conn;
	struct ktgt_task *task;

	ktgt_test_tasks(test);
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
	struct conn_test *t = test->priv;
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
	struct conn_test *t = test->priv;
	u32 i;

	ktgt_test_tasks(test);
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

/* --- what was sent, and what comes unsolicited ---------------------------- */

/* A READ of 8 pages whose answer the socket has accepted. */
static struct ktgt_task *sent_read(struct kunit *test, u32 itt)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task;

	task = ktgt_test_read(test, (__force itt_t)itt, 64);
	ktgt_data_serve_pages(&t->conn);
	KUNIT_ASSERT_EQ(test, task->nr_pages, 8);
	ktgt_task_set_state_any(task, KTGT_TASK_SEND);
	ktgt_task_sent(task);
	return task;
}

/* What only waits for its acknowledgement is counted apart, and has a limit. */
static void sent_pages(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_mem *mem = &t->conn.mem;
	u32 *held = t->conn.quota.held;
	struct ktgt_task *task;
	u64 bytes;

	ktgt_test_tasks(test);
	t->conn.quota.limit[KTGT_QUOTA_SENT] = 20;
	task = sent_read(test, 1);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_DATA], 0);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_SENT], 8);
	sent_read(test, 2);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_SENT], 16);
	KUNIT_EXPECT_EQ(test, mem->nr_free_pages, 0);
	/* no room for another 8: they are free at once */
	KUNIT_EXPECT_EQ(test, sent_read(test, 3)->nr_pages, 0);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_DATA], 0);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_SENT], 16);
	KUNIT_EXPECT_EQ(test, mem->nr_free_pages, 8);

	/* an acknowledgement makes room, and so does idleness */
	ktgt_task_put_pages(task);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_SENT], 8);
	KUNIT_EXPECT_EQ(test, mem->nr_free_pages, 16);
	bytes = t->conn.quota.purse.held;
	ktgt_tasks_put_sent(&t->conn);
	ktgt_mem_shrink(&t->conn);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_SENT], 0);
	KUNIT_EXPECT_EQ(test, t->conn.quota.purse.held, bytes - 24 * PAGE_SIZE);
}

/* A command of two pages comes, all of them as immediate data. */
static struct ktgt_task *recv_immediate(struct kunit *test, u8 opcode, u32 itt)
{
	struct conn_test *t = test->priv;
	struct iscsi_scsi_req *req = (struct iscsi_scsi_req *)&t->in.hdr;
	u32 sn = ++t->window.max_cmd_sn;

	t->window.exp_cmd_sn = sn;
	ktgt_mem_refill(&t->conn, 2);
	memset(&t->in, 0, sizeof(t->in));
	req->opcode = ISCSI_OP_SCSI_CMD;
	req->flags = ISCSI_FLAG_CMD_FINAL | ISCSI_FLAG_CMD_WRITE;
	req->itt = (__force itt_t)itt;
	req->cmdsn = cpu_to_be32(sn);
	req->data_length = cpu_to_be32(2 * PAGE_SIZE);
	req->cdb[0] = opcode;
	if (opcode == EXTENDED_COPY)
		put_unaligned_be32(2 * PAGE_SIZE, req->cdb + 10);
	else
		put_unaligned_be16(2 * PAGE_SIZE >> 9, req->cdb + 7);
	t->in.data_len = 2 * PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_ASSERT_NOT_NULL(test, t->in.task);
	return t->in.task;
}

static void end_immediate(struct kunit *test)
{
	struct conn_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, ktgt_recv_data(&t->conn, &t->in, true), 0);
}

/* It is taken, and may be beyond the limit. */
static void expect_taken(struct kunit *test, u32 itt)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task = recv_immediate(test, WRITE_10, itt);

	KUNIT_EXPECT_EQ(test, task->nr_pages, 2);
	KUNIT_EXPECT_EQ(test, t->in.keep, 2 * PAGE_SIZE);
	end_immediate(test);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_READY);
}

/* Its data is dropped, and it is to come again later. */
static void expect_put_off(struct kunit *test, u32 itt, u8 status)
{
	struct conn_test *t = test->priv;
	u32 held = t->conn.quota.held[KTGT_QUOTA_DATA];
	struct ktgt_task *task = recv_immediate(test, WRITE_10, itt);

	KUNIT_EXPECT_EQ(test, task->nr_pages, 0);
	KUNIT_EXPECT_EQ(test, task->cmd.buf_len, 0);
	KUNIT_EXPECT_EQ(test, t->in.keep, 0);
	end_immediate(test);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_READY);
	KUNIT_EXPECT_EQ(test, task->cmd.status, status);
	KUNIT_EXPECT_EQ(test, t->conn.quota.held[KTGT_QUOTA_DATA], held);
}

/* Unsolicited data cannot be kept out, but no more than the limit beyond it. */
static void unsolicited(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *other;

	ktgt_test_tasks(test);
	t->conn.param.immediate_data = true;
	t->conn.quota.limit[KTGT_QUOTA_DATA] = 4;
	t->conn.quota.most = 8;
	other = stall_task(test, 1, 5, KTGT_TASK_BUSY);
	expect_taken(test, 1);
	/* those that have come are ready, and will give pages back */
	expect_put_off(test, 2, SAM_STAT_TASK_SET_FULL);
	t->conn.quota.most = 9;
	expect_taken(test, 3);
	stall_task_ends(other);
}

/*
 * A command that also waits for pages of a scratch buffer is not ready before its
 * immediate data is there.
 */
static void immediate_with_scratch(struct kunit *test)
{
	struct conn_test *t = test->priv;
	u32 *held = t->conn.quota.held;
	struct ktgt_task *task;

	ktgt_test_tasks(test);
	t->conn.param.immediate_data = true;
	task = recv_immediate(test, WRITE_VERIFY, 1);
	KUNIT_EXPECT_EQ(test, task->cmd.scratch_len, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_PAGES);
	ktgt_data_serve_pages(&t->conn);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_RECV);
	KUNIT_EXPECT_EQ(test, task->nr_scratch, 2);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_DATA], 4);
	end_immediate(test);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_READY);
	ktgt_task_put_pages(task);
	KUNIT_EXPECT_EQ(test, task->nr_scratch, 0);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_DATA], 0);
}

/* One that is longer than there is room for inline leaves that to the data. */
static void long_scratch(struct kunit *test)
{
	const u32 nr = (KTGT_CMD_SCRATCH >> PAGE_SHIFT) + 2;
	struct conn_test *t = test->priv;
	u32 *held = t->conn.quota.held;
	struct ktgt_task *task;

	ktgt_test_tasks(test);
	t->conn.param.immediate_data = true;
	task = recv_immediate(test, EXTENDED_COPY, 1);
	KUNIT_EXPECT_EQ(test, task->cmd.scratch_len, nr << PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_PAGES);
	ktgt_data_serve_pages(&t->conn);
	KUNIT_EXPECT_EQ(test, task->nr_scratch, nr);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_DATA], nr + 2);
	KUNIT_EXPECT_PTR_EQ(test, task->cmd.bvec, &task->cmd.inline_bvec[0]);
	KUNIT_EXPECT_PTR_EQ(test, task->cmd.long_scratch, task->big_bvec);
	KUNIT_EXPECT_GE(test, task->bvec_cap, nr);
	KUNIT_EXPECT_EQ(test, task->big_bvec[nr - 1].bv_len, PAGE_SIZE);
	end_immediate(test);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_READY);
	ktgt_task_put_pages(task);
	KUNIT_EXPECT_EQ(test, task->nr_scratch, 0);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_DATA], 0);
}

/* If nothing gives pages back, one command goes on in any case. */
static void unsolicited_alone(struct kunit *test)
{
	struct conn_test *t = test->priv;

	ktgt_test_tasks(test);
	t->conn.param.immediate_data = true;
	t->conn.quota.most = 1;
	expect_taken(test, 1);
	expect_put_off(test, 2, SAM_STAT_TASK_SET_FULL);
}

/* With SAM_STAT_BUSY, if its logical unit has no other command. */
static void unsolicited_busy(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *other;

	ktgt_test_tasks(test);
	t->conn.param.immediate_data = true;
	t->conn.quota.most = 6;
	other = stall_task(test, 1, 5, KTGT_TASK_BUSY);
	expect_put_off(test, 1, SAM_STAT_BUSY);
	stall_task_ends(other);
}

/* While its purse is closed, a connection has one command at a time. */
static void closed_purse(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_conn *conn = &t->conn;
	struct ktgt_task *first, *second;

	ktgt_test_tasks(test);
	conn->param.immediate_data = true;
	sent_read(test, 1);
	KUNIT_EXPECT_EQ(test, conn->quota.held[KTGT_QUOTA_SENT], 8);
	ktgt_quota_hold(&conn->quota, SZ_4M);
	ktgt_budget_set_limit(&t->net.budget, SZ_2M);
	KUNIT_EXPECT_TRUE(test, ktgt_mem_heed(conn));
	ktgt_tasks_put_sent(conn);
	KUNIT_EXPECT_EQ(test, conn->quota.held[KTGT_QUOTA_SENT], 0);
	KUNIT_EXPECT_EQ(test, conn->mem.nr_free_pages, 0);

	first = ktgt_test_read(test, (__force itt_t)2, 64);
	second = ktgt_test_read(test, (__force itt_t)3, 64);
	ktgt_data_serve_pages(conn);
	KUNIT_EXPECT_EQ(test, first->nr_pages, 8);
	KUNIT_EXPECT_EQ(test, second->nr_pages, 0);
	expect_put_off(test, 4, SAM_STAT_TASK_SET_FULL);
	/* what is sent is not kept, and the next one has its turn */
	ktgt_task_set_state_any(first, KTGT_TASK_SEND);
	ktgt_task_sent(first);
	KUNIT_EXPECT_EQ(test, first->nr_pages, 0);
	ktgt_data_serve_pages(conn);
	KUNIT_EXPECT_EQ(test, second->nr_pages, 8);

	ktgt_budget_set_limit(&t->net.budget, U64_MAX);
	KUNIT_EXPECT_FALSE(test, ktgt_mem_heed(conn));
	first = ktgt_test_read(test, (__force itt_t)5, 64);
	ktgt_data_serve_pages(conn);
	KUNIT_EXPECT_EQ(test, first->nr_pages, 8);
	expect_taken(test, 6);
	ktgt_quota_drop(&conn->quota, SZ_4M);
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
		for (index = 0; index < SLOTS; index++) {
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

static void r2t_sequence(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct iscsi_r2t_rsp r2t;
	u32 i;

	ktgt_test_tasks(test);
	ktgt_test_write(test, 40);	/* 20480 bytes in bursts of 8192 */
	for (i = 0; i < 3; i++) {
		r2t = ktgt_test_r2t(test);
		KUNIT_EXPECT_EQ(test, be32_to_cpu(r2t.r2tsn), i);
		KUNIT_EXPECT_EQ(test, be32_to_cpu(r2t.data_offset), i * 8192);
		KUNIT_EXPECT_EQ(test, be32_to_cpu(r2t.data_length),
				i < 2 ? 8192 : 4096);
		KUNIT_EXPECT_EQ(test, be32_to_cpu(r2t.itt), 0x1234);
		ktgt_test_data_out(t, TEST_ITT, be32_to_cpu(r2t.ttt), 0, i * 8192,
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
	struct conn_test *t = test->priv;
	struct iscsi_r2t_rsp r2t;
	struct ktgt_task *task;

	ktgt_test_tasks(test);
	ktgt_test_write(test, 16);
	r2t = ktgt_test_r2t(test);
	ktgt_test_data_out(t, TEST_ITT, be32_to_cpu(r2t.ttt), c->sn, c->offset,
			   c->len);
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	task = t->in.task;
	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_EXPECT_LE(test, t->in.bvec_off + t->in.keep, 8192);
	KUNIT_EXPECT_EQ(test, ktgt_recv_data(&t->conn, &t->in, true), 0);
	KUNIT_EXPECT_EQ(test, t->conn.count.ready, 1);
	KUNIT_EXPECT_EQ(test, !!(task->flags & KTGT_TASK_BAD_DATA), c->bad);
	if (!c->bad)
		return;
	KUNIT_EXPECT_EQ(test, task->bad_data, 0x0c0d);
}

/* What goes beyond its burst is not written into the next one. */
static void data_beyond_burst(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct iscsi_r2t_rsp r2t;

	ktgt_test_tasks(test);
	ktgt_test_write(test, 32);
	r2t = ktgt_test_r2t(test);
	ktgt_test_data_out(t, TEST_ITT, be32_to_cpu(r2t.ttt), 0, 0, 8193);
	t->in.hdr.flags = 0;
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_ASSERT_NOT_NULL(test, t->in.task);
	KUNIT_EXPECT_TRUE(test, t->in.task->flags & KTGT_TASK_BAD_DATA);
	KUNIT_EXPECT_EQ(test, t->in.keep, 0);
	KUNIT_EXPECT_EQ(test, ktgt_recv_data(&t->conn, &t->in, true), 0);
	KUNIT_EXPECT_EQ(test, t->conn.count.ready, 0);
}

static struct kunit_case data_tests[] = {
	KUNIT_CASE(stall_share),
	KUNIT_CASE(stall_of_the_only_disk),
	KUNIT_CASE(stall_needs_all_pages),
	KUNIT_CASE(page_turns),
	KUNIT_CASE(sent_pages),
	KUNIT_CASE(immediate_with_scratch),
	KUNIT_CASE(long_scratch),
	KUNIT_CASE(unsolicited),
	KUNIT_CASE(unsolicited_alone),
	KUNIT_CASE(unsolicited_busy),
	KUNIT_CASE(closed_purse),
	KUNIT_CASE(ttt_unique),
	KUNIT_CASE(ttt_generations),
	KUNIT_CASE(r2t_sequence),
	KUNIT_CASE_PARAM(data_out, data_gen_params),
	KUNIT_CASE(data_beyond_burst),
	{}
};

static struct kunit_suite data_suite = {
	.name = "ktgt_data",
	.suite_init = ktgt_test_suite_init,
	.init = ktgt_test_init,
	.exit = ktgt_test_exit,
	.test_cases = data_tests,
};
kunit_test_suite(data_suite);
