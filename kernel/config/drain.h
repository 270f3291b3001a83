/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The last wait for a logical unit.
 */
#ifndef _KTGT_CONFIG_DRAIN_H
#define _KTGT_CONFIG_DRAIN_H

#include <linux/types.h>

struct ktgt_lu;
struct ktgt_txn;

void ktgt_drain_lu(struct ktgt_txn *txn, struct ktgt_lu *lu, u32 tid);

#endif /* _KTGT_CONFIG_DRAIN_H */
