/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the block layer tells the holder of a device.
 */
#ifndef _KTGT_BACKEND_HOLDER_H
#define _KTGT_BACKEND_HOLDER_H

#include <linux/types.h>

struct blk_holder_ops;

/**
 * struct ktgt_holder_calls - who knows the logical units of a device
 * @changed: it is going, or another medium is in it; does not sleep for storage
 * @freeze: admit no more commands to it, and wait for those that were; may sleep,
 *	for KTGT_HOLDER_FREEZE_TIME at most. 0, or an errno if nothing is frozen
 * @thaw: admit commands again
 */
struct ktgt_holder_calls {
	void	(*changed)(dev_t dev);
	int	(*freeze)(dev_t dev);
	void	(*thaw)(dev_t dev);
};

/* how long a freeze may wait for commands */
#define KTGT_HOLDER_FREEZE_TIME	(10 * HZ)

extern const struct blk_holder_ops ktgt_holder_ops;

void ktgt_holder_init(const struct ktgt_holder_calls *calls);
void ktgt_holder_exit(void);

#endif /* _KTGT_BACKEND_HOLDER_H */
