/* SPDX-License-Identifier: GPL-2.0 */
/* Who uses a block device, or which device uses a file. */
#ifndef KTGT_LIB_FIND_DEVICE_H
#define KTGT_LIB_FIND_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/model.h"

/*
 * Who uses the block device @dev, in words that go on after "is in use: ":
 * where it or a partition is mounted, what it is a part of, which of @lus (struct
 * lu) it is, what else of the kernel has it, or who has it open. Processes are
 * looked at until the deadline; the rest is short.
 */
bool find_device_user(dev_t dev, const struct vec *lus, uint64_t deadline,
		      char *buf, size_t size);

/* The loop device whose backing file is the file at @path. */
bool find_loop(const char *path, char *buf, size_t size);

#endif
