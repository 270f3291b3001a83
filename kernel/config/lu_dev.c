// SPDX-License-Identifier: GPL-2.0
/*
 * The devices that changes of logical units open. They are looked up when the
 * change is staged, by who has asked, and opened by a worker before the check.
 */
#include "lu_dev.h"

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/linux/ktgt.h>

#include "../backend/backend.h"
#include "../backend/block.h"
#include "../backend/device.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/lu.h"
#include "../scsi/opening.h"
#include "txn.h"

static struct ktgt_store_params how_of(const struct ktgt_lu_params *params)
{
	return (struct ktgt_store_params){
		.lun = params->lun,
		.path = params->path,
		.dev = params->dev,
		.dev_err = params->dev_err,
		.read_only = params->read_only,
	};
}

/**
 * ktgt_lu_dev_take - note which device it is that somebody has opened
 * @params: how the device is to be opened, with texts that are owned; gets its number,
 *	and the device itself
 * @file: the device, as who has asked has opened it
 * @extack: takes the reason of a refusal
 *
 * Context: the thread that sent the request; may sleep.
 * Return: 0 or an errno.
 */
int ktgt_lu_dev_take(struct ktgt_lu_params *params, struct file *file,
		     struct netlink_ext_ack *extack)
{
	const struct ktgt_store_params how = how_of(params);
	struct inode *device;

	/* no such logical unit, which is for the check */
	if (!params->path)
		return 0;
	device = ktgt_device_take(file, &how, extack);
	if (IS_ERR(device))
		return PTR_ERR(device);
	params->device = device;
	params->dev = ktgt_device_number(device);
	params->dev_err = 0;
	return 0;
}

/**
 * ktgt_lu_dev_find - note to which device the path leads
 * @params: how the device is to be opened, with texts that are owned; gets its number,
 *	or the error, and the device itself if there is a @file
 * @file: the device, as who has asked has opened it; NULL if he has not
 * @extack: takes the reason of a refusal
 *
 * Context: the thread that sent the request; may sleep.
 * Return: 0, also if the path leads nowhere, which is for the check; or an errno if
 *	@file cannot be taken.
 */
int ktgt_lu_dev_find(struct ktgt_lu_params *params, struct file *file,
		     struct netlink_ext_ack *extack)
{
	struct ktgt_store_params how;
	int err;

	if (!params->path)
		return 0;
	params->dev_err = ktgt_backend_block_dev(params->path, params->read_only,
						 &params->dev);
	if (!file)
		return 0;
	how = how_of(params);
	err = ktgt_lu_dev_take(params, file, extack);
	return err ?: ktgt_device_check(params->device, &how, extack);
}

/**
 * ktgt_lu_dev_copy - how the device of a logical unit is opened
 * @kn: the namespace
 * @tid: number of the target
 * @lun: number of the logical unit
 * @params: takes a copy whose texts are owned; with KTGT_BACKEND_NONE if there is
 *	no such logical unit, which is for the check
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; then no text is owned.
 */
int ktgt_lu_dev_copy(struct ktgt_net *kn, u32 tid, u32 lun,
		     struct ktgt_lu_params *params)
{
	struct ktgt_target *target = ktgt_net_find_tid(kn, tid);
	const char *path = NULL;
	struct ktgt_lu *lu;

	*params = (struct ktgt_lu_params){ .backend = KTGT_BACKEND_NONE };
	if (!target)
		return 0;
	rcu_read_lock();
	lu = xa_load(&target->lus, lun);
	if (lu) {
		*params = lu->params;
		/* pairs with the change of the path */
		path = smp_load_acquire(&lu->params.path);
		params->path = kstrdup(path, GFP_ATOMIC | __GFP_NOWARN);
	}
	rcu_read_unlock();
	ktgt_target_put(target);
	params->may_be_absent = false;
	return path && !params->path ? -ENOMEM : 0;
}

/**
 * ktgt_lu_dev_await - wait for a device to be opened
 * @txn: the transaction, which has a deadline
 * @params: how it is opened, for the text
 * @opening: what opens it
 *
 * Context: await of a change; may sleep.
 * Return: 0 if it is open or was refused, which is for the check; -ETIMEDOUT with
 *	extack text.
 */
int ktgt_lu_dev_await(struct ktgt_txn *txn, const struct ktgt_lu_params *params,
		      struct ktgt_opening *opening)
{
	if (ktgt_opening_wait(opening, txn->deadline))
		return 0;
	ktgt_refuse(txn->extack,
		    "LUN %u: %s has not answered in %d s; try again when it does",
		    params->lun, params->path ?: "its store",
		    KTGT_TXN_TIMEOUT / HZ);
	return -ETIMEDOUT;
}

static bool is_same(const struct ktgt_lu_params *one,
		    const struct ktgt_lu_params *other)
{
	return one->backend == other->backend && one->size == other->size &&
	       one->block_size == other->block_size &&
	       one->read_only == other->read_only &&
	       !strcmp(one->path ?: "", other->path ?: "");
}

/**
 * ktgt_lu_dev_check - was the device opened in the way that is wanted
 * @txn: the transaction
 * @opened: how it was opened; NULL if it was not
 * @wanted: how it is to be opened, as the logical unit is now
 * @tid: number of the target, for the text
 *
 * It is not if the logical unit has been changed since the change was staged.
 *
 * Context: check; &ktgt_net.config_mutex is held.
 * Return: 0 or -ESTALE, with extack text.
 */
int ktgt_lu_dev_check(struct ktgt_txn *txn, const struct ktgt_lu_params *opened,
		      const struct ktgt_lu_params *wanted, u32 tid)
{
	if (opened && is_same(opened, wanted))
		return 0;
	ktgt_refuse(txn->extack,
		    "target %u: LUN %u has been changed meanwhile; try again",
		    tid, wanted->lun);
	return -ESTALE;
}
