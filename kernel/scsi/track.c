// SPDX-License-Identifier: GPL-2.0
/*
 * How a logical unit becomes tracked, and the ranges of its commands.
 *
 * A logical unit that nobody wants to be alone in keeps no account of what its
 * commands use. The first command that wants it makes the table, from which on all
 * that are admitted are in it, and closes the gate. When those have ended that were
 * admitted before, the logical unit is tracked, and the gate opens. It stays so: who
 * wants it once will want it again.
 *
 * A command enters its range when it has been admitted. So who closes the gate waits
 * also for those that wait for a range, which wait for none but others that were
 * admitted. Whoever leaves a range only queues those that may enter now: they run
 * where the other commands of their connection do.
 */
#include "track.h"

#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <scsi/scsi_proto.h>

#include "../backend/store.h"
#include "gate.h"
#include "lu.h"
#include "range.h"

/* Reclaim may wait for the logical unit. */
#define GFP_TRACK	(GFP_NOIO | __GFP_NOWARN)

/**
 * struct ktgt_track - the range of a command
 * @range: the range
 * @cmd: the command
 */
struct ktgt_track {
	struct ktgt_range	range;
	struct ktgt_cmd		*cmd;
};

/**
 * struct ktgt_tracking - waits for the commands that are in no range
 *
 * One that is not &ktgt_lu.tracking any more changes nothing.
 *
 * @wait: at @store
 * @lu: the logical unit; its memory is referenced
 * @store: where those commands are; its memory is referenced
 */
struct ktgt_tracking {
	struct ktgt_store_wait	wait;
	struct ktgt_lu		*lu;
	struct ktgt_store	*store;
};

/*
 * With &ktgt_gate.mutex: no command is at the store that is in no range, or none of
 * them is at the store that will be there when the gate opens.
 */
static void settle(struct ktgt_lu *lu)
{
	/* the table may have been made when the gate was closed for another reason */
	synchronize_rcu();
	lu->tracking = NULL;
	WRITE_ONCE(lu->tracked, true);
}

static void store_is_empty(struct ktgt_store_wait *wait)
{
	struct ktgt_tracking *tracking = container_of(wait, struct ktgt_tracking,
						      wait);
	struct ktgt_lu *lu = tracking->lu;

	mutex_lock(&lu->gate.mutex);
	if (lu->tracking == tracking) {
		settle(lu);
		ktgt_gate_open_locked(lu, KTGT_GATE_TRACK);
	}
	mutex_unlock(&lu->gate.mutex);
	ktgt_store_put(tracking->store);
	ktgt_lu_put(lu);
	kfree(tracking);
}

/* With &ktgt_gate.mutex. The table comes first, so that nobody misses it. */
static void begin_locked(struct ktgt_lu *lu, struct ktgt_range_table *table,
			 struct ktgt_tracking *tracking)
{
	struct ktgt_store *store;

	store = rcu_dereference_protected(lu->store,
					  lockdep_is_held(&lu->gate.mutex));
	kref_get(&lu->kref);
	kref_get(&store->ref);
	tracking->lu = lu;
	tracking->store = store;
	tracking->wait.done = store_is_empty;
	/* pairs with ktgt_track_enter(): what is in the table is there */
	smp_store_release(&lu->ranges, table);
	lu->tracking = tracking;
	ktgt_gate_close_locked(lu, KTGT_GATE_TRACK);
}

/*
 * It happens once for each logical unit, so a command may do it: it waits for a
 * grace period of RCU at most. Return: false if there is no memory.
 */
static bool begin(struct ktgt_lu *lu)
{
	struct ktgt_tracking *tracking = kzalloc_obj(*tracking, GFP_TRACK);
	struct ktgt_range_table *table = ktgt_range_table_alloc(GFP_TRACK);
	struct ktgt_store *store = NULL;
	bool ok = tracking && table;

	mutex_lock(&lu->gate.mutex);
	if (lu->ranges) {
		/* somebody else did */
		ok = true;
	} else if (ok) {
		begin_locked(lu, table, tracking);
		store = tracking->store;
		kref_get(&store->ref);
	}
	mutex_unlock(&lu->gate.mutex);
	if (store) {
		ktgt_store_wait_empty(store, &tracking->wait);
		ktgt_store_put(store);
		return true;
	}
	ktgt_range_table_free(table);
	kfree(tracking);
	return ok;
}

/**
 * ktgt_track_is_ready - have the logical unit of a command tracked
 * @cmd: command that wants to be alone in its range; not admitted yet, or since this
 *	function has returned true
 *
 * Context: process; may sleep, for memory and for a grace period of RCU.
 * Return: true if it is tracked. Otherwise the caller must not touch @cmd any more:
 *	it waits, and is submitted again when it is; or it has ended with BUSY, for
 *	want of memory.
 */
bool ktgt_track_is_ready(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;

	if (likely(READ_ONCE(lu->tracked)))
		return true;
	if (!READ_ONCE(lu->ranges) && !begin(lu)) {
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return false;
	}
	return ktgt_gate_wait_for(cmd, &lu->tracked);
}

/**
 * ktgt_track_swap - a logical unit is about to get another store
 * @lu: disk; ktgt_gate_swap() comes next, and takes KTGT_GATE_TRACK back
 *
 * If it is becoming tracked, it is with the new store: that has no commands yet. Those
 * of the old one that are in no range are waited for as all others; or not, if the
 * user says that this one is to be used at once.
 *
 * Context: may sleep, for a grace period of RCU.
 */
void ktgt_track_swap(struct ktgt_lu *lu)
{
	mutex_lock(&lu->gate.mutex);
	if (lu->tracking)
		settle(lu);
	mutex_unlock(&lu->gate.mutex);
}

static void resume(struct ktgt_range *range)
{
	ktgt_cmd_resume(container_of(range, struct ktgt_track, range)->cmd);
}

/* Kept for the next command that has the memory of this one. */
static bool make_track(struct ktgt_cmd *cmd)
{
	if (likely(cmd->track))
		return true;
	cmd->track = kzalloc_obj(*cmd->track, GFP_TRACK);
	if (!cmd->track)
		return false;
	cmd->track->cmd = cmd;
	return true;
}

/**
 * ktgt_track_enter - enter the range of a command
 * @cmd: the command, admitted, of a logical unit that has &ktgt_lu.ranges; @exclusive
 *	only after ktgt_track_is_ready()
 * @pos: first byte
 * @len: bytes, at most KTGT_RANGE_MAX
 * @exclusive: no other command may use any of them meanwhile
 *
 * Context: process; may sleep for memory.
 * Return: true if it is in its range, or was in one before. Otherwise the caller must
 *	not touch @cmd any more: it waits, and is submitted again when it is in it; or
 *	it has ended, with TASK SET FULL if too many want to be alone there, or with
 *	BUSY for want of memory.
 */
bool ktgt_track_enter(struct ktgt_cmd *cmd, u64 pos, u64 len, bool exclusive)
{
	struct ktgt_range_table *table;
	struct ktgt_range *range;

	if (test_bit(KTGT_CMDF_RANGE, &cmd->flags))
		return true;
	/* pairs with begin_locked() */
	table = smp_load_acquire(&cmd->lu->ranges);
	if (unlikely(!make_track(cmd))) {
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return false;
	}
	range = &cmd->track->range;
	ktgt_range_init(range, pos, len, exclusive, resume);
	if (exclusive && unlikely(ktgt_range_is_crowded(table, range))) {
		ktgt_cmd_complete(cmd, SAM_STAT_TASK_SET_FULL);
		return false;
	}
	/* it may be resumed before the next line returns */
	set_bit(KTGT_CMDF_RANGE, &cmd->flags);
	return ktgt_range_enter(table, range);
}

/**
 * ktgt_track_leave_range - leave the range of a command
 * @cmd: the command, which is in one
 *
 * Context: any, hard interrupt included; called by ktgt_track_leave() only.
 */
void ktgt_track_leave_range(struct ktgt_cmd *cmd)
{
	clear_bit(KTGT_CMDF_RANGE, &cmd->flags);
	ktgt_range_leave(cmd->lu->ranges, &cmd->track->range);
}

/**
 * ktgt_track_cancel - let a command wait for its range no longer
 * @cmd: the command, which its fabric has submitted and not got back, and will not
 *	submit while this runs. It may wait elsewhere or not at all
 *
 * Context: any.
 * Return: true if it waited: it is admitted no more, and has not completed.
 */
bool ktgt_track_cancel(struct ktgt_cmd *cmd)
{
	if (!test_bit(KTGT_CMDF_RANGE, &cmd->flags) ||
	    !ktgt_range_cancel(cmd->lu->ranges, &cmd->track->range))
		return false;
	clear_bit(KTGT_CMDF_RANGE, &cmd->flags);
	ktgt_gate_leave(cmd);
	return true;
}

/**
 * ktgt_track_free - free what a command has kept of its range
 * @cmd: the command, which is in none
 *
 * Context: any.
 */
void ktgt_track_free(struct ktgt_cmd *cmd)
{
	kfree(cmd->track);
	cmd->track = NULL;
}
