/* SPDX-License-Identifier: GPL-2.0 */
/* The identity of the medium: which disk it is that a path leads to. */
#ifndef KTGT_LIB_MEDIUM_H
#define KTGT_LIB_MEDIUM_H

#include <stddef.h>

#include "lib/model.h"

/* What is known of a block device; NULL: nothing. */
struct medium {
	const char *dm_uuid;
	const char *md_uuid;
	const char *wwn;
	const char *serial;
	/* of a partition */
	const char *part_uuid;
	const char *part_number;
};

/*
 * The identity as a text, "" if there is none: that of the disk, and that of the
 * partition. It is the same after a restart, and on every path to the disk.
 */
void medium_text(const struct medium *medium, char *buf, size_t size);

/*
 * Sets in @lu the identity of the device at @path, unless it has none: as udev has
 * it in its records, whether it runs or not.
 */
void medium_find(const char *path, struct lu *lu);

#endif
