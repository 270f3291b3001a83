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

#include "port.h"

struct ktgt_access;
struct ktgt_cmd;
struct ktgt_groups;
struct ktgt_net;
struct ktgt_transition;

#define KTGT_NAME_LEN	224	/* iSCSI name and NUL, RFC 7143, 4.2.7.1 */
#define KTGT_ALIAS_LEN	256

/**
 * enum ktgt_target_stage - what the configuration does with a target
 * @KTGT_TARGET_STAGED: a transaction creates it; nobody else finds it
 * @KTGT_TARGET_LIVE: it exists
 * @KTGT_TARGET_LEAVING: a transaction wants to delete it; initiators can still
 *	use it
 */
enum ktgt_target_stage {
	KTGT_TARGET_STAGED,
	KTGT_TARGET_LIVE,
	KTGT_TARGET_LEAVING,
};

/**
 * enum ktgt_target_key - settings of a target that need not be set
 * @KTGT_TARGET_HEADER_DIGEST: enum ktgt_digest, of headers
 * @KTGT_TARGET_DATA_DIGEST: enum ktgt_digest, of data segments
 * @KTGT_TARGET_INITIAL_R2T: the offer for InitialR2T: 0 No, 1 Yes
 * @KTGT_TARGET_IMMEDIATE_DATA: the offer for ImmediateData: 0 No, 1 Yes
 * @KTGT_TARGET_MAX_RECV_DSL: bytes of a data segment that an initiator may send
 * @KTGT_TARGET_MAX_XMIT_DSL: bytes of a data segment that the target sends
 * @KTGT_TARGET_FIRST_BURST: the offer for FirstBurstLength
 * @KTGT_TARGET_MAX_BURST: the offer for MaxBurstLength
 * @KTGT_TARGET_MAX_R2T: the offer for MaxOutstandingR2T
 * @KTGT_TARGET_TIME2WAIT: the offer for DefaultTime2Wait, s
 * @KTGT_TARGET_NOP_INTERVAL: &ktgt_net.nop_interval of this target, s
 * @KTGT_TARGET_NOP_COUNT: intervals that the answer to a NOP-In may take
 * @KTGT_TARGET_RESET: initiators may reset the target: 0 off, 1 on
 * @KTGT_TARGET_CHAP_ALGORITHMS: bits of enum ktgt_chap_algorithm that initiators may
 *	use
 * @KTGT_TARGET_EXPLICIT_ALUA: initiators may change the states of target port groups:
 *	0 off, 1 on
 * @KTGT_NR_TARGET_KEYS: number of keys
 */
enum ktgt_target_key {
	KTGT_TARGET_HEADER_DIGEST,
	KTGT_TARGET_DATA_DIGEST,
	KTGT_TARGET_INITIAL_R2T,
	KTGT_TARGET_IMMEDIATE_DATA,
	KTGT_TARGET_MAX_RECV_DSL,
	KTGT_TARGET_MAX_XMIT_DSL,
	KTGT_TARGET_FIRST_BURST,
	KTGT_TARGET_MAX_BURST,
	KTGT_TARGET_MAX_R2T,
	KTGT_TARGET_TIME2WAIT,
	KTGT_TARGET_NOP_INTERVAL,
	KTGT_TARGET_NOP_COUNT,
	KTGT_TARGET_RESET,
	KTGT_TARGET_CHAP_ALGORITHMS,
	KTGT_TARGET_EXPLICIT_ALUA,
	KTGT_NR_TARGET_KEYS,
};

/**
 * struct ktgt_target - an iSCSI target node
 * @ref: held by the tables (one reference), nexuses, LUs and short-lived users
 * @rcu: frees it when no reader can see it
 * @kn: the namespace
 * @tid: target number
 * @state: enum ktgt_target_state; read with READ_ONCE()
 * @stage: enum ktgt_target_stage; written under &ktgt_net.config_mutex
 * @tid_successor: target that takes its number in the transaction that deletes
 *	it, or NULL; under &ktgt_net.config_mutex
 * @name_successor: the same for its name
 * @deleted: the target was deleted; logins that have found it before are
 *	refused. Written under @nexus_lock
 * @name_node: in &ktgt_net.names
 * @name: iSCSI name as it was given; compared with ktgt_name_equal()
 * @alias: TargetAlias; written under &ktgt_net.config_mutex, read without it;
 *	the last byte is always NUL
 * @keys: by &enum ktgt_target_key: the value plus one; 0 means not set. Written
 *	under &ktgt_net.config_mutex, read with ktgt_target_key()
 * @lus: struct ktgt_lu by LUN, the controller at 0 included; read under RCU,
 *	written under &ktgt_net.config_mutex
 * @nr_lus: entries of @lus
 * @lus_changed: a transaction has changed @lus, and tells initiators at its end;
 *	under &ktgt_net.config_mutex
 * @access: who may log in; replaced as a whole, read under RCU
 * @ports: target ports that it is bound to, NULL for all; replaced as a whole, read
 *	under RCU. Written under &ktgt_net.config_mutex
 * @nexus_lock: protects @nexuses, @deleted and @nr_resets; taken in process and
 *	softirq context, with bottom halves off
 * @nexuses: struct ktgt_nexus
 * @nr_nexuses: length of @nexuses plus those that are being freed
 * @no_nexus: woken when @nr_nexuses falls to zero
 * @nr_resets: resets of the whole target that are under way
 * @groups: its target port groups, NULL if it has none; under @nexus_lock, by those
 *	who have a reference or are under RCU
 * @transition: who changes the states of @groups, or will, or NULL; under @nexus_lock
 * @set_groups: SET TARGET PORT GROUPS that is answered when @transition has ended, or
 *	NULL; under @nexus_lock
 * @staged_groups: what @groups will be when a transaction is applied; under
 *	&ktgt_net.config_mutex
 */
struct ktgt_target {
	struct kref		ref;
	struct rcu_head		rcu;
	struct ktgt_net		*kn;
	u32			tid;
	u32			state;
	u8			stage;
	struct ktgt_target	*tid_successor;
	struct ktgt_target	*name_successor;
	bool			deleted;
	struct rhash_head	name_node;
	char			name[KTGT_NAME_LEN];
	char			alias[KTGT_ALIAS_LEN];
	u32			keys[KTGT_NR_TARGET_KEYS];

	struct xarray		lus;
	unsigned int		nr_lus;
	bool			lus_changed;
	struct ktgt_access __rcu	*access;
	struct ktgt_ports __rcu	*ports;

	spinlock_t		nexus_lock;
	struct list_head	nexuses;
	atomic_t		nr_nexuses;
	wait_queue_head_t	no_nexus;
	unsigned int		nr_resets;

	struct ktgt_groups	*groups;
	struct ktgt_transition	*transition;
	struct ktgt_cmd		*set_groups;
	struct ktgt_groups	*staged_groups;
};

extern const struct rhashtable_params ktgt_target_names;

/**
 * ktgt_target_key - get a setting of a target
 * @target: the target, or NULL for discovery
 * @key: which setting
 * @none: the value if it is not set
 *
 * Context: any.
 * Return: the value, or @none.
 */
static inline u32 ktgt_target_key(const struct ktgt_target *target,
				  enum ktgt_target_key key, u32 none)
{
	u32 value = target ? READ_ONCE(target->keys[key]) : 0;

	return value ? value - 1 : none;
}

/**
 * ktgt_target_has_port - whether a target is at a portal group
 * @target: the target
 * @tag: portal group tag
 *
 * Context: any, under RCU.
 * Return: true if it is bound to it, or to none.
 */
static inline bool ktgt_target_has_port(const struct ktgt_target *target, u16 tag)
{
	const struct ktgt_ports *ports = rcu_dereference(target->ports);

	return !ports || ktgt_ports_has(ports, tag);
}

struct ktgt_target *ktgt_target_alloc(struct ktgt_net *kn, const char *name);
unsigned int ktgt_target_nr_nexuses(struct ktgt_target *target);
void ktgt_target_put(struct ktgt_target *target);
bool __must_check ktgt_target_tryget(struct ktgt_target *target);

#endif /* _KTGT_CORE_TARGET_H */
