// SPDX-License-Identifier: GPL-2.0
/*
 * Unit attention conditions (SAM-5, 5.14). One bit per condition in the flags
 * word of the I_T_L nexus, or of the I_T nexus, so that a command which finds
 * both words zero has nothing more to ask.
 */
#include "ua.h"

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>

#include <scsi/scsi_proto.h>

#include "../core/target.h"
#include "sense.h"

static const u16 ua_codes[] = {
	[KTGT_UA_POWER_ON]	= 0x2900,
	[KTGT_UA_RESET]		= 0x2903,
	[KTGT_UA_NEXUS_LOSS]	= 0x2907,
	[KTGT_UA_LUNS_CHANGED]	= 0x3f0e,
	[KTGT_UA_CAPACITY]	= 0x2a09,
	[KTGT_UA_MODE]		= 0x2a01,
	[KTGT_UA_INQUIRY]	= 0x3f03,
	[KTGT_UA_RESERVATIONS_PREEMPTED]	= 0x2a03,
	[KTGT_UA_RESERVATIONS_RELEASED]		= 0x2a04,
	[KTGT_UA_REGISTRATIONS_PREEMPTED]	= 0x2a05,
	[KTGT_UA_LOG]		= 0x2a02,
	[KTGT_UA_TIMESTAMP]	= 0x2a10,
	[KTGT_UA_IDENTIFIER]	= 0x3f05,
	[KTGT_UA_ACCESS_STATE]	= 0x2a06,
	[KTGT_UA_TRANSITION_FAILED]	= 0x2a07,
	[KTGT_UA_MEDIUM]	= 0x2800,
	[KTGT_UA_THRESHOLD]	= 0x3807,
};

static_assert(ARRAY_SIZE(ua_codes) == KTGT_UA_MAX);

/**
 * ktgt_ua_take - take the first pending unit attention
 * @cmd: command of the I_T_L nexus
 * @sense: filled in if there is one
 *
 * REPORTED LUNS DATA HAS CHANGED is told once for an I_T nexus, not once for
 * each of its logical units (SPC-4, 6.33): it belongs to the nexus.
 *
 * Context: any.
 * Return: whether there was one.
 */
bool ktgt_ua_take(struct ktgt_cmd *cmd, struct ktgt_sense *sense)
{
	unsigned int ua;
	bool pends;

	for (ua = 0; ua < KTGT_UA_MAX; ua++) {
		if (ua == KTGT_UA_LUNS_CHANGED)
			pends = test_and_clear_bit(KTGT_NEXUS_LUNS_CHANGED,
						   &cmd->nexus->flags);
		else
			pends = test_and_clear_bit(ua, &cmd->itl->flags);
		if (!pends)
			continue;
		ktgt_sense_set(sense, UNIT_ATTENTION, ua_codes[ua]);
		cmd->ua = ua;
		set_bit(KTGT_CMDF_UA, &cmd->flags);
		return true;
	}
	return false;
}

/**
 * ktgt_ua_peek - look at the pending unit attentions
 * @flags: &ktgt_itl.flags
 * @nexus_flags: &ktgt_nexus.flags
 * @sense: filled in with the one that ktgt_ua_take() takes first, if there is one
 *
 * Context: any.
 * Return: how many there are.
 */
unsigned int ktgt_ua_peek(unsigned long flags, unsigned long nexus_flags,
			  struct ktgt_sense *sense)
{
	unsigned long pending = flags & GENMASK(KTGT_UA_MAX - 1, 0);

	if (nexus_flags & BIT(KTGT_NEXUS_LUNS_CHANGED))
		pending |= BIT(KTGT_UA_LUNS_CHANGED);
	if (pending)
		ktgt_sense_set(sense, UNIT_ATTENTION,
			       ua_codes[__ffs(pending)]);
	return hweight_long(pending);
}

/**
 * ktgt_ua_give_back - a command ends without reporting what it has taken
 * @cmd: command that was aborted, before ktgt_cmd_release()
 *
 * The unit attention is pending again: it ends when it is reported (SAM-5, 5.14.1).
 *
 * Context: any.
 */
void ktgt_ua_give_back(struct ktgt_cmd *cmd)
{
	/* the I_T nexus of an orphan is gone */
	if (!test_and_clear_bit(KTGT_CMDF_UA, &cmd->flags) || !cmd->itl)
		return;
	if (cmd->ua == KTGT_UA_LUNS_CHANGED)
		set_bit(KTGT_NEXUS_LUNS_CHANGED, &cmd->nexus->flags);
	else
		set_bit(cmd->ua, &cmd->itl->flags);
}

/**
 * ktgt_ua_raise_locked - establish a unit attention for the users of an LU
 * @lu: logical unit
 * @ua: condition
 * @except: I_T nexus that is not told, or NULL
 *
 * Context: any; &ktgt_target.nexus_lock is held.
 */
void ktgt_ua_raise_locked(struct ktgt_lu *lu, enum ktgt_ua ua,
			  const struct ktgt_nexus *except)
{
	struct ktgt_itl *itl;

	lockdep_assert_held(&lu->target->nexus_lock);

	list_for_each_entry(itl, &lu->itls, node) {
		if (itl->nexus != except)
			set_bit(ua, &itl->flags);
	}
}

/**
 * ktgt_ua_raise - establish a unit attention for the users of an LU
 * @lu: logical unit
 * @ua: condition
 * @except: I_T nexus that is not told, or NULL
 *
 * Context: process or softirq; takes &ktgt_target.nexus_lock.
 */
void ktgt_ua_raise(struct ktgt_lu *lu, enum ktgt_ua ua,
		   const struct ktgt_nexus *except)
{
	spin_lock_bh(&lu->target->nexus_lock);
	ktgt_ua_raise_locked(lu, ua, except);
	spin_unlock_bh(&lu->target->nexus_lock);
}

/**
 * ktgt_ua_raise_target_locked - establish a unit attention for the users of all LUs of a
 *	target
 * @target: the target
 * @ua: condition
 *
 * Context: any; &ktgt_target.nexus_lock is held.
 */
void ktgt_ua_raise_target_locked(struct ktgt_target *target, enum ktgt_ua ua)
{
	struct ktgt_lu *lu;
	unsigned long nr;

	rcu_read_lock();
	xa_for_each(&target->lus, nr, lu)
		ktgt_ua_raise_locked(lu, ua, NULL);
	rcu_read_unlock();
}

/**
 * ktgt_ua_raise_nexus - establish a unit attention for one initiator
 * @nexus: I_T nexus; it is told by each logical unit that it has addressed
 * @ua: condition
 *
 * The others tell of the power-on when they are addressed.
 *
 * Context: process or softirq; takes &ktgt_target.nexus_lock.
 */
void ktgt_ua_raise_nexus(struct ktgt_nexus *nexus, enum ktgt_ua ua)
{
	struct ktgt_itl *itl;
	unsigned long lun;

	spin_lock_bh(&nexus->target->nexus_lock);
	xa_for_each(&nexus->itls, lun, itl)
		set_bit(ua, &itl->flags);
	spin_unlock_bh(&nexus->target->nexus_lock);
}

/**
 * ktgt_ua_luns_changed - tell all initiators that there are other LUs now
 * @target: target; nothing happens if its list of logical units is as it was
 *
 * Context: process, with &ktgt_net.config_mutex; takes &ktgt_target.nexus_lock.
 */
void ktgt_ua_luns_changed(struct ktgt_target *target)
{
	struct ktgt_nexus *nexus;

	if (!target->lus_changed)
		return;
	target->lus_changed = false;
	spin_lock_bh(&target->nexus_lock);
	list_for_each_entry(nexus, &target->nexuses, node)
		set_bit(KTGT_NEXUS_LUNS_CHANGED, &nexus->flags);
	spin_unlock_bh(&target->nexus_lock);
}

/**
 * ktgt_ua_luns_told - an initiator has read the list of logical units
 * @nexus: I_T nexus
 *
 * Context: any.
 */
void ktgt_ua_luns_told(struct ktgt_nexus *nexus)
{
	clear_bit(KTGT_NEXUS_LUNS_CHANGED, &nexus->flags);
	/* before the list is read: what is added meanwhile is told again */
	smp_mb__after_atomic();
}
