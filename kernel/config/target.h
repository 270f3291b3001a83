/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of targets, and the rules for their names.
 */
#ifndef _KTGT_CONFIG_TARGET_H
#define _KTGT_CONFIG_TARGET_H

#include <linux/types.h>

#include "../core/target.h"

struct ktgt_change;
struct ktgt_net;
struct ktgt_txn;

/**
 * struct ktgt_target_params - what the user says about a target
 * @tid: target number. 0 means the lowest free number for a new target, and
 *	"the target of this @name" for an existing one
 * @name: iSCSI name, or NULL
 * @alias: TargetAlias, or NULL
 * @state: enum ktgt_target_state
 * @set_state: @state holds
 * @keys: the value of each &enum ktgt_target_key in @set_keys; U32_MAX removes
 *	the setting
 * @set_keys: bits of &enum ktgt_target_key
 * @ports: target ports that it is bound to, NULL for all; belongs to who uses the
 *	params
 * @set_ports: @ports holds
 * @force: delete the target even if it has sessions
 */
struct ktgt_target_params {
	u32		tid;
	const char	*name;
	const char	*alias;
	u32		state;
	bool		set_state;
	u32		keys[KTGT_NR_TARGET_KEYS];
	u32		set_keys;
	struct ktgt_ports	*ports;
	bool		set_ports;
	bool		force;
};

const char *ktgt_target_name_fault(const char *name);

int ktgt_target_stage_new(struct ktgt_txn *txn,
			  const struct ktgt_target_params *params);
int ktgt_target_stage_set(struct ktgt_txn *txn,
			  const struct ktgt_target_params *params);
bool ktgt_target_is_deleted_by(const struct ktgt_target *target,
			       const struct ktgt_change *change);
int ktgt_target_stage_del(struct ktgt_txn *txn,
			  const struct ktgt_target_params *params);

struct ktgt_target *ktgt_target_check(struct ktgt_txn *txn, u32 tid,
				      const char *name);
void ktgt_target_hide_all(struct ktgt_net *kn);
void ktgt_target_free_all(struct ktgt_net *kn);

#endif /* _KTGT_CONFIG_TARGET_H */
