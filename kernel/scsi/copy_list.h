/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parameter list of EXTENDED COPY (SPC-4, 6.4), and the limits of it.
 */
#ifndef _KTGT_SCSI_COPY_LIST_H
#define _KTGT_SCSI_COPY_LIST_H

#include <linux/sizes.h>
#include <linux/types.h>

#include "../core/cmd.h"

/* CSCD descriptors and segment descriptors that a list may have */
#define KTGT_COPY_MAX_CSCDS	16
#define KTGT_COPY_MAX_SEGMENTS	64
/* bytes of a CSCD descriptor, and of the longest segment descriptor */
#define KTGT_COPY_CSCD_LEN	32
#define KTGT_COPY_SEGMENT_LEN	32
/* bytes of all descriptors of a list */
#define KTGT_COPY_MAX_DESCRIPTORS					\
	(KTGT_COPY_MAX_CSCDS * KTGT_COPY_CSCD_LEN +			\
	 KTGT_COPY_MAX_SEGMENTS * KTGT_COPY_SEGMENT_LEN)
/* bytes of the longest list that is carried out: a header, and all descriptors */
#define KTGT_COPY_LIST_MAX	(48 + KTGT_COPY_MAX_DESCRIPTORS)
/* bytes that one segment descriptor may copy */
#define KTGT_COPY_MAX_SEGMENT	SZ_128M
/* copies of an I_T nexus, and of a namespace, that may be under way */
#define KTGT_COPIES_MAX		16
#define KTGT_COPIES_ALL_MAX	64

/* descriptor types: block to block, the same with byte offsets, identification */
#define KTGT_COPY_BLOCKS	0x02
#define KTGT_COPY_BYTES		0x0a
#define KTGT_COPY_IDENTIFIED	0xe4

/* CSCD descriptor ID of the logical unit that is asked for the copy */
#define KTGT_COPY_SELF		0xffff

/**
 * enum ktgt_copy_usage - LIST ID USAGE (SPC-4, 6.4.3.2)
 * @KTGT_COPY_ID_HELD: the list has an identifier, and its results are kept
 * @KTGT_COPY_ID_LOOSE: it has one, and they need not be kept
 * @KTGT_COPY_ID_NONE: it has none
 */
enum ktgt_copy_usage {
	KTGT_COPY_ID_HELD	= 0,
	KTGT_COPY_ID_LOOSE	= 2,
	KTGT_COPY_ID_NONE	= 3,
};

/**
 * struct ktgt_copy_list - what the header of a parameter list says
 * @list_id: LIST IDENTIFIER
 * @usage: enum ktgt_copy_usage
 * @nr_cscds: CSCD descriptors
 * @nr_segments: segment descriptors
 * @cscds_at: where the CSCD descriptors begin, in bytes from that of the list
 * @segments_at: where the segment descriptors begin, likewise
 */
struct ktgt_copy_list {
	u32	list_id;
	u8	usage;
	u16	nr_cscds;
	u16	nr_segments;
	u16	cscds_at;
	u16	segments_at;
};

/**
 * struct ktgt_copy_segment - what a segment descriptor says
 * @size: bytes of the descriptor
 * @type: KTGT_COPY_BLOCKS or KTGT_COPY_BYTES
 * @of_destination: @len counts blocks of the destination (DC)
 * @source: CSCD descriptor ID of the source
 * @destination: that of the destination
 * @len: blocks, or bytes with KTGT_COPY_BYTES
 * @source_lba: first block of the source
 * @destination_lba: first block of the destination
 * @source_offset: first byte in the first block of the source
 * @destination_offset: first byte in the first block of the destination
 */
struct ktgt_copy_segment {
	u8	size;
	u8	type;
	bool	of_destination;
	u16	source;
	u16	destination;
	u32	len;
	u64	source_lba;
	u64	destination_lba;
	u16	source_offset;
	u16	destination_offset;
};

bool ktgt_copy_list_parse(struct ktgt_copy_list *list, const u8 *data, u32 len,
			  bool is_lid4, struct ktgt_sense *sense);
void ktgt_copy_segment_parse(struct ktgt_copy_segment *segment, const u8 *p);

#endif /* _KTGT_SCSI_COPY_LIST_H */
