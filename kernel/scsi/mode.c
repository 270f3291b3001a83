// SPDX-License-Identifier: GPL-2.0
/*
 * Mode pages (SPC-4, 7.5, and SBC-4, 6.5). None of them can be changed.
 */
#include "mode.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "data.h"
#include "lu.h"
#include "sense.h"

#define PAGE_ALL		0x3f
#define SUBPAGE_ALL		0xff
#define PAGE_LEN_MAX		20

#define DEVICE_WP		0x80
#define DEVICE_DPOFUA		0x10

/* PC of the CDB (SPC-4, 6.13) */
enum page_control {
	PC_CURRENT,
	PC_CHANGEABLE,
	PC_DEFAULT,
	PC_SAVED,
};

/**
 * struct mode_page - a mode page
 * @code: page code
 * @len: bytes, header included
 * @disk: disks have it, the controller has not
 * @fill: writes what follows the header into a page of zeroes
 */
struct mode_page {
	u8	code;
	u8	len;
	bool	disk;
	void	(*fill)(const struct ktgt_lu *lu, u8 *p);
};

static void fill_recovery(const struct ktgt_lu *lu, u8 *p)
{
	p[2] = 0xc0;	/* AWRE, ARRE: the device below does that by itself */
}

static void fill_caching(const struct ktgt_lu *lu, u8 *p)
{
	if (READ_ONCE(lu->write_cache))
		p[2] |= BIT(2);		/* WCE */
}

static void fill_control(const struct ktgt_lu *lu, u8 *p)
{
	p[2] = 1 << 5;			/* TST: a task set for each I_T nexus */
	if (lu->d_sense)
		p[2] |= BIT(2);		/* D_SENSE */
	p[3] = 0x10;			/* unrestricted reordering */
	p[5] = BIT(6);			/* TAS */
}

static void fill_exceptions(const struct ktgt_lu *lu, u8 *p)
{
	p[2] = BIT(3);			/* DEXCPT */
}

/* by code, as they are returned; SPC-4 has no page 0 for us */
static const struct mode_page mode_pages[] = {
	{ 0x01, 12, true, fill_recovery },
	{ 0x08, 20, true, fill_caching },
	{ 0x0a, 12, false, fill_control },
	{ 0x1c, 12, false, fill_exceptions },
};

/* Returns the bytes of all pages that were asked for. */
static u32 put_pages(struct ktgt_cmd *cmd, u32 pos)
{
	const struct mode_page *page;
	u8 want = cmd->cdb[2] & 0x3f;
	u8 control = cmd->cdb[2] >> 6;
	u8 buf[PAGE_LEN_MAX];
	u32 start = pos;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mode_pages); i++) {
		page = &mode_pages[i];
		if (want != PAGE_ALL && want != page->code)
			continue;
		if (page->disk && cmd->lu->type != TYPE_DISK)
			continue;
		memset(buf, 0, sizeof(buf));
		if (control != PC_CHANGEABLE)
			page->fill(cmd->lu, buf);
		buf[0] = page->code;
		buf[1] = page->len - 2;
		ktgt_data_put(cmd, pos, buf, page->len);
		pos += page->len;
	}
	return pos - start;
}

/* Block descriptors, SBC-4, 6.5.2. */
static u32 build_block_descriptor(const struct ktgt_lu *lu, bool longer, u8 *p)
{
	u64 nr_blocks = READ_ONCE(lu->nr_blocks);
	u32 size = 1u << lu->block_shift;

	if (lu->type != TYPE_DISK)
		return 0;
	if (longer) {
		put_unaligned_be64(nr_blocks, p);
		put_unaligned_be32(size, p + 12);
		return 16;
	}
	put_unaligned_be32(min_t(u64, nr_blocks, U32_MAX), p);
	put_unaligned_be24(size, p + 5);
	return 8;
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

	if (cmd->cdb[2] >> 6 == PC_SAVED) {
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
		descriptor_len = build_block_descriptor(cmd->lu, longer,
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
