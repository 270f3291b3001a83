/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A row of the CDB table, which says all there is to know of a command.
 */
#ifndef _KTGT_SCSI_CDB_H
#define _KTGT_SCSI_CDB_H

#include <linux/types.h>

#include "../core/cmd.h"

/**
 * enum ktgt_cdb_flags - bits of &ktgt_cdb_row.flags
 * @KTGT_CDB_ACTION: the opcode has service actions, in byte 1
 * @KTGT_CDB_DISK: direct access block devices only, not the controller
 * @KTGT_CDB_THIN: logical units that can unmap only
 * @KTGT_CDB_MEDIUM: fails while the backing device is away
 * @KTGT_CDB_RANGE: the blocks that the CDB names have to exist
 * @KTGT_CDB_LIMIT: MAXIMUM TRANSFER LENGTH holds for it
 * @KTGT_CDB_WRITE: changes the medium, a read-only logical unit refuses it
 * @KTGT_CDB_FUA: bit 3 of byte 1 is FUA
 * @KTGT_CDB_ZERO_256: a transfer length of 0 means 256 blocks
 * @KTGT_CDB_COUNT: counted as a READ or a WRITE in the statistics
 * @KTGT_CDB_NO_UA: carried out although a unit attention is pending
 * @KTGT_CDB_STORAGE: may wait for the storage, as what has KTGT_CDB_RANGE or
 *	KTGT_CDB_WRITE may anyway
 * @KTGT_CDB_ATOMIC: logical units that can write atomically only
 * @KTGT_CDB_NO_LU: answered for a LUN that has no logical unit as well
 * @KTGT_CDB_GROUPS: targets with target port groups only
 * @KTGT_CDB_EXPLICIT: those whose initiators may change the states of these only
 */
enum ktgt_cdb_flags {
	KTGT_CDB_ACTION		= BIT(0),
	KTGT_CDB_DISK		= BIT(1),
	KTGT_CDB_THIN		= BIT(2),
	KTGT_CDB_MEDIUM		= BIT(3),
	KTGT_CDB_RANGE		= BIT(4),
	KTGT_CDB_LIMIT		= BIT(5),
	KTGT_CDB_WRITE		= BIT(6),
	KTGT_CDB_FUA		= BIT(7),
	KTGT_CDB_ZERO_256	= BIT(8),
	KTGT_CDB_COUNT		= BIT(9),
	KTGT_CDB_NO_UA		= BIT(10),
	KTGT_CDB_NO_LU		= BIT(11),
	KTGT_CDB_STORAGE	= BIT(12),
	KTGT_CDB_GROUPS		= BIT(13),
	KTGT_CDB_EXPLICIT	= BIT(14),
	KTGT_CDB_ATOMIC		= BIT(15),
};

/**
 * enum ktgt_cdb_unit - what the length field of a CDB counts
 * @KTGT_CDB_NONE: there is none, no data
 * @KTGT_CDB_FIXED: there is none, &ktgt_cdb_row.cap bytes
 * @KTGT_CDB_BYTES: bytes, an allocation or parameter list length
 * @KTGT_CDB_BLOCKS: logical blocks, all of which are transferred
 * @KTGT_CDB_ONE_BLOCK: logical blocks, one of which is transferred
 * @KTGT_CDB_NO_DATA: logical blocks, none of which is transferred
 * @KTGT_CDB_TWICE: logical blocks, for each of which two are transferred
 */
enum ktgt_cdb_unit {
	KTGT_CDB_NONE,
	KTGT_CDB_FIXED,
	KTGT_CDB_BYTES,
	KTGT_CDB_BLOCKS,
	KTGT_CDB_ONE_BLOCK,
	KTGT_CDB_NO_DATA,
	KTGT_CDB_TWICE,
};

/**
 * enum ktgt_cdb_pr - what a reservation of others does to a command
 * @KTGT_CDB_PR_ALWAYS: nothing, not even one of RESERVE (SPC-2, table 9)
 * @KTGT_CDB_PR_ALLOW: one of RESERVE conflicts, a persistent one does nothing
 * @KTGT_CDB_PR_READ: conflicts with exclusive access, not with write exclusive
 * @KTGT_CDB_PR_WRITE: conflicts with all types
 * @KTGT_CDB_PR_START: START STOP UNIT: as KTGT_CDB_PR_ALLOW if it starts the unit and
 *	names no power condition, else as KTGT_CDB_PR_WRITE
 * @KTGT_CDB_PR_PREVENT: PREVENT ALLOW MEDIUM REMOVAL: as KTGT_CDB_PR_ALLOW if it
 *	allows it, else as KTGT_CDB_PR_WRITE
 *
 * SPC-4, table 66, and SBC-4, table 13, for persistent reservations. With one of
 * RESERVE all but the first conflict.
 */
enum ktgt_cdb_pr {
	KTGT_CDB_PR_ALWAYS,
	KTGT_CDB_PR_ALLOW,
	KTGT_CDB_PR_READ,
	KTGT_CDB_PR_WRITE,
	KTGT_CDB_PR_START,
	KTGT_CDB_PR_PREVENT,
};

/**
 * enum ktgt_cdb_alua - in which target port group states a command is served
 * @KTGT_CDB_ALUA_ANY: in all of them
 * @KTGT_CDB_ALUA_STANDBY: in active ones and in standby
 * @KTGT_CDB_ALUA_ACTIVE: in active ones only
 * @KTGT_CDB_ALUA_ECHO: READ BUFFER and WRITE BUFFER: as KTGT_CDB_ALUA_ANY for the echo
 *	buffer, else as KTGT_CDB_ALUA_ACTIVE
 *
 * SPC-4, 5.15.2.4.4 to 5.15.2.4.6, name what has to be served. In standby there is
 * more, which initiators ask for when they find a disk: its capacity, and which
 * commands it has.
 */
enum ktgt_cdb_alua {
	KTGT_CDB_ALUA_ANY,
	KTGT_CDB_ALUA_STANDBY,
	KTGT_CDB_ALUA_ACTIVE,
	KTGT_CDB_ALUA_ECHO,
};

/**
 * struct ktgt_cdb_row - one command
 * @opcode: operation code
 * @action: service action, if KTGT_CDB_ACTION
 * @len: bytes of the CDB
 * @dir: enum dma_data_direction
 * @flags: enum ktgt_cdb_flags
 * @unit: enum ktgt_cdb_unit
 * @pr: enum ktgt_cdb_pr
 * @alua: enum ktgt_cdb_alua
 * @lba_at: byte where the logical block address starts
 * @lba_len: bytes that it has, 0 if there is none
 * @len_at: byte where the length field starts
 * @len_len: bytes that it has, 0 if there is none
 * @cap: bytes that it returns at most, data-in that is not medium data
 * @timeout: recommended command timeout in seconds, 0 if there is none
 * @usage: bits of the CDB that are looked at; all that lie behind its end
 * @check: further checks before data moves, may be NULL; may not sleep. On
 *	false sense data has been set
 * @exec: carries it out
 */
struct ktgt_cdb_row {
	u8	opcode;
	u8	action;
	u8	len;
	u8	dir;
	u16	flags;
	u8	unit;
	u8	pr;
	u8	alua;
	u8	lba_at;
	u8	lba_len;
	u8	len_at;
	u8	len_len;
	u32	cap;
	u16	timeout;
	u8	usage[KTGT_CDB_MAX];
	bool	(*check)(struct ktgt_cmd *cmd);
	void	(*exec)(struct ktgt_cmd *cmd);
};

void ktgt_cdb_init(const struct ktgt_cdb_row *rows, unsigned int nr);
const struct ktgt_cdb_row *ktgt_cdb_find(const u8 *cdb);
const struct ktgt_cdb_row *ktgt_cdb_row(unsigned int nr);
bool ktgt_cdb_has_actions(u8 opcode);
bool ktgt_cdb_reserved_ok(const struct ktgt_cdb_row *row, const u8 *cdb);
void ktgt_cdb_reserved_bit(const struct ktgt_cdb_row *row, const u8 *cdb,
			   unsigned int *byte, unsigned int *bit);
u64 ktgt_cdb_lba(const struct ktgt_cdb_row *row, const u8 *cdb);
u32 ktgt_cdb_length(const struct ktgt_cdb_row *row, const u8 *cdb);

#endif /* _KTGT_SCSI_CDB_H */
