/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of messages that several objects use.
 */
#ifndef _KTGT_NL_MSG_H
#define _KTGT_NL_MSG_H

#include <linux/socket.h>

struct genl_info;
struct ktgt_ports;
struct ktgt_rule;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/**
 * struct ktgt_nl_rule_attrs - attributes that an access rule is written to
 * @all: flag, the rule admits any address; 0 if this is not written
 * @initiator: name of an initiator
 * @address: address of a network
 * @prefix_len: length of the prefix of @address, in bits
 */
struct ktgt_nl_rule_attrs {
	int	all;
	int	initiator;
	int	address;
	int	prefix_len;
};

void *ktgt_nl_reply(struct genl_info *info, struct sk_buff **skb);
int ktgt_nl_reply_end(struct genl_info *info, struct sk_buff *skb, void *hdr,
		      int err);
int ktgt_nl_get_addr(const struct nlattr *attr, struct sockaddr_storage *addr,
		     struct netlink_ext_ack *extack);
int ktgt_nl_put_addr(struct sk_buff *skb, const struct sockaddr_storage *addr,
		     int addr_attr, int port_attr);
int ktgt_nl_put_rule(struct sk_buff *skb, const struct ktgt_rule *rule,
		     const struct ktgt_nl_rule_attrs *attrs);
int ktgt_nl_get_ports(const struct nlattr *attr, struct ktgt_ports *ports,
		      struct netlink_ext_ack *extack);

#endif /* _KTGT_NL_MSG_H */
