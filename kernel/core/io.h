/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One transfer with storage. A backend knows this and never a command; what
 * needs more than one transfer, or none of an initiator's, has its own.
 */
#ifndef _KTGT_CORE_IO_H
#define _KTGT_CORE_IO_H

#include <linux/atomic.h>
#include <linux/bio.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct ktgt_store;

/**
 * enum ktgt_io_op - what a transfer does
 * @KTGT_IO_READ: blocks come into the segments
 * @KTGT_IO_WRITE: blocks are written from the segments
 * @KTGT_IO_FLUSH: all writes that have completed become stable; no range
 * @KTGT_IO_UNMAP: the blocks need not keep their content
 * @KTGT_IO_WRITE_ZEROES: the blocks read as zeroes afterwards
 * @KTGT_IO_WRITE_SAME: the one block in the first segment is written to all
 */
enum ktgt_io_op {
	KTGT_IO_READ,
	KTGT_IO_WRITE,
	KTGT_IO_FLUSH,
	KTGT_IO_UNMAP,
	KTGT_IO_WRITE_ZEROES,
	KTGT_IO_WRITE_SAME,
};

/**
 * enum ktgt_io_flags - bits of &ktgt_io.flags
 * @KTGT_IO_FUA: KTGT_IO_WRITE: stable when it ends
 * @KTGT_IO_MAY_UNMAP: KTGT_IO_WRITE_ZEROES: by unmapping, if that reads zeroes
 * @KTGT_IO_ATOMIC: KTGT_IO_WRITE: all blocks or none, whatever happens
 */
enum ktgt_io_flags {
	KTGT_IO_FUA		= BIT(0),
	KTGT_IO_MAY_UNMAP	= BIT(1),
	KTGT_IO_ATOMIC		= BIT(2),
};

/**
 * struct ktgt_io_job - what a worker of a store is to do
 *
 * It is a part of what waits, so that to wait needs no memory.
 *
 * @run: does it, once; may sleep until the storage answers. The struct may be
 *	used for something else then
 * @store: the store; set by ktgt_store_defer()
 * @node: in &ktgt_store_line.waiting
 * @work: starts a worker; not used at the same time as @node
 */
struct ktgt_io_job {
	void				(*run)(struct ktgt_io_job *job);
	struct ktgt_store		*store;
	union {
		struct list_head	node;
		struct work_struct	work;
	};
};

/**
 * struct ktgt_io - one transfer with storage
 *
 * Who submits it fills the first group. It belongs to the backend from then on
 * until @end_io is called.
 *
 * @end_io: called once when it has ended, from any context, hard interrupt
 *	included; perhaps before the submission returns
 * @pos: first byte at the storage, a whole logical block
 * @len: bytes, whole logical blocks; not zero unless it is a flush
 * @bvec: segments: whole pages but for the last, as many as @len needs. One
 *	block, at the start of its page, for KTGT_IO_WRITE_SAME
 * @block: bytes of the block of KTGT_IO_WRITE_SAME
 * @op: enum ktgt_io_op
 * @flags: enum ktgt_io_flags
 * @status: how it went, valid in @end_io
 * @bad: first byte of the part that went wrong, if @status is an error. The error
 *	lies there or behind it
 * @pending: the backend's, parts that have not ended
 * @first_error: the backend's, the error of the first part that failed
 * @sent: the backend's, bytes that have become parts
 * @store: where it went; set by ktgt_store_submit()
 * @job: the backend's, while it waits for a worker; not used at the same time as
 *	@bio
 * @bio: the backend's, if it has no parts
 */
struct ktgt_io {
	void			(*end_io)(struct ktgt_io *io);
	u64			pos;
	u64			len;
	struct bio_vec		*bvec;
	u32			block;
	u8			op;
	u8			flags;

	blk_status_t		status;
	u64			bad;
	atomic_t		pending;
	atomic_t		first_error;
	u32			sent;
	struct ktgt_store	*store;
	union {
		struct ktgt_io_job	job;
		struct bio		bio;
	};
};

/**
 * ktgt_io_fail - a transfer has ended with an error
 * @io: the transfer; the caller must not touch it any more
 * @status: the error
 * @bad: see &ktgt_io.bad
 *
 * Context: any, hard interrupt included.
 */
static inline void ktgt_io_fail(struct ktgt_io *io, blk_status_t status,
				u64 bad)
{
	io->status = status;
	io->bad = bad;
	io->end_io(io);
}

/**
 * ktgt_io_end - a transfer has ended
 * @io: the transfer; the caller must not touch it any more
 * @status: how it went
 *
 * Context: any, hard interrupt included.
 */
static inline void ktgt_io_end(struct ktgt_io *io, blk_status_t status)
{
	io->status = status;
	if (unlikely(status != BLK_STS_OK))
		io->bad = io->pos;
	io->end_io(io);
}

#endif /* _KTGT_CORE_IO_H */
