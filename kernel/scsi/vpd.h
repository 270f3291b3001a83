/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Vital product data.
 */
#ifndef _KTGT_SCSI_VPD_H
#define _KTGT_SCSI_VPD_H

#include <linux/minmax.h>
#include <linux/types.h>

#include "../core/cmd.h"

struct ktgt_lu;

/* What VPD page B0h says, and commands are held to. */
#define KTGT_UNMAP_MAX_BLOCKS		0x100000	/* in one command */
#define KTGT_UNMAP_MAX_DESCRIPTORS	256
#define KTGT_WRITE_SAME_MAX_BLOCKS	0x8000

/* bytes of the longest page, which names all target ports */
#define KTGT_VPD_PORTS_MAX		8192

/**
 * ktgt_caw_max_blocks - how many blocks one COMPARE AND WRITE may be for
 * @block_shift: log2 of the logical block size
 *
 * The field of the CDB has one byte. The data is two of them for each, and does not
 * move in pieces.
 *
 * Context: any.
 * Return: logical blocks.
 */
static inline u32 ktgt_caw_max_blocks(u8 block_shift)
{
	return min_t(u32, KTGT_CMD_PIECE / 2 >> block_shift, U8_MAX);
}

bool ktgt_vpd_has_name(const struct ktgt_lu *lu, const u8 *name);
void ktgt_vpd(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_VPD_H */
