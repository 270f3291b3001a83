// SPDX-License-Identifier: GPL-2.0
/*
 * Block commands (SBC-4).
 */
#include "sbc.h"

#include <linux/highmem.h>
#include <linux/log2.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../backend/backend.h"
#include "../core/cmd.h"
#include "cdb.h"
#include "data.h"
#include "lu.h"
#include "lu_life.h"
#include "sense.h"
#include "vpd.h"

#define WRITE_SAME_NDOB		BIT(0)
#define WRITE_SAME_UNMAP	BIT(3)

#define UNMAP_HEADER_LEN	8
#define UNMAP_DESCRIPTOR_LEN	16

/* between two looks at whether the command has been aborted */
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
 * Context: process; completes @cmd, maybe later.
 */
void ktgt_sbc_rw(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	u32 block = 1u << lu->block_shift;
	u32 len = cmd->buf_len;

	static_assert(PAGE_SIZE >= 4096);

	if (cmd->dir == DMA_FROM_DEVICE) {
		len = round_up(len, block);
	} else if (unlikely(len & (block - 1))) {
		fail_with(cmd, ILLEGAL_REQUEST, KTGT_ASC_INVALID_FIELD_IN_UNIT);
		return;
	}
	if (unlikely(!len)) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	lu->be->ops->submit(lu->be, cmd, cmd->lba << lu->block_shift, len);
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
	cmd->lu->be->ops->flush(cmd->lu->be, cmd);
}

/* Capacity as it is now; on 0 @cmd has been completed. */
static u64 read_capacity(struct ktgt_cmd *cmd)
{
	u64 nr_blocks = ktgt_lu_refresh(cmd->lu, cmd->nexus);

	if (!nr_blocks)
		fail_with(cmd, NOT_READY, KTGT_ASC_MEDIUM_NOT_PRESENT);
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
	u64 nr_blocks = read_capacity(cmd);
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
	u64 nr_blocks = read_capacity(cmd);
	struct ktgt_backend_caps caps;
	u8 buf[32] = {};

	if (!nr_blocks)
		return;
	lu->be->ops->caps(lu->be, &caps);
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
 * The end of a command that ran from its work. A write-through LU has the
 * change stable when it says GOOD. The work is over as far as the work queue
 * is concerned, so that its memory may become the bio of the flush.
 */
static void long_done(struct ktgt_cmd *cmd, int err)
{
	struct ktgt_lu *lu = cmd->lu;

	if (!err && lu->write_through && !aborted(cmd))
		lu->be->ops->flush(lu->be, cmd);
	else
		ktgt_backend_complete_errno(cmd, err);
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
	if (cmd->cdb[1] & WRITE_SAME_NDOB) {
		cmd->dir = DMA_NONE;
		cmd->xfer_len = 0;
		return true;
	}
	/* more is wrong as well: somebody has another block size in mind */
	if (cmd->edtl != cmd->xfer_len) {
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_PARAMETER_LIST_LENGTH);
		return false;
	}
	return true;
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

static int write_same_step(struct ktgt_cmd *cmd, bool zero, u64 pos, u64 len)
{
	struct ktgt_backend *be = cmd->lu->be;
	bool unmap_ok = cmd->cdb[1] & WRITE_SAME_UNMAP;

	if (zero)
		return be->ops->write_zeroes(be, pos, len, unmap_ok);
	return be->ops->write_same(be, cmd, pos, len);
}

static void write_same_work(struct work_struct *work)
{
	struct ktgt_cmd *cmd = container_of(work, struct ktgt_cmd, work);
	u64 pos = cmd->lba << cmd->lu->block_shift;
	u64 left = (u64)cmd->nr_blocks << cmd->lu->block_shift;
	bool zero = block_is_zero(cmd);
	int err = 0;
	u64 step;

	while (left && !err && !aborted(cmd)) {
		step = min_t(u64, left, LONG_STEP);
		err = write_same_step(cmd, zero, pos, step);
		pos += step;
		left -= step;
		cond_resched();
	}
	long_done(cmd, err);
}

/**
 * ktgt_sbc_write_same - WRITE SAME (SBC-4, 5.48 and 5.49)
 * @cmd: the command
 *
 * Context: process; completes @cmd later.
 */
void ktgt_sbc_write_same(struct ktgt_cmd *cmd)
{
	if (cmd->buf_len < cmd->xfer_len) {
		fail_with(cmd, ILLEGAL_REQUEST,
			  KTGT_ASC_PARAMETER_LIST_LENGTH);
		return;
	}
	INIT_WORK(&cmd->work, write_same_work);
	ktgt_lu_queue(&cmd->work);
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
	if (!cmd->xfer_len || cmd->xfer_len >= UNMAP_HEADER_LEN)
		return true;
	ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
		       KTGT_ASC_PARAMETER_LIST_LENGTH);
	return false;
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
	u64 size = READ_ONCE(cmd->lu->nr_blocks);
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
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_PARAMETER_LIST_LENGTH);
		return -1;
	}
	count = len / UNMAP_DESCRIPTOR_LEN;
	if (count > KTGT_UNMAP_MAX_DESCRIPTORS) {
		ktgt_sense_list_field(&cmd->sense, 2);
		return -1;
	}
	return check_descriptors(cmd, count) ? count : -1;
}

static int unmap_range(struct ktgt_cmd *cmd, u64 lba, u64 nr_blocks)
{
	struct ktgt_backend *be = cmd->lu->be;
	u64 pos = lba << cmd->lu->block_shift;
	u64 left = nr_blocks << cmd->lu->block_shift;
	int err = 0;
	u64 step;

	while (left && !err && !aborted(cmd)) {
		step = min_t(u64, left, SZ_1G);
		err = be->ops->unmap(be, pos, step);
		pos += step;
		left -= step;
		cond_resched();
	}
	return err;
}

/* What lies side by side goes to the device in one piece. */
static int unmap_all(struct ktgt_cmd *cmd, unsigned int count)
{
	u64 start = 0, len = 0, lba;
	u32 nr_blocks;
	unsigned int nr;
	int err;

	for (nr = 0; nr < count; nr++) {
		get_descriptor(cmd, nr, &lba, &nr_blocks);
		if (lba == start + len) {
			len += nr_blocks;
			continue;
		}
		err = unmap_range(cmd, start, len);
		if (err || aborted(cmd))
			return err;
		start = lba;
		len = nr_blocks;
	}
	return unmap_range(cmd, start, len);
}

static void unmap_work(struct work_struct *work)
{
	struct ktgt_cmd *cmd = container_of(work, struct ktgt_cmd, work);
	int count = check_list(cmd);

	if (count < 0)
		ktgt_cmd_fail(cmd);
	else
		long_done(cmd, unmap_all(cmd, count));
}

/**
 * ktgt_sbc_unmap - UNMAP (SBC-4, 5.35)
 * @cmd: the command
 *
 * Context: process; completes @cmd, maybe later.
 */
void ktgt_sbc_unmap(struct ktgt_cmd *cmd)
{
	if (!cmd->xfer_len) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	if (cmd->buf_len < cmd->xfer_len) {
		fail_with(cmd, ILLEGAL_REQUEST,
			  KTGT_ASC_PARAMETER_LIST_LENGTH);
		return;
	}
	INIT_WORK(&cmd->work, unmap_work);
	ktgt_lu_queue(&cmd->work);
}
