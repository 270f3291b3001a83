/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mode pages.
 */
#ifndef _KTGT_SCSI_MODE_H
#define _KTGT_SCSI_MODE_H

struct ktgt_cmd;

void ktgt_mode_sense(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_MODE_H */
