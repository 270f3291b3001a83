// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands for portals.
 */
#include <linux/rculist.h>
#include <net/genetlink.h>

#include "../config/portal.h"
#include "../core/net.h"
#include "dump.h"
#include "generated/netlink.h"
#include "msg.h"
#include "txn.h"

/**
 * struct portal_cursor - the position of a dump
 * @index: number of portals that have been shown
 */
struct portal_cursor {
	unsigned long	index;
};

static int get_addr(struct genl_info *info, struct sockaddr_storage *addr)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *in = (struct sockaddr_in *)addr;
	u16 port = KTGT_PORT_DEFAULT;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_PORTAL_ADDRESS)) {
		NL_SET_ERR_MSG(info->extack, "portal: address is missing");
		return -EINVAL;
	}
	err = ktgt_nl_get_addr(info->attrs[KTGT_A_PORTAL_ADDRESS], addr,
			       info->extack);
	if (err)
		return err;

	if (info->attrs[KTGT_A_PORTAL_PORT])
		port = nla_get_u16(info->attrs[KTGT_A_PORTAL_PORT]);
	if (addr->ss_family == AF_INET)
		in->sin_port = htons(port);
	else
		in6->sin6_port = htons(port);
	return 0;
}

/**
 * ktgt_portal_new_doit - listen on an address
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_portal_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_portal_params params = { .tpgt = KTGT_TPGT_DEFAULT };
	struct nlattr *tpgt = info->attrs[KTGT_A_PORTAL_GROUP_TAG];
	struct ktgt_nl_change nlc;
	int err;

	err = get_addr(info, &params.addr);
	if (err)
		return err;
	if (tpgt)
		params.tpgt = nla_get_u16(tpgt);

	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, ktgt_portal_stage_new(nlc.txn, &params));
}

/**
 * ktgt_portal_del_doit - stop listening on an address
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_portal_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sockaddr_storage addr;
	struct ktgt_nl_change nlc;
	int err;

	err = get_addr(info, &addr);
	if (err)
		return err;

	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, ktgt_portal_stage_del(nlc.txn, &addr));
}

static int fill_portal(struct sk_buff *skb, const struct ktgt_portal *portal)
{
	u64 generation = READ_ONCE(portal->kn->generation);

	if (ktgt_nl_put_addr(skb, &portal->addr, KTGT_A_PORTAL_ADDRESS,
			     KTGT_A_PORTAL_PORT) ||
	    nla_put_u16(skb, KTGT_A_PORTAL_GROUP_TAG,
			READ_ONCE(portal->tpgt)) ||
	    nla_put_u64_64bit(skb, KTGT_A_PORTAL_GENERATION, generation,
			      KTGT_A_PORTAL_PAD))
		return -EMSGSIZE;
	if (READ_ONCE(portal->automatic) &&
	    nla_put_flag(skb, KTGT_A_PORTAL_AUTOMATIC))
		return -EMSGSIZE;
	return 0;
}

static int dump_portal(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct ktgt_portal *portal)
{
	void *hdr = ktgt_nl_dump_put(skb, cb);

	return ktgt_nl_dump_put_end(skb, hdr, !hdr || fill_portal(skb, portal));
}

/**
 * ktgt_portal_list_dumpit - show all portals
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_portal_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct portal_cursor *cursor = (struct portal_cursor *)cb->ctx;
	struct ktgt_net *kn = ktgt_nl_dump_begin(cb);
	const struct ktgt_portal *portal;
	unsigned long index = 0;
	int err = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(portal, &kn->portals, node) {
		if (index++ < cursor->index)
			continue;
		err = dump_portal(skb, cb, portal);
		if (err)
			break;
		cursor->index = index;
	}
	rcu_read_unlock();
	return ktgt_nl_dump_end(skb, cb, err);
}
