/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known of the copies of an I_T nexus, those that have ended included.
 */
#ifndef _KTGT_SCSI_COPY_RECORD_H
#define _KTGT_SCSI_COPY_RECORD_H

#include <linux/types.h>

#include "../core/cmd.h"

struct ktgt_nexus;

/**
 * enum ktgt_copy_state - how a copy goes
 * @KTGT_COPY_UNUSED: there is none
 * @KTGT_COPY_RUNS: it is under way
 * @KTGT_COPY_DONE: all has been copied
 * @KTGT_COPY_FAILED: it has ended with CHECK CONDITION
 */
enum ktgt_copy_state {
	KTGT_COPY_UNUSED,
	KTGT_COPY_RUNS,
	KTGT_COPY_DONE,
	KTGT_COPY_FAILED,
};

/**
 * struct ktgt_copy_record - what is known of a copy
 *
 * All of it is used by the one context of the fabric that handles the I_T nexus.
 *
 * @state: enum ktgt_copy_state
 * @has_id: it has a list identifier, by which it is asked for
 * @is_lid4: that was given with EXTENDED COPY(LID4)
 * @list_id: LIST IDENTIFIER
 * @lun: number of the logical unit that was asked for the copy
 * @order: the one that began later has the greater number
 * @segments: segment descriptors that were carried out, or begun
 * @operations: READs and WRITEs that were good; it wraps
 * @bytes: bytes that were copied, in the order of the list
 * @sense_len: bytes of @sense, 0 if there is none
 * @sense: sense data with which it has failed
 */
struct ktgt_copy_record {
	u8	state;
	bool	has_id;
	bool	is_lid4;
	u32	list_id;
	u32	lun;
	u32	order;
	u16	segments;
	u16	operations;
	u64	bytes;
	u8	sense_len;
	u8	sense[KTGT_SENSE_LEN];
};

int ktgt_copy_record_begin(struct ktgt_nexus *nexus,
			   const struct ktgt_copy_record *what,
			   struct ktgt_copy_record **record);
void ktgt_copy_record_fail(struct ktgt_copy_record *record,
			   const struct ktgt_sense *sense, bool descriptor);
const struct ktgt_copy_record *
ktgt_copy_record_find(const struct ktgt_nexus *nexus, u32 lun, u32 list_id);

#endif /* _KTGT_SCSI_COPY_RECORD_H */
