/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A transaction: changes of the configuration that are made together or not at
 * all.
 *
 * stage	changes are collected; nothing is checked yet
 * prepare	without the mutex: devices are opened, which takes until the
 *		storage answers
 * check	in order: everything that can fail. Numbers and names are
 *		reserved, sockets are opened, and nobody else sees them. A
 *		change sees what the changes before it have reserved
 * apply	in order: cannot fail. Afterwards the generation is one higher
 * finish	without the mutex: wait for what has to end, then settle. All
 *		waits of a transaction have one deadline. When it is reached,
 *		the transaction is done, and says what the storage still holds
 *
 * A transaction that deletes a target can use its number and name again, and
 * one that deletes a logical unit can use its LUN and device again. The name of
 * an account, or the address of a portal, can be used again only by a later
 * one.
 */
#ifndef _KTGT_CONFIG_TXN_H
#define _KTGT_CONFIG_TXN_H

#include <linux/jiffies.h>
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

/* how long a transaction waits, in jiffies */
#define KTGT_TXN_TIMEOUT	(10 * HZ)

/**
 * struct ktgt_txn - a transaction
 * @kn: the namespace that it changes
 * @extack: takes the reason of a refusal, or a warning; may be NULL
 * @expected: generation that it was made for, or 0 for any generation
 * @generation: the new generation, after it has been applied
 * @deadline: when to stop waiting, in jiffies; set by ktgt_txn_commit()
 * @tid: number of the last target that it has made, or 0
 * @nr_left: number of objects that were not released before the deadline
 * @left: text that names the first of these objects, or NULL
 * @opens: a change opens a device, for which whoever commits it needs
 *	CAP_SYS_ADMIN
 * @nr_changes: length of @changes
 * @changes: struct ktgt_change, in order
 * @swaps: struct ktgt_access_swap, one for each access that is replaced
 */
struct ktgt_txn {
	struct ktgt_net		*kn;
	struct netlink_ext_ack	*extack;
	u64			expected;
	u64			generation;
	unsigned long		deadline;
	u32			tid;
	unsigned int		nr_left;
	char			*left;
	bool			opens;
	unsigned int		nr_changes;
	struct list_head	changes;
	struct list_head	swaps;
};

/**
 * struct ktgt_change_info - what a change is about, for events
 * @outgoing: the account is bound as the outgoing one
 * @tid: number of the target that is changed, or that the object belongs to; 0
 *	for discovery; negative if there is none
 * @lun: LUN of the logical unit; negative if there is none
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
 * @object: what is changed, enum ktgt_object_type
 * @action: how it is changed, enum ktgt_action
 * @prepare: begin what may wait for storage. &ktgt_net.config_mutex is not
 *	held, and the change has to be freed if it fails. May be NULL
 * @await: wait for what @prepare has begun, until &ktgt_txn.deadline. It is
 *	called after the @prepare of all changes. An error of the storage is for
 *	@check. May be NULL
 * @check: do everything that can fail. If it fails, set an extack text and
 *	leave nothing behind. &ktgt_net.config_mutex is held. May be NULL
 * @abort: undo @check; the mutex is held. May be NULL
 * @apply: make the change; the mutex is held. May be NULL if only access is
 *	changed
 * @finish: wait for what has to end, until &ktgt_txn.deadline; the mutex is not
 *	held. What has not ended by then ends later, without the transaction.
 *	May be NULL
 * @settle: wait for what @finish has begun to end. It is called after the
 *	@finish of all changes, so that all of them wait during the same time.
 *	May be NULL
 * @free: free the change, whether it was applied or not; NULL is kfree()
 */
struct ktgt_change_ops {
	u8	object;
	u8	action;
	int	(*prepare)(struct ktgt_txn *txn, struct ktgt_change *change);
	int	(*await)(struct ktgt_txn *txn, struct ktgt_change *change);
	int	(*check)(struct ktgt_txn *txn, struct ktgt_change *change);
	void	(*abort)(struct ktgt_txn *txn, struct ktgt_change *change);
	void	(*apply)(struct ktgt_txn *txn, struct ktgt_change *change);
	void	(*finish)(struct ktgt_txn *txn, struct ktgt_change *change);
	void	(*settle)(struct ktgt_txn *txn, struct ktgt_change *change);
	void	(*free)(struct ktgt_change *change);
};

/**
 * struct ktgt_change - one change, the first member of the struct of each kind
 * @node: in &ktgt_txn.changes
 * @ops: the kind of change
 * @info: what it is about, filled when it is staged; check or apply add what
 *	was not known before. Read between apply and finish
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
void ktgt_txn_move(struct ktgt_txn *txn, struct ktgt_txn *from);
int ktgt_txn_commit(struct ktgt_txn *txn);
void ktgt_txn_destroy(struct ktgt_txn *txn);

long ktgt_txn_time_left(const struct ktgt_txn *txn);
__printf(2, 3)
void ktgt_txn_leave(struct ktgt_txn *txn, const char *format, ...);

const struct ktgt_access *ktgt_txn_access(struct ktgt_txn *txn,
					  struct ktgt_access __rcu **slot);
int ktgt_txn_set_access(struct ktgt_txn *txn, struct ktgt_access __rcu **slot,
			struct ktgt_access *access);

#endif /* _KTGT_CONFIG_TXN_H */
