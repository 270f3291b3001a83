// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the parameter list of EXTENDED COPY (SPC-4, 6.4).
 *
 * A list is looked at as a whole before any of it is carried out: how long it is, how
 * many descriptors it has, and of which types. What a descriptor refers to is found
 * when it is its turn.
 */
#include "copy_list.h"

#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "sense.h"

#define LID1_HEADER	16
#define LID4_HEADER	48
#define LID4_FORMAT	0x01
#define LID4_CSCD_TYPE	0xff
#define LID4_CSCD_LEN	32
/* IMMED and G_SENSE, byte 15 of the longer header */
#define LID4_FLAGS	0x03

/* bytes of segment descriptors, without the first four as in DESCRIPTOR LENGTH */
#define BLOCKS_LEN	0x18
#define BYTES_LEN	0x1c
#define SEGMENT_HEADER	4

/**
 * struct lengths - how long the parts of a list are
 * @header: bytes of the header
 * @cscds: CSCD DESCRIPTOR LIST LENGTH
 * @segments: SEGMENT DESCRIPTOR LIST LENGTH
 * @inline_data: INLINE DATA LENGTH
 * @cscds_at: where @cscds is in the list
 * @segments_at: where @segments is
 */
struct lengths {
	u32	header;
	u32	cscds;
	u32	segments;
	u32	inline_data;
	u16	cscds_at;
	u16	segments_at;
};

static bool fail_with(struct ktgt_sense *sense, u16 code)
{
	ktgt_sense_set(sense, ILLEGAL_REQUEST, code);
	return false;
}

static bool fail_field(struct ktgt_sense *sense, unsigned int byte)
{
	ktgt_sense_list_field(sense, byte);
	return false;
}

/* SPC-4, 6.4.3.2: LID1, with a list identifier of one byte */
static bool read_short(struct ktgt_copy_list *list, const u8 *p,
		       struct lengths *lengths, struct ktgt_sense *sense)
{
	list->list_id = p[0];
	*lengths = (struct lengths) {
		.header = LID1_HEADER,
		.cscds = get_unaligned_be16(p + 2), .cscds_at = 2,
		.segments = get_unaligned_be32(p + 8), .segments_at = 8,
		.inline_data = get_unaligned_be32(p + 12),
	};
	return true;
}

/* SPC-4, 6.4.4: LID4, with one of four bytes. Nothing is copied in the background. */
static bool read_long(struct ktgt_copy_list *list, const u8 *p,
		      struct lengths *lengths, struct ktgt_sense *sense)
{
	if (p[0] != LID4_FORMAT)
		return fail_field(sense, 0);
	if (get_unaligned_be16(p + 2) != LID4_CSCD_LEN)
		return fail_field(sense, 2);
	if (p[15] & LID4_FLAGS)
		return fail_field(sense, 15);
	if (p[16] != LID4_CSCD_TYPE)
		return fail_field(sense, 16);
	list->list_id = get_unaligned_be32(p + 20);
	*lengths = (struct lengths) {
		.header = LID4_HEADER,
		.cscds = get_unaligned_be16(p + 42), .cscds_at = 42,
		.segments = get_unaligned_be16(p + 44), .segments_at = 44,
		.inline_data = get_unaligned_be16(p + 46),
	};
	return true;
}

static bool check_usage(const struct ktgt_copy_list *list, bool is_lid4,
			struct ktgt_sense *sense)
{
	switch (list->usage) {
	case KTGT_COPY_ID_HELD:
	case KTGT_COPY_ID_LOOSE:
		return true;
	case KTGT_COPY_ID_NONE:
		if (list->list_id)
			return fail_field(sense, is_lid4 ? 20 : 0);
		return true;
	default:
		return fail_field(sense, 1);
	}
}

/* All of it has to be there, and to be no more than is looked at. */
static bool check_lengths(const struct lengths *lengths, u32 len,
			  struct ktgt_sense *sense)
{
	u64 descriptors = (u64)lengths->cscds + lengths->segments;

	if (descriptors > KTGT_COPY_MAX_DESCRIPTORS ||
	    lengths->header + descriptors > len)
		return fail_with(sense, KTGT_ASC_PARAMETER_LIST_LENGTH);
	if (lengths->inline_data)
		return fail_with(sense, KTGT_ASC_INLINE_DATA_LENGTH);
	if (lengths->cscds % KTGT_COPY_CSCD_LEN)
		return fail_field(sense, lengths->cscds_at);
	return true;
}

static bool check_cscds(struct ktgt_copy_list *list, const u8 *data,
			const struct lengths *lengths, struct ktgt_sense *sense)
{
	u32 nr = lengths->cscds / KTGT_COPY_CSCD_LEN;
	u32 i;

	if (nr > KTGT_COPY_MAX_CSCDS)
		return fail_with(sense, KTGT_ASC_TOO_MANY_CSCDS);
	for (i = 0; i < nr; i++)
		if (data[list->cscds_at + i * KTGT_COPY_CSCD_LEN] !=
		    KTGT_COPY_IDENTIFIED)
			return fail_with(sense, KTGT_ASC_UNSUPPORTED_CSCD);
	list->nr_cscds = nr;
	return true;
}

/* DESCRIPTOR LENGTH that a type of segment descriptors has; 0 if it is not known. */
static u8 segment_len(u8 type)
{
	switch (type) {
	case KTGT_COPY_BLOCKS:
		return BLOCKS_LEN;
	case KTGT_COPY_BYTES:
		return BYTES_LEN;
	default:
		return 0;
	}
}

/* Return: bytes of the segment descriptor at @at; 0 with sense data set. */
static u32 check_segment(const u8 *data, u32 at, u32 end,
			 struct ktgt_sense *sense)
{
	u8 len = segment_len(data[at]);

	if (!len)
		return fail_with(sense, KTGT_ASC_UNSUPPORTED_SEGMENT);
	if (end - at < SEGMENT_HEADER + len)
		return fail_with(sense, KTGT_ASC_PARAMETER_LIST_LENGTH);
	if (get_unaligned_be16(data + at + 2) != len)
		return fail_field(sense, at + 2);
	return SEGMENT_HEADER + len;
}

static bool check_segments(struct ktgt_copy_list *list, const u8 *data,
			   const struct lengths *lengths,
			   struct ktgt_sense *sense)
{
	u32 at = list->segments_at, end = at + lengths->segments, size;

	static_assert(SEGMENT_HEADER + BYTES_LEN == KTGT_COPY_SEGMENT_LEN);

	while (at < end) {
		if (list->nr_segments == KTGT_COPY_MAX_SEGMENTS)
			return fail_with(sense, KTGT_ASC_TOO_MANY_SEGMENTS);
		size = check_segment(data, at, end, sense);
		if (!size)
			return false;
		list->nr_segments++;
		at += size;
	}
	return true;
}

/**
 * ktgt_copy_list_parse - read a parameter list of EXTENDED COPY
 * @list: takes what its header says
 * @data: the list; KTGT_COPY_LIST_MAX bytes of it, if it is longer
 * @len: PARAMETER LIST LENGTH, not 0
 * @is_lid4: its list identifier has four bytes
 * @sense: sense data, if the list is refused
 *
 * What lies behind the descriptors is of no importance.
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_copy_list_parse(struct ktgt_copy_list *list, const u8 *data, u32 len,
			  bool is_lid4, struct ktgt_sense *sense)
{
	struct lengths lengths;
	bool ok;

	*list = (struct ktgt_copy_list) {};
	if (len < (is_lid4 ? LID4_HEADER : LID1_HEADER))
		return fail_with(sense, KTGT_ASC_PARAMETER_LIST_LENGTH);
	ok = is_lid4 ? read_long(list, data, &lengths, sense) :
		       read_short(list, data, &lengths, sense);
	if (!ok)
		return false;
	list->usage = data[1] >> 3 & 3;
	if (!check_usage(list, is_lid4, sense) ||
	    !check_lengths(&lengths, len, sense))
		return false;
	list->cscds_at = lengths.header;
	list->segments_at = lengths.header + lengths.cscds;
	return check_cscds(list, data, &lengths, sense) &&
	       check_segments(list, data, &lengths, sense);
}

/**
 * ktgt_copy_segment_parse - read a segment descriptor
 * @segment: takes what it says
 * @p: the descriptor, of a list for which ktgt_copy_list_parse() succeeded
 *
 * CAT is of no importance: no segment leaves a residue.
 *
 * Context: any.
 */
void ktgt_copy_segment_parse(struct ktgt_copy_segment *segment, const u8 *p)
{
	*segment = (struct ktgt_copy_segment) {
		.size = SEGMENT_HEADER + segment_len(p[0]),
		.type = p[0],
		.of_destination = p[1] & BIT(1),
		.source = get_unaligned_be16(p + 4),
		.destination = get_unaligned_be16(p + 6),
		.source_lba = get_unaligned_be64(p + 12),
		.destination_lba = get_unaligned_be64(p + 20),
	};
	if (p[0] == KTGT_COPY_BLOCKS) {
		segment->len = get_unaligned_be16(p + 10);
		return;
	}
	segment->len = get_unaligned_be32(p + 8);
	segment->source_offset = get_unaligned_be16(p + 28);
	segment->destination_offset = get_unaligned_be16(p + 30);
}
