// SPDX-License-Identifier: GPL-2.0
/*
 * Parts of messages that several objects use.
 */
#include "msg.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netlink.h>
#include <net/genetlink.h>

#include "../core/access.h"
#include "../core/port.h"
#include "../core/refuse.h"
#include "family.h"

/**
 * ktgt_nl_reply - begin the answer to a command
 * @info: the command
 * @skb: takes the message
 *
 * Return: the header, for ktgt_nl_reply_end(); NULL if there is no memory.
 */
void *ktgt_nl_reply(struct genl_info *info, struct sk_buff **skb)
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
 * ktgt_nl_reply_end - send the answer to a command
 * @info: the command
 * @skb: has the message
 * @hdr: what ktgt_nl_reply() returned
 * @err: why there is no answer, or 0
 *
 * Return: 0, @err, or another errno.
 */
int ktgt_nl_reply_end(struct genl_info *info, struct sk_buff *skb, void *hdr,
		      int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/**
 * ktgt_nl_get_addr - read an address
 * @attr: binary attribute
 * @addr: takes family and address; everything else is zero
 * @extack: takes the reason of a refusal
 *
 * Return: 0 or -EINVAL.
 */
int ktgt_nl_get_addr(const struct nlattr *attr, struct sockaddr_storage *addr,
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
	ktgt_refuse(extack, "address of %d bytes: must be 4 (IPv4) or 16 (IPv6)",
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
int ktgt_nl_put_addr(struct sk_buff *skb, const struct sockaddr_storage *addr,
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

/**
 * ktgt_nl_put_rule - write an access rule
 * @skb: the message
 * @rule: the rule
 * @attrs: attributes that it is written to
 *
 * Return: 0 or -EMSGSIZE.
 */
int ktgt_nl_put_rule(struct sk_buff *skb, const struct ktgt_rule *rule,
		     const struct ktgt_nl_rule_attrs *attrs)
{
	int len = rule->family == AF_INET ? 4 : 16;

	switch (rule->type) {
	case KTGT_RULE_ALL:
		return attrs->all ? nla_put_flag(skb, attrs->all) : 0;
	case KTGT_RULE_NAME:
		return nla_put_string(skb, attrs->initiator, rule->name);
	default:
		if (nla_put(skb, attrs->address, len, &rule->addr))
			return -EMSGSIZE;
		return nla_put_u8(skb, attrs->prefix_len, rule->prefix_len);
	}
}

static void refuse_ports(struct netlink_ext_ack *extack, const char *text, int err)
{
	switch (err) {
	case -EEXIST:
		ktgt_refuse(extack,
			    "portals '%s': names a portal group twice; name each once",
			    text);
		break;
	case -E2BIG:
		ktgt_refuse(extack,
			    "portals '%s': names more than %u portal groups, which is the maximum",
			    text, KTGT_PORTS_MAX);
		break;
	default:
		ktgt_refuse(extack,
			    "portals '%s': must be tags of portal groups with commas between them, such as 1,2",
			    text);
		break;
	}
}

/**
 * ktgt_nl_get_ports - read a list of portal group tags
 * @attr: the list, a text
 * @ports: takes them
 * @extack: takes the reason of a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL, with extack text.
 */
int ktgt_nl_get_ports(const struct nlattr *attr, struct ktgt_ports *ports,
		      struct netlink_ext_ack *extack)
{
	const char *text = nla_data(attr);
	int err = ktgt_ports_parse(text, ports);

	if (!err)
		return 0;
	NL_SET_BAD_ATTR(extack, attr);
	refuse_ports(extack, text, err);
	return -EINVAL;
}
