/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SANITIZE (SBC-4, 5.30).
 */
#ifndef _KTGT_SCSI_SANITIZE_H
#define _KTGT_SCSI_SANITIZE_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_sanitize_check_list(struct ktgt_cmd *cmd);
void ktgt_sanitize(struct ktgt_cmd *cmd);
void ktgt_sanitize_exit_failure(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_SANITIZE_H */
