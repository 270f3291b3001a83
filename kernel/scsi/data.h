/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The data buffer of a command that is not medium data.
 */
#ifndef _KTGT_SCSI_DATA_H
#define _KTGT_SCSI_DATA_H

#include <linux/types.h>

struct ktgt_cmd;

void ktgt_data_put(struct ktgt_cmd *cmd, u32 pos, const void *from, u32 len);
void ktgt_data_get(const struct ktgt_cmd *cmd, u32 pos, void *to, u32 len);
bool ktgt_data_refuse_length(struct ktgt_cmd *cmd);
bool ktgt_data_has_come(struct ktgt_cmd *cmd);
void ktgt_data_done(struct ktgt_cmd *cmd, u32 len);
void ktgt_data_answer(struct ktgt_cmd *cmd, const void *from, u32 len);
void ktgt_cmd_fail(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_DATA_H */
