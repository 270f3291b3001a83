/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A transaction: changes of the configuration that are made all or none.
 *
 * stage	changes are collected; nothing is looked at yet
 * check	in order: all that can fail. Numbers and names are taken, devices
 *		and sockets are opened, but nobody sees it. A change sees what
 *		those before it have taken
 * apply	in order: cannot fail. Afterwards the generation is one higher
 * finish	without the mutex: wait for what has to end, then settle
 *
 * Number and name of a target, LUN and device of a logical unit can be used
 * again by the transaction that deletes it. An account that it deletes it cannot
 * make again.
 */
#ifndef _KTGT_CONFIG_TXN_H
#define _KTGT_CONFIG_TXN_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <uapi/linux/ktgt.h>

struct ktgt_change;
struct ktgt_net;
struct ktgt_rule;
struct ktgt_access;
struct netlink_ext_ack;

/**
 * struct ktgt_txn - a transaction
 * @kn: the namespace that it changes
 * @extack: takes the reason of a refusal; may be NULL
 * @expected: generation that it was made for, or 0 if it does not matter
 * @generation: the one that it brought, once it is carried out
 * @nr_changes: length of @changes
 * @changes: struct ktgt_change, in order
 * @swaps: struct ktgt_access_swap: rules that are replaced, one for each place
 */
struct ktgt_txn {
	struct ktgt_net		*kn;
	struct netlink_ext_ack	*extack;
	u64			expected;
	u64			generation;
	unsigned int		nr_changes;
	struct list_head	changes;
	struct list_head	swaps;
};

/**
 * struct ktgt_change_info - what a change is about, for those who watch
 * @outgoing: of an account: the target proves itself by it
 * @tid: number of the target that it is or belongs to, 0 for discovery;
 *	negative if there is none
 * @lun: number of the logical unit; negative if it is none
 * @name: of the target or of the account, or NULL
 * @addr: of the portal, or NULL
 * @rule: the access rule, or NULL
 */
struct ktgt_change_info {
	bool				outgoing;
	s32				tid;
	s32				lun;
	const char			*name;
	const struct sockaddr_storage	*addr;
	const struct ktgt_rule		*rule;
};

/**
 * struct ktgt_change_ops - a kind of change
 * @object: enum ktgt_object_type: what it changes
 * @action: enum ktgt_action: how
 * @check: do all that can fail, with extack text if it does, and leave nothing
 *	behind then. &ktgt_net.config_mutex is held. May be NULL
 * @abort: take back what @check did; the mutex is held. May be NULL
 * @apply: carry it out; the mutex is held. May be NULL if it is rules alone that
 *	change
 * @finish: wait for what has to end; the mutex is not held. It has been
 *	applied, so a fatal signal ends the waiting and nothing else. May be
 *	NULL
 * @settle: wait for what @finish has begun to end, as it does: after the @finish
 *	of all changes, so that many wait for the same time. May be NULL
 * @free: free the change, whatever became of it; NULL is kfree()
 */
struct ktgt_change_ops {
	u8	object;
	u8	action;
	int	(*check)(struct ktgt_txn *txn, struct ktgt_change *change);
	void	(*abort)(struct ktgt_txn *txn, struct ktgt_change *change);
	void	(*apply)(struct ktgt_txn *txn, struct ktgt_change *change);
	void	(*finish)(struct ktgt_txn *txn, struct ktgt_change *change);
	void	(*settle)(struct ktgt_txn *txn, struct ktgt_change *change);
	void	(*free)(struct ktgt_change *change);
};

/**
 * struct ktgt_change - one change, first member of each kind's own struct
 * @node: in &ktgt_txn.changes
 * @ops: what kind it is
 * @info: what it is about, filled when it is staged. What only its check or its
 *	apply finds out is filled by that. Read between apply and finish
 */
struct ktgt_change {
	struct list_head		node;
	const struct ktgt_change_ops	*ops;
	struct ktgt_change_info		info;
};

void ktgt_txn_init(struct ktgt_txn *txn, struct ktgt_net *kn,
		   struct netlink_ext_ack *extack);
void ktgt_txn_stage(struct ktgt_txn *txn, struct ktgt_change *change,
		    const struct ktgt_change_ops *ops);
int ktgt_txn_commit(struct ktgt_txn *txn);
void ktgt_txn_destroy(struct ktgt_txn *txn);

const struct ktgt_access *ktgt_txn_access(struct ktgt_txn *txn,
					  struct ktgt_access __rcu **slot);
int ktgt_txn_set_access(struct ktgt_txn *txn, struct ktgt_access __rcu **slot,
			struct ktgt_access *access);

#endif /* _KTGT_CONFIG_TXN_H */
