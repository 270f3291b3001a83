/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reservations that the user gives to a logical unit.
 */
#ifndef _KTGT_SCSI_PR_SAVE_H
#define _KTGT_SCSI_PR_SAVE_H

struct ktgt_lu;
struct netlink_ext_ack;

int ktgt_pr_save_set(struct ktgt_lu *lu, struct ktgt_lu *to,
		     struct netlink_ext_ack *extack);

#endif /* _KTGT_SCSI_PR_SAVE_H */
