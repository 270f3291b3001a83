/* SPDX-License-Identifier: GPL-2.0 */
/* Finding who uses a block device, or which loop device uses a file. */
#ifndef KTGT_LIB_FIND_DEVICE_H
#define KTGT_LIB_FIND_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/model.h"

/*
 * Finds who uses the block device @dev, and writes what can follow "is in use:
 * ": where it or a partition is mounted, what it is a part of, which of @lus
 * (struct lu) uses it, what else in the kernel uses it, or which process has it
 * open. The search in processes stops at the deadline; the rest is short.
 */
bool find_device_user(dev_t dev, const struct vec *lus, uint64_t deadline,
		      char *buf, size_t size);

/* Finds the loop device whose backing file is @path. */
bool find_loop(const char *path, char *buf, size_t size);

#endif
