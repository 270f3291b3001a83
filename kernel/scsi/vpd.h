/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Vital product data.
 */
#ifndef _KTGT_SCSI_VPD_H
#define _KTGT_SCSI_VPD_H

struct ktgt_cmd;

/* What VPD page B0h says, and commands are held to. */
#define KTGT_UNMAP_MAX_BLOCKS		0x100000	/* in one command */
#define KTGT_UNMAP_MAX_DESCRIPTORS	256
#define KTGT_WRITE_SAME_MAX_BLOCKS	0x8000

void ktgt_vpd(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_VPD_H */
