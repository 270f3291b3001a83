/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reservations that the user gives to a logical unit.
 */
#ifndef _KTGT_CONFIG_RESERVATION_H
#define _KTGT_CONFIG_RESERVATION_H

#include <linux/list.h>
#include <linux/types.h>

struct ktgt_net;
struct ktgt_registration;
struct netlink_ext_ack;

/**
 * struct ktgt_reservation_params - what a logical unit is to have
 * @tid: number of its target
 * @lun: its number
 * @generation: PRGENERATION; the next one if @has_generation is not set
 * @has_generation: @generation is given
 * @type: enum ktgt_pr_type, 0 for no reservation
 * @aptpl: it is to outlive a loss of power
 * @holder: which of @registrations holds it; NULL if none does, or all do
 * @registrations: struct ktgt_registration
 */
struct ktgt_reservation_params {
	u32				tid;
	u32				lun;
	u32				generation;
	bool				has_generation;
	u8				type;
	bool				aptpl;
	struct ktgt_registration	*holder;
	struct list_head		registrations;
};

int ktgt_reservation_add(struct ktgt_reservation_params *params,
			 const char *port, u64 key, u16 target_port,
			 bool holder, struct netlink_ext_ack *extack);
int ktgt_reservation_set(struct ktgt_net *kn,
			 struct ktgt_reservation_params *params,
			 struct netlink_ext_ack *extack);

#endif /* _KTGT_CONFIG_RESERVATION_H */
