// SPDX-License-Identifier: GPL-2.0
/*
 * Sanitize operations: what the storage is asked for and in which order, what the
 * command is answered that has begun one, and what the others are.
 */
#include <kunit/test.h>

#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../backend/store.h"
#include "../scsi/cdb.h"
#include "../scsi/cdb_table.h"
#include "../scsi/exec.h"
#include "../scsi/gate.h"
#include "../scsi/sanitize_op.h"
#include "../scsi/sanitize_state.h"
#include "../scsi/sense.h"
#include "sanitize_test.h"

/* --- what the storage is asked for ---------------------------------------- */

/**
 * struct pass_case - how often all is overwritten, and with what
 * @what: its name
 * @how: INVERT and OVERWRITE COUNT
 * @passes: for each pass, what the bytes of the pattern are XORed with
 */
struct pass_case {
	const char	*what;
	u8		how;
	u8		passes[4];
};

static const struct pass_case pass_cases[] = {
	{ "once", 1, { 0 } },
	{ "three times", 3, { 0, 0, 0 } },
	{ "once, inverted", 0x81, { 0 } },
	{ "twice, inverted", 0x82, { 0xff, 0 } },
	{ "three times, inverted", 0x83, { 0, 0xff, 0 } },
	{ "four times, inverted", 0x84, { 0xff, 0, 0xff, 0 } },
};
KUNIT_ARRAY_PARAM_DESC(pass, pass_cases, what);

static void overwrite(struct kunit *test)
{
	const struct pass_case *c = test->param_value;
	struct sanitize_test *t = test->priv;
	unsigned int nr = 0, pass, first, i;

	ktgt_sanitize_test_overwrite(t, 0, c->how);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_good(test);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
	for (pass = 0; pass < (c->how & 0x1f); pass++) {
		first = nr;
		nr = ktgt_sanitize_test_pass(test, nr, KTGT_IO_WRITE_SAME);
		for (i = first; i < nr - 1; i++)
			ktgt_sanitize_test_pattern(test, i, c->passes[pass]);
	}
	ktgt_sanitize_test_no_more(test, nr);
}

static void erase(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	unsigned int nr;

	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_good(test);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
	nr = ktgt_sanitize_test_pass(test, 0, KTGT_IO_WRITE_ZEROES);
	ktgt_sanitize_test_no_more(test, nr);
}

static void erase_thin(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	unsigned int nr;

	t->lu.thin = true;
	ktgt_sanitize_test_erase(t, SANITIZE_IMMED);
	ktgt_sanitize_test_good(test);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_ERASED);
	nr = ktgt_sanitize_test_pass(test, 0, KTGT_IO_WRITE_ZEROES);
	nr = ktgt_sanitize_test_pass(test, nr, KTGT_IO_UNMAP);
	ktgt_sanitize_test_no_more(test, nr);
}

/* Zeroes are enough, but then it is not known what is unmapped. */
static void erase_cannot_unmap(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->lu.thin = true;
	t->fails_at = 4;
	t->error = BLK_STS_NOTSUPP;
	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_good(test);
	KUNIT_EXPECT_EQ(test, t->log[4].op, KTGT_IO_UNMAP);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
}

/* --- who waits for whom --------------------------------------------------- */

static void waits_for_others(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	KUNIT_ASSERT_TRUE(test, ktgt_gate_enter(&t->other));
	ktgt_sanitize_test_erase(t, SANITIZE_IMMED);
	ktgt_sanitize_test_good(test);
	msleep(50);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0);
	ktgt_gate_leave(&t->other);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
}

/* Between two steps the gate can be closed, and who closes it waits for one. */
static void waits_at_the_gate(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 1;
	ktgt_sanitize_test_erase(t, SANITIZE_IMMED);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
	ktgt_sanitize_test_release(t);
	msleep(50);
	KUNIT_EXPECT_EQ(test, t->nr_log, 2);
	KUNIT_EXPECT_TRUE(test, percpu_ref_is_zero(&ktgt_lu_store(&t->lu)->active));
	ktgt_gate_open(&t->lu, KTGT_GATE_FREEZE);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
	ktgt_sanitize_test_pass(test, 0, KTGT_IO_WRITE_ZEROES);
}

/* Who has begun it waits no longer; it goes on, and nobody is answered. */
static void cancelled(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 1;
	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_test_status(t), -1);
	KUNIT_EXPECT_TRUE(test, ktgt_sanitize_cancel(&t->cmd));
	KUNIT_EXPECT_FALSE(test, ktgt_sanitize_cancel(&t->cmd));
	ktgt_sanitize_test_release(t);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_test_status(t), -1);
	ktgt_sanitize_test_pass(test, 0, KTGT_IO_WRITE_ZEROES);
}

/* --- how it fails --------------------------------------------------------- */

static void storage_fails(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->fails_at = 1;
	t->error = BLK_STS_IOERR;
	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_refused(test, 0x033103);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, t->nr_log, 2);
}

static void flush_fails(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->fails_at = 3;
	t->error = BLK_STS_IOERR;
	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_refused(test, 0x033103);
	KUNIT_EXPECT_EQ(test, t->log[3].op, KTGT_IO_FLUSH);
}

/* Without SANITIZE_AUSE only another one that succeeds ends the failure. */
static void restricted(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->lu.sanitize.phase = KTGT_SANITIZE_FAILED;
	ktgt_sanitize_test_send(t, KTGT_SANITIZE_EXIT_FAILURE, NULL, 0);
	ktgt_sanitize_test_refused(test, 0x052400);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.field, 1);
	ktgt_sanitize_test_erase(t, SANITIZE_AUSE);
	ktgt_sanitize_test_refused(test, 0x052400);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.bit, SANITIZE_AUSE_BIT);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_FAILED);
	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_good(test);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
}

static void unrestricted(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->fails_at = 0;
	t->error = BLK_STS_IOERR;
	ktgt_sanitize_test_erase(t, SANITIZE_AUSE | SANITIZE_IMMED);
	ktgt_sanitize_test_good(test);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	ktgt_sanitize_test_send(t, KTGT_SANITIZE_EXIT_FAILURE, NULL, 0);
	ktgt_sanitize_test_good(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
	/* there is none */
	ktgt_sanitize_test_send(t, KTGT_SANITIZE_EXIT_FAILURE, NULL, 0);
	ktgt_sanitize_test_good(test);
}

/* Another device is not written. */
static void swapped(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	struct ktgt_gate_wait *wait = kzalloc_obj(*wait, GFP_KERNEL);
	struct ktgt_store *old;

	KUNIT_ASSERT_NOT_NULL(test, wait);
	t->holds_at = 1;
	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	old = ktgt_gate_swap(&t->lu, ktgt_sanitize_test_store(test), NULL, wait);
	ktgt_store_leave(old);
	ktgt_store_put(old);
	ktgt_sanitize_test_release(t);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_refused(test, 0x033103);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, t->nr_log, 2);
}

/* The same while it waits for the commands before it. */
static void swapped_early(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	struct ktgt_gate_wait *wait = kzalloc_obj(*wait, GFP_KERNEL);
	struct ktgt_store *old;

	KUNIT_ASSERT_NOT_NULL(test, wait);
	KUNIT_ASSERT_TRUE(test, ktgt_gate_enter(&t->other));
	ktgt_sanitize_test_erase(t, SANITIZE_IMMED);
	old = ktgt_gate_swap(&t->lu, ktgt_sanitize_test_store(test), NULL, wait);
	ktgt_store_leave(old);
	ktgt_store_put(old);
	ktgt_gate_leave(&t->other);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0);
	KUNIT_EXPECT_EQ(test, t->lu.gate.reasons, 0UL);
}

static void removed(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 1;
	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	ktgt_sanitize_test_release(t);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_test_status(t), SAM_STAT_TASK_ABORTED);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_is_over);
	KUNIT_EXPECT_EQ(test, t->nr_log, 2);
}

static void protected(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 0;
	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	WRITE_ONCE(t->lu.is_protected, true);
	ktgt_sanitize_test_release(t);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_refused(test, 0x033103);
	KUNIT_EXPECT_EQ(test, t->nr_log, 1);
}

static void shrunk(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 0;
	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	WRITE_ONCE(ktgt_lu_store(&t->lu)->size, SANITIZE_DISK - SANITIZE_BLOCK);
	ktgt_sanitize_test_release(t);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_refused(test, 0x033103);
	KUNIT_EXPECT_EQ(test, t->nr_log, 1);
}

/* --- what is refused ------------------------------------------------------ */

/**
 * struct list_case - a parameter list of OVERWRITE that is refused
 * @what: its name
 * @list: its beginning
 * @len: PARAMETER LIST LENGTH
 * @code: sense key, additional sense code and qualifier
 * @field: byte of the CDB or of the list that is told
 */
struct list_case {
	const char	*what;
	u8		list[5];
	u32		len;
	u32		code;
	u16		field;
};

static const struct list_case list_cases[] = {
	{ "no list", {}, 0, 0x052400, 7 },
	{ "a header alone", { 1, 0, 0, 1 }, 4, 0x052400, 7 },
	{ "longer than a block", { 1, 0, 2, 1 }, 4 + SANITIZE_BLOCK + 1, 0x052400, 7 },
	{ "no pass", { 0x80, 0, 0, 1 }, 5, 0x052600, 0 },
	{ "a test", { 0x21, 0, 0, 1 }, 5, 0x052600, 0 },
	{ "another test", { 0x41, 0, 0, 1 }, 5, 0x052600, 0 },
	{ "reserved byte", { 1, 1, 0, 1 }, 5, 0x052600, 1 },
	{ "no pattern", { 1, 0, 0, 0 }, 5, 0x052600, 2 },
	{ "less than the pattern", { 1, 0, 0, 2 }, 5, 0x052600, 2 },
	{ "a pattern longer than a block", { 1, 0, 2, 1 }, 4 + SANITIZE_BLOCK,
	  0x052600, 2 },
};
KUNIT_ARRAY_PARAM_DESC(list, list_cases, what);

static void list_refused(struct kunit *test)
{
	const struct list_case *c = test->param_value;
	struct sanitize_test *t = test->priv;
	u8 list[4 + SANITIZE_BLOCK + 1] = {};

	memcpy(list, c->list, sizeof(c->list));
	ktgt_sanitize_test_send(t, KTGT_SANITIZE_OVERWRITE, list, c->len);
	ktgt_sanitize_test_refused(test, c->code);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.field, c->field);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0);
}

/* What has become so since it was received. */
static void late_refusals(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	memset(t->cmd.cdb, 0, KTGT_CDB_MAX);
	t->cmd.cdb[0] = KTGT_SANITIZE;
	t->cmd.cdb[1] = KTGT_SANITIZE_BLOCK_ERASE;
	ktgt_cmd_parse(&t->cmd);
	t->lu.sanitize.phase = KTGT_SANITIZE_RUNS;
	ktgt_cmd_submit(&t->cmd);
	ktgt_sanitize_test_refused(test, 0x02041b);
	t->lu.sanitize.phase = KTGT_SANITIZE_NONE;

	ktgt_cmd_parse(&t->cmd);
	t->lu.read_only = true;
	ktgt_cmd_submit(&t->cmd);
	ktgt_sanitize_test_refused(test, 0x072700);
	t->lu.read_only = false;

	/* another medium is not the one that was meant, nor are its blocks */
	ktgt_cmd_parse(&t->cmd);
	t->lu.medium_nr++;
	ktgt_cmd_submit(&t->cmd);
	ktgt_sanitize_test_refused(test, 0x023a00);
	ktgt_cmd_parse(&t->cmd);
	t->lu.medium_nr++;
	t->lu.block_shift = 12;
	ktgt_cmd_submit(&t->cmd);
	ktgt_sanitize_test_refused(test, 0x023a00);
	t->lu.block_shift = ilog2(SANITIZE_BLOCK);
	ktgt_cmd_parse(&t->cmd);
	set_bit(KTGT_UA_MEDIUM, &t->itl.flags);
	ktgt_cmd_submit(&t->cmd);
	ktgt_sanitize_test_refused(test, 0x023a00);
	clear_bit(KTGT_UA_MEDIUM, &t->itl.flags);

	ktgt_cmd_parse(&t->cmd);
	t->lu.block_shift = 12;
	ktgt_cmd_submit(&t->cmd);
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_test_status(t), SAM_STAT_BUSY);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
	t->lu.block_shift = ilog2(SANITIZE_BLOCK);

	ktgt_cmd_parse(&t->cmd);
	set_bit(KTGT_ITL_STANDBY, &t->itl.flags);
	ktgt_cmd_submit(&t->cmd);
	ktgt_sanitize_test_refused(test, 0x02040b);
	clear_bit(KTGT_ITL_STANDBY, &t->itl.flags);

	ktgt_cmd_parse(&t->cmd);
	set_bit(KTGT_ITL_NO_WRITE, &t->itl.flags);
	ktgt_cmd_submit(&t->cmd);
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_test_status(t),
			SAM_STAT_RESERVATION_CONFLICT);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0);
}

/* EXIT FAILURE MODE may have waited for its turn. */
static void late_exits(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->lu.sanitize.phase = KTGT_SANITIZE_FAILED;
	t->lu.sanitize.unrestricted = true;
	memset(t->cmd.cdb, 0, KTGT_CDB_MAX);
	t->cmd.cdb[0] = KTGT_SANITIZE;
	t->cmd.cdb[1] = KTGT_SANITIZE_EXIT_FAILURE;
	ktgt_cmd_parse(&t->cmd);
	t->lu.medium_nr++;
	ktgt_cmd_submit(&t->cmd);
	ktgt_sanitize_test_refused(test, 0x023a00);

	ktgt_cmd_parse(&t->cmd);
	set_bit(KTGT_ITL_STANDBY, &t->itl.flags);
	ktgt_cmd_submit(&t->cmd);
	ktgt_sanitize_test_refused(test, 0x02040b);
	clear_bit(KTGT_ITL_STANDBY, &t->itl.flags);

	ktgt_cmd_parse(&t->cmd);
	set_bit(KTGT_ITL_NO_WRITE, &t->itl.flags);
	ktgt_cmd_submit(&t->cmd);
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_test_status(t),
			SAM_STAT_RESERVATION_CONFLICT);
	clear_bit(KTGT_ITL_NO_WRITE, &t->itl.flags);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
}

/* --- what it means for other commands ------------------------------------- */

static bool is_always_served(u8 opcode)
{
	return opcode == INQUIRY || opcode == REPORT_LUNS ||
	       opcode == REQUEST_SENSE;
}

/* Each command, in each phase; SBC-4, 4.11.2 and 4.11.3. */
static void others(struct kunit *test)
{
	static const u32 codes[] = {
		[KTGT_SANITIZE_RUNS] = 0x02041b,
		[KTGT_SANITIZE_FAILED] = 0x033103,
	};
	struct sanitize_test *t = test->priv;
	const struct ktgt_cdb_row *row;
	unsigned int nr;
	bool served;
	u8 phase;

	for (phase = KTGT_SANITIZE_RUNS; phase <= KTGT_SANITIZE_FAILED; phase++) {
		t->lu.sanitize.phase = phase;
		for (nr = 0; (row = ktgt_cdb_row(nr)); nr++) {
			t->cmd.row = row;
			t->cmd.lu = &t->lu;
			served = is_always_served(row->opcode) ||
				 (phase == KTGT_SANITIZE_FAILED &&
				  row->opcode == 0x48);
			KUNIT_ASSERT_EQ_MSG(test, ktgt_sanitize_refuses(&t->cmd),
					    !served, "opcode %02Xh", row->opcode);
			KUNIT_ASSERT_EQ(test, ktgt_sanitize_admits(&t->cmd),
					served);
			if (!served)
				KUNIT_ASSERT_EQ(test, ktgt_sanitize_test_sense(&t->cmd),
						codes[phase]);
		}
	}
}

/* It is found when a command is received, behind what its initiator is told first. */
static void received(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->lu.sanitize.phase = KTGT_SANITIZE_RUNS;
	memset(t->cmd.cdb, 0, KTGT_CDB_MAX);
	ktgt_cmd_parse(&t->cmd);
	ktgt_cmd_submit(&t->cmd);
	ktgt_sanitize_test_refused(test, 0x02041b);
	set_bit(KTGT_UA_POWER_ON, &t->itl.flags);
	ktgt_cmd_parse(&t->cmd);
	ktgt_cmd_submit(&t->cmd);
	ktgt_sanitize_test_refused(test, 0x062900);
}

/* That all is unmapped holds until something is written, and stops nobody. */
static void erased(struct kunit *test)
{
	static const u8 read[KTGT_CDB_MAX] = { READ_10 };
	static const u8 write[KTGT_CDB_MAX] = { WRITE_10 };
	struct sanitize_test *t = test->priv;

	t->lu.sanitize.phase = KTGT_SANITIZE_ERASED;
	t->cmd.lu = &t->lu;
	t->cmd.row = ktgt_cdb_find(read);
	KUNIT_EXPECT_FALSE(test, ktgt_sanitize_refuses(&t->cmd));
	KUNIT_EXPECT_TRUE(test, ktgt_sanitize_admits(&t->cmd));
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_ERASED);
	t->cmd.row = ktgt_cdb_find(write);
	KUNIT_EXPECT_FALSE(test, ktgt_sanitize_refuses(&t->cmd));
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_ERASED);
	KUNIT_EXPECT_TRUE(test, ktgt_sanitize_admits(&t->cmd));
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
}

/**
 * struct progress_case - how far an operation has come
 * @what: its name
 * @passes: passes that there are
 * @pass: passes that are done
 * @at: bytes that are done of the present one
 * @size: bytes of a pass
 * @want: parts of 65536
 */
struct progress_case {
	const char	*what;
	u8		passes;
	u8		pass;
	u64		at;
	u64		size;
	u16		want;
};

static const struct progress_case progress_cases[] = {
	{ "beginning", 1, 0, 0, SZ_1G, 0 },
	{ "half", 1, 0, SZ_512M, SZ_1G, 32768 },
	{ "all but the flush", 1, 0, SZ_1G, SZ_1G, 65535 },
	{ "all", 1, 1, 0, SZ_1G, 65535 },
	{ "half of the second of four", 4, 1, SZ_512M, SZ_1G, 24576 },
	{ "31 passes", 31, 30, SZ_1G, SZ_1G, 65535 },
	{ "one block", 1, 0, 512, 512, 65535 },
	{ "half of what is greatest", 1, 0, S64_MAX / 2, S64_MAX, 32767 },
	{ "half of its last pass", 31, 30, S64_MAX / 2, S64_MAX, 64478 },
	{ "nothing", 0, 0, 0, 0, 0 },
};
KUNIT_ARRAY_PARAM_DESC(progress, progress_cases, what);

static void progress(struct kunit *test)
{
	const struct progress_case *c = test->param_value;
	struct sanitize_test *t = test->priv;
	struct ktgt_sense sense;

	t->lu.sanitize = (struct ktgt_sanitize) {
		.phase = KTGT_SANITIZE_RUNS, .passes = c->passes,
		.pass = c->pass, .at = c->at, .size = c->size,
	};
	KUNIT_ASSERT_TRUE(test, ktgt_sanitize_sense(&t->lu, &sense));
	KUNIT_EXPECT_EQ(test, sense.flags, KTGT_SENSE_PROGRESS);
	KUNIT_EXPECT_EQ(test, sense.field, c->want);
}

static struct kunit_case sanitize_cases[] = {
	KUNIT_CASE_PARAM(overwrite, pass_gen_params),
	KUNIT_CASE(erase),
	KUNIT_CASE(erase_thin),
	KUNIT_CASE(erase_cannot_unmap),
	KUNIT_CASE(waits_for_others),
	KUNIT_CASE(waits_at_the_gate),
	KUNIT_CASE(cancelled),
	KUNIT_CASE(storage_fails),
	KUNIT_CASE(flush_fails),
	KUNIT_CASE(restricted),
	KUNIT_CASE(unrestricted),
	KUNIT_CASE(swapped),
	KUNIT_CASE(swapped_early),
	KUNIT_CASE(removed),
	KUNIT_CASE(protected),
	KUNIT_CASE(shrunk),
	KUNIT_CASE_PARAM(list_refused, list_gen_params),
	KUNIT_CASE(late_refusals),
	KUNIT_CASE(late_exits),
	KUNIT_CASE(others),
	KUNIT_CASE(received),
	KUNIT_CASE(erased),
	KUNIT_CASE_PARAM(progress, progress_gen_params),
	{}
};

static struct kunit_suite sanitize_suite = {
	.name = "ktgt_sanitize",
	.suite_init = ktgt_sanitize_test_suite_init,
	.suite_exit = ktgt_sanitize_test_suite_exit,
	.init = ktgt_sanitize_test_init,
	.exit = ktgt_sanitize_test_exit,
	.test_cases = sanitize_cases,
};
kunit_test_suite(sanitize_suite);
