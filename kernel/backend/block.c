// SPDX-License-Identifier: GPL-2.0
/*
 * A block device, opened exclusively. The segments of a transfer are what its
 * bio carries.
 *
 * A read, write or flush goes out at once, with REQ_NOWAIT. A bio with it is never
 * split: it ends with BLK_STS_AGAIN. So what the device takes only in parts is cut
 * here. What ends so, or could not be made for want of memory, is made anew by a
 * worker, which may wait.
 */
#include "block.h"

#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/device_cgroup.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "../core/io.h"
#include "../core/refuse.h"
#include "device.h"
#include "holder.h"
#include "store.h"
#include "worker.h"

/* one bio of the pattern that WRITE SAME repeats, in pages */
#define PATTERN_VECS		BIO_MAX_VECS

/* a bio that carries nothing but whole pages */
#define BIO_MAX_BYTES		((u32)BIO_MAX_VECS << PAGE_SHIFT)

/* no part has failed; more than any that note_error() makes */
#define NO_ERROR		U32_MAX

/* bios of transfers that have parts */
static struct bio_set block_bios;

/**
 * struct block_store - the store
 * @store: common part
 * @file: the open device
 * @bdev: the device
 * @whole: bytes of a transfer that the device takes without a split, wherever it
 *	is; read with READ_ONCE()
 * @nowait: REQ_NOWAIT if the device knows it; read with READ_ONCE()
 * @blocking: its driver has BLK_MQ_F_BLOCKING
 */
struct block_store {
	struct ktgt_store	store;
	struct file		*file;
	struct block_device	*bdev;
	u32			whole;
	blk_opf_t		nowait;
	bool			blocking;
};

/**
 * struct block_part - a part of a transfer
 * @job: while it waits for a worker
 * @io: the transfer
 * @at: first byte in the transfer
 * @len: bytes
 * @bio: carries it; last, as bio_alloc_bioset() wants it
 */
struct block_part {
	struct ktgt_io_job	job;
	struct ktgt_io		*io;
	u32			at;
	u32			len;
	struct bio		bio;
};

static struct block_store *to_block(struct ktgt_store *store)
{
	return container_of(store, struct block_store, store);
}

static struct block_device *to_bdev(struct ktgt_store *store)
{
	return to_block(store)->bdev;
}

/*
 * A driver that may sleep when it gets a request. The tag set is the driver's, and
 * there as long as the disk is not dead.
 */
static bool is_blocking(struct block_device *bdev)
{
	struct request_queue *q = bdev_get_queue(bdev);
	struct gendisk *disk = bdev->bd_disk;
	bool is;

	mutex_lock(&disk->open_mutex);
	is = !test_bit(GD_DEAD, &disk->state) && q->tag_set &&
	     q->tag_set->flags & BLK_MQ_F_BLOCKING;
	mutex_unlock(&disk->open_mutex);
	return is;
}

/* Bytes of segments, of which the first begins at @offset of its page. */
static u32 max_segment_bytes(struct request_queue *q, u32 offset)
{
	u32 size = min_t(u32, queue_max_segment_size(q), PAGE_SIZE);
	u32 nr = min_t(u32, queue_max_segments(q), BIO_MAX_VECS);

	return size < PAGE_SIZE ? (nr - 1) * size : nr * size - offset;
}

/*
 * Bytes that are never split. A device with chunks splits at each border of one,
 * so there it depends on the place; and the last physical block is not always a
 * whole one.
 */
static u32 max_whole(struct request_queue *q)
{
	u32 physical = queue_physical_block_size(q) >> SECTOR_SHIFT;
	u32 sectors = queue_max_sectors(q);

	if (q->limits.chunk_sectors || sectors < physical)
		return 0;
	sectors = min_t(u32, sectors - physical + 1, BIO_MAX_BYTES >> SECTOR_SHIFT);
	return min_t(u32, sectors << SECTOR_SHIFT, max_segment_bytes(q, 0));
}

/*
 * What the device takes is looked at when it is opened, when somebody asks, and
 * when it did not take something: a table of dm that was reloaded, for example.
 */
static void learn_limits(struct block_store *block)
{
	struct block_device *bdev = block->bdev;

	WRITE_ONCE(block->nowait, bdev_nowait(bdev) ? REQ_NOWAIT : 0);
	WRITE_ONCE(block->whole, max_whole(bdev_get_queue(bdev)));
}

/* Asked when a device could not be opened for writing. */
static bool is_read_only(const struct ktgt_store_params *params)
{
	struct file *file;
	bool read_only;

	/* who has asked may not open it at all */
	if (params->dev_err)
		return false;
	file = bdev_file_open_by_dev(params->dev, BLK_OPEN_READ, NULL, NULL);
	if (IS_ERR(file))
		return false;
	read_only = bdev_read_only(file_bdev(file));
	bdev_fput(file);
	return read_only;
}

static void refuse_open(const struct ktgt_store_params *params, int err,
			struct netlink_ext_ack *extack)
{
	const char *why;

	switch (err) {
	case -ENOENT:
		why = "does not exist";
		break;
	case -ENXIO:
	case -ENODEV:
		why = "has no device behind it";
		break;
	case -ENOTBLK:
		why = "is not a block device";
		break;
	case -EBUSY:
		why = "is in use";
		break;
	case -EACCES:
	case -EPERM:
	case -EROFS:
		why = !params->read_only && is_read_only(params) ?
		      "is read-only; add read-only on" :
		      "may not be opened: permission denied";
		break;
	case -ENOMEDIUM:
		why = "has no medium";
		break;
	case -ENOMEM:
		why = "cannot be opened: out of memory";
		break;
	default:
		ktgt_refuse(extack, "LUN %u: %s cannot be opened: error %d",
			    params->lun, params->path, -err);
		return;
	}
	ktgt_refuse(extack, "LUN %u: %s %s", params->lun, params->path, why);
}

/* What has the number now may be another device than the one that was given. */
static int judge_device(const struct ktgt_store_params *params,
			struct block_device *bdev,
			struct netlink_ext_ack *extack)
{
	if (!ktgt_device_is(params->device, bdev)) {
		ktgt_refuse(extack,
			    "LUN %u: %s is another device now than the one that was given; try again",
			    params->lun, params->path);
		return -ESTALE;
	}
	/* by its number, it is opened for writing although it is read-only */
	if (!params->read_only && bdev_read_only(bdev)) {
		refuse_open(params, -EACCES, extack);
		return -EACCES;
	}
	return 0;
}

/*
 * A zone takes no write but behind the last one, which initiators do not know.
 *
 * Who has the device open besides may have written to its page cache: that has
 * to be on the disk before initiators read it, and before they write over it.
 */
static int prepare_device(const struct ktgt_store_params *params,
			  struct block_device *bdev,
			  struct netlink_ext_ack *extack)
{
	int err;

	if (bdev_is_zoned(bdev)) {
		ktgt_refuse(extack,
			    "LUN %u: %s is a zoned device; zoned devices are not supported",
			    params->lun, params->path);
		return -EINVAL;
	}
	err = sync_blockdev(bdev);
	if (err)
		ktgt_refuse(extack,
			    "LUN %u: %s: what others have written to it cannot be written back: error %d",
			    params->lun, params->path, -err);
	return err;
}

static struct file *open_file(const struct ktgt_store_params *params,
			      struct netlink_ext_ack *extack)
{
	blk_mode_t mode = BLK_OPEN_READ;
	struct file *file;
	int err;

	if (!params->path || !*params->path) {
		ktgt_refuse(extack, "LUN %u: path is missing", params->lun);
		return ERR_PTR(-EINVAL);
	}
	if (!params->read_only)
		mode |= BLK_OPEN_WRITE;
	file = params->dev_err ? ERR_PTR(params->dev_err) :
	       bdev_file_open_by_dev(params->dev, mode, params->claim,
				     &ktgt_holder_ops);
	if (IS_ERR(file)) {
		refuse_open(params, PTR_ERR(file), extack);
		return file;
	}
	err = judge_device(params, file_bdev(file), extack);
	if (!err)
		err = prepare_device(params, file_bdev(file), extack);
	if (err) {
		bdev_fput(file);
		return ERR_PTR(err);
	}
	return file;
}

static struct ktgt_store *block_open(const struct ktgt_store_params *params,
				     struct netlink_ext_ack *extack)
{
	struct block_store *block;
	struct file *file;
	int err = 0;

	static_assert(!offsetof(struct block_store, store));

	block = kzalloc_obj(*block, GFP_KERNEL);
	if (!block)
		return ERR_PTR(-ENOMEM);
	file = open_file(params, extack);
	if (IS_ERR(file)) {
		kfree(block);
		return ERR_CAST(file);
	}
	block->file = file;
	block->bdev = file_bdev(file);
	block->store.dev = block->bdev->bd_dev;
	block->blocking = is_blocking(block->bdev);
	if (block->blocking || !bdev_nowait(block->bdev))
		err = ktgt_store_own_queue(&block->store);
	if (!err)
		return &block->store;
	bdev_fput(file);
	kfree(block);
	return ERR_PTR(err);
}

/**
 * ktgt_backend_block_dev - what a path leads to
 * @path: path of a block device
 * @read_only: it is not to be written
 * @dev: takes the number of the device
 *
 * The device is opened by its number, by a worker, to which the root directory
 * and the rights of who has asked do not apply. So they are looked at here.
 *
 * Context: the thread that sent the request; may sleep.
 * Return: 0 or an errno.
 */
int ktgt_backend_block_dev(const char *path, bool read_only, dev_t *dev)
{
	short access = DEVCG_ACC_READ;
	int err;

	err = lookup_bdev(path, dev);
	if (err)
		return err;
	if (!read_only)
		access |= DEVCG_ACC_WRITE;
	return devcgroup_check_permission(DEVCG_DEV_BLOCK, MAJOR(*dev),
					  MINOR(*dev), access);
}

static void block_close(struct ktgt_store *store)
{
	/* The claim ends here, although the last put may only be queued. */
	bdev_fput(to_block(store)->file);
}

static u64 device_size(struct block_device *bdev)
{
	if (test_bit(GD_DEAD, &bdev->bd_disk->state))
		return 0;
	return bdev_nr_bytes(bdev);
}

/* The block layer cuts at boundaries, or else at chunks; and then there is no write. */
static u32 atomic_boundary(const struct request_queue *q)
{
	u64 chunk = (u64)q->limits.chunk_sectors << SECTOR_SHIFT;

	return queue_atomic_write_boundary_bytes(q) ?:
	       min_t(u64, chunk, U32_MAX);
}

/* A partition may begin where no atomic write could. */
static void put_atomic(struct block_device *bdev, struct ktgt_backend_caps *caps)
{
	struct request_queue *q = bdev_get_queue(bdev);

	if (!bdev_can_atomic_write(bdev))
		return;
	caps->atomic_min = queue_atomic_write_unit_min_bytes(q);
	caps->atomic_max = queue_atomic_write_unit_max_bytes(q);
	caps->atomic_boundary = atomic_boundary(q);
	if (caps->atomic_boundary)
		caps->atomic_max = min(caps->atomic_max, caps->atomic_boundary);
}

static void block_caps(struct ktgt_store *store, struct ktgt_backend_caps *caps)
{
	struct block_device *bdev = to_bdev(store);
	u64 discard = bdev_max_discard_sectors(bdev);
	u64 zeroes = bdev_write_zeroes_sectors(bdev);

	learn_limits(to_block(store));
	*caps = (struct ktgt_backend_caps) {
		.size = device_size(bdev),
		.logical_block = bdev_logical_block_size(bdev),
		.physical_block = bdev_physical_block_size(bdev),
		.io_min = bdev_io_min(bdev),
		.io_opt = bdev_io_opt(bdev),
		.max_transfer = KTGT_TRANSFER_MAX,
		.max_discard = discard << SECTOR_SHIFT,
		.max_write_zeroes = zeroes << SECTOR_SHIFT,
		.write_cache = bdev_write_cache(bdev),
		.fua = bdev_fua(bdev),
		.rotational = bdev_rot(bdev),
		.read_only = bdev_read_only(bdev),
		.workers = ktgt_store_uses_workers(store),
		.is_drive = bdev->bd_disk->flags & GENHD_FL_REMOVABLE,
	};
	if (discard) {
		caps->discard_granularity = bdev_discard_granularity(bdev);
		caps->discard_alignment = bdev_discard_alignment(bdev);
	}
	put_atomic(bdev, caps);
}

static blk_opf_t opf_of(const struct ktgt_io *io, struct block_device *bdev)
{
	blk_opf_t opf;

	if (io->op == KTGT_IO_READ)
		return REQ_OP_READ;
	/* somebody waits: writeback throttling is not meant for us */
	opf = REQ_OP_WRITE | REQ_SYNC | REQ_IDLE;
	if (io->op == KTGT_IO_FLUSH)
		opf |= REQ_PREFLUSH;
	else if (io->flags & KTGT_IO_FUA && bdev_write_cache(bdev))
		opf |= REQ_FUA;
	if (unlikely(io->flags & KTGT_IO_ATOMIC))
		opf |= REQ_ATOMIC;
	return opf;
}

/*
 * A driver with BLK_MQ_F_BLOCKING sleeps when it gets the request. Out of a plug
 * that would be later, and nobody would know for whom. The plug ends properly and
 * begins again: it has the time of the block layer, and the scheduler looks for it.
 */
static void submit_unplugged(struct bio *bio)
{
	struct blk_plug *plug = current->plug;

	if (plug)
		blk_finish_plug(plug);
	submit_bio(bio);
	if (plug)
		blk_start_plug(plug);
}

/*
 * Submit what must not sleep, and see whether it did. The store is there
 * afterwards, see ktgt_store_submit().
 */
static void submit_awake(struct block_store *block, struct bio *bio)
{
	unsigned long switches = current->nvcsw;
	unsigned long began = jiffies;

	if (block->blocking)
		submit_unplugged(bio);
	else
		submit_bio(bio);
	if (unlikely(current->nvcsw != switches))
		ktgt_store_slept(&block->store, began);
}

/*
 * Whether it has to be tried again by somebody who may wait. BLK_STS_NOTSUPP is
 * what a device says that knows REQ_NOWAIT no more.
 */
static bool wants_worker(struct block_store *block, blk_status_t status)
{
	if (status != BLK_STS_AGAIN && status != BLK_STS_NOTSUPP)
		return false;
	learn_limits(block);
	return true;
}

static void defer_io(struct ktgt_io *io, void (*run)(struct ktgt_io_job *job))
{
	struct ktgt_store *store = io->store;

	io->job.run = run;
	ktgt_store_defer(store, &io->job, KTGT_STORE_RW);
}

static bool has_detour(struct block_store *block)
{
	return unlikely(READ_ONCE(block->store.detour)) &&
	       ktgt_store_has_detour(&block->store);
}

static void block_end_io(struct bio *bio)
{
	struct ktgt_io *io = bio->bi_private;
	blk_status_t status = bio->bi_status;

	bio_uninit(bio);
	ktgt_io_end(io, status);
}

/* The bio carries @len bytes of the transfer, from @at on. */
static void feed_bio(struct bio *bio, struct ktgt_io *io, u32 at, u32 len)
{
	u32 offset = offset_in_page(at);

	bio->bi_io_vec = io->bvec + (at >> PAGE_SHIFT);
	bio->bi_vcnt = DIV_ROUND_UP(offset + len, PAGE_SIZE);
	bio->bi_iter.bi_sector = (io->pos + at) >> SECTOR_SHIFT;
	bio->bi_iter.bi_size = len;
	bio->bi_iter.bi_bvec_done = offset;
}

/* Of several parts that failed, the first one by position counts. */
static void note_error(struct ktgt_io *io, u32 at, blk_status_t status)
{
	u32 error = at >> SECTOR_SHIFT << BITS_PER_BYTE | (__force u8)status;
	int first = atomic_read(&io->first_error);

	while (error < (u32)first &&
	       !atomic_try_cmpxchg(&io->first_error, &first, error))
		;
}

static void end_parts(struct ktgt_io *io)
{
	u32 error = atomic_read(&io->first_error);
	u64 at = (u64)(error >> BITS_PER_BYTE) << SECTOR_SHIFT;

	if (likely(error == NO_ERROR))
		ktgt_io_end(io, BLK_STS_OK);
	else
		ktgt_io_fail(io, (__force blk_status_t)(u8)error,
			     io->pos + at);
}

static void put_pending(struct ktgt_io *io)
{
	if (atomic_dec_and_test(&io->pending))
		end_parts(io);
}

static struct block_part *to_part(struct bio *bio)
{
	return container_of(bio, struct block_part, bio);
}

static void block_end_part(struct bio *bio)
{
	struct block_part *part = to_part(bio);
	struct ktgt_io *io = part->io;

	if (unlikely(bio->bi_status))
		note_error(io, part->at, bio->bi_status);
	bio_put(bio);
	put_pending(io);
}

/* A worker: the part goes out once more, and may wait. The others are as they are. */
static void run_part(struct ktgt_io_job *job)
{
	struct block_part *part = container_of(job, struct block_part, job);
	struct block_device *bdev = to_bdev(part->io->store);
	struct bio *bio = &part->bio;

	bio_reset(bio, bdev, opf_of(part->io, bdev));
	feed_bio(bio, part->io, part->at, part->len);
	bio->bi_end_io = block_end_part;
	submit_bio(bio);
}

static void block_try_part(struct bio *bio)
{
	struct block_part *part = to_part(bio);
	struct ktgt_store *store = part->io->store;

	if (likely(!bio->bi_status) ||
	    !wants_worker(to_block(store), bio->bi_status)) {
		block_end_part(bio);
		return;
	}
	part->job.run = run_part;
	ktgt_store_defer(store, &part->job, KTGT_STORE_RW);
}

/*
 * Bytes from @at on that the device takes without a split: get_max_io_size() of
 * the block layer. Where the device begins counts, not the partition.
 */
static u32 max_part(struct block_device *bdev, const struct ktgt_io *io, u32 at)
{
	u64 sector = ((io->pos + at) >> SECTOR_SHIFT) + get_start_sect(bdev);
	struct request_queue *q = bdev_get_queue(bdev);
	u32 physical = queue_physical_block_size(q) >> SECTOR_SHIFT;
	u32 logical = queue_logical_block_size(q) >> SECTOR_SHIFT;
	u32 chunk = q->limits.chunk_sectors;
	u32 max = queue_max_sectors(q);
	u32 start, end, in_chunk;

	if (chunk) {
		div_u64_rem(sector, chunk, &in_chunk);
		max = min(max, chunk - in_chunk);
	}
	max = min_t(u32, max, BIO_MAX_BYTES >> SECTOR_SHIFT);
	start = sector & (physical - 1);
	end = (start + max) & ~(physical - 1);
	if (end > start)
		max = end - start;
	max = min(max, max_segment_bytes(q, offset_in_page(at)) >> SECTOR_SHIFT);
	max &= ~(logical - 1);
	return max << SECTOR_SHIFT;
}

/* The next part, NULL if there is no memory. One that may wait is not cut small. */
static struct block_part *make_part(struct block_store *block,
				    struct ktgt_io *io, bool try)
{
	u32 max = BIO_MAX_BYTES - offset_in_page(io->sent);
	struct block_device *bdev = block->bdev;
	blk_opf_t opf = opf_of(io, bdev);
	struct block_part *part;
	struct bio *bio;

	if (try) {
		opf |= READ_ONCE(block->nowait);
		max = max_part(bdev, io, io->sent) ?: max;
	}
	bio = bio_alloc_bioset(bdev, 0, opf, try ? GFP_NOWAIT : GFP_NOIO,
			       &block_bios);
	if (!bio)
		return NULL;
	part = to_part(bio);
	part->io = io;
	part->at = io->sent;
	part->len = min_t(u64, io->len - io->sent, max);
	feed_bio(bio, io, part->at, part->len);
	bio->bi_end_io = try ? block_try_part : block_end_part;
	return part;
}

static bool send_parts(struct block_store *block, struct ktgt_io *io, bool try)
{
	struct block_part *part;

	while (io->sent < io->len) {
		part = make_part(block, io, try);
		if (!part)
			return false;
		io->sent += part->len;
		atomic_inc(&io->pending);
		if (try)
			submit_awake(block, &part->bio);
		else
			submit_bio(&part->bio);
	}
	put_pending(io);
	return true;
}

static void begin_parts(struct ktgt_io *io)
{
	io->sent = 0;
	atomic_set(&io->pending, 1);
	atomic_set(&io->first_error, NO_ERROR);
}

/* A worker: what has not become parts yet */
static void run_rest(struct ktgt_io_job *job)
{
	struct ktgt_io *io = container_of(job, struct ktgt_io, job);

	send_parts(to_block(io->store), io, false);
}

static void try_parts(struct block_store *block, struct ktgt_io *io)
{
	begin_parts(io);
	if (!send_parts(block, io, true))
		defer_io(io, run_rest);
}

static void init_bio(struct bio *bio, struct block_device *bdev,
		     struct ktgt_io *io, blk_opf_t opf)
{
	bio_init(bio, bdev, io->bvec, 0, opf);
	feed_bio(bio, io, 0, io->len);
	bio->bi_private = io;
}

/* A worker: all of it */
static void run_all(struct ktgt_io_job *job)
{
	struct ktgt_io *io = container_of(job, struct ktgt_io, job);
	struct block_device *bdev = to_bdev(io->store);
	struct bio *bio = &io->bio;

	if (unlikely(io->len > BIO_MAX_BYTES)) {
		begin_parts(io);
		send_parts(to_block(io->store), io, false);
		return;
	}
	init_bio(bio, bdev, io, opf_of(io, bdev));
	bio->bi_end_io = block_end_io;
	submit_bio(bio);
}

static void block_try_all(struct bio *bio)
{
	struct ktgt_io *io = bio->bi_private;
	blk_status_t status = bio->bi_status;

	bio_uninit(bio);
	if (unlikely(status) && wants_worker(to_block(io->store), status))
		defer_io(io, run_all);
	else
		ktgt_io_end(io, status);
}

/* A flush is a transfer without a length. */
static void submit_all(struct block_store *block, struct ktgt_io *io)
{
	struct block_device *bdev = block->bdev;
	struct bio *bio = &io->bio;

	if (has_detour(block)) {
		defer_io(io, run_all);
		return;
	}
	if (unlikely(io->len > READ_ONCE(block->whole)) &&
	    !(io->flags & KTGT_IO_ATOMIC) && io->len > max_part(bdev, io, 0)) {
		try_parts(block, io);
		return;
	}
	init_bio(bio, bdev, io, opf_of(io, bdev) | READ_ONCE(block->nowait));
	bio->bi_end_io = block_try_all;
	submit_awake(block, bio);
}

/* A page that holds nothing but the one block of the transfer. */
static struct page *make_pattern(const struct ktgt_io *io)
{
	struct page *page;
	u8 *from, *to;
	u32 pos;

	page = alloc_page(GFP_NOIO | __GFP_NOWARN);
	if (!page)
		return NULL;
	from = kmap_local_page(io->bvec[0].bv_page);
	to = kmap_local_page(page);
	for (pos = 0; pos + io->block <= PAGE_SIZE; pos += io->block)
		memcpy(to + pos, from, io->block);
	kunmap_local(to);
	kunmap_local(from);
	return page;
}

static int write_pattern(struct block_device *bdev, struct page *page, u64 pos,
			 u32 len)
{
	struct bio *bio;
	u32 part;
	int err;

	bio = bio_alloc(bdev, DIV_ROUND_UP(len, PAGE_SIZE),
			REQ_OP_WRITE | REQ_SYNC | REQ_IDLE, GFP_NOIO);
	bio->bi_iter.bi_sector = pos >> SECTOR_SHIFT;
	for (; len; len -= part) {
		part = min_t(u32, len, PAGE_SIZE);
		__bio_add_page(bio, page, part, 0);
	}
	err = submit_bio_wait(bio);
	bio_put(bio);
	return err;
}

static int write_same(struct block_device *bdev, struct ktgt_io *io)
{
	struct page *page = make_pattern(io);
	u64 pos = io->pos, len = io->len;
	int err = 0;
	u32 part;

	if (!page)
		return -ENOMEM;
	while (len && !err) {
		part = min_t(u64, len, PATTERN_VECS << PAGE_SHIFT);
		err = write_pattern(bdev, page, pos, part);
		pos += part;
		len -= part;
	}
	__free_page(page);
	return err;
}

static int run_long(struct block_device *bdev, struct ktgt_io *io)
{
	sector_t sector = io->pos >> SECTOR_SHIFT;
	sector_t nr = io->len >> SECTOR_SHIFT;
	bool may_unmap = io->flags & KTGT_IO_MAY_UNMAP;

	switch (io->op) {
	case KTGT_IO_UNMAP:
		return blkdev_issue_discard(bdev, sector, nr, GFP_NOIO);
	case KTGT_IO_WRITE_ZEROES:
		return blkdev_issue_zeroout(bdev, sector, nr, GFP_NOIO,
					    may_unmap ? 0 :
					    BLKDEV_ZERO_NOUNMAP);
	case KTGT_IO_WRITE_SAME:
		return write_same(bdev, io);
	default:
		return -EOPNOTSUPP;
	}
}

static void run_long_job(struct ktgt_io_job *job)
{
	struct ktgt_io *io = container_of(job, struct ktgt_io, job);
	int err = run_long(to_bdev(io->store), io);

	ktgt_io_end(io, errno_to_blk_status(err));
}

static void block_submit(struct ktgt_store *store, struct ktgt_io *io)
{
	switch (io->op) {
	case KTGT_IO_READ:
	case KTGT_IO_WRITE:
	case KTGT_IO_FLUSH:
		submit_all(to_block(store), io);
		break;
	default:
		io->job.run = run_long_job;
		ktgt_store_defer(store, &io->job, KTGT_STORE_LONG);
	}
}

static struct inode *block_device(struct ktgt_store *store)
{
	struct inode *inode = ktgt_bdev_file_inode(to_block(store)->file);

	ihold(inode);
	return inode;
}

const struct ktgt_backend_ops ktgt_backend_block_ops = {
	.name		= "block",
	.open		= block_open,
	.close		= block_close,
	.caps		= block_caps,
	.submit		= block_submit,
	.device		= block_device,
};

/**
 * ktgt_block_init - make what all block backends share
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_block_init(void)
{
	return bioset_init(&block_bios, BIO_POOL_SIZE,
			   offsetof(struct block_part, bio),
			   BIOSET_PERCPU_CACHE);
}

/**
 * ktgt_block_exit - undo ktgt_block_init()
 *
 * Context: module unload, all backends are closed.
 */
void ktgt_block_exit(void)
{
	ktgt_holder_exit();
	bioset_exit(&block_bios);
}
