// SPDX-License-Identifier: GPL-2.0
/*
 * The gate of a logical unit.
 *
 * Closing is percpu_ref_kill() of the store's count, opening is
 * percpu_ref_resurrect(), as blk-mq freezes a queue. A command that fails to
 * get in looks once more under the lock of the list before it waits there; who
 * opens the gate lets commands in before he empties the list. So none is left
 * behind.
 *
 * A reset closes the gate before commands are aborted, and opens it when the
 * store has none left, orphans included. Then nothing that was sent before the
 * reset can reach the medium behind what is sent after it. If the gate has to
 * open earlier, the reset has failed.
 */
#include "gate.h"

#include <linux/slab.h>

#include <scsi/scsi_proto.h>

/**
 * ktgt_gate_init - make a gate
 * @gate: the gate, closed until ktgt_gate_open() for KTGT_GATE_SWAP
 *
 * Context: any.
 */
void ktgt_gate_init(struct ktgt_gate *gate)
{
	mutex_init(&gate->mutex);
	spin_lock_init(&gate->lock);
	INIT_LIST_HEAD(&gate->waiting);
	INIT_LIST_HEAD(&gate->parked);
	INIT_LIST_HEAD(&gate->resets);
	gate->reasons = BIT(KTGT_GATE_SWAP);
}

static bool try_enter(struct ktgt_cmd *cmd)
{
	struct ktgt_store *store;
	bool ok;

	rcu_read_lock();
	store = rcu_dereference(cmd->lu->store);
	ok = likely(percpu_ref_tryget_live_rcu(&store->active));
	rcu_read_unlock();
	if (ok)
		cmd->store = store;
	return ok;
}

/*
 * Wait, get in after all, or end with the status of the reason. If there is a @what,
 * it is waited for instead, and not got in.
 */
static noinline bool enter_slow(struct ktgt_cmd *cmd, const bool *what)
{
	struct ktgt_gate *gate = &cmd->lu->gate;
	bool removal, entered = false;
	unsigned long flags;

	spin_lock_irqsave(&gate->lock, flags);
	removal = gate->reasons & BIT(KTGT_GATE_REMOVAL);
	if (!removal) {
		entered = what ? READ_ONCE(*what) : try_enter(cmd);
		if (!entered) {
			set_bit(KTGT_CMDF_WAITING, &cmd->flags);
			list_add_tail(&cmd->wait_node, &gate->waiting);
		}
	}
	spin_unlock_irqrestore(&gate->lock, flags);

	if (removal)
		ktgt_cmd_complete(cmd, SAM_STAT_TASK_ABORTED);
	return entered;
}

/**
 * ktgt_gate_enter - have a command admitted
 * @cmd: the command, with its logical unit, which has a store
 *
 * Context: process; does not sleep.
 * Return: true if it is admitted: ktgt_gate_leave() has to follow. Otherwise
 * the
 *	caller must not touch it any more: it waits, and is submitted again when
 *	the gate opens, or it has completed.
 */
bool ktgt_gate_enter(struct ktgt_cmd *cmd)
{
	return likely(try_enter(cmd)) || enter_slow(cmd, NULL);
}

/**
 * ktgt_gate_wait_for - have a command wait at the gate until something is so
 * @cmd: the command, with its logical unit, which has a store; not admitted
 * @what: what is to be true; who makes it so opens the gate afterwards, or it is
 *	opened for another reason
 *
 * Context: process; does not sleep.
 * Return: true if it is so. Otherwise as ktgt_gate_enter().
 */
bool ktgt_gate_wait_for(struct ktgt_cmd *cmd, const bool *what)
{
	return enter_slow(cmd, what);
}

/**
 * ktgt_gate_cancel - let a command wait no longer
 * @cmd: the command, with a logical unit, which its fabric has submitted and
 *	not got back; marked as aborted. If it waits at the gate it completes
 *	now
 *
 * Context: any.
 */
void ktgt_gate_cancel(struct ktgt_cmd *cmd)
{
	struct ktgt_gate *gate;
	unsigned long flags;
	bool waits;

	gate = &cmd->lu->gate;
	spin_lock_irqsave(&gate->lock, flags);
	waits = test_and_clear_bit(KTGT_CMDF_WAITING, &cmd->flags);
	if (waits)
		list_del(&cmd->wait_node);
	spin_unlock_irqrestore(&gate->lock, flags);
	if (waits)
		ktgt_cmd_complete(cmd, SAM_STAT_TASK_ABORTED);
}

/* All of a list look again. Each may be gone as soon as it is given back. */
static void resume_list(struct ktgt_gate *gate, struct list_head *list)
{
	struct ktgt_cmd *cmd;
	unsigned long flags;

	for (;;) {
		spin_lock_irqsave(&gate->lock, flags);
		cmd = list_first_entry_or_null(list, struct ktgt_cmd,
					       wait_node);
		if (cmd) {
			list_del(&cmd->wait_node);
			clear_bit(KTGT_CMDF_WAITING, &cmd->flags);
		}
		spin_unlock_irqrestore(&gate->lock, flags);
		if (!cmd)
			return;
		ktgt_cmd_resume(cmd);
	}
}

static void resume_waiting(struct ktgt_gate *gate)
{
	resume_list(gate, &gate->waiting);
}

/**
 * ktgt_gate_park - have a command wait while a write cache is being turned off
 * @cmd: the command, with its logical unit, which has a store; not admitted
 *
 * It is no command of the store, which is flushed when it has none left.
 *
 * Context: process; does not sleep.
 * Return: true if it waits: the caller must not touch it any more, and it is
 *	carried out from the beginning when the cache is settled.
 */
bool ktgt_gate_park(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	struct ktgt_gate *gate = &lu->gate;
	unsigned long flags;
	bool waits;

	spin_lock_irqsave(&gate->lock, flags);
	waits = READ_ONCE(lu->cache_state) == KTGT_CACHE_GOES_OFF &&
		!(gate->reasons & BIT(KTGT_GATE_REMOVAL));
	if (waits) {
		set_bit(KTGT_CMDF_WAITING, &cmd->flags);
		list_add_tail(&cmd->wait_node, &gate->parked);
	}
	spin_unlock_irqrestore(&gate->lock, flags);
	return waits;
}

/**
 * ktgt_gate_unpark - let those go on that have waited for the write cache
 * @lu: logical unit, whose &ktgt_lu.cache_state has been changed
 *
 * Context: process; does not sleep.
 */
void ktgt_gate_unpark(struct ktgt_lu *lu)
{
	resume_list(&lu->gate, &lu->gate.parked);
}

static void set_reasons(struct ktgt_gate *gate, unsigned long reasons)
{
	unsigned long flags;

	spin_lock_irqsave(&gate->lock, flags);
	gate->reasons = reasons;
	spin_unlock_irqrestore(&gate->lock, flags);
}

static struct ktgt_store *store_of(struct ktgt_lu *lu)
{
	return rcu_dereference_protected(lu->store,
					 lockdep_is_held(&lu->gate.mutex));
}

/**
 * ktgt_gate_close_locked - admit no more commands
 * @lu: logical unit with a store; &ktgt_gate.mutex is held
 * @reason: why; not KTGT_GATE_REMOVAL
 *
 * Context: may sleep, for a grace period of RCU.
 */
void ktgt_gate_close_locked(struct ktgt_lu *lu, enum ktgt_gate_reason reason)
{
	lockdep_assert_held(&lu->gate.mutex);
	set_reasons(&lu->gate, lu->gate.reasons | BIT(reason));
	ktgt_store_stop(store_of(lu));
}

/**
 * ktgt_gate_close - admit no more commands
 * @lu: logical unit with a store
 * @reason: why
 *
 * When those have left that are admitted, ktgt_store_wait_empty() tells. For
 * KTGT_GATE_REMOVAL, those that wait end.
 *
 * Context: may sleep, for a grace period of RCU.
 */
void ktgt_gate_close(struct ktgt_lu *lu, enum ktgt_gate_reason reason)
{
	struct ktgt_gate *gate = &lu->gate;

	mutex_lock(&gate->mutex);
	ktgt_gate_close_locked(lu, reason);
	mutex_unlock(&gate->mutex);
	if (reason == KTGT_GATE_REMOVAL)
		resume_waiting(gate);
}

/**
 * ktgt_gate_open_locked - take back a reason for which a gate is closed
 * @lu: logical unit with a store; &ktgt_gate.mutex is held
 * @reason: the reason; if it is the last one, the gate opens
 *
 * Context: may sleep, for a grace period of RCU.
 */
void ktgt_gate_open_locked(struct ktgt_lu *lu, enum ktgt_gate_reason reason)
{
	struct ktgt_gate *gate = &lu->gate;

	lockdep_assert_held(&gate->mutex);
	set_reasons(gate, gate->reasons & ~BIT(reason));
	if (!gate->reasons) {
		ktgt_store_start(store_of(lu));
		resume_waiting(gate);
	}
	if (reason == KTGT_GATE_SWAP && gate->swapped)
		gate->swapped(lu);
}

/**
 * ktgt_gate_open - take back a reason for which a gate is closed
 * @lu: logical unit with a store
 * @reason: the reason; if it is the last one, the gate opens
 *
 * Context: may sleep, for a grace period of RCU.
 */
void ktgt_gate_open(struct ktgt_lu *lu, enum ktgt_gate_reason reason)
{
	mutex_lock(&lu->gate.mutex);
	ktgt_gate_open_locked(lu, reason);
	mutex_unlock(&lu->gate.mutex);
}

/* With the mutex: whether a reset has no more to wait for, when it has failed. */
static bool stop_waiting(struct ktgt_gate_reset *reset)
{
	reset->failed = true;
	if (reset->is_empty)
		return true;
	return reset->waits &&
	       ktgt_store_cancel_wait(reset->store, &reset->wait);
}

/*
 * With the mutex: the gate opens for the new store. Resets that have waited only
 * for stores before it are moved to @over. All of them have failed if @at_once,
 * because these stores may have commands.
 */
static void end_swap(struct ktgt_lu *lu, bool at_once, struct list_head *over)
{
	struct ktgt_gate *gate = &lu->gate;
	struct ktgt_gate_reset *reset, *next;

	list_for_each_entry_safe(reset, next, &gate->resets, node) {
		if (!at_once && !reset->is_empty)
			continue;
		list_del_init(&reset->node);
		if (!at_once || stop_waiting(reset))
			list_add_tail(&reset->wait.node, over);
	}
	if (list_empty(&gate->resets))
		ktgt_gate_open_locked(lu, KTGT_GATE_RESET);
	ktgt_gate_open_locked(lu, KTGT_GATE_SWAP);
}

/* Nothing is left that it waits for. */
static void end_reset(struct ktgt_gate_reset *reset)
{
	struct ktgt_store *store = reset->store;
	struct ktgt_gate *gate = &reset->lu->gate;

	mutex_lock(&gate->mutex);
	gate->nr_resets--;
	mutex_unlock(&gate->mutex);
	reset->done(reset);
	ktgt_store_put(store);
}

static void end_resets(struct list_head *over)
{
	struct ktgt_gate_reset *reset, *next;

	list_for_each_entry_safe(reset, next, over, wait.node)
		end_reset(reset);
}

static void old_is_empty(struct ktgt_store_wait *store_wait)
{
	struct ktgt_gate_wait *wait = container_of(store_wait,
						   struct ktgt_gate_wait, wait);
	struct ktgt_lu *lu = wait->lu;
	LIST_HEAD(over);

	mutex_lock(&lu->gate.mutex);
	if (wait->epoch == lu->gate.epoch && !--lu->gate.nr_waits)
		end_swap(lu, false, &over);
	mutex_unlock(&lu->gate.mutex);
	end_resets(&over);
	ktgt_store_put(wait->old);
	ktgt_lu_put(lu);
	kfree(wait);
}

/* With the mutex. The gate opens when all that are waited for are empty. */
static void wait_for_old(struct ktgt_lu *lu, struct ktgt_store *old,
			 struct ktgt_gate_wait *wait)
{
	kref_get(&lu->kref);
	kref_get(&old->ref);
	wait->lu = lu;
	wait->old = old;
	wait->epoch = lu->gate.epoch;
	wait->wait.done = old_is_empty;
	lu->gate.nr_waits++;
}

/**
 * ktgt_gate_open_after - open the gate of a new logical unit in its turn
 * @lu: logical unit that was not open before
 * @old: the store of the one that has given it its device
 * @wait: belongs to the gate from now on
 *
 * Context: may sleep.
 */
void ktgt_gate_open_after(struct ktgt_lu *lu, struct ktgt_store *old,
			  struct ktgt_gate_wait *wait)
{
	mutex_lock(&lu->gate.mutex);
	wait_for_old(lu, old, wait);
	mutex_unlock(&lu->gate.mutex);
	ktgt_store_wait_empty(old, &wait->wait);
}

/* With the mutex. Whatever was waited for is waited for no longer. */
static void open_at_once(struct ktgt_lu *lu, struct list_head *over)
{
	lu->gate.epoch++;
	lu->gate.nr_waits = 0;
	end_swap(lu, true, over);
}

/* Reasons that were for the old store alone. */
static unsigned long reasons_of(const struct ktgt_store *old,
				const struct ktgt_store *store)
{
	unsigned long reasons = BIT(KTGT_GATE_CACHE) | BIT(KTGT_GATE_TRACK) |
				BIT(KTGT_GATE_SANITIZE) | BIT(KTGT_GATE_EJECT);

	if (store->dev != old->dev)
		reasons |= BIT(KTGT_GATE_HOLDER);
	return reasons;
}

/**
 * ktgt_gate_swap - give a logical unit another store
 * @lu: logical unit
 * @store: the new store, which nobody has used
 * @after: the store whose commands the new one waits for; NULL for the old one
 * @wait: belongs to the gate from now on; NULL if the new store is not to wait
 *	for any
 *
 * Commands that were admitted end at the old store. If that one still waits for
 * another, the new one waits for both. Without a wait, resets that are under way
 * fail.
 *
 * Context: may sleep, for a grace period of RCU.
 * Return: the old store, stopped; ktgt_store_leave() is the caller's.
 */
struct ktgt_store *ktgt_gate_swap(struct ktgt_lu *lu, struct ktgt_store *store,
				  struct ktgt_store *after,
				  struct ktgt_gate_wait *wait)
{
	struct ktgt_gate *gate = &lu->gate;
	struct ktgt_store *old;
	LIST_HEAD(over);

	mutex_lock(&gate->mutex);
	old = store_of(lu);
	set_reasons(gate, (gate->reasons & ~reasons_of(old, store)) |
			  BIT(KTGT_GATE_SWAP));
	ktgt_store_stop(old);
	rcu_assign_pointer(lu->store, store);
	if (!after)
		after = old;
	if (wait)
		wait_for_old(lu, after, wait);
	else
		open_at_once(lu, &over);
	mutex_unlock(&gate->mutex);
	end_resets(&over);
	if (wait)
		ktgt_store_wait_empty(after, &wait->wait);
	return old;
}

/* With the mutex: the gate need not be closed for it any more. */
static void release_gate(struct ktgt_gate_reset *reset)
{
	struct ktgt_lu *lu = reset->lu;

	if (list_empty(&reset->node))
		return;
	list_del_init(&reset->node);
	if (list_empty(&lu->gate.resets))
		ktgt_gate_open_locked(lu, KTGT_GATE_RESET);
}

static void reset_is_empty(struct ktgt_store_wait *wait)
{
	struct ktgt_gate_reset *reset = container_of(wait,
						     struct ktgt_gate_reset,
						     wait);
	struct ktgt_gate *gate = &reset->lu->gate;
	bool over;

	mutex_lock(&gate->mutex);
	reset->is_empty = true;
	/* stores before this one may have commands; then end_swap() goes on */
	over = list_empty(&reset->node) ||
	       !(gate->reasons & BIT(KTGT_GATE_SWAP));
	if (over)
		release_gate(reset);
	mutex_unlock(&gate->mutex);
	if (over)
		end_reset(reset);
}

/**
 * ktgt_gate_reset_begin - close the gate for a reset
 * @lu: logical unit with a store; its memory is referenced until the reset is
 *	done
 * @reset: its @done is set; belongs to the gate until that is called
 *
 * The caller aborts all commands, and calls ktgt_gate_reset_wait() when those
 * have ended that it knows of, whatever has become of the reset.
 *
 * Context: may sleep, for a grace period of RCU.
 * Return: false if too many are under way; then nothing has happened.
 */
bool ktgt_gate_reset_begin(struct ktgt_lu *lu, struct ktgt_gate_reset *reset)
{
	struct ktgt_gate *gate = &lu->gate;
	bool ok;

	INIT_LIST_HEAD(&reset->node);
	mutex_lock(&gate->mutex);
	ok = gate->nr_resets < KTGT_GATE_RESETS_MAX;
	if (ok) {
		gate->nr_resets++;
		reset->lu = lu;
		reset->store = store_of(lu);
		kref_get(&reset->store->ref);
		reset->wait.done = reset_is_empty;
		list_add_tail(&reset->node, &gate->resets);
		set_reasons(gate, gate->reasons | BIT(KTGT_GATE_RESET));
		ktgt_store_stop(reset->store);
	}
	mutex_unlock(&gate->mutex);
	return ok;
}

/**
 * ktgt_gate_reset_wait - have a reset end when no command is left
 * @reset: what ktgt_gate_reset_begin() has begun; it may be over when this
 *	returns
 *
 * The gate opens, unless it is closed for others, and then the reset is done.
 *
 * Context: may sleep, for a grace period of RCU.
 */
void ktgt_gate_reset_wait(struct ktgt_gate_reset *reset)
{
	struct ktgt_gate *gate = &reset->lu->gate;
	bool over;

	mutex_lock(&gate->mutex);
	over = list_empty(&reset->node);
	reset->waits = !over;
	if (!over)
		ktgt_store_wait_empty(reset->store, &reset->wait);
	mutex_unlock(&gate->mutex);
	if (over)
		end_reset(reset);
}

/**
 * ktgt_gate_reset_give_up - keep the gate closed no longer for a reset
 * @reset: what ktgt_gate_reset_begin() has begun; it may have been done, if its
 *	memory is still there, and that of the logical unit
 *
 * If it has not been done, it has failed, and waits for the store no longer.
 *
 * Context: may sleep, for a grace period of RCU.
 */
void ktgt_gate_reset_give_up(struct ktgt_gate_reset *reset)
{
	struct ktgt_gate *gate = &reset->lu->gate;
	bool over = false;

	mutex_lock(&gate->mutex);
	if (!list_empty(&reset->node)) {
		over = stop_waiting(reset);
		release_gate(reset);
	}
	mutex_unlock(&gate->mutex);
	if (over)
		end_reset(reset);
}
