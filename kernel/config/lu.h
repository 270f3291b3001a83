/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of logical units.
 */
#ifndef _KTGT_CONFIG_LU_H
#define _KTGT_CONFIG_LU_H

#include <linux/types.h>

struct file;
struct ktgt_lu;
struct ktgt_lu_params;
struct ktgt_txn;

struct ktgt_lu *ktgt_lu_check(struct ktgt_txn *txn, u32 tid, u32 lun);
int ktgt_lu_stage_new(struct ktgt_txn *txn, u32 tid,
		      const struct ktgt_lu_params *params, struct file *file);
int ktgt_lu_stage_del(struct ktgt_txn *txn, u32 tid, u32 lun);
int ktgt_lu_stage_attach(struct ktgt_txn *txn, u32 tid,
			 const struct ktgt_lu_params *with, struct file *file,
			 bool any_path);
int ktgt_lu_stage_load(struct ktgt_txn *txn, u32 tid,
		       const struct ktgt_lu_params *with, struct file *file);

#endif /* _KTGT_CONFIG_LU_H */
