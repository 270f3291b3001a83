// SPDX-License-Identifier: GPL-2.0
/*
 * What stands in for a device that is not there: it has no blocks, so that the
 * logical unit is not ready until the device is attached.
 */
#include "absent.h"

#include <linux/errno.h>
#include <linux/sizes.h>

#include "../core/cmd.h"
#include "backend.h"

#define ABSENT_BLOCK		512
#define ABSENT_MAX_TRANSFER	SZ_4M

static void absent_close(struct ktgt_backend *be)
{
}

static void absent_caps(struct ktgt_backend *be, struct ktgt_backend_caps *caps)
{
	*caps = (struct ktgt_backend_caps) {
		.logical_block = ABSENT_BLOCK,
		.physical_block = ABSENT_BLOCK,
		.max_transfer = ABSENT_MAX_TRANSFER,
	};
}

/* Without blocks nothing gets here, but what does is not taken for done. */

static void absent_submit(struct ktgt_backend *be, struct ktgt_cmd *cmd,
			  u64 pos, u32 len)
{
	ktgt_backend_complete(cmd, BLK_STS_OFFLINE);
}

static void absent_flush(struct ktgt_backend *be, struct ktgt_cmd *cmd)
{
	ktgt_backend_complete(cmd, BLK_STS_OFFLINE);
}

static int absent_unmap(struct ktgt_backend *be, u64 pos, u64 len)
{
	return -ENODEV;
}

static int absent_write_zeroes(struct ktgt_backend *be, u64 pos, u64 len,
			       bool unmap_ok)
{
	return -ENODEV;
}

static int absent_write_same(struct ktgt_backend *be, struct ktgt_cmd *cmd,
			     u64 pos, u64 len)
{
	return -ENODEV;
}

static const struct ktgt_backend_ops absent_ops = {
	.name		= "absent",
	.close		= absent_close,
	.caps		= absent_caps,
	.submit		= absent_submit,
	.flush		= absent_flush,
	.unmap		= absent_unmap,
	.write_zeroes	= absent_write_zeroes,
	.write_same	= absent_write_same,
};

/* one for all, as it has nothing of its own; never opened, never freed */
struct ktgt_backend ktgt_backend_absent = { .ops = &absent_ops };
