// SPDX-License-Identifier: GPL-2.0
/*
 * A connection without a transport, which is made anew for each case.
 */
#include "conn_test.h"

#include <kunit/test.h>

#include "../iscsi/ack.h"
#include "../iscsi/data.h"
#include "../iscsi/mem.h"
#include "../iscsi/recv.h"
#include "../iscsi/task.h"
#include "../scsi/cdb.h"
#include "../scsi/cdb_table.h"
#include "../scsi/gate.h"
#include "stubs.h"

static void queue_tx(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	struct conn_test *t = container_of(conn, struct conn_test, conn);

	list_add_tail(&pdu->node, &t->queued);
}

static void close_conn(struct ktgt_conn *conn)
{
	container_of(conn, struct conn_test, conn)->closed = true;
}

static const struct ktgt_conn_ops conn_ops = {
	.queue_tx	= queue_tx,
	.close		= close_conn,
};

/* Suites that want it so set the flag of the purse. */
static void purse_changed(struct ktgt_purse *purse)
{
}

static void init_conn(struct conn_test *t)
{
	struct ktgt_conn *conn = &t->conn;

	conn->ops = &conn_ops;
	conn->state = KTGT_CONN_STATE_FULL_FEATURE;
	conn->param.initial_r2t = true;
	conn->param.max_recv_dsl = KTGT_MAX_RECV_DSL;
	conn->param.first_burst = 65536;
	conn->param.max_burst = 8192;
	conn->param.max_r2t = KTGT_MAX_R2T;
	conn->kn = &t->net;
	ktgt_budget_init(&t->net.budget, U64_MAX, purse_changed);
	ktgt_budget_join(&t->net.budget, &conn->quota.purse);
	conn->quota.limit[KTGT_QUOTA_DATA] = 1024;
	conn->mem.limit = 1024;
	ktgt_mem_heed(conn);
	conn->nexus = &t->nexus;
	conn->window = &t->window;
	INIT_LIST_HEAD(&conn->free_slots);
	INIT_LIST_HEAD(&conn->ready);
	INIT_LIST_HEAD(&conn->dormant);
	INIT_LIST_HEAD(&conn->longs);
	INIT_LIST_HEAD(&conn->page_wait);
	INIT_LIST_HEAD(&conn->waits);
	INIT_LIST_HEAD(&conn->unacked);
	INIT_LIST_HEAD(&conn->unanswered);
	INIT_LIST_HEAD(&t->queued);
}

/**
 * ktgt_test_init - make the connection of a case
 * @test: the case; its priv is the struct conn_test
 *
 * Context: process; sleeps.
 * Return: 0 or -ENOMEM.
 */
int ktgt_test_init(struct kunit *test)
{
	struct conn_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->nexus.target = &t->target;
	t->lu.type = TYPE_DISK;
	t->lu.block_shift = 9;
	t->lu.nr_blocks = 1 << 20;
	t->lu.max_blocks = 1 << 20;
	ktgt_gate_init(&t->lu.gate);
	t->itl.lu = &t->lu;
	ktgt_test_itl = &t->itl;
	init_conn(t);
	return ktgt_pdus_init(&t->conn);
}

/**
 * ktgt_test_exit - free the connection of a case, and all that it has
 * @test: the case
 *
 * Context: process; sleeps.
 */
void ktgt_test_exit(struct kunit *test)
{
	struct conn_test *t = test->priv;
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
	/* whatever a case has done, all memory that was counted is given back */
	KUNIT_EXPECT_EQ(test, t->conn.quota.purse.held, 0);
	ktgt_budget_leave(&t->conn.quota.purse);
	KUNIT_EXPECT_EQ(test, t->net.budget.drawn, 0);
}

/**
 * ktgt_test_suite_init - prepare the table of commands
 * @suite: the suite
 *
 * Other suites do so as well, since none depends on their order.
 *
 * Context: process.
 * Return: 0.
 */
int ktgt_test_suite_init(struct kunit_suite *suite)
{
	ktgt_cdb_table_init();
	return 0;
}

/**
 * ktgt_test_tasks - give the connection room for tasks and free pages
 * @test: the case
 *
 * Context: process; sleeps.
 */
void ktgt_test_tasks(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_mem *mem = &t->conn.mem;

	KUNIT_ASSERT_EQ(test, ktgt_tasks_init(&t->conn), 0);
	mem->free_pages = kvmalloc_array(KTGT_FREE_PAGES_MAX,
					 sizeof(*mem->free_pages), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mem->free_pages);
}

/**
 * ktgt_test_sent - let a PDU wait for its acknowledgement
 * @test: the case
 * @pdu: the PDU, in no list
 *
 * Context: process.
 */
void ktgt_test_sent(struct kunit *test, struct ktgt_pdu *pdu)
{
	struct conn_test *t = test->priv;
	LIST_HEAD(sent);

	list_add(&pdu->node, &sent);
	ktgt_ack_await(&t->conn, &sent);
}

/**
 * ktgt_test_send - send a PDU, which waits for its acknowledgement
 * @test: the case
 * @status: it uses up a StatSN
 *
 * Context: process.
 */
void ktgt_test_send(struct kunit *test, bool status)
{
	struct conn_test *t = test->priv;
	struct ktgt_pdu *pdu = ktgt_pdu_alloc(&t->conn);

	KUNIT_ASSERT_NOT_NULL(test, pdu);
	if (status)
		pdu->flags = KTGT_PDU_STATSN;
	ktgt_pdu_stamp(&t->conn, pdu);
	ktgt_test_sent(test, pdu);
}

/* The header of a READ or WRITE is received. */
static void recv_command(struct kunit *test, u8 opcode, u8 direction, itt_t itt,
			 u32 blocks)
{
	struct conn_test *t = test->priv;
	struct iscsi_scsi_req *req = (struct iscsi_scsi_req *)&t->in.hdr;
	u32 sn = ++t->window.max_cmd_sn;

	memset(&t->in, 0, sizeof(t->in));
	t->window.exp_cmd_sn = sn;
	req->opcode = ISCSI_OP_SCSI_CMD;
	req->flags = ISCSI_FLAG_CMD_FINAL | direction;
	req->itt = itt;
	req->cmdsn = cpu_to_be32(sn);
	req->data_length = cpu_to_be32(blocks << 9);
	req->cdb[0] = opcode;
	put_unaligned_be16(blocks, req->cdb + 7);
	KUNIT_ASSERT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
}

/**
 * ktgt_test_read - receive a READ
 * @test: the case
 * @itt: its initiator task tag
 * @blocks: of 512 bytes
 *
 * Context: process.
 * Return: the task, which waits for pages.
 */
struct ktgt_task *ktgt_test_read(struct kunit *test, itt_t itt, u32 blocks)
{
	struct conn_test *t = test->priv;
	struct ktgt_task *task;

	recv_command(test, READ_10, ISCSI_FLAG_CMD_READ, itt, blocks);
	task = ktgt_task_find(&t->conn, itt);
	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_ASSERT_EQ(test, task->state, KTGT_TASK_PAGES);
	return task;
}

/**
 * ktgt_test_write - receive a WRITE without data
 * @test: the case
 * @blocks: of 512 bytes
 *
 * Context: process.
 */
void ktgt_test_write(struct kunit *test, u32 blocks)
{
	struct conn_test *t = test->priv;

	recv_command(test, WRITE_10, ISCSI_FLAG_CMD_WRITE, TEST_ITT, blocks);
	KUNIT_ASSERT_PTR_NE(test, t->in.task, NULL);
	KUNIT_ASSERT_EQ(test, ktgt_recv_data(&t->conn, &t->in, true), 0);
	ktgt_data_serve_pages(&t->conn);
}

/**
 * ktgt_test_r2t - take the R2T that was sent first
 * @test: the case, which fails if something else was sent or nothing
 *
 * Context: process.
 * Return: the R2T.
 */
struct iscsi_r2t_rsp ktgt_test_r2t(struct kunit *test)
{
	struct conn_test *t = test->priv;
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

/**
 * ktgt_test_data_out - make a Data-Out PDU, as the one that is received next
 * @t: the connection
 * @itt: initiator task tag
 * @ttt: target transfer tag
 * @sn: DataSN
 * @offset: buffer offset
 * @len: length of its data segment
 *
 * Context: any.
 */
void ktgt_test_data_out(struct conn_test *t, itt_t itt, u32 ttt, u32 sn,
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
