// SPDX-License-Identifier: GPL-2.0
/*
 * Logical units come and go. What they do on the SCSI side is in scsi/lu_life.c.
 */
#include "lu.h"

#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../backend/block.h"
#include "../backend/claim.h"
#include "../backend/store.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/gate.h"
#include "../scsi/identity.h"
#include "../scsi/lu.h"
#include "../scsi/lu_life.h"
#include "target.h"
#include "txn.h"

/* how long the deletion of a logical unit waits for its commands */
#define REMOVE_TIMEOUT	(10 * HZ)

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
 * struct lu_new - change that makes a logical unit
 * @change: the change
 * @params: what it is to be; its texts are owned
 * @handover: where its device comes from
 * @lu: the logical unit, made by the check
 */
struct lu_new {
	struct ktgt_change	change;
	struct ktgt_lu_params	params;
	struct handover		handover;
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
 * @change: the change
 * @handover: where the device comes from
 * @lu: the logical unit, found by the check
 * @store: the device, opened by the check
 * @medium: identity of the disk that is there, or NULL; owned
 * @force: take it whatever belongs there
 */
struct lu_attach {
	struct ktgt_change	change;
	struct handover		handover;
	struct ktgt_lu		*lu;
	struct ktgt_store	*store;
	char			*medium;
	bool			force;
};

static const struct ktgt_change_ops lu_new_ops;
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

/* The logical unit to which a change of the transaction gives the device. */
static struct ktgt_lu *staged_by(struct ktgt_change *change, dev_t dev)
{
	struct lu_attach *attach;
	struct lu_new *new;

	if (change->ops == &lu_new_ops) {
		new = container_of(change, struct lu_new, change);
		if (!new->lu || !is_of_dev(ktgt_lu_store(new->lu), dev))
			return NULL;
		return new->lu;
	}
	if (change->ops == &lu_attach_ops) {
		attach = container_of(change, struct lu_attach, change);
		return is_of_dev(attach->store, dev) ? attach->lu : NULL;
	}
	return NULL;
}

static struct ktgt_lu *find_staged(struct ktgt_txn *txn, dev_t dev)
{
	struct ktgt_change *change;
	struct ktgt_lu *lu;

	list_for_each_entry(change, &txn->changes, node) {
		lu = staged_by(change, dev);
		if (lu)
			return lu;
	}
	return NULL;
}

/*
 * The store that gives the device up in this transaction, and to nobody else.
 * If another logical unit keeps it or gets it, the user is told which.
 */
static struct ktgt_store *find_giver(struct ktgt_txn *txn,
				     const struct ktgt_lu_params *params)
{
	struct ktgt_lu *lu, *staged;
	dev_t dev;
	int err;

	err = ktgt_backend_block_dev(params->path, &dev);
	if (err)
		return ERR_PTR(err);
	lu = find_by_dev(txn->kn, dev);
	if (lu && is_leaving(lu) && !ktgt_lu_store(lu)->claim->given)
		return ktgt_lu_store(lu);
	staged = find_staged(txn, dev);
	if (staged)
		lu = staged;
	if (lu)
		ktgt_refuse(txn->extack,
			    "LUN %u: %s is in use by LUN %u of target %u",
			    params->lun, params->path, lu->lun,
			    lu->target->tid);
	return ERR_PTR(-EBUSY);
}

/*
 * After an attempt to open the device has failed with @err: 0 if it can be had
 * from another logical unit, otherwise the error.
 */
static int begin_handover(struct ktgt_txn *txn, struct handover *handover,
			  const struct ktgt_lu_params *params, int err)
{
	struct ktgt_store *from;

	if (err != -EBUSY)
		return err;
	from = find_giver(txn, params);
	/* what was said of the attempt is true only if nobody gives it up */
	if (txn->extack && PTR_ERR_OR_ZERO(from) != -EBUSY)
		txn->extack->_msg = NULL;
	if (IS_ERR(from))
		return PTR_ERR(from);
	kref_get(&from->ref);
	from->claim->given = true;
	handover->from = from;
	return 0;
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

static int make_wait(struct handover *handover)
{
	handover->wait = kzalloc_obj(*handover->wait, GFP_KERNEL);
	return handover->wait ? 0 : -ENOMEM;
}

static struct ktgt_gate_wait *take_wait(struct handover *handover)
{
	struct ktgt_gate_wait *wait = handover->wait;

	handover->wait = NULL;
	return wait;
}

static struct ktgt_lu *make_lu(struct ktgt_txn *txn, struct lu_new *new,
			       struct ktgt_target *target)
{
	struct handover *handover = &new->handover;
	struct ktgt_lu *lu;
	int err;

	lu = ktgt_lu_alloc(target, &new->params, NULL, txn->extack);
	if (!IS_ERR(lu))
		return lu;
	err = begin_handover(txn, handover, &new->params, PTR_ERR(lu));
	if (!err)
		err = make_wait(handover);
	if (err)
		return ERR_PTR(err);
	return ktgt_lu_alloc(target, &new->params, handover->from->claim,
			     txn->extack);
}

static int lu_new_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_new *new = container_of(change, struct lu_new, change);
	struct ktgt_target *target;
	struct ktgt_lu *lu;
	int err;

	target = ktgt_target_check(txn, change->info.tid, NULL);
	if (IS_ERR(target))
		return PTR_ERR(target);

	lu = make_lu(txn, new, target);
	if (IS_ERR(lu)) {
		end_handover(&new->handover);
		return PTR_ERR(lu);
	}
	err = ktgt_lu_reserve(lu, txn->extack);
	if (err) {
		ktgt_lu_free(lu);
		end_handover(&new->handover);
		return err;
	}
	new->lu = lu;
	return 0;
}

static void lu_new_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_new *new = container_of(change, struct lu_new, change);

	ktgt_lu_free(new->lu);
	end_handover(&new->handover);
}

static void lu_new_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_new *new = container_of(change, struct lu_new, change);
	struct handover *handover = &new->handover;

	ktgt_lu_publish(new->lu, handover->from, take_wait(handover));
	end_handover(handover);
}

static void lu_new_free(struct ktgt_change *change)
{
	struct lu_new *new = container_of(change, struct lu_new, change);

	kfree(new->handover.wait);
	kfree(new->params.path);
	kfree(new->params.medium);
	kfree(new->params.medium_found);
	kfree(new);
}

static const struct ktgt_change_ops lu_new_ops = {
	.object = KTGT_OBJECT_LU,
	.action = KTGT_ACTION_ADD,
	.check = lu_new_check,
	.abort = lu_new_abort,
	.apply = lu_new_apply,
	.free = lu_new_free,
};

/* NULL stays NULL. */
static int own_text(const char **text)
{
	bool is_given = *text;

	*text = kstrdup(*text, GFP_KERNEL);
	return is_given && !*text ? -ENOMEM : 0;
}

/**
 * ktgt_lu_stage_new - add a logical unit to a target
 * @txn: the transaction
 * @tid: number of the target
 * @params: what it is to be
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_lu_stage_new(struct ktgt_txn *txn, u32 tid,
		      const struct ktgt_lu_params *params)
{
	struct lu_new *new;
	int err;

	new = kzalloc_obj(*new, GFP_KERNEL);
	if (!new)
		return -ENOMEM;

	new->params = *params;
	err = own_text(&new->params.path);
	err = own_text(&new->params.medium) ?: err;
	err = own_text(&new->params.medium_found) ?: err;
	if (err) {
		lu_new_free(&new->change);
		return err;
	}
	new->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = params->lun,
	};
	ktgt_txn_stage(txn, &new->change, &lu_new_ops);
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
	ktgt_lu_remove(container_of(change, struct lu_del, change)->lu,
		       jiffies + REMOVE_TIMEOUT);
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

/* The device that @lu waits for. */
static struct ktgt_store *attach_store(struct ktgt_txn *txn,
				       struct lu_attach *attach,
				       struct ktgt_lu *lu)
{
	struct handover *handover = &attach->handover;
	struct ktgt_store *store;
	int err;

	err = make_wait(handover);
	if (err)
		return ERR_PTR(err);
	store = ktgt_lu_open_store(lu, &lu->params, NULL, txn->extack);
	if (!IS_ERR(store))
		return store;
	err = begin_handover(txn, handover, &lu->params, PTR_ERR(store));
	if (err)
		return ERR_PTR(err);
	return ktgt_lu_open_store(lu, &lu->params, handover->from->claim,
				  txn->extack);
}

static int lu_attach_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_attach *attach = container_of(change, struct lu_attach,
						change);
	struct ktgt_lu *lu = ktgt_lu_check(txn, change->info.tid,
					   change->info.lun);
	struct ktgt_store *store;
	int err;

	if (IS_ERR(lu))
		return PTR_ERR(lu);
	if (!ktgt_lu_is_absent(lu)) {
		ktgt_refuse(txn->extack,
			    "target %u: LUN %u does not wait for a device",
			    change->info.tid, change->info.lun);
		return -EEXIST;
	}
	/* it changes under the mutex alone */
	err = ktgt_identity_check_medium(attach->force ? NULL : lu->medium,
					 attach->medium, lu->lun, txn->extack);
	if (err)
		return err;
	store = attach_store(txn, attach, lu);
	if (IS_ERR(store)) {
		end_handover(&attach->handover);
		return PTR_ERR(store);
	}
	attach->lu = lu;
	attach->store = store;
	return 0;
}

static void lu_attach_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_attach *attach = container_of(change, struct lu_attach,
						change);

	ktgt_store_drop(attach->store);
	attach->store = NULL;
	end_handover(&attach->handover);
}

static void lu_attach_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_attach *attach = container_of(change, struct lu_attach,
						change);
	struct handover *handover = &attach->handover;

	ktgt_lu_set_medium(attach->lu, attach->medium);
	ktgt_lu_swap(attach->lu, attach->store, handover->from,
		     take_wait(handover));
	end_handover(handover);
}

static void lu_attach_free(struct ktgt_change *change)
{
	struct lu_attach *attach = container_of(change, struct lu_attach,
						change);

	kfree(attach->handover.wait);
	kfree(attach->medium);
	kfree(attach);
}

static const struct ktgt_change_ops lu_attach_ops = {
	.object = KTGT_OBJECT_LU,
	.action = KTGT_ACTION_CHANGE,
	.check = lu_attach_check,
	.abort = lu_attach_abort,
	.apply = lu_attach_apply,
	.free = lu_attach_free,
};

/**
 * ktgt_lu_stage_attach - give a logical unit the device that it waits for
 * @txn: the transaction
 * @tid: number of its target
 * @lun: its number
 * @medium: identity of the disk that is there, or NULL
 * @force: take it whatever belongs there
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_lu_stage_attach(struct ktgt_txn *txn, u32 tid, u32 lun,
			 const char *medium, bool force)
{
	struct lu_attach *attach;

	attach = kzalloc_obj(*attach, GFP_KERNEL);
	if (!attach)
		return -ENOMEM;
	attach->medium = kstrdup(medium, GFP_KERNEL);
	if (medium && !attach->medium) {
		kfree(attach);
		return -ENOMEM;
	}
	attach->force = force;
	attach->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = lun,
	};
	ktgt_txn_stage(txn, &attach->change, &lu_attach_ops);
	return 0;
}
