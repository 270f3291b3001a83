/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RESERVE and RELEASE of SPC-2.
 */
#ifndef _KTGT_SCSI_RESERVE_H
#define _KTGT_SCSI_RESERVE_H

struct ktgt_cmd;
struct ktgt_lu;
struct ktgt_nexus;

void ktgt_reserve(struct ktgt_cmd *cmd);
void ktgt_release(struct ktgt_cmd *cmd);
void ktgt_reserve_end(struct ktgt_nexus *nexus);
void ktgt_reserve_reset(struct ktgt_lu *lu);

#endif /* _KTGT_SCSI_RESERVE_H */
