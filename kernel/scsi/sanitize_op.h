/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What sanitizes a logical unit.
 */
#ifndef _KTGT_SCSI_SANITIZE_OP_H
#define _KTGT_SCSI_SANITIZE_OP_H

#include <linux/types.h>

struct ktgt_cmd;
struct ktgt_lu;
struct ktgt_sanitize;
struct ktgt_sanitize_op;

struct ktgt_sanitize_op *ktgt_sanitize_op_make(const struct ktgt_cmd *cmd,
					       u32 pattern_at, u32 pattern_len);
void ktgt_sanitize_op_free(struct ktgt_sanitize_op *op);
void ktgt_sanitize_op_take(struct ktgt_sanitize_op *op,
			   const struct ktgt_sanitize *before);
void ktgt_sanitize_op_run(struct ktgt_sanitize_op *op, struct ktgt_cmd *cmd,
			  bool immed);
void ktgt_sanitize_resume(struct ktgt_lu *lu);
bool ktgt_sanitize_cancel(struct ktgt_cmd *cmd);
int ktgt_sanitize_init(void);
void ktgt_sanitize_exit(void);

#endif /* _KTGT_SCSI_SANITIZE_OP_H */
