/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands that touch the medium: admitted, their transfer, their end.
 */
#ifndef _KTGT_SCSI_MEDIUM_H
#define _KTGT_SCSI_MEDIUM_H

#include <linux/blk_types.h>
#include <linux/types.h>

#include "../core/cmd.h"

/**
 * ktgt_medium_cmd - the command of a transfer
 * @io: &ktgt_cmd.io
 *
 * Return: the command.
 */
static inline struct ktgt_cmd *ktgt_medium_cmd(struct ktgt_io *io)
{
	return container_of(io, struct ktgt_cmd, io);
}

bool ktgt_medium_admit(struct ktgt_cmd *cmd);
void ktgt_medium_submit(struct ktgt_cmd *cmd, enum ktgt_io_op op, u64 pos,
			u64 len, void (*end_io)(struct ktgt_io *io));
void ktgt_medium_end(struct ktgt_cmd *cmd, blk_status_t status);
void ktgt_medium_end_io(struct ktgt_io *io);

#endif /* _KTGT_SCSI_MEDIUM_H */
