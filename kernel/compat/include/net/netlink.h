/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_NET_NETLINK_H
#define _KTGT_COMPAT_NET_NETLINK_H

#include <linux/version.h>
#include_next <net/netlink.h>

#ifndef NLA_POLICY_MAX_LEN	/* before 7.0 */
#define NLA_POLICY_MAX_LEN(_len)	NLA_POLICY_MAX(NLA_BINARY, _len)
#endif

/* Ranges are const in the generated policies, but were not in struct
 * nla_policy, which never writes to them.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range) {				\
	.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),			\
	.validation_type = NLA_VALIDATE_RANGE_PTR,			\
	.range = (struct netlink_range_validation *)(_range),		\
}
#endif

#endif /* _KTGT_COMPAT_NET_NETLINK_H */
