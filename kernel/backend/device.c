// SPDX-License-Identifier: GPL-2.0
/*
 * The device that somebody has opened, and means. The descriptor shows which one
 * that is, and that its owner may have it: rights, mount namespace and security
 * label have allowed to open it.
 *
 * What is kept of it is the inode of the block device, and not the open file. The
 * inode stays the same one until it is let go, whatever device gets the number
 * meanwhile. But it keeps nothing open: to close a device may wait for its storage,
 * and a device that is only meant can still be removed.
 */
#include "device.h"

#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/netlink.h>

#include "../core/refuse.h"
#include "backend.h"

static struct inode *refuse(const struct ktgt_store_params *params, int err,
			    const char *why, struct netlink_ext_ack *extack)
{
	ktgt_refuse(extack, "LUN %u: %s: %s", params->lun, params->path, why);
	return ERR_PTR(err);
}

/**
 * ktgt_device_take - note which device a file is
 * @file: what the sender of a request has opened
 * @params: LUN and path, for messages; whether the device is not to be written
 * @extack: takes the reason of a refusal
 *
 * Context: the thread that sent the request, whose rights are looked at; may sleep,
 *	but not for the storage.
 * Return: inode of the block device, for iput(); or ERR_PTR.
 */
struct inode *ktgt_device_take(struct file *file,
			       const struct ktgt_store_params *params,
			       struct netlink_ext_ack *extack)
{
	struct inode *device;

	if (!S_ISBLK(file_inode(file)->i_mode))
		return refuse(params, -ENOTBLK,
			      "the descriptor is not one of a block device; open the device",
			      extack);
	if (!(file->f_mode & FMODE_READ))
		return refuse(params, -EBADF,
			      "the descriptor is not open for reading; open the device with O_RDONLY",
			      extack);
	/* asks the device cgroup and the security module, too */
	if (!params->read_only && file_permission(file, MAY_WRITE))
		return refuse(params, -EACCES,
			      "you may not write it: permission denied; add read-only on",
			      extack);
	device = file->f_mapping->host;
	ihold(device);
	return device;
}

/**
 * ktgt_device_number - the number of a device
 * @device: the device, of ktgt_device_take()
 *
 * Context: any.
 * Return: its number, which another device may have by now.
 */
dev_t ktgt_device_number(struct inode *device)
{
	return I_BDEV(device)->bd_dev;
}

/**
 * ktgt_device_check - does a path lead to this device
 * @device: the device, of ktgt_device_take()
 * @params: LUN and path; where the path leads
 * @extack: takes the reason of a refusal
 *
 * Context: the thread that sent the request, while it has the device open.
 * Return: 0, or -EINVAL.
 */
int ktgt_device_check(struct inode *device, const struct ktgt_store_params *params,
		      struct netlink_ext_ack *extack)
{
	struct block_device *bdev = I_BDEV(device);
	dev_t dev = bdev->bd_dev;

	if (!params->dev_err && params->dev == dev)
		return 0;
	if (params->dev_err)
		ktgt_refuse(extack,
			    "LUN %u: the descriptor is one of %pg, %u:%u, to which %s does not lead: error %d",
			    params->lun, bdev, MAJOR(dev), MINOR(dev),
			    params->path, -params->dev_err);
	else
		ktgt_refuse(extack,
			    "LUN %u: %s is the device %u:%u, and the descriptor is one of %pg, %u:%u; both must be the same",
			    params->lun, params->path, MAJOR(params->dev),
			    MINOR(params->dev), bdev, MAJOR(dev), MINOR(dev));
	return -EINVAL;
}

/**
 * ktgt_device_is - has a device been opened that somebody meant
 * @device: the device, of ktgt_device_take(); NULL if any may be opened
 * @bdev: what was opened
 *
 * Context: any.
 * Return: true if it has.
 */
bool ktgt_device_is(struct inode *device, const struct block_device *bdev)
{
	return !device || I_BDEV(device) == bdev;
}
