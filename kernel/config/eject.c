// SPDX-License-Identifier: GPL-2.0
/*
 * Media that the user ejects. The configuration stays as it is: a medium that is out
 * is no other one. To load it is a change, of config/lu.c, because it opens a device.
 */
#include "eject.h"

#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include <scsi/scsi_proto.h>

#include "../core/fabric.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/lu.h"
#include "../scsi/nexus.h"
#include "../scsi/prevent.h"
#include "../scsi/removable.h"

/* Its device is closed, too. */
static bool is_out(const struct ktgt_lu *lu)
{
	return ktgt_lu_is_ejected(lu) && ktgt_lu_is_absent(lu);
}

/* Why a medium cannot be ejected, or NULL. */
static const char *eject_fault(const struct ktgt_lu *lu, bool force)
{
	if (lu->type != TYPE_DISK)
		return "is the controller, which has no medium";
	if (is_out(lu))
		return "has no medium: it is ejected already; load it with lun load";
	if (ktgt_lu_is_absent(lu))
		return "waits for its device, so there is nothing to eject";
	if (READ_ONCE(lu->sanitize.phase) == KTGT_SANITIZE_RUNS && !force)
		return "is being sanitized, which would fail; wait until it is over, or add force";
	if (!READ_ONCE(lu->params.removable) && !force)
		return "is not removable; set removable on, or add force";
	return NULL;
}

/* The memory of the logical unit is referenced. */
static struct ktgt_lu *find_lu(struct ktgt_target *target, u32 lun)
{
	struct ktgt_lu *lu;

	rcu_read_lock();
	lu = xa_load(&target->lus, lun);
	if (lu && !kref_get_unless_zero(&lu->kref))
		lu = NULL;
	rcu_read_unlock();
	return lu;
}

static void refuse_prevented(struct ktgt_lu *lu, struct netlink_ext_ack *extack)
{
	struct ktgt_target *target = lu->target;
	const struct ktgt_itl *itl;
	char initiator[KTGT_NAME_LEN] = "an initiator";

	spin_lock_bh(&target->nexus_lock);
	itl = ktgt_prevent_first(lu);
	if (itl)
		ktgt_nexus_device_name(itl->nexus, initiator);
	spin_unlock_bh(&target->nexus_lock);
	ktgt_refuse(extack,
		    "target %u: LUN %u: %s prevents the removal of the medium; have it allow that, or add force",
		    target->tid, lu->lun, initiator);
}

static const char *error_text(int err)
{
	switch (err) {
	case -EBUSY:
		return "is frozen, or its medium is on its way; try again when that is over";
	case -ETIMEDOUT:
		return "keeps its medium: its device did not answer in 10 s; try again later";
	case -EINPROGRESS:
		return "has no medium any more; its device is closed when it has answered";
	case -ENODEV:
		return "has been deleted meanwhile";
	case -EAGAIN:
		return "has got another device meanwhile; try again";
	case -ENOMEM:
		return "keeps its medium: out of memory";
	default:
		return "keeps its medium: its device could not be flushed; try again, or add force";
	}
}

static int eject(struct ktgt_lu *lu, u32 tid, bool force,
		 struct netlink_ext_ack *extack)
{
	const char *fault = eject_fault(lu, force);
	int err;

	if (fault) {
		ktgt_refuse(extack, "target %u: LUN %u %s", tid, lu->lun, fault);
		return is_out(lu) ? -EALREADY : -EINVAL;
	}
	err = ktgt_removable_eject(lu, force);
	if (err == -EPERM) {
		refuse_prevented(lu, extack);
		return -EBUSY;
	}
	if (err)
		ktgt_refuse(extack, "target %u: LUN %u %s", tid, lu->lun,
			    error_text(err));
	return err;
}

/**
 * ktgt_eject - eject the medium of a logical unit
 * @kn: the namespace
 * @tid: number of the target
 * @lun: number of the logical unit
 * @force: although an initiator prevents the removal, its cache cannot be flushed, or it
 *	is not removable
 * @extack: takes the reason of a refusal
 *
 * When it returns, other programs can open its device.
 *
 * Context: may sleep, but not for the storage for ever.
 * Return: 0; -ENOENT; -EALREADY if it is out; -EINVAL if it has none that could be
 *	ejected; -EBUSY if that is prevented; or see ktgt_removable_eject().
 */
int ktgt_eject(struct ktgt_net *kn, u32 tid, u32 lun, bool force,
	       struct netlink_ext_ack *extack)
{
	struct ktgt_target *target = ktgt_net_find_tid(kn, tid);
	struct ktgt_lu *lu;
	int err = -ENOENT;

	if (!target) {
		ktgt_refuse(extack, "there is no target %u", tid);
		return err;
	}
	lu = find_lu(target, lun);
	if (lu) {
		err = eject(lu, tid, force, extack);
		ktgt_lu_put(lu);
	} else {
		ktgt_refuse(extack, "target %u has no LUN %u", tid, lun);
	}
	ktgt_target_put(target);
	return err;
}
