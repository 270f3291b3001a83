/* SPDX-License-Identifier: GPL-2.0 */
/* What makes two logical units the same. */
#ifndef KTGT_APPLY_LU_H
#define KTGT_APPLY_LU_H

#include <stdbool.h>

#include "lib/model.h"

/*
 * Sets what the kernel has when nothing is said of it: names, and what the
 * device is by itself. @have is what there is, or NULL: as long as that waits
 * for its device, nothing of the device counts.
 */
void lu_set_defaults(struct lu *lu, const struct lu *have);
/* Whether it was made without its device, and did not get it yet. */
bool lu_waits(const struct lu *lu);
/* Whether all that @want has is in @have. */
bool lu_same(const struct lu *want, const struct lu *have);

#endif
