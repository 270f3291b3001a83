// SPDX-License-Identifier: GPL-2.0
/*
 * The netlink family: its commands, which are generated, and its multicast
 * groups.
 */
#include "family.h"

#include <linux/module.h>

#include "generated/netlink.h"

/*
 * Events need the same capability as the commands that show the same things.
 * The generator cannot express this, so this table is written by hand.
 */
static const struct genl_multicast_group ktgt_nl_groups[] = {
	[KTGT_NLGRP_CONFIG] = {
		.name = KTGT_MCGRP_CONFIG,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
	[KTGT_NLGRP_SESSION] = {
		.name = KTGT_MCGRP_SESSION,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family ktgt_nl_family __ro_after_init = {
	.name		= KTGT_FAMILY_NAME,
	.version	= KTGT_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= ktgt_nl_ops,
	.n_split_ops	= ARRAY_SIZE(ktgt_nl_ops),
	.mcgrps		= ktgt_nl_groups,
	.n_mcgrps	= ARRAY_SIZE(ktgt_nl_groups),
};
