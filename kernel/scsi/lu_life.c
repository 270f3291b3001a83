// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a logical unit: made and checked, published, given another store,
 * unpublished, drained by its reference, and released on a queue of this file.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "lu_life.h"

#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include <scsi/scsi_proto.h>

#include <linux/ktgt.h>

#include "../backend/absent.h"
#include "../backend/state.h"
#include "../backend/store.h"
#include "../core/cmd.h"
#include "../core/event.h"
#include "../core/fabric.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/deadline.h"
#include "../core/target.h"
#include "cache.h"
#include "gate.h"
#include "identity.h"
#include "lu.h"
#include "mode_image.h"
#include "mode_page.h"
#include "names.h"
#include "nexus.h"
#include "pr.h"
#include "sanitize_state.h"
#include "state_save.h"
#include "track.h"
#include "ua.h"

/* waits for no storage: the stores close on a queue of their own */
static struct workqueue_struct *release_wq;

/* LUs that have not ended; unloading waits for zero */
static atomic_t nr_alive = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(none_alive);

static void lu_gone(void)
{
	if (atomic_dec_and_test(&nr_alive))
		wake_up_all(&none_alive);
}

static void release_work(struct work_struct *work)
{
	struct ktgt_lu *lu = container_of(work, struct ktgt_lu, release_work);

	ktgt_itls_free(lu);
	ktgt_pr_exit(lu);
	iput(lu->ejected_device);
	percpu_ref_exit(&lu->ref);
	ktgt_target_put(lu->target);
	complete_all(&lu->released);
	ktgt_lu_put(lu);
	lu_gone();
}

static void lu_ref_release(struct percpu_ref *ref)
{
	struct ktgt_lu *lu = container_of(ref, struct ktgt_lu, ref);

	queue_work(release_wq, &lu->release_work);
}

static struct ktgt_identity_seed seed_of(const struct ktgt_lu *lu)
{
	return (struct ktgt_identity_seed){
		.target = lu->target->name,
		.lun = lu->lun,
		.oui = lu->target->kn->oui,
		.disk = lu->type == TYPE_DISK,
	};
}

static int set_identity(struct ktgt_lu *lu, const struct ktgt_lu_params *params,
			struct netlink_ext_ack *extack)
{
	const struct ktgt_identity_seed seed = seed_of(lu);
	struct ktgt_identity *identity;
	int err;

	err = ktgt_identity_check(&params->identity, lu->lun, extack);
	if (err)
		return err;
	identity = kmemdup(&params->identity, sizeof(*identity), GFP_KERNEL);
	if (!identity)
		return -ENOMEM;
	ktgt_identity_fill(identity, &seed);
	RCU_INIT_POINTER(lu->identity, identity);
	return 0;
}

/**
 * ktgt_lu_change_identity - what the names of a logical unit would be
 * @lu: disk
 * @to: what some of them are to be, see ktgt_identity_change()
 * @has: bits of KTGT_A_LU_*: which of @to
 * @extack: gets the reason of a refusal
 *
 * Context: process, with &ktgt_net.config_mutex.
 * Return: all names, to be freed by the caller, or ERR_PTR.
 */
struct ktgt_identity *ktgt_lu_change_identity(const struct ktgt_lu *lu,
					      const struct ktgt_identity *to,
					      u64 has,
					      struct netlink_ext_ack *extack)
{
	const struct ktgt_identity_seed seed = seed_of(lu);
	struct ktgt_identity *identity;
	int err;

	err = ktgt_identity_check(to, lu->lun, extack);
	if (err)
		return ERR_PTR(err);
	identity = kmemdup(ktgt_lu_identity(lu), sizeof(*identity), GFP_KERNEL);
	if (!identity)
		return ERR_PTR(-ENOMEM);
	ktgt_identity_change(identity, to, has, &seed);
	return identity;
}

/**
 * ktgt_lu_set_identity - give a logical unit other names
 * @lu: disk that is published
 * @identity: the names, which belong to it from now on
 * @staged: what ktgt_names_stage() has kept for it
 *
 * Initiators are told.
 *
 * Context: process, with &ktgt_net.config_mutex.
 * Return: the former names, which readers may have for a grace period of RCU.
 */
struct ktgt_identity *ktgt_lu_set_identity(struct ktgt_lu *lu,
					   struct ktgt_identity *identity,
					   struct ktgt_disk_names *staged)
{
	struct ktgt_identity *old = rcu_access_pointer(lu->identity);

	rcu_assign_pointer(lu->identity, identity);
	ktgt_names_take(staged);
	ktgt_ua_raise(lu, KTGT_UA_INQUIRY, NULL);
	return old;
}

/* @size is the device's own, if none was asked for. */
static void refuse_block_size(const struct ktgt_lu *lu, u32 own, u32 size,
			      struct netlink_ext_ack *extack)
{
	if (size == own)
		ktgt_refuse(extack,
			    "LUN %u: the device has blocks of %u bytes; only 512 and 4096 are supported",
			    lu->lun, own);
	else if (size < own)
		ktgt_refuse(extack,
			    "LUN %u: block-size %u: must not be less than the device's, %u",
			    lu->lun, size, own);
	else
		ktgt_refuse(extack, "LUN %u: block-size %u: must be 512 or 4096",
			    lu->lun, size);
}

static void refuse_size(const struct ktgt_lu *lu, const char *path, u64 size,
			struct netlink_ext_ack *extack)
{
	if (!size && path)
		ktgt_refuse(extack, "LUN %u: %s has no size", lu->lun, path);
	else
		ktgt_refuse(extack,
			    "LUN %u: size %llu: must be at least one block, %u bytes",
			    lu->lun, size, 1U << lu->block_shift);
}

/**
 * struct medium - what a logical unit tells of its store
 * @block_shift: see &ktgt_lu.block_shift
 * @max_blocks: see &ktgt_lu.max_blocks
 * @nr_blocks: see &ktgt_lu.nr_blocks
 * @caps: what the store can do
 */
struct medium {
	u8				block_shift;
	u32				max_blocks;
	u64				nr_blocks;
	struct ktgt_backend_caps	caps;
};

/*
 * How a store looks from outside, and whether it may be that of @lu. Nothing
 * changes.
 */
static int judge_store(const struct ktgt_lu *lu,
		       const struct ktgt_lu_params *params,
		       struct ktgt_store *store, struct medium *medium,
		       struct netlink_ext_ack *extack)
{
	u32 size = params->block_size;
	u32 own;

	store->ops->caps(store, &medium->caps);
	own = medium->caps.logical_block;
	/* initiators that have seen the size of a block will not ask again */
	if (!size && lu->nr_blocks)
		size = 1U << lu->block_shift;
	if (!size)
		size = own;
	if ((size != 512 && size != 4096) || size < own) {
		refuse_block_size(lu, own, size, extack);
		return -EINVAL;
	}
	medium->block_shift = ilog2(size);
	medium->max_blocks = medium->caps.max_transfer >> medium->block_shift;
	medium->nr_blocks = medium->caps.size >> medium->block_shift;
	if (!medium->nr_blocks && store->ops != &ktgt_backend_absent_ops) {
		refuse_size(lu, params->path, medium->caps.size, extack);
		return -EINVAL;
	}
	return 0;
}

/* With &ktgt_lu.lock: a device may be protected although it was opened for writing. */
static bool follow_protection(struct ktgt_lu *lu, bool device)
{
	bool is_protected = READ_ONCE(lu->params.read_only) || device;
	bool read_only = is_protected || lu->swp;
	bool changed = read_only != lu->read_only;

	WRITE_ONCE(lu->is_protected, is_protected);
	WRITE_ONCE(lu->read_only, read_only);
	return changed;
}

/*
 * An atomic write moves at once. Where it must not go over a boundary of the device, it
 * begins at a multiple of the longest one, of which each boundary is a multiple.
 */
static void take_atomic(struct ktgt_lu *lu, const struct medium *medium)
{
	const struct ktgt_backend_caps *caps = &medium->caps;
	u32 unit = max(caps->atomic_min >> medium->block_shift, 1u);
	u32 longest = min_t(u32, caps->atomic_max, KTGT_CMD_PIECE);

	longest = rounddown(longest >> medium->block_shift, unit);
	WRITE_ONCE(lu->atomic_unit, unit);
	WRITE_ONCE(lu->atomic_align, caps->atomic_boundary ?
		   max(caps->atomic_max >> medium->block_shift, unit) : unit);
	WRITE_ONCE(lu->atomic_max, longest);
}

/*
 * The number of blocks comes last: with it the rest is used. While the medium is out,
 * all but that is as it was with it. @loads: the medium is in from now on.
 */
static void take_medium(struct ktgt_lu *lu, const struct ktgt_store *store,
			const struct medium *medium, bool loads)
{
	const struct ktgt_backend_caps *caps = &medium->caps;
	bool ejected = ktgt_lu_is_ejected(lu) && !loads;

	if (!ejected) {
		lu->thin = caps->max_discard;
		lu->max_blocks = medium->max_blocks;
		take_atomic(lu, medium);
		WRITE_ONCE(lu->block_shift, medium->block_shift);
	}
	WRITE_ONCE(lu->absent, store->ops == &ktgt_backend_absent_ops);
	spin_lock(&lu->lock);
	ejected = lu->ejected && !loads;
	if (!ejected)
		follow_protection(lu, caps->read_only);
	ktgt_cache_choose(lu);
	ktgt_cache_follow(lu, ejected ? lu->write_cache : caps->write_cache,
			  NULL);
	ktgt_sanitize_forget_erased(lu);
	if (!ejected)
		ktgt_sanitize_follow_medium(lu, loads);
	/* pairs with the range check of a command */
	smp_store_release(&lu->nr_blocks, ejected ? 0 : medium->nr_blocks);
	/* a disk that has no blocks, and is not ejected, is a fault */
	WRITE_ONCE(lu->ejected, ejected);
	spin_unlock(&lu->lock);
}

/**
 * ktgt_lu_set_medium - note which disk is behind a logical unit
 * @lu: disk
 * @medium: identity of the disk; NULL if it has none
 *
 * Context: process.
 */
void ktgt_lu_set_medium(struct ktgt_lu *lu, const char *medium)
{
	spin_lock(&lu->lock);
	strscpy(lu->medium, medium ?: "", sizeof(lu->medium));
	spin_unlock(&lu->lock);
}

/* The store is freed with the logical unit, whatever is returned. */
static int give_store(struct ktgt_lu *lu, const struct ktgt_lu_params *params,
		      struct ktgt_store *store, struct netlink_ext_ack *extack)
{
	struct medium medium;
	int err;

	if (!store) {
		lu->type = TYPE_RAID;
		lu->block_shift = ilog2(512);
		return 0;
	}
	lu->type = TYPE_DISK;
	RCU_INIT_POINTER(lu->store, store);
	err = judge_store(lu, &lu->params, store, &medium, extack);
	if (err)
		return err;
	take_medium(lu, store, &medium, false);
	ktgt_lu_set_medium(lu, lu->absent ? params->medium :
					    params->medium_found);
	return 0;
}

/* What it has got is freed by ktgt_lu_put() after an error as well. */
static int lu_init_fields(struct ktgt_lu *lu, struct ktgt_target *target,
			  const struct ktgt_lu_params *params)
{
	lu->target = target;
	lu->lun = params->lun;
	lu->params = *params;
	lu->params.path = NULL;
	lu->params.device = NULL;
	lu->params.state = NULL;
	lu->params.medium = NULL;
	lu->params.medium_found = NULL;
	memset(&lu->params.identity, 0, sizeof(lu->params.identity));
	lu->cache_mode = -1;
	kref_init(&lu->kref);
	spin_lock_init(&lu->lock);
	INIT_LIST_HEAD(&lu->itls);
	init_completion(&lu->released);
	INIT_WORK(&lu->release_work, release_work);

	ktgt_pr_init(&lu->pr);
	ktgt_mode_image_none(lu);
	ktgt_gate_init(&lu->gate);
	lu->gate.swapped = ktgt_cache_swapped;
	if (params->path) {
		lu->params.path = kstrdup(params->path, GFP_KERNEL);
		if (!lu->params.path)
			return -ENOMEM;
	}
	return percpu_ref_init(&lu->ref, lu_ref_release, 0, GFP_KERNEL);
}

static struct ktgt_lu *make_lu(struct ktgt_target *target,
			       const struct ktgt_lu_params *params,
			       struct netlink_ext_ack *extack)
{
	struct ktgt_lu *lu;
	int err;

	if (params->lun > KTGT_LUN_MAX) {
		ktgt_refuse(extack, "lun %u: must be 0 to %u", params->lun,
			    KTGT_LUN_MAX);
		return ERR_PTR(-EINVAL);
	}
	if (!ktgt_target_tryget(target))
		return ERR_PTR(-ENOENT);
	lu = kzalloc_obj(*lu, GFP_KERNEL);
	if (!lu) {
		ktgt_target_put(target);
		return ERR_PTR(-ENOMEM);
	}
	err = lu_init_fields(lu, target, params);
	if (err) {
		ktgt_lu_put(lu);
		ktgt_target_put(target);
		return ERR_PTR(err);
	}
	atomic_inc(&nr_alive);
	return lu;
}

/* It begins as its state file says. */
static int open_state(struct ktgt_lu *lu, struct ktgt_state *state,
		      struct netlink_ext_ack *extack)
{
	int err = ktgt_save_open(lu, state, extack);

	if (!err)
		ktgt_mode_start(lu);
	return err;
}

/**
 * ktgt_lu_alloc - make a logical unit
 * @target: target that it is to belong to
 * @params: what the user wants; copied
 * @store: its store, NULL for a controller; belongs to the logical unit, and is
 *	closed if that is refused
 * @extack: gets the reason of a refusal
 *
 * Context: process, with &ktgt_net.config_mutex; may sleep until a state file is not
 *	being written any more, see ktgt_save_open().
 * Return: the logical unit, which nobody can find yet, or ERR_PTR.
 */
struct ktgt_lu *ktgt_lu_alloc(struct ktgt_target *target,
			      const struct ktgt_lu_params *params,
			      struct ktgt_store *store,
			      struct netlink_ext_ack *extack)
{
	struct ktgt_lu *lu = make_lu(target, params, extack);
	int err;

	if (IS_ERR(lu)) {
		if (store)
			ktgt_store_drop(store);
		return lu;
	}
	err = give_store(lu, params, store, extack);
	if (!err)
		err = set_identity(lu, params, extack);
	if (!err && params->state)
		err = open_state(lu, params->state, extack);
	if (err) {
		ktgt_lu_free(lu);
		return ERR_PTR(err);
	}
	return lu;
}

/* Somebody else's place stays his. */
static void give_up_place(struct ktgt_lu *lu)
{
	struct ktgt_lu *old = xa_load(&lu->target->lus, lu->lun);

	if (old)
		old->successor = NULL;
	else
		xa_release(&lu->target->lus, lu->lun);
}

/**
 * ktgt_lu_free - drop a logical unit that was never published
 * @lu: logical unit; its place in the target is given up if it was reserved
 *
 * Context: process, with &ktgt_net.config_mutex; closes the device.
 */
void ktgt_lu_free(struct ktgt_lu *lu)
{
	struct ktgt_store *store = ktgt_lu_store(lu);

	if (lu->reserved)
		give_up_place(lu);
	ktgt_names_leave(lu);
	if (lu->state)
		ktgt_save_drop(lu);
	ktgt_pr_exit(lu);
	RCU_INIT_POINTER(lu->store, NULL);
	if (store)
		ktgt_store_drop(store);
	percpu_ref_exit(&lu->ref);
	ktgt_target_put(lu->target);
	ktgt_lu_put(lu);
	lu_gone();
}

/**
 * ktgt_lu_reserve - keep the LUN for a logical unit
 * @lu: logical unit, not published
 * @extack: gets the reason of a refusal
 *
 * Nobody finds it there until ktgt_lu_publish(), which needs no memory any
 * more. Its names are its own from now on. The place may be that of a logical
 * unit that leaves in the same transaction.
 *
 * Context: process, with &ktgt_net.config_mutex.
 * Return: 0, -EEXIST, -ENOMEM.
 */
int ktgt_lu_reserve(struct ktgt_lu *lu, struct netlink_ext_ack *extack)
{
	struct ktgt_lu *old = xa_load(&lu->target->lus, lu->lun);
	int err = 0;

	if (old && old->leaving && !old->successor)
		old->successor = lu;
	else
		err = xa_insert(&lu->target->lus, lu->lun, NULL, GFP_KERNEL);

	if (err == -EBUSY) {
		ktgt_refuse(extack, "target %u has a LUN %u already",
			    lu->target->tid, lu->lun);
		return -EEXIST;
	}
	lu->reserved = !err;
	return err ?: ktgt_names_enter(lu, extack);
}

static void removal_done(struct ktgt_lu_reset *removal)
{
	ktgt_lu_put(container_of(removal, struct ktgt_lu, removal));
}

/*
 * Commands that wait for data or for the gate end now, those with the storage
 * when it has answered. Those that cannot be told for want of memory end by
 * themselves.
 */
static void end_commands(struct ktgt_lu *lu)
{
	struct ktgt_target *target = lu->target;
	struct ktgt_nexus *nexus;

	kref_get(&lu->kref);
	atomic_set(&lu->removal.pending, 1);
	lu->removal.spare = true;
	lu->removal.done = removal_done;
	spin_lock_bh(&target->nexus_lock);
	list_for_each_entry(nexus, &target->nexuses, node)
		nexus->ops->abort_lu(nexus, lu, NULL, &lu->removal);
	spin_unlock_bh(&target->nexus_lock);
	ktgt_lu_reset_put(&lu->removal);
}

/* Nobody finds it any more. The rest ends by itself, with the last command. */
static void end_lu(struct ktgt_lu *lu)
{
	struct ktgt_store *store = ktgt_lu_store(lu);

	lu->target->nr_lus--;
	ktgt_names_leave(lu);
	if (lu->state)
		ktgt_state_unuse(lu->state);
	/* before the commands end, so that no new one gets in behind them */
	percpu_ref_kill(&lu->ref);
	if (!store)
		return;
	ktgt_gate_close(lu, KTGT_GATE_REMOVAL);
	ktgt_cache_forget(lu);
	end_commands(lu);
	ktgt_store_leave(store);
}

/**
 * ktgt_lu_publish - let initiators find a logical unit
 * @lu: logical unit for which ktgt_lu_reserve() succeeded
 * @old: the store that has given it its device, or NULL: it serves commands when
 *	that has none left
 * @wait: for @old, belongs to the logical unit from now on; NULL without @old
 *
 * From here on it is ended by ktgt_lu_unpublish() and ktgt_lu_put(). Counts
 * in &ktgt_target.nr_lus. If it is the successor of another one, initiators
 * find either of the two at each moment. ktgt_ua_luns_changed() tells them.
 *
 * Context: process, with &ktgt_net.config_mutex; cannot fail.
 */
void ktgt_lu_publish(struct ktgt_lu *lu, struct ktgt_store *old,
		     struct ktgt_gate_wait *wait)
{
	struct ktgt_target *target = lu->target;
	struct ktgt_lu *before;

	if (old)
		ktgt_gate_open_after(lu, old, wait);
	else if (lu->type == TYPE_DISK)
		ktgt_gate_open(lu, KTGT_GATE_SWAP);
	kref_get(&lu->kref);
	before = xa_store(&target->lus, lu->lun, lu, GFP_KERNEL);
	if (!WARN_ON_ONCE(xa_is_err(before)) && before)
		end_lu(before);
	lu->reserved = false;
	target->nr_lus++;
	target->lus_changed = true;
}

/**
 * ktgt_lu_unpublish - let no new command find a logical unit
 * @lu: published logical unit
 *
 * Its commands end, at once unless they are with the storage. Its release
 * begins, and ends by itself with the last of them. The memory
 * stays until ktgt_lu_put(). If it has a successor, ktgt_lu_publish() of
 * that one does it. ktgt_ua_luns_changed() tells initiators.
 *
 * Context: process, with &ktgt_net.config_mutex; waits for no storage.
 */
void ktgt_lu_unpublish(struct ktgt_lu *lu)
{
	struct ktgt_target *target = lu->target;

	if (lu->successor)
		return;
	xa_erase(&target->lus, lu->lun);
	end_lu(lu);
	target->lus_changed = true;
}

static bool wait_until(struct completion *done, unsigned long deadline)
{
	return wait_for_completion_timeout(done, ktgt_time_left(deadline));
}

/**
 * ktgt_lu_drain - wait until an unpublished logical unit and its store have
 *	ended
 * @lu: the logical unit
 * @deadline: jiffies until when to wait
 *
 * Commands that a broken device holds for ever must hold nobody else: after
 * that time the release goes on by itself.
 *
 * Context: process, without &ktgt_net.config_mutex; waits for commands.
 * Return: true if it is released.
 */
bool ktgt_lu_drain(struct ktgt_lu *lu, unsigned long deadline)
{
	struct ktgt_store *store = ktgt_lu_store(lu);

	if (wait_until(&lu->released, deadline) &&
	    (!store || wait_until(&store->closed, deadline)))
		return true;
	pr_warn("LUN %u, %s: deleted, but the device still has commands; it is closed when they end\n",
		lu->lun, lu->params.path ?: "no device");
	return false;
}

/* Initiators do not expect that the end of a disk is gone. */
static int judge_size(const struct ktgt_lu *lu, const struct medium *medium,
		      struct netlink_ext_ack *extack)
{
	if (medium->nr_blocks >= lu->nr_blocks)
		return 0;
	ktgt_refuse(extack,
		    "LUN %u: the device has %llu bytes, less than the %llu that initiators know of; take a larger one, or add force",
		    lu->lun, medium->nr_blocks << medium->block_shift,
		    lu->nr_blocks << lu->block_shift);
	return -ENOSPC;
}

/**
 * ktgt_lu_judge - may a logical unit have this store instead
 * @lu: disk
 * @params: its params as they will be; force lets the store be smaller
 * @store: the store; nobody uses it
 * @extack: gets the reason of a refusal
 *
 * Context: process, with &ktgt_net.config_mutex.
 * Return: 0 or an errno.
 */
int ktgt_lu_judge(const struct ktgt_lu *lu, const struct ktgt_lu_params *params,
		  struct ktgt_store *store, struct netlink_ext_ack *extack)
{
	struct medium medium;
	int err;

	err = judge_store(lu, params, store, &medium, extack);
	if (!err && !params->force)
		err = judge_size(lu, &medium, extack);
	return err;
}

/* What initiators have been told. */
static struct medium medium_of(const struct ktgt_lu *lu)
{
	return (struct medium){
		.nr_blocks = lu->nr_blocks,
		.caps.read_only = lu->read_only,
	};
}

/* Initiators learn what is different. */
static void tell_medium(struct ktgt_lu *lu, const struct medium *was)
{
	if (lu->nr_blocks != was->nr_blocks)
		ktgt_ua_raise(lu, KTGT_UA_CAPACITY, NULL);
	if (lu->read_only != was->caps.read_only)
		ktgt_ua_raise(lu, KTGT_UA_MODE, NULL);
}

static void tell_loaded(struct ktgt_lu *lu, const char *initiator)
{
	struct ktgt_target *target = lu->target;
	const struct ktgt_event event = {
		.cmd = KTGT_CMD_LU_LOADED,
		.tid = target->tid,
		.target = target->name,
		.initiator = initiator,
		.lun = lu->lun,
	};

	ktgt_event_session(target->kn, &event);
}

static void forget_device(struct ktgt_lu *lu)
{
	iput(lu->ejected_device);
	lu->ejected_device = NULL;
}

/* @by: has asked for it, if it was an I_T nexus. Returns whether a medium was loaded. */
static bool replace(struct ktgt_lu *lu, struct ktgt_store *store,
		    struct ktgt_store *after, struct ktgt_gate_wait *wait,
		    const struct ktgt_nexus *by)
{
	struct medium medium, was = medium_of(lu);
	struct ktgt_store *old;
	bool loads;

	/* It was judged before; what has changed since is found as ever. */
	if (judge_store(lu, &lu->params, store, &medium, NULL))
		medium.nr_blocks = 0;
	ktgt_cache_prepare(lu);
	ktgt_track_swap(lu);
	old = ktgt_gate_swap(lu, store, after, wait);
	/* now: what was in the former store is not ejected any more, see removable.c */
	loads = ktgt_lu_is_ejected(lu) && store->ops != &ktgt_backend_absent_ops;
	/* before it can be used: nobody else knows that there is another medium, maybe */
	if (loads)
		ktgt_ua_raise(lu, KTGT_UA_MEDIUM, by);
	take_medium(lu, store, &medium, loads);
	ktgt_cache_turn(lu);
	if (loads) {
		/* they are told that all may have changed */
		was.nr_blocks = lu->nr_blocks;
		forget_device(lu);
	}
	tell_medium(lu, &was);
	ktgt_store_leave(old);
	ktgt_store_put(old);
	return loads;
}

/**
 * ktgt_lu_swap - give a logical unit another store
 * @lu: disk that is published
 * @store: what ktgt_lu_judge() has found good
 * @after: the store that has given it its device, or NULL for the old one of
 *	@lu: @store serves commands when that has none left
 * @wait: for that, belongs to the logical unit from now on; NULL if @store is to
 *	serve commands at once
 *
 * All else of the logical unit stays, and with it what initiators know of it. If its
 * medium is out, and @store has one, that is loaded.
 *
 * Context: process, with &ktgt_net.config_mutex; cannot fail, and waits for no
 *	storage.
 */
void ktgt_lu_swap(struct ktgt_lu *lu, struct ktgt_store *store,
		  struct ktgt_store *after, struct ktgt_gate_wait *wait)
{
	if (replace(lu, store, after, wait, NULL))
		tell_loaded(lu, NULL);
}

/**
 * ktgt_lu_load - load the medium of a logical unit, as an initiator has asked
 * @lu: disk that is published, and whose medium is out
 * @store: what ktgt_lu_judge() has found good
 * @wait: as for ktgt_lu_swap()
 * @by: I_T nexus that has asked, and is not told; only compared
 * @initiator: its name, for listeners
 *
 * Context: as ktgt_lu_swap().
 */
void ktgt_lu_load(struct ktgt_lu *lu, struct ktgt_store *store,
		  struct ktgt_gate_wait *wait, const struct ktgt_nexus *by,
		  const char *initiator)
{
	if (replace(lu, store, NULL, wait, by))
		tell_loaded(lu, initiator);
}

/**
 * ktgt_lu_update - act on params that have changed, without another store
 * @lu: disk that is published
 *
 * Context: process, with &ktgt_net.config_mutex; waits for no storage.
 */
void ktgt_lu_update(struct ktgt_lu *lu)
{
	struct ktgt_store *store = ktgt_lu_store(lu);
	struct medium medium, was = medium_of(lu);

	/* of a device that has changed, its next command tells */
	if (judge_store(lu, &lu->params, store, &medium, NULL))
		return;
	take_medium(lu, store, &medium, false);
	ktgt_cache_turn(lu);
	tell_medium(lu, &was);
}

/* @returns: a medium that was about to be ejected stays. Returns logical blocks. */
static u64 refresh(struct ktgt_lu *lu, bool returns)
{
	struct ktgt_backend_caps caps;
	struct ktgt_store *store;
	bool changed;
	u64 nr_blocks;

	/* a swap that comes now takes the lock later, so its size stays */
	spin_lock(&lu->lock);
	rcu_read_lock();
	store = rcu_dereference(lu->store);
	ktgt_store_caps(store, &caps);
	if (lu->ejected && !returns)
		/* the store may be the one that is about to be loaded, and has a size */
		caps.size = 0;
	else
		WRITE_ONCE(store->size, caps.size);
	nr_blocks = caps.size >> lu->block_shift;
	changed = nr_blocks != lu->nr_blocks;
	if (changed)
		ktgt_sanitize_forget_erased(lu);
	if (returns)
		ktgt_sanitize_follow_medium(lu, false);
	WRITE_ONCE(lu->nr_blocks, nr_blocks);
	if (returns)
		WRITE_ONCE(lu->ejected, false);
	if (nr_blocks) {
		ktgt_cache_follow(lu, caps.write_cache, NULL);
		if (follow_protection(lu, caps.read_only))
			ktgt_ua_raise(lu, KTGT_UA_MODE, NULL);
	}
	rcu_read_unlock();
	spin_unlock(&lu->lock);

	if (changed && nr_blocks)
		ktgt_ua_raise(lu, KTGT_UA_CAPACITY, NULL);
	return nr_blocks;
}

/**
 * ktgt_lu_refresh - follow the size, the write cache and the write protection of
 *	the backing device
 * @lu: disk; referenced, or under RCU
 *
 * All initiators find a unit attention if one of them has changed.
 *
 * Context: process, does not sleep; takes &ktgt_target.nexus_lock if there is a
 *	change.
 * Return: logical blocks, 0 if the device is away, or the medium is out.
 */
u64 ktgt_lu_refresh(struct ktgt_lu *lu)
{
	return refresh(lu, false);
}

/**
 * ktgt_lu_put_back - have a logical unit keep the medium that was to be ejected
 * @lu: disk that is published, with the store of that medium
 *
 * Initiators may have seen it out, so they are told.
 *
 * Context: process, with &ktgt_net.config_mutex.
 */
void ktgt_lu_put_back(struct ktgt_lu *lu)
{
	ktgt_ua_raise(lu, KTGT_UA_MEDIUM, NULL);
	refresh(lu, true);
}

/**
 * ktgt_lu_init - make the queue for releases
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_lu_init(void)
{
	release_wq = alloc_workqueue("ktgt-lu-release", WQ_UNBOUND, 0);
	return release_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_lu_exit - wait until all LUs are released
 *
 * Context: module unload, all LUs have been unpublished.
 */
void ktgt_lu_exit(void)
{
	wait_event(none_alive, !atomic_read(&nr_alive));
	destroy_workqueue(release_wq);
}
