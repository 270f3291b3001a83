/* SPDX-License-Identifier: GPL-2.0 */
/* What a file asks for against what is there. */
#ifndef KTGT_APPLY_APPLY_H
#define KTGT_APPLY_APPLY_H

#include "apply/change.h"
#include "conf/conf.h"

/*
 * Makes what is there what @conf says: @only one target, or all of it when
 * that is NULL. Returns 0 or what change_apply() did.
 */
int apply_conf(struct executor *ex, struct conf *conf, const char *only);

#endif
