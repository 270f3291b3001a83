// SPDX-License-Identifier: GPL-2.0
/*
 * EXTENDED COPY: its parameter list, and the transfers that follow from that.
 *
 * There is one disk, so it is source and destination. A block that is read says where it
 * was read from, whatever was written there before.
 */
#include <scsi/scsi_proto.h>

#include "../../../kernel/scsi/lu.h"
#include "backend.h"
#include "copy.h"
#include "erase.h"
#include "legal.h"
#include "lu.h"

#define STEP		(1u << 20)

/* a segment descriptor, and what it copies */
struct segment {
	u64	from, to, len;
	u32	code;		/* sense data of what is wrong with it, 0 if nothing */
};

bool is_copy(const struct record *rec)
{
	return rec->req.kind == KIND_COPY;
}

/* --- the list ------------------------------------------------------------- */

static bool is_lid4(const struct record *rec)
{
	return rec->cdb[1] & 0x1f;
}

static u32 header_len(const struct record *rec)
{
	return is_lid4(rec) ? 48 : 16;
}

static u32 cscds_len(const struct record *rec)
{
	return get_unaligned_be16(rec->sent + (is_lid4(rec) ? 42 : 2));
}

static u32 segments_len(const struct record *rec)
{
	return is_lid4(rec) ? get_unaligned_be16(rec->sent + 44) :
			      get_unaligned_be32(rec->sent + 8);
}

static u32 size_of(u8 type)
{
	return type == 0x02 ? 28 : type == 0x0a ? 32 : 0;
}

static u32 judge_header(const struct record *rec)
{
	const u8 *p = rec->sent;
	u8 usage = p[1] >> 3 & 3;

	if (is_lid4(rec) && (p[0] != 1 || get_unaligned_be16(p + 2) != 32 ||
			     p[15] & 3 || p[16] != 0xff))
		return 0x052600;
	if (usage == 1)
		return 0x052600;
	if (usage == 3 && (is_lid4(rec) ? get_unaligned_be32(p + 20) : p[0]))
		return 0x052600;
	return 0;
}

static u32 judge_segments(const u8 *p, u32 left)
{
	u32 nr, size;

	for (nr = 0; left; nr++, p += size, left -= size) {
		if (nr == 64)
			return 0x052608;
		size = size_of(p[0]);
		if (!size)
			return 0x052609;
		if (size > left)
			return 0x051a00;
		if (get_unaligned_be16(p + 2) != size - 4)
			return 0x052600;
	}
	return 0;
}

static u32 judge_cscds(const u8 *p, u32 len)
{
	u32 i;

	if (len % 32)
		return 0x052600;
	if (len > 16 * 32)
		return 0x052606;
	for (i = 0; i < len; i += 32)
		if (p[i] != 0xe4)
			return 0x052607;
	return 0;
}

/* Sense data with which the list is refused, 0 if it is not. */
static u32 judge_list(const struct record *rec)
{
	u32 header = header_len(rec), code;
	u64 descriptors;
	bool has_inline;

	if (rec->req.count < header)
		return 0x051a00;
	code = judge_header(rec);
	if (code)
		return code;
	descriptors = (u64)cscds_len(rec) + segments_len(rec);
	if (descriptors > 2560 || header + descriptors > rec->req.count)
		return 0x051a00;
	has_inline = is_lid4(rec) ? get_unaligned_be16(rec->sent + 46) :
				    get_unaligned_be32(rec->sent + 12);
	if (has_inline)
		return 0x05260b;
	return judge_cscds(rec->sent + header, cscds_len(rec)) ?:
	       judge_segments(rec->sent + header + cscds_len(rec),
			      segments_len(rec));
}

/* --- segments ------------------------------------------------------------- */

static bool is_named(const struct ktgt_id *id, u8 type, const u8 *p)
{
	return id->len && p[0] == 1 && p[1] == type && p[3] == id->len &&
	       id->len <= 20 && !memcmp(p + 4, id->byte, id->len);
}

/* Sense data, if a CSCD descriptor is not that of the disk. */
static u32 judge_cscd(const struct record *rec, u16 id)
{
	const struct ktgt_identity *identity = ktgt_lu_identity(rec->lu);
	const u8 *p = rec->sent + header_len(rec) + 32 * id;
	u32 block;

	if (id == 0xffff)
		return 0;
	if (id >= cscds_len(rec) / 32 || p[1] & 0x20)
		return 0x0a0d02;
	/* a UUID is longer by two bytes, and texts are not tried here */
	if (!is_named(&identity->naa, 3, p + 4) &&
	    !is_named(&identity->eui, 2, p + 4))
		return 0x0a0d02;
	block = get_unaligned_be24(p + 29);
	if (p[1] & 0x1f || (block && block != rec->shape->block))
		return 0x0a0d03;
	return 0;
}

static u32 judge_range(const struct record *rec, u64 lba, u16 offset, u64 len)
{
	u64 blocks = rec->lu->nr_blocks;

	if (lba >= blocks ||
	    offset + len > (blocks - lba) * rec->shape->block)
		return 0x0a0000;
	return 0;
}

static u32 judge_segment(const struct record *rec, const u8 *p, u64 len)
{
	u16 from = p[0] == 0x0a ? get_unaligned_be16(p + 28) : 0;
	u16 to = p[0] == 0x0a ? get_unaligned_be16(p + 30) : 0;
	u32 code;

	code = judge_cscd(rec, get_unaligned_be16(p + 4)) ?:
	       judge_cscd(rec, get_unaligned_be16(p + 6));
	if (code)
		return code;
	if (len > 128 << 20 || from % rec->shape->block ||
	    to % rec->shape->block)
		return 0x0a2600;
	if (len % rec->shape->block)
		return 0x0a260a;
	if (!rec->lu->nr_blocks)
		return 0x0a0d01;
	return judge_range(rec, get_unaligned_be64(p + 12), from, len) ?:
	       judge_range(rec, get_unaligned_be64(p + 20), to, len);
}

/* Segment @nr of a list that is not refused; false behind the last one. */
static bool get_segment(const struct record *rec, u32 nr, struct segment *seg)
{
	const u8 *p = rec->sent + header_len(rec) + cscds_len(rec);
	const u8 *end = p + segments_len(rec);
	u32 block = rec->shape->block;

	while (p < end && nr--)
		p += size_of(p[0]);
	if (p == end)
		return false;
	*seg = (struct segment) {
		.from = get_unaligned_be64(p + 12) * block,
		.to = get_unaligned_be64(p + 20) * block,
		.len = get_unaligned_be16(p + 10) * block,
	};
	if (p[0] == 0x0a) {
		seg->len = get_unaligned_be32(p + 8);
		seg->from += get_unaligned_be16(p + 28);
		seg->to += get_unaligned_be16(p + 30);
	}
	if (seg->len)
		seg->code = judge_segment(rec, p, seg->len);
	return true;
}

/* The segment that is copied now: those that are done, or copy nothing, are over. */
static bool at_hand(const struct record *rec, struct segment *seg, u32 *nr)
{
	u64 done = rec->nr_copied;

	for (*nr = 0; get_segment(rec, *nr, seg); ++*nr) {
		if (seg->code || done < seg->len)
			return true;
		done -= seg->len;
	}
	return false;
}

/* --- transfers ------------------------------------------------------------ */

static u8 byte_at(u64 pos)
{
	return pos * 7 ^ pos >> 9 ^ pos >> 17;
}

/* Bytes of the segment that are done. */
static u64 done_of(const struct record *rec, u32 nr)
{
	u64 done = rec->nr_copied;
	struct segment seg;
	u32 i;

	for (i = 0; i < nr && get_segment(rec, i, &seg); i++)
		done -= seg.len;
	return done;
}

/* Where in the segment the step begins: at its end, if that has to be read first. */
static u64 offset_of(const struct segment *seg, u64 done, u32 step)
{
	if (seg->to > seg->from && seg->to - seg->from < seg->len)
		return seg->len - done - step;
	return done;
}

static void read_step(const struct ktgt_io *io, u64 pos)
{
	u32 i;

	require(io->pos == pos);
	for (i = 0; i < io->len; i++)
		io->bvec[i / PAGE_SIZE].bv_page->mem[i % PAGE_SIZE] =
			byte_at(pos + i);
}

static void write_step(struct record *rec, const struct ktgt_io *io,
		       u64 pos, u64 from)
{
	u32 i;

	require(io->pos == pos && !rec->lu->read_only);
	require(io->flags & KTGT_IO_FUA || rec->lu->write_cache);
	for (i = 0; i < io->len; i++)
		require(io->bvec[i / PAGE_SIZE].bv_page->mem[i % PAGE_SIZE] ==
			byte_at(from + i));
	rec->nr_copied += io->len;
}

/*
 * A transfer of a copy; one of them fails. PRIORITY, which nobody heeds, says how many go
 * well before.
 */
blk_status_t copy_submit(struct record *rec, const struct fake *fake,
			 const struct ktgt_io *io, blk_status_t fate)
{
	struct segment seg;
	u64 done, at;
	u32 nr, step, pages;

	require(!judge_list(rec) && at_hand(rec, &seg, &nr));
	require(!seg.code || rec->nr_blocks != rec->lu->nr_blocks);
	done = done_of(rec, nr);
	step = min_t(u64, STEP, seg.len - done);
	pages = DIV_ROUND_UP(step, PAGE_SIZE);
	at = offset_of(&seg, done, step);
	require(io->len == step && io->bvec == rec->cmd->long_scratch);
	require(io->bvec[pages - 1].bv_len == step - (pages - 1) * PAGE_SIZE);
	require(pages == 1 || io->bvec[pages - 2].bv_len == PAGE_SIZE);
	if (rec->nr_ops++ & 1) {
		require(io->op == KTGT_IO_WRITE);
		write_step(rec, io, seg.to + at, seg.from + at);
	} else {
		require(io->op == KTGT_IO_READ);
		read_step(io, seg.from + at);
	}
	return rec->nr_ops > (rec->fate >> 4) * 3 + (rec->sent[1] & 7) ?
	       fate : BLK_STS_OK;
}

/* --- what came of it ------------------------------------------------------ */

static bool is_of_copy(u32 sense)
{
	return sense == 0x0a0000 || sense == 0x0a0d01 || sense == 0x0a0d02 ||
	       sense == 0x0a0d03 || sense == 0x0a2600 || sense == 0x0a260a;
}

/* It has been refused before anything was copied. */
static bool check_refused(const struct record *rec)
{
	u32 code = judge_list(rec);

	if (rec->buf_len < rec->req.count)
		code = 0x051a00;
	if (!code)
		return false;
	require(!rec->nr_ops);
	require(rec->sense == code || rec->status == SAM_STAT_BUSY);
	return true;
}

/*
 * Sense data with which the disk that is asked, which is source and destination as well,
 * lets a copy not begin at this moment; 0 if it does.
 */
u32 copy_misfit(const struct record *rec)
{
	const struct ktgt_itl *itl = rec->cmd->itl;

	/* one that has been admitted already, and has waited since, was not asked again */
	if (itl && test_bit(KTGT_UA_MEDIUM, &itl->flags) &&
	    !cmd_at_work(rec)->store)
		return 0x023a00;
	return rec->lu->nr_blocks ? erase_refusal(rec->lu, rec->cdb) : 0x020800;
}

/* It was not begun: nothing has been written, so it can be sent again. */
static bool is_of_asked(const struct record *rec)
{
	return !rec->nr_copied && rec->sense &&
	       (rec->sense == rec->misfit || rec->sense == rec->now_unserved);
}

/* What it ends with, unless it was disturbed by something else. */
static void check_failed(const struct record *rec)
{
	struct segment seg;
	u32 nr;

	if (is_of_asked(rec))
		return;
	require(is_of_copy(rec->sense) || rec->sense == 0x050016);
	if (rec->error || mode_changed || rec->lu != lus[0])
		return;
	if (rec->sense != 0x050016 && at_hand(rec, &seg, &nr) && seg.code &&
	    rec->nr_blocks == rec->lu->nr_blocks)
		require(rec->sense == seg.code || rec->sense == 0x0a0d01);
}

void check_copy(const struct record *rec)
{
	struct segment seg;
	u32 nr;

	require(!rec->nr_flushes && !rec->nr_ranges);
	if (!rec->req.count) {
		require(rec->status == SAM_STAT_GOOD);
		return;
	}
	if (check_refused(rec))
		return;
	switch (rec->status) {
	case SAM_STAT_GOOD:
		require(!rec->error && !at_hand(rec, &seg, &nr));
		break;
	case SAM_STAT_CHECK_CONDITION:
		check_failed(rec);
		break;
	case SAM_STAT_TASK_ABORTED:
		require(rec->aborted || rec->lu != lus[0]);
		break;
	default:
		require(rec->status == SAM_STAT_BUSY ||
			rec->status == SAM_STAT_TASK_SET_FULL ||
			rec->status == SAM_STAT_RESERVATION_CONFLICT);
		require(!rec->nr_copied);
	}
}
