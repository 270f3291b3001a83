// SPDX-License-Identifier: GPL-2.0
/*
 * What a logical unit says of itself: its limits, and the commands that it
 * serves with the bits that they have. It is held to that.
 */
#include <scsi/scsi_proto.h>

#include "backend.h"
#include "command.h"
#include "legal.h"
#include "lu.h"
#include "report.h"

/* what REPORT SUPPORTED OPERATION CODES says of CDBs, and: it is being asked */
static u8 usages[256][32][KTGT_CDB_MAX];
static bool learning;

/* What RSOC says of the bits of the CDB. */
bool reserved_ok(const struct record *rec)
{
	bool actions = has_actions(rec->cdb[0]);
	const u8 *usage = usages[rec->cdb[0]][actions ? rec->cdb[1] & 31 : 0];
	unsigned int i;

	for (i = 1; i < rec->req.len && !learning; i++) {
		if (rec->cdb[i] & ~(i == 1 && actions ? usage[i] | 31 :
							usage[i]))
			return false;
	}
	return true;
}

/* The first initiator has been told of all that there was to tell. */
void take_uas(u32 lun)
{
	static const u8 cdb[KTGT_CDB_MAX] = { REQUEST_SENSE, [4] = 252 };

	unsigned int left = KTGT_UA_MAX;

	while (ask(lun, cdb, NULL)[2])
		require(left--);
}

/* Commands are held to what the logical unit says of itself. */
void read_limits(void)
{
	static const u8 cdb[KTGT_CDB_MAX] = { INQUIRY, 1, 0xb0, 0, 64 };
	const u8 *p = ask(disk_params.lun, cdb, NULL);
	struct shape *shape = &shapes[0];

	shape->max_caw_blocks = p[5];
	require(shape->max_caw_blocks == (shape->block == 512 ? 255 : 128));
	shape->max_blocks = get_unaligned_be32(p + 8);
	shape->max_unmap_blocks = get_unaligned_be32(p + 20);
	shape->max_unmap_descriptors = get_unaligned_be32(p + 24);
	shape->max_same_blocks = get_unaligned_be64(p + 36);
	require(shape->max_blocks * shape->block <= disk_caps.max_transfer);
	require(!shape->thin == !shape->max_unmap_blocks);
	require(!shape->thin == !shape->max_unmap_descriptors);
	require(shape->max_same_blocks);
	shape->max_atomic = get_unaligned_be32(p + 44);
	shape->atomic_align = get_unaligned_be32(p + 48);
	shape->atomic_unit = get_unaligned_be32(p + 52);
	require(!shape->max_atomic == !shape->atomic);
	require(shape->max_atomic * shape->block <= disk_caps.atomic_max);
	if (shape->atomic) {
		require(!(shape->atomic_align % shape->atomic_unit));
		require(!(shape->max_atomic % shape->atomic_unit));
		require(shape->atomic_unit * shape->block >= disk_caps.atomic_min);
		require(!disk_caps.atomic_boundary ||
			shape->atomic_align >= shape->max_atomic);
	}
	require(get_unaligned_be64(p + 56) == 0);
	require(get_unaligned_be32(p + 12) <= shape->max_blocks);
}

static void read_usage(u32 lun, u8 opcode, u8 action, bool has_action)
{
	u8 cdb[KTGT_CDB_MAX] = {
		MAINTENANCE_IN, MI_REPORT_SUPPORTED_OPERATION_CODES,
		has_action ? 2 : 1, opcode, 0, action, [9] = 252,
	};
	u32 len;
	const u8 *p = ask(lun, cdb, &len);

	require(p[1] == 3 && len == 4u + get_unaligned_be16(p + 2));
	require(p[4] == opcode && (!has_action || (p[5] & 0x1f) == action));
	memcpy(usages[opcode][has_action ? action : 0], p + 4, len - 4);
}

/*
 * REPORT SUPPORTED OPERATION CODES tells of each command that is served, and
 * of no other.
 */
static void check_opcodes(u32 lun, const struct shape *shape)
{
	u8 cdb[KTGT_CDB_MAX] = {
		MAINTENANCE_IN, MI_REPORT_SUPPORTED_OPERATION_CODES,
		[8] = 16,
	};
	static u8 list[4096], found[256][32];
	struct record probe = { .shape = shape };
	u32 len, pos, opcode, action;
	u8 asked[KTGT_CDB_MAX] = {};
	bool has_action, served;

	memset(found, 0, sizeof(found));
	memcpy(list, ask(lun, cdb, &len), len);
	for (pos = 4; pos < len; pos += 8) {
		has_action = list[pos + 5] & 1;
		require(!found[list[pos]][list[pos + 3]]++);
		read_usage(lun, list[pos], list[pos + 3], has_action);
	}
	for (opcode = 0; opcode < 256; opcode++) {
		for (action = 0; action < 32; action++) {
			asked[0] = opcode;
			asked[1] = action;
			memcpy(probe.cdb, asked, sizeof(asked));
			probe.req = decode_cdb(asked);
			served = is_served(&probe);
			has_action = has_actions(opcode);
			if (has_action || !action)
				require(found[opcode][action] == served);
		}
	}
}

/* Once for each set of commands that a logical unit can have. */
void check_sets(void)
{
	static bool checked_disk[2][2], checked_controller;
	bool *checked = &checked_disk[shapes[0].thin][shapes[0].atomic];

	learning = true;
	if (!checked_controller) {
		take_uas(0);
		check_opcodes(0, &shapes[1]);
		checked_controller = true;
	}
	take_uas(disk_params.lun);
	if (!*checked) {
		check_opcodes(disk_params.lun, &shapes[0]);
		*checked = true;
	}
	learning = false;
}
