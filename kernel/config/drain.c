// SPDX-License-Identifier: GPL-2.0
/*
 * The last wait for a logical unit, by whichever change it goes.
 */
#include "drain.h"

#include "../scsi/lu.h"
#include "../scsi/lu_life.h"
#include "txn.h"

/**
 * ktgt_drain_lu - wait until an unpublished logical unit is released
 * @txn: the transaction that deletes it; is told if its deadline comes first
 * @lu: the logical unit; the caller must not touch it any more
 * @tid: number of its target, which may be gone by now
 *
 * Context: settle; may sleep.
 */
void ktgt_drain_lu(struct ktgt_txn *txn, struct ktgt_lu *lu, u32 tid)
{
	if (!ktgt_lu_drain(lu, txn->deadline))
		ktgt_txn_leave(txn, "LUN %u of target %u (%s)", lu->lun, tid,
			       lu->params.path ?: "no device");
	ktgt_lu_put(lu);
}
