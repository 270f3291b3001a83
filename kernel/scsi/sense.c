// SPDX-License-Identifier: GPL-2.0
/*
 * Sense data (SPC-4, 4.5).
 */
#include "sense.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#define FIXED_LEN	18
#define SKS_VALID	0x80
#define SKS_CDB		0x40
#define SKS_SEGMENT	0x20
#define SKS_BIT		0x08
/* what has a sense key specific field */
#define SPECIFIC	(KTGT_SENSE_FIELD | KTGT_SENSE_PROGRESS)
/* sense data descriptors with INFORMATION, or COMMAND-SPECIFIC INFORMATION */
#define INFO_LEN	12
/* the one with a field pointer */
#define FIELD_LEN	8
/* forwarded sense data, before that itself; SENSE DATA SOURCE in it */
#define FORWARD_LEN	4
#define OF_SOURCE	1
#define OF_DESTINATION	2

/* that of a copy source has information and a field pointer at most, as that before it */
static_assert(FIXED_LEN + 1 + FIXED_LEN <= KTGT_SENSE_LEN);
static_assert(8 + 2 * INFO_LEN + FIELD_LEN + FORWARD_LEN +
	      8 + INFO_LEN + FIELD_LEN <= KTGT_SENSE_LEN);

/**
 * ktgt_sense_set - say what is wrong
 * @sense: sense data to make anew
 * @key: sense key
 * @code: additional sense code and qualifier, KTGT_ASC_*
 */
void ktgt_sense_set(struct ktgt_sense *sense, u8 key, u16 code)
{
	*sense = (struct ktgt_sense) {
		.key = key,
		.asc = code >> 8,
		.ascq = code & 0xff,
	};
}

/**
 * ktgt_sense_cdb_field - complain of a field of the CDB
 * @sense: sense data to make anew
 * @byte: first byte of the field
 * @bit: leftmost bit of the field, KTGT_SENSE_NO_BIT if it is whole bytes
 */
void ktgt_sense_cdb_field(struct ktgt_sense *sense, unsigned int byte,
			  unsigned int bit)
{
	ktgt_sense_set(sense, ILLEGAL_REQUEST, KTGT_ASC_INVALID_FIELD_IN_CDB);
	sense->flags = KTGT_SENSE_FIELD | KTGT_SENSE_CDB;
	sense->field = byte;
	if (bit < 8) {
		sense->flags |= KTGT_SENSE_BIT;
		sense->bit = bit;
	}
}

/**
 * ktgt_sense_list_field - complain of a field of the parameter list
 * @sense: sense data to make anew
 * @byte: first byte of the field
 */
void ktgt_sense_list_field(struct ktgt_sense *sense, unsigned int byte)
{
	ktgt_sense_set(sense, ILLEGAL_REQUEST, KTGT_ASC_INVALID_FIELD_IN_LIST);
	sense->flags = KTGT_SENSE_FIELD;
	sense->field = byte;
}

/**
 * ktgt_sense_progress - say that something is under way, and how far it has come
 * @sense: sense data to make anew
 * @code: additional sense code and qualifier, KTGT_ASC_*
 * @progress: how much of 65536 parts is done
 */
void ktgt_sense_progress(struct ktgt_sense *sense, u16 code, u16 progress)
{
	ktgt_sense_set(sense, NOT_READY, code);
	sense->flags = KTGT_SENSE_PROGRESS;
	sense->field = progress;
}

/*
 * The sense key specific field with a field pointer, SPC-4, 4.5.2.4.2, or with a
 * progress indication, 4.5.2.4.4.
 */
static void put_specific(const struct ktgt_sense *sense, u8 *p)
{
	p[0] = SKS_VALID;
	if (sense->flags & KTGT_SENSE_CDB)
		p[0] |= SKS_CDB;
	if (sense->flags & KTGT_SENSE_BIT)
		p[0] |= SKS_BIT | (sense->bit & 7);
	if (sense->flags & KTGT_SENSE_SEGMENT)
		p[0] |= SKS_SEGMENT;
	put_unaligned_be16(sense->field, p + 1);
}

static unsigned int put_fixed(const struct ktgt_sense *sense, u8 *buf)
{
	memset(buf, 0, FIXED_LEN);
	buf[0] = 0x70;
	buf[2] = sense->key;
	buf[7] = FIXED_LEN - 8;
	buf[12] = sense->asc;
	buf[13] = sense->ascq;
	/* an address that does not fit is left out, SPC-4, 4.5.3 */
	if ((sense->flags & KTGT_SENSE_INFO) && sense->info <= U32_MAX) {
		buf[0] |= 0x80;
		put_unaligned_be32(sense->info, buf + 3);
	}
	if (sense->flags & SPECIFIC)
		put_specific(sense, buf + 15);
	if (sense->flags & KTGT_SENSE_COPY)
		put_unaligned_be16(sense->segment, buf + 10);
	return FIXED_LEN;
}

/*
 * With what a copy source or destination has said (SPC-4, 5.17.7.4): its status, and behind
 * it its sense data, if there is some. The first byte of COMMAND-SPECIFIC INFORMATION
 * says where that of the source is, the second one where that of the destination is.
 */
static unsigned int build_fixed(const struct ktgt_sense *sense, u8 *buf)
{
	unsigned int len = put_fixed(sense, buf);

	if (!(sense->flags & KTGT_SENSE_CSCD))
		return len;
	buf[sense->flags & KTGT_SENSE_DESTINATION ? 9 : 8] = len;
	buf[len++] = sense->cscd_status;
	if (sense->cscd_status == SAM_STAT_CHECK_CONDITION)
		len += put_fixed(sense->cscd, buf + len);
	buf[7] = len - 8;
	return len;
}

/* Into zeroes. */
static unsigned int put_descriptors(const struct ktgt_sense *sense, u8 *buf)
{
	unsigned int len = 8;

	buf[0] = 0x72;
	buf[1] = sense->key;
	buf[2] = sense->asc;
	buf[3] = sense->ascq;
	if (sense->flags & KTGT_SENSE_INFO) {
		buf[len] = 0x00;
		buf[len + 1] = 0x0a;
		buf[len + 2] = 0x80;
		put_unaligned_be64(sense->info, buf + len + 4);
		len += INFO_LEN;
	}
	if (sense->flags & KTGT_SENSE_COPY) {
		buf[len] = 0x01;
		buf[len + 1] = 0x0a;
		put_unaligned_be64(sense->segment, buf + len + 4);
		len += INFO_LEN;
	}
	if (sense->flags & SPECIFIC) {
		buf[len] = 0x02;
		buf[len + 1] = 0x06;
		put_specific(sense, buf + len + 4);
		len += FIELD_LEN;
	}
	buf[7] = len - 8;
	return len;
}

/* What a copy source or destination has said (SPC-4, 4.5.2.7), into zeroes. */
static unsigned int put_cscd(const struct ktgt_sense *sense, u8 *p)
{
	unsigned int len = FORWARD_LEN;

	if (sense->cscd_status == SAM_STAT_CHECK_CONDITION)
		len += put_descriptors(sense->cscd, p + len);
	p[0] = 0x0c;
	p[1] = len - 2;
	p[2] = sense->flags & KTGT_SENSE_DESTINATION ? OF_DESTINATION :
						       OF_SOURCE;
	p[3] = sense->cscd_status;
	return len;
}

static unsigned int build_descriptor(const struct ktgt_sense *sense, u8 *buf)
{
	unsigned int len;

	memset(buf, 0, KTGT_SENSE_LEN);
	len = put_descriptors(sense, buf);
	if (sense->flags & KTGT_SENSE_CSCD)
		len += put_cscd(sense, buf + len);
	buf[7] = len - 8;
	return len;
}

/**
 * ktgt_sense_build - give sense data its form on the wire
 * @sense: sense data
 * @descriptor: descriptor format, else fixed format
 * @buf: where to, KTGT_SENSE_LEN bytes
 *
 * Return: bytes of it; those behind may have been changed.
 */
unsigned int ktgt_sense_build(const struct ktgt_sense *sense, bool descriptor,
			      u8 *buf)
{
	if (descriptor)
		return build_descriptor(sense, buf);
	return build_fixed(sense, buf);
}
