// SPDX-License-Identifier: GPL-2.0
/*
 * Logical units come and go. What a logical unit is, scsi/lu.c knows.
 */
#include "lu.h"

#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../core/net.h"
#include "../core/target.h"
#include "../scsi/lu.h"
#include "target.h"
#include "txn.h"

/* how long the deletion of a logical unit waits for its commands */
#define REMOVE_TIMEOUT	(10 * HZ)

/**
 * struct lu_new - change that makes a logical unit
 * @change: the change
 * @tid: number of its target
 * @params: what it is to be; the path is owned
 * @lu: the logical unit, made by the check
 */
struct lu_new {
	struct ktgt_change	change;
	u32			tid;
	struct ktgt_lu_params	params;
	struct ktgt_lu		*lu;
};

/**
 * struct lu_del - change that deletes a logical unit
 * @change: the change
 * @tid: number of its target
 * @lun: its number
 * @lu: the logical unit, found by the check
 */
struct lu_del {
	struct ktgt_change	change;
	u32			tid;
	u32			lun;
	struct ktgt_lu		*lu;
};

static int lu_new_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_new *new = container_of(change, struct lu_new, change);
	struct ktgt_target *target;
	struct ktgt_lu *lu;
	int err;

	target = ktgt_target_check(txn, new->tid, NULL);
	if (IS_ERR(target))
		return PTR_ERR(target);

	lu = ktgt_lu_alloc(target, &new->params, txn->extack);
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

	new->tid = tid;
	new->params = *params;
	if (params->path) {
		new->params.path = kstrdup(params->path, GFP_KERNEL);
		if (!new->params.path) {
			kfree(new);
			return -ENOMEM;
		}
	}
	ktgt_txn_stage(txn, &new->change, &lu_new_ops);
	return 0;
}

/* Whether an earlier change of the transaction deletes it. */
static bool is_leaving(struct ktgt_txn *txn, const struct ktgt_lu *lu,
		       const struct ktgt_change_ops *del_ops)
{
	const struct ktgt_change *change;

	list_for_each_entry(change, &txn->changes, node)
		if (change->ops == del_ops &&
		    container_of(change, struct lu_del, change)->lu == lu)
			return true;
	return false;
}

static int lu_del_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct lu_del *del = container_of(change, struct lu_del, change);
	struct ktgt_target *target;
	struct ktgt_lu *lu;

	target = ktgt_target_check(txn, del->tid, NULL);
	if (IS_ERR(target))
		return PTR_ERR(target);
	if (!del->lun) {
		NL_SET_ERR_MSG_FMT(txn->extack,
				   "target %u: LUN 0 goes with the target only",
				   del->tid);
		return -EINVAL;
	}

	lu = xa_load(&target->lus, del->lun);
	if (!lu || is_leaving(txn, lu, change->ops)) {
		NL_SET_ERR_MSG_FMT(txn->extack, "target %u: no LUN %u",
				   del->tid, del->lun);
		return -ENOENT;
	}
	del->lu = lu;
	return 0;
}

static void lu_del_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	ktgt_lu_unpublish(container_of(change, struct lu_del, change)->lu);
}

static void lu_del_finish(struct ktgt_txn *txn, struct ktgt_change *change)
{
	ktgt_lu_remove(container_of(change, struct lu_del, change)->lu,
		       jiffies + REMOVE_TIMEOUT);
}

static const struct ktgt_change_ops lu_del_ops = {
	.check = lu_del_check,
	.apply = lu_del_apply,
	.finish = lu_del_finish,
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
	del->tid = tid;
	del->lun = lun;
	ktgt_txn_stage(txn, &del->change, &lu_del_ops);
	return 0;
}
