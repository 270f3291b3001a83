// SPDX-License-Identifier: GPL-2.0
/*
 * The backend, in the place of a block device: it judges what it is asked for, and
 * whether the gate lets it through; it fails, is done later, or changes its size
 * when the input says so.
 */
#include "../../../kernel/backend/block.h"
#include "../../../kernel/backend/worker.h"
#include "../../../kernel/core/target.h"
#include "../../../kernel/scsi/opening.h"
#include "backend.h"
#include "command.h"
#include "compare.h"
#include "copy.h"
#include "erase.h"
#include "gate.h"
#include "lu.h"

static u32 nr_opened;

int ktgt_block_init(void)
{
	return 0;
}

void ktgt_block_exit(void)
{
}

/* its own, for jobs that workers of stores do */
static struct workqueue_struct *job_wq;

int ktgt_workers_init(void)
{
	job_wq = alloc_workqueue("jobs", 0, 0);
	return job_wq ? 0 : -ENOMEM;
}

void ktgt_workers_exit(void)
{
	destroy_workqueue(job_wq);
}

static void run_job(struct work_struct *work)
{
	struct ktgt_io_job *job = container_of(work, struct ktgt_io_job, work);

	job->run(job);
}

/* Only a cache that is turned off is flushed by a worker here. */
void ktgt_store_defer(struct ktgt_store *store, struct ktgt_io_job *job,
		      enum ktgt_store_line_nr nr)
{
	require(mode_changed && nr == KTGT_STORE_LONG);
	INIT_WORK(&job->work, run_job);
	queue_work(job_wq, &job->work);
}

int ktgt_opening_init(void)
{
	return 0;
}

void ktgt_opening_exit(void)
{
}

struct fake *to_fake(struct ktgt_store *store)
{
	return container_of(store, struct fake, store);
}

/* The one that the logical unit has now, or NULL. */
struct fake *fake_of(const struct ktgt_lu *lu)
{
	return lu && lu->store ? to_fake(lu->store) : NULL;
}

static blk_status_t fate_of(const struct record *rec)
{
	static const blk_status_t fates[16] = {
		[1] = BLK_STS_IOERR, [2] = BLK_STS_NOSPC,
		[3] = BLK_STS_OFFLINE, [4] = BLK_STS_NOTSUPP,
		[5] = BLK_STS_RESV_CONFLICT, [6] = BLK_STS_TIMEOUT,
		[7] = BLK_STS_TARGET, [8] = BLK_STS_PROTECTION,
		[9] = BLK_STS_RESOURCE, [10] = BLK_STS_MEDIUM,
		[11] = BLK_STS_TRANSPORT, [12] = BLK_STS_DEV_RESOURCE,
		[13] = BLK_STS_AGAIN,
	};

	return fates[rec->fate & 15];
}

/* --- what it may be asked for --------------------------------------------- */

/*
 * A transfer of a command that is being submitted, and that the gate of its
 * logical unit lets through to this store at this moment.
 */
static struct record *check_admitted(struct fake *fake, struct ktgt_io *io)
{
	struct ktgt_cmd *cmd = container_of(io, struct ktgt_cmd, io);
	struct record *rec = find_record(cmd);

	require(rec->legal && rec->submitting && !rec->io && !rec->misfit);
	require(!rec->aborted && !rec->error && !rec->gated);
	require(!rec->now_conflict);
	require(!fake->closed && fake == to_fake(cmd->store));
	require(io->store == &fake->store && io->end_io);
	/* what it has begun passes the gate, and goes to the same store */
	if (rec->at == fake->nr)
		return rec;
	require(fake == fake_of(rec->lu) && !gate_is_shut(rec->lu));
	rec->at = fake->nr;
	return rec;
}

static void check_range(const struct record *rec, const struct fake *fake,
			const struct ktgt_io *io)
{
	u64 size = rec->now_blocks * rec->shape->block;

	require(io->len && !(io->pos % rec->shape->block));
	require(!(io->len % rec->shape->block));
	require(io->pos < size && io->len <= size - io->pos);
	require(size <= fake->max_size);
}

static void check_moved(struct record *rec, const struct fake *fake,
			const struct ktgt_io *io)
{
	struct ktgt_cmd *cmd = rec->cmd;
	u32 block = rec->shape->block;

	check_range(rec, fake, io);
	require(io->pos == rec->req.lba * block && !rec->nr_ops++);
	require(io->len >= cmd->buf_len && io->len - cmd->buf_len < block);
	require(io->len <= fake->caps.max_transfer);
	if (rec->req.kind == KIND_WRITE) {
		require(io->op == KTGT_IO_WRITE && cmd->dir == DMA_TO_DEVICE);
		require(io->len == cmd->buf_len && !rec->now_read_only);
		require(!(io->flags & KTGT_IO_ATOMIC) == !rec->req.atomic);
	} else {
		require(rec->req.kind == KIND_READ && io->op == KTGT_IO_READ);
		require(cmd->dir == DMA_FROM_DEVICE);
	}
	rec->fua = io->flags & KTGT_IO_FUA;
}

/* Whether all that was sent is zero: then nothing has to be written. */
static bool sent_zeroes(const struct record *rec)
{
	return rec->cdb[1] & 1 || !memchr_inv(rec->sent, 0, rec->buf_len);
}

static void check_change(struct record *rec, const struct fake *fake,
			 const struct ktgt_io *io)
{
	check_range(rec, fake, io);
	require(!rec->now_read_only && !rec->nr_flushes);
	require(rec->nr_ranges < MAX_RANGES);
	rec->ranges[rec->nr_ranges++] = (struct range) { io->pos, io->len };
	if (io->op == KTGT_IO_UNMAP) {
		require(rec->req.kind == KIND_UNMAP && rec->shape->thin);
		return;
	}
	require(rec->req.kind == KIND_SAME);
	require((io->op == KTGT_IO_WRITE_ZEROES) == sent_zeroes(rec));
	require(!(io->flags & KTGT_IO_MAY_UNMAP) ==
		!(io->op == KTGT_IO_WRITE_ZEROES && rec->cdb[1] & 8));
}

/* --- what it does --------------------------------------------------------- */

static struct ktgt_store *fake_open(const struct ktgt_store_params *params,
				    struct netlink_ext_ack *extack)
{
	struct fake *fake = kzalloc_obj(*fake, GFP_KERNEL);

	require(params->claim);
	if (!fake)
		return ERR_PTR(-ENOMEM);
	fake->store.dev = 1;
	fake->caps = disk_caps;
	fake->max_size = disk_caps.size;
	fake->nr = ++nr_opened;
	return &fake->store;
}

/* No command has anything to do with it any more. */
static void fake_close(struct ktgt_store *store)
{
	struct fake *fake = to_fake(store);

	require(!fake->closed && !has_commands(fake->nr));
	fake->closed = true;
}

static void fake_caps(struct ktgt_store *store, struct ktgt_backend_caps *caps)
{
	require(!to_fake(store)->closed);
	*caps = to_fake(store)->caps;
}

/* The buffer has @len bytes of what was sent, or room for as many. */
static void touch_buffer(struct record *rec, const struct bio_vec *bvec,
			 u32 len)
{
	struct ktgt_cmd *cmd = rec->cmd;
	u32 pos, part;
	u8 *p;

	require(cmd->nr_bvec == rec->nr_pages);
	for (pos = 0; pos < len; pos += part) {
		part = min_t(u32, len - pos, PAGE_SIZE);
		require(bvec[pos / PAGE_SIZE].bv_len == part);
		p = bvec[pos / PAGE_SIZE].bv_page->mem;
		if (cmd->dir == DMA_FROM_DEVICE)
			memset(p, 0xda, part);
		else
			require(!memcmp(p, rec->sent + pos, part));
	}
}

static void end_io(struct record *rec)
{
	struct ktgt_io *io = rec->io;

	rec->io = NULL;
	ktgt_io_end(io, rec->error);
}

static void move(struct record *rec, struct fake *fake, struct ktgt_io *io)
{
	check_moved(rec, fake, io);
	touch_buffer(rec, io->bvec, io->len);
	rec->error = fate_of(rec);
}

/* The fate of a long command strikes at some step of it. */
static void change(struct record *rec, struct fake *fake, struct ktgt_io *io)
{
	static const blk_status_t errors[4] = {
		BLK_STS_OK, BLK_STS_IOERR, BLK_STS_NOTSUPP, BLK_STS_NOSPC,
	};

	check_change(rec, fake, io);
	if (io->op == KTGT_IO_WRITE_SAME) {
		require(io->block == rec->shape->block);
		require(rec->buf_len == io->block);
		touch_buffer(rec, io->bvec, io->block);
	}
	if (rec->nr_ranges > (rec->fate >> 2 & 3))
		rec->error = errors[rec->fate & 3];
	if (rec->abort)
		abort_command(rec, rec->fate & 16);
}

static void flush(struct record *rec, struct fake *fake, struct ktgt_io *io)
{
	require(!rec->nr_flushes++ && !io->len);
	require(rec->req.kind == KIND_SYNC || rec->req.kind == KIND_TEST ||
		rec->now_through || mode_changed);
	if (rec->req.kind == KIND_SYNC || rec->req.kind == KIND_TEST ||
	    rec->fate & 16)
		rec->error = fate_of(rec);
}

/* A flush that belongs to no command: of a cache that is turned off. */
static bool is_of_command(const struct ktgt_io *io)
{
	const struct record *rec;

	for (rec = records; rec < records + MAX_CMDS; rec++) {
		if (is_cmd_of(rec, container_of(io, struct ktgt_cmd, io)))
			return true;
	}
	return false;
}

static void fake_submit(struct ktgt_store *store, struct ktgt_io *io)
{
	static void (*const functions[])(struct record *rec, struct fake *fake,
					 struct ktgt_io *io) = {
		[KTGT_IO_READ] = move, [KTGT_IO_WRITE] = move,
		[KTGT_IO_FLUSH] = flush, [KTGT_IO_UNMAP] = change,
		[KTGT_IO_WRITE_ZEROES] = change, [KTGT_IO_WRITE_SAME] = change,
	};
	struct fake *fake = to_fake(store);
	struct record *rec;

	if (erase_owns(io)) {
		erase_submit(fake, io);
		return;
	}
	if (!is_of_command(io)) {
		require(io->op == KTGT_IO_FLUSH && mode_changed && !fake->closed);
		ktgt_io_end(io, BLK_STS_OK);
		return;
	}
	rec = check_admitted(fake, io);
	require(io->op < ARRAY_SIZE(functions));
	if (io->op != KTGT_IO_READ && io->op != KTGT_IO_FLUSH)
		erase_dirty(rec->lu);
	if (is_compare(rec))
		rec->error = compare_submit(rec, fake, io, fate_of(rec));
	else if (is_copy(rec))
		rec->error = copy_submit(rec, fake, io, fate_of(rec));
	else
		functions[io->op](rec, fake, io);
	/* its memory is the backend's */
	memset(&io->bio, 0xee, sizeof(io->bio));
	rec->io = io;
	if (!rec->later)
		end_io(rec);
}

const struct ktgt_backend_ops ktgt_backend_block_ops = {
	.name		= "fake",
	.open		= fake_open,
	.close		= fake_close,
	.caps		= fake_caps,
	.submit		= fake_submit,
};

/* The backend is done with the first command at or after @nr. */
void complete_later(unsigned int nr)
{
	struct record *rec;
	unsigned int i;

	for (i = 0; i < MAX_CMDS; i++) {
		rec = &records[(nr + i) % MAX_CMDS];
		if (!rec->used || !rec->io)
			continue;
		end_io(rec);
		return;
	}
	erase_complete();
}

void complete_all_later(void)
{
	unsigned int nr;

	for (nr = 0; nr < MAX_CMDS; nr++)
		complete_later(nr);
}

void change_size(struct input *in)
{
	u64 size = (u64)take16(in) << (take(in) & 31);
	struct fake *fake = fake_of(lus[0]);

	if (!fake)
		return;
	fake->caps.size = size;
	fake->max_size = max(fake->max_size, size);
}
