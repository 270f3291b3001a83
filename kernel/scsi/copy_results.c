// SPDX-License-Identifier: GPL-2.0
/*
 * RECEIVE COPY STATUS, OPERATING PARAMETERS and FAILURE DETAILS (SPC-4, 6.22 to 6.25).
 *
 * What is told of a copy that has ended stays there to be asked for once more, until
 * its list identifier is used again, or later copies need the room.
 */
#include "copy_results.h"

#include <linux/math.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "copy_list.h"
#include "copy_record.h"
#include "data.h"
#include "lu.h"
#include "sense.h"

#define STATUS_LID1_LEN		12
#define PARAMETERS_LEN		47

/* COPY COMMAND STATUS (6.25) */
#define LID1_RUNS		0x00
#define LID1_DONE		0x01
#define LID1_FAILED		0x02
/* COPY OPERATION STATUS (6.24) */
#define LID4_DONE		0x01
#define LID4_FAILED		0x02
#define LID4_RUNS		0x11	/* in the foreground */
/* ESTIMATED STATUS UPDATE DELAY: nothing will change */
#define NO_UPDATE		0xfffffffe
/* milliseconds after which it is worth while to ask again */
#define UPDATE_DELAY		1000

/* SNLID: a list without an identifier is taken */
#define SNLID			BIT(0)

static void refuse_list_id(struct ktgt_cmd *cmd)
{
	ktgt_sense_cdb_field(&cmd->sense, 2, 7);
	ktgt_cmd_fail(cmd);
}

/* What is known of the copy that the CDB names. NULL if @cmd has ended for that. */
static const struct ktgt_copy_record *record_of(struct ktgt_cmd *cmd,
						u32 list_id)
{
	const struct ktgt_copy_record *record;

	record = ktgt_copy_record_find(cmd->nexus, cmd->lu->lun, list_id);
	if (!record)
		refuse_list_id(cmd);
	return record;
}

static u8 status_of(const struct ktgt_copy_record *record, u8 runs, u8 done,
		    u8 failed)
{
	switch (record->state) {
	case KTGT_COPY_RUNS:
		return runs;
	case KTGT_COPY_DONE:
		return done;
	default:
		return failed;
	}
}

/**
 * ktgt_copy_status_lid1 - RECEIVE COPY STATUS(LID1) (SPC-4, 6.25)
 * @cmd: the command
 *
 * There are 32 bits for the number of bytes, so it is told in units of 2 to the power
 * of 10, if there are too many, or of 20.
 *
 * Context: process; completes @cmd.
 */
void ktgt_copy_status_lid1(struct ktgt_cmd *cmd)
{
	const struct ktgt_copy_record *record = record_of(cmd, cmd->cdb[2]);
	u8 buf[STATUS_LID1_LEN] = {};
	u64 count;

	if (!record)
		return;
	put_unaligned_be32(sizeof(buf) - 4, buf);
	buf[4] = status_of(record, LID1_RUNS, LID1_DONE, LID1_FAILED);
	put_unaligned_be16(record->segments, buf + 5);
	for (count = record->bytes; count > U32_MAX; count >>= 10)
		buf[7]++;
	put_unaligned_be32(count, buf + 8);
	ktgt_data_answer(cmd, buf, sizeof(buf));
}

/**
 * ktgt_copy_status_lid4 - RECEIVE COPY STATUS(LID4) (SPC-4, 6.24)
 * @cmd: the command
 *
 * The field with the sense data is as long as a multiple of four.
 *
 * Context: process; completes @cmd.
 */
void ktgt_copy_status_lid4(struct ktgt_cmd *cmd)
{
	const struct ktgt_copy_record *record;
	u8 buf[KTGT_COPY_STATUS_LID4_MAX] = {};
	u32 len;

	static_assert(!(KTGT_SENSE_LEN % 4));

	record = record_of(cmd, get_unaligned_be32(cmd->cdb + 2));
	if (!record)
		return;
	len = KTGT_COPY_STATUS_LID4_LEN + round_up(record->sense_len, 4);
	put_unaligned_be32(len - 4, buf);
	buf[4] = record->is_lid4;	/* the service action */
	buf[5] = status_of(record, LID4_RUNS, LID4_DONE, LID4_FAILED);
	put_unaligned_be16(record->operations, buf + 6);
	put_unaligned_be32(record->state == KTGT_COPY_RUNS ? UPDATE_DELAY :
							     NO_UPDATE, buf + 8);
	buf[12] = record->state == KTGT_COPY_FAILED ?
		  SAM_STAT_CHECK_CONDITION : SAM_STAT_GOOD;
	buf[13] = len - KTGT_COPY_STATUS_LID4_LEN;
	buf[14] = record->sense_len;
	put_unaligned_be64(record->bytes, buf + 16);
	put_unaligned_be16(record->segments, buf + 24);
	memcpy(buf + KTGT_COPY_STATUS_LID4_LEN, record->sense,
	       record->sense_len);
	ktgt_data_answer(cmd, buf, len);
}

/**
 * ktgt_copy_parameters - RECEIVE COPY OPERATING PARAMETERS (SPC-4, 6.22)
 * @cmd: the command
 *
 * Context: any; completes @cmd.
 */
void ktgt_copy_parameters(struct ktgt_cmd *cmd)
{
	u8 buf[PARAMETERS_LEN] = {};

	put_unaligned_be32(sizeof(buf) - 4, buf);
	buf[4] = SNLID;
	put_unaligned_be16(KTGT_COPY_MAX_CSCDS, buf + 8);
	put_unaligned_be16(KTGT_COPY_MAX_SEGMENTS, buf + 10);
	put_unaligned_be32(KTGT_COPY_MAX_DESCRIPTORS, buf + 12);
	put_unaligned_be32(KTGT_COPY_MAX_SEGMENT, buf + 16);
	put_unaligned_be16(KTGT_COPIES_ALL_MAX, buf + 34);
	buf[36] = KTGT_COPIES_MAX;
	buf[37] = cmd->lu->block_shift;	/* DATA SEGMENT GRANULARITY */
	buf[43] = 3;
	buf[44] = KTGT_COPY_BLOCKS;
	buf[45] = KTGT_COPY_BYTES;
	buf[46] = KTGT_COPY_IDENTIFIED;
	ktgt_data_answer(cmd, buf, sizeof(buf));
}

/**
 * ktgt_copy_failure_details - RECEIVE COPY FAILURE DETAILS(LID1) (SPC-4, 6.23)
 * @cmd: the command
 *
 * Of a copy that has not failed there are none, which is no error. Those of LID4, and
 * those that are under way, are not known here.
 *
 * Context: process; completes @cmd.
 */
void ktgt_copy_failure_details(struct ktgt_cmd *cmd)
{
	const struct ktgt_copy_record *record = record_of(cmd, cmd->cdb[2]);
	u8 buf[KTGT_COPY_DETAILS_MAX] = {};
	u32 len = 4;

	if (!record)
		return;
	if (record->is_lid4 || record->state == KTGT_COPY_RUNS) {
		refuse_list_id(cmd);
		return;
	}
	if (record->state == KTGT_COPY_FAILED) {
		len = KTGT_COPY_DETAILS_LEN + record->sense_len;
		buf[56] = SAM_STAT_CHECK_CONDITION;
		put_unaligned_be16(record->sense_len, buf + 58);
		memcpy(buf + KTGT_COPY_DETAILS_LEN, record->sense,
		       record->sense_len);
	}
	put_unaligned_be32(len - 4, buf);
	ktgt_data_answer(cmd, buf, len);
}
