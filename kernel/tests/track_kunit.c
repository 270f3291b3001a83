// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that read for themselves, and that are alone in their range: what comes
 * of the blocks, what of the command, and who waits for whom.
 */
#include "../scsi/track.c"
#include "../scsi/medium.c"
#include "../scsi/chunk.c"
#include "../scsi/caw.c"
#include "../scsi/verify.c"
#include "../scsi/write_atomic.c"

#include <linux/sizes.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>

#include <kunit/test.h>

#include "../core/fabric.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../scsi/cdb_table.h"
#include "../scsi/exec.h"
#include "stubs.h"

#define DISK_BYTES	SZ_1M
#define NR_CMDS		3
/* of the data of a command; 255 blocks of 512 bytes, twice */
#define MAX_DATA	(2 * 255 * 512)
#define MAX_PAGES	DIV_ROUND_UP(MAX_DATA, PAGE_SIZE)
#define SCRATCH_PAGES	(KTGT_CMD_SCRATCH / PAGE_SIZE)
/* for what is to happen by itself */
#define PATIENCE	(4 * HZ)
#define LOG_LEN		64

#define OP_WRITE_VERIFY	0x2e
#define OP_VERIFY	0x2f
#define OP_CAW		0x89
#define OP_ORWRITE	0x8b
#define OP_WRITE_ATOMIC	0x9c

/**
 * struct track_cmd - a command and its pages
 * @cmd: the command
 * @bvec: its data
 * @pages: pages of the data, and behind them those of the scratch buffer
 * @is_done: it has completed
 */
struct track_cmd {
	struct ktgt_cmd	cmd;
	struct bio_vec	bvec[MAX_PAGES];
	struct page	*pages[MAX_PAGES + SCRATCH_PAGES];
	bool		is_done;
};

/**
 * struct track_test - a disk with commands
 * @lu: the logical unit
 * @itl: what it keeps for the initiator
 * @nexus: the initiator
 * @target: the target
 * @kn: the namespace
 * @queue: where commands come back to
 * @kicked: completed when one has come back
 * @cmds: commands
 * @disk: what is on the disk
 * @write_cache: the disk has a volatile cache
 * @hold: transfers wait until this is not set any more
 * @held: one that waits
 * @log: what the disk was asked for: R, W (or F with FUA, A if atomic) and S
 * @nr_log: length of @log
 */
struct track_test {
	struct ktgt_lu		lu;
	struct ktgt_itl		itl;
	struct ktgt_nexus	nexus;
	struct ktgt_target	target;
	struct ktgt_net		kn;
	struct ktgt_done_queue	queue;
	struct completion	kicked;
	struct track_cmd	cmds[NR_CMDS];
	u8			*disk;
	bool			write_cache;
	bool			hold;
	struct ktgt_io		*held;
	char			log[LOG_LEN];
	unsigned int		nr_log;
};

/* of the case that runs */
static struct track_test *running;

static struct ktgt_store *track_open(const struct ktgt_store_params *params,
				     struct netlink_ext_ack *extack)
{
	struct ktgt_store *store = kzalloc_obj(*store, GFP_KERNEL);

	return store ?: ERR_PTR(-ENOMEM);
}

static void track_close(struct ktgt_store *store)
{
}

static void track_caps(struct ktgt_store *store, struct ktgt_backend_caps *caps)
{
	*caps = (struct ktgt_backend_caps) {
		.size = DISK_BYTES,
		.write_cache = running->write_cache,
	};
}

static void disk_move(const struct ktgt_io *io)
{
	u32 at, len;

	for (at = 0; at < io->len; at += len) {
		struct page *page = io->bvec[at >> PAGE_SHIFT].bv_page;

		len = min_t(u32, io->len - at, PAGE_SIZE);
		if (io->op == KTGT_IO_READ)
			memcpy_to_page(page, 0, running->disk + io->pos + at, len);
		else
			memcpy_from_page(running->disk + io->pos + at, page, 0, len);
	}
}

static void disk_do(struct ktgt_io *io)
{
	if (io->op != KTGT_IO_FLUSH)
		disk_move(io);
	ktgt_io_end(io, BLK_STS_OK);
}

static char letter_of(const struct ktgt_io *io)
{
	switch (io->op) {
	case KTGT_IO_READ:
		return 'R';
	case KTGT_IO_WRITE:
		if (io->flags & KTGT_IO_ATOMIC)
			return 'A';
		return io->flags & KTGT_IO_FUA ? 'F' : 'W';
	default:
		return 'S';
	}
}

static void track_submit(struct ktgt_store *store, struct ktgt_io *io)
{
	if (running->nr_log < LOG_LEN - 1)
		running->log[running->nr_log++] = letter_of(io);
	if (running->hold)
		running->held = io;
	else
		disk_do(io);
}

static const struct ktgt_backend_ops track_ops = {
	.name	= "track",
	.open	= track_open,
	.close	= track_close,
	.caps	= track_caps,
	.submit	= track_submit,
};

static void track_kick(struct ktgt_done_queue *queue)
{
	complete(&container_of(queue, struct track_test, queue)->kicked);
}

static struct ktgt_store *add_store(struct kunit *test)
{
	const struct ktgt_store_params params = {};
	struct ktgt_store *store = ktgt_store_open(&track_ops, &params, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(store));
	return store;
}

static int make_cmd(struct track_test *t, struct track_cmd *c)
{
	unsigned int i;

	c->cmd.nexus = &t->nexus;
	c->cmd.done_queue = &t->queue;
	for (i = 0; i < ARRAY_SIZE(c->pages); i++) {
		c->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!c->pages[i])
			return -ENOMEM;
	}
	for (i = 0; i < MAX_PAGES; i++)
		bvec_set_page(&c->bvec[i], c->pages[i], PAGE_SIZE, 0);
	for (i = 0; i < SCRATCH_PAGES; i++)
		bvec_set_page(&c->cmd.inline_bvec[i], c->pages[MAX_PAGES + i],
			      PAGE_SIZE, 0);
	return 0;
}

static void make_lu(struct track_test *t)
{
	t->lu.type = TYPE_DISK;
	t->lu.block_shift = 9;
	t->lu.nr_blocks = DISK_BYTES >> 9;
	t->lu.max_blocks = t->lu.nr_blocks;
	t->lu.write_back = true;
	t->itl.lu = &t->lu;
	t->itl.nexus = &t->nexus;
	t->itl.wrote = true;
	t->nexus.target = &t->target;
	t->target.kn = &t->kn;
	kref_init(&t->lu.kref);
	ktgt_gate_init(&t->lu.gate);
}

static int track_test_init(struct kunit *test)
{
	struct track_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	if (!t)
		return -ENOMEM;
	running = t;
	test->priv = t;
	init_llist_head(&t->queue.head);
	t->queue.kick = track_kick;
	init_completion(&t->kicked);
	make_lu(t);
	RCU_INIT_POINTER(t->lu.store, add_store(test));
	ktgt_gate_open(&t->lu, KTGT_GATE_SWAP);
	ktgt_test_itl = &t->itl;
	t->disk = vmalloc(DISK_BYTES);
	if (!t->disk)
		return -ENOMEM;
	for (i = 0; i < DISK_BYTES; i++)
		t->disk[i] = i % 251;
	for (i = 0; i < NR_CMDS; i++)
		if (make_cmd(t, &t->cmds[i]))
			return -ENOMEM;
	return 0;
}

static void free_cmd(struct track_cmd *c)
{
	unsigned int i;

	ktgt_cmd_pause(&c->cmd);
	ktgt_cmd_free(&c->cmd);
	for (i = 0; i < ARRAY_SIZE(c->pages); i++)
		if (c->pages[i])
			put_page(c->pages[i]);
}

static void track_test_exit(struct kunit *test)
{
	struct track_test *t = test->priv;
	struct ktgt_store *store;
	unsigned int i;

	ktgt_test_itl = NULL;
	if (!t)
		return;
	for (i = 0; i < NR_CMDS; i++)
		free_cmd(&t->cmds[i]);
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	store = rcu_dereference_protected(t->lu.store, true);
	ktgt_store_leave(store);
	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&store->closed, PATIENCE));
	ktgt_store_put(store);
	ktgt_range_table_free(t->lu.ranges);
	vfree(t->disk);
	KUNIT_EXPECT_EQ(test, kref_read(&t->lu.kref), 1U);
}

static int track_suite_init(struct kunit_suite *suite)
{
	ktgt_cdb_table_init();
	return ktgt_store_init();
}

static void track_suite_exit(struct kunit_suite *suite)
{
	ktgt_store_exit();
	rcu_barrier();
}

/* What a fabric does with those that have come back: once for each. */
static bool take_back(struct track_test *t)
{
	struct llist_node *list = llist_del_all(&t->queue.head);
	struct ktgt_cmd *cmd, *next;

	list = llist_reverse_order(list);
	llist_for_each_entry_safe(cmd, next, list, done_node) {
		if (test_and_clear_bit(KTGT_CMDF_RESUME, &cmd->flags)) {
			ktgt_cmd_submit(cmd);
			continue;
		}
		container_of(cmd, struct track_cmd, cmd)->is_done = true;
		ktgt_cmd_pause(cmd);
	}
	return list;
}

/* Until nothing happens any more but by the release of a transfer. */
static void run(struct track_test *t)
{
	while (take_back(t))
		;
}

static bool wait_done(struct track_test *t, struct track_cmd *c)
{
	unsigned long end = jiffies + PATIENCE;

	for (run(t); !c->is_done && time_before(jiffies, end); run(t))
		wait_for_completion_timeout(&t->kicked, HZ / 10);
	return c->is_done;
}

/* The transfer that waits ends, and nobody waits from now on. */
static void release(struct track_test *t)
{
	struct ktgt_io *io = t->held;

	t->hold = false;
	t->held = NULL;
	disk_do(io);
	run(t);
}

static void put_data(struct track_cmd *c, u32 at, const u8 *from, u32 len)
{
	u32 part;

	for (; len; at += part, from += part, len -= part) {
		part = min_t(u32, len, PAGE_SIZE - offset_in_page(at));
		memcpy_to_page(c->pages[at >> PAGE_SHIFT], offset_in_page(at), from,
			       part);
	}
}

static void fill_data(struct track_cmd *c, u32 at, u8 byte, u32 len)
{
	for (; len; at++, len--)
		put_data(c, at, &byte, 1);
}

static void start(struct kunit *test, struct track_cmd *c, u8 opcode, u8 bits,
		  u32 lba, u32 blocks, u32 bytes)
{
	struct ktgt_cmd *cmd = &c->cmd;

	memset(cmd->cdb, 0, KTGT_CDB_MAX);
	cmd->cdb[0] = opcode;
	cmd->cdb[1] = bits;
	if (opcode == OP_VERIFY || opcode == OP_WRITE_VERIFY) {
		put_unaligned_be32(lba, cmd->cdb + 2);
		put_unaligned_be16(blocks, cmd->cdb + 7);
	} else {
		put_unaligned_be64(lba, cmd->cdb + 2);
		put_unaligned_be32(blocks, cmd->cdb + 10);
	}
	cmd->edtl = bytes;
	cmd->edtl_dir = bytes ? DMA_TO_DEVICE : DMA_NONE;
	c->is_done = false;
	ktgt_cmd_parse(cmd);
	KUNIT_ASSERT_EQ(test, cmd->xfer_len, bytes);
	cmd->bvec = c->bvec;
	cmd->buf_len = bytes;
	ktgt_cmd_submit(cmd);
}

/* COMPARE AND WRITE: the second half is all @byte. */
static void begin_caw(struct kunit *test, struct track_cmd *c, u32 lba,
		      u32 blocks, u8 byte)
{
	struct track_test *t = test->priv;
	u32 half = blocks * 512;

	put_data(c, 0, t->disk + lba * 512, half);
	fill_data(c, half, byte, half);
	start(test, c, OP_CAW, 0, lba, blocks, 2 * half);
}

/* A command of the test's own that only writes: WRITE is not compiled here. */
static void exec_write(struct ktgt_cmd *cmd)
{
	if (ktgt_medium_admit(cmd))
		ktgt_medium_submit(cmd, KTGT_IO_WRITE, cmd->lba << 9, 512,
				   ktgt_medium_end_io);
}

static void begin_write(struct track_test *t, struct track_cmd *c, u32 lba,
			u8 byte)
{
	struct ktgt_cmd *cmd = &c->cmd;

	fill_data(c, 0, byte, 512);
	memset(cmd->cdb, 0, KTGT_CDB_MAX);
	cmd->cdb[0] = WRITE_10;
	put_unaligned_be32(lba, cmd->cdb + 2);
	cmd->cdb[8] = 1;
	cmd->edtl = 512;
	cmd->edtl_dir = DMA_TO_DEVICE;
	c->is_done = false;
	ktgt_cmd_parse(cmd);
	cmd->exec = exec_write;
	cmd->bvec = c->bvec;
	cmd->buf_len = 512;
	ktgt_cmd_submit(cmd);
	run(t);
}

static void expect_good(struct kunit *test, struct track_cmd *c)
{
	KUNIT_ASSERT_TRUE(test, wait_done(test->priv, c));
	KUNIT_EXPECT_EQ(test, c->cmd.status, SAM_STAT_GOOD);
}

static void expect_miscompare(struct kunit *test, struct track_cmd *c, u64 info)
{
	const struct ktgt_sense *sense = &c->cmd.sense;

	KUNIT_ASSERT_TRUE(test, wait_done(test->priv, c));
	KUNIT_EXPECT_EQ(test, c->cmd.status, SAM_STAT_CHECK_CONDITION);
	KUNIT_EXPECT_EQ(test, sense->key, MISCOMPARE);
	KUNIT_EXPECT_EQ(test, sense->asc << 8 | sense->ascq, 0x1d00);
	KUNIT_EXPECT_EQ(test, sense->flags, KTGT_SENSE_INFO);
	KUNIT_EXPECT_EQ(test, sense->info, info);
}

static void expect_log(struct kunit *test, const char *want)
{
	struct track_test *t = test->priv;

	t->log[t->nr_log] = '\0';
	t->nr_log = 0;
	KUNIT_EXPECT_STREQ(test, (const char *)t->log, want);
}

/* The LU is tracked, so that a case need not wait for it. */
static void make_tracked(struct kunit *test)
{
	struct track_test *t = test->priv;

	begin_caw(test, &t->cmds[0], 0, 1, t->disk[0]);
	expect_good(test, &t->cmds[0]);
	KUNIT_ASSERT_TRUE(test, t->lu.tracked);
	t->nr_log = 0;
}

/* --- COMPARE AND WRITE ---------------------------------------------------- */

/**
 * struct caw_case - blocks, and what differs
 * @what: its name
 * @blocks: how many
 * @differs: byte that is not as it is on the disk, -1 if all are
 * @log: what the disk is asked for
 */
struct caw_case {
	const char	*what;
	u32		blocks;
	int		differs;
	const char	*log;
};

static const struct caw_case caw_cases[] = {
	{ "one block", 1, -1, "RW" },
	{ "seven blocks, within a page", 7, -1, "RW" },
	{ "eight blocks, a page", 8, -1, "RW" },
	{ "nine blocks", 9, -1, "RW" },
	{ "a chunk", 128, -1, "RW" },
	{ "255 blocks", 255, -1, "RRW" },
	{ "first byte", 1, 0, "R" },
	{ "last byte of a block", 1, 511, "R" },
	{ "first byte of a page", 16, 4096, "R" },
	{ "last byte of a page", 16, 4095, "R" },
	{ "last byte of a chunk", 255, 65535, "R" },
	{ "first byte of the second chunk", 255, 65536, "RR" },
	{ "last byte of 255 blocks", 255, 130559, "RR" },
};
KUNIT_ARRAY_PARAM_DESC(caw, caw_cases, what);

static void compare_and_write(struct kunit *test)
{
	const struct caw_case *c = test->param_value;
	struct track_test *t = test->priv;
	struct track_cmd *cmd = &t->cmds[1];
	u32 half = c->blocks * 512, at = 3 * 512;
	u8 *was = kunit_kzalloc(test, half + 512, GFP_KERNEL);
	u8 byte;

	KUNIT_ASSERT_NOT_NULL(test, was);
	make_tracked(test);
	memcpy(was, t->disk + at, half + 512);
	if (c->differs >= 0)
		t->disk[at + c->differs] ^= 0x40;
	put_data(cmd, 0, was, half);
	fill_data(cmd, half, 0xee, half);
	start(test, cmd, OP_CAW, 0, 3, c->blocks, 2 * half);
	if (c->differs >= 0) {
		expect_miscompare(test, cmd, c->differs);
		was[c->differs] ^= 0x40;
		KUNIT_EXPECT_MEMEQ(test, t->disk + at, was, half + 512);
	} else {
		expect_good(test, cmd);
		byte = 0xee;
		KUNIT_EXPECT_EQ(test, t->disk[at], byte);
		KUNIT_EXPECT_MEMEQ(test, t->disk + at, t->disk + at + 1, half - 1);
		KUNIT_EXPECT_MEMEQ(test, t->disk + at + half, was + half, 512);
	}
	expect_log(test, c->log);
}

static void nothing_to_compare(struct kunit *test)
{
	struct track_test *t = test->priv;

	start(test, &t->cmds[0], OP_CAW, 0, 3, 0, 0);
	expect_good(test, &t->cmds[0]);
	expect_log(test, "");
	KUNIT_EXPECT_FALSE(test, t->lu.tracked);
}

static void fua_is_of_the_write(struct kunit *test)
{
	struct track_test *t = test->priv;

	t->lu.write_back = false;
	begin_caw(test, &t->cmds[0], 0, 1, 1);
	expect_good(test, &t->cmds[0]);
	expect_log(test, "RF");
}

/* --- WRITE ATOMIC --------------------------------------------------------- */

static void set_atomic(struct track_test *t, u32 longest)
{
	t->lu.atomic_max = longest;
	t->lu.atomic_unit = 1;
	t->lu.atomic_align = 1;
}

static void write_atomic(struct kunit *test)
{
	struct track_test *t = test->priv;
	struct track_cmd *cmd = &t->cmds[0];
	u8 byte = t->disk[258 * 512];

	set_atomic(t, 255);
	fill_data(cmd, 0, 0xee, 255 * 512);
	start(test, cmd, OP_WRITE_ATOMIC, 0, 3, 255, 255 * 512);
	expect_good(test, cmd);
	expect_log(test, "A");
	KUNIT_EXPECT_EQ(test, t->disk[3 * 512], 0xee);
	KUNIT_EXPECT_EQ(test, t->disk[258 * 512 - 1], 0xee);
	KUNIT_EXPECT_EQ(test, t->disk[258 * 512], byte);
	start(test, cmd, OP_WRITE_ATOMIC, 0, 3, 0, 0);
	expect_good(test, cmd);
	expect_log(test, "");
}

/* While it waits at the gate the device gets a table that can do less. */
static void write_atomic_late(struct kunit *test)
{
	struct track_test *t = test->priv;
	struct track_cmd *cmd = &t->cmds[0];

	set_atomic(t, 8);
	ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
	start(test, cmd, OP_WRITE_ATOMIC, 0, 3, 8, 8 * 512);
	set_atomic(t, 7);
	ktgt_gate_open(&t->lu, KTGT_GATE_FREEZE);
	KUNIT_ASSERT_TRUE(test, wait_done(t, cmd));
	KUNIT_EXPECT_EQ(test, cmd->cmd.status, SAM_STAT_CHECK_CONDITION);
	KUNIT_EXPECT_EQ(test, cmd->cmd.sense.asc, 0x24);
	KUNIT_EXPECT_EQ(test, cmd->cmd.sense.field, 12);

	ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
	start(test, cmd, OP_WRITE_ATOMIC, 0, 3, 7, 7 * 512);
	t->lu.medium_nr++;
	ktgt_gate_open(&t->lu, KTGT_GATE_FREEZE);
	KUNIT_ASSERT_TRUE(test, wait_done(t, cmd));
	KUNIT_EXPECT_EQ(test, cmd->cmd.sense.asc, 0x3a);
	expect_log(test, "");
}

/* --- how a logical unit becomes tracked ----------------------------------- */

/* It waits for what is under way, which is in no range; what comes then waits too. */
static void tracked_when_empty(struct kunit *test)
{
	struct track_test *t = test->priv;

	t->hold = true;
	begin_write(t, &t->cmds[0], 5, 0xaa);
	KUNIT_EXPECT_FALSE(test, test_bit(KTGT_CMDF_RANGE,
					  &t->cmds[0].cmd.flags));
	begin_caw(test, &t->cmds[1], 5, 1, 0xbb);
	begin_write(t, &t->cmds[2], 9, 0xcc);
	KUNIT_EXPECT_FALSE(test, t->lu.tracked);
	KUNIT_EXPECT_TRUE(test, test_bit(KTGT_CMDF_WAITING,
					 &t->cmds[1].cmd.flags));
	KUNIT_EXPECT_TRUE(test, test_bit(KTGT_CMDF_WAITING,
					 &t->cmds[2].cmd.flags));
	release(t);
	expect_good(test, &t->cmds[0]);
	/* the first one has changed what it compares with */
	expect_miscompare(test, &t->cmds[1], 0);
	expect_good(test, &t->cmds[2]);
	KUNIT_EXPECT_TRUE(test, t->lu.tracked);
	KUNIT_EXPECT_EQ(test, t->disk[5 * 512], 0xaa);
	KUNIT_EXPECT_EQ(test, t->disk[9 * 512], 0xcc);
}

/* The end of those that want it changes nothing. */
static void tracked_without_who_wants_it(struct kunit *test)
{
	struct track_test *t = test->priv;
	unsigned long end = jiffies + PATIENCE;

	t->hold = true;
	begin_write(t, &t->cmds[0], 5, 0xaa);
	begin_caw(test, &t->cmds[1], 5, 1, 0xbb);
	ktgt_cmd_cancel(&t->cmds[1].cmd);
	run(t);
	KUNIT_ASSERT_TRUE(test, t->cmds[1].is_done);
	KUNIT_EXPECT_EQ(test, t->cmds[1].cmd.status, SAM_STAT_TASK_ABORTED);
	release(t);
	expect_good(test, &t->cmds[0]);
	while (!READ_ONCE(t->lu.tracked) && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_TRUE(test, t->lu.tracked);
	begin_write(t, &t->cmds[2], 9, 0xcc);
	expect_good(test, &t->cmds[2]);
}

/* A store that never answers is left behind: the new one has no commands. */
static void tracked_with_another_store(struct kunit *test)
{
	struct track_test *t = test->priv;
	struct ktgt_store *old;

	t->hold = true;
	begin_write(t, &t->cmds[0], 5, 0xaa);
	begin_caw(test, &t->cmds[1], 7, 1, 0xbb);
	ktgt_track_swap(&t->lu);
	t->hold = false;
	old = ktgt_gate_swap(&t->lu, add_store(test), NULL, NULL);
	expect_good(test, &t->cmds[1]);
	KUNIT_EXPECT_EQ(test, t->disk[7 * 512], 0xbb);
	release(t);
	expect_good(test, &t->cmds[0]);
	ktgt_store_leave(old);
	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&old->closed, PATIENCE));
	ktgt_store_put(old);
}

/* While it is frozen, it becomes tracked; who wants it goes on when it thaws. */
static void tracked_while_frozen(struct kunit *test)
{
	struct track_test *t = test->priv;
	unsigned long end = jiffies + PATIENCE;

	ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
	begin_caw(test, &t->cmds[0], 5, 1, 0xbb);
	while (!READ_ONCE(t->lu.tracked) && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	run(t);
	KUNIT_EXPECT_FALSE(test, t->cmds[0].is_done);
	ktgt_gate_open(&t->lu, KTGT_GATE_FREEZE);
	expect_good(test, &t->cmds[0]);
}

static void tracked_while_removed(struct kunit *test)
{
	struct track_test *t = test->priv;

	t->hold = true;
	begin_write(t, &t->cmds[0], 5, 0xaa);
	begin_caw(test, &t->cmds[1], 7, 1, 0xbb);
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	run(t);
	KUNIT_ASSERT_TRUE(test, t->cmds[1].is_done);
	KUNIT_EXPECT_EQ(test, t->cmds[1].cmd.status, SAM_STAT_TASK_ABORTED);
	release(t);
	expect_good(test, &t->cmds[0]);
}

/* --- who waits for whom --------------------------------------------------- */

/* One that is alone keeps others out until it has written. */
static void writes_wait(struct kunit *test)
{
	struct track_test *t = test->priv;

	make_tracked(test);
	t->hold = true;
	begin_caw(test, &t->cmds[0], 5, 2, 0xbb);
	begin_write(t, &t->cmds[1], 6, 0xaa);
	KUNIT_EXPECT_TRUE(test, test_bit(KTGT_CMDF_RANGE,
					 &t->cmds[1].cmd.flags));
	expect_log(test, "R");
	release(t);
	expect_good(test, &t->cmds[0]);
	expect_good(test, &t->cmds[1]);
	expect_log(test, "WW");
	KUNIT_EXPECT_EQ(test, t->disk[5 * 512], 0xbb);
	KUNIT_EXPECT_EQ(test, t->disk[6 * 512], 0xaa);
}

/* What does not overlap does not wait. */
static void others_go_on(struct kunit *test)
{
	struct track_test *t = test->priv;
	struct ktgt_io *io;

	make_tracked(test);
	t->hold = true;
	begin_caw(test, &t->cmds[0], 5, 2, 0xbb);
	io = t->held;
	t->hold = false;
	begin_write(t, &t->cmds[1], 7, 0xaa);
	expect_good(test, &t->cmds[1]);
	begin_caw(test, &t->cmds[2], 4, 1, 0xcc);
	expect_good(test, &t->cmds[2]);
	t->held = io;
	release(t);
	expect_good(test, &t->cmds[0]);
}

/* It waits for a write, which may change what it compares with. */
static void waits_for_write(struct kunit *test)
{
	struct track_test *t = test->priv;

	make_tracked(test);
	t->hold = true;
	begin_write(t, &t->cmds[0], 5, 0xaa);
	begin_caw(test, &t->cmds[1], 5, 1, 0xbb);
	run(t);
	expect_log(test, "W");
	release(t);
	expect_good(test, &t->cmds[0]);
	expect_miscompare(test, &t->cmds[1], 0);
}

/* One that waits for its range ends at once, and nobody waits for it then. */
static void cancel_in_range(struct kunit *test)
{
	struct track_test *t = test->priv;

	make_tracked(test);
	t->hold = true;
	begin_write(t, &t->cmds[0], 5, 0xaa);
	begin_caw(test, &t->cmds[1], 5, 1, 0xbb);
	ktgt_cmd_cancel(&t->cmds[1].cmd);
	KUNIT_EXPECT_NULL(test, t->cmds[1].cmd.store);
	run(t);
	KUNIT_ASSERT_TRUE(test, t->cmds[1].is_done);
	KUNIT_EXPECT_EQ(test, t->cmds[1].cmd.status, SAM_STAT_TASK_ABORTED);
	release(t);
	expect_good(test, &t->cmds[0]);
	expect_log(test, "W");
}

/* With the storage, it is not ended. */
static void cancel_at_storage(struct kunit *test)
{
	struct track_test *t = test->priv;

	make_tracked(test);
	t->hold = true;
	begin_caw(test, &t->cmds[0], 5, 1, 0xbb);
	ktgt_cmd_cancel(&t->cmds[0].cmd);
	run(t);
	KUNIT_EXPECT_FALSE(test, t->cmds[0].is_done);
	release(t);
	expect_good(test, &t->cmds[0]);
}

static void too_many_want_it(struct kunit *test)
{
	struct track_test *t = test->priv;
	struct ktgt_range *ranges;
	unsigned int i;

	make_tracked(test);
	ranges = kunit_kcalloc(test, KTGT_RANGE_MAX_EXCLUSIVE, sizeof(*ranges),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ranges);
	for (i = 0; i < KTGT_RANGE_MAX_EXCLUSIVE; i++) {
		ktgt_range_init(&ranges[i], i * 512, 512, true, NULL);
		ktgt_range_enter(t->lu.ranges, &ranges[i]);
	}
	begin_caw(test, &t->cmds[0], 1000, 1, 0xbb);
	KUNIT_ASSERT_TRUE(test, wait_done(t, &t->cmds[0]));
	KUNIT_EXPECT_EQ(test, t->cmds[0].cmd.status, SAM_STAT_TASK_SET_FULL);
	for (i = 0; i < KTGT_RANGE_MAX_EXCLUSIVE; i++)
		ktgt_range_leave(t->lu.ranges, &ranges[i]);
}

/* --- VERIFY, WRITE AND VERIFY, ORWRITE ------------------------------------ */

/**
 * struct verify_case - a command, and what it does
 * @what: its name
 * @opcode: its operation code, with blocks from 3 on
 * @bits: byte 1 of the CDB
 * @blocks: how many
 * @bytes: of data, as it is on the disk
 * @differs: byte of the disk that is not as in the data, -1 if all are
 * @cache: the disk has a volatile cache
 * @log: what the disk is asked for
 */
struct verify_case {
	const char	*what;
	u8		opcode;
	u8		bits;
	u32		blocks;
	u32		bytes;
	int		differs;
	bool		cache;
	const char	*log;
};

static const struct verify_case verify_cases[] = {
	{ "VERIFY, no data", OP_VERIFY, 0, 300, 0, -1, false, "RRR" },
	{ "VERIFY, no data, something differs", OP_VERIFY, 0, 1, 0, 7, false,
	  "R" },
	{ "VERIFY, no data, a cache", OP_VERIFY, 0, 300, 0, -1, true, "SRRR" },
	{ "VERIFY of nothing", OP_VERIFY, 0x02, 0, 0, -1, true, "" },
	{ "VERIFY, all data", OP_VERIFY, 0x02, 9, 4608, -1, true, "SR" },
	{ "VERIFY, all data, two chunks", OP_VERIFY, 0x02, 200, 102400, -1,
	  false, "RR" },
	{ "VERIFY, the first byte differs", OP_VERIFY, 0x02, 9, 4608, 0, false,
	  "R" },
	{ "VERIFY, the last byte differs", OP_VERIFY, 0x02, 200, 102400, 102399,
	  false, "RR" },
	{ "VERIFY, one block of data differs", OP_VERIFY, 0x06, 1, 512, 511,
	  true, "SR" },
	{ "VERIFY, one block of data", OP_VERIFY, 0x06, 1, 512, -1, false,
	  "R" },
	{ "WRITE AND VERIFY", OP_WRITE_VERIFY, 0, 9, 4608, -1, false, "WR" },
	{ "WRITE AND VERIFY, compared", OP_WRITE_VERIFY, 0x02, 200, 102400, -1,
	  false, "WRR" },
	{ "WRITE AND VERIFY, compared, a cache", OP_WRITE_VERIFY, 0x02, 9, 4608,
	  -1, true, "WSR" },
	{ "WRITE AND VERIFY of nothing", OP_WRITE_VERIFY, 0x02, 0, 0, -1, true,
	  "" },
};
KUNIT_ARRAY_PARAM_DESC(verify, verify_cases, what);

static void verify(struct kunit *test)
{
	const struct verify_case *c = test->param_value;
	struct track_test *t = test->priv;
	struct track_cmd *cmd = &t->cmds[0];
	u8 *data = t->disk + 3 * 512;

	t->write_cache = c->cache;
	put_data(cmd, 0, data, c->bytes);
	if (c->differs >= 0)
		data[c->differs] ^= 1;
	start(test, cmd, c->opcode, c->bits, 3, c->blocks, c->bytes);
	if (c->differs < 0 || !c->bits)
		expect_good(test, cmd);
	else
		expect_miscompare(test, cmd, c->differs);
	expect_log(test, c->log);
	KUNIT_EXPECT_FALSE(test, t->lu.tracked);
}

/* Each block is compared with the same data. */
static void verify_one_block(struct kunit *test)
{
	struct track_test *t = test->priv;
	struct track_cmd *cmd = &t->cmds[0];
	unsigned int i;

	for (i = 1; i < 200; i++)
		memcpy(t->disk + i * 512, t->disk, 512);
	put_data(cmd, 0, t->disk, 512);
	start(test, cmd, OP_VERIFY, 0x06, 0, 200, 512);
	expect_good(test, cmd);
	t->disk[150 * 512 + 9] ^= 1;
	start(test, cmd, OP_VERIFY, 0x06, 0, 200, 512);
	expect_miscompare(test, cmd, 150 * 512 + 9);
	expect_log(test, "RRRR");
}

/* What stays on the disk is what was written, not what was there. */
static void write_verify_writes(struct kunit *test)
{
	struct track_test *t = test->priv;
	struct track_cmd *cmd = &t->cmds[0];

	fill_data(cmd, 0, 0x77, 4608);
	start(test, cmd, OP_WRITE_VERIFY, 0x02, 3, 9, 4608);
	expect_good(test, cmd);
	KUNIT_EXPECT_EQ(test, t->disk[3 * 512], 0x77);
	KUNIT_EXPECT_MEMEQ(test, t->disk + 3 * 512, t->disk + 3 * 512 + 1, 4607);
	KUNIT_EXPECT_NE(test, t->disk[12 * 512], 0x77);
}

/* What was written with FUA need not be flushed. */
static void write_verify_through(struct kunit *test)
{
	struct track_test *t = test->priv;

	t->write_cache = true;
	t->lu.write_back = false;
	start(test, &t->cmds[0], OP_WRITE_VERIFY, 0, 3, 1, 512);
	expect_good(test, &t->cmds[0]);
	expect_log(test, "FR");
}

static void or_write_ors(struct kunit *test)
{
	struct track_test *t = test->priv;
	struct track_cmd *cmd = &t->cmds[0];
	u32 i, bytes = 200 * 512;
	u8 *was = kunit_kzalloc(test, bytes + 512, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, was);
	memcpy(was, t->disk + 3 * 512, bytes + 512);
	for (i = 0; i < bytes; i++) {
		u8 byte = i * 7;

		put_data(cmd, i, &byte, 1);
		was[i] |= byte;
	}
	start(test, cmd, OP_ORWRITE, 0, 3, 200, bytes);
	expect_good(test, cmd);
	expect_log(test, "RRW");
	KUNIT_EXPECT_MEMEQ(test, t->disk + 3 * 512, was, bytes + 512);
	KUNIT_EXPECT_TRUE(test, t->lu.tracked);
}

/* Two that set bits of one block. */
static void or_write_is_alone(struct kunit *test)
{
	struct track_test *t = test->priv;

	make_tracked(test);
	t->disk[5 * 512] = 0;
	fill_data(&t->cmds[0], 0, 0x01, 512);
	fill_data(&t->cmds[1], 0, 0x10, 512);
	t->hold = true;
	start(test, &t->cmds[0], OP_ORWRITE, 0, 5, 1, 512);
	start(test, &t->cmds[1], OP_ORWRITE, 0, 5, 1, 512);
	run(t);
	release(t);
	expect_good(test, &t->cmds[0]);
	expect_good(test, &t->cmds[1]);
	KUNIT_EXPECT_EQ(test, t->disk[5 * 512], 0x11);
}

static struct kunit_case track_cases[] = {
	KUNIT_CASE_PARAM(compare_and_write, caw_gen_params),
	KUNIT_CASE(nothing_to_compare),
	KUNIT_CASE(fua_is_of_the_write),
	KUNIT_CASE(write_atomic),
	KUNIT_CASE(write_atomic_late),
	KUNIT_CASE(tracked_when_empty),
	KUNIT_CASE(tracked_without_who_wants_it),
	KUNIT_CASE(tracked_with_another_store),
	KUNIT_CASE(tracked_while_frozen),
	KUNIT_CASE(tracked_while_removed),
	KUNIT_CASE(writes_wait),
	KUNIT_CASE(others_go_on),
	KUNIT_CASE(waits_for_write),
	KUNIT_CASE(cancel_in_range),
	KUNIT_CASE(cancel_at_storage),
	KUNIT_CASE(too_many_want_it),
	KUNIT_CASE_PARAM(verify, verify_gen_params),
	KUNIT_CASE(verify_one_block),
	KUNIT_CASE(write_verify_writes),
	KUNIT_CASE(write_verify_through),
	KUNIT_CASE(or_write_ors),
	KUNIT_CASE(or_write_is_alone),
	{}
};

static struct kunit_suite track_suite = {
	.name		= "ktgt_track",
	.suite_init	= track_suite_init,
	.suite_exit	= track_suite_exit,
	.init		= track_test_init,
	.exit		= track_test_exit,
	.test_cases	= track_cases,
};

kunit_test_suite(track_suite);
