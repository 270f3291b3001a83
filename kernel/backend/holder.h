/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who has a device for himself.
 */
#ifndef _KTGT_BACKEND_HOLDER_H
#define _KTGT_BACKEND_HOLDER_H

#include <linux/kref.h>

/**
 * struct ktgt_holder - who has a device for himself
 *
 * Logical units that hand a device on share one, so that the next one can open
 * it before the last one has closed it. Its address is what the block layer
 * compares: it belongs to nobody else as long as one of them is there.
 *
 * @ref: one for each logical unit
 */
struct ktgt_holder {
	struct kref	ref;
};

struct ktgt_holder *ktgt_holder_alloc(void);
struct ktgt_holder *ktgt_holder_get(struct ktgt_holder *holder);
void ktgt_holder_put(struct ktgt_holder *holder);

#endif /* _KTGT_BACKEND_HOLDER_H */
