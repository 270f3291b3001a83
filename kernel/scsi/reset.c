// SPDX-License-Identifier: GPL-2.0
/*
 * LOGICAL UNIT RESET (SAM-5, 6.3.3 and 7.7), of one logical unit or of all that a
 * target has.
 *
 * First the gate is closed, then the commands of all I_T nexuses are aborted.
 * When these have ended, what is left at the store is that of earlier sessions,
 * so the store is waited for as well. Then the gate opens, and the reset of this
 * logical unit is done.
 */
#include "reset.h"

#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <uapi/linux/ktgt.h>

#include "../core/gfp.h"
#include "../core/target.h"
#include "gate.h"
#include "lu.h"
#include "mode_page.h"
#include "nexus.h"
#include "prevent.h"
#include "reserve.h"
#include "ua.h"

/**
 * struct reset_part - a part, and what it needs of the gate
 * @part: the part
 * @gate: what &ktgt_reset_part.gate points to, unless that is NULL
 */
struct reset_part {
	struct ktgt_reset_part	part;
	struct ktgt_gate_reset	gate;
};

static void gate_done(struct ktgt_gate_reset *gate)
{
	struct reset_part *own = container_of(gate, struct reset_part, gate);

	ktgt_lu_reset_put(&own->part.reset->tasks);
}

static void part_tasks_done(struct ktgt_lu_reset *tasks)
{
	struct ktgt_reset_part *part = container_of(tasks,
						    struct ktgt_reset_part,
						    tasks);

	if (part->gate)
		ktgt_gate_reset_wait(part->gate);
	else
		ktgt_lu_reset_put(&part->reset->tasks);
}

static void tasks_done(struct ktgt_lu_reset *tasks)
{
	struct ktgt_reset *reset = container_of(tasks, struct ktgt_reset,
						tasks);

	reset->done(reset);
}

/**
 * ktgt_reset_init - prepare a task management function
 * @reset: the function; has one reference of its tasks
 * @done: see &ktgt_reset.done
 *
 * Context: any.
 */
void ktgt_reset_init(struct ktgt_reset *reset,
		     void (*done)(struct ktgt_reset *reset))
{
	*reset = (struct ktgt_reset) {
		.tasks.done = tasks_done,
		.done = done,
	};
	atomic_set(&reset->tasks.pending, 1);
	INIT_LIST_HEAD(&reset->parts);
}

/*
 * One that is being removed still has commands of those who have used it. Its
 * memory is referenced.
 */
static struct ktgt_lu *find_lu(struct ktgt_nexus *nexus, u32 nr)
{
	struct ktgt_itl *itl;
	struct ktgt_lu *lu;

	rcu_read_lock();
	lu = xa_load(&nexus->target->lus, nr);
	if (!lu) {
		itl = xa_load(&nexus->itls, nr);
		lu = itl ? itl->lu : NULL;
	}
	if (lu && !kref_get_unless_zero(&lu->kref))
		lu = NULL;
	rcu_read_unlock();
	return lu;
}

/*
 * From now on new commands wait at the gate. The logical unit stays, so that its
 * address names no other one in the calls that follow.
 *
 * Takes over the reference of @lu. Return: false if too many resets are under
 * way, or without memory; then nothing has happened.
 */
static bool add_part(struct ktgt_reset *reset, struct ktgt_lu *lu)
{
	struct reset_part *own = kzalloc_obj(*own, KTGT_GFP_PEER);
	struct ktgt_reset_part *part;

	if (!own)
		goto err_lu;
	part = &own->part;
	part->reset = reset;
	part->lu = lu;
	part->tasks.done = part_tasks_done;
	atomic_set(&part->tasks.pending, 1);
	if (rcu_access_pointer(lu->store)) {
		own->gate.done = gate_done;
		if (!ktgt_gate_reset_begin(lu, &own->gate))
			goto err_free;
		part->gate = &own->gate;
	}
	list_add_tail(&part->node, &reset->parts);
	atomic_inc(&reset->tasks.pending);
	return true;

err_free:
	kfree(own);
err_lu:
	ktgt_lu_put(lu);
	return false;
}

static void abort_commands(struct ktgt_reset_part *part,
			   struct ktgt_nexus *nexus)
{
	struct ktgt_target *target = nexus->target;
	struct ktgt_nexus *other;

	spin_lock_bh(&target->nexus_lock);
	list_for_each_entry(other, &target->nexuses, node)
		other->ops->abort_lu(other, part->lu, nexus, &part->tasks);
	ktgt_reserve_reset(part->lu);
	ktgt_prevent_reset(part->lu);
	ktgt_ua_raise_locked(part->lu, KTGT_UA_RESET, NULL);
	spin_unlock_bh(&target->nexus_lock);
}

/*
 * All gates are closed. If the function has failed, nothing is aborted; nor if nobody
 * has asked for a reset: then the commands go on.
 */
static void run_parts(struct ktgt_reset *reset, struct ktgt_nexus *nexus)
{
	struct ktgt_reset_part *part;
	bool failed = reset->tasks.failed;

	if (failed)
		ktgt_reset_give_up(reset);
	list_for_each_entry(part, &reset->parts, node) {
		if (!failed && nexus) {
			abort_commands(part, nexus);
			ktgt_mode_reset(part->lu);
		}
		/* the function stays until its first reference is dropped */
		ktgt_lu_reset_put(&part->tasks);
		cond_resched();
	}
}

/**
 * ktgt_reset_lu - begin a LOGICAL UNIT RESET (SAM-5, 7.7)
 * @reset: the function; the caller has the first reference of its tasks
 * @nexus: I_T nexus that asks for it
 * @lun: LUN as it is sent
 *
 * New commands wait at the gate until the reset is done. It is done when the
 * storage has no command of any I_T nexus left. All initiators find a unit
 * attention, also the one that asked (SAM-5, 6.3.3): its other commands may have
 * been on their way. If too many are under way, or without memory, it fails, and
 * nothing is reset.
 *
 * Context: process, may sleep for a grace period of RCU; takes
 * &ktgt_target.nexus_lock, under which the fabrics are called.
 * Return: false if there is no such logical unit.
 */
bool ktgt_reset_lu(struct ktgt_reset *reset, struct ktgt_nexus *nexus,
		   __be64 lun)
{
	u32 nr = ktgt_lun_decode(lun);
	struct ktgt_lu *lu = nr == KTGT_LUN_NONE ? NULL : find_lu(nexus, nr);

	if (!lu)
		return false;
	reset->tasks.failed = !add_part(reset, lu);
	run_parts(reset, nexus);
	return true;
}

/* Who resets a target may not pile that up at a disk that does not answer. */
static bool enter_target(struct ktgt_reset *reset, struct ktgt_target *target)
{
	bool ok;

	if (!ktgt_target_tryget(target))
		return false;
	spin_lock_bh(&target->nexus_lock);
	ok = target->nr_resets < KTGT_TARGET_RESETS_MAX;
	target->nr_resets += ok;
	spin_unlock_bh(&target->nexus_lock);
	if (ok)
		reset->target = target;
	else
		ktgt_target_put(target);
	return ok;
}

static void leave_target(struct ktgt_target *target)
{
	spin_lock_bh(&target->nexus_lock);
	target->nr_resets--;
	spin_unlock_bh(&target->nexus_lock);
	ktgt_target_put(target);
}

/* Also those that are being removed and that the nexus has used. */
static bool add_all_parts(struct ktgt_reset *reset, struct ktgt_nexus *nexus)
{
	unsigned long nr = 0, used;
	struct ktgt_lu *lu;
	bool found;

	for (;; nr++) {
		used = nr;
		found = xa_find(&nexus->target->lus, &nr, KTGT_LUN_MAX,
				XA_PRESENT);
		if (xa_find(&nexus->itls, &used, KTGT_LUN_MAX, XA_PRESENT)) {
			nr = found ? min(nr, used) : used;
			found = true;
		}
		if (!found)
			return true;
		lu = find_lu(nexus, nr);
		if (lu && !add_part(reset, lu))
			return false;
		cond_resched();
	}
}

/**
 * ktgt_reset_target - begin a reset of all logical units of a target
 * @reset: the function; the caller has the first reference of its tasks
 * @nexus: I_T nexus that asks for it
 *
 * As ktgt_reset_lu() for each of them; it is done when all are. All gates are
 * closed before the first command is aborted, so grace periods of RCU are shared.
 * At most KTGT_TARGET_RESETS_MAX may be under way at a target.
 *
 * Context: process, may sleep for some grace periods of RCU; takes
 * &ktgt_target.nexus_lock, under which the fabrics are called.
 */
void ktgt_reset_target(struct ktgt_reset *reset, struct ktgt_nexus *nexus)
{
	reset->tasks.failed = !enter_target(reset, nexus->target) ||
			      !add_all_parts(reset, nexus);
	run_parts(reset, nexus);
}

/**
 * ktgt_reset_drain - begin to wait for all commands that a target has admitted
 * @reset: the function; the caller has the first reference of its tasks
 * @target: the target
 *
 * Nothing is aborted or reset. As in a reset, commands that come later wait at the
 * gate of their logical unit until those before them have ended; and without memory,
 * or if too many are under way, it fails.
 *
 * Context: process, may sleep for some grace periods of RCU.
 */
void ktgt_reset_drain(struct ktgt_reset *reset, struct ktgt_target *target)
{
	unsigned long nr = 0;
	struct ktgt_lu *lu;

	for (; !reset->tasks.failed; nr++) {
		rcu_read_lock();
		lu = xa_find(&target->lus, &nr, KTGT_LUN_MAX, XA_PRESENT);
		if (!lu) {
			rcu_read_unlock();
			break;
		}
		if (!rcu_access_pointer(lu->store) ||
		    !kref_get_unless_zero(&lu->kref))
			lu = NULL;
		rcu_read_unlock();
		if (lu)
			reset->tasks.failed = !add_part(reset, lu);
		cond_resched();
	}
	run_parts(reset, NULL);
}

/**
 * ktgt_reset_give_up - let nobody wait any more for a function to be done
 * @reset: the function, before ktgt_reset_exit()
 *
 * What of it is not done yet has failed, and its gates open: one command that the
 * storage has lost must not take a logical unit from all. Nobody was told that
 * the reset is complete.
 *
 * Context: process, may sleep for a grace period of RCU.
 */
void ktgt_reset_give_up(struct ktgt_reset *reset)
{
	struct ktgt_reset_part *part;

	list_for_each_entry(part, &reset->parts, node)
		if (part->gate)
			ktgt_gate_reset_give_up(part->gate);
}

/**
 * ktgt_reset_has_failed - whether a function did not do what it should
 * @reset: the function, which is done
 *
 * Context: any.
 * Return: true if commands may be left.
 */
bool ktgt_reset_has_failed(const struct ktgt_reset *reset)
{
	const struct ktgt_reset_part *part;

	if (reset->tasks.failed)
		return true;
	list_for_each_entry(part, &reset->parts, node)
		if (part->tasks.failed || (part->gate && part->gate->failed))
			return true;
	return false;
}

/**
 * ktgt_reset_exit - undo ktgt_reset_init()
 * @reset: the function, which is done
 *
 * Context: any.
 */
void ktgt_reset_exit(struct ktgt_reset *reset)
{
	struct ktgt_reset_part *part, *next;

	list_for_each_entry_safe(part, next, &reset->parts, node) {
		ktgt_lu_put(part->lu);
		kfree(container_of(part, struct reset_part, part));
	}
	if (reset->target)
		leave_target(reset->target);
}
