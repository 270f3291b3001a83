// SPDX-License-Identifier: GPL-2.0
/*
 * The CDB table: each row against the standards and against itself, and what
 * is derived from it.
 */
#include "../core/cmd.c"
#include "../scsi/cdb.c"
#include "../scsi/cdb_table.c"
#include "../scsi/data.c"
#include "../scsi/rsoc.c"
#include "../scsi/rstmf.c"
#include "../scsi/exec.c"

#include <kunit/test.h>

#include "stubs.h"

static int cdb_suite_init(struct kunit_suite *suite)
{
	ktgt_cdb_table_init();
	return 0;
}

/* --- each row against itself --------------------------------------------- */

static void row_desc(const struct ktgt_cdb_row *row, char *desc)
{
	if (row->flags & KTGT_CDB_ACTION)
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%02Xh/%02Xh",
			 row->opcode, row->action);
	else
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%02Xh", row->opcode);
}

KUNIT_ARRAY_PARAM(row, rows, row_desc);

/* SPC-4, 4.2.5.1: the group code tells the length. */
static unsigned int group_len(u8 opcode)
{
	static const u8 lengths[8] = { 6, 10, 10, 0, 16, 12, 0, 0 };

	return lengths[opcode >> 5];
}

static void row_length(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, row->len, group_len(row->opcode));
	KUNIT_EXPECT_EQ(test, row->usage[0], 0xff);
	/* CONTROL: NACA is not supported, so it is all zero */
	KUNIT_EXPECT_EQ(test, row->usage[row->len - 1], 0);
	for (i = row->len; i < KTGT_CDB_MAX; i++)
		KUNIT_EXPECT_EQ(test, row->usage[i], 0xff);
}

/* A field lies between opcode and CONTROL, and all its bits are looked at. */
static void expect_field(struct kunit *test, unsigned int at, unsigned int len,
			 u8 first)
{
	const struct ktgt_cdb_row *row = test->param_value;
	unsigned int i;

	if (!len)
		return;
	KUNIT_EXPECT_GE(test, at, 1);
	KUNIT_ASSERT_LT(test, at + len, row->len);
	KUNIT_EXPECT_EQ(test, row->usage[at], first);
	for (i = 1; i < len; i++)
		KUNIT_EXPECT_EQ(test, row->usage[at + i], 0xff);
}

static void row_fields(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;
	bool six = row->opcode == READ_6 || row->opcode == WRITE_6;

	expect_field(test, row->lba_at, row->lba_len, six ? 0x1f : 0xff);
	expect_field(test, row->len_at, row->len_len, 0xff);
	if (row->lba_len && row->len_len)
		KUNIT_EXPECT_LE(test, row->lba_at + row->lba_len, row->len_at);
	if (row->flags & KTGT_CDB_ACTION)
		KUNIT_EXPECT_EQ(test, row->usage[1] & 0x1f, 0x1f);
	KUNIT_EXPECT_EQ(test, !(row->flags & KTGT_CDB_FUA),
			!(row->usage[1] & BIT(3)) || !row->lba_len ||
			(row->unit != KTGT_CDB_BLOCKS &&
			 row->unit != KTGT_CDB_TWICE) || six);
}

static void row_data(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;

	switch (row->unit) {
	case KTGT_CDB_NONE:
	case KTGT_CDB_NO_DATA:
		KUNIT_EXPECT_EQ(test, row->dir, DMA_NONE);
		break;
	case KTGT_CDB_FIXED:
		KUNIT_EXPECT_NE(test, row->dir, DMA_NONE);
		break;
	case KTGT_CDB_ONE_BLOCK:
	case KTGT_CDB_TWICE:
		KUNIT_EXPECT_EQ(test, row->dir, DMA_TO_DEVICE);
		break;
	default:
		KUNIT_EXPECT_NE(test, row->dir, DMA_NONE);
	}
	KUNIT_EXPECT_EQ(test, !row->len_len,
			row->unit == KTGT_CDB_NONE ||
			row->unit == KTGT_CDB_FIXED);
	/* what is not medium data has a bound, or a check of its own */
	if (row->dir == DMA_FROM_DEVICE)
		KUNIT_EXPECT_EQ(test, !row->cap, row->unit == KTGT_CDB_BLOCKS);
	if (row->dir == DMA_TO_DEVICE && row->unit == KTGT_CDB_BYTES)
		KUNIT_EXPECT_TRUE(test, row->check);
}

/* SPC-2, table 9: whatever an initiator has reserved, others may send these. */
static bool passes_reserve(u8 opcode)
{
	return opcode == INQUIRY || opcode == REPORT_LUNS ||
	       opcode == REQUEST_SENSE || opcode == RELEASE_6 ||
	       opcode == RELEASE_10;
}

static void row_flags(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;
	bool write = row->flags & KTGT_CDB_WRITE;

	KUNIT_EXPECT_TRUE(test, row->exec);
	KUNIT_EXPECT_EQ(test, row->pr == KTGT_CDB_PR_ALWAYS,
			passes_reserve(row->opcode));
	/* what takes no blocks may have a parameter list, and no more */
	if (write && row->unit != KTGT_CDB_NONE)
		KUNIT_EXPECT_EQ(test, row->dir, DMA_TO_DEVICE);
	if (row->dir == DMA_TO_DEVICE && (row->unit == KTGT_CDB_BLOCKS ||
					  row->unit == KTGT_CDB_ONE_BLOCK ||
					  row->unit == KTGT_CDB_TWICE))
		KUNIT_EXPECT_TRUE(test, write);
	/* PERSISTENT RESERVE OUT looks for itself at who has what */
	if (row->dir == DMA_TO_DEVICE && row->opcode != PERSISTENT_RESERVE_OUT)
		KUNIT_EXPECT_EQ(test, row->pr, KTGT_CDB_PR_WRITE);
	/* what names blocks has them checked, on a disk that is there */
	if (row->lba_len)
		KUNIT_EXPECT_EQ(test, row->flags & F_BLOCKS, F_BLOCKS);
	if (row->flags & (KTGT_CDB_MEDIUM | KTGT_CDB_THIN | KTGT_CDB_RANGE))
		KUNIT_EXPECT_TRUE(test, row->flags & KTGT_CDB_DISK);
	if (row->flags & KTGT_CDB_MEDIUM)
		KUNIT_EXPECT_EQ(test, row->alua, KTGT_CDB_ALUA_ACTIVE);
	if (row->flags & KTGT_CDB_RANGE)
		KUNIT_EXPECT_NE(test, row->lba_len, 0);
	if (row->unit == KTGT_CDB_BLOCKS)
		KUNIT_EXPECT_EQ(test, row->flags & F_READ, F_READ);
	if (row->flags & KTGT_CDB_NO_LU)
		KUNIT_EXPECT_TRUE(test, row->flags & KTGT_CDB_NO_UA);
}

static void row_cdb(const struct ktgt_cdb_row *row, u8 *cdb)
{
	memset(cdb, 0, KTGT_CDB_MAX);
	cdb[0] = row->opcode;
	if (row->flags & KTGT_CDB_ACTION)
		cdb[1] = row->action;
}

static void row_found(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;
	u8 cdb[KTGT_CDB_MAX];

	row_cdb(row, cdb);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_cdb_find(cdb), row);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_cdb_row(row - rows), row);
	KUNIT_EXPECT_EQ(test, ktgt_cdb_has_actions(row->opcode),
			!!(row->flags & KTGT_CDB_ACTION));
}

/* Each bit that has no meaning is found, and told. */
static void row_reserved(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;
	unsigned int i, byte, bit;
	u8 cdb[KTGT_CDB_MAX];
	bool meaning;

	row_cdb(row, cdb);
	KUNIT_EXPECT_TRUE(test, ktgt_cdb_reserved_ok(row, row->usage));
	KUNIT_EXPECT_TRUE(test, ktgt_cdb_reserved_ok(row, cdb));
	for (i = 0; i < 8 * KTGT_CDB_MAX; i++) {
		meaning = row->usage[i / 8] & (1 << i % 8);
		row_cdb(row, cdb);
		cdb[i / 8] |= 1 << i % 8;
		KUNIT_ASSERT_EQ(test, ktgt_cdb_reserved_ok(row, cdb), meaning);
		if (meaning)
			continue;
		ktgt_cdb_reserved_bit(row, cdb, &byte, &bit);
		KUNIT_ASSERT_EQ(test, byte, i / 8);
		KUNIT_ASSERT_EQ(test, bit, i % 8);
	}
}

/* Of several, the first byte and its leftmost bit is told. */
static void first_reserved(struct kunit *test)
{
	static const u8 cdb[KTGT_CDB_MAX] = { WRITE_10, 0x07, [6] = 0xff };
	unsigned int byte, bit;

	ktgt_cdb_reserved_bit(ktgt_cdb_find(cdb), cdb, &byte, &bit);
	KUNIT_EXPECT_EQ(test, byte, 1);
	KUNIT_EXPECT_EQ(test, bit, 2);
}

/* --- what a command is found to be --------------------------------------- */

#define DATA_PAGES	2

/**
 * struct cdb_test - a command for a logical unit
 * @cmd: the command
 * @lu: the logical unit
 * @itl: what it keeps for the initiator
 * @nexus: the initiator
 * @target: the target
 * @groups: target port groups, since commands are there for their sake
 * @kn: the namespace
 * @done_queue: where the command goes
 * @pages: its data buffer
 */
struct cdb_test {
	struct ktgt_cmd		cmd;
	struct ktgt_lu		lu;
	struct ktgt_itl		itl;
	struct ktgt_nexus	nexus;
	struct ktgt_target	target;
	struct ktgt_groups	groups;
	struct ktgt_net		kn;
	struct ktgt_done_queue	done_queue;
	struct page		*pages[DATA_PAGES];
};

static void cdb_kick(struct ktgt_done_queue *q)
{
}

static int cdb_test_init(struct kunit *test)
{
	struct cdb_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->lu.type = TYPE_DISK;
	t->lu.thin = true;
	t->lu.atomic_max = 16;
	t->lu.atomic_unit = 2;
	t->lu.atomic_align = 4;
	t->lu.block_shift = 9;
	t->lu.nr_blocks = 1ULL << 40;
	t->lu.max_blocks = U32_MAX;
	t->lu.target = &t->target;
	t->itl.lu = &t->lu;
	t->itl.nexus = &t->nexus;
	t->nexus.target = &t->target;
	t->target.kn = &t->kn;
	t->target.groups = &t->groups;
	t->target.keys[KTGT_TARGET_EXPLICIT_ALUA] = 1 + 1;
	ktgt_test_itl = &t->itl;
	init_llist_head(&t->done_queue.head);
	t->done_queue.kick = cdb_kick;
	t->cmd.nexus = &t->nexus;
	t->cmd.done_queue = &t->done_queue;
	t->cmd.bvec = t->cmd.inline_bvec;
	for (i = 0; i < DATA_PAGES; i++) {
		t->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!t->pages[i])
			return -ENOMEM;
		bvec_set_page(&t->cmd.inline_bvec[i], t->pages[i], PAGE_SIZE,
			      0);
	}
	return 0;
}

static void cdb_test_exit(struct kunit *test)
{
	struct cdb_test *t = test->priv;
	unsigned int i;

	ktgt_test_itl = NULL;
	for (i = 0; t && i < DATA_PAGES; i++)
		if (t->pages[i])
			put_page(t->pages[i]);
}

/**
 * struct parse_case - a command, and what it is found to want
 * @what: its name
 * @cdb: the CDB
 * @shift: log2 of the block size
 * @blocks: blocks that the logical unit has; 0 for 2^40
 * @read_only: it is not to be written
 * @status: SAM status with which it ends at once, or 0
 * @key: sense key, if @status
 * @code: additional sense code and qualifier, if @status
 * @dir: enum dma_data_direction
 * @len: bytes that it wants to move
 */
struct parse_case {
	const char	*what;
	u8		cdb[KTGT_CDB_MAX];
	u8		shift;
	u64		blocks;
	bool		read_only;
	u8		status;
	u8		key;
	u16		code;
	u8		dir;
	u64		len;
};

#define REFUSED(key, code)	SAM_STAT_CHECK_CONDITION, key, code, DMA_NONE, 0
#define IN(len)			0, 0, 0, DMA_FROM_DEVICE, len
#define OUT(len)		0, 0, 0, DMA_TO_DEVICE, len
#define G(n)			((u64)(n) << 30)

static const struct parse_case parse_cases[] = {
	{ "READ(10)", { 0x28, 0, 0, 0, 0, 0, 0, 0, 8 }, 9, 0, 0, IN(4096) },
	{ "READ(6) of 256 blocks", { 0x08 }, 12, 0, 0, IN(1048576) },
	{ "4 GiB less a block",
	  { 0x88, [10] = 0x00, 0x7f, 0xff, 0xff }, 9, 0, 0, IN(G(4) - 512) },
	{ "4 GiB", { 0x88, [10] = 0x00, 0x80, 0, 0 }, 9, 0, 0, IN(G(4)) },
	{ "4 GiB, written", { 0x8a, [10] = 0x00, 0x80, 0, 0 }, 9, 0, 0,
	  OUT(G(4)) },
	{ "4 GiB in blocks of 4096", { 0xa8, [6] = 0, 0x10, 0, 0 }, 12, 0, 0,
	  IN(G(4)) },
	{ "16 TiB less a block", { 0x8a, [10] = 0xff, 0xff, 0xff, 0xff }, 12,
	  0, 0, OUT(G(16384) - 4096) },
	{ "WRITE SAME moves a block",
	  { 0x93, [10] = 0xff, 0xff, 0xff, 0xff }, 9, 0, 0, OUT(512) },
	{ "READ CAPACITY(10)", { 0x25 }, 9, 0, 0, IN(8) },
	{ "COMPARE AND WRITE of nothing", { 0x89 }, 9, 0, 0, OUT(0) },
	{ "COMPARE AND WRITE without data", { 0x89, [13] = 1 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x0e03) },
	{ "COMPARE AND WRITE beyond the last block",
	  { 0x89, [9] = 99, [13] = 2 }, 9, 100, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2100) },
	{ "COMPARE AND WRITE of 129 blocks of 4096", { 0x89, [13] = 129 }, 12,
	  0, 0, REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "COMPARE AND WRITE of 256 blocks", { 0x89, [12] = 1 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "COMPARE AND WRITE to what is read-only", { 0x89, [13] = 1 }, 9, 0,
	  1, REFUSED(DATA_PROTECT, 0x2700) },
	{ "VERIFY without data", { 0x2f, [8] = 8 }, 9, 0, 0,
	  0, 0, 0, DMA_NONE, 0 },
	{ "VERIFY of what is read-only", { 0x2f, [8] = 8 }, 9, 0, 1,
	  0, 0, 0, DMA_NONE, 0 },
	{ "VERIFY of nothing, with data", { 0x2f, 0x02 }, 9, 0, 0,
	  0, 0, 0, DMA_NONE, 0 },
	{ "VERIFY, data is missing", { 0x2f, 0x02, [8] = 1 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x0e03) },
	{ "VERIFY, reserved BYTCHK", { 0x2f, 0x04, [8] = 1 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "WRITE AND VERIFY", { 0x2e, 0x02, [8] = 8 }, 9, 0, 0, OUT(4096) },
	{ "WRITE AND VERIFY, reserved BYTCHK", { 0x2e, 0x06, [8] = 1 }, 9, 0,
	  0, REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "WRITE AND VERIFY to what is read-only", { 0x8e, [13] = 1 }, 9, 0,
	  1, REFUSED(DATA_PROTECT, 0x2700) },
	{ "ORWRITE", { 0x8b, [13] = 8 }, 12, 0, 0, OUT(32768) },
	{ "PRE-FETCH", { 0x34, 0x02, [8] = 8 }, 9, 0, 0,
	  0, 0, 0, DMA_NONE, 0 },
	{ "PRE-FETCH beyond the last block", { 0x90, [9] = 99, [13] = 2 }, 9,
	  100, 0, REFUSED(ILLEGAL_REQUEST, 0x2100) },
	{ "allocation length beyond the cap",
	  { 0x9e, 0x10, [10] = 0xff, 0xff, 0xff, 0xff }, 9, 0, 0, IN(32) },
	{ "last block", { 0x28, 0, 0, 0, 0, 99, 0, 0, 1 }, 9, 100, 0,
	  IN(512) },
	{ "beyond the last block", { 0x28, 0, 0, 0, 0, 99, 0, 0, 2 }, 9, 100,
	  0, REFUSED(ILLEGAL_REQUEST, 0x2100) },
	{ "no block behind the last", { 0x28, 0, 0, 0, 0, 100 }, 9, 100, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2100) },
	{ "address and length that wrap",
	  { 0x88, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0, 0, 0, 2 }, 9, 0, 0, REFUSED(ILLEGAL_REQUEST, 0x2100) },
	{ "write to what is read-only", { 0x2a, [8] = 1 }, 9, 0, 1,
	  REFUSED(DATA_PROTECT, 0x2700) },
	{ "read of what is read-only", { 0x28, [8] = 1 }, 9, 0, 1, IN(512) },
	{ "MODE SELECT with SP", { 0x15, 0x11, 0, 0, 12 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	/* whether the medium can be ejected is seen later */
	{ "START STOP UNIT that ejects", { 0x1b, 0, 0, 0, 2 }, 9, 0, 0,
	  0, 0, 0, DMA_NONE, 0 },
	{ "FORMAT UNIT of what is read-only", { 0x04 }, 9, 0, 1,
	  REFUSED(DATA_PROTECT, 0x2700) },
	{ "MODE SELECT of what is read-only", { 0x15, 0x10, 0, 0, 12 }, 9, 0,
	  1, OUT(12) },
	{ "WRITE SAME with ANCHOR", { 0x93, 0x18, [13] = 1 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "WRITE SAME(10) with ANCHOR", { 0x41, 0x18, [8] = 1 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "WRITE SAME(10) with NDOB", { 0x41, 0x01, [8] = 1 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "SANITIZE with CRYPTOGRAPHIC ERASE", { 0x48, 0x03 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "SANITIZE with ZNR", { 0x48, 0x42 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "SANITIZE with BLOCK ERASE and a list", { 0x48, 0x02, [8] = 8 }, 9, 0,
	  0, REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "SANITIZE with EXIT FAILURE MODE and a list",
	  { 0x48, 0x1f, [8] = 8 }, 9, 0, 0, REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "SANITIZE of what is read-only", { 0x48, 0x82 }, 9, 0, 1,
	  REFUSED(DATA_PROTECT, 0x2700) },
	{ "SANITIZE with OVERWRITE", { 0x48, 0xa1, [7] = 0x02, 0x04 }, 9, 0, 0,
	  OUT(516) },
	{ "SANITIZE with OVERWRITE, a byte more",
	  { 0x48, 0x01, [7] = 0x02, 0x05 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "WRITE ATOMIC of nothing", { 0x9c }, 9, 0, 0, OUT(0) },
	{ "WRITE ATOMIC without data", { 0x9c, [13] = 2 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x0e03) },
	{ "WRITE ATOMIC of half a unit", { 0x9c, [13] = 1 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "WRITE ATOMIC of a unit more than it may have", { 0x9c, [13] = 18 },
	  9, 0, 0, REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "WRITE ATOMIC where none may begin", { 0x9c, [9] = 2, [13] = 2 }, 9,
	  0, 0, REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "WRITE ATOMIC with a boundary", { 0x9c, [11] = 8, [13] = 2 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "WRITE ATOMIC beyond the last block", { 0x9c, [9] = 98, [13] = 18 },
	  9, 100, 0, REFUSED(ILLEGAL_REQUEST, 0x2100) },
	{ "GET LBA STATUS of the last block",
	  { 0x9e, 0x12, [9] = 99, [13] = 255 }, 9, 100, 0, IN(24) },
	{ "GET LBA STATUS behind it",
	  { 0x9e, 0x12, [9] = 100, [13] = 255 }, 9, 100, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2100) },
	{ "a CDB of 32 bytes", { 0x7f, [7] = 0x18, [9] = 9 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2000) },
	{ "reserved bit", { 0x28, 0x02, [8] = 1 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "RDPROTECT", { 0x28, 0x20, [8] = 1 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "NACA", { 0x28, [8] = 1, 0x04 }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
	{ "behind the end of the CDB", { 0x28, [8] = 1, [10] = 0xff }, 9, 0, 0,
	  IN(512) },
	{ "unknown opcode", { 0xff }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2000) },
	{ "unknown service action", { 0x9e, 0x1f }, 9, 0, 0,
	  REFUSED(ILLEGAL_REQUEST, 0x2400) },
};
KUNIT_ARRAY_PARAM_DESC(parse, parse_cases, what);

static void parse(struct kunit *test)
{
	const struct parse_case *c = test->param_value;
	struct cdb_test *t = test->priv;
	struct ktgt_cmd *cmd = &t->cmd;

	t->lu.block_shift = c->shift;
	t->lu.read_only = c->read_only;
	if (c->blocks)
		t->lu.nr_blocks = c->blocks;
	memcpy(cmd->cdb, c->cdb, KTGT_CDB_MAX);
	ktgt_cmd_parse(cmd);
	KUNIT_EXPECT_EQ(test, cmd->dir, c->dir);
	KUNIT_EXPECT_EQ(test, cmd->xfer_len, c->len);
	KUNIT_ASSERT_EQ(test, cmd->exec == exec_status, c->status != 0);
	if (!c->status)
		return;
	KUNIT_EXPECT_EQ(test, cmd->status, c->status);
	KUNIT_EXPECT_EQ(test, cmd->sense.key, c->key);
	KUNIT_EXPECT_EQ(test, cmd->sense.asc << 8 | cmd->sense.ascq, c->code);
}

static void parse_without_lu(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;
	struct cdb_test *t = test->priv;

	ktgt_test_itl = NULL;
	row_cdb(row, t->cmd.cdb);
	ktgt_cmd_parse(&t->cmd);
	if (row->opcode == INQUIRY || row->opcode == REQUEST_SENSE) {
		KUNIT_EXPECT_TRUE(test, t->cmd.exec == row->exec);
		return;
	}
	KUNIT_EXPECT_TRUE(test, t->cmd.exec == exec_status);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.asc, 0x25);
}

/* All but INQUIRY, REPORT LUNS and REQUEST SENSE tell it (SAM-5, 5.14). */
static void parse_with_attention(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;
	struct cdb_test *t = test->priv;
	bool told;

	set_bit(KTGT_UA_POWER_ON, &t->itl.flags);
	row_cdb(row, t->cmd.cdb);
	ktgt_cmd_parse(&t->cmd);
	told = row->opcode != INQUIRY && row->opcode != REPORT_LUNS &&
	       row->opcode != REQUEST_SENSE;
	KUNIT_EXPECT_EQ(test, t->cmd.exec == exec_status, told);
	KUNIT_EXPECT_EQ(test, !t->itl.flags, told);
	if (told)
		KUNIT_EXPECT_EQ(test, t->cmd.sense.key, UNIT_ATTENTION);
}

/* A conflict is told behind unit attentions, and before what is wrong with the CDB. */
static void parse_with_conflict(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;
	struct cdb_test *t = test->priv;
	bool conflict = !passes_reserve(row->opcode);

	set_bit(KTGT_ITL_RESERVED, &t->itl.flags);
	row_cdb(row, t->cmd.cdb);
	/* CONTROL, which has to be zero */
	t->cmd.cdb[row->len - 1] = 0x80;
	ktgt_cmd_parse(&t->cmd);
	KUNIT_ASSERT_TRUE(test, t->cmd.exec == exec_status);
	KUNIT_EXPECT_EQ(test, t->cmd.status == SAM_STAT_RESERVATION_CONFLICT,
			conflict);
	KUNIT_EXPECT_EQ(test, t->cmd.dir, DMA_NONE);

	set_bit(KTGT_UA_POWER_ON, &t->itl.flags);
	if (!conflict)
		return;
	ktgt_cmd_parse(&t->cmd);
	KUNIT_EXPECT_EQ(test, t->cmd.status, SAM_STAT_CHECK_CONDITION);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.key, UNIT_ATTENTION);
}

/* Whatever writes, a read-only logical unit refuses it. */
static void parse_read_only(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;
	struct cdb_test *t = test->priv;

	t->lu.read_only = true;
	row_cdb(row, t->cmd.cdb);
	/* it refuses to return less than the header */
	if (row->exec == ktgt_rstmf)
		t->cmd.cdb[9] = 4;
	ktgt_cmd_parse(&t->cmd);
	KUNIT_EXPECT_EQ(test, t->cmd.exec == exec_status,
			!!(row->flags & KTGT_CDB_WRITE));
	if (row->flags & KTGT_CDB_WRITE)
		KUNIT_EXPECT_EQ(test, t->cmd.sense.key, DATA_PROTECT);
}

/**
 * struct dir_case - a command, and in which direction data is expected
 * @what: its name
 * @cdb: the CDB
 * @edtl: bytes that are expected
 * @edtl_dir: enum dma_data_direction
 * @refused: it ends with INVALID FIELD IN COMMAND INFORMATION UNIT
 */
struct dir_case {
	const char	*what;
	u8		cdb[KTGT_CDB_MAX];
	u32		edtl;
	u8		edtl_dir;
	bool		refused;
};

static const struct dir_case dir_cases[] = {
	{ "READ, in", { 0x28, [8] = 1 }, 512, DMA_FROM_DEVICE, false },
	{ "READ, out", { 0x28, [8] = 1 }, 512, DMA_TO_DEVICE, true },
	{ "READ, both", { 0x28, [8] = 1 }, 512, DMA_BIDIRECTIONAL, true },
	{ "READ, neither", { 0x28, [8] = 1 }, 0, DMA_NONE, false },
	{ "READ, out, a byte", { 0x28, [8] = 1 }, 1, DMA_TO_DEVICE, true },
	{ "READ, out, no byte", { 0x28, [8] = 1 }, 0, DMA_TO_DEVICE, false },
	{ "READ of nothing, out", { 0x28 }, 512, DMA_TO_DEVICE, false },
	{ "WRITE, out", { 0x2a, [8] = 1 }, 512, DMA_TO_DEVICE, false },
	{ "WRITE, in", { 0x2a, [8] = 1 }, 512, DMA_FROM_DEVICE, true },
	{ "WRITE, both", { 0x2a, [8] = 1 }, 512, DMA_BIDIRECTIONAL, true },
	{ "WRITE, in, no byte", { 0x2a, [8] = 1 }, 0, DMA_FROM_DEVICE, false },
	{ "WRITE of nothing, in", { 0x2a }, 512, DMA_FROM_DEVICE, false },
	{ "WRITE SAME, in", { 0x93, [13] = 1 }, 512, DMA_FROM_DEVICE, true },
	{ "COMPARE AND WRITE, out", { 0x89, [13] = 1 }, 1024, DMA_TO_DEVICE,
	  false },
	{ "COMPARE AND WRITE, half of it", { 0x89, [13] = 1 }, 512,
	  DMA_TO_DEVICE, true },
	{ "COMPARE AND WRITE, more", { 0x89, [13] = 1 }, 1536, DMA_TO_DEVICE,
	  true },
	{ "COMPARE AND WRITE, in", { 0x89, [13] = 1 }, 1024, DMA_FROM_DEVICE,
	  true },
	{ "VERIFY of one block, out", { 0x2f, 0x06, [8] = 8 }, 512,
	  DMA_TO_DEVICE, false },
	{ "VERIFY, a block too few", { 0x2f, 0x02, [8] = 8 }, 3584,
	  DMA_TO_DEVICE, true },
	{ "VERIFY, in", { 0x2f, 0x02, [8] = 8 }, 4096, DMA_FROM_DEVICE, true },
	{ "VERIFY without data, out", { 0x2f, [8] = 8 }, 4096, DMA_TO_DEVICE,
	  false },
	{ "UNMAP, in", { 0x42, [8] = 24 }, 24, DMA_FROM_DEVICE, true },
	{ "PERSISTENT RESERVE OUT, in", { 0x5f, [8] = 24 }, 24, DMA_FROM_DEVICE,
	  true },
	{ "INQUIRY, out", { 0x12, [4] = 36 }, 36, DMA_TO_DEVICE, true },
	{ "TEST UNIT READY, out", { 0x00 }, 512, DMA_TO_DEVICE, false },
	{ "TEST UNIT READY, in", { 0x00 }, 512, DMA_FROM_DEVICE, false },
	{ "SYNCHRONIZE CACHE, out", { 0x35 }, 512, DMA_TO_DEVICE, false },
};
KUNIT_ARRAY_PARAM_DESC(dir, dir_cases, what);

static void parse_direction(struct kunit *test)
{
	const struct dir_case *c = test->param_value;
	struct cdb_test *t = test->priv;
	struct ktgt_cmd *cmd = &t->cmd;

	memcpy(cmd->cdb, c->cdb, KTGT_CDB_MAX);
	cmd->edtl = c->edtl;
	cmd->edtl_dir = c->edtl_dir;
	ktgt_cmd_parse(cmd);
	KUNIT_ASSERT_EQ(test, cmd->exec == exec_status, c->refused);
	if (!c->refused)
		return;
	KUNIT_EXPECT_EQ(test, cmd->status, SAM_STAT_CHECK_CONDITION);
	KUNIT_EXPECT_EQ(test, cmd->sense.key, ILLEGAL_REQUEST);
	KUNIT_EXPECT_EQ(test, cmd->sense.asc << 8 | cmd->sense.ascq, 0x0e03);
	KUNIT_EXPECT_EQ(test, cmd->dir, DMA_NONE);
	KUNIT_EXPECT_EQ(test, cmd->xfer_len, 0);
}

/* A LUN without a logical unit answers INQUIRY, as the initiator expects it. */
static void parse_direction_without_lu(struct kunit *test)
{
	struct cdb_test *t = test->priv;

	ktgt_test_itl = NULL;
	t->cmd.cdb[0] = INQUIRY;
	t->cmd.cdb[4] = 36;
	t->cmd.edtl = 36;
	t->cmd.edtl_dir = DMA_TO_DEVICE;
	ktgt_cmd_parse(&t->cmd);
	KUNIT_EXPECT_TRUE(test, t->cmd.exec == exec_status);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.asc, 0x0e);
}

/* --- REPORT SUPPORTED OPERATION CODES ------------------------------------ */

static const u8 *rsoc(struct cdb_test *t, u8 options, u8 opcode, u16 action,
		      u32 buf_len)
{
	struct ktgt_cmd *cmd = &t->cmd;

	memset(cmd->cdb, 0, KTGT_CDB_MAX);
	cmd->cdb[0] = MAINTENANCE_IN;
	cmd->cdb[1] = MI_REPORT_SUPPORTED_OPERATION_CODES;
	cmd->cdb[2] = options;
	cmd->cdb[3] = opcode;
	put_unaligned_be16(action, cmd->cdb + 4);
	put_unaligned_be32(buf_len, cmd->cdb + 6);
	memset(page_address(t->pages[0]), 0xa5, PAGE_SIZE);
	ktgt_cmd_parse(cmd);
	cmd->bvec = cmd->inline_bvec;
	cmd->buf_len = min_t(u64, cmd->xfer_len, buf_len);
	ktgt_cmd_submit(cmd);
	llist_del_all(&t->done_queue.head);
	return page_address(t->pages[0]);
}

/**
 * struct rsoc_case - a kind of logical unit
 * @what: its name
 * @type: peripheral device type
 * @thin: blocks can be unmapped
 * @timeouts: command timeouts descriptors are wanted
 */
struct rsoc_case {
	const char	*what;
	u8		type;
	bool		thin;
	bool		timeouts;
};

static const struct rsoc_case rsoc_cases[] = {
	{ "thin disk", TYPE_DISK, true, false },
	{ "thin disk, timeouts", TYPE_DISK, true, true },
	{ "disk", TYPE_DISK, false, false },
	{ "controller", TYPE_RAID, false, false },
	{ "controller, timeouts", TYPE_RAID, false, true },
};
KUNIT_ARRAY_PARAM_DESC(rsoc, rsoc_cases, what);

/* One command descriptor; returns its length. */
static u32 expect_descriptor(struct kunit *test, const u8 *p,
			     const struct ktgt_cdb_row *row, bool timeouts)
{
	u8 flags = timeouts ? 2 : 0;

	if (row->flags & KTGT_CDB_ACTION)
		flags |= 1;
	KUNIT_EXPECT_EQ(test, p[0], row->opcode);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(p + 2), row->action);
	KUNIT_EXPECT_EQ(test, p[5], flags);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(p + 6), row->len);
	if (!timeouts)
		return 8;
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(p + 8), 10);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(p + 16), row->timeout);
	return 20;
}

static void rsoc_all(struct kunit *test)
{
	const struct rsoc_case *c = test->param_value;
	struct cdb_test *t = test->priv;
	u32 pos = 4, i;
	const u8 *p;

	t->lu.type = c->type;
	t->lu.thin = c->thin;
	p = rsoc(t, c->timeouts ? 0x80 : 0, 0, 0, 4096);
	KUNIT_ASSERT_EQ(test, t->cmd.status, SAM_STAT_GOOD);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (c->type != TYPE_DISK && rows[i].flags & KTGT_CDB_DISK)
			continue;
		if (!c->thin && rows[i].opcode == UNMAP)
			continue;
		pos += expect_descriptor(test, p + pos, &rows[i], c->timeouts);
	}
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(p), pos - 4);
	KUNIT_EXPECT_EQ(test, t->cmd.xfer_len, pos);
}

/* The whole of it has to fit into what the row says it can be. */
static void rsoc_all_fits(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, 4 + 20 * ARRAY_SIZE(rows), 4096);
}

static void rsoc_one(struct kunit *test)
{
	const struct ktgt_cdb_row *row = test->param_value;
	bool action = row->flags & KTGT_CDB_ACTION;
	struct cdb_test *t = test->priv;
	const u8 *p;
	u8 usage[KTGT_CDB_MAX];

	memcpy(usage, row->usage, row->len);
	usage[0] = row->opcode;
	if (action)
		usage[1] = (usage[1] & 0xe0) | row->action;
	p = rsoc(t, action ? 2 : 1, row->opcode, row->action, 256);
	KUNIT_ASSERT_EQ(test, t->cmd.status, SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, t->cmd.xfer_len, 4 + row->len);
	KUNIT_EXPECT_EQ(test, p[1], 3);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(p + 2), row->len);
	KUNIT_EXPECT_MEMEQ(test, p + 4, usage, row->len);

	p = rsoc(t, 0x83, row->opcode, row->action, 256);
	KUNIT_EXPECT_EQ(test, p[1], 0x83);
	KUNIT_EXPECT_EQ(test, t->cmd.xfer_len, 4 + row->len + 12);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(p + 4 + row->len + 8),
			row->timeout);
}

static void rsoc_unsupported(struct kunit *test)
{
	struct cdb_test *t = test->priv;
	const u8 *p;

	p = rsoc(t, 1, 0xc0, 0, 256);
	KUNIT_EXPECT_EQ(test, t->cmd.status, SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, p[1], 1);
	KUNIT_EXPECT_EQ(test, t->cmd.xfer_len, 4);
	p = rsoc(t, 2, 0x9e, 0x1f, 256);
	KUNIT_EXPECT_EQ(test, p[1], 1);
	/* a service action has five bits */
	p = rsoc(t, 2, 0x9e, 0x0110, 256);
	KUNIT_EXPECT_EQ(test, p[1], 1);
	t->lu.thin = false;
	p = rsoc(t, 1, UNMAP, 0, 256);
	KUNIT_EXPECT_EQ(test, p[1], 1);
	t->lu.atomic_max = 0;
	p = rsoc(t, 1, WRITE_ATOMIC_16, 0, 256);
	KUNIT_EXPECT_EQ(test, p[1], 1);
}

static void rsoc_refused(struct kunit *test)
{
	struct cdb_test *t = test->priv;
	unsigned int i;
	static const u8 asked[][2] = {
		{ 1, 0x9e }, { 2, 0x28 }, { 4, 0x28 }, { 7, 0x28 },
	};

	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		rsoc(t, asked[i][0], asked[i][1], 0, 256);
		KUNIT_EXPECT_EQ(test, t->cmd.status, SAM_STAT_CHECK_CONDITION);
		KUNIT_EXPECT_EQ(test, t->cmd.sense.asc, 0x24);
		KUNIT_EXPECT_EQ(test, t->cmd.sense.field, 2);
		KUNIT_EXPECT_EQ(test, t->cmd.sense.bit, 2);
		KUNIT_EXPECT_EQ(test, t->cmd.xfer_len, 0);
	}
}

/* The allocation length cuts the answer, and says nothing else of it. */
/* Without target port groups there are no commands for them; nor may all set states. */
static void rsoc_groups(struct kunit *test)
{
	struct cdb_test *t = test->priv;
	u32 nr = ARRAY_SIZE(rows);

	t->target.keys[KTGT_TARGET_EXPLICIT_ALUA] = 1 + 0;
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(rsoc(t, 0, 0, 0, 4)),
			8 * (nr - 1));
	t->target.groups = NULL;
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(rsoc(t, 0, 0, 0, 4)),
			8 * (nr - 2));
}

static void rsoc_cut(struct kunit *test)
{
	struct cdb_test *t = test->priv;
	const u8 *p = rsoc(t, 0, 0, 0, 11);

	KUNIT_EXPECT_EQ(test, t->cmd.status, SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, t->cmd.xfer_len, 11);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(p), 8 * ARRAY_SIZE(rows));
	KUNIT_EXPECT_EQ(test, p[11], 0xa5);
}

/* --- REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS --------------------------- */

static const u8 *rstmf(struct cdb_test *t, u8 bits, u32 alloc)
{
	struct ktgt_cmd *cmd = &t->cmd;

	memset(cmd->cdb, 0, KTGT_CDB_MAX);
	cmd->cdb[0] = MAINTENANCE_IN;
	cmd->cdb[1] = MI_REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS;
	cmd->cdb[2] = bits;
	put_unaligned_be32(alloc, cmd->cdb + 6);
	memset(page_address(t->pages[0]), 0xa5, PAGE_SIZE);
	ktgt_cmd_parse(cmd);
	cmd->bvec = cmd->inline_bvec;
	cmd->buf_len = cmd->xfer_len;
	ktgt_cmd_submit(cmd);
	llist_del_all(&t->done_queue.head);
	return page_address(t->pages[0]);
}

/**
 * struct rstmf_case - an initiator, and what it may ask for
 * @what: its name
 * @reset: the administrator lets it reset the target
 * @queries: its session has the functions of RFC 7144
 * @want: bytes 0 and 1 of the answer
 */
struct rstmf_case {
	const char	*what;
	bool		reset;
	bool		queries;
	u8		want[2];
};

static const struct rstmf_case rstmf_cases[] = {
	{ "usual", false, false, { 0xd8, 0 } },
	{ "reset", true, false, { 0xda, 0 } },
	{ "queries", false, true, { 0xdc, 7 } },
	{ "both", true, true, { 0xde, 7 } },
};
KUNIT_ARRAY_PARAM_DESC(rstmf, rstmf_cases, what);

static void rstmf_functions(struct kunit *test)
{
	const struct rstmf_case *c = test->param_value;
	struct cdb_test *t = test->priv;
	static const u8 rest[2];
	const u8 *p;

	t->target.keys[KTGT_TARGET_RESET] = 1 + c->reset;
	t->nexus.has_queries = c->queries;
	p = rstmf(t, 0, 64);
	KUNIT_ASSERT_EQ(test, t->cmd.status, SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, t->cmd.xfer_len, 4);
	KUNIT_EXPECT_MEMEQ(test, p, c->want, 2);
	KUNIT_EXPECT_MEMEQ(test, p + 2, rest, 2);
}

/* The time within which a function is answered, and that of its way. */
static void rstmf_extended(struct kunit *test)
{
	struct cdb_test *t = test->priv;
	const u8 *p;

	t->kn.tmf_timeout = 10;
	p = rstmf(t, 0x80, 64);
	KUNIT_ASSERT_EQ(test, t->cmd.status, SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, t->cmd.xfer_len, 16);
	KUNIT_EXPECT_EQ(test, p[3], 12);
	KUNIT_EXPECT_EQ(test, p[4], 1);
	KUNIT_EXPECT_EQ(test, get_unaligned_be24(p + 5), 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(p + 8), 150);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(p + 12), 0);
}

static void rstmf_cut(struct kunit *test)
{
	struct cdb_test *t = test->priv;
	const u8 *p;

	p = rstmf(t, 0x80, 5);
	KUNIT_EXPECT_EQ(test, t->cmd.status, SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, t->cmd.xfer_len, 5);
	KUNIT_EXPECT_EQ(test, p[3], 12);
	KUNIT_EXPECT_EQ(test, p[5], 0xa5);
	rstmf(t, 0, 3);
	KUNIT_EXPECT_EQ(test, t->cmd.status, SAM_STAT_CHECK_CONDITION);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.asc, 0x24);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.field, 6);
	KUNIT_EXPECT_EQ(test, t->cmd.xfer_len, 0);
}

/* --- the data buffer ------------------------------------------------------ */

static void data_buffer(struct kunit *test)
{
	struct cdb_test *t = test->priv;
	u8 got[8];
	u8 *p;

	t->cmd.buf_len = PAGE_SIZE + 4;
	ktgt_data_put(&t->cmd, PAGE_SIZE - 3, "abcdefghijkl", 12);
	p = page_address(t->pages[0]);
	KUNIT_EXPECT_MEMEQ(test, p + PAGE_SIZE - 3, "abc", 3);
	p = page_address(t->pages[1]);
	KUNIT_EXPECT_MEMEQ(test, p, "defg\0", 5);
	ktgt_data_put(&t->cmd, PAGE_SIZE + 4, "x", 1);
	ktgt_data_put(&t->cmd, U32_MAX, "x", 1);
	KUNIT_EXPECT_EQ(test, p[4], 0);
	ktgt_data_get(&t->cmd, PAGE_SIZE - 4, got, 8);
	KUNIT_EXPECT_MEMEQ(test, got, "\0abcdefg", 8);
}

static struct kunit_case cdb_cases[] = {
	KUNIT_CASE_PARAM(row_length, row_gen_params),
	KUNIT_CASE_PARAM(row_fields, row_gen_params),
	KUNIT_CASE_PARAM(row_data, row_gen_params),
	KUNIT_CASE_PARAM(row_flags, row_gen_params),
	KUNIT_CASE_PARAM(row_found, row_gen_params),
	KUNIT_CASE_PARAM(row_reserved, row_gen_params),
	KUNIT_CASE(first_reserved),
	KUNIT_CASE_PARAM(parse, parse_gen_params),
	KUNIT_CASE_PARAM(parse_without_lu, row_gen_params),
	KUNIT_CASE_PARAM(parse_with_attention, row_gen_params),
	KUNIT_CASE_PARAM(parse_with_conflict, row_gen_params),
	KUNIT_CASE_PARAM(parse_read_only, row_gen_params),
	KUNIT_CASE_PARAM(parse_direction, dir_gen_params),
	KUNIT_CASE(parse_direction_without_lu),
	KUNIT_CASE_PARAM(rsoc_all, rsoc_gen_params),
	KUNIT_CASE(rsoc_all_fits),
	KUNIT_CASE_PARAM(rsoc_one, row_gen_params),
	KUNIT_CASE(rsoc_unsupported),
	KUNIT_CASE(rsoc_refused),
	KUNIT_CASE(rsoc_groups),
	KUNIT_CASE(rsoc_cut),
	KUNIT_CASE_PARAM(rstmf_functions, rstmf_gen_params),
	KUNIT_CASE(rstmf_extended),
	KUNIT_CASE(rstmf_cut),
	KUNIT_CASE(data_buffer),
	{}
};

static struct kunit_suite cdb_suite = {
	.name = "ktgt_cdb",
	.suite_init = cdb_suite_init,
	.init = cdb_test_init,
	.exit = cdb_test_exit,
	.test_cases = cdb_cases,
};
kunit_test_suite(cdb_suite);
