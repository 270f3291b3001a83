// SPDX-License-Identifier: GPL-2.0
/*
 * Reservations that outlive a loss of power: an image is read as it was made, or not at
 * all.
 */
#include "../scsi/pr_image.c"

#include <kunit/test.h>

#include <linux/slab.h>

#include "../scsi/state_image.h"
#include "pr_test.h"

static struct ktgt_registration *join(struct kunit *test, unsigned int who)
{
	struct ktgt_registration *registration;
	struct pr_test *t = test->priv;

	registration = ktgt_pr_make(t->names[who], PORT, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, registration);
	registration->key = KEY(who);
	KUNIT_ASSERT_TRUE(test, ktgt_pr_insert(&t->lu, registration));
	return registration;
}

/* A holds the reservation, B is registered. */
static struct ktgt_state_image *image_of(struct kunit *test)
{
	struct pr_test *t = test->priv;
	struct ktgt_state_image *image;
	struct ktgt_pr *pr = &t->lu.pr;

	pr->holder = join(test, A);
	join(test, B);
	pr->type = WE;
	pr->aptpl = true;
	image = ktgt_pr_image_make(pr, NULL, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, image);
	return image;
}

/* What is read of an image; nothing is kept. */
static int read_of(struct kunit *test, const struct ktgt_state_image *image)
{
	struct pr_test *t = test->priv;
	struct ktgt_lu *lu = kunit_kzalloc(test, sizeof(*lu), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, lu);
	lu->target = &t->target;
	INIT_LIST_HEAD(&lu->itls);
	ktgt_pr_init(&lu->pr);
	err = ktgt_pr_test_read(lu, image);
	KUNIT_EXPECT_LE(test, lu->pr.nr, 2);
	ktgt_pr_exit(lu);
	kunit_kfree(test, lu);
	return err;
}

/* Of no image with one byte missing or different comes a crash, or a half. */
static void broken_images(struct kunit *test)
{
	struct ktgt_state_image *image = image_of(test);
	u32 len = image->len, i;

	for (i = 1; i < len; i++) {
		image->len = i;
		KUNIT_EXPECT_NE(test, read_of(test, image), 0);
	}
	image->len = len;
	for (i = 0; i < len; i++) {
		image->data[i] ^= 0x80;
		read_of(test, image);
		image->data[i] ^= 0x80;
	}
	KUNIT_EXPECT_EQ(test, read_of(test, image), 0);
	ktgt_state_image_put(image);
}

/* A section that is not known may be anything: nothing of it is guessed. */
static void unknown_section(struct kunit *test)
{
	struct ktgt_state_image *image = image_of(test);

	image->data[0] = KTGT_SECTION_END;
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EPROTONOSUPPORT);
	ktgt_state_image_put(image);
}

/* Flags that are not known are nothing to be guessed either. */
static void unknown_flags(struct kunit *test)
{
	struct ktgt_state_image *image = image_of(test);
	u8 *header = image->data + KTGT_SECTION_LEN;

	header[5] |= BIT(1);
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EPROTONOSUPPORT);
	header[5] = 0;
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EUCLEAN);
	header[5] = APTPL;
	header[7] = 1;
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EPROTONOSUPPORT);
	ktgt_state_image_put(image);
}

/* Its checksum may be right, and what it says cannot be so all the same. */
static void forged_images(struct kunit *test)
{
	struct ktgt_state_image *image = image_of(test), *twice;
	struct pr_test *t = test->priv;
	u32 len = RECORD_LEN + strlen(t->names[A]);
	u8 *one = image->data + KTGT_SECTION_LEN + HEADER_LEN, *two = one + len;

	KUNIT_ASSERT_EQ(test, image->len, KTGT_SECTION_LEN + HEADER_LEN + 2 * len);
	twice = ktgt_state_image_alloc(2 * image->len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, twice);
	memcpy(twice->data, image->data, image->len);
	memcpy(twice->data + image->len, image->data, image->len);
	KUNIT_EXPECT_EQ(test, read_of(test, twice), -EUCLEAN);
	ktgt_state_image_put(twice);

	put_unaligned_le64(0, two);
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EUCLEAN);
	put_unaligned_le64(KEY(B), two);
	put_unaligned_le16(0, two + 8);
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EUCLEAN);
	put_unaligned_le16(OTHER_PORT, two + 8);
	KUNIT_EXPECT_EQ(test, read_of(test, image), 0);
	memcpy(two + RECORD_LEN, one + RECORD_LEN, len - RECORD_LEN);
	KUNIT_EXPECT_EQ(test, read_of(test, image), 0);
	put_unaligned_le16(PORT, two + 8);
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EUCLEAN);
	ktgt_state_image_put(image);
}

static struct kunit_case image_cases[] = {
	KUNIT_CASE(broken_images),
	KUNIT_CASE(unknown_section),
	KUNIT_CASE(unknown_flags),
	KUNIT_CASE(forged_images),
	{}
};

static struct kunit_suite image_suite = {
	.name = "ktgt_pr_image",
	.init = ktgt_pr_test_init,
	.exit = ktgt_pr_test_exit,
	.test_cases = image_cases,
};

kunit_test_suite(image_suite);
