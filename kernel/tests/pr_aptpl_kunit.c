// SPDX-License-Identifier: GPL-2.0
/*
 * Reservations that outlive a loss of power: a trial is what happens, and an image is
 * read as it was made, or not at all. The trials are those of the requests of
 * pr_kunit.c.
 */
#include "../scsi/pr_image.c"
#include "../scsi/pr_trial.c"

#include <kunit/test.h>

#include <linux/slab.h>

#include "pr_kunit.h"

/* --- trials --------------------------------------------------------------- */

/* An image gives another logical unit the same reservations. */
static void expect_read(struct pr_test *t, const struct ktgt_state_image *image)
{
	struct ktgt_lu *lu = kunit_kzalloc(t->test, sizeof(*lu), GFP_KERNEL);
	struct ktgt_state_image *again;

	KUNIT_ASSERT_NOT_NULL(t->test, lu);
	lu->target = &t->target;
	INIT_LIST_HEAD(&lu->itls);
	ktgt_pr_init(&lu->pr);
	KUNIT_EXPECT_EQ(t->test, ktgt_pr_image_read(lu, image), 0);
	again = ktgt_pr_image_make(&lu->pr, GFP_KERNEL);
	if (again) {
		KUNIT_EXPECT_EQ(t->test, again->len, image->len);
		if (again->len == image->len)
			KUNIT_EXPECT_MEMEQ(t->test, again->data, image->data,
					   image->len);
	}
	ktgt_state_image_free(again);
	ktgt_pr_exit(lu);
}

/**
 * ktgt_pr_test_same - what a trial says and keeps is what has happened
 * @t: the test; its result is that of the request
 * @result: of the trial
 * @image: of the trial, or NULL
 */
void ktgt_pr_test_same(struct pr_test *t, enum ktgt_pr_result result,
		       const struct ktgt_state_image *image)
{
	struct ktgt_state_image *now;

	KUNIT_EXPECT_EQ(t->test, result, t->result);
	KUNIT_EXPECT_EQ(t->test, !image, result != KTGT_PR_GOOD);
	now = ktgt_pr_image_make(&t->lu.pr, GFP_KERNEL);
	if (image && now) {
		KUNIT_EXPECT_EQ(t->test, image->len, now->len);
		if (image->len == now->len)
			KUNIT_EXPECT_MEMEQ(t->test, image->data, now->data,
					   now->len);
		expect_read(t, image);
	}
	ktgt_state_image_free(now);
}

/**
 * ktgt_pr_test_try - try a request out, before it is carried out
 * @t: the test
 * @req: the request. APTPL is asked for by all who can; not in vain
 * @image: takes the image of the trial
 *
 * Return: the result of the trial.
 */
enum ktgt_pr_result ktgt_pr_test_try(struct pr_test *t,
				     struct ktgt_pr_request *req,
				     struct ktgt_state_image **image)
{
	t->lu.pr.persists = !req->aptpl;
	req->aptpl = req->aptpl || req->action == KTGT_PR_REGISTER ||
		     req->action == KTGT_PR_REGISTER_IGNORE ||
		     req->action == KTGT_PR_REGISTER_MOVE;
	return ktgt_pr_trial(req, image);
}

/* --- images --------------------------------------------------------------- */

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
	image = ktgt_pr_image_make(pr, GFP_KERNEL);
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
	err = ktgt_pr_image_read(lu, image);
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
	ktgt_state_image_free(image);
}

/* A section that is not known may be anything: nothing of it is guessed. */
static void unknown_section(struct kunit *test)
{
	struct ktgt_state_image *image = image_of(test);

	image->data[0] = SECTION_RESERVATIONS + 1;
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EPROTONOSUPPORT);
	ktgt_state_image_free(image);
}

/* Flags that are not known are nothing to be guessed either. */
static void unknown_flags(struct kunit *test)
{
	struct ktgt_state_image *image = image_of(test);
	u8 *header = image->data + SECTION_LEN;

	header[5] |= BIT(1);
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EPROTONOSUPPORT);
	header[5] = 0;
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EUCLEAN);
	header[5] = APTPL;
	header[7] = 1;
	KUNIT_EXPECT_EQ(test, read_of(test, image), -EPROTONOSUPPORT);
	ktgt_state_image_free(image);
}

/* Its checksum may be right, and what it says cannot be so all the same. */
static void forged_images(struct kunit *test)
{
	struct ktgt_state_image *image = image_of(test), *twice;
	struct pr_test *t = test->priv;
	u32 len = RECORD_LEN + strlen(t->names[A]);
	u8 *one = image->data + SECTION_LEN + HEADER_LEN, *two = one + len;

	KUNIT_ASSERT_EQ(test, image->len, SECTION_LEN + HEADER_LEN + 2 * len);
	twice = ktgt_state_image_alloc(2 * image->len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, twice);
	memcpy(twice->data, image->data, image->len);
	memcpy(twice->data + image->len, image->data, image->len);
	KUNIT_EXPECT_EQ(test, read_of(test, twice), -EUCLEAN);
	ktgt_state_image_free(twice);

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
	ktgt_state_image_free(image);
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
