/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands that read what they do not return: VERIFY, WRITE AND VERIFY, ORWRITE.
 */
#ifndef _KTGT_SCSI_VERIFY_H
#define _KTGT_SCSI_VERIFY_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_verify_check(struct ktgt_cmd *cmd);
bool ktgt_write_verify_check(struct ktgt_cmd *cmd);
bool ktgt_orwrite_check(struct ktgt_cmd *cmd);

void ktgt_verify(struct ktgt_cmd *cmd);
void ktgt_write_verify(struct ktgt_cmd *cmd);
void ktgt_orwrite(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_VERIFY_H */
