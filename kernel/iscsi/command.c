// SPDX-License-Identifier: GPL-2.0
/*
 * SCSI commands: received SCSI Command PDUs, SCSI Responses (RFC 7143, 11.3,
 * 11.4), and waiting for aborted commands.
 */
#include "command.h"

#include <linux/blkdev.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <scsi/scsi_proto.h>

#include "../core/fabric.h"
#include "../core/gfp.h"
#include "../core/trace.h"
#include "../scsi/exec.h"
#include "../scsi/orphan.h"
#include "../scsi/ua.h"
#include "conn.h"
#include "data.h"
#include "pdu.h"
#include "piece.h"
#include "stall.h"
#include "task.h"
#include "window.h"

/**
 * struct ktgt_abort_wait - waits for aborted tasks of one connection
 * @node: in &ktgt_conn.waits
 * @reset: the reset that waits; a reference is held
 * @task: the only task that is covered, or NULL
 * @lu: if @task is NULL, all tasks of this logical unit are covered
 * @seq: tasks that were submitted later are not covered
 * @nr: &ktgt_conn.nr_aborts with it; tasks that were aborted later are not counted
 * @left: covered tasks that have not ended yet
 */
struct ktgt_abort_wait {
	struct list_head	node;
	struct ktgt_lu_reset	*reset;
	struct ktgt_task	*task;
	struct ktgt_lu		*lu;
	u32			seq;
	u32			nr;
	u32			left;
};

/**
 * struct ktgt_abort_call - a call to abort the tasks of a logical unit
 * @call: the call
 * @wait: what waits for the tasks; allocated here, so that the call cannot fail
 * @tell: answer the tasks with TASK ABORTED
 */
struct ktgt_abort_call {
	struct ktgt_call	call;
	struct ktgt_abort_wait	*wait;
	bool			tell;
};

/*
 * Additional header segments must fill TotalAHSLength exactly and have a known
 * type (RFC 7143, 11.2.2). No command that needs one is supported; the CDB
 * table refuses them.
 */
static bool command_ahs_ok(const struct ktgt_pdu_in *in)
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
 * that a command inside of the window always finds a free task.
 */
static bool command_has_slot(const struct ktgt_conn *conn, bool immediate)
{
	const struct ktgt_window *window = conn->window;
	u32 promised = 0;

	if (immediate)
		promised = window->max_cmd_sn + 1 - window->exp_cmd_sn;
	return conn->count.free > promised;
}

/* Returns the reason to reject a SCSI Command PDU, or 0. */
static u8 command_check(struct ktgt_conn *conn, const struct ktgt_pdu_in *in)
{
	const struct iscsi_scsi_req *req = (const void *)&in->hdr;
	bool write = req->flags & ISCSI_FLAG_CMD_WRITE;
	bool final = req->flags & ISCSI_FLAG_CMD_FINAL;

	if ((req->flags & ISCSI_FLAG_CMD_ATTR_MASK) > ISCSI_ATTR_ACA ||
	    req->itt == RESERVED_ITT || !command_ahs_ok(in))
		return KTGT_REASON_INVALID_FIELD;
	if (!write && (in->data_len || !final))
		return ISCSI_REASON_PROTOCOL_ERROR;
	if (!final && conn->param.initial_r2t)
		return ISCSI_REASON_PROTOCOL_ERROR;
	if (ktgt_task_find(conn, req->itt))
		return ISCSI_REASON_TASK_IN_PROGRESS;
	if (!command_has_slot(conn, req->opcode & ISCSI_OP_IMMEDIATE))
		return ISCSI_REASON_IMM_CMD_REJECT;
	return 0;
}

/* The direction in which the initiator expects data to move. */
static u8 command_edtl_dir(const struct ktgt_task *task)
{
	switch (task->flags & (KTGT_TASK_READ | KTGT_TASK_WRITE)) {
	case KTGT_TASK_READ:
		return DMA_FROM_DEVICE;
	case KTGT_TASK_WRITE:
		return DMA_TO_DEVICE;
	case KTGT_TASK_READ | KTGT_TASK_WRITE:
		return DMA_BIDIRECTIONAL;
	default:
		return DMA_NONE;
	}
}

/* The clock is looked at once for all commands that are received in one run. */
static u64 command_recv_clock(struct ktgt_conn *conn)
{
	if (!conn->recv_clock)
		conn->recv_clock = local_clock();
	return conn->recv_clock;
}

static void command_parse(struct ktgt_task *task,
			  const struct iscsi_scsi_req *req)
{
	struct ktgt_conn *conn = task->conn;
	struct ktgt_cmd *cmd = &task->cmd;

	cmd->nexus = conn->nexus;
	cmd->done_queue = &conn->done_queue;
	cmd->recv_clock = command_recv_clock(conn);
	memcpy(&cmd->lun, &req->lun, sizeof(cmd->lun));
	cmd->edtl_dir = command_edtl_dir(task);
	cmd->edtl = 0;
	if (cmd->edtl_dir != DMA_NONE)
		cmd->edtl = be32_to_cpu(req->data_length);
	memcpy(cmd->cdb, req->cdb, sizeof(cmd->cdb));
	cmd->flags = 0;
	cmd->bvec = cmd->inline_bvec;
	cmd->nr_bvec = 0;
	cmd->buf_len = 0;
	cmd->status = SAM_STAT_GOOD;
	ktgt_cmd_parse(cmd);
	if (ktgt_stall_has_share(conn, cmd->lu))
		ktgt_cmd_put_off(cmd, false);
	trace_ktgt_cmd_recv(cmd, cmd->status);
}

/* A command that needs pages waits for them; other commands are ready. */
static void command_start_read(struct ktgt_task *task)
{
	struct ktgt_cmd *cmd = &task->cmd;

	if (cmd->dir == DMA_FROM_DEVICE && task->flags & KTGT_TASK_READ)
		cmd->buf_len = min_t(u64, cmd->edtl, cmd->xfer_len);
	if (unlikely(cmd->buf_len > KTGT_CMD_PIECE))
		ktgt_task_set_long(task);
	if (ktgt_task_has_buffer(task))
		ktgt_task_set_state(task, KTGT_TASK_NEW, KTGT_TASK_PAGES);
	else
		ktgt_task_set_ready(task);
}

/**
 * ktgt_command_recv - handle the header of a SCSI Command PDU
 * @conn: the connection
 * @in: the PDU
 *
 * Context: the connection's work, under the socket's lock.
 * Return: as ktgt_recv_header().
 */
int ktgt_command_recv(struct ktgt_conn *conn, struct ktgt_pdu_in *in)
{
	const struct iscsi_scsi_req *req = (const void *)&in->hdr;
	struct ktgt_task *task = in->task;
	u8 reason;

	if (task)	/* called again, because there may be pages now */
		return ktgt_data_out_start(task, in);
	if (!ktgt_tasks_at_hand(conn, KTGT_GFP_PEER_NOWAIT))
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
	reason = command_check(conn, in);
	if (reason) {
		ktgt_pdu_reject(conn, &in->hdr, reason);
		return 0;
	}

	task = ktgt_task_start(conn, req);
	command_parse(task, req);
	if (task->flags & KTGT_TASK_WRITE) {
		in->task = task;
		return ktgt_data_out_start(task, in);
	}
	command_start_read(task);
	return 0;
}

static int command_queue_response(struct ktgt_task *task)
{
	u8 buf[2 + KTGT_SENSE_LEN];
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
	if (len && ktgt_pdu_set_data(task->conn, pdu, buf, len)) {
		ktgt_pdu_free(task->conn, pdu);
		return -ENOMEM;
	}

	rsp = pdu->hdr;
	rsp->opcode = ISCSI_OP_SCSI_CMD_RSP;
	rsp->flags = ISCSI_FLAG_CMD_FINAL;
	rsp->response = ISCSI_STATUS_CMD_COMPLETED;
	rsp->cmd_status = cmd->status;
	rsp->itt = task->itt;
	/* R2Ts do not count, as they did in RFC 3720 (RFC 7143, 11.4.8) */
	rsp->exp_datasn = cpu_to_be32(task->data_sn);
	rsp->residual_count = cpu_to_be32(ktgt_task_residual(task, &rsp->flags));
	pdu->flags = KTGT_PDU_STATSN | KTGT_PDU_LAST;
	pdu->task = task;
	ktgt_data_in_end(task, pdu);
	return 0;
}

static int command_queue_data_in(struct ktgt_task *task)
{
	struct ktgt_pdu *pdu = ktgt_data_in_next(task);

	if (!pdu)
		return -ENOMEM;
	ktgt_pdu_queue(task->conn, pdu);
	return 0;
}

static bool command_is_long_read(const struct ktgt_task *task)
{
	return ktgt_task_is_long(task) && !(task->flags & KTGT_TASK_WRITE);
}

/*
 * The pieces of a READ that have come back are sent in any case. The last one
 * brings the status; if there is none, because the command has failed, its
 * response goes behind them.
 */
static int command_queue_pieces(struct ktgt_task *task)
{
	int ret = 0;

	if (task->in_off < task->in_len)
		ret = ktgt_data_in_start(task);
	if (ret || task->cmd.status == SAM_STAT_GOOD)
		return ret;
	return command_queue_response(task);
}

static int command_queue_whole(struct ktgt_task *task)
{
	return task->in_len ? command_queue_data_in(task) :
			      command_queue_response(task);
}

static int command_queue_answer(struct ktgt_task *task)
{
	return command_is_long_read(task) ? command_queue_pieces(task) :
					    command_queue_whole(task);
}

/**
 * ktgt_commands_owed - send the answers for which there was no memory
 * @conn: the connection
 *
 * If one cannot be sent, the others wait behind it: each attempt may take long.
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_commands_owed(struct ktgt_conn *conn)
{
	struct ktgt_task *task, *next;

	list_for_each_entry_safe(task, next, &conn->unanswered, node) {
		if (!ktgt_pdus_at_hand(conn) || command_queue_answer(task)) {
			ktgt_conn_owe(conn, KTGT_OWED_ANSWER);
			return;
		}
		list_del_init(&task->node);
		ktgt_cmd_release(&task->cmd);
	}
}

/*
 * There was no memory under the rules of the socket's lock, which is not held
 * here. If there is none at all, the answer is owed; the sense data that it may
 * contain needs the command.
 */
static noinline void command_answer_again(struct ktgt_task *task)
{
	struct list_head *unanswered = &task->conn->unanswered;

	list_add_tail(&task->node, unanswered);
	if (list_is_singular(unanswered))
		ktgt_commands_owed(task->conn);
}

/* Answers a command that has completed. */
static void command_respond(struct ktgt_task *task)
{
	struct ktgt_cmd *cmd = &task->cmd;

	if (cmd->dir == DMA_FROM_DEVICE && cmd->status == SAM_STAT_GOOD)
		task->in_len = min_t(u64, cmd->buf_len, cmd->xfer_len);
	else
		ktgt_task_put_pages(task);

	ktgt_task_set_state(task, KTGT_TASK_BUSY, KTGT_TASK_SEND);
	if (unlikely(command_queue_whole(task)))
		command_answer_again(task);
	else
		ktgt_cmd_release(cmd);
}

/* Answers a READ that moves in pieces. */
static void command_respond_long_read(struct ktgt_task *task)
{
	struct ktgt_cmd *cmd = &task->cmd;

	ktgt_task_set_state(task, KTGT_TASK_BUSY, KTGT_TASK_SEND);
	if (cmd->status == SAM_STAT_GOOD) {
		task->in_len = min_t(u64, cmd->buf_len, cmd->xfer_len);
		task->flags &= ~KTGT_TASK_MORE;
	}
	if (command_queue_pieces(task))
		command_answer_again(task);
	else
		ktgt_cmd_release(cmd);
}

static void command_answer(struct ktgt_task *task)
{
	if (command_is_long_read(task))
		command_respond_long_read(task);
	else
		command_respond(task);
}

/* A write has failed: its data is bad, or one of its pieces has. */
static void command_refuse(struct ktgt_task *task)
{
	/* it has come back in the middle of a piece */
	if (ktgt_cmd_is_admitted(&task->cmd))
		ktgt_cmd_pause(&task->cmd);
	if (ktgt_data_is_awaited(task)) {
		ktgt_task_set_state(task, KTGT_TASK_BUSY, KTGT_TASK_RECV);
	} else if (task->flags & KTGT_TASK_FAILED) {
		command_respond(task);
	} else {
		ktgt_ua_give_back(&task->cmd);
		ktgt_cmd_set_sense(&task->cmd, ABORTED_COMMAND,
				   task->bad_data >> 8, task->bad_data & 0xff);
		ktgt_cmd_complete(&task->cmd, SAM_STAT_CHECK_CONDITION);
	}
}

/**
 * ktgt_commands_submit - submit all ready tasks
 * @conn: the connection
 *
 * Several commands share one plug, so that the device gets them as one batch. A
 * single command needs no plug. They also share one look at the clock.
 *
 * Context: the connection's work, may sleep.
 */
void ktgt_commands_submit(struct ktgt_conn *conn)
{
	bool batch = conn->count.ready > 1;
	struct ktgt_task *task;
	struct blk_plug plug;
	u64 now;

	if (!conn->count.ready)
		return;
	now = local_clock();
	if (batch) {
		blk_start_plug(&plug);
		plug.nr_ios = min_t(u32, conn->count.ready, 32);
		conn->stats.plugs++;
		conn->stats.plugged += conn->count.ready;
	}
	while (conn->count.ready) {
		task = list_first_entry(&conn->ready, struct ktgt_task, node);
		ktgt_task_set_state(task, KTGT_TASK_READY, KTGT_TASK_BUSY);
		task->cmd.clock = now;
		if (unlikely(task->flags & KTGT_TASK_BAD_DATA))
			command_refuse(task);
		else
			ktgt_cmd_submit(&task->cmd);
	}
	if (batch)
		blk_finish_plug(&plug);
}

static bool abort_covers(const struct ktgt_abort_wait *wait,
			 const struct ktgt_task *task)
{
	if (iscsi_sna_gte(task->seq, wait->seq))
		return false;
	return wait->task ? wait->task == task :
			    ktgt_cmd_is_at(&task->cmd, wait->lu);
}

/*
 * Whether a task that @wait covers is answered. The initiator has sent a copy to another
 * logical unit than the one that is meant, and waits for its answer.
 */
static bool abort_tells(const struct ktgt_abort_wait *wait,
			const struct ktgt_task *task, bool tell)
{
	return tell || (!wait->task && wait->lu != task->cmd.lu);
}

/*
 * Whether @wait has counted an aborted task. A copy may have come to the logical unit
 * since @wait began there, and have been aborted for another reason.
 */
static bool abort_has_counted(const struct ktgt_abort_wait *wait,
			      const struct ktgt_task *task)
{
	return iscsi_sna_gte(wait->nr, task->abort_nr) &&
	       abort_covers(wait, task);
}

/* Counts an aborted task that has ended; it still has its logical unit. */
static void abort_count(struct ktgt_task *task)
{
	struct ktgt_conn *conn = task->conn;
	struct ktgt_abort_wait *wait, *next;

	list_for_each_entry_safe(wait, next, &conn->waits, node) {
		if (!abort_has_counted(wait, task) || --wait->left)
			continue;
		list_del(&wait->node);
		ktgt_lu_reset_put(wait->reset);
		kfree(wait);
	}
}

/* Not after a Logout, and not when the connection closes. */
static bool command_may_answer(const struct ktgt_conn *conn)
{
	return !conn->logout && conn->state == KTGT_CONN_STATE_FULL_FEATURE;
}

/*
 * Ends a task without an answer. The transport may still have Data-In PDUs of it,
 * and does not send them before the peer reads, which nobody waits for.
 */
static void command_end_silently(struct ktgt_task *task)
{
	if (!command_is_long_read(task) || task->in_sent == task->in_off) {
		ktgt_task_end(task);
		return;
	}
	task->flags |= KTGT_TASK_GONE;
	ktgt_task_set_state(task, KTGT_TASK_BUSY, KTGT_TASK_SEND);
	ktgt_cmd_release(&task->cmd);
}

/*
 * Ends an aborted task. After a Logout was answered, it gets no answer.
 */
static void command_end_aborted(struct ktgt_task *task)
{
	ktgt_ua_give_back(&task->cmd);
	abort_count(task);
	ktgt_data_drop(task);
	/* no more of it is sent than the transport has */
	task->in_len = task->in_off;
	/* data that was sent before the initiator knew of this is no error */
	task->dead_gen = task->gen;
	task->dead_itt = task->flags & KTGT_TASK_UNSOL ? task->itt :
							 RESERVED_ITT;
	if (test_bit(KTGT_CMDF_TASK_ABORTED, &task->cmd.flags) &&
	    command_may_answer(task->conn)) {
		task->cmd.status = SAM_STAT_TASK_ABORTED;
		command_answer(task);
		return;
	}
	command_end_silently(task);
}

static void command_set_aborted(struct ktgt_task *task, bool tell)
{
	if (!ktgt_task_is_aborted(task))
		task->abort_nr = task->conn->nr_aborts;
	set_bit(tell ? KTGT_CMDF_TASK_ABORTED : KTGT_CMDF_ABORTED,
		&task->cmd.flags);
}

/*
 * Aborts a task. It is answered with TASK ABORTED if @tell, otherwise not at
 * all. A task that is with the SCSI side must complete first; then
 * abort_count() is called for it. Data that is still being received does not
 * matter: nothing waits for a peer.
 */
static void command_abort(struct ktgt_task *task, bool tell)
{
	if (!ktgt_task_is_open(task))
		return;
	command_set_aborted(task, tell);
	if (task->state == KTGT_TASK_BUSY) {
		/* a READ that moves in pieces: nothing may follow a response */
		task->in_len = task->in_off;
		ktgt_cmd_cancel(&task->cmd);
		return;
	}
	command_end_aborted(task);
}

/* of commands that are not simply answered when they come back */
#define REAP_FLAGS	(BIT(KTGT_CMDF_ABORTED) | BIT(KTGT_CMDF_TASK_ABORTED) | \
			 BIT(KTGT_CMDF_RESUME) | BIT(KTGT_CMDF_LONG))

/* It moves in pieces: this one has moved, or the command has ended with it. */
static void command_reap_piece(struct ktgt_task *task, bool resume)
{
	bool wait = !resume && task->cmd.status != SAM_STAT_GOOD &&
		    ktgt_data_is_awaited(task);

	if (task->flags & KTGT_TASK_SPARED && (resume || wait)) {
		task->conn->nr_aborts++;
		command_set_aborted(task, true);
		command_end_aborted(task);
	} else if (resume) {
		ktgt_piece_back(task);
	} else if (wait) {
		ktgt_cmd_pause(&task->cmd);
		task->flags |= KTGT_TASK_BAD_DATA | KTGT_TASK_FAILED;
		ktgt_task_set_state(task, KTGT_TASK_BUSY, KTGT_TASK_RECV);
	} else {
		command_answer(task);
	}
}

/* It was aborted, moves in pieces, or is to go to the SCSI side once more. */
static void command_reap_other(struct ktgt_task *task)
{
	bool resume = test_and_clear_bit(KTGT_CMDF_RESUME, &task->cmd.flags);

	if (ktgt_task_is_aborted(task)) {
		command_end_aborted(task);
		return;
	}
	/* it has made progress */
	task->flags &= ~(KTGT_TASK_SEEN | KTGT_TASK_OLD);
	if (ktgt_task_is_long(task))
		command_reap_piece(task, resume);
	else
		ktgt_task_set_state(task, KTGT_TASK_BUSY, KTGT_TASK_READY);
}

/**
 * ktgt_commands_reap - answer all commands that have completed
 * @conn: the connection
 *
 * Context: the connection's work or teardown.
 * Return: whether there was anything.
 */
bool ktgt_commands_reap(struct ktgt_conn *conn)
{
	struct llist_node *list = llist_del_all(&conn->done_queue.head);
	struct ktgt_cmd *cmd, *next;
	u64 now;

	if (!list)
		return false;
	now = local_clock();
	list = llist_reverse_order(list);
	llist_for_each_entry_safe(cmd, next, list, done_node) {
		struct ktgt_task *task;

		task = container_of(cmd, struct ktgt_task, cmd);
		cmd->clock = now;
		if (unlikely(cmd->flags & REAP_FLAGS))
			command_reap_other(task);
		else
			command_respond(task);
	}
	return true;
}

/**
 * ktgt_commands_abandon - end tasks without an answer while the connection
 *	closes
 * @conn: the connection; its work does not run any more
 *
 * Tasks that are with the SCSI side end when they have completed, so call this
 * until &ktgt_task_count.busy is zero.
 *
 * Context: teardown of the connection, or its work between two PDUs; process
 *	context.
 */
void ktgt_commands_abandon(struct ktgt_conn *conn)
{
	struct ktgt_task *task, *next;
	u32 i;

	list_for_each_entry_safe(task, next, &conn->unanswered, node) {
		list_del_init(&task->node);
		ktgt_cmd_release(&task->cmd);
	}
	conn->nr_aborts++;
	for (i = 0; i < conn->nr_slots; i++)
		command_abort(conn->slots[i], false);
	ktgt_conn_run_calls(conn);
	ktgt_commands_reap(conn);
}

/**
 * ktgt_commands_orphan - leave to the storage what it has not answered
 * @conn: the connection, after ktgt_commands_abandon()
 *
 * Context: teardown of the connection; may sleep.
 */
void ktgt_commands_orphan(struct ktgt_conn *conn)
{
	struct ktgt_task *task;
	u32 i;

	if (!conn->count.busy)
		return;
	conn->orphans = ktgt_orphans_alloc(conn->nexus);
	for (i = 0; i < conn->nr_slots; i++) {
		task = conn->slots[i];
		if (task->state != KTGT_TASK_BUSY)
			continue;
		if (ktgt_task_is_long(task))
			ktgt_task_keep_piece(task);
		ktgt_cmd_orphan(conn->orphans, &task->cmd,
				(task->nr_pages + task->nr_scratch) << PAGE_SHIFT);
	}
}

static struct ktgt_abort_wait *abort_wait_alloc(struct ktgt_lu_reset *reset,
						struct ktgt_task *task,
						struct ktgt_lu *lu, gfp_t gfp)
{
	struct ktgt_abort_wait *wait = kzalloc_obj(*wait, gfp);

	if (!wait)
		return NULL;
	wait->reset = reset;
	wait->task = task;
	wait->lu = lu;
	atomic_inc(&reset->pending);
	return wait;
}

/*
 * Aborts the tasks that @wait covers, and lets it wait for those that must
 * complete first. They are counted before they are aborted, because a task that
 * ends at once is subtracted again.
 */
static void abort_covered(struct ktgt_conn *conn, struct ktgt_abort_wait *wait,
			  bool tell)
{
	u32 i;

	wait->seq = conn->seq;
	wait->nr = ++conn->nr_aborts;
	wait->left = 1;
	list_add_tail(&wait->node, &conn->waits);
	for (i = 0; i < conn->nr_slots; i++) {
		struct ktgt_task *task = conn->slots[i];

		if (!ktgt_task_is_open(task) || !abort_covers(wait, task))
			continue;
		if (wait->reset->spare && task->state == KTGT_TASK_BUSY) {
			task->flags |= KTGT_TASK_SPARED;
			if (task->cmd.lu == wait->lu)
				ktgt_cmd_spare(&task->cmd);
			continue;
		}
		wait->left++;
		command_abort(task, abort_tells(wait, task, tell));
	}
	if (--wait->left)
		return;
	list_del(&wait->node);
	ktgt_lu_reset_put(wait->reset);
	kfree(wait);
}

/**
 * ktgt_command_abort - abort a task
 * @task: the task, which gets no answer
 * @reset: waits until the task has ended
 *
 * Context: the connection's work, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_command_abort(struct ktgt_task *task, struct ktgt_lu_reset *reset)
{
	struct ktgt_abort_wait *wait;

	wait = abort_wait_alloc(reset, task, NULL, KTGT_GFP_PEER);
	if (!wait)
		return -ENOMEM;
	abort_covered(task->conn, wait, false);
	return 0;
}

static void abort_run(struct ktgt_conn *conn, struct ktgt_call *call)
{
	struct ktgt_abort_call *abort;

	abort = container_of(call, struct ktgt_abort_call, call);
	abort_covered(conn, abort->wait, abort->tell);
	kfree(abort);
}

/**
 * ktgt_command_abort_call - make a call that aborts the tasks of a logical unit
 * @lu: the logical unit
 * @reset: waits until the tasks have ended
 * @tell: answer them with TASK ABORTED, instead of not at all
 *
 * Context: any.
 * Return: the call, for ktgt_conn_call() or ktgt_command_abort_cancel(); NULL
 *	if there is no memory.
 */
struct ktgt_call *ktgt_command_abort_call(struct ktgt_lu *lu,
					  struct ktgt_lu_reset *reset,
					  bool tell)
{
	struct ktgt_abort_call *abort = kzalloc_obj(*abort, GFP_ATOMIC |
						    __GFP_NOWARN);

	if (!abort)
		return NULL;
	abort->wait = abort_wait_alloc(reset, NULL, lu,
				       GFP_ATOMIC | __GFP_NOWARN);
	if (!abort->wait) {
		kfree(abort);
		return NULL;
	}
	abort->call.run = abort_run;
	abort->tell = tell;
	return &abort->call;
}

/**
 * ktgt_command_abort_cancel - free a call that aborts tasks
 * @call: the call, which was not passed to ktgt_conn_call()
 *
 * Context: any; the caller has another reference of the reset.
 */
void ktgt_command_abort_cancel(struct ktgt_call *call)
{
	struct ktgt_abort_call *abort;

	abort = container_of(call, struct ktgt_abort_call, call);
	ktgt_lu_reset_put(abort->wait->reset);
	kfree(abort->wait);
	kfree(abort);
}
