// SPDX-License-Identifier: GPL-2.0
/*
 * Mode parameters that initiators have saved, in the image of a state file: the section
 * KTGT_SECTION_MODE, which is there if they have saved some.
 *
 *	0	flags: D_SENSE, SWP
 *	1	WCE: 0, 1, or 0xff if it is as the device has it
 *	2	0
 */
#include "mode_image.h"

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "lu.h"

#define D_SENSE		BIT(0)
#define SWP		BIT(1)
#define AS_DEVICE	0xff

/**
 * ktgt_mode_image_put - write the data of the section
 * @saved: what is to be kept
 * @p: takes it; KTGT_MODE_IMAGE_LEN zeroes before
 *
 * Context: any.
 */
void ktgt_mode_image_put(const struct ktgt_mode_saved *saved, u8 *p)
{
	if (saved->d_sense)
		p[0] |= D_SENSE;
	if (saved->protect)
		p[0] |= SWP;
	p[1] = saved->cache < 0 ? AS_DEVICE : saved->cache;
}

static void keep(struct ktgt_lu *lu, const struct ktgt_mode_saved *saved)
{
	spin_lock(&lu->lock);
	WRITE_ONCE(lu->mode_saved.d_sense, saved->d_sense);
	WRITE_ONCE(lu->mode_saved.protect, saved->protect);
	WRITE_ONCE(lu->mode_saved.cache, saved->cache);
	spin_unlock(&lu->lock);
}

/**
 * ktgt_mode_image_read - give a logical unit the saved mode parameters of a state file
 * @lu: logical unit; what is in force does not change
 * @p: data of the section
 * @len: bytes of it
 *
 * Context: process.
 * Return: 0; -EUCLEAN if it makes no sense; -EPROTONOSUPPORT if it has something that is
 *	not known.
 */
int ktgt_mode_image_read(struct ktgt_lu *lu, const u8 *p, u32 len)
{
	struct ktgt_mode_saved saved;

	if (len < KTGT_MODE_IMAGE_LEN)
		return -EUCLEAN;
	if (len > KTGT_MODE_IMAGE_LEN || p[0] & ~(D_SENSE | SWP) ||
	    memchr_inv(p + 2, 0, KTGT_MODE_IMAGE_LEN - 2))
		return -EPROTONOSUPPORT;
	if (p[1] > 1 && p[1] != AS_DEVICE)
		return -EUCLEAN;
	saved.d_sense = p[0] & D_SENSE;
	saved.protect = p[0] & SWP;
	saved.cache = p[1] == AS_DEVICE ? -1 : p[1];
	keep(lu, &saved);
	return 0;
}

/**
 * ktgt_mode_image_none - a logical unit has no saved mode parameters
 * @lu: logical unit that is not published
 *
 * Context: process.
 */
void ktgt_mode_image_none(struct ktgt_lu *lu)
{
	const struct ktgt_mode_saved none = { .cache = -1 };

	keep(lu, &none);
}
