// SPDX-License-Identifier: GPL-2.0
/*
 * What a logical unit counts and can do. How it comes and goes is in lu_life.c.
 */
#include "lu.h"

#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <scsi/scsi_proto.h>

#include <linux/ktgt.h>

#include "../backend/state.h"
#include "../backend/store.h"
#include "../core/target.h"
#include "histogram.h"
#include "range.h"
#include "sense.h"

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

/**
 * ktgt_lu_no_medium - why a disk that has no blocks is not ready
 * @lu: the disk
 * @sense: sense data to make anew
 *
 * A device that was not there yet is a drive without a medium, as one is whose medium
 * was ejected; it has no tray that could be open or closed. One that is gone
 * is a fault, for which initiators try another path; or, if the user says so, the
 * end of the disk.
 *
 * Context: any.
 */
void ktgt_lu_no_medium(const struct ktgt_lu *lu, struct ktgt_sense *sense)
{
	if (ktgt_lu_is_absent(lu) || ktgt_lu_is_ejected(lu))
		ktgt_sense_set(sense, NOT_READY, KTGT_ASC_MEDIUM_NOT_PRESENT);
	else if (READ_ONCE(lu->params.gone) == KTGT_GONE_PDL)
		ktgt_sense_set(sense, HARDWARE_ERROR,
			       KTGT_ASC_LOGICAL_UNIT_FAILURE);
	else
		ktgt_sense_set(sense, NOT_READY,
			       KTGT_ASC_COMMUNICATION_FAILURE);
}

/* NULL stays NULL. */
static int own_text(const char **text)
{
	bool is_given = *text;

	*text = kstrdup(*text, GFP_KERNEL);
	return is_given && !*text ? -ENOMEM : 0;
}

/**
 * ktgt_lu_params_own - make texts that belong to somebody else one's own
 * @params: params; ktgt_lu_params_free() has to be called if it succeeds. They get
 *	a reference of the device and of the state file
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM; then there are no texts, no device and no state file.
 */
int ktgt_lu_params_own(struct ktgt_lu_params *params)
{
	int err;

	if (params->device)
		ihold(params->device);
	if (params->state)
		ktgt_state_get(params->state);
	err = own_text(&params->path);
	err = own_text(&params->medium) ?: err;
	err = own_text(&params->medium_found) ?: err;
	if (err)
		ktgt_lu_params_free(params);
	return err;
}

/**
 * ktgt_lu_params_free - free texts that are one's own, and let go of the device and of
 *	the state file
 * @params: params; have none of them afterwards
 *
 * Context: may sleep.
 */
void ktgt_lu_params_free(struct ktgt_lu_params *params)
{
	kfree(params->path);
	kfree(params->medium);
	kfree(params->medium_found);
	iput(params->device);
	ktgt_state_put(params->state);
	params->device = NULL;
	params->state = NULL;
	params->path = NULL;
	params->medium = NULL;
	params->medium_found = NULL;
}

static void lu_free(struct kref *kref)
{
	struct ktgt_lu *lu = container_of(kref, struct ktgt_lu, kref);

	ktgt_store_put(rcu_access_pointer(lu->store));
	ktgt_histograms_free(lu->histograms);
	ktgt_range_table_free(lu->ranges);
	kfree(lu->told);
	kfree(lu->save);
	ktgt_state_put(lu->state);
	kfree(lu->params.path);
	kfree(rcu_access_pointer(lu->identity));
	kfree_rcu(lu, rcu);
}

/**
 * ktgt_lu_put - drop a reference of the memory
 * @lu: logical unit
 *
 * Context: any.
 */
void ktgt_lu_put(struct ktgt_lu *lu)
{
	kref_put(&lu->kref, lu_free);
}

/**
 * ktgt_lu_caps - what the store of a logical unit can do now
 * @lu: logical unit, referenced or published
 * @caps: takes it, all zero for a controller, and when the store is being closed
 *
 * Context: any.
 * Return: false for a controller.
 */
bool ktgt_lu_caps(const struct ktgt_lu *lu, struct ktgt_backend_caps *caps)
{
	struct ktgt_store *store;

	rcu_read_lock();
	store = rcu_dereference(lu->store);
	if (store)
		ktgt_store_caps(store, caps);
	else
		memset(caps, 0, sizeof(*caps));
	rcu_read_unlock();
	return store;
}

/**
 * ktgt_lu_orphans - how many orphans the store of a logical unit has
 * @lu: logical unit, referenced or published
 *
 * A store that it had before does not count.
 *
 * Context: any.
 * Return: the number at this moment, 0 without a store.
 */
u32 ktgt_lu_orphans(const struct ktgt_lu *lu)
{
	const struct ktgt_store *store;
	u32 count;

	rcu_read_lock();
	store = rcu_dereference(lu->store);
	count = store ? READ_ONCE(store->nr_orphans) : 0;
	rcu_read_unlock();
	return count;
}
