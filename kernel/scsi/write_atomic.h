/* SPDX-License-Identifier: GPL-2.0 */
/*
 * WRITE ATOMIC (SBC-4, 5.47).
 */
#ifndef _KTGT_SCSI_WRITE_ATOMIC_H
#define _KTGT_SCSI_WRITE_ATOMIC_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_write_atomic_check(struct ktgt_cmd *cmd);
void ktgt_write_atomic(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_WRITE_ATOMIC_H */
