/* SPDX-License-Identifier: GPL-2.0 */
/*
 * EXTENDED COPY.
 */
#ifndef _KTGT_SCSI_COPY_H
#define _KTGT_SCSI_COPY_H

#include <linux/types.h>

struct ktgt_cmd;

/* service actions of EXTENDED COPY (SPC-4, 4.2.6.1) */
#define KTGT_COPY_LID1		0x00
#define KTGT_COPY_LID4		0x01

bool ktgt_copy_check(struct ktgt_cmd *cmd);
void ktgt_copy(struct ktgt_cmd *cmd);
void ktgt_copy_orphan(struct ktgt_cmd *cmd);
void ktgt_copy_end(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_COPY_H */
