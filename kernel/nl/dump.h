/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the dumps of all objects have in common.
 */
#ifndef _KTGT_NL_DUMP_H
#define _KTGT_NL_DUMP_H

#include <linux/types.h>

struct ktgt_net;
struct ktgt_sess;
struct ktgt_target;
struct netlink_callback;
struct sk_buff;

struct ktgt_net *ktgt_nl_dump_begin(struct netlink_callback *cb);
void *ktgt_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb);
int ktgt_nl_dump_put_end(struct sk_buff *skb, void *hdr, bool full);
int ktgt_nl_dump_end(const struct sk_buff *skb, struct netlink_callback *cb,
		     int err);
int ktgt_nl_dump_filter(struct netlink_callback *cb, struct ktgt_net *kn,
			int attr, long *only);
bool ktgt_nl_dump_shows(const struct ktgt_target *target, long only);
int ktgt_nl_dump_targets(struct sk_buff *skb, struct netlink_callback *cb,
			 int attr,
			 int (*show)(struct sk_buff *skb,
				     struct netlink_callback *cb,
				     struct ktgt_target *target,
				     unsigned long *inner));
int ktgt_nl_dump_sessions(struct sk_buff *skb, struct netlink_callback *cb,
			  int attr,
			  int (*show)(struct sk_buff *skb,
				      struct netlink_callback *cb,
				      struct ktgt_sess *sess,
				      unsigned long *inner));

#endif /* _KTGT_NL_DUMP_H */
