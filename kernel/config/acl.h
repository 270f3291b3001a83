/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of access rules.
 */
#ifndef _KTGT_CONFIG_ACL_H
#define _KTGT_CONFIG_ACL_H

#include <linux/types.h>

struct ktgt_rule;
struct ktgt_txn;

int ktgt_acl_stage_new(struct ktgt_txn *txn, u32 tid,
		       const struct ktgt_rule *rule);
int ktgt_acl_stage_del(struct ktgt_txn *txn, u32 tid,
		       const struct ktgt_rule *rule);

#endif /* _KTGT_CONFIG_ACL_H */
