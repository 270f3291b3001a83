// SPDX-License-Identifier: GPL-2.0
/*
 * The copies of an I_T nexus: those that are under way, and the last ones that have
 * ended, for RECEIVE COPY STATUS.
 *
 * There is a fixed number of records, so an initiator that never asks for results
 * cannot use up memory with them. The oldest copy that has ended makes room.
 */
#include "copy_record.h"

#include <linux/errno.h>
#include <linux/slab.h>

#include "../core/fabric.h"
#include "copy_list.h"
#include "sense.h"

/**
 * struct ktgt_copies - the copies of an I_T nexus
 *
 * Made with the first copy, freed by ktgt_nexus_close().
 *
 * @last_order: &ktgt_copy_record.order of the last one that began
 * @record: copies, in no order
 */
struct ktgt_copies {
	u32			last_order;
	struct ktgt_copy_record	record[KTGT_COPIES_MAX];
};

static bool is_called(const struct ktgt_copy_record *record, u32 lun,
		      u32 list_id)
{
	return record->state != KTGT_COPY_UNUSED && record->has_id &&
	       record->lun == lun && record->list_id == list_id;
}

/* The record with a list identifier, or NULL. */
static struct ktgt_copy_record *find(struct ktgt_copies *copies, u32 lun,
				     u32 list_id)
{
	unsigned int i;

	for (i = 0; copies && i < KTGT_COPIES_MAX; i++)
		if (is_called(&copies->record[i], lun, list_id))
			return &copies->record[i];
	return NULL;
}

/* One that is not in use, else the oldest that has ended; NULL if all run. */
static struct ktgt_copy_record *make_room(struct ktgt_copies *copies)
{
	struct ktgt_copy_record *record, *oldest = NULL;
	unsigned int i;

	for (i = 0; i < KTGT_COPIES_MAX; i++) {
		record = &copies->record[i];
		if (record->state == KTGT_COPY_UNUSED)
			return record;
		if (record->state == KTGT_COPY_RUNS)
			continue;
		if (!oldest || (s32)(record->order - oldest->order) < 0)
			oldest = record;
	}
	return oldest;
}

/**
 * ktgt_copy_record_begin - a copy begins
 * @nexus: I_T nexus that has asked for it
 * @what: its name: &ktgt_copy_record.has_id and what is said with it
 * @record: takes where it is recorded, as long as @nexus is there
 *
 * What was kept of an earlier copy of that name is forgotten.
 *
 * Context: process, the one context that handles @nexus; may sleep.
 * Return: 0; -EEXIST if a copy of that name is under way; -EBUSY if too many are;
 *	-ENOMEM.
 */
int ktgt_copy_record_begin(struct ktgt_nexus *nexus,
			   const struct ktgt_copy_record *what,
			   struct ktgt_copy_record **record)
{
	struct ktgt_copies *copies = nexus->copies;
	struct ktgt_copy_record *same = NULL;

	if (!copies)
		copies = kzalloc_obj(*copies, GFP_NOIO | __GFP_NOWARN);
	if (!copies)
		return -ENOMEM;
	nexus->copies = copies;
	if (what->has_id)
		same = find(copies, what->lun, what->list_id);
	if (same && same->state == KTGT_COPY_RUNS)
		return -EEXIST;
	*record = same ?: make_room(copies);
	if (!*record)
		return -EBUSY;
	**record = *what;
	(*record)->state = KTGT_COPY_RUNS;
	(*record)->order = ++copies->last_order;
	return 0;
}

/**
 * ktgt_copy_record_fail - a copy has failed
 * @record: where it is recorded
 * @sense: sense data with which it ends
 * @descriptor: whether that has descriptor format
 *
 * Context: any.
 */
void ktgt_copy_record_fail(struct ktgt_copy_record *record,
			   const struct ktgt_sense *sense, bool descriptor)
{
	record->state = KTGT_COPY_FAILED;
	record->sense_len = ktgt_sense_build(sense, descriptor, record->sense);
}

/**
 * ktgt_copy_record_find - what is known of a copy
 * @nexus: I_T nexus that has asked for it
 * @lun: number of the logical unit that was asked
 * @list_id: LIST IDENTIFIER
 *
 * Context: the one context that handles @nexus.
 * Return: the record, or NULL.
 */
const struct ktgt_copy_record *
ktgt_copy_record_find(const struct ktgt_nexus *nexus, u32 lun, u32 list_id)
{
	return find(nexus->copies, lun, list_id);
}
