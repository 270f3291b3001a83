// SPDX-License-Identifier: GPL-2.0
/*
 * A disk that is sanitized, and what its storage is asked for.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "sanitize_test.h"

#include "../scsi/sanitize_op.c"
#include "../scsi/sanitize.c"
#include "../scsi/sanitize_state.c"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/string.h>

#include "../core/fabric.h"
#include "../scsi/cdb_table.h"
#include "../scsi/exec.h"
#include "../scsi/pr.h"
#include "state_test.h"
#include "stubs.h"

/* for what is to happen by itself */
#define PATIENCE	(4 * HZ)

static_assert(SANITIZE_DISK == 2 * STEP + STEP / 2);
static_assert(SANITIZE_IMMED == IMMED && SANITIZE_AUSE == AUSE);

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
	*caps = (struct ktgt_backend_caps) {
		.size = SANITIZE_DISK,
		.is_drive = running->is_drive,
	};
}

/**
 * ktgt_sanitize_test_kept - what the state file says of a sanitize operation
 * @t: the test
 * @image: takes it; its pattern and its disk are in the image that is kept
 *
 * Return: false if it says nothing.
 */
bool ktgt_sanitize_test_kept(struct sanitize_test *t,
			     struct ktgt_sanitize_image *image)
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

	if (running->nr_log >= SANITIZE_LOG)
		return;
	log->op = io->op;
	log->pos = io->pos;
	log->len = io->len;
	log->is_kept = ktgt_sanitize_test_kept(running, &image) && !image.failed;
	if (io->op == KTGT_IO_WRITE_SAME)
		memcpy_from_page(log->block, io->bvec[0].bv_page, 0, io->block);
}

static void sanitize_submit(struct ktgt_store *store, struct ktgt_io *io)
{
	unsigned int nr = running->nr_log;

	note(io);
	WRITE_ONCE(running->nr_log, nr + 1);
	if (nr == running->holds_at)
		smp_store_release(&running->held, io);	/* the test takes it */
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

/**
 * ktgt_sanitize_test_store - make a store that can be sanitized
 * @test: the test, which ends without one
 *
 * Return: the store.
 */
struct ktgt_store *ktgt_sanitize_test_store(struct kunit *test)
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
	t->lu.block_shift = ilog2(SANITIZE_BLOCK);
	t->lu.nr_blocks = SANITIZE_DISK / SANITIZE_BLOCK;
	t->lu.max_blocks = t->lu.nr_blocks;
	strscpy(t->lu.medium, "wwn-0", sizeof(t->lu.medium));
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

/**
 * ktgt_sanitize_test_init - make a disk and a command
 * @test: the test
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_sanitize_test_init(struct kunit *test)
{
	struct sanitize_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	running = t;
	test->priv = t;
	t->fails_at = SANITIZE_NEVER;
	t->holds_at = SANITIZE_NEVER;
	init_completion(&t->gone);
	make_lu(t);
	t->page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!t->page || percpu_ref_init(&t->lu.ref, lu_is_gone, 0, GFP_KERNEL))
		return -ENOMEM;
	make_commands(t);
	RCU_INIT_POINTER(t->lu.store, ktgt_sanitize_test_store(test));
	ktgt_gate_open(&t->lu, KTGT_GATE_SWAP);
	ktgt_test_itl = &t->itl;
	return 0;
}

/**
 * ktgt_sanitize_test_release - let the transfer end that was held
 * @t: the test
 */
void ktgt_sanitize_test_release(struct sanitize_test *t)
{
	struct ktgt_io *io = smp_load_acquire(&t->held);	/* from the storage */

	t->held = NULL;
	if (io)
		ktgt_io_end(io, BLK_STS_OK);
}

/**
 * ktgt_sanitize_test_exit - end a test
 * @test: the test; whatever goes on still ends with the logical unit
 */
void ktgt_sanitize_test_exit(struct kunit *test)
{
	struct sanitize_test *t = test->priv;
	struct ktgt_store *store;

	ktgt_test_itl = NULL;
	if (!t)
		return;
	ktgt_gate_leave(&t->other);
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	ktgt_sanitize_test_release(t);
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

/**
 * ktgt_sanitize_test_suite_init - make what all cases need
 * @suite: the suite
 *
 * Return: 0 or an errno.
 */
int ktgt_sanitize_test_suite_init(struct kunit_suite *suite)
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

/**
 * ktgt_sanitize_test_suite_exit - undo ktgt_sanitize_test_suite_init()
 * @suite: the suite
 */
void ktgt_sanitize_test_suite_exit(struct kunit_suite *suite)
{
	ktgt_sanitize_exit();
	ktgt_state_test_exit();
	ktgt_store_exit();
	rcu_barrier();
}

/* --- commands ------------------------------------------------------------- */

/**
 * ktgt_sanitize_test_send - send SANITIZE
 * @t: the test
 * @bits: byte 1 of the CDB
 * @list: parameter list
 * @len: bytes of it
 *
 * It is parsed, and carried out if it is found good.
 */
void ktgt_sanitize_test_send(struct sanitize_test *t, u8 bits, const u8 *list,
			     u32 len)
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

/**
 * ktgt_sanitize_test_status - how the command has ended
 * @t: the test
 *
 * If it is to be submitted again, it is.
 *
 * Return: its status, -1 if it has not ended.
 */
int ktgt_sanitize_test_status(struct sanitize_test *t)
{
	if (!llist_del_all(&t->queue.head))
		return t->status;
	if (test_and_clear_bit(KTGT_CMDF_RESUME, &t->cmd.flags))
		ktgt_cmd_submit(&t->cmd);
	else
		t->status = t->cmd.status;
	return t->status;
}

/**
 * ktgt_sanitize_test_sense - sense data of a command
 * @cmd: the command
 *
 * Return: sense key, additional sense code and qualifier.
 */
u32 ktgt_sanitize_test_sense(const struct ktgt_cmd *cmd)
{
	return cmd->sense.key << 16 | cmd->sense.asc << 8 | cmd->sense.ascq;
}

/**
 * ktgt_sanitize_test_refused - the command has ended with CHECK CONDITION
 * @test: the test
 * @code: the sense data that it has to have
 */
void ktgt_sanitize_test_refused(struct kunit *test, u32 code)
{
	struct sanitize_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, ktgt_sanitize_test_status(t),
			SAM_STAT_CHECK_CONDITION);
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_test_sense(&t->cmd), code);
}

/**
 * ktgt_sanitize_test_good - the command has ended with GOOD
 * @test: the test
 */
void ktgt_sanitize_test_good(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, ktgt_sanitize_test_status(test->priv),
			SAM_STAT_GOOD);
}

/**
 * ktgt_sanitize_test_is_over - whether nothing is sanitized any more
 * @t: the test
 *
 * Return: true if so.
 */
bool ktgt_sanitize_test_is_over(struct sanitize_test *t)
{
	return !READ_ONCE(t->lu.sanitize_op) &&
	       READ_ONCE(t->lu.sanitize.phase) != KTGT_SANITIZE_RUNS;
}

/**
 * ktgt_sanitize_test_has_asked - whether a transfer is held
 * @t: the test
 *
 * Return: true if so.
 */
bool ktgt_sanitize_test_has_asked(struct sanitize_test *t)
{
	return smp_load_acquire(&t->held);	/* from the storage */
}

/**
 * ktgt_sanitize_test_has_ended - whether the command has ended
 * @t: the test
 *
 * Return: true if so.
 */
bool ktgt_sanitize_test_has_ended(struct sanitize_test *t)
{
	return ktgt_sanitize_test_status(t) >= 0;
}

/**
 * ktgt_sanitize_test_wait - wait until something is so
 * @test: the test, which fails if it does not become so
 * @what: says whether it is
 */
void ktgt_sanitize_test_wait(struct kunit *test,
			     bool (*what)(struct sanitize_test *t))
{
	unsigned long end = jiffies + PATIENCE;

	while (!what(test->priv) && time_before(jiffies, end))
		fsleep(1000);
	KUNIT_ASSERT_TRUE(test, what(test->priv));
}

/**
 * ktgt_sanitize_test_phase - wait until nothing is sanitized any more
 * @test: the test
 * @phase: what has to have become of it
 */
void ktgt_sanitize_test_phase(struct kunit *test, u8 phase)
{
	struct sanitize_test *t = test->priv;

	ktgt_sanitize_test_wait(test, ktgt_sanitize_test_is_over);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.phase, phase);
}

/**
 * ktgt_sanitize_test_erase - send BLOCK ERASE
 * @t: the test
 * @bits: more bits of byte 1 of the CDB
 */
void ktgt_sanitize_test_erase(struct sanitize_test *t, u8 bits)
{
	ktgt_sanitize_test_send(t, bits | KTGT_SANITIZE_BLOCK_ERASE, NULL, 0);
}

/**
 * ktgt_sanitize_test_overwrite - send OVERWRITE
 * @t: the test
 * @bits: more bits of byte 1 of the CDB
 * @how: byte 0 of the parameter list
 *
 * The pattern has three bytes, of which no block has a whole number.
 */
void ktgt_sanitize_test_overwrite(struct sanitize_test *t, u8 bits, u8 how)
{
	const u8 list[] = { how, 0, 0, 3, 0x12, 0x34, 0x56 };

	ktgt_sanitize_test_send(t, bits | KTGT_SANITIZE_OVERWRITE, list,
				sizeof(list));
}

/* --- what the storage is asked for ---------------------------------------- */

/**
 * ktgt_sanitize_test_pass - all blocks were gone over, and that is stable
 * @test: the test
 * @nr: number of its first transfer
 * @op: enum ktgt_io_op of those before the flush
 *
 * Return: the number of what comes behind it.
 */
unsigned int ktgt_sanitize_test_pass(struct kunit *test, unsigned int nr,
				     u8 op)
{
	struct sanitize_test *t = test->priv;
	u64 at = 0;

	while (at < SANITIZE_DISK) {
		const struct sanitize_log *log = &t->log[nr++];

		KUNIT_ASSERT_EQ(test, log->op, op);
		KUNIT_ASSERT_EQ(test, log->pos, at);
		KUNIT_ASSERT_NE(test, log->len, 0);
		KUNIT_ASSERT_LE(test, log->len,
				op == KTGT_IO_UNMAP ? UNMAP_STEP : STEP);
		at += log->len;
	}
	KUNIT_ASSERT_EQ(test, at, SANITIZE_DISK);
	KUNIT_ASSERT_EQ(test, t->log[nr].op, KTGT_IO_FLUSH);
	KUNIT_ASSERT_EQ(test, t->log[nr].len, 0);
	return nr + 1;
}

/**
 * ktgt_sanitize_test_no_more - all passes were done, and no more
 * @test: the test
 * @nr: how many transfers there were
 */
void ktgt_sanitize_test_no_more(struct kunit *test, unsigned int nr)
{
	struct sanitize_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, t->nr_log, nr);
	KUNIT_EXPECT_EQ(test, t->lu.sanitize.pass, t->lu.sanitize.passes);
}

/**
 * ktgt_sanitize_test_pattern - a block has the pattern of OVERWRITE
 * @test: the test
 * @nr: number of the transfer
 * @xor: what its bytes are XORed with
 */
void ktgt_sanitize_test_pattern(struct kunit *test, unsigned int nr, u8 xor)
{
	static const u8 pattern[] = { 0x12, 0x34, 0x56 };
	struct sanitize_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < SANITIZE_BLOCK; i++)
		KUNIT_ASSERT_EQ(test, t->log[nr].block[i],
				(u8)(pattern[i % 3] ^ xor));
}
