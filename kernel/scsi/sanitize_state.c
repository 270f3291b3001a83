// SPDX-License-Identifier: GPL-2.0
/*
 * What a sanitize operation means for the other commands (SBC-4, 4.11.2 and 4.11.3).
 * Who carries it out is scsi/sanitize_op.c.
 */
#include "sanitize_state.h"

#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include <scsi/scsi_proto.h>

#include "cdb.h"
#include "sense.h"

/* PROGRESS INDICATION of what is done (SPC-4, 4.5.2.4.4) */
#define ALL_DONE	65536

/* How much is done, in parts of 65536. It goes on while it is read. */
static u16 progress_of(const struct ktgt_sanitize *op)
{
	u64 size = READ_ONCE(op->size), at = READ_ONCE(op->at);
	u32 passes = max_t(u32, READ_ONCE(op->passes), 1);
	u64 done = (u64)READ_ONCE(op->pass) * ALL_DONE;
	int shift = max(fls64(size) - 47, 0);

	/* no product here has more than 64 bits */
	if (size >> shift)
		done += div64_u64((at >> shift) * ALL_DONE, size >> shift);
	return min_t(u64, div_u64(done, passes), ALL_DONE - 1);
}

/**
 * ktgt_sanitize_sense - what a logical unit says of its sanitize operation
 * @lu: logical unit
 * @sense: sense data to make anew, if there is something to be said
 *
 * Context: any.
 * Return: false if there is nothing.
 */
bool ktgt_sanitize_sense(const struct ktgt_lu *lu, struct ktgt_sense *sense)
{
	switch (READ_ONCE(lu->sanitize.phase)) {
	case KTGT_SANITIZE_RUNS:
		ktgt_sense_progress(sense, KTGT_ASC_SANITIZE_IN_PROGRESS,
				    progress_of(&lu->sanitize));
		return true;
	case KTGT_SANITIZE_FAILED:
		ktgt_sense_set(sense, MEDIUM_ERROR, KTGT_ASC_SANITIZE_FAILED);
		return true;
	default:
		return false;
	}
}

/*
 * INQUIRY, REPORT LUNS and REQUEST SENSE are always answered, those that are carried
 * out although a unit attention is pending; and SANITIZE ends a failure.
 */
static bool is_served(const struct ktgt_cdb_row *row, u8 phase)
{
	return row->flags & KTGT_CDB_NO_UA ||
	       (phase == KTGT_SANITIZE_FAILED && row->opcode == KTGT_SANITIZE);
}

/**
 * ktgt_sanitize_refuses_now - ktgt_sanitize_refuses() of a logical unit with a phase
 * @cmd: the command
 *
 * Context: any; called by ktgt_sanitize_refuses() only.
 * Return: true with sense data set.
 */
bool ktgt_sanitize_refuses_now(struct ktgt_cmd *cmd)
{
	const struct ktgt_lu *lu = cmd->lu;

	return !is_served(cmd->row, READ_ONCE(lu->sanitize.phase)) &&
	       ktgt_sanitize_sense(lu, &cmd->sense);
}

/**
 * ktgt_sanitize_admits_now - ktgt_sanitize_admits() of a logical unit with a phase
 * @cmd: the command
 *
 * Context: process; called by ktgt_sanitize_admits() only.
 * Return: false with sense data set.
 */
bool ktgt_sanitize_admits_now(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;

	if (cmd->row->flags & KTGT_CDB_WRITE) {
		spin_lock(&lu->lock);
		ktgt_sanitize_forget_erased(lu);
		spin_unlock(&lu->lock);
	}
	return !ktgt_sanitize_refuses_now(cmd);
}

/**
 * ktgt_sanitize_forget_erased - blocks may be mapped again
 * @lu: disk; &ktgt_lu.lock is held. One of its blocks is about to be written, or it
 *	has others
 *
 * Context: process.
 */
void ktgt_sanitize_forget_erased(struct ktgt_lu *lu)
{
	if (lu->sanitize.phase == KTGT_SANITIZE_ERASED)
		WRITE_ONCE(lu->sanitize.phase, KTGT_SANITIZE_NONE);
}

/**
 * ktgt_sanitize_lose_medium - the medium is taken out
 * @lu: disk; &ktgt_lu.lock is held
 *
 * What has not gone on yet after the beginning of the logical unit fails, as what is
 * under way does by itself. A failure is that of the medium: without it, what is said is
 * that there is none, and it can be loaded again; see ktgt_sanitize_follow_medium().
 *
 * Context: process.
 */
void ktgt_sanitize_lose_medium(struct ktgt_lu *lu)
{
	if (lu->sanitize.is_pending || lu->sanitize.phase == KTGT_SANITIZE_FAILED)
		WRITE_ONCE(lu->sanitize.phase, KTGT_SANITIZE_AWAY);
	WRITE_ONCE(lu->sanitize.is_pending, false);
}

/* A medium without an identity may be any. */
static bool is_another_medium(const struct ktgt_lu *lu)
{
	return *lu->medium && *lu->failed_medium &&
	       strcmp(lu->medium, lu->failed_medium);
}

/**
 * ktgt_sanitize_follow_medium - a logical unit has, maybe, another medium
 * @lu: disk with &ktgt_lu.medium; &ktgt_lu.lock is held
 * @loads: somebody has loaded it
 *
 * With one that is known to be another, a failure does not count, until the one comes back
 * with which it has failed. Who replaces a disk without ejecting it says that it is the
 * same, so its failure stays.
 *
 * Context: process.
 */
void ktgt_sanitize_follow_medium(struct ktgt_lu *lu, bool loads)
{
	u8 phase = lu->sanitize.phase;

	if (phase == KTGT_SANITIZE_FAILED && loads && is_another_medium(lu))
		WRITE_ONCE(lu->sanitize.phase, KTGT_SANITIZE_AWAY);
	else if (phase == KTGT_SANITIZE_AWAY && !is_another_medium(lu))
		WRITE_ONCE(lu->sanitize.phase, KTGT_SANITIZE_FAILED);
}
