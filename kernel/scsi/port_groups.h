/* SPDX-License-Identifier: GPL-2.0 */
/*
 * REPORT TARGET PORT GROUPS and SET TARGET PORT GROUPS.
 */
#ifndef _KTGT_SCSI_PORT_GROUPS_H
#define _KTGT_SCSI_PORT_GROUPS_H

#include <linux/types.h>

#include "../core/group.h"

struct ktgt_cmd;

/*
 * bytes of the longest report: a header, the groups and KTGT_GROUP_REST, and the ports
 * that groups name and that a namespace has
 */
#define KTGT_GROUPS_REPORT_MAX	(8 + 8 * (KTGT_GROUPS_MAX + 1) + 8 * KTGT_PORTS_MAX)

bool ktgt_groups_report_check(struct ktgt_cmd *cmd);
void ktgt_groups_report(struct ktgt_cmd *cmd);
bool ktgt_groups_set_check(struct ktgt_cmd *cmd);
void ktgt_groups_set(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_PORT_GROUPS_H */
