/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may log in, as in a file. Each function returns what change_apply()
 * returns.
 */
#ifndef KTGT_APPLY_ACCESS_H
#define KTGT_APPLY_ACCESS_H

#include <stdint.h>

#include "apply/change.h"
#include "conf/conf.h"

/* All accounts, or those that the target named @only uses. */
int apply_accounts(struct executor *ex, const struct conf *conf,
		   const char *only);
/* @tid 0 is discovery. */
int apply_bindings(struct executor *ex, uint32_t tid,
		   const struct vec *bindings);
int apply_acls(struct executor *ex, uint32_t tid, const struct vec *acls);

#endif
