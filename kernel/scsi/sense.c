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
#define SKS_BIT		0x08
/* what has a sense key specific field */
#define SPECIFIC	(KTGT_SENSE_FIELD | KTGT_SENSE_PROGRESS)

static_assert(FIXED_LEN <= KTGT_SENSE_LEN);
static_assert(8 + 12 + 8 <= KTGT_SENSE_LEN);

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
	put_unaligned_be16(sense->field, p + 1);
}

static unsigned int build_fixed(const struct ktgt_sense *sense, u8 *buf)
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
	return FIXED_LEN;
}

static unsigned int build_descriptor(const struct ktgt_sense *sense, u8 *buf)
{
	unsigned int len = 8;

	memset(buf, 0, KTGT_SENSE_LEN);
	buf[0] = 0x72;
	buf[1] = sense->key;
	buf[2] = sense->asc;
	buf[3] = sense->ascq;
	if (sense->flags & KTGT_SENSE_INFO) {
		buf[len] = 0x00;
		buf[len + 1] = 0x0a;
		buf[len + 2] = 0x80;
		put_unaligned_be64(sense->info, buf + len + 4);
		len += 12;
	}
	if (sense->flags & SPECIFIC) {
		buf[len] = 0x02;
		buf[len + 1] = 0x06;
		put_specific(sense, buf + len + 4);
		len += 8;
	}
	buf[7] = len - 8;
	return len;
}

/**
 * ktgt_sense_build - give sense data its form on the wire
 * @sense: sense data
 * @descriptor: descriptor format, else fixed format
 * @buf: where to, KTGT_SENSE_LEN bytes
 *
 * Return: bytes written.
 */
unsigned int ktgt_sense_build(const struct ktgt_sense *sense, bool descriptor,
			      u8 *buf)
{
	if (descriptor)
		return build_descriptor(sense, buf);
	return build_fixed(sense, buf);
}
