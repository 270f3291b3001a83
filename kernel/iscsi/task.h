/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An iSCSI task that carries a SCSI command, from its PDU to the
 * acknowledgement of its status.
 */
#ifndef _KTGT_ISCSI_TASK_H
#define _KTGT_ISCSI_TASK_H

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/types.h>
#include <scsi/iscsi_proto.h>

#include "../core/cmd.h"
#include "conn.h"

/**
 * enum ktgt_task_state - state of a task
 * @KTGT_TASK_FREE: in &ktgt_conn.free_slots
 * @KTGT_TASK_NEW: its PDU is being handled
 * @KTGT_TASK_RECV: waits for data from the initiator; one that moves in pieces
 *	also for pages, or until the initiator has taken data
 * @KTGT_TASK_PAGES: in &ktgt_conn.page_wait; has no pages, or only those of its
 *	unsolicited data
 * @KTGT_TASK_DORMANT: in &ktgt_conn.dormant
 * @KTGT_TASK_READY: in &ktgt_conn.ready
 * @KTGT_TASK_BUSY: with the SCSI side
 * @KTGT_TASK_SEND: its answer is being sent
 * @KTGT_TASK_SENT: the socket has accepted the whole answer, which is not
 *	acknowledged yet
 */
enum ktgt_task_state {
	KTGT_TASK_FREE,
	KTGT_TASK_NEW,
	KTGT_TASK_RECV,
	KTGT_TASK_PAGES,
	KTGT_TASK_DORMANT,
	KTGT_TASK_READY,
	KTGT_TASK_BUSY,
	KTGT_TASK_SEND,
	KTGT_TASK_SENT,
};

/**
 * enum ktgt_task_flags - bits of &ktgt_task.flags
 * @KTGT_TASK_IMMEDIATE: it is marked for immediate delivery, outside of the
 *	window
 * @KTGT_TASK_READ: the R bit of the PDU
 * @KTGT_TASK_WRITE: the W bit of the PDU
 * @KTGT_TASK_UNSOL: more unsolicited Data-Out PDUs are expected
 * @KTGT_TASK_BAD_DATA: a Data-Out sequence or digest was wrong; the command
 *	fails when all requested data has arrived
 * @KTGT_TASK_SEEN: it was with the SCSI side at a look of stall.c
 * @KTGT_TASK_OLD: likewise, at two of them
 * @KTGT_TASK_MORE: not all pieces of its data-in have been read
 * @KTGT_TASK_CHAIN: the transport has a Data-In PDU of it, and will ask for the
 *	next one; only of one that moves in pieces
 * @KTGT_TASK_FAILED: the command has failed, and is answered when all requested
 *	data has arrived
 * @KTGT_TASK_SPARED: its logical unit is being removed; no more piece of it moves
 * @KTGT_TASK_GONE: it has ended, and its slot is free when the socket has accepted
 *	the Data-In PDUs that the transport has
 */
enum ktgt_task_flags {
	KTGT_TASK_IMMEDIATE	= BIT(0),
	KTGT_TASK_READ		= BIT(1),
	KTGT_TASK_WRITE		= BIT(2),
	KTGT_TASK_UNSOL		= BIT(3),
	KTGT_TASK_BAD_DATA	= BIT(4),
	KTGT_TASK_SEEN		= BIT(5),
	KTGT_TASK_OLD		= BIT(6),
	KTGT_TASK_MORE		= BIT(7),
	KTGT_TASK_CHAIN		= BIT(8),
	KTGT_TASK_FAILED	= BIT(9),
	KTGT_TASK_SPARED	= BIT(10),
	KTGT_TASK_GONE		= BIT(11),
};

/**
 * struct ktgt_burst - a sequence of Data-Out PDUs that is expected
 * @offset: buffer offset of its first byte
 * @len: bytes; 0 if the burst is not in use
 * @got: bytes received
 * @data_sn: DataSN of the next PDU
 */
struct ktgt_burst {
	u32	offset;
	u32	len;
	u32	got;
	u32	data_sn;
};

/**
 * struct ktgt_task - an iSCSI task
 *
 * It is in &ktgt_conn.slots and belongs to the connection's work, except for
 * @cmd while that is with the SCSI side.
 *
 * @cmd: the SCSI command
 * @conn: the connection; immutable
 * @node: in one of the lists of the connection, by @state
 * @itt_node: in &ktgt_conn.itts, from receipt until the answer is queued
 * @itt: initiator task tag
 * @index: position in &ktgt_conn.slots; immutable
 * @gen: number of uses of the slot, part of the target transfer tag
 * @dead_gen: @gen of the last use that was aborted; Data-Out PDUs for it are
 *	dropped without an answer
 * @dead_itt: ITT of that use if unsolicited Data-Out PDUs were still expected,
 *	which are dropped too; otherwise RESERVED_ITT
 * @state: enum ktgt_task_state
 * @flags: KTGT_TASK_* bits
 * @attr: task attribute, ISCSI_ATTR_*
 * @seq: order of submission, which says what a task management function covers
 * @abort_nr: &ktgt_conn.nr_aborts with the abort that has ended it, the first one if
 *	there are several; valid if ktgt_task_is_aborted()
 * @bad_data: additional sense code and qualifier, if KTGT_TASK_BAD_DATA is set
 * @nr_pages: pages in &ktgt_cmd.bvec so far
 * @nr_scratch: pages of its scratch buffer
 * @bvec_cap: length of @big_bvec
 * @big_bvec: segments of a command that has more than fit into @cmd; kept for
 *	the next use of the slot
 * @unsol: the unsolicited burst
 * @r2t: solicited bursts; the index is part of the target transfer tag
 * @nr_r2t: bursts of @r2t in use; the length of all others is zero
 * @r2t_sn: R2TSN of the next R2T
 * @r2t_off: buffer offset of the next R2T
 * @in_off: bytes sent in Data-In PDUs
 * @in_len: bytes to be sent in Data-In PDUs; with KTGT_TASK_MORE, those that have
 *	been read so far
 * @in_burst: bytes sent of the current Data-In sequence
 * @data_sn: DataSN of the next Data-In
 * @long_node: in &ktgt_conn.longs while it is open, if it moves in pieces. The
 *	members after it are of such a task alone
 * @ring_from: buffer offset of the first byte that has a page
 * @ring_to: buffer offset behind the last byte that has one, or will have one
 *	before it leaves KTGT_TASK_PAGES
 * @moved: bytes that have moved between pages and storage
 * @in_sent: bytes of Data-In PDUs that the socket has accepted
 * @rsp: its SCSI Response, which goes behind the Data-In PDUs; or NULL
 */
struct ktgt_task {
	struct ktgt_cmd		cmd;
	struct ktgt_conn	*conn;
	struct list_head	node;
	struct hlist_node	itt_node;
	itt_t			itt;
	u16			index;
	u16			gen;
	u16			dead_gen;
	itt_t			dead_itt;
	u8			state;
	u8			attr;
	u16			flags;
	u16			bad_data;
	u32			seq;
	u32			abort_nr;

	u32			nr_pages;
	u32			nr_scratch;
	u32			bvec_cap;
	struct bio_vec		*big_bvec;

	struct ktgt_burst	unsol;
	struct ktgt_burst	r2t[KTGT_MAX_R2T];
	u32			nr_r2t;
	u32			r2t_sn;
	u32			r2t_off;

	u32			in_off;
	u32			in_len;
	u32			in_burst;
	u32			data_sn;

	struct list_head	long_node;
	u32			ring_from;
	u32			ring_to;
	u32			moved;
	u32			in_sent;
	struct ktgt_pdu		*rsp;
};

/**
 * ktgt_task_is_long - whether a command moves in pieces
 * @task: the task
 *
 * Context: any.
 * Return: true if it does.
 */
static inline bool ktgt_task_is_long(const struct ktgt_task *task)
{
	return test_bit(KTGT_CMDF_LONG, &task->cmd.flags);
}

/**
 * ktgt_task_first_pages - pages that a command needs before it can go on
 * @task: the task
 *
 * Context: any.
 * Return: pages for all of its data, or for the first piece.
 */
static inline u32 ktgt_task_first_pages(const struct ktgt_task *task)
{
	return DIV_ROUND_UP(ktgt_cmd_piece_len(&task->cmd, 0), PAGE_SIZE);
}

/**
 * ktgt_task_lacks_pages - pages that a command still has to get before it can go on
 * @task: the task, which has no pages of a second piece
 *
 * Context: any.
 * Return: pages, those of the scratch buffer included.
 */
static inline u32 ktgt_task_lacks_pages(const struct ktgt_task *task)
{
	return ktgt_task_first_pages(task) - task->nr_pages +
	       DIV_ROUND_UP(task->cmd.scratch_len, PAGE_SIZE) -
	       task->nr_scratch;
}

/**
 * ktgt_task_has_buffer - whether a command has pages while it is carried out
 * @task: the task
 *
 * Context: any.
 * Return: true if it has data, or a scratch buffer.
 */
static inline bool ktgt_task_has_buffer(const struct ktgt_task *task)
{
	return task->cmd.buf_len || task->cmd.scratch_len;
}

/**
 * ktgt_task_is_aborted - whether a task management function has aborted a task
 * @task: the task
 *
 * Context: any.
 * Return: true if it was aborted; then it gets no answer, or TASK ABORTED.
 */
static inline bool ktgt_task_is_aborted(const struct ktgt_task *task)
{
	return task->cmd.flags & (BIT(KTGT_CMDF_ABORTED) |
				  BIT(KTGT_CMDF_TASK_ABORTED));
}

/**
 * ktgt_task_is_ending - whether a task that moves in pieces ends after this one
 * @task: the task
 *
 * Context: the connection's work.
 * Return: true if it was aborted, or if its logical unit is being removed.
 */
static inline bool ktgt_task_is_ending(const struct ktgt_task *task)
{
	return ktgt_task_is_aborted(task) || task->flags & KTGT_TASK_SPARED;
}

/**
 * ktgt_task_is_open - whether the initiator can refer to a task
 * @task: the task
 *
 * Context: the connection's work or teardown.
 * Return: true from its receipt until its answer is queued, or it has ended.
 */
static inline bool ktgt_task_is_open(const struct ktgt_task *task)
{
	return !hlist_unhashed(&task->itt_node);
}

/* properties of a state: bits of ktgt_task_traits() */
#define KTGT_TRAIT_OPEN		BIT(0)	/* the initiator can refer to it */
#define KTGT_TRAIT_FREE		BIT(1)	/* &ktgt_task_count.free */
#define KTGT_TRAIT_READY	BIT(2)	/* &ktgt_task_count.ready */
#define KTGT_TRAIT_BUSY		BIT(3)	/* &ktgt_task_count.busy */
#define KTGT_TRAIT_FULL		BIT(4)	/* &ktgt_task_count.full */
#define KTGT_TRAIT_DATA		BIT(5)	/* likewise, if it has data */

static __always_inline u8 ktgt_task_traits(enum ktgt_task_state state)
{
	switch (state) {
	case KTGT_TASK_FREE:
		return KTGT_TRAIT_FREE;
	case KTGT_TASK_NEW:
	case KTGT_TASK_PAGES:
	case KTGT_TASK_DORMANT:
		return KTGT_TRAIT_OPEN;
	case KTGT_TASK_RECV:
		return KTGT_TRAIT_OPEN | KTGT_TRAIT_FULL;
	case KTGT_TASK_READY:
		return KTGT_TRAIT_OPEN | KTGT_TRAIT_DATA | KTGT_TRAIT_READY;
	case KTGT_TASK_BUSY:
		return KTGT_TRAIT_OPEN | KTGT_TRAIT_DATA | KTGT_TRAIT_BUSY;
	case KTGT_TASK_SEND:
		return KTGT_TRAIT_DATA;
	case KTGT_TASK_SENT:
		break;
	}
	return 0;
}

static __always_inline struct list_head *
ktgt_task_list(struct ktgt_conn *conn, enum ktgt_task_state state)
{
	switch (state) {
	case KTGT_TASK_FREE:
		return &conn->free_slots;
	case KTGT_TASK_PAGES:
		return &conn->page_wait;
	case KTGT_TASK_DORMANT:
		return &conn->dormant;
	case KTGT_TASK_READY:
		return &conn->ready;
	default:
		return NULL;
	}
}

void ktgt_task_open(struct ktgt_task *task);
void ktgt_task_close(struct ktgt_task *task);
void ktgt_task_set_state_any(struct ktgt_task *task,
			     enum ktgt_task_state state);

static __always_inline int ktgt_task_delta(u8 was, u8 is, u8 trait)
{
	return !!(is & trait) - !!(was & trait);
}

/* Called only by ktgt_task_set_state(). Constants leave little code of it. */
static __always_inline void ktgt_task_change(struct ktgt_task *task,
					     enum ktgt_task_state from,
					     enum ktgt_task_state to)
{
	const u8 was = ktgt_task_traits(from), is = ktgt_task_traits(to);
	struct ktgt_conn *conn = task->conn;
	struct ktgt_task_count *count = &conn->count;

	count->free += ktgt_task_delta(was, is, KTGT_TRAIT_FREE);
	count->ready += ktgt_task_delta(was, is, KTGT_TRAIT_READY);
	count->busy += ktgt_task_delta(was, is, KTGT_TRAIT_BUSY);
	count->full += ktgt_task_delta(was, is, KTGT_TRAIT_FULL);
	if (ktgt_task_delta(was, is, KTGT_TRAIT_DATA) &&
	    ktgt_task_has_buffer(task))
		count->full += ktgt_task_delta(was, is, KTGT_TRAIT_DATA);
	if (ktgt_task_list(conn, from))
		list_del_init(&task->node);
	/*
	 * the slot that was used last is used next, because it is in the cache
	 */
	if (to == KTGT_TASK_FREE)
		list_add(&task->node, &conn->free_slots);
	else if (ktgt_task_list(conn, to))
		list_add_tail(&task->node, ktgt_task_list(conn, to));
	task->state = to;
	if (is & ~was & KTGT_TRAIT_OPEN)
		ktgt_task_open(task);
	if (was & ~is & KTGT_TRAIT_OPEN)
		ktgt_task_close(task);
}

/**
 * ktgt_task_set_state - change the state of a task; nothing else changes it
 * @task: the task
 * @from: the usual state before, a constant: this change is inline code. If the
 *	task is in another state, a function is called
 * @to: the new state, a constant
 *
 * This also moves the task to the list of its new state and changes the
 * counters.
 *
 * Context: the connection's work or teardown.
 */
static __always_inline void ktgt_task_set_state(struct ktgt_task *task,
						enum ktgt_task_state from,
						enum ktgt_task_state to)
{
	if (likely(task->state == from))
		ktgt_task_change(task, from, to);
	else
		ktgt_task_set_state_any(task, to);
}

int ktgt_tasks_init(struct ktgt_conn *conn);
bool ktgt_tasks_at_hand(struct ktgt_conn *conn, gfp_t gfp);
void ktgt_tasks_prepare(struct ktgt_conn *conn);
void ktgt_tasks_shrink(struct ktgt_conn *conn);
void ktgt_tasks_strip(struct ktgt_conn *conn);
void ktgt_tasks_free(struct ktgt_conn *conn);
struct ktgt_task *ktgt_task_find(struct ktgt_conn *conn, itt_t itt);
struct ktgt_task *ktgt_task_start(struct ktgt_conn *conn,
				  const struct iscsi_scsi_req *req);
void ktgt_task_set_ready(struct ktgt_task *task);
void ktgt_task_sent(struct ktgt_task *task);
void ktgt_task_end(struct ktgt_task *task);
void ktgt_task_set_long(struct ktgt_task *task);
int ktgt_task_set_bvec(struct ktgt_task *task, gfp_t gfp);
bool ktgt_task_add_pages(struct ktgt_task *task, u32 nr_pages);
bool ktgt_task_add_scratch(struct ktgt_task *task);
bool ktgt_task_add_piece(struct ktgt_task *task);
void ktgt_task_put_pieces(struct ktgt_task *task, u32 done);
void ktgt_task_keep_piece(struct ktgt_task *task);
void ktgt_task_put_pages(struct ktgt_task *task);
void ktgt_tasks_put_sent(struct ktgt_conn *conn);
void ktgt_task_data_sent(struct ktgt_task *task, u32 len);
u32 ktgt_task_residual(const struct ktgt_task *task, u8 *flags);

#endif /* _KTGT_ISCSI_TASK_H */
