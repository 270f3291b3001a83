/* SPDX-License-Identifier: GPL-2.0 */
/*
 * READ BUFFER and WRITE BUFFER.
 */
#ifndef _KTGT_SCSI_BUFFER_H
#define _KTGT_SCSI_BUFFER_H

#include <linux/types.h>

struct ktgt_cmd;

bool ktgt_buffer_check_read(struct ktgt_cmd *cmd);
bool ktgt_buffer_check_write(struct ktgt_cmd *cmd);
void ktgt_buffer_read(struct ktgt_cmd *cmd);
void ktgt_buffer_write(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_BUFFER_H */
