// SPDX-License-Identifier: GPL-2.0
/*
 * Block commands (SBC-4).
 */
#include "sbc.h"

#include <linux/highmem.h>
#include <linux/log2.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../backend/store.h"
#include "../core/cmd.h"
#include "cdb.h"
#include "data.h"
#include "gate.h"
#include "lu.h"
#include "lu_life.h"
#include "medium.h"
#include "sense.h"
#include "track.h"
#include "ua.h"
#include "vpd.h"

#define WRITE_SAME_NDOB		BIT(0)
#define WRITE_SAME_UNMAP	BIT(3)

#define UNMAP_HEADER_LEN	8
#define UNMAP_DESCRIPTOR_LEN	16

/* what WRITE SAME does between two looks at the gate */
#define LONG_STEP		SZ_32M

static bool aborted(const struct ktgt_cmd *cmd)
{
	return test_bit(KTGT_CMDF_ABORTED, &cmd->flags) ||
	       test_bit(KTGT_CMDF_TASK_ABORTED, &cmd->flags);
}

static void fail_with(struct ktgt_cmd *cmd, u8 key, u16 code)
{
	ktgt_sense_set(&cmd->sense, key, code);
	ktgt_cmd_fail(cmd);
}

/*
 * The last segment says what the fabric may use of its page. The transfer of
 * a whole block may need more for a while.
 */
static void set_last_len(struct ktgt_cmd *cmd, u32 len)
{
	u32 last = (len - 1) % KTGT_CMD_RING;

	cmd->bvec[last >> PAGE_SHIFT].bv_len = (last & ~PAGE_MASK) + 1;
}

static void submit_flush(struct ktgt_cmd *cmd)
{
	ktgt_medium_submit(cmd, KTGT_IO_FLUSH, 0, 0, ktgt_medium_end_io);
}

static void piece_end_io(struct ktgt_io *io)
{
	struct ktgt_cmd *cmd = ktgt_medium_ended(io);
	u32 at = cmd->step_at;

	at += ktgt_cmd_piece_len(cmd, at);
	if (at == cmd->buf_len)
		set_last_len(cmd, at);
	if (io->status || (at == cmd->buf_len && !cmd->step_nr)) {
		ktgt_medium_end(cmd, io->status);
		return;
	}
	cmd->step_at = at;
	ktgt_track_leave(cmd);
	ktgt_cmd_resume(cmd);
}

/*
 * A long READ or WRITE goes piece by piece. It is admitted anew for each, since
 * it may wait for its initiator in between. If the LU says since the first piece
 * that it has no cache, what was written before has to be flushed.
 *
 * @whole: bytes of all pieces, whole blocks
 */
static void submit_piece(struct ktgt_cmd *cmd, u32 whole)
{
	bool stable = test_bit(KTGT_CMDF_FUA, &cmd->flags);
	enum ktgt_io_op op = KTGT_IO_WRITE;
	u32 at = cmd->step_at, len;

	if (!ktgt_medium_admit(cmd))
		return;
	if (at && !stable && test_bit(KTGT_CMDF_FUA, &cmd->flags))
		cmd->step_nr = 1;
	if (at == cmd->buf_len) {
		submit_flush(cmd);
		return;
	}
	if (cmd->dir == DMA_FROM_DEVICE)
		op = KTGT_IO_READ;
	len = ktgt_cmd_piece_len(cmd, at);
	if (at + len == cmd->buf_len) {
		len = whole - at;
		set_last_len(cmd, whole);
	}
	ktgt_medium_submit_piece(cmd, op, at, len, piece_end_io);
}

static void rw_end_io(struct ktgt_io *io)
{
	struct ktgt_cmd *cmd = ktgt_medium_ended(io);

	if (unlikely(cmd->buf_len & (SZ_4K - 1)))
		set_last_len(cmd, cmd->buf_len);
	ktgt_medium_end(cmd, io->status);
}

/**
 * ktgt_sbc_rw - READ and WRITE (SBC-4, 5.15 and 5.40)
 * @cmd: the command
 *
 * An initiator that expects less than the CDB says is given, or gives, that
 * much. A WRITE that then ends inside of a block is refused, with the residual
 * as it is (FCP-4, 9.5.8): better than to forget a part of it. A READ fetches
 * the last block whole, for which the buffer's last page has the room, and the
 * rest of that page is not sent.
 *
 * Context: process; completes @cmd, maybe later. Called again for each piece of
 *	a long one.
 */
void ktgt_sbc_rw(struct ktgt_cmd *cmd)
{
	bool read = cmd->dir == DMA_FROM_DEVICE;
	u32 block = 1u << cmd->block_shift;
	u32 len = cmd->buf_len;

	static_assert(PAGE_SIZE >= 4096);

	if (read) {
		len = round_up(len, block);
	} else if (unlikely(len & (block - 1))) {
		fail_with(cmd, ILLEGAL_REQUEST, KTGT_ASC_INVALID_FIELD_IN_UNIT);
		return;
	}
	if (unlikely(!len)) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	if (unlikely(cmd->buf_len > KTGT_CMD_PIECE)) {
		submit_piece(cmd, len);
		return;
	}
	if (!ktgt_medium_admit(cmd))
		return;
	if (unlikely(cmd->buf_len & (SZ_4K - 1)))
		set_last_len(cmd, len);
	ktgt_medium_submit(cmd, read ? KTGT_IO_READ : KTGT_IO_WRITE,
			   cmd->lba << cmd->block_shift, len, rw_end_io);
}

/**
 * ktgt_sbc_sync_cache - SYNCHRONIZE CACHE (SBC-4, 5.33)
 * @cmd: the command
 *
 * The whole cache is written, which is more than was asked; IMMED is not
 * needed by anybody who cares for the answer.
 *
 * Context: process; completes @cmd later.
 */
void ktgt_sbc_sync_cache(struct ktgt_cmd *cmd)
{
	if (ktgt_medium_admit(cmd))
		submit_flush(cmd);
}

/**
 * ktgt_sbc_pre_fetch - PRE-FETCH (SBC-4, 5.13 and 5.14)
 * @cmd: the command
 *
 * There is no cache here that blocks could be fetched into, and those of the device are
 * its own. So none of the blocks has room there, for which the status is GOOD, and not
 * CONDITION MET; and nothing is read.
 *
 * Context: any; completes @cmd.
 */
void ktgt_sbc_pre_fetch(struct ktgt_cmd *cmd)
{
	ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

/**
 * ktgt_sbc_capacity - the size of the device as it is now
 * @cmd: command that needs it
 *
 * A command that discovers a new size ends with that unit attention, also READ
 * CAPACITY (SAM-5, 5.14.1: the condition was there before the command began).
 * Many programs of an initiator share an I_T nexus, and only the unit attention
 * reaches its disk driver, whoever sent the command.
 *
 * Context: process; takes &ktgt_target.nexus_lock if the size has changed.
 * Return: logical blocks; 0 if @cmd has been completed instead.
 */
u64 ktgt_sbc_capacity(struct ktgt_cmd *cmd)
{
	u64 nr_blocks = ktgt_lu_refresh(cmd->lu);

	if (!nr_blocks) {
		ktgt_lu_no_medium(cmd->lu, &cmd->sense);
		ktgt_cmd_fail(cmd);
		return 0;
	}
	if (ktgt_ua_may_pend(cmd) && ktgt_ua_take(cmd, &cmd->sense)) {
		ktgt_cmd_fail(cmd);
		return 0;
	}
	return nr_blocks;
}

/**
 * ktgt_sbc_read_capacity_10 - READ CAPACITY(10) (SBC-4, 5.20)
 * @cmd: the command
 *
 * Context: process; completes @cmd.
 */
void ktgt_sbc_read_capacity_10(struct ktgt_cmd *cmd)
{
	u64 nr_blocks = ktgt_sbc_capacity(cmd);
	u8 buf[8];

	if (!nr_blocks)
		return;
	put_unaligned_be32(min_t(u64, nr_blocks - 1, U32_MAX), buf);
	put_unaligned_be32(1u << cmd->lu->block_shift, buf + 4);
	ktgt_data_answer(cmd, buf, sizeof(buf));
}

/* Exponent of the logical blocks in a physical block. */
static u8 physical_exponent(const struct ktgt_backend_caps *caps, u8 shift)
{
	u32 per_block = caps->physical_block >> shift;

	return per_block > 1 ? min(ilog2(per_block), 15) : 0;
}

/**
 * ktgt_sbc_read_capacity_16 - READ CAPACITY(16) (SBC-4, 5.21)
 * @cmd: the command
 *
 * Context: process; completes @cmd.
 */
void ktgt_sbc_read_capacity_16(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	u64 nr_blocks = ktgt_sbc_capacity(cmd);
	struct ktgt_backend_caps caps;
	u8 buf[32] = {};

	if (!nr_blocks)
		return;
	ktgt_lu_caps(lu, &caps);
	put_unaligned_be64(nr_blocks - 1, buf);
	put_unaligned_be32(1u << lu->block_shift, buf + 8);
	buf[13] = physical_exponent(&caps, lu->block_shift);
	if (lu->thin) {
		buf[14] |= BIT(7);		/* LBPME */
		if (caps.discard_zeroes)
			buf[14] |= BIT(6);	/* LBPRZ */
	}
	ktgt_data_answer(cmd, buf, sizeof(buf));
}

/*
 * A long command goes step by step. It is admitted anew for each, so that who
 * closes the gate never waits for the whole of it, and its abortion neither.
 */
static void step_end_io(struct ktgt_io *io)
{
	struct ktgt_cmd *cmd = ktgt_medium_ended(io);

	if (io->status || aborted(cmd)) {
		ktgt_medium_end(cmd, io->status);
		return;
	}
	cmd->step_at += io->len >> cmd->block_shift;
	ktgt_track_leave(cmd);
	ktgt_gate_leave(cmd);
	ktgt_cmd_resume(cmd);
}

/* All is done. It is stable when the LU says GOOD, if a write would be FUA. */
static void end_steps(struct ktgt_cmd *cmd)
{
	if (test_bit(KTGT_CMDF_FUA, &cmd->flags))
		submit_flush(cmd);
	else
		ktgt_medium_end(cmd, BLK_STS_OK);
}

/**
 * ktgt_sbc_check_write_same - checks of WRITE SAME (SBC-4, 5.48 and 5.49)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_sbc_check_write_same(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;

	if (!cmd->nr_blocks || cmd->nr_blocks > KTGT_WRITE_SAME_MAX_BLOCKS) {
		ktgt_sense_cdb_field(&cmd->sense, cmd->row->len_at,
				     KTGT_SENSE_NO_BIT);
		return false;
	}
	if ((cmd->cdb[1] & WRITE_SAME_UNMAP) && !lu->thin) {
		ktgt_sense_cdb_field(&cmd->sense, 1, 3);
		return false;
	}
	if (cmd->cdb[1] & WRITE_SAME_UNMAP)
		__set_bit(KTGT_CMDF_MAY_UNMAP, &cmd->flags);
	if (cmd->cdb[1] & WRITE_SAME_NDOB) {
		cmd->dir = DMA_NONE;
		cmd->xfer_len = 0;
		return true;
	}
	/* more is wrong as well: somebody has another block size in mind */
	return cmd->edtl == cmd->xfer_len || ktgt_data_refuse_length(cmd);
}

static bool block_is_zero(const struct ktgt_cmd *cmd)
{
	void *p;
	bool zero;

	if (!cmd->xfer_len)
		return true;
	p = kmap_local_page(cmd->bvec[0].bv_page);
	zero = !memchr_inv(p, 0, cmd->xfer_len);
	kunmap_local(p);
	return zero;
}

static void write_same_step(struct ktgt_cmd *cmd)
{
	u64 left = (cmd->nr_blocks - cmd->step_at) << cmd->block_shift;
	u64 pos = (cmd->lba + cmd->step_at) << cmd->block_shift;
	enum ktgt_io_op op = KTGT_IO_WRITE_SAME;

	if (block_is_zero(cmd))
		op = KTGT_IO_WRITE_ZEROES;
	ktgt_medium_submit(cmd, op, pos, min_t(u64, left, LONG_STEP),
			   step_end_io);
}

/**
 * ktgt_sbc_write_same - WRITE SAME (SBC-4, 5.48 and 5.49)
 * @cmd: the command
 *
 * Context: process; completes @cmd later. Called again for each step.
 */
void ktgt_sbc_write_same(struct ktgt_cmd *cmd)
{
	if (!ktgt_data_has_come(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (!ktgt_medium_admit(cmd))
		return;
	if (cmd->step_at == cmd->nr_blocks) {
		end_steps(cmd);
		return;
	}
	write_same_step(cmd);
}

/**
 * ktgt_sbc_check_unmap - checks of UNMAP (SBC-4, 5.35)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_sbc_check_unmap(struct ktgt_cmd *cmd)
{
	return !cmd->xfer_len || cmd->xfer_len >= UNMAP_HEADER_LEN ||
	       ktgt_data_refuse_length(cmd);
}

static void get_descriptor(const struct ktgt_cmd *cmd, unsigned int nr,
			   u64 *lba, u32 *nr_blocks)
{
	u8 buf[UNMAP_DESCRIPTOR_LEN];

	ktgt_data_get(cmd, UNMAP_HEADER_LEN + nr * UNMAP_DESCRIPTOR_LEN,
		      buf, sizeof(buf));
	*lba = get_unaligned_be64(buf);
	*nr_blocks = get_unaligned_be32(buf + 8);
}

/* All descriptors are checked before any is obeyed. */
static bool check_descriptors(struct ktgt_cmd *cmd, unsigned int count)
{
	u64 size = READ_ONCE(cmd->store->size) >> cmd->block_shift;
	u64 lba, total = 0;
	unsigned int nr;
	u32 nr_blocks;

	for (nr = 0; nr < count; nr++) {
		get_descriptor(cmd, nr, &lba, &nr_blocks);
		if (lba > size || nr_blocks > size - lba) {
			ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
				       KTGT_ASC_LBA_OUT_OF_RANGE);
			return false;
		}
		total += nr_blocks;
		if (total > KTGT_UNMAP_MAX_BLOCKS) {
			ktgt_sense_list_field(&cmd->sense, UNMAP_HEADER_LEN +
					      nr * UNMAP_DESCRIPTOR_LEN + 8);
			return false;
		}
	}
	return true;
}

/*
 * Descriptors in the parameter list, -1 with sense data set. An incomplete one
 * at the end is ignored (SBC-4, 5.35.2).
 */
static int check_list(struct ktgt_cmd *cmd)
{
	u8 header[UNMAP_HEADER_LEN];
	u32 len, count;

	ktgt_data_get(cmd, 0, header, sizeof(header));
	len = get_unaligned_be16(header + 2);
	if (UNMAP_HEADER_LEN + len > cmd->xfer_len) {
		ktgt_data_refuse_length(cmd);
		return -1;
	}
	count = len / UNMAP_DESCRIPTOR_LEN;
	if (count > KTGT_UNMAP_MAX_DESCRIPTORS) {
		ktgt_sense_list_field(&cmd->sense, 2);
		return -1;
	}
	return check_descriptors(cmd, count) ? count : -1;
}

/*
 * Blocks from descriptor @nr on that lie side by side: they go to the device in
 * one piece. @nr becomes that of the first descriptor behind them.
 */
static u64 unmap_extent(const struct ktgt_cmd *cmd, u32 count, u32 *nr,
			u64 *start)
{
	u32 nr_blocks;
	u64 len = 0, lba;

	get_descriptor(cmd, *nr, start, &nr_blocks);
	lba = *start;
	while (lba == *start + len) {
		len += nr_blocks;
		if (++*nr == count)
			break;
		get_descriptor(cmd, *nr, &lba, &nr_blocks);
	}
	return len;
}

static void unmap_step(struct ktgt_cmd *cmd, u32 count)
{
	u32 next = cmd->step_nr;
	u64 start, len;

	while (next < count) {
		len = unmap_extent(cmd, count, &next, &start);
		if (cmd->step_at < len)
			break;
		cmd->step_nr = next;
		cmd->step_at = 0;
	}
	if (cmd->step_nr == count) {
		end_steps(cmd);
		return;
	}
	len = (len - cmd->step_at) << cmd->block_shift;
	ktgt_medium_submit(cmd, KTGT_IO_UNMAP,
			   (start + cmd->step_at) << cmd->block_shift,
			   min_t(u64, len, SZ_1G), step_end_io);
}

/**
 * ktgt_sbc_unmap - UNMAP (SBC-4, 5.35)
 * @cmd: the command
 *
 * Context: process; completes @cmd, maybe later. Called again for each step.
 */
void ktgt_sbc_unmap(struct ktgt_cmd *cmd)
{
	int count;

	if (!cmd->xfer_len) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	if (!ktgt_data_has_come(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (!ktgt_medium_admit(cmd))
		return;
	count = check_list(cmd);
	if (count < 0)
		ktgt_cmd_fail(cmd);
	else
		unmap_step(cmd, count);
}
