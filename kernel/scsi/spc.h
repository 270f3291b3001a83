/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Primary commands (SPC-4).
 */
#ifndef _KTGT_SCSI_SPC_H
#define _KTGT_SCSI_SPC_H

struct ktgt_cmd;

void ktgt_spc_test_unit_ready(struct ktgt_cmd *cmd);
void ktgt_spc_request_sense(struct ktgt_cmd *cmd);
void ktgt_spc_inquiry(struct ktgt_cmd *cmd);
void ktgt_spc_report_luns(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_SPC_H */
