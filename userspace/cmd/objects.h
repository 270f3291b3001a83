/* SPDX-License-Identifier: GPL-2.0 */
/* The commands of each object; they are in the file with its name. */
#ifndef KTGT_CMD_OBJECTS_H
#define KTGT_CMD_OBJECTS_H

#include "cmd/grammar.h"

extern const struct command net_commands[];
extern const struct command target_commands[];
extern const struct command portal_commands[];
extern const struct command group_commands[];
extern const struct command lun_commands[];
extern const struct command acl_commands[];
extern const struct command account_commands[];
extern const struct command session_commands[];
extern const struct command orphan_commands[];
extern const struct command pr_commands[];
extern const struct command stats_commands[];
extern const struct command config_commands[];
extern const struct command monitor_commands[];
extern const struct command explain_commands[];

#endif
