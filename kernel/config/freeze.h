/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Logical units that are frozen together.
 */
#ifndef _KTGT_CONFIG_FREEZE_H
#define _KTGT_CONFIG_FREEZE_H

#include <linux/types.h>

struct ktgt_net;
struct netlink_ext_ack;

/**
 * struct ktgt_freeze_params - what is to be frozen, or to be thawed
 * @tid: number of the target
 * @luns: LUNs
 * @nr_luns: length of @luns, not 0
 * @seconds: freeze: when they thaw by themselves
 * @portid: freeze: the socket whose end thaws them; 0 if there is none
 * @id: thaw: number of the freeze; 0 for whichever it is
 */
struct ktgt_freeze_params {
	u32		tid;
	const u32	*luns;
	unsigned int	nr_luns;
	u32		seconds;
	u32		portid;
	u32		id;
};

/**
 * struct ktgt_freeze_result - what a freeze is known by
 * @id: its number, for ktgt_thaw()
 * @generation: &ktgt_net.generation at the moment of the freeze
 */
struct ktgt_freeze_result {
	u32	id;
	u64	generation;
};

int ktgt_freeze(struct ktgt_net *kn, const struct ktgt_freeze_params *params,
		struct ktgt_freeze_result *result,
		struct netlink_ext_ack *extack);
int ktgt_thaw(struct ktgt_net *kn, const struct ktgt_freeze_params *params,
	      struct netlink_ext_ack *extack);
void ktgt_freeze_end_socket(struct ktgt_net *kn, u32 portid);
void ktgt_freeze_net_init(struct ktgt_net *kn);
void ktgt_freeze_net_exit(struct ktgt_net *kn);
int ktgt_freeze_init(void);
void ktgt_freeze_exit(void);

#endif /* _KTGT_CONFIG_FREEZE_H */
