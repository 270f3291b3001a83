/* SPDX-License-Identifier: GPL-2.0 */
/* What makes two logical units the same. */
#ifndef KTGT_APPLY_LU_H
#define KTGT_APPLY_LU_H

#include <stdbool.h>

#include "lib/model.h"

/* What of the identity the kernel makes by itself, if it is not given. */
struct lu_name {
	uint16_t attr;
	uint32_t given;		/* enum ktgt_lu_given; 0: there is no default */
	const char *directive;	/* in targets.conf */
};

/* Ends with attr 0. */
extern const struct lu_name lu_names[];

/* Whether it was given, and is no default. */
bool lu_name_given(const struct lu *lu, const struct lu_name *name);

/*
 * Sets the defaults of the kernel that are properties of the device. @have is
 * the existing logical unit, or NULL. While that waits for its device, none are
 * set.
 */
void lu_set_defaults(struct lu *lu, const struct lu *have);
/* Whether the logical unit still waits for its device, or its medium is ejected. */
bool lu_waits(const struct lu *lu);
/*
 * Whether @have has every attribute of @want, with the same value, and was given no
 * other names.
 */
bool lu_same(const struct lu *want, const struct lu *have);

/*
 * What has to be set so that @have has every attribute of @want, with the same
 * value. Returns false if setting is not enough.
 */
bool lu_changes(const struct lu *want, const struct lu *have, struct lu *req);

#endif
