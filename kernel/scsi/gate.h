/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gate of a logical unit, which lets commands through to its store.
 *
 * It admits commands, not transfers: what an admitted command has still to do
 * passes, and who closes the gate waits for admitted commands. Its count is
 * &ktgt_store.active, so that a store which is replaced keeps its own commands.
 * What a command finds only when it is admitted, as the size, the protection and
 * the store, may have changed while it waited.
 */
#ifndef _KTGT_SCSI_GATE_H
#define _KTGT_SCSI_GATE_H

#include <linux/percpu-refcount.h>

#include "../backend/store.h"
#include "../core/cmd.h"
#include "lu.h"

/**
 * struct ktgt_gate_wait - a logical unit that waits for the end of a store
 * @wait: at the store that was there before
 * @lu: the logical unit; its memory is referenced
 * @old: the store; its memory is referenced
 * @epoch: &ktgt_gate.epoch as it was
 */
struct ktgt_gate_wait {
	struct ktgt_store_wait	wait;
	struct ktgt_lu		*lu;
	struct ktgt_store	*old;
	u32			epoch;
};

/* resets of a logical unit that may be under way at the same time */
#define KTGT_GATE_RESETS_MAX	64

/**
 * struct ktgt_gate_reset - a LOGICAL UNIT RESET at the gate
 * @wait: at @store; then in a list of those that are over
 * @node: in &ktgt_gate.resets while the gate is closed for it, otherwise empty;
 *	under &ktgt_gate.mutex
 * @lu: the logical unit; its memory is referenced until @done
 * @store: the store that was closed for it; its memory is referenced
 * @waits: @wait was given to @store; under &ktgt_gate.mutex
 * @is_empty: @store has no command left; under &ktgt_gate.mutex
 * @failed: the gate was opened although commands were left; under
 *	&ktgt_gate.mutex, and not changed any more when @done is called
 * @done: no command is left, or it has failed; called once, in process context,
 *	and may free the struct
 */
struct ktgt_gate_reset {
	struct ktgt_store_wait	wait;
	struct list_head	node;
	struct ktgt_lu		*lu;
	struct ktgt_store	*store;
	bool			waits;
	bool			is_empty;
	bool			failed;
	void			(*done)(struct ktgt_gate_reset *reset);
};

/**
 * ktgt_gate_leave - a command is with the storage no more
 * @cmd: the command; nothing if it was not admitted
 *
 * Context: any, hard interrupt included.
 */
static inline void ktgt_gate_leave(struct ktgt_cmd *cmd)
{
	struct ktgt_store *store = cmd->store;

	if (!store)
		return;
	cmd->store = NULL;
	percpu_ref_put(&store->active);
}

void ktgt_gate_init(struct ktgt_gate *gate);
bool ktgt_gate_enter(struct ktgt_cmd *cmd);
bool ktgt_gate_wait_for(struct ktgt_cmd *cmd, const bool *what);
void ktgt_gate_cancel(struct ktgt_cmd *cmd);
bool ktgt_gate_park(struct ktgt_cmd *cmd);
void ktgt_gate_unpark(struct ktgt_lu *lu);
void ktgt_gate_close(struct ktgt_lu *lu, enum ktgt_gate_reason reason);
void ktgt_gate_close_locked(struct ktgt_lu *lu, enum ktgt_gate_reason reason);
void ktgt_gate_open(struct ktgt_lu *lu, enum ktgt_gate_reason reason);
void ktgt_gate_open_locked(struct ktgt_lu *lu, enum ktgt_gate_reason reason);
void ktgt_gate_open_after(struct ktgt_lu *lu, struct ktgt_store *old,
			  struct ktgt_gate_wait *wait);
bool ktgt_gate_reset_begin(struct ktgt_lu *lu, struct ktgt_gate_reset *reset);
void ktgt_gate_reset_wait(struct ktgt_gate_reset *reset);
void ktgt_gate_reset_give_up(struct ktgt_gate_reset *reset);
struct ktgt_store *ktgt_gate_swap(struct ktgt_lu *lu, struct ktgt_store *store,
				  struct ktgt_store *after,
				  struct ktgt_gate_wait *wait);

#endif /* _KTGT_SCSI_GATE_H */
