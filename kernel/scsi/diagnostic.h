/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS.
 */
#ifndef _KTGT_SCSI_DIAGNOSTIC_H
#define _KTGT_SCSI_DIAGNOSTIC_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_diagnostic_check(struct ktgt_cmd *cmd);
void ktgt_diagnostic_send(struct ktgt_cmd *cmd);
void ktgt_diagnostic_receive(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_DIAGNOSTIC_H */
