// SPDX-License-Identifier: GPL-2.0
/*
 * The log pages (SPC-4, 7.3), LOG SENSE and LOG SELECT. All parameters are lists, of
 * which there is one set of values, whatever PC asks for. LOG SELECT cannot write
 * any; it makes the counters begin at 0 again, for LOG SENSE alone.
 */
#include "log.h"

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "data.h"
#include "histogram.h"
#include "lu.h"
#include "sense.h"
#include "ua.h"

#define PAGE_SUPPORTED		0x00
#define PAGE_STATISTICS		0x19
#define PAGE_EXCEPTIONS		0x2f

#define PAGE_CODE		0x3f
#define HEADER_LEN		4
/* longest page, with its header */
#define PAGE_LEN_MAX		96
/* FORMAT AND LINKING: a list in binary form */
#define LIST			0x03

/* LOG SELECT, byte 1 and PC of byte 2 */
#define PCR			BIT(1)
#define PC_DEFAULT		3

/* of the statistics page: 8 times 8 bytes, and how long an interval is */
#define STATISTICS_LEN		64
#define INTERVAL_EXPONENT	6	/* 1 us */

#define TEMPERATURE_UNKNOWN	0xff

/**
 * struct log_page - a log page
 * @code: page code
 * @disk: disks have it, the controller has not
 * @last: greatest parameter code
 * @fill: writes parameters from @first on into zeroes, returns their bytes
 */
struct log_page {
	u8	code;
	bool	disk;
	u16	last;
	u32	(*fill)(struct ktgt_lu *lu, u16 first, u8 *p);
};

static u32 fill_supported(struct ktgt_lu *lu, u16 first, u8 *p);

static u8 *put_parameter(u8 *p, u16 code, u8 len)
{
	put_unaligned_be16(code, p);
	p[2] = LIST;
	p[3] = len;
	return p + 4;
}

/* ns in the histograms of a logical unit that has some */
static u64 time_of(const struct ktgt_lu *lu, enum ktgt_histogram_op op)
{
	const struct ktgt_histograms *histograms;
	u64 ns = 0;

	rcu_read_lock();
	histograms = READ_ONCE(lu->histograms);
	if (histograms)
		ns = ktgt_histograms_time(histograms, op);
	rcu_read_unlock();
	return ns;
}

static void get_counts(struct ktgt_lu *lu, struct ktgt_log_counts *counts)
{
	struct ktgt_lu_stats sum;

	ktgt_lu_stats_sum(lu, &sum);
	*counts = (struct ktgt_log_counts) {
		.reads = sum.read.completed,
		.writes = sum.write.completed,
		.read_bytes = sum.read.bytes,
		.written_bytes = sum.write.bytes,
		.read_time = time_of(lu, KTGT_HISTOGRAM_READ),
		.write_time = time_of(lu, KTGT_HISTOGRAM_WRITE),
	};
}

/* What has been counted since the counters began at 0. */
static void get_counts_since(struct ktgt_lu *lu, struct ktgt_log_counts *counts)
{
	struct ktgt_log_counts now;

	get_counts(lu, &now);
	spin_lock(&lu->lock);
	counts->reads = now.reads - lu->log_base.reads;
	counts->writes = now.writes - lu->log_base.writes;
	counts->read_bytes = now.read_bytes - lu->log_base.read_bytes;
	counts->written_bytes = now.written_bytes - lu->log_base.written_bytes;
	counts->read_time = now.read_time - lu->log_base.read_time;
	counts->write_time = now.write_time - lu->log_base.write_time;
	spin_unlock(&lu->lock);
}

/* General statistics and performance, SPC-4, 7.3.10: each command has weight 1. */
static u8 *put_statistics(struct ktgt_lu *lu, u8 *p)
{
	u32 shift = READ_ONCE(lu->block_shift);
	struct ktgt_log_counts counts;

	get_counts_since(lu, &counts);
	p = put_parameter(p, 1, STATISTICS_LEN);
	put_unaligned_be64(counts.reads, p);
	put_unaligned_be64(counts.writes, p + 8);
	put_unaligned_be64(counts.written_bytes >> shift, p + 16);
	put_unaligned_be64(counts.read_bytes >> shift, p + 24);
	counts.read_time = div_u64(counts.read_time, NSEC_PER_USEC);
	counts.write_time = div_u64(counts.write_time, NSEC_PER_USEC);
	put_unaligned_be64(counts.read_time, p + 32);
	put_unaligned_be64(counts.write_time, p + 40);
	put_unaligned_be64(counts.reads + counts.writes, p + 48);
	put_unaligned_be64(counts.read_time + counts.write_time, p + 56);
	return p + STATISTICS_LEN;
}

/* How long the logical unit was idle is not known, so parameter 2 is not there. */
static u32 fill_statistics(struct ktgt_lu *lu, u16 first, u8 *p)
{
	u8 *end = p;

	if (first <= 1)
		end = put_statistics(lu, end);
	end = put_parameter(end, 3, 8);
	put_unaligned_be32(INTERVAL_EXPONENT, end);
	put_unaligned_be32(1, end + 4);
	return end + 8 - p;
}

/* Informational exceptions, SPC-4, 7.3.12: there are none. */
static u32 fill_exceptions(struct ktgt_lu *lu, u16 first, u8 *p)
{
	p = put_parameter(p, 0, 4);
	p[2] = TEMPERATURE_UNKNOWN;
	return 4 + 4;
}

/* by code, as they are listed */
static const struct log_page pages[] = {
	{ PAGE_SUPPORTED, false, 0, fill_supported },
	{ PAGE_STATISTICS, true, 3, fill_statistics },
	{ PAGE_EXCEPTIONS, false, 0, fill_exceptions },
};

static bool has_page(const struct ktgt_lu *lu, const struct log_page *page)
{
	return !page->disk || lu->type == TYPE_DISK;
}

static u32 fill_supported(struct ktgt_lu *lu, u16 first, u8 *p)
{
	unsigned int i;
	u32 len = 0;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		if (has_page(lu, &pages[i]))
			p[len++] = pages[i].code;
	return len;
}

static const struct log_page *find_page(const struct ktgt_lu *lu, u8 code)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		if (pages[i].code == code && has_page(lu, &pages[i]))
			return &pages[i];
	return NULL;
}

/* Which page a CDB names; NULL with sense data set if there is none. */
static const struct log_page *page_of(struct ktgt_cmd *cmd)
{
	const struct log_page *page;

	page = find_page(cmd->lu, cmd->cdb[2] & PAGE_CODE);
	if (!page)
		ktgt_sense_cdb_field(&cmd->sense, 2, 5);
	else if (cmd->cdb[3])
		ktgt_sense_cdb_field(&cmd->sense, 3, 7);
	else
		return page;
	return NULL;
}

/**
 * ktgt_log_sense - LOG SENSE (SPC-4, 6.6)
 * @cmd: the command
 *
 * Context: process; completes @cmd. Takes &ktgt_target.nexus_lock.
 */
void ktgt_log_sense(struct ktgt_cmd *cmd)
{
	u16 first = get_unaligned_be16(cmd->cdb + 5);
	const struct log_page *page = page_of(cmd);
	u8 buf[PAGE_LEN_MAX] = {};
	u32 len;

	static_assert(HEADER_LEN + 4 + STATISTICS_LEN + 4 + 8 <= PAGE_LEN_MAX);

	if (page && first > page->last) {
		ktgt_sense_cdb_field(&cmd->sense, 5, KTGT_SENSE_NO_BIT);
		page = NULL;
	}
	if (!page) {
		ktgt_cmd_fail(cmd);
		return;
	}
	len = page->fill(cmd->lu, first, buf + HEADER_LEN);
	buf[0] = page->code;
	put_unaligned_be16(len, buf + 2);
	ktgt_data_answer(cmd, buf, HEADER_LEN + len);
}

/**
 * ktgt_log_select_check - checks of LOG SELECT (SPC-4, 6.5)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_log_select_check(struct ktgt_cmd *cmd)
{
	if (!cmd->xfer_len)
		return page_of(cmd);
	if (cmd->cdb[1] & PCR)
		ktgt_sense_cdb_field(&cmd->sense, 1, 1);
	else if (cmd->cdb[2] & PAGE_CODE)
		ktgt_sense_cdb_field(&cmd->sense, 2, 5);
	else if (cmd->cdb[3])
		ktgt_sense_cdb_field(&cmd->sense, 3, 7);
	else
		return true;
	return false;
}

/* Pages without parameters are all that a list may have. */
static bool check_list(struct ktgt_cmd *cmd)
{
	u8 header[HEADER_LEN];
	u32 pos;

	for (pos = 0; pos < cmd->xfer_len; pos += HEADER_LEN) {
		if (!ktgt_data_has_come(cmd))
			return false;
		if (pos + HEADER_LEN > cmd->xfer_len)
			return ktgt_data_refuse_length(cmd);
		ktgt_data_get(cmd, pos, header, HEADER_LEN);
		if (find_page(cmd->lu, header[0] & PAGE_CODE) && !header[1] &&
		    !get_unaligned_be16(header + 2))
			continue;
		ktgt_sense_list_field(&cmd->sense, pos);
		return false;
	}
	return true;
}

/* The counters begin at 0. Those of the administrator go on. */
static void restart(struct ktgt_lu *lu, const struct ktgt_nexus *by)
{
	struct ktgt_log_counts now;

	get_counts(lu, &now);
	spin_lock(&lu->lock);
	lu->log_base = now;
	spin_unlock(&lu->lock);
	ktgt_ua_raise(lu, KTGT_UA_LOG, by);
}

/**
 * ktgt_log_select - LOG SELECT (SPC-4, 6.5)
 * @cmd: the command
 *
 * Context: process; completes @cmd. Takes &ktgt_target.nexus_lock.
 */
void ktgt_log_select(struct ktgt_cmd *cmd)
{
	u8 page = cmd->cdb[2] & PAGE_CODE;

	if (!check_list(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (!cmd->xfer_len && cmd->lu->type == TYPE_DISK &&
	    (page == PAGE_SUPPORTED || page == PAGE_STATISTICS) &&
	    (cmd->cdb[1] & PCR || cmd->cdb[2] >> 6 == PC_DEFAULT))
		restart(cmd->lu, cmd->nexus);
	ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}
