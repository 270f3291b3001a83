// SPDX-License-Identifier: GPL-2.0
/*
 * The mode pages (SPC-4, 7.5, and SBC-4, 6.5), and the values of a logical unit that
 * MODE SELECT can change. All initiators share them. They stay when the logical unit
 * gets another store; a LOGICAL UNIT RESET brings back those that were saved, or the
 * default values.
 */
#include "mode_page.h"

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "cache.h"
#include "lu.h"
#include "ua.h"

/* byte 0 of each page: it can be saved */
#define PS		BIT(7)
/* Caching mode page, byte 2 */
#define WCE		BIT(2)
/* Control mode page, bytes 2 to 5 */
#define TST_PER_NEXUS	BIT(5)
#define D_SENSE		BIT(2)
#define REORDER		0x10	/* unrestricted; QErr is 0 */
#define SWP		BIT(3)
#define TAS		BIT(6)

static void fill_recovery(const struct ktgt_mode_values *values, u8 *p)
{
	p[2] = 0xc0;	/* AWRE, ARRE: the device below does that by itself */
}

static void fill_caching(const struct ktgt_mode_values *values, u8 *p)
{
	if (values->write_cache)
		p[2] |= WCE;
}

/* What the user has chosen is not an initiator's to change. */
static void mask_caching(const struct ktgt_lu *lu, u8 *p)
{
	if (READ_ONCE(lu->params.write_cache) < 0)
		p[2] = WCE;
}

static void take_caching(struct ktgt_mode_values *values, const u8 *p)
{
	values->write_cache = p[2] & WCE;
	values->has_cache = true;
}

static void fill_control(const struct ktgt_mode_values *values, u8 *p)
{
	p[2] = TST_PER_NEXUS;
	if (values->d_sense)
		p[2] |= D_SENSE;
	p[3] = REORDER;
	if (values->protect)
		p[4] = SWP;
	p[5] = TAS;
}

static void mask_control(const struct ktgt_lu *lu, u8 *p)
{
	p[2] = D_SENSE;
	if (lu->type == TYPE_DISK)
		p[4] = SWP;
}

static void take_control(struct ktgt_mode_values *values, const u8 *p)
{
	values->d_sense = p[2] & D_SENSE;
	values->protect = p[4] & SWP;
}

static void fill_exceptions(const struct ktgt_mode_values *values, u8 *p)
{
	p[2] = BIT(3);			/* DEXCPT */
}

/* by code, as they are returned; SPC-4 has no page 0 for us */
static const struct ktgt_mode_page pages[] = {
	{ 0x01, 12, true, fill_recovery },
	{ 0x08, 20, true, fill_caching, mask_caching, take_caching },
	{ 0x0a, 12, false, fill_control, mask_control, take_control },
	{ 0x1c, 12, false, fill_exceptions },
};

/**
 * ktgt_mode_page - go through the mode pages of a logical unit
 * @lu: logical unit
 * @nr: number of the page, from 0
 *
 * Context: any.
 * Return: the page, NULL behind the last.
 */
const struct ktgt_mode_page *ktgt_mode_page(const struct ktgt_lu *lu,
					    unsigned int nr)
{
	const struct ktgt_mode_page *page;

	for (page = pages; page < pages + ARRAY_SIZE(pages); page++) {
		if (page->disk && lu->type != TYPE_DISK)
			continue;
		if (!nr--)
			return page;
	}
	return NULL;
}

static void get_defaults(const struct ktgt_lu *lu,
			 struct ktgt_mode_values *values)
{
	*values = (struct ktgt_mode_values) {
		.write_cache = lu->type == TYPE_DISK && ktgt_cache_default(lu),
	};
}

/* What was not saved is as it is by default. */
static void get_saved(const struct ktgt_lu *lu, struct ktgt_mode_values *values)
{
	int cache = READ_ONCE(lu->mode_saved.cache);

	get_defaults(lu, values);
	values->protect = READ_ONCE(lu->mode_saved.protect);
	values->d_sense = READ_ONCE(lu->mode_saved.d_sense);
	if (cache >= 0)
		values->write_cache = cache;
}

static void get_values(const struct ktgt_lu *lu, enum ktgt_mode_control control,
		       struct ktgt_mode_values *values)
{
	if (control == KTGT_MODE_DEFAULT)
		get_defaults(lu, values);
	else if (control == KTGT_MODE_SAVED)
		get_saved(lu, values);
	else
		ktgt_mode_values(lu, values);
}

/**
 * ktgt_mode_page_build - a mode page as MODE SENSE returns it
 * @page: the page
 * @lu: logical unit, referenced
 * @control: which values
 * @p: takes it, KTGT_MODE_PAGE_MAX bytes
 *
 * Context: any.
 */
void ktgt_mode_page_build(const struct ktgt_mode_page *page,
			  const struct ktgt_lu *lu,
			  enum ktgt_mode_control control, u8 *p)
{
	struct ktgt_mode_values values;

	memset(p, 0, KTGT_MODE_PAGE_MAX);
	if (control == KTGT_MODE_CHANGEABLE) {
		if (page->mask)
			page->mask(lu, p);
	} else {
		get_values(lu, control, &values);
		page->fill(&values, p);
	}
	p[0] = page->code;
	if (lu->save && page->take)
		p[0] |= PS;
	p[1] = page->len - 2;
}

/**
 * ktgt_mode_descriptor - the block descriptor of a logical unit (SBC-4, 6.5.2)
 * @lu: logical unit
 * @longer: the one of 16 bytes
 * @p: takes it; 16 zeroes before
 *
 * Context: any.
 * Return: bytes of it, 0 if @lu has none.
 */
u32 ktgt_mode_descriptor(const struct ktgt_lu *lu, bool longer, u8 *p)
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

/**
 * ktgt_mode_values - what is in force of what MODE SELECT can change
 * @lu: logical unit
 * @values: takes it
 *
 * Context: any.
 */
void ktgt_mode_values(const struct ktgt_lu *lu, struct ktgt_mode_values *values)
{
	values->write_cache = READ_ONCE(lu->write_cache);
	values->protect = READ_ONCE(lu->swp);
	values->d_sense = READ_ONCE(lu->d_sense);
	values->has_cache = false;
}

/**
 * ktgt_mode_change - change the values of the Control mode page
 * @lu: logical unit, referenced
 * @to: what they are to be; its @write_cache does not count, see
 *	ktgt_cache_select()
 * @by: I_T nexus that wants it, and is not told of the change (SPC-4, 6.11); NULL if
 *	all are
 *
 * Context: process; takes &ktgt_target.nexus_lock if there is a change.
 */
void ktgt_mode_change(struct ktgt_lu *lu, const struct ktgt_mode_values *to,
		      const struct ktgt_nexus *by)
{
	bool changed;

	spin_lock(&lu->lock);
	changed = lu->d_sense != to->d_sense || lu->swp != to->protect;
	WRITE_ONCE(lu->d_sense, to->d_sense);
	WRITE_ONCE(lu->swp, to->protect);
	WRITE_ONCE(lu->read_only, lu->is_protected || to->protect);
	spin_unlock(&lu->lock);
	if (changed)
		ktgt_ua_raise(lu, KTGT_UA_MODE, by);
}

/**
 * ktgt_mode_reset - bring back what was saved, or the default values
 * @lu: logical unit; its memory is referenced
 *
 * Context: process; may sleep, for a grace period of RCU, waits for no storage. Takes
 *	&ktgt_target.nexus_lock if there is a change.
 */
void ktgt_mode_reset(struct ktgt_lu *lu)
{
	const struct ktgt_mode_values to = {
		.protect = READ_ONCE(lu->mode_saved.protect),
		.d_sense = READ_ONCE(lu->mode_saved.d_sense),
	};
	int cache = READ_ONCE(lu->mode_saved.cache);

	ktgt_mode_change(lu, &to, NULL);
	if (READ_ONCE(lu->cache_mode) != cache)
		ktgt_cache_select(lu, cache, NULL);
}

/**
 * ktgt_mode_start - begin with what was saved
 * @lu: disk with its store, which nobody can find yet
 *
 * Context: process.
 */
void ktgt_mode_start(struct ktgt_lu *lu)
{
	const struct ktgt_mode_saved *saved = &lu->mode_saved;

	spin_lock(&lu->lock);
	lu->d_sense = saved->d_sense;
	lu->swp = saved->protect;
	lu->read_only = lu->is_protected || lu->swp;
	spin_unlock(&lu->lock);
	if (saved->cache >= 0)
		ktgt_cache_start(lu, saved->cache);
}
