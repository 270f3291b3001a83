/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The image of a state file, and its sections.
 */
#ifndef _KTGT_SCSI_STATE_IMAGE_H
#define _KTGT_SCSI_STATE_IMAGE_H

#include <linux/sizes.h>
#include <linux/types.h>

struct ktgt_state_image;

/* bytes in front of the data of a section */
#define KTGT_SECTION_LEN	8
/* most bytes of all sections but that of the reservations together */
#define KTGT_STATE_OTHERS_MAX	(SZ_4K + SZ_512)

/**
 * enum ktgt_section_type - what a section keeps
 * @KTGT_SECTION_RESERVATIONS: registrations and the reservation, see scsi/pr_image.c
 * @KTGT_SECTION_MODE: mode parameters that initiators have saved, see scsi/mode_image.c
 * @KTGT_SECTION_SANITIZE: a sanitize operation that is under way or has failed, see
 *	scsi/sanitize_image.c
 * @KTGT_SECTION_END: one more than the greatest
 */
enum ktgt_section_type {
	KTGT_SECTION_RESERVATIONS = 1,
	KTGT_SECTION_MODE,
	KTGT_SECTION_SANITIZE,
	KTGT_SECTION_END,
};

int ktgt_state_image_check(const struct ktgt_state_image *image);
const u8 *ktgt_state_image_find(const struct ktgt_state_image *image,
				enum ktgt_section_type type, u32 *len);
struct ktgt_state_image *
ktgt_state_image_with(const struct ktgt_state_image *base,
		      enum ktgt_section_type type, u32 len, gfp_t gfp, u8 **data);

#endif /* _KTGT_SCSI_STATE_IMAGE_H */
