// SPDX-License-Identifier: GPL-2.0
/*
 * The logical units of a device, when something happens to it. Neither udev nor the
 * block layer knows namespaces or targets, so they are found by the number of the
 * device.
 *
 * Nothing here takes a lock that a transaction has: what waits for it holds locks
 * of the block layer.
 */
#include "holder.h"

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "../backend/holder.h"
#include "../backend/store.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../scsi/gate.h"
#include "../scsi/lu.h"
#include "../scsi/lu_life.h"

/**
 * struct frozen_store - a store whose commands are waited for
 * @wait: for them
 * @empty: completed when none is left
 * @node: in the list of one freeze
 * @store: the store; its memory is referenced
 */
struct frozen_store {
	struct ktgt_store_wait	wait;
	struct completion	empty;
	struct list_head	node;
	struct ktgt_store	*store;
};

/* Under RCU. */
static bool has_dev(const struct ktgt_lu *lu, dev_t dev)
{
	const struct ktgt_store *store = rcu_dereference(lu->store);

	return store && store->dev == dev;
}

/* Under RCU. */
static void refresh_net(struct ktgt_net *kn, dev_t dev)
{
	struct ktgt_target *target;
	unsigned long tid, lun;
	struct ktgt_lu *lu;

	xa_for_each(&kn->targets, tid, target)
		xa_for_each(&target->lus, lun, lu)
			if (has_dev(lu, dev))
				ktgt_lu_refresh(lu);
}

/**
 * ktgt_lus_refresh - look at a device again
 * @net: the namespace whose logical units do so; those of all, if it is the initial
 *	one
 * @dev: number of the device
 *
 * Context: process; does not sleep.
 */
void ktgt_lus_refresh(struct net *net, dev_t dev)
{
	rcu_read_lock();
	if (!net_eq(net, &init_net)) {
		refresh_net(ktgt_net_get(net), dev);
	} else {
		for_each_net_rcu(net)
			refresh_net(ktgt_net_get(net), dev);
	}
	rcu_read_unlock();
}

static bool is_frozen(const struct ktgt_lu *lu)
{
	return READ_ONCE(lu->gate.reasons) & BIT(KTGT_GATE_HOLDER);
}

/* Under RCU. */
static struct ktgt_lu *find_in_net(struct ktgt_net *kn, dev_t dev, bool frozen)
{
	struct ktgt_target *target;
	unsigned long tid, lun;
	struct ktgt_lu *lu;

	xa_for_each(&kn->targets, tid, target)
		xa_for_each(&target->lus, lun, lu)
			if (has_dev(lu, dev) && is_frozen(lu) == frozen &&
			    kref_get_unless_zero(&lu->kref))
				return lu;
	return NULL;
}

/* One that is frozen by the block layer, or one that is not. */
static struct ktgt_lu *find(dev_t dev, bool frozen)
{
	struct ktgt_lu *lu = NULL;
	struct net *net;

	rcu_read_lock();
	for_each_net_rcu(net) {
		lu = find_in_net(ktgt_net_get(net), dev, frozen);
		if (lu)
			break;
	}
	rcu_read_unlock();
	return lu;
}

static void thaw_dev(dev_t dev)
{
	struct ktgt_lu *lu;

	while ((lu = find(dev, true))) {
		ktgt_gate_open(lu, KTGT_GATE_HOLDER);
		ktgt_lu_put(lu);
	}
}

static void store_is_empty(struct ktgt_store_wait *wait)
{
	complete(&container_of(wait, struct frozen_store, wait)->empty);
}

/* Its store may have become another one meanwhile. */
static int close_gate(struct ktgt_lu *lu, dev_t dev, struct list_head *all)
{
	struct frozen_store *frozen = kzalloc_obj(*frozen, GFP_KERNEL);
	struct ktgt_store *store;

	if (!frozen)
		return -ENOMEM;
	frozen->wait.done = store_is_empty;
	init_completion(&frozen->empty);
	mutex_lock(&lu->gate.mutex);
	store = rcu_dereference_protected(lu->store,
					  lockdep_is_held(&lu->gate.mutex));
	if (store->dev == dev) {
		ktgt_gate_close_locked(lu, KTGT_GATE_HOLDER);
		kref_get(&store->ref);
		frozen->store = store;
		list_add_tail(&frozen->node, all);
	}
	mutex_unlock(&lu->gate.mutex);
	if (!frozen->store)
		kfree(frozen);
	return 0;
}

static int close_gates(dev_t dev, struct list_head *all)
{
	struct ktgt_lu *lu;
	int err = 0;

	while (!err && (lu = find(dev, false))) {
		err = close_gate(lu, dev, all);
		ktgt_lu_put(lu);
	}
	return err;
}

/* Return: whether it has no command left. */
static bool await_store(struct frozen_store *frozen, unsigned long deadline)
{
	long left = deadline - jiffies;

	ktgt_store_wait_empty(frozen->store, &frozen->wait);
	if (wait_for_completion_timeout(&frozen->empty, max(left, 0L)))
		return true;
	if (ktgt_store_cancel_wait(frozen->store, &frozen->wait))
		return false;
	wait_for_completion(&frozen->empty);
	return true;
}

static int freeze_dev(dev_t dev)
{
	unsigned long deadline = jiffies + KTGT_HOLDER_FREEZE_TIME;
	struct frozen_store *frozen, *next;
	LIST_HEAD(all);
	int err;

	err = close_gates(dev, &all);
	list_for_each_entry_safe(frozen, next, &all, node) {
		if (!err && !await_store(frozen, deadline))
			err = -EBUSY;
		ktgt_store_put(frozen->store);
		kfree(frozen);
	}
	if (err)
		thaw_dev(dev);
	return err;
}

static void dev_changed(dev_t dev)
{
	ktgt_lus_refresh(&init_net, dev);
}

static const struct ktgt_holder_calls holder_calls = {
	.changed	= dev_changed,
	.freeze		= freeze_dev,
	.thaw		= thaw_dev,
};

/**
 * ktgt_lus_init - be told what happens to devices
 *
 * Context: module load.
 */
void ktgt_lus_init(void)
{
	ktgt_holder_init(&holder_calls);
}
