// SPDX-License-Identifier: GPL-2.0
/*
 * Freezing logical units, for snapshots of several at one moment.
 *
 * All gates are closed before any of them is waited for: a command that is sent
 * because another one has ended finds its gate closed, if that one did. Then
 * commands that were admitted end, and the stores are flushed. Whatever happens
 * to those who asked for it, the gates open when the time is over.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "freeze.h"

#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/netlink.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <scsi/scsi_proto.h>
#include <uapi/linux/ktgt.h>

#include "../backend/store.h"
#include "../backend/worker.h"
#include "../core/event.h"
#include "../core/io.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/gate.h"
#include "../scsi/lu.h"
#include "target.h"

/**
 * struct frozen_lu - a logical unit of a freeze
 * @wait: for the commands that were admitted
 * @io: flushes the store afterwards
 * @job: has a worker of @store flush it
 * @ended: completed when @io has ended
 * @freeze: the freeze
 * @lu: the logical unit; its memory is referenced
 * @store: its store, held open until @io has ended
 * @thawed: its gate is open; under &ktgt_net.freeze_mutex
 */
struct frozen_lu {
	struct ktgt_store_wait	wait;
	struct ktgt_io		io;
	struct ktgt_io_job	job;
	struct completion	ended;
	struct freeze		*freeze;
	struct ktgt_lu		*lu;
	struct ktgt_store	*store;
	bool			thawed;
};

/**
 * struct freeze - logical units that were frozen together
 * @node: in &ktgt_net.freezes until all have thawed; under &ktgt_net.freeze_mutex
 * @ref: one of @node, one of @work while it is to run, one of the flushes, one of
 *	ktgt_freeze()
 * @kn: the namespace; only while @node is in its list
 * @id: its number
 * @tid: number of the target, which may go before it
 * @name: its name
 * @portid: the socket whose end thaws them, or 0
 * @seconds: after which they thaw by themselves
 * @told: listeners know of it; under &ktgt_net.freeze_mutex
 * @is_late: it ends because the time is over; under &ktgt_net.freeze_mutex
 * @work: thaws them when the time is over
 * @pending: stores that are not flushed yet
 * @over: completed when @pending is 0, or it is in the list no more
 * @nr: length of @lus
 * @lus: the logical units
 */
struct freeze {
	struct list_head	node;
	struct kref		ref;
	struct ktgt_net		*kn;
	u32			id;
	u32			tid;
	char			name[KTGT_NAME_LEN];
	u32			portid;
	u32			seconds;
	bool			told;
	bool			is_late;
	struct delayed_work	work;
	atomic_t		pending;
	struct completion	over;
	unsigned int		nr;
	struct frozen_lu	lus[];
};

/* where the time of a freeze ends; waits for no storage */
static struct workqueue_struct *thaw_wq;

static void freeze_free(struct kref *ref)
{
	struct freeze *freeze = container_of(ref, struct freeze, ref);
	unsigned int i;

	for (i = 0; i < freeze->nr; i++)
		if (freeze->lus[i].lu)
			ktgt_lu_put(freeze->lus[i].lu);
	kfree(freeze);
}

static void freeze_put(struct freeze *freeze)
{
	kref_put(&freeze->ref, freeze_free);
}

/* One that was removed while it was frozen is nobody's any more. */
static bool is_frozen(const struct frozen_lu *frozen)
{
	return !frozen->thawed && !percpu_ref_is_dying(&frozen->lu->ref);
}

static void tell(const struct frozen_lu *frozen, u8 cmd, const char *why)
{
	const struct freeze *freeze = frozen->freeze;
	struct ktgt_event event = {
		.cmd = cmd,
		.tid = freeze->tid,
		.target = freeze->name,
		.lun = frozen->lu->lun,
		.why = why,
	};

	if (freeze->told)
		ktgt_event_session(freeze->kn, &event);
	if (why)
		pr_notice("target %u: LUN %u is not frozen any more, because %s\n",
			  freeze->tid, frozen->lu->lun, why);
}

/* Whoever has unlinked it waits for no more of it. */
static void unlink_freeze(struct freeze *freeze)
{
	list_del_init(&freeze->node);
	complete_all(&freeze->over);
	if (cancel_delayed_work(&freeze->work))
		freeze_put(freeze);
	freeze_put(freeze);
}

/* @why is told if nobody has asked for it. */
static void thaw_one(struct frozen_lu *frozen, const char *why)
{
	bool was_frozen = is_frozen(frozen);

	if (frozen->thawed)
		return;
	frozen->thawed = true;
	WRITE_ONCE(frozen->lu->thaw_at, 0);
	ktgt_gate_open(frozen->lu, KTGT_GATE_FREEZE);
	if (was_frozen)
		tell(frozen, KTGT_CMD_LU_THAWED, why);
}

/* With &ktgt_net.freeze_mutex. */
static void thaw_all(struct freeze *freeze, const char *why)
{
	unsigned int i;

	for (i = 0; i < freeze->nr; i++)
		thaw_one(&freeze->lus[i], why);
	unlink_freeze(freeze);
}

static void thaw_work(struct work_struct *work)
{
	struct freeze *freeze = container_of(to_delayed_work(work),
					     struct freeze, work);
	struct ktgt_net *kn = freeze->kn;

	mutex_lock(&kn->freeze_mutex);
	if (!list_empty(&freeze->node)) {
		freeze->is_late = true;
		thaw_all(freeze, "the time is over");
	}
	mutex_unlock(&kn->freeze_mutex);
	freeze_put(freeze);
}

static void flush_end_io(struct ktgt_io *io)
{
	complete(&container_of(io, struct frozen_lu, io)->ended);
}

/* A worker of the stores, which may sleep until the storage has answered. */
static void flush_store(struct ktgt_io_job *job)
{
	struct frozen_lu *frozen = container_of(job, struct frozen_lu, job);
	struct freeze *freeze = frozen->freeze;

	ktgt_store_submit(frozen->store, &frozen->io);
	wait_for_completion(&frozen->ended);
	ktgt_store_unhold(frozen->store);
	if (!atomic_dec_and_test(&freeze->pending))
		return;
	complete_all(&freeze->over);
	freeze_put(freeze);
}

/* The last command has left. */
static void lu_is_empty(struct ktgt_store_wait *wait)
{
	struct frozen_lu *frozen = container_of(wait, struct frozen_lu, wait);

	frozen->job.run = flush_store;
	ktgt_store_defer(frozen->store, &frozen->job, KTGT_STORE_LONG);
}

static struct freeze *make_freeze(struct ktgt_net *kn,
				  const struct ktgt_freeze_params *params)
{
	struct freeze *freeze;
	unsigned int i;

	freeze = kzalloc(struct_size(freeze, lus, params->nr_luns), GFP_KERNEL);
	if (!freeze)
		return NULL;
	INIT_LIST_HEAD(&freeze->node);
	kref_init(&freeze->ref);
	freeze->kn = kn;
	freeze->portid = params->portid;
	freeze->seconds = params->seconds;
	INIT_DELAYED_WORK(&freeze->work, thaw_work);
	atomic_set(&freeze->pending, params->nr_luns);
	init_completion(&freeze->over);
	freeze->nr = params->nr_luns;
	for (i = 0; i < freeze->nr; i++) {
		struct frozen_lu *frozen = &freeze->lus[i];

		frozen->freeze = freeze;
		frozen->wait.done = lu_is_empty;
		frozen->io.op = KTGT_IO_FLUSH;
		frozen->io.end_io = flush_end_io;
		init_completion(&frozen->ended);
	}
	return freeze;
}

/* Why a logical unit cannot be frozen, or NULL. */
static const char *freeze_fault(const struct ktgt_lu *lu)
{
	if (lu->type != TYPE_DISK)
		return "is the controller, which has nothing to freeze";
	if (ktgt_lu_is_ejected(lu))
		return "has no medium, so there is nothing to freeze; load it with lun load";
	if (ktgt_lu_is_absent(lu))
		return "waits for its device, so there is nothing to freeze";
	if (READ_ONCE(lu->thaw_at))
		return "is frozen already; thaw it first";
	if (READ_ONCE(lu->gate.reasons) & BIT(KTGT_GATE_EJECT))
		return "is about to lose its medium; try again when it is loaded";
	/* commands of the store before would not be waited for */
	if (READ_ONCE(lu->gate.reasons) & BIT(KTGT_GATE_SWAP))
		return "waits until its former device has no command left; try again later";
	return NULL;
}

static int find_lu(struct freeze *freeze, unsigned int at,
		   struct ktgt_target *target, u32 lun,
		   struct netlink_ext_ack *extack)
{
	struct ktgt_lu *lu = xa_load(&target->lus, lun);
	const char *fault;
	unsigned int i;

	if (!lu) {
		ktgt_refuse(extack, "target %u has no LUN %u", target->tid,
			    lun);
		return -ENOENT;
	}
	fault = freeze_fault(lu);
	for (i = 0; i < at && !fault; i++)
		if (freeze->lus[i].lu == lu)
			fault = "is named twice";
	if (fault) {
		ktgt_refuse(extack, "target %u: LUN %u %s", target->tid, lun,
			    fault);
		return -EBUSY;
	}
	kref_get(&lu->kref);
	freeze->lus[at].lu = lu;
	return 0;
}

static int find_lus(struct freeze *freeze,
		    const struct ktgt_freeze_params *params,
		    struct netlink_ext_ack *extack)
{
	struct ktgt_target *target = ktgt_net_find_tid(freeze->kn, params->tid);
	unsigned int i;
	int err = 0;

	if (!target) {
		ktgt_refuse(extack, "there is no target %u", params->tid);
		return -ENOENT;
	}
	freeze->tid = target->tid;
	strscpy(freeze->name, target->name, sizeof(freeze->name));
	for (i = 0; i < params->nr_luns && !err; i++)
		err = find_lu(freeze, i, target, params->luns[i], extack);
	ktgt_target_put(target);
	return err;
}

/*
 * The moment of the freeze. With &ktgt_net.config_mutex, so that all of them are
 * published, and their stores open.
 */
static void close_gates(struct freeze *freeze)
{
	const unsigned long time = freeze->seconds * HZ;
	const unsigned long thaw_at = jiffies + time;
	unsigned int i;

	for (i = 0; i < freeze->nr; i++)
		ktgt_gate_close(freeze->lus[i].lu, KTGT_GATE_FREEZE);
	for (i = 0; i < freeze->nr; i++) {
		struct frozen_lu *frozen = &freeze->lus[i];

		frozen->store = ktgt_lu_store(frozen->lu);
		ktgt_store_hold(frozen->store);
		/* 0 means that it is not frozen */
		WRITE_ONCE(frozen->lu->thaw_at, thaw_at ?: 1);
	}
	kref_get(&freeze->ref);
	queue_delayed_work(thaw_wq, &freeze->work, time);
}

static void link_freeze(struct freeze *freeze)
{
	struct ktgt_net *kn = freeze->kn;

	if (!++kn->last_freeze)
		kn->last_freeze = 1;
	freeze->id = kn->last_freeze;
	kref_get(&freeze->ref);
	list_add_tail(&freeze->node, &kn->freezes);
}

static int begin(struct freeze *freeze, const struct ktgt_freeze_params *params,
		 struct ktgt_freeze_result *result,
		 struct netlink_ext_ack *extack)
{
	struct ktgt_net *kn = freeze->kn;
	int err;

	mutex_lock(&kn->config_mutex);
	err = find_lus(freeze, params, extack);
	if (!err) {
		mutex_lock(&kn->freeze_mutex);
		link_freeze(freeze);
		close_gates(freeze);
		mutex_unlock(&kn->freeze_mutex);
		result->id = freeze->id;
		result->generation = kn->generation;
	}
	mutex_unlock(&kn->config_mutex);
	return err;
}

static void wait_for_commands(struct freeze *freeze)
{
	unsigned int i;

	kref_get(&freeze->ref);
	for (i = 0; i < freeze->nr; i++)
		ktgt_store_wait_empty(freeze->lus[i].store,
				      &freeze->lus[i].wait);
	wait_for_completion_timeout(&freeze->over, freeze->seconds * HZ);
}

static bool any_has_thawed(const struct freeze *freeze)
{
	unsigned int i;

	for (i = 0; i < freeze->nr; i++)
		if (freeze->lus[i].thawed)
			return true;
	return false;
}

/* The first that could not be made stable: why, and with which error. */
static int judge(struct freeze *freeze, struct netlink_ext_ack *extack)
{
	const struct ktgt_lu *lu;
	unsigned int i;

	/* pairs with the last atomic_dec_and_test() */
	if (atomic_read_acquire(&freeze->pending) &&
	    (freeze->is_late || !any_has_thawed(freeze))) {
		ktgt_refuse(extack,
			    "target %u: storage still has commands after %u s; nothing is frozen",
			    freeze->tid, freeze->seconds);
		return -ETIMEDOUT;
	}
	for (i = 0; i < freeze->nr; i++) {
		if (freeze->lus[i].thawed)
			goto was_thawed;
		if (freeze->lus[i].io.status == BLK_STS_OK)
			continue;
		lu = freeze->lus[i].lu;
		ktgt_refuse(extack,
			    "target %u: the device of LUN %u could not be flushed; nothing is frozen",
			    freeze->tid, lu->lun);
		return blk_status_to_errno(freeze->lus[i].io.status);
	}
	return 0;

was_thawed:
	ktgt_refuse(extack,
		    "target %u: LUN %u was thawed before the storage had ended all commands",
		    freeze->tid, freeze->lus[i].lu->lun);
	return -ETIMEDOUT;
}

static int end_waiting(struct freeze *freeze, struct netlink_ext_ack *extack)
{
	struct ktgt_net *kn = freeze->kn;
	unsigned int i;
	int err;

	mutex_lock(&kn->freeze_mutex);
	err = judge(freeze, extack);
	if (err) {
		if (!list_empty(&freeze->node))
			thaw_all(freeze, NULL);
	} else {
		freeze->told = true;
		for (i = 0; i < freeze->nr; i++)
			if (is_frozen(&freeze->lus[i]))
				tell(&freeze->lus[i], KTGT_CMD_LU_FROZEN, NULL);
	}
	mutex_unlock(&kn->freeze_mutex);
	return err;
}

/**
 * ktgt_freeze - freeze logical units, all at one moment
 * @kn: the namespace
 * @params: which, and for how long
 * @result: filled in if it succeeds
 * @extack: takes the reason of a refusal
 *
 * Commands that touch the medium wait from then on. When it returns, those that
 * were admitted have ended and are stable. If they do not end in time, or cannot
 * be made stable, nothing stays frozen.
 *
 * Context: may sleep for as long as @params says, or until it is thawed. Takes
 *	&ktgt_net.config_mutex, but does not wait under it.
 * Return: 0; -ENOENT or -EBUSY if one cannot be frozen; -ETIMEDOUT; the errno of
 *	a flush; -ENOMEM.
 */
int ktgt_freeze(struct ktgt_net *kn, const struct ktgt_freeze_params *params,
		struct ktgt_freeze_result *result,
		struct netlink_ext_ack *extack)
{
	struct freeze *freeze = make_freeze(kn, params);
	int err;

	if (!freeze) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	err = begin(freeze, params, result, extack);
	if (!err) {
		wait_for_commands(freeze);
		err = end_waiting(freeze, extack);
	}
	freeze_put(freeze);
	return err;
}

static bool all_have_thawed(const struct freeze *freeze)
{
	unsigned int i;

	for (i = 0; i < freeze->nr; i++)
		if (!freeze->lus[i].thawed)
			return false;
	return true;
}

static struct frozen_lu *find_frozen(struct ktgt_net *kn, u32 id, u32 tid,
				     u32 lun)
{
	struct freeze *freeze;
	unsigned int i;

	list_for_each_entry(freeze, &kn->freezes, node) {
		if (freeze->tid != tid || (id && freeze->id != id))
			continue;
		for (i = 0; i < freeze->nr; i++)
			if (freeze->lus[i].lu->lun == lun &&
			    is_frozen(&freeze->lus[i]))
				return &freeze->lus[i];
	}
	return NULL;
}

static bool thaw_lun(struct ktgt_net *kn, u32 id, u32 tid, u32 lun)
{
	struct frozen_lu *frozen = find_frozen(kn, id, tid, lun);

	if (!frozen)
		return false;
	thaw_one(frozen, NULL);
	if (all_have_thawed(frozen->freeze))
		unlink_freeze(frozen->freeze);
	return true;
}

/**
 * ktgt_thaw - thaw logical units
 * @kn: the namespace
 * @params: which
 * @extack: takes the reason of a refusal
 *
 * Context: may sleep, not for storage; takes &ktgt_net.freeze_mutex.
 * Return: 0; -ENOENT if one of them is not frozen, or not by the freeze that was
 *	named: whatever was to be done meanwhile may have met commands. The others
 *	are thawed nevertheless.
 */
int ktgt_thaw(struct ktgt_net *kn, const struct ktgt_freeze_params *params,
	      struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err = 0;

	mutex_lock(&kn->freeze_mutex);
	for (i = 0; i < params->nr_luns; i++) {
		if (thaw_lun(kn, params->id, params->tid, params->luns[i]))
			continue;
		if (!err)
			ktgt_refuse(extack,
				    "target %u: LUN %u is not frozen%s; all others that were named are thawed",
				    params->tid, params->luns[i],
				    params->id ? " any more" : "");
		err = -ENOENT;
	}
	mutex_unlock(&kn->freeze_mutex);
	return err;
}

/* Those of one socket, or all of them. */
static void end_freezes(struct ktgt_net *kn, u32 portid, const char *why)
{
	struct freeze *freeze, *next;

	mutex_lock(&kn->freeze_mutex);
	list_for_each_entry_safe(freeze, next, &kn->freezes, node) {
		if (portid && freeze->portid != portid)
			continue;
		thaw_all(freeze, why);
	}
	mutex_unlock(&kn->freeze_mutex);
}

/**
 * ktgt_freeze_end_socket - thaw what a program has frozen that has ended
 * @kn: the namespace
 * @portid: address of its socket
 *
 * Context: may sleep, not for storage; takes &ktgt_net.freeze_mutex.
 */
void ktgt_freeze_end_socket(struct ktgt_net *kn, u32 portid)
{
	end_freezes(kn, portid, "the program that froze it has ended");
}

/**
 * ktgt_freeze_net_init - prepare a namespace for freezes
 * @kn: the namespace
 *
 * Context: any.
 */
void ktgt_freeze_net_init(struct ktgt_net *kn)
{
	mutex_init(&kn->freeze_mutex);
	INIT_LIST_HEAD(&kn->freezes);
}

/**
 * ktgt_freeze_net_exit - thaw all that is frozen in a namespace that ends
 * @kn: the namespace, in which nobody can freeze anything any more
 *
 * Context: may sleep, not for storage; takes &ktgt_net.freeze_mutex.
 */
void ktgt_freeze_net_exit(struct ktgt_net *kn)
{
	end_freezes(kn, 0, NULL);
	/* one whose time was over at the same moment uses @kn still */
	flush_workqueue(thaw_wq);
}

/**
 * ktgt_freeze_init - make what all namespaces share
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_freeze_init(void)
{
	thaw_wq = alloc_workqueue("ktgt-thaw", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return thaw_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_freeze_exit - undo ktgt_freeze_init()
 *
 * Context: module unload, all namespaces have ended.
 */
void ktgt_freeze_exit(void)
{
	destroy_workqueue(thaw_wq);
}
