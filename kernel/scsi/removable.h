/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Media that are ejected and loaded.
 */
#ifndef _KTGT_SCSI_REMOVABLE_H
#define _KTGT_SCSI_REMOVABLE_H

#include <linux/jiffies.h>
#include <linux/types.h>

struct ktgt_cmd;
struct ktgt_lu;

/* how long commands may take that were admitted before their medium is ejected */
#define KTGT_EJECT_TIME		(10 * HZ)

void ktgt_removable_move(struct ktgt_cmd *cmd, bool loads);
bool ktgt_removable_cancel(struct ktgt_cmd *cmd);
int ktgt_removable_eject(struct ktgt_lu *lu, bool force);
int ktgt_removable_init(void);
void ktgt_removable_exit(void);

#endif /* _KTGT_SCSI_REMOVABLE_H */
