/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device that the sender of a request has opened.
 */
#ifndef _KTGT_NL_DEVICE_H
#define _KTGT_NL_DEVICE_H

struct file;
struct genl_info;
struct ktgt_state;
struct netlink_ext_ack;
struct sk_buff;

int ktgt_nl_may_open(struct sk_buff *skb, struct netlink_ext_ack *extack);
int ktgt_nl_state_get(struct sk_buff *skb, struct genl_info *info,
		      struct ktgt_state **state);
int ktgt_nl_device_get(struct sk_buff *skb, struct genl_info *info,
		       struct file **file);
void ktgt_nl_device_put(struct file *file);

#endif /* _KTGT_NL_DEVICE_H */
