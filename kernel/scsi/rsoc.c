// SPDX-License-Identifier: GPL-2.0
/*
 * REPORT SUPPORTED OPERATION CODES (SPC-4, 6.35): the CDB table, told.
 */
#include "rsoc.h"

#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "cdb.h"
#include "data.h"
#include "group.h"
#include "lu.h"
#include "sense.h"

#define RCTD			0x80
#define TIMEOUTS_LEN		12
#define SUPPORT_NOT		1
#define SUPPORT_STANDARD	3

/* REPORTING OPTIONS of the CDB (SPC-4, 6.35) */
enum reporting_options {
	REPORT_ALL,
	REPORT_OPCODE,
	REPORT_ACTION,
	REPORT_EITHER,
};

/**
 * ktgt_cdb_row_fits - whether a logical unit has a command
 * @row: row of the command
 * @lu: logical unit
 *
 * Context: any.
 * Return: false if it has no such command.
 */
bool ktgt_cdb_row_fits(const struct ktgt_cdb_row *row, const struct ktgt_lu *lu)
{
	if ((row->flags & KTGT_CDB_DISK) && lu->type != TYPE_DISK)
		return false;
	if ((row->flags & KTGT_CDB_THIN) && !lu->thin)
		return false;
	if ((row->flags & KTGT_CDB_ATOMIC) && !READ_ONCE(lu->atomic_max))
		return false;
	if (row->flags & KTGT_CDB_EXPLICIT)
		return ktgt_group_tpgs(lu->target) & KTGT_TPGS_EXPLICIT;
	return !(row->flags & KTGT_CDB_GROUPS) || ktgt_group_tpgs(lu->target);
}

/* Command timeouts descriptor, SPC-4, 6.35.4. */
static void put_timeouts(struct ktgt_cmd *cmd, u32 pos,
			 const struct ktgt_cdb_row *row)
{
	u8 buf[TIMEOUTS_LEN] = {};

	put_unaligned_be16(TIMEOUTS_LEN - 2, buf);
	put_unaligned_be32(row->timeout, buf + 8);
	ktgt_data_put(cmd, pos, buf, sizeof(buf));
}

static u32 put_command(struct ktgt_cmd *cmd, u32 pos,
		       const struct ktgt_cdb_row *row, bool timeouts)
{
	u8 buf[8] = {};

	buf[0] = row->opcode;
	if (row->flags & KTGT_CDB_ACTION) {
		put_unaligned_be16(row->action, buf + 2);
		buf[5] |= BIT(0);	/* SERVACTV */
	}
	if (timeouts)
		buf[5] |= BIT(1);	/* CTDP */
	put_unaligned_be16(row->len, buf + 6);
	ktgt_data_put(cmd, pos, buf, sizeof(buf));
	pos += sizeof(buf);
	if (timeouts) {
		put_timeouts(cmd, pos, row);
		pos += TIMEOUTS_LEN;
	}
	return pos;
}

static void report_all(struct ktgt_cmd *cmd, bool timeouts)
{
	const struct ktgt_cdb_row *row;
	unsigned int nr;
	u32 pos = 4;
	u8 len[4];

	for (nr = 0; (row = ktgt_cdb_row(nr)); nr++) {
		if (ktgt_cdb_row_fits(row, cmd->lu))
			pos = put_command(cmd, pos, row, timeouts);
	}
	put_unaligned_be32(pos - 4, len);
	ktgt_data_put(cmd, 0, len, sizeof(len));
	ktgt_data_done(cmd, pos);
}

/* One command; @row is NULL if it is not supported. */
static void report_one(struct ktgt_cmd *cmd, const struct ktgt_cdb_row *row,
		       bool timeouts)
{
	u8 buf[4 + KTGT_CDB_MAX] = {};
	u32 len = 4;

	if (!row) {
		buf[1] = SUPPORT_NOT;
		ktgt_data_answer(cmd, buf, len);
		return;
	}
	buf[1] = SUPPORT_STANDARD;
	if (timeouts)
		buf[1] |= BIT(7);	/* CTDP */
	put_unaligned_be16(row->len, buf + 2);
	memcpy(buf + 4, row->usage, row->len);
	buf[4] = row->opcode;
	if (row->flags & KTGT_CDB_ACTION)
		buf[5] = (buf[5] & ~0x1f) | row->action;
	len += row->len;
	ktgt_data_put(cmd, 0, buf, len);
	if (timeouts) {
		put_timeouts(cmd, len, row);
		len += TIMEOUTS_LEN;
	}
	ktgt_data_done(cmd, len);
}

static const struct ktgt_cdb_row *find_asked(const struct ktgt_cmd *cmd)
{
	const struct ktgt_cdb_row *row;
	u16 action = get_unaligned_be16(cmd->cdb + 4);
	u8 cdb[KTGT_CDB_MAX] = {};

	cdb[0] = cmd->cdb[3];
	if (ktgt_cdb_has_actions(cdb[0])) {
		if (action > 0x1f)
			return NULL;
		cdb[1] = action;
	}
	row = ktgt_cdb_find(cdb);
	return row && ktgt_cdb_row_fits(row, cmd->lu) ? row : NULL;
}

static void fail_field(struct ktgt_cmd *cmd, unsigned int byte,
		       unsigned int bit)
{
	ktgt_sense_cdb_field(&cmd->sense, byte, bit);
	ktgt_cmd_fail(cmd);
}

/**
 * ktgt_rsoc - REPORT SUPPORTED OPERATION CODES (SPC-4, 6.35)
 * @cmd: the command
 *
 * Context: any; completes @cmd.
 */
void ktgt_rsoc(struct ktgt_cmd *cmd)
{
	bool actions = ktgt_cdb_has_actions(cmd->cdb[3]);
	bool timeouts = cmd->cdb[2] & RCTD;

	switch (cmd->cdb[2] & 0x07) {
	case REPORT_ALL:
		report_all(cmd, timeouts);
		return;
	case REPORT_OPCODE:
		if (actions) {
			fail_field(cmd, 2, 2);
			return;
		}
		break;
	case REPORT_ACTION:
		if (!actions) {
			fail_field(cmd, 2, 2);
			return;
		}
		break;
	case REPORT_EITHER:
		break;
	default:
		fail_field(cmd, 2, 2);
		return;
	}
	report_one(cmd, find_asked(cmd), timeouts);
}
