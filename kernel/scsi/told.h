/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What initiators tell a logical unit to keep: the time, and information by which
 * they know it.
 */
#ifndef _KTGT_SCSI_TOLD_H
#define _KTGT_SCSI_TOLD_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_told_check_timestamp(struct ktgt_cmd *cmd);
bool ktgt_told_check_info(struct ktgt_cmd *cmd);
void ktgt_told_report_timestamp(struct ktgt_cmd *cmd);
void ktgt_told_set_timestamp(struct ktgt_cmd *cmd);
void ktgt_told_report_info(struct ktgt_cmd *cmd);
void ktgt_told_set_info(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_TOLD_H */
