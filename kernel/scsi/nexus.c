// SPDX-License-Identifier: GPL-2.0
/*
 * The I_T nexus, and how its commands find their logical unit.
 *
 * &ktgt_target.nexus_lock protects the list of nexuses, the lists of I_T_L
 * nexuses of all LUs of the target, and writes to &ktgt_nexus.itls: nexus and
 * LU can end at the same time, and each takes the other's I_T_L nexus along.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "nexus.h"

#include <linux/blkdev.h>
#include <linux/jiffies.h>
#include <linux/percpu-refcount.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <scsi/scsi_proto.h>
#include <uapi/linux/ktgt.h>

#include "../core/cmd.h"
#include "../core/event.h"
#include "../core/fabric.h"
#include "../core/target.h"
#include "group.h"
#include "histogram.h"
#include "lu.h"
#include "orphan.h"
#include "pr.h"
#include "ua.h"

/**
 * ktgt_lun_decode - number of a logical unit
 * @wire: LUN as it is sent
 *
 * Peripheral device addressing on bus 0 and flat space addressing are known
 * (SAM-5, 4.7.7.2 and 4.7.7.3), at one level.
 *
 * Return: the number, KTGT_LUN_NONE if no logical unit can have this LUN.
 */
u32 ktgt_lun_decode(__be64 wire)
{
	u64 lun = be64_to_cpu(wire);

	if (lun << 16)
		return KTGT_LUN_NONE;
	lun >>= 48;
	switch (lun >> 14) {
	case 0:
		return lun < 256 ? lun : KTGT_LUN_NONE;
	case 1:
		return lun & 0x3fff;
	default:
		return KTGT_LUN_NONE;
	}
}

/**
 * ktgt_lun_encode - LUN as it is sent
 * @lun: number of a logical unit, at most 16383
 *
 * Return: peripheral device addressing below 256, else flat space addressing.
 */
__be64 ktgt_lun_encode(u32 lun)
{
	u64 wire = lun;

	if (lun > 255)
		wire |= 1u << 14;
	return cpu_to_be64(wire << 48);
}

/*
 * Puts a new I_T_L nexus in place. One that is there already belongs to an LU
 * which had this number before and is going; its commands may still hold it,
 * so it stays with its LU, without a nexus.
 */
static int itl_insert(struct ktgt_itl *itl)
{
	struct ktgt_nexus *nexus = itl->nexus;
	struct ktgt_itl *old;

	old = xa_store(&nexus->itls, itl->lu->lun, itl,
		       GFP_NOWAIT | __GFP_NOWARN);
	if (xa_is_err(old))
		return xa_err(old);
	if (old)
		old->nexus = NULL;
	list_add_tail(&itl->node, &itl->lu->itls);
	itl->flags |= ktgt_group_bits(nexus);
	ktgt_pr_attach(itl);
	return 0;
}

/* The caller has a reference of @lu. */
static struct ktgt_itl *itl_get(struct ktgt_nexus *nexus, struct ktgt_lu *lu)
{
	struct ktgt_target *target = nexus->target;
	struct ktgt_itl *itl, *there;
	int err = 0;

	itl = kzalloc_obj(*itl, GFP_NOWAIT | __GFP_NOWARN);
	if (!itl)
		return NULL;
	itl->lu = lu;
	itl->nexus = nexus;
	itl->flags = BIT(KTGT_UA_POWER_ON);
	if (ktgt_orphans_exist(nexus, rcu_access_pointer(lu->store)))
		itl->flags |= BIT(KTGT_ITL_ORPHANS);

	spin_lock_bh(&target->nexus_lock);
	there = xa_load(&nexus->itls, lu->lun);
	if (!there || there->lu != lu) {
		err = itl_insert(itl);
		there = NULL;
	}
	spin_unlock_bh(&target->nexus_lock);

	if (!err && !there)
		return itl;
	kfree(itl);
	return there;
}

/* First command of this nexus for the LU, or for one that has no such LU. */
static int attach_slow(struct ktgt_cmd *cmd, u32 lun)
{
	struct ktgt_nexus *nexus = cmd->nexus;
	struct ktgt_lu *lu;

	rcu_read_lock();
	lu = xa_load(&nexus->target->lus, lun);
	if (lu && !percpu_ref_tryget_live_rcu(&lu->ref))
		lu = NULL;
	rcu_read_unlock();
	if (!lu)
		return -ENXIO;

	cmd->itl = itl_get(nexus, lu);
	if (!cmd->itl) {
		percpu_ref_put(&lu->ref);
		return -ENOMEM;
	}
	cmd->lu = lu;
	__set_bit(KTGT_CMDF_LU_REF, &cmd->flags);
	return 0;
}

/**
 * ktgt_cmd_attach - find the logical unit of a command and hold it
 * @cmd: command with &ktgt_cmd.nexus and &ktgt_cmd.lun; on success
 *	&ktgt_cmd.lu, &ktgt_cmd.itl and KTGT_CMDF_LU_REF are set
 *
 * Context: process or softirq; does not sleep.
 * Return: 0, -ENXIO without such a logical unit, -ENOMEM.
 */
int ktgt_cmd_attach(struct ktgt_cmd *cmd)
{
	u32 lun = ktgt_lun_decode(cmd->lun);
	struct ktgt_itl *itl;

	if (unlikely(lun == KTGT_LUN_NONE))
		return -ENXIO;

	rcu_read_lock();
	itl = xa_load(&cmd->nexus->itls, lun);
	if (likely(itl && percpu_ref_tryget_live_rcu(&itl->lu->ref))) {
		cmd->itl = itl;
		cmd->lu = itl->lu;
		__set_bit(KTGT_CMDF_LU_REF, &cmd->flags);
		rcu_read_unlock();
		return 0;
	}
	rcu_read_unlock();
	return attach_slow(cmd, lun);
}

/**
 * ktgt_nexus_device_name - the initiator device that a port belongs to
 * @nexus: I_T nexus
 * @name: takes its name, KTGT_NAME_LEN bytes: without ",i,0x" and the ISID
 *
 * Context: any.
 */
void ktgt_nexus_device_name(const struct ktgt_nexus *nexus, char *name)
{
	const char *tail = strrchr(nexus->port_name, ',');
	size_t len = tail ? tail - nexus->port_name : 0;

	strscpy(name, nexus->port_name, KTGT_NAME_LEN);
	if (len > 2 && len - 2 < KTGT_NAME_LEN)
		name[len - 2] = '\0';
}

/* Another initiator that has written: its name, if there is one. */
static bool find_writer(const struct ktgt_lu *lu, const char *own, char *other)
{
	const struct ktgt_itl *itl;

	list_for_each_entry(itl, &lu->itls, node) {
		if (!itl->wrote || !itl->nexus)
			continue;
		ktgt_nexus_device_name(itl->nexus, other);
		if (strcmp(own, other))
			return true;
	}
	return false;
}

/**
 * ktgt_cmd_note_write - an initiator writes to a logical unit for the first
 * time
 * @cmd: its command; &ktgt_itl.wrote is not set yet
 *
 * Two that write the same disk destroy its file system, unless that is made for
 * it: when the disk is not said to be shared, the administrator is told.
 * Several ports of one initiator are the same one.
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 */
void ktgt_cmd_note_write(struct ktgt_cmd *cmd)
{
	char own[KTGT_NAME_LEN], other[KTGT_NAME_LEN];
	struct ktgt_lu *lu = cmd->lu;
	struct ktgt_target *target = lu->target;
	struct ktgt_event event = {
		.cmd = KTGT_CMD_LU_WRITERS,
		.tid = target->tid,
		.target = target->name,
		.initiator = own,
		.lun = lu->lun,
		.other = other,
	};
	bool found;

	ktgt_nexus_device_name(cmd->nexus, own);
	spin_lock_bh(&target->nexus_lock);
	WRITE_ONCE(cmd->itl->wrote, true);
	found = !lu->params.shared && find_writer(lu, own, other);
	spin_unlock_bh(&target->nexus_lock);
	if (!found)
		return;

	pr_notice_ratelimited("target %u: a second initiator, %s, writes LUN %u, besides %s: without a cluster file system data will be lost; set shared to silence this\n",
			      target->tid, own, lu->lun, other);
	ktgt_event_session(target->kn, &event);
}

/* An LU that had no error for so long reports the next one. */
#define ERROR_QUIET	(60 * HZ)

/* Takes the time of an error; returns whether it is the first in a while. */
static bool is_first_error(struct ktgt_lu *lu)
{
	unsigned long now = jiffies ?: 1;
	unsigned long last = xchg(&lu->error_at, now);

	return !last || time_after_eq(now, last + ERROR_QUIET);
}

/* Of a long command this is the step that failed. */
static u32 storage_op(const struct ktgt_io *io)
{
	switch (io->op) {
	case KTGT_IO_READ:
		return KTGT_STORAGE_OP_READ;
	case KTGT_IO_FLUSH:
		return KTGT_STORAGE_OP_FLUSH;
	case KTGT_IO_UNMAP:
		return KTGT_STORAGE_OP_UNMAP;
	default:
		return KTGT_STORAGE_OP_WRITE;
	}
}

static void log_error(const struct ktgt_event *event)
{
	static const char *const names[] = {
		[KTGT_STORAGE_OP_READ]	= "read",
		[KTGT_STORAGE_OP_WRITE]	= "write",
		[KTGT_STORAGE_OP_FLUSH]	= "flush",
		[KTGT_STORAGE_OP_UNMAP]	= "unmap",
	};
	char block[40] = "";

	if (event->has_lba)
		snprintf(block, sizeof(block), " of block %llu", event->lba);
	pr_warn_ratelimited("target %u: LUN %u, %s: %s%s failed: error %u; later errors are only counted\n",
			    event->tid, event->lun,
			    event->path ?: "no device", names[event->op],
			    block, event->error);
}

/**
 * ktgt_cmd_note_error - storage failed a command
 * @cmd: the command, completed with CHECK CONDITION; &ktgt_cmd.error and
 *	KTGT_CMDF_LU_REF are set. So it is no orphan: those have neither a
 *	target nor an I_T nexus
 *
 * The first error of a logical unit is reported to the log and as an event.
 * Later ones are only counted, until it had no error for a minute.
 *
 * Context: process; does not sleep.
 */
void ktgt_cmd_note_error(const struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	struct ktgt_target *target = lu->target;
	u32 op = storage_op(&cmd->io);
	char initiator[KTGT_NAME_LEN];
	struct ktgt_event event = {
		.cmd = KTGT_CMD_LU_ERROR,
		.tid = target->tid,
		.target = target->name,
		.initiator = initiator,
		.lun = lu->lun,
		.has_lba = op == KTGT_STORAGE_OP_READ ||
			   op == KTGT_STORAGE_OP_WRITE,
		.lba = cmd->io.bad >> cmd->block_shift,
		.op = op,
		.error = -blk_status_to_errno(cmd->error),
	};

	if (!is_first_error(lu))
		return;
	ktgt_nexus_device_name(cmd->nexus, initiator);
	rcu_read_lock();
	event.path = READ_ONCE(lu->params.path);
	log_error(&event);
	ktgt_event_session(target->kn, &event);
	rcu_read_unlock();
}

/**
 * ktgt_itls_free - take the I_T_L nexuses of a logical unit out of the way
 * @lu: logical unit without commands, that is not to be found any more
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 */
void ktgt_itls_free(struct ktgt_lu *lu)
{
	struct ktgt_itl *itl, *next;

	spin_lock_bh(&lu->target->nexus_lock);
	list_for_each_entry_safe(itl, next, &lu->itls, node) {
		if (itl->nexus)
			xa_cmpxchg(&itl->nexus->itls, lu->lun, itl, NULL, 0);
		list_del(&itl->node);
		ktgt_pr_detach(itl);
		kfree_rcu(itl, rcu);
	}
	spin_unlock_bh(&lu->target->nexus_lock);
}

/**
 * ktgt_nexus_open - let an I_T nexus send commands
 * @nexus: &ktgt_nexus.ops, @target and @port_name are set
 *
 * Context: process or softirq; takes &ktgt_target.nexus_lock.
 * Return: 0, -ENOENT if the target has been deleted.
 */
int ktgt_nexus_open(struct ktgt_nexus *nexus)
{
	struct ktgt_target *target = nexus->target;
	int err = 0;

	xa_init(&nexus->itls);
	nexus->flags = 0;
	nexus->histograms = NULL;
	nexus->port_hash = ktgt_pr_hash(nexus->port_name);
	memset(nexus->buffers, 0, sizeof(nexus->buffers));
	nexus->echo_len = 0;
	nexus->copies = NULL;

	spin_lock_bh(&target->nexus_lock);
	if (target->deleted) {
		err = -ENOENT;
	} else {
		list_add_tail(&nexus->node, &target->nexuses);
		atomic_inc(&target->nr_nexuses);
	}
	spin_unlock_bh(&target->nexus_lock);
	return err;
}

/**
 * ktgt_nexus_close - the end of an I_T nexus
 * @nexus: nexus for which ktgt_nexus_open() succeeded; none of its commands is
 *	between ktgt_cmd_parse() and ktgt_cmd_release()
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 */
void ktgt_nexus_close(struct ktgt_nexus *nexus)
{
	struct ktgt_target *target = nexus->target;
	struct ktgt_itl *itl;
	unsigned long lun;
	unsigned int nr;

	for (nr = 0; nr < KTGT_BUFFER_NR; nr++)
		kfree(nexus->buffers[nr]);
	kfree(nexus->copies);
	spin_lock_bh(&target->nexus_lock);
	list_del(&nexus->node);
	xa_for_each(&nexus->itls, lun, itl) {
		ktgt_lu_stats_add(&itl->lu->gone_stats, &itl->stats);
		list_del(&itl->node);
		ktgt_pr_detach(itl);
		kfree_rcu(itl, rcu);
	}
	xa_destroy(&nexus->itls);
	spin_unlock_bh(&target->nexus_lock);
	/* a dump may look at them until the grace period is over */
	ktgt_histograms_free(xchg(&nexus->histograms, NULL));

	if (atomic_dec_and_test(&target->nr_nexuses))
		wake_up_all(&target->no_nexus);
}

/**
 * ktgt_nexuses_close - end the I_T nexuses of a target
 * @target: the target
 * @reason: why
 * @except: I_T nexus that does not end, or NULL
 *
 * Context: any but hard interrupt; takes &ktgt_target.nexus_lock, under which the
 * fabrics are called.
 */
void ktgt_nexuses_close(struct ktgt_target *target,
			enum ktgt_session_end_reason reason,
			const struct ktgt_nexus *except)
{
	struct ktgt_nexus *nexus;

	spin_lock_bh(&target->nexus_lock);
	list_for_each_entry(nexus, &target->nexuses, node)
		if (nexus != except)
			nexus->ops->close(nexus, reason);
	spin_unlock_bh(&target->nexus_lock);
}

/**
 * ktgt_nexus_uses_disks - whether an initiator uses more than one disk
 * @nexus: I_T nexus
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 * Return: true if it has sent commands to two or more.
 */
bool ktgt_nexus_uses_disks(struct ktgt_nexus *nexus)
{
	struct ktgt_itl *itl;
	unsigned long lun;
	u32 nr = 0;

	spin_lock_bh(&nexus->target->nexus_lock);
	xa_for_each(&nexus->itls, lun, itl) {
		nr += itl->lu->type == TYPE_DISK;
		if (nr > 1)
			break;
	}
	spin_unlock_bh(&nexus->target->nexus_lock);
	return nr > 1;
}

/**
 * ktgt_nexus_lun_exists - whether a LUN names a logical unit
 * @nexus: I_T nexus
 * @lun: LUN as it is sent
 *
 * One that is being removed exists for those who have used it, as it may still
 * have commands of theirs.
 *
 * Context: any.
 * Return: true if it does, at this moment.
 */
bool ktgt_nexus_lun_exists(struct ktgt_nexus *nexus, __be64 lun)
{
	u32 nr = ktgt_lun_decode(lun);

	if (nr == KTGT_LUN_NONE)
		return false;
	return xa_load(&nexus->target->lus, nr) || xa_load(&nexus->itls, nr);
}

/**
 * ktgt_nexus_peek_ua - look at the unit attentions that an initiator will find
 * @nexus: I_T nexus
 * @lun: LUN as it is sent, of a logical unit that exists
 * @sense: filled in with the one that is told first, if there is one
 *
 * They stay. A logical unit that the initiator has not addressed yet will tell of
 * the power-on first. There are no deferred errors.
 *
 * Context: any.
 * Return: number of unit attentions.
 */
unsigned int ktgt_nexus_peek_ua(struct ktgt_nexus *nexus, __be64 lun,
				struct ktgt_sense *sense)
{
	u32 nr = ktgt_lun_decode(lun);
	unsigned long flags = BIT(KTGT_UA_POWER_ON);
	struct ktgt_itl *itl;
	struct ktgt_lu *lu;

	rcu_read_lock();
	lu = xa_load(&nexus->target->lus, nr);
	itl = xa_load(&nexus->itls, nr);
	if (itl && (!lu || itl->lu == lu))
		flags = READ_ONCE(itl->flags);
	rcu_read_unlock();
	return ktgt_ua_peek(flags, READ_ONCE(nexus->flags), sense);
}
