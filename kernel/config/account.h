/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CHAP accounts, and what they are bound to.
 */
#ifndef _KTGT_CONFIG_ACCOUNT_H
#define _KTGT_CONFIG_ACCOUNT_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "../core/access.h"

struct ktgt_net;
struct ktgt_txn;

/**
 * struct ktgt_account - a CHAP account
 * @node: in &ktgt_net.accounts; read under RCU
 * @rcu: frees it when no reader can see it
 * @staged: a transaction creates it and is not applied yet; readers skip it
 * @leaving: a transaction deletes it; under &ktgt_net.config_mutex
 * @chap: the name, which never changes, and the secret, under
 *	&ktgt_net.config_mutex
 */
struct ktgt_account {
	struct list_head		node;
	struct rcu_head			rcu;
	bool				staged;
	bool				leaving;
	struct ktgt_chap_account	chap;
};

int ktgt_account_stage_new(struct ktgt_txn *txn, const char *user,
			   const char *secret);
int ktgt_account_stage_set(struct ktgt_txn *txn, const char *user,
			   const char *secret);
int ktgt_account_stage_del(struct ktgt_txn *txn, const char *user);
int ktgt_account_stage_bind(struct ktgt_txn *txn, const char *user, u32 tid,
			    bool outgoing);
int ktgt_account_stage_unbind(struct ktgt_txn *txn, const char *user, u32 tid,
			      bool outgoing);

void ktgt_account_free_all(struct ktgt_net *kn);

#endif /* _KTGT_CONFIG_ACCOUNT_H */
