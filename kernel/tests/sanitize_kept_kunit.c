// SPDX-License-Identifier: GPL-2.0
/*
 * Sanitize operations of a logical unit with a state file: what is in it and when, and what
 * the next logical unit does with it.
 */
#include <kunit/test.h>

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/string.h>

#include <scsi/scsi_proto.h>

#include "../backend/state.h"
#include "../scsi/cdb.h"
#include "../scsi/gate.h"
#include "../scsi/sanitize_image.h"
#include "../scsi/sanitize_op.h"
#include "../scsi/sanitize_state.h"
#include "sanitize_test.h"
#include "state_test.h"

static void open_state(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	if (!t->file)
		t->file = ktgt_state_test_file(test);
	ktgt_state_test_open(test, &t->lu, t->file);
}

/* Another logical unit with the same state file and the same disk, before it goes on. */
static void begin_anew(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	ktgt_state_test_close(&t->lu);
	memset(&t->lu.sanitize, 0, sizeof(t->lu.sanitize));
	if (t->lu.gate.reasons & BIT(KTGT_GATE_REMOVAL))
		ktgt_gate_open(&t->lu, KTGT_GATE_REMOVAL);
	t->nr_log = 0;
	t->fails_at = SANITIZE_NEVER;
	t->holds_at = SANITIZE_NEVER;
	open_state(test);
}

/* In the middle of it the logical unit ends. */
static void break_off(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	ktgt_sanitize_test_release(t);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_is_over);
}

static void expect_kept(struct kunit *test, bool is_kept, bool failed)
{
	struct ktgt_sanitize_image image;

	KUNIT_ASSERT_EQ(test, ktgt_sanitize_test_kept(test->priv, &image), is_kept);
	if (is_kept)
		KUNIT_EXPECT_EQ(test, image.failed, failed);
}

/* It is kept before the first block is written, and before GOOD, until it has ended. */
static void kept(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	unsigned int i;

	open_state(test);
	t->holds_at = 0;
	ktgt_sanitize_test_overwrite(t, SANITIZE_IMMED, 1);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_good(test);
	expect_kept(test, true, false);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	ktgt_sanitize_test_release(t);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
	expect_kept(test, false, false);
	KUNIT_EXPECT_EQ(test, t->nr_log, 4U);
	for (i = 0; i < t->nr_log; i++)
		KUNIT_EXPECT_TRUE(test, t->log[i].is_kept);
	begin_anew(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
	ktgt_sanitize_resume(&t->lu);
	KUNIT_EXPECT_NULL(test, t->lu.sanitize_op);
}

/* Whichever slot is damaged when it is over, nothing goes on. */
static void over_in_both_slots(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	u8 nothing[KTGT_STATE_HEADER];
	unsigned int slot;
	loff_t pos;

	memset(nothing, 0xff, sizeof(nothing));
	for (slot = 0; slot < 2; slot++) {
		begin_anew(test);
		ktgt_sanitize_test_erase(t, 0);
		ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
		ktgt_sanitize_test_good(test);
		pos = slot * (ktgt_state_room(t->lu.state) + KTGT_STATE_HEADER);
		KUNIT_ASSERT_EQ(test, kernel_write(t->file, nothing,
						   sizeof(nothing), &pos),
				sizeof(nothing));
		begin_anew(test);
		KUNIT_EXPECT_EQ(test, t->lu.pr.fault, 0);
		KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
	}
}

/* From the beginning, with all passes, and with the pattern that was asked for. */
static void goes_on(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	unsigned int nr, i;

	open_state(test);
	t->holds_at = 5;
	ktgt_sanitize_test_overwrite(t, 0, 0x82);
	break_off(test);
	expect_kept(test, true, false);
	begin_anew(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_RUNS);
	t->cmd.row = ktgt_cdb_row(0);
	KUNIT_EXPECT_TRUE(test, ktgt_sanitize_refuses(&t->cmd));
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_test_sense(&t->cmd), 0x02041bU);
	ktgt_sanitize_resume(&t->lu);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
	nr = ktgt_sanitize_test_pass(test, 0, KTGT_IO_WRITE_SAME);
	for (i = 0; i < nr - 1; i++)
		ktgt_sanitize_test_pattern(test, i, 0xff);
	i = nr;
	nr = ktgt_sanitize_test_pass(test, nr, KTGT_IO_WRITE_SAME);
	for (; i < nr - 1; i++)
		ktgt_sanitize_test_pattern(test, i, 0);
	ktgt_sanitize_test_no_more(test, nr);
	expect_kept(test, false, false);
}

/* An erasure unmaps what can be unmapped now. */
static void erasure_goes_on(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	unsigned int nr;

	open_state(test);
	t->holds_at = 1;
	ktgt_sanitize_test_erase(t, 0);
	break_off(test);
	begin_anew(test);
	t->lu.thin = true;
	ktgt_sanitize_resume(&t->lu);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_ERASED);
	nr = ktgt_sanitize_test_pass(test, 0, KTGT_IO_WRITE_ZEROES);
	nr = ktgt_sanitize_test_pass(test, nr, KTGT_IO_UNMAP);
	ktgt_sanitize_test_no_more(test, nr);
}

/**
 * struct other_case - what is behind the logical unit that is to go on
 * @what: its name
 * @medium: identity of the disk that was being sanitized
 * @now: that of the disk that is there
 * @size: its bytes
 * @is_drive: it is a drive, in which there may be another medium
 * @good: it is the disk that was meant
 */
struct other_case {
	const char	*what;
	const char	*medium;
	const char	*now;
	u64		size;
	bool		is_drive;
	bool		good;
};

static const struct other_case other_cases[] = {
	{ "the same disk", "wwn-1", "wwn-1", SANITIZE_DISK, false, true },
	{ "the same disk, smaller", "wwn-1", "wwn-1",
	  SANITIZE_DISK - SANITIZE_BLOCK },
	{ "the same disk, larger", "wwn-1", "wwn-1",
	  SANITIZE_DISK + SANITIZE_BLOCK },
	{ "the same drive", "wwn-1", "wwn-1", SANITIZE_DISK, true },
	{ "another disk", "wwn-1", "wwn-2", SANITIZE_DISK },
	{ "one whose name begins so", "wwn-1", "wwn-10", SANITIZE_DISK },
	{ "one without an identity", "wwn-1", "", SANITIZE_DISK },
	{ "the same path, no identity", "", "", SANITIZE_DISK },
	{ "an identity that is the path", "", "/dev/a", SANITIZE_DISK },
};
KUNIT_ARRAY_PARAM_DESC(other, other_cases, what);

/* Blocks of a disk that was not meant are not written. */
static void other_disk(struct kunit *test)
{
	const struct other_case *c = test->param_value;
	struct sanitize_test *t = test->priv;

	open_state(test);
	t->lu.params.path = "/dev/a";
	strscpy(t->lu.medium, c->medium, sizeof(t->lu.medium));
	t->holds_at = 1;
	ktgt_sanitize_test_overwrite(t, 0, 1);
	break_off(test);
	begin_anew(test);
	strscpy(t->lu.medium, c->now, sizeof(t->lu.medium));
	t->lu.nr_blocks = c->size / SANITIZE_BLOCK;
	t->is_drive = c->is_drive;
	ktgt_sanitize_resume(&t->lu);
	ktgt_sanitize_test_phase(test, c->good ? KTGT_SANITIZE_NONE :
						 KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, !t->nr_log, !c->good);
	KUNIT_EXPECT_FALSE(test, t->lu.sanitize.is_pending);
	/* the disk that was meant may come back */
	expect_kept(test, !c->good, false);
}

static void put_medium(struct sanitize_test *t, const char *medium, bool loads)
{
	strscpy(t->lu.medium, medium, sizeof(t->lu.medium));
	spin_lock(&t->lu.lock);
	ktgt_sanitize_follow_medium(&t->lu, loads);
	spin_unlock(&t->lu.lock);
}

/* A device that is not there yet is waited for. */
static void absent(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	open_state(test);
	t->holds_at = 1;
	ktgt_sanitize_test_erase(t, 0);
	break_off(test);
	begin_anew(test);
	t->lu.absent = true;
	ktgt_sanitize_resume(&t->lu);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_RUNS);
	KUNIT_EXPECT_NULL(test, t->lu.sanitize_op);
	t->lu.absent = false;
	ktgt_sanitize_resume(&t->lu);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
	ktgt_sanitize_test_pass(test, 0, KTGT_IO_WRITE_ZEROES);
	/* it is taken out instead */
	t->nr_log = 0;
	t->lu.sanitize.phase = KTGT_SANITIZE_RUNS;
	t->lu.sanitize.is_pending = true;
	ktgt_sanitize_lose_medium(&t->lu);
	ktgt_sanitize_resume(&t->lu);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_AWAY);
	put_medium(t, "wwn-0", true);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0U);
}

/* A failure is there until it is ended, or another one has ended well. */
static void failure_is_kept(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	open_state(test);
	t->fails_at = 1;
	t->error = BLK_STS_IOERR;
	ktgt_sanitize_test_overwrite(t, SANITIZE_AUSE, 1);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_refused(test, 0x033103);
	expect_kept(test, true, true);
	begin_anew(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_TRUE(test, t->lu.sanitize.unrestricted);
	ktgt_sanitize_resume(&t->lu);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0U);
	ktgt_sanitize_test_send(t, KTGT_SANITIZE_EXIT_FAILURE, NULL, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_good(test);
	expect_kept(test, false, false);
	begin_anew(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
}

/* A failure counts for its medium, and for what cannot be told from it. */
static void failure_of_medium(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->fails_at = 1;
	t->error = BLK_STS_IOERR;
	ktgt_sanitize_test_overwrite(t, 0, 1);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_refused(test, 0x033103);
	put_medium(t, "wwn-1", false);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	/* it is taken out, and another one is loaded */
	ktgt_sanitize_lose_medium(&t->lu);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_AWAY);
	put_medium(t, "wwn-1", true);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_AWAY);
	t->cmd.row = ktgt_cdb_row(0);
	KUNIT_EXPECT_FALSE(test, ktgt_sanitize_refuses(&t->cmd));
	put_medium(t, "wwn-2", false);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_AWAY);
	put_medium(t, "wwn-0", true);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	put_medium(t, "wwn-1", true);
	put_medium(t, "", false);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	*t->lu.failed_medium = 0;
	put_medium(t, "wwn-1", true);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
}

/* Its medium is taken out before it is found to have failed. */
static void medium_is_out(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 1;
	t->fails_at = 2;
	t->error = BLK_STS_IOERR;
	ktgt_sanitize_test_overwrite(t, 0, 1);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	t->lu.ejected = true;
	ktgt_sanitize_lose_medium(&t->lu);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_RUNS);
	ktgt_sanitize_test_release(t);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_refused(test, 0x033103);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_AWAY);
	t->lu.ejected = false;
	put_medium(t, "wwn-0", true);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
}

/* Another medium was loaded before it was found to have failed. */
static void medium_left(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 1;
	t->fails_at = 2;
	t->error = BLK_STS_IOERR;
	ktgt_sanitize_test_overwrite(t, 0, 1);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	t->lu.medium_nr++;
	put_medium(t, "wwn-1", true);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_RUNS);
	ktgt_sanitize_test_release(t);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_refused(test, 0x033103);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_AWAY);
	put_medium(t, "wwn-0", true);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
}

/* A drive begins with another medium than that with which it has failed, or was broken off. */
static void begins_with_other_medium(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	unsigned int i;

	open_state(test);
	t->holds_at = 1;
	ktgt_sanitize_test_erase(t, 0);
	break_off(test);
	for (i = 0; i < 2; i++) {
		t->lu.params.removable = i;
		strscpy(t->lu.medium, "wwn-1", sizeof(t->lu.medium));
		begin_anew(test);
		ktgt_sanitize_resume(&t->lu);
		ktgt_sanitize_test_phase(test, i ? KTGT_SANITIZE_AWAY :
						   KTGT_SANITIZE_FAILED);
		KUNIT_EXPECT_EQ(test, t->nr_log, 0U);
		expect_kept(test, true, false);
	}
	strscpy(t->lu.medium, "wwn-0", sizeof(t->lu.medium));
	begin_anew(test);
	t->fails_at = 0;
	t->error = BLK_STS_IOERR;
	ktgt_sanitize_resume(&t->lu);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	expect_kept(test, true, true);
	strscpy(t->lu.medium, "wwn-1", sizeof(t->lu.medium));
	begin_anew(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_AWAY);
}

/* What cannot be kept is not done. */
static void cannot_be_kept(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	open_state(test);
	t->fails_at = 1;
	t->error = BLK_STS_IOERR;
	ktgt_sanitize_test_erase(t, SANITIZE_AUSE);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	t->nr_log = 0;
	t->fails_at = SANITIZE_NEVER;
	KUNIT_ASSERT_EQ(test, ktgt_state_take(t->lu.state, test), 0);
	ktgt_sanitize_test_erase(t, SANITIZE_AUSE | SANITIZE_IMMED);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_test_status(t), SAM_STAT_BUSY);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0U);
	KUNIT_EXPECT_EQ(test, t->lu.gate.reasons, 0UL);
	ktgt_sanitize_test_send(t, KTGT_SANITIZE_EXIT_FAILURE, NULL, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_test_status(t), SAM_STAT_BUSY);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	ktgt_state_give_back(t->lu.state, test);
	ktgt_sanitize_test_erase(t, SANITIZE_AUSE);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_good(test);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_NONE);
}

/* That it has ended well, and nobody will know, is a failure. */
static void end_cannot_be_kept(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	open_state(test);
	t->holds_at = 1;
	ktgt_sanitize_test_erase(t, 0);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_asked);
	KUNIT_ASSERT_EQ(test, ktgt_state_take(t->lu.state, test), 0);
	ktgt_sanitize_test_release(t);
	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_has_ended);
	ktgt_sanitize_test_refused(test, 0x033103);
	ktgt_sanitize_test_phase(test, KTGT_SANITIZE_FAILED);
	expect_kept(test, true, false);
	ktgt_state_give_back(t->lu.state, test);
}

static struct kunit_case kept_cases[] = {
	KUNIT_CASE(kept),
	KUNIT_CASE(over_in_both_slots),
	KUNIT_CASE(goes_on),
	KUNIT_CASE(erasure_goes_on),
	KUNIT_CASE_PARAM(other_disk, other_gen_params),
	KUNIT_CASE(absent),
	KUNIT_CASE(failure_is_kept),
	KUNIT_CASE(failure_of_medium),
	KUNIT_CASE(medium_is_out),
	KUNIT_CASE(medium_left),
	KUNIT_CASE(begins_with_other_medium),
	KUNIT_CASE(cannot_be_kept),
	KUNIT_CASE(end_cannot_be_kept),
	{}
};

static struct kunit_suite kept_suite = {
	.name = "ktgt_sanitize_kept",
	.suite_init = ktgt_sanitize_test_suite_init,
	.suite_exit = ktgt_sanitize_test_suite_exit,
	.init = ktgt_sanitize_test_init,
	.exit = ktgt_sanitize_test_exit,
	.test_cases = kept_cases,
};

kunit_test_suite(kept_suite);
