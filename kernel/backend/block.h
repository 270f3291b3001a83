/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Block devices.
 */
#ifndef _KTGT_BACKEND_BLOCK_H
#define _KTGT_BACKEND_BLOCK_H

#include <linux/types.h>

struct ktgt_backend_ops;

extern const struct ktgt_backend_ops ktgt_backend_block_ops;

int ktgt_backend_block_dev(const char *path, bool read_only, dev_t *dev);
int ktgt_block_init(void);
void ktgt_block_exit(void);

#endif /* _KTGT_BACKEND_BLOCK_H */
