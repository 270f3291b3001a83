/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Saved mode parameters as they are kept in a state file.
 */
#ifndef _KTGT_SCSI_MODE_IMAGE_H
#define _KTGT_SCSI_MODE_IMAGE_H

#include <linux/types.h>

struct ktgt_lu;
struct ktgt_mode_saved;

/* bytes of the section */
#define KTGT_MODE_IMAGE_LEN	8

void ktgt_mode_image_put(const struct ktgt_mode_saved *saved, u8 *p);
int ktgt_mode_image_read(struct ktgt_lu *lu, const u8 *p, u32 len);
void ktgt_mode_image_none(struct ktgt_lu *lu);

#endif /* _KTGT_SCSI_MODE_IMAGE_H */
