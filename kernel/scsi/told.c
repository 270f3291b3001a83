// SPDX-License-Identifier: GPL-2.0
/*
 * What initiators tell a logical unit to keep (SPC-4, 5.14 and 6.32): the time, and
 * information by which they know it. All of them share it. It is kept as long as the
 * logical unit is there, whatever store it has.
 */
#include "told.h"

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/gfp.h"
#include "../core/net.h"
#include "../core/target.h"
#include "data.h"
#include "lu.h"
#include "sense.h"
#include "ua.h"

#define TIMESTAMP_LEN		12
#define TIMESTAMP_MASK		0xffffffffffffULL
/* TIMESTAMP ORIGIN */
#define ORIGIN_POWER_ON		0
#define ORIGIN_SET		2

/* INFORMATION TYPE, byte 10 of the CDB without its lowest bit */
#define TYPE_IDENTIFYING	0x00
#define TYPE_TEXT		0x02
#define TYPE_SUPPORTED		0x7f
#define INFO_HEADER_LEN		4

#define NR_INFOS		2
#define INFO_MAX		256

/**
 * struct info_kind - a kind of identifying information
 * @type: INFORMATION TYPE
 * @max: bytes that there may be
 * @is_text: it ends with a NUL
 */
struct info_kind {
	u8	type;
	u16	max;
	bool	is_text;
};

static const struct info_kind kinds[NR_INFOS] = {
	{ TYPE_IDENTIFYING, 64, false },
	{ TYPE_TEXT, INFO_MAX, true },
};

/**
 * struct ktgt_told - identifying information of a logical unit
 *
 * Made when an initiator gives some for the first time.
 *
 * @info: by kind
 * @info.len: bytes
 * @info.byte: the information
 */
struct ktgt_told {
	struct {
		u16	len;
		u8	byte[INFO_MAX];
	} info[NR_INFOS];
};

static void put_48(u64 value, u8 *p)
{
	put_unaligned_be16(value >> 32, p);
	put_unaligned_be32(value, p + 2);
}

static u64 get_48(const u8 *p)
{
	return (u64)get_unaligned_be16(p) << 32 | get_unaligned_be32(p + 2);
}

static u64 clock_now(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

/**
 * ktgt_told_report_timestamp - REPORT TIMESTAMP (SPC-4, 6.36)
 * @cmd: the command
 *
 * Nobody has set the clock of a new logical unit: it began at 0 with the machine.
 *
 * Context: process; completes @cmd.
 */
void ktgt_told_report_timestamp(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	u8 buf[TIMESTAMP_LEN] = {};
	u64 now;

	spin_lock(&lu->lock);
	now = lu->clock_base + clock_now();
	buf[2] = lu->clock_is_set ? ORIGIN_SET : ORIGIN_POWER_ON;
	spin_unlock(&lu->lock);
	put_unaligned_be16(TIMESTAMP_LEN - 2, buf);
	put_48(now & TIMESTAMP_MASK, buf + 4);
	ktgt_data_answer(cmd, buf, sizeof(buf));
}

/**
 * ktgt_told_check_timestamp - checks of SET TIMESTAMP (SPC-4, 6.45)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_told_check_timestamp(struct ktgt_cmd *cmd)
{
	return !cmd->xfer_len || cmd->xfer_len == TIMESTAMP_LEN ||
	       ktgt_data_refuse_length(cmd);
}

/**
 * ktgt_told_set_timestamp - SET TIMESTAMP (SPC-4, 6.45)
 * @cmd: the command
 *
 * Context: process; completes @cmd. Takes &ktgt_target.nexus_lock.
 */
void ktgt_told_set_timestamp(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	u8 buf[TIMESTAMP_LEN];

	if (!ktgt_data_has_come(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (cmd->xfer_len) {
		ktgt_data_get(cmd, 0, buf, sizeof(buf));
		spin_lock(&lu->lock);
		lu->clock_base = get_48(buf + 4) - clock_now();
		lu->clock_is_set = true;
		spin_unlock(&lu->lock);
		ktgt_ua_raise(lu, KTGT_UA_TIMESTAMP, cmd->nexus);
	}
	ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

/* Which kind a CDB asks for; NR_INFOS if there is no such kind. */
static unsigned int kind_of(const struct ktgt_cmd *cmd)
{
	unsigned int nr;

	for (nr = 0; nr < NR_INFOS; nr++)
		if (kinds[nr].type == cmd->cdb[10] >> 1)
			break;
	return nr;
}

static void report_kinds(struct ktgt_cmd *cmd)
{
	u8 buf[INFO_HEADER_LEN + 4 * NR_INFOS] = {};
	unsigned int nr;
	u8 *p = buf + INFO_HEADER_LEN;

	put_unaligned_be16(sizeof(buf) - INFO_HEADER_LEN, buf + 2);
	for (nr = 0; nr < NR_INFOS; nr++, p += 4) {
		p[0] = kinds[nr].type << 1;
		put_unaligned_be16(kinds[nr].max, p + 2);
	}
	ktgt_data_answer(cmd, buf, sizeof(buf));
}

/**
 * ktgt_told_report_info - REPORT IDENTIFYING INFORMATION (SPC-4, 6.32)
 * @cmd: the command
 *
 * Context: process; completes @cmd.
 */
void ktgt_told_report_info(struct ktgt_cmd *cmd)
{
	u8 header[INFO_HEADER_LEN] = {};
	struct ktgt_lu *lu = cmd->lu;
	unsigned int nr = kind_of(cmd);
	u16 len = 0;

	if (cmd->cdb[10] >> 1 == TYPE_SUPPORTED) {
		report_kinds(cmd);
		return;
	}
	if (nr == NR_INFOS) {
		ktgt_sense_cdb_field(&cmd->sense, 10, 7);
		ktgt_cmd_fail(cmd);
		return;
	}
	spin_lock(&lu->lock);
	if (lu->told) {
		len = lu->told->info[nr].len;
		ktgt_data_put(cmd, INFO_HEADER_LEN, lu->told->info[nr].byte,
			      len);
	}
	spin_unlock(&lu->lock);
	put_unaligned_be16(len, header + 2);
	ktgt_data_put(cmd, 0, header, sizeof(header));
	ktgt_data_done(cmd, INFO_HEADER_LEN + len);
}

/**
 * ktgt_told_check_info - checks of SET IDENTIFYING INFORMATION (SPC-4, 6.43)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_told_check_info(struct ktgt_cmd *cmd)
{
	unsigned int nr = kind_of(cmd);

	if (nr == NR_INFOS)
		ktgt_sense_cdb_field(&cmd->sense, 10, 7);
	else if (cmd->xfer_len > kinds[nr].max)
		ktgt_sense_cdb_field(&cmd->sense, 6, KTGT_SENSE_NO_BIT);
	else
		return true;
	return false;
}

/* Nothing is forgotten when there is no memory: NULL then. */
static struct ktgt_told *make_told(struct ktgt_lu *lu)
{
	struct ktgt_told *made, *told;

	told = READ_ONCE(lu->told);
	if (told)
		return told;
	made = kzalloc_obj(*made, KTGT_GFP_PEER);
	if (!made)
		return NULL;
	spin_lock(&lu->lock);
	if (!lu->told)
		WRITE_ONCE(lu->told, made);
	told = lu->told;
	spin_unlock(&lu->lock);
	if (told != made)
		kfree(made);
	return told;
}

/* What is in the buffer becomes the information. */
static void take_info(struct ktgt_cmd *cmd, struct ktgt_told *told,
		      unsigned int nr)
{
	struct ktgt_lu *lu = cmd->lu;

	spin_lock(&lu->lock);
	ktgt_data_get(cmd, 0, told->info[nr].byte, cmd->xfer_len);
	told->info[nr].len = cmd->xfer_len;
	spin_unlock(&lu->lock);
	ktgt_ua_raise(lu, KTGT_UA_IDENTIFIER, cmd->nexus);
}

/* A text has to end with its only NUL (SPC-4, 6.43). */
static bool check_text(struct ktgt_cmd *cmd)
{
	u8 last;

	if (!cmd->xfer_len)
		return true;
	ktgt_data_get(cmd, cmd->xfer_len - 1, &last, 1);
	if (!last)
		return true;
	ktgt_sense_list_field(&cmd->sense, cmd->xfer_len - 1);
	return false;
}

/**
 * ktgt_told_set_info - SET IDENTIFYING INFORMATION (SPC-4, 6.43)
 * @cmd: the command
 *
 * No bytes at all take the information away.
 *
 * Context: process, may allocate; completes @cmd. Takes &ktgt_target.nexus_lock.
 */
void ktgt_told_set_info(struct ktgt_cmd *cmd)
{
	unsigned int nr = kind_of(cmd);
	struct ktgt_told *told;

	if (!ktgt_data_has_come(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (kinds[nr].is_text && !check_text(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	told = make_told(cmd->lu);
	if (!told) {
		ktgt_net_count_failure(cmd->nexus->target->kn);
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return;
	}
	take_info(cmd, told, nr);
	ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}
