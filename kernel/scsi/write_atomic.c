// SPDX-License-Identifier: GPL-2.0
/*
 * WRITE ATOMIC (SBC-4, 5.47): all blocks are written or none, also if the power is
 * lost. The device does it, so there are such commands only where it can.
 */
#include "write_atomic.h"

#include <linux/math64.h>
#include <linux/minmax.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "cdb.h"
#include "data.h"
#include "lu.h"
#include "medium.h"
#include "sense.h"

#define LBA_AT		2
#define LENGTH_AT	12

/* Whether the device can do it as a whole. Return: false with sense data set. */
static bool atomic_fits(struct ktgt_cmd *cmd)
{
	u32 unit = max(READ_ONCE(cmd->lu->atomic_unit), 1u);
	u32 align = max(READ_ONCE(cmd->lu->atomic_align), 1u);
	u32 rest;

	if (cmd->nr_blocks > READ_ONCE(cmd->lu->atomic_max) ||
	    cmd->nr_blocks % unit) {
		ktgt_sense_cdb_field(&cmd->sense, LENGTH_AT, KTGT_SENSE_NO_BIT);
		return false;
	}
	div_u64_rem(cmd->lba, align, &rest);
	if (!rest)
		return true;
	ktgt_sense_cdb_field(&cmd->sense, LBA_AT, KTGT_SENSE_NO_BIT);
	return false;
}

/**
 * ktgt_write_atomic_check - checks of WRITE ATOMIC (SBC-4, 5.47)
 * @cmd: the command
 *
 * A part of the data would not be all of it.
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_write_atomic_check(struct ktgt_cmd *cmd)
{
	if (!atomic_fits(cmd))
		return false;
	if (cmd->edtl < cmd->xfer_len) {
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_INVALID_FIELD_IN_UNIT);
		return false;
	}
	__set_bit(KTGT_CMDF_ATOMIC, &cmd->flags);
	return true;
}

/**
 * ktgt_write_atomic - WRITE ATOMIC (SBC-4, 5.47)
 * @cmd: the command
 *
 * Context: process; completes @cmd, maybe later.
 */
void ktgt_write_atomic(struct ktgt_cmd *cmd)
{
	if (!cmd->nr_blocks) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	if (cmd->buf_len < cmd->xfer_len) {
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_INVALID_FIELD_IN_UNIT);
		ktgt_cmd_fail(cmd);
		return;
	}
	if (!ktgt_medium_admit(cmd))
		return;
	/* it may have another device now, or the device other limits */
	if (atomic_fits(cmd))
		ktgt_medium_submit(cmd, KTGT_IO_WRITE,
				   cmd->lba << cmd->block_shift, cmd->buf_len,
				   ktgt_medium_end_io);
	else
		ktgt_cmd_fail(cmd);
}
