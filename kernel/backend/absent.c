// SPDX-License-Identifier: GPL-2.0
/*
 * What stands in for a device that is not there: it has no blocks, so that the
 * logical unit is not ready until the device is attached.
 */
#include "absent.h"

#include <linux/err.h>
#include <linux/slab.h>

#include "../core/io.h"
#include "store.h"

#define ABSENT_BLOCK		512

static struct ktgt_store *absent_open(const struct ktgt_store_params *params,
				      struct netlink_ext_ack *extack)
{
	struct ktgt_store *store = kzalloc_obj(*store, GFP_KERNEL);

	return store ?: ERR_PTR(-ENOMEM);
}

static void absent_close(struct ktgt_store *store)
{
}

static void absent_caps(struct ktgt_store *store,
			struct ktgt_backend_caps *caps)
{
	*caps = (struct ktgt_backend_caps) {
		.logical_block = ABSENT_BLOCK,
		.physical_block = ABSENT_BLOCK,
		.max_transfer = KTGT_TRANSFER_MAX,
	};
}

/* Without blocks nothing gets here, but what does is not taken for done. */
static void absent_submit(struct ktgt_store *store, struct ktgt_io *io)
{
	ktgt_io_end(io, BLK_STS_OFFLINE);
}

const struct ktgt_backend_ops ktgt_backend_absent_ops = {
	.name		= "absent",
	.open		= absent_open,
	.close		= absent_close,
	.caps		= absent_caps,
	.submit		= absent_submit,
};
