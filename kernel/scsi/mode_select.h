/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MODE SELECT.
 */
#ifndef _KTGT_SCSI_MODE_SELECT_H
#define _KTGT_SCSI_MODE_SELECT_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_mode_select_check(struct ktgt_cmd *cmd);
void ktgt_mode_select(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_MODE_SELECT_H */
