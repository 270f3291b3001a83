// SPDX-License-Identifier: GPL-2.0
/*
 * MODE SENSE (SPC-4, 6.13 and 6.14). The pages are in mode_page.c.
 */
#include "mode.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "data.h"
#include "lu.h"
#include "mode_page.h"
#include "sense.h"

#define PAGE_ALL		0x3f
#define SUBPAGE_ALL		0xff

#define DEVICE_WP		0x80
#define DEVICE_DPOFUA		0x10

/* Returns the bytes of all pages that were asked for. */
static u32 put_pages(struct ktgt_cmd *cmd, u32 pos)
{
	const struct ktgt_mode_page *page;
	u8 want = cmd->cdb[2] & 0x3f;
	u8 buf[KTGT_MODE_PAGE_MAX];
	u32 start = pos;
	unsigned int nr;

	for (nr = 0; (page = ktgt_mode_page(cmd->lu, nr)); nr++) {
		if (want != PAGE_ALL && want != page->code)
			continue;
		ktgt_mode_page_build(page, cmd->lu, cmd->cdb[2] >> 6, buf);
		ktgt_data_put(cmd, pos, buf, page->len);
		pos += page->len;
	}
	return pos - start;
}

static u8 device_specific(const struct ktgt_lu *lu)
{
	u8 flags = 0;

	if (lu->type != TYPE_DISK)
		return 0;
	flags |= DEVICE_DPOFUA;
	if (READ_ONCE(lu->read_only))
		flags |= DEVICE_WP;
	return flags;
}

static u32 put_header(struct ktgt_cmd *cmd, u32 head, const u8 *descriptor,
		      u32 descriptor_len, u32 total)
{
	bool longer = descriptor_len == 16;
	u8 buf[8] = {};

	if (head == 4) {
		buf[0] = total - 1;
		buf[2] = device_specific(cmd->lu);
		buf[3] = descriptor_len;
	} else {
		put_unaligned_be16(total - 2, buf);
		buf[3] = device_specific(cmd->lu);
		buf[4] = longer ? BIT(0) : 0;
		put_unaligned_be16(descriptor_len, buf + 6);
	}
	ktgt_data_put(cmd, 0, buf, head);
	ktgt_data_put(cmd, head, descriptor, descriptor_len);
	return total;
}

static bool check_page(struct ktgt_cmd *cmd)
{
	u8 subpage = cmd->cdb[3];

	if (cmd->cdb[2] >> 6 == KTGT_MODE_SAVED && !cmd->lu->save) {
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_SAVING_NOT_SUPPORTED);
		return false;
	}
	if (subpage && subpage != SUBPAGE_ALL) {
		ktgt_sense_cdb_field(&cmd->sense, 3, 7);
		return false;
	}
	return true;
}

/**
 * ktgt_mode_sense - MODE SENSE(6) and MODE SENSE(10) (SPC-4, 6.13 and 6.14)
 * @cmd: the command
 *
 * Context: any; completes @cmd.
 */
void ktgt_mode_sense(struct ktgt_cmd *cmd)
{
	u32 head = cmd->cdb[0] == MODE_SENSE ? 4 : 8;
	bool longer = cmd->cdb[1] & BIT(4);
	bool disable = cmd->cdb[1] & BIT(3);
	u8 descriptor[16] = {};
	u32 descriptor_len = 0;
	u32 pages;

	if (!check_page(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (!disable)
		descriptor_len = ktgt_mode_descriptor(cmd->lu, longer,
						      descriptor);
	pages = put_pages(cmd, head + descriptor_len);
	if (!pages) {
		ktgt_sense_cdb_field(&cmd->sense, 2, 5);
		ktgt_cmd_fail(cmd);
		return;
	}
	ktgt_data_done(cmd, put_header(cmd, head, descriptor, descriptor_len,
				       head + descriptor_len + pages));
}
