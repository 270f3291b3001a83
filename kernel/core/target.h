/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A target as its readers see it. config/target.c makes and changes it.
 */
#ifndef _KTGT_CORE_TARGET_H
#define _KTGT_CORE_TARGET_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/xarray.h>

struct ktgt_net;
struct ktgt_rules;

#define KTGT_NAME_LEN	224	/* iSCSI name and NUL, RFC 7143, 4.2.7.1 */
#define KTGT_ALIAS_LEN	256

/**
 * enum ktgt_target_stage - how far the configuration has come with a target
 * @KTGT_TARGET_STAGED: a transaction is making it; nobody else finds it
 * @KTGT_TARGET_LIVE: it is there
 * @KTGT_TARGET_LEAVING: a transaction wants to delete it; still served
 */
enum ktgt_target_stage {
	KTGT_TARGET_STAGED,
	KTGT_TARGET_LIVE,
	KTGT_TARGET_LEAVING,
};

/**
 * struct ktgt_target - an iSCSI target node
 * @ref: holders are the lookup tables (one), nexuses and short-lived users
 * @rcu: frees it when no reader can see it
 * @kn: the namespace
 * @tid: target number
 * @state: enum ktgt_target_state; read with READ_ONCE()
 * @stage: enum ktgt_target_stage; written under &ktgt_net.config_mutex
 * @tid_heir: target that takes its number in the transaction that deletes it, or
 *	NULL; under &ktgt_net.config_mutex, as the following
 * @name_heir: the one that takes its name
 * @deleted: no longer to be found; logins that still hold it are refused.
 *	Written under @nexus_lock
 * @name_node: in &ktgt_net.names
 * @name: iSCSI name
 * @alias: TargetAlias; under &ktgt_net.config_mutex, read under RCU as a
 *	string that always ends
 * @lus: struct ktgt_lu by LUN, the controller at 0 included; read under RCU,
 *	written under &ktgt_net.config_mutex
 * @nr_lus: entries of @lus
 * @rules: who may log in; replaced whole, read under RCU
 * @nexus_lock: protects @nexuses and @deleted; taken in process and softirq
 *	context, with bottom halves off
 * @nexuses: struct ktgt_nexus
 * @nr_nexuses: length of @nexuses plus those that are being freed
 * @no_nexus: woken when @nr_nexuses falls to zero
 */
struct ktgt_target {
	struct kref		ref;
	struct rcu_head		rcu;
	struct ktgt_net		*kn;
	u32			tid;
	u32			state;
	u8			stage;
	struct ktgt_target	*tid_heir;
	struct ktgt_target	*name_heir;
	bool			deleted;
	struct rhash_head	name_node;
	char			name[KTGT_NAME_LEN];
	char			alias[KTGT_ALIAS_LEN];

	struct xarray		lus;
	unsigned int		nr_lus;
	struct ktgt_rules __rcu	*rules;

	spinlock_t		nexus_lock;
	struct list_head	nexuses;
	atomic_t		nr_nexuses;
	wait_queue_head_t	no_nexus;
};

extern const struct rhashtable_params ktgt_target_names;

struct ktgt_target *ktgt_target_alloc(struct ktgt_net *kn, const char *name);
unsigned int ktgt_target_nr_nexuses(struct ktgt_target *target);
void ktgt_target_put(struct ktgt_target *target);
bool __must_check ktgt_target_tryget(struct ktgt_target *target);

#endif /* _KTGT_CORE_TARGET_H */
