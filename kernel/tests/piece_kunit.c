// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that move in pieces: what is asked for, sent and held, and when.
 */
#include "../iscsi/piece.c"

#include <kunit/test.h>

#include <scsi/scsi_proto.h>

#include "../iscsi/ack.h"
#include "../iscsi/command.h"
#include "../iscsi/recv.h"
#include "conn_test.h"

/* 5 MiB and a block: the ring is used for the second time */
#define LONG_BLOCKS	10241
#define RING_PAGES	(KTGT_CMD_RING / PAGE_SIZE)
#define OTHER_ITT	((__force itt_t)cpu_to_be32(0x4321))

static void kick(struct ktgt_done_queue *queue)
{
}

static int piece_init(struct kunit *test)
{
	struct conn_test *t;
	int err = ktgt_test_init(test);

	if (err)
		return err;
	t = test->priv;
	t->conn.done_queue.kick = kick;
	t->conn.param.max_burst = 300000;
	t->conn.param.max_xmit_dsl = 7000;
	ktgt_test_tasks(test);
	return 0;
}

/* A WRITE in pieces, which has asked for its first data. */
static struct ktgt_task *recv_write(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task;

	ktgt_test_write(test, LONG_BLOCKS);
	task = ktgt_task_find(&t->conn, TEST_ITT);
	KUNIT_ASSERT_NOT_NULL(test, task);
	return task;
}

/* The SCSI side has moved a piece, which was not the last one. */
static void move_piece(struct kunit *test, struct ktgt_task *task)
{
	KUNIT_ASSERT_EQ(test, task->state, KTGT_TASK_READY);
	ktgt_task_set_state_any(task, KTGT_TASK_BUSY);
	task->cmd.step_at += ktgt_cmd_piece_len(&task->cmd, task->cmd.step_at);
	ktgt_piece_back(task);
}

/* Nothing may go over the border of a piece, where the ring may begin again. */
static bool in_one_piece(u32 off, u32 len)
{
	return len && off / KTGT_CMD_PIECE == (off + len - 1) / KTGT_CMD_PIECE;
}

/* What is held is counted, and no more than the ring. */
static void check_pages(struct kunit *test, const struct ktgt_task *task)
{
	KUNIT_ASSERT_LE(test, task->nr_pages, RING_PAGES);
	KUNIT_ASSERT_EQ(test, task->nr_pages,
			task->conn->quota.held[KTGT_QUOTA_DATA]);
}

/* The initiator sends what the R2T at @off asks for. */
static void answer_r2t(struct kunit *test, u32 off)
{
	struct iscsi_r2t_rsp r2t = ktgt_test_r2t(test);
	u32 len = be32_to_cpu(r2t.data_length);
	struct conn_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, be32_to_cpu(r2t.data_offset), off);
	KUNIT_ASSERT_TRUE(test, in_one_piece(off, len));
	ktgt_test_data_out(t, TEST_ITT, be32_to_cpu(r2t.ttt), 0, off, len);
	KUNIT_ASSERT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_ASSERT_EQ(test, t->in.keep, len);
	KUNIT_ASSERT_EQ(test, t->in.bvec_off, off % KTGT_CMD_RING);
	KUNIT_ASSERT_EQ(test, ktgt_recv_data(&t->conn, &t->in, true), 0);
}

static void write_in_pieces(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task = recv_write(test);
	u32 off = 0;

	while (task->moved < task->cmd.buf_len) {
		ktgt_pieces_advance(&t->conn);
		check_pages(test, task);
		if (task->state == KTGT_TASK_READY) {
			KUNIT_ASSERT_GE(test, off,
					task->moved + piece_len(task));
			move_piece(test, task);
			continue;
		}
		answer_r2t(test, off);
		off = ktgt_data_received(task);
	}
	KUNIT_EXPECT_EQ(test, off, LONG_BLOCKS << 9);
	ktgt_pieces_advance(&t->conn);
	KUNIT_EXPECT_EQ(test, task->nr_pages, 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->queued));
}

/* While its logical unit is being removed nothing more is asked for. */
static void write_is_spared(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task = recv_write(test);
	u32 off = 0;

	task->flags |= KTGT_TASK_SPARED;
	while (off < KTGT_CMD_PIECE) {
		answer_r2t(test, off);
		off = ktgt_data_received(task);
		ktgt_pieces_advance(&t->conn);
	}
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_READY);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->queued));
	KUNIT_EXPECT_EQ(test, task->nr_pages, KTGT_CMD_PIECE / PAGE_SIZE);
}

/* What there was no memory for is asked for also while others go first. */
static void dormant_is_owed(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task;
	u32 off = 0;

	t->conn.param.max_r2t = 1;
	task = recv_write(test);
	while (off < KTGT_CMD_PIECE) {
		answer_r2t(test, off);
		off = ktgt_data_received(task);
		ktgt_pieces_advance(&t->conn);
	}
	KUNIT_ASSERT_EQ(test, task->state, KTGT_TASK_READY);
	KUNIT_ASSERT_EQ(test, be32_to_cpu(ktgt_test_r2t(test).data_offset), off);
	ktgt_task_set_state_any(task, KTGT_TASK_DORMANT);
	t->conn.param.max_r2t = 2;
	ktgt_data_owed(&t->conn);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(ktgt_test_r2t(test).data_offset),
			off + t->conn.param.max_burst);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->queued));
}

/* The transport sends one PDU. */
static void send_one(struct kunit *test, struct ktgt_task *task, u32 *off)
{
	struct conn_test *t = test->priv;
	struct iscsi_data_rsp *rsp;
	struct ktgt_pdu *pdu, *next;

	pdu = list_first_entry(&t->queued, struct ktgt_pdu, node);
	rsp = pdu->hdr;
	list_del(&pdu->node);
	KUNIT_ASSERT_EQ(test, be32_to_cpu(rsp->offset), *off);
	KUNIT_ASSERT_TRUE(test, in_one_piece(*off, pdu->data_len));
	KUNIT_ASSERT_EQ(test, pdu->bvec_off, *off % KTGT_CMD_RING);
	*off += pdu->data_len;
	if (!(*off % KTGT_CMD_PIECE))
		KUNIT_ASSERT_TRUE(test, rsp->flags & ISCSI_FLAG_CMD_FINAL);
	next = pdu->flags & KTGT_PDU_DATA_IN ? ktgt_data_next(pdu) : NULL;
	if (next)
		list_add(&next->node, &t->queued);
	ktgt_test_sent(test, pdu);
	/* the pages of a piece are there until all of it has been sent */
	if (task->nr_pages)
		KUNIT_ASSERT_EQ(test, task->ring_from / KTGT_CMD_PIECE,
				task->in_sent / KTGT_CMD_PIECE);
}

static void send_all(struct kunit *test, struct ktgt_task *task, u32 *off)
{
	struct conn_test *t = test->priv;

	while (!list_empty(&t->queued))
		send_one(test, task, off);
}

/* Up to the last piece, which the SCSI side has then. */
static void read_to_last(struct kunit *test, struct ktgt_task *task, u32 *off)
{
	struct conn_test *t = test->priv;

	ktgt_data_serve_pages(&t->conn);
	while (task->moved + piece_len(task) < task->cmd.buf_len) {
		move_piece(test, task);
		/* each second one waits until the one after it is there too */
		if (task->moved / KTGT_CMD_PIECE % 2)
			send_all(test, task, off);
		ktgt_pieces_advance(&t->conn);
		check_pages(test, task);
	}
	KUNIT_ASSERT_EQ(test, task->state, KTGT_TASK_READY);
	ktgt_task_set_state_any(task, KTGT_TASK_BUSY);
}

static void read_in_pieces(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task = ktgt_test_read(test, TEST_ITT, LONG_BLOCKS);
	u32 off = 0;

	read_to_last(test, task, &off);
	ktgt_cmd_complete(&task->cmd, SAM_STAT_GOOD);
	KUNIT_EXPECT_TRUE(test, ktgt_commands_reap(&t->conn));
	send_all(test, task, &off);
	KUNIT_EXPECT_EQ(test, off, LONG_BLOCKS << 9);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_SENT);
	KUNIT_EXPECT_EQ(test, task->nr_pages, 0);
	KUNIT_EXPECT_EQ(test, t->conn.quota.held[KTGT_QUOTA_DATA], 0);
}

/*
 * Others have their turn after each piece, until the command has been answered:
 * nothing of it comes after what was queued then.
 */
static void others_have_turns(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task = ktgt_test_read(test, TEST_ITT, LONG_BLOCKS);
	struct ktgt_pdu *other = ktgt_pdu_alloc(&t->conn);
	u32 off = 0;

	KUNIT_ASSERT_NOT_NULL(test, other);
	ktgt_data_serve_pages(&t->conn);
	move_piece(test, task);
	ktgt_pieces_advance(&t->conn);
	move_piece(test, task);
	list_add_tail(&other->node, &t->queued);
	while (!list_is_first(&other->node, &t->queued))
		send_one(test, task, &off);
	KUNIT_EXPECT_EQ(test, off, KTGT_CMD_PIECE);

	list_del(&other->node);
	for (;;) {
		ktgt_pieces_advance(&t->conn);
		if (task->state != KTGT_TASK_READY)
			send_one(test, task, &off);
		else if (task->moved + piece_len(task) < task->cmd.buf_len)
			move_piece(test, task);
		else
			break;
	}
	ktgt_task_set_state_any(task, KTGT_TASK_BUSY);
	ktgt_cmd_complete(&task->cmd, SAM_STAT_GOOD);
	KUNIT_EXPECT_TRUE(test, ktgt_commands_reap(&t->conn));
	list_add_tail(&other->node, &t->queued);
	while (!list_is_first(&other->node, &t->queued))
		send_one(test, task, &off);
	KUNIT_EXPECT_EQ(test, off, LONG_BLOCKS << 9);
}

/* One that is aborted while the SCSI side has a piece sends no more pieces. */
static void aborted_is_quiet(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task = ktgt_test_read(test, TEST_ITT, LONG_BLOCKS);
	u32 off = 0;

	ktgt_data_serve_pages(&t->conn);
	move_piece(test, task);
	ktgt_pieces_advance(&t->conn);
	move_piece(test, task);
	ktgt_pieces_advance(&t->conn);
	KUNIT_ASSERT_EQ(test, task->state, KTGT_TASK_READY);
	ktgt_task_set_state_any(task, KTGT_TASK_BUSY);
	send_one(test, task, &off);
	ktgt_commands_abandon(&t->conn);
	send_all(test, task, &off);
	KUNIT_EXPECT_LE(test, off, KTGT_CMD_PIECE);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_BUSY);
	ktgt_cmd_complete(&task->cmd, SAM_STAT_GOOD);
	ktgt_commands_abandon(&t->conn);
	KUNIT_EXPECT_EQ(test, t->conn.count.busy, 0);
	KUNIT_EXPECT_EQ(test, t->conn.quota.held[KTGT_QUOTA_DATA], 0);
}

/*
 * One that has given its last pages back has its turn after those that wait; not
 * while there are ordered tasks.
 */
static void turn_for_pages(struct kunit *test)
{
	struct conn_test *t = test->priv;
	u32 *held = &t->conn.quota.held[KTGT_QUOTA_DATA];
	u32 *limit = &t->conn.quota.limit[KTGT_QUOTA_DATA];
	struct ktgt_task *task = ktgt_test_read(test, TEST_ITT, LONG_BLOCKS);
	u32 off = 0;

	*limit = KTGT_CMD_PIECE / PAGE_SIZE;
	ktgt_data_serve_pages(&t->conn);
	move_piece(test, task);
	send_all(test, task, &off);
	KUNIT_EXPECT_EQ(test, *held, 0);
	ktgt_test_read(test, OTHER_ITT, 64);
	t->conn.nr_ordered = 1;
	ktgt_pieces_advance(&t->conn);
	t->conn.nr_ordered = 0;
	move_piece(test, task);
	send_all(test, task, &off);
	ktgt_pieces_advance(&t->conn);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_PAGES);

	ktgt_data_serve_pages(&t->conn);
	KUNIT_EXPECT_EQ(test, *held, 8);
	KUNIT_EXPECT_EQ(test, task->nr_pages, 0);
	*limit *= 2;
	ktgt_data_serve_pages(&t->conn);
	KUNIT_EXPECT_EQ(test, task->nr_pages, KTGT_CMD_PIECE / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, task->state, KTGT_TASK_READY);
}

static struct kunit_case piece_tests[] = {
	KUNIT_CASE(write_in_pieces),
	KUNIT_CASE(write_is_spared),
	KUNIT_CASE(dormant_is_owed),
	KUNIT_CASE(read_in_pieces),
	KUNIT_CASE(others_have_turns),
	KUNIT_CASE(aborted_is_quiet),
	KUNIT_CASE(turn_for_pages),
	{}
};

static struct kunit_suite piece_suite = {
	.name = "ktgt_piece",
	.suite_init = ktgt_test_suite_init,
	.init = piece_init,
	.exit = ktgt_test_exit,
	.test_cases = piece_tests,
};
kunit_test_suite(piece_suite);
