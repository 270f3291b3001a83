/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a fabric gets from the SCSI side: the life of a command.
 */
#ifndef _KTGT_SCSI_EXEC_H
#define _KTGT_SCSI_EXEC_H

#include <linux/types.h>

struct ktgt_cmd;
struct ktgt_lu;
struct ktgt_orphans;

void ktgt_cmd_parse(struct ktgt_cmd *cmd);
bool ktgt_cmd_needs_storage(const struct ktgt_cmd *cmd);
void ktgt_cmd_put_off(struct ktgt_cmd *cmd, bool alone);
void ktgt_cmd_submit(struct ktgt_cmd *cmd);
void ktgt_cmd_cancel(struct ktgt_cmd *cmd);
void ktgt_cmd_spare(struct ktgt_cmd *cmd);
bool ktgt_cmd_is_at(const struct ktgt_cmd *cmd, const struct ktgt_lu *lu);
void ktgt_cmd_orphan(struct ktgt_orphans *orphans, struct ktgt_cmd *cmd,
		     u32 bytes);
void ktgt_cmd_pause(struct ktgt_cmd *cmd);
bool ktgt_cmd_is_admitted(const struct ktgt_cmd *cmd);
void ktgt_cmd_release(struct ktgt_cmd *cmd);
void ktgt_cmd_free(struct ktgt_cmd *cmd);
unsigned int ktgt_cmd_sense(const struct ktgt_cmd *cmd, u8 *buf);

int ktgt_scsi_init(void);
void ktgt_scsi_exit(void);

#endif /* _KTGT_SCSI_EXEC_H */
