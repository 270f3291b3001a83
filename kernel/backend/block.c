// SPDX-License-Identifier: GPL-2.0
/*
 * A block device, opened exclusively. The pages that a command came with are
 * what its bio carries.
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

#include "../core/cmd.h"
#include "../core/refuse.h"
#include "backend.h"

/*
 * The longest transfer. A connection that is allowed 64 MiB can have a dozen
 * of these in flight, and no device is faster with longer ones.
 */
#define BLOCK_MAX_TRANSFER	SZ_4M

/* one bio of the pattern that WRITE SAME repeats, in pages */
#define PATTERN_VECS		BIO_MAX_VECS

/* bios of a command beyond its first */
static struct bio_set block_bios;

/**
 * struct block_backend - the backend
 * @be: common part
 * @file: the open device
 * @bdev: the device
 */
struct block_backend {
	struct ktgt_backend	be;
	struct file		*file;
	struct block_device	*bdev;
};

static struct block_device *to_bdev(struct ktgt_backend *be)
{
	return container_of(be, struct block_backend, be)->bdev;
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

static void refuse_open(const struct ktgt_backend_params *params, int err,
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
static struct file *open_file(const struct ktgt_backend_params *params,
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
	file = bdev_file_open_by_path(params->path, mode, params->holder, NULL);
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

static struct ktgt_backend *block_open(const struct ktgt_backend_params *params,
				       struct netlink_ext_ack *extack)
{
	struct block_backend *block;
	struct file *file;

	block = kzalloc_obj(*block, GFP_KERNEL);
	if (!block)
		return ERR_PTR(-ENOMEM);
	file = open_file(params, extack);
	if (IS_ERR(file)) {
		kfree(block);
		return ERR_CAST(file);
	}
	block->be.ops = &ktgt_backend_block_ops;
	block->file = file;
	block->bdev = file_bdev(file);
	block->be.dev = block->bdev->bd_dev;
	return &block->be;
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

static void block_close(struct ktgt_backend *be)
{
	struct block_backend *block = container_of(be, struct block_backend,
						   be);

	/* The claim ends here, although the last put may only be queued. */
	bdev_fput(block->file);
	kfree(block);
}

static u64 device_size(struct block_device *bdev)
{
	if (test_bit(GD_DEAD, &bdev->bd_disk->state))
		return 0;
	return bdev_nr_bytes(bdev);
}

static void block_caps(struct ktgt_backend *be, struct ktgt_backend_caps *caps)
{
	struct block_device *bdev = to_bdev(be);
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

static blk_opf_t opf_of(const struct ktgt_cmd *cmd, struct block_device *bdev)
{
	blk_opf_t opf;

	if (cmd->dir == DMA_FROM_DEVICE)
		return REQ_OP_READ;
	/* somebody waits: writeback throttling is not meant for us */
	opf = REQ_OP_WRITE | REQ_SYNC | REQ_IDLE;
	if (test_bit(KTGT_CMDF_FUA, &cmd->flags) && bdev_write_cache(bdev))
		opf |= REQ_FUA;
	return opf;
}

/*
 * The last segment says what the fabric may use of its page. The transfer of
 * a whole block may have needed more for a while.
 */
static void set_last_len(struct ktgt_cmd *cmd, u32 len)
{
	u32 last = (len - 1) >> PAGE_SHIFT;

	cmd->bvec[last].bv_len = len - (last << PAGE_SHIFT);
}

static void block_done(struct ktgt_cmd *cmd, blk_status_t status)
{
	if (unlikely(cmd->buf_len & (SZ_4K - 1)))
		set_last_len(cmd, cmd->buf_len);
	ktgt_backend_complete(cmd, status);
}

static void block_end_io(struct bio *bio)
{
	struct ktgt_cmd *cmd = bio->bi_private;
	blk_status_t status = bio->bi_status;

	bio_uninit(bio);
	block_done(cmd, status);
}

/* The bio carries @nr segments of the command, from @first on. */
static void feed_bio(struct bio *bio, struct ktgt_cmd *cmd, u32 first, u32 nr,
		     u64 pos, u32 len)
{
	bio->bi_io_vec = cmd->bvec + first;
	bio->bi_vcnt = nr;
	bio->bi_iter.bi_sector = pos >> SECTOR_SHIFT;
	bio->bi_iter.bi_size = len;
	bio->bi_private = cmd;
}

static void put_pending(struct ktgt_cmd *cmd)
{
	if (atomic_dec_and_test(&cmd->pending))
		block_done(cmd, cmd->error);
}

static void block_end_part(struct bio *bio)
{
	struct ktgt_cmd *cmd = bio->bi_private;

	/* whichever error is kept, none is lost */
	if (unlikely(bio->bi_status))
		WRITE_ONCE(cmd->error, bio->bi_status);
	bio_put(bio);
	put_pending(cmd);
}

/* More segments than a bio takes: several bios, the last one completes. */
static void submit_parts(struct block_device *bdev, struct ktgt_cmd *cmd,
			 u64 pos, u32 len)
{
	const u32 max = BIO_MAX_VECS << PAGE_SHIFT;
	blk_opf_t opf = opf_of(cmd, bdev);
	struct bio *bio;
	u32 first = 0;
	u32 part;

	atomic_set(&cmd->pending, 1);
	while (len) {
		part = min(len, max);
		bio = bio_alloc_bioset(bdev, 0, opf, GFP_NOIO, &block_bios);
		feed_bio(bio, cmd, first, DIV_ROUND_UP(part, PAGE_SIZE), pos,
			 part);
		bio->bi_end_io = block_end_part;
		atomic_inc(&cmd->pending);
		submit_bio(bio);
		first += BIO_MAX_VECS;
		pos += part;
		len -= part;
	}
	put_pending(cmd);
}

static void block_submit(struct ktgt_backend *be, struct ktgt_cmd *cmd,
			 u64 pos, u32 len)
{
	struct block_device *bdev = to_bdev(be);
	u32 nr = DIV_ROUND_UP(len, PAGE_SIZE);
	struct bio *bio = &cmd->bio;

	if (unlikely(cmd->buf_len & (SZ_4K - 1)))
		set_last_len(cmd, len);
	if (unlikely(nr > BIO_MAX_VECS)) {
		submit_parts(bdev, cmd, pos, len);
		return;
	}
	bio_init(bio, bdev, cmd->bvec, nr, opf_of(cmd, bdev));
	feed_bio(bio, cmd, 0, nr, pos, len);
	bio->bi_end_io = block_end_io;
	submit_bio(bio);
}

static void block_flush(struct ktgt_backend *be, struct ktgt_cmd *cmd)
{
	struct bio *bio = &cmd->bio;

	bio_init(bio, to_bdev(be), NULL, 0,
		 REQ_OP_WRITE | REQ_SYNC | REQ_PREFLUSH);
	bio->bi_private = cmd;
	bio->bi_end_io = block_end_io;
	submit_bio(bio);
}

static int block_unmap(struct ktgt_backend *be, u64 pos, u64 len)
{
	return blkdev_issue_discard(to_bdev(be), pos >> SECTOR_SHIFT,
				    len >> SECTOR_SHIFT, GFP_NOIO);
}

static int block_write_zeroes(struct ktgt_backend *be, u64 pos, u64 len,
			      bool unmap_ok)
{
	return blkdev_issue_zeroout(to_bdev(be), pos >> SECTOR_SHIFT,
				    len >> SECTOR_SHIFT, GFP_NOIO,
				    unmap_ok ? 0 : BLKDEV_ZERO_NOUNMAP);
}

/* A page that holds nothing but the one block of the command. */
static struct page *make_pattern(const struct ktgt_cmd *cmd)
{
	u32 size = cmd->buf_len;
	struct page *page;
	u8 *from, *to;
	u32 pos;

	page = alloc_page(GFP_NOIO);
	if (!page)
		return NULL;
	from = kmap_local_page(cmd->bvec[0].bv_page);
	to = kmap_local_page(page);
	for (pos = 0; pos + size <= PAGE_SIZE; pos += size)
		memcpy(to + pos, from, size);
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

static int block_write_same(struct ktgt_backend *be, struct ktgt_cmd *cmd,
			    u64 pos, u64 len)
{
	struct page *page = make_pattern(cmd);
	int err = 0;
	u32 part;

	if (!page)
		return -ENOMEM;
	while (len && !err && !test_bit(KTGT_CMDF_ABORTED, &cmd->flags)) {
		part = min_t(u64, len, PATTERN_VECS << PAGE_SHIFT);
		err = write_pattern(to_bdev(be), page, pos, part);
		pos += part;
		len -= part;
	}
	__free_page(page);
	return err;
}

const struct ktgt_backend_ops ktgt_backend_block_ops = {
	.name		= "block",
	.open		= block_open,
	.close		= block_close,
	.caps		= block_caps,
	.submit		= block_submit,
	.flush		= block_flush,
	.unmap		= block_unmap,
	.write_zeroes	= block_write_zeroes,
	.write_same	= block_write_same,
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
