// SPDX-License-Identifier: GPL-2.0
/*
 * Primary commands (SPC-4) that every logical unit has.
 */
#include "spc.h"

#include <linux/string.h>
#include <linux/unaligned.h>
#include <linux/xarray.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/target.h"
#include "data.h"
#include "group.h"
#include "lu.h"
#include "nexus.h"
#include "sanitize_state.h"
#include "sbc.h"
#include "sense.h"
#include "ua.h"
#include "vpd.h"

#define INQUIRY_LEN		96
#define INQUIRY_RMB		0x80
#define INQUIRY_SPC4		0x06
#define INQUIRY_HISUP		0x10
#define INQUIRY_FORMAT		0x02
#define INQUIRY_3PC		0x08
#define INQUIRY_CMDQUE		0x02
#define INQUIRY_TPGS		4	/* bit of byte 5 where it begins */
#define QUALIFIER_NONE		0x7f	/* SPC-4, 6.4.2, no such device */

/**
 * ktgt_spc_test_unit_ready - TEST UNIT READY (SPC-4, 6.37)
 * @cmd: the command
 *
 * Context: process; completes @cmd.
 */
void ktgt_spc_test_unit_ready(struct ktgt_cmd *cmd)
{
	if (cmd->lu->type != TYPE_DISK || ktgt_sbc_capacity(cmd))
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

/**
 * ktgt_spc_request_sense - REQUEST SENSE (SPC-4, 6.29)
 * @cmd: the command; may have no logical unit
 *
 * Sense data goes along with the status of each command, so all that is left
 * to ask for is a pending unit attention, and how far a sanitize operation has come.
 *
 * Context: any; completes @cmd.
 */
void ktgt_spc_request_sense(struct ktgt_cmd *cmd)
{
	u8 buf[KTGT_SENSE_LEN];
	struct ktgt_sense sense;
	unsigned int len;

	if (!cmd->lu)
		ktgt_sense_set(&sense, ILLEGAL_REQUEST,
			       KTGT_ASC_LUN_NOT_SUPPORTED);
	else if (!ktgt_ua_take(cmd, &sense) &&
		 !ktgt_sanitize_sense(cmd->lu, &sense))
		ktgt_sense_set(&sense, NO_SENSE, KTGT_ASC_NONE);
	len = ktgt_sense_build(&sense, cmd->cdb[1] & BIT(0), buf);
	ktgt_data_answer(cmd, buf, len);
}

static void put_padded(u8 *to, const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	memcpy(to, text, len);
	memset(to + len, ' ', size - len);
}

static void put_versions(u8 *p, bool disk)
{
	put_unaligned_be16(SCSI_VERSION_DESCRIPTOR_SAM5, p);
	put_unaligned_be16(SCSI_VERSION_DESCRIPTOR_ISCSI, p + 2);
	put_unaligned_be16(SCSI_VERSION_DESCRIPTOR_SPC4, p + 4);
	if (disk)
		put_unaligned_be16(SCSI_VERSION_DESCRIPTOR_SBC3, p + 6);
}

static void put_identity(u8 *buf, const struct ktgt_lu *lu)
{
	const struct ktgt_identity *identity;

	rcu_read_lock();
	identity = lu ? rcu_dereference(lu->identity) : NULL;
	put_padded(buf + 8, identity ? identity->vendor : "", 8);
	put_padded(buf + 16, identity ? identity->product : "", 16);
	put_padded(buf + 32, identity ? identity->revision : "", 4);
	rcu_read_unlock();
}

static void standard_inquiry(struct ktgt_cmd *cmd)
{
	const struct ktgt_lu *lu = cmd->lu;
	u8 buf[INQUIRY_LEN] = {};

	buf[0] = lu ? lu->type : QUALIFIER_NONE;
	if (lu && READ_ONCE(lu->params.removable))
		buf[1] = INQUIRY_RMB;
	buf[2] = INQUIRY_SPC4;
	buf[3] = INQUIRY_HISUP | INQUIRY_FORMAT;
	buf[4] = INQUIRY_LEN - 5;
	if (lu)
		buf[5] = ktgt_group_tpgs(lu->target) << INQUIRY_TPGS;
	if (lu && lu->type == TYPE_DISK)
		buf[5] |= INQUIRY_3PC;
	buf[7] = INQUIRY_CMDQUE;
	put_identity(buf, lu);
	put_versions(buf + 58, lu && lu->type == TYPE_DISK);
	ktgt_data_answer(cmd, buf, sizeof(buf));
}

/**
 * ktgt_spc_inquiry - INQUIRY (SPC-4, 6.4)
 * @cmd: the command; may have no logical unit
 *
 * Context: process; completes @cmd.
 */
void ktgt_spc_inquiry(struct ktgt_cmd *cmd)
{
	if (cmd->cdb[1] & BIT(0)) {
		ktgt_vpd(cmd);
		return;
	}
	if (cmd->cdb[2]) {
		ktgt_sense_cdb_field(&cmd->sense, 2, 7);
		ktgt_cmd_fail(cmd);
		return;
	}
	standard_inquiry(cmd);
}

/**
 * ktgt_spc_report_luns - REPORT LUNS (SPC-4, 6.33)
 * @cmd: the command
 *
 * Context: process; completes @cmd.
 */
void ktgt_spc_report_luns(struct ktgt_cmd *cmd)
{
	struct xarray *lus = &cmd->nexus->target->lus;
	u8 header[8] = {};
	unsigned long nr;
	u32 pos = 8;
	void *entry;
	__be64 lun;

	switch (cmd->cdb[2]) {
	case 0x00:	/* all but well known ones */
	case 0x02:	/* all */
	case 0x11:	/* all but subsidiary ones, of which there are none */
		/* before looking: what is added meanwhile is told again */
		ktgt_ua_luns_told(cmd->nexus);
		xa_for_each(lus, nr, entry) {
			lun = ktgt_lun_encode(nr);
			ktgt_data_put(cmd, pos, &lun, sizeof(lun));
			pos += sizeof(lun);
		}
		break;
	case 0x01:	/* well known ones: there are none */
	case 0x10:	/* administrative ones, as well */
	case 0x12:	/* those that are subsidiary to this one */
		break;
	default:
		ktgt_sense_cdb_field(&cmd->sense, 2, 7);
		ktgt_cmd_fail(cmd);
		return;
	}
	put_unaligned_be32(pos - 8, header);
	ktgt_data_put(cmd, 0, header, sizeof(header));
	ktgt_data_done(cmd, pos);
}
