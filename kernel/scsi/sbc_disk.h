/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Block commands about the disk as a whole, and about the state of its blocks.
 */
#ifndef _KTGT_SCSI_SBC_DISK_H
#define _KTGT_SCSI_SBC_DISK_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_sbc_check_start_stop(struct ktgt_cmd *cmd);
bool ktgt_sbc_check_format(struct ktgt_cmd *cmd);

void ktgt_sbc_start_stop(struct ktgt_cmd *cmd);
void ktgt_sbc_prevent_allow(struct ktgt_cmd *cmd);
void ktgt_sbc_format(struct ktgt_cmd *cmd);
void ktgt_sbc_read_defects_10(struct ktgt_cmd *cmd);
void ktgt_sbc_read_defects_12(struct ktgt_cmd *cmd);
void ktgt_sbc_lba_status(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_SBC_DISK_H */
