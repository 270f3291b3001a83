/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Targets as they are made, changed and deleted.
 */
#ifndef _KTGT_CONFIG_TARGET_H
#define _KTGT_CONFIG_TARGET_H

#include <linux/types.h>

#include "../core/target.h"

struct ktgt_net;
struct ktgt_txn;

/**
 * struct ktgt_target_params - what the user says of a target
 * @tid: target number; for a new target 0 takes the lowest free one, else 0
 *	leaves it to @name to say which
 * @name: iSCSI name, or NULL
 * @alias: TargetAlias, or NULL
 * @state: enum ktgt_target_state
 * @set_state: @state holds
 * @keys: for each &enum ktgt_target_key in @set_keys, the value, or U32_MAX to
 *	go back to what holds without
 * @set_keys: bits of &enum ktgt_target_key
 * @force: delete although there are sessions
 */
struct ktgt_target_params {
	u32		tid;
	const char	*name;
	const char	*alias;
	u32		state;
	bool		set_state;
	u32		keys[KTGT_NR_TARGET_KEYS];
	u32		set_keys;
	bool		force;
};

const char *ktgt_target_name_fault(const char *name);

int ktgt_target_stage_new(struct ktgt_txn *txn,
			  const struct ktgt_target_params *params, u32 *tid);
int ktgt_target_stage_set(struct ktgt_txn *txn,
			  const struct ktgt_target_params *params);
int ktgt_target_stage_del(struct ktgt_txn *txn,
			  const struct ktgt_target_params *params);

struct ktgt_target *ktgt_target_check(struct ktgt_txn *txn, u32 tid,
				      const char *name);
void ktgt_target_hide_all(struct ktgt_net *kn);
void ktgt_target_free_all(struct ktgt_net *kn);

#endif /* _KTGT_CONFIG_TARGET_H */
