// SPDX-License-Identifier: GPL-2.0
/*
 * Who has a device for himself, so that nobody else opens it.
 */
#include "holder.h"

#include <linux/slab.h>

/**
 * ktgt_holder_alloc - make a holder of devices
 *
 * Context: may sleep.
 * Return: the holder, with a reference, or NULL.
 */
struct ktgt_holder *ktgt_holder_alloc(void)
{
	struct ktgt_holder *holder = kzalloc_obj(*holder, GFP_KERNEL);

	if (holder)
		kref_init(&holder->ref);
	return holder;
}

/**
 * ktgt_holder_get - become a holder too
 * @holder: the holder, referenced
 *
 * Context: any.
 * Return: the holder.
 */
struct ktgt_holder *ktgt_holder_get(struct ktgt_holder *holder)
{
	kref_get(&holder->ref);
	return holder;
}

static void holder_free(struct kref *ref)
{
	kfree(container_of(ref, struct ktgt_holder, ref));
}

/**
 * ktgt_holder_put - be a holder no more
 * @holder: the holder, or NULL; what was opened for the caller is closed
 *
 * Context: any.
 */
void ktgt_holder_put(struct ktgt_holder *holder)
{
	if (holder)
		kref_put(&holder->ref, holder_free);
}
