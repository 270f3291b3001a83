// SPDX-License-Identifier: GPL-2.0
/*
 * Stores that are opened by a worker. To open a device, and to write back what
 * others have left in its page cache, takes until the storage answers, which
 * may be never. Who has asked waits for as long as he likes; a store that
 * nobody waits for any more is closed as soon as it is open.
 */
#include "opening.h"

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <uapi/linux/ktgt.h>

#include "../backend/absent.h"
#include "../backend/block.h"
#include "../backend/claim.h"
#include "../backend/null.h"
#include "../backend/state.h"
#include "../backend/store.h"
#include "../core/deadline.h"
#include "../core/refuse.h"
#include "identity.h"
#include "lu.h"

static struct workqueue_struct *opening_wq;

/**
 * struct ktgt_opening - a store that is opened
 * @ref: of who has asked, and of the worker
 * @work: opens it
 * @done: that this has succeeded or failed
 * @params: how; the texts are owned, and a device is referenced
 * @claim: claim to be shared, referenced; or NULL
 * @store: the store, until it is taken; or ERR_PTR
 * @extack: why it is refused
 * @text: what @extack points to, if that is to be freed
 */
struct ktgt_opening {
	struct kref		ref;
	struct work_struct	work;
	struct completion	done;
	struct ktgt_lu_params	params;
	struct ktgt_claim	*claim;
	struct ktgt_store	*store;
	struct netlink_ext_ack	extack;
	char			*text;
};

/* A node without a device behind it, as that of a loop device that is free. */
static bool is_empty(struct ktgt_store *store)
{
	if (store->size)
		return false;
	ktgt_store_drop(store);
	return true;
}

/*
 * Whether it may be there later, and is nobody's. It is closed then. Without a
 * medium is how Linux initiators see what has no size: 3Ah, as for 04h they would
 * try to start it.
 */
static bool is_absent(struct ktgt_store *store)
{
	if (!IS_ERR(store))
		return is_empty(store);

	switch (PTR_ERR(store)) {
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
	case -ENOMEDIUM:
		return true;
	default:
		return false;
	}
}

static const struct ktgt_backend_ops *backend_ops(u32 backend)
{
	switch (backend) {
	case KTGT_BACKEND_BLOCK:
		return &ktgt_backend_block_ops;
	case KTGT_BACKEND_NULL:
		return &ktgt_backend_null_ops;
	default:
		return NULL;
	}
}

static struct ktgt_store *open_store(const struct ktgt_lu_params *params,
				     struct ktgt_claim *claim,
				     struct netlink_ext_ack *extack)
{
	struct ktgt_store_params how = {
		.lun = params->lun,
		.path = params->path,
		.dev = params->dev,
		.dev_err = params->dev_err,
		.device = params->device,
		.size = params->size,
		.read_only = params->read_only,
		.claim = claim,
	};
	const struct ktgt_backend_ops *ops = backend_ops(params->backend);
	struct ktgt_store *store;

	if (!ops) {
		ktgt_refuse(extack, "LUN %u: there is no backend %u",
			    params->lun, params->backend);
		return ERR_PTR(-EINVAL);
	}
	store = ktgt_store_open(ops, &how, extack);
	if (!params->may_be_absent || !is_absent(store))
		return store;
	if (extack)
		extack->_msg = NULL;
	return ktgt_store_open(&ktgt_backend_absent_ops, &how, extack);
}

/* Whoever waits for a disk goes on waiting if another one is in its place. */
static bool is_another(const struct ktgt_lu_params *params)
{
	return !params->force &&
	       ktgt_identity_check_medium(params->medium, params->medium_found,
					  params->lun, NULL) == -EMEDIUMTYPE;
}

/* Before it is opened: who may be absent waits for the right disk instead. */
static int check_medium(const struct ktgt_lu_params *params,
			struct netlink_ext_ack *extack)
{
	bool any = params->force || params->may_be_absent;
	int err;

	err = ktgt_identity_check_medium(NULL, params->medium, params->lun,
					 extack);
	if (err)
		return err;
	return ktgt_identity_check_medium(any ? NULL : params->medium,
					  params->medium_found, params->lun,
					  extack);
}

/* The device that was asked for, or none as long as another disk is there. */
static struct ktgt_store *open_first(const struct ktgt_lu_params *params,
				     struct ktgt_claim *claim,
				     struct netlink_ext_ack *extack)
{
	const struct ktgt_store_params none = { .lun = params->lun };
	int err;

	err = check_medium(params, extack);
	if (err)
		return ERR_PTR(err);
	if (params->may_be_absent && is_another(params))
		return ktgt_store_open(&ktgt_backend_absent_ops, &none, extack);
	return open_store(params, claim, extack);
}

static void opening_free(struct kref *ref)
{
	struct ktgt_opening *opening = container_of(ref, struct ktgt_opening,
						    ref);

	if (!IS_ERR_OR_NULL(opening->store))
		ktgt_store_drop(opening->store);
	ktgt_claim_put(opening->claim);
	kfree(opening->text);
	ktgt_lu_params_free(&opening->params);
	kfree(opening);
}

/**
 * ktgt_opening_put - wait for a store no longer
 * @opening: what opens it, or NULL; if the store was not taken, it is closed,
 *	now or as soon as it is open
 *
 * Context: may sleep.
 */
void ktgt_opening_put(struct ktgt_opening *opening)
{
	if (!opening)
		return;
	/* the worker leaves; after it nobody but the caller closes the store */
	if (completion_done(&opening->done))
		flush_work(&opening->work);
	kref_put(&opening->ref, opening_free);
}

static struct ktgt_store *open_all(const struct ktgt_lu_params *params,
				   struct ktgt_claim *claim,
				   struct netlink_ext_ack *extack)
{
	int err = params->state ? ktgt_state_load(params->state) : 0;

	return err ? ERR_PTR(err) : open_first(params, claim, extack);
}

static void opening_work(struct work_struct *work)
{
	struct ktgt_opening *opening = container_of(work, struct ktgt_opening,
						    work);

	opening->store = open_all(&opening->params, opening->claim,
				  &opening->extack);
	opening->text = ktgt_refuse_take(&opening->extack);
	complete_all(&opening->done);
	kref_put(&opening->ref, opening_free);
	module_put(THIS_MODULE);
}

/**
 * ktgt_opening_start - begin to open a store
 * @params: how; copied
 * @claim: claim of the store that gives the device up in the same transaction,
 *	or NULL
 *
 * One that may be absent is not opened while another disk is in its place.
 *
 * Context: may sleep; something else keeps the module loaded.
 * Return: what ktgt_opening_put() has to be called for, or NULL without memory.
 */
struct ktgt_opening *ktgt_opening_start(const struct ktgt_lu_params *params,
					struct ktgt_claim *claim)
{
	struct ktgt_opening *opening = kzalloc_obj(*opening, GFP_KERNEL);

	if (!opening)
		return NULL;
	kref_init(&opening->ref);
	INIT_WORK(&opening->work, opening_work);
	init_completion(&opening->done);
	opening->params = *params;
	if (ktgt_lu_params_own(&opening->params)) {
		kfree(opening);
		return NULL;
	}
	opening->claim = claim ? ktgt_claim_get(claim) : NULL;

	kref_get(&opening->ref);
	__module_get(THIS_MODULE);
	queue_work(opening_wq, &opening->work);
	return opening;
}

/**
 * ktgt_opening_wait - wait until a store is open, or is refused
 * @opening: what opens it
 * @deadline: jiffies until when to wait
 *
 * Context: may sleep.
 * Return: false if neither is so yet.
 */
bool ktgt_opening_wait(struct ktgt_opening *opening, unsigned long deadline)
{
	return wait_for_completion_timeout(&opening->done,
					   ktgt_time_left(deadline));
}

/**
 * ktgt_opening_shares - does a store have the claim of another one
 * @opening: what opens it
 *
 * Context: any.
 * Return: true if it does.
 */
bool ktgt_opening_shares(const struct ktgt_opening *opening)
{
	return opening->claim;
}

/**
 * ktgt_opening_err - has a store been refused
 * @opening: what opens it, after ktgt_opening_wait()
 *
 * Context: any.
 * Return: 0 or an errno.
 */
int ktgt_opening_err(const struct ktgt_opening *opening)
{
	return PTR_ERR_OR_ZERO(opening->store);
}

/**
 * ktgt_opening_take - take the store, or the reason why there is none
 * @opening: what has opened it, after ktgt_opening_wait(); has none afterwards
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: may sleep.
 * Return: the store, or ERR_PTR.
 */
struct ktgt_store *ktgt_opening_take(struct ktgt_opening *opening,
				     struct netlink_ext_ack *extack)
{
	struct ktgt_store *store = opening->store;

	if (!IS_ERR(store))
		opening->store = NULL;
	else if (extack)
		extack->_msg = opening->extack._msg;
	if (IS_ERR(store) && extack && opening->text) {
		ktgt_refuse_give(extack, opening->text);
		opening->text = NULL;
	}
	return store;
}

/**
 * ktgt_opening_init - make the queue
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_opening_init(void)
{
	/* a device that never answers has its worker for ever */
	opening_wq = alloc_workqueue("ktgt-open", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return opening_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_opening_exit - wait until no worker runs code of the module
 *
 * Context: module unload. Nothing is opened: it would hold the module.
 */
void ktgt_opening_exit(void)
{
	destroy_workqueue(opening_wq);
}
