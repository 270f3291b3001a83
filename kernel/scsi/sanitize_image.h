/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A sanitize operation as it is kept in a state file.
 */
#ifndef _KTGT_SCSI_SANITIZE_IMAGE_H
#define _KTGT_SCSI_SANITIZE_IMAGE_H

#include <linux/sizes.h>
#include <linux/types.h>

struct ktgt_lu;

/* bytes in front of the pattern */
#define KTGT_SANITIZE_HEADER	16
/* most bytes of what says which disk it is */
#define KTGT_SANITIZE_DISK_MAX	255
/* most bytes of a pattern: those of a block */
#define KTGT_SANITIZE_PATTERN_MAX	SZ_4K

/**
 * struct ktgt_sanitize_image - a sanitize operation, as it is kept
 * @failed: it has failed; otherwise it is under way
 * @action: enum ktgt_sanitize_action
 * @unrestricted: EXIT FAILURE MODE is allowed (AUSE)
 * @invert: the pattern is inverted between two passes
 * @passes: how often all blocks are overwritten; 0 of an erasure
 * @disk_len: bytes of @disk, 0 if the disk has no identity
 * @pattern_len: bytes of @pattern, 0 if nothing is overwritten any more
 * @size: bytes of the disk
 * @pattern: what is written into each block, again and again
 * @disk: identity of the disk, without a NUL
 */
struct ktgt_sanitize_image {
	bool		failed;
	u8		action;
	bool		unrestricted;
	bool		invert;
	u8		passes;
	u8		disk_len;
	u16		pattern_len;
	u64		size;
	const u8	*pattern;
	const char	*disk;
};

void ktgt_sanitize_disk(struct ktgt_lu *lu, char *disk);
u32 ktgt_sanitize_image_put(const struct ktgt_sanitize_image *image, u8 *p);
int ktgt_sanitize_image_get(struct ktgt_sanitize_image *image, const u8 *p,
			    u32 len);
int ktgt_sanitize_image_read(struct ktgt_lu *lu, const u8 *p, u32 len);

#endif /* _KTGT_SCSI_SANITIZE_IMAGE_H */
