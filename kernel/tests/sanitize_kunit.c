// SPDX-License-Identifier: GPL-2.0
/*
 * Sanitize operations: what the storage is asked for and in which order, what the
 * command is answered that has begun one, and what the others are.
 */
#include "../scsi/sanitize_op.c"
#include "../scsi/sanitize.c"
#include "../scsi/sanitize_state.c"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/file.h>

#include <kunit/test.h>

#include "../core/fabric.h"
#include "../core/net.h"
#include "../scsi/cdb_table.h"
#include "../scsi/exec.h"
#include "state_test.h"
#include "stubs.h"

/* two steps and a half */
#define DISK_BYTES	(2 * STEP + STEP / 2)
#define BLOCK		512
/* for what is to happen by itself */
#define PATIENCE	(4 * HZ)
#define LOG_LEN		64

/**
 * struct sanitize_log - what the storage was asked for
 * @op: enum ktgt_io_op
 * @pos: first byte
 * @len: bytes
 * @block: the block that is written to all; WRITE_SAME only
 * @is_kept: the state file says that it is under way
 */
struct sanitize_log {
	u8	op;
	u64	pos;
	u64	len;
	u8	block[BLOCK];
	bool	is_kept;
};

/**
 * struct sanitize_test - a disk with a command
 * @lu: the logical unit
 * @itl: what it keeps for the initiator
 * @nexus: the initiator
 * @target: the target
 * @kn: the namespace
 * @queue: where the command comes back to
 * @cmd: the command
 * @page: its data
 * @status: with what it has ended; -1 if it has not
 * @other: a command that may be with the storage meanwhile
 * @log: what the storage was asked for
 * @nr_log: length of @log
 * @fails_at: which of these fails
 * @error: how
 * @holds_at: which of these does not end before release(); its transfer is @held
 * @held: see there
 * @gone: the logical unit has no command any more
 * @file: state file that the logical unit has, or NULL
 */
struct sanitize_test {
	struct ktgt_lu		lu;
	struct ktgt_itl		itl;
	struct ktgt_nexus	nexus;
	struct ktgt_target	target;
	struct ktgt_net		kn;
	struct ktgt_done_queue	queue;
	struct ktgt_cmd		cmd;
	struct page		*page;
	int			status;
	struct ktgt_cmd		other;
	struct sanitize_log	log[LOG_LEN];
	unsigned int		nr_log;
	unsigned int		fails_at;
	blk_status_t		error;
	unsigned int		holds_at;
	struct ktgt_io		*held;
	struct completion	gone;
	struct file		*file;
};

#define NEVER		UINT_MAX

/* of the case that runs */
static struct sanitize_test *running;

/* --- the storage ---------------------------------------------------------- */

static struct ktgt_store *sanitize_open(const struct ktgt_store_params *params,
					struct netlink_ext_ack *extack)
{
	struct ktgt_store *store = kzalloc_obj(*store, GFP_KERNEL);

	return store ?: ERR_PTR(-ENOMEM);
}

static void sanitize_close(struct ktgt_store *store)
{
}

static void sanitize_caps(struct ktgt_store *store, struct ktgt_backend_caps *caps)
{
	*caps = (struct ktgt_backend_caps) { .size = DISK_BYTES };
}

/* What the state file says; false if it has nothing of a sanitize operation. */
static bool get_kept(struct sanitize_test *t, struct ktgt_sanitize_image *image)
{
	const u8 *p;
	u32 len;

	if (!t->lu.state)
		return false;
	p = ktgt_state_image_find(ktgt_state_kept(t->lu.state),
				  KTGT_SECTION_SANITIZE, &len);
	return p && !ktgt_sanitize_image_get(image, p, len);
}

static void note(const struct ktgt_io *io)
{
	struct ktgt_sanitize_image image;
	struct sanitize_log *log = &running->log[running->nr_log];

	if (running->nr_log >= LOG_LEN)
		return;
	log->op = io->op;
	log->pos = io->pos;
	log->len = io->len;
	log->is_kept = get_kept(running, &image) && !image.failed;
	if (io->op == KTGT_IO_WRITE_SAME)
		memcpy_from_page(log->block, io->bvec[0].bv_page, 0, io->block);
}

static void sanitize_submit(struct ktgt_store *store, struct ktgt_io *io)
{
	unsigned int nr = running->nr_log;

	note(io);
	WRITE_ONCE(running->nr_log, nr + 1);
	if (nr == running->holds_at)
		smp_store_release(&running->held, io);
	else
		ktgt_io_end(io, nr == running->fails_at ? running->error :
							   BLK_STS_OK);
}

static const struct ktgt_backend_ops sanitize_ops = {
	.name	= "sanitize",
	.open	= sanitize_open,
	.close	= sanitize_close,
	.caps	= sanitize_caps,
	.submit	= sanitize_submit,
};

static struct ktgt_store *add_store(struct kunit *test)
{
	const struct ktgt_store_params params = {};
	struct ktgt_store *store = ktgt_store_open(&sanitize_ops, &params, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(store));
	return store;
}

/* --- beginning and end ---------------------------------------------------- */

static void sanitize_kick(struct ktgt_done_queue *queue)
{
}

static void lu_is_gone(struct percpu_ref *ref)
{
	complete(&container_of(ref, struct sanitize_test, lu.ref)->gone);
}

static void make_lu(struct sanitize_test *t)
{
	t->lu.type = TYPE_DISK;
	t->lu.block_shift = ilog2(BLOCK);
	t->lu.nr_blocks = DISK_BYTES / BLOCK;
	t->lu.max_blocks = t->lu.nr_blocks;
	t->lu.target = &t->target;
	t->itl.lu = &t->lu;
	t->itl.nexus = &t->nexus;
	t->itl.wrote = true;
	t->nexus.target = &t->target;
	t->target.kn = &t->kn;
	kref_init(&t->lu.kref);
	spin_lock_init(&t->lu.lock);
	ktgt_pr_init(&t->lu.pr);
	ktgt_gate_init(&t->lu.gate);
}

static void make_commands(struct sanitize_test *t)
{
	init_llist_head(&t->queue.head);
	t->queue.kick = sanitize_kick;
	t->cmd.nexus = &t->nexus;
	t->cmd.done_queue = &t->queue;
	t->cmd.bvec = t->cmd.inline_bvec;
	bvec_set_page(&t->cmd.inline_bvec[0], t->page, PAGE_SIZE, 0);
	t->other.lu = &t->lu;
	t->other.done_queue = &t->queue;
}

static int sanitize_test_init(struct kunit *test)
{
	struct sanitize_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	running = t;
	test->priv = t;
	t->fails_at = NEVER;
	t->holds_at = NEVER;
	init_completion(&t->gone);
	make_lu(t);
	t->page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!t->page || percpu_ref_init(&t->lu.ref, lu_is_gone, 0, GFP_KERNEL))
		return -ENOMEM;
	make_commands(t);
	RCU_INIT_POINTER(t->lu.store, add_store(test));
	ktgt_gate_open(&t->lu, KTGT_GATE_SWAP);
	ktgt_test_itl = &t->itl;
	return 0;
}

static void release(struct sanitize_test *t)
{
	struct ktgt_io *io = smp_load_acquire(&t->held);

	t->held = NULL;
	if (io)
		ktgt_io_end(io, BLK_STS_OK);
}

/* Whatever goes on still ends with the logical unit. */
static void sanitize_test_exit(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	struct ktgt_store *store;

	ktgt_test_itl = NULL;
	if (!t)
		return;
	ktgt_gate_leave(&t->other);
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	release(t);
	percpu_ref_kill(&t->lu.ref);
	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&t->gone, PATIENCE));
	percpu_ref_exit(&t->lu.ref);
	KUNIT_EXPECT_NULL(test, t->lu.sanitize_op);
	store = rcu_dereference_protected(t->lu.store, true);
	ktgt_store_leave(store);
	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&store->closed, PATIENCE));
	ktgt_store_put(store);
	put_page(t->page);
	ktgt_state_test_close(&t->lu);
	if (t->file)
		fput(t->file);
	KUNIT_EXPECT_EQ(test, kref_read(&t->lu.kref), 1U);
}

static int sanitize_suite_init(struct kunit_suite *suite)
{
	int err;

	ktgt_cdb_table_init();
	err = ktgt_store_init();
	if (err)
		return err;
	err = ktgt_sanitize_init();
	if (err)
		goto err_sanitize;
	err = ktgt_state_test_init();
	if (!err)
		return 0;
	ktgt_sanitize_exit();
err_sanitize:
	ktgt_store_exit();
	return err;
}

static void sanitize_suite_exit(struct kunit_suite *suite)
{
	ktgt_sanitize_exit();
	ktgt_state_test_exit();
	ktgt_store_exit();
	rcu_barrier();
}

/* --- commands ------------------------------------------------------------- */

/* It is parsed, and carried out if it is found good. */
static void send(struct sanitize_test *t, u8 bits, const u8 *list, u32 len)
{
	struct ktgt_cmd *cmd = &t->cmd;

	memset(cmd->cdb, 0, KTGT_CDB_MAX);
	cmd->cdb[0] = KTGT_SANITIZE;
	cmd->cdb[1] = bits;
	put_unaligned_be16(len, cmd->cdb + 7);
	memcpy_to_page(t->page, 0, list, len);
	cmd->edtl = len;
	cmd->edtl_dir = len ? DMA_TO_DEVICE : DMA_NONE;
	t->status = -1;
	ktgt_cmd_parse(cmd);
	cmd->buf_len = min_t(u64, cmd->xfer_len, len);
	ktgt_cmd_submit(cmd);
}

/* The status of the command, -1 if it has not ended. */
static int status_of(struct sanitize_test *t)
{
	if (!llist_del_all(&t->queue.head))
		return t->status;
	if (test_and_clear_bit(KTGT_CMDF_RESUME, &t->cmd.flags))
		ktgt_cmd_submit(&t->cmd);
	else
		t->status = t->cmd.status;
	return t->status;
}

static u32 sense_of(const struct ktgt_cmd *cmd)
{
	return cmd->sense.key << 16 | cmd->sense.asc << 8 | cmd->sense.ascq;
}

static void expect_refused(struct kunit *test, u32 code)
{
	struct sanitize_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, status_of(t), SAM_STAT_CHECK_CONDITION);
	KUNIT_EXPECT_EQ(test, sense_of(&t->cmd), code);
}

static void expect_good(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, status_of(test->priv), SAM_STAT_GOOD);
}

static bool is_over(struct sanitize_test *t)
{
	return !READ_ONCE(t->lu.sanitize_op) &&
	       READ_ONCE(t->lu.sanitize.phase) != KTGT_SANITIZE_RUNS;
}

static bool has_asked(struct sanitize_test *t)
{
	return smp_load_acquire(&t->held);
}

static bool has_ended(struct sanitize_test *t)
{
	return status_of(t) >= 0;
}

static void wait_until(struct kunit *test, bool (*what)(struct sanitize_test *t))
{
	unsigned long end = jiffies + PATIENCE;

	while (!what(test->priv) && time_before(jiffies, end))
		msleep(1);
	KUNIT_ASSERT_TRUE(test, what(test->priv));
}

static void expect_phase(struct kunit *test, u8 phase)
{
	struct sanitize_test *t = test->priv;

	wait_until(test, is_over);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, phase);
}

static void begin_erase(struct sanitize_test *t, u8 bits)
{
	send(t, bits | KTGT_SANITIZE_BLOCK_ERASE, NULL, 0);
}

/* OVERWRITE with a pattern of three bytes, which no block has a whole number of. */
static void begin_overwrite(struct sanitize_test *t, u8 bits, u8 how)
{
	const u8 list[] = { how, 0, 0, 3, 0x12, 0x34, 0x56 };

	send(t, bits | KTGT_SANITIZE_OVERWRITE, list, sizeof(list));
}

/* --- what the storage is asked for ---------------------------------------- */

/* A pass over all blocks, and that it is stable; returns what comes behind it. */
static unsigned int expect_pass(struct kunit *test, unsigned int nr, u8 op)
{
	struct sanitize_test *t = test->priv;
	u64 at = 0;

	while (at < DISK_BYTES) {
		const struct sanitize_log *log = &t->log[nr++];

		KUNIT_ASSERT_EQ(test, log->op, op);
		KUNIT_ASSERT_EQ(test, log->pos, at);
		KUNIT_ASSERT_NE(test, log->len, 0);
		KUNIT_ASSERT_LE(test, log->len,
				op == KTGT_IO_UNMAP ? UNMAP_STEP : STEP);
		at += log->len;
	}
	KUNIT_ASSERT_EQ(test, at, DISK_BYTES);
	KUNIT_ASSERT_EQ(test, t->log[nr].op, KTGT_IO_FLUSH);
	KUNIT_ASSERT_EQ(test, t->log[nr].len, 0);
	return nr + 1;
}

static void expect_no_more(struct kunit *test, unsigned int nr)
{
	struct sanitize_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, t->nr_log, nr);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.pass, t->lu.sanitize.passes);
}

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

static void expect_pattern(struct kunit *test, unsigned int nr, u8 xor)
{
	static const u8 pattern[] = { 0x12, 0x34, 0x56 };
	struct sanitize_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < BLOCK; i++)
		KUNIT_ASSERT_EQ(test, t->log[nr].block[i],
				(u8)(pattern[i % 3] ^ xor));
}

static void overwrite(struct kunit *test)
{
	const struct pass_case *c = test->param_value;
	struct sanitize_test *t = test->priv;
	unsigned int nr = 0, pass, first, i;

	begin_overwrite(t, 0, c->how);
	wait_until(test, has_ended);
	expect_good(test);
	expect_phase(test, KTGT_SANITIZE_NONE);
	for (pass = 0; pass < (c->how & COUNT); pass++) {
		first = nr;
		nr = expect_pass(test, nr, KTGT_IO_WRITE_SAME);
		for (i = first; i < nr - 1; i++)
			expect_pattern(test, i, c->passes[pass]);
	}
	expect_no_more(test, nr);
}

static void erase(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	unsigned int nr;

	begin_erase(t, 0);
	wait_until(test, has_ended);
	expect_good(test);
	expect_phase(test, KTGT_SANITIZE_NONE);
	nr = expect_pass(test, 0, KTGT_IO_WRITE_ZEROES);
	expect_no_more(test, nr);
}

static void erase_thin(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	unsigned int nr;

	t->lu.thin = true;
	begin_erase(t, IMMED);
	expect_good(test);
	expect_phase(test, KTGT_SANITIZE_ERASED);
	nr = expect_pass(test, 0, KTGT_IO_WRITE_ZEROES);
	nr = expect_pass(test, nr, KTGT_IO_UNMAP);
	expect_no_more(test, nr);
}

/* Zeroes are enough, but then it is not known what is unmapped. */
static void erase_cannot_unmap(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->lu.thin = true;
	t->fails_at = 4;
	t->error = BLK_STS_NOTSUPP;
	begin_erase(t, 0);
	wait_until(test, has_ended);
	expect_good(test);
	KUNIT_EXPECT_EQ(test, t->log[4].op, KTGT_IO_UNMAP);
	expect_phase(test, KTGT_SANITIZE_NONE);
}

/* --- who waits for whom --------------------------------------------------- */

static void waits_for_others(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	KUNIT_ASSERT_TRUE(test, ktgt_gate_enter(&t->other));
	begin_erase(t, IMMED);
	expect_good(test);
	msleep(50);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0);
	ktgt_gate_leave(&t->other);
	expect_phase(test, KTGT_SANITIZE_NONE);
}

/* Between two steps the gate can be closed, and who closes it waits for one. */
static void waits_at_the_gate(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 1;
	begin_erase(t, IMMED);
	wait_until(test, has_asked);
	ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
	release(t);
	msleep(50);
	KUNIT_EXPECT_EQ(test, t->nr_log, 2);
	KUNIT_EXPECT_TRUE(test, percpu_ref_is_zero(&ktgt_lu_store(&t->lu)->active));
	ktgt_gate_open(&t->lu, KTGT_GATE_FREEZE);
	expect_phase(test, KTGT_SANITIZE_NONE);
	expect_pass(test, 0, KTGT_IO_WRITE_ZEROES);
}

/* Who has begun it waits no longer; it goes on, and nobody is answered. */
static void cancelled(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 1;
	begin_erase(t, 0);
	wait_until(test, has_asked);
	KUNIT_EXPECT_EQ(test, status_of(t), -1);
	KUNIT_EXPECT_TRUE(test, ktgt_sanitize_cancel(&t->cmd));
	KUNIT_EXPECT_FALSE(test, ktgt_sanitize_cancel(&t->cmd));
	release(t);
	expect_phase(test, KTGT_SANITIZE_NONE);
	KUNIT_EXPECT_EQ(test, status_of(t), -1);
	expect_pass(test, 0, KTGT_IO_WRITE_ZEROES);
}

/* --- how it fails --------------------------------------------------------- */

static void storage_fails(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->fails_at = 1;
	t->error = BLK_STS_IOERR;
	begin_erase(t, 0);
	wait_until(test, has_ended);
	expect_refused(test, 0x033103);
	expect_phase(test, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, t->nr_log, 2);
}

static void flush_fails(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->fails_at = 3;
	t->error = BLK_STS_IOERR;
	begin_erase(t, 0);
	wait_until(test, has_ended);
	expect_refused(test, 0x033103);
	KUNIT_EXPECT_EQ(test, t->log[3].op, KTGT_IO_FLUSH);
}

/* Without AUSE only another one that succeeds ends the failure. */
static void restricted(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->lu.sanitize.phase = KTGT_SANITIZE_FAILED;
	send(t, KTGT_SANITIZE_EXIT_FAILURE, NULL, 0);
	expect_refused(test, 0x052400);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.field, 1);
	begin_erase(t, AUSE);
	expect_refused(test, 0x052400);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.bit, AUSE_BIT);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_FAILED);
	begin_erase(t, 0);
	wait_until(test, has_ended);
	expect_good(test);
	expect_phase(test, KTGT_SANITIZE_NONE);
}

static void unrestricted(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->fails_at = 0;
	t->error = BLK_STS_IOERR;
	begin_erase(t, AUSE | IMMED);
	expect_good(test);
	expect_phase(test, KTGT_SANITIZE_FAILED);
	send(t, KTGT_SANITIZE_EXIT_FAILURE, NULL, 0);
	expect_good(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
	/* there is none */
	send(t, KTGT_SANITIZE_EXIT_FAILURE, NULL, 0);
	expect_good(test);
}

/* Another device is not written. */
static void swapped(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	struct ktgt_gate_wait *wait = kzalloc_obj(*wait, GFP_KERNEL);
	struct ktgt_store *old;

	KUNIT_ASSERT_NOT_NULL(test, wait);
	t->holds_at = 1;
	begin_erase(t, 0);
	wait_until(test, has_asked);
	old = ktgt_gate_swap(&t->lu, add_store(test), NULL, wait);
	ktgt_store_leave(old);
	ktgt_store_put(old);
	release(t);
	wait_until(test, has_ended);
	expect_refused(test, 0x033103);
	expect_phase(test, KTGT_SANITIZE_FAILED);
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
	begin_erase(t, IMMED);
	old = ktgt_gate_swap(&t->lu, add_store(test), NULL, wait);
	ktgt_store_leave(old);
	ktgt_store_put(old);
	ktgt_gate_leave(&t->other);
	expect_phase(test, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0);
	KUNIT_EXPECT_EQ(test, t->lu.gate.reasons, 0UL);
}

static void removed(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 1;
	begin_erase(t, 0);
	wait_until(test, has_asked);
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	release(t);
	wait_until(test, has_ended);
	KUNIT_EXPECT_EQ(test, status_of(t), SAM_STAT_TASK_ABORTED);
	wait_until(test, is_over);
	KUNIT_EXPECT_EQ(test, t->nr_log, 2);
}

static void protected(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 0;
	begin_erase(t, 0);
	wait_until(test, has_asked);
	WRITE_ONCE(t->lu.is_protected, true);
	release(t);
	wait_until(test, has_ended);
	expect_refused(test, 0x033103);
	KUNIT_EXPECT_EQ(test, t->nr_log, 1);
}

static void shrunk(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	t->holds_at = 0;
	begin_erase(t, 0);
	wait_until(test, has_asked);
	WRITE_ONCE(ktgt_lu_store(&t->lu)->size, DISK_BYTES - BLOCK);
	release(t);
	wait_until(test, has_ended);
	expect_refused(test, 0x033103);
	KUNIT_EXPECT_EQ(test, t->nr_log, 1);
}

/* --- what outlives a loss of power ---------------------------------------- */

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
	t->fails_at = NEVER;
	t->holds_at = NEVER;
	open_state(test);
}

/* In the middle of it the logical unit ends. */
static void break_off(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	wait_until(test, has_asked);
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	release(t);
	wait_until(test, is_over);
}

static void expect_kept(struct kunit *test, bool is_kept, bool failed)
{
	struct ktgt_sanitize_image image;

	KUNIT_ASSERT_EQ(test, get_kept(test->priv, &image), is_kept);
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
	begin_overwrite(t, IMMED, 1);
	wait_until(test, has_ended);
	expect_good(test);
	expect_kept(test, true, false);
	wait_until(test, has_asked);
	release(t);
	expect_phase(test, KTGT_SANITIZE_NONE);
	expect_kept(test, false, false);
	KUNIT_EXPECT_EQ(test, t->nr_log, 4U);
	for (i = 0; i < t->nr_log; i++)
		KUNIT_EXPECT_TRUE(test, t->log[i].is_kept);
	begin_anew(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
	ktgt_sanitize_resume(&t->lu);
	KUNIT_EXPECT_NULL(test, t->lu.sanitize_op);
}

/* From the beginning, with all passes, and with the pattern that was asked for. */
static void goes_on(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	unsigned int nr, i;

	open_state(test);
	t->holds_at = 5;
	begin_overwrite(t, 0, 0x82);
	break_off(test);
	expect_kept(test, true, false);
	begin_anew(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_RUNS);
	t->cmd.row = ktgt_cdb_row(0);
	KUNIT_EXPECT_TRUE(test, ktgt_sanitize_refuses(&t->cmd));
	KUNIT_EXPECT_EQ(test, sense_of(&t->cmd), 0x02041bU);
	ktgt_sanitize_resume(&t->lu);
	expect_phase(test, KTGT_SANITIZE_NONE);
	nr = expect_pass(test, 0, KTGT_IO_WRITE_SAME);
	for (i = 0; i < nr - 1; i++)
		expect_pattern(test, i, 0xff);
	i = nr;
	nr = expect_pass(test, nr, KTGT_IO_WRITE_SAME);
	for (; i < nr - 1; i++)
		expect_pattern(test, i, 0);
	expect_no_more(test, nr);
	expect_kept(test, false, false);
}

/* An erasure unmaps what can be unmapped now. */
static void erasure_goes_on(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	unsigned int nr;

	open_state(test);
	t->holds_at = 1;
	begin_erase(t, 0);
	break_off(test);
	begin_anew(test);
	t->lu.thin = true;
	ktgt_sanitize_resume(&t->lu);
	expect_phase(test, KTGT_SANITIZE_ERASED);
	nr = expect_pass(test, 0, KTGT_IO_WRITE_ZEROES);
	nr = expect_pass(test, nr, KTGT_IO_UNMAP);
	expect_no_more(test, nr);
}

/**
 * struct other_case - what is behind the logical unit that is to go on
 * @what: its name
 * @medium: identity of the disk that was being sanitized
 * @now: that of the disk that is there; NULL if it has another path, and none
 * @size: its bytes
 * @good: it is the disk that was meant
 */
struct other_case {
	const char	*what;
	const char	*medium;
	const char	*now;
	u64		size;
	bool		good;
};

static const struct other_case other_cases[] = {
	{ "the same disk", "wwn-1", "wwn-1", DISK_BYTES, true },
	{ "the same disk, smaller", "wwn-1", "wwn-1", DISK_BYTES - BLOCK,
	  false },
	{ "another disk", "wwn-1", "wwn-2", DISK_BYTES, false },
	{ "one whose name begins so", "wwn-1", "wwn-10", DISK_BYTES, false },
	{ "one without an identity", "wwn-1", "", DISK_BYTES, false },
	{ "the same path", "", "", DISK_BYTES, true },
	{ "the same path, another size", "", "", DISK_BYTES - BLOCK, false },
	{ "another path", "", NULL, DISK_BYTES, false },
	{ "an identity that is the path", "", "/dev/a", DISK_BYTES, false },
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
	begin_overwrite(t, 0, 1);
	break_off(test);
	begin_anew(test);
	if (!c->now)
		t->lu.params.path = "/dev/b";
	strscpy(t->lu.medium, c->now ?: "", sizeof(t->lu.medium));
	t->lu.nr_blocks = c->size / BLOCK;
	ktgt_sanitize_resume(&t->lu);
	expect_phase(test, c->good ? KTGT_SANITIZE_NONE : KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, !t->nr_log, !c->good);
	KUNIT_EXPECT_FALSE(test, t->lu.sanitize.is_pending);
	/* the disk that was meant may come back */
	expect_kept(test, !c->good, false);
}

/* A device that is not there yet is waited for. */
static void absent(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	open_state(test);
	t->holds_at = 1;
	begin_erase(t, 0);
	break_off(test);
	begin_anew(test);
	t->lu.absent = true;
	ktgt_sanitize_resume(&t->lu);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_RUNS);
	KUNIT_EXPECT_NULL(test, t->lu.sanitize_op);
	t->lu.absent = false;
	ktgt_sanitize_resume(&t->lu);
	expect_phase(test, KTGT_SANITIZE_NONE);
	expect_pass(test, 0, KTGT_IO_WRITE_ZEROES);
	/* it is taken out instead */
	t->nr_log = 0;
	t->lu.sanitize.phase = KTGT_SANITIZE_RUNS;
	t->lu.sanitize.is_pending = true;
	ktgt_sanitize_lose_medium(&t->lu);
	ktgt_sanitize_resume(&t->lu);
	expect_phase(test, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0U);
}

/* A failure is there until it is ended, or another one has ended well. */
static void failure_is_kept(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	open_state(test);
	t->fails_at = 1;
	t->error = BLK_STS_IOERR;
	begin_overwrite(t, AUSE, 1);
	wait_until(test, has_ended);
	expect_refused(test, 0x033103);
	expect_kept(test, true, true);
	begin_anew(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_TRUE(test, t->lu.sanitize.unrestricted);
	ktgt_sanitize_resume(&t->lu);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0U);
	send(t, KTGT_SANITIZE_EXIT_FAILURE, NULL, 0);
	wait_until(test, has_ended);
	expect_good(test);
	expect_kept(test, false, false);
	begin_anew(test);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
}

/* What cannot be kept is not done. */
static void cannot_be_kept(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	open_state(test);
	t->fails_at = 1;
	t->error = BLK_STS_IOERR;
	begin_erase(t, AUSE);
	wait_until(test, has_ended);
	t->nr_log = 0;
	t->fails_at = NEVER;
	KUNIT_ASSERT_EQ(test, ktgt_state_take(t->lu.state, test), 0);
	begin_erase(t, AUSE | IMMED);
	wait_until(test, has_ended);
	KUNIT_EXPECT_EQ(test, status_of(t), SAM_STAT_BUSY);
	expect_phase(test, KTGT_SANITIZE_FAILED);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0U);
	KUNIT_EXPECT_EQ(test, t->lu.gate.reasons, 0UL);
	send(t, KTGT_SANITIZE_EXIT_FAILURE, NULL, 0);
	wait_until(test, has_ended);
	KUNIT_EXPECT_EQ(test, status_of(t), SAM_STAT_BUSY);
	expect_phase(test, KTGT_SANITIZE_FAILED);
	ktgt_state_give_back(t->lu.state, test);
	begin_erase(t, AUSE);
	wait_until(test, has_ended);
	expect_good(test);
	expect_phase(test, KTGT_SANITIZE_NONE);
}

/* That it has ended well, and nobody will know, is a failure. */
static void end_cannot_be_kept(struct kunit *test)
{
	struct sanitize_test *t = test->priv;

	open_state(test);
	t->holds_at = 1;
	begin_erase(t, 0);
	wait_until(test, has_asked);
	KUNIT_ASSERT_EQ(test, ktgt_state_take(t->lu.state, test), 0);
	release(t);
	wait_until(test, has_ended);
	expect_refused(test, 0x033103);
	expect_phase(test, KTGT_SANITIZE_FAILED);
	expect_kept(test, true, false);
	ktgt_state_give_back(t->lu.state, test);
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
	{ "longer than a block", { 1, 0, 2, 1 }, 4 + BLOCK + 1, 0x052400, 7 },
	{ "no pass", { 0x80, 0, 0, 1 }, 5, 0x052600, 0 },
	{ "a test", { 0x21, 0, 0, 1 }, 5, 0x052600, 0 },
	{ "another test", { 0x41, 0, 0, 1 }, 5, 0x052600, 0 },
	{ "reserved byte", { 1, 1, 0, 1 }, 5, 0x052600, 1 },
	{ "no pattern", { 1, 0, 0, 0 }, 5, 0x052600, 2 },
	{ "less than the pattern", { 1, 0, 0, 2 }, 5, 0x052600, 2 },
	{ "a pattern longer than a block", { 1, 0, 2, 1 }, 4 + BLOCK, 0x052600,
	  2 },
};
KUNIT_ARRAY_PARAM_DESC(list, list_cases, what);

static void list_refused(struct kunit *test)
{
	const struct list_case *c = test->param_value;
	struct sanitize_test *t = test->priv;
	u8 list[4 + BLOCK + 1] = {};

	memcpy(list, c->list, sizeof(c->list));
	send(t, KTGT_SANITIZE_OVERWRITE, list, c->len);
	expect_refused(test, c->code);
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
	expect_refused(test, 0x02041b);
	t->lu.sanitize.phase = KTGT_SANITIZE_NONE;

	ktgt_cmd_parse(&t->cmd);
	t->lu.read_only = true;
	ktgt_cmd_submit(&t->cmd);
	expect_refused(test, 0x072700);
	t->lu.read_only = false;

	/* another medium is not the one that was meant, nor are its blocks */
	ktgt_cmd_parse(&t->cmd);
	t->lu.medium_nr++;
	ktgt_cmd_submit(&t->cmd);
	expect_refused(test, 0x023a00);
	ktgt_cmd_parse(&t->cmd);
	t->lu.medium_nr++;
	t->lu.block_shift = 12;
	ktgt_cmd_submit(&t->cmd);
	expect_refused(test, 0x023a00);
	t->lu.block_shift = ilog2(BLOCK);
	ktgt_cmd_parse(&t->cmd);
	set_bit(KTGT_UA_MEDIUM, &t->itl.flags);
	ktgt_cmd_submit(&t->cmd);
	expect_refused(test, 0x023a00);
	clear_bit(KTGT_UA_MEDIUM, &t->itl.flags);

	ktgt_cmd_parse(&t->cmd);
	t->lu.block_shift = 12;
	ktgt_cmd_submit(&t->cmd);
	KUNIT_EXPECT_EQ(test, status_of(t), SAM_STAT_BUSY);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, KTGT_SANITIZE_NONE);
	t->lu.block_shift = ilog2(BLOCK);

	ktgt_cmd_parse(&t->cmd);
	set_bit(KTGT_ITL_STANDBY, &t->itl.flags);
	ktgt_cmd_submit(&t->cmd);
	expect_refused(test, 0x02040b);
	clear_bit(KTGT_ITL_STANDBY, &t->itl.flags);

	ktgt_cmd_parse(&t->cmd);
	set_bit(KTGT_ITL_NO_WRITE, &t->itl.flags);
	ktgt_cmd_submit(&t->cmd);
	KUNIT_EXPECT_EQ(test, status_of(t), SAM_STAT_RESERVATION_CONFLICT);
	KUNIT_EXPECT_EQ(test, t->nr_log, 0);
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
				KUNIT_ASSERT_EQ(test, sense_of(&t->cmd),
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
	expect_refused(test, 0x02041b);
	set_bit(KTGT_UA_POWER_ON, &t->itl.flags);
	ktgt_cmd_parse(&t->cmd);
	ktgt_cmd_submit(&t->cmd);
	expect_refused(test, 0x062900);
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
	KUNIT_CASE(kept),
	KUNIT_CASE(goes_on),
	KUNIT_CASE(erasure_goes_on),
	KUNIT_CASE_PARAM(other_disk, other_gen_params),
	KUNIT_CASE(absent),
	KUNIT_CASE(failure_is_kept),
	KUNIT_CASE(cannot_be_kept),
	KUNIT_CASE(end_cannot_be_kept),
	KUNIT_CASE_PARAM(list_refused, list_gen_params),
	KUNIT_CASE(late_refusals),
	KUNIT_CASE(others),
	KUNIT_CASE(received),
	KUNIT_CASE(erased),
	KUNIT_CASE_PARAM(progress, progress_gen_params),
	{}
};

static struct kunit_suite sanitize_suite = {
	.name = "ktgt_sanitize",
	.suite_init = sanitize_suite_init,
	.suite_exit = sanitize_suite_exit,
	.init = sanitize_test_init,
	.exit = sanitize_test_exit,
	.test_cases = sanitize_cases,
};
kunit_test_suite(sanitize_suite);
