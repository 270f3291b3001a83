/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracked logical units: each command there has the range that it uses in
 * &ktgt_lu.ranges, so that one can be alone in its own.
 */
#ifndef _KTGT_SCSI_TRACK_H
#define _KTGT_SCSI_TRACK_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "../core/cmd.h"

struct ktgt_lu;

bool ktgt_track_is_ready(struct ktgt_cmd *cmd);
void ktgt_track_swap(struct ktgt_lu *lu);
bool ktgt_track_enter(struct ktgt_cmd *cmd, u64 pos, u64 len, bool exclusive);
void ktgt_track_leave_range(struct ktgt_cmd *cmd);
bool ktgt_track_cancel(struct ktgt_cmd *cmd);
void ktgt_track_free(struct ktgt_cmd *cmd);

/**
 * ktgt_track_leave - a command does not use its range any more
 * @cmd: the command; nothing if it is in none. It does not wait for one
 *
 * Context: any, hard interrupt included.
 */
static inline void ktgt_track_leave(struct ktgt_cmd *cmd)
{
	if (unlikely(test_bit(KTGT_CMDF_RANGE, &cmd->flags)))
		ktgt_track_leave_range(cmd);
}

#endif /* _KTGT_SCSI_TRACK_H */
