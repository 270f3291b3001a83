// SPDX-License-Identifier: GPL-2.0
/*
 * LOGICAL UNIT RESET (SAM-5, 6.3.3 and 7.7).
 *
 * First the gate is closed, then the commands of all I_T nexuses are aborted.
 * When these have ended, what is left at the store is that of earlier sessions,
 * so the store is waited for as well. Then the gate opens, and the reset is done.
 */
#include "reset.h"

#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "../core/gfp.h"
#include "../core/target.h"
#include "gate.h"
#include "lu.h"
#include "nexus.h"
#include "ua.h"

/**
 * struct reset_gate - the gate of a reset
 * @gate: the gate
 * @reset: the reset
 */
struct reset_gate {
	struct ktgt_gate_reset	gate;
	struct ktgt_reset	*reset;
};

static void gate_done(struct ktgt_gate_reset *gate)
{
	struct ktgt_reset *reset = container_of(gate, struct reset_gate,
						gate)->reset;

	reset->done(reset);
}

static void tasks_done(struct ktgt_lu_reset *tasks)
{
	struct ktgt_reset *reset = container_of(tasks, struct ktgt_reset,
						tasks);

	if (reset->gate)
		ktgt_gate_reset_wait(reset->gate);
	else
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
}

/*
 * One that is being removed still has commands of those who have used it. Its
 * memory is referenced.
 */
static struct ktgt_lu *find_lu(struct ktgt_nexus *nexus, __be64 lun)
{
	u32 nr = ktgt_lun_decode(lun);
	struct ktgt_itl *itl;
	struct ktgt_lu *lu;

	if (nr == KTGT_LUN_NONE)
		return NULL;
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

static bool close_gate(struct ktgt_reset *reset)
{
	struct reset_gate *gate = kzalloc_obj(*gate, KTGT_GFP_PEER);

	if (!gate)
		return false;
	gate->gate.done = gate_done;
	gate->reset = reset;
	if (!ktgt_gate_reset_begin(reset->lu, &gate->gate)) {
		kfree(gate);
		return false;
	}
	reset->gate = &gate->gate;
	return true;
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
	struct ktgt_target *target = nexus->target;
	struct ktgt_lu *lu = find_lu(nexus, lun);
	struct ktgt_nexus *other;

	if (!lu)
		return false;
	/* it stays, so that its address names no other one in these calls */
	reset->lu = lu;
	if (rcu_access_pointer(lu->store) && !close_gate(reset)) {
		reset->tasks.failed = true;
		return true;
	}
	spin_lock_bh(&target->nexus_lock);
	list_for_each_entry(other, &target->nexuses, node)
		other->ops->abort_lu(other, lu, nexus, &reset->tasks);
	ktgt_ua_raise_locked(lu, KTGT_UA_RESET, NULL);
	spin_unlock_bh(&target->nexus_lock);
	return true;
}

/**
 * ktgt_reset_give_up - let nobody wait any more for a function to be done
 * @reset: the function, before ktgt_reset_exit()
 *
 * If it is a reset that is not done yet, it has failed, and its gate opens: one
 * command that the storage has lost must not take the logical unit from all.
 * Nobody was told that the reset is complete.
 *
 * Context: process, may sleep for a grace period of RCU.
 */
void ktgt_reset_give_up(struct ktgt_reset *reset)
{
	if (reset->gate)
		ktgt_gate_reset_give_up(reset->gate);
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
	return reset->tasks.failed || (reset->gate && reset->gate->failed);
}

/**
 * ktgt_reset_exit - undo ktgt_reset_init()
 * @reset: the function, which is done
 *
 * Context: any.
 */
void ktgt_reset_exit(struct ktgt_reset *reset)
{
	if (reset->gate)
		kfree(container_of(reset->gate, struct reset_gate, gate));
	if (reset->lu)
		ktgt_lu_put(reset->lu);
}
