// SPDX-License-Identifier: GPL-2.0
/*
 * Who prevents the removal of a medium (PREVENT ALLOW MEDIUM REMOVAL, SBC-4, 5.15).
 *
 * Each I_T nexus prevents it for itself: the medium can be removed when all have allowed
 * it. What a nexus has prevented ends when the nexus does, with its I_T_L nexus; and by
 * a logout, LOGICAL UNIT RESET, I_T NEXUS RESET and PREEMPT AND ABORT.
 */
#include "prevent.h"

#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "../core/fabric.h"
#include "../core/target.h"
#include "lu.h"

/**
 * ktgt_prevent_set - prevent or allow the removal of the medium
 * @itl: I_T_L nexus that does so
 * @prevents: it prevents it
 *
 * Context: process; takes &ktgt_target.nexus_lock, so that who ejects the medium sees
 *	either of the two.
 */
void ktgt_prevent_set(struct ktgt_itl *itl, bool prevents)
{
	struct ktgt_target *target = itl->lu->target;

	spin_lock_bh(&target->nexus_lock);
	if (prevents)
		set_bit(KTGT_ITL_PREVENTS, &itl->flags);
	else
		ktgt_prevent_forget(itl);
	spin_unlock_bh(&target->nexus_lock);
}

/**
 * ktgt_prevent_first - one of those who prevent the removal of the medium
 * @lu: logical unit
 *
 * Context: &ktgt_target.nexus_lock is held.
 * Return: the one that came to the logical unit first, or NULL.
 */
const struct ktgt_itl *ktgt_prevent_first(const struct ktgt_lu *lu)
{
	const struct ktgt_itl *itl;

	lockdep_assert_held(&lu->target->nexus_lock);
	list_for_each_entry(itl, &lu->itls, node)
		if (itl->nexus && test_bit(KTGT_ITL_PREVENTS, &itl->flags))
			return itl;
	return NULL;
}

/**
 * ktgt_prevent_exists - whether anybody prevents the removal of the medium
 * @lu: logical unit
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 * Return: true if somebody does, at this moment.
 */
bool ktgt_prevent_exists(const struct ktgt_lu *lu)
{
	bool exists;

	spin_lock_bh(&lu->target->nexus_lock);
	exists = ktgt_prevent_first(lu);
	spin_unlock_bh(&lu->target->nexus_lock);
	return exists;
}

/**
 * ktgt_prevent_end - end what an I_T nexus has prevented
 * @nexus: I_T nexus that is lost, as its initiator will see it
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 */
void ktgt_prevent_end(struct ktgt_nexus *nexus)
{
	struct ktgt_itl *itl;
	unsigned long lun;

	spin_lock_bh(&nexus->target->nexus_lock);
	xa_for_each(&nexus->itls, lun, itl)
		ktgt_prevent_forget(itl);
	spin_unlock_bh(&nexus->target->nexus_lock);
}

/**
 * ktgt_prevent_forget - end what an I_T_L nexus has prevented
 * @itl: the I_T_L nexus
 *
 * Context: &ktgt_target.nexus_lock is held.
 */
void ktgt_prevent_forget(struct ktgt_itl *itl)
{
	clear_bit(KTGT_ITL_PREVENTS, &itl->flags);
}

/**
 * ktgt_prevent_reset - end what anybody has prevented
 * @lu: logical unit that is reset
 *
 * Context: &ktgt_target.nexus_lock is held.
 */
void ktgt_prevent_reset(struct ktgt_lu *lu)
{
	struct ktgt_itl *itl;

	lockdep_assert_held(&lu->target->nexus_lock);
	list_for_each_entry(itl, &lu->itls, node)
		ktgt_prevent_forget(itl);
}
