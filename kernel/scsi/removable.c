// SPDX-License-Identifier: GPL-2.0
/*
 * Media that are ejected and loaded: by START STOP UNIT with LOEJ (SBC-4, 5.31), or by
 * the user.
 *
 * To eject one, the gate is closed until the commands have ended that were admitted.
 * From then on the medium is out, and what has waited finds none. Its cache is flushed;
 * if that fails the medium is in again. Then the logical unit gets a store without a
 * device instead, and the device is closed, so that others can open it. It is kept in
 * mind, and when an initiator loads the medium, this device is opened again, and no other
 * one that has its name or number by then.
 *
 * All of it may take until the storage answers, so a worker does it, on a queue of its
 * own. A command that has asked waits beside it. If that is aborted, the worker goes on
 * without it. A logical unit does one at a time.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "removable.h"

#include <linux/blk_types.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/percpu-refcount.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <scsi/scsi_proto.h>
#include <uapi/linux/ktgt.h>

#include "../backend/absent.h"
#include "../backend/device.h"
#include "../backend/store.h"
#include "../backend/worker.h"
#include "../core/cmd.h"
#include "../core/event.h"
#include "../core/gfp.h"
#include "../core/io.h"
#include "../core/net.h"
#include "../core/target.h"
#include "data.h"
#include "error.h"
#include "gate.h"
#include "group.h"
#include "lu.h"
#include "lu_life.h"
#include "nexus.h"
#include "opening.h"
#include "pr.h"
#include "prevent.h"
#include "sanitize_state.h"
#include "sense.h"

/* how long the user waits: as long again for the storage, when the commands have ended */
#define USER_TIME		(2 * KTGT_EJECT_TIME)

/**
 * struct ktgt_move - a medium that is ejected or loaded
 * @ref: of the worker, and of who waits for @done
 * @work: does it
 * @done: completed when it is done
 * @err: what became of it: 0 or an errno; valid when it is done
 * @lu: the logical unit; its memory is referenced until it is done
 * @target: its target, which the logical unit leaves when it is removed; likewise
 * @net: the namespace, whose configuration is locked; likewise
 * @by: I_T nexus that has asked; NULL for the user. It is only compared, and may be gone
 * @initiator: name of the initiator, or ""
 * @loads: it is loaded
 * @force: it is ejected although that is prevented, or its cache cannot be flushed
 * @cmd: START STOP UNIT that waits; NULL if there is none, or it was aborted. Under
 *	&ktgt_gate.lock
 * @store: where the medium is that is ejected; held
 * @wait: for the commands that @store has admitted
 * @empty: completed when they have ended
 * @job: flushes @store
 * @io: the flush
 * @io_ended: that it has ended
 * @flushed: that @job is over
 */
struct ktgt_move {
	struct kref		ref;
	struct work_struct	work;
	struct completion	done;
	int			err;
	struct ktgt_lu		*lu;
	struct ktgt_target	*target;
	struct net		*net;
	const struct ktgt_nexus	*by;
	char			initiator[KTGT_NAME_LEN];
	bool			loads;
	bool			force;
	struct ktgt_cmd		*cmd;
	struct ktgt_store	*store;
	struct ktgt_store_wait	wait;
	struct completion	empty;
	struct ktgt_io_job	job;
	struct ktgt_io		io;
	struct completion	io_ended;
	struct completion	flushed;
};

/* a device that never answers has its worker for ever */
static struct workqueue_struct *move_wq;

static void move_free(struct kref *ref)
{
	kfree(container_of(ref, struct ktgt_move, ref));
}

static void move_put(struct ktgt_move *move)
{
	kref_put(&move->ref, move_free);
}

/* The medium is where it is. Whoever waits for @done has all of this himself. */
static void let_go(struct ktgt_move *move)
{
	ktgt_lu_put(move->lu);
	ktgt_target_put(move->target);
	put_net(move->net);
}

static struct mutex *config_mutex(struct ktgt_move *move)
{
	return &move->target->kn->config_mutex;
}

/* With &ktgt_net.config_mutex: neither removed, nor with its target. */
static bool is_published(const struct ktgt_move *move)
{
	return xa_load(&move->target->lus, move->lu->lun) == move->lu;
}

/* Its commands end, whatever has become of the medium. */
static bool is_removed(const struct ktgt_move *move)
{
	return percpu_ref_is_dying(&move->lu->ref);
}

/* --- ejecting ------------------------------------------------------------- */

static void store_is_empty(struct ktgt_store_wait *wait)
{
	complete(&container_of(wait, struct ktgt_move, wait)->empty);
}

static int close_gate(struct ktgt_move *move)
{
	struct ktgt_lu *lu = move->lu;
	unsigned long reasons;
	int err = 0;

	mutex_lock(&lu->gate.mutex);
	reasons = lu->gate.reasons;
	if (reasons & BIT(KTGT_GATE_REMOVAL)) {
		err = -ENODEV;
	} else if (reasons & (BIT(KTGT_GATE_FREEZE) | BIT(KTGT_GATE_HOLDER))) {
		/* who froze it wants its device as it is */
		err = -EBUSY;
	} else {
		ktgt_gate_close_locked(lu, KTGT_GATE_EJECT);
		move->store = rcu_dereference_protected(lu->store,
							lockdep_is_held(&lu->gate.mutex));
		kref_get(&move->store->ref);
		ktgt_store_hold(move->store);
	}
	mutex_unlock(&lu->gate.mutex);
	return err;
}

static int await_commands(struct ktgt_move *move)
{
	ktgt_store_wait_empty(move->store, &move->wait);
	if (wait_for_completion_timeout(&move->empty, KTGT_EJECT_TIME))
		return 0;
	if (ktgt_store_cancel_wait(move->store, &move->wait))
		return -ETIMEDOUT;
	wait_for_completion(&move->empty);
	return 0;
}

/* With &ktgt_lu.lock and &ktgt_target.nexus_lock. */
static int obstacle(const struct ktgt_lu *lu)
{
	if (ktgt_prevent_first(lu))
		return -EPERM;
	return lu->sanitize.phase == KTGT_SANITIZE_RUNS ? -EBUSY : 0;
}

/*
 * Whoever has prevented it by now, or has begun to sanitize it, is heard; who does so later
 * finds no medium.
 */
static int mark_ejected(struct ktgt_move *move)
{
	struct ktgt_lu *lu = move->lu;
	int err;

	spin_lock(&lu->lock);
	spin_lock_bh(&move->target->nexus_lock);
	err = move->force ? 0 : obstacle(lu);
	if (!err)
		WRITE_ONCE(lu->ejected, true);
	spin_unlock_bh(&move->target->nexus_lock);
	if (!err) {
		ktgt_sanitize_lose_medium(lu);
		WRITE_ONCE(lu->nr_blocks, 0);
		WRITE_ONCE(move->store->size, 0);
		/* pairs with note_medium() of exec.c; what was received before is too late */
		smp_store_release(&lu->medium_nr, lu->medium_nr + 1);
	}
	spin_unlock(&lu->lock);
	return err;
}

/* @err: what became of the wait. The gate opens, with the medium in or out. */
static int take_out(struct ktgt_move *move, int err)
{
	struct ktgt_lu *lu = move->lu;

	mutex_lock(&lu->gate.mutex);
	if (lu->gate.reasons & BIT(KTGT_GATE_REMOVAL)) {
		err = -ENODEV;
	} else if (rcu_access_pointer(lu->store) != move->store) {
		/* a swap has opened the gate */
		err = -EAGAIN;
	} else {
		if (!err)
			err = mark_ejected(move);
		ktgt_gate_open_locked(lu, KTGT_GATE_EJECT);
	}
	mutex_unlock(&lu->gate.mutex);
	return err;
}

static void flush_ended(struct ktgt_io *io)
{
	complete(&container_of(io, struct ktgt_move, io)->io_ended);
}

/* A worker of the stores. */
static void flush_job(struct ktgt_io_job *job)
{
	struct ktgt_move *move = container_of(job, struct ktgt_move, job);

	ktgt_store_submit(move->store, &move->io);
	wait_for_completion(&move->io_ended);
	complete(&move->flushed);
}

static bool is_gone(struct ktgt_store *store)
{
	struct ktgt_backend_caps caps;

	ktgt_store_caps(store, &caps);
	return !caps.size;
}

static int flush(struct ktgt_move *move)
{
	ktgt_store_defer(move->store, &move->job, KTGT_STORE_LONG);
	wait_for_completion(&move->flushed);
	if (move->io.status == BLK_STS_OK || move->force || is_gone(move->store))
		return 0;
	return -EIO;
}

static struct inode *device_of(struct ktgt_store *store)
{
	return store->ops->device ? store->ops->device(store) : NULL;
}

/* The store is left; it closes when nobody holds it. */
static int give_up_store(struct ktgt_move *move)
{
	const struct ktgt_store_params none = { .lun = move->lu->lun };
	struct ktgt_lu *lu = move->lu;
	struct ktgt_gate_wait *wait;
	struct ktgt_store *absent;
	bool ok;

	absent = ktgt_store_open(&ktgt_backend_absent_ops, &none, NULL);
	if (IS_ERR(absent))
		return PTR_ERR(absent);
	wait = kzalloc_obj(*wait, GFP_KERNEL);
	if (!wait) {
		ktgt_store_drop(absent);
		return -ENOMEM;
	}
	mutex_lock(config_mutex(move));
	ok = is_published(move) && ktgt_lu_is_ejected(lu) &&
	     ktgt_lu_store(lu) == move->store;
	if (ok) {
		lu->ejected_device = device_of(move->store);
		ktgt_lu_swap(lu, absent, NULL, wait);
	}
	mutex_unlock(config_mutex(move));
	if (ok)
		return 0;
	kfree(wait);
	ktgt_store_drop(absent);
	return is_removed(move) ? -ENODEV : -EAGAIN;
}

static void put_back(struct ktgt_move *move)
{
	struct ktgt_lu *lu = move->lu;

	mutex_lock(config_mutex(move));
	if (is_published(move) && ktgt_lu_is_ejected(lu) &&
	    ktgt_lu_store(lu) == move->store)
		ktgt_lu_put_back(lu);
	mutex_unlock(config_mutex(move));
}

static void tell_ejected(struct ktgt_move *move)
{
	const struct ktgt_event event = {
		.cmd = KTGT_CMD_LU_EJECTED,
		.tid = move->target->tid,
		.target = move->target->name,
		.initiator = *move->initiator ? move->initiator : NULL,
		.lun = move->lu->lun,
	};

	ktgt_event_session(move->target->kn, &event);
}

static int eject_from(struct ktgt_move *move)
{
	struct ktgt_store *store = move->store;
	int err;

	err = take_out(move, await_commands(move));
	if (!err) {
		err = flush(move) ?: give_up_store(move);
		if (err)
			put_back(move);
	}
	ktgt_store_unhold(store);
	if (!err) {
		wait_for_completion(&store->closed);
		tell_ejected(move);
	}
	ktgt_store_put(store);
	return err;
}

static int eject(struct ktgt_move *move)
{
	int err;

	if (ktgt_lu_is_absent(move->lu))
		return 0;
	err = close_gate(move);
	return err ?: eject_from(move);
}

/* --- loading -------------------------------------------------------------- */

/* With &ktgt_net.config_mutex. As it was opened before, so that no path is looked up. */
static struct ktgt_opening *start_opening(const struct ktgt_lu *lu)
{
	struct ktgt_lu_params params = lu->params;

	params.device = lu->ejected_device;
	if (params.device)
		params.dev = ktgt_device_number(params.device);
	params.dev_err = 0;
	params.may_be_absent = false;
	params.medium = NULL;
	params.medium_found = NULL;
	return ktgt_opening_start(&params, NULL);
}

/**
 * struct loading - a device that is opened again
 * @opening: opens it; NULL if there is nothing to load
 * @device: the device; compared only
 * @read_only: it is opened for reading
 */
struct loading {
	struct ktgt_opening	*opening;
	const struct inode	*device;
	bool			read_only;
};

static int begin_loading(struct ktgt_move *move, struct loading *loading)
{
	const struct ktgt_lu *lu = move->lu;
	int err = 0;

	mutex_lock(config_mutex(move));
	if (!is_published(move)) {
		err = -ENODEV;
	} else if (ktgt_lu_is_ejected(lu)) {
		loading->device = lu->ejected_device;
		loading->read_only = lu->params.read_only;
		loading->opening = start_opening(lu);
		if (!loading->opening)
			err = -ENOMEM;
	}
	mutex_unlock(config_mutex(move));
	return err;
}

/* With &ktgt_net.config_mutex: nothing has changed since it was begun. */
static bool still_fits(const struct ktgt_move *move,
		       const struct loading *loading)
{
	const struct ktgt_lu *lu = move->lu;

	return is_published(move) && ktgt_lu_is_ejected(lu) &&
	       lu->ejected_device == loading->device &&
	       lu->params.read_only == loading->read_only;
}

static int end_loading(struct ktgt_move *move, const struct loading *loading,
		       struct ktgt_store *store)
{
	struct ktgt_gate_wait *wait = kzalloc_obj(*wait, GFP_KERNEL);
	struct ktgt_lu *lu = move->lu;
	int err = wait ? 0 : -ENOMEM;

	mutex_lock(config_mutex(move));
	if (!err && !still_fits(move, loading))
		err = -EAGAIN;
	if (!err)
		err = ktgt_lu_judge(lu, &lu->params, store, NULL);
	if (!err)
		ktgt_lu_load(lu, store, wait, move->by, move->initiator);
	mutex_unlock(config_mutex(move));
	if (err) {
		kfree(wait);
		ktgt_store_drop(store);
	}
	return err;
}

static int load(struct ktgt_move *move)
{
	struct loading loading = {};
	struct ktgt_store *store;
	int err;

	err = begin_loading(move, &loading);
	if (err || !loading.opening)
		return err;
	if (ktgt_opening_wait(loading.opening, jiffies + KTGT_EJECT_TIME)) {
		store = ktgt_opening_take(loading.opening, NULL);
		err = PTR_ERR_OR_ZERO(store);
		if (!err)
			err = end_loading(move, &loading, store);
	} else {
		err = -ETIMEDOUT;
	}
	ktgt_opening_put(loading.opening);
	return err;
}

/* --- what they have in common --------------------------------------------- */

static void set_sense(struct ktgt_cmd *cmd, const struct ktgt_move *move)
{
	if (move->err == -EPERM && !move->loads)
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_MEDIUM_REMOVAL_PREVENTED);
	else if (move->err == -ETIMEDOUT)
		ktgt_sense_set(&cmd->sense, HARDWARE_ERROR,
			       KTGT_ASC_LOAD_OR_EJECT_FAILED);
	else
		ktgt_sense_set(&cmd->sense, NOT_READY,
			       KTGT_ASC_MEDIUM_NOT_PRESENT);
}

static u8 status_of(struct ktgt_cmd *cmd, const struct ktgt_move *move)
{
	if (move->err && is_removed(move))
		return SAM_STAT_TASK_ABORTED;
	switch (move->err) {
	case 0:
		return SAM_STAT_GOOD;
	case -EAGAIN:
	case -ENOMEM:
		return SAM_STAT_BUSY;
	case -EBUSY:
		/* a device that somebody else has cannot be loaded */
		if (!move->loads)
			return SAM_STAT_BUSY;
	}
	if (move->io.status != BLK_STS_OK)
		return ktgt_error_to_sense(move->io.status, KTGT_ERROR_OTHER, 0,
					   &cmd->sense);
	set_sense(cmd, move);
	return SAM_STAT_CHECK_CONDITION;
}

static void log_failure(const struct ktgt_move *move)
{
	if (move->err && move->err != -EPERM && move->err != -EAGAIN &&
	    !is_removed(move))
		pr_notice_ratelimited("target %u: LUN %u: its medium cannot be %s: error %d\n",
				      move->target->tid, move->lu->lun,
				      move->loads ? "loaded" : "ejected",
				      -move->err);
}

/* The next one may begin before the command is answered, which then may ask for it. */
static struct ktgt_cmd *leave(struct ktgt_move *move)
{
	struct ktgt_lu *lu = move->lu;
	struct ktgt_cmd *cmd;
	unsigned long flags;

	spin_lock_irqsave(&lu->gate.lock, flags);
	lu->move = NULL;
	cmd = move->cmd;
	move->cmd = NULL;
	spin_unlock_irqrestore(&lu->gate.lock, flags);
	return cmd;
}

static void move_work(struct work_struct *work)
{
	struct ktgt_move *move = container_of(work, struct ktgt_move, work);
	struct ktgt_cmd *cmd;

	move->err = move->loads ? load(move) : eject(move);
	log_failure(move);
	cmd = leave(move);
	if (cmd)
		ktgt_cmd_complete(cmd, status_of(cmd, move));
	let_go(move);
	/* who has the answer can unload the module, which waits for this worker */
	module_put(THIS_MODULE);
	complete_all(&move->done);
	move_put(move);
}

static void move_init(struct ktgt_move *move, struct ktgt_lu *lu)
{
	kref_init(&move->ref);
	INIT_WORK(&move->work, move_work);
	init_completion(&move->done);
	init_completion(&move->empty);
	init_completion(&move->io_ended);
	init_completion(&move->flushed);
	move->wait.done = store_is_empty;
	move->job.run = flush_job;
	move->io.op = KTGT_IO_FLUSH;
	move->io.end_io = flush_ended;
	kref_get(&lu->kref);
	move->lu = lu;
	move->target = lu->target;
}

/* @lu is referenced, so it has its target, and that its namespace. */
static struct ktgt_move *move_alloc(struct ktgt_lu *lu)
{
	struct ktgt_move *move = kzalloc_obj(*move, KTGT_GFP_PEER);

	if (!move)
		return NULL;
	move->net = maybe_get_net(lu->target->kn->net);
	if (!move->net)
		goto err_net;
	if (!ktgt_target_tryget(lu->target))
		goto err_target;
	move_init(move, lu);
	return move;

err_target:
	put_net(move->net);
err_net:
	kfree(move);
	return NULL;
}

/* Gives the first reference to the worker, if no other one is under way. */
static bool move_start(struct ktgt_move *move)
{
	struct ktgt_lu *lu = move->lu;
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&lu->gate.lock, flags);
	ok = !lu->move;
	if (ok)
		lu->move = move;
	spin_unlock_irqrestore(&lu->gate.lock, flags);
	if (ok) {
		__module_get(THIS_MODULE);
		queue_work(move_wq, &move->work);
	}
	return ok;
}

/* The caller must not touch @cmd any more. */
static void start_for(struct ktgt_cmd *cmd, bool loads)
{
	struct ktgt_move *move = move_alloc(cmd->lu);

	if (!move) {
		ktgt_net_count_failure(cmd->lu->target->kn);
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return;
	}
	move->loads = loads;
	move->by = cmd->nexus;
	ktgt_nexus_device_name(cmd->nexus, move->initiator);
	move->cmd = cmd;
	if (move_start(move))
		return;
	let_go(move);
	move_put(move);
	ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
}

/* Whether the medium is already where it is to be. */
static bool is_there(const struct ktgt_lu *lu, bool loads)
{
	/* until its device is closed it is not out, and can come back */
	return loads ? READ_ONCE(lu->nr_blocks) : ktgt_lu_is_absent(lu);
}

/* What may have come since the command was received: it may have waited for its turn. */
static bool is_refused(struct ktgt_cmd *cmd)
{
	if (ktgt_group_refuses(cmd, &cmd->sense))
		ktgt_cmd_fail(cmd);
	else if (ktgt_pr_conflicts(cmd))
		ktgt_cmd_complete(cmd, SAM_STAT_RESERVATION_CONFLICT);
	else if (ktgt_sanitize_refuses(cmd))
		ktgt_cmd_fail(cmd);
	else
		return false;
	return true;
}

/**
 * ktgt_removable_move - eject or load the medium, for START STOP UNIT with LOEJ
 * @cmd: the command, whose logical unit has a removable medium
 * @loads: it is to be loaded
 *
 * While an initiator prevents the removal, neither is done (SBC-4, 5.31). If another
 * ejection or load is under way, or without memory, the command ends with BUSY.
 *
 * Context: process; completes @cmd, maybe later. Takes &ktgt_target.nexus_lock.
 */
void ktgt_removable_move(struct ktgt_cmd *cmd, bool loads)
{
	struct ktgt_lu *lu = cmd->lu;

	if (is_refused(cmd))
		return;
	if (ktgt_prevent_exists(lu)) {
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_MEDIUM_REMOVAL_PREVENTED);
		ktgt_cmd_fail(cmd);
	} else if (is_there(lu, loads)) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
	} else if (loads && !ktgt_lu_is_ejected(lu)) {
		/* its device is gone, or was not there yet */
		ktgt_lu_no_medium(lu, &cmd->sense);
		ktgt_cmd_fail(cmd);
	} else {
		start_for(cmd, loads);
	}
}

/**
 * ktgt_removable_cancel - let a command wait no longer
 * @cmd: the command, which may wait elsewhere or not at all
 *
 * What it waits for goes on.
 *
 * Context: any.
 * Return: true if it waited; it has not completed.
 */
bool ktgt_removable_cancel(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	unsigned long flags;
	bool waits;

	spin_lock_irqsave(&lu->gate.lock, flags);
	waits = lu->move && lu->move->cmd == cmd;
	if (waits)
		lu->move->cmd = NULL;
	spin_unlock_irqrestore(&lu->gate.lock, flags);
	return waits;
}

/**
 * ktgt_removable_eject - eject the medium, for the user
 * @lu: disk that is published; referenced
 * @force: although an initiator prevents the removal, or the cache cannot be flushed
 *
 * Context: may sleep, but not for the storage for ever; without
 *	&ktgt_net.config_mutex.
 * Return: 0 if it is out, and its device closed. -EBUSY if another ejection or load is
 *	under way, or the logical unit is frozen; -EPERM if it is prevented; -ETIMEDOUT if
 *	commands have not ended in KTGT_EJECT_TIME; -EINPROGRESS if it will be out when the
 *	storage answers; -ENODEV if the logical unit was removed; -EAGAIN if it has got
 *	another device; -ENOMEM; -EIO if its cache cannot be flushed. But for -EINPROGRESS
 *	the medium stays where it was.
 */
int ktgt_removable_eject(struct ktgt_lu *lu, bool force)
{
	struct ktgt_move *move = move_alloc(lu);
	int err = -EBUSY;

	if (!move)
		return -ENOMEM;
	move->force = force;
	kref_get(&move->ref);
	if (!move_start(move)) {
		let_go(move);
		move_put(move);
	} else if (wait_for_completion_timeout(&move->done, USER_TIME)) {
		err = move->err;
	} else {
		err = -EINPROGRESS;
	}
	move_put(move);
	return err;
}

/**
 * ktgt_removable_init - make the queue
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_removable_init(void)
{
	move_wq = alloc_workqueue("ktgt-medium", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return move_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_removable_exit - wait until no worker runs code of the module
 *
 * Context: module unload. No medium is moved: it would hold the module.
 */
void ktgt_removable_exit(void)
{
	destroy_workqueue(move_wq);
}
