// SPDX-License-Identifier: GPL-2.0
/*
 * Logical units come and go. What they do on the SCSI side is in scsi/lu_life.c.
 */
#include "lu.h"

#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../backend/block.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/lu.h"
#include "../scsi/lu_life.h"
#include "target.h"
#include "txn.h"

/* how long the deletion of a logical unit waits for its commands */
#define REMOVE_TIMEOUT	(10 * HZ)

/**
 * struct lu_new - change that makes a logical unit
 * @change: the change
 * @params: what it is to be; the path is owned
 * @lu: the logical unit, made by the check
 */
struct lu_new {
	struct ktgt_change	change;
	struct ktgt_lu_params	params;
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
 * @old: the logical unit without a device, found by the check
 * @lu: the one that takes its place, made by the check
 */
struct lu_attach {
	struct ktgt_change	change;
	struct ktgt_lu		*old;
	struct ktgt_lu		*lu;
};

static const struct ktgt_change_ops lu_new_ops;

static bool is_leaving(const struct ktgt_lu *lu)
{
	return lu->leaving || lu->target->stage == KTGT_TARGET_LEAVING;
}

static bool has_dev(const struct ktgt_lu *lu, dev_t dev)
{
	return lu && lu->be && lu->be->dev == dev;
}

static struct ktgt_lu *find_by_dev(struct ktgt_net *kn, dev_t dev)
{
	struct ktgt_target *target;
	unsigned long tid, lun;
	struct ktgt_lu *lu;

	xa_for_each(&kn->targets, tid, target)
		xa_for_each(&target->lus, lun, lu)
			if (has_dev(lu, dev))
				return lu;
	return NULL;
}

/* Among those that an earlier change of the transaction has made. */
static struct ktgt_lu *find_staged(struct ktgt_txn *txn, dev_t dev)
{
	struct ktgt_change *change;
	struct lu_new *new;

	list_for_each_entry(change, &txn->changes, node) {
		if (change->ops != &lu_new_ops)
			continue;
		new = container_of(change, struct lu_new, change);
		if (has_dev(new->lu, dev))
			return new->lu;
	}
	return NULL;
}

/* Whether an earlier change of the transaction has taken it. */
static bool is_taken(struct ktgt_txn *txn, const struct ktgt_holder *holder)
{
	struct ktgt_change *change;
	struct lu_new *new;

	list_for_each_entry(change, &txn->changes, node) {
		if (change->ops != &lu_new_ops)
			continue;
		new = container_of(change, struct lu_new, change);
		if (new->lu && new->lu->holder == holder)
			return true;
	}
	return false;
}

/* Who gives the device up in this transaction, and to nobody else. If it is
 * another logical unit that keeps it, the user is told which.
 */
static struct ktgt_lu *find_giver(struct ktgt_txn *txn,
				  const struct ktgt_lu_params *params)
{
	struct ktgt_lu *lu, *staged;
	dev_t dev;
	int err;

	err = ktgt_backend_block_dev(params->path, &dev);
	if (err)
		return ERR_PTR(err);
	lu = find_by_dev(txn->kn, dev);
	if (lu && is_leaving(lu) && !is_taken(txn, lu->holder))
		return lu;
	staged = find_staged(txn, dev);
	if (staged)
		lu = staged;
	if (lu)
		ktgt_refuse(txn->extack,
			    "LUN %u: %s is in use by LUN %u of target %u",
			    params->lun, params->path, lu->lun,
			    lu->target->tid);
	return NULL;
}

/* A device may go from one logical unit to another. */
static struct ktgt_lu *make_lu(struct ktgt_txn *txn, struct ktgt_target *target,
			       const struct ktgt_lu_params *params)
{
	struct ktgt_lu *from, *lu;

	lu = ktgt_lu_alloc(target, params, NULL, txn->extack);
	if (PTR_ERR_OR_ZERO(lu) != -EBUSY)
		return lu;
	from = find_giver(txn, params);
	if (!from)
		return lu;
	if (txn->extack)
		txn->extack->_msg = NULL;
	if (IS_ERR(from))
		return from;
	return ktgt_lu_alloc(target, params, from, txn->extack);
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

	lu = make_lu(txn, target, &new->params);
	if (IS_ERR(lu))
		return PTR_ERR(lu);
	err = ktgt_lu_reserve(lu, txn->extack);
	if (err) {
		ktgt_lu_free(lu);
		return err;
	}
	new->lu = lu;
	return 0;
}

static void lu_new_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	ktgt_lu_free(container_of(change, struct lu_new, change)->lu);
}

static void lu_new_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	ktgt_lu_publish(container_of(change, struct lu_new, change)->lu);
}

static void lu_new_free(struct ktgt_change *change)
{
	struct lu_new *new = container_of(change, struct lu_new, change);

	kfree(new->params.path);
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

	new = kzalloc_obj(*new, GFP_KERNEL);
	if (!new)
		return -ENOMEM;

	new->params = *params;
	if (params->path) {
		new->params.path = kstrdup(params->path, GFP_KERNEL);
		if (!new->params.path) {
			kfree(new);
			return -ENOMEM;
		}
	}
	new->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = params->lun,
	};
	ktgt_txn_stage(txn, &new->change, &lu_new_ops);
	return 0;
}

static struct ktgt_lu *find_lu(struct ktgt_txn *txn, u32 tid, u32 lun)
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
	struct ktgt_lu *lu = find_lu(txn, change->info.tid, change->info.lun);

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

/* The same logical unit once more, this time with a device. */
static int lu_attach_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_attach *attach = container_of(change, struct lu_attach,
						change);
	struct ktgt_lu *old = find_lu(txn, change->info.tid, change->info.lun);
	struct ktgt_lu_params params;
	struct ktgt_lu *lu;
	int err;

	if (IS_ERR(old))
		return PTR_ERR(old);
	if (!ktgt_lu_is_absent(old)) {
		ktgt_refuse(txn->extack,
			    "target %u: LUN %u does not wait for a device",
			    change->info.tid, change->info.lun);
		return -EEXIST;
	}
	params = old->params;
	params.may_be_absent = false;
	if (!params.naa_given)
		params.naa = 0;
	lu = make_lu(txn, old->target, &params);
	if (IS_ERR(lu))
		return PTR_ERR(lu);

	old->leaving = true;
	err = ktgt_lu_reserve(lu, txn->extack);
	if (err) {
		old->leaving = false;
		ktgt_lu_free(lu);
		return err;
	}
	attach->old = old;
	attach->lu = lu;
	return 0;
}

static void lu_attach_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_attach *attach = container_of(change, struct lu_attach,
						change);

	ktgt_lu_free(attach->lu);
	attach->old->leaving = false;
}

static void lu_attach_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	ktgt_lu_publish(container_of(change, struct lu_attach, change)->lu);
}

static void lu_attach_settle(struct ktgt_txn *txn, struct ktgt_change *change)
{
	ktgt_lu_remove(container_of(change, struct lu_attach, change)->old,
		       jiffies + REMOVE_TIMEOUT);
}

static const struct ktgt_change_ops lu_attach_ops = {
	.object = KTGT_OBJECT_LU,
	.action = KTGT_ACTION_CHANGE,
	.check = lu_attach_check,
	.abort = lu_attach_abort,
	.apply = lu_attach_apply,
	.settle = lu_attach_settle,
};

/**
 * ktgt_lu_stage_attach - give a logical unit the device that it waits for
 * @txn: the transaction
 * @tid: number of its target
 * @lun: its number
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_lu_stage_attach(struct ktgt_txn *txn, u32 tid, u32 lun)
{
	struct lu_attach *attach;

	attach = kzalloc_obj(*attach, GFP_KERNEL);
	if (!attach)
		return -ENOMEM;
	attach->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = lun,
	};
	ktgt_txn_stage(txn, &attach->change, &lu_attach_ops);
	return 0;
}
