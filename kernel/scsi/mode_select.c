// SPDX-License-Identifier: GPL-2.0
/*
 * MODE SELECT (SPC-4, 6.11 and 6.12). The whole parameter list is checked before
 * anything is changed. With SP, which needs a state file, what can be changed is saved for
 * all pages as it is to be, before it is in force.
 */
#include "mode_select.h"

#include <linux/bitops.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../backend/state.h"
#include "../core/cmd.h"
#include "cache.h"
#include "data.h"
#include "gate.h"
#include "lu.h"
#include "mode_image.h"
#include "mode_page.h"
#include "pr.h"
#include "sense.h"
#include "state_image.h"
#include "state_save.h"

#define PF		BIT(4)
#define SP		BIT(0)
#define LONGLBA		BIT(0)
#define SPF		BIT(6)
#define PAGE_CODE	0x3f

/**
 * enum cache_step - how far the write cache is, &ktgt_cmd.step_at
 * @CACHE_SAME: it is to be as it is
 * @CACHE_CHANGES: it is to be on or off, which may take a flush
 * @CACHE_CHANGED: it was made so
 */
enum cache_step {
	CACHE_SAME,
	CACHE_CHANGES,
	CACHE_CHANGED,
};

static bool saves(const struct ktgt_cmd *cmd)
{
	return cmd->cdb[1] & SP;
}

static bool is_short_one(const struct ktgt_cmd *cmd)
{
	return cmd->cdb[0] == MODE_SELECT;
}

static u32 header_len(const struct ktgt_cmd *cmd)
{
	return is_short_one(cmd) ? 4 : 8;
}

static bool refuse_byte(struct ktgt_cmd *cmd, u32 byte)
{
	ktgt_sense_list_field(&cmd->sense, byte);
	return false;
}

/**
 * ktgt_mode_select_check - checks of MODE SELECT (SPC-4, 6.11)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_mode_select_check(struct ktgt_cmd *cmd)
{
	if (saves(cmd) && !cmd->lu->save) {
		ktgt_sense_cdb_field(&cmd->sense, 1, 0);
		return false;
	}
	if (!cmd->xfer_len)
		return true;
	if (!(cmd->cdb[1] & PF)) {
		ktgt_sense_cdb_field(&cmd->sense, 1, 4);
		return false;
	}
	return cmd->xfer_len >= header_len(cmd) || ktgt_data_refuse_length(cmd);
}

/* A number of blocks of 0, and the greatest, mean the present one (SBC-4, 6.5.2). */
static bool descriptor_fits(const struct ktgt_lu *lu, bool longer, const u8 *p)
{
	u32 count_len = longer ? 8 : 4;
	u32 size_at = longer ? 12 : 5;
	u8 own[16] = {};
	u32 len = ktgt_mode_descriptor(lu, longer, own);

	if (memcmp(p + size_at, own + size_at, len - size_at))
		return false;
	return !memcmp(p, own, count_len) || !memchr_inv(p, 0, count_len) ||
	       !memchr_inv(p, 0xff, count_len);
}

/* The block descriptor may only say what is so. Returns its end. */
static bool read_descriptor(struct ktgt_cmd *cmd, u32 len, bool longer,
			    u32 *end)
{
	u32 start = header_len(cmd);
	u8 buf[16];

	*end = start + len;
	if (*end > cmd->xfer_len)
		return ktgt_data_refuse_length(cmd);
	if (!len)
		return true;
	if (len != ktgt_mode_descriptor(cmd->lu, longer, buf))
		return refuse_byte(cmd, is_short_one(cmd) ? 3 : 6);
	ktgt_data_get(cmd, start, buf, len);
	return descriptor_fits(cmd->lu, longer, buf) ||
	       refuse_byte(cmd, start);
}

/* Lengths and protection, which MODE SENSE has there, do not count. */
static bool read_header(struct ktgt_cmd *cmd, u32 *end)
{
	u8 buf[8];

	ktgt_data_get(cmd, 0, buf, header_len(cmd));
	if (is_short_one(cmd)) {
		if (buf[1])
			return refuse_byte(cmd, 1);
		return read_descriptor(cmd, buf[3], false, end);
	}
	if (buf[2])
		return refuse_byte(cmd, 2);
	return read_descriptor(cmd, get_unaligned_be16(buf + 6),
			       buf[4] & LONGLBA, end);
}

static const struct ktgt_mode_page *find_page(const struct ktgt_lu *lu, u8 first)
{
	const struct ktgt_mode_page *page;
	unsigned int nr;

	if (first & SPF)
		return NULL;
	for (nr = 0; (page = ktgt_mode_page(lu, nr)); nr++)
		if (page->code == (first & PAGE_CODE))
			return page;
	return NULL;
}

/* What cannot be changed has to be as it is. */
static bool check_bits(struct ktgt_cmd *cmd, u32 pos,
		       const struct ktgt_mode_page *page, const u8 *p)
{
	u8 now[KTGT_MODE_PAGE_MAX], mask[KTGT_MODE_PAGE_MAX];
	u32 i;

	ktgt_mode_page_build(page, cmd->lu, KTGT_MODE_CURRENT, now);
	ktgt_mode_page_build(page, cmd->lu, KTGT_MODE_CHANGEABLE, mask);
	for (i = 2; i < page->len; i++)
		if ((p[i] ^ now[i]) & ~mask[i])
			return refuse_byte(cmd, pos + i);
	return true;
}

/* One page, of which @values takes what can be changed. */
static bool read_page(struct ktgt_cmd *cmd, u32 *pos,
		      struct ktgt_mode_values *values)
{
	const struct ktgt_mode_page *page;
	u8 buf[KTGT_MODE_PAGE_MAX];

	if (*pos + 2 > cmd->xfer_len)
		return ktgt_data_refuse_length(cmd);
	ktgt_data_get(cmd, *pos, buf, 2);
	page = find_page(cmd->lu, buf[0]);
	if (!page)
		return refuse_byte(cmd, *pos);
	if (buf[1] != page->len - 2)
		return refuse_byte(cmd, *pos + 1);
	if (*pos + page->len > cmd->xfer_len)
		return ktgt_data_refuse_length(cmd);
	ktgt_data_get(cmd, *pos, buf, page->len);
	if (!check_bits(cmd, *pos, page, buf))
		return false;
	if (page->take)
		page->take(values, buf);
	*pos += page->len;
	return true;
}

static bool read_list(struct ktgt_cmd *cmd, struct ktgt_mode_values *values)
{
	u32 pos;

	if (!read_header(cmd, &pos))
		return false;
	while (pos < cmd->xfer_len)
		if (!read_page(cmd, &pos, values))
			return false;
	return true;
}

/*
 * A cache that is to be off is flushed first, for which the command waits. Returns
 * false if it does, or if it has ended with an error.
 */
static bool select_cache(struct ktgt_cmd *cmd, bool wanted)
{
	struct ktgt_lu *lu = cmd->lu;

	if (cmd->step_at == CACHE_CHANGED ||
	    (cmd->step_at == CACHE_SAME && wanted == READ_ONCE(lu->write_cache)))
		return true;
	if (cmd->step_at == CACHE_SAME) {
		cmd->step_at = CACHE_CHANGES;
		ktgt_cache_select(lu, wanted, cmd->nexus);
	}
	if (ktgt_gate_park(cmd))
		return false;
	if (wanted == READ_ONCE(lu->write_cache)) {
		cmd->step_at = CACHE_CHANGED;
		return true;
	}
	ktgt_cache_select(lu, -1, NULL);
	ktgt_sense_set(&cmd->sense, HARDWARE_ERROR,
		       KTGT_ASC_INTERNAL_TARGET_FAILURE);
	ktgt_cmd_fail(cmd);
	return false;
}

/* It ends with an error. What has become of the cache stays, and its initiator is told. */
static void tell_of_cache(struct ktgt_cmd *cmd)
{
	if (cmd->step_at != CACHE_SAME)
		set_bit(KTGT_UA_MODE, &cmd->itl->flags);
}

/*
 * A reservation may have come while the command waited for its data, for the cache, or
 * for the state file.
 */
static bool is_in_conflict(struct ktgt_cmd *cmd)
{
	if (!ktgt_pr_conflicts(cmd))
		return false;
	tell_of_cache(cmd);
	ktgt_cmd_complete(cmd, SAM_STAT_RESERVATION_CONFLICT);
	return true;
}

/*
 * What is kept of @values. Of a cache that no initiator has chosen, nothing: then it is
 * that of the device, which may be another one.
 */
static void put_section(const struct ktgt_lu *lu,
			const struct ktgt_mode_values *values, u8 *section)
{
	bool chosen = values->has_cache && READ_ONCE(lu->params.write_cache) < 0;
	const struct ktgt_mode_saved saved = {
		.protect = values->protect,
		.d_sense = values->d_sense,
		.cache = chosen ? values->write_cache :
				  READ_ONCE(lu->cache_mode),
	};

	ktgt_mode_image_put(&saved, section);
}

/* Returns false if it waits, or if it has ended with an error. */
static bool save(struct ktgt_cmd *cmd, const struct ktgt_mode_values *values)
{
	u8 section[KTGT_MODE_IMAGE_LEN] = {};
	enum ktgt_save_result result;

	put_section(cmd->lu, values, section);
	result = ktgt_save_section(cmd, KTGT_SECTION_MODE, section,
				   sizeof(section));
	if (result == KTGT_SAVE_STABLE)
		return true;
	if (result != KTGT_SAVE_WAITS) {
		tell_of_cache(cmd);
		ktgt_save_fail(cmd, result);
	}
	return false;
}

/* What is stable is what a LOGICAL UNIT RESET brings back from now on. */
static void commit(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	const u8 *section;
	u32 len;

	section = ktgt_state_image_find(ktgt_state_next(lu->state),
					KTGT_SECTION_MODE, &len);
	ktgt_mode_image_read(lu, section, len);
	ktgt_save_commit(cmd);
}

/**
 * ktgt_mode_select - MODE SELECT(6) and MODE SELECT(10) (SPC-4, 6.11 and 6.12)
 * @cmd: the command
 *
 * If the write cache is to be off, all writes that have ended are stable when it
 * ends, and each later one is when it ends. If the device cannot do that, nothing is
 * changed. If values cannot be saved, none but WCE is changed.
 *
 * Context: process; may sleep, for a grace period of RCU and for memory; completes @cmd,
 * maybe later. Called again when the cache is settled, and when values are saved.
 */
void ktgt_mode_select(struct ktgt_cmd *cmd)
{
	struct ktgt_mode_values values;

	if (is_in_conflict(cmd))
		return;
	ktgt_mode_values(cmd->lu, &values);
	if (!ktgt_data_has_come(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (cmd->xfer_len && !read_list(cmd, &values)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (!select_cache(cmd, values.write_cache) || is_in_conflict(cmd))
		return;
	if (saves(cmd)) {
		if (!save(cmd, &values))
			return;
		commit(cmd);
	}
	ktgt_mode_change(cmd->lu, &values, cmd->nexus);
	/* now: the next one may save what it finds in force */
	if (saves(cmd))
		ktgt_save_leave(cmd);
	ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}
