// SPDX-License-Identifier: GPL-2.0
/*
 * The write cache of a logical unit, as initiators see it (WCE of the Caching
 * mode page, SBC-4, 6.5.6), and what makes that true.
 *
 * WCE is what the user has chosen, else what an initiator has chosen with MODE
 * SELECT, else what the device has.
 *
 * An initiator that sees no cache flushes nothing, so nothing may be left in one
 * by then. Who turns the cache off has each write be FUA from then on. When
 * the writes before have ended, a worker of the store flushes what they have
 * left; only then do initiators see that there is no cache. A swap begins this
 * anew with the new store. Until it has succeeded, WCE stays 1, which is safe.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "cache.h"

#include <linux/blk_types.h>
#include <linux/completion.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "../backend/store.h"
#include "../backend/worker.h"
#include "../core/io.h"
#include "../core/target.h"
#include "gate.h"
#include "lu.h"
#include "ua.h"

/**
 * struct ktgt_cache_off - an attempt to turn a write cache off
 *
 * It belongs to the waits and workers of its store. One that is not
 * &ktgt_lu.cache_off any more changes nothing.
 *
 * @lu: the logical unit; its memory is referenced
 * @target: its target, which the logical unit leaves when it is removed;
 *	referenced
 * @store: the store that is flushed, which is held
 * @wait: for the end of the commands that were admitted before
 * @job: flushes
 * @io: the flush
 * @flushed: that it has ended
 */
struct ktgt_cache_off {
	struct ktgt_lu		*lu;
	struct ktgt_target	*target;
	struct ktgt_store	*store;
	struct ktgt_store_wait	wait;
	struct ktgt_io_job	job;
	struct ktgt_io		io;
	struct completion	flushed;
};

/* those who wait until a cache is off, or cannot be */
static DECLARE_WAIT_QUEUE_HEAD(off_ended);

/* What is to be: 0 or 1, or -1 as the device has it. */
static int wanted(const struct ktgt_lu *lu)
{
	int user = READ_ONCE(lu->params.write_cache);

	return user < 0 ? READ_ONCE(lu->cache_mode) : user;
}

/**
 * ktgt_cache_follow - have initiators see the cache as it is
 * @lu: disk; &ktgt_lu.lock is held
 * @device: its device has a volatile write cache
 * @by: I_T nexus that has asked for the change, and is not told; or NULL. It is
 *	only compared
 *
 * Initiators can read WCE, and are told to, before any write may stay in a cache
 * that they do not know of; until then writes are FUA. They are as well while no
 * cache is wanted, and WCE is still 1.
 *
 * Context: process; takes &ktgt_target.nexus_lock if there is a change.
 */
void ktgt_cache_follow(struct ktgt_lu *lu, bool device,
		       const struct ktgt_nexus *by)
{
	bool cache = lu->cache_choice < 0 ? device : lu->cache_choice;
	bool back = cache && wanted(lu);

	if (!back)
		WRITE_ONCE(lu->write_back, false);
	if (cache != lu->write_cache) {
		WRITE_ONCE(lu->write_cache, cache);
		/* who has the unit attention reads the new one */
		smp_mb();
		ktgt_ua_raise(lu, KTGT_UA_MODE, by);
	}
	if (!back)
		return;
	/* pairs with must_be_stable() */
	smp_store_release(&lu->write_back, true);
}

/**
 * ktgt_cache_choose - take over what has been chosen
 * @lu: disk; &ktgt_lu.lock is held
 *
 * A cache that is in use stays so until it has been flushed, see
 * ktgt_cache_turn(); that of an absent device is not.
 *
 * Context: any; ktgt_cache_follow() has to come next.
 */
void ktgt_cache_choose(struct ktgt_lu *lu)
{
	int choice = wanted(lu);

	if (choice || !lu->write_cache || lu->absent)
		lu->cache_choice = choice;
}

/**
 * ktgt_cache_prepare - have writes be FUA if no cache is wanted
 * @lu: disk that is about to get another store, which so has no write in its
 *	cache that ktgt_cache_turn() would have to wait for
 *
 * Context: process.
 */
void ktgt_cache_prepare(struct ktgt_lu *lu)
{
	spin_lock(&lu->lock);
	if (!wanted(lu))
		WRITE_ONCE(lu->write_back, false);
	spin_unlock(&lu->lock);
}

/* With &ktgt_gate.mutex. No attempt is under way afterwards. */
static void settle(struct ktgt_lu *lu, enum ktgt_cache_state state)
{
	lu->cache_off = NULL;
	if (lu->gate.reasons & BIT(KTGT_GATE_CACHE))
		ktgt_gate_open_locked(lu, KTGT_GATE_CACHE);
	WRITE_ONCE(lu->cache_state, state);
	wake_up_all(&off_ended);
	if (state != KTGT_CACHE_GOES_OFF)
		ktgt_gate_unpark(lu);
}

/* With &ktgt_gate.mutex: neither given up nor overtaken by a swap. */
static bool is_current(const struct ktgt_cache_off *off)
{
	return off->lu->cache_off == off &&
	       rcu_access_pointer(off->lu->store) == off->store;
}

/* The caller must not touch it any more. */
static void off_free(struct ktgt_cache_off *off)
{
	ktgt_lu_put(off->lu);
	ktgt_target_put(off->target);
	ktgt_store_unhold(off->store);
	kfree(off);
}

static void off_tell(struct ktgt_lu *lu)
{
	spin_lock(&lu->lock);
	lu->cache_choice = 0;
	ktgt_cache_follow(lu, false, lu->cache_by);
	lu->cache_by = NULL;
	spin_unlock(&lu->lock);
}

static void off_end(struct ktgt_cache_off *off)
{
	struct ktgt_lu *lu = off->lu;

	mutex_lock(&lu->gate.mutex);
	if (!is_current(off)) {
		mutex_unlock(&lu->gate.mutex);
		return;
	}
	if (off->io.status == BLK_STS_OK)
		off_tell(lu);
	else
		pr_warn_ratelimited("target %u: LUN %u: its device has failed to flush its cache; initiators still see a write cache\n",
				    off->target->tid, lu->lun);
	settle(lu, off->io.status ? KTGT_CACHE_FAILED : KTGT_CACHE_SETTLED);
	mutex_unlock(&lu->gate.mutex);
}

/* A worker of the stores, which may sleep until the storage has answered. */
static void off_flush(struct ktgt_io_job *job)
{
	struct ktgt_cache_off *off = container_of(job, struct ktgt_cache_off,
						  job);

	ktgt_store_submit(off->store, &off->io);
	wait_for_completion(&off->flushed);
	off_end(off);
	off_free(off);
}

static void off_flushed(struct ktgt_io *io)
{
	complete_all(&container_of(io, struct ktgt_cache_off, io)->flushed);
}

/* All writes that could have left something have ended; those of now are FUA. */
static void off_is_empty(struct ktgt_store_wait *wait)
{
	struct ktgt_cache_off *off = container_of(wait, struct ktgt_cache_off,
						  wait);
	struct ktgt_lu *lu = off->lu;
	bool current_one;

	mutex_lock(&lu->gate.mutex);
	current_one = is_current(off);
	if (current_one)
		ktgt_gate_open_locked(lu, KTGT_GATE_CACHE);
	mutex_unlock(&lu->gate.mutex);
	if (current_one)
		ktgt_store_defer(off->store, &off->job, KTGT_STORE_LONG);
	else
		off_free(off);
}

/* Reclaim may wait for a logical unit whose gate this is. */
static struct ktgt_cache_off *off_alloc(struct ktgt_lu *lu)
{
	struct ktgt_cache_off *off = kzalloc_obj(*off, GFP_NOIO | __GFP_NOWARN);

	if (!off)
		return NULL;
	if (!ktgt_target_tryget(lu->target)) {
		kfree(off);
		return NULL;
	}
	kref_get(&lu->kref);
	off->lu = lu;
	off->target = lu->target;
	off->store = rcu_dereference_protected(lu->store,
					       lockdep_is_held(&lu->gate.mutex));
	ktgt_store_hold(off->store);
	off->wait.done = off_is_empty;
	off->job.run = off_flush;
	off->io.op = KTGT_IO_FLUSH;
	off->io.end_io = off_flushed;
	init_completion(&off->flushed);
	return off;
}

/* With &ktgt_gate.mutex; no former store has commands. */
static void attempt(struct ktgt_lu *lu)
{
	struct ktgt_cache_off *off = off_alloc(lu);

	if (!off) {
		settle(lu, KTGT_CACHE_FAILED);
		return;
	}
	lu->cache_off = off;
	ktgt_gate_close_locked(lu, KTGT_GATE_CACHE);
	ktgt_store_wait_empty(off->store, &off->wait);
}

/**
 * ktgt_cache_swapped - a former store has no command any more
 * @lu: logical unit; &ktgt_gate.mutex is held
 *
 * Context: may sleep, for a grace period of RCU.
 */
void ktgt_cache_swapped(struct ktgt_lu *lu)
{
	if (lu->cache_state == KTGT_CACHE_GOES_OFF &&
	    !(lu->gate.reasons & BIT(KTGT_GATE_REMOVAL)))
		attempt(lu);
}

/**
 * ktgt_cache_turn - begin to turn a cache off, or cease to
 * @lu: disk that is published; ktgt_cache_follow() has been called for what has
 *	been chosen, and for its store
 *
 * Commands wait at the gate until those that were admitted have ended. If former
 * stores still have some, it begins when they have none left.
 *
 * Context: process, with &ktgt_net.config_mutex or a reference of &ktgt_lu.kref;
 *	may sleep, for a grace period of RCU, waits for no storage.
 */
void ktgt_cache_turn(struct ktgt_lu *lu)
{
	bool off;

	mutex_lock(&lu->gate.mutex);
	off = !wanted(lu) && READ_ONCE(lu->write_cache) &&
	      !(lu->gate.reasons & BIT(KTGT_GATE_REMOVAL));
	if (!off) {
		settle(lu, KTGT_CACHE_SETTLED);
	} else if (!lu->cache_off || !is_current(lu->cache_off)) {
		WRITE_ONCE(lu->cache_state, KTGT_CACHE_GOES_OFF);
		if (!(lu->gate.reasons & BIT(KTGT_GATE_SWAP)))
			attempt(lu);
	}
	mutex_unlock(&lu->gate.mutex);
}

/**
 * ktgt_cache_select - have the cache as an initiator wants it
 * @lu: disk that is published; referenced
 * @mode: 0 or 1, or -1 to have it as the device has it
 * @by: I_T nexus that wants it, and is not told of the change; NULL if all are
 *
 * What the user has chosen comes first. A cache that is turned off is settled
 * later, see ktgt_gate_park().
 *
 * Context: process; may sleep, for a grace period of RCU, waits for no storage.
 */
void ktgt_cache_select(struct ktgt_lu *lu, int mode,
		       const struct ktgt_nexus *by)
{
	struct ktgt_backend_caps caps;

	ktgt_lu_caps(lu, &caps);
	spin_lock(&lu->lock);
	WRITE_ONCE(lu->cache_mode, mode);
	lu->cache_by = by;
	ktgt_cache_choose(lu);
	ktgt_cache_follow(lu, caps.write_cache, by);
	spin_unlock(&lu->lock);
	ktgt_cache_turn(lu);
}

/**
 * ktgt_cache_start - have the cache as an initiator has saved it
 * @lu: disk that nobody can find yet
 * @mode: as for ktgt_cache_select()
 *
 * As with what the user has chosen for a new one, nothing is flushed.
 *
 * Context: process.
 */
void ktgt_cache_start(struct ktgt_lu *lu, int mode)
{
	struct ktgt_backend_caps caps;

	ktgt_lu_caps(lu, &caps);
	spin_lock(&lu->lock);
	WRITE_ONCE(lu->cache_mode, mode);
	WRITE_ONCE(lu->write_cache, false);
	ktgt_cache_choose(lu);
	ktgt_cache_follow(lu, caps.write_cache, NULL);
	spin_unlock(&lu->lock);
}

/**
 * ktgt_cache_default - what WCE is if no initiator chooses
 * @lu: disk; referenced
 *
 * Context: any.
 * Return: the user's choice, else the device's.
 */
bool ktgt_cache_default(const struct ktgt_lu *lu)
{
	int user = READ_ONCE(lu->params.write_cache);
	struct ktgt_backend_caps caps;

	if (user >= 0)
		return user;
	ktgt_lu_caps(lu, &caps);
	return caps.write_cache;
}

/**
 * ktgt_cache_forget - nobody will see the cache of a logical unit any more
 * @lu: disk that is being removed
 *
 * Context: may sleep, for a grace period of RCU.
 */
void ktgt_cache_forget(struct ktgt_lu *lu)
{
	mutex_lock(&lu->gate.mutex);
	settle(lu, KTGT_CACHE_SETTLED);
	mutex_unlock(&lu->gate.mutex);
}

/**
 * ktgt_cache_wait - wait while a cache is being turned off
 * @lu: disk; its memory is referenced
 * @timeout: how long, in jiffies
 *
 * Context: may sleep.
 * Return: false if it is not off yet.
 */
bool ktgt_cache_wait(struct ktgt_lu *lu, long timeout)
{
	return wait_event_timeout(off_ended, READ_ONCE(lu->cache_state) !=
				  KTGT_CACHE_GOES_OFF, timeout);
}

/**
 * ktgt_cache_failed - could a cache not be flushed, when it was to be turned off
 * @lu: disk; its memory is referenced
 *
 * Context: any.
 * Return: true if it could not; initiators still see it then.
 */
bool ktgt_cache_failed(const struct ktgt_lu *lu)
{
	return READ_ONCE(lu->cache_state) == KTGT_CACHE_FAILED;
}
