/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Media that the user ejects.
 */
#ifndef _KTGT_CONFIG_EJECT_H
#define _KTGT_CONFIG_EJECT_H

#include <linux/types.h>

struct ktgt_net;
struct netlink_ext_ack;

int ktgt_eject(struct ktgt_net *kn, u32 tid, u32 lun, bool force,
	       struct netlink_ext_ack *extack);

#endif /* _KTGT_CONFIG_EJECT_H */
