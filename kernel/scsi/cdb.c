// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the CDB table, and the fields of a CDB. The table is cdb_table.c.
 */
#include "cdb.h"

#include <linux/kernel.h>
#include <linux/unaligned.h>

/* the table, and the first row of each opcode; written once, at load */
static const struct ktgt_cdb_row *table;
static unsigned int table_len;
static const struct ktgt_cdb_row *first_row[256];

/**
 * ktgt_cdb_init - say what the table is
 * @rows: rows; those of one opcode stand together
 * @nr: how many
 *
 * Context: once, before any other function of this file.
 */
void ktgt_cdb_init(const struct ktgt_cdb_row *rows, unsigned int nr)
{
	table = rows;
	table_len = nr;
	while (nr--)
		first_row[rows[nr].opcode] = &rows[nr];
}

/**
 * ktgt_cdb_row - go through the table
 * @nr: number of the row, from 0
 *
 * Return: the row, NULL behind the last.
 */
const struct ktgt_cdb_row *ktgt_cdb_row(unsigned int nr)
{
	return nr < table_len ? &table[nr] : NULL;
}

/**
 * ktgt_cdb_has_actions - whether an opcode is one with service actions
 * @opcode: operation code
 *
 * Return: false also if there is no command of that opcode.
 */
bool ktgt_cdb_has_actions(u8 opcode)
{
	const struct ktgt_cdb_row *row = first_row[opcode];

	return row && (row->flags & KTGT_CDB_ACTION);
}

static const struct ktgt_cdb_row *find_action(const struct ktgt_cdb_row *row,
					      const u8 *cdb)
{
	for (; row < table + table_len && row->opcode == cdb[0]; row++) {
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
	const struct ktgt_cdb_row *row = first_row[cdb[0]];

	if (unlikely(row && (row->flags & KTGT_CDB_ACTION)))
		return find_action(row, cdb);
	return row;
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
