// SPDX-License-Identifier: GPL-2.0
/*
 * A backend without storage, to measure all but storage: writes vanish, reads
 * are zeroes. All is done when it is asked for.
 */
#include "null.h"

#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "../core/cmd.h"
#include "../core/refuse.h"
#include "backend.h"

#define NULL_BLOCK		512
#define NULL_MAX_TRANSFER	SZ_4M

/**
 * struct null_backend - the backend
 * @be: common part
 * @size: bytes
 * @read_only: it was opened for reading
 */
struct null_backend {
	struct ktgt_backend	be;
	u64			size;
	bool			read_only;
};

static struct null_backend *to_null(struct ktgt_backend *be)
{
	return container_of(be, struct null_backend, be);
}

static struct ktgt_backend *null_open(const struct ktgt_backend_params *params,
				      struct netlink_ext_ack *extack)
{
	struct null_backend *null;

	/* positions are loff_t everywhere else */
	if (!params->size || params->size > S64_MAX) {
		ktgt_refuse(extack,
			    "LUN %u: invalid size %llu; it must be 1 to %lld bytes",
			    params->lun, params->size, S64_MAX);
		return ERR_PTR(-EINVAL);
	}
	null = kzalloc_obj(*null, GFP_KERNEL);
	if (!null)
		return ERR_PTR(-ENOMEM);
	null->be.ops = &ktgt_backend_null_ops;
	null->size = params->size;
	null->read_only = params->read_only;
	return &null->be;
}

static void null_close(struct ktgt_backend *be)
{
	kfree(to_null(be));
}

static void null_caps(struct ktgt_backend *be, struct ktgt_backend_caps *caps)
{
	*caps = (struct ktgt_backend_caps) {
		.size = to_null(be)->size,
		.logical_block = NULL_BLOCK,
		.physical_block = SZ_4K,
		.max_transfer = NULL_MAX_TRANSFER,
		.max_discard = S64_MAX,
		.discard_granularity = NULL_BLOCK,
		.discard_zeroes = true,
		.max_write_zeroes = S64_MAX,
		.read_only = to_null(be)->read_only,
	};
}

static void null_submit(struct ktgt_backend *be, struct ktgt_cmd *cmd, u64 pos,
			u32 len)
{
	struct bio_vec *bvec = cmd->bvec;
	u32 part;

	if (cmd->dir == DMA_FROM_DEVICE) {
		for (; len; bvec++, len -= part) {
			part = min_t(u32, len, PAGE_SIZE);
			memzero_page(bvec->bv_page, 0, part);
		}
	}
	ktgt_backend_complete(cmd, BLK_STS_OK);
}

static void null_flush(struct ktgt_backend *be, struct ktgt_cmd *cmd)
{
	ktgt_backend_complete(cmd, BLK_STS_OK);
}

static int null_unmap(struct ktgt_backend *be, u64 pos, u64 len)
{
	return 0;
}

static int null_write_zeroes(struct ktgt_backend *be, u64 pos, u64 len,
			     bool unmap_ok)
{
	return 0;
}

static int null_write_same(struct ktgt_backend *be, struct ktgt_cmd *cmd,
			   u64 pos, u64 len)
{
	return 0;
}

const struct ktgt_backend_ops ktgt_backend_null_ops = {
	.name		= "null",
	.open		= null_open,
	.close		= null_close,
	.caps		= null_caps,
	.submit		= null_submit,
	.flush		= null_flush,
	.unmap		= null_unmap,
	.write_zeroes	= null_write_zeroes,
	.write_same	= null_write_same,
};
