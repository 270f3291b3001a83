/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the handlers of all objects share.
 */
#ifndef _KTGT_NL_NL_H
#define _KTGT_NL_NL_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netlink.h>
#include <linux/socket.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <uapi/linux/ktgt.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "family.h"

/**
 * ktgt_nl_reply - begin the answer to a command
 * @info: the command
 * @skb: takes the message
 *
 * Return: the header, for genlmsg_end(); NULL without memory.
 */
static inline void *ktgt_nl_reply(struct genl_info *info, struct sk_buff **skb)
{
	void *hdr;

	*skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!*skb)
		return NULL;
	hdr = genlmsg_put_reply(*skb, info, &ktgt_nl_family, 0,
				info->genlhdr->cmd);
	if (!hdr)
		nlmsg_free(*skb);
	return hdr;
}

/**
 * ktgt_nl_dump_begin - begin, or go on with, a dump
 * @cb: the dump
 *
 * If the configuration changes before the dump ends, its end is marked as
 * interrupted, and user space asks again. A change that is being applied is
 * waited for, since what is seen of it can not be told from a whole one.
 *
 * Context: may sleep.
 *
 * Return: the namespace that the asker is in.
 */
static inline struct ktgt_net *ktgt_nl_dump_begin(struct netlink_callback *cb)
{
	struct ktgt_net *kn = ktgt_net_get(sock_net(cb->skb->sk));

	/* pairs with apply_all() in config/txn.c */
	while ((cb->seq = smp_load_acquire(&kn->apply_seq)) & 1) {
		mutex_lock(&kn->config_mutex);
		mutex_unlock(&kn->config_mutex);
	}
	return kn;
}

/**
 * ktgt_nl_dump_put - begin one message of a dump
 * @skb: takes the message
 * @cb: the dump, after ktgt_nl_dump_begin()
 *
 * Return: the header, for genlmsg_end(); NULL if @skb is full.
 */
static inline void *ktgt_nl_dump_put(struct sk_buff *skb,
				     struct netlink_callback *cb)
{
	const struct genlmsghdr *ghdr = nlmsg_data(cb->nlh);
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &ktgt_nl_family, NLM_F_MULTI, ghdr->cmd);
	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/**
 * ktgt_nl_dump_end - end, or interrupt, a dump
 * @skb: messages so far
 * @cb: the dump, after ktgt_nl_dump_begin()
 * @err: 0 when all has been put, or why not
 *
 * The end is marked as interrupted if anything has changed meanwhile.
 *
 * Return: what the handler has to return; after -EMSGSIZE it is called again.
 */
static inline int ktgt_nl_dump_end(const struct sk_buff *skb,
				   struct netlink_callback *cb, int err)
{
	struct ktgt_net *kn = ktgt_net_get(sock_net(cb->skb->sk));

	if (err == -EMSGSIZE && skb->len)
		return skb->len;

	smp_rmb(); /* pairs with apply_all() in config/txn.c */
	cb->seq = READ_ONCE(kn->apply_seq);
	return err;
}

/**
 * ktgt_nl_filter - the target that a dump is limited to
 * @cb: the dump
 * @attr: attribute of the request that has its number
 *
 * Return: its number, or 0 if there is no limit.
 */
static inline u32 ktgt_nl_filter(struct netlink_callback *cb, int attr)
{
	struct nlattr **attrs = genl_info_dump(cb)->attrs;

	return attrs && attrs[attr] ? nla_get_u32(attrs[attr]) : 0;
}

/**
 * ktgt_nl_filter_check - refuse a dump that is limited to no target
 * @cb: the dump
 * @kn: the namespace
 * @only: number of the target, or 0
 *
 * Only the first call refuses: if the target goes later, the dump ends.
 *
 * Return: 0 or -ENOENT, with extack text.
 */
static inline int ktgt_nl_filter_check(struct netlink_callback *cb,
				       struct ktgt_net *kn, u32 only)
{
	struct ktgt_target *target;

	if (!only || cb->prev_seq)
		return 0;

	target = ktgt_net_find_tid(kn, only);
	if (!target) {
		ktgt_refuse(cb->extack, "there is no target %u", only);
		return -ENOENT;
	}
	ktgt_target_put(target);
	return 0;
}

/**
 * ktgt_nl_shows - does a dump show what belongs to a target
 * @target: the target
 * @only: number of the target that the dump is limited to, or 0
 *
 * Return: true if it does.
 */
static inline bool ktgt_nl_shows(const struct ktgt_target *target, u32 only)
{
	/* pairs with the release in config/target.c */
	return smp_load_acquire(&target->stage) != KTGT_TARGET_STAGED &&
	       (!only || only == target->tid);
}

/**
 * ktgt_nl_get_addr - read an address
 * @attr: binary attribute
 * @addr: takes family and address, all else zero
 * @extack: takes the reason of a refusal
 *
 * Return: 0 or -EINVAL.
 */
static inline int ktgt_nl_get_addr(const struct nlattr *attr,
				   struct sockaddr_storage *addr,
				   struct netlink_ext_ack *extack)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *in = (struct sockaddr_in *)addr;

	memset(addr, 0, sizeof(*addr));
	if (nla_len(attr) == sizeof(in->sin_addr)) {
		in->sin_family = AF_INET;
		nla_memcpy(&in->sin_addr, attr, sizeof(in->sin_addr));
		return 0;
	}
	if (nla_len(attr) == sizeof(in6->sin6_addr)) {
		in6->sin6_family = AF_INET6;
		nla_memcpy(&in6->sin6_addr, attr, sizeof(in6->sin6_addr));
		return 0;
	}
	NL_SET_BAD_ATTR(extack, attr);
	ktgt_refuse(extack, "address: %d bytes; must be 4 (IPv4) or 16 (IPv6)",
		    nla_len(attr));
	return -EINVAL;
}

/**
 * ktgt_nl_put_addr - write an address and a port
 * @skb: the message
 * @addr: address and port
 * @addr_attr: attribute of the address
 * @port_attr: attribute of the port
 *
 * Return: 0 or -EMSGSIZE.
 */
static inline int ktgt_nl_put_addr(struct sk_buff *skb,
				   const struct sockaddr_storage *addr,
				   int addr_attr, int port_attr)
{
	const struct sockaddr_in6 *in6 = (const void *)addr;
	const struct sockaddr_in *in = (const void *)addr;

	if (addr->ss_family == AF_INET) {
		if (nla_put(skb, addr_attr, sizeof(in->sin_addr),
			    &in->sin_addr))
			return -EMSGSIZE;
		return nla_put_u16(skb, port_attr, ntohs(in->sin_port));
	}
	if (nla_put(skb, addr_attr, sizeof(in6->sin6_addr), &in6->sin6_addr))
		return -EMSGSIZE;
	return nla_put_u16(skb, port_attr, ntohs(in6->sin6_port));
}

#endif /* _KTGT_NL_NL_H */
