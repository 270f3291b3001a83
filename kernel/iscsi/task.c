// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks of a connection: their memory, their states, and how to find one.
 */
#include "task.h"

#include <linux/build_bug.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/vmalloc.h>
#include <scsi/scsi_proto.h>

#include "../core/gfp.h"
#include "../scsi/exec.h"
#include "conn.h"
#include "mem.h"
#include "pdu.h"

/*
 * Twice the window, because a task becomes free only when the initiator has
 * acknowledged its status.
 */
#define TASK_SLOTS	(2 * KTGT_WINDOW + KTGT_IMMEDIATE_MAX)
#define TASK_HASH_BITS	8

/* see struct ktgt_cmd: kmalloc() aligns what is so large, and the command begins it */
static_assert(!offsetof(struct ktgt_task, cmd));
static_assert(sizeof(struct ktgt_task) > 192);

#define PIECE_PAGES	(KTGT_CMD_PIECE >> PAGE_SHIFT)
#define RING_PAGES	(KTGT_CMD_RING >> PAGE_SHIFT)

/**
 * ktgt_tasks_init - allocate the table of tasks of a connection
 * @conn: the connection
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_tasks_init(struct ktgt_conn *conn)
{
	conn->itts = kcalloc(1 << TASK_HASH_BITS, sizeof(*conn->itts),
			     KTGT_GFP_PEER);
	conn->slots = kcalloc(TASK_SLOTS, sizeof(*conn->slots), KTGT_GFP_PEER);
	if (!conn->itts || !conn->slots)
		return -ENOMEM;
	conn->count.free = TASK_SLOTS;
	return 0;
}

/*
 * The generation starts at a value that no earlier task in this slot can have
 * used, so that no tag of an earlier task is valid again.
 */
static int task_make(struct ktgt_conn *conn, gfp_t gfp)
{
	struct ktgt_task *task = kzalloc_obj(*task, gfp);

	if (!task)
		return -ENOMEM;
	ktgt_quota_hold(&conn->quota, sizeof(*task));
	task->conn = conn;
	task->index = conn->nr_slots;
	task->gen = conn->seq;
	task->dead_gen = task->gen - 1;
	task->dead_itt = RESERVED_ITT;
	INIT_HLIST_NODE(&task->itt_node);
	list_add_tail(&task->node, &conn->free_slots);
	conn->slots[conn->nr_slots++] = task;
	return 0;
}

/**
 * ktgt_tasks_at_hand - get a free task, if necessary by allocating one
 * @conn: the connection
 * @gfp: how to allocate
 *
 * Context: the connection's work; sleeps only if @gfp allows.
 * Return: false if there was no memory; true if there is a free task, or if all
 *	slots are in use.
 */
bool ktgt_tasks_at_hand(struct ktgt_conn *conn, gfp_t gfp)
{
	if (!list_empty(&conn->free_slots) || conn->nr_slots == TASK_SLOTS)
		return true;
	return !task_make(conn, gfp);
}

/**
 * ktgt_tasks_prepare - prepare a free task for the next command
 * @conn: the connection
 *
 * If there is no memory, the next command tries again.
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_tasks_prepare(struct ktgt_conn *conn)
{
	if (conn->slots)
		ktgt_tasks_at_hand(conn, KTGT_GFP_PEER);
}

/**
 * ktgt_task_set_long - let a command move in pieces
 * @task: the task, whose buffer is longer than one; in state KTGT_TASK_NEW, to
 *	be opened
 *
 * Context: the connection's work.
 */
void ktgt_task_set_long(struct ktgt_task *task)
{
	set_bit(KTGT_CMDF_LONG, &task->cmd.flags);
	if (!(task->flags & KTGT_TASK_WRITE))
		task->flags |= KTGT_TASK_MORE;
	task->ring_from = 0;
	task->ring_to = KTGT_CMD_PIECE;
	task->moved = 0;
	task->in_sent = 0;
	task->rsp = NULL;
	list_add_tail(&task->long_node, &task->conn->longs);
}

static bool task_has_long_scratch(const struct ktgt_task *task)
{
	return task->cmd.scratch_len > KTGT_CMD_SCRATCH;
}

static struct bio_vec *task_scratch(struct ktgt_task *task)
{
	return task_has_long_scratch(task) ? task->cmd.long_scratch :
					     task->cmd.inline_bvec;
}

/* Has room for @nr_pages in &ktgt_task.big_bvec. */
static int task_set_big_bvec(struct ktgt_task *task, u32 nr_pages, gfp_t gfp)
{
	struct bio_vec *bvec;

	if (nr_pages <= task->bvec_cap)
		return 0;
	bvec = kvmalloc_array(nr_pages, sizeof(*bvec), gfp);
	if (!bvec)
		return -ENOMEM;
	kvfree(task->big_bvec);
	ktgt_quota_hold(&task->conn->quota,
			(nr_pages - task->bvec_cap) * sizeof(*bvec));
	task->big_bvec = bvec;
	task->bvec_cap = nr_pages;
	return 0;
}

/* A long scratch buffer takes the place of the data, which is short. */
static int task_set_long_scratch(struct ktgt_task *task, gfp_t gfp)
{
	u32 nr_pages = DIV_ROUND_UP(task->cmd.scratch_len, PAGE_SIZE);

	if (task_set_big_bvec(task, nr_pages, gfp))
		return -ENOMEM;
	task->cmd.long_scratch = task->big_bvec;
	task->cmd.bvec = task->cmd.inline_bvec;
	return 0;
}

/**
 * ktgt_task_set_bvec - make room for the segments of a command
 * @task: the task; its buffer length is set
 * @gfp: how to allocate, if the task never had so many segments
 *
 * Context: the connection's work; sleeps only if @gfp allows.
 * Return: 0 or -ENOMEM.
 */
int ktgt_task_set_bvec(struct ktgt_task *task, gfp_t gfp)
{
	u32 nr_pages = DIV_ROUND_UP(min_t(u32, task->cmd.buf_len,
					  KTGT_CMD_RING), PAGE_SIZE);

	if (nr_pages <= KTGT_CMD_INLINE_BVECS &&
	    likely(!task->cmd.scratch_len)) {
		task->cmd.bvec = task->cmd.inline_bvec;
		return 0;
	}
	if (task_has_long_scratch(task))
		return task_set_long_scratch(task, gfp);
	if (task_set_big_bvec(task, nr_pages, gfp))
		return -ENOMEM;
	task->cmd.bvec = task->big_bvec;
	return 0;
}

/**
 * ktgt_task_add_pages - give free pages of the connection to a task
 * @task: the task; ktgt_task_set_bvec() has made room
 * @nr_pages: pages
 *
 * Context: the connection's work.
 * Return: false, with nothing done, if there are too few.
 */
bool ktgt_task_add_pages(struct ktgt_task *task, u32 nr_pages)
{
	struct ktgt_conn *conn = task->conn;

	if (!ktgt_mem_take(conn, task->cmd.bvec + task->nr_pages, nr_pages))
		return false;
	task->nr_pages += nr_pages;
	ktgt_quota_charge(&conn->quota, KTGT_QUOTA_DATA, nr_pages);
	return true;
}

/**
 * ktgt_task_add_scratch - give free pages of the connection to a scratch buffer
 * @task: the task; ktgt_task_set_bvec() has left the room
 *
 * Context: the connection's work.
 * Return: false, with nothing done, if there are too few. true also if it has them,
 *	or needs none.
 */
bool ktgt_task_add_scratch(struct ktgt_task *task)
{
	u32 nr_pages = DIV_ROUND_UP(task->cmd.scratch_len, PAGE_SIZE);
	struct ktgt_conn *conn = task->conn;

	static_assert(KTGT_CMD_INLINE_BVECS * PAGE_SIZE >= KTGT_CMD_SCRATCH);

	if (likely(task->nr_scratch == nr_pages))
		return true;
	if (!ktgt_mem_take(conn, task_scratch(task), nr_pages))
		return false;
	task->nr_scratch = nr_pages;
	ktgt_quota_charge(&conn->quota, KTGT_QUOTA_DATA, nr_pages);
	return true;
}

static void task_put_scratch(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;

	ktgt_mem_give(conn, task_scratch(task), task->nr_scratch);
	ktgt_quota_uncharge(&conn->quota, KTGT_QUOTA_DATA, task->nr_scratch);
	task->nr_scratch = 0;
}

/**
 * ktgt_task_add_piece - give free pages to a task for one more piece
 * @task: the task, which moves in pieces, and has fewer in its ring than there is
 *	room for
 *
 * Context: the connection's work.
 * Return: false, with nothing done, if there are too few.
 */
bool ktgt_task_add_piece(struct ktgt_task *task)
{
	u32 len = ktgt_cmd_piece_len(&task->cmd, task->ring_to);
	u32 nr_pages = DIV_ROUND_UP(len, PAGE_SIZE);
	struct ktgt_conn *conn = task->conn;
	struct bio_vec *bvec;

	bvec = task->cmd.bvec + (task->ring_to % KTGT_CMD_RING >> PAGE_SHIFT);
	if (!ktgt_mem_take(conn, bvec, nr_pages))
		return false;
	task->nr_pages += nr_pages;
	task->ring_to += len;
	ktgt_quota_charge(&conn->quota, KTGT_QUOTA_DATA, nr_pages);
	return true;
}

/* Gives back @nr_pages of a ring, from buffer offset @at on; no more than a piece. */
static void task_put_ring(struct ktgt_task *task, u32 at, u32 nr_pages)
{
	struct ktgt_conn *conn = task->conn;

	ktgt_mem_give(conn, task->cmd.bvec +
		      (at % KTGT_CMD_RING >> PAGE_SHIFT), nr_pages);
	ktgt_quota_uncharge(&conn->quota, KTGT_QUOTA_DATA, nr_pages);
	task->nr_pages -= nr_pages;
}

/* Gives back the first piece of the ring. */
static void task_put_piece(struct ktgt_task *task)
{
	task_put_ring(task, task->ring_from,
		      min_t(u32, task->nr_pages, PIECE_PAGES));
	task->ring_from = min(task->ring_from + KTGT_CMD_PIECE, task->ring_to);
}

/**
 * ktgt_task_put_pieces - give back the pages of pieces that are done
 * @task: the task, which moves in pieces
 * @done: bytes that have been written, or that the socket has accepted
 *
 * Pages that the socket still refers to go back to the page allocator when it drops
 * its reference. How many these are is limited by the buffer of the socket.
 *
 * Context: the connection's work.
 */
void ktgt_task_put_pieces(struct ktgt_task *task, u32 done)
{
	while (task->nr_pages && task->ring_from + KTGT_CMD_PIECE <= done)
		task_put_piece(task);
}

/**
 * ktgt_task_keep_piece - give back all pages but those of one piece
 * @task: the task, which moves in pieces; the piece after those that have moved is
 *	kept, since it is with the storage. Nothing is sent any more
 *
 * Context: teardown of the connection.
 */
void ktgt_task_keep_piece(struct ktgt_task *task)
{
	u32 keep = ktgt_cmd_piece_len(&task->cmd, task->moved);
	u32 end = task->moved + keep, at;

	while (task->ring_from < task->moved)
		task_put_piece(task);
	for (at = end; at < task->ring_to; at += KTGT_CMD_PIECE)
		task_put_ring(task, at, min_t(u32, PIECE_PAGES, task->nr_pages -
					      DIV_ROUND_UP(keep, PAGE_SIZE)));
	task->ring_to = end;
	task->in_off = task->in_sent;
}

/**
 * ktgt_task_put_pages - give the pages of a task back to the connection
 * @task: the task; the socket has accepted what was sent from them, or nothing was
 *	sent
 *
 * Pages that the socket still refers to go back to the page allocator when it drops
 * its reference, so they need not be acknowledged.
 *
 * Context: the connection's work.
 */
void ktgt_task_put_pages(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;

	if (unlikely(task->nr_scratch))
		task_put_scratch(task);
	if (!task->nr_pages)
		return;
	if (unlikely(ktgt_task_is_long(task))) {
		while (task->nr_pages)
			task_put_piece(task);
		return;
	}
	ktgt_quota_uncharge(&conn->quota, task->state == KTGT_TASK_SENT ?
			    KTGT_QUOTA_SENT : KTGT_QUOTA_DATA, task->nr_pages);
	ktgt_mem_give(conn, task->cmd.bvec, task->nr_pages);
	task->nr_pages = 0;
	task->cmd.nr_bvec = 0;
}

static void task_free_bvec(struct ktgt_task *task)
{
	ktgt_quota_drop(&task->conn->quota,
			task->bvec_cap * sizeof(*task->big_bvec));
	kvfree(task->big_bvec);
	task->big_bvec = NULL;
	task->bvec_cap = 0;
}

/* Gives back all that a task has but itself; nothing of it is sent any more. */
static void task_strip(struct ktgt_task *task)
{
	ktgt_task_put_pages(task);
	if (task->big_bvec)
		task_free_bvec(task);
}

/**
 * ktgt_tasks_put_sent - give back all memory that only waits for an acknowledgement
 * @conn: the connection
 *
 * Context: the connection's work.
 */
void ktgt_tasks_put_sent(struct ktgt_conn *conn)
{
	u32 i;

	for (i = 0; i < conn->nr_slots; i++)
		if (conn->slots[i]->state == KTGT_TASK_SENT)
			task_strip(conn->slots[i]);
}

static void task_free(struct ktgt_task *task)
{
	task_free_bvec(task);
	ktgt_cmd_free(&task->cmd);
	ktgt_quota_drop(&task->conn->quota, sizeof(*task));
	kfree(task);
}

static void task_free_last(struct ktgt_conn *conn)
{
	task_free(conn->slots[--conn->nr_slots]);
}

/**
 * ktgt_tasks_shrink - free the tasks that an idle connection does not need
 * @conn: the connection
 *
 * Context: the connection's work.
 */
void ktgt_tasks_shrink(struct ktgt_conn *conn)
{
	while (conn->nr_slots &&
	       conn->slots[conn->nr_slots - 1]->state == KTGT_TASK_FREE) {
		list_del(&conn->slots[conn->nr_slots - 1]->node);
		task_free_last(conn);
	}
}

/**
 * ktgt_tasks_strip - free the tasks that are not with the SCSI side
 * @conn: the connection, which is closed
 *
 * Context: process context, may sleep.
 */
void ktgt_tasks_strip(struct ktgt_conn *conn)
{
	u32 i, nr = conn->nr_slots, kept = 0;
	struct ktgt_task *task;

	for (i = 0; i < nr; i++) {
		task = conn->slots[i];
		if (task->state == KTGT_TASK_BUSY) {
			conn->slots[kept++] = task;
			continue;
		}
		ktgt_task_put_pages(task);
		if (task->rsp)
			ktgt_pdu_free(conn, task->rsp);
		list_del_init(&task->node);
		task_free(task);
	}
	conn->nr_slots = kept;
}

/**
 * ktgt_tasks_free - free the tasks of a connection
 * @conn: the connection; no task is with the SCSI side
 *
 * Context: process context, may sleep.
 */
void ktgt_tasks_free(struct ktgt_conn *conn)
{
	while (conn->nr_slots) {
		ktgt_task_put_pages(conn->slots[conn->nr_slots - 1]);
		task_free_last(conn);
	}
	kfree(conn->slots);
	kfree(conn->itts);
	conn->slots = NULL;
	conn->itts = NULL;
}

static struct hlist_head *task_bucket(struct ktgt_conn *conn, itt_t itt)
{
	return &conn->itts[hash_32((__force u32)itt, TASK_HASH_BITS)];
}

/**
 * ktgt_task_find - find a task by its initiator task tag
 * @conn: the connection
 * @itt: the tag
 *
 * Context: the connection's work.
 * Return: the task, from its receipt until its answer is queued; or NULL.
 */
struct ktgt_task *ktgt_task_find(struct ktgt_conn *conn, itt_t itt)
{
	struct ktgt_task *task;

	hlist_for_each_entry(task, task_bucket(conn, itt), itt_node)
		if (task->itt == itt)
			return task;
	return NULL;
}

static bool task_is_ordered(const struct ktgt_task *task)
{
	return task->attr == ISCSI_ATTR_ORDERED ||
	       task->attr == ISCSI_ATTR_HEAD_OF_QUEUE;
}

/**
 * ktgt_task_start - fill a free task from a SCSI Command PDU
 * @conn: the connection, which has a free task at hand
 * @req: the PDU
 *
 * Context: the connection's work.
 * Return: the task, in state KTGT_TASK_NEW.
 */
struct ktgt_task *ktgt_task_start(struct ktgt_conn *conn,
				  const struct iscsi_scsi_req *req)
{
	struct ktgt_task *task;

	task = list_first_entry(&conn->free_slots, struct ktgt_task, node);
	task->itt = req->itt;
	task->flags = 0;
	task->attr = req->flags & ISCSI_FLAG_CMD_ATTR_MASK;
	task->seq = conn->seq++;
	task->unsol = (struct ktgt_burst) {};
	task->r2t_sn = 0;
	task->r2t_off = 0;
	task->in_off = 0;
	task->in_len = 0;
	task->in_burst = 0;
	task->data_sn = 0;
	if (req->opcode & ISCSI_OP_IMMEDIATE)
		task->flags |= KTGT_TASK_IMMEDIATE;
	if (req->flags & ISCSI_FLAG_CMD_READ)
		task->flags |= KTGT_TASK_READ;
	if (req->flags & ISCSI_FLAG_CMD_WRITE)
		task->flags |= KTGT_TASK_WRITE;
	ktgt_task_set_state(task, KTGT_TASK_FREE, KTGT_TASK_NEW);
	return task;
}

/*
 * Whether @task is dormant until @other has ended (SAM-5, 8.6). An enabled task
 * stays enabled, even if a HEAD OF QUEUE task arrives. Tasks of other nexuses
 * are in other task sets (TST of the Control mode page).
 */
static bool task_goes_behind(const struct ktgt_task *task,
			     const struct ktgt_task *other)
{
	if (task == other || hlist_unhashed(&other->itt_node) ||
	    task->cmd.lun != other->cmd.lun)
		return false;
	if (other->attr == ISCSI_ATTR_HEAD_OF_QUEUE &&
	    task->state == KTGT_TASK_DORMANT)
		return true;
	return (task_is_ordered(other) || task->attr == ISCSI_ATTR_ORDERED) &&
	       iscsi_sna_lt(other->seq, task->seq);
}

/* Not inline, like the functions after it: few connections need them. */
static noinline bool task_has_to_wait(const struct ktgt_task *task)
{
	const struct ktgt_conn *conn = task->conn;
	u32 i;

	if (task->attr == ISCSI_ATTR_HEAD_OF_QUEUE)
		return false;
	for (i = 0; i < conn->nr_slots; i++)
		if (task_goes_behind(task, conn->slots[i]))
			return true;
	return false;
}

/* A task has ended: the dormant tasks that waited only for it become ready. */
static noinline void task_make_way(struct ktgt_conn *conn)
{
	struct ktgt_task *task, *next;

	list_for_each_entry_safe(task, next, &conn->dormant, node) {
		if (!task_has_to_wait(task))
			ktgt_task_set_state(task, KTGT_TASK_DORMANT,
					    KTGT_TASK_READY);
	}
}

/**
 * ktgt_task_open - the initiator can refer to a task from now on
 * @task: the task, which has just changed to such a state
 *
 * Context: called only by ktgt_task_set_state().
 */
void ktgt_task_open(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;

	hlist_add_head(&task->itt_node, task_bucket(conn, task->itt));
	conn->nr_inflight += !(task->flags & KTGT_TASK_IMMEDIATE);
	if (unlikely(task_is_ordered(task)))
		conn->nr_ordered++;
}

/**
 * ktgt_task_close - the initiator cannot refer to a task any more
 * @task: the task, which has just changed to such a state
 *
 * Context: called only by ktgt_task_set_state().
 */
void ktgt_task_close(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;

	hlist_del_init(&task->itt_node);
	if (unlikely(ktgt_task_is_long(task)))
		list_del(&task->long_node);
	conn->nr_inflight -= !(task->flags & KTGT_TASK_IMMEDIATE);
	if (likely(!conn->nr_ordered))
		return;
	conn->nr_ordered -= task_is_ordered(task);
	task_make_way(conn);
}

/**
 * ktgt_task_set_state_any - change the state of a task from any state
 * @task: the task
 * @state: the new state
 *
 * Context: called only by ktgt_task_set_state().
 */
void ktgt_task_set_state_any(struct ktgt_task *task, enum ktgt_task_state state)
{
	ktgt_task_change(task, task->state, state);
}

/**
 * ktgt_task_set_ready - a task has everything that it needs to be submitted
 * @task: the task, in no list
 *
 * If the task must wait for others, because it or one of them is ORDERED or
 * HEAD OF QUEUE, it becomes dormant; otherwise it becomes ready.
 *
 * Context: the connection's work.
 */
void ktgt_task_set_ready(struct ktgt_task *task)
{
	struct ktgt_cmd *cmd = &task->cmd;

	cmd->nr_bvec = task->nr_pages;
	/* of one that moves in pieces, whoever moves the last one sets it */
	if (cmd->nr_bvec && likely(!ktgt_task_is_long(task)))
		cmd->bvec[cmd->nr_bvec - 1].bv_len =
			cmd->buf_len - (cmd->nr_bvec - 1) * PAGE_SIZE;
	if (unlikely(task->conn->nr_ordered) && task_has_to_wait(task))
		ktgt_task_set_state_any(task, KTGT_TASK_DORMANT);
	else if (task->flags & KTGT_TASK_WRITE)
		ktgt_task_set_state(task, KTGT_TASK_RECV, KTGT_TASK_READY);
	else
		ktgt_task_set_state(task, KTGT_TASK_PAGES, KTGT_TASK_READY);
}

/* Bytes that a command has moved which has failed. */
static u64 task_moved(const struct ktgt_task *task)
{
	const struct ktgt_cmd *cmd = &task->cmd;

	/* not 0 only if it moves in pieces */
	if (cmd->dir == DMA_FROM_DEVICE)
		return task->in_len;
	if (ktgt_task_is_long(task) && task->r2t_off < cmd->buf_len)
		return task->r2t_off;
	return cmd->xfer_len;
}

/**
 * ktgt_task_residual - get the residual count of a task (RFC 7143, 11.4.5)
 * @task: the task, completed
 * @flags: takes the underflow or overflow bit, which is the same in a SCSI
 *	Response and in a Data-In
 *
 * Context: the connection's work.
 * Return: difference in bytes between the expected and the real transfer
 *	length.
 */
u32 ktgt_task_residual(const struct ktgt_task *task, u8 *flags)
{
	const struct ktgt_cmd *cmd = &task->cmd;
	u64 len = cmd->xfer_len;

	if (cmd->status != SAM_STAT_GOOD)
		len = task_moved(task);
	if (len > cmd->edtl) {
		*flags |= ISCSI_FLAG_CMD_OVERFLOW;
		return min_t(u64, len - cmd->edtl, U32_MAX);
	}
	if (len < cmd->edtl) {
		*flags |= ISCSI_FLAG_CMD_UNDERFLOW;
		return cmd->edtl - len;
	}
	return 0;
}

/**
 * ktgt_task_end - free the slot of a task
 * @task: the task, which is not with the SCSI side
 *
 * Context: the connection's work.
 */
void ktgt_task_end(struct ktgt_task *task)
{
	ktgt_cmd_release(&task->cmd);
	ktgt_task_put_pages(task);
	/* the data of some bursts of an aborted task never arrived */
	if (task->nr_r2t)
		memset(task->r2t, 0, sizeof(task->r2t));
	task->nr_r2t = 0;
	task->gen++;
	ktgt_task_set_state(task, KTGT_TASK_SENT, KTGT_TASK_FREE);
}

/**
 * ktgt_task_sent - the socket has accepted the whole answer of a task
 * @task: the task
 *
 * From now on its pages wait only for an acknowledgement, after which they can be
 * used again. So other tasks must not wait for them, and if too many wait, they are
 * given back at once. One that moves in pieces has none left, but room for many.
 *
 * Context: the connection's work.
 */
void ktgt_task_sent(struct ktgt_task *task)
{
	struct ktgt_quota *quota = &task->conn->quota;

	if (unlikely(ktgt_task_is_long(task) ||
		     !ktgt_quota_has_room(quota, KTGT_QUOTA_SENT,
					  task->nr_pages)))
		task_strip(task);
	ktgt_quota_uncharge(quota, KTGT_QUOTA_DATA, task->nr_pages);
	ktgt_quota_charge(quota, KTGT_QUOTA_SENT, task->nr_pages);
	ktgt_task_set_state(task, KTGT_TASK_SEND, KTGT_TASK_SENT);
}

/**
 * ktgt_task_data_sent - the socket has accepted a Data-In PDU without status
 * @task: the task, which moves in pieces
 * @len: bytes of its data
 *
 * Context: the connection's work.
 */
void ktgt_task_data_sent(struct ktgt_task *task, u32 len)
{
	task->in_sent += len;
	ktgt_task_put_pieces(task, task->in_sent);
	if (task->flags & KTGT_TASK_GONE && task->in_sent == task->in_off)
		ktgt_task_end(task);
}
