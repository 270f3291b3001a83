/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What PREEMPT AND ABORT waits for.
 */
#ifndef _KTGT_SCSI_PR_ABORT_H
#define _KTGT_SCSI_PR_ABORT_H

#include <linux/list.h>
#include <linux/types.h>

#include "../core/fabric.h"
#include "orphan.h"

struct ktgt_cmd;
struct ktgt_lu;
struct ktgt_pr_request;
struct ktgt_store;

/* PREEMPT AND ABORT of a logical unit that may wait at the same time */
#define KTGT_PR_ABORTS_MAX	64

/**
 * struct ktgt_pr_abort - a PREEMPT AND ABORT that waits for commands
 *
 * First for those of sessions that there are, then for orphans.
 *
 * @tasks: commands that it has aborted
 * @orphans: orphans at @store
 * @node: in &ktgt_pr.aborts
 * @lu: the logical unit, whose memory is referenced
 * @cmd: the command that waits; NULL if it was aborted itself. Under &ktgt_pr.lock
 * @store: the store that has the orphans, whose memory is referenced; or NULL
 * @victims: struct ktgt_registration of the I_T nexuses that were preempted
 */
struct ktgt_pr_abort {
	struct ktgt_lu_reset	tasks;
	struct ktgt_orphan_wait	orphans;
	struct list_head	node;
	struct ktgt_lu		*lu;
	struct ktgt_cmd		*cmd;
	struct ktgt_store	*store;
	struct list_head	victims;
};

struct ktgt_pr_abort *ktgt_pr_abort_begin(struct ktgt_cmd *cmd);
void ktgt_pr_abort_commands(struct ktgt_pr_abort *own,
			    struct ktgt_pr_request *req);
void ktgt_pr_abort_wait(struct ktgt_pr_abort *own);
void ktgt_pr_abort_forget(struct ktgt_pr_abort *own);
bool ktgt_pr_abort_cancel(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_PR_ABORT_H */
