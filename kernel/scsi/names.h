/* SPDX-License-Identifier: GPL-2.0 */
/*
 * No two disks of a namespace have the same name.
 */
#ifndef _KTGT_SCSI_NAMES_H
#define _KTGT_SCSI_NAMES_H

struct ktgt_lu;
struct ktgt_net;
struct netlink_ext_ack;

int ktgt_names_init(struct ktgt_net *kn);
void ktgt_names_exit(struct ktgt_net *kn);
int ktgt_names_enter(struct ktgt_lu *lu, struct netlink_ext_ack *extack);
void ktgt_names_leave(struct ktgt_lu *lu);

#endif /* _KTGT_SCSI_NAMES_H */
