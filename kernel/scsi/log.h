/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LOG SENSE and LOG SELECT.
 */
#ifndef _KTGT_SCSI_LOG_H
#define _KTGT_SCSI_LOG_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_log_select_check(struct ktgt_cmd *cmd);
void ktgt_log_select(struct ktgt_cmd *cmd);
void ktgt_log_sense(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_LOG_H */
