/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mode pages, and what of them can be changed.
 */
#ifndef _KTGT_SCSI_MODE_PAGE_H
#define _KTGT_SCSI_MODE_PAGE_H

#include <linux/types.h>

struct ktgt_lu;
struct ktgt_nexus;

/* bytes of the longest page, with its header */
#define KTGT_MODE_PAGE_MAX	20

/**
 * enum ktgt_mode_control - which values of a page: PC of MODE SENSE (SPC-4, 6.13)
 * @KTGT_MODE_CURRENT: those that are in force
 * @KTGT_MODE_CHANGEABLE: ones where MODE SELECT can change a bit
 * @KTGT_MODE_DEFAULT: those that nobody has chosen
 * @KTGT_MODE_SAVED: those that were saved, with a state file
 */
enum ktgt_mode_control {
	KTGT_MODE_CURRENT,
	KTGT_MODE_CHANGEABLE,
	KTGT_MODE_DEFAULT,
	KTGT_MODE_SAVED,
};

/**
 * struct ktgt_mode_values - what MODE SELECT can change
 * @write_cache: WCE of the Caching mode page (SBC-4, 6.5.6)
 * @protect: SWP of the Control mode page (SPC-4, 7.5.8)
 * @d_sense: D_SENSE of the Control mode page
 * @has_cache: the parameter list has a Caching mode page
 */
struct ktgt_mode_values {
	bool	write_cache;
	bool	has_cache;
	bool	protect;
	bool	d_sense;
};

/**
 * struct ktgt_mode_page - a mode page
 * @code: page code
 * @len: bytes, header included
 * @disk: disks have it, the controller has not
 * @fill: writes what follows the header into a page of zeroes; the values say what
 *	is in those bits that can be changed
 * @mask: likewise, ones where a bit can be changed; NULL if none can
 * @take: takes over what can be changed; NULL if nothing can
 */
struct ktgt_mode_page {
	u8	code;
	u8	len;
	bool	disk;
	void	(*fill)(const struct ktgt_mode_values *values, u8 *p);
	void	(*mask)(const struct ktgt_lu *lu, u8 *p);
	void	(*take)(struct ktgt_mode_values *values, const u8 *p);
};

const struct ktgt_mode_page *ktgt_mode_page(const struct ktgt_lu *lu,
					    unsigned int nr);
void ktgt_mode_page_build(const struct ktgt_mode_page *page,
			  const struct ktgt_lu *lu,
			  enum ktgt_mode_control control, u8 *p);
u32 ktgt_mode_descriptor(const struct ktgt_lu *lu, bool longer, u8 *p);
void ktgt_mode_values(const struct ktgt_lu *lu, struct ktgt_mode_values *values);
void ktgt_mode_change(struct ktgt_lu *lu, const struct ktgt_mode_values *to,
		      const struct ktgt_nexus *by);
void ktgt_mode_reset(struct ktgt_lu *lu);
void ktgt_mode_start(struct ktgt_lu *lu);

#endif /* _KTGT_SCSI_MODE_PAGE_H */
