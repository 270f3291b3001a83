/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PERSISTENT RESERVE IN.
 */
#ifndef _KTGT_SCSI_PR_IN_H
#define _KTGT_SCSI_PR_IN_H

struct ktgt_cmd;

/* service actions (SPC-4, 6.15.1) */
enum ktgt_pr_in_action {
	KTGT_PR_READ_KEYS,
	KTGT_PR_READ_RESERVATION,
	KTGT_PR_REPORT_CAPABILITIES,
	KTGT_PR_READ_FULL_STATUS,
};

void ktgt_pr_read_keys(struct ktgt_cmd *cmd);
void ktgt_pr_read_reservation(struct ktgt_cmd *cmd);
void ktgt_pr_report_capabilities(struct ktgt_cmd *cmd);
void ktgt_pr_read_full_status(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_PR_IN_H */
