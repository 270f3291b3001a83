/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an initiator may not do at the moment.
 */
#ifndef _KTGT_SCSI_LIMITS_H
#define _KTGT_SCSI_LIMITS_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "lu.h"

u8 ktgt_limits_judge(struct ktgt_cmd *cmd);

/**
 * ktgt_limits_status - whether a command may not be carried out at the moment
 * @cmd: command of an I_T_L nexus; its row says what kind of command it is
 *
 * Usually this is a look at the flags of the I_T_L nexus.
 *
 * Context: any.
 * Return: SAM_STAT_GOOD if it may. Otherwise the status with which it has to end; with
 *	CHECK CONDITION, sense data has been set.
 */
static inline u8 ktgt_limits_status(struct ktgt_cmd *cmd)
{
	if (likely(!(READ_ONCE(cmd->itl->flags) & KTGT_ITL_LIMITS)))
		return SAM_STAT_GOOD;
	return ktgt_limits_judge(cmd);
}

#endif /* _KTGT_SCSI_LIMITS_H */
