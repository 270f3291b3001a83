/* SPDX-License-Identifier: GPL-2.0 */
/* Properties of block devices, from sysfs. */
#ifndef KTGT_LIB_DEVICE_H
#define KTGT_LIB_DEVICE_H

#include <stddef.h>

#include "lib/model.h"

/*
 * Whether a file of this name exists. A block device without a size, for
 * example a free loop device, does not count.
 */
bool device_exists(const char *path);

/*
 * Gets the folder of a block device in sysfs; -1 if @path is not a block
 * device.
 */
int device_dir(const char *path, char *buf, size_t size);

/*
 * Sets in @lu the defaults that its device decides: write cache, read only,
 * block size. What cannot be found out stays as it is.
 */
void device_defaults(const char *dir, struct lu *lu);

/* Sets vendor, product, revision and serial number if they are not set. */
void device_identity(const char *dir, struct lu *lu);

#endif
