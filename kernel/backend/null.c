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

#include "../core/io.h"
#include "../core/refuse.h"
#include "store.h"

#define NULL_BLOCK		512

/**
 * struct null_store - the store
 * @store: common part
 * @size: bytes
 * @read_only: it was opened for reading
 */
struct null_store {
	struct ktgt_store	store;
	u64			size;
	bool			read_only;
};

static struct null_store *to_null(struct ktgt_store *store)
{
	return container_of(store, struct null_store, store);
}

static struct ktgt_store *null_open(const struct ktgt_store_params *params,
				    struct netlink_ext_ack *extack)
{
	struct null_store *null;

	static_assert(!offsetof(struct null_store, store));

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
	null->size = params->size;
	null->read_only = params->read_only;
	return &null->store;
}

static void null_close(struct ktgt_store *store)
{
}

static void null_caps(struct ktgt_store *store, struct ktgt_backend_caps *caps)
{
	*caps = (struct ktgt_backend_caps) {
		.size = to_null(store)->size,
		.logical_block = NULL_BLOCK,
		.physical_block = SZ_4K,
		.max_transfer = KTGT_TRANSFER_MAX,
		.max_discard = S64_MAX,
		.discard_granularity = NULL_BLOCK,
		.discard_zeroes = true,
		.max_write_zeroes = S64_MAX,
		.read_only = to_null(store)->read_only,
	};
}

static void null_submit(struct ktgt_store *store, struct ktgt_io *io)
{
	struct bio_vec *bvec = io->bvec;
	u64 len = io->len;
	u32 part;

	if (io->op == KTGT_IO_READ) {
		for (; len; bvec++, len -= part) {
			part = min_t(u64, len, PAGE_SIZE);
			memzero_page(bvec->bv_page, 0, part);
		}
	}
	ktgt_io_end(io, BLK_STS_OK);
}

const struct ktgt_backend_ops ktgt_backend_null_ops = {
	.name		= "null",
	.open		= null_open,
	.close		= null_close,
	.caps		= null_caps,
	.submit		= null_submit,
};
