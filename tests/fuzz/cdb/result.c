// SPDX-License-Identifier: GPL-2.0
/*
 * What came of a command: its status and sense data, its answer, and what the
 * backend was asked to do.
 */
#include <scsi/scsi_proto.h>

#include "backend.h"
#include "compare.h"
#include "copy.h"
#include "erase.h"
#include "legal.h"
#include "lu.h"
#include "report.h"
#include "result.h"

/* --- changes -------------------------------------------------------------- */

/* Whether it may have ended before all was done. */
static bool was_stopped(const struct record *rec)
{
	return rec->error || rec->aborted || rec->misfit || rec->now_conflict ||
	       rec->now_unserved ||
	       rec->status == SAM_STAT_TASK_ABORTED;
}

/* Whether the ranges of the backend are these, one after the other. */
struct walk {
	const struct record	*rec;
	u32			nr;
	u64			done;	/* of range @nr */
};

static void walk_over(struct walk *walk, u64 pos, u64 len)
{
	const struct range *range;
	u64 part;

	while (len && walk->nr < walk->rec->nr_ranges) {
		range = &walk->rec->ranges[walk->nr];
		require(range->pos + walk->done == pos);
		part = min(len, range->len - walk->done);
		walk->done += part;
		pos += part;
		len -= part;
		if (walk->done == range->len) {
			walk->nr++;
			walk->done = 0;
		}
	}
	/* all of it, unless it ended before */
	require(!len || walk->rec->aborted ||
		walk->rec->status != SAM_STAT_GOOD);
}

static void walk_end(const struct walk *walk)
{
	require(walk->nr == walk->rec->nr_ranges && !walk->done);
}

/* Returns the sense data that an UNMAP parameter list deserves, 0 if it fits. */
static u32 judge_list(const struct record *rec, u32 *count)
{
	const struct shape *shape = rec->shape;
	u32 nr, len = get_unaligned_be16(rec->sent + 2);
	u64 lba, blocks, total = 0;

	if (len + 8 > rec->buf_len)
		return 0x051a00;
	*count = len / 16;
	if (*count > shape->max_unmap_descriptors)
		return 0x052600;
	for (nr = 0; nr < *count; nr++) {
		lba = get_unaligned_be64(rec->sent + 8 + 16 * nr);
		blocks = get_unaligned_be32(rec->sent + 16 + 16 * nr);
		if (lba > rec->now_blocks || blocks > rec->now_blocks - lba)
			return 0x052100;
		total += blocks;
		if (total > shape->max_unmap_blocks)
			return 0x052600;
	}
	return 0;
}

static void check_extents(const struct record *rec, u32 count)
{
	struct walk walk = { .rec = rec };
	const u8 *p = rec->sent + 8;
	u32 nr;

	for (nr = 0; nr < count; nr++, p += 16)
		walk_over(&walk, get_unaligned_be64(p) * rec->shape->block,
			  (u64)get_unaligned_be32(p + 8) * rec->shape->block);
	walk_end(&walk);
}

static void check_unmap(const struct record *rec)
{
	u32 count = 0, code;

	if (!rec->req.count) {
		require(rec->status == SAM_STAT_GOOD && !rec->nr_ranges);
		return;
	}
	if (!wants_medium(rec)) {
		require(!rec->nr_ranges && rec->sense == 0x051a00);
		return;
	}
	/* the medium may have become smaller between two steps */
	code = judge_list(rec, &count);
	if (!code || rec->nr_ranges)
		check_extents(rec, count);
	require(was_stopped(rec) || rec->sense == code);
}

static void check_write_same(const struct record *rec)
{
	struct walk walk = { .rec = rec };

	if (!wants_medium(rec)) {
		require(!rec->nr_ranges && rec->sense == 0x051a00);
		return;
	}
	walk_over(&walk, rec->req.lba * rec->shape->block,
		  rec->req.count * rec->shape->block);
	walk_end(&walk);
	require(rec->status == SAM_STAT_GOOD || was_stopped(rec));
}

/* --- what was moved ------------------------------------------------------- */

static void check_moved(const struct record *rec)
{
	bool write = rec->req.kind == KIND_WRITE;

	if (write && rec->buf_len % rec->shape->block) {
		require(rec->sense == 0x050e03 && !rec->nr_ops);
		return;
	}
	require(rec->status == SAM_STAT_GOOD || was_stopped(rec));
	if (rec->status == SAM_STAT_GOOD || rec->error)
		require(rec->nr_ops == !!rec->buf_len);
	if (!write && rec->error)
		require(!rec->whole);
	/* FUA of READ(6) and WRITE(6) is a bit of the address */
	if (!rec->nr_ops || !write)
		return;
	if (rec->now_through || (rec->req.len > 6 && rec->cdb[1] & 8))
		require(rec->fua);
	else
		require(!rec->fua || mode_changed);
}

/* Done means done for good if the logical unit says that it has no cache. */
static void check_stable(const struct record *rec)
{
	bool changes = rec->req.kind == KIND_SAME ||
		       (rec->req.kind == KIND_UNMAP && rec->req.count);

	if (rec->req.kind == KIND_SYNC &&
	    (rec->status == SAM_STAT_GOOD || rec->error))
		require(rec->nr_flushes == 1);
	if (rec->req.kind == KIND_TEST && rec->status == SAM_STAT_GOOD)
		require(rec->nr_flushes == wants_medium(rec));
	if (rec->status != SAM_STAT_GOOD || !changes || rec->aborted)
		return;
	if (rec->now_through)
		require(rec->nr_flushes == 1);
	else
		require(!rec->nr_flushes || mode_changed);
}

/* An answer can lack memory, a medium, or what was asked for. */
static void check_in(const struct record *rec)
{
	struct answer a = {
		.data = rec->answer, .len = rec->answer_len,
		.whole = rec->whole, .cut = rec->whole == rec->req.count,
	};

	require(rec->whole <= rec->wanted && rec->whole <= rec->req.count);
	if (rec->status != SAM_STAT_GOOD) {
		require(!rec->whole);
		return;
	}
	a.erased = rec->now_erased;
	if (fake_of(rec->lu))
		a.nr_blocks = fake_of(rec->lu)->caps.size / rec->shape->block;
	check_answer(rec->cdb, rec->shape, &a);
	if (rec->cdb[0] == INQUIRY && rec->cdb[1] & 1)
		require(vpd_page_exists(rec->shape, rec->cdb[2]));
}

/* What it did is judged by what the logical unit does from then on. */
static void check_reserved_out(const struct record *rec)
{
	static const u32 codes[] = {
		0x051a00, 0x052400, 0x052600, 0x052604, 0x055504, 0x0b4400,
	};
	unsigned int i;

	require(!rec->nr_ops && !rec->nr_ranges && !rec->nr_flushes);
	if (rec->buf_len < rec->req.count)
		require(rec->sense == 0x051a00 || rec->aborted);
	if (rec->status != SAM_STAT_CHECK_CONDITION)
		return;
	for (i = 0; i < ARRAY_SIZE(codes); i++)
		if (rec->sense == codes[i])
			return;
	require(!"sense data of PERSISTENT RESERVE OUT");
}

/* What a parameter list is refused for; the blocks stay as they are. */
static void check_list(const struct record *rec)
{
	require(!rec->nr_ops && !rec->nr_ranges && !rec->nr_flushes);
	if (rec->buf_len < rec->req.count)
		require(rec->sense == 0x051a00 || rec->aborted ||
			rec->now_conflict ||
			rec->status == SAM_STAT_TASK_ABORTED);
	if (rec->status == SAM_STAT_CHECK_CONDITION)
		require(rec->sense == 0x051a00 || rec->sense == 0x052600 ||
			(rec->sense == 0x044400 && selects_mode(rec->cdb)));
}

/* --- without data --------------------------------------------------------- */

/* Nobody prevents that a medium is removed which stays anyway. */
static void check_prevented(const struct record *rec)
{
	const struct ktgt_itl *itl = rec->cmd->itl;

	require(rec->sense != 0x055302 || (rec->cdb[0] == START_STOP &&
					   (rec->cdb[4] & 0xf2) == 2));
	if (rec->cdb[0] != ALLOW_MEDIUM_REMOVAL || rec->aborted)
		return;
	require(rec->status == SAM_STAT_GOOD);
	require(!itl || rec->shape->removable ||
		!test_bit(KTGT_ITL_PREVENTS, &itl->flags));
}

/* --- in all --------------------------------------------------------------- */

static void check_legal(const struct record *rec)
{
	switch (rec->req.kind) {
	case KIND_READ:
	case KIND_WRITE:
		check_moved(rec);
		break;
	case KIND_SAME:
		check_write_same(rec);
		break;
	case KIND_UNMAP:
		check_unmap(rec);
		break;
	case KIND_CAW:
	case KIND_VERIFY:
	case KIND_WRITE_VERIFY:
	case KIND_ORWRITE:
	case KIND_FETCH:
		require(check_compare(rec) || was_stopped(rec));
		break;
	case KIND_IN:
	case KIND_CAPACITY_10:
		check_in(rec);
		break;
	case KIND_PR_OUT:
		check_reserved_out(rec);
		break;
	case KIND_OUT:
		check_list(rec);
		break;
	case KIND_SANITIZE:
		check_erase(rec);
		break;
	case KIND_NONE:
		check_prevented(rec);
		break;
	default:
		break;
	}
	check_stable(rec);
}

static bool moves_blocks(const struct record *rec)
{
	return rec->req.kind != KIND_IN && rec->req.kind != KIND_OUT &&
	       rec->req.kind != KIND_NONE && rec->req.kind != KIND_TEST &&
	       rec->req.kind != KIND_RESERVE && rec->req.kind != KIND_SANITIZE &&
	       !is_copy(rec);
}

/* What a command that is not legal is refused with. */
static void check_refusal(const struct record *rec)
{
	bool conflict = rec->conflict && !rec->ua && !rec->unserved;

	require(rec->status == (conflict ? SAM_STAT_RESERVATION_CONFLICT :
					   SAM_STAT_CHECK_CONDITION) ||
		rec->sense == 0x050e03);
	require(!rec->nr_ops && !rec->nr_ranges && !rec->nr_flushes);
	if (is_allowed(rec))
		require(rec->sense == 0x050e03);
	else if (!is_served(rec) && !rec->shape)
		require(rec->sense == 0x052500);
	else if (!is_served(rec))
		require(rec->sense == 0x052000 || rec->sense == 0x052400);
	else if (rec->ua)
		require(rec->sense == rec->ua);
	else if (rec->unserved)
		require(rec->sense == rec->unserved);
	else if (conflict)
		require(!rec->sense || rec->sense == 0x050e03);
	else if (rec->sanitized)
		require(rec->sense == rec->sanitized);
	else if (!reserved_ok(rec))
		require(rec->sense == 0x052400);
	else if (rec->req.kind == KIND_PR_OUT)
		require(rec->sense == 0x051a00 || rec->sense == 0x052400);
	else if (rec->req.disk && !rec->nr_blocks && (rec->req.medium ||
						     moves_blocks(rec)))
		require(rec->sense == 0x020800);
	else if (rec->shape->read_only && (compare_writes(rec) || erases(rec) ||
					   rec->req.kind == KIND_WRITE ||
					   rec->req.kind == KIND_SAME ||
					   rec->req.kind == KIND_UNMAP ||
					   rec->cdb[0] == FORMAT_UNIT))
		require(rec->sense == 0x072700);
	else if (rec->req.disk && rec->req.kind != KIND_UNMAP &&
		 !in_range(rec))
		require(rec->sense == 0x052100);
	else if (is_compare(rec))
		require(rec->sense == 0x052400 || rec->sense == 0x050e03);
	else
		require(rec->sense == 0x052400 || rec->sense == 0x051a00);
}

/* What may be the fault of the path is reported so that another one is tried. */
static bool is_of_path(blk_status_t error)
{
	return error == BLK_STS_IOERR || error == BLK_STS_OFFLINE ||
	       error == BLK_STS_TIMEOUT || error == BLK_STS_TRANSPORT;
}

static bool is_short_of(blk_status_t error)
{
	return error == BLK_STS_RESOURCE || error == BLK_STS_DEV_RESOURCE ||
	       error == BLK_STS_AGAIN;
}

void check_status(const struct record *rec)
{
	if (rec->legal && is_copy(rec)) {
		check_copy(rec);
		return;
	}
	switch (rec->status) {
	case SAM_STAT_GOOD:
		require(!rec->error && !rec->misfit && !rec->now_conflict);
		require(!rec->now_unserved);
		break;
	case SAM_STAT_CHECK_CONDITION:
		require(!rec->misfit || rec->error ||
			rec->sense == rec->misfit || rec->now_unserved);
		require(!rec->now_unserved || rec->error ||
			rec->sense == rec->now_unserved);
		break;
	case SAM_STAT_BUSY:
		if (is_short_of(rec->error))
			break;
		require(shim_failed != rec->failed);
		return;
	case SAM_STAT_TASK_ABORTED:
		require(rec->aborted || rec->lu != lus[0]);
		break;
	case SAM_STAT_RESERVATION_CONFLICT:
		require(rec->error == BLK_STS_RESV_CONFLICT || rec->conflict ||
			rec->now_conflict || rec->req.kind == KIND_RESERVE ||
			rec->req.kind == KIND_PR_OUT);
		break;
	default:
		require(!"status");
	}
	if (rec->error && rec->req.kind == KIND_TEST)
		require(rec->sense == 0x043e03);
	else if (is_of_path(rec->error))
		require(rec->sense == 0x020800);
	if (rec->legal)
		check_legal(rec);
	else
		check_refusal(rec);
}
