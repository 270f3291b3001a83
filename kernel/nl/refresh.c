// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink command that looks at a device again. udev reports devices by number,
 * and knows nothing of network namespaces.
 */
#include <net/genetlink.h>

#include "../config/holder.h"
#include "generated/netlink.h"

/**
 * ktgt_lu_refresh_doit - look again at the device of logical units
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_refresh_doit(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_LU_MAJOR) ||
	    GENL_REQ_ATTR_CHECK(info, KTGT_A_LU_MINOR)) {
		NL_SET_ERR_MSG(info->extack,
			       "logical units of a device: major or minor is missing");
		return -EINVAL;
	}
	ktgt_lus_refresh(genl_info_net(info),
			 MKDEV(nla_get_u32(info->attrs[KTGT_A_LU_MAJOR]),
			       nla_get_u32(info->attrs[KTGT_A_LU_MINOR])));
	return 0;
}
