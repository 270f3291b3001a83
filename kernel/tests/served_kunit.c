// SPDX-License-Identifier: GPL-2.0
/*
 * Which commands the CDB table has, and what their CDBs say, by the standards.
 */
#include <kunit/test.h>

#include "../scsi/cdb.h"
#include "../scsi/cdb_table.h"

static int served_suite_init(struct kunit_suite *suite)
{
	ktgt_cdb_table_init();
	return 0;
}

/* --- which commands there are -------------------------------------------- */

#define NO_ACTION	0xff

/* opcode and service action, in order; SPC-4 and SBC-4 */
static const u8 served[][2] = {
	{ 0x00, NO_ACTION },	/* TEST UNIT READY */
	{ 0x03, NO_ACTION },	/* REQUEST SENSE */
	{ 0x04, NO_ACTION },	/* FORMAT UNIT */
	{ 0x08, NO_ACTION },	/* READ(6) */
	{ 0x0a, NO_ACTION },	/* WRITE(6) */
	{ 0x12, NO_ACTION },	/* INQUIRY */
	{ 0x15, NO_ACTION },	/* MODE SELECT(6) */
	{ 0x16, NO_ACTION },	/* RESERVE(6) */
	{ 0x17, NO_ACTION },	/* RELEASE(6) */
	{ 0x1a, NO_ACTION },	/* MODE SENSE(6) */
	{ 0x1b, NO_ACTION },	/* START STOP UNIT */
	{ 0x1c, NO_ACTION },	/* RECEIVE DIAGNOSTIC RESULTS */
	{ 0x1d, NO_ACTION },	/* SEND DIAGNOSTIC */
	{ 0x1e, NO_ACTION },	/* PREVENT ALLOW MEDIUM REMOVAL */
	{ 0x25, NO_ACTION },	/* READ CAPACITY(10) */
	{ 0x28, NO_ACTION },	/* READ(10) */
	{ 0x2a, NO_ACTION },	/* WRITE(10) */
	{ 0x2e, NO_ACTION },	/* WRITE AND VERIFY(10) */
	{ 0x2f, NO_ACTION },	/* VERIFY(10) */
	{ 0x34, NO_ACTION },	/* PRE-FETCH(10) */
	{ 0x35, NO_ACTION },	/* SYNCHRONIZE CACHE(10) */
	{ 0x37, NO_ACTION },	/* READ DEFECT DATA(10) */
	{ 0x3b, NO_ACTION },	/* WRITE BUFFER */
	{ 0x3c, NO_ACTION },	/* READ BUFFER */
	{ 0x41, NO_ACTION },	/* WRITE SAME(10) */
	{ 0x42, NO_ACTION },	/* UNMAP */
	{ 0x48, 0x01 }, { 0x48, 0x02 }, { 0x48, 0x1f },	/* SANITIZE */
	{ 0x4c, NO_ACTION },	/* LOG SELECT */
	{ 0x4d, NO_ACTION },	/* LOG SENSE */
	{ 0x55, NO_ACTION },	/* MODE SELECT(10) */
	{ 0x56, NO_ACTION },	/* RESERVE(10) */
	{ 0x57, NO_ACTION },	/* RELEASE(10) */
	{ 0x5a, NO_ACTION },	/* MODE SENSE(10) */
	/* PERSISTENT RESERVE IN and OUT */
	{ 0x5e, 0x00 }, { 0x5e, 0x01 }, { 0x5e, 0x02 }, { 0x5e, 0x03 },
	{ 0x5f, 0x00 }, { 0x5f, 0x01 }, { 0x5f, 0x02 }, { 0x5f, 0x03 },
	{ 0x5f, 0x04 }, { 0x5f, 0x05 }, { 0x5f, 0x06 }, { 0x5f, 0x07 },
	{ 0x83, 0x00 },		/* EXTENDED COPY(LID1) */
	{ 0x83, 0x01 },		/* EXTENDED COPY(LID4) */
	/* RECEIVE COPY STATUS, OPERATING PARAMETERS and FAILURE DETAILS */
	{ 0x84, 0x00 }, { 0x84, 0x03 }, { 0x84, 0x04 }, { 0x84, 0x05 },
	{ 0x88, NO_ACTION },	/* READ(16) */
	{ 0x89, NO_ACTION },	/* COMPARE AND WRITE */
	{ 0x8a, NO_ACTION },	/* WRITE(16) */
	{ 0x8b, NO_ACTION },	/* ORWRITE(16) */
	{ 0x8e, NO_ACTION },	/* WRITE AND VERIFY(16) */
	{ 0x8f, NO_ACTION },	/* VERIFY(16) */
	{ 0x90, NO_ACTION },	/* PRE-FETCH(16) */
	{ 0x91, NO_ACTION },	/* SYNCHRONIZE CACHE(16) */
	{ 0x93, NO_ACTION },	/* WRITE SAME(16) */
	{ 0x9c, NO_ACTION },	/* WRITE ATOMIC(16) */
	{ 0x9e, 0x10 },		/* READ CAPACITY(16) */
	{ 0x9e, 0x12 },		/* GET LBA STATUS */
	{ 0xa0, NO_ACTION },	/* REPORT LUNS */
	{ 0xa3, 0x05 },		/* REPORT IDENTIFYING INFORMATION */
	{ 0xa3, 0x0a },		/* REPORT TARGET PORT GROUPS */
	{ 0xa3, 0x0c },		/* REPORT SUPPORTED OPERATION CODES */
	{ 0xa3, 0x0d },		/* REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS */
	{ 0xa3, 0x0f },		/* REPORT TIMESTAMP */
	{ 0xa4, 0x06 },		/* SET IDENTIFYING INFORMATION */
	{ 0xa4, 0x0a },		/* SET TARGET PORT GROUPS */
	{ 0xa4, 0x0f },		/* SET TIMESTAMP */
	{ 0xa8, NO_ACTION },	/* READ(12) */
	{ 0xaa, NO_ACTION },	/* WRITE(12) */
	{ 0xae, NO_ACTION },	/* WRITE AND VERIFY(12) */
	{ 0xaf, NO_ACTION },	/* VERIFY(12) */
	{ 0xb7, NO_ACTION },	/* READ DEFECT DATA(12) */
};

static bool is_served(u8 opcode, u8 action)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(served); i++)
		if (served[i][0] == opcode &&
		    (served[i][1] == NO_ACTION || served[i][1] == action))
			return true;
	return false;
}

static void all_opcodes(struct kunit *test)
{
	u8 cdb[KTGT_CDB_MAX] = {};
	unsigned int opcode, action;

	for (opcode = 0; opcode < 256; opcode++) {
		for (action = 0; action < 32; action++) {
			cdb[0] = opcode;
			cdb[1] = action;
			KUNIT_ASSERT_EQ_MSG(test, !!ktgt_cdb_find(cdb),
					    is_served(opcode, action),
					    "opcode %02Xh, service action %02Xh",
					    opcode, action);
		}
	}
	KUNIT_EXPECT_NOT_NULL(test, ktgt_cdb_row(ARRAY_SIZE(served) - 1));
	KUNIT_EXPECT_NULL(test, ktgt_cdb_row(ARRAY_SIZE(served)));
	KUNIT_EXPECT_NULL(test, ktgt_cdb_row(UINT_MAX));
}

/* --- fields --------------------------------------------------------------- */

/**
 * struct field_case - a CDB, and what it says
 * @what: its name
 * @cdb: the CDB
 * @lba: logical block address
 * @len: length field
 */
struct field_case {
	const char	*what;
	u8		cdb[KTGT_CDB_MAX];
	u64		lba;
	u32		len;
};

static const struct field_case field_cases[] = {
	{ "READ(6)", { 0x08, 0x1f, 0x12, 0x34, 0x56 }, 0x1f1234, 0x56 },
	{ "READ(6) of 256 blocks", { 0x08, 0, 0, 7, 0 }, 7, 256 },
	{ "WRITE(6) of 256 blocks", { 0x0a, 0, 0, 7, 0 }, 7, 256 },
	{ "WRITE(6) of 255 blocks", { 0x0a, 0, 0, 7, 255 }, 7, 255 },
	{ "READ(10)",
	  { 0x28, 0x18, 0x12, 0x34, 0x56, 0x78, 0, 0xab, 0xcd },
	  0x12345678, 0xabcd },
	{ "READ(10) of nothing", { 0x28, 0, 0, 0, 0, 1 }, 1, 0 },
	{ "WRITE(10), greatest",
	  { 0x2a, 0, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff },
	  U32_MAX, 65535 },
	{ "READ(12)",
	  { 0xa8, 0, 0x80, 0, 0, 1, 0x12, 0x34, 0x56, 0x78 },
	  0x80000001, 0x12345678 },
	{ "WRITE(12), greatest",
	  { 0xaa, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff }, 0, U32_MAX },
	{ "READ(16)",
	  { 0x88, 0, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
	    0x89, 0xab, 0xcd, 0xef }, 0xfedcba9876543210ULL, 0x89abcdef },
	{ "WRITE(16), greatest",
	  { 0x8a, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff }, U64_MAX, U32_MAX },
	{ "COMPARE AND WRITE, greatest",
	  { 0x89, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0, 0, 0, 0xff }, U64_MAX, 255 },
	{ "ORWRITE(16)",
	  { 0x8b, 0x18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0x12, 0x34 },
	  (1ULL << 32) + 2, 0x1234 },
	{ "VERIFY(10)", { 0x2f, 0x16, 0, 0, 1, 0, 0, 0x12, 0x34 }, 256, 0x1234 },
	{ "VERIFY(12)",
	  { 0xaf, 0, 0, 0, 0, 9, 0, 1, 0, 0 }, 9, 65536 },
	{ "VERIFY(16)",
	  { 0x8f, 0x06, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0 },
	  1ULL << 32, 65536 },
	{ "WRITE AND VERIFY(10)",
	  { 0x2e, 0x12, 0, 0, 0, 7, 0, 0xff, 0xff }, 7, 65535 },
	{ "WRITE AND VERIFY(12)",
	  { 0xae, 0x02, 0, 0, 0, 7, 0xff, 0, 0, 1 }, 7, 0xff000001 },
	{ "WRITE AND VERIFY(16)",
	  { 0x8e, 0x02, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1 }, 7, 1 },
	{ "PRE-FETCH(10)", { 0x34, 0x02, 0, 0, 0, 3, 0, 1, 0 }, 3, 256 },
	{ "PRE-FETCH(16) of all", { 0x90 }, 0, 0 },
	{ "SYNCHRONIZE CACHE(10)",
	  { 0x35, 0, 0, 1, 0, 0, 0, 1, 0 }, 0x10000, 256 },
	{ "SYNCHRONIZE CACHE(16) of all",
	  { 0x91, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 0, 0 },
	{ "WRITE SAME(10)",
	  { 0x41, 8, 0, 0, 1, 0, 0, 0xff, 0xff }, 256, 65535 },
	{ "WRITE SAME(16)",
	  { 0x93, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0x80, 0, 0, 0 },
	  1ULL << 32, 1U << 31 },
	{ "WRITE ATOMIC(16)",
	  { 0x9c, 0x18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0x12, 0x34 },
	  (1ULL << 32) + 2, 0x1234 },
	{ "UNMAP", { 0x42, 0, 0, 0, 0, 0, 0, 0x01, 0x18 }, 0, 280 },
	{ "SANITIZE", { 0x48, 0xa1, [7] = 0x02, 0x04 }, 0, 516 },
	{ "INQUIRY", { 0x12, 1, 0x80, 0x12, 0x34 }, 0, 0x1234 },
	{ "REQUEST SENSE", { 0x03, 0, 0, 0, 252 }, 0, 252 },
	{ "MODE SENSE(6)", { 0x1a, 0, 0x3f, 0, 255 }, 0, 255 },
	{ "MODE SENSE(10)",
	  { 0x5a, 0, 0x3f, 0, 0, 0, 0, 0x02, 0x01 }, 0, 0x201 },
	{ "READ CAPACITY(10)", { 0x25 }, 0, 0 },
	{ "READ CAPACITY(16)",
	  { 0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32 }, 0, 32 },
	{ "PERSISTENT RESERVE IN",
	  { 0x5e, 0x03, 0, 0, 0, 0, 0, 0x12, 0x34 }, 0, 0x1234 },
	{ "PERSISTENT RESERVE OUT",
	  { 0x5f, 0x07, 0x08, 0, 0, 0x12, 0x34, 0x56, 0x78 }, 0, 0x12345678 },
	{ "EXTENDED COPY(LID1)", { 0x83, 0, [10] = 0, 1, 2, 3 }, 0, 0x10203 },
	{ "RECEIVE COPY STATUS(LID4)",
	  { 0x84, 5, 1, 2, 3, 4, [10] = 0xff, 0xff, 0xff, 0xff }, 0, U32_MAX },
	{ "REPORT LUNS", { 0xa0, 0, 0, 0, 0, 0, 0, 1, 0, 0 }, 0, 65536 },
	{ "REPORT SUPPORTED OPERATION CODES",
	  { 0xa3, 0x0c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff }, 0, U32_MAX },
	{ "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS",
	  { 0xa3, 0x0d, 0x80, 0, 0, 0, 0, 0, 1, 2 }, 0, 0x102 },
	{ "TEST UNIT READY", { 0x00 }, 0, 0 },
	{ "MODE SELECT(6)", { 0x15, 0x10, 0, 0, 24 }, 0, 24 },
	{ "MODE SELECT(10)", { 0x55, 0x10, [7] = 0x12, 0x34 }, 0, 0x1234 },
	{ "SEND DIAGNOSTIC", { 0x1d, 0x10, 0, 1, 2 }, 0, 0x102 },
	{ "READ DEFECT DATA(12)", { 0xb7, 0x1d, [6] = 1, 2, 3, 4 }, 0,
	  0x1020304 },
	{ "WRITE BUFFER", { 0x3b, 2, 0, 0, 0, 8, 1, 2, 3 }, 0, 0x10203 },
	{ "READ BUFFER", { 0x3c, 0x0a, [6] = 0xff, 0xff, 0xff }, 0, 0xffffff },
	{ "LOG SENSE", { 0x4d, 0, 0x59, 0, 0, 0, 1, 2, 3 }, 0, 0x203 },
	{ "GET LBA STATUS",
	  { 0x9e, 0x12, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 24 },
	  0x100000000000002ULL, 24 },
	{ "REPORT TARGET PORT GROUPS",
	  { 0xa3, 0x2a, [6] = 0, 0, 1, 4 }, 0, 260 },
	{ "SET TARGET PORT GROUPS", { 0xa4, 0x0a, [9] = 12 }, 0, 12 },
	{ "SET TIMESTAMP", { 0xa4, 0x0f, [9] = 12 }, 0, 12 },
};
KUNIT_ARRAY_PARAM_DESC(field, field_cases, what);

static void field(struct kunit *test)
{
	const struct field_case *c = test->param_value;
	const struct ktgt_cdb_row *row = ktgt_cdb_find(c->cdb);

	KUNIT_ASSERT_NOT_NULL(test, row);
	KUNIT_EXPECT_TRUE(test, ktgt_cdb_reserved_ok(row, c->cdb));
	KUNIT_EXPECT_EQ(test, ktgt_cdb_lba(row, c->cdb), c->lba);
	KUNIT_EXPECT_EQ(test, ktgt_cdb_length(row, c->cdb), c->len);
}

static struct kunit_case served_cases[] = {
	KUNIT_CASE(all_opcodes),
	KUNIT_CASE_PARAM(field, field_gen_params),
	{}
};

static struct kunit_suite served_suite = {
	.name = "ktgt_served",
	.suite_init = served_suite_init,
	.test_cases = served_cases,
};
kunit_test_suite(served_suite);
