// SPDX-License-Identifier: GPL-2.0
/*
 * Who prevents the removal of a medium, and what ends that.
 */
#include "../scsi/prevent.c"

#include <kunit/test.h>

#define NR_NEXUSES	2
#define NR_LUS		2

/**
 * struct prevent_test - logical units, and initiators that use all of them
 * @target: their target
 * @lus: the logical units
 * @nexuses: the initiators
 * @itls: by initiator and logical unit
 */
struct prevent_test {
	struct ktgt_target	target;
	struct ktgt_lu		lus[NR_LUS];
	struct ktgt_nexus	nexuses[NR_NEXUSES];
	struct ktgt_itl		itls[NR_NEXUSES][NR_LUS];
};

static int log_in(struct prevent_test *t, unsigned int who)
{
	struct ktgt_itl *itl;
	unsigned int nr;
	int err = 0;

	t->nexuses[who].target = &t->target;
	xa_init(&t->nexuses[who].itls);
	for (nr = 0; nr < NR_LUS && !err; nr++) {
		itl = &t->itls[who][nr];
		itl->lu = &t->lus[nr];
		itl->nexus = &t->nexuses[who];
		list_add_tail(&itl->node, &t->lus[nr].itls);
		err = xa_err(xa_store(&t->nexuses[who].itls, nr, itl,
				      GFP_KERNEL));
	}
	return err;
}

static int prevent_test_init(struct kunit *test)
{
	struct prevent_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;
	int err = 0;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	spin_lock_init(&t->target.nexus_lock);
	for (i = 0; i < NR_LUS; i++) {
		t->lus[i].target = &t->target;
		INIT_LIST_HEAD(&t->lus[i].itls);
	}
	for (i = 0; i < NR_NEXUSES && !err; i++)
		err = log_in(t, i);
	return err;
}

static void prevent_test_exit(struct kunit *test)
{
	struct prevent_test *t = test->priv;
	unsigned int i;

	for (i = 0; t && i < NR_NEXUSES; i++)
		xa_destroy(&t->nexuses[i].itls);
}

/* Each for itself: the removal is prevented until the last of them allows it. */
static void each_for_itself(struct kunit *test)
{
	struct prevent_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, ktgt_prevent_exists(&t->lus[0]));
	ktgt_prevent_set(&t->itls[0][0], true);
	ktgt_prevent_set(&t->itls[0][0], true);
	ktgt_prevent_set(&t->itls[1][0], true);
	KUNIT_EXPECT_FALSE(test, ktgt_prevent_exists(&t->lus[1]));

	ktgt_prevent_set(&t->itls[0][0], false);
	KUNIT_EXPECT_TRUE(test, ktgt_prevent_exists(&t->lus[0]));
	spin_lock_bh(&t->target.nexus_lock);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_prevent_first(&t->lus[0]),
			    (const struct ktgt_itl *)&t->itls[1][0]);
	spin_unlock_bh(&t->target.nexus_lock);
	ktgt_prevent_set(&t->itls[1][0], false);
	KUNIT_EXPECT_FALSE(test, ktgt_prevent_exists(&t->lus[0]));
	/* who has prevented nothing may allow it too */
	ktgt_prevent_set(&t->itls[1][0], false);
	KUNIT_EXPECT_EQ(test, t->itls[1][0].flags, 0UL);
}

/* The end of an I_T nexus is that of what it has prevented, everywhere. */
static void ends_with_the_nexus(struct kunit *test)
{
	struct prevent_test *t = test->priv;

	ktgt_prevent_set(&t->itls[0][0], true);
	ktgt_prevent_set(&t->itls[0][1], true);
	ktgt_prevent_set(&t->itls[1][1], true);
	ktgt_prevent_end(&t->nexuses[0]);
	KUNIT_EXPECT_FALSE(test, ktgt_prevent_exists(&t->lus[0]));
	KUNIT_EXPECT_TRUE(test, ktgt_prevent_exists(&t->lus[1]));
	/* one whose place another logical unit has got by now */
	t->itls[1][1].nexus = NULL;
	KUNIT_EXPECT_FALSE(test, ktgt_prevent_exists(&t->lus[1]));
}

/* A reset ends what all have prevented, at this logical unit. */
static void ends_with_a_reset(struct kunit *test)
{
	struct prevent_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < NR_NEXUSES; i++) {
		ktgt_prevent_set(&t->itls[i][0], true);
		ktgt_prevent_set(&t->itls[i][1], true);
	}
	spin_lock_bh(&t->target.nexus_lock);
	ktgt_prevent_reset(&t->lus[1]);
	spin_unlock_bh(&t->target.nexus_lock);
	KUNIT_EXPECT_TRUE(test, ktgt_prevent_exists(&t->lus[0]));
	KUNIT_EXPECT_FALSE(test, ktgt_prevent_exists(&t->lus[1]));
}

/* Nothing else that is kept for the nexus changes, and its commands have no slow path. */
static void changes_nothing_else(struct kunit *test)
{
	struct prevent_test *t = test->priv;
	const unsigned long others = KTGT_UA_BITS | KTGT_ITL_CONFLICTS |
				     BIT(KTGT_ITL_ORPHANS);
	struct ktgt_itl *itl = &t->itls[0][0];

	ktgt_prevent_set(itl, true);
	KUNIT_EXPECT_EQ(test, itl->flags & others, 0UL);
	itl->flags |= others;
	ktgt_prevent_set(itl, false);
	KUNIT_EXPECT_EQ(test, itl->flags, others);
}

static struct kunit_case prevent_cases[] = {
	KUNIT_CASE(each_for_itself),
	KUNIT_CASE(ends_with_the_nexus),
	KUNIT_CASE(ends_with_a_reset),
	KUNIT_CASE(changes_nothing_else),
	{}
};

static struct kunit_suite prevent_suite = {
	.name = "ktgt_prevent",
	.init = prevent_test_init,
	.exit = prevent_test_exit,
	.test_cases = prevent_cases,
};

kunit_test_suite(prevent_suite);
