/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel tells of a block device in sysfs. */
#ifndef KTGT_LIB_DEVICE_H
#define KTGT_LIB_DEVICE_H

#include <stddef.h>

#include "lib/model.h"

/*
 * Whether there is a file of that name, whatever it is; but a block device has to
 * have a size, which a loop device that is free has not, for example.
 */
bool device_exists(const char *path);

/* The folder of a block device in sysfs, or -1 when @path is none. */
int device_dir(const char *path, char *buf, size_t size);

/*
 * Sets in @lu what its device decides when nobody else does: write cache,
 * read only, block size. What cannot be told stays as it is.
 */
void device_defaults(const char *dir, struct lu *lu);

/* Sets vendor, product, revision and serial number where they are not. */
void device_identity(const char *dir, struct lu *lu);

#endif
