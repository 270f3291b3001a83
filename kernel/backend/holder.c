// SPDX-License-Identifier: GPL-2.0
/*
 * What the block layer tells the holder of a device: it is going, or somebody wants
 * to make a snapshot of it. The logical units are found by the number of the device.
 *
 * Only the lock of the holder keeps a device open, and who is told something gives
 * it up at once. So the module can be unloaded while a call is under way, which is
 * why calls are counted.
 */
#include "holder.h"

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/rcupdate.h>
#include <linux/wait.h>

static const struct ktgt_holder_calls *holder_calls;
static atomic_t nr_calls = ATOMIC_INIT(0);
static bool was_called;
static DECLARE_WAIT_QUEUE_HEAD(no_call);

/* Return: the number of the device, which may be closed from now on. */
static dev_t begin_call(struct block_device *bdev)
{
	dev_t dev = bdev->bd_dev;

	WRITE_ONCE(was_called, true);
	atomic_inc(&nr_calls);
	ktgt_bdev_unlock_holder(bdev);
	return dev;
}

static void end_call(void)
{
	if (atomic_dec_and_test(&nr_calls))
		wake_up_all(&no_call);
}

/* What others have written to the page cache is theirs, so it is written back. */
static void holder_mark_dead(struct block_device *bdev, bool surprise)
{
	dev_t dev = begin_call(bdev);

	if (!surprise)
		sync_blockdev(bdev);
	holder_calls->changed(dev);
	end_call();
}

static int holder_freeze(struct block_device *bdev)
{
	dev_t dev = begin_call(bdev);
	int err = holder_calls->freeze(dev);

	if (!err) {
		err = sync_blockdev(bdev) ?: blkdev_issue_flush(bdev);
		if (err)
			holder_calls->thaw(dev);
	}
	end_call();
	return err;
}

static int holder_thaw(struct block_device *bdev)
{
	holder_calls->thaw(begin_call(bdev));
	end_call();
	return 0;
}

const struct blk_holder_ops ktgt_holder_ops = {
	.mark_dead	= holder_mark_dead,
	.freeze		= holder_freeze,
	.thaw		= holder_thaw,
};

/**
 * ktgt_holder_init - say who knows the logical units
 * @calls: what is called, until ktgt_holder_exit()
 *
 * Context: module load; no device is open.
 */
void ktgt_holder_init(const struct ktgt_holder_calls *calls)
{
	holder_calls = calls;
}

/**
 * ktgt_holder_exit - wait until no call is under way
 *
 * Context: module unload, all devices are closed; sleeps.
 */
void ktgt_holder_exit(void)
{
	wait_event(no_call, !atomic_read(&nr_calls));
	/* those who have counted down may not have returned yet */
	if (was_called)
		synchronize_rcu_tasks();
}
