/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of a logical unit that is in use.
 */
#ifndef _KTGT_CONFIG_LU_SET_H
#define _KTGT_CONFIG_LU_SET_H

#include <linux/types.h>

struct ktgt_lu_params;
struct ktgt_txn;

int ktgt_lu_stage_set(struct ktgt_txn *txn, u32 tid,
		      const struct ktgt_lu_params *params, u64 has);

#endif /* _KTGT_CONFIG_LU_SET_H */
