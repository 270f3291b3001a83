/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device that somebody has opened, and means.
 */
#ifndef _KTGT_BACKEND_DEVICE_H
#define _KTGT_BACKEND_DEVICE_H

#include <linux/types.h>

struct block_device;
struct file;
struct inode;
struct ktgt_store_params;
struct netlink_ext_ack;

struct inode *ktgt_device_take(struct file *file,
			       const struct ktgt_store_params *params,
			       struct netlink_ext_ack *extack);
dev_t ktgt_device_number(struct inode *device);
int ktgt_device_check(struct inode *device, const struct ktgt_store_params *params,
		      struct netlink_ext_ack *extack);
bool ktgt_device_is(struct inode *device, const struct block_device *bdev);

#endif /* _KTGT_BACKEND_DEVICE_H */
