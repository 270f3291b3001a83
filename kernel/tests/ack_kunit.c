// SPDX-License-Identifier: GPL-2.0
/*
 * Acknowledgements, and the memory of a connection that has nothing left to
 * acknowledge.
 */
#include "../iscsi/ack.c"

#include <kunit/test.h>

#include "../iscsi/mem.h"
#include "conn_test.h"

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

static void ack(struct kunit *test)
{
	const struct ack_case *c = test->param_value;
	struct conn_test *t = test->priv;

	t->conn.stat_sn = c->base;
	ktgt_test_send(test, true);
	ktgt_test_send(test, true);
	ktgt_test_send(test, false);
	ktgt_test_send(test, true);
	KUNIT_ASSERT_EQ(test, t->conn.stat_sn, c->base + 3);
	t->conn.exp_stat_sn = c->acked;
	ktgt_ack_recv(&t->conn, c->ack);
	KUNIT_EXPECT_EQ(test, t->conn.exp_stat_sn, c->now);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&t->conn.unacked), c->left);
}

static void send_ping(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_pdu *pdu = ktgt_pdu_alloc(&t->conn);

	KUNIT_ASSERT_NOT_NULL(test, pdu);
	pdu->flags = KTGT_PDU_PING;
	ktgt_pdu_queue(&t->conn, pdu);
	list_del(&pdu->node);
	ktgt_pdu_stamp(&t->conn, pdu);
	ktgt_test_sent(test, pdu);
	t->conn.ping_ttt = 0;
}

/* A ping has no StatSN of its own, so only its answer acknowledges it. */
static void ping_is_released(struct kunit *test)
{
	struct conn_test *t = test->priv;
	u32 i;

	ktgt_test_send(test, true);
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

/* Pages and PDUs go as well, but for the PDUs that are not acknowledged. */
static void memory_of_idle(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_pdus *pdus = &t->conn.pdus;
	struct ktgt_mem *mem = &t->conn.mem;
	u32 i, block;

	ktgt_test_tasks(test);
	block = pdus->nr_free;
	for (i = 0; i < 3 * block; i++)
		ktgt_test_send(test, true);
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

/* Pages that belong to a PDU alone go when the socket has them. */
static void own_pages(struct kunit *test)
{
	struct conn_test *t = test->priv;
	u32 *held = t->conn.quota.held;
	struct ktgt_pdu *pdu = ktgt_pdu_alloc(&t->conn);
	u8 *data = kunit_kzalloc(test, 3 * PAGE_SIZE, GFP_KERNEL);
	struct page *page;

	KUNIT_ASSERT_NOT_NULL(test, pdu);
	KUNIT_ASSERT_NOT_NULL(test, data);
	KUNIT_ASSERT_EQ(test, ktgt_pdu_set_data(&t->conn, pdu, data,
						2 * PAGE_SIZE + 1), 0);
	pdu->flags = KTGT_PDU_STATSN;
	page = pdu->own[2].bv_page;
	get_page(page);
	ktgt_pdu_queue(&t->conn, pdu);
	list_del(&pdu->node);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_UNSENT], 4);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_UNACKED], 4);
	ktgt_pdu_stamp(&t->conn, pdu);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	ktgt_test_sent(test, pdu);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	put_page(page);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_UNSENT], 0);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_UNACKED], 4);
	ktgt_ack_recv(&t->conn, t->conn.stat_sn);
	KUNIT_EXPECT_EQ(test, held[KTGT_QUOTA_UNACKED], 0);
}

/* A Data-In PDU without status is sent. Return: the page of its header. */
static struct page *send_data_in(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_pdu *pdu = ktgt_pdu_alloc(&t->conn);
	struct iscsi_hdr *hdr;

	KUNIT_ASSERT_NOT_NULL(test, pdu);
	hdr = pdu->hdr;
	hdr->opcode = ISCSI_OP_SCSI_DATA_IN;
	pdu->flags = KTGT_PDU_DATA_IN;
	ktgt_pdu_stamp(&t->conn, pdu);
	ktgt_test_sent(test, pdu);
	return pdu->page;
}

/*
 * Headers of data that nobody acknowledges are used again when the socket has none
 * of their page any more, and not before.
 */
static void headers_of_data(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct ktgt_pdus *pdus = &t->conn.pdus;
	u32 i, block = pdus->nr_free;
	u64 held = t->conn.quota.purse.held;
	struct page *page;

	for (i = 0; i < 100 * block; i++)
		page = send_data_in(test);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&pdus->blocks), 1);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&pdus->sent), block);
	KUNIT_EXPECT_EQ(test, t->conn.quota.purse.held, held);

	/* those of one page have to wait, and others take their place */
	get_page(page);
	for (i = 0; i < 3 * block; i++)
		KUNIT_EXPECT_PTR_NE(test, send_data_in(test), page);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&pdus->blocks), 2);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&pdus->sent), 2 * block);
	put_page(page);
	for (i = 0; i < 100 * block; i++)
		send_data_in(test);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&pdus->blocks), 2);
	KUNIT_EXPECT_EQ(test, t->conn.quota.purse.held, 2 * held);

	/* an acknowledgement is good for all of them, and so is idleness */
	ktgt_test_send(test, true);
	ktgt_ack_recv(&t->conn, t->conn.stat_sn);
	KUNIT_EXPECT_TRUE(test, list_empty(&pdus->sent));
	send_data_in(test);
	ktgt_pdus_shrink(&t->conn);
	KUNIT_EXPECT_TRUE(test, list_empty(&pdus->sent));
	KUNIT_EXPECT_EQ(test, list_count_nodes(&pdus->blocks), 1);
	KUNIT_EXPECT_EQ(test, t->conn.quota.purse.held, held);
}

/*
 * While the socket has the last 40 headers, a page that has some of them keeps no
 * others waiting for long, also if some of its headers stay in use.
 */
static void headers_in_flight(struct kunit *test)
{
	struct conn_test *t = test->priv;
	struct page *flight[40] = {}, **page;
	u32 i;

	for (i = 0; i < 2000; i++) {
		page = &flight[i % ARRAY_SIZE(flight)];
		if (*page)
			put_page(*page);
		*page = send_data_in(test);
		get_page(*page);
		if (i % 100 == 99)
			ktgt_test_send(test, true);
		if (i % 30 == 0)
			ktgt_pdus_prepare(&t->conn);
	}
	KUNIT_EXPECT_LE(test, list_count_nodes(&t->conn.pdus.blocks), 5);
	for (i = 0; i < ARRAY_SIZE(flight); i++)
		put_page(flight[i]);
}

/* An R2T that was answered has arrived, and so has all that was sent before. */
static void answered_r2ts(struct kunit *test)
{
	struct conn_test *t = test->priv;
	u32 *unacked = &t->conn.quota.held[KTGT_QUOTA_UNACKED];
	struct iscsi_r2t_rsp *r2t;
	struct ktgt_pdu *pdu;
	u32 i;

	for (i = 0; i < 2 * ACK_MANY; i++) {
		pdu = ktgt_pdu_alloc(&t->conn);
		KUNIT_ASSERT_NOT_NULL(test, pdu);
		r2t = pdu->hdr;
		r2t->opcode = i % 4 ? ISCSI_OP_R2T : ISCSI_OP_SCSI_CMD_RSP;
		r2t->ttt = cpu_to_be32(i % 4);
		pdu->flags = i % 4 ? 0 : KTGT_PDU_STATSN;
		pdu->weight = 1;
		ktgt_quota_charge(&t->conn.quota, KTGT_QUOTA_UNSENT, 1);
		ktgt_quota_charge(&t->conn.quota, KTGT_QUOTA_UNACKED, 1);
		ktgt_test_sent(test, pdu);
	}
	ktgt_ack_r2t(&t->conn, 5);
	KUNIT_EXPECT_EQ(test, *unacked, 2 * ACK_MANY);
	/* what is left: each status, and the one R2T that came later */
	ktgt_ack_r2t(&t->conn, 2);
	KUNIT_EXPECT_EQ(test, *unacked, ACK_MANY / 2 + 1);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&t->conn.unacked),
			ACK_MANY / 2 + 1);
	/* few are not worth a look */
	ktgt_ack_r2t(&t->conn, 3);
	KUNIT_EXPECT_EQ(test, *unacked, ACK_MANY / 2 + 1);
}

static struct kunit_case ack_tests[] = {
	KUNIT_CASE_PARAM(ack, ack_gen_params),
	KUNIT_CASE(ping_is_released),
	KUNIT_CASE(memory_of_idle),
	KUNIT_CASE(own_pages),
	KUNIT_CASE(headers_of_data),
	KUNIT_CASE(headers_in_flight),
	KUNIT_CASE(answered_r2ts),
	{}
};

static struct kunit_suite ack_suite = {
	.name = "ktgt_ack",
	.suite_init = ktgt_test_suite_init,
	.init = ktgt_test_init,
	.exit = ktgt_test_exit,
	.test_cases = ack_tests,
};
kunit_test_suite(ack_suite);
