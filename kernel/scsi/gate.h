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
void ktgt_gate_cancel(struct ktgt_cmd *cmd);
void ktgt_gate_close(struct ktgt_lu *lu, enum ktgt_gate_reason reason);
void ktgt_gate_close_locked(struct ktgt_lu *lu, enum ktgt_gate_reason reason);
void ktgt_gate_open(struct ktgt_lu *lu, enum ktgt_gate_reason reason);
void ktgt_gate_open_locked(struct ktgt_lu *lu, enum ktgt_gate_reason reason);
void ktgt_gate_open_after(struct ktgt_lu *lu, struct ktgt_store *old,
			  struct ktgt_gate_wait *wait);
struct ktgt_store *ktgt_gate_swap(struct ktgt_lu *lu, struct ktgt_store *store,
				  struct ktgt_store *after,
				  struct ktgt_gate_wait *wait);

#endif /* _KTGT_SCSI_GATE_H */
