/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_LINUX_BLKDEV_H
#define _KTGT_COMPAT_LINUX_BLKDEV_H

#include_next <linux/blkdev.h>

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
/* Since 7.0 the question is put the other way round. */
static inline bool ktgt_compat_bdev_rot(struct block_device *bdev)
{
	return !bdev_nonrot(bdev);
}

#define bdev_rot ktgt_compat_bdev_rot
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define BLK_STS_RESV_CONFLICT	BLK_STS_NEXUS

/* Nobody calls them. */
struct blk_holder_ops {
	void	(*mark_dead)(struct block_device *bdev, bool surprise);
	int	(*freeze)(struct block_device *bdev);
	int	(*thaw)(struct block_device *bdev);
};

static inline void ktgt_bdev_unlock_holder(struct block_device *bdev)
{
}
#else
/* Whoever is called as a holder gives up the lock. */
static inline void ktgt_bdev_unlock_holder(struct block_device *bdev)
	__releases(&bdev->bd_holder_lock)
{
	mutex_unlock(&bdev->bd_holder_lock);
}
#endif

#ifndef REQ_ATOMIC
/* No device has atomic writes. */
#define REQ_ATOMIC	((__force blk_opf_t)0)

static inline bool bdev_can_atomic_write(struct block_device *bdev)
{
	return false;
}

static inline unsigned int
queue_atomic_write_unit_min_bytes(const struct request_queue *q)
{
	return 0;
}

static inline unsigned int
queue_atomic_write_unit_max_bytes(const struct request_queue *q)
{
	return 0;
}

static inline unsigned int
queue_atomic_write_boundary_bytes(const struct request_queue *q)
{
	return 0;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
#include <linux/err.h>
#include <linux/slab.h>

/*
 * Since 6.9 an open block device is a file. Before, to close it one has to
 * know how it was opened; what poses as the file here remembers that.
 */
#define BLK_OPEN_READ	FMODE_READ
#define BLK_OPEN_WRITE	FMODE_WRITE

#define blk_mode_t fmode_t

struct ktgt_compat_bdev {
	struct block_device	*bdev;
	fmode_t			mode;
};

static inline struct file *
ktgt_compat_bdev_open(dev_t dev, fmode_t mode, void *holder)
{
	struct ktgt_compat_bdev *open;
	struct block_device *bdev;

	open = kzalloc_obj(*open, GFP_KERNEL);
	if (!open)
		return ERR_PTR(-ENOMEM);
	if (holder)
		mode |= FMODE_EXCL;
	bdev = blkdev_get_by_dev(dev, mode, holder);
	if (IS_ERR(bdev)) {
		kfree(open);
		return ERR_CAST(bdev);
	}
	open->bdev = bdev;
	open->mode = mode;
	return (struct file *)open;
}

#define bdev_file_open_by_dev(dev, mode, holder, hops) \
	((void)(hops), ktgt_compat_bdev_open(dev, mode, holder))

static inline struct block_device *file_bdev(struct file *file)
{
	return ((struct ktgt_compat_bdev *)file)->bdev;
}

static inline void bdev_fput(struct file *file)
{
	struct ktgt_compat_bdev *open = (struct ktgt_compat_bdev *)file;

	blkdev_put(open->bdev, open->mode);
	kfree(open);
}

static inline struct inode *ktgt_bdev_file_inode(struct file *file)
{
	return file_bdev(file)->bd_inode;
}
#else
/* The inode of the device, not that of the path by which it was opened. */
static inline struct inode *ktgt_bdev_file_inode(struct file *file)
{
	return file->f_mapping->host;
}
#endif

#endif /* _KTGT_COMPAT_LINUX_BLKDEV_H */
