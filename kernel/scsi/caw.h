/* SPDX-License-Identifier: GPL-2.0 */
/*
 * COMPARE AND WRITE.
 */
#ifndef _KTGT_SCSI_CAW_H
#define _KTGT_SCSI_CAW_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_caw_check(struct ktgt_cmd *cmd);
void ktgt_caw(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_CAW_H */
