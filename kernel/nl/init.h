/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Start and stop of netlink, with the module.
 */
#ifndef _KTGT_NL_INIT_H
#define _KTGT_NL_INIT_H

int ktgt_nl_init(void);
void ktgt_nl_exit(void);

#endif /* _KTGT_NL_INIT_H */
