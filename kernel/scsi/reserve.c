// SPDX-License-Identifier: GPL-2.0
/*
 * RESERVE and RELEASE (SPC-2, 7.16 to 7.21), of a whole logical unit and for who
 * asks. Such a reservation ends with the session, at the latest; ktgt_pr_detach()
 * sees to that. It cannot be there together with registrations.
 */
#include "reserve.h"

#include <linux/spinlock.h>
#include <linux/xarray.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/target.h"
#include "lu.h"
#include "pr.h"

/*
 * For those whom a persistent reservation lets do all, both commands are good and do
 * nothing (SPC-4, 5.12.3; CRH of REPORT CAPABILITIES says so).
 */
static bool is_exempt(const struct ktgt_itl *itl)
{
	const struct ktgt_pr *pr = &itl->lu->pr;

	return ktgt_pr_holds(pr, itl->registration) ||
	       (itl->registration && ktgt_pr_is_for_registrants(pr->type));
}

/* With the lock. For all others, registrations are in the way (SPC-2, 5.5.1). */
static u8 reserve(struct ktgt_lu *lu, struct ktgt_itl *itl)
{
	struct ktgt_pr *pr = &lu->pr;

	if (is_exempt(itl))
		return SAM_STAT_GOOD;
	if (pr->nr || (pr->reserved && pr->reserved != itl))
		return SAM_STAT_RESERVATION_CONFLICT;
	pr->reserved = itl;
	ktgt_pr_update(lu);
	return SAM_STAT_GOOD;
}

/* With the lock. From others it is good, and does nothing (SPC-2, 7.17). */
static u8 release(struct ktgt_lu *lu, struct ktgt_itl *itl)
{
	struct ktgt_pr *pr = &lu->pr;

	if (is_exempt(itl))
		return SAM_STAT_GOOD;
	if (pr->nr)
		return SAM_STAT_RESERVATION_CONFLICT;
	if (pr->reserved == itl)
		ktgt_reserve_reset(lu);
	return SAM_STAT_GOOD;
}

/**
 * ktgt_reserve - RESERVE(6) and RESERVE(10) (SPC-2, 7.20 and 7.21)
 * @cmd: the command
 *
 * Context: process; takes &ktgt_target.nexus_lock, completes @cmd.
 */
void ktgt_reserve(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	u8 status;

	spin_lock_bh(&lu->target->nexus_lock);
	status = reserve(lu, cmd->itl);
	spin_unlock_bh(&lu->target->nexus_lock);
	ktgt_cmd_complete(cmd, status);
}

/**
 * ktgt_release - RELEASE(6) and RELEASE(10) (SPC-2, 7.16 and 7.17)
 * @cmd: the command
 *
 * Context: process; takes &ktgt_target.nexus_lock, completes @cmd.
 */
void ktgt_release(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	u8 status;

	spin_lock_bh(&lu->target->nexus_lock);
	status = release(lu, cmd->itl);
	spin_unlock_bh(&lu->target->nexus_lock);
	ktgt_cmd_complete(cmd, status);
}

/**
 * ktgt_reserve_end - end what an I_T nexus has reserved, but not persistently
 * @nexus: I_T nexus that is lost, as its initiator will see it
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 */
void ktgt_reserve_end(struct ktgt_nexus *nexus)
{
	struct ktgt_itl *itl;
	unsigned long lun;

	spin_lock_bh(&nexus->target->nexus_lock);
	xa_for_each(&nexus->itls, lun, itl)
		if (itl->lu->pr.reserved == itl)
			ktgt_reserve_reset(itl->lu);
	spin_unlock_bh(&nexus->target->nexus_lock);
}

/**
 * ktgt_reserve_reset - end what anybody has reserved, but not persistently
 * @lu: logical unit that is reset
 *
 * Context: &ktgt_target.nexus_lock is held.
 */
void ktgt_reserve_reset(struct ktgt_lu *lu)
{
	if (!lu->pr.reserved)
		return;
	lu->pr.reserved = NULL;
	ktgt_pr_update(lu);
}
