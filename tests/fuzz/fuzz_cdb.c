// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever commands come to a logical unit, of whatever shape: each ends once,
 * with a status and sense data that SPC-4 and SBC-4 know; what may be done is
 * done, and nothing else reaches the backend; no byte is read or returned that
 * is not there; and nothing is left behind.
 *
 * The input begins with the shape of the logical unit (start()). Then come
 * commands (run_command()) and events (run_event()).
 */
#include <sanitizer/asan_interface.h>

#include <scsi/scsi_proto.h>

#include "../../kernel/core/event.h"
#include "../../kernel/core/fabric.h"
#include "../../kernel/core/refuse.h"
#include "../../kernel/core/target.h"
#include "../../kernel/scsi/cdb.h"
#include "../../kernel/scsi/exec.h"
#include "../../kernel/scsi/lu.h"
#include "../../kernel/scsi/nexus.h"
#include "../../kernel/scsi/ua.h"
#include <linux/ktgt.h>

#include "cdb_check.h"
#include "input.h"

#define NR_NEXUSES	2
#define MAX_CMDS	64
#define MAX_RANGES	1024

/* bits of the first byte of a command */
enum {
	IN_NEXUS	= 1 << 0,	/* the other initiator */
	IN_LUN		= 3 << 1,	/* disk, controller, none, odd */
	IN_LATER	= 1 << 3,	/* the backend is done later */
	IN_ABORT	= 1 << 4,	/* aborted while it is carried out */
	IN_WRONG	= 1 << 5,	/* the other direction, or none */
	IN_EVENT	= 3 << 6,	/* no command */
};

struct range {
	u64	pos, len;
};

struct fake {
	struct ktgt_backend		be;
	struct ktgt_backend_caps	caps;
	u64				max_size;	/* that it ever had */
};

/* what is known of a command; the command is freed when it has completed */
struct record {
	struct ktgt_cmd		*cmd;
	struct request		req;
	u8			cdb[KTGT_CDB_MAX];
	const struct shape	*shape;		/* NULL: no logical unit */
	struct fake		*fake;
	bool			used, submitted, legal;
	u32			ua;		/* sense data of one that is due */
	u64			nr_blocks;	/* when it was parsed */
	u64			wanted;		/* bytes, when it was parsed */
	u8			*sent;		/* data-out, of buf_len bytes */
	u32			buf_len, nr_pages;
	u32			failed;		/* allocations, before */
	u8			fate;
	bool			later, abort, aborted;

	bool			waiting;	/* for the backend */
	blk_status_t		error;
	u32			nr_ops, nr_flushes;
	bool			fua;
	struct range		ranges[MAX_RANGES];
	u32			nr_ranges;

	u8			fill;		/* of the buffer beforehand */
	u8			status;
	u32			sense;
	u8			*answer;
	u32			answer_len;
	u64			whole;
};

static struct record records[MAX_CMDS];
static struct ktgt_target target;
static struct ktgt_nexus *nexuses[NR_NEXUSES];
static struct ktgt_done_queue done_queue;
static struct ktgt_lu *lus[2], *removed[16];
static unsigned int nr_removed;
static struct shape shapes[2];	/* disk, controller */
static struct ktgt_lu_params disk_params;
static struct ktgt_backend_caps disk_caps;
static struct fake *disk;
/* what REPORT SUPPORTED OPERATION CODES says of CDBs, and: it is being asked */
static u8 usages[256][32][KTGT_CDB_MAX];
static bool learning;

/* --- what is around the SCSI side ----------------------------------------- */

void ktgt_target_put(struct ktgt_target *t)
{
	kref_put(&t->ref, NULL);
}

bool ktgt_target_tryget(struct ktgt_target *t)
{
	return kref_get_unless_zero(&t->ref);
}

int ktgt_block_init(void)
{
	return 0;
}

void ktgt_block_exit(void)
{
}

void shim_wait(void)
{
	require(!"nothing to wait for");
}

static void kick(struct ktgt_done_queue *q)
{
	require(q == &done_queue);
}

/* Only of two that write, and whom the other one is told from. */
void ktgt_event_session(struct ktgt_net *kn, const struct ktgt_event *event)
{
	require(event->cmd == KTGT_CMD_LU_WRITERS);
	require(strcmp(event->initiator, event->other));
}

static void abort_lu(struct ktgt_nexus *nexus, struct ktgt_lu *lu,
		     struct ktgt_nexus *from, struct ktgt_lu_reset *reset)
{
	require(lu == reset->lu && from->target == nexus->target);
	require(target.nexus_lock.held);
}

static void reset_done(struct ktgt_lu_reset *reset)
{
	ktgt_nexus_lu_reset_end(reset);
}

static const struct ktgt_fabric_ops fabric = {
	.name = "fuzz", .abort_lu = abort_lu,
};

/* --- the backend ---------------------------------------------------------- */

static struct fake *to_fake(struct ktgt_backend *be)
{
	return container_of(be, struct fake, be);
}

static struct record *find_record(const struct ktgt_cmd *cmd)
{
	struct record *rec;

	for (rec = records; rec < records + MAX_CMDS; rec++) {
		if (rec->used && rec->cmd == cmd)
			return rec;
	}
	require(!"a command that is not there");
	return NULL;
}

/* The command whose work runs. */
static struct record *running(void)
{
	return find_record(container_of(shim_running, struct ktgt_cmd, work));
}

static blk_status_t fate_of(const struct record *rec)
{
	static const blk_status_t fates[16] = {
		[1] = BLK_STS_IOERR, [2] = BLK_STS_NOSPC,
		[3] = BLK_STS_OFFLINE, [4] = BLK_STS_NOTSUPP,
		[5] = BLK_STS_RESV_CONFLICT, [6] = BLK_STS_TIMEOUT,
		[7] = BLK_STS_TARGET, [8] = BLK_STS_PROTECTION,
		[9] = BLK_STS_RESOURCE,
	};

	return fates[rec->fate & 15];
}

static void check_range(const struct record *rec, struct ktgt_backend *be,
			u64 pos, u64 len)
{
	const struct fake *fake = to_fake(be);

	require(rec->legal && fake == rec->fake);
	require(len && !(pos % rec->shape->block));
	require(!(len % rec->shape->block));
	require(pos < fake->max_size && len <= fake->max_size - pos);
}

/* Returns an errno: the fate of a long command strikes at some step of it. */
static int log_change(struct record *rec, struct ktgt_backend *be, u64 pos,
		      u64 len)
{
	static const int errnos[4] = { 0, -EIO, -EOPNOTSUPP, -ENOSPC };
	int err = 0;

	check_range(rec, be, pos, len);
	require(!rec->shape->read_only && !rec->aborted && !rec->error);
	require(!rec->nr_flushes && rec->nr_ranges < MAX_RANGES);
	rec->ranges[rec->nr_ranges++] = (struct range) { pos, len };
	if (rec->nr_ranges > (rec->fate >> 2 & 3))
		err = errnos[rec->fate & 3];
	if (err)
		rec->error = errno_to_blk_status(err);
	if (rec->abort) {
		set_bit(rec->fate & 16 ? KTGT_CMDF_ABORTED :
					 KTGT_CMDF_TASK_ABORTED,
			&rec->cmd->flags);
		rec->aborted = true;
	}
	return err;
}

void ktgt_refuse(struct netlink_ext_ack *extack, const char *format, ...)
{
	if (extack)
		extack->_msg = format;
}

static struct ktgt_backend *fake_open(const struct ktgt_backend_params *params,
				      struct netlink_ext_ack *extack)
{
	struct fake *fake = kzalloc_obj(*fake, GFP_KERNEL);

	if (!fake)
		return ERR_PTR(-ENOMEM);
	fake->be.ops = &ktgt_backend_block_ops;
	fake->caps = disk_caps;
	fake->max_size = disk_caps.size;
	disk = fake;
	return &fake->be;
}

static void fake_close(struct ktgt_backend *be)
{
	struct fake *fake = to_fake(be);
	struct record *rec;

	for (rec = records; rec < records + MAX_CMDS; rec++)
		require(!rec->used || rec->fake != fake);
	if (disk == fake)
		disk = NULL;
	kfree(fake);
}

static void fake_caps(struct ktgt_backend *be, struct ktgt_backend_caps *caps)
{
	*caps = to_fake(be)->caps;
}

/* The buffer has @len bytes of what was sent, or room for as many. */
static void touch_buffer(struct record *rec, u32 len)
{
	struct ktgt_cmd *cmd = rec->cmd;
	u32 pos, part;
	u8 *p;

	require(cmd->nr_bvec == rec->nr_pages);
	for (pos = 0; pos < len; pos += part) {
		part = min_t(u32, len - pos, PAGE_SIZE);
		p = cmd->bvec[pos / PAGE_SIZE].bv_page->mem;
		if (cmd->dir == DMA_FROM_DEVICE)
			memset(p, 0xda, part);
		else
			require(!memcmp(p, rec->sent + pos, part));
	}
}

static void backend_done(struct record *rec)
{
	if (rec->later)
		rec->waiting = true;
	else
		ktgt_backend_complete(rec->cmd, rec->error);
}

static void fake_submit(struct ktgt_backend *be, struct ktgt_cmd *cmd, u64 pos,
			u32 len)
{
	struct record *rec = find_record(cmd);
	u32 block = rec->shape->block;

	check_range(rec, be, pos, len);
	require(pos == rec->req.lba * block && !rec->nr_ops++);
	require(len >= cmd->buf_len && len - cmd->buf_len < block);
	require(len <= rec->fake->caps.max_transfer);
	if (rec->req.kind == KIND_WRITE) {
		require(cmd->dir == DMA_TO_DEVICE && len == cmd->buf_len);
		require(!rec->shape->read_only);
	} else {
		require(rec->req.kind == KIND_READ);
		require(cmd->dir == DMA_FROM_DEVICE);
	}
	touch_buffer(rec, len);
	rec->fua = test_bit(KTGT_CMDF_FUA, &cmd->flags);
	rec->error = fate_of(rec);
	backend_done(rec);
}

static void fake_flush(struct ktgt_backend *be, struct ktgt_cmd *cmd)
{
	struct record *rec = find_record(cmd);

	require(rec->legal && !rec->nr_flushes++ && !rec->error);
	require(rec->req.kind == KIND_SYNC || rec->shape->write_through);
	/* the work of the command is over, its memory belongs to a bio */
	memset(&cmd->bio, 0xee, sizeof(cmd->bio));
	if (rec->req.kind == KIND_SYNC)
		rec->error = fate_of(rec);
	backend_done(rec);
}

static int fake_unmap(struct ktgt_backend *be, u64 pos, u64 len)
{
	struct record *rec = running();

	require(rec->req.kind == KIND_UNMAP && rec->shape->thin);
	return log_change(rec, be, pos, len);
}

/* Whether all that was sent is zero: then nothing has to be written. */
static bool sent_zeroes(const struct record *rec)
{
	return rec->cdb[1] & 1 || !memchr_inv(rec->sent, 0, rec->buf_len);
}

static int fake_write_zeroes(struct ktgt_backend *be, u64 pos, u64 len,
			     bool unmap_ok)
{
	struct record *rec = running();

	require(rec->req.kind == KIND_SAME && sent_zeroes(rec));
	require(unmap_ok == !!(rec->cdb[1] & 8));
	require(!unmap_ok || rec->shape->thin);
	return log_change(rec, be, pos, len);
}

static int fake_write_same(struct ktgt_backend *be, struct ktgt_cmd *cmd,
			   u64 pos, u64 len)
{
	struct record *rec = running();

	require(rec->cmd == cmd && rec->req.kind == KIND_SAME);
	require(!sent_zeroes(rec) && cmd->buf_len == rec->shape->block);
	touch_buffer(rec, cmd->buf_len);
	return log_change(rec, be, pos, len);
}

const struct ktgt_backend_ops ktgt_backend_block_ops = {
	.name		= "fake",
	.open		= fake_open,
	.close		= fake_close,
	.caps		= fake_caps,
	.submit		= fake_submit,
	.flush		= fake_flush,
	.unmap		= fake_unmap,
	.write_zeroes	= fake_write_zeroes,
	.write_same	= fake_write_same,
};

const struct ktgt_backend_ops ktgt_backend_null_ops;

/* --- what is due ---------------------------------------------------------- */

/* SAM-5, 4.7.7: peripheral device addressing on bus 0, flat space addressing */
static struct ktgt_lu *lu_of(__be64 lun)
{
	u64 wire = be64_to_cpu(lun);
	u32 nr = wire >> 48 & 0x3fff;

	if (wire << 16 || wire >> 63 || (!(wire >> 62) && nr > 255))
		return NULL;
	return xa_load(&target.lus, nr);
}

static bool has_no_ua(u8 opcode)
{
	return opcode == INQUIRY || opcode == REQUEST_SENSE ||
	       opcode == REPORT_LUNS;
}

/* Sense data of the unit attention that the command has to end with, or 0. */
static u32 pending_ua(struct ktgt_nexus *nexus, struct ktgt_lu *lu)
{
	static const u32 codes[KTGT_UA_MAX] = {
		0x062900, 0x062903, 0x063f0e, 0x062a09, 0x062a01, 0x063f03,
	};
	struct ktgt_itl *itl = xa_load(&nexus->itls, lu->lun);
	unsigned int ua;

	if (!itl || itl->lu != lu)
		return codes[KTGT_UA_POWER_ON];
	for (ua = 0; ua < KTGT_UA_MAX; ua++) {
		if (!test_bit(ua, &itl->flags))
			continue;
		if (ua != KTGT_UA_LUNS_CHANGED ||
		    test_bit(KTGT_NEXUS_LUNS_CHANGED, &nexus->flags))
			return codes[ua];
	}
	return 0;
}

static bool is_served(const struct record *rec)
{
	const struct shape *shape = rec->shape;

	if (rec->req.kind == KIND_UNKNOWN)
		return false;
	if (!shape)
		return rec->cdb[0] == INQUIRY || rec->cdb[0] == REQUEST_SENSE;
	if (rec->req.disk && !shape->disk)
		return false;
	return rec->req.kind != KIND_UNMAP || shape->thin;
}

/* What RSOC says of the bits of the CDB. */
static bool is_clean(const struct record *rec)
{
	bool actions = rec->cdb[0] == SERVICE_ACTION_IN_16 ||
		       rec->cdb[0] == MAINTENANCE_IN;
	const u8 *usage = usages[rec->cdb[0]][actions ? rec->cdb[1] & 31 : 0];
	unsigned int i;

	for (i = 1; i < rec->req.len && !learning; i++) {
		if (rec->cdb[i] & ~(i == 1 && actions ? usage[i] | 31 :
							usage[i]))
			return false;
	}
	return true;
}

static bool in_range(const struct record *rec)
{
	return rec->req.lba < rec->nr_blocks &&
	       rec->req.count <= rec->nr_blocks - rec->req.lba;
}

static bool may_write_same(const struct record *rec)
{
	const struct shape *shape = rec->shape;

	if (shape->read_only || !in_range(rec))
		return false;
	if (!rec->req.count || rec->req.count > shape->max_same_blocks)
		return false;
	if (rec->cdb[1] & 8 && !shape->thin)
		return false;
	return rec->cdb[1] & 1 || rec->cmd->edtl == shape->block;
}

/* Whether nothing is wrong with a command, as far as its CDB shows. */
static bool is_legal(const struct record *rec)
{
	const struct shape *shape = rec->shape;

	if (!is_served(rec) || rec->ua || !is_clean(rec))
		return false;
	switch (rec->req.kind) {
	case KIND_READ:
	case KIND_WRITE:
		if (rec->req.kind == KIND_WRITE && shape->read_only)
			return false;
		return in_range(rec) && rec->req.count <= shape->max_blocks;
	case KIND_SYNC:
		return in_range(rec);
	case KIND_SAME:
		return may_write_same(rec);
	case KIND_UNMAP:
		return !shape->read_only && rec->nr_blocks &&
		       (!rec->req.count || rec->req.count >= 8);
	default:
		return true;
	}
}

/* Bytes that a legal command wants to move; of an answer, at most that many. */
static u64 wanted_bytes(const struct record *rec)
{
	switch (rec->req.kind) {
	case KIND_READ:
	case KIND_WRITE:
		return rec->req.count * rec->shape->block;
	case KIND_SAME:
		return rec->cdb[1] & 1 ? 0 : rec->shape->block;
	case KIND_NONE:
	case KIND_SYNC:
		return 0;
	default:
		return rec->req.count;
	}
}

static int direction(const struct record *rec)
{
	switch (rec->req.kind) {
	case KIND_READ:
	case KIND_IN:
	case KIND_CAPACITY_10:
		return DMA_FROM_DEVICE;
	case KIND_WRITE:
	case KIND_UNMAP:
		return DMA_TO_DEVICE;
	case KIND_SAME:
		return rec->cdb[1] & 1 ? DMA_NONE : DMA_TO_DEVICE;
	default:
		return DMA_NONE;
	}
}

static void check_parsed(const struct record *rec)
{
	const struct ktgt_cmd *cmd = rec->cmd;
	u64 wanted;

	if (!rec->legal) {
		require(cmd->dir == DMA_NONE && !cmd->xfer_len);
		return;
	}
	if (shim_failed != rec->failed && cmd->dir == DMA_NONE)
		return;
	wanted = wanted_bytes(rec);
	require(cmd->dir == direction(rec));
	if (rec->req.kind == KIND_IN)
		require(cmd->xfer_len <= wanted);
	else
		require(cmd->xfer_len == wanted);
}

/* --- what came of it ------------------------------------------------------ */

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
	require(!len || walk->rec->error || walk->rec->aborted);
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
		if (lba > rec->nr_blocks || blocks > rec->nr_blocks - lba)
			return 0x052100;
		total += blocks;
		if (total > shape->max_unmap_blocks)
			return 0x052600;
	}
	return 0;
}

static void check_unmap(const struct record *rec)
{
	struct walk walk = { .rec = rec };
	u32 nr, count = 0, code = 0;

	if (!rec->req.count) {
		require(rec->status == SAM_STAT_GOOD && !rec->nr_ranges);
		return;
	}
	if (rec->buf_len < rec->req.count)
		code = 0x051a00;
	else
		code = judge_list(rec, &count);
	if (code) {
		require(!rec->nr_ranges && rec->sense == code);
		return;
	}
	for (nr = 0; nr < count; nr++)
		walk_over(&walk, get_unaligned_be64(rec->sent + 8 + 16 * nr) *
			  rec->shape->block,
			  (u64)get_unaligned_be32(rec->sent + 16 + 16 * nr) *
			  rec->shape->block);
	walk_end(&walk);
	require(rec->status == SAM_STAT_GOOD || rec->error);
}

static void check_write_same(const struct record *rec)
{
	struct walk walk = { .rec = rec };

	if (rec->buf_len < wanted_bytes(rec)) {
		require(!rec->nr_ranges && rec->sense == 0x051a00);
		return;
	}
	walk_over(&walk, rec->req.lba * rec->shape->block,
		  rec->req.count * rec->shape->block);
	walk_end(&walk);
	require(rec->status == SAM_STAT_GOOD || rec->error);
}

static void check_moved(const struct record *rec)
{
	bool write = rec->req.kind == KIND_WRITE;

	if (write && rec->buf_len % rec->shape->block) {
		require(rec->sense == 0x050e03 && !rec->nr_ops);
		return;
	}
	require(rec->nr_ops == !!rec->buf_len);
	require(rec->status == SAM_STAT_GOOD || rec->error);
	if (!write && rec->error)
		require(!rec->whole);
	/* FUA of READ(6) and WRITE(6) is a bit of the address */
	if (rec->nr_ops && write)
		require(rec->fua == (rec->shape->write_through ||
				     (rec->req.len > 6 && rec->cdb[1] & 8)));
}

/* Done means done for good if the logical unit says that it has no cache. */
static void check_stable(const struct record *rec)
{
	bool changes = rec->req.kind == KIND_SAME ||
		       (rec->req.kind == KIND_UNMAP && rec->req.count);

	if (rec->req.kind == KIND_SYNC)
		require(rec->nr_flushes == 1);
	if (rec->status == SAM_STAT_GOOD && changes && !rec->aborted)
		require(rec->nr_flushes == rec->shape->write_through);
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
	if (rec->fake)
		a.nr_blocks = rec->fake->caps.size / rec->shape->block;
	check_answer(rec->cdb, rec->shape, &a);
	if (rec->cdb[0] == INQUIRY && rec->cdb[1] & 1)
		require(vpd_page_exists(rec->shape, rec->cdb[2]));
}

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
	case KIND_IN:
	case KIND_CAPACITY_10:
		check_in(rec);
		break;
	default:
		break;
	}
	check_stable(rec);
}

/* What a command that is not legal is refused with. */
static void check_refusal(const struct record *rec)
{
	require(rec->status == SAM_STAT_CHECK_CONDITION);
	require(!rec->nr_ops && !rec->nr_ranges && !rec->nr_flushes);
	if (!is_served(rec) && !rec->shape)
		require(rec->sense == 0x052500);
	else if (!is_served(rec))
		require(rec->sense == 0x052000 || rec->sense == 0x052400);
	else if (rec->ua)
		require(rec->sense == rec->ua);
	else if (!is_clean(rec))
		require(rec->sense == 0x052400);
	else if (rec->req.disk && !rec->nr_blocks)
		require(rec->sense == 0x023a00);
	else if (rec->shape->read_only && (rec->req.kind == KIND_WRITE ||
					   rec->req.kind == KIND_SAME ||
					   rec->req.kind == KIND_UNMAP))
		require(rec->sense == 0x072700);
	else if (rec->req.kind != KIND_UNMAP && !in_range(rec))
		require(rec->sense == 0x052100);
	else
		require(rec->sense == 0x052400 || rec->sense == 0x051a00);
}

static void check_status(const struct record *rec)
{
	switch (rec->status) {
	case SAM_STAT_GOOD:
		require(!rec->error);
		break;
	case SAM_STAT_CHECK_CONDITION:
		break;
	case SAM_STAT_BUSY:
		require(shim_failed != rec->failed);
		return;
	case SAM_STAT_RESERVATION_CONFLICT:
		require(rec->error == BLK_STS_RESV_CONFLICT);
		break;
	default:
		require(!"status");
	}
	if (rec->legal)
		check_legal(rec);
	else
		check_refusal(rec);
}

/* --- the fabric ----------------------------------------------------------- */

static void free_buffer(struct record *rec)
{
	struct ktgt_cmd *cmd = rec->cmd;
	u32 i;

	for (i = 0; i < rec->nr_pages; i++) {
		ASAN_UNPOISON_MEMORY_REGION(cmd->bvec[i].bv_page->mem,
					    PAGE_SIZE);
		free(cmd->bvec[i].bv_page->mem);
		free(cmd->bvec[i].bv_page);
	}
	if (cmd->bvec != cmd->inline_bvec)
		free(cmd->bvec);
	free(rec->sent);
	rec->sent = NULL;
}

static void copy_answer(struct record *rec)
{
	struct ktgt_cmd *cmd = rec->cmd;
	u32 pos, part, len = min_t(u64, rec->buf_len, rec->whole);

	free(rec->answer);
	rec->answer = malloc(len);
	rec->answer_len = len;
	for (pos = 0; pos < len; pos += part) {
		part = min_t(u32, len - pos, PAGE_SIZE);
		memcpy(rec->answer + pos,
		       cmd->bvec[pos / PAGE_SIZE].bv_page->mem, part);
	}
}

/* Who looks at the size finds that it has changed, and the others hear of it. */
static void check_told(const struct record *rec)
{
	const struct ktgt_nexus *asker = rec->cmd->nexus;
	struct ktgt_lu *lu = rec->cmd->lu;
	struct ktgt_itl *itl;

	if (rec->req.kind != KIND_CAPACITY_10 &&
	    rec->cdb[0] != SERVICE_ACTION_IN_16 && rec->cdb[0])
		return;
	if (!rec->legal || !rec->fake || rec->status == SAM_STAT_BUSY)
		return;
	require(lu->nr_blocks == rec->fake->caps.size / rec->shape->block);
	if (!lu->nr_blocks || lu->nr_blocks == rec->nr_blocks)
		return;
	list_for_each_entry(itl, &lu->itls, node) {
		if (itl->nexus != asker || !rec->cdb[0])
			require(test_bit(KTGT_UA_CAPACITY, &itl->flags));
	}
}

/* A command has come back: it is judged, and its memory goes. */
static void finish(struct ktgt_cmd *cmd)
{
	struct record *rec = find_record(cmd);
	u8 sense[KTGT_SENSE_LEN];
	unsigned int len;

	require(rec->submitted && !rec->waiting);
	rec->status = cmd->status;
	rec->sense = 0;
	if (cmd->status == SAM_STAT_CHECK_CONDITION) {
		memset(sense, 0x5a, sizeof(sense));
		len = ktgt_cmd_sense(cmd, sense);
		rec->sense = check_sense(sense, len, rec->shape &&
					 rec->shape->d_sense);
		check_field_pointer(rec->cdb, &rec->req, &cmd->sense);
	}
	rec->whole = cmd->xfer_len;
	if (cmd->dir == DMA_FROM_DEVICE)
		copy_answer(rec);
	check_status(rec);
	check_told(rec);
	ktgt_cmd_release(cmd);
	free_buffer(rec);
	free(cmd);
	rec->used = false;
}

/*
 * Nobody may touch a command that has completed, so it goes as soon as RCU
 * does not protect it any more.
 */
static void reap(void)
{
	struct llist_node *list = llist_del_all(&done_queue.head);
	struct ktgt_cmd *cmd, *next;

	list = llist_reverse_order(list);
	llist_for_each_entry_safe(cmd, next, list, done_node)
		finish(cmd);
}

static struct page *make_page(u8 fill)
{
	struct page *page = malloc(sizeof(*page));

	page->refs = 1;
	page->mem = malloc(PAGE_SIZE);
	memset(page->mem, fill, PAGE_SIZE);
	return page;
}

/* Pages for the data, of which nothing behind the data may be looked at. */
static void make_buffer(struct record *rec, const u8 *data, u32 len)
{
	struct ktgt_cmd *cmd = rec->cmd;
	u32 i, end, part;

	rec->nr_pages = DIV_ROUND_UP(rec->buf_len, PAGE_SIZE);
	cmd->bvec = cmd->inline_bvec;
	if (rec->nr_pages > KTGT_CMD_INLINE_BVECS)
		cmd->bvec = calloc(rec->nr_pages, sizeof(*cmd->bvec));
	rec->sent = calloc(1, rec->buf_len);
	if (len)
		memcpy(rec->sent, data, min(len, rec->buf_len));
	for (i = 0; i < rec->nr_pages; i++) {
		part = min_t(u32, rec->buf_len - i * PAGE_SIZE, PAGE_SIZE);
		bvec_set_page(&cmd->bvec[i], make_page(rec->fill), part, 0);
		if (cmd->dir == DMA_TO_DEVICE)
			memcpy(cmd->bvec[i].bv_page->mem,
			       rec->sent + i * PAGE_SIZE, part);
	}
	cmd->nr_bvec = rec->nr_pages;
	end = rec->buf_len;
	if (rec->legal && rec->req.kind == KIND_READ)
		end = round_up(end, rec->shape->block);
	if (end % PAGE_SIZE)
		ASAN_POISON_MEMORY_REGION(cmd->bvec[i - 1].bv_page->mem +
					  end % PAGE_SIZE,
					  PAGE_SIZE - end % PAGE_SIZE);
}

/* Readers of a CDB that is nothing but a CDB. */
static void check_table(const u8 *cdb)
{
	const struct ktgt_cdb_row *row;
	unsigned int byte, bit;
	u8 *copy = malloc(KTGT_CDB_MAX);

	memcpy(copy, cdb, KTGT_CDB_MAX);
	row = ktgt_cdb_find(copy);
	require(!row == (decode_cdb(cdb).kind == KIND_UNKNOWN));
	if (row) {
		ktgt_cdb_lba(row, copy);
		ktgt_cdb_length(row, copy);
		if (!ktgt_cdb_reserved_ok(row, copy)) {
			ktgt_cdb_reserved_bit(row, copy, &byte, &bit);
			require(byte < row->len && bit < 8);
			require(copy[byte] & ~row->usage[byte] & 1 << bit);
		}
	}
	free(copy);
}

static struct record *new_record(const u8 *from)
{
	u8 cdb[KTGT_CDB_MAX];
	struct record *rec;

	/* that of a record may be its own */
	memcpy(cdb, from, sizeof(cdb));

	for (rec = records; rec < records + MAX_CMDS; rec++) {
		if (!rec->used)
			break;
	}
	if (rec == records + MAX_CMDS)
		return NULL;
	free(rec->answer);
	memset(rec, 0, offsetof(struct record, ranges));
	rec->nr_ranges = 0;
	rec->answer = NULL;
	rec->answer_len = 0;
	rec->used = true;
	rec->req = decode_cdb(cdb);
	memcpy(rec->cdb, cdb, KTGT_CDB_MAX);
	rec->cmd = malloc(sizeof(*rec->cmd));
	memset(rec->cmd, 0xa5, sizeof(*rec->cmd));
	return rec;
}

static void parse(struct record *rec, struct ktgt_nexus *nexus, __be64 lun,
		  u32 edtl)
{
	struct ktgt_cmd *cmd = rec->cmd;
	struct ktgt_lu *lu = lu_of(lun);

	cmd->nexus = nexus;
	cmd->done_queue = &done_queue;
	cmd->lun = lun;
	cmd->edtl = edtl;
	memcpy(cmd->cdb, rec->cdb, KTGT_CDB_MAX);
	rec->shape = lu ? &shapes[lu->type != TYPE_DISK] : NULL;
	rec->fake = lu && lu->be ? to_fake(lu->be) : NULL;
	rec->nr_blocks = lu ? lu->nr_blocks : 0;
	if (lu && is_served(rec) && !has_no_ua(rec->cdb[0]))
		rec->ua = pending_ua(nexus, lu);
	rec->legal = is_legal(rec);
	rec->failed = shim_failed;
	ktgt_cmd_parse(cmd);
	require(cmd->lu == lu || shim_failed != rec->failed);
	if (!cmd->lu)
		rec->fake = NULL;
	check_parsed(rec);
	rec->wanted = cmd->xfer_len;
}

/* As a fabric does: data goes in the one direction that was announced. */
static void submit(struct record *rec, bool moves, const u8 *data, u32 len)
{
	struct ktgt_cmd *cmd = rec->cmd;

	if (cmd->dir != DMA_NONE && moves)
		rec->buf_len = min_t(u64, cmd->edtl, cmd->xfer_len);
	cmd->buf_len = rec->buf_len;
	make_buffer(rec, data, len);
	rec->submitted = true;
	ktgt_cmd_submit(cmd);
	require(!shim_atomic && !shim_rcu);
}

/* --- input ---------------------------------------------------------------- */

static __be64 pick_lun(struct input *in, u8 what)
{
	u8 lun[8] = {};
	__be64 wire;

	switch ((what & IN_LUN) >> 1) {
	case 0:
		return ktgt_lun_encode(disk_params.lun);
	case 1:
		return ktgt_lun_encode(0);
	case 2:
		return ktgt_lun_encode(77);
	default:
		take_bytes(in, lun, 3);
		lun[7] = lun[2];
		lun[2] = 0;
		memcpy(&wire, lun, 8);
		return wire;
	}
}

static u32 pick_edtl(struct input *in, const struct record *rec, u8 how)
{
	u64 exact = rec->req.count;

	if (rec->req.kind == KIND_READ || rec->req.kind == KIND_WRITE)
		exact *= shapes[0].block;
	if (rec->req.kind == KIND_SAME)
		exact = shapes[0].block;
	exact = min(exact, 1ULL << 22);
	switch (how >> 6) {
	case 0:
		return exact;
	case 1:
		return take16(in);
	case 2:
		return exact + take(in);
	default:
		return exact - min_t(u64, exact, take(in));
	}
}

/* CDB: as long as its group says; what lies behind it is nobody's business */
static void take_cdb(struct input *in, u8 *cdb)
{
	static const u8 lengths[8] = { 6, 10, 10, 16, 16, 12, 16, 16 };

	memset(cdb, 0x5a, KTGT_CDB_MAX);
	cdb[0] = take(in);
	take_bytes(in, cdb + 1, lengths[cdb[0] >> 5] - 1);
}

/*
 * An answer does not depend on what is in the buffer: what is not written does
 * not go out. So it is asked for twice.
 */
static bool ask_twice(struct record *rec, struct ktgt_nexus *nexus, __be64 lun,
		      u32 edtl, bool moves)
{
	struct ktgt_lu *lu = lu_of(lun);
	struct ktgt_itl *itl = lu ? xa_load(&nexus->itls, lu->lun) : NULL;
	unsigned long flags, nexus_flags = nexus->flags;
	unsigned int allocs = shim_allocs;
	u8 *first, status;
	u32 len;

	if (rec->req.kind != KIND_IN || !itl || itl->lu != lu)
		return false;
	flags = itl->flags;
	parse(rec, nexus, lun, edtl);
	submit(rec, moves, NULL, 0);
	require(!rec->used);
	first = rec->answer;
	len = rec->answer_len;
	status = rec->status;

	itl->flags = flags;
	nexus->flags = nexus_flags;
	shim_allocs = allocs;
	rec->answer = NULL;
	rec = new_record(rec->cdb);
	rec->fill = 0xff;
	parse(rec, nexus, lun, edtl);
	submit(rec, moves, NULL, 0);
	require(!rec->used && rec->status == status && rec->answer_len == len);
	require(!memcmp(rec->answer, first, len));
	free(first);
	return true;
}

static void run_command(struct input *in, u8 what)
{
	struct ktgt_nexus *nexus = nexuses[what & IN_NEXUS];
	bool moves = !(what & IN_WRONG);
	u8 cdb[KTGT_CDB_MAX], how = take(in);
	__be64 lun = pick_lun(in, what);
	struct record *rec;
	u32 edtl, len;

	take_cdb(in, cdb);
	check_table(cdb);
	rec = new_record(cdb);
	if (!rec)
		return;
	edtl = pick_edtl(in, rec, how);
	rec->fate = how & 31;
	rec->later = what & IN_LATER;
	rec->abort = what & IN_ABORT;
	if (ask_twice(rec, nexus, lun, edtl, moves))
		return;
	parse(rec, nexus, lun, edtl);
	len = 0;
	if (rec->req.kind == KIND_WRITE || rec->req.kind == KIND_SAME ||
	    rec->req.kind == KIND_UNMAP)
		len = min_t(size_t, take16(in), in->left);
	submit(rec, moves, in->p, len);
	in->p += len;
	in->left -= len;
	if (!(how & 32))
		while (shim_run_work(0))
			;
}

/* The backend is done with the first command at or after @nr. */
static void complete_later(unsigned int nr)
{
	struct record *rec;
	unsigned int i;

	for (i = 0; i < MAX_CMDS; i++) {
		rec = &records[(nr + i) % MAX_CMDS];
		if (!rec->used || !rec->waiting)
			continue;
		rec->waiting = false;
		ktgt_backend_complete(rec->cmd, rec->error);
		return;
	}
}

static void change_size(struct input *in)
{
	u64 size = (u64)take16(in) << (take(in) & 31);

	if (!disk)
		return;
	disk->caps.size = size;
	disk->max_size = max(disk->max_size, size);
}

static void open_nexus(unsigned int nr)
{
	struct ktgt_nexus *nexus = malloc(sizeof(*nexus));

	nexus->ops = &fabric;
	nexus->target = &target;
	nexus->port_name = nr & 1 ? "iqn.i,i,0x0" : "iqn.j,i,0x0";
	nexuses[nr] = nexus;
	require(!ktgt_nexus_open(nexus));
}

static void close_nexus(unsigned int nr)
{
	ktgt_nexus_close(nexuses[nr]);
	free(nexuses[nr]);
}

static bool has_commands(const struct ktgt_nexus *nexus)
{
	struct record *rec;

	for (rec = records; rec < records + MAX_CMDS; rec++) {
		if (rec->used && rec->cmd->nexus == nexus)
			return true;
	}
	return false;
}

static void reopen_nexus(unsigned int nr)
{
	if (has_commands(nexuses[nr]))
		return;
	close_nexus(nr);
	open_nexus(nr);
}

static void reset_lu(u8 how)
{
	struct ktgt_lu_reset reset = {
		.pending = ATOMIC_INIT(1), .done = reset_done,
	};
	struct ktgt_nexus *nexus = nexuses[how & IN_NEXUS];
	__be64 lun = ktgt_lun_encode(how >> 1 & 3);

	require(ktgt_nexus_lun_exists(nexus, lun) ==
		ktgt_nexus_lu_reset(nexus, lun, &reset));
}

static struct ktgt_lu *add_lu(const struct ktgt_lu_params *params)
{
	struct ktgt_lu *lu = ktgt_lu_alloc(&target, params, NULL, NULL);
	struct fake *fake;

	if (IS_ERR(lu))
		return NULL;
	if (ktgt_lu_reserve(lu, NULL)) {
		ktgt_lu_free(lu);
		return NULL;
	}
	ktgt_lu_publish(lu);
	if (lu->be) {
		fake = to_fake(lu->be);
		lu->d_sense = shapes[0].d_sense;
		require(lu->nr_blocks == fake->caps.size / shapes[0].block);
	}
	shapes[0].nr_lus++;
	shapes[1].nr_lus++;
	return lu;
}

static void remove_lu(struct ktgt_lu **lu)
{
	ktgt_lu_unpublish(*lu);
	removed[nr_removed++] = *lu;
	*lu = NULL;
	shapes[0].nr_lus--;
	shapes[1].nr_lus--;
}

/* The disk goes, and comes again when there is memory. */
static void replace_disk(void)
{
	if (!lus[0])
		lus[0] = add_lu(&disk_params);
	else if (nr_removed < ARRAY_SIZE(removed) - 2)
		remove_lu(&lus[0]);
}

static void run_event(struct input *in)
{
	u8 how = take(in);

	switch (how >> 5) {
	case 0:
		shim_run_work(how & 31);
		break;
	case 1:
		complete_later(how & 31);
		break;
	case 2:
		change_size(in);
		break;
	case 3:
		if (lus[0])
			ktgt_ua_raise(lus[0], how % KTGT_UA_MAX,
				      how & 16 ? nexuses[0] : NULL);
		break;
	case 4:
		shim_allocs = how & 31 ? (how & 31) - 1 : U32_MAX;
		break;
	case 5:
		replace_disk();
		break;
	case 6:
		reopen_nexus(how & IN_NEXUS);
		break;
	default:
		reset_lu(how);
	}
}

/* --- beginning and end ---------------------------------------------------- */

static u64 pick_size(u8 code)
{
	static const u64 sizes[16] = {
		4096, 512 * 8, 1 << 20, (1 << 20) + 512, 1ULL << 30,
		0xffffffffULL * 512, 0x100000000ULL * 512,
		0x100000001ULL * 512, 0xffffffffULL * 4096,
		0x100000001ULL * 4096, 1ULL << 50, S64_MAX, 4096 * 300,
		4096 * 0x8001ULL, 512 * 0x100001ULL, 4096 * 0x100001ULL,
	};

	return sizes[code & 15];
}

static void pick_caps(u8 shape, u8 size, u8 caps, u8 limits)
{
	static const u32 transfers[4] = { 4096, 65536, 262144, 1 << 20 };

	disk_caps = (struct ktgt_backend_caps) {
		.size = pick_size(size),
		.logical_block = shape & 1 ? 4096 : 512,
		.physical_block = caps & 1 ? 4096 : 512,
		.io_min = limits & 4 ? 4096 : 0,
		.io_opt = limits & 8 ? 1 << 18 : 0,
		.max_transfer = transfers[limits & 3],
		.max_discard = shape & 16 ? 1ULL << 30 : 0,
		.discard_granularity = caps & 2 ? 1 << 16 : 512,
		.discard_alignment = caps & 4 ? 4096 : 0,
		.discard_zeroes = caps & 8,
		.write_cache = caps & 16,
		.fua = caps & 32,
		.rotational = caps & 64,
		.read_only = shape & 8,
	};
}

static void pick_shape(struct input *in)
{
	u8 shape = take(in), size = take(in), caps = take(in);
	u8 limits = take(in);
	struct ktgt_lu_params *params = &disk_params;

	pick_caps(shape, size, caps, limits);
	*params = (struct ktgt_lu_params) {
		.lun = limits & 64 ? 257 : 1,
		.backend = KTGT_BACKEND_BLOCK,
		.path = "/dev/fake",
		.block_size = shape & 2 ? 4096 : 0,
		.read_only = shape & 4,
		.write_cache = (shape >> 5 & 3) % 3 - 1,
		.naa = caps & 128 ? 0x3123456789abcdefULL : 0,
	};
	if (limits & 16) {
		strcpy(params->scsi_id, "0123456789abcdef01234567");
		strcpy(params->serial, "0123456789abcdef0123456789abcdef0123");
		strcpy(params->vendor, "12345678");
		strcpy(params->product, "0123456789abcdef");
		strcpy(params->revision, "1234");
	}
	shapes[0] = (struct shape) {
		.disk = true,
		.thin = shape & 16,
		.zeroes = caps & 8,
		.read_only = shape & 12,
		.write_through = !params->write_cache,
		.d_sense = shape & 128,
		.block = shape & 3 ? 4096 : 512,
	};
	shapes[1] = (struct shape) {};
	memset(target.name, 0, sizeof(target.name));
	memset(target.name, 'n', limits & 32 ? KTGT_NAME_LEN - 1 : 7);
}

/* Ask as an initiator does; returns the answer, which is there until the next. */
static const u8 *ask(u32 lun, const u8 *cdb, u32 *len)
{
	struct record *rec = new_record(cdb);

	parse(rec, nexuses[0], ktgt_lun_encode(lun), 8192);
	submit(rec, true, NULL, 0);
	require(!rec->used && rec->status == SAM_STAT_GOOD);
	if (len)
		*len = rec->answer_len;
	return rec->answer;
}

/* The first initiator has been told of all that there was to tell. */
static void take_uas(u32 lun)
{
	static const u8 cdb[KTGT_CDB_MAX] = { REQUEST_SENSE, [4] = 252 };

	unsigned int left = KTGT_UA_MAX;

	while (ask(lun, cdb, NULL)[2])
		require(left--);
}

/* Commands are held to what the logical unit says of itself. */
static void read_limits(void)
{
	static const u8 cdb[KTGT_CDB_MAX] = { INQUIRY, 1, 0xb0, 0, 64 };
	const u8 *p = ask(disk_params.lun, cdb, NULL);
	struct shape *shape = &shapes[0];

	shape->max_blocks = get_unaligned_be32(p + 8);
	shape->max_unmap_blocks = get_unaligned_be32(p + 20);
	shape->max_unmap_descriptors = get_unaligned_be32(p + 24);
	shape->max_same_blocks = get_unaligned_be64(p + 36);
	require(shape->max_blocks * shape->block <= disk_caps.max_transfer);
	require(!shape->thin == !shape->max_unmap_blocks);
	require(!shape->thin == !shape->max_unmap_descriptors);
	require(shape->max_same_blocks);
	require(get_unaligned_be32(p + 12) <= shape->max_blocks);
}

static void read_usage(u32 lun, u8 opcode, u8 action, bool has_action)
{
	u8 cdb[KTGT_CDB_MAX] = {
		MAINTENANCE_IN, MI_REPORT_SUPPORTED_OPERATION_CODES,
		has_action ? 2 : 1, opcode, 0, action, [9] = 252,
	};
	u32 len;
	const u8 *p = ask(lun, cdb, &len);

	require(p[1] == 3 && len == 4u + get_unaligned_be16(p + 2));
	require(p[4] == opcode && (!has_action || (p[5] & 0x1f) == action));
	memcpy(usages[opcode][has_action ? action : 0], p + 4, len - 4);
}

/*
 * REPORT SUPPORTED OPERATION CODES tells of each command that is served, and
 * of no other.
 */
static void check_opcodes(u32 lun, const struct shape *shape)
{
	u8 cdb[KTGT_CDB_MAX] = {
		MAINTENANCE_IN, MI_REPORT_SUPPORTED_OPERATION_CODES,
		[8] = 16,
	};
	static u8 list[4096], found[256][32];
	struct record probe = { .shape = shape };
	u32 len, pos, opcode, action;
	u8 asked[KTGT_CDB_MAX] = {};
	bool has_action, served;

	memset(found, 0, sizeof(found));
	memcpy(list, ask(lun, cdb, &len), len);
	for (pos = 4; pos < len; pos += 8) {
		has_action = list[pos + 5] & 1;
		require(!found[list[pos]][list[pos + 3]]++);
		read_usage(lun, list[pos], list[pos + 3], has_action);
	}
	for (opcode = 0; opcode < 256; opcode++) {
		for (action = 0; action < 32; action++) {
			asked[0] = opcode;
			asked[1] = action;
			memcpy(probe.cdb, asked, sizeof(asked));
			probe.req = decode_cdb(asked);
			served = is_served(&probe);
			has_action = opcode == SERVICE_ACTION_IN_16 ||
				     opcode == MAINTENANCE_IN;
			if (has_action || !action)
				require(found[opcode][action] == served);
		}
	}
}

static void start(struct input *in)
{
	struct ktgt_lu_params controller = { .backend = KTGT_BACKEND_NONE };
	unsigned int nr;

	shim_allocs = U32_MAX;
	shim_unlocked = reap;
	done_queue.kick = kick;
	init_llist_head(&done_queue.head);
	kref_init(&target.ref);
	xa_init(&target.lus);
	INIT_LIST_HEAD(&target.nexuses);
	spin_lock_init(&target.nexus_lock);
	atomic_set(&target.nr_nexuses, 0);
	target.nr_lus = 0;
	nr_removed = 0;

	pick_shape(in);
	require(!ktgt_scsi_init());
	for (nr = 0; nr < NR_NEXUSES; nr++)
		open_nexus(nr);
	lus[1] = add_lu(&controller);
	lus[0] = add_lu(&disk_params);
	require(lus[1]);
}

/* Once for each set of commands that a logical unit can have. */
static void check_sets(void)
{
	static bool checked_disk[2], checked_controller;
	bool *checked = &checked_disk[shapes[0].thin];

	learning = true;
	if (!checked_controller) {
		take_uas(0);
		check_opcodes(0, &shapes[1]);
		checked_controller = true;
	}
	take_uas(disk_params.lun);
	if (!*checked) {
		check_opcodes(disk_params.lun, &shapes[0]);
		*checked = true;
	}
	learning = false;
}

/* As it is for an initiator that has asked for what it needs to know. */
static void introduce(void)
{
	if (lus[0]) {
		check_sets();
		read_limits();
	}
	reopen_nexus(0);
	if (lus[0])
		take_uas(disk_params.lun);
}

static void stop(void)
{
	struct record *rec;
	unsigned int nr;

	do {
		for (nr = 0; nr < MAX_CMDS; nr++)
			complete_later(nr);
	} while (shim_run_work(0));
	for (rec = records; rec < records + MAX_CMDS; rec++)
		require(!rec->used);
	for (nr = 0; nr < 2; nr++) {
		if (lus[nr])
			remove_lu(&lus[nr]);
	}
	for (nr = 0; nr < NR_NEXUSES; nr++)
		close_nexus(nr);
	while (shim_run_work(0))
		;
	while (nr_removed) {
		require(removed[--nr_removed]->released.done);
		ktgt_lu_remove(removed[nr_removed], 0);
	}
	ktgt_scsi_exit();
	require(target.ref.refcount == 1 && !target.nr_lus);
	require(list_empty(&target.nexuses));
	require(!atomic_read(&target.nr_nexuses) && !shim_live);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u8 what;

	start(&in);
	introduce();
	while (in.left) {
		what = take(&in);
		if ((what & IN_EVENT) == IN_EVENT)
			run_event(&in);
		else
			run_command(&in, what);
	}
	stop();
	return 0;
}
