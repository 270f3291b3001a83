/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of a logical unit that is in use.
 */
#ifndef _KTGT_CONFIG_LU_SET_H
#define _KTGT_CONFIG_LU_SET_H

#include <linux/bits.h>
#include <linux/types.h>

#include <linux/ktgt.h>

struct file;
struct ktgt_lu_params;
struct ktgt_txn;

/* attributes that are names of a disk */
#define KTGT_LU_SET_NAMES						\
	(BIT_ULL(KTGT_A_LU_SCSI_ID) | BIT_ULL(KTGT_A_LU_SERIAL) |	\
	 BIT_ULL(KTGT_A_LU_VENDOR) | BIT_ULL(KTGT_A_LU_PRODUCT) |	\
	 BIT_ULL(KTGT_A_LU_REVISION) | BIT_ULL(KTGT_A_LU_NAA_ID) |	\
	 BIT_ULL(KTGT_A_LU_EUI) | BIT_ULL(KTGT_A_LU_UUID) |		\
	 BIT_ULL(KTGT_A_LU_SCSI_NAME))

int ktgt_lu_stage_set(struct ktgt_txn *txn, u32 tid,
		      const struct ktgt_lu_params *params, u64 has,
		      struct file *file);

#endif /* _KTGT_CONFIG_LU_SET_H */
