// SPDX-License-Identifier: GPL-2.0
/*
 * Returning a command to its fabric after it has been carried out.
 */
#include "cmd.h"

#include <linux/rcupdate.h>

#include "trace.h"

/*
 * Only a command that finds the queue empty kicks the owner: the owner takes
 * the whole queue at once, and looks again before it goes idle. The owner may
 * take the command and end before the kick; RCU keeps its memory until after
 * the kick.
 */
static void give_back(struct ktgt_cmd *cmd)
{
	struct ktgt_done_queue *queue = cmd->done_queue;

	rcu_read_lock();
	if (llist_add(&cmd->done_node, &queue->head))
		queue->kick(queue);
	rcu_read_unlock();
}

/**
 * ktgt_cmd_complete - give a command back to its fabric
 * @cmd: the command; the caller must not use it any more
 * @status: SAM status; for CHECK CONDITION, set the sense data before
 *
 * Context: any, hard interrupt included.
 */
void ktgt_cmd_complete(struct ktgt_cmd *cmd, u8 status)
{
	cmd->status = status;
	trace_ktgt_cmd_done(cmd, status);
	give_back(cmd);
}

/**
 * ktgt_cmd_resume - have a command submitted again by its fabric
 * @cmd: the command; the caller must not touch it any more
 *
 * It runs where its other commands do, so that nobody waits for it elsewhere.
 *
 * Context: any, hard interrupt included.
 */
void ktgt_cmd_resume(struct ktgt_cmd *cmd)
{
	set_bit(KTGT_CMDF_RESUME, &cmd->flags);
	give_back(cmd);
}

/**
 * ktgt_cmd_set_sense - say why a command fails
 * @cmd: the command
 * @key: sense key
 * @asc: additional sense code
 * @ascq: additional sense code qualifier
 *
 * Context: any; the caller owns @cmd.
 */
void ktgt_cmd_set_sense(struct ktgt_cmd *cmd, u8 key, u8 asc, u8 ascq)
{
	cmd->sense = (struct ktgt_sense) {
		.key = key,
		.asc = asc,
		.ascq = ascq,
	};
}
