// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink command that looks at a device again. udev reports devices by number,
 * and knows nothing of network namespaces.
 */
#include <linux/rcupdate.h>
#include <linux/xarray.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "../backend/store.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../scsi/lu.h"
#include "../scsi/lu_life.h"
#include "generated/netlink.h"

/* Under RCU. */
static bool has_dev(const struct ktgt_lu *lu, dev_t dev)
{
	const struct ktgt_store *store = rcu_dereference(lu->store);

	return store && store->dev == dev;
}

/* Under RCU: no lock that a transaction holds keeps udev waiting. */
static void refresh_net(struct ktgt_net *kn, dev_t dev)
{
	struct ktgt_target *target;
	unsigned long tid, lun;
	struct ktgt_lu *lu;

	xa_for_each(&kn->targets, tid, target)
		xa_for_each(&target->lus, lun, lu)
			if (has_dev(lu, dev))
				ktgt_lu_refresh(lu);
}

static void refresh(struct net *own, dev_t dev)
{
	struct net *net;

	rcu_read_lock();
	if (!net_eq(own, &init_net)) {
		refresh_net(ktgt_net_get(own), dev);
	} else {
		for_each_net_rcu(net)
			refresh_net(ktgt_net_get(net), dev);
	}
	rcu_read_unlock();
}

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
	refresh(genl_info_net(info),
		MKDEV(nla_get_u32(info->attrs[KTGT_A_LU_MAJOR]),
		      nla_get_u32(info->attrs[KTGT_A_LU_MINOR])));
	return 0;
}
