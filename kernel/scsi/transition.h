/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transitions of target port groups from one access state to another.
 */
#ifndef _KTGT_SCSI_TRANSITION_H
#define _KTGT_SCSI_TRANSITION_H

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "reset.h"

struct ktgt_cmd;
struct ktgt_groups;
struct ktgt_lu;
struct ktgt_nexus;
struct ktgt_target;

/*
 * so long the storage may take to answer what was admitted before, in jiffies; less
 * than a transaction waits, and than an initiator waits for SET TARGET PORT GROUPS
 */
#define KTGT_TRANSITION_TIMEOUT	(8 * HZ)

/**
 * struct ktgt_transition - a transition of target port groups of a target
 *
 * A target has at most one. Its groups that have KTGT_PORT_GROUP_STATE_TRANSITIONING
 * are those that it is about.
 *
 * @drain: the commands that are waited for
 * @ref: one until it has ended, one of @expire, one of who has begun it
 * @expire: ends it without success after KTGT_TRANSITION_TIMEOUT
 * @target: the target; a reference is held
 * @lu: logical unit whose initiator has asked for it, or NULL; only compared
 * @nexus: I_T nexus that has asked for it and waits for the answer, or NULL; only
 *	compared. Under &ktgt_target.nexus_lock when it has begun
 * @failed: the states are as before; valid when it has ended
 * @done: it has ended
 */
struct ktgt_transition {
	struct ktgt_reset	drain;
	struct kref		ref;
	struct delayed_work	expire;
	struct ktgt_target	*target;
	const struct ktgt_lu	*lu;
	const struct ktgt_nexus	*nexus;
	bool			failed;
	struct completion	done;
};

struct ktgt_transition *ktgt_transition_alloc(struct ktgt_target *target,
					      struct ktgt_cmd *cmd, gfp_t gfp);
void ktgt_transition_put(struct ktgt_transition *own);
bool ktgt_transition_claim(struct ktgt_transition *own);
void ktgt_transition_unclaim(struct ktgt_transition *own);
void ktgt_transition_begin(struct ktgt_transition *own, struct ktgt_cmd *cmd);
void ktgt_transition_replace(struct ktgt_transition *own,
			     struct ktgt_groups *groups);
bool ktgt_transition_cancel(struct ktgt_cmd *cmd);
int ktgt_transition_init(void);
void ktgt_transition_exit(void);

#endif /* _KTGT_SCSI_TRANSITION_H */
