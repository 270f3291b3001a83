/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ktgt.yaml */
/* YNL-GEN kernel header */
/* YNL-ARG --function-prefix ktgt */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#ifndef _LINUX_KTGT_GEN_H
#define _LINUX_KTGT_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/ktgt.h>

/* Common nested types */
extern const struct nla_policy ktgt_registration_nl_policy[KTGT_A_REGISTRATION_HOLDER + 1];

/* Ops table for ktgt */
extern const struct genl_split_ops ktgt_nl_ops[47];

int ktgt_net_get_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_net_set_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_target_new_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_target_del_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_target_set_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_target_get_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_target_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ktgt_portal_new_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_portal_del_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_portal_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ktgt_lu_new_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_lu_del_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_lu_get_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_lu_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ktgt_acl_new_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_acl_del_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_acl_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ktgt_account_new_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_account_del_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_account_bind_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_account_unbind_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_account_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ktgt_session_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ktgt_session_del_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_account_set_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_txn_begin_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_txn_commit_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_txn_abort_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_explain_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ktgt_lu_attach_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_itl_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ktgt_lu_freeze_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_lu_thaw_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_lu_set_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_orphan_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ktgt_lu_histogram_list_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int ktgt_session_histogram_list_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb);
int ktgt_lu_refresh_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_port_group_new_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_port_group_set_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_port_group_del_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_port_group_list_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int ktgt_lu_naa_get_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_reservation_list_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int ktgt_reservation_set_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_lu_eject_doit(struct sk_buff *skb, struct genl_info *info);
int ktgt_lu_load_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	KTGT_NLGRP_CONFIG,
	KTGT_NLGRP_SESSION,
};

#endif /* _LINUX_KTGT_GEN_H */
