/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Target port groups come, change and go.
 */
#ifndef _KTGT_CONFIG_GROUP_H
#define _KTGT_CONFIG_GROUP_H

#include <linux/types.h>

#include "../core/port.h"

struct ktgt_txn;

/**
 * struct ktgt_group_params - what the user says about a target port group
 * @tid: number of the target
 * @id: identifier of the group
 * @ports: its ports
 * @set_ports: @ports holds
 * @state: enum ktgt_port_group_state, but for the one that transitions have
 * @set_state: @state holds
 * @preferred: initiators should use it rather than others
 * @set_preferred: @preferred holds
 */
struct ktgt_group_params {
	u32			tid;
	u16			id;
	struct ktgt_ports	ports;
	bool			set_ports;
	u8			state;
	bool			set_state;
	bool			preferred;
	bool			set_preferred;
};

int ktgt_group_stage_new(struct ktgt_txn *txn,
			 const struct ktgt_group_params *params);
int ktgt_group_stage_set(struct ktgt_txn *txn,
			 const struct ktgt_group_params *params);
int ktgt_group_stage_del(struct ktgt_txn *txn,
			 const struct ktgt_group_params *params);

#endif /* _KTGT_CONFIG_GROUP_H */
