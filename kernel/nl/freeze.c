// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands that freeze and thaw logical units.
 */
#include "freeze.h"

#include <linux/notifier.h>
#include <net/genetlink.h>

#include "../config/freeze.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "generated/netlink.h"
#include "msg.h"

static int get_luns(struct genl_info *info, struct ktgt_freeze_params *params)
{
	const struct nlattr *luns = info->attrs[KTGT_A_FREEZE_LUN];

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_FREEZE_TARGET_ID)) {
		NL_SET_ERR_MSG(info->extack, "freeze: target-id is missing");
		return -EINVAL;
	}
	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_FREEZE_LUN)) {
		NL_SET_ERR_MSG(info->extack, "freeze: lun is missing");
		return -EINVAL;
	}
	if (!nla_len(luns) || nla_len(luns) % sizeof(u32)) {
		NL_SET_BAD_ATTR(info->extack, luns);
		ktgt_refuse(info->extack,
			    "lun of %d bytes: must be a list of numbers of 4 bytes",
			    nla_len(luns));
		return -EINVAL;
	}
	params->tid = nla_get_u32(info->attrs[KTGT_A_FREEZE_TARGET_ID]);
	params->luns = nla_data(luns);
	params->nr_luns = nla_len(luns) / sizeof(u32);
	return 0;
}

/* What is frozen stays so even if there is no memory to say it. */
static int reply(struct genl_info *info,
		 const struct ktgt_freeze_result *result)
{
	struct sk_buff *msg;
	void *hdr;

	hdr = ktgt_nl_reply(info, &msg);
	if (!hdr)
		return 0;
	if (nla_put_u32(msg, KTGT_A_FREEZE_ID, result->id) ||
	    nla_put_u64_64bit(msg, KTGT_A_FREEZE_GENERATION,
			      result->generation, KTGT_A_FREEZE_PAD)) {
		nlmsg_free(msg);
		return 0;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/**
 * ktgt_lu_freeze_doit - freeze logical units
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_freeze_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_freeze_params params = {
		.seconds = KTGT_FREEZE_TIME,
	};
	struct ktgt_freeze_result result;
	int err;

	err = get_luns(info, &params);
	if (err)
		return err;
	if (info->attrs[KTGT_A_FREEZE_TIMEOUT])
		params.seconds =
			nla_get_u32(info->attrs[KTGT_A_FREEZE_TIMEOUT]);
	if (!nla_get_flag(info->attrs[KTGT_A_FREEZE_DETACH]))
		params.portid = info->snd_portid;

	err = ktgt_freeze(ktgt_net_get(genl_info_net(info)), &params, &result,
			  info->extack);
	return err ? err : reply(info, &result);
}

/**
 * ktgt_lu_thaw_doit - thaw logical units
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_thaw_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_freeze_params params = {};
	int err;

	err = get_luns(info, &params);
	if (err)
		return err;
	if (info->attrs[KTGT_A_FREEZE_ID])
		params.id = nla_get_u32(info->attrs[KTGT_A_FREEZE_ID]);
	return ktgt_thaw(ktgt_net_get(genl_info_net(info)), &params,
			 info->extack);
}

static int socket_event(struct notifier_block *nb, unsigned long event,
			void *data)
{
	const struct netlink_notify *n = data;

	if (event == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC)
		ktgt_freeze_end_socket(ktgt_net_get(n->net), n->portid);
	return NOTIFY_DONE;
}

static struct notifier_block socket_notifier = {
	.notifier_call = socket_event,
};

/**
 * ktgt_nl_freeze_init - be told of sockets that close
 *
 * Context: module init.
 *
 * Return: 0 or an errno.
 */
int ktgt_nl_freeze_init(void)
{
	return netlink_register_notifier(&socket_notifier);
}

/**
 * ktgt_nl_freeze_exit - be told no more
 *
 * Context: module exit, when no command can come any more.
 */
void ktgt_nl_freeze_exit(void)
{
	netlink_unregister_notifier(&socket_notifier);
}
