// SPDX-License-Identifier: GPL-2.0
/*
 * The image of a state file has sections, one for each thing that is kept. Who changes
 * one of them has a new image made, in which the others are as they were. What is in a
 * section, only its own file knows.
 *
 * A section:
 *
 *	0	type
 *	2	0
 *	4	bytes of the data
 *	8	the data
 *
 * All numbers are little-endian. Sections are in the order of their types, each at most
 * once. A type that is not known is refused: it may say that the blocks are not to be
 * used.
 */
#include "state_image.h"

#include <linux/errno.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "../backend/state.h"

static u16 type_of(const u8 *section)
{
	return get_unaligned_le16(section);
}

static u32 len_of(const u8 *section)
{
	return get_unaligned_le32(section + 4);
}

/* Bytes of a section with all of its data; 0 if there are not so many. */
static u32 whole_len(const u8 *section, u32 left)
{
	if (left < KTGT_SECTION_LEN || len_of(section) > left - KTGT_SECTION_LEN)
		return 0;
	return KTGT_SECTION_LEN + len_of(section);
}

/**
 * ktgt_state_image_check - whether an image has sections, and nothing else
 * @image: the image
 *
 * Context: any.
 * Return: 0; -EUCLEAN if it makes no sense; -EPROTONOSUPPORT if it has something that is
 *	not known.
 */
int ktgt_state_image_check(const struct ktgt_state_image *image)
{
	const u8 *p = image->data;
	u32 left = image->len;
	u16 last = 0;
	u32 len;

	while (left) {
		len = whole_len(p, left);
		if (!len)
			return -EUCLEAN;
		if (type_of(p) >= KTGT_SECTION_END || get_unaligned_le16(p + 2))
			return -EPROTONOSUPPORT;
		if (type_of(p) <= last)
			return -EUCLEAN;
		last = type_of(p);
		p += len;
		left -= len;
	}
	return 0;
}

/**
 * ktgt_state_image_find - find a section
 * @image: image that ktgt_state_image_check() has found good
 * @type: which
 * @len: takes the bytes of its data, if there is one
 *
 * Context: any.
 * Return: its data, or NULL.
 */
const u8 *ktgt_state_image_find(const struct ktgt_state_image *image,
				enum ktgt_section_type type, u32 *len)
{
	const u8 *p = image->data, *end = p + image->len;

	while (p < end) {
		if (type_of(p) == type) {
			*len = len_of(p);
			return p + KTGT_SECTION_LEN;
		}
		p += KTGT_SECTION_LEN + len_of(p);
	}
	return NULL;
}

/* How many bytes there are of the sections in front of one of a type. */
static u32 len_before(const struct ktgt_state_image *image, u16 type)
{
	u32 at = 0;

	while (at < image->len && type_of(image->data + at) < type)
		at += KTGT_SECTION_LEN + len_of(image->data + at);
	return at;
}

static u8 *put_section(u8 *p, u16 type, u32 len)
{
	put_unaligned_le16(type, p);
	put_unaligned_le32(len, p + 4);
	return p + KTGT_SECTION_LEN;
}

/**
 * ktgt_state_image_with - make an image with another section of one type
 * @base: what is kept, which ktgt_state_image_check() has found good; NULL if nothing is
 * @type: which section
 * @len: bytes of its data; with 0 there is no such section
 * @gfp: how to allocate the image
 * @data: takes where its data is to be put, where zeroes are now; NULL if @len is 0
 *
 * Context: may sleep.
 * Return: the image, with all other sections of @base; NULL without memory.
 */
struct ktgt_state_image *
ktgt_state_image_with(const struct ktgt_state_image *base,
		      enum ktgt_section_type type, u32 len, gfp_t gfp, u8 **data)
{
	u32 before = base ? len_before(base, type) : 0;
	u32 behind = base ? len_before(base, type + 1) : 0;
	u32 after = base ? base->len - behind : 0;
	u32 whole = len ? KTGT_SECTION_LEN + len : 0;
	struct ktgt_state_image *image;
	u8 *p;

	image = ktgt_state_image_alloc(before + whole + after, gfp);
	if (!image)
		return NULL;
	p = image->data;
	if (before)
		memcpy(p, base->data, before);
	p += before;
	if (len)
		*data = put_section(p, type, len);
	p += whole;
	if (after)
		memcpy(p, base->data + behind, after);
	return image;
}
