/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Task management functions that wait for commands.
 */
#ifndef _KTGT_SCSI_RESET_H
#define _KTGT_SCSI_RESET_H

#include <linux/types.h>

#include "../core/fabric.h"

struct ktgt_gate_reset;
struct ktgt_lu;

/**
 * struct ktgt_reset - what a task management function waits for
 * @tasks: commands that it has aborted; a fabric may add some of its own before
 *	it drops the first reference
 * @lu: logical unit that is reset, whose memory is referenced; or NULL
 * @gate: the gate of @lu, closed for it; or NULL
 * @done: all have ended, or it has failed; called once, in process context
 */
struct ktgt_reset {
	struct ktgt_lu_reset	tasks;
	struct ktgt_lu		*lu;
	struct ktgt_gate_reset	*gate;
	void			(*done)(struct ktgt_reset *reset);
};

void ktgt_reset_init(struct ktgt_reset *reset,
		     void (*done)(struct ktgt_reset *reset));
bool ktgt_reset_lu(struct ktgt_reset *reset, struct ktgt_nexus *nexus,
		   __be64 lun);
void ktgt_reset_give_up(struct ktgt_reset *reset);
bool ktgt_reset_has_failed(const struct ktgt_reset *reset);
void ktgt_reset_exit(struct ktgt_reset *reset);

#endif /* _KTGT_SCSI_RESET_H */
