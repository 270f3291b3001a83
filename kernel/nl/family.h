/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netlink family.
 */
#ifndef _KTGT_NL_FAMILY_H
#define _KTGT_NL_FAMILY_H

#include <net/genetlink.h>

extern struct genl_family ktgt_nl_family;

#endif /* _KTGT_NL_FAMILY_H */
