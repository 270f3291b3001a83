// SPDX-License-Identifier: GPL-2.0
/*
 * Block commands about the disk as a whole, and about the state of its blocks (SBC-4).
 */
#include "sbc_disk.h"

#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "data.h"
#include "lu.h"
#include "prevent.h"
#include "removable.h"
#include "sbc.h"
#include "sense.h"

/* START STOP UNIT, byte 4 */
#define START			BIT(0)
#define LOEJ			BIT(1)
#define NO_FLUSH		BIT(2)
#define POWER_CONDITION		GENMASK(7, 4)

/* PREVENT ALLOW MEDIUM REMOVAL, byte 4 */
#define PREVENT			BIT(0)

/* FORMAT UNIT, byte 1 */
#define LONGLIST		BIT(5)
#define FMTDATA			BIT(4)
/* its parameter list header, byte 1 */
#define FOV			BIT(7)
#define FOV_BITS		GENMASK(6, 3)
#define IP			BIT(3)

/* DEFECT LIST FORMAT of READ DEFECT DATA */
#define DEFECT_FORMAT		GENMASK(2, 0)
#define DEFECT_RESERVED		7

/* LOGICAL BLOCK PROVISIONING STATUS of GET LBA STATUS */
#define LBA_MAPPED		0
#define LBA_DEALLOCATED		1

/**
 * ktgt_sbc_check_start_stop - checks of START STOP UNIT (SBC-4, 5.31)
 * @cmd: the command
 *
 * A disk whose medium stays has nothing to eject, and no power conditions. One with a
 * removable medium is in the condition that is asked for, whichever it is.
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_sbc_check_start_stop(struct ktgt_cmd *cmd)
{
	u8 moves = cmd->cdb[4] & (POWER_CONDITION | LOEJ);

	if (moves && !READ_ONCE(cmd->lu->params.removable)) {
		ktgt_sense_cdb_field(&cmd->sense, 4, fls(moves) - 1);
		return false;
	}
	if (moves || READ_ONCE(cmd->lu->nr_blocks))
		return true;
	ktgt_lu_no_medium(cmd->lu, &cmd->sense);
	return false;
}

/**
 * ktgt_sbc_start_stop - START STOP UNIT (SBC-4, 5.31)
 * @cmd: the command
 *
 * Nothing stops: other initiators use the disk too. What this one has written is
 * flushed, as it would be by a disk that stops. As with SYNCHRONIZE CACHE, IMMED is
 * not needed by anybody who cares for the answer. With LOEJ the medium is ejected or
 * loaded, which is ignored with a power condition, as START is.
 *
 * Context: process; completes @cmd, maybe later.
 */
void ktgt_sbc_start_stop(struct ktgt_cmd *cmd)
{
	u8 how = cmd->cdb[4];

	if (how & POWER_CONDITION)
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
	else if (how & LOEJ)
		ktgt_removable_move(cmd, how & START);
	else if (how & (START | NO_FLUSH))
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
	else
		ktgt_sbc_sync_cache(cmd);
}

/**
 * ktgt_sbc_prevent_allow - PREVENT ALLOW MEDIUM REMOVAL (SBC-4, 5.15)
 * @cmd: the command
 *
 * A medium that cannot be removed stays, which is all that can be asked for. What is
 * removed is flushed then, so there is nothing to flush when the removal is allowed.
 *
 * Context: process; completes @cmd. Takes &ktgt_target.nexus_lock.
 */
void ktgt_sbc_prevent_allow(struct ktgt_cmd *cmd)
{
	if (READ_ONCE(cmd->lu->params.removable))
		ktgt_prevent_set(cmd->itl, cmd->cdb[4] & PREVENT);
	ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

/**
 * ktgt_sbc_check_format - checks of FORMAT UNIT (SBC-4, 5.4)
 * @cmd: the command
 *
 * The CDB has no length: with FMTDATA there is a header, and what comes behind it is
 * not wanted.
 *
 * Context: any.
 * Return: true.
 */
bool ktgt_sbc_check_format(struct ktgt_cmd *cmd)
{
	if (!(cmd->cdb[1] & FMTDATA)) {
		cmd->dir = DMA_NONE;
		cmd->xfer_len = 0;
	} else if (cmd->cdb[1] & LONGLIST) {
		cmd->xfer_len = 8;
	}
	return true;
}

/*
 * The byte of a parameter list header that asks for another format than the one that
 * there is, or for blocks to be overwritten; -1 if there is none.
 */
static int other_format(const u8 *p, bool longer)
{
	if (p[0])
		return 0;
	if ((p[1] & FOV_BITS && !(p[1] & FOV)) || p[1] & IP)
		return 1;
	if (!longer)
		return get_unaligned_be16(p + 2) ? 2 : -1;
	if (p[3])
		return 3;
	return get_unaligned_be32(p + 4) ? 4 : -1;
}

/**
 * ktgt_sbc_format - FORMAT UNIT (SBC-4, 5.4)
 * @cmd: the command
 *
 * The medium has the one format that it can have, so there is nothing to do. Defects
 * are the device's own business.
 *
 * Context: process; completes @cmd.
 */
void ktgt_sbc_format(struct ktgt_cmd *cmd)
{
	u8 buf[8];
	int wrong;

	if (!ktgt_data_has_come(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (cmd->xfer_len) {
		ktgt_data_get(cmd, 0, buf, cmd->xfer_len);
		wrong = other_format(buf, cmd->cdb[1] & LONGLIST);
		if (wrong >= 0) {
			ktgt_sense_list_field(&cmd->sense, wrong);
			ktgt_cmd_fail(cmd);
			return;
		}
	}
	ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

/* An empty list, whichever were asked for (SBC-4, 5.22.2). */
static void answer_no_defects(struct ktgt_cmd *cmd, u8 asked, unsigned int byte,
			      u32 len)
{
	u8 buf[8] = { [1] = asked };

	if ((asked & DEFECT_FORMAT) == DEFECT_RESERVED) {
		ktgt_sense_cdb_field(&cmd->sense, byte, 2);
		ktgt_cmd_fail(cmd);
		return;
	}
	ktgt_data_answer(cmd, buf, len);
}

/**
 * ktgt_sbc_read_defects_10 - READ DEFECT DATA(10) (SBC-4, 5.22)
 * @cmd: the command
 *
 * Context: any; completes @cmd.
 */
void ktgt_sbc_read_defects_10(struct ktgt_cmd *cmd)
{
	answer_no_defects(cmd, cmd->cdb[2], 2, 4);
}

/**
 * ktgt_sbc_read_defects_12 - READ DEFECT DATA(12) (SBC-4, 5.23)
 * @cmd: the command
 *
 * Context: any; completes @cmd.
 */
void ktgt_sbc_read_defects_12(struct ktgt_cmd *cmd)
{
	answer_no_defects(cmd, cmd->cdb[1], 1, 8);
}

/**
 * ktgt_sbc_lba_status - GET LBA STATUS (SBC-4, 5.6)
 * @cmd: the command
 *
 * The block layer cannot say which blocks are unmapped. So all are "mapped or
 * unknown", in one extent, or in the first part of it that a descriptor can tell; but
 * if nothing was written since SANITIZE has unmapped them, that is known of all.
 *
 * Context: any; completes @cmd.
 */
void ktgt_sbc_lba_status(struct ktgt_cmd *cmd)
{
	u64 nr_blocks = READ_ONCE(cmd->lu->nr_blocks);
	u8 buf[24] = {};

	/* it was there when the range was checked, and may have shrunk */
	if (cmd->lba >= nr_blocks) {
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_LBA_OUT_OF_RANGE);
		ktgt_cmd_fail(cmd);
		return;
	}
	put_unaligned_be32(sizeof(buf) - 4, buf);
	put_unaligned_be64(cmd->lba, buf + 8);
	put_unaligned_be32(min_t(u64, nr_blocks - cmd->lba, U32_MAX), buf + 16);
	buf[20] = READ_ONCE(cmd->lu->sanitize.phase) == KTGT_SANITIZE_ERASED ?
		  LBA_DEALLOCATED : LBA_MAPPED;
	ktgt_data_answer(cmd, buf, sizeof(buf));
}
