// SPDX-License-Identifier: GPL-2.0
/*
 * Logical units come and go. What they do on the SCSI side is in scsi/lu_life.c.
 */
#include "lu.h"

#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../backend/claim.h"
#include "../backend/state.h"
#include "../backend/store.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/gate.h"
#include "../scsi/identity.h"
#include "../scsi/lu.h"
#include "../scsi/lu_life.h"
#include "../scsi/opening.h"
#include "../scsi/sanitize_op.h"
#include "drain.h"
#include "lu_dev.h"
#include "target.h"
#include "txn.h"

/**
 * struct handover - a device that goes from one logical unit to another
 * @from: the store that gives it up; its memory is referenced. NULL if there is
 *	none: it is nobody's, or has no giver
 * @wait: what lets the new one wait for @from
 */
struct handover {
	struct ktgt_store	*from;
	struct ktgt_gate_wait	*wait;
};

/**
 * struct lu_change - change that opens a device; first member of those that do
 * @change: the change
 * @params: what it is to be, and how its device is opened; the texts are owned
 * @opening: opens it, from prepare to check; NULL if there is nothing to open
 * @handover: where the device comes from
 */
struct lu_change {
	struct ktgt_change	change;
	struct ktgt_lu_params	params;
	struct ktgt_opening	*opening;
	struct handover		handover;
};

/**
 * struct lu_new - change that makes a logical unit
 * @base: common part
 * @lu: the logical unit, made by the check
 */
struct lu_new {
	struct lu_change	base;
	struct ktgt_lu		*lu;
};

/**
 * struct lu_del - change that deletes a logical unit
 * @change: the change
 * @lu: the logical unit, found by the check
 */
struct lu_del {
	struct ktgt_change	change;
	struct ktgt_lu		*lu;
};

/**
 * struct lu_attach - change that gives a logical unit its device
 * @base: common part
 * @loads: the medium that was ejected comes back, or another one
 * @lu: the logical unit, found by the check
 * @store: the device, taken by the check
 */
struct lu_attach {
	struct lu_change	base;
	bool			loads;
	struct ktgt_lu		*lu;
	struct ktgt_store	*store;
};

static const struct ktgt_change_ops lu_new_ops;
static const struct ktgt_change_ops lu_del_ops;
static const struct ktgt_change_ops lu_attach_ops;

static bool is_leaving(const struct ktgt_lu *lu)
{
	return lu->leaving || lu->target->stage == KTGT_TARGET_LEAVING;
}

static bool is_of_dev(const struct ktgt_store *store, dev_t dev)
{
	return store && store->dev == dev;
}

static struct ktgt_lu *find_by_dev(struct ktgt_net *kn, dev_t dev)
{
	struct ktgt_target *target;
	unsigned long tid, lun;
	struct ktgt_lu *lu;

	xa_for_each(&kn->targets, tid, target)
		xa_for_each(&target->lus, lun, lu)
			if (is_of_dev(ktgt_lu_store(lu), dev))
				return lu;
	return NULL;
}

static struct lu_change *to_lu_change(struct ktgt_change *change)
{
	if (change->ops != &lu_new_ops && change->ops != &lu_attach_ops)
		return NULL;
	return container_of(change, struct lu_change, change);
}

/* Another change of the transaction that wants the device. */
static struct ktgt_change *find_rival(struct ktgt_txn *txn,
				      const struct lu_change *own)
{
	struct ktgt_change *change;
	struct lu_change *other;

	list_for_each_entry(change, &txn->changes, node) {
		other = to_lu_change(change);
		if (other && other != own && other->opening &&
		    other->params.dev == own->params.dev)
			return change;
	}
	return NULL;
}

static void refuse_used(struct ktgt_txn *txn, const struct lu_change *own,
			u32 lun, u32 tid)
{
	ktgt_refuse(txn->extack, "LUN %u: %s is in use by LUN %u of target %u",
		    own->params.lun, own->params.path, lun, tid);
}

/*
 * After the device could not be opened because it is in use: if another logical
 * unit of the namespace keeps it or gets it, the user is told which.
 */
static void name_user(struct ktgt_txn *txn, const struct lu_change *own)
{
	struct ktgt_lu *lu = find_by_dev(txn->kn, own->params.dev);
	struct ktgt_change *rival = find_rival(txn, own);

	if (lu && !is_leaving(lu))
		refuse_used(txn, own, lu->lun, lu->target->tid);
	else if (rival)
		refuse_used(txn, own, rival->info.lun, rival->info.tid);
	else if (lu)
		refuse_used(txn, own, lu->lun, lu->target->tid);
	else if (txn->extack && !txn->extack->_msg)
		ktgt_refuse(txn->extack, "LUN %u: %s is in use; try again",
			    own->params.lun, own->params.path);
}

/* Whether a change deletes the logical unit, or its target. */
static bool deletes(struct ktgt_change *change, const struct ktgt_lu *lu)
{
	if (change->ops == &lu_del_ops)
		return change->info.tid == lu->target->tid &&
		       change->info.lun == lu->lun;
	return ktgt_target_is_deleted_by(lu->target, change);
}

static bool will_leave(struct ktgt_txn *txn, const struct lu_change *own,
		       const struct ktgt_lu *lu)
{
	struct ktgt_change *change;

	list_for_each_entry(change, &txn->changes, node) {
		if (change == &own->change)
			return false;
		if (deletes(change, lu))
			return true;
	}
	return false;
}

/*
 * The claim by which the transaction can have the device from a logical unit
 * that it deletes, with a reference; or NULL. The check makes sure of it.
 */
static struct ktgt_claim *find_claim(struct ktgt_txn *txn,
				     const struct lu_change *own)
{
	struct ktgt_claim *claim = NULL;
	struct ktgt_lu *lu;

	mutex_lock(&txn->kn->config_mutex);
	lu = find_by_dev(txn->kn, own->params.dev);
	if (lu && will_leave(txn, own, lu))
		claim = ktgt_claim_get(ktgt_lu_store(lu)->claim);
	mutex_unlock(&txn->kn->config_mutex);
	return claim;
}

/*
 * All devices are opened at the same time, but the first change that wants one
 * gets it: this closes it for the later ones, which open it when it is their
 * turn. Returns a negative errno, or whether there was one.
 */
static int stop_later(struct ktgt_txn *txn, struct lu_change *own)
{
	struct ktgt_change *change = &own->change;
	struct lu_change *later;
	int err, stopped = 0;

	list_for_each_entry_continue(change, &txn->changes, node) {
		later = to_lu_change(change);
		if (!later || !later->opening ||
		    later->params.dev != own->params.dev)
			continue;
		err = ktgt_lu_dev_await(txn, &later->params, later->opening);
		if (err)
			return err;
		ktgt_opening_put(later->opening);
		later->opening = NULL;
		stopped = 1;
	}
	return stopped;
}

static int lu_open(struct lu_change *own, struct ktgt_claim *claim)
{
	ktgt_opening_put(own->opening);
	own->opening = ktgt_opening_start(&own->params, claim);
	return own->opening ? 0 : -ENOMEM;
}

static int lu_prepare(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_change *own = to_lu_change(change);

	return own->params.backend == KTGT_BACKEND_NONE ? 0 :
	       lu_open(own, NULL);
}

/* A device that is in use may be had from who gives it up. */
static int await_again(struct ktgt_txn *txn, struct lu_change *own)
{
	int stopped = stop_later(txn, own);
	struct ktgt_claim *claim;
	int err;

	if (stopped < 0)
		return stopped;
	claim = find_claim(txn, own);
	if (!claim && !stopped)
		return 0;
	err = lu_open(own, claim);
	ktgt_claim_put(claim);
	return err ?: ktgt_lu_dev_await(txn, &own->params, own->opening);
}

static int lu_await(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_change *own = to_lu_change(change);
	int err = 0;

	if (own->params.backend == KTGT_BACKEND_NONE)
		return 0;
	/* an earlier change has stopped it */
	if (!own->opening)
		err = lu_open(own, NULL);
	if (!err)
		err = ktgt_lu_dev_await(txn, &own->params, own->opening);
	if (err || ktgt_opening_err(own->opening) != -EBUSY)
		return err;
	return await_again(txn, own);
}

/*
 * The store has the claim of another one, which has to leave, and to give the
 * claim to no third one.
 */
static int begin_handover(struct ktgt_txn *txn, struct lu_change *own,
			  struct ktgt_store *store)
{
	struct ktgt_lu *lu = find_by_dev(txn->kn, store->dev);
	struct ktgt_store *from = lu ? ktgt_lu_store(lu) : NULL;

	if (!from || from->claim != store->claim || !is_leaving(lu) ||
	    from->claim->given)
		return -EBUSY;
	own->handover.wait = kzalloc_obj(*own->handover.wait, GFP_KERNEL);
	if (!own->handover.wait)
		return -ENOMEM;
	kref_get(&from->ref);
	from->claim->given = true;
	own->handover.from = from;
	return 0;
}

/* The store that was opened, or ERR_PTR. */
static struct ktgt_store *take_store(struct ktgt_txn *txn,
				     struct lu_change *own)
{
	struct ktgt_store *store = ktgt_opening_take(own->opening, txn->extack);
	int err;

	if (IS_ERR(store)) {
		err = PTR_ERR(store);
	} else {
		err = ktgt_opening_shares(own->opening) ?
		      begin_handover(txn, own, store) : 0;
		if (!err)
			return store;
		ktgt_store_drop(store);
	}
	if (err == -EBUSY)
		name_user(txn, own);
	return ERR_PTR(err);
}

/* Applied or not: the claim can be passed on by its next owner. */
static void end_handover(struct handover *handover)
{
	if (!handover->from)
		return;
	handover->from->claim->given = false;
	ktgt_store_put(handover->from);
	handover->from = NULL;
}

static struct ktgt_gate_wait *take_wait(struct handover *handover)
{
	struct ktgt_gate_wait *wait = handover->wait;

	handover->wait = NULL;
	return wait;
}

/* Logical units that the transaction takes a state file from. */
static u32 nr_leaving(struct ktgt_net *kn, const struct ktgt_state *state)
{
	struct ktgt_target *target;
	unsigned long tid, lun;
	struct ktgt_lu *lu;
	u32 nr = 0;

	xa_for_each(&kn->targets, tid, target)
		xa_for_each(&target->lus, lun, lu)
			nr += lu->state == state && is_leaving(lu);
	return nr;
}

/* A state file is that of one logical unit. */
static int use_state(struct ktgt_txn *txn, const struct lu_change *own)
{
	struct ktgt_state *state = own->params.state;

	if (!state || ktgt_state_use(state, nr_leaving(txn->kn, state)))
		return 0;
	ktgt_refuse(txn->extack,
		    "LUN %u: its state file is that of another logical unit; give one of them another naa, or another state-dir to the network namespace",
		    own->params.lun);
	return -EBUSY;
}

static struct ktgt_lu *alloc_lu(struct ktgt_txn *txn, struct lu_change *own,
				struct ktgt_target *target,
				struct ktgt_store *store)
{
	struct ktgt_lu *lu;
	int err = use_state(txn, own);

	if (err) {
		ktgt_store_drop(store);
		return ERR_PTR(err);
	}
	lu = ktgt_lu_alloc(target, &own->params, store, txn->extack);
	if (IS_ERR(lu) && own->params.state)
		ktgt_state_unuse(own->params.state);
	return lu;
}

static struct ktgt_lu *make_lu(struct ktgt_txn *txn, struct lu_change *own,
			       struct ktgt_target *target)
{
	struct ktgt_store *store = take_store(txn, own);
	struct ktgt_lu *lu;
	int err;

	if (IS_ERR(store))
		return ERR_CAST(store);
	lu = alloc_lu(txn, own, target, store);
	if (IS_ERR(lu))
		return lu;
	err = ktgt_lu_reserve(lu, txn->extack);
	if (!err)
		return lu;
	ktgt_lu_free(lu);
	return ERR_PTR(err);
}

static int lu_new_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_new *new = container_of(change, struct lu_new, base.change);
	struct ktgt_target *target;
	struct ktgt_lu *lu;

	target = ktgt_target_check(txn, change->info.tid, NULL);
	if (IS_ERR(target))
		return PTR_ERR(target);
	lu = make_lu(txn, &new->base, target);
	if (IS_ERR(lu)) {
		end_handover(&new->base.handover);
		return PTR_ERR(lu);
	}
	new->lu = lu;
	return 0;
}

static void lu_new_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_new *new = container_of(change, struct lu_new, base.change);

	ktgt_lu_free(new->lu);
	end_handover(&new->base.handover);
}

static void lu_new_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_new *new = container_of(change, struct lu_new, base.change);
	struct handover *handover = &new->base.handover;

	ktgt_lu_publish(new->lu, handover->from, take_wait(handover));
	ktgt_sanitize_resume(new->lu);
	end_handover(handover);
}

static void lu_change_free(struct ktgt_change *change)
{
	struct lu_change *own = to_lu_change(change);

	ktgt_opening_put(own->opening);
	kfree(own->handover.wait);
	ktgt_lu_params_free(&own->params);
	kfree(own);
}

static const struct ktgt_change_ops lu_new_ops = {
	.object = KTGT_OBJECT_LU,
	.action = KTGT_ACTION_ADD,
	.prepare = lu_prepare,
	.await = lu_await,
	.check = lu_new_check,
	.abort = lu_new_abort,
	.apply = lu_new_apply,
	.free = lu_change_free,
};

/**
 * ktgt_lu_stage_new - add a logical unit to a target
 * @txn: the transaction
 * @tid: number of the target
 * @params: what it is to be
 * @file: its device, as who has asked has opened it, or NULL
 *
 * Context: the thread that sent the request; may sleep.
 *
 * Return: 0, -ENOMEM, or another errno, with extack text.
 */
int ktgt_lu_stage_new(struct ktgt_txn *txn, u32 tid,
		      const struct ktgt_lu_params *params, struct file *file)
{
	struct lu_change *own;
	struct lu_new *new;
	int err;

	new = kzalloc_obj(*new, GFP_KERNEL);
	if (!new)
		return -ENOMEM;

	own = &new->base;
	own->params = *params;
	err = ktgt_lu_params_own(&own->params);
	if (!err)
		err = ktgt_lu_dev_find(&own->params, file, txn->extack);
	if (err) {
		ktgt_lu_params_free(&own->params);
		kfree(new);
		return err;
	}
	own->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = params->lun,
	};
	ktgt_txn_stage(txn, &own->change, &lu_new_ops);
	return 0;
}

/**
 * ktgt_lu_check - find a logical unit that a change is about
 * @txn: the transaction
 * @tid: number of its target
 * @lun: its number
 *
 * Context: check; &ktgt_net.config_mutex is held.
 *
 * Return: the logical unit, which the transaction does not delete before; or
 * ERR_PTR, with extack text.
 */
struct ktgt_lu *ktgt_lu_check(struct ktgt_txn *txn, u32 tid, u32 lun)
{
	struct ktgt_target *target = ktgt_target_check(txn, tid, NULL);
	struct ktgt_lu *lu;

	if (IS_ERR(target))
		return ERR_CAST(target);
	lu = xa_load(&target->lus, lun);
	if (!lu || lu->leaving) {
		ktgt_refuse(txn->extack, "target %u has no LUN %u", tid, lun);
		return ERR_PTR(-ENOENT);
	}
	return lu;
}

static int lu_del_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_del *del = container_of(change, struct lu_del, change);
	struct ktgt_lu *lu = ktgt_lu_check(txn, change->info.tid,
					   change->info.lun);

	if (IS_ERR(lu))
		return PTR_ERR(lu);
	if (!change->info.lun) {
		ktgt_refuse(txn->extack,
			    "target %u: LUN 0 is the controller; it is deleted with the target",
			    change->info.tid);
		return -EINVAL;
	}
	lu->leaving = true;
	del->lu = lu;
	return 0;
}

static void lu_del_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	container_of(change, struct lu_del, change)->lu->leaving = false;
}

static void lu_del_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	ktgt_lu_unpublish(container_of(change, struct lu_del, change)->lu);
}

static void lu_del_settle(struct ktgt_txn *txn, struct ktgt_change *change)
{
	ktgt_drain_lu(txn, container_of(change, struct lu_del, change)->lu,
		      change->info.tid);
}

static const struct ktgt_change_ops lu_del_ops = {
	.object = KTGT_OBJECT_LU,
	.action = KTGT_ACTION_DELETE,
	.check = lu_del_check,
	.abort = lu_del_abort,
	.apply = lu_del_apply,
	.settle = lu_del_settle,
};

/**
 * ktgt_lu_stage_del - remove a logical unit
 * @txn: the transaction
 * @tid: number of its target
 * @lun: its number
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_lu_stage_del(struct ktgt_txn *txn, u32 tid, u32 lun)
{
	struct lu_del *del;

	del = kzalloc_obj(*del, GFP_KERNEL);
	if (!del)
		return -ENOMEM;
	del->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = lun,
	};
	ktgt_txn_stage(txn, &del->change, &lu_del_ops);
	return 0;
}

/* Why a logical unit cannot have its device in this way, or NULL. */
static const char *attach_fault(struct ktgt_lu *lu, bool loads)
{
	if (loads != ktgt_lu_is_ejected(lu))
		return loads ? "has no medium that could be loaded: none was ejected" :
			       "does not wait for a device";
	if (!loads && !ktgt_lu_is_absent(lu))
		return "does not wait for a device";
	if (loads && !ktgt_lu_is_absent(lu))
		return "is giving up its device still; try again";
	return NULL;
}

/* A drive takes any medium, and somebody who waits for his disk only that. */
static const char *expected_medium(const struct lu_attach *attach,
				   const struct ktgt_lu *lu)
{
	/* it changes under the mutex alone */
	return attach->loads || attach->base.params.force ? NULL : lu->medium;
}

static struct ktgt_lu *find_waiting(struct ktgt_txn *txn,
				    const struct lu_attach *attach)
{
	const struct lu_change *own = &attach->base;
	u32 tid = own->change.info.tid, lun = own->change.info.lun;
	struct ktgt_lu *lu = ktgt_lu_check(txn, tid, lun);
	const char *fault;
	int err;

	if (IS_ERR(lu))
		return lu;
	fault = attach_fault(lu, attach->loads);
	if (fault) {
		ktgt_refuse(txn->extack, "target %u: LUN %u %s", tid, lun,
			    fault);
		return ERR_PTR(-EEXIST);
	}
	err = ktgt_lu_dev_check(txn, own->opening ? &own->params : NULL,
				&lu->params, tid);
	if (err)
		return ERR_PTR(err);
	err = ktgt_identity_check_medium(expected_medium(attach, lu),
					 own->params.medium_found, lun,
					 txn->extack);
	return err ? ERR_PTR(err) : lu;
}

static int lu_attach_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_attach *attach = container_of(change, struct lu_attach,
						base.change);
	struct lu_change *own = &attach->base;
	struct ktgt_lu *lu = find_waiting(txn, attach);
	struct ktgt_store *store;
	int err;

	if (IS_ERR(lu))
		return PTR_ERR(lu);
	store = take_store(txn, own);
	if (IS_ERR(store))
		return PTR_ERR(store);
	err = ktgt_lu_judge(lu, &own->params, store, txn->extack);
	if (!err && !own->handover.wait) {
		own->handover.wait = kzalloc_obj(*own->handover.wait,
						 GFP_KERNEL);
		err = own->handover.wait ? 0 : -ENOMEM;
	}
	if (err) {
		ktgt_store_drop(store);
		end_handover(&own->handover);
		return err;
	}
	attach->lu = lu;
	attach->store = store;
	return 0;
}

static void lu_attach_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_attach *attach = container_of(change, struct lu_attach,
						base.change);

	ktgt_store_drop(attach->store);
	attach->store = NULL;
	end_handover(&attach->base.handover);
}

static void lu_attach_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_attach *attach = container_of(change, struct lu_attach,
						base.change);
	struct handover *handover = &attach->base.handover;

	ktgt_lu_set_medium(attach->lu, attach->base.params.medium_found);
	ktgt_lu_swap(attach->lu, attach->store, handover->from,
		     take_wait(handover));
	ktgt_sanitize_resume(attach->lu);
	end_handover(handover);
}

static const struct ktgt_change_ops lu_attach_ops = {
	.object = KTGT_OBJECT_LU,
	.action = KTGT_ACTION_CHANGE,
	.prepare = lu_prepare,
	.await = lu_await,
	.check = lu_attach_check,
	.abort = lu_attach_abort,
	.apply = lu_attach_apply,
	.free = lu_change_free,
};

/* As the logical unit is now; the texts are owned, whatever is returned. */
static int prepare_attach(struct ktgt_txn *txn, struct lu_change *own, u32 tid,
			  const struct ktgt_lu_params *with)
{
	struct ktgt_lu_params *params = &own->params;
	int err;

	err = ktgt_lu_dev_copy(txn->kn, tid, with->lun, params);
	if (err)
		return err;
	params->force = with->force;
	params->medium_found = kstrdup(with->medium_found, GFP_KERNEL);
	return with->medium_found && !params->medium_found ? -ENOMEM : 0;
}

/* @any_path: the device is that of @file, wherever the path leads */
static int stage_attach(struct ktgt_txn *txn, struct lu_attach *attach, u32 tid,
			const struct ktgt_lu_params *with, struct file *file,
			bool any_path)
{
	struct lu_change *own = &attach->base;
	int err;

	err = prepare_attach(txn, own, tid, with);
	if (!err)
		err = any_path ? ktgt_lu_dev_take(&own->params, file, txn->extack) :
				 ktgt_lu_dev_find(&own->params, file, txn->extack);
	if (err) {
		ktgt_lu_params_free(&own->params);
		kfree(attach);
		return err;
	}
	own->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = with->lun,
	};
	ktgt_txn_stage(txn, &own->change, &lu_attach_ops);
	return 0;
}

/**
 * ktgt_lu_stage_attach - give a logical unit the device that it waits for
 * @txn: the transaction
 * @tid: number of its target
 * @with: lun, its number; medium_found, of the disk that is there; and force. Copied
 * @file: the device, as who has asked has opened it, or NULL
 * @any_path: the device is that of @file, wherever the path leads for who has asked
 *
 * Context: the thread that sent the request; may sleep.
 *
 * Return: 0, -ENOMEM, or another errno, with extack text.
 */
int ktgt_lu_stage_attach(struct ktgt_txn *txn, u32 tid,
			 const struct ktgt_lu_params *with, struct file *file,
			 bool any_path)
{
	struct lu_attach *attach = kzalloc_obj(*attach, GFP_KERNEL);

	return attach ? stage_attach(txn, attach, tid, with, file, any_path) :
			-ENOMEM;
}

/**
 * ktgt_lu_stage_load - load the medium of a logical unit that was ejected
 * @txn: the transaction
 * @tid: number of its target
 * @with: lun, its number, and medium_found, of the disk that is there. Copied
 * @file: its device, as who has asked has opened it, or NULL
 *
 * The disk may be another one than before, and of any size.
 *
 * Context: the thread that sent the request; may sleep.
 *
 * Return: 0, -ENOMEM, or another errno, with extack text.
 */
int ktgt_lu_stage_load(struct ktgt_txn *txn, u32 tid,
		       const struct ktgt_lu_params *with, struct file *file)
{
	struct lu_attach *attach = kzalloc_obj(*attach, GFP_KERNEL);

	if (!attach)
		return -ENOMEM;
	attach->loads = true;
	return stage_attach(txn, attach, tid, with, file, false);
}
