/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the state of a target port group lets its I_T nexuses do.
 */
#ifndef _KTGT_SCSI_GROUP_H
#define _KTGT_SCSI_GROUP_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "../core/cmd.h"
#include "lu.h"

struct ktgt_nexus;
struct ktgt_sense;
struct ktgt_target;

/* TPGS of INQUIRY (SPC-4, table 174) */
#define KTGT_TPGS_IMPLICIT	1
#define KTGT_TPGS_EXPLICIT	2

bool ktgt_group_judge(const struct ktgt_cmd *cmd, struct ktgt_sense *sense);

/**
 * ktgt_group_refuses - whether a command is not served in the state of its port
 * @cmd: command of an I_T_L nexus; its row says what kind of command it is
 * @sense: sense data to make, if it is refused
 *
 * In an active state this is a look at the flags of the I_T_L nexus.
 *
 * Context: any.
 * Return: true if it has to end with CHECK CONDITION.
 */
static inline bool ktgt_group_refuses(const struct ktgt_cmd *cmd,
				      struct ktgt_sense *sense)
{
	return unlikely(READ_ONCE(cmd->itl->flags) & KTGT_ITL_STATES) &&
	       ktgt_group_judge(cmd, sense);
}

u8 ktgt_group_tpgs(const struct ktgt_target *target);
u16 ktgt_group_of(const struct ktgt_nexus *nexus);
unsigned long ktgt_group_bits(const struct ktgt_nexus *nexus);
void ktgt_group_update(struct ktgt_target *target);

#endif /* _KTGT_SCSI_GROUP_H */
