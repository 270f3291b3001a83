// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that read what they do not return: COMPARE AND WRITE, VERIFY, WRITE AND
 * VERIFY, ORWRITE; and PRE-FETCH, which does not read either.
 *
 * What the backend has is what the command was sent, but for one byte that differs if
 * the fate of the command says so.
 */
#include <scsi/scsi_proto.h>

#include "backend.h"
#include "compare.h"
#include "legal.h"

/* fate: one byte differs */
#define FATE_DIFFERS	16

bool is_compare(const struct record *rec)
{
	return rec->req.kind >= KIND_CAW && rec->req.kind <= KIND_FETCH;
}

bool compare_writes(const struct record *rec)
{
	return rec->req.kind == KIND_CAW || rec->req.kind == KIND_WRITE_VERIFY ||
	       rec->req.kind == KIND_ORWRITE;
}

static u8 bytchk(const struct record *rec)
{
	return rec->cdb[1] >> 1 & 3;
}

u64 wanted_of(const struct record *rec, u32 block)
{
	u64 all = rec->req.count * block;

	switch (rec->req.kind) {
	case KIND_CAW:
		return 2 * all;
	case KIND_VERIFY:
		return bytchk(rec) == 1 ? all :
		       bytchk(rec) == 3 ? min_t(u64, all, block) : 0;
	case KIND_FETCH:
		return 0;
	default:
		return all;
	}
}

u64 compare_bytes(const struct record *rec)
{
	return wanted_of(rec, rec->shape->block);
}

/* Whether nothing is wrong but for its range, as far as its CDB shows. */
bool may_compare(const struct record *rec)
{
	const struct shape *shape = rec->shape;
	u64 wanted = compare_bytes(rec);

	if (compare_writes(rec) && shape->read_only)
		return false;
	switch (rec->req.kind) {
	case KIND_CAW:
		return rec->req.count <= shape->max_caw_blocks &&
		       (!wanted || rec->cmd->edtl == wanted);
	case KIND_VERIFY:
		return rec->req.count <= shape->max_blocks &&
		       bytchk(rec) != 2 && rec->cmd->edtl >= wanted;
	case KIND_WRITE_VERIFY:
		return rec->req.count <= shape->max_blocks && bytchk(rec) < 2;
	case KIND_ORWRITE:
		return rec->req.count <= shape->max_blocks;
	default:
		return true;
	}
}

/* Bytes that have to be read. */
static u64 due(const struct record *rec)
{
	if (rec->req.kind == KIND_WRITE_VERIFY || rec->req.kind == KIND_ORWRITE)
		return rec->buf_len;
	return rec->req.count * rec->shape->block;
}

/* Whether a legal command has anything to do with the medium. */
bool compares(const struct record *rec)
{
	return due(rec) && !(due(rec) % rec->shape->block);
}

/* What it has to fit is the store that has admitted it. */
void admitted_before(struct record *rec)
{
	const struct ktgt_store *store = rec->cmd->store;

	rec->now_blocks = store->size / rec->shape->block;
	rec->now_read_only |= store->read_only;
}

/* --- what is there -------------------------------------------------------- */

static bool is_compared(const struct record *rec)
{
	return rec->req.kind == KIND_CAW ||
	       (rec->req.kind != KIND_ORWRITE && bytchk(rec));
}

/* The byte that differs; behind the end if none does. */
static u64 difference(const struct record *rec)
{
	if (!(rec->fate & FATE_DIFFERS) || !is_compared(rec))
		return U64_MAX;
	return rec->cdb[rec->req.len - 2] * 977ULL % due(rec);
}

static u8 byte_at(const struct record *rec, u64 at)
{
	u8 byte = 0xda;

	if (rec->req.kind == KIND_ORWRITE)
		byte = at * 5;
	else if (rec->req.kind == KIND_VERIFY && bytchk(rec) == 3)
		byte = rec->sent[at % rec->shape->block];
	else if (is_compared(rec))
		byte = rec->sent[at];
	return at == difference(rec) ? byte ^ 0x20 : byte;
}

static void read_chunk(struct record *rec, const struct ktgt_io *io)
{
	u32 pos;

	require(io->bvec == rec->cmd->inline_bvec);
	require(io->len <= rec->cmd->scratch_len);
	require(io->pos == rec->req.lba * rec->shape->block + rec->nr_read);
	require(rec->nr_read + io->len <= due(rec));
	require(difference(rec) >= rec->nr_read);
	require(rec->req.kind != KIND_WRITE_VERIFY || rec->nr_written);
	for (pos = 0; pos < io->len; pos++)
		io->bvec[pos / PAGE_SIZE].bv_page->mem[pos % PAGE_SIZE] =
			byte_at(rec, rec->nr_read + pos);
	rec->nr_read += io->len;
}

static u8 to_be_written(const struct record *rec, u32 at)
{
	switch (rec->req.kind) {
	case KIND_CAW:
		return rec->sent[due(rec) + at];
	case KIND_ORWRITE:
		return rec->sent[at] | byte_at(rec, at);
	default:
		return rec->sent[at];
	}
}

static void write_all(struct record *rec, const struct ktgt_io *io)
{
	u32 pos;

	require(compare_writes(rec) && !rec->now_read_only);
	require(io->pos == rec->req.lba * rec->shape->block);
	require(io->len == due(rec) && !rec->nr_written);
	if (rec->req.kind == KIND_WRITE_VERIFY)
		require(!rec->nr_read);
	else
		require(rec->nr_read == due(rec) && difference(rec) >= due(rec));
	for (pos = 0; pos < io->len; pos++)
		require(io->bvec[pos / PAGE_SIZE].bv_page->mem[pos % PAGE_SIZE] ==
			to_be_written(rec, pos));
	rec->nr_written += io->len;
	/* WRITE AND VERIFY has no FUA */
	rec->fua = io->flags & KTGT_IO_FUA;
	if (rec->now_through ||
	    (rec->req.kind != KIND_WRITE_VERIFY && rec->cdb[1] & 8))
		require(rec->fua);
	else
		require(!rec->fua || mode_changed);
}

static void flush(struct record *rec, const struct fake *fake)
{
	require(!rec->nr_flushes++ && !rec->nr_read);
	require(rec->req.kind == KIND_VERIFY ||
		(rec->req.kind == KIND_WRITE_VERIFY && rec->nr_written));
	require(fake->caps.write_cache && !rec->fua);
}

/* A transfer of such a command; the first one may fail. */
blk_status_t compare_submit(struct record *rec, const struct fake *fake,
			    const struct ktgt_io *io, blk_status_t fate)
{
	bool first = !rec->nr_ops++;

	require(rec->req.kind != KIND_FETCH);
	switch (io->op) {
	case KTGT_IO_READ:
		read_chunk(rec, io);
		break;
	case KTGT_IO_WRITE:
		write_all(rec, io);
		break;
	default:
		require(io->op == KTGT_IO_FLUSH);
		flush(rec, fake);
	}
	return first ? fate : BLK_STS_OK;
}

/* --- what came of it ------------------------------------------------------ */

/* Whether its end is what is due to it, if nothing has stopped it. */
bool check_compare(const struct record *rec)
{
	u64 all = due(rec);

	if (rec->req.kind == KIND_FETCH || !all)
		return rec->status == SAM_STAT_GOOD && !rec->nr_ops;
	if (!compares(rec))
		return rec->sense == 0x050e03 && !rec->nr_ops;
	if (rec->sense == 0x0e1d00) {
		require(rec->info == difference(rec));
		require(rec->nr_read > rec->info);
		return rec->req.kind == KIND_WRITE_VERIFY || !rec->nr_written;
	}
	if (rec->status != SAM_STAT_GOOD)
		return false;
	require(rec->nr_read == all && difference(rec) >= all);
	require(rec->nr_written == (compare_writes(rec) ? all : 0));
	return true;
}
