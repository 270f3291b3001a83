/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a sanitize operation means for the other commands (SBC-4, 4.11).
 */
#ifndef _KTGT_SCSI_SANITIZE_STATE_H
#define _KTGT_SCSI_SANITIZE_STATE_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "../core/cmd.h"
#include "lu.h"

/* the opcode, which the kernel's headers do not have */
#define KTGT_SANITIZE	0x48

/* service actions; CRYPTOGRAPHIC ERASE is not served */
enum ktgt_sanitize_action {
	KTGT_SANITIZE_OVERWRITE		= 0x01,
	KTGT_SANITIZE_BLOCK_ERASE	= 0x02,
	KTGT_SANITIZE_EXIT_FAILURE	= 0x1f,
};

bool ktgt_sanitize_sense(const struct ktgt_lu *lu, struct ktgt_sense *sense);
bool ktgt_sanitize_refuses_now(struct ktgt_cmd *cmd);
bool ktgt_sanitize_admits_now(struct ktgt_cmd *cmd);
void ktgt_sanitize_forget_erased(struct ktgt_lu *lu);
void ktgt_sanitize_lose_medium(struct ktgt_lu *lu);
void ktgt_sanitize_follow_medium(struct ktgt_lu *lu, bool loads);

/**
 * ktgt_sanitize_refuses - whether a command has to end because of a sanitize operation
 * @cmd: command of a logical unit
 *
 * Without such an operation this is a look at the logical unit.
 *
 * Context: any.
 * Return: true with sense data set.
 */
static inline bool ktgt_sanitize_refuses(struct ktgt_cmd *cmd)
{
	return unlikely(READ_ONCE(cmd->lu->sanitize.phase)) &&
	       ktgt_sanitize_refuses_now(cmd);
}

/**
 * ktgt_sanitize_admits - whether a command may go to the storage
 * @cmd: command that has been admitted
 *
 * Who begins a sanitize operation says so, and waits for those that were admitted
 * before: so one of the two knows of the other.
 *
 * Context: process.
 * Return: false with sense data set.
 */
static inline bool ktgt_sanitize_admits(struct ktgt_cmd *cmd)
{
	return likely(!READ_ONCE(cmd->lu->sanitize.phase)) ||
	       ktgt_sanitize_admits_now(cmd);
}

#endif /* _KTGT_SCSI_SANITIZE_STATE_H */
