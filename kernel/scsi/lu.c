// SPDX-License-Identifier: GPL-2.0
/*
 * What a logical unit counts. How it comes and goes is in lu_life.c.
 */
#include "lu.h"

#include "../core/target.h"

static void io_stats_add(struct ktgt_io_stats *sum,
			 const struct ktgt_io_stats *one)
{
	sum->begun += READ_ONCE(one->begun);
	sum->begun_bytes += READ_ONCE(one->begun_bytes);
	sum->completed += READ_ONCE(one->completed);
	sum->bytes += READ_ONCE(one->bytes);
}

/**
 * ktgt_lu_stats_add - add up totals
 * @sum: what they are added to
 * @one: totals, which may change meanwhile
 *
 * Context: any.
 */
void ktgt_lu_stats_add(struct ktgt_lu_stats *sum,
		       const struct ktgt_lu_stats *one)
{
	io_stats_add(&sum->read, &one->read);
	io_stats_add(&sum->write, &one->write);
	sum->errors += READ_ONCE(one->errors);
}

/**
 * ktgt_lu_stats_sum - totals of all initiators, also those that have gone
 * @lu: logical unit
 * @sum: where to put them
 *
 * Context: any; takes &ktgt_target.nexus_lock.
 */
void ktgt_lu_stats_sum(struct ktgt_lu *lu, struct ktgt_lu_stats *sum)
{
	const struct ktgt_itl *itl;

	spin_lock_bh(&lu->target->nexus_lock);
	*sum = lu->gone_stats;
	list_for_each_entry(itl, &lu->itls, node)
		ktgt_lu_stats_add(sum, &itl->stats);
	spin_unlock_bh(&lu->target->nexus_lock);
}
