// SPDX-License-Identifier: GPL-2.0
/*
 * Task management functions (RFC 7143, 11.5, 11.6; RFC 7144).
 *
 * A function is answered when all tasks that it covers have ended. The work of
 * another connection aborts its own tasks; it is asked by a call.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tmf.h"

#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "../core/gfp.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../scsi/nexus.h"
#include "../scsi/prevent.h"
#include "../scsi/reserve.h"
#include "../scsi/reset.h"
#include "../scsi/ua.h"
#include "command.h"
#include "conn.h"
#include "pdu.h"
#include "task.h"
#include "window.h"

/* functions of a connection that may be unanswered at the same time */
#define TMF_MAX	64

/* functions of RFC 7144, which iscsi_proto.h does not have */
#define TMF_QUERY_TASK		9
#define TMF_QUERY_TASK_SET	10
#define TMF_NEXUS_RESET		11
#define TMF_QUERY_EVENT		12
/* and its response: a task, or an event, is there */
#define TMF_RSP_SUCCEEDED	7

/*
 * UADE DEPTH of the additional response information (SAM-5): how many unit
 * attentions and deferred errors there are
 */
#define TMF_DEPTH_ONE		0x10
#define TMF_DEPTH_MORE		0x20

/**
 * struct ktgt_tmf - a task management function that is not answered yet
 * @reset: what it waits for
 * @call: lets the connection's work send the answer
 * @node: in &ktgt_conn.tmfs
 * @conn: connection that gets the answer; &ktgt_conn.nr_tmf keeps it
 * @pdu: the answer, which must not fail when there is no memory; NULL if it was
 *	sent, or will not be
 * @answer_by: until when it may wait, in jiffies
 * @itt: tag of the request
 * @function: ISCSI_TM_FUNC_* or TMF_*
 * @response: ISCSI_TMF_RSP_* or TMF_RSP_SUCCEEDED
 */
struct ktgt_tmf {
	struct ktgt_reset	reset;
	struct ktgt_call	call;
	struct list_head	node;
	struct ktgt_conn	*conn;
	struct ktgt_pdu		*pdu;
	unsigned long		answer_by;
	itt_t			itt;
	u8			function;
	u8			response;
};

static void tmf_respond(struct ktgt_conn *conn, struct ktgt_pdu *pdu, itt_t itt,
			u8 response)
{
	struct iscsi_tm_rsp *rsp = pdu->hdr;

	rsp->opcode = ISCSI_OP_SCSI_TMFUNC_RSP;
	rsp->flags = ISCSI_FLAG_CMD_FINAL;
	rsp->response = response;
	rsp->itt = itt;
	pdu->flags = KTGT_PDU_STATSN;
	ktgt_pdu_queue(conn, pdu);
}

/* Return: whether it was answered. */
static bool tmf_answer(struct ktgt_tmf *tmf, u8 response)
{
	struct ktgt_conn *conn = tmf->conn;
	struct ktgt_pdu *pdu = tmf->pdu;

	tmf->pdu = NULL;
	if (!pdu)
		return false;
	/* nothing is sent after a Logout but its answer */
	if (conn->state == KTGT_CONN_STATE_FULL_FEATURE && !conn->logout) {
		tmf_respond(conn, pdu, tmf->itt, response);
		return true;
	}
	ktgt_pdu_free(conn, pdu);
	return false;
}

/*
 * The end of a TARGET COLD RESET: all sessions end, this one behind the answer
 * that it has been given. Nobody waits for its initiator to take that.
 */
static void tmf_close_sessions(struct ktgt_conn *conn)
{
	ktgt_conn_set_end(conn, KTGT_SESSION_END_TARGET_RESET);
	/* as after a Logout, nothing more is received, nor sent */
	conn->logout = true;
	ktgt_commands_abandon(conn);
	conn->ops->drain(conn);
	ktgt_nexuses_close(conn->nexus->target, KTGT_SESSION_END_TARGET_RESET,
			   conn->nexus);
}

static void tmf_run_answer(struct ktgt_conn *conn, struct ktgt_call *call)
{
	struct ktgt_tmf *tmf = container_of(call, struct ktgt_tmf, call);
	u8 response = ktgt_reset_has_failed(&tmf->reset) ?
		      ISCSI_TMF_RSP_REJECTED : tmf->response;
	bool cold = tmf->function == ISCSI_TM_FUNC_TARGET_COLD_RESET &&
		    response == ISCSI_TMF_RSP_COMPLETE;
	bool answered = tmf_answer(tmf, response);

	list_del(&tmf->node);
	conn->nr_tmf--;
	ktgt_reset_exit(&tmf->reset);
	kfree(tmf);
	if (cold && answered)
		tmf_close_sessions(conn);
}

/* How long a function waits for the storage before it fails. */
static unsigned long tmf_time(const struct ktgt_conn *conn)
{
	return READ_ONCE(conn->kn->tmf_timeout) * HZ;
}

/**
 * ktgt_tmf_timer - answer the functions that wait for the storage too long
 * @conn: the connection
 *
 * The aborted tasks stay so. A logical unit that is being reset serves new
 * commands again, because one that the storage has lost must not take it from
 * all. Function Rejected promises nothing of what is left; whoever needs that
 * asks again, or logs in again.
 *
 * Context: the connection's work, may sleep for a grace period of RCU.
 * Return: jiffies until the next call.
 */
unsigned long ktgt_tmf_timer(struct ktgt_conn *conn)
{
	unsigned long next = tmf_time(conn);
	struct ktgt_tmf *tmf;

	list_for_each_entry(tmf, &conn->tmfs, node) {
		if (!tmf->pdu)
			continue;
		if (time_before(jiffies, tmf->answer_by)) {
			next = min(next, tmf->answer_by - jiffies);
			continue;
		}
		ktgt_reset_give_up(&tmf->reset);
		tmf_answer(tmf, ISCSI_TMF_RSP_REJECTED);
	}
	return next;
}

/**
 * ktgt_tmfs_give_up - nobody waits for the answers of a connection any more
 * @conn: the connection, which closes
 *
 * Context: teardown of the connection, may sleep for a grace period of RCU.
 */
void ktgt_tmfs_give_up(struct ktgt_conn *conn)
{
	struct ktgt_tmf *tmf;

	list_for_each_entry(tmf, &conn->tmfs, node) {
		ktgt_reset_give_up(&tmf->reset);
		/* the memory of PDUs goes before that of the functions */
		if (tmf->pdu)
			ktgt_pdu_free(conn, tmf->pdu);
		tmf->pdu = NULL;
	}
}

static void tmf_done(struct ktgt_reset *reset)
{
	struct ktgt_tmf *tmf = container_of(reset, struct ktgt_tmf, reset);

	ktgt_conn_call(tmf->conn, &tmf->call);
}

/*
 * If the task does not exist, but RefCmdSN is in the window and before the
 * CmdSN of the request, that command counts as received, and the function is
 * complete (RFC 7143, 11.6.1).
 */
static u8 tmf_no_task(struct ktgt_conn *conn, const struct iscsi_tm *req)
{
	u32 ref = be32_to_cpu(req->refcmdsn);
	u32 sn = be32_to_cpu(req->cmdsn);

	if (iscsi_sna_lt(ref, sn) &&
	    iscsi_sna_gte(ref, conn->window->exp_cmd_sn) &&
	    iscsi_sna_lte(ref, conn->window->max_cmd_sn))
		return ISCSI_TMF_RSP_COMPLETE;
	return ISCSI_TMF_RSP_NO_TASK;
}

static __be64 tmf_lun(const struct iscsi_tm *req)
{
	__be64 lun;

	memcpy(&lun, &req->lun, sizeof(lun));
	return lun;
}

static void tmf_abort_task(struct ktgt_tmf *tmf, const struct iscsi_tm *req)
{
	struct ktgt_conn *conn = tmf->conn;
	struct ktgt_task *task = ktgt_task_find(conn, req->rtt);

	if (!task) {
		tmf->response = tmf_no_task(conn, req);
		return;
	}
	if (task->cmd.lun != tmf_lun(req)) {
		tmf->response = ISCSI_TMF_RSP_NO_TASK;
		return;
	}
	if (ktgt_command_abort(task, &tmf->reset.tasks))
		tmf->reset.tasks.failed = true;
}

/* Aborts the initiator's own tasks, those of one LUN or, with NULL, all of them. */
static void tmf_abort_tasks(struct ktgt_tmf *tmf, const __be64 *lun)
{
	struct ktgt_conn *conn = tmf->conn;
	u32 end = conn->seq;
	u32 i;

	for (i = 0; i < conn->nr_slots; i++) {
		struct ktgt_task *task = conn->slots[i];

		if (!ktgt_task_is_open(task) ||
		    iscsi_sna_gte(task->seq, end) ||
		    (lun && task->cmd.lun != *lun))
			continue;
		if (ktgt_command_abort(task, &tmf->reset.tasks)) {
			tmf->reset.tasks.failed = true;
			return;
		}
	}
}

static void tmf_abort_task_set(struct ktgt_tmf *tmf, __be64 lun)
{
	if (ktgt_nexus_lun_exists(tmf->conn->nexus, lun))
		tmf_abort_tasks(tmf, &lun);
	else
		tmf->response = ISCSI_TMF_RSP_NO_LUN;
}

/* It takes the disks of all initiators, so the administrator allows it or not. */
static void tmf_reset_target(struct ktgt_tmf *tmf)
{
	const struct ktgt_conn *conn = tmf->conn;
	const struct ktgt_target *target = conn->nexus->target;

	if (!ktgt_target_key(target, KTGT_TARGET_RESET, false)) {
		tmf->response = ISCSI_TMF_RSP_AUTH_FAILED;
		return;
	}
	pr_notice_ratelimited("target %u: reset by %s at %pISpc%s\n",
			      target->tid, conn->initiator, &conn->peer,
			      tmf->function == ISCSI_TM_FUNC_TARGET_COLD_RESET ?
			      ", which ends all of its sessions" : "");
	ktgt_reset_target(&tmf->reset, conn->nexus);
}

/* I_T NEXUS RESET (SAM-5, 7.6): what the end of the session would do, without it. */
static void tmf_reset_nexus(struct ktgt_tmf *tmf)
{
	tmf_abort_tasks(tmf, NULL);
	ktgt_reserve_end(tmf->conn->nexus);
	ktgt_prevent_end(tmf->conn->nexus);
	ktgt_ua_raise_nexus(tmf->conn->nexus, KTGT_UA_NEXUS_LOSS);
}

/* One that has been aborted is on its way out. */
static bool tmf_is_there(const struct ktgt_task *task, __be64 lun)
{
	return ktgt_task_is_open(task) && task->cmd.lun == lun &&
	       !ktgt_task_is_aborted(task);
}

static bool tmf_query_task(struct ktgt_conn *conn, itt_t rtt, __be64 lun)
{
	const struct ktgt_task *task = ktgt_task_find(conn, rtt);

	return task && tmf_is_there(task, lun);
}

static bool tmf_query_task_set(const struct ktgt_conn *conn, __be64 lun)
{
	u32 i;

	for (i = 0; i < conn->nr_slots; i++)
		if (tmf_is_there(conn->slots[i], lun))
			return true;
	return false;
}

/* Also puts the event that is told first into the answer. */
static bool tmf_query_event(struct ktgt_tmf *tmf, __be64 lun)
{
	struct iscsi_tm_rsp *rsp = tmf->pdu->hdr;
	struct ktgt_sense sense;
	unsigned int nr;

	nr = ktgt_nexus_peek_ua(tmf->conn->nexus, lun, &sense);
	if (!nr)
		return false;
	rsp->rsvd2[0] = sense.key | (nr > 1 ? TMF_DEPTH_MORE : TMF_DEPTH_ONE);
	rsp->rsvd2[1] = sense.asc;
	rsp->rsvd2[2] = sense.ascq;
	return true;
}

static void tmf_query(struct ktgt_tmf *tmf, const struct iscsi_tm *req)
{
	__be64 lun = tmf_lun(req);
	bool found;

	if (!ktgt_nexus_lun_exists(tmf->conn->nexus, lun)) {
		tmf->response = ISCSI_TMF_RSP_NO_LUN;
		return;
	}
	switch (tmf->function) {
	case TMF_QUERY_TASK:
		found = tmf_query_task(tmf->conn, req->rtt, lun);
		break;
	case TMF_QUERY_TASK_SET:
		found = tmf_query_task_set(tmf->conn, lun);
		break;
	default:
		found = tmf_query_event(tmf, lun);
	}
	if (found)
		tmf->response = TMF_RSP_SUCCEEDED;
}

/* Functions that only a session has which has agreed on RFC 7144. */
static void tmf_run_level_2(struct ktgt_tmf *tmf, const struct iscsi_tm *req)
{
	if (tmf->conn->param.protocol_level < 2) {
		tmf->response = ISCSI_TMF_RSP_NOT_SUPPORTED;
		return;
	}
	switch (tmf->function) {
	case TMF_QUERY_TASK:
	case TMF_QUERY_TASK_SET:
	case TMF_QUERY_EVENT:
		tmf_query(tmf, req);
		break;
	case TMF_NEXUS_RESET:
		tmf_reset_nexus(tmf);
		break;
	default:
		tmf->response = ISCSI_TMF_RSP_NOT_SUPPORTED;
	}
}

static void tmf_run(struct ktgt_tmf *tmf, const struct iscsi_tm *req)
{
	switch (tmf->function) {
	case ISCSI_TM_FUNC_ABORT_TASK:
		tmf_abort_task(tmf, req);
		break;
	case ISCSI_TM_FUNC_ABORT_TASK_SET:
	case ISCSI_TM_FUNC_CLEAR_TASK_SET:
		/* TST is 001b: the task set is that of the I_T nexus alone */
		tmf_abort_task_set(tmf, tmf_lun(req));
		break;
	case ISCSI_TM_FUNC_LOGICAL_UNIT_RESET:
		if (!ktgt_reset_lu(&tmf->reset, tmf->conn->nexus, tmf_lun(req)))
			tmf->response = ISCSI_TMF_RSP_NO_LUN;
		break;
	case ISCSI_TM_FUNC_TARGET_WARM_RESET:
	case ISCSI_TM_FUNC_TARGET_COLD_RESET:
		tmf_reset_target(tmf);
		break;
	case ISCSI_TM_FUNC_TASK_REASSIGN:
		/* a task ends with its connection (ErrorRecoveryLevel 0) */
		tmf->response = ISCSI_TMF_RSP_NO_FAILOVER;
		break;
	case ISCSI_TM_FUNC_CLEAR_ACA:
		/* NormACA is 0: there never is one to clear (SAM-5, 7.4) */
		tmf->response = ISCSI_TMF_RSP_NOT_SUPPORTED;
		break;
	default:
		tmf_run_level_2(tmf, req);
	}
}

/**
 * ktgt_tmf_recv - handle a Task Management Function Request
 * @conn: the connection
 * @hdr: its header; the CmdSN has been accepted
 *
 * Context: the connection's work, may sleep; a PDU is at hand.
 */
void ktgt_tmf_recv(struct ktgt_conn *conn, const struct iscsi_hdr *hdr)
{
	const struct iscsi_tm *req = (const void *)hdr;
	struct ktgt_pdu *pdu;
	struct ktgt_tmf *tmf;

	pdu = ktgt_pdu_alloc(conn);
	/* immediate requests are not limited by the window, so they are here */
	tmf = conn->nr_tmf < TMF_MAX ? kzalloc_obj(*tmf, KTGT_GFP_PEER) : NULL;
	if (!tmf) {
		if (conn->nr_tmf < TMF_MAX)
			ktgt_net_count_failure(conn->kn);
		tmf_respond(conn, pdu, req->itt, ISCSI_TMF_RSP_REJECTED);
		return;
	}
	ktgt_reset_init(&tmf->reset, tmf_done);
	tmf->call.run = tmf_run_answer;
	tmf->conn = conn;
	tmf->pdu = pdu;
	tmf->itt = req->itt;
	tmf->function = req->flags & ISCSI_FLAG_TM_FUNC_MASK;
	tmf->response = ISCSI_TMF_RSP_COMPLETE;
	tmf->answer_by = jiffies + tmf_time(conn);
	list_add_tail(&tmf->node, &conn->tmfs);
	conn->nr_tmf++;
	conn->ops->limit_timer(conn, tmf_time(conn));

	tmf_run(tmf, req);
	ktgt_lu_reset_put(&tmf->reset.tasks);
}
