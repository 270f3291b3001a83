// SPDX-License-Identifier: GPL-2.0
/*
 * Devices for logical units of other network namespaces, which udev is not in. Their
 * paths are those of other mount namespaces, and may lead somewhere else here. So the
 * identity of the medium says which one waits for a device.
 */
#include "elsewhere.h"

#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "../config/lu.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/lu.h"
#include "device.h"
#include "generated/netlink.h"
#include "txn.h"

/**
 * struct waiting - a logical unit that waits for a device
 * @net: its namespace; referenced
 * @tid: number of its target
 * @lun: its number
 */
struct waiting {
	struct net	*net;
	u32		tid;
	u32		lun;
};

static bool waits_for(struct ktgt_lu *lu, const char *medium)
{
	bool is;

	if (!ktgt_lu_is_absent(lu) || ktgt_lu_is_ejected(lu))
		return false;
	spin_lock(&lu->lock);
	is = !strcmp(lu->medium, medium);
	spin_unlock(&lu->lock);
	return is;
}

/* Under RCU. */
static bool find_in(struct ktgt_net *kn, const char *medium,
		    struct waiting *found)
{
	struct ktgt_target *target;
	unsigned long tid, lun;
	struct ktgt_lu *lu;

	xa_for_each(&kn->targets, tid, target) {
		xa_for_each(&target->lus, lun, lu) {
			if (!waits_for(lu, medium))
				continue;
			found->tid = tid;
			found->lun = lun;
			return true;
		}
	}
	return false;
}

/* The first one: no other one can have the device as well. */
static bool find(const struct net *own, const char *medium,
		 struct waiting *found)
{
	struct net *net;

	rcu_read_lock();
	for_each_net_rcu(net) {
		if (net_eq(net, own) ||
		    !find_in(ktgt_net_get(net), medium, found))
			continue;
		found->net = maybe_get_net(net);
		if (found->net)
			break;
	}
	rcu_read_unlock();
	return found->net;
}

static int attach(struct sk_buff *skb, struct genl_info *info,
		  const struct waiting *waiting, struct file *file)
{
	struct ktgt_net *kn = ktgt_net_get(waiting->net);
	const struct ktgt_lu_params with = {
		.lun = waiting->lun,
		.medium_found = nla_data(info->attrs[KTGT_A_LU_MEDIUM_FOUND]),
	};
	struct ktgt_nl_change nlc;
	int err;

	ktgt_nl_begin_in(&nlc, skb, info, kn);
	err = ktgt_lu_stage_attach(nlc.txn, waiting->tid, &with, file, true);
	return ktgt_nl_end(&nlc, err);
}

/* Returns what is wrong with the request, or NULL. */
static const char *fault(struct genl_info *info)
{
	const struct nlattr *medium = info->attrs[KTGT_A_LU_MEDIUM_FOUND];

	if (!net_eq(genl_info_net(info), &init_net))
		return "target-id and lun are missing; only the initial namespace needs none";
	if (!medium || !*(const char *)nla_data(medium))
		return "target-id and lun are missing, or medium-found";
	if (!info->attrs[KTGT_A_LU_DESCRIPTOR])
		return "target-id and lun are missing, or descriptor";
	return NULL;
}

/**
 * ktgt_nl_attach_elsewhere - give a device to the logical unit of another namespace
 *	that waits for it
 * @skb: a request without target and LUN
 * @info: the request, parsed
 *
 * Context: handler.
 *
 * Return: 0 or an errno, with extack text: -ENOENT if no logical unit waits for it;
 * -EINTR if the answer comes later.
 */
int ktgt_nl_attach_elsewhere(struct sk_buff *skb, struct genl_info *info)
{
	const char *medium, *wrong = fault(info);
	struct waiting waiting = {};
	struct file *file;
	int err;

	if (wrong) {
		ktgt_refuse(info->extack, "logical unit: %s", wrong);
		return -EINVAL;
	}
	medium = nla_data(info->attrs[KTGT_A_LU_MEDIUM_FOUND]);
	err = ktgt_nl_device_get(skb, info, &file);
	if (err)
		return err;
	if (find(genl_info_net(info), medium, &waiting)) {
		err = attach(skb, info, &waiting, file);
		put_net(waiting.net);
	} else {
		ktgt_refuse(info->extack,
			    "no logical unit of another network namespace waits for the disk %s",
			    medium);
		err = -ENOENT;
	}
	ktgt_nl_device_put(file);
	return err;
}
