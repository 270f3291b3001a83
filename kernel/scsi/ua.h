/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unit attention conditions.
 */
#ifndef _KTGT_SCSI_UA_H
#define _KTGT_SCSI_UA_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "../core/cmd.h"
#include "../core/fabric.h"
#include "lu.h"

struct ktgt_sense;

/**
 * ktgt_ua_may_pend - whether there may be a unit attention for a command
 * @cmd: command of an I_T_L nexus
 *
 * Context: any.
 * Return: false if there is none; true if ktgt_ua_take() has to be asked.
 */
static inline bool ktgt_ua_may_pend(const struct ktgt_cmd *cmd)
{
	return unlikely((READ_ONCE(cmd->itl->flags) & KTGT_UA_BITS) |
			READ_ONCE(cmd->nexus->flags));
}

bool ktgt_ua_take(struct ktgt_cmd *cmd, struct ktgt_sense *sense);
unsigned int ktgt_ua_peek(unsigned long flags, unsigned long nexus_flags,
			  struct ktgt_sense *sense);
void ktgt_ua_give_back(struct ktgt_cmd *cmd);
void ktgt_ua_raise(struct ktgt_lu *lu, enum ktgt_ua ua,
		   const struct ktgt_nexus *except);
void ktgt_ua_raise_locked(struct ktgt_lu *lu, enum ktgt_ua ua,
			  const struct ktgt_nexus *except);
void ktgt_ua_raise_target_locked(struct ktgt_target *target, enum ktgt_ua ua);
void ktgt_ua_raise_nexus(struct ktgt_nexus *nexus, enum ktgt_ua ua);
void ktgt_ua_luns_changed(struct ktgt_target *target);
void ktgt_ua_luns_told(struct ktgt_nexus *nexus);

#endif /* _KTGT_SCSI_UA_H */
