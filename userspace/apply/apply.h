/* SPDX-License-Identifier: GPL-2.0 */
/* Making the configuration the same as a file. */
#ifndef KTGT_APPLY_APPLY_H
#define KTGT_APPLY_APPLY_H

#include "apply/change.h"
#include "conf/conf.h"

/*
 * Makes the configuration the same as @conf: only the target @only, or
 * everything if it is NULL. Returns 0 or what change_apply() returned.
 */
int apply_conf(struct executor *ex, struct conf *conf, const char *only);

#endif
