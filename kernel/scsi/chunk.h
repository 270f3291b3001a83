/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks that a command reads for itself, chunk by chunk, into its scratch buffer.
 */
#ifndef _KTGT_SCSI_CHUNK_H
#define _KTGT_SCSI_CHUNK_H

#include <linux/types.h>

#include "../core/cmd.h"

void ktgt_chunk_want(struct ktgt_cmd *cmd, u64 len);
void ktgt_chunk_read(struct ktgt_cmd *cmd, u32 end);
u32 ktgt_chunk_compare(const struct ktgt_cmd *cmd, u32 period);
void ktgt_chunk_differs(struct ktgt_cmd *cmd, u32 at);

#endif /* _KTGT_SCSI_CHUNK_H */
