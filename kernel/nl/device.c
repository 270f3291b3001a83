// SPDX-License-Identifier: GPL-2.0
/*
 * The device that the sender of a request has opened. A handler runs in the thread of
 * the sender, so a descriptor is what the sender means by it.
 */
#include "device.h"

#include <linux/capability.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/netlink.h>
#include <net/genetlink.h>

#include "../backend/state.h"
#include "../core/refuse.h"
#include "generated/netlink.h"

/**
 * ktgt_nl_may_open - may the sender have a device or a state file used
 * @skb: the request
 * @extack: takes the reason of a refusal
 *
 * A device has blocks of everybody, in all namespaces. Who has opened the socket needs
 * the capability, too: otherwise he could let somebody else write what he wants.
 *
 * Context: handler.
 *
 * Return: 0 or -EPERM.
 */
int ktgt_nl_may_open(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "not permitted: to open a device or a state file needs CAP_SYS_ADMIN; use sudo");
	return -EPERM;
}

/**
 * ktgt_nl_device_get - get the device that the sender has opened
 * @skb: a request that opens a device
 * @info: the request, parsed
 * @file: takes what is open, or NULL if there is no descriptor
 *
 * Context: handler. ktgt_nl_device_put() has to follow.
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_nl_device_get(struct sk_buff *skb, struct genl_info *info,
		       struct file **file)
{
	const struct nlattr *attr = info->attrs[KTGT_A_LU_DESCRIPTOR];
	int err;

	*file = NULL;
	err = ktgt_nl_may_open(skb, info->extack);
	if (err || !attr)
		return err;
	/* it takes none that is only a path (O_PATH) */
	*file = fget(nla_get_u32(attr));
	if (*file)
		return 0;
	ktgt_refuse(info->extack,
		    "descriptor %u is not open, or is only a path; open the device with O_RDONLY",
		    nla_get_u32(attr));
	return -EBADF;
}

/**
 * ktgt_nl_state_get - get the state file that the sender has opened
 * @skb: a request
 * @info: the request, parsed
 * @state: takes the state file, referenced; NULL if there is no descriptor
 *
 * Context: handler.
 *
 * Return: 0 or an errno, with extack text but for -ENOMEM.
 */
int ktgt_nl_state_get(struct sk_buff *skb, struct genl_info *info,
		      struct ktgt_state **state)
{
	const struct nlattr *attr = info->attrs[KTGT_A_LU_STATE_DESCRIPTOR];
	struct file *file;
	int err;

	*state = NULL;
	if (!attr)
		return 0;
	/* it is written: also when the sender does not know that it has asked for it */
	err = ktgt_nl_may_open(skb, info->extack);
	if (err)
		return err;
	file = fget(nla_get_u32(attr));
	if (!file) {
		ktgt_refuse(info->extack,
			    "state-descriptor %u is not open, or is only a path; open the state file with O_RDWR",
			    nla_get_u32(attr));
		return -EBADF;
	}
	*state = ktgt_state_open(file, info->extack);
	fput(file);
	return PTR_ERR_OR_ZERO(*state);
}

/**
 * ktgt_nl_device_put - let go of the device
 * @file: of ktgt_nl_device_get(), or NULL
 *
 * Context: handler. The sender still has it open, so nothing is closed here.
 */
void ktgt_nl_device_put(struct file *file)
{
	if (file)
		fput(file);
}
