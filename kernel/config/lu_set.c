// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of a logical unit that is in use. Another device, and one that is
 * opened in another way, is another store: see ktgt_lu_swap().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "lu_set.h"

#include <linux/completion.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../backend/block.h"
#include "../backend/claim.h"
#include "../backend/store.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/gate.h"
#include "../scsi/lu.h"
#include "../scsi/lu_life.h"
#include "lu.h"
#include "txn.h"

/* how long a change waits until the former device is closed */
#define CLOSE_TIMEOUT	(10 * HZ)

/**
 * struct lu_set - change of a logical unit
 * @change: the change
 * @has: bits of KTGT_A_LU_*: which of @params are to be set
 * @params: what is to be set, and @force; the path is owned until it is applied
 * @lu: the logical unit, found by the check
 * @store: its new store, opened by the check; NULL if it keeps the one that it has
 * @wait: what lets @store wait for the former one; NULL if it does not wait
 * @claim: claim of the device if @store has it from the former one, or NULL
 * @old: the former store; its memory is referenced
 * @old_path: the former path; owned
 */
struct lu_set {
	struct ktgt_change	change;
	u64			has;
	struct ktgt_lu_params	params;
	struct ktgt_lu		*lu;
	struct ktgt_store	*store;
	struct ktgt_gate_wait	*wait;
	struct ktgt_claim	*claim;
	struct ktgt_store	*old;
	const char		*old_path;
};

static struct lu_set *to_set(struct ktgt_change *change)
{
	return container_of(change, struct lu_set, change);
}

static bool has(const struct lu_set *set, unsigned int attr)
{
	return set->has & BIT_ULL(attr);
}

/* Why it cannot be changed in this way, or NULL. */
static const char *set_fault(const struct lu_set *set, const struct ktgt_lu *lu)
{
	if (!lu->lun)
		return "is the controller of the target, which cannot be changed";
	if (has(set, KTGT_A_LU_PATH) && !lu->params.path)
		return "has type null and no path; only one of type block can get another";
	if (has(set, KTGT_A_LU_PATH) && !*set->params.path)
		return "cannot have an empty path; say which device it is to have";
	return NULL;
}

static bool needs_store(const struct lu_set *set, const struct ktgt_lu *lu)
{
	if (has(set, KTGT_A_LU_PATH))
		return true;
	return has(set, KTGT_A_LU_READ_ONLY) && !ktgt_lu_is_absent(lu) &&
	       set->params.read_only != lu->params.read_only;
}

/* The device may be the one that it has, by this or by another name. */
static struct ktgt_claim *own_claim(const struct ktgt_lu *lu, const char *path)
{
	struct ktgt_store *store = ktgt_lu_store(lu);
	dev_t dev;

	if (!path || !store->dev || ktgt_backend_block_dev(path, &dev) ||
	    dev != store->dev)
		return NULL;
	return store->claim;
}

static struct ktgt_store *open_store(struct ktgt_txn *txn, struct lu_set *set)
{
	struct ktgt_lu_params params = set->lu->params;

	if (has(set, KTGT_A_LU_PATH))
		params.path = set->params.path;
	if (has(set, KTGT_A_LU_READ_ONLY))
		params.read_only = set->params.read_only;
	params.force = set->params.force;
	set->claim = own_claim(set->lu, params.path);
	if (set->claim && set->claim->given) {
		set->claim = NULL;
		ktgt_refuse(txn->extack,
			    "LUN %u: %s is part of another change of this transaction; make one of both",
			    set->lu->lun, params.path);
		return ERR_PTR(-EBUSY);
	}
	return ktgt_lu_open_store(set->lu, &params, set->claim, txn->extack);
}

static int make_store(struct ktgt_txn *txn, struct lu_set *set)
{
	struct ktgt_store *store;

	if (!set->params.force) {
		set->wait = kzalloc_obj(*set->wait, GFP_KERNEL);
		if (!set->wait)
			return -ENOMEM;
	}
	store = open_store(txn, set);
	if (IS_ERR(store)) {
		set->claim = NULL;
		return PTR_ERR(store);
	}
	/* nobody else gets it from the former store in this transaction */
	if (set->claim)
		set->claim->given = true;
	set->store = store;
	return 0;
}

static int lu_set_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);
	struct ktgt_lu *lu = ktgt_lu_check(txn, change->info.tid,
					   change->info.lun);
	const char *fault;

	if (IS_ERR(lu))
		return PTR_ERR(lu);
	fault = set_fault(set, lu);
	if (fault) {
		ktgt_refuse(txn->extack, "target %u: LUN %u %s",
			    change->info.tid, change->info.lun, fault);
		return -EINVAL;
	}
	set->lu = lu;
	return needs_store(set, lu) ? make_store(txn, set) : 0;
}

static void end_claim(struct lu_set *set)
{
	if (set->claim)
		set->claim->given = false;
	set->claim = NULL;
}

static void lu_set_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);

	end_claim(set);
	if (set->store)
		ktgt_store_drop(set->store);
	set->store = NULL;
}

static void apply_params(struct lu_set *set)
{
	struct ktgt_lu_params *own = &set->lu->params;

	if (has(set, KTGT_A_LU_PATH)) {
		set->old_path = own->path;
		/* pairs with the readers under RCU */
		smp_store_release(&own->path, set->params.path);
		set->params.path = NULL;
	}
	if (has(set, KTGT_A_LU_READ_ONLY))
		WRITE_ONCE(own->read_only, set->params.read_only);
	if (has(set, KTGT_A_LU_SHARED))
		WRITE_ONCE(own->shared, set->params.shared);
	if (has(set, KTGT_A_LU_WRITE_CACHE))
		WRITE_ONCE(own->write_cache, set->params.write_cache);
}

static void lu_set_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);

	apply_params(set);
	if (!set->store) {
		ktgt_lu_update(set->lu);
		return;
	}
	set->old = ktgt_lu_store(set->lu);
	kref_get(&set->old->ref);
	ktgt_lu_swap(set->lu, set->store, NULL, set->wait);
	set->wait = NULL;
	/* that of the former disk says nothing of this one */
	if (has(set, KTGT_A_LU_PATH))
		ktgt_lu_set_medium(set->lu, NULL);
	end_claim(set);
}

/* Who has asked for another device may want to do something with the former one. */
static void lu_set_settle(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);

	if (!set->old || set->params.force)
		return;
	if (wait_for_completion_killable_timeout(&set->old->closed,
						 CLOSE_TIMEOUT) > 0)
		return;
	pr_warn("target %u: LUN %u: its former device still has commands; others wait until they end, or until lun set path with force\n",
		change->info.tid, change->info.lun);
}

static void lu_set_free(struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);

	ktgt_store_put(set->old);
	if (set->old_path)
		synchronize_rcu();
	kfree(set->old_path);
	kfree(set->params.path);
	kfree(set->wait);
	kfree(set);
}

static const struct ktgt_change_ops lu_set_ops = {
	.object = KTGT_OBJECT_LU,
	.action = KTGT_ACTION_CHANGE,
	.check = lu_set_check,
	.abort = lu_set_abort,
	.apply = lu_set_apply,
	.settle = lu_set_settle,
	.free = lu_set_free,
};

/**
 * ktgt_lu_stage_set - change a logical unit that is in use
 * @txn: the transaction
 * @tid: number of its target
 * @params: its LUN, and what is to be set of path, read_only, shared and
 *	write_cache; force. Copied
 * @has: bits of KTGT_A_LU_*: which of @params are to be set
 *
 * With another path, commands that were admitted end at the former device, and
 * others wait until then. With force they do not wait, and the device may be
 * smaller.
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_lu_stage_set(struct ktgt_txn *txn, u32 tid,
		      const struct ktgt_lu_params *params, u64 has)
{
	struct lu_set *set;

	set = kzalloc_obj(*set, GFP_KERNEL);
	if (!set)
		return -ENOMEM;
	set->has = has;
	set->params = *params;
	set->params.path = kstrdup(params->path, GFP_KERNEL);
	if (params->path && !set->params.path) {
		kfree(set);
		return -ENOMEM;
	}
	set->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = params->lun,
	};
	ktgt_txn_stage(txn, &set->change, &lu_set_ops);
	return 0;
}
