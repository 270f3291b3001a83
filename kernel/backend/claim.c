// SPDX-License-Identifier: GPL-2.0
/*
 * The claim of a device.
 */
#include "claim.h"

#include <linux/slab.h>

/**
 * ktgt_claim_alloc - make a claim
 *
 * Context: may sleep.
 * Return: the claim, with a reference, or NULL.
 */
struct ktgt_claim *ktgt_claim_alloc(void)
{
	struct ktgt_claim *claim = kzalloc_obj(*claim, GFP_KERNEL);

	if (claim)
		kref_init(&claim->ref);
	return claim;
}

/**
 * ktgt_claim_get - share a claim
 * @claim: the claim, referenced
 *
 * Context: any.
 * Return: the claim.
 */
struct ktgt_claim *ktgt_claim_get(struct ktgt_claim *claim)
{
	kref_get(&claim->ref);
	return claim;
}

static void claim_free(struct kref *ref)
{
	kfree(container_of(ref, struct ktgt_claim, ref));
}

/**
 * ktgt_claim_put - drop a reference
 * @claim: the claim, or NULL; the caller has closed what it opened with it
 *
 * Context: any.
 */
void ktgt_claim_put(struct ktgt_claim *claim)
{
	if (claim)
		kref_put(&claim->ref, claim_free);
}
