/* SPDX-License-Identifier: GPL-2.0 */
/*
 * REPORT SUPPORTED OPERATION CODES.
 */
#ifndef _KTGT_SCSI_RSOC_H
#define _KTGT_SCSI_RSOC_H

#include <linux/types.h>

struct ktgt_cdb_row;
struct ktgt_cmd;
struct ktgt_lu;

bool ktgt_cdb_row_fits(const struct ktgt_cdb_row *row,
		       const struct ktgt_lu *lu);
void ktgt_rsoc(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_RSOC_H */
