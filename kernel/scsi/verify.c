// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that read what they do not return: VERIFY, WRITE AND VERIFY, ORWRITE.
 *
 * Their data moves in pieces as that of WRITE, if it is long. What they read goes
 * into the scratch buffer, chunk by chunk, and a piece is whole chunks. So no more is
 * read or held at a time, whatever the CDB says, and a VERIFY without data is no
 * different.
 *
 * What is verified is what the device has on its medium: a volatile cache is flushed
 * before. A read with FUA does not exist for the block layer.
 */
#include "verify.h"

#include <linux/highmem.h>
#include <linux/minmax.h>

#include <scsi/scsi_proto.h>

#include "../backend/store.h"
#include "../core/cmd.h"
#include "cdb.h"
#include "chunk.h"
#include "data.h"
#include "gate.h"
#include "lu.h"
#include "medium.h"
#include "sense.h"
#include "track.h"

/* BYTCHK, bits 2 and 1 of byte 1 (SBC-4, 5.36) */
#define BYTCHK(cmd)		((cmd)->cdb[1] >> 1 & 3)
#define BYTCHK_LEFT_BIT		2

/**
 * enum bytchk - values of BYTCHK
 * @BYTCHK_NONE: the blocks are read
 * @BYTCHK_ALL: they are compared with as many blocks of data
 * @BYTCHK_ONE: each of them is compared with one block of data; VERIFY only
 */
enum bytchk {
	BYTCHK_NONE	= 0,
	BYTCHK_ALL	= 1,
	BYTCHK_ONE	= 3,
};

/**
 * enum verify_step - what comes next: &ktgt_cmd.step_nr
 * @VERIFY_WRITE: the piece is to be written, by WRITE AND VERIFY
 * @VERIFY_FLUSH: the cache is to be flushed, if there is one
 * @VERIFY_READ: the next chunk is to be read
 */
enum verify_step {
	VERIFY_WRITE,
	VERIFY_FLUSH,
	VERIFY_READ,
};

/* Where the piece ends that is at hand, of @whole bytes of data. */
static u32 piece_end(const struct ktgt_cmd *cmd, u32 whole)
{
	return min_t(u32, cmd->step_at + KTGT_CMD_PIECE, whole);
}

static u64 first_byte(const struct ktgt_cmd *cmd)
{
	return cmd->lba << cmd->block_shift;
}

static void refuse_short(struct ktgt_cmd *cmd)
{
	ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
		       KTGT_ASC_INVALID_FIELD_IN_UNIT);
	ktgt_cmd_fail(cmd);
}

/* Whether a command that writes has no whole blocks, and has ended for that. */
static bool ends_for_its_data(struct ktgt_cmd *cmd)
{
	if (cmd->buf_len & ((1u << cmd->block_shift) - 1)) {
		refuse_short(cmd);
		return true;
	}
	if (!cmd->buf_len) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return true;
	}
	return false;
}

/* --- VERIFY and WRITE AND VERIFY ------------------------------------------ */

static void refuse_bytchk(struct ktgt_cmd *cmd)
{
	ktgt_sense_cdb_field(&cmd->sense, 1, BYTCHK_LEFT_BIT);
}

/**
 * ktgt_verify_check - checks of VERIFY (SBC-4, 5.36 to 5.38)
 * @cmd: the command
 *
 * A part of the data would not show what is asked.
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_verify_check(struct ktgt_cmd *cmd)
{
	u64 whole = (u64)cmd->nr_blocks << cmd->block_shift;

	switch (BYTCHK(cmd)) {
	case BYTCHK_NONE:
		break;
	case BYTCHK_ALL:
		cmd->xfer_len = whole;
		break;
	case BYTCHK_ONE:
		cmd->xfer_len = min_t(u64, whole, 1u << cmd->block_shift);
		break;
	default:
		refuse_bytchk(cmd);
		return false;
	}
	if (cmd->xfer_len)
		cmd->dir = DMA_TO_DEVICE;
	if (cmd->edtl < cmd->xfer_len) {
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_INVALID_FIELD_IN_UNIT);
		return false;
	}
	ktgt_chunk_want(cmd, whole);
	return true;
}

/**
 * ktgt_write_verify_check - checks of WRITE AND VERIFY (SBC-4, 5.44 to 5.46)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_write_verify_check(struct ktgt_cmd *cmd)
{
	if (BYTCHK(cmd) != BYTCHK_NONE && BYTCHK(cmd) != BYTCHK_ALL) {
		refuse_bytchk(cmd);
		return false;
	}
	ktgt_chunk_want(cmd, cmd->xfer_len);
	return true;
}

static void next_step_end_io(struct ktgt_io *io)
{
	struct ktgt_cmd *cmd = ktgt_medium_ended(io);

	if (io->status) {
		ktgt_medium_end(cmd, io->status);
		return;
	}
	cmd->step_nr++;
	ktgt_cmd_resume(cmd);
}

/* What was written with FUA is on the medium. */
static bool needs_flush(const struct ktgt_cmd *cmd)
{
	struct ktgt_backend_caps caps;

	if (cmd->row->flags & KTGT_CDB_WRITE &&
	    test_bit(KTGT_CMDF_FUA, &cmd->flags))
		return false;
	ktgt_store_caps(cmd->store, &caps);
	return caps.write_cache;
}

/* The chunk that was read is looked at. Return: false if @cmd has ended. */
static bool verify_chunk(struct ktgt_cmd *cmd)
{
	u32 len = cmd->chunk_len, same = len;

	if (BYTCHK(cmd) == BYTCHK_ALL)
		same = ktgt_chunk_compare(cmd, 0);
	else if (BYTCHK(cmd) == BYTCHK_ONE)
		same = ktgt_chunk_compare(cmd, 1u << cmd->block_shift);
	if (same < len) {
		ktgt_chunk_differs(cmd, cmd->chunk_at + same);
		return false;
	}
	cmd->chunk_at += len;
	cmd->chunk_len = 0;
	return true;
}

/* A piece is done: the next one begins with the step @first. */
static void end_piece(struct ktgt_cmd *cmd, u32 whole, enum verify_step first)
{
	ktgt_track_leave(cmd);
	cmd->step_at = cmd->chunk_at;
	cmd->step_nr = first;
	if (cmd->chunk_at == whole)
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
	else
		ktgt_cmd_resume(cmd);
}

/* The flush, or the next chunk. */
static void verify_on(struct ktgt_cmd *cmd, u32 end)
{
	if (cmd->step_nr == VERIFY_FLUSH) {
		if (needs_flush(cmd)) {
			ktgt_medium_submit(cmd, KTGT_IO_FLUSH, 0, 0,
					   next_step_end_io);
			return;
		}
		cmd->step_nr = VERIFY_READ;
	}
	ktgt_chunk_read(cmd, end);
}

/**
 * ktgt_verify - VERIFY (SBC-4, 5.36 to 5.38)
 * @cmd: the command
 *
 * It is admitted anew for each chunk, or for each piece if it has data for all
 * blocks, so who closes the gate never waits for the whole of it.
 *
 * Context: process; completes @cmd, maybe later. Called again for each chunk.
 */
void ktgt_verify(struct ktgt_cmd *cmd)
{
	u32 whole = cmd->nr_blocks << cmd->block_shift;
	u32 end = whole;

	if (!whole) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	if (cmd->buf_len < cmd->xfer_len) {
		refuse_short(cmd);
		return;
	}
	if (BYTCHK(cmd) == BYTCHK_ALL)
		end = piece_end(cmd, whole);
	if (cmd->step_nr == VERIFY_WRITE)
		cmd->step_nr = VERIFY_FLUSH;
	if (cmd->chunk_len) {
		if (!verify_chunk(cmd))
			return;
		if (cmd->chunk_at == end) {
			end_piece(cmd, whole, VERIFY_READ);
			return;
		}
		/* a chunk has its own range */
		ktgt_track_leave(cmd);
		if (BYTCHK(cmd) != BYTCHK_ALL)
			ktgt_gate_leave(cmd);
	}
	if (ktgt_medium_admit(cmd))
		verify_on(cmd, end);
}

/*
 * In a tracked logical unit, nobody is alone in the piece between its write and the
 * last chunk of it.
 */
static bool enter_piece(struct ktgt_cmd *cmd, u32 at, u32 end)
{
	if (likely(!READ_ONCE(cmd->lu->ranges)))
		return true;
	return ktgt_track_enter(cmd, first_byte(cmd) + at, end - at, false);
}

/**
 * ktgt_write_verify - WRITE AND VERIFY (SBC-4, 5.44 to 5.46)
 * @cmd: the command
 *
 * An initiator that expects less than the CDB says is treated as with WRITE, see
 * ktgt_sbc_rw().
 *
 * Context: process; completes @cmd, maybe later. Called again for each piece, and in
 *	it for the flush and for each chunk.
 */
void ktgt_write_verify(struct ktgt_cmd *cmd)
{
	u32 at = cmd->step_at, end = piece_end(cmd, cmd->buf_len);

	if (ends_for_its_data(cmd))
		return;
	if (cmd->chunk_len) {
		if (!verify_chunk(cmd))
			return;
		if (cmd->chunk_at == end) {
			end_piece(cmd, cmd->buf_len, VERIFY_WRITE);
			return;
		}
	}
	if (!ktgt_medium_admit(cmd) || !enter_piece(cmd, at, end))
		return;
	if (cmd->step_nr == VERIFY_WRITE)
		ktgt_medium_submit_piece(cmd, KTGT_IO_WRITE, at, end - at,
					 next_step_end_io);
	else
		verify_on(cmd, end);
}

/* --- ORWRITE -------------------------------------------------------------- */

/**
 * ktgt_orwrite_check - checks of ORWRITE (SBC-4, 5.10)
 * @cmd: the command
 *
 * Context: any.
 * Return: true.
 */
bool ktgt_orwrite_check(struct ktgt_cmd *cmd)
{
	ktgt_chunk_want(cmd, cmd->xfer_len);
	return true;
}

/* The data becomes what is to be written. */
static void or_chunk(struct ktgt_cmd *cmd)
{
	u32 off, len, i;

	for (off = 0; off < cmd->chunk_len; off += len) {
		u32 at = cmd->chunk_at + off;
		struct bio_vec *data = cmd->bvec +
				       (at % KTGT_CMD_RING >> PAGE_SHIFT);
		u8 *to = kmap_local_page(data->bv_page);
		u8 *from = kmap_local_page(cmd->inline_bvec[off >> PAGE_SHIFT].bv_page);

		len = min_t(u32, cmd->chunk_len - off, PAGE_SIZE);
		for (i = 0; i < len; i++)
			to[i] |= from[i];
		kunmap_local(from);
		kunmap_local(to);
	}
	cmd->chunk_at += cmd->chunk_len;
	cmd->chunk_len = 0;
}

/* &ktgt_cmd.step_nr is not 0 if a piece may be in a cache. */
static bool or_needs_flush(const struct ktgt_cmd *cmd)
{
	return cmd->step_nr && test_bit(KTGT_CMDF_FUA, &cmd->flags);
}

static void or_end_io(struct ktgt_io *io)
{
	struct ktgt_cmd *cmd = ktgt_medium_ended(io);

	if (io->status ||
	    (cmd->chunk_at == cmd->buf_len && !or_needs_flush(cmd))) {
		ktgt_medium_end(cmd, io->status);
		return;
	}
	cmd->step_at = cmd->chunk_at;
	ktgt_track_leave(cmd);
	ktgt_cmd_resume(cmd);
}

/* The piece has been read, and is written. */
static void or_write(struct ktgt_cmd *cmd, u32 end)
{
	u32 at = cmd->step_at;

	if (!test_bit(KTGT_CMDF_FUA, &cmd->flags))
		cmd->step_nr = 1;
	ktgt_medium_submit_piece(cmd, KTGT_IO_WRITE, at, end - at, or_end_io);
}

/**
 * ktgt_orwrite - ORWRITE (SBC-4, 5.10)
 * @cmd: the command
 *
 * Each piece is read and written alone in its range, so two initiators that set bits
 * of one block lose none. The first one of a logical unit has it tracked. An initiator
 * that expects less than the CDB says is treated as with WRITE, see ktgt_sbc_rw(); and
 * if the LU says since the first piece that it has no cache, what was written before is
 * flushed, as there.
 *
 * Context: process; may sleep, for memory and for a grace period of RCU. Completes
 *	@cmd, maybe later. Called again for each piece, and in it for each chunk.
 */
void ktgt_orwrite(struct ktgt_cmd *cmd)
{
	u32 at = cmd->step_at, end = piece_end(cmd, cmd->buf_len);

	if (ends_for_its_data(cmd))
		return;
	if (!ktgt_track_is_ready(cmd) || !ktgt_medium_admit(cmd))
		return;
	if (at == cmd->buf_len) {
		ktgt_medium_submit(cmd, KTGT_IO_FLUSH, 0, 0,
				   ktgt_medium_end_io);
		return;
	}
	if (!ktgt_track_enter(cmd, first_byte(cmd) + at, end - at, true))
		return;
	if (cmd->chunk_len)
		or_chunk(cmd);
	if (cmd->chunk_at < end)
		ktgt_chunk_read(cmd, end);
	else
		or_write(cmd, end);
}
