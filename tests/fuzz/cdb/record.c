// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of each command.
 */
#include <scsi/scsi_proto.h>

#include "compare.h"
#include "record.h"

struct record records[MAX_CMDS];
bool mode_changed;

bool selects_mode(const u8 *cdb)
{
	return cdb[0] == MODE_SELECT || cdb[0] == MODE_SELECT_10;
}

/* What is with the storage, or waits for it: the part of a copy, or the command. */
struct ktgt_cmd *cmd_at_work(const struct record *rec)
{
	struct ktgt_cmd *cmd = rec->cmd;

	return test_bit(KTGT_CMDF_COPY, &cmd->flags) && cmd->part->lu ?
	       cmd->part : cmd;
}

/* The command, or the part of it if it is a copy. */
bool is_cmd_of(const struct record *rec, const struct ktgt_cmd *cmd)
{
	return rec->used && (rec->cmd == cmd || cmd_at_work(rec) == cmd);
}

struct record *find_record(const struct ktgt_cmd *cmd)
{
	struct record *rec;

	for (rec = records; rec < records + MAX_CMDS; rec++) {
		if (is_cmd_of(rec, cmd))
			return rec;
	}
	require(!"a command that is not there");
	return NULL;
}

struct record *new_record(const u8 *from)
{
	u8 cdb[KTGT_CDB_MAX];
	struct record *rec;

	/* that of a record may be its own */
	memcpy(cdb, from, sizeof(cdb));

	for (rec = records; rec < records + MAX_CMDS; rec++) {
		if (!rec->used)
			break;
	}
	if (rec == records + MAX_CMDS)
		return NULL;
	free(rec->answer);
	memset(rec, 0, offsetof(struct record, ranges));
	rec->nr_ranges = 0;
	rec->answer = NULL;
	rec->answer_len = 0;
	rec->used = true;
	rec->req = decode_cdb(cdb);
	memcpy(rec->cdb, cdb, KTGT_CDB_MAX);
	rec->cmd = malloc(sizeof(*rec->cmd));
	memset(rec->cmd, 0xa5, sizeof(*rec->cmd));
	rec->cmd->track = NULL;
	rec->cmd->flags = 0;
	return rec;
}

/* Whether a legal command has anything to do with the medium. */
bool wants_medium(const struct record *rec)
{
	switch (rec->req.kind) {
	case KIND_READ:
		return rec->buf_len;
	case KIND_WRITE:
		return rec->buf_len && !(rec->buf_len % rec->shape->block);
	case KIND_CAW:
	case KIND_VERIFY:
	case KIND_WRITE_VERIFY:
	case KIND_ORWRITE:
		return compares(rec);
	case KIND_SYNC:
		return true;
	case KIND_SAME:
		return rec->cdb[1] & 1 || rec->buf_len == rec->shape->block;
	case KIND_UNMAP:
		return rec->req.count && rec->buf_len == rec->req.count;
	case KIND_TEST:
		return rec->shape && rec->shape->disk;
	default:
		return false;
	}
}

/*
 * Sense data of a legal command that does not fit a medium which has changed
 * since it was parsed, 0 if it fits.
 */
u32 misfit_of(const struct record *rec)
{
	bool writes = rec->req.kind != KIND_READ &&
		      rec->req.kind != KIND_SYNC &&
		      rec->req.kind != KIND_TEST &&
		      rec->req.kind != KIND_VERIFY;

	if (rec->now_read_only && writes)
		return 0x072700;
	if (!rec->now_blocks)
		return 0x020800;
	if (rec->req.kind == KIND_UNMAP ||
	    rec->req.lba + rec->req.count <= rec->now_blocks)
		return 0;
	return 0x052100;
}
