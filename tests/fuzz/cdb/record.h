/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known of a command.
 */
#ifndef _KTGT_FUZZ_CDB_RECORD_H
#define _KTGT_FUZZ_CDB_RECORD_H

#include "standard.h"

#define MAX_CMDS	64
#define MAX_RANGES	4096

struct ktgt_lu_reset;

struct range {
	u64	pos, len;
};

/* what is known of a command; the command is freed when it has completed */
struct record {
	struct ktgt_cmd		*cmd;
	struct request		req;
	u8			cdb[KTGT_CDB_MAX];
	const struct shape	*shape;		/* NULL: no logical unit */
	struct shape		shape_was;	/* when it was parsed */
	struct ktgt_lu		*lu;		/* NULL: it holds none */
	bool			used, submitted, legal;
	u32			ua;		/* sense data of one that is due */
	bool			conflict;	/* with a reservation */
	u32			unserved;	/* sense data, if its port is not active */
	u32			sanitized;	/* sense data, if it is for that */
	u64			nr_blocks;	/* when it was parsed */
	u64			wanted;		/* bytes, when it was parsed */
	u8			edtl_dir;	/* of the data, as announced */
	u8			*sent;		/* data-out, of buf_len bytes */
	u32			buf_len, nr_pages, nr_scratch;
	struct bio_vec		*scratch;
	u32			failed;		/* allocations, before */
	u8			fate;
	bool			later, abort, aborted, held;

	/* as it was when it was last submitted */
	bool			submitting, now_read_only, now_through, now_conflict;
	u64			now_blocks;
	u32			misfit;		/* sense data, if it does not fit */
	bool			now_unaware;	/* of a medium that is another one, maybe */
	u32			now_unserved;	/* as @unserved */
	u8			now_phase;	/* of a sanitize operation */
	bool			now_unrestricted, now_erased;
	bool			ready;		/* to be submitted */
	u32			gated;		/* waits at the gate: its turn */
	u32			at;		/* store that has admitted it */
	struct ktgt_lu_reset	*reset;		/* that waits for it */

	struct ktgt_io		*io;		/* that the backend has */
	blk_status_t		error;
	u32			nr_ops, nr_flushes;
	u32			nr_read, nr_written;	/* bytes, of compare.c */
	u64			nr_copied;	/* bytes, of copy.c */
	u64			info;		/* INFORMATION of @sense */
	bool			fua;
	struct range		ranges[MAX_RANGES];
	u32			nr_ranges;

	u8			fill;		/* of the buffer beforehand */
	u8			status;
	u32			sense;
	u8			*answer;
	u32			answer_len;
	u64			whole;
};

extern struct record records[MAX_CMDS];

struct record *find_record(const struct ktgt_cmd *cmd);
bool is_cmd_of(const struct record *rec, const struct ktgt_cmd *cmd);
struct ktgt_cmd *cmd_at_work(const struct record *rec);
struct record *new_record(const u8 *from);
/* a MODE SELECT may have changed the cache; then more may be stable than has to be */
extern bool mode_changed;

bool selects_mode(const u8 *cdb);
bool wants_medium(const struct record *rec);
u32 misfit_of(const struct record *rec);

#endif /* _KTGT_FUZZ_CDB_RECORD_H */
