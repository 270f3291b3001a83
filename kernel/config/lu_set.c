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

#include "../backend/claim.h"
#include "../backend/store.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/cache.h"
#include "../scsi/gate.h"
#include "../scsi/lu.h"
#include "../scsi/lu_life.h"
#include "../scsi/names.h"
#include "../scsi/opening.h"
#include "../scsi/prevent.h"
#include "../scsi/sanitize_op.h"
#include "../scsi/ua.h"
#include "lu.h"
#include "lu_dev.h"
#include "txn.h"

/**
 * struct lu_set - change of a logical unit
 * @change: the change
 * @has: bits of KTGT_A_LU_*: which of @params are to be set
 * @params: what is to be set, and @force; the path is owned until it is applied
 * @how: how its device is to be opened, if it is; the texts are owned
 * @opening: opens it, from prepare to check; NULL if there is nothing to open
 * @lu: the logical unit, found by the check
 * @store: its new store, taken by the check; NULL if it keeps the one that it has
 * @wait: what lets @store wait for the former one; NULL if it does not wait
 * @claim: claim of the device if @store has it from the former one, or NULL
 * @old: the former store; its memory is referenced
 * @old_path: the former path; owned
 * @waits_for_cache: @lu, whose memory is referenced, has its cache turned off
 * @identity: other names that it gets, from check to apply, then the former ones;
 *	owned, NULL if they stay
 * @names: keeps @identity for it, from check to apply
 */
struct lu_set {
	struct ktgt_change	change;
	u64			has;
	struct ktgt_lu_params	params;
	struct ktgt_lu_params	how;
	struct ktgt_opening	*opening;
	struct ktgt_lu		*lu;
	struct ktgt_store	*store;
	struct ktgt_gate_wait	*wait;
	struct ktgt_claim	*claim;
	struct ktgt_store	*old;
	const char		*old_path;
	bool			waits_for_cache;
	struct ktgt_identity	*identity;
	struct ktgt_disk_names	names;
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
	if (has(set, KTGT_A_LU_THRESHOLD_REACHED) && has(set, KTGT_A_LU_PATH))
		return "gets another device; say threshold-reached when it has it";
	if (has(set, KTGT_A_LU_THRESHOLD_REACHED) && !READ_ONCE(lu->thin))
		return "is not thin, so there is no threshold; its device does not unmap blocks";
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
static struct ktgt_claim *own_claim(const struct lu_set *set,
				    const struct ktgt_lu *lu)
{
	struct ktgt_store *store = ktgt_lu_store(lu);

	if (!set->how.path || set->how.dev_err || !store->dev ||
	    set->how.dev != store->dev)
		return NULL;
	return ktgt_claim_get(store->claim);
}

static struct ktgt_lu *find_lu(struct ktgt_txn *txn,
			       const struct ktgt_change *change)
{
	struct ktgt_target *target = xa_load(&txn->kn->targets,
					     change->info.tid);

	return target ? xa_load(&target->lus, change->info.lun) : NULL;
}

/*
 * Whether a device is to be opened; with which claim, referenced. What cannot be
 * changed in this way is refused by the check.
 */
static bool find_claim(struct ktgt_txn *txn, struct ktgt_change *change,
		       struct ktgt_claim **claim)
{
	struct lu_set *set = to_set(change);
	struct ktgt_lu *lu;
	bool opens;

	*claim = NULL;
	mutex_lock(&txn->kn->config_mutex);
	lu = find_lu(txn, change);
	opens = lu && set->how.backend != KTGT_BACKEND_NONE &&
		!set_fault(set, lu) && needs_store(set, lu);
	if (opens)
		*claim = own_claim(set, lu);
	mutex_unlock(&txn->kn->config_mutex);
	return opens;
}

static int lu_set_prepare(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);
	struct ktgt_claim *claim;

	if (!find_claim(txn, change, &claim))
		return 0;
	set->opening = ktgt_opening_start(&set->how, claim);
	ktgt_claim_put(claim);
	return set->opening ? 0 : -ENOMEM;
}

static int lu_set_await(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);

	return set->opening ?
	       ktgt_lu_dev_await(txn, &set->how, set->opening) : 0;
}

/* Nobody else gets the device from the former store in this transaction. */
static int begin_claim(struct ktgt_txn *txn, struct lu_set *set,
		       const struct ktgt_store *store)
{
	if (!ktgt_opening_shares(set->opening))
		return 0;
	if (store->claim != ktgt_lu_store(set->lu)->claim) {
		ktgt_refuse(txn->extack,
			    "LUN %u: its device has been changed meanwhile; try again",
			    set->lu->lun);
		return -ESTALE;
	}
	if (store->claim->given) {
		ktgt_refuse(txn->extack,
			    "LUN %u: %s is part of another change of this transaction; make one of both",
			    set->lu->lun, set->how.path);
		return -EBUSY;
	}
	store->claim->given = true;
	set->claim = store->claim;
	return 0;
}

static void end_claim(struct lu_set *set)
{
	if (set->claim)
		set->claim->given = false;
	set->claim = NULL;
}

static int take_store(struct ktgt_txn *txn, struct lu_set *set)
{
	struct ktgt_store *store = ktgt_opening_take(set->opening, txn->extack);
	int err;

	if (IS_ERR(store))
		return PTR_ERR(store);
	err = ktgt_lu_judge(set->lu, &set->how, store, txn->extack);
	if (!err)
		err = begin_claim(txn, set, store);
	if (err)
		ktgt_store_drop(store);
	else
		set->store = store;
	return err;
}

static int make_store(struct ktgt_txn *txn, struct lu_set *set)
{
	struct ktgt_lu_params wanted = set->lu->params;
	int err;

	if (has(set, KTGT_A_LU_PATH))
		wanted.path = set->params.path;
	if (has(set, KTGT_A_LU_READ_ONLY))
		wanted.read_only = set->params.read_only;
	err = ktgt_lu_dev_check(txn, set->opening ? &set->how : NULL, &wanted,
				set->change.info.tid);
	if (err)
		return err;
	if (!set->params.force) {
		set->wait = kzalloc_obj(*set->wait, GFP_KERNEL);
		if (!set->wait)
			return -ENOMEM;
	}
	return take_store(txn, set);
}

/* It is used under these names by initiators of which nothing is known here. */
static int judge_names(struct ktgt_txn *txn, const struct lu_set *set,
		       const struct ktgt_identity *identity)
{
	if (set->params.force ||
	    ktgt_identity_is_same_disk(identity, ktgt_lu_identity(set->lu)))
		return 0;
	ktgt_refuse(txn->extack,
		    "target %u: LUN %u: with another serial, naa, eui, uuid, scsi-id or scsi-name, initiators that use it take it for another disk; stop that, and add force",
		    set->change.info.tid, set->lu->lun);
	return -EBUSY;
}

static int check_names(struct ktgt_txn *txn, struct lu_set *set)
{
	struct ktgt_identity *identity;
	int err;

	if (!(set->has & KTGT_LU_SET_NAMES))
		return 0;
	identity = ktgt_lu_change_identity(set->lu, &set->params.identity,
					   set->has, txn->extack);
	if (IS_ERR(identity))
		return PTR_ERR(identity);
	if (!memcmp(identity, ktgt_lu_identity(set->lu), sizeof(*identity))) {
		kfree(identity);
		return 0;
	}
	err = judge_names(txn, set, identity);
	if (!err)
		err = ktgt_names_stage(&set->names, set->lu, identity,
				       txn->extack);
	if (err)
		kfree(identity);
	else
		set->identity = identity;
	return err;
}

/* What the check has begun. */
static void undo(struct lu_set *set)
{
	end_claim(set);
	if (set->store)
		ktgt_store_drop(set->store);
	set->store = NULL;
	ktgt_names_unstage(&set->names);
	kfree(set->identity);
	set->identity = NULL;
}

static int lu_set_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);
	struct ktgt_lu *lu = ktgt_lu_check(txn, change->info.tid,
					   change->info.lun);
	const char *fault;
	int err = 0;

	if (IS_ERR(lu))
		return PTR_ERR(lu);
	fault = set_fault(set, lu);
	if (fault) {
		ktgt_refuse(txn->extack, "target %u: LUN %u %s",
			    change->info.tid, change->info.lun, fault);
		return -EINVAL;
	}
	set->lu = lu;
	if (needs_store(set, lu))
		err = make_store(txn, set);
	if (!err)
		err = check_names(txn, set);
	if (err)
		undo(set);
	return err;
}

static void lu_set_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	undo(to_set(change));
}

/* Who cannot remove it any more prevents nothing. Initiators ask for RMB again. */
static void apply_removable(struct ktgt_lu *lu, bool removable)
{
	if (removable == lu->params.removable)
		return;
	WRITE_ONCE(lu->params.removable, removable);
	spin_lock_bh(&lu->target->nexus_lock);
	ktgt_prevent_reset(lu);
	ktgt_ua_raise_locked(lu, KTGT_UA_INQUIRY, NULL);
	spin_unlock_bh(&lu->target->nexus_lock);
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
	if (has(set, KTGT_A_LU_WRITE_CACHE)) {
		/* whatever initiators have chosen before */
		WRITE_ONCE(set->lu->cache_mode, -1);
		WRITE_ONCE(own->write_cache, set->params.write_cache);
	}
	if (has(set, KTGT_A_LU_GONE))
		WRITE_ONCE(own->gone, set->params.gone);
	if (has(set, KTGT_A_LU_REMOVABLE))
		apply_removable(set->lu, set->params.removable);
	if (has(set, KTGT_A_LU_THRESHOLD_REACHED))
		ktgt_ua_raise(set->lu, KTGT_UA_THRESHOLD, NULL);
}

static bool is_of(const struct ktgt_store *store,
		  const struct ktgt_lu_params *params)
{
	return params->dev && store->dev == params->dev;
}

static void apply_store(struct lu_set *set)
{
	set->old = ktgt_lu_store(set->lu);
	kref_get(&set->old->ref);
	/*
	 * That of the former disk says nothing of another one, to which the same path may
	 * lead by now. First, so that no SANITIZE of the new one has its name.
	 */
	if (has(set, KTGT_A_LU_PATH) || !is_of(set->old, &set->how))
		ktgt_lu_set_medium(set->lu, set->how.medium_found);
	ktgt_lu_swap(set->lu, set->store, NULL, set->wait);
	set->wait = NULL;
	ktgt_sanitize_resume(set->lu);
	end_claim(set);
}

static void lu_set_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);

	apply_params(set);
	if (set->identity)
		set->identity = ktgt_lu_set_identity(set->lu, set->identity,
						     &set->names);
	if (set->store)
		apply_store(set);
	else
		ktgt_lu_update(set->lu);
	if (has(set, KTGT_A_LU_WRITE_CACHE)) {
		kref_get(&set->lu->kref);
		set->waits_for_cache = true;
	}
}

/* Who has asked for no cache wants to know that there is none. */
static void settle_cache(struct ktgt_txn *txn, struct lu_set *set)
{
	const struct ktgt_change_info *info = &set->change.info;

	if (!ktgt_cache_wait(set->lu, ktgt_txn_time_left(txn)))
		ktgt_txn_leave(txn, "LUN %u of target %u, whose cache is not flushed yet",
			       info->lun, info->tid);
	else if (ktgt_cache_failed(set->lu))
		ktgt_refuse(txn->extack,
			    "target %u: LUN %u: its device has failed to flush its cache, so initiators still see one; set write-cache off again when it works",
			    info->tid, info->lun);
}

/* Who has asked for another device may want to do something with the former one. */
static void lu_set_settle(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);

	if (set->waits_for_cache)
		settle_cache(txn, set);
	if (!set->old || set->params.force)
		return;
	if (wait_for_completion_timeout(&set->old->closed,
					ktgt_txn_time_left(txn)))
		return;
	pr_warn("target %u: LUN %u: its former device still has commands; others wait until they end, or until lun set path with force\n",
		change->info.tid, change->info.lun);
	ktgt_txn_leave(txn, "the former device of LUN %u of target %u",
		       change->info.lun, change->info.tid);
}

static void lu_set_free(struct ktgt_change *change)
{
	struct lu_set *set = to_set(change);

	if (set->waits_for_cache)
		ktgt_lu_put(set->lu);
	ktgt_store_put(set->old);
	/* after an abort there is none of these */
	if (set->old_path || set->identity)
		synchronize_rcu();
	kfree(set->old_path);
	kfree(set->identity);
	ktgt_opening_put(set->opening);
	ktgt_lu_params_free(&set->how);
	kfree(set->params.path);
	kfree(set->wait);
	kfree(set);
}

static const struct ktgt_change_ops lu_set_ops = {
	.object = KTGT_OBJECT_LU,
	.action = KTGT_ACTION_CHANGE,
	.prepare = lu_set_prepare,
	.await = lu_set_await,
	.check = lu_set_check,
	.abort = lu_set_abort,
	.apply = lu_set_apply,
	.settle = lu_set_settle,
	.free = lu_set_free,
};

/* As the logical unit is now, and with what is to be set. */
static int note_how(struct lu_set *set, struct ktgt_txn *txn, u32 tid,
		    const struct ktgt_lu_params *with, struct file *file)
{
	int err;

	err = ktgt_lu_dev_copy(txn->kn, tid, set->params.lun, &set->how);
	if (err)
		return err;
	if (has(set, KTGT_A_LU_PATH)) {
		kfree(set->how.path);
		set->how.path = kstrdup(set->params.path, GFP_KERNEL);
		if (!set->how.path)
			return -ENOMEM;
	}
	if (with->medium_found) {
		set->how.medium_found = kstrdup(with->medium_found, GFP_KERNEL);
		if (!set->how.medium_found)
			return -ENOMEM;
	}
	if (has(set, KTGT_A_LU_READ_ONLY))
		set->how.read_only = set->params.read_only;
	set->how.force = set->params.force;
	return ktgt_lu_dev_find(&set->how, file, txn->extack);
}

/**
 * ktgt_lu_stage_set - change a logical unit that is in use
 * @txn: the transaction
 * @tid: number of its target
 * @params: its LUN, and what is to be set of path, read_only, shared, write_cache,
 *	gone, removable, threshold-reached and identity; medium_found, of the disk to
 *	which the path leads; force. Copied
 * @has: bits of KTGT_A_LU_*: which of @params are to be set
 * @file: its device, as who has asked has opened it, or NULL
 *
 * With another path, commands that were admitted end at the former device, and
 * others wait until then. With force they do not wait, the device may be smaller,
 * and its names may become those of another disk.
 *
 * Context: the thread that sent the request; may sleep.
 *
 * Return: 0, -ENOMEM, or another errno, with extack text.
 */
int ktgt_lu_stage_set(struct ktgt_txn *txn, u32 tid,
		      const struct ktgt_lu_params *params, u64 has,
		      struct file *file)
{
	struct lu_set *set;
	int err;

	set = kzalloc_obj(*set, GFP_KERNEL);
	if (!set)
		return -ENOMEM;
	set->has = has;
	set->params = *params;
	set->params.path = kstrdup(params->path, GFP_KERNEL);
	set->params.medium_found = NULL;
	err = params->path && !set->params.path ? -ENOMEM :
	      note_how(set, txn, tid, params, file);
	if (err) {
		lu_set_free(&set->change);
		return err;
	}
	set->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = params->lun,
	};
	ktgt_txn_stage(txn, &set->change, &lu_set_ops);
	return 0;
}
