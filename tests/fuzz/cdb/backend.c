// SPDX-License-Identifier: GPL-2.0
/*
 * The backend, in the place of a block device: it judges what it is asked for,
 * and it fails, is done later, or changes its size when the input says so.
 */
#include "../../../kernel/backend/block.h"
#include "../../../kernel/backend/null.h"
#include "../../../kernel/core/target.h"
#include "backend.h"
#include "lu.h"
#include "record.h"

static struct fake *disk;

int ktgt_block_init(void)
{
	return 0;
}

void ktgt_block_exit(void)
{
}

struct fake *to_fake(struct ktgt_backend *be)
{
	return container_of(be, struct fake, be);
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

/* --- what it may be asked for --------------------------------------------- */

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

/* --- what it does --------------------------------------------------------- */

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

/* The backend is done with the first command at or after @nr. */
void complete_later(unsigned int nr)
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

void change_size(struct input *in)
{
	u64 size = (u64)take16(in) << (take(in) & 31);

	if (!disk)
		return;
	disk->caps.size = size;
	disk->max_size = max(disk->max_size, size);
}

void complete_rest(void)
{
	struct record *rec;
	unsigned int nr;

	do {
		for (nr = 0; nr < MAX_CMDS; nr++)
			complete_later(nr);
	} while (shim_run_work(0));
	for (rec = records; rec < records + MAX_CMDS; rec++)
		require(!rec->used);
}
