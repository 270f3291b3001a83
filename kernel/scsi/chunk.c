// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks that a command reads for itself, chunk by chunk.
 *
 * However many blocks a command compares, it holds no more than its scratch buffer
 * for them. The storage may answer in a hard interrupt, where nobody can look at
 * a chunk, nor ask for the next one. So the command comes back to its fabric for
 * each, and is submitted once more.
 */
#include "chunk.h"

#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include <scsi/scsi_proto.h>

#include "data.h"
#include "medium.h"
#include "sense.h"
#include "track.h"

/**
 * ktgt_chunk_want - say that a command will read for itself
 * @cmd: command that is being parsed
 * @len: bytes that it will read, one chunk after the other; it may read none
 *
 * Context: any.
 */
void ktgt_chunk_want(struct ktgt_cmd *cmd, u64 len)
{
	cmd->scratch_len = min_t(u64, len, KTGT_CMD_SCRATCH);
}

static void chunk_end_io(struct ktgt_io *io)
{
	struct ktgt_cmd *cmd = ktgt_medium_ended(io);

	if (io->status) {
		ktgt_medium_end(cmd, io->status);
		return;
	}
	cmd->chunk_len = io->len;
	ktgt_cmd_resume(cmd);
}

/**
 * ktgt_chunk_read - read the next chunk
 * @cmd: the command, admitted; &ktgt_cmd.chunk_at says where
 * @end: where the last chunk ends, in bytes from the first block of @cmd; more than
 *	&ktgt_cmd.chunk_at
 *
 * The command is submitted again with &ktgt_cmd.chunk_len, or has failed.
 *
 * Context: process; does not sleep for the storage. The caller must not touch @cmd any
 *	more.
 */
void ktgt_chunk_read(struct ktgt_cmd *cmd, u32 end)
{
	u32 at = cmd->chunk_at;

	ktgt_medium_submit_bvec(cmd, KTGT_IO_READ,
				(cmd->lba << cmd->block_shift) + at,
				min(end - at, cmd->scratch_len),
				cmd->inline_bvec, chunk_end_io);
}

/* How many bytes are the same, from the beginning on. */
static u32 count_same(const u8 *a, const u8 *b, u32 len)
{
	u32 nr = 0;

	if (!memcmp(a, b, len))
		return len;
	while (a[nr] == b[nr])
		nr++;
	return nr;
}

/* Likewise, of byte @at of the data, and byte @off of the scratch buffer. */
static u32 compare_part(const struct ktgt_cmd *cmd, u32 at, u32 off, u32 len)
{
	const struct bio_vec *data = cmd->bvec + (at % KTGT_CMD_RING >> PAGE_SHIFT);
	u8 *a = kmap_local_page(data->bv_page);
	u8 *b = kmap_local_page(cmd->inline_bvec[off >> PAGE_SHIFT].bv_page);
	u32 same;

	same = count_same(a + offset_in_page(at), b + offset_in_page(off), len);
	kunmap_local(b);
	kunmap_local(a);
	return same;
}

/**
 * ktgt_chunk_compare - compare the chunk that was read with the data
 * @cmd: the command
 * @period: bytes after which the data begins anew; a chunk is whole ones of it, and
 *	they are parts of a page. 0 if it does not
 *
 * Context: process.
 * Return: bytes that are the same, from the beginning of the chunk on;
 *	&ktgt_cmd.chunk_len if all are.
 */
u32 ktgt_chunk_compare(const struct ktgt_cmd *cmd, u32 period)
{
	u32 step = period ?: PAGE_SIZE;
	u32 off, len, same;

	for (off = 0; off < cmd->chunk_len; off += len) {
		len = min(cmd->chunk_len - off, step);
		same = compare_part(cmd, period ? 0 : cmd->chunk_at + off, off,
				    len);
		if (same < len)
			return off + same;
	}
	return off;
}

/**
 * ktgt_chunk_differs - end a command whose data is not what the medium has
 * @cmd: the command; the caller must not touch it any more
 * @at: the first byte that differs, from the first block of @cmd on
 *
 * SBC-4, 5.3: INFORMATION is the offset of that byte in the data.
 *
 * Context: any.
 */
void ktgt_chunk_differs(struct ktgt_cmd *cmd, u32 at)
{
	ktgt_track_leave(cmd);
	ktgt_sense_set(&cmd->sense, MISCOMPARE, KTGT_ASC_MISCOMPARE);
	cmd->sense.flags = KTGT_SENSE_INFO;
	cmd->sense.info = at;
	ktgt_cmd_fail(cmd);
}
