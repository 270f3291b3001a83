/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Task management functions that wait for commands.
 */
#ifndef _KTGT_SCSI_RESET_H
#define _KTGT_SCSI_RESET_H

#include <linux/list.h>
#include <linux/types.h>

#include "../core/fabric.h"

struct ktgt_gate_reset;
struct ktgt_lu;
struct ktgt_nexus;
struct ktgt_target;

/* resets of a target that may be under way at the same time */
#define KTGT_TARGET_RESETS_MAX	8

/**
 * struct ktgt_reset_part - the reset of one logical unit
 *
 * The parts of a function do not wait for each other: a logical unit whose
 * storage does not answer keeps no other one closed.
 *
 * @node: in &ktgt_reset.parts
 * @reset: the function; it has a reference of &ktgt_reset.tasks until it is done
 * @tasks: commands of @lu that it has aborted
 * @lu: the logical unit, whose memory is referenced
 * @gate: the gate of @lu, closed for it; or NULL
 */
struct ktgt_reset_part {
	struct list_head	node;
	struct ktgt_reset	*reset;
	struct ktgt_lu_reset	tasks;
	struct ktgt_lu		*lu;
	struct ktgt_gate_reset	*gate;
};

/**
 * struct ktgt_reset - what a task management function waits for
 * @tasks: commands that it has aborted, and @parts; a fabric may add some of its
 *	own before it drops the first reference
 * @parts: struct ktgt_reset_part, the logical units that are reset; not changed
 *	any more when the function has begun
 * @target: target that is reset as a whole, referenced and counted in
 *	&ktgt_target.nr_resets; or NULL
 * @done: all have ended, or it has failed; called once, in process context
 */
struct ktgt_reset {
	struct ktgt_lu_reset	tasks;
	struct list_head	parts;
	struct ktgt_target	*target;
	void			(*done)(struct ktgt_reset *reset);
};

void ktgt_reset_init(struct ktgt_reset *reset,
		     void (*done)(struct ktgt_reset *reset));
bool ktgt_reset_lu(struct ktgt_reset *reset, struct ktgt_nexus *nexus,
		   __be64 lun);
void ktgt_reset_target(struct ktgt_reset *reset, struct ktgt_nexus *nexus);
void ktgt_reset_drain(struct ktgt_reset *reset, struct ktgt_target *target);
void ktgt_reset_give_up(struct ktgt_reset *reset);
bool ktgt_reset_has_failed(const struct ktgt_reset *reset);
void ktgt_reset_exit(struct ktgt_reset *reset);

#endif /* _KTGT_SCSI_RESET_H */
