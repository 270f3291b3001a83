// SPDX-License-Identifier: GPL-2.0
/*
 * A block device, opened exclusively. The segments of a transfer are what its
 * bio carries.
 */
#include "block.h"

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/netlink.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "../core/io.h"
#include "../core/refuse.h"
#include "store.h"

/*
 * The longest transfer. A connection that is allowed 64 MiB can have a dozen
 * of these in flight, and no device is faster with longer ones.
 */
#define BLOCK_MAX_TRANSFER	SZ_4M

/* one bio of the pattern that WRITE SAME repeats, in pages */
#define PATTERN_VECS		BIO_MAX_VECS

/* bios of a transfer beyond its first */
static struct bio_set block_bios;

/**
 * struct block_store - the store
 * @store: common part
 * @file: the open device
 * @bdev: the device
 */
struct block_store {
	struct ktgt_store	store;
	struct file		*file;
	struct block_device	*bdev;
};

static struct block_store *to_block(struct ktgt_store *store)
{
	return container_of(store, struct block_store, store);
}

static struct block_device *to_bdev(struct ktgt_store *store)
{
	return to_block(store)->bdev;
}

/* Asked when a device could not be opened for writing. */
static bool is_read_only(const char *path)
{
	struct file *file;
	bool read_only;

	file = bdev_file_open_by_path(path, BLK_OPEN_READ, NULL, NULL);
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
		why = !params->read_only && is_read_only(params->path) ?
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

/*
 * Who has the device open besides may have written to its page cache: that has
 * to be on the disk before initiators read it, and before they write over it.
 */
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
	file = bdev_file_open_by_path(params->path, mode, params->claim, NULL);
	if (IS_ERR(file)) {
		refuse_open(params, PTR_ERR(file), extack);
		return file;
	}
	err = sync_blockdev(file_bdev(file));
	if (err) {
		ktgt_refuse(extack,
			    "LUN %u: %s: what others have written to it cannot be written back: error %d",
			    params->lun, params->path, -err);
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
	return &block->store;
}

/**
 * ktgt_backend_block_dev - what a path leads to
 * @path: path of a block device
 * @dev: takes the number of the device
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int ktgt_backend_block_dev(const char *path, dev_t *dev)
{
	return lookup_bdev(path, dev);
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

static void block_caps(struct ktgt_store *store, struct ktgt_backend_caps *caps)
{
	struct block_device *bdev = to_bdev(store);
	u64 discard = bdev_max_discard_sectors(bdev);
	u64 zeroes = bdev_write_zeroes_sectors(bdev);

	*caps = (struct ktgt_backend_caps) {
		.size = device_size(bdev),
		.logical_block = bdev_logical_block_size(bdev),
		.physical_block = bdev_physical_block_size(bdev),
		.io_min = bdev_io_min(bdev),
		.io_opt = bdev_io_opt(bdev),
		.max_transfer = BLOCK_MAX_TRANSFER,
		.max_discard = discard << SECTOR_SHIFT,
		.max_write_zeroes = zeroes << SECTOR_SHIFT,
		.write_cache = bdev_write_cache(bdev),
		.fua = bdev_fua(bdev),
		.rotational = bdev_rot(bdev),
		.read_only = bdev_read_only(bdev),
	};
	if (discard) {
		caps->discard_granularity = bdev_discard_granularity(bdev);
		caps->discard_alignment = bdev_discard_alignment(bdev);
	}
}

static blk_opf_t opf_of(const struct ktgt_io *io, struct block_device *bdev)
{
	blk_opf_t opf;

	if (io->op == KTGT_IO_READ)
		return REQ_OP_READ;
	/* somebody waits: writeback throttling is not meant for us */
	opf = REQ_OP_WRITE | REQ_SYNC | REQ_IDLE;
	if (io->flags & KTGT_IO_FUA && bdev_write_cache(bdev))
		opf |= REQ_FUA;
	return opf;
}

static void block_end_io(struct bio *bio)
{
	struct ktgt_io *io = bio->bi_private;
	blk_status_t status = bio->bi_status;

	bio_uninit(bio);
	ktgt_io_end(io, status);
}

/* The bio carries @nr segments of the transfer, from @first on. */
static void feed_bio(struct bio *bio, struct ktgt_io *io, u32 first, u32 nr,
		     u64 pos, u32 len)
{
	bio->bi_io_vec = io->bvec + first;
	bio->bi_vcnt = nr;
	bio->bi_iter.bi_sector = pos >> SECTOR_SHIFT;
	bio->bi_iter.bi_size = len;
	bio->bi_private = io;
}

static void put_pending(struct ktgt_io *io)
{
	if (atomic_dec_and_test(&io->pending))
		ktgt_io_end(io, io->status);
}

static void block_end_part(struct bio *bio)
{
	struct ktgt_io *io = bio->bi_private;

	/* whichever error is kept, none is lost */
	if (unlikely(bio->bi_status))
		WRITE_ONCE(io->status, bio->bi_status);
	bio_put(bio);
	put_pending(io);
}

/* More segments than a bio takes: several bios, the last one completes. */
static void submit_parts(struct block_device *bdev, struct ktgt_io *io)
{
	const u32 max = BIO_MAX_VECS << PAGE_SHIFT;
	blk_opf_t opf = opf_of(io, bdev);
	u64 pos = io->pos, len = io->len;
	struct bio *bio;
	u32 first = 0;
	u32 part;

	io->status = BLK_STS_OK;
	atomic_set(&io->pending, 1);
	while (len) {
		part = min_t(u64, len, max);
		bio = bio_alloc_bioset(bdev, 0, opf, GFP_NOIO, &block_bios);
		feed_bio(bio, io, first, DIV_ROUND_UP(part, PAGE_SIZE), pos,
			 part);
		bio->bi_end_io = block_end_part;
		atomic_inc(&io->pending);
		submit_bio(bio);
		first += BIO_MAX_VECS;
		pos += part;
		len -= part;
	}
	put_pending(io);
}

static void submit_rw(struct block_device *bdev, struct ktgt_io *io)
{
	u32 nr = DIV_ROUND_UP((u32)io->len, PAGE_SIZE);
	struct bio *bio = &io->bio;

	if (unlikely(nr > BIO_MAX_VECS)) {
		submit_parts(bdev, io);
		return;
	}
	bio_init(bio, bdev, io->bvec, nr, opf_of(io, bdev));
	feed_bio(bio, io, 0, nr, io->pos, io->len);
	bio->bi_end_io = block_end_io;
	submit_bio(bio);
}

static void submit_flush(struct block_device *bdev, struct ktgt_io *io)
{
	struct bio *bio = &io->bio;

	bio_init(bio, bdev, NULL, 0, REQ_OP_WRITE | REQ_SYNC | REQ_PREFLUSH);
	bio->bi_private = io;
	bio->bi_end_io = block_end_io;
	submit_bio(bio);
}

/* A page that holds nothing but the one block of the transfer. */
static struct page *make_pattern(const struct ktgt_io *io)
{
	struct page *page;
	u8 *from, *to;
	u32 pos;

	page = alloc_page(GFP_NOIO);
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

static void long_work(struct work_struct *work)
{
	struct ktgt_io *io = container_of(work, struct ktgt_io, work);
	int err = run_long(to_bdev(io->store), io);

	ktgt_io_end(io, errno_to_blk_status(err));
}

static void block_submit(struct ktgt_store *store, struct ktgt_io *io)
{
	switch (io->op) {
	case KTGT_IO_READ:
	case KTGT_IO_WRITE:
		submit_rw(to_bdev(store), io);
		break;
	case KTGT_IO_FLUSH:
		submit_flush(to_bdev(store), io);
		break;
	default:
		INIT_WORK(&io->work, long_work);
		ktgt_store_queue(io);
	}
}

const struct ktgt_backend_ops ktgt_backend_block_ops = {
	.name		= "block",
	.open		= block_open,
	.close		= block_close,
	.caps		= block_caps,
	.submit		= block_submit,
};

/**
 * ktgt_block_init - make what all block backends share
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_block_init(void)
{
	return bioset_init(&block_bios, BIO_POOL_SIZE, 0, BIOSET_PERCPU_CACHE);
}

/**
 * ktgt_block_exit - undo ktgt_block_init()
 *
 * Context: module unload, all backends are closed.
 */
void ktgt_block_exit(void)
{
	bioset_exit(&block_bios);
}
