/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The claim of a device: who has it for himself.
 */
#ifndef _KTGT_BACKEND_CLAIM_H
#define _KTGT_BACKEND_CLAIM_H

#include <linux/kref.h>

/**
 * struct ktgt_claim - the claim of a device
 *
 * Its address is what the block layer compares. Two stores of a hand-over share
 * it, so that the next one can open the device before the last one has closed
 * it. It stays until the storage has answered the last command of the last of
 * them: only then can anyone else open the device.
 *
 * @ref: one for each store
 * @given: a store that leaves has passed it on to another in a transaction, and
 *	no third one may have it; under &ktgt_net.config_mutex
 */
struct ktgt_claim {
	struct kref	ref;
	bool		given;
};

struct ktgt_claim *ktgt_claim_alloc(void);
struct ktgt_claim *ktgt_claim_get(struct ktgt_claim *claim);
void ktgt_claim_put(struct ktgt_claim *claim);

#endif /* _KTGT_BACKEND_CLAIM_H */
