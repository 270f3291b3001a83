/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The logical units of a device, when something happens to it.
 */
#ifndef _KTGT_CONFIG_HOLDER_H
#define _KTGT_CONFIG_HOLDER_H

#include <linux/types.h>

struct net;

void ktgt_lus_refresh(struct net *net, dev_t dev);
void ktgt_lus_init(void);

#endif /* _KTGT_CONFIG_HOLDER_H */
