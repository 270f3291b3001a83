/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices for logical units of other network namespaces.
 */
#ifndef _KTGT_NL_ELSEWHERE_H
#define _KTGT_NL_ELSEWHERE_H

struct genl_info;
struct sk_buff;

int ktgt_nl_attach_elsewhere(struct sk_buff *skb, struct genl_info *info);

#endif /* _KTGT_NL_ELSEWHERE_H */
