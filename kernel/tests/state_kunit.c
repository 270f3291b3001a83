// SPDX-License-Identifier: GPL-2.0
/*
 * State files: what is found after each step of a save, which slot counts, and what a
 * save that does not count leaves.
 */
#include "../backend/state.c"

#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/mm_types.h>
#include <linux/shmem_fs.h>

#define LIMIT	(5 * HZ)

/* of the file of the tests */
#define SLOT_LEN	SZ_8K

/**
 * struct state_test - a state file in memory
 * @file: the file
 * @state: it is open
 * @written: that a save was written, or has failed
 * @undone: that one was undone
 * @err: of the last save
 */
struct state_test {
	struct file		*file;
	struct ktgt_state	*state;
	struct completion	written;
	struct completion	undone;
	int			err;
};

static void was_written(void *owner, int err)
{
	struct state_test *t = owner;

	t->err = err;
	complete(&t->written);
}

static void was_undone(void *owner)
{
	struct state_test *t = owner;

	complete(&t->undone);
}

static const struct ktgt_state_ops test_ops = {
	.written = was_written,
	.undone = was_undone,
};

static void open_anew(struct kunit *test)
{
	struct state_test *t = test->priv;

	ktgt_state_put(t->state);
	/* the former one is closed */
	flush_workqueue(state_wq);
	t->state = ktgt_state_open(t->file, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->state));
	KUNIT_ASSERT_EQ(test, ktgt_state_load(t->state), 0);
	KUNIT_ASSERT_EQ(test, ktgt_state_take(t->state, t), 0);
}

static int state_test_init(struct kunit *test)
{
	struct state_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	if (ktgt_state_init())
		return -ENOMEM;
	test->priv = t;
	init_completion(&t->written);
	init_completion(&t->undone);
	t->file = shmem_file_setup("ktgt-state", NR_SLOTS * SLOT_LEN,
				   EMPTY_VMA_FLAGS);
	if (IS_ERR(t->file))
		return PTR_ERR(t->file);
	open_anew(test);
	return 0;
}

static void state_test_exit(struct kunit *test)
{
	struct state_test *t = test->priv;

	if (!t)
		return;
	ktgt_state_put(t->state);
	ktgt_state_exit();
	KUNIT_EXPECT_TRUE(test, list_empty(&all));
	fput(t->file);
}

/* --- saves ---------------------------------------------------------------- */

static struct ktgt_state_image *image_of(struct kunit *test, const char *text)
{
	struct ktgt_state_image *image;

	image = ktgt_state_image_alloc(strlen(text), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, image);
	memcpy(image->data, text, image->len);
	return image;
}

static void begin(struct kunit *test, const char *text)
{
	struct state_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, ktgt_state_write(t->state, image_of(test, text),
					       &test_ops, t), 0);
}

static void expect_written(struct kunit *test)
{
	struct state_test *t = test->priv;

	KUNIT_ASSERT_GT(test, wait_for_completion_timeout(&t->written, LIMIT), 0);
	KUNIT_EXPECT_EQ(test, t->err, 0);
}

static void expect_undone(struct kunit *test)
{
	struct state_test *t = test->priv;

	KUNIT_ASSERT_GT(test, wait_for_completion_timeout(&t->undone, LIMIT), 0);
}

static void keep(struct kunit *test, const char *text)
{
	struct state_test *t = test->priv;

	begin(test, text);
	expect_written(test);
	ktgt_state_commit(t->state);
}

static void expect_kept(struct kunit *test, const char *text)
{
	struct state_test *t = test->priv;
	const struct ktgt_state_image *image = ktgt_state_kept(t->state);

	KUNIT_ASSERT_NOT_NULL(test, image);
	KUNIT_ASSERT_EQ(test, image->len, strlen(text));
	KUNIT_EXPECT_MEMEQ(test, image->data, text, image->len);
}

static void expect_found(struct kunit *test, const char *text)
{
	struct state_test *t = test->priv;

	open_anew(test);
	KUNIT_ASSERT_EQ(test, ktgt_state_fault(t->state), 0);
	expect_kept(test, text);
}

static void saves(struct kunit *test)
{
	static const char *const texts[] = { "one", "two", "", "and three" };
	unsigned int i;

	expect_kept(test, "");
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		keep(test, texts[i]);
		expect_kept(test, texts[i]);
		expect_found(test, texts[i]);
	}
}

static void revoked(struct kunit *test)
{
	struct state_test *t = test->priv;

	keep(test, "one");
	begin(test, "two");
	expect_written(test);
	expect_kept(test, "one");
	ktgt_state_revoke(t->state);
	expect_undone(test);
	expect_kept(test, "one");
	expect_found(test, "one");
	keep(test, "three");
	expect_found(test, "three");
}

/* Whatever the worker has done by then, it is undone once. */
static void revoked_at_once(struct kunit *test)
{
	struct state_test *t = test->priv;
	unsigned int i;

	keep(test, "one");
	for (i = 0; i < 200; i++) {
		begin(test, "two");
		if (i & 1)
			cpu_relax();
		ktgt_state_revoke(t->state);
		expect_undone(test);
	}
	expect_kept(test, "one");
	expect_found(test, "one");
}

static void busy(struct kunit *test)
{
	struct ktgt_state_image *image = image_of(test, "two");
	struct state_test *t = test->priv;

	begin(test, "one");
	KUNIT_EXPECT_EQ(test, ktgt_state_write(t->state, image, &test_ops, t),
			-EBUSY);
	ktgt_state_image_put(image);
	expect_written(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_next(t->state)->len, strlen("one"));
	ktgt_state_commit(t->state);
	expect_found(test, "one");
}

/* Who has it open already has the newest image. */
static void shared(struct kunit *test)
{
	struct state_test *t = test->priv;
	struct ktgt_state *other = ktgt_state_open(t->file, NULL);

	KUNIT_EXPECT_PTR_EQ(test, other, t->state);
	ktgt_state_put(other);
}

/* Only who has taken it saves, and the former one again if it is given back. */
static void taken(struct kunit *test)
{
	struct ktgt_state_image *image = image_of(test, "two");
	struct state_test *t = test->priv;
	struct state_test other = {};

	keep(test, "one");
	KUNIT_ASSERT_EQ(test, ktgt_state_take(t->state, &other), 0);
	KUNIT_EXPECT_EQ(test, ktgt_state_write(t->state, image, &test_ops, t),
			-EBUSY);
	expect_kept(test, "one");
	ktgt_state_give_back(t->state, t);
	KUNIT_EXPECT_EQ(test, ktgt_state_write(t->state, image, &test_ops, t),
			-EBUSY);
	ktgt_state_give_back(t->state, &other);
	ktgt_state_image_put(image);
	keep(test, "three");
	expect_found(test, "three");
}

/* What was shared stays, whatever is saved after it; others get nothing. */
static void kept_get(struct kunit *test)
{
	struct ktgt_state_image *image;
	struct state_test *t = test->priv;
	struct state_test other = {};

	keep(test, "one");
	image = ktgt_state_kept_get(t->state, t);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, image);
	keep(test, "two");
	keep(test, "three");
	KUNIT_EXPECT_EQ(test, image->len, strlen("one"));
	KUNIT_EXPECT_MEMEQ(test, image->data, "one", strlen("one"));
	ktgt_state_image_put(image);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_state_kept_get(t->state, &other),
			    ERR_PTR(-EBUSY));
	begin(test, "four");
	expect_written(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_take(t->state, &other), -EBUSY);
	image = ktgt_state_kept_get(t->state, t);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, image);
	KUNIT_EXPECT_EQ(test, image->len, strlen("three"));
	ktgt_state_image_put(image);
	ktgt_state_commit(t->state);
	KUNIT_ASSERT_EQ(test, ktgt_state_take(t->state, &other), 0);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_state_kept_get(t->state, t),
			    ERR_PTR(-EBUSY));
}

/* A save that is under way ends first: it may count, or be undone. */
static void taken_meanwhile(struct kunit *test)
{
	struct state_test *t = test->priv;
	struct state_test other = {};

	begin(test, "one");
	expect_written(test);
	/* it is neither committed nor revoked */
	KUNIT_EXPECT_EQ(test, ktgt_state_take(t->state, &other), -EBUSY);
	ktgt_state_commit(t->state);
	KUNIT_EXPECT_EQ(test, ktgt_state_take(t->state, &other), 0);
	ktgt_state_give_back(t->state, &other);
	begin(test, "two");
	ktgt_state_revoke(t->state);
	KUNIT_EXPECT_EQ(test, ktgt_state_take(t->state, &other), 0);
	expect_undone(test);
	expect_kept(test, "one");
}

/* --- what is found -------------------------------------------------------- */

static void change_byte(struct kunit *test, unsigned int slot, u32 at, u8 bits)
{
	struct state_test *t = test->priv;
	loff_t pos = slot * SLOT_LEN + at;
	u8 byte = 0;

	KUNIT_ASSERT_EQ(test, read_all(t->file, &byte, 1, pos), 0);
	byte ^= bits;
	KUNIT_ASSERT_EQ(test, write_all(t->file, &byte, 1, pos), 0);
}

/* The first slot has "one", the second one "two". */
static void make_two(struct kunit *test)
{
	struct state_test *t = test->priv;

	keep(test, "zero");
	keep(test, "one");
	KUNIT_ASSERT_EQ(test, t->state->slot, 0);
	keep(test, "two");
}

/* Each bit of header and image of a slot counts. */
static void damaged_slot(struct kunit *test)
{
	u32 at;

	make_two(test);
	expect_found(test, "two");
	for (at = 0; at < KTGT_STATE_HEADER + 3; at++) {
		change_byte(test, 0, at, BIT(at % 8));
		expect_found(test, "two");
		change_byte(test, 0, at, BIT(at % 8));
		change_byte(test, 1, at, BIT(at % 8));
		expect_found(test, "one");
		change_byte(test, 1, at, BIT(at % 8));
	}
	expect_found(test, "two");
}

/* After a save into the slot that was damaged both are good. */
static void mended_slot(struct kunit *test)
{
	make_two(test);
	change_byte(test, 1, 70 - 4, 1);
	expect_found(test, "one");
	keep(test, "three");
	change_byte(test, 0, 70 - 4, 1);
	expect_found(test, "three");
}

static void damaged_slots(struct kunit *test)
{
	struct state_test *t = test->priv;

	make_two(test);
	change_byte(test, 0, 8, 1);
	change_byte(test, 1, 65, 1);
	open_anew(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EUCLEAN);
	KUNIT_EXPECT_NULL(test, ktgt_state_kept(t->state));
	open_anew(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EUCLEAN);
	ktgt_state_forget_fault(t->state);
	keep(test, "anew");
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), 0);
	expect_found(test, "anew");
	change_byte(test, 0, 65, 1);
	expect_found(test, "anew");
	change_byte(test, 0, 65, 1);
	change_byte(test, 1, 65, 1);
	expect_found(test, "anew");
}

/* of the file, but for its second slot */
static const struct file_operations *real_ops;

static ssize_t read_first(struct kiocb *iocb, struct iov_iter *to)
{
	return iocb->ki_pos < SLOT_LEN ? real_ops->read_iter(iocb, to) : -EIO;
}

/* One that cannot be read may be the newer one. */
static void unreadable_slot(struct kunit *test)
{
	static struct file_operations ops;
	struct state_test *t = test->priv;

	make_two(test);
	real_ops = t->file->f_op;
	ops = *real_ops;
	ops.read_iter = read_first;
	t->file->f_op = &ops;
	open_anew(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EUCLEAN);
	t->file->f_op = real_ops;
	expect_found(test, "two");
}

/* A save that does not count leaves no slot that is good, and the fault. */
static void revoked_after_fault(struct kunit *test)
{
	struct state_test *t = test->priv;

	make_two(test);
	change_byte(test, 0, 65, 1);
	change_byte(test, 1, 65, 1);
	open_anew(test);
	ktgt_state_forget_fault(t->state);
	begin(test, "anew");
	expect_written(test);
	ktgt_state_revoke(t->state);
	expect_undone(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EUCLEAN);
	open_anew(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EUCLEAN);
	ktgt_state_forget_fault(t->state);
	keep(test, "again");
	expect_found(test, "again");
}

static void blank(struct kunit *test, unsigned int slot)
{
	static const u8 zeroes[KTGT_STATE_HEADER];
	struct state_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, write_all(t->file, zeroes, sizeof(zeroes),
					slot * SLOT_LEN), 0);
}

/*
 * Power was lost while a new file was made ready; and a slot that was written once is
 * never blank, so what the other one has is not all.
 */
static void blank_slots(struct kunit *test)
{
	struct state_test *t = test->priv;

	change_byte(test, 1, 12, 1);
	expect_found(test, "");
	keep(test, "one");
	blank(test, 0);
	expect_found(test, "one");
	keep(test, "two");
	expect_found(test, "two");
	blank(test, 1);
	open_anew(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EUCLEAN);
	change_byte(test, 0, 12, 1);
	open_anew(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EUCLEAN);
}

/* The second slot is elsewhere, or not there any more, and it may be the newer one. */
static void other_length(struct kunit *test)
{
	struct state_test *t = test->priv;
	struct inode *inode = file_inode(t->file);
	u32 len = t->state->slot_len;

	make_two(test);
	i_size_write(inode, 4 * SLOT_LEN);
	open_anew(test);
	KUNIT_EXPECT_NE(test, t->state->slot_len, len);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EUCLEAN);
	i_size_write(inode, SLOT_LEN);
	open_anew(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EUCLEAN);
	i_size_write(inode, NR_SLOTS * SLOT_LEN + NR_SLOTS * SZ_4K - 1);
	expect_found(test, "two");
	i_size_write(inode, NR_SLOTS * SLOT_LEN);
	expect_found(test, "two");
}

/* A later version may have kept what this one would lose. */
static void later_version(struct kunit *test)
{
	struct state_test *t = test->priv;
	struct slot_header header;
	struct ktgt_state_image *image = image_of(test, "new");

	make_two(test);
	header = (struct slot_header) {
		.magic = MAGIC,
		.version = cpu_to_le32(VERSION + 1),
		.sequence = cpu_to_le64(1),
		.len = cpu_to_le32(image->len),
	};
	header.checksum = cpu_to_le32(checksum_of(image, &header));
	memcpy(image->header, &header, sizeof(header));
	KUNIT_ASSERT_EQ(test, write_all(t->file, image->header,
					sizeof(header) + image->len, 0), 0);
	open_anew(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EPROTONOSUPPORT);
	ktgt_state_image_put(image);
}

/* What is in a header may be anything. */
static void long_image(struct kunit *test)
{
	struct state_test *t = test->priv;

	make_two(test);
	change_byte(test, 1, 26, 0xff);
	change_byte(test, 1, 27, 0xff);
	expect_found(test, "one");
	change_byte(test, 0, 26, 0x02);
	open_anew(test);
	KUNIT_EXPECT_EQ(test, ktgt_state_fault(t->state), -EUCLEAN);
}

static struct kunit_case state_cases[] = {
	KUNIT_CASE(saves),
	KUNIT_CASE(revoked),
	KUNIT_CASE(revoked_at_once),
	KUNIT_CASE(busy),
	KUNIT_CASE(shared),
	KUNIT_CASE(kept_get),
	KUNIT_CASE(taken),
	KUNIT_CASE(taken_meanwhile),
	KUNIT_CASE(damaged_slot),
	KUNIT_CASE(mended_slot),
	KUNIT_CASE(damaged_slots),
	KUNIT_CASE(unreadable_slot),
	KUNIT_CASE(revoked_after_fault),
	KUNIT_CASE(blank_slots),
	KUNIT_CASE(other_length),
	KUNIT_CASE(later_version),
	KUNIT_CASE(long_image),
	{}
};

static struct kunit_suite state_suite = {
	.name = "ktgt_state",
	.init = state_test_init,
	.exit = state_test_exit,
	.test_cases = state_cases,
};

kunit_test_suite(state_suite);
