/* SPDX-License-Identifier: GPL-2.0 */
/*
 * REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS.
 */
#ifndef _KTGT_SCSI_RSTMF_H
#define _KTGT_SCSI_RSTMF_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_rstmf_check(struct ktgt_cmd *cmd);
void ktgt_rstmf(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_RSTMF_H */
