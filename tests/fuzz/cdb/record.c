// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of each command.
 */
#include "record.h"

struct record records[MAX_CMDS];

struct record *find_record(const struct ktgt_cmd *cmd)
{
	struct record *rec;

	for (rec = records; rec < records + MAX_CMDS; rec++) {
		if (rec->used && rec->cmd == cmd)
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
	return rec;
}
