/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The devices that changes of logical units open.
 */
#ifndef _KTGT_CONFIG_LU_DEV_H
#define _KTGT_CONFIG_LU_DEV_H

#include <linux/types.h>

struct file;
struct ktgt_lu_params;
struct ktgt_net;
struct ktgt_opening;
struct ktgt_txn;
struct netlink_ext_ack;

int ktgt_lu_dev_find(struct ktgt_lu_params *params, struct file *file,
		     struct netlink_ext_ack *extack);
int ktgt_lu_dev_take(struct ktgt_lu_params *params, struct file *file,
		     struct netlink_ext_ack *extack);
int ktgt_lu_dev_copy(struct ktgt_net *kn, u32 tid, u32 lun,
		     struct ktgt_lu_params *params);
int ktgt_lu_dev_await(struct ktgt_txn *txn, const struct ktgt_lu_params *params,
		      struct ktgt_opening *opening);
int ktgt_lu_dev_check(struct ktgt_txn *txn, const struct ktgt_lu_params *opened,
		      const struct ktgt_lu_params *wanted, u32 tid);

#endif /* _KTGT_CONFIG_LU_DEV_H */
