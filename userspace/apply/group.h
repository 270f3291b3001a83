/* SPDX-License-Identifier: GPL-2.0 */
/* Target port groups, as in a file. */
#ifndef KTGT_APPLY_GROUP_H
#define KTGT_APPLY_GROUP_H

#include <stdint.h>

#include "apply/change.h"
#include "conf/conf.h"

/* As people write its state. One in transition has no state yet that could be set. */
const char *group_state_name(const struct port_group *group);

/* Makes those of a target the same as in the file; returns what change_apply() returns. */
int apply_groups(struct executor *ex, uint32_t tid, const struct vec *groups);

#endif
