/* SPDX-License-Identifier: GPL-2.0 */
/* What makes two logical units the same. */
#ifndef KTGT_APPLY_LU_H
#define KTGT_APPLY_LU_H

#include <stdbool.h>

#include "lib/model.h"

/*
 * Sets the defaults of the kernel: names, and properties of the device. @have
 * is the existing logical unit, or NULL. While that waits for its device, no
 * properties of the device are set.
 */
void lu_set_defaults(struct lu *lu, const struct lu *have);
/* Whether the logical unit still waits for its device. */
bool lu_waits(const struct lu *lu);
/* Whether @have has every attribute of @want, with the same value. */
bool lu_same(const struct lu *want, const struct lu *have);

#endif
