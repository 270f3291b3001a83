// SPDX-License-Identifier: GPL-2.0
/*
 * A logical unit with initiators: for the suites of persistent reservations. A trial of
 * a request is what happens then.
 */
#include "pr_test.h"

#include <kunit/test.h>

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../backend/state.h"
#include "../scsi/pr_image.h"
#include "../scsi/state_image.h"
#include "../scsi/pr_trial.c"

/**
 * ktgt_pr_test_log_in - an initiator has a session
 * @t: the test
 * @who: the initiator, which has none
 */
void ktgt_pr_test_log_in(struct pr_test *t, unsigned int who)
{
	struct ktgt_itl *itl = &t->itls[who];

	*itl = (struct ktgt_itl) {
		.lu = &t->lu,
		.nexus = &t->nexuses[who],
	};
	spin_lock_bh(&t->target.nexus_lock);
	list_add_tail(&itl->node, &t->lu.itls);
	ktgt_pr_attach(itl);
	spin_unlock_bh(&t->target.nexus_lock);
}

/**
 * ktgt_pr_test_init - make a logical unit, and sessions of A, B and C
 * @test: the test; its priv is a struct pr_test afterwards
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_pr_test_init(struct kunit *test)
{
	struct pr_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	spin_lock_init(&t->target.nexus_lock);
	t->lu.target = &t->target;
	INIT_LIST_HEAD(&t->lu.itls);
	ktgt_pr_init(&t->lu.pr);
	for (i = 0; i < NR_NEXUSES; i++) {
		snprintf(t->names[i], sizeof(t->names[i]),
			 "iqn.2026-11.test:%c,i,0x8000000000%02x", 'a' + i, i);
		t->nexuses[i].target = &t->target;
		t->nexuses[i].port_name = t->names[i];
		t->nexuses[i].port_hash = ktgt_pr_hash(t->names[i]);
		t->nexuses[i].port = PORT;
	}
	for (i = A; i <= C; i++)
		ktgt_pr_test_log_in(t, i);
	return 0;
}

/**
 * ktgt_pr_test_exit - undo ktgt_pr_test_init()
 * @test: the test
 */
void ktgt_pr_test_exit(struct kunit *test)
{
	struct pr_test *t = test->priv;

	if (t)
		ktgt_pr_exit(&t->lu);
}

/* --- trials --------------------------------------------------------------- */

/**
 * ktgt_pr_test_read - read an image as a new logical unit does
 * @lu: the logical unit, without reservations
 * @image: the image
 *
 * Return: 0 or an errno.
 */
int ktgt_pr_test_read(struct ktgt_lu *lu, const struct ktgt_state_image *image)
{
	int err = ktgt_state_image_check(image);
	const u8 *p;
	u32 len;

	if (err)
		return err;
	p = ktgt_state_image_find(image, KTGT_SECTION_RESERVATIONS, &len);
	return p ? ktgt_pr_image_read(lu, p, len) : 0;
}

/* An image gives another logical unit the same reservations. */
static void expect_read(struct pr_test *t, const struct ktgt_state_image *image)
{
	struct ktgt_lu *lu = kunit_kzalloc(t->test, sizeof(*lu), GFP_KERNEL);
	struct ktgt_state_image *again;

	KUNIT_ASSERT_NOT_NULL(t->test, lu);
	lu->target = &t->target;
	INIT_LIST_HEAD(&lu->itls);
	ktgt_pr_init(&lu->pr);
	KUNIT_EXPECT_EQ(t->test, ktgt_pr_test_read(lu, image), 0);
	again = ktgt_pr_image_make(&lu->pr, NULL, GFP_KERNEL);
	if (again) {
		KUNIT_EXPECT_EQ(t->test, again->len, image->len);
		if (again->len == image->len)
			KUNIT_EXPECT_MEMEQ(t->test, again->data, image->data,
					   image->len);
	}
	ktgt_state_image_put(again);
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
	now = ktgt_pr_image_make(&t->lu.pr, NULL, GFP_KERNEL);
	if (image && now) {
		KUNIT_EXPECT_EQ(t->test, image->len, now->len);
		if (image->len == now->len)
			KUNIT_EXPECT_MEMEQ(t->test, image->data, now->data,
					   now->len);
		expect_read(t, image);
	}
	ktgt_state_image_put(now);
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
	return ktgt_pr_trial(req, NULL, image);
}
