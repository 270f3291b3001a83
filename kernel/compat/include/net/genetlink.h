/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 6.2 split the operations of a generic netlink family into do and dump; up to
 * then one struct had both. Since each dump of ktgt has a command of its own,
 * the generated table fits either.
 */
#ifndef _KTGT_COMPAT_NET_GENETLINK_H
#define _KTGT_COMPAT_NET_GENETLINK_H

#include <linux/version.h>
#include_next <net/genetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define genl_split_ops	genl_ops
#define split_ops	ops
#define n_split_ops	n_ops
#endif

/* Both have the attributes of a dump request in @attrs. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define genl_info_dump(cb)	genl_dumpit_info(cb)
#endif

#endif /* _KTGT_COMPAT_NET_GENETLINK_H */
