// SPDX-License-Identifier: GPL-2.0
/*
 * What is due to a command, as far as its CDB and the logical unit show:
 * whether it is legal, and how much it moves in which direction.
 */
#include <scsi/scsi_proto.h>

#include "../../../kernel/scsi/group.h"
#include "../../../kernel/scsi/lu.h"
#include "../../../kernel/scsi/nexus.h"
#include "../../../kernel/scsi/ua.h"
#include "compare.h"
#include "erase.h"
#include "legal.h"
#include "nexus.h"
#include "report.h"

/* --- what it moves -------------------------------------------------------- */

/* Bytes that a legal command wants to move; of an answer, at most that many. */
u64 wanted_bytes(const struct record *rec)
{
	switch (rec->req.kind) {
	case KIND_READ:
	case KIND_WRITE:
		return rec->req.count * rec->shape->block;
	case KIND_SAME:
		return rec->cdb[1] & 1 ? 0 : rec->shape->block;
	case KIND_CAW:
	case KIND_VERIFY:
	case KIND_WRITE_VERIFY:
	case KIND_ORWRITE:
	case KIND_FETCH:
		return compare_bytes(rec);
	case KIND_NONE:
	case KIND_SYNC:
	case KIND_RESERVE:
	case KIND_TEST:
		return 0;
	default:
		return rec->req.count;
	}
}

int direction(const struct record *rec)
{
	switch (rec->req.kind) {
	case KIND_READ:
	case KIND_IN:
	case KIND_CAPACITY_10:
		return DMA_FROM_DEVICE;
	case KIND_WRITE:
	case KIND_UNMAP:
	case KIND_PR_OUT:
	case KIND_COPY:
	case KIND_CAW:
	case KIND_WRITE_VERIFY:
	case KIND_ORWRITE:
	case KIND_TEST:
		return DMA_TO_DEVICE;
	case KIND_OUT:
		return rec->cdb[0] == FORMAT_UNIT && !rec->req.count ?
		       DMA_NONE : DMA_TO_DEVICE;
	case KIND_SANITIZE:
		return (rec->cdb[1] & 31) == 1 ? DMA_TO_DEVICE : DMA_NONE;
	case KIND_VERIFY:
		return wanted_of(rec, 512) ? DMA_TO_DEVICE : DMA_NONE;
	case KIND_SAME:
		return rec->cdb[1] & 1 ? DMA_NONE : DMA_TO_DEVICE;
	default:
		return DMA_NONE;
	}
}

/* --- whether it is legal -------------------------------------------------- */

bool has_no_ua(u8 opcode)
{
	return opcode == INQUIRY || opcode == REQUEST_SENSE ||
	       opcode == REPORT_LUNS;
}

/* Sense data of the unit attention that the command has to end with, or 0. */
u32 pending_ua(struct ktgt_nexus *nexus, struct ktgt_lu *lu)
{
	static const u32 codes[] = {
		0x062900, 0x062903, 0x062907, 0x063f0e, 0x062a09, 0x062a01, 0x063f03,
		0x062a03, 0x062a04, 0x062a05,
		0x062a02, 0x062a10, 0x063f05, 0x062a06, 0x062a07, 0x062800,
		0x063807,
	};
	struct ktgt_itl *itl = xa_load(&nexus->itls, lu->lun);
	unsigned int ua;

	static_assert(ARRAY_SIZE(codes) == KTGT_UA_MAX);
	if (!itl || itl->lu != lu)
		return codes[KTGT_UA_POWER_ON];
	for (ua = 0; ua < KTGT_UA_MAX; ua++) {
		if (ua == KTGT_UA_LUNS_CHANGED ?
		    test_bit(KTGT_NEXUS_LUNS_CHANGED, &nexus->flags) :
		    test_bit(ua, &itl->flags))
			return codes[ua];
	}
	return 0;
}

/* What the logical unit keeps for the initiator says whether a command may go on. */
bool conflicts(struct ktgt_nexus *nexus, struct ktgt_lu *lu, const u8 *cdb)
{
	struct ktgt_itl *itl = xa_load(&nexus->itls, lu->lun);

	return itl && itl->lu == lu && itl->flags & conflicting(cdb);
}

/* Likewise whether its target port serves the command; what is told if not, or 0. */
u32 not_served(struct ktgt_nexus *nexus, struct ktgt_lu *lu, const u8 *cdb)
{
	struct ktgt_itl *itl = xa_load(&nexus->itls, lu->lun);

	if (!itl || itl->lu != lu)
		return told_in_state(cdb, ktgt_group_bits(nexus));
	require((itl->flags & KTGT_ITL_STATES) == ktgt_group_bits(nexus));
	return told_in_state(cdb, itl->flags);
}

bool is_served(const struct record *rec)
{
	const struct shape *shape = rec->shape;

	/* the initiators may not change the states here */
	if (rec->req.kind == KIND_UNKNOWN || sets_groups(rec->cdb))
		return false;
	if (!shape)
		return rec->cdb[0] == INQUIRY || rec->cdb[0] == REQUEST_SENSE;
	if (rec->req.disk && !shape->disk)
		return false;
	if (rec->req.atomic && !shape->atomic)
		return false;
	return rec->req.kind != KIND_UNMAP || shape->thin;
}

bool in_range(const struct record *rec)
{
	if (rec->req.kind == KIND_IN || rec->req.kind == KIND_OUT)
		return rec->req.lba < rec->nr_blocks || !rec->req.medium;
	if (rec->req.kind == KIND_NONE || rec->req.kind == KIND_TEST ||
	    rec->req.kind == KIND_RESERVE || rec->req.kind == KIND_SANITIZE ||
	    rec->req.kind == KIND_COPY)
		return true;
	return rec->req.lba < rec->nr_blocks &&
	       rec->req.count <= rec->nr_blocks - rec->req.lba;
}

static bool may_write_same(const struct record *rec)
{
	const struct shape *shape = rec->shape;

	if (shape->read_only || !in_range(rec))
		return false;
	if (!rec->req.count || rec->req.count > shape->max_same_blocks)
		return false;
	if (rec->cdb[1] & 8 && !shape->thin)
		return false;
	return rec->cdb[1] & 1 || rec->cmd->edtl == shape->block;
}

static bool may_reserve_out(const struct record *rec)
{
	u8 action = rec->cdb[1] & 0x1f;

	if (action == 1 && (rec->cdb[2] & 0xf0 ||
			    !(1 << (rec->cdb[2] & 15) & 0x1ea)))
		return false;
	if (action == 0 || action == 7)
		return rec->req.count >= 24 && rec->req.count <= 8192;
	return rec->req.count == 24;
}

/* READ BUFFER and WRITE BUFFER: the buffers have 4096 bytes. */
static bool may_buffer(const struct record *rec, u64 len)
{
	u32 offset = get_unaligned_be24(rec->cdb + 3);

	switch (rec->cdb[1] & 0x1f) {
	case 0x02:
		return !rec->cdb[2] && offset <= 4096 && len <= 4096 - offset;
	case 0x0a:
		return len <= 4096;
	case 0x03:
	case 0x0b:
		return rec->cdb[0] == READ_BUFFER;
	default:
		return false;
	}
}

static bool has_log_page(const struct record *rec, u8 page)
{
	return page == 0x00 || page == 0x2f ||
	       (page == 0x19 && rec->shape->disk);
}

static bool may_log_select(const struct record *rec)
{
	u8 page = rec->cdb[2] & 0x3f;

	if (rec->req.count)
		return !(rec->cdb[1] & 2) && !page && !rec->cdb[3];
	return has_log_page(rec, page) && !rec->cdb[3];
}

static bool may_set_info(const struct record *rec)
{
	switch (rec->cdb[10] >> 1) {
	case 0:
		return rec->req.count <= 64;
	case 2:
		return rec->req.count <= 256;
	default:
		return false;
	}
}

/* Whether a command may have the parameter list that its CDB announces. */
static bool may_list(const struct record *rec)
{
	u64 len = rec->req.count;

	switch (rec->cdb[0]) {
	case FORMAT_UNIT:
		return !rec->shape->read_only;
	/* no logical unit here has a state file, so nothing can be saved */
	case MODE_SELECT:
		return !(rec->cdb[1] & 1) &&
		       (!len || (len >= 4 && rec->cdb[1] & 0x10));
	case MODE_SELECT_10:
		return !(rec->cdb[1] & 1) &&
		       (!len || (len >= 8 && rec->cdb[1] & 0x10));
	case LOG_SELECT:
		return may_log_select(rec);
	case WRITE_BUFFER:
		return may_buffer(rec, len);
	case SEND_DIAGNOSTIC:
		return !len || len >= 4;
	default:
		if ((rec->cdb[1] & 0x1f) == MO_SET_TIMESTAMP)
			return !len || len == 12;
		return may_set_info(rec);
	}
}

static bool may_answer(const struct record *rec)
{
	if (rec->cdb[0] == READ_BUFFER)
		return may_buffer(rec, 0);
	if (asks_groups(rec->cdb))
		return rec->cdb[1] >> 5 <= 1;
	if (asks_lba_status(rec->cdb))
		return rec->req.lba < rec->nr_blocks;
	return !asks_functions(rec->cdb) || rec->req.count >= 4;
}

/* SBC-4, 5.47 */
static bool may_be_atomic(const struct record *rec)
{
	const struct shape *shape = rec->shape;

	return rec->req.count <= shape->max_atomic &&
	       !(rec->req.count % shape->atomic_unit) &&
	       !(rec->req.lba % shape->atomic_align);
}

/* Whether nothing is wrong with a command, as far as its CDB shows. */
bool is_allowed(const struct record *rec)
{
	const struct shape *shape = rec->shape;

	if (!is_served(rec) || rec->ua || rec->unserved || rec->conflict || rec->sanitized ||
	    !reserved_ok(rec))
		return false;
	if (asks_removable(rec->cdb) && !shape->removable)
		return false;
	if (rec->req.medium && !rec->nr_blocks)
		return false;
	switch (rec->req.kind) {
	case KIND_READ:
	case KIND_WRITE:
		if (rec->req.kind == KIND_WRITE && shape->read_only)
			return false;
		return in_range(rec) && rec->req.count <= shape->max_blocks &&
		       (!rec->req.atomic || may_be_atomic(rec));
	case KIND_CAW:
	case KIND_VERIFY:
	case KIND_WRITE_VERIFY:
	case KIND_ORWRITE:
	case KIND_FETCH:
		return in_range(rec) && may_compare(rec);
	case KIND_SYNC:
		return in_range(rec);
	case KIND_SAME:
		return may_write_same(rec);
	case KIND_PR_OUT:
		return may_reserve_out(rec);
	case KIND_SANITIZE:
		return may_erase(rec);
	case KIND_COPY:
		return rec->req.count <= 65536;
	case KIND_IN:
		return may_answer(rec);
	case KIND_OUT:
		return may_list(rec);
	case KIND_TEST:
		return !rec->req.count;
	case KIND_UNMAP:
		return !shape->read_only && rec->nr_blocks &&
		       (!rec->req.count || rec->req.count >= 8);
	default:
		return true;
	}
}

/* Its data moves as the initiator expects it, if there is some for both. */
bool is_legal(const struct record *rec)
{
	if (!is_allowed(rec))
		return false;
	if (rec->req.atomic && rec->cmd->edtl < wanted_bytes(rec))
		return false;
	return !rec->cmd->edtl || !wanted_bytes(rec) ||
	       rec->edtl_dir == direction(rec);
}

/* --- what it was found to be ---------------------------------------------- */

void check_parsed(const struct record *rec)
{
	const struct ktgt_cmd *cmd = rec->cmd;
	u64 wanted;

	if (!rec->legal) {
		require(cmd->dir == DMA_NONE && !cmd->xfer_len);
		return;
	}
	if (shim_failed != rec->failed && cmd->dir == DMA_NONE)
		return;
	wanted = wanted_bytes(rec);
	require(cmd->dir == direction(rec));
	if (rec->req.kind == KIND_IN)
		require(cmd->xfer_len <= wanted);
	else
		require(cmd->xfer_len == wanted);
}
