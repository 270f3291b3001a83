// SPDX-License-Identifier: GPL-2.0
/*
 * PDUs: lengths that are accepted, and what is put into those that are sent.
 */
/* the files themselves first: one of them has a pr_fmt() of its own */
#include "../iscsi/recv.c"
#include "../iscsi/mem.c"
#include "../iscsi/pdu.c"

#include <kunit/test.h>

#include "../core/fabric.h"
#include "../core/target.h"

/**
 * struct pdu_test - a connection without a transport
 * @conn: the connection
 * @nexus: that of its session
 * @window: likewise
 * @target: that of the nexus; only there to be one
 * @in: a PDU that is received
 * @queued: PDUs that are sent
 * @closed: the connection was closed
 * @drained: it closes when all is sent
 */
struct pdu_test {
	struct ktgt_conn	conn;
	struct ktgt_nexus	nexus;
	struct ktgt_window	window;
	struct ktgt_target	target;
	struct ktgt_pdu_in	in;
	struct list_head	queued;
	bool			closed;
	bool			drained;
};

static void pdu_queue_tx(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	struct pdu_test *t = container_of(conn, struct pdu_test, conn);

	list_add_tail(&pdu->node, &t->queued);
}

static void pdu_close(struct ktgt_conn *conn)
{
	container_of(conn, struct pdu_test, conn)->closed = true;
}

static void pdu_drain(struct ktgt_conn *conn)
{
	container_of(conn, struct pdu_test, conn)->drained = true;
}

static const struct ktgt_conn_ops pdu_ops = {
	.queue_tx	= pdu_queue_tx,
	.close		= pdu_close,
	.drain		= pdu_drain,
};

static int pdu_test_init(struct kunit *test)
{
	struct pdu_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct ktgt_conn *conn;

	if (!t)
		return -ENOMEM;
	conn = &t->conn;
	conn->ops = &pdu_ops;
	conn->state = KTGT_CONN_STATE_FULL_FEATURE;
	conn->param.max_recv_dsl = KTGT_MAX_RECV_DSL;
	conn->nexus = &t->nexus;
	conn->window = &t->window;
	t->nexus.target = &t->target;
	INIT_LIST_HEAD(&conn->unacked);
	INIT_LIST_HEAD(&t->queued);
	/* no task is free: the window stays as it is */
	t->window.exp_cmd_sn = 0x01020304;
	t->window.max_cmd_sn = 0x11121314;
	conn->stat_sn = 0x21222324;
	if (ktgt_pdus_init(conn))
		return -ENOMEM;
	test->priv = t;
	return 0;
}

static void pdu_test_exit(struct kunit *test)
{
	struct pdu_test *t = test->priv;
	struct ktgt_pdu *pdu, *next;

	if (!t)
		return;
	list_for_each_entry_safe(pdu, next, &t->queued, node) {
		list_del(&pdu->node);
		ktgt_pdu_free(&t->conn, pdu);
	}
	ktgt_mem_free(&t->conn);
	ktgt_pdus_free(&t->conn);
}

/* CRC32C bit by bit, to compare the kernel's with. */
static u32 slow_crc32c(const u8 *data, u32 len)
{
	u32 crc = ~0, i;

	while (len--) {
		crc ^= *data++;
		for (i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

/* --- lengths that are accepted ------------------------------------------- */

#define LOGIN	KTGT_CONN_STATE_LOGIN
#define FFP	KTGT_CONN_STATE_FULL_FEATURE

/**
 * struct length_case - what a basic header segment announces
 * @what: its name
 * @state: enum ktgt_conn_state
 * @opcode: opcode, with the immediate bit or without
 * @ahs: TotalAHSLength
 * @data: DataSegmentLength
 * @dsl: MaxRecvDataSegmentLength that the target has declared
 * @ret: what ktgt_recv_lengths() returns
 */
struct length_case {
	const char	*what;
	u8		state;
	u8		opcode;
	u8		ahs;
	u32		data;
	u32		dsl;
	int		ret;
};

static const struct length_case length_cases[] = {
	{ "nothing", FFP, 0x00, 0, 0, 262144, 0 },
	{ "login", LOGIN, 0x43, 0, 8192, 262144, 0 },
	{ "login, too long", LOGIN, 0x43, 0, 8193, 262144, -EMSGSIZE },
	{ "login, greatest", LOGIN, 0x43, 0, 0xffffff, 262144, -EMSGSIZE },
	{ "login, additional header", LOGIN, 0x43, 1, 0, 262144, -EMSGSIZE },
	{ "command in login", LOGIN, 0x01, 0, 8193, 262144, -EMSGSIZE },
	{ "command", FFP, 0x01, 0, 262144, 262144, 0 },
	{ "command, too long", FFP, 0x01, 0, 262145, 262144, -EMSGSIZE },
	{ "command, greatest", FFP, 0x01, 0, 0xffffff, 262144, -EMSGSIZE },
	{ "command, 16 MiB agreed", FFP, 0x01, 0, 0xffffff, 0xffffff, 0 },
	{ "command, immediate", FFP, 0x41, 0, 262144, 262144, 0 },
	{ "command, small limit", FFP, 0x01, 0, 513, 512, -EMSGSIZE },
	{ "command, additional header", FFP, 0x01, 1, 0, 262144, 0 },
	{ "command, longest header", FFP, 0x01, 255, 262144, 262144, 0 },
	{ "Data-Out", FFP, 0x05, 0, 262144, 262144, 0 },
	{ "Data-Out, too long", FFP, 0x05, 0, 262145, 262144, -EMSGSIZE },
	{ "NOP-Out", FFP, 0x40, 0, 262144, 262144, 0 },
	{ "NOP-Out, too long", FFP, 0x40, 0, 262145, 262144, -EMSGSIZE },
	{ "text", FFP, 0x04, 0, 262144, 262144, 0 },
	{ "text, too long", FFP, 0x04, 0, 262145, 262144, -EMSGSIZE },
	{ "task management", FFP, 0x42, 0, 8192, 262144, 0 },
	{ "task management, too long", FFP, 0x42, 0, 8193, 262144,
	  -EMSGSIZE },
	{ "logout, too long", FFP, 0x46, 0, 8193, 262144, -EMSGSIZE },
	{ "unknown opcode", FFP, 0x3c, 0, 8192, 262144, 0 },
	{ "unknown opcode, too long", FFP, 0x3c, 0, 8193, 262144, -EMSGSIZE },
};
KUNIT_ARRAY_PARAM_DESC(length, length_cases, what);

static void length(struct kunit *test)
{
	const struct length_case *c = test->param_value;
	struct pdu_test *t = test->priv;

	t->conn.state = c->state;
	t->conn.param.max_recv_dsl = c->dsl;
	memset(&t->in, 0xa5, sizeof(t->in));
	t->in.hdr.opcode = c->opcode;
	t->in.hdr.hlength = c->ahs;
	t->in.hdr.dlength[0] = c->data >> 16;
	t->in.hdr.dlength[1] = c->data >> 8;
	t->in.hdr.dlength[2] = c->data;
	KUNIT_EXPECT_EQ(test, ktgt_recv_lengths(&t->conn, &t->in), c->ret);
	KUNIT_EXPECT_EQ(test, t->in.ahs_len, 4 * c->ahs);
	KUNIT_EXPECT_LE(test, t->in.ahs_len, sizeof(t->in.ahs));
	KUNIT_EXPECT_EQ(test, t->in.data_len, c->data);
	/* nothing is left of the PDU before */
	KUNIT_EXPECT_EQ(test, t->in.keep, 0);
	KUNIT_EXPECT_NULL(test, t->in.task);
	KUNIT_EXPECT_NULL(test, t->in.burst);
	KUNIT_EXPECT_FALSE(test, t->in.ctl);
}

/* --- where a PDU goes ----------------------------------------------------- */

/**
 * struct opcode_case - a PDU in full feature phase
 * @what: its name
 * @opcode: opcode
 * @reason: reason of the Reject that answers it; 0: it is a control PDU
 */
struct opcode_case {
	const char	*what;
	u8		opcode;
	u8		reason;
};

static const struct opcode_case opcode_cases[] = {
	{ "NOP-Out", 0x40, 0 },
	{ "task management", 0x42, 0 },
	{ "login", 0x43, 0 },
	{ "text", 0x04, 0 },
	{ "logout", 0x46, 0 },
	{ "SNACK", 0x10, 0x03 },
	{ "vendor specific", 0x1c, 0x05 },
	{ "reserved", 0x07, 0x05 },
	{ "NOP-In", 0x20, 0x05 },
	{ "SCSI Response", 0x21, 0x05 },
	{ "Reject", 0x3f, 0x05 },
};
KUNIT_ARRAY_PARAM_DESC(opcode, opcode_cases, what);

static struct ktgt_pdu *pdu_only_one(struct kunit *test)
{
	struct pdu_test *t = test->priv;

	KUNIT_ASSERT_TRUE(test, list_is_singular(&t->queued));
	return list_first_entry(&t->queued, struct ktgt_pdu, node);
}

static void expect_reject(struct kunit *test, u8 reason)
{
	struct pdu_test *t = test->priv;
	struct ktgt_pdu *pdu = pdu_only_one(test);
	const struct iscsi_reject *rej = pdu->hdr;

	KUNIT_EXPECT_EQ(test, rej->opcode, 0x3f);
	KUNIT_EXPECT_EQ(test, rej->flags, 0x80);
	KUNIT_EXPECT_EQ(test, rej->reason, reason);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(rej->ffffffff), 0xffffffff);
	KUNIT_EXPECT_EQ(test, pdu->flags, KTGT_PDU_STATSN);
	KUNIT_ASSERT_EQ(test, pdu->data_len, 48);
	KUNIT_EXPECT_MEMEQ(test, (u8 *)page_address(pdu->bvec->bv_page),
			   (u8 *)&t->in.hdr, 48);
	/* its page counts as well */
	KUNIT_EXPECT_EQ(test, t->conn.quota.held[KTGT_QUOTA_UNSENT], 2);
	KUNIT_EXPECT_EQ(test, t->conn.quota.held[KTGT_QUOTA_UNACKED], 2);
}

static void opcode(struct kunit *test)
{
	const struct opcode_case *c = test->param_value;
	struct pdu_test *t = test->priv;
	u8 data[4];

	memset(&t->in.hdr, 0x5a, sizeof(t->in.hdr));
	t->in.hdr.opcode = c->opcode;
	t->in.data_len = sizeof(data);
	if (c->reason) {
		KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
		KUNIT_EXPECT_EQ(test, t->in.keep, 0);
		expect_reject(test, c->reason);
		return;
	}
	/* there is no room for its data; then there is */
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in),
			KTGT_RECV_AGAIN);
	t->conn.ctl.data = data;
	t->conn.ctl.size = sizeof(data);
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_EXPECT_EQ(test, t->in.keep, sizeof(data));
	KUNIT_EXPECT_EQ(test, iov_iter_count(&t->in.iter), sizeof(data));
	KUNIT_EXPECT_EQ(test, ktgt_recv_data(&t->conn, &t->in, true),
			KTGT_RECV_STOP);
	KUNIT_EXPECT_TRUE(test, t->conn.ctl.ready);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->queued));
}

/**
 * struct discovery_case - a PDU in a discovery session
 * @what: its name
 * @opcode: opcode
 * @cmd_sn: its CmdSN, minus ExpCmdSN
 * @takes: it uses up a CmdSN
 * @answered: it is answered with a Reject
 */
struct discovery_case {
	const char	*what;
	u8		opcode;
	u32		cmd_sn;
	bool		takes;
	bool		answered;
};

static const struct discovery_case discovery_cases[] = {
	{ "SCSI command", 0x01, 0, true, true },
	{ "immediate SCSI command", 0x41, 0, false, true },
	{ "old SCSI command", 0x01, -1, false, false },
	{ "task management", 0x02, 0, true, true },
	{ "immediate task management", 0x42, 5, false, true },
	{ "Data-Out", 0x05, 7, false, true },
	{ "login", 0x43, 0, false, true },
	{ "SNACK", 0x10, 7, false, true },
	{ "vendor specific", 0x1c, 0, false, true },
	{ "NOP-In", 0x20, 0, false, true },
};
KUNIT_ARRAY_PARAM_DESC(discovery, discovery_cases, what);

static void discovery(struct kunit *test)
{
	const struct discovery_case *c = test->param_value;
	struct pdu_test *t = test->priv;
	struct iscsi_scsi_req *req = (void *)&t->in.hdr;
	u32 exp = t->window.exp_cmd_sn, i;
	size_t answers;

	t->conn.discovery = true;
	t->in.hdr.opcode = c->opcode;
	t->in.data_len = 4;
	for (i = 0; i < 12; i++) {
		KUNIT_ASSERT_EQ(test, t->drained, i >= 8);
		req->cmdsn = cpu_to_be32(t->window.exp_cmd_sn + c->cmd_sn);
		KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
		KUNIT_EXPECT_EQ(test, t->in.keep, 0);
		KUNIT_EXPECT_FALSE(test, t->in.ctl);
	}
	answers = list_count_nodes(&t->queued);
	KUNIT_EXPECT_EQ(test, answers, c->answered ? 8 : 0);
	KUNIT_EXPECT_EQ(test, t->window.exp_cmd_sn - exp, c->takes ? 8 : 0);
	KUNIT_EXPECT_EQ(test, t->conn.end_reason,
			1 + KTGT_SESSION_END_PROTOCOL_ERROR);
	KUNIT_EXPECT_FALSE(test, t->closed);
}

static void discovery_gap(struct kunit *test)
{
	struct pdu_test *t = test->priv;
	struct iscsi_scsi_req *req = (void *)&t->in.hdr;

	t->conn.discovery = true;
	req->opcode = 0x01;
	req->cmdsn = cpu_to_be32(t->window.exp_cmd_sn + 1);
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), -EPROTO);
}

static void bad_digest(struct kunit *test)
{
	struct pdu_test *t = test->priv;

	memset(&t->in.hdr, 0x5a, sizeof(t->in.hdr));
	t->in.hdr.opcode = 0x40;
	t->in.data_len = 0;
	KUNIT_EXPECT_EQ(test, ktgt_recv_header(&t->conn, &t->in), 0);
	KUNIT_EXPECT_EQ(test, ktgt_recv_data(&t->conn, &t->in, false), 0);
	KUNIT_EXPECT_FALSE(test, t->conn.ctl.ready);
	expect_reject(test, 0x02);
}

/* --- what is sent --------------------------------------------------------- */

/**
 * struct digest_case - RFC 7143, B.4: data, and its CRC32C as it is sent
 * @what: its name
 * @first: first byte
 * @step: what the next one has more
 * @crc: the digest
 */
struct digest_case {
	const char	*what;
	u8		first;
	u8		step;
	u8		crc[4];
};

static const struct digest_case digest_cases[] = {
	{ "32 bytes of zeroes", 0, 0, { 0xaa, 0x36, 0x91, 0x8a } },
	{ "32 bytes of ones", 0xff, 0, { 0x43, 0xab, 0xa8, 0x62 } },
	{ "32 bytes incrementing", 0, 1, { 0x4e, 0x79, 0xdd, 0x46 } },
	{ "32 bytes decrementing", 31, 0xff, { 0x5c, 0xdb, 0x3f, 0x11 } },
};
KUNIT_ARRAY_PARAM_DESC(digest, digest_cases, what);

static struct ktgt_pdu *pdu_with_data(struct kunit *test, const void *data,
				      u32 len)
{
	struct pdu_test *t = test->priv;
	struct ktgt_pdu *pdu = ktgt_pdu_alloc(&t->conn);

	KUNIT_ASSERT_NOT_NULL(test, pdu);
	list_add_tail(&pdu->node, &t->queued);
	KUNIT_ASSERT_EQ(test, ktgt_pdu_set_data(&t->conn, pdu, data, len), 0);
	return pdu;
}

static void digest_fill(struct kunit *test, u8 *data)
{
	const struct digest_case *c = test->param_value;
	u32 i;

	for (i = 0; i < 32; i++)
		data[i] = c->first + i * c->step;
}

static void digest_sent(struct kunit *test)
{
	const struct digest_case *c = test->param_value;
	struct pdu_test *t = test->priv;
	struct ktgt_pdu *pdu;
	u8 data[32];

	digest_fill(test, data);
	pdu = pdu_with_data(test, data, 32);
	t->conn.tx_digests = true;
	t->conn.param.data_digest = true;
	ktgt_pdu_stamp(&t->conn, pdu);
	KUNIT_EXPECT_EQ(test, pdu->tail_len, 4);
	KUNIT_EXPECT_MEMEQ(test, (u8 *)pdu->hdr + KTGT_CHUNK_TAIL, c->crc, 4);
}

/* The last two bytes come as if they were padding. */
static void digest_received(struct kunit *test)
{
	const struct digest_case *c = test->param_value;
	struct pdu_test *t = test->priv;
	u8 data[32];

	digest_fill(test, data);
	t->conn.ctl.data = data;
	t->in.ctl = true;
	t->in.keep = 30;
	KUNIT_EXPECT_EQ(test,
			ktgt_recv_digest(&t->conn, &t->in, data + 30, 2),
			get_unaligned_le32(c->crc));
}

/* The same data in the buffer of a task, from one page to the next. */
static void digest_received_by_task(struct kunit *test)
{
	const struct digest_case *c = test->param_value;
	struct ktgt_task *task = kunit_kzalloc(test, sizeof(*task), GFP_KERNEL);
	u8 *pages = (u8 *)__get_free_pages(GFP_KERNEL, 2);
	struct pdu_test *t = test->priv;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_ASSERT_NOT_NULL(test, pages);
	digest_fill(test, pages + 2 * PAGE_SIZE - 5);
	task->cmd.bvec = task->cmd.inline_bvec;
	for (i = 0; i < 3; i++)
		bvec_set_page(&task->cmd.bvec[i],
			      virt_to_page(pages + i * PAGE_SIZE), PAGE_SIZE,
			      0);
	t->in.task = task;
	t->in.bvec_off = 2 * PAGE_SIZE - 5;
	t->in.keep = 32;
	KUNIT_EXPECT_EQ(test, ktgt_recv_digest(&t->conn, &t->in, NULL, 0),
			get_unaligned_le32(c->crc));
	free_pages((unsigned long)pages, 2);
}

/**
 * struct stamp_case - a PDU and the digests that were agreed upon
 * @len: bytes of its data segment
 * @header: HeaderDigest
 * @data: DataDigest
 * @pad: bytes of padding
 */
struct stamp_case {
	u32	len;
	bool	header;
	bool	data;
	u8	pad;
};

static const struct stamp_case stamp_cases[] = {
	{ 0, false, false, 0 }, { 1, false, false, 3 },
	{ 2, false, false, 2 }, { 3, false, false, 1 },
	{ 4, false, false, 0 }, { 5, false, false, 3 },
	{ 0, true, false, 0 }, { 5, true, false, 3 },
	{ 0, false, true, 0 }, { 1, false, true, 3 },
	{ 2, false, true, 2 }, { 3, false, true, 1 },
	{ 4, false, true, 0 }, { 0, true, true, 0 },
	{ 7, true, true, 1 }, { 4095, true, true, 1 },
	{ 4096, true, true, 0 }, { 4097, true, true, 3 },
	{ 12289, false, true, 3 },
};

static void stamp_desc(const struct stamp_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u bytes%s%s", c->len,
		 c->header ? ", header digest" : "",
		 c->data ? ", data digest" : "");
}

KUNIT_ARRAY_PARAM(stamp, stamp_cases, stamp_desc);

static u8 *stamp_data(struct kunit *test, u32 len)
{
	u8 *data = kunit_kzalloc(test, len + 4, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, data);
	for (i = 0; i < len; i++)
		data[i] = 0x80 | (i * 7 & 0x7f);
	return data;
}

static void stamp(struct kunit *test)
{
	const struct stamp_case *c = test->param_value;
	u8 *data = stamp_data(test, c->len);
	struct ktgt_pdu *pdu = pdu_with_data(test, data, c->len);
	struct pdu_test *t = test->priv;
	u8 *hdr = pdu->hdr, *tail = hdr + KTGT_CHUNK_TAIL;
	bool digest = c->data && c->len;
	u32 want;

	hdr[0] = 0x3f;
	hdr[4] = 0x12;		/* TotalAHSLength stays */
	t->conn.tx_digests = true;
	t->conn.param.header_digest = c->header;
	t->conn.param.data_digest = c->data;
	ktgt_pdu_stamp(&t->conn, pdu);

	KUNIT_EXPECT_EQ(test, get_unaligned_be32(hdr + 4),
			0x12000000 | c->len);
	want = c->header ? slow_crc32c(hdr, 48) : 0;
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(hdr + 48), want);
	KUNIT_EXPECT_EQ(test, pdu->tail_len, c->pad + (digest ? 4 : 0));
	KUNIT_EXPECT_MEMEQ(test, tail, "\0\0\0", c->pad);
	want = digest ? slow_crc32c(data, c->len + c->pad) : 0;
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(tail + c->pad), want);
}

/* A data segment need not begin where its pages do. */
static void stamp_within_pages(struct kunit *test)
{
	u8 *pages = (u8 *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, 2);
	struct pdu_test *t = test->priv;
	struct ktgt_pdu *pdu = ktgt_pdu_alloc(&t->conn);
	struct bio_vec bvec[4];
	u32 i, off = PAGE_SIZE + 4093, len = 4100;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	KUNIT_ASSERT_NOT_NULL(test, pdu);
	list_add_tail(&pdu->node, &t->queued);
	for (i = 0; i < 4; i++)
		bvec_set_page(&bvec[i], virt_to_page(pages + i * PAGE_SIZE),
			      PAGE_SIZE, 0);
	for (i = 0; i < 4 * PAGE_SIZE; i++)
		pages[i] = i * 11 >> 3;
	pdu->bvec = bvec;
	pdu->bvec_off = off;
	pdu->data_len = len;
	t->conn.tx_digests = true;
	t->conn.param.data_digest = true;
	ktgt_pdu_stamp(&t->conn, pdu);
	KUNIT_EXPECT_EQ(test,
			get_unaligned_le32(pdu->hdr + KTGT_CHUNK_TAIL),
			slow_crc32c(pages + off, len));
	free_pages((unsigned long)pages, 2);
}

/* Digests are not in force on the PDU that agrees upon them. */
static void digests_after_login(struct kunit *test)
{
	struct ktgt_pdu *pdu = pdu_with_data(test, "12345", 5);
	struct pdu_test *t = test->priv;

	t->conn.param.header_digest = true;
	t->conn.param.data_digest = true;
	pdu->flags = KTGT_PDU_STATSN | KTGT_PDU_FINAL_LOGIN;
	ktgt_pdu_stamp(&t->conn, pdu);
	KUNIT_EXPECT_EQ(test, pdu->tail_len, 3);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(pdu->hdr + 48), 0);

	pdu = pdu_with_data(test, "12345", 5);
	ktgt_pdu_stamp(&t->conn, pdu);
	KUNIT_EXPECT_EQ(test, pdu->tail_len, 7);
	KUNIT_EXPECT_NE(test, get_unaligned_le32(pdu->hdr + 48), 0);
}

/**
 * struct sn_case - a PDU, and the numbers in it
 * @what: its name
 * @opcode: opcode
 * @flags: KTGT_PDU_* bits
 * @sess: there is a session
 * @statsn: what stands in StatSN
 * @next: StatSN that comes next
 */
struct sn_case {
	const char	*what;
	u8		opcode;
	u8		flags;
	bool		sess;
	u32		statsn;
	u32		next;
};

#define SN	0xffffffff

static const struct sn_case sn_cases[] = {
	{ "with status", ISCSI_OP_SCSI_CMD_RSP, KTGT_PDU_STATSN, true, SN,
	  0 },
	{ "without status", ISCSI_OP_R2T, 0, true, SN, SN },
	{ "Data-In with status", ISCSI_OP_SCSI_DATA_IN, KTGT_PDU_STATSN, true,
	  SN, 0 },
	{ "Data-In without status", ISCSI_OP_SCSI_DATA_IN, KTGT_PDU_DATA_IN,
	  true, 0, SN },
	{ "before there is a session", ISCSI_OP_LOGIN_RSP, KTGT_PDU_STATSN,
	  false, SN, 0 },
};
KUNIT_ARRAY_PARAM_DESC(sn, sn_cases, what);

static void sn(struct kunit *test)
{
	const struct sn_case *c = test->param_value;
	struct pdu_test *t = test->priv;
	struct ktgt_pdu *pdu = pdu_with_data(test, NULL, 0);
	struct iscsi_nopin *hdr = pdu->hdr;

	hdr->opcode = c->opcode;
	pdu->flags = c->flags;
	t->conn.stat_sn = SN;
	if (!c->sess)
		t->conn.window = NULL;
	ktgt_pdu_stamp(&t->conn, pdu);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(hdr->statsn), c->statsn);
	KUNIT_EXPECT_EQ(test, t->conn.stat_sn, c->next);
	KUNIT_EXPECT_EQ(test, pdu->ack_sn, SN);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(hdr->exp_cmdsn),
			c->sess ? 0x01020304 : 0);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(hdr->max_cmdsn),
			c->sess ? 0x11121314 : 0);
}

/* --- their memory --------------------------------------------------------- */

/* A PDU that is used again has nothing of what it was. */
static void used_again(struct kunit *test)
{
	struct pdu_test *t = test->priv;
	struct ktgt_pdu *pdu = pdu_with_data(test, "12345", 5), *again;

	memset(pdu->hdr, 0xff, KTGT_CHUNK_HDR);
	pdu->flags = 0xff;
	pdu->tail_len = 7;
	pdu->bvec_off = 1;
	list_del(&pdu->node);
	ktgt_pdu_free(&t->conn, pdu);
	KUNIT_EXPECT_EQ(test, pdu->nr_own, 0);

	again = pdu_with_data(test, NULL, 0);
	KUNIT_ASSERT_PTR_EQ(test, again, pdu);
	KUNIT_EXPECT_NULL(test, memchr_inv(pdu->hdr, 0, KTGT_CHUNK_HDR));
	KUNIT_EXPECT_EQ(test, pdu->flags, 0);
	KUNIT_EXPECT_EQ(test, pdu->tail_len, 0);
	KUNIT_EXPECT_NULL(test, pdu->bvec);
	KUNIT_EXPECT_EQ(test, pdu->bvec_off, 0);
	KUNIT_EXPECT_EQ(test, pdu->data_len, 0);
}

/* Headers do not overlap, however many there are. */
static void headers_apart(struct kunit *test)
{
	struct pdu_test *t = test->priv;
	struct ktgt_pdu *pdu;
	u32 i, bad = 0;

	for (i = 0; i < 200; i++)
		memset(pdu_with_data(test, NULL, 0)->hdr, i, KTGT_CHUNK_HDR);
	i = 0;
	list_for_each_entry(pdu, &t->queued, node) {
		bad += !!memchr_inv(pdu->hdr, i++, KTGT_CHUNK_HDR);
		bad += page_address(pdu->page) + pdu->page_off != pdu->hdr;
	}
	KUNIT_EXPECT_EQ(test, i, 200);
	KUNIT_EXPECT_EQ(test, bad, 0);
}

static void data_of_its_own(struct kunit *test)
{
	u32 len = 2 * PAGE_SIZE + 100, i;
	u8 *data = stamp_data(test, len);
	struct ktgt_pdu *pdu = pdu_with_data(test, data, len);

	KUNIT_ASSERT_EQ(test, pdu->nr_own, 3);
	KUNIT_EXPECT_EQ(test, pdu->data_len, len);
	KUNIT_EXPECT_EQ(test, pdu->bvec[2].bv_len, 100);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_MEMEQ(test,
				   (u8 *)page_address(pdu->bvec[i].bv_page),
				   data + i * PAGE_SIZE, pdu->bvec[i].bv_len);
}

static struct kunit_case pdu_cases[] = {
	KUNIT_CASE_PARAM(length, length_gen_params),
	KUNIT_CASE_PARAM(opcode, opcode_gen_params),
	KUNIT_CASE_PARAM(discovery, discovery_gen_params),
	KUNIT_CASE(discovery_gap),
	KUNIT_CASE(bad_digest),
	KUNIT_CASE_PARAM(digest_sent, digest_gen_params),
	KUNIT_CASE_PARAM(digest_received, digest_gen_params),
	KUNIT_CASE_PARAM(digest_received_by_task, digest_gen_params),
	KUNIT_CASE_PARAM(stamp, stamp_gen_params),
	KUNIT_CASE(stamp_within_pages),
	KUNIT_CASE(digests_after_login),
	KUNIT_CASE_PARAM(sn, sn_gen_params),
	KUNIT_CASE(used_again),
	KUNIT_CASE(headers_apart),
	KUNIT_CASE(data_of_its_own),
	{}
};

static struct kunit_suite pdu_suite = {
	.name = "ktgt_pdu",
	.init = pdu_test_init,
	.exit = pdu_test_exit,
	.test_cases = pdu_cases,
};
kunit_test_suite(pdu_suite);
