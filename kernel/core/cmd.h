/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A SCSI command, on its way from a fabric to the backend and back.
 */
#ifndef _KTGT_CORE_CMD_H
#define _KTGT_CORE_CMD_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/dma-direction.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "io.h"

struct ktgt_cdb_row;
struct ktgt_cmd;
struct ktgt_itl;
struct ktgt_lu;
struct ktgt_nexus;
struct ktgt_orphan_group;
struct ktgt_store;
struct ktgt_track;

/* longest CDB of a supported command */
#define KTGT_CDB_MAX		16
/* data segments that need no allocation: 64 KiB in pages of 4 KiB */
#define KTGT_CMD_INLINE_BVECS	16
/* bytes that a READ or WRITE moves at once; what is longer moves in pieces */
#define KTGT_CMD_PIECE		SZ_1M
/* bytes of the buffer of a command that is longer, which is a ring */
#define KTGT_CMD_RING		(4 * KTGT_CMD_PIECE)
/* most bytes of the scratch buffer of a command: as many as have room inline */
#define KTGT_CMD_SCRATCH	SZ_64K
/* most bytes of one of a command whose data has room inline */
#define KTGT_CMD_LONG_SCRATCH	KTGT_CMD_PIECE

/**
 * struct ktgt_done_queue - completed commands of one connection
 * @head: completed commands, newest first, linked through &ktgt_cmd.done_node
 * @kick: tells the owner that @head is no longer empty; called from any
 *	context, hard interrupt included
 */
struct ktgt_done_queue {
	struct llist_head	head;
	void			(*kick)(struct ktgt_done_queue *q);
};

/**
 * enum ktgt_cmd_flags - bits of &ktgt_cmd.flags
 * @KTGT_CMDF_FUA: data must be on stable storage before the command completes
 * @KTGT_CMDF_MAY_UNMAP: blocks that are to be zeroes may be unmapped
 * @KTGT_CMDF_ABORTED: a task management function ended the command; it gets no
 *	response
 * @KTGT_CMDF_TASK_ABORTED: a task management function of another nexus ended
 *	the command; its status is TASK ABORTED, because TAS is 1
 * @KTGT_CMDF_LU_REF: the command holds a reference of &ktgt_lu.ref
 * @KTGT_CMDF_WAITING: the command is in &ktgt_gate.waiting or &ktgt_gate.parked,
 *	or waits for orphans; changed under the lock of the list
 * @KTGT_CMDF_RESUME: the command has not completed; submit it again
 * @KTGT_CMDF_ORPHAN: its connection is gone; it holds a reference of
 *	&ktgt_lu.kref
 * @KTGT_CMDF_UA: it has taken a unit attention, which its answer reports
 * @KTGT_CMDF_LONG: it moves in pieces; set by the fabric
 * @KTGT_CMDF_RANGE: its range is in &ktgt_lu.ranges: it is in it, or waits for it
 * @KTGT_CMDF_STATE_WRITER: it alone may change what the state file keeps, see
 *	scsi/state_save.c
 * @KTGT_CMDF_ATOMIC: all of its blocks are written, or none
 * @KTGT_CMDF_COPY: it is a copy, and &ktgt_cmd.part is valid
 */
enum ktgt_cmd_flags {
	KTGT_CMDF_FUA,
	KTGT_CMDF_MAY_UNMAP,
	KTGT_CMDF_ABORTED,
	KTGT_CMDF_TASK_ABORTED,
	KTGT_CMDF_LU_REF,
	KTGT_CMDF_WAITING,
	KTGT_CMDF_RESUME,
	KTGT_CMDF_ORPHAN,
	KTGT_CMDF_UA,
	KTGT_CMDF_LONG,
	KTGT_CMDF_RANGE,
	KTGT_CMDF_STATE_WRITER,
	KTGT_CMDF_ATOMIC,
	KTGT_CMDF_COPY,
};

/**
 * struct ktgt_sense - sense data before it has a wire format (SPC-4, 4.5)
 * @key: sense key
 * @asc: additional sense code
 * @ascq: additional sense code qualifier
 * @bit: bit pointer of the field in error
 * @cscd_status: SAM status of @cscd
 * @flags: KTGT_SENSE_* bits, which say what is valid of the other members
 * @field: byte of the CDB or parameter list that is in error; or the progress of
 *	something, in parts of 65536
 * @segment: segment descriptor at which a copy has failed, from 0
 * @info: INFORMATION field: the LBA in error, or the first byte that differs
 * @cscd: sense data of the copy source or destination that has failed, as long as
 *	the command has not been released
 */
struct ktgt_sense {
	u8	key;
	u8	asc;
	u8	ascq;
	u8	bit;
	u8	cscd_status;
	u16	flags;
	u16	field;
	u16	segment;
	u64	info;
	const struct ktgt_sense	*cscd;
};

#define KTGT_SENSE_INFO		BIT(0)	/* @info is valid */
#define KTGT_SENSE_FIELD	BIT(1)	/* @field is valid */
#define KTGT_SENSE_CDB		BIT(2)	/* @field is one of the CDB */
#define KTGT_SENSE_BIT		BIT(3)	/* @bit is valid */
#define KTGT_SENSE_COPY		BIT(4)	/* @segment is valid */
#define KTGT_SENSE_SEGMENT	BIT(5)	/* @field is one of that descriptor */
#define KTGT_SENSE_CSCD		BIT(6)	/* @cscd and @cscd_status are valid */
#define KTGT_SENSE_DESTINATION	BIT(7)	/* they are those of the destination */
#define KTGT_SENSE_PROGRESS	BIT(8)	/* @field is a progress */

/* longest sense data on the wire: of a copy, with that of its source; a multiple of 4 */
#define KTGT_SENSE_LEN		72

/**
 * struct ktgt_cmd - a SCSI command
 *
 * The fabric embeds it in its own task, fills the first group of members, calls
 * ktgt_cmd_parse(), gets the data, and calls ktgt_cmd_submit(). When the
 * command has completed, or is to be submitted again, the fabric finds it in
 * @done_queue. A command has one owner at a time, so it needs no lock: the
 * fabric until ktgt_cmd_submit(), then the SCSI side and the backend until
 * ktgt_cmd_complete() or ktgt_cmd_resume(), then the fabric again. Only @flags
 * may be changed by others.
 *
 * A command with more than KTGT_CMD_PIECE bytes in @buf_len moves in pieces of
 * that many bytes (ktgt_cmd_piece_len()). Only a command with KTGT_CDB_LIMIT may be
 * so long. It is submitted for each piece, which has to be in the buffer then, and comes back
 * with KTGT_CMDF_RESUME and a greater @step_at when the piece has moved.
 *
 * A command that compares has a scratch buffer besides, for what is read meanwhile.
 * Its pages are the fabric's too, and in @inline_bvec; @bvec is elsewhere then. A
 * buffer of more than KTGT_CMD_SCRATCH bytes is in @long_scratch; then @bvec is
 * @inline_bvec, and has at most KTGT_CMD_INLINE_BVECS segments.
 *
 * A copy reads and writes with a command of its own, @part, one transfer after the
 * other.
 *
 * Who submits it writes the members up to @part. What its end uses of the
 * command is behind them, from @done_queue to &ktgt_io.end_io, in one cache line, if the command
 * is the first member of something that kmalloc() aligns, as a task is.
 *
 * @nexus: I_T nexus that sent it; set by the fabric
 * @recv_clock: when it was received, by local_clock(); set by the fabric
 * @lun: logical unit number as on the wire (SAM-5, 4.7); set by the fabric
 * @edtl: bytes that the initiator expects to transfer; set by the fabric
 * @cdb: the CDB, followed by zeroes; set by the fabric
 * @edtl_dir: enum dma_data_direction in which the initiator expects @edtl to be
 *	transferred; DMA_BIDIRECTIONAL if it expects both; set by the fabric
 * @dir: direction of the data according to the CDB; set by ktgt_cmd_parse()
 * @block_shift: log2 of the logical block size at the time @xfer_len was set
 * @ua: enum ktgt_ua that it has taken, if KTGT_CMDF_UA is set
 * @xfer_len: bytes to transfer according to the CDB, whatever @edtl is. If the
 *	length of a DMA_FROM_DEVICE command is known only after it was executed,
 *	this is an upper bound before, and exact at completion
 * @nr_blocks: logical blocks of a medium access command
 * @nr_bvec: segments in @bvec
 * @bvec: the data buffer, pages of the fabric. Of a command that moves in pieces
 *	it is a ring: byte n of the data is at byte n % KTGT_CMD_RING
 * @row: row of the CDB table; NULL before the command is parsed
 * @itl: I_T_L nexus, valid while the LU reference is held; NULL when the LUN
 *	has no logical unit
 * @lu: logical unit, referenced if KTGT_CMDF_LU_REF is set
 * @exec: carries the command out; set by ktgt_cmd_parse()
 * @lba: first logical block of a medium access command
 * @store: the store that has admitted it, with a count of &ktgt_store.active;
 *	NULL if it is not admitted
 * @track: its range in a tracked logical unit; made by scsi/track.c when the first
 *	command needs one, and kept until ktgt_cmd_free()
 * @sense: sense data of a CHECK CONDITION
 * @step_at: how much is done of a long command: blocks, of its range @step_nr if
 *	it has several; bytes if it moves in pieces
 * @step_nr: of a long command: its range that is next. If it moves in pieces: not
 *	0 if some of them may be in a cache, and have to be stable at the end
 * @orphan_bytes: how many bytes are counted for it there
 * @orphan_group: where it is counted as an orphan, or where it waits for those of
 *	an earlier session; or NULL
 * @part: of a copy: what reads its source and writes its destination; made by
 *	scsi/copy.c, and freed when the command is released
 * @done_queue: where to put it when it has completed; set by the fabric
 * @done_node: in &ktgt_done_queue.head
 * @wait_node: in &ktgt_gate.waiting or &ktgt_gate.parked; not used at the same
 *	time as @done_node
 * @clock: when it was submitted last, and after that when it was taken off
 *	@done_queue; set by the fabric, which need not look at the clock for each
 *	of several commands
 * @storage_time: ns from its submission until the storage has answered, of all
 *	its transfers so far; 0 if it has had none. The time that a command waits
 *	for its data, at the gate, or to be taken off @done_queue is no part of it
 * @flags: bits of &enum ktgt_cmd_flags, changed atomically
 * @buf_len: bytes of the buffer in @bvec, at most min(@edtl, @xfer_len); set by
 *	the fabric before ktgt_cmd_submit()
 * @status: SAM status; valid when the command is in @done_queue
 * @error: blk_status_t of the storage
 * @medium_nr: which medium of its logical unit it is for, see scsi/medium.h
 * @io: its transfer
 * @chunk_at: bytes of a command with a scratch buffer that were read and looked at
 * @chunk_len: bytes in that buffer which were read and not looked at yet
 * @scratch_len: bytes of the scratch buffer, at most KTGT_CMD_LONG_SCRATCH; set by
 *	ktgt_cmd_parse()
 * @long_scratch: segments of a scratch buffer that is not in @inline_bvec; set by the
 *	fabric before ktgt_cmd_submit()
 * @inline_bvec: storage of @bvec for small commands, or the scratch buffer
 */
struct ktgt_cmd {
	struct ktgt_nexus		*nexus;
	u64				recv_clock;
	__be64				lun;
	u32				edtl;
	u8				cdb[KTGT_CDB_MAX];
	u8				edtl_dir;
	u8				dir;
	u8				block_shift;
	u8				ua;
	u64				xfer_len;
	u32				nr_blocks;
	u32				nr_bvec;

	struct bio_vec			*bvec;
	const struct ktgt_cdb_row	*row;
	struct ktgt_itl			*itl;
	struct ktgt_lu			*lu;
	void				(*exec)(struct ktgt_cmd *cmd);
	u64				lba;
	struct ktgt_store		*store;
	struct ktgt_track		*track;

	struct ktgt_sense		sense;
	u64				step_at;
	u32				step_nr;
	u32				orphan_bytes;
	struct ktgt_orphan_group	*orphan_group;
	struct ktgt_cmd			*part;

	/* what its end uses, which may be on another CPU */
	struct ktgt_done_queue		*done_queue;
	union {
		struct llist_node	done_node;
		struct list_head	wait_node;
	};
	u64				clock;
	u64				storage_time;
	unsigned long			flags;
	u32				buf_len;
	u8				status;
	blk_status_t			error;
	u16				medium_nr;
	struct ktgt_io			io;

	u32				chunk_at;
	u32				chunk_len;
	u32				scratch_len;
	struct bio_vec			*long_scratch;
	struct bio_vec			inline_bvec[KTGT_CMD_INLINE_BVECS];
};

#if L1_CACHE_BYTES == 64 && BITS_PER_LONG == 64
static_assert(offsetof(struct ktgt_cmd, done_queue) == 3 * L1_CACHE_BYTES);
static_assert(offsetof(struct ktgt_cmd, io.pos) == 4 * L1_CACHE_BYTES);
#endif

/**
 * ktgt_cmd_piece_len - bytes of the piece that a command moves next
 * @cmd: a command that moves in pieces
 * @at: where the piece begins, &ktgt_cmd.step_at for the one that is next
 *
 * Context: any.
 * Return: bytes; 0 behind the last piece.
 */
static inline u32 ktgt_cmd_piece_len(const struct ktgt_cmd *cmd, u32 at)
{
	return min_t(u32, cmd->buf_len - at, KTGT_CMD_PIECE);
}

void ktgt_cmd_complete(struct ktgt_cmd *cmd, u8 status);
void ktgt_cmd_resume(struct ktgt_cmd *cmd);
void ktgt_cmd_set_sense(struct ktgt_cmd *cmd, u8 key, u8 asc, u8 ascq);

#endif /* _KTGT_CORE_CMD_H */
