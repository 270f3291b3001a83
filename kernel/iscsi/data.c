// SPDX-License-Identifier: GPL-2.0
/*
 * Data of a task: unsolicited and solicited Data-Out, R2T, Data-In (RFC 7143,
 * 11.7, 11.8).
 */
#include "data.h"

#include <linux/mm.h>
#include <linux/sizes.h>
#include <scsi/scsi_proto.h>

#include "../core/gfp.h"
#include "../scsi/exec.h"
#include "../scsi/orphan.h"
#include "ack.h"
#include "conn.h"
#include "mem.h"
#include "pdu.h"
#include "stall.h"
#include "task.h"

/*
 * A target transfer tag identifies the burst that an R2T asked for. The use
 * count of the task makes tags of earlier uses invalid. The index is below
 * 0xffff, so a tag never has all bits set, which is reserved.
 */
#define TTT_R2T_BITS	3
#define TTT_GEN_BITS	13

static_assert(KTGT_MAX_R2T <= 1 << TTT_R2T_BITS);

/* pages of a connection while orphans hold much memory: 4 MiB */
#define DATA_SMALL_LIMIT	(SZ_4M >> PAGE_SHIFT)

static u32 ttt_make(u16 index, u16 gen, u32 r2t)
{
	gen &= (1 << TTT_GEN_BITS) - 1;
	return index << 16 | gen << TTT_R2T_BITS | r2t;
}

/* RFC 7143, 11.4.7.2: additional sense codes of data that is not as it should be */
#define ASC_UNEXPECTED_UNSOLICITED	0x0c0c
#define ASC_INCORRECT_AMOUNT		0x0c0d
#define ASC_CRC_ERROR			0x4705

static u32 data_pages(u32 len)
{
	return DIV_ROUND_UP(len, PAGE_SIZE);
}

/*
 * Lets the command fail when all data has arrived. Pieces of it may be with the
 * SCSI side, so its sense data is made later.
 */
static void data_fail(struct ktgt_task *task, u16 code)
{
	if (task->flags & KTGT_TASK_BAD_DATA)
		return;
	task->flags |= KTGT_TASK_BAD_DATA;
	task->bad_data = code;
}

/* Makes @in receive its data at the right place of the task's buffer. */
static void data_aim(struct ktgt_task *task, struct ktgt_pdu_in *in, u32 off)
{
	struct ktgt_cmd *cmd = &task->cmd;
	u32 at = off % KTGT_CMD_RING;
	u32 in_page = off % PAGE_SIZE;

	task->conn->pdu_in = in;
	in->keep = 0;
	in->bvec_off = at;
	if (task->flags & KTGT_TASK_BAD_DATA || off >= cmd->buf_len)
		return;
	in->keep = min(in->data_len, cmd->buf_len - off);
	if (!in->keep)
		return;
	iov_iter_bvec(&in->iter, ITER_DEST, cmd->bvec + at / PAGE_SIZE,
		      data_pages(in_page + in->keep), in_page + in->keep);
	iov_iter_advance(&in->iter, in_page);
}

/* Checks the unsolicited data of a command against the negotiated keys. */
static void data_check_unsolicited(struct ktgt_task *task, u32 immediate)
{
	const struct ktgt_param *param = &task->conn->param;

	if (immediate && !param->immediate_data)
		data_fail(task, ASC_UNEXPECTED_UNSOLICITED);
	else if (immediate > task->unsol.len)
		data_fail(task, ASC_INCORRECT_AMOUNT);
}

/*
 * Whether unsolicited data would bring the connection to more than twice its limit;
 * or to anything beyond a command at a time, while its namespace holds too much.
 */
static bool data_is_too_much(const struct ktgt_task *task)
{
	const struct ktgt_quota *quota = &task->conn->quota;
	u32 need = data_pages(task->r2t_off);

	if (likely(quota->held[KTGT_QUOTA_DATA] + need <= quota->most) &&
	    !ktgt_quota_is_closed(quota))
		return false;
	return need && !ktgt_stall_is_all(task->conn);
}

/* Whether a task is the only one of its LU. */
static bool data_is_alone(const struct ktgt_task *task)
{
	const struct ktgt_conn *conn = task->conn;
	u32 i;

	for (i = 0; i < conn->nr_slots; i++) {
		const struct ktgt_task *other = conn->slots[i];

		if (other != task && ktgt_task_is_open(other) &&
		    other->cmd.lu == task->cmd.lu)
			return false;
	}
	return true;
}

/* Its data is on its way and is dropped; the initiator is to send it again later. */
static noinline void data_put_off(struct ktgt_task *task)
{
	if (!ktgt_cmd_needs_storage(&task->cmd))
		return;
	task->cmd.buf_len = 0;
	task->r2t_off = 0;
	ktgt_cmd_put_off(&task->cmd, data_is_alone(task));
}

static void data_out_init(struct ktgt_task *task, struct ktgt_pdu_in *in)
{
	const struct ktgt_param *param = &task->conn->param;
	struct ktgt_cmd *cmd = &task->cmd;
	bool final = in->hdr.flags & ISCSI_FLAG_CMD_FINAL;
	u32 first = min(param->first_burst, cmd->edtl);

	task->unsol.len = final ? min(in->data_len, first) : first;
	if (!final)
		task->flags |= KTGT_TASK_UNSOL;
	data_check_unsolicited(task, in->data_len);

	if (cmd->dir == DMA_TO_DEVICE && !(task->flags & KTGT_TASK_BAD_DATA))
		cmd->buf_len = min_t(u64, cmd->edtl, cmd->xfer_len);
	task->r2t_off = min(task->unsol.len, cmd->buf_len);
	if (data_is_too_much(task))
		data_put_off(task);
	if (unlikely(cmd->buf_len > KTGT_CMD_PIECE))
		ktgt_task_set_long(task);
	in->burst = &task->unsol;
}

/**
 * ktgt_data_out_start - start a command that has data from the initiator
 * @task: the task
 * @in: its PDU, whose data segment is immediate data
 *
 * The task gets pages for unsolicited data at once, because this data is
 * already on its way. For the rest, or the rest of the first piece, it waits for
 * pages until it is its turn, and then asks for the data.
 *
 * Context: the connection's work, under the socket's lock; called again with
 *	the same PDU after KTGT_RECV_AGAIN.
 * Return: as ktgt_recv_header().
 */
int ktgt_data_out_start(struct ktgt_task *task, struct ktgt_pdu_in *in)
{
	struct ktgt_conn *conn = task->conn;
	u32 need;

	/* a first burst lies in the first piece */
	static_assert(KTGT_FIRST_BURST <= KTGT_CMD_PIECE);

	/* the task may be ended while its PDU waits for pages */
	conn->pdu_in = in;
	if (!in->burst)
		data_out_init(task, in);

	if (ktgt_task_set_bvec(task, KTGT_GFP_PEER_NOWAIT))
		return KTGT_RECV_AGAIN;
	need = data_pages(task->r2t_off);
	if (need && !ktgt_task_add_pages(task, need))
		return KTGT_RECV_AGAIN;

	if (ktgt_task_lacks_pages(task))
		ktgt_task_set_state(task, KTGT_TASK_NEW, KTGT_TASK_PAGES);
	else
		ktgt_task_set_state(task, KTGT_TASK_NEW, KTGT_TASK_RECV);
	data_aim(task, in, 0);
	return 0;
}

/**
 * ktgt_data_prepare - allocate the segments that the received PDU may have
 *	lacked
 * @conn: the connection
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_data_prepare(struct ktgt_conn *conn)
{
	struct ktgt_task *task = conn->pdu_in ? conn->pdu_in->task : NULL;

	if (task && task->state == KTGT_TASK_NEW)
		ktgt_task_set_bvec(task, KTGT_GFP_PEER);
}

/* Bytes from @off on that lie in the same piece, whether there is one or more. */
static u32 data_in_piece(u32 off)
{
	return KTGT_CMD_PIECE - off % KTGT_CMD_PIECE;
}

/* Up to which offset there are pages, so that data can be asked for. */
static u32 data_r2t_end(const struct ktgt_task *task)
{
	return unlikely(ktgt_task_is_long(task)) ? task->ring_to :
						   task->cmd.buf_len;
}

static int data_send_r2t(struct ktgt_task *task, u32 slot)
{
	struct ktgt_burst *burst = &task->r2t[slot];
	struct ktgt_conn *conn = task->conn;
	struct iscsi_r2t_rsp *r2t;
	struct ktgt_pdu *pdu;

	pdu = ktgt_pdu_alloc(conn);
	if (!pdu)
		return -ENOMEM;

	*burst = (struct ktgt_burst) {
		.offset = task->r2t_off,
		.len = min3(conn->param.max_burst, data_in_piece(task->r2t_off),
			    task->cmd.buf_len - task->r2t_off),
	};
	task->r2t_off += burst->len;
	task->nr_r2t++;

	r2t = pdu->hdr;
	r2t->opcode = ISCSI_OP_R2T;
	r2t->flags = ISCSI_FLAG_CMD_FINAL;
	memcpy(&r2t->lun, &task->cmd.lun, sizeof(r2t->lun));
	r2t->itt = task->itt;
	r2t->ttt = cpu_to_be32(ttt_make(task->index, task->gen, slot));
	r2t->r2tsn = cpu_to_be32(task->r2t_sn++);
	r2t->data_offset = cpu_to_be32(burst->offset);
	r2t->data_length = cpu_to_be32(burst->len);
	ktgt_pdu_queue(conn, pdu);
	return 0;
}

/**
 * ktgt_data_solicit - send as many R2Ts as MaxOutstandingR2T and pages allow
 * @task: the task, a write
 *
 * Context: the connection's work, also under the socket's lock.
 */
void ktgt_data_solicit(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;
	u32 slot;

	if (task->flags & KTGT_TASK_BAD_DATA)
		return;
	for (slot = 0; slot < KTGT_MAX_R2T; slot++) {
		if (task->nr_r2t >= conn->param.max_r2t ||
		    task->r2t_off >= data_r2t_end(task))
			return;
		if (task->r2t[slot].len)
			continue;
		/* it ends when a piece has come back from the SCSI side */
		if (unlikely(ktgt_task_is_ending(task)))
			return;
		if (data_send_r2t(task, slot)) {
			ktgt_conn_owe(conn, KTGT_OWED_DATA);
			return;
		}
	}
}

/**
 * ktgt_data_is_awaited - whether data that was asked for has not arrived yet
 * @task: the task, a write
 *
 * Context: the connection's work.
 * Return: true as long as the initiator is to send some. RFC 7143, 11.4: until
 *	then a command is not answered, even if it has failed.
 */
bool ktgt_data_is_awaited(const struct ktgt_task *task)
{
	return task->flags & KTGT_TASK_UNSOL || task->nr_r2t;
}

/**
 * ktgt_data_received - up to which offset all data of a write is there
 * @task: the task
 *
 * Context: the connection's work.
 * Return: the offset in the buffer.
 */
u32 ktgt_data_received(const struct ktgt_task *task)
{
	u32 slot, end = task->r2t_off;

	if (task->flags & KTGT_TASK_UNSOL)
		return 0;
	for (slot = 0; slot < KTGT_MAX_R2T; slot++) {
		if (task->r2t[slot].len)
			end = min(end, task->r2t[slot].offset);
	}
	return end;
}

/*
 * Continues a task that has received all its data, or a part of it. One that moves
 * in pieces is looked at once in a round, see piece.c.
 */
static void data_out_advance(struct ktgt_task *task)
{
	bool bad = task->flags & KTGT_TASK_BAD_DATA;

	if (task->state == KTGT_TASK_PAGES) {
		/* a failed command does not need the rest of its pages */
		if (!bad || task->flags & KTGT_TASK_UNSOL)
			return;
		ktgt_task_set_state(task, KTGT_TASK_PAGES, KTGT_TASK_RECV);
	}
	ktgt_data_solicit(task);
	if (ktgt_data_is_awaited(task) || unlikely(ktgt_task_is_long(task)))
		return;
	if (!bad && task->r2t_off < task->cmd.buf_len)
		return;
	ktgt_task_set_ready(task);
}

static void data_burst_end(struct ktgt_task *task, struct ktgt_burst *burst)
{
	if (burst->got != burst->len)
		data_fail(task, ASC_INCORRECT_AMOUNT);
	if (burst == &task->unsol) {
		task->flags &= ~KTGT_TASK_UNSOL;
		return;
	}
	ktgt_ack_r2t(task->conn, ttt_make(task->index, task->gen,
					  burst - task->r2t));
	burst->len = 0;
	task->nr_r2t--;
}

/**
 * ktgt_data_drop - drop the data that is being received for a task
 * @task: the task, which is about to end
 *
 * Context: the connection's work or teardown.
 */
void ktgt_data_drop(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;
	struct ktgt_pdu_in *in = conn->pdu_in;

	if (!in || in->task != task)
		return;
	conn->pdu_in = NULL;
	in->task = NULL;
	in->keep = 0;
	in->dropped = true;
	/* if this is the end of the unsolicited data, no more is expected */
	if (in->burst == &task->unsol && in->hdr.flags & ISCSI_FLAG_CMD_FINAL)
		task->flags &= ~KTGT_TASK_UNSOL;
}

/**
 * ktgt_data_out_done - handle a received data segment of a command or a
 *	Data-Out
 * @task: the task
 * @in: the PDU
 * @digest_ok: its data digest matches
 *
 * Context: the connection's work, under the socket's lock.
 */
void ktgt_data_out_done(struct ktgt_task *task, struct ktgt_pdu_in *in,
			bool digest_ok)
{
	struct ktgt_burst *burst = in->burst;

	task->conn->pdu_in = NULL;
	if (!digest_ok)
		data_fail(task, ASC_CRC_ERROR);
	burst->got += in->data_len;
	if (in->hdr.flags & ISCSI_FLAG_CMD_FINAL)
		data_burst_end(task, burst);
	data_out_advance(task);
}

/* One that moves in pieces receives some while others are with the SCSI side. */
static bool data_is_due(const struct ktgt_task *task, u32 slot)
{
	if (likely(task->state == KTGT_TASK_RECV))
		return task->r2t[slot].len;
	return ktgt_task_is_long(task) && ktgt_task_is_open(task) &&
	       task->r2t[slot].len;
}

static struct ktgt_task *data_find_solicited(struct ktgt_conn *conn,
					     struct ktgt_pdu_in *in, u32 ttt,
					     bool *stale)
{
	u32 slot = ttt & ((1 << TTT_R2T_BITS) - 1);
	u32 index = ttt >> 16;
	struct ktgt_task *task;

	if (index >= conn->nr_slots || slot >= KTGT_MAX_R2T)
		return NULL;
	task = conn->slots[index];
	*stale = ttt == ttt_make(index, task->dead_gen, slot);
	if (ttt != ttt_make(index, task->gen, slot) ||
	    !data_is_due(task, slot) || task->itt != in->hdr.itt)
		return NULL;
	in->burst = &task->r2t[slot];
	return task;
}

/* Unsolicited data has no target transfer tag, so the ITT is looked for. */
static bool data_is_stale(struct ktgt_conn *conn, const struct ktgt_pdu_in *in)
{
	u32 i;

	if (in->hdr.itt == RESERVED_ITT)
		return false;
	for (i = 0; i < conn->nr_slots; i++) {
		struct ktgt_task *task = conn->slots[i];

		if (task->dead_itt != in->hdr.itt)
			continue;
		if (in->hdr.flags & ISCSI_FLAG_CMD_FINAL)
			task->dead_itt = RESERVED_ITT;
		return true;
	}
	return false;
}

/* Finds the burst that a Data-Out belongs to. */
static struct ktgt_task *data_find(struct ktgt_conn *conn,
				   struct ktgt_pdu_in *in, bool *stale)
{
	u32 ttt = be32_to_cpu(in->hdr.ttt);
	struct ktgt_task *task;

	*stale = false;
	if (ttt != ISCSI_RESERVED_TAG)
		return data_find_solicited(conn, in, ttt, stale);

	task = ktgt_task_find(conn, in->hdr.itt);
	if (!task || !(task->flags & KTGT_TASK_UNSOL)) {
		*stale = data_is_stale(conn, in);
		return NULL;
	}
	in->burst = &task->unsol;
	return task;
}

/**
 * ktgt_data_out_recv - handle the header of a Data-Out
 * @conn: the connection
 * @in: the PDU
 *
 * Data of the last task of a slot is dropped if that task was aborted. Other
 * data that was not requested is rejected.
 *
 * Context: the connection's work, under the socket's lock.
 * Return: as ktgt_recv_header().
 */
int ktgt_data_out_recv(struct ktgt_conn *conn, struct ktgt_pdu_in *in)
{
	const struct iscsi_data *hdr = (const void *)&in->hdr;
	struct ktgt_burst *burst;
	struct ktgt_task *task;
	bool stale;

	task = data_find(conn, in, &stale);
	if (!task) {
		if (!stale)
			ktgt_pdu_reject(conn, &in->hdr,
					KTGT_REASON_INVALID_FIELD);
		return 0;
	}

	burst = in->burst;
	if (be32_to_cpu(hdr->datasn) != burst->data_sn++ ||
	    be32_to_cpu(hdr->offset) != burst->offset + burst->got ||
	    in->data_len > burst->len - min(burst->got, burst->len))
		data_fail(task, ASC_INCORRECT_AMOUNT);
	in->task = task;
	data_aim(task, in, burst->offset + min(burst->got, burst->len));
	return 0;
}

/**
 * ktgt_data_has_room - whether a connection may have more pages
 * @conn: the connection
 * @need: how many
 *
 * While orphans hold much memory, its limit is a small one. While its namespace
 * holds too much and the connection the most, it may not.
 *
 * Context: the connection's work.
 * Return: true if it may.
 */
bool ktgt_data_has_room(const struct ktgt_conn *conn, u32 need)
{
	const struct ktgt_quota *quota = &conn->quota;

	if (ktgt_quota_is_closed(quota))
		return false;
	if (unlikely(ktgt_orphans_hold_much()) &&
	    quota->held[KTGT_QUOTA_DATA] + need > DATA_SMALL_LIMIT)
		return false;
	return ktgt_quota_has_room(quota, KTGT_QUOTA_DATA, need);
}

/*
 * A task gets the pages that it lacks if the connection stays within its limit,
 * or if no other task makes progress and will give pages back.
 */
static bool data_may_have(const struct ktgt_conn *conn, u32 need)
{
	return ktgt_data_has_room(conn, need) || ktgt_stall_is_all(conn);
}

/* Whether it has had pages for its first pieces, and waits for those of another. */
static bool data_is_in_between(const struct ktgt_task *task)
{
	return unlikely(ktgt_task_is_long(task)) && task->ring_from;
}

/* Whether the data segment of a PDU is on its way to its buffer. */
static bool data_is_arriving(const struct ktgt_task *task)
{
	const struct ktgt_pdu_in *in = task->conn->pdu_in;

	return in && in->task == task;
}

static void data_got_pages(struct ktgt_task *task)
{
	if (task->flags & KTGT_TASK_WRITE) {
		ktgt_task_set_state(task, KTGT_TASK_PAGES, KTGT_TASK_RECV);
		/* all data of it may be immediate, and not be there yet */
		if (data_is_arriving(task))
			ktgt_data_solicit(task);
		else
			data_out_advance(task);
	} else if (data_is_in_between(task)) {
		ktgt_task_set_state(task, KTGT_TASK_PAGES, KTGT_TASK_READY);
	} else {
		ktgt_task_set_ready(task);
	}
}

/* How far the LUN of a task is behind the one that was served last. */
static u64 data_distance(const struct ktgt_task *task)
{
	return be64_to_cpu(task->cmd.lun) - task->conn->page_lun - 1;
}

/* Whether a task would only take more pages to an LU that is stalled. */
static bool data_is_in_vain(const struct ktgt_task *task)
{
	const struct ktgt_conn *conn = task->conn;
	const struct ktgt_lu *lu = task->cmd.lu;
	bool all = ktgt_stall_has_pages(conn, lu);

	/* while a connection has little, none of that is for such an LU */
	if (ktgt_orphans_hold_much() && conn->stall.tasks)
		all = ktgt_stall_covers(conn, lu);
	return all && ktgt_cmd_needs_storage(&task->cmd);
}

/*
 * The LU after the one that was served last is next; LUs that are stalled are
 * left out if they have their share.
 */
static noinline struct ktgt_task *data_take_turns(struct ktgt_conn *conn)
{
	struct ktgt_task *task, *next = NULL;

	list_for_each_entry(task, &conn->page_wait, node) {
		if (next && data_distance(task) >= data_distance(next))
			continue;
		if (!data_is_in_vain(task))
			next = task;
	}
	return next;
}

/* The task that is next to get pages, or NULL. */
static struct ktgt_task *data_next_waiting(struct ktgt_conn *conn)
{
	if (list_empty(&conn->page_wait)) {
		conn->page_turns = false;
		return NULL;
	}
	if (unlikely(conn->page_turns))
		return data_take_turns(conn);
	return list_first_entry(&conn->page_wait, struct ktgt_task, node);
}

/* Pages that a task waits for. */
static u32 data_need(const struct ktgt_task *task)
{
	if (data_is_in_between(task))
		return data_pages(ktgt_cmd_piece_len(&task->cmd,
						     task->ring_to));
	return ktgt_task_lacks_pages(task);
}

static bool data_add_pages(struct ktgt_task *task)
{
	if (data_is_in_between(task))
		return ktgt_task_add_piece(task);
	return !ktgt_task_set_bvec(task, KTGT_GFP_PEER) &&
	       ktgt_task_add_scratch(task) &&
	       ktgt_task_add_pages(task, ktgt_task_lacks_pages(task));
}

/* Return: false if there is no memory. */
static bool data_give_pages(struct ktgt_task *task, u32 need)
{
	struct ktgt_conn *conn = task->conn;

	if (conn->mem.nr_free_pages < need) {
		ktgt_pdus_prepare(conn);
		ktgt_mem_refill(conn, need);
	}
	if (!data_add_pages(task))
		return false;
	conn->page_lun = be64_to_cpu(task->cmd.lun);
	data_got_pages(task);
	return true;
}

/**
 * ktgt_data_serve_pages - give pages to the tasks that wait for them
 * @conn: the connection
 *
 * They get them in order. When there are too few, each LU has its turn, so that
 * one with many tasks does not stop the others.
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_data_serve_pages(struct ktgt_conn *conn)
{
	struct ktgt_task *task;

	while ((task = data_next_waiting(conn))) {
		u32 need = data_need(task);

		if (!data_may_have(conn, need)) {
			conn->page_turns = true;
			return;
		}
		if (!data_give_pages(task, need)) {
			ktgt_conn_starve(conn);
			return;
		}
	}
}

/**
 * ktgt_data_in_next - make the next Data-In PDU of a task
 * @task: the task, with data left to send
 *
 * The last one contains the status if it is GOOD (RFC 7143, 11.7.3). A sequence
 * ends after MaxBurstLength, and with a piece.
 *
 * Context: the connection's work.
 * Return: the PDU, or NULL if there is no memory.
 */
struct ktgt_pdu *ktgt_data_in_next(struct ktgt_task *task)
{
	const struct ktgt_param *param = &task->conn->param;
	bool is_long = ktgt_task_is_long(task);
	struct iscsi_data_rsp *rsp;
	struct ktgt_pdu *pdu;
	u32 len;

	pdu = ktgt_pdu_alloc(task->conn);
	if (!pdu)
		return NULL;

	len = min(task->in_len - task->in_off, param->max_xmit_dsl);
	len = min3(len, param->max_burst - task->in_burst,
		   data_in_piece(task->in_off));
	pdu->bvec = task->cmd.bvec;
	pdu->bvec_off = task->in_off % KTGT_CMD_RING;
	pdu->data_len = len;
	pdu->task = task;

	rsp = pdu->hdr;
	rsp->opcode = ISCSI_OP_SCSI_DATA_IN;
	rsp->itt = task->itt;
	rsp->ttt = cpu_to_be32(ISCSI_RESERVED_TAG);
	rsp->datasn = cpu_to_be32(task->data_sn++);
	rsp->offset = cpu_to_be32(task->in_off);

	task->in_off += len;
	task->in_burst += len;
	if (task->in_off == task->in_len && !(task->flags & KTGT_TASK_MORE)) {
		rsp->flags = ISCSI_FLAG_CMD_FINAL | ISCSI_FLAG_DATA_STATUS;
		rsp->cmd_status = task->cmd.status;
		rsp->residual_count =
			cpu_to_be32(ktgt_task_residual(task, &rsp->flags));
		pdu->flags = KTGT_PDU_STATSN | KTGT_PDU_LAST;
		return pdu;
	}
	if (task->in_burst == param->max_burst ||
	    !(task->in_off % KTGT_CMD_PIECE)) {
		rsp->flags = ISCSI_FLAG_CMD_FINAL;
		task->in_burst = 0;
	}
	pdu->flags = KTGT_PDU_DATA_IN | (is_long ? KTGT_PDU_PIECE : 0);
	return pdu;
}

/**
 * ktgt_data_in_start - send data of a task that moves in pieces
 * @task: the task, with data left to send
 *
 * Nothing happens if the transport is going to ask for it.
 *
 * Context: the connection's work.
 * Return: 0 or -ENOMEM.
 */
int ktgt_data_in_start(struct ktgt_task *task)
{
	struct ktgt_pdu *pdu;

	if (task->flags & KTGT_TASK_CHAIN)
		return 0;
	pdu = ktgt_data_in_next(task);
	if (!pdu)
		return -ENOMEM;
	task->flags |= KTGT_TASK_CHAIN;
	ktgt_pdu_queue(task->conn, pdu);
	return 0;
}

/**
 * ktgt_data_in_end - send the SCSI Response of a task behind its data
 * @task: the task
 * @pdu: the response
 *
 * Context: the connection's work.
 */
void ktgt_data_in_end(struct ktgt_task *task, struct ktgt_pdu *pdu)
{
	if (unlikely(task->flags & KTGT_TASK_CHAIN))
		task->rsp = pdu;
	else
		ktgt_pdu_queue(task->conn, pdu);
}

/* Whether a write has the pages for which it may ask for data. */
static bool data_may_solicit(const struct ktgt_task *task)
{
	if (task->state == KTGT_TASK_RECV)
		return true;
	return ktgt_task_is_long(task) && (task->state == KTGT_TASK_DORMANT ||
					   task->state == KTGT_TASK_READY ||
					   task->state == KTGT_TASK_BUSY);
}

/**
 * ktgt_data_owed - send R2Ts and the first Data-In PDUs of pieces for which there
 *	was no memory
 * @conn: the connection
 *
 * Which tasks lack them is not known, so all are looked at, until there is no
 * memory again: each attempt may take long.
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_data_owed(struct ktgt_conn *conn)
{
	u32 i;

	for (i = 0; i < conn->nr_slots; i++) {
		struct ktgt_task *task = conn->slots[i];

		if (!ktgt_task_is_open(task))
			continue;
		if (!ktgt_pdus_at_hand(conn)) {
			ktgt_conn_owe(conn, KTGT_OWED_DATA);
			return;
		}
		if (task->flags & KTGT_TASK_WRITE) {
			if (data_may_solicit(task))
				ktgt_data_solicit(task);
		} else if (task->in_off < task->in_len) {
			ktgt_data_in_start(task);
		}
	}
}

/*
 * After a piece, others have their turn: a long command has the transport for no
 * longer than one of a piece. Not when it has been answered: the initiator takes it
 * for ended when it hears that task management does not find it.
 */
static struct ktgt_pdu *data_next_of_pieces(struct ktgt_task *task)
{
	struct ktgt_pdu *pdu = task->rsp;
	struct iscsi_scsi_rsp *rsp;

	if (task->in_off < task->in_len) {
		if (task->in_off % KTGT_CMD_PIECE || !ktgt_task_is_open(task))
			return ktgt_data_in_next(task);
		task->flags &= ~KTGT_TASK_CHAIN;
		ktgt_data_in_start(task);
		return NULL;
	}
	task->flags &= ~KTGT_TASK_CHAIN;
	if (!pdu)
		return NULL;
	task->rsp = NULL;
	rsp = pdu->hdr;
	rsp->exp_datasn = cpu_to_be32(task->data_sn);
	return pdu;
}

/**
 * ktgt_data_next - get the PDU that must follow another one directly
 * @pdu: the PDU that was handed to the socket last, with KTGT_PDU_DATA_IN
 *
 * The Data-In PDUs of a long read are made one after the other, as the socket
 * accepts them.
 *
 * Context: the connection's work; ktgt_pdus_at_hand() has returned true.
 * Return: the next PDU, or NULL if none must follow.
 */
struct ktgt_pdu *ktgt_data_next(const struct ktgt_pdu *pdu)
{
	if (unlikely(pdu->flags & KTGT_PDU_PIECE))
		return data_next_of_pieces(pdu->task);
	return ktgt_data_in_next(pdu->task);
}
