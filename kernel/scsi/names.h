/* SPDX-License-Identifier: GPL-2.0 */
/*
 * No two disks of a namespace have the same name.
 */
#ifndef _KTGT_SCSI_NAMES_H
#define _KTGT_SCSI_NAMES_H

struct ktgt_disk_names;
struct ktgt_identity;
struct ktgt_lu;
struct ktgt_net;
struct netlink_ext_ack;

int ktgt_names_init(struct ktgt_net *kn);
void ktgt_names_exit(struct ktgt_net *kn);
int ktgt_names_enter(struct ktgt_lu *lu, struct netlink_ext_ack *extack);
void ktgt_names_leave(struct ktgt_lu *lu);
int ktgt_names_stage(struct ktgt_disk_names *staged, struct ktgt_lu *lu,
		     const struct ktgt_identity *identity,
		     struct netlink_ext_ack *extack);
void ktgt_names_unstage(struct ktgt_disk_names *staged);
void ktgt_names_take(struct ktgt_disk_names *staged);

#endif /* _KTGT_SCSI_NAMES_H */
