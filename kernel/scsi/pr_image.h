/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reservations as they are kept in a state file.
 */
#ifndef _KTGT_SCSI_PR_IMAGE_H
#define _KTGT_SCSI_PR_IMAGE_H

#include <linux/types.h>

struct ktgt_lu;
struct ktgt_pr;
struct ktgt_state_image;

struct ktgt_state_image *ktgt_pr_image_make(const struct ktgt_pr *pr,
					    const struct ktgt_state_image *base,
					    gfp_t gfp);
int ktgt_pr_image_read(struct ktgt_lu *lu, const u8 *p, u32 len);

#endif /* _KTGT_SCSI_PR_IMAGE_H */
