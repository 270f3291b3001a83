/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PERSISTENT RESERVE OUT.
 */
#ifndef _KTGT_SCSI_PR_OUT_H
#define _KTGT_SCSI_PR_OUT_H

#include <linux/types.h>

struct ktgt_cmd;

/* bytes of a parameter list that are taken */
#define KTGT_PR_LIST_MAX	8192

bool ktgt_pr_out_check(struct ktgt_cmd *cmd);
void ktgt_pr_out(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_PR_OUT_H */
