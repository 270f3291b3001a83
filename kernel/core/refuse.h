/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Texts of refusals.
 */
#ifndef _KTGT_CORE_REFUSE_H
#define _KTGT_CORE_REFUSE_H

#include <linux/compiler.h>

struct netlink_ext_ack;

__printf(2, 3)
void ktgt_refuse(struct netlink_ext_ack *extack, const char *format, ...);
char *ktgt_refuse_take(const struct netlink_ext_ack *extack);
void ktgt_refuse_give(struct netlink_ext_ack *extack, char *text);
void ktgt_refuse_exit(void);

#endif /* _KTGT_CORE_REFUSE_H */
