/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands that the target has accepted.
 */
#ifndef _KTGT_FUZZ_PDU_TASK_H
#define _KTGT_FUZZ_PDU_TASK_H

#include "peer.h"

#define MAX_TASKS	512	/* that have not ended, of all peers */

/* a command that the target has accepted, until it has been answered */
struct task {
	bool		used;
	struct peer	*peer;
	struct ktgt_cmd	*cmd;		/* NULL when it was released */
	u32		serial;
	u32		itt;
	__be64		lun;
	u32		born;		/* order of arrival */
	u8		attr;		/* ISCSI_ATTR_*, as it was sent */
	u32		edtl, unsolicited;
	bool		read, write;	/* bits of the PDU */
	u16		index, gen;	/* what its target transfer tags have */
	u8		dir;
	u64		wanted;		/* bytes, when it was parsed */
	u64		moved;		/* bytes, when it completed */
	u8		status;
	u8		put_off;	/* its status, if it is to come again */
	bool		submitted, pending, completed, bad, aborted, silent;
	bool		gated, resumed;	/* waits at a gate; has done so */
	bool		orphan;		/* its connection is gone */
	bool		in_pieces;	/* it moves in pieces */
	u32		read_to;	/* bytes of its pieces that were read */

	u32		data_sn, data_off, burst;
	u32		r2t_sn, r2t_off;
};

extern struct task tasks[MAX_TASKS];

struct task *find_task(const struct peer *peer, u32 itt);
struct task *find_silent(const struct peer *peer, u32 itt, u32 data_sn,
			 u32 off);
struct task *task_of(const struct ktgt_cmd *cmd);
struct task *new_task(void);
void check_turn(const struct task *task);

#endif /* _KTGT_FUZZ_PDU_TASK_H */
