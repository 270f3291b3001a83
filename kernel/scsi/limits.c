// SPDX-License-Identifier: GPL-2.0
/*
 * What an initiator may not do at the moment, although nothing is wrong with its
 * command: the state of its target port, or a reservation, does not let it.
 *
 * A command is asked when it is received, and once more when it is admitted to the
 * storage: it may have waited for its data, or at the gate. So is each part of a copy.
 */
#include "limits.h"

#include "group.h"
#include "pr.h"
#include "sense.h"

/**
 * ktgt_limits_judge - ktgt_limits_status() of an I_T_L nexus that has some
 * @cmd: the command
 *
 * Context: any; called by ktgt_limits_status() only.
 * Return: as ktgt_limits_status().
 */
u8 ktgt_limits_judge(struct ktgt_cmd *cmd)
{
	if (ktgt_group_refuses(cmd, &cmd->sense))
		return SAM_STAT_CHECK_CONDITION;
	if (!ktgt_pr_conflicts(cmd))
		return SAM_STAT_GOOD;
	if (!ktgt_pr_is_lost(cmd))
		return SAM_STAT_RESERVATION_CONFLICT;
	ktgt_sense_set(&cmd->sense, NOT_READY, KTGT_ASC_MANUAL_INTERVENTION);
	return SAM_STAT_CHECK_CONDITION;
}
