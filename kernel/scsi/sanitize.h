/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SANITIZE (SBC-4, 5.30).
 */
#ifndef _KTGT_SCSI_SANITIZE_H
#define _KTGT_SCSI_SANITIZE_H

#include <linux/types.h>

struct ktgt_cmd;

/* service actions; CRYPTOGRAPHIC ERASE is not served */
enum ktgt_sanitize_action {
	KTGT_SANITIZE_OVERWRITE		= 0x01,
	KTGT_SANITIZE_BLOCK_ERASE	= 0x02,
	KTGT_SANITIZE_EXIT_FAILURE	= 0x1f,
};

bool ktgt_sanitize_check_list(struct ktgt_cmd *cmd);
void ktgt_sanitize(struct ktgt_cmd *cmd);
void ktgt_sanitize_exit_failure(struct ktgt_cmd *cmd);
bool ktgt_sanitize_cancel(struct ktgt_cmd *cmd);
int ktgt_sanitize_init(void);
void ktgt_sanitize_exit(void);

#endif /* _KTGT_SCSI_SANITIZE_H */
