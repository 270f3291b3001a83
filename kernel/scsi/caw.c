// SPDX-License-Identifier: GPL-2.0
/*
 * COMPARE AND WRITE (SBC-4, 5.3).
 *
 * The data is what the blocks are to be now, and behind it what they are to become.
 * All is done alone in the range of the blocks: they are read chunk by chunk, and
 * compared; and if nothing differs, written at once.
 */
#include "caw.h"

#include <linux/highmem.h>
#include <linux/minmax.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "cdb.h"
#include "chunk.h"
#include "data.h"
#include "medium.h"
#include "sense.h"
#include "track.h"
#include "vpd.h"

/* Bytes that are compared, and as many are written. */
static u32 half_of(const struct ktgt_cmd *cmd)
{
	return cmd->nr_blocks << cmd->block_shift;
}

/**
 * ktgt_caw_check - checks of COMPARE AND WRITE
 * @cmd: the command
 *
 * Nothing of it may be done in part, so it needs all of its data.
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_caw_check(struct ktgt_cmd *cmd)
{
	if (cmd->nr_blocks > ktgt_caw_max_blocks(cmd->block_shift)) {
		ktgt_sense_cdb_field(&cmd->sense, cmd->row->len_at,
				     KTGT_SENSE_NO_BIT);
		return false;
	}
	/* more is wrong as well: somebody has another block size in mind */
	if (cmd->xfer_len && cmd->edtl != cmd->xfer_len) {
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_INVALID_FIELD_IN_UNIT);
		return false;
	}
	ktgt_chunk_want(cmd, half_of(cmd));
	return true;
}

/* Moves @len bytes from @from on to @to, of one page each. */
static void move_part(const struct ktgt_cmd *cmd, u32 to, u32 from, u32 len)
{
	u8 *dst = kmap_local_page(cmd->bvec[to >> PAGE_SHIFT].bv_page);
	u8 *src = kmap_local_page(cmd->bvec[from >> PAGE_SHIFT].bv_page);

	memmove(dst + offset_in_page(to), src + offset_in_page(from), len);
	kunmap_local(src);
	kunmap_local(dst);
}

/*
 * The second half of the data, from the beginning of a page on, as a transfer wants
 * it. If it is not so, it moves to where the first half was.
 */
static struct bio_vec *second_half(const struct ktgt_cmd *cmd)
{
	u32 half = half_of(cmd), to, from, len;

	if (!offset_in_page(half))
		return cmd->bvec + (half >> PAGE_SHIFT);
	for (to = 0; to < half; to += len) {
		from = half + to;
		len = min3(half - to, (u32)(PAGE_SIZE - offset_in_page(to)),
			   (u32)(PAGE_SIZE - offset_in_page(from)));
		move_part(cmd, to, from, len);
	}
	return cmd->bvec;
}

/* Return: false if the command has ended, because something differs. */
static bool compare(struct ktgt_cmd *cmd)
{
	u32 len = cmd->chunk_len;
	u32 same = ktgt_chunk_compare(cmd, 0);

	if (same < len) {
		ktgt_chunk_differs(cmd, cmd->chunk_at + same);
		return false;
	}
	cmd->chunk_at += len;
	cmd->chunk_len = 0;
	return true;
}

/**
 * ktgt_caw - COMPARE AND WRITE (SBC-4, 5.3)
 * @cmd: the command
 *
 * The first one of a logical unit has it tracked.
 *
 * Context: process; may sleep, for memory and for a grace period of RCU. Completes
 *	@cmd, maybe later. Called again for each chunk that was read.
 */
void ktgt_caw(struct ktgt_cmd *cmd)
{
	u64 pos = cmd->lba << cmd->block_shift;
	u32 half = half_of(cmd);

	if (!half) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	if (cmd->buf_len < cmd->xfer_len) {
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_INVALID_FIELD_IN_UNIT);
		ktgt_cmd_fail(cmd);
		return;
	}
	if (!ktgt_track_is_ready(cmd) || !ktgt_medium_admit(cmd) ||
	    !ktgt_track_enter(cmd, pos, half, true))
		return;
	if (cmd->chunk_len && !compare(cmd))
		return;
	if (cmd->chunk_at < half)
		ktgt_chunk_read(cmd, half);
	else
		ktgt_medium_submit_bvec(cmd, KTGT_IO_WRITE, pos, half,
					second_half(cmd), ktgt_medium_end_io);
}
