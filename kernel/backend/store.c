// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a store: opened, given to a logical unit, left by it, and closed
 * when the storage has answered the last command.
 *
 * What sleeps until storage answers runs on the queues of workers (worker.c) and on
 * that of closes of this file, and on no other.
 */
#include "store.h"

#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "claim.h"

/* to close a device waits for queues of which nothing is known */
static struct workqueue_struct *close_wq;
/* what goes on when a store is empty: waits for no storage */
static struct workqueue_struct *empty_wq;

/* stores that are not closed yet; unloading waits for zero */
static atomic_t nr_open = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(none_open);

static void store_free(struct kref *kref)
{
	struct ktgt_store *store = container_of(kref, struct ktgt_store, ref);

	kfree(store->path);
	kfree_rcu(store, rcu);
}

/**
 * ktgt_store_put - drop a reference of the memory
 * @store: the store, or NULL
 *
 * Context: any.
 */
void ktgt_store_put(struct ktgt_store *store)
{
	if (store)
		kref_put(&store->ref, store_free);
}

/* What was opened, and the claim of it. */
static void close_device(struct ktgt_store *store)
{
	/* Its workers have no job any more, but may not have left yet. */
	if (store->wq)
		destroy_workqueue(store->wq);
	store->ops->close(store);
	ktgt_claim_put(store->claim);
}

static void close_store(struct ktgt_store *store)
{
	close_device(store);
	percpu_ref_exit(&store->active);
	complete_all(&store->closed);
	ktgt_store_put(store);
	if (atomic_dec_and_test(&nr_open))
		wake_up_all(&none_open);
}

static void close_work(struct work_struct *work)
{
	struct ktgt_store *store = container_of(to_rcu_work(work),
						struct ktgt_store, close_work);

	/* it may have been queued twice */
	flush_work(&store->empty_work);
	close_store(store);
}

/*
 * The last command has left. It may have been so for a moment only, if the store
 * was started meanwhile.
 */
static void empty_work(struct work_struct *work)
{
	struct ktgt_store *store = container_of(work, struct ktgt_store,
						empty_work);
	struct ktgt_store_wait *wait, *next;
	bool leaving = false;
	LIST_HEAD(waits);

	spin_lock(&store->lock);
	if (percpu_ref_is_zero(&store->active)) {
		list_for_each_entry(wait, &store->waits, node)
			wait->is_due = true;
		list_splice_init(&store->waits, &waits);
		leaving = store->leaving && !store->held;
		if (leaving)
			store->leaving = false;
	}
	spin_unlock(&store->lock);

	list_for_each_entry_safe(wait, next, &waits, node) {
		list_del_init(&wait->node);
		wait->done(wait);
	}
	if (leaving) {
		WRITE_ONCE(store->closing, true);
		queue_rcu_work(close_wq, &store->close_work);
	}
	ktgt_store_put(store);
}

/*
 * The work has a reference: those that it calls may drop theirs, and it may have
 * been queued once more by then.
 */
static void queue_empty_work(struct ktgt_store *store)
{
	kref_get(&store->ref);
	if (!queue_work(empty_wq, &store->empty_work))
		ktgt_store_put(store);
}

static void look_whether_empty(struct ktgt_store *store)
{
	if (percpu_ref_is_zero(&store->active))
		queue_empty_work(store);
}

static void active_release(struct percpu_ref *ref)
{
	queue_empty_work(container_of(ref, struct ktgt_store, active));
}

static int init_store(struct ktgt_store *store,
		      const struct ktgt_backend_ops *ops,
		      const struct ktgt_store_params *params)
{
	struct ktgt_backend_caps caps;
	unsigned int nr;
	int err;

	spin_lock_init(&store->work_lock);
	INIT_LIST_HEAD(&store->at_work);
	for (nr = 0; nr < KTGT_STORE_NR_LINES; nr++)
		INIT_LIST_HEAD(&store->lines[nr].waiting);
	store->ops = ops;
	ops->caps(store, &caps);
	store->size = caps.size;
	store->read_only = caps.read_only || params->read_only;
	store->lun = params->lun;
	kref_init(&store->ref);
	spin_lock_init(&store->lock);
	INIT_LIST_HEAD(&store->waits);
	INIT_WORK(&store->empty_work, empty_work);
	INIT_RCU_WORK(&store->close_work, close_work);
	init_completion(&store->closed);
	store->path = kstrdup(params->path, GFP_KERNEL);
	if (params->path && !store->path)
		return -ENOMEM;
	err = percpu_ref_init(&store->active, active_release,
			      PERCPU_REF_INIT_DEAD | PERCPU_REF_ALLOW_REINIT,
			      GFP_KERNEL);
	store->stopped = true;
	return err;
}

/**
 * ktgt_store_open - open a store
 * @ops: its kind
 * @params: how; with a claim if the device is taken over from another store
 * @extack: takes the reason of a refusal
 *
 * No command is admitted before ktgt_store_start().
 *
 * Context: may sleep, until the storage answers.
 * Return: the store, which ends by ktgt_store_leave() or ktgt_store_drop(), or
 *	ERR_PTR.
 */
struct ktgt_store *ktgt_store_open(const struct ktgt_backend_ops *ops,
				   const struct ktgt_store_params *params,
				   struct netlink_ext_ack *extack)
{
	struct ktgt_store_params how = *params;
	struct ktgt_store *store;
	int err;

	if (params->claim)
		how.claim = ktgt_claim_get(params->claim);
	else
		how.claim = ktgt_claim_alloc();
	if (!how.claim)
		return ERR_PTR(-ENOMEM);
	store = ops->open(&how, extack);
	if (IS_ERR(store)) {
		ktgt_claim_put(how.claim);
		return store;
	}
	store->claim = how.claim;
	err = init_store(store, ops, params);
	if (err) {
		close_device(store);
		kfree(store->path);
		kfree(store);
		return ERR_PTR(err);
	}
	atomic_inc(&nr_open);
	return store;
}

/**
 * ktgt_store_start - let commands in
 * @store: the store
 *
 * Context: may sleep, for a grace period of RCU; under the lock that its owner
 *	has for @stopped.
 */
void ktgt_store_start(struct ktgt_store *store)
{
	if (!store->stopped)
		return;
	store->stopped = false;
	percpu_ref_resurrect(&store->active);
}

/**
 * ktgt_store_stop - let no further command in
 * @store: the store
 *
 * Context: as ktgt_store_start().
 */
void ktgt_store_stop(struct ktgt_store *store)
{
	if (store->stopped)
		return;
	store->stopped = true;
	percpu_ref_kill(&store->active);
}

/**
 * ktgt_store_wait_empty - have something done when no command is left
 * @store: the store; it is stopped, or will be
 * @wait: what is to be done; has a reference of the store until then
 *
 * The store may have been closed already: then it is done at once.
 *
 * Context: process; does not sleep.
 */
void ktgt_store_wait_empty(struct ktgt_store *store,
			   struct ktgt_store_wait *wait)
{
	/* it may be done, and its reference gone, before this returns */
	kref_get(&store->ref);
	wait->is_due = false;
	spin_lock(&store->lock);
	list_add_tail(&wait->node, &store->waits);
	spin_unlock(&store->lock);
	look_whether_empty(store);
	ktgt_store_put(store);
}

/**
 * ktgt_store_cancel_wait - have nothing done any more when no command is left
 * @store: the store
 * @wait: what was given to ktgt_store_wait_empty(), and is still there
 *
 * Context: process; does not sleep.
 * Return: false if it is being done, or was done.
 */
bool ktgt_store_cancel_wait(struct ktgt_store *store,
			    struct ktgt_store_wait *wait)
{
	bool waits;

	spin_lock(&store->lock);
	waits = !wait->is_due;
	if (waits)
		list_del(&wait->node);
	spin_unlock(&store->lock);
	return waits;
}

/**
 * ktgt_store_hold - keep a store open
 * @store: the store, which its logical unit has not left
 *
 * Transfers of those who have no command are safe until ktgt_store_unhold(). The
 * module is not unloaded until then either.
 *
 * Context: process.
 */
void ktgt_store_hold(struct ktgt_store *store)
{
	__module_get(THIS_MODULE);
	kref_get(&store->ref);
	spin_lock(&store->lock);
	store->held++;
	spin_unlock(&store->lock);
}

/**
 * ktgt_store_unhold - undo ktgt_store_hold()
 * @store: the store; the caller must not touch it any more
 *
 * Context: process, on a queue that unloading the module waits for.
 */
void ktgt_store_unhold(struct ktgt_store *store)
{
	spin_lock(&store->lock);
	store->held--;
	/* under the lock: who closes the store waits for the work behind it */
	if (store->leaving)
		look_whether_empty(store);
	spin_unlock(&store->lock);
	ktgt_store_put(store);
	module_put(THIS_MODULE);
}

/**
 * ktgt_store_leave - close a store when the storage has answered all commands
 * @store: the store, which is stopped; nobody can find it any more but readers
 *	under RCU. The caller's reference stays
 *
 * Context: process.
 */
void ktgt_store_leave(struct ktgt_store *store)
{
	kref_get(&store->ref);
	spin_lock(&store->lock);
	WRITE_ONCE(store->leaving, true);
	spin_unlock(&store->lock);
	look_whether_empty(store);
}

/**
 * ktgt_store_drop - close a store that nobody has used
 * @store: the store; the caller's reference ends as well
 *
 * Context: may sleep, until the storage answers.
 */
void ktgt_store_drop(struct ktgt_store *store)
{
	close_store(store);
}

static struct workqueue_struct *make_queue(const char *name, unsigned int flags)
{
	return alloc_workqueue("ktgt-%s", WQ_UNBOUND | flags, 0, name);
}

static void free_queues(void)
{
	if (empty_wq)
		destroy_workqueue(empty_wq);
	if (close_wq)
		destroy_workqueue(close_wq);
}

/**
 * ktgt_store_init - make the queues
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_store_init(void)
{
	close_wq = make_queue("close", 0);
	empty_wq = make_queue("empty", WQ_MEM_RECLAIM);
	if (close_wq && empty_wq)
		return 0;
	free_queues();
	return -ENOMEM;
}

/**
 * ktgt_store_exit - wait until all stores are closed
 *
 * Context: module unload, all stores have been left.
 */
void ktgt_store_exit(void)
{
	wait_event(none_open, !atomic_read(&nr_open));
	free_queues();
}
