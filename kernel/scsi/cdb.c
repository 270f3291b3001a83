// SPDX-License-Identifier: GPL-2.0
/*
 * The CDB table (SPC-4 and SBC-4). Whatever depends on the command as such is
 * asked of its row: length, reserved bits, data direction, read-only, unit
 * attention, reservations, and what REPORT SUPPORTED OPERATION CODES says.
 */
#include "cdb.h"

#include <linux/kernel.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "mode.h"
#include "rsoc.h"
#include "sbc.h"
#include "spc.h"

/* Byte 0 is known, and what lies behind the CDB is nobody's business. */
#define USAGE_6(...)	{ 0xff, __VA_ARGS__, [6 ... 15] = 0xff }
#define USAGE_10(...)	{ 0xff, __VA_ARGS__, [10 ... 15] = 0xff }
#define USAGE_12(...)	{ 0xff, __VA_ARGS__, [12 ... 15] = 0xff }
#define USAGE_16(...)	{ 0xff, __VA_ARGS__ }

#define F_BLOCKS	(KTGT_CDB_DISK | KTGT_CDB_MEDIUM | KTGT_CDB_RANGE)
#define F_READ		(F_BLOCKS | KTGT_CDB_LIMIT | KTGT_CDB_COUNT)
#define F_WRITE		(F_READ | KTGT_CDB_WRITE)

/* Sorted by opcode: rows of one opcode stand together. */
static const struct ktgt_cdb_row rows[] = {
	{
		.opcode = TEST_UNIT_READY, .len = 6,
		.dir = DMA_NONE, .unit = KTGT_CDB_NONE,
		.usage = USAGE_6(0, 0, 0, 0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_spc_test_unit_ready,
	}, {
		.opcode = REQUEST_SENSE, .len = 6,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 4, .len_len = 1, .cap = 252,
		.flags = KTGT_CDB_NO_UA | KTGT_CDB_NO_LU,
		.usage = USAGE_6(0x01, 0, 0, 0xff, 0),
		.exec = ktgt_spc_request_sense,
	}, {
		.opcode = READ_6, .len = 6,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 1, .lba_len = 3, .len_at = 4, .len_len = 1,
		.flags = F_READ | KTGT_CDB_ZERO_256,
		.usage = USAGE_6(0x1f, 0xff, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = WRITE_6, .len = 6,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 1, .lba_len = 3, .len_at = 4, .len_len = 1,
		.flags = F_WRITE | KTGT_CDB_ZERO_256,
		.usage = USAGE_6(0x1f, 0xff, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = INQUIRY, .len = 6,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 3, .len_len = 2, .cap = 1024,
		.flags = KTGT_CDB_NO_UA | KTGT_CDB_NO_LU,
		.usage = USAGE_6(0x01, 0xff, 0xff, 0xff, 0),
		.exec = ktgt_spc_inquiry,
	}, {
		.opcode = MODE_SENSE, .len = 6,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 4, .len_len = 1, .cap = 255,
		.usage = USAGE_6(0x08, 0xff, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_mode_sense,
	}, {
		.opcode = READ_CAPACITY, .len = 10,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_FIXED, .cap = 8,
		.flags = KTGT_CDB_DISK,
		.usage = USAGE_10(0, 0, 0, 0, 0, 0, 0, 0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_sbc_read_capacity_10,
	}, {
		.opcode = READ_10, .len = 10,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_READ | KTGT_CDB_FUA,
		.usage = USAGE_10(0x18, 0xff, 0xff, 0xff, 0xff, 0,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = WRITE_10, .len = 10,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_WRITE | KTGT_CDB_FUA,
		.usage = USAGE_10(0x18, 0xff, 0xff, 0xff, 0xff, 0,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = SYNCHRONIZE_CACHE, .len = 10,
		.dir = DMA_NONE, .unit = KTGT_CDB_NO_DATA,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_BLOCKS,
		.usage = USAGE_10(0x02, 0xff, 0xff, 0xff, 0xff, 0,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 60, .exec = ktgt_sbc_sync_cache,
	}, {
		.opcode = WRITE_SAME, .len = 10,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_ONE_BLOCK,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_BLOCKS | KTGT_CDB_WRITE,
		.usage = USAGE_10(0x08, 0xff, 0xff, 0xff, 0xff, 0,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 120, .check = ktgt_sbc_check_write_same,
		.exec = ktgt_sbc_write_same,
	}, {
		.opcode = UNMAP, .len = 10,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 7, .len_len = 2,
		.flags = KTGT_CDB_DISK | KTGT_CDB_THIN | KTGT_CDB_MEDIUM |
			 KTGT_CDB_WRITE,
		.usage = USAGE_10(0, 0, 0, 0, 0, 0, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 120, .check = ktgt_sbc_check_unmap,
		.exec = ktgt_sbc_unmap,
	}, {
		.opcode = MODE_SENSE_10, .len = 10,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 7, .len_len = 2, .cap = 512,
		.usage = USAGE_10(0x18, 0xff, 0xff, 0, 0, 0, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_mode_sense,
	}, {
		.opcode = READ_16, .len = 16,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_READ | KTGT_CDB_FUA,
		.usage = USAGE_16(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = WRITE_16, .len = 16,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_WRITE | KTGT_CDB_FUA,
		.usage = USAGE_16(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = SYNCHRONIZE_CACHE_16, .len = 16,
		.dir = DMA_NONE, .unit = KTGT_CDB_NO_DATA,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_BLOCKS,
		.usage = USAGE_16(0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 60, .exec = ktgt_sbc_sync_cache,
	}, {
		.opcode = WRITE_SAME_16, .len = 16,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_ONE_BLOCK,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_BLOCKS | KTGT_CDB_WRITE,
		.usage = USAGE_16(0x09, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 120, .check = ktgt_sbc_check_write_same,
		.exec = ktgt_sbc_write_same,
	}, {
		.opcode = SERVICE_ACTION_IN_16, .action = SAI_READ_CAPACITY_16,
		.len = 16,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 10, .len_len = 4, .cap = 32,
		.flags = KTGT_CDB_ACTION | KTGT_CDB_DISK,
		.usage = USAGE_16(0x1f, 0, 0, 0, 0, 0, 0, 0, 0,
				  0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_sbc_read_capacity_16,
	}, {
		.opcode = REPORT_LUNS, .len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4, .cap = 132 * 1024,
		.flags = KTGT_CDB_NO_UA,
		.usage = USAGE_12(0, 0xff, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
				  0, 0),
		.exec = ktgt_spc_report_luns,
	}, {
		.opcode = MAINTENANCE_IN,
		.action = MI_REPORT_SUPPORTED_OPERATION_CODES, .len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4, .cap = 4096,
		.flags = KTGT_CDB_ACTION,
		.usage = USAGE_12(0x1f, 0x87, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_rsoc,
	}, {
		.opcode = READ_12, .len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 4, .len_at = 6, .len_len = 4,
		.flags = F_READ | KTGT_CDB_FUA,
		.usage = USAGE_12(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = WRITE_12, .len = 12,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 4, .len_at = 6, .len_len = 4,
		.flags = F_WRITE | KTGT_CDB_FUA,
		.usage = USAGE_12(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	},
};

/* number of the first row of an opcode plus one; written once, at load */
static u8 first_row[256];

/**
 * ktgt_cdb_init - make the index of the table
 *
 * Context: once, before any other function of this file.
 */
void ktgt_cdb_init(void)
{
	unsigned int nr = ARRAY_SIZE(rows);

	static_assert(ARRAY_SIZE(rows) < 255);

	while (nr--)
		first_row[rows[nr].opcode] = nr + 1;
}

/**
 * ktgt_cdb_row - go through the table
 * @nr: number of the row, from 0
 *
 * Return: the row, NULL behind the last.
 */
const struct ktgt_cdb_row *ktgt_cdb_row(unsigned int nr)
{
	return nr < ARRAY_SIZE(rows) ? &rows[nr] : NULL;
}

/**
 * ktgt_cdb_has_actions - whether an opcode is one with service actions
 * @opcode: operation code
 *
 * Return: false also if there is no command of that opcode.
 */
bool ktgt_cdb_has_actions(u8 opcode)
{
	unsigned int nr = first_row[opcode];

	return nr && (rows[nr - 1].flags & KTGT_CDB_ACTION);
}

static const struct ktgt_cdb_row *find_action(unsigned int nr, const u8 *cdb)
{
	const struct ktgt_cdb_row *row;

	for (; nr < ARRAY_SIZE(rows); nr++) {
		row = &rows[nr];
		if (row->opcode != cdb[0])
			break;
		if (row->action == (cdb[1] & 0x1f))
			return row;
	}
	return NULL;
}

/**
 * ktgt_cdb_find - look a command up
 * @cdb: CDB, KTGT_CDB_MAX bytes
 *
 * Return: its row, NULL if opcode or service action are not served.
 */
const struct ktgt_cdb_row *ktgt_cdb_find(const u8 *cdb)
{
	unsigned int nr = first_row[cdb[0]];

	if (unlikely(!nr))
		return NULL;
	nr--;
	if (rows[nr].flags & KTGT_CDB_ACTION)
		return find_action(nr, cdb);
	return &rows[nr];
}

/**
 * ktgt_cdb_reserved_ok - whether all bits that have no meaning here are zero
 * @row: row of the command
 * @cdb: CDB, KTGT_CDB_MAX bytes
 *
 * Return: false if the command is to be refused.
 */
bool ktgt_cdb_reserved_ok(const struct ktgt_cdb_row *row, const u8 *cdb)
{
	const u8 *usage = row->usage;
	u64 set;

	set = get_unaligned((const u64 *)cdb) &
	      ~get_unaligned((const u64 *)usage);
	set |= get_unaligned((const u64 *)(cdb + 8)) &
	       ~get_unaligned((const u64 *)(usage + 8));
	return !set;
}

/**
 * ktgt_cdb_reserved_bit - find the first bit that should be zero
 * @row: row of the command
 * @cdb: CDB for which ktgt_cdb_reserved_ok() is false
 * @byte: where to put the number of the byte
 * @bit: where to put the number of its leftmost bit that should be zero
 */
void ktgt_cdb_reserved_bit(const struct ktgt_cdb_row *row, const u8 *cdb,
			   unsigned int *byte, unsigned int *bit)
{
	unsigned int i;
	u8 set;

	*byte = 0;
	*bit = 7;
	for (i = 0; i < KTGT_CDB_MAX; i++) {
		set = cdb[i] & ~row->usage[i];
		if (!set)
			continue;
		*byte = i;
		while (!(set & (1u << *bit)))
			(*bit)--;
		return;
	}
}

static u64 get_field(const u8 *p, unsigned int len)
{
	switch (len) {
	case 1:
		return *p;
	case 2:
		return get_unaligned_be16(p);
	case 3:
		return get_unaligned_be24(p);
	case 4:
		return get_unaligned_be32(p);
	case 8:
		return get_unaligned_be64(p);
	default:
		return 0;
	}
}

/**
 * ktgt_cdb_lba - logical block address of a CDB
 * @row: row of the command
 * @cdb: CDB without reserved bits, KTGT_CDB_MAX bytes
 *
 * Return: the address, 0 if the command has none.
 */
u64 ktgt_cdb_lba(const struct ktgt_cdb_row *row, const u8 *cdb)
{
	return get_field(cdb + row->lba_at, row->lba_len);
}

/**
 * ktgt_cdb_length - length field of a CDB
 * @row: row of the command
 * @cdb: CDB, KTGT_CDB_MAX bytes
 *
 * Return: in units of &ktgt_cdb_row.unit, 0 if the command has none.
 */
u32 ktgt_cdb_length(const struct ktgt_cdb_row *row, const u8 *cdb)
{
	u32 len = get_field(cdb + row->len_at, row->len_len);

	if (!len && (row->flags & KTGT_CDB_ZERO_256))
		return 256;
	return len;
}
