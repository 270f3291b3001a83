// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks: SCSI Command PDUs in, SCSI Responses out (RFC 7143, 11.3, 11.4).
 */
#include <linux/blkdev.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>
#include <scsi/scsi_proto.h>

#include "../core/trace.h"
#include "../scsi/exec.h"
#include "data.h"
#include "mem.h"
#include "pdu.h"
#include "recv.h"
#include "task.h"
#include "tmf.h"
#include "window.h"

/*
 * Twice the window: a task is free again only when the initiator has
 * acknowledged its status.
 */
#define TASK_SLOTS	(2 * KTGT_WINDOW + KTGT_IMMEDIATE_MAX)
#define TASK_HASH_BITS	8

/**
 * ktgt_tasks_init - make it possible for a connection to have tasks
 * @conn: the connection
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_tasks_init(struct ktgt_conn *conn)
{
	conn->itts = kcalloc(1 << TASK_HASH_BITS, sizeof(*conn->itts),
			     GFP_KERNEL);
	conn->slots = kcalloc(TASK_SLOTS, sizeof(*conn->slots), GFP_KERNEL);
	if (!conn->itts || !conn->slots)
		return -ENOMEM;
	conn->nr_free = TASK_SLOTS;
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

static bool task_is_at_hand(struct ktgt_conn *conn, gfp_t gfp)
{
	if (!list_empty(&conn->free_slots) || conn->nr_slots == TASK_SLOTS)
		return true;
	return !task_make(conn, gfp);
}

/**
 * ktgt_tasks_prepare - have a task at hand for the next command
 * @conn: the connection
 *
 * Whether there was memory for it shows when the command comes.
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_tasks_prepare(struct ktgt_conn *conn)
{
	if (conn->slots)
		task_is_at_hand(conn, GFP_KERNEL | __GFP_NOWARN);
}

static void task_free_last(struct ktgt_conn *conn)
{
	struct ktgt_task *task = conn->slots[--conn->nr_slots];

	kvfree(task->big_bvec);
	kfree(task);
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
 * ktgt_tasks_free - free the tasks of a connection
 * @conn: the connection; no task is with the SCSI side
 *
 * Context: process context, may sleep.
 */
void ktgt_tasks_free(struct ktgt_conn *conn)
{
	while (conn->nr_slots) {
		ktgt_mem_put_pages(conn->slots[conn->nr_slots - 1]);
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

/*
 * Additional header segments have to fill what TotalAHSLength says, and to be
 * of a known type (RFC 7143, 11.2.2). None of the commands that need one is
 * supported; the CDB table refuses them.
 */
static bool task_ahs_ok(const struct ktgt_pdu_in *in)
{
	u32 off = 0;

	while (off < in->ahs_len) {
		const u8 *ahs = in->ahs + off;

		if (ahs[2] != ISCSI_AHSTYPE_CDB && ahs[2] != ISCSI_AHSTYPE_RLENGTH)
			return false;
		off += ALIGN(get_unaligned_be16(ahs) + 3, 4);
	}
	return off == in->ahs_len;
}

/*
 * An immediate command gets no task that the window has promised to others, so
 * that a command inside of the window always finds one.
 */
static bool task_is_free(const struct ktgt_conn *conn, bool immediate)
{
	const struct ktgt_window *window = conn->window;
	u32 promised = 0;

	if (immediate)
		promised = window->max_cmd_sn + 1 - window->exp_cmd_sn;
	return conn->nr_free > promised;
}

/* Find what makes a SCSI Command PDU unacceptable; 0 is nothing. */
static u8 task_check(struct ktgt_conn *conn, const struct ktgt_pdu_in *in)
{
	const struct iscsi_scsi_req *req = (const void *)&in->hdr;
	bool write = req->flags & ISCSI_FLAG_CMD_WRITE;
	bool final = req->flags & ISCSI_FLAG_CMD_FINAL;

	if (!conn->slots)
		return ISCSI_REASON_CMD_NOT_SUPPORTED;
	if ((req->flags & ISCSI_FLAG_CMD_ATTR_MASK) > ISCSI_ATTR_ACA ||
	    req->itt == RESERVED_ITT || !task_ahs_ok(in))
		return KTGT_REASON_INVALID_FIELD;
	if (!write && (in->data_len || !final))
		return ISCSI_REASON_PROTOCOL_ERROR;
	if (!final && conn->param.initial_r2t)
		return ISCSI_REASON_PROTOCOL_ERROR;
	if (ktgt_task_find(conn, req->itt))
		return ISCSI_REASON_TASK_IN_PROGRESS;
	if (!task_is_free(conn, req->opcode & ISCSI_OP_IMMEDIATE))
		return ISCSI_REASON_IMM_CMD_REJECT;
	return 0;
}

static bool task_is_ordered(const struct ktgt_task *task)
{
	return task->attr == ISCSI_ATTR_ORDERED ||
	       task->attr == ISCSI_ATTR_HEAD_OF_QUEUE;
}

/* Take a free task and put what the PDU says into it. */
static struct ktgt_task *task_start(struct ktgt_conn *conn,
				    const struct iscsi_scsi_req *req)
{
	struct ktgt_task *task;

	task = list_first_entry(&conn->free_slots, struct ktgt_task, node);
	list_del_init(&task->node);
	conn->nr_free--;

	task->itt = req->itt;
	task->state = KTGT_TASK_RECV;
	task->flags = 0;
	task->attr = req->flags & ISCSI_FLAG_CMD_ATTR_MASK;
	if (unlikely(task_is_ordered(task)))
		conn->nr_ordered++;
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
	else
		conn->nr_inflight++;
	if (req->flags & ISCSI_FLAG_CMD_READ)
		task->flags |= KTGT_TASK_READ;
	if (req->flags & ISCSI_FLAG_CMD_WRITE)
		task->flags |= KTGT_TASK_WRITE;
	hlist_add_head(&task->itt_node, task_bucket(conn, task->itt));
	return task;
}

static void task_parse(struct ktgt_task *task, const struct iscsi_scsi_req *req)
{
	struct ktgt_conn *conn = task->conn;
	struct ktgt_cmd *cmd = &task->cmd;

	cmd->nexus = conn->nexus;
	cmd->done_queue = &conn->done_queue;
	memcpy(&cmd->lun, &req->lun, sizeof(cmd->lun));
	cmd->edtl = 0;
	if (task->flags & (KTGT_TASK_READ | KTGT_TASK_WRITE))
		cmd->edtl = be32_to_cpu(req->data_length);
	memcpy(cmd->cdb, req->cdb, sizeof(cmd->cdb));
	cmd->flags = 0;
	cmd->bvec = cmd->inline_bvec;
	cmd->nr_bvec = 0;
	cmd->buf_len = 0;
	cmd->status = SAM_STAT_GOOD;
	ktgt_cmd_parse(cmd);
	trace_ktgt_cmd_recv(cmd, cmd->status);
}

/* A command that returns data waits for pages; any other one is ready. */
static void task_start_read(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;
	struct ktgt_cmd *cmd = &task->cmd;

	if (cmd->dir == DMA_FROM_DEVICE && task->flags & KTGT_TASK_READ)
		cmd->buf_len = min_t(u64, cmd->edtl, cmd->xfer_len);
	if (!cmd->buf_len) {
		ktgt_task_set_ready(task);
		return;
	}
	task->state = KTGT_TASK_PAGES;
	list_add_tail(&task->node, &conn->page_wait);
}

/**
 * ktgt_task_recv - a SCSI Command PDU has come
 * @conn: the connection
 * @in: the PDU
 *
 * Context: the connection's work, under the socket's lock.
 * Return: as ktgt_recv_header().
 */
int ktgt_task_recv(struct ktgt_conn *conn, struct ktgt_pdu_in *in)
{
	const struct iscsi_scsi_req *req = (const void *)&in->hdr;
	struct ktgt_task *task = in->task;
	u8 reason;

	if (task)	/* called again, there are pages now */
		return ktgt_data_out_start(task, in);
	if (conn->slots && !task_is_at_hand(conn, GFP_NOWAIT | __GFP_NOWARN))
		return KTGT_RECV_AGAIN;

	switch (ktgt_window_take(conn->window, be32_to_cpu(req->cmdsn),
				req->opcode & ISCSI_OP_IMMEDIATE)) {
	case KTGT_CMDSN_OK:
		break;
	case KTGT_CMDSN_DROP:
		return 0;
	case KTGT_CMDSN_GAP:
		return -EPROTO;
	}
	reason = task_check(conn, in);
	if (reason) {
		ktgt_pdu_reject(conn, &in->hdr, reason);
		return 0;
	}

	task = task_start(conn, req);
	task_parse(task, req);
	if (task->flags & KTGT_TASK_WRITE) {
		in->task = task;
		return ktgt_data_out_start(task, in);
	}
	task_start_read(task);
	return 0;
}

static void task_put_ready(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;

	task->state = KTGT_TASK_READY;
	list_add_tail(&task->node, &conn->ready);
	conn->nr_ready++;
}

/*
 * SAM-5, 8.6: whether @task is dormant as long as @other has not ended. What has
 * been enabled stays so, also when one for the head of the queue comes. Tasks of
 * other nexuses are in task sets of their own (TST of the Control mode page).
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

/* Not inline, as those after it: few connections ever come here. */
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

/*
 * What is held makes no progress, so it must not keep those that it waits for
 * from getting pages.
 */
static noinline void task_hold(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;

	if (task->flags & KTGT_TASK_FULL)
		conn->nr_full--;
	task->flags &= ~KTGT_TASK_FULL;
	task->state = KTGT_TASK_DORMANT;
	list_add_tail(&task->node, &conn->dormant);
}

/* A task has ended: go on with those that waited for it alone. */
static noinline void task_make_way(const struct ktgt_task *ended)
{
	struct ktgt_conn *conn = ended->conn;
	struct ktgt_task *task, *next;

	conn->nr_ordered -= task_is_ordered(ended);
	list_for_each_entry_safe(task, next, &conn->dormant, node) {
		if (task_has_to_wait(task))
			continue;
		list_del_init(&task->node);
		task->flags |= KTGT_TASK_FULL;
		conn->nr_full++;
		task_put_ready(task);
	}
}

/**
 * ktgt_task_set_ready - a task has all that it needs to be carried out
 * @task: the task, in no list
 *
 * It is held as long as an ORDERED or HEAD OF QUEUE task, or its being ORDERED,
 * lets others go first.
 *
 * Context: the connection's work.
 */
void ktgt_task_set_ready(struct ktgt_task *task)
{
	struct ktgt_cmd *cmd = &task->cmd;

	cmd->nr_bvec = task->nr_pages;
	if (cmd->nr_bvec)
		cmd->bvec[cmd->nr_bvec - 1].bv_len =
			cmd->buf_len - (cmd->nr_bvec - 1) * PAGE_SIZE;
	if (unlikely(task->conn->nr_ordered) && task_has_to_wait(task))
		task_hold(task);
	else
		task_put_ready(task);
}

/**
 * ktgt_tasks_submit - carry out what is ready
 * @conn: the connection
 *
 * Several commands share one plug, so that the device sees them as one batch.
 * A single one must not wait for a plug.
 *
 * Context: the connection's work, may sleep.
 */
void ktgt_tasks_submit(struct ktgt_conn *conn)
{
	bool batch = conn->nr_ready > 1;
	struct ktgt_task *task;
	struct blk_plug plug;

	if (batch) {
		blk_start_plug(&plug);
		plug.nr_ios = min_t(u32, conn->nr_ready, 32);
		conn->stats.plugs++;
		conn->stats.plugged += conn->nr_ready;
	}
	while (conn->nr_ready) {
		task = list_first_entry(&conn->ready, struct ktgt_task, node);
		list_del_init(&task->node);
		conn->nr_ready--;
		conn->nr_busy++;
		task->state = KTGT_TASK_BUSY;
		if (task->flags & KTGT_TASK_BAD_DATA)
			ktgt_cmd_complete(&task->cmd, SAM_STAT_CHECK_CONDITION);
		else
			ktgt_cmd_submit(&task->cmd);
	}
	if (batch)
		blk_finish_plug(&plug);
}

/**
 * ktgt_task_residual - what the initiator expects beyond what the command moves
 * @task: the task, completed
 * @flags: gets the bit that says which of both is more; the bits are the same
 *	in a SCSI Response and in a Data-In
 *
 * Context: the connection's work.
 * Return: the difference in bytes (RFC 7143, 11.4.5).
 */
u32 ktgt_task_residual(const struct ktgt_task *task, u8 *flags)
{
	const struct ktgt_cmd *cmd = &task->cmd;
	u64 len = cmd->xfer_len;

	if (cmd->status != SAM_STAT_GOOD && cmd->dir == DMA_FROM_DEVICE)
		len = 0;
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

static int task_queue_response(struct ktgt_task *task)
{
	u8 buf[2 + KTGT_SENSE_LEN] = {};
	struct ktgt_cmd *cmd = &task->cmd;
	struct iscsi_scsi_rsp *rsp;
	struct ktgt_pdu *pdu;
	unsigned int len = 0;

	pdu = ktgt_pdu_alloc(task->conn);
	if (!pdu)
		return -ENOMEM;
	if (cmd->status == SAM_STAT_CHECK_CONDITION) {
		len = ktgt_cmd_sense(cmd, buf + 2);
		put_unaligned_be16(len, buf);
		len += 2;
	}
	if (len && ktgt_pdu_set_data(pdu, buf, len)) {
		ktgt_pdu_free(task->conn, pdu);
		return -ENOMEM;
	}

	rsp = pdu->hdr;
	rsp->opcode = ISCSI_OP_SCSI_CMD_RSP;
	rsp->flags = ISCSI_FLAG_CMD_FINAL;
	rsp->response = ISCSI_STATUS_CMD_COMPLETED;
	rsp->cmd_status = cmd->status;
	rsp->itt = task->itt;
	rsp->exp_datasn = cpu_to_be32(task->data_sn + task->r2t_sn);
	rsp->residual_count = cpu_to_be32(ktgt_task_residual(task, &rsp->flags));
	pdu->flags = KTGT_PDU_STATSN | KTGT_PDU_LAST;
	pdu->task = task;
	ktgt_pdu_queue(task->conn, pdu);
	return 0;
}

static int task_queue_data_in(struct ktgt_task *task)
{
	struct ktgt_pdu *pdu = ktgt_data_in_next(task);

	if (!pdu)
		return -ENOMEM;
	ktgt_pdu_queue(task->conn, pdu);
	return 0;
}

/* The task is no longer one that the initiator can refer to. */
static void task_forget(struct ktgt_task *task)
{
	if (!hlist_unhashed(&task->itt_node)) {
		hlist_del_init(&task->itt_node);
		if (!(task->flags & KTGT_TASK_IMMEDIATE))
			task->conn->nr_inflight--;
		if (unlikely(task->conn->nr_ordered))
			task_make_way(task);
	}
	ktgt_cmd_release(&task->cmd);
}

/* Answer a command that has completed. */
static void task_respond(struct ktgt_task *task)
{
	struct ktgt_cmd *cmd = &task->cmd;
	int ret;

	if (cmd->dir == DMA_FROM_DEVICE && cmd->status == SAM_STAT_GOOD)
		task->in_len = min_t(u64, cmd->buf_len, cmd->xfer_len);
	else
		ktgt_mem_put_pages(task);

	task->state = KTGT_TASK_SEND;
	ret = task->in_len ? task_queue_data_in(task) :
			     task_queue_response(task);
	task_forget(task);
	if (ret)
		ktgt_conn_end(task->conn, KTGT_SESSION_END_NO_MEMORY);
}

/**
 * ktgt_task_end - give a task back
 * @task: the task, not with the SCSI side, in no list
 *
 * Context: the connection's work.
 */
void ktgt_task_end(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;

	task_forget(task);
	ktgt_mem_put_pages(task);
	if (task->flags & KTGT_TASK_FULL)
		conn->nr_full--;
	/* An aborted task leaves bursts behind of which the data never came. */
	if (task->nr_r2t)
		memset(task->r2t, 0, sizeof(task->r2t));
	task->nr_r2t = 0;
	task->flags = 0;
	task->gen++;
	task->state = KTGT_TASK_FREE;
	list_add(&task->node, &conn->free_slots);
	conn->nr_free++;
}

/**
 * ktgt_task_sent - the socket has taken all of the answer of a task
 * @task: the task
 *
 * From here on it makes no progress of its own, so it must not keep others
 * from getting pages, although its own pages are still held.
 *
 * Context: the connection's work.
 */
void ktgt_task_sent(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;

	ktgt_quota_uncharge(&conn->quota, KTGT_QUOTA_DATA, task->nr_pages);
	task->flags |= KTGT_TASK_SENT;
	if (task->flags & KTGT_TASK_FULL)
		conn->nr_full--;
	task->flags &= ~KTGT_TASK_FULL;
}

/*
 * An aborted task has come to its end. There is nobody to be told of it once a
 * Logout was answered.
 */
static void task_end_aborted(struct ktgt_task *task)
{
	ktgt_tmf_task_ended(task);
	/* What the initiator has sent before it learns of this is no fault. */
	task->dead_gen = task->gen;
	task->dead_itt = task->flags & KTGT_TASK_UNSOL ? task->itt :
							 RESERVED_ITT;
	if (test_bit(KTGT_CMDF_TASK_ABORTED, &task->cmd.flags) &&
	    !task->conn->logout) {
		task->cmd.status = SAM_STAT_TASK_ABORTED;
		task_respond(task);
		return;
	}
	ktgt_task_end(task);
}

/**
 * ktgt_task_abort - abort a task
 * @task: the task, not free
 * @tell: answer it with TASK ABORTED, instead of not at all
 *
 * What is with the SCSI side has to come back first. A data segment that is on
 * its way does not matter: no peer is waited for.
 *
 * Context: the connection's work or teardown.
 * Return: true if the task has ended; false if ktgt_tmf_task_ended() will be
 *	called for it.
 */
bool ktgt_task_abort(struct ktgt_task *task, bool tell)
{
	struct ktgt_conn *conn = task->conn;

	if (task->state == KTGT_TASK_SEND)
		return true;
	set_bit(tell ? KTGT_CMDF_TASK_ABORTED : KTGT_CMDF_ABORTED,
		&task->cmd.flags);
	if (task->state == KTGT_TASK_BUSY)
		return false;

	ktgt_data_drop(task);
	if (task->state == KTGT_TASK_READY)
		conn->nr_ready--;
	if (task->state != KTGT_TASK_RECV)
		list_del_init(&task->node);
	task_end_aborted(task);
	return true;
}

/**
 * ktgt_tasks_reap - answer what has completed
 * @conn: the connection
 *
 * Context: the connection's work or teardown.
 * Return: whether there was anything.
 */
bool ktgt_tasks_reap(struct ktgt_conn *conn)
{
	struct llist_node *list = llist_del_all(&conn->done_queue.head);
	struct ktgt_cmd *cmd, *next;

	if (!list)
		return false;
	list = llist_reverse_order(list);
	llist_for_each_entry_safe(cmd, next, list, done_node) {
		struct ktgt_task *task;

		task = container_of(cmd, struct ktgt_task, cmd);
		conn->nr_busy--;
		if (ktgt_task_is_aborted(task))
			task_end_aborted(task);
		else
			task_respond(task);
	}
	return true;
}
