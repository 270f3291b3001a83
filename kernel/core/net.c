// SPDX-License-Identifier: GPL-2.0
/*
 * Finding objects of a network namespace. config/ creates them.
 */
#include "net.h"

#include <linux/rcupdate.h>

#include <net/netns/generic.h>

#include "target.h"

unsigned int ktgt_net_id __read_mostly;

/**
 * ktgt_net_get - ktgt's state of a network namespace
 * @net: the namespace
 *
 * Context: any, while the namespace is alive.
 *
 * Return: the state; it is there whenever the module is.
 */
struct ktgt_net *ktgt_net_get(struct net *net)
{
	return net_generic(net, ktgt_net_id);
}

static struct ktgt_target *get_visible(struct ktgt_target *target)
{
	/*
	 * Pairs with the release in config/target.c: who sees that a target is
	 * live also sees its access and its logical units.
	 */
	if (!target || smp_load_acquire(&target->stage) == KTGT_TARGET_STAGED)
		return NULL;
	return ktgt_target_tryget(target) ? target : NULL;
}

/**
 * ktgt_net_find_target - find a target by name
 * @kn: the namespace
 * @name: iSCSI name; upper and lower case are the same
 *
 * Context: any.
 *
 * Return: the target with a reference, or NULL.
 */
struct ktgt_target *ktgt_net_find_target(struct ktgt_net *kn,
					 const char *name)
{
	struct ktgt_target *target;

	rcu_read_lock();
	target = rhashtable_lookup(&kn->names, name, ktgt_target_names);
	target = get_visible(target);
	rcu_read_unlock();
	return target;
}

/**
 * ktgt_net_find_tid - find a target by number
 * @kn: the namespace
 * @tid: target number
 *
 * Context: any.
 *
 * Return: the target with a reference, or NULL.
 */
struct ktgt_target *ktgt_net_find_tid(struct ktgt_net *kn, u32 tid)
{
	struct ktgt_target *target;

	rcu_read_lock();
	target = get_visible(xa_load(&kn->targets, tid));
	rcu_read_unlock();
	return target;
}
