// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that touch the medium.
 */
#include "medium.h"

#include <scsi/scsi_proto.h>

#include <linux/ktgt.h>

#include "../backend/store.h"
#include "cdb.h"
#include "data.h"
#include "error.h"
#include "gate.h"
#include "limits.h"
#include "lu.h"
#include "orphan.h"
#include "range.h"
#include "sanitize_state.h"
#include "sense.h"
#include "track.h"

static enum ktgt_error_op error_op(const struct ktgt_io *io)
{
	switch (io->op) {
	case KTGT_IO_READ:
		return KTGT_ERROR_READ;
	case KTGT_IO_WRITE:
	case KTGT_IO_WRITE_SAME:
	case KTGT_IO_WRITE_ZEROES:
		return KTGT_ERROR_WRITE;
	default:
		return KTGT_ERROR_OTHER;
	}
}

/*
 * Whether the device is gone, and the user has said what that means. Otherwise the
 * error tells it as well.
 */
static bool is_gone_for_good(const struct ktgt_cmd *cmd)
{
	struct ktgt_backend_caps caps;

	if (READ_ONCE(cmd->lu->params.gone) == KTGT_GONE_DEFAULT)
		return false;
	ktgt_store_caps(cmd->store, &caps);
	return !caps.size;
}

static noinline void end_with_error(struct ktgt_cmd *cmd, blk_status_t error)
{
	u64 lba = cmd->io.bad >> cmd->block_shift;
	u8 status;

	cmd->error = error;
	if (cmd->dir == DMA_FROM_DEVICE)
		cmd->xfer_len = 0;
	status = ktgt_error_to_sense(error, error_op(&cmd->io), lba,
				     &cmd->sense);
	if (status == SAM_STAT_CHECK_CONDITION && is_gone_for_good(cmd))
		ktgt_lu_no_medium(cmd->lu, &cmd->sense);
	ktgt_cmd_complete(cmd, status);
}

/**
 * ktgt_medium_end - a command has done what it wanted of the storage
 * @cmd: the command; the caller must not touch it any more
 * @status: how it went
 *
 * Context: any, hard interrupt included.
 */
void ktgt_medium_end(struct ktgt_cmd *cmd, blk_status_t status)
{
	ktgt_track_leave(cmd);
	if (unlikely(status != BLK_STS_OK))
		end_with_error(cmd, status);
	else
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

/**
 * ktgt_medium_end_io - end a command with its only transfer
 * @io: the transfer
 *
 * Context: any, hard interrupt included.
 */
void ktgt_medium_end_io(struct ktgt_io *io)
{
	ktgt_medium_end(ktgt_medium_ended(io), io->status);
}

/* What may have become read-only since the command was received. */
static bool is_protected(const struct ktgt_cmd *cmd)
{
	return cmd->row->flags & KTGT_CDB_WRITE &&
	       (cmd->store->read_only || READ_ONCE(cmd->lu->read_only));
}

/* Whether the medium is its own, with the same blocks; one condition for both. */
static bool has_its_blocks(const struct ktgt_cmd *cmd)
{
	return ktgt_medium_is_same(cmd) &
	       (cmd->block_shift == cmd->lu->block_shift);
}

/* What was checked on receipt, against the store that the transfer goes to. */
static bool fits_store(const struct ktgt_cmd *cmd)
{
	u64 end = (cmd->lba + cmd->nr_blocks) << cmd->block_shift;

	/* without a medium there is nothing to flush either */
	return max(end, 1ULL << cmd->block_shift) <=
		READ_ONCE(cmd->store->size) &&
	       !READ_ONCE(cmd->store->crowded) &&
	       has_its_blocks(cmd) && !is_protected(cmd);
}

/* Not with BUSY: what is sent again goes to the medium that is in by then. */
static void fail_other_medium(struct ktgt_cmd *cmd)
{
	ktgt_sense_set(&cmd->sense, NOT_READY, KTGT_ASC_MEDIUM_NOT_PRESENT);
	ktgt_cmd_fail(cmd);
}

static noinline void fail_misfit(struct ktgt_cmd *cmd)
{
	if (!ktgt_medium_is_same(cmd)) {
		fail_other_medium(cmd);
		return;
	}
	if (READ_ONCE(cmd->store->crowded) ||
	    cmd->block_shift != cmd->lu->block_shift) {
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return;
	}
	if (is_protected(cmd))
		ktgt_sense_set(&cmd->sense, DATA_PROTECT,
			       KTGT_ASC_WRITE_PROTECTED);
	else if (!(READ_ONCE(cmd->store->size) >> cmd->block_shift))
		ktgt_lu_no_medium(cmd->lu, &cmd->sense);
	else
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_LBA_OUT_OF_RANGE);
	ktgt_cmd_fail(cmd);
}

/*
 * Whether a write has to be stable when it ends: the LU says that it has no
 * cache, or that it has one, and this initiator has not been told yet. Looked at
 * when it is admitted: since it came, it may have waited for its data for long.
 */
static bool must_be_stable(const struct ktgt_cmd *cmd)
{
	/* pairs with ktgt_cache_follow() */
	return !smp_load_acquire(&cmd->lu->write_back) ||
	       unlikely(test_bit(KTGT_UA_MODE, &cmd->itl->flags));
}

/*
 * A reservation or another medium may have come while the command waited for its data
 * or at the gate, or its port may have another state; so one that is admitted anew for
 * each step may end between two of them.
 */
static noinline bool is_held_up(struct ktgt_cmd *cmd)
{
	u8 status;

	if (!ktgt_medium_is_known(cmd)) {
		fail_other_medium(cmd);
		return true;
	}
	status = ktgt_limits_status(cmd);
	if (status) {
		if (cmd->dir == DMA_FROM_DEVICE)
			cmd->xfer_len = 0;
		ktgt_cmd_complete(cmd, status);
		return true;
	}
	return READ_ONCE(cmd->itl->flags) & BIT(KTGT_ITL_ORPHANS) &&
	       ktgt_orphans_hold(cmd);
}

#define HELD_UP		(BIT(KTGT_ITL_ORPHANS) | KTGT_ITL_LIMITS | BIT(KTGT_UA_MEDIUM))

/* The way to the store. One that is submitted once more may be admitted already. */
static bool enter(struct ktgt_cmd *cmd)
{
	if (unlikely(cmd->store))
		return true;
	if (unlikely(!ktgt_gate_enter(cmd)))
		return false;
	return likely(!(READ_ONCE(cmd->itl->flags) & HELD_UP)) ||
	       !is_held_up(cmd);
}

/**
 * ktgt_medium_admit - let a command through to the store
 * @cmd: the command, which touches the medium
 *
 * Context: process; does not sleep.
 * Return: true if it may go on. Otherwise the caller must not touch it any
 * more:
 *	it waits, and will be carried out from the beginning, or it has completed.
 */
bool ktgt_medium_admit(struct ktgt_cmd *cmd)
{
	if (!enter(cmd))
		return false;
	if (unlikely(!fits_store(cmd))) {
		fail_misfit(cmd);
		return false;
	}
	if (unlikely(!ktgt_sanitize_admits(cmd))) {
		ktgt_cmd_fail(cmd);
		return false;
	}
	if (cmd->row->flags & KTGT_CDB_WRITE && must_be_stable(cmd))
		set_bit(KTGT_CMDF_FUA, &cmd->flags);
	return true;
}

static u8 io_flags(const struct ktgt_cmd *cmd, enum ktgt_io_op op)
{
	u8 flags = test_bit(KTGT_CMDF_FUA, &cmd->flags) ? KTGT_IO_FUA : 0;

	if (unlikely(test_bit(KTGT_CMDF_ATOMIC, &cmd->flags)))
		flags |= KTGT_IO_ATOMIC;
	if (op == KTGT_IO_WRITE_ZEROES &&
	    test_bit(KTGT_CMDF_MAY_UNMAP, &cmd->flags))
		flags |= KTGT_IO_MAY_UNMAP;
	return flags;
}

/*
 * In a tracked logical unit a transfer has its range, if its command is not in one.
 * What is longer than a range may be becomes shorter: who wants more looks how far
 * it has come. Return: false if it waits; then it comes here once more.
 */
static noinline bool enter_range(struct ktgt_cmd *cmd, enum ktgt_io_op op,
				 u64 pos, u64 *len)
{
	if (op == KTGT_IO_FLUSH)
		return true;
	if (*len > KTGT_RANGE_MAX)
		*len = ktgt_range_step(pos, *len);
	return ktgt_track_enter(cmd, pos, *len, false);
}

static void submit_io(struct ktgt_cmd *cmd, enum ktgt_io_op op, u64 pos,
		      u64 len, struct bio_vec *bvec,
		      void (*end_io)(struct ktgt_io *io))
{
	struct ktgt_io *io = &cmd->io;

	if (unlikely(READ_ONCE(cmd->lu->ranges)) &&
	    !enter_range(cmd, op, pos, &len))
		return;
	io->end_io = end_io;
	io->op = op;
	io->flags = io_flags(cmd, op);
	io->pos = pos;
	io->len = len;
	io->bvec = bvec;
	io->block = 1u << cmd->block_shift;
	ktgt_store_submit(cmd->store, io);
}

/**
 * ktgt_medium_submit - start the transfer of a command
 * @cmd: the command, admitted
 * @op: what to do, with the segments of @cmd
 * @pos: first byte
 * @len: bytes; what is neither a read nor a write may be made shorter, see
 *	&ktgt_io.len
 * @end_io: see &ktgt_io.end_io
 *
 * In a tracked logical unit the command may have to wait for its range. Then it is
 * carried out from the beginning once more, still admitted.
 *
 * Context: process; does not sleep for the storage. The caller must not touch @cmd
 *	any more.
 */
void ktgt_medium_submit(struct ktgt_cmd *cmd, enum ktgt_io_op op, u64 pos,
			u64 len, void (*end_io)(struct ktgt_io *io))
{
	submit_io(cmd, op, pos, len, cmd->bvec, end_io);
}

/**
 * ktgt_medium_submit_piece - start the transfer of a piece of a command
 * @cmd: the command, which moves in pieces, admitted
 * @op: what to do, with its part of the segments of @cmd
 * @at: first byte of the piece in the data of @cmd
 * @len: bytes
 * @end_io: see &ktgt_io.end_io
 *
 * Context: process; does not sleep for the storage.
 */
void ktgt_medium_submit_piece(struct ktgt_cmd *cmd, enum ktgt_io_op op,
			      u32 at, u32 len,
			      void (*end_io)(struct ktgt_io *io))
{
	submit_io(cmd, op, (cmd->lba << cmd->block_shift) + at, len,
		  cmd->bvec + (at % KTGT_CMD_RING >> PAGE_SHIFT), end_io);
}

/**
 * ktgt_medium_submit_bvec - start a transfer of a command with other segments
 * @cmd: the command, admitted
 * @op: KTGT_IO_READ or KTGT_IO_WRITE
 * @pos: first byte
 * @len: bytes
 * @bvec: segments of whole pages; the last one is made as long as @len needs
 * @end_io: see &ktgt_io.end_io
 *
 * Context: as ktgt_medium_submit().
 */
void ktgt_medium_submit_bvec(struct ktgt_cmd *cmd, enum ktgt_io_op op, u64 pos,
			     u32 len, struct bio_vec *bvec,
			     void (*end_io)(struct ktgt_io *io))
{
	bvec[(len - 1) >> PAGE_SHIFT].bv_len = ((len - 1) & ~PAGE_MASK) + 1;
	submit_io(cmd, op, pos, len, bvec, end_io);
}
