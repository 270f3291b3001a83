/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Block commands (SBC-4).
 */
#ifndef _KTGT_SCSI_SBC_H
#define _KTGT_SCSI_SBC_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_sbc_check_write_same(struct ktgt_cmd *cmd);
bool ktgt_sbc_check_unmap(struct ktgt_cmd *cmd);

u64 ktgt_sbc_capacity(struct ktgt_cmd *cmd);
void ktgt_sbc_rw(struct ktgt_cmd *cmd);
void ktgt_sbc_sync_cache(struct ktgt_cmd *cmd);
void ktgt_sbc_pre_fetch(struct ktgt_cmd *cmd);
void ktgt_sbc_read_capacity_10(struct ktgt_cmd *cmd);
void ktgt_sbc_read_capacity_16(struct ktgt_cmd *cmd);
void ktgt_sbc_write_same(struct ktgt_cmd *cmd);
void ktgt_sbc_unmap(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_SBC_H */
