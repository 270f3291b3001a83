// SPDX-License-Identifier: GPL-2.0
/*
 * A sanitize operation in the image of a state file: the section
 * KTGT_SECTION_SANITIZE, which is there while it is under way, and if it has failed. How
 * far it has come is not kept: it goes on from the beginning.
 *
 *	0	1: under way, 2: has failed
 *	1	service action
 *	2	flags: AUSE, INVERT
 *	3	OVERWRITE COUNT
 *	4	bytes of the pattern
 *	6	bytes of the identity of the disk, 0 if it has none
 *	7	0
 *	8	bytes of the disk
 *	16	the pattern
 *		the identity of the disk
 *
 * All numbers are little-endian.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "sanitize_image.h"

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "lu.h"
#include "sanitize_state.h"
#include "state_image.h"

#define UNDER_WAY	1
#define HAS_FAILED	2

#define AUSE		BIT(0)
#define INVERT		BIT(1)

/* OVERWRITE COUNT has five bits */
#define PASSES_MAX	31

/* with it there is room for all other sections */
static_assert(2 * KTGT_SECTION_LEN + KTGT_SANITIZE_HEADER +
	      KTGT_SANITIZE_PATTERN_MAX + KTGT_SANITIZE_DISK_MAX + 64 <=
	      KTGT_STATE_OTHERS_MAX);
static_assert(KTGT_MEDIUM_MAX <= KTGT_SANITIZE_DISK_MAX);

/**
 * ktgt_sanitize_disk - which disk is behind a logical unit
 * @lu: disk
 * @disk: takes its identity, KTGT_SANITIZE_DISK_MAX bytes and a NUL; "" if it has none
 *
 * A path says nothing: it may lead to another disk after the next boot.
 *
 * Context: process.
 */
void ktgt_sanitize_disk(struct ktgt_lu *lu, char *disk)
{
	spin_lock(&lu->lock);
	strscpy(disk, lu->medium, KTGT_SANITIZE_DISK_MAX + 1);
	spin_unlock(&lu->lock);
}

/**
 * ktgt_sanitize_image_put - write the data of the section
 * @image: what is to be kept
 * @p: takes it, at most KTGT_SANITIZE_HEADER, the pattern, and
 *	KTGT_SANITIZE_DISK_MAX bytes
 *
 * Context: any.
 * Return: bytes of it.
 */
u32 ktgt_sanitize_image_put(const struct ktgt_sanitize_image *image, u8 *p)
{
	memset(p, 0, KTGT_SANITIZE_HEADER);
	p[0] = image->failed ? HAS_FAILED : UNDER_WAY;
	p[1] = image->action;
	p[2] = (image->unrestricted ? AUSE : 0) | (image->invert ? INVERT : 0);
	p[3] = image->passes;
	put_unaligned_le16(image->pattern_len, p + 4);
	p[6] = image->disk_len;
	put_unaligned_le64(image->size, p + 8);
	p += KTGT_SANITIZE_HEADER;
	if (image->pattern_len)
		memcpy(p, image->pattern, image->pattern_len);
	p += image->pattern_len;
	memcpy(p, image->disk, image->disk_len);
	return KTGT_SANITIZE_HEADER + image->pattern_len + image->disk_len;
}

/* One that is under way needs what it is to write. */
static bool makes_sense(const struct ktgt_sanitize_image *image)
{
	if (!image->size)
		return false;
	if (image->failed)
		return !image->pattern_len;
	if (image->action != KTGT_SANITIZE_OVERWRITE)
		return !image->pattern_len && !image->passes;
	return image->pattern_len &&
	       image->pattern_len <= KTGT_SANITIZE_PATTERN_MAX &&
	       image->passes && image->passes <= PASSES_MAX;
}

/**
 * ktgt_sanitize_image_get - read the data of the section
 * @image: takes what is kept; its pattern and its disk are in @p
 * @p: the data
 * @len: bytes of it
 *
 * Context: any.
 * Return: 0; -EUCLEAN if it makes no sense; -EPROTONOSUPPORT if it has something that is
 *	not known.
 */
int ktgt_sanitize_image_get(struct ktgt_sanitize_image *image, const u8 *p,
			    u32 len)
{
	if (len < KTGT_SANITIZE_HEADER)
		return -EUCLEAN;
	if ((p[0] != UNDER_WAY && p[0] != HAS_FAILED) ||
	    (p[1] != KTGT_SANITIZE_OVERWRITE &&
	     p[1] != KTGT_SANITIZE_BLOCK_ERASE) ||
	    p[2] & ~(AUSE | INVERT) || p[7])
		return -EPROTONOSUPPORT;
	*image = (struct ktgt_sanitize_image) {
		.failed = p[0] == HAS_FAILED,
		.action = p[1],
		.unrestricted = p[2] & AUSE,
		.invert = p[2] & INVERT,
		.passes = p[3],
		.disk_len = p[6],
		.pattern_len = get_unaligned_le16(p + 4),
		.size = get_unaligned_le64(p + 8),
	};
	if (len != KTGT_SANITIZE_HEADER + (u32)image->pattern_len +
		   image->disk_len || !makes_sense(image))
		return -EUCLEAN;
	image->pattern = p + KTGT_SANITIZE_HEADER;
	image->disk = (const char *)image->pattern + image->pattern_len;
	return 0;
}

/**
 * ktgt_sanitize_image_read - give a logical unit the sanitize operation of a state file
 * @lu: logical unit that is not published; it goes on with ktgt_sanitize_resume()
 * @p: data of the section
 * @len: bytes of it
 *
 * Context: process.
 * Return: as ktgt_sanitize_image_get().
 */
int ktgt_sanitize_image_read(struct ktgt_lu *lu, const u8 *p, u32 len)
{
	char disk[KTGT_SANITIZE_DISK_MAX + 1];
	struct ktgt_sanitize_image image;
	int err = ktgt_sanitize_image_get(&image, p, len);
	bool fails;

	if (err)
		return err;
	memcpy(disk, image.disk, image.disk_len);
	disk[image.disk_len] = 0;
	spin_lock(&lu->lock);
	lu->sanitize = (struct ktgt_sanitize) {
		.phase = image.failed ? KTGT_SANITIZE_FAILED :
					KTGT_SANITIZE_RUNS,
		.is_pending = !image.failed,
		.action = image.action,
		.unrestricted = image.unrestricted,
		.invert = image.invert,
		.passes = image.passes,
		.size = image.size,
	};
	strscpy(lu->failed_medium, disk, sizeof(lu->failed_medium));
	/* a drive may have another medium by now */
	ktgt_sanitize_follow_medium(lu, lu->params.removable);
	fails = lu->sanitize.phase == KTGT_SANITIZE_FAILED;
	spin_unlock(&lu->lock);
	if (fails)
		pr_warn_ratelimited("LUN %u: sanitizing it has failed, as its state file says; initiators cannot use it until it is sanitized again\n",
				    lu->lun);
	return 0;
}
