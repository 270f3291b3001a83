// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a target.
 */
#include "../core/target.c"

#include <kunit/test.h>

/*
 * Who has found a target under RCU may look at all that it has, although the last
 * reference is dropped meanwhile. KASAN tells if something is gone.
 */
static void found_under_rcu(struct kunit *test)
{
	struct ktgt_target *target = ktgt_target_alloc(NULL, "iqn.2026-11.a:b");
	struct ktgt_groups *groups = kzalloc_obj(*groups, GFP_KERNEL);
	struct ktgt_ports *ports = kzalloc_obj(*ports, GFP_KERNEL);
	bool has_port;

	KUNIT_ASSERT_NOT_NULL(test, target);
	KUNIT_ASSERT_NOT_NULL(test, groups);
	KUNIT_ASSERT_NOT_NULL(test, ports);
	groups->nr = 1;
	ktgt_ports_add(&groups->group[0].ports, 7);
	target->groups = groups;
	ktgt_ports_add(ports, 7);
	RCU_INIT_POINTER(target->ports, ports);

	rcu_read_lock();
	ktgt_target_put(target);
	KUNIT_EXPECT_FALSE(test, ktgt_target_tryget(target));
	spin_lock_bh(&target->nexus_lock);
	has_port = ktgt_groups_of_port(target->groups, 7);
	spin_unlock_bh(&target->nexus_lock);
	KUNIT_EXPECT_TRUE(test, has_port);
	KUNIT_EXPECT_TRUE(test, ktgt_target_has_port(target, 7));
	rcu_read_unlock();
}

static struct kunit_case target_cases[] = {
	KUNIT_CASE(found_under_rcu),
	{}
};

static struct kunit_suite target_suite = {
	.name = "ktgt_target",
	.test_cases = target_cases,
};
kunit_test_suite(target_suite);
