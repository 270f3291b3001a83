// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a logical unit: made and checked, published, unpublished,
 * drained by its reference, and released on a queue of this file.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "lu_life.h"

#include <linux/log2.h>
#include <linux/netlink.h>
#include <linux/sched/signal.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include <scsi/scsi_proto.h>

#include <linux/ktgt.h>

#include "../backend/block.h"
#include "../backend/holder.h"
#include "../backend/null.h"
#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "lu.h"
#include "nexus.h"
#include "ua.h"

#define NAA_LOCAL	3ULL
#define NAA_SHIFT	60

/* fixed, so that names come out the same on every machine */
static const siphash_key_t naa_key = {
	{ 0x6b746774206e6161ULL, 0x6c6f67696320756eULL }
};

/* for commands that take long, some of which memory reclaim may wait for */
static struct workqueue_struct *lu_wq;
/* for releases: to close a device waits for queues of which nothing is known */
static struct workqueue_struct *release_wq;

/* LUs whose memory or backend is not given back; unloading waits for zero */
static atomic_t nr_alive = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(none_alive);

/**
 * ktgt_lu_queue - run what takes long for a command
 * @work: &ktgt_cmd.work
 *
 * Context: any.
 */
void ktgt_lu_queue(struct work_struct *work)
{
	queue_work(lu_wq, work);
}

static void lu_free_memory(struct ktgt_lu *lu)
{
	ktgt_holder_put(lu->holder);
	kfree(lu->params.path);
	kfree_rcu(lu, rcu);
}

static void lu_kref_release(struct kref *kref)
{
	lu_free_memory(container_of(kref, struct ktgt_lu, kref));
}

static void lu_put(struct ktgt_lu *lu)
{
	kref_put(&lu->kref, lu_kref_release);
}

static void lu_gone(void)
{
	if (atomic_dec_and_test(&nr_alive))
		wake_up_all(&none_alive);
}

static void release_work(struct work_struct *work)
{
	struct ktgt_lu *lu = container_of(work, struct ktgt_lu, release_work);

	ktgt_itls_free(lu);
	if (lu->be)
		lu->be->ops->close(lu->be);
	percpu_ref_exit(&lu->ref);
	ktgt_target_put(lu->target);
	complete_all(&lu->released);
	lu_put(lu);
	lu_gone();
}

static void lu_ref_release(struct percpu_ref *ref)
{
	struct ktgt_lu *lu = container_of(ref, struct ktgt_lu, ref);

	queue_work(release_wq, &lu->release_work);
}

static void copy_default(char *to, size_t size, const char *given,
			 const char *otherwise)
{
	strscpy(to, *given ? given : otherwise, size);
}

/*
 * A name that is the same after every restart, whatever the order in which
 * targets are made, and another for every target name and LUN.
 */
static u64 derive_naa(const struct ktgt_lu *lu)
{
	const char *name = lu->target->name;
	u64 hash = siphash(name, strlen(name), &naa_key);

	hash = siphash_2u64(hash, lu->lun, &naa_key);
	return (hash & GENMASK_ULL(NAA_SHIFT - 1, 0)) | NAA_LOCAL << NAA_SHIFT;
}

static int set_naa(struct ktgt_lu *lu, u64 naa, struct netlink_ext_ack *extack)
{
	lu->params.naa_given = naa;
	if (!naa) {
		lu->params.naa = derive_naa(lu);
		return 0;
	}
	if (!(naa >> NAA_SHIFT))
		naa |= NAA_LOCAL << NAA_SHIFT;
	if (naa >> NAA_SHIFT != NAA_LOCAL) {
		ktgt_refuse(extack,
			    "LUN %u: naa %#llx: its first digit of 16 must be 3 (locally assigned) or 0",
			    lu->lun, naa);
		return -EINVAL;
	}
	lu->params.naa = naa;
	return 0;
}

static int set_identity(struct ktgt_lu *lu, const struct ktgt_lu_params *params,
			struct netlink_ext_ack *extack)
{
	bool disk = lu->type == TYPE_DISK;
	struct ktgt_lu_params *own = &lu->params;
	char text[sizeof(own->serial)];
	u32 tid = lu->target->tid;

	snprintf(text, sizeof(text), "IET     %04x%04x", tid, lu->lun);
	copy_default(own->scsi_id, sizeof(own->scsi_id), params->scsi_id, text);
	snprintf(text, sizeof(text), "beaf%u%u", tid, lu->lun);
	copy_default(own->serial, sizeof(own->serial), params->serial, text);
	copy_default(own->vendor, sizeof(own->vendor), params->vendor, "IET");
	copy_default(own->product, sizeof(own->product), params->product,
		     disk ? "VIRTUAL-DISK" : "Controller");
	copy_default(own->revision, sizeof(own->revision), params->revision,
		     "0001");
	return set_naa(lu, params->naa, extack);
}

/* @size is the device's own, if none was asked for. */
static void refuse_block_size(const struct ktgt_lu *lu, u32 size,
			      struct netlink_ext_ack *extack)
{
	u32 own = lu->caps.logical_block;

	if (size == own)
		ktgt_refuse(extack,
			    "LUN %u: the device has blocks of %u bytes; only 512 and 4096 are supported",
			    lu->lun, own);
	else if (size < own)
		ktgt_refuse(extack,
			    "LUN %u: block-size %u: must not be less than the device's, %u",
			    lu->lun, size, own);
	else
		ktgt_refuse(extack, "LUN %u: block-size %u: must be 512 or 4096",
			    lu->lun, size);
}

static void refuse_size(const struct ktgt_lu *lu,
			struct netlink_ext_ack *extack)
{
	if (!lu->caps.size && lu->params.path)
		ktgt_refuse(extack, "LUN %u: %s has no size", lu->lun,
			    lu->params.path);
	else
		ktgt_refuse(extack,
			    "LUN %u: size %llu: must be at least one block, %u bytes",
			    lu->lun, lu->caps.size, 1U << lu->block_shift);
}

static int set_block_size(struct ktgt_lu *lu, u32 size,
			  struct netlink_ext_ack *extack)
{
	u32 own = lu->caps.logical_block;

	if (!size)
		size = own;
	if ((size != 512 && size != 4096) || size < own) {
		refuse_block_size(lu, size, extack);
		return -EINVAL;
	}
	lu->block_shift = ilog2(size);
	lu->nr_blocks = lu->caps.size >> lu->block_shift;
	if (!lu->nr_blocks && !ktgt_lu_is_absent(lu)) {
		refuse_size(lu, extack);
		return -EINVAL;
	}
	lu->max_blocks = lu->caps.max_transfer >> lu->block_shift;
	return 0;
}

static int set_caps(struct ktgt_lu *lu, const struct ktgt_lu_params *params,
		    struct netlink_ext_ack *extack)
{
	const struct ktgt_backend_caps *caps = &lu->caps;

	lu->be->ops->caps(lu->be, &lu->caps);
	lu->read_only = params->read_only || caps->read_only;
	lu->write_through = !params->write_cache;
	lu->write_cache = params->write_cache > 0 ||
			  (params->write_cache < 0 && caps->write_cache);
	lu->thin = caps->max_discard;
	return set_block_size(lu, params->block_size, extack);
}

/* A node without a device behind it, as that of a loop device that is free. */
static bool is_empty(struct ktgt_backend *be)
{
	struct ktgt_backend_caps caps;

	be->ops->caps(be, &caps);
	if (caps.size)
		return false;
	be->ops->close(be);
	return true;
}

/*
 * Whether it may be there later, and is nobody's. It is closed then. Without a
 * medium is how Linux initiators see what has no size: 3Ah, as for 04h they would
 * try to start it.
 */
static bool is_absent(struct ktgt_backend *be)
{
	if (!IS_ERR(be))
		return is_empty(be);

	switch (PTR_ERR_OR_ZERO(be)) {
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
	case -ENOMEDIUM:
		return true;
	default:
		return false;
	}
}

static int open_backend(struct ktgt_lu *lu, const struct ktgt_lu_params *params,
			struct netlink_ext_ack *extack)
{
	struct ktgt_backend_params how = {
		.lun = params->lun,
		.path = params->path,
		.size = params->size,
		.read_only = params->read_only,
		.holder = lu->holder,
	};
	const struct ktgt_backend_ops *ops;
	struct ktgt_backend *be;

	switch (params->backend) {
	case KTGT_BACKEND_NONE:
		lu->type = TYPE_RAID;
		lu->block_shift = ilog2(512);
		return 0;
	case KTGT_BACKEND_BLOCK:
		ops = &ktgt_backend_block_ops;
		break;
	case KTGT_BACKEND_NULL:
		ops = &ktgt_backend_null_ops;
		break;
	default:
		ktgt_refuse(extack, "LUN %u: there is no backend %u", lu->lun,
			    params->backend);
		return -EINVAL;
	}
	be = ops->open(&how, extack);
	if (params->may_be_absent && is_absent(be)) {
		be = &ktgt_backend_absent;
		if (extack)
			extack->_msg = NULL;
	}
	if (IS_ERR(be))
		return PTR_ERR(be);
	lu->be = be;
	lu->type = TYPE_DISK;
	return set_caps(lu, params, extack);
}

/* What it has got is freed by lu_free_memory() after an error as well. */
static int lu_init_fields(struct ktgt_lu *lu, struct ktgt_target *target,
			  const struct ktgt_lu_params *params,
			  const struct ktgt_lu *from)
{
	lu->target = target;
	lu->lun = params->lun;
	lu->params = *params;
	lu->params.path = NULL;
	kref_init(&lu->kref);
	spin_lock_init(&lu->lock);
	INIT_LIST_HEAD(&lu->itls);
	init_completion(&lu->released);
	INIT_WORK(&lu->release_work, release_work);

	lu->holder = from ? ktgt_holder_get(from->holder) : ktgt_holder_alloc();
	if (!lu->holder)
		return -ENOMEM;
	if (params->path) {
		lu->params.path = kstrdup(params->path, GFP_KERNEL);
		if (!lu->params.path)
			return -ENOMEM;
	}
	return percpu_ref_init(&lu->ref, lu_ref_release, 0, GFP_KERNEL);
}

/**
 * ktgt_lu_alloc - make a logical unit and open its backend
 * @target: target that it is to belong to
 * @params: what the user wants; copied
 * @from: logical unit that gives the device up in the same transaction, or NULL
 * @extack: gets the reason of a refusal
 *
 * Context: process, with &ktgt_net.config_mutex; opens a device.
 * Return: the logical unit, which nobody can find yet, or ERR_PTR.
 */
struct ktgt_lu *ktgt_lu_alloc(struct ktgt_target *target,
			      const struct ktgt_lu_params *params,
			      const struct ktgt_lu *from,
			      struct netlink_ext_ack *extack)
{
	struct ktgt_lu *lu;
	int err;

	if (params->lun > KTGT_LUN_MAX) {
		ktgt_refuse(extack, "lun %u: must be 0 to %u", params->lun,
			    KTGT_LUN_MAX);
		return ERR_PTR(-EINVAL);
	}
	if (!ktgt_target_tryget(target))
		return ERR_PTR(-ENOENT);
	lu = kzalloc_obj(*lu, GFP_KERNEL);
	if (!lu) {
		ktgt_target_put(target);
		return ERR_PTR(-ENOMEM);
	}
	err = lu_init_fields(lu, target, params, from);
	if (err) {
		lu_free_memory(lu);
		ktgt_target_put(target);
		return ERR_PTR(err);
	}
	atomic_inc(&nr_alive);
	err = open_backend(lu, params, extack);
	if (!err)
		err = set_identity(lu, params, extack);
	if (err) {
		ktgt_lu_free(lu);
		return ERR_PTR(err);
	}
	return lu;
}

/* Somebody else's place stays his. */
static void give_up_place(struct ktgt_lu *lu)
{
	struct ktgt_lu *old = xa_load(&lu->target->lus, lu->lun);

	if (old)
		old->successor = NULL;
	else
		xa_release(&lu->target->lus, lu->lun);
}

/**
 * ktgt_lu_free - drop a logical unit that was never published
 * @lu: logical unit; its place in the target is given up if it was reserved
 *
 * Context: process, with &ktgt_net.config_mutex; closes the device.
 */
void ktgt_lu_free(struct ktgt_lu *lu)
{
	if (lu->reserved)
		give_up_place(lu);
	if (lu->be)
		lu->be->ops->close(lu->be);
	percpu_ref_exit(&lu->ref);
	ktgt_target_put(lu->target);
	lu_put(lu);
	lu_gone();
}

/**
 * ktgt_lu_reserve - keep the LUN for a logical unit
 * @lu: logical unit, not published
 * @extack: gets the reason of a refusal
 *
 * Nobody finds it there until ktgt_lu_publish(), which needs no memory any
 * more. The place may be that of a logical unit that leaves in the same
 * transaction.
 *
 * Context: process, with &ktgt_net.config_mutex.
 * Return: 0, -EEXIST, -ENOMEM.
 */
int ktgt_lu_reserve(struct ktgt_lu *lu, struct netlink_ext_ack *extack)
{
	struct ktgt_lu *old = xa_load(&lu->target->lus, lu->lun);
	int err = 0;

	if (old && old->leaving && !old->successor)
		old->successor = lu;
	else
		err = xa_insert(&lu->target->lus, lu->lun, NULL, GFP_KERNEL);

	if (err == -EBUSY) {
		ktgt_refuse(extack, "target %u has a LUN %u already",
			    lu->target->tid, lu->lun);
		return -EEXIST;
	}
	lu->reserved = !err;
	return err;
}

/* Its release begins, and ends by itself with the last command. */
static void end_lu(struct ktgt_lu *lu)
{
	lu->target->nr_lus--;
	percpu_ref_kill(&lu->ref);
}

/**
 * ktgt_lu_publish - let initiators find a logical unit
 * @lu: logical unit for which ktgt_lu_reserve() succeeded
 *
 * From here on it is ended by ktgt_lu_unpublish() and ktgt_lu_remove(). Counts
 * in &ktgt_target.nr_lus. If it is the successor of another one, initiators
 * find either of the two at each moment.
 *
 * Context: process, with &ktgt_net.config_mutex; cannot fail.
 */
void ktgt_lu_publish(struct ktgt_lu *lu)
{
	struct ktgt_target *target = lu->target;
	struct ktgt_lu *old;

	kref_get(&lu->kref);
	old = xa_store(&target->lus, lu->lun, lu, GFP_KERNEL);
	if (!WARN_ON_ONCE(xa_is_err(old)) && old)
		end_lu(old);
	lu->reserved = false;
	target->nr_lus++;
	ktgt_ua_luns_changed(target);
}

/**
 * ktgt_lu_unpublish - let no new command find a logical unit
 * @lu: published logical unit
 *
 * Its release begins, and ends by itself with the last command. The memory
 * stays until ktgt_lu_remove(). If it has a successor, ktgt_lu_publish() of
 * that one does it.
 *
 * Context: process, with &ktgt_net.config_mutex; does not wait.
 */
void ktgt_lu_unpublish(struct ktgt_lu *lu)
{
	struct ktgt_target *target = lu->target;

	if (lu->successor)
		return;
	xa_erase(&target->lus, lu->lun);
	end_lu(lu);
	ktgt_ua_luns_changed(target);
}

/**
 * ktgt_lu_remove - wait until an unpublished logical unit is released
 * @lu: the logical unit; the caller must not touch it any more
 * @deadline: jiffies until when to wait
 *
 * Commands that a broken device holds for ever must hold nobody else: after
 * the deadline, or if the caller is killed, the release goes on by itself.
 *
 * Context: process, without &ktgt_net.config_mutex; waits for commands.
 */
void ktgt_lu_remove(struct ktgt_lu *lu, unsigned long deadline)
{
	long wait = max_t(long, deadline - jiffies, 0);

	if (!wait_for_completion_killable_timeout(&lu->released, wait))
		pr_warn("LUN %u, %s: deleted, but the device still has commands; it is closed when they end\n",
			lu->lun, lu->params.path ?: "no device");
	lu_put(lu);
}

/**
 * ktgt_lu_refresh - follow the size of the backing device
 * @lu: disk; referenced
 * @except: I_T nexus that need not be told of a change, or NULL
 *
 * Context: process; takes &ktgt_target.nexus_lock if there is a change.
 * Return: logical blocks, 0 if the device is away.
 */
u64 ktgt_lu_refresh(struct ktgt_lu *lu, const struct ktgt_nexus *except)
{
	struct ktgt_backend_caps caps;
	bool changed;
	u64 nr_blocks;

	lu->be->ops->caps(lu->be, &caps);
	nr_blocks = caps.size >> lu->block_shift;

	spin_lock(&lu->lock);
	lu->caps = caps;
	changed = nr_blocks != lu->nr_blocks;
	WRITE_ONCE(lu->nr_blocks, nr_blocks);
	spin_unlock(&lu->lock);

	if (changed && nr_blocks)
		ktgt_ua_raise(lu, KTGT_UA_CAPACITY, except);
	return nr_blocks;
}

/**
 * ktgt_lu_init - make the queues for long commands and for releases
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_lu_init(void)
{
	lu_wq = alloc_workqueue("ktgt-lu", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	if (!lu_wq)
		return -ENOMEM;
	release_wq = alloc_workqueue("ktgt-lu-release", WQ_UNBOUND, 0);
	if (!release_wq) {
		destroy_workqueue(lu_wq);
		return -ENOMEM;
	}
	return 0;
}

/**
 * ktgt_lu_exit - wait until all LUs are released
 *
 * Context: module unload, all LUs have been unpublished.
 */
void ktgt_lu_exit(void)
{
	wait_event(none_alive, !atomic_read(&nr_alive));
	destroy_workqueue(release_wq);
	destroy_workqueue(lu_wq);
}
