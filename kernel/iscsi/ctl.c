// SPDX-License-Identifier: GPL-2.0
/*
 * Control PDUs: Login Requests; in full feature phase NOP-Out, Logout, Text
 * Requests and task management.
 */
#include "ctl.h"

#include <linux/jiffies.h>
#include <linux/string.h>

#include "../core/deadline.h"
#include "../core/net.h"
#include "../scsi/prevent.h"
#include "../scsi/reserve.h"
#include "ack.h"
#include "command.h"
#include "conn.h"
#include "login.h"
#include "pdu.h"
#include "sess.h"
#include "text_request.h"
#include "tmf.h"
#include "window.h"

static bool ctl_send_nop_in(struct ktgt_conn *conn, u32 ttt, u8 flags)
{
	struct iscsi_nopin *nop;
	struct ktgt_pdu *pdu;

	if (!ktgt_pdus_at_hand(conn))
		return false;
	pdu = ktgt_pdu_alloc(conn);
	nop = pdu->hdr;
	nop->opcode = ISCSI_OP_NOOP_IN;
	nop->flags = ISCSI_FLAG_CMD_FINAL;
	nop->itt = RESERVED_ITT;
	nop->ttt = cpu_to_be32(ttt);
	pdu->flags = flags;
	ktgt_pdu_queue(conn, pdu);
	return true;
}

/**
 * ktgt_ctl_nop_in - send the present window to the initiator
 * @conn: the connection
 *
 * Context: the connection's work, may sleep.
 * Return: false if there was no memory.
 */
bool ktgt_ctl_nop_in(struct ktgt_conn *conn)
{
	return ctl_send_nop_in(conn, ISCSI_RESERVED_TAG, 0);
}

/**
 * ktgt_ctl_ping - ask the initiator for an answer
 * @conn: the connection, without an unanswered ping
 *
 * Context: the connection's work, may sleep.
 * Return: false if there was no memory.
 */
bool ktgt_ctl_ping(struct ktgt_conn *conn)
{
	if (!ctl_send_nop_in(conn, 0, KTGT_PDU_PING))
		return false;
	conn->ping_ttt = 0;
	conn->ping_at = jiffies;
	return true;
}

/**
 * ktgt_ctl_ask_logout - ask the initiator to log out (RFC 7143, 11.9)
 * @conn: the connection, in full feature phase
 * @seconds: how much time it has
 *
 * Context: the connection's work, may sleep.
 * Return: false if there was no memory.
 */
bool ktgt_ctl_ask_logout(struct ktgt_conn *conn, u16 seconds)
{
	struct iscsi_async *async;
	struct ktgt_pdu *pdu;

	if (!ktgt_pdus_at_hand(conn))
		return false;
	pdu = ktgt_pdu_alloc(conn);
	async = pdu->hdr;
	async->opcode = ISCSI_OP_ASYNC_EVENT;
	async->flags = ISCSI_FLAG_CMD_FINAL;
	memset(async->rsvd4, 0xff, 4);
	async->async_event = ISCSI_ASYNC_MSG_REQUEST_LOGOUT;
	async->param3 = cpu_to_be16(seconds);
	pdu->flags = KTGT_PDU_STATSN;
	ktgt_pdu_queue(conn, pdu);
	return true;
}

/*
 * Handles a NOP-Out: a request, or the answer to a NOP-In (RFC 7143, 11.18).
 * Return: false if there was no memory.
 */
static bool ctl_nop_out(struct ktgt_conn *conn)
{
	const struct ktgt_ctl *ctl = &conn->ctl;
	const struct iscsi_nopout *req = (const void *)&ctl->hdr;
	struct iscsi_nopin *rsp;
	struct ktgt_pdu *pdu;

	if (req->ttt != cpu_to_be32(ISCSI_RESERVED_TAG))
		ktgt_ack_pong(conn);
	if (req->itt == RESERVED_ITT)
		return true;
	if (req->ttt != cpu_to_be32(ISCSI_RESERVED_TAG)) {
		ktgt_pdu_reject(conn, &ctl->hdr, KTGT_REASON_INVALID_FIELD);
		return true;
	}

	pdu = ktgt_pdu_alloc(conn);
	if (ktgt_pdu_set_data(conn, pdu, ctl->data,
			      min(ctl->len, conn->param.max_xmit_dsl))) {
		ktgt_pdu_free(conn, pdu);
		return false;
	}
	rsp = pdu->hdr;
	rsp->opcode = ISCSI_OP_NOOP_IN;
	rsp->flags = ISCSI_FLAG_CMD_FINAL;
	rsp->lun = req->lun;
	rsp->itt = req->itt;
	rsp->ttt = cpu_to_be32(ISCSI_RESERVED_TAG);
	pdu->flags = KTGT_PDU_STATSN;
	ktgt_pdu_queue(conn, pdu);
	return true;
}

static u8 logout_response(struct ktgt_conn *conn,
			  const struct iscsi_logout *req)
{
	switch (req->flags & ISCSI_FLAG_LOGOUT_REASON_MASK) {
	case ISCSI_LOGOUT_REASON_CLOSE_SESSION:
		return ISCSI_LOGOUT_SUCCESS;
	case ISCSI_LOGOUT_REASON_CLOSE_CONNECTION:
		return be16_to_cpu(req->cid) == conn->cid ?
			ISCSI_LOGOUT_SUCCESS : ISCSI_LOGOUT_CID_NOT_FOUND;
	default:
		return ISCSI_LOGOUT_RECOVERY_UNSUPPORTED;
	}
}

/*
 * The tasks end without an answer. The Logout is answered when all of them have
 * ended at the storage (RFC 7143, 11.14).
 */
static void logout_begin(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	/* then it is answered with a failure */
	unsigned long time = READ_ONCE(conn->kn->logout_timeout) * HZ;

	ktgt_conn_set_end(conn, KTGT_SESSION_END_LOGOUT);
	conn->logout = true;
	conn->logout_pdu = pdu;
	conn->logout_answer_by = jiffies + time;
	conn->ops->limit_timer(conn, time);
	ktgt_commands_abandon(conn);
	ktgt_ctl_logout_advance(conn);
}

static void logout_answer(struct ktgt_conn *conn)
{
	struct ktgt_pdu *pdu = conn->logout_pdu;

	conn->logout_pdu = NULL;
	conn->ops->drain(conn);
	ktgt_pdu_queue(conn, pdu);
}

/**
 * ktgt_ctl_logout_advance - answer a Logout if all tasks have ended
 * @conn: connection with a Logout that is not answered yet
 *
 * The session ends before the answer, because the initiator may log in again at
 * once.
 *
 * Context: the connection's work.
 */
void ktgt_ctl_logout_advance(struct ktgt_conn *conn)
{
	if (conn->count.busy || conn->nr_tmf)
		return;
	ktgt_sess_retire(conn->sess);
	logout_answer(conn);
}

/**
 * ktgt_ctl_logout_timer - answer a Logout if its tasks take too long
 * @conn: connection with a Logout that is not answered yet
 *
 * Its tasks become orphans when the connection closes. What the initiator has
 * reserved by RESERVE ends before the answer, as it does when the session ends.
 *
 * Context: the connection's work.
 * Return: jiffies until the next call, 0 if it was answered.
 */
unsigned long ktgt_ctl_logout_timer(struct ktgt_conn *conn)
{
	struct iscsi_logout_rsp *rsp = conn->logout_pdu->hdr;
	long left = ktgt_time_left(conn->logout_answer_by);

	if (left)
		return left;
	if (conn->nexus->target) {
		ktgt_reserve_end(conn->nexus);
		ktgt_prevent_end(conn->nexus);
	}
	rsp->response = ISCSI_LOGOUT_CLEANUP_FAILED;
	logout_answer(conn);
	return 0;
}

/* Handles a Logout (RFC 7143, 11.14, 11.15). */
static void ctl_logout(struct ktgt_conn *conn)
{
	const struct iscsi_logout *req = (const void *)&conn->ctl.hdr;
	u8 reason = req->flags & ISCSI_FLAG_LOGOUT_REASON_MASK;
	struct iscsi_logout_rsp *rsp;
	struct ktgt_pdu *pdu;

	if (reason > ISCSI_LOGOUT_REASON_RECOVERY) {
		ktgt_pdu_reject(conn, &conn->ctl.hdr,
				KTGT_REASON_INVALID_FIELD);
		return;
	}
	pdu = ktgt_pdu_alloc(conn);
	rsp = pdu->hdr;
	rsp->opcode = ISCSI_OP_LOGOUT_RSP;
	rsp->flags = ISCSI_FLAG_CMD_FINAL;
	rsp->response = logout_response(conn, req);
	rsp->itt = req->itt;
	rsp->t2wait = cpu_to_be16(conn->param.time2wait);
	pdu->flags = KTGT_PDU_STATSN;
	if (rsp->response == ISCSI_LOGOUT_SUCCESS)
		logout_begin(conn, pdu);
	else
		ktgt_pdu_queue(conn, pdu);
}

/* The CmdSN is at the same place in all requests. */
static bool ctl_take_cmdsn(struct ktgt_conn *conn)
{
	const struct iscsi_nopout *req = (const void *)&conn->ctl.hdr;
	bool immediate = req->opcode & ISCSI_OP_IMMEDIATE;

	/* the answer to a ping does not advance CmdSN (RFC 7143, 11.18.1) */
	if ((req->opcode & ISCSI_OPCODE_MASK) == ISCSI_OP_NOOP_OUT &&
	    req->itt == RESERVED_ITT)
		immediate = true;

	switch (ktgt_window_take(conn->window, be32_to_cpu(req->cmdsn),
				 immediate)) {
	case KTGT_CMDSN_OK:
		return true;
	case KTGT_CMDSN_DROP:
		return false;
	default:
		ktgt_conn_end(conn, KTGT_SESSION_END_PROTOCOL_ERROR);
		return false;
	}
}

/* Every function in here sends one PDU at most, which is at hand. */
static bool ctl_dispatch(struct ktgt_conn *conn)
{
	struct ktgt_ctl *ctl = &conn->ctl;

	switch (ctl->hdr.opcode & ISCSI_OPCODE_MASK) {
	case ISCSI_OP_NOOP_OUT:
		return ctl_nop_out(conn);
	case ISCSI_OP_SCSI_TMFUNC:
		ktgt_tmf_recv(conn, &ctl->hdr);
		break;
	case ISCSI_OP_TEXT:
		ktgt_text_req_recv(conn, &ctl->hdr, ctl->data, ctl->len);
		break;
	case ISCSI_OP_LOGOUT:
		ctl_logout(conn);
		break;
	default:	/* Login */
		ktgt_pdu_reject(conn, &ctl->hdr, ISCSI_REASON_PROTOCOL_ERROR);
	}
	return true;
}

/**
 * ktgt_ctl_handle - handle the control PDU that was received
 * @conn: the connection
 *
 * Context: the connection's work, may sleep.
 * Return: false if there was no memory for the answer; then it must be called
 *	again later.
 */
bool ktgt_ctl_handle(struct ktgt_conn *conn)
{
	struct ktgt_ctl *ctl = &conn->ctl;

	if (conn->state != KTGT_CONN_STATE_FULL_FEATURE) {
		ktgt_login_recv(conn, &ctl->hdr, ctl->data, ctl->len);
		return true;
	}
	if (!ktgt_pdus_at_hand(conn))
		return false;
	if (!ctl->taken && !ctl_take_cmdsn(conn))
		return true;
	ctl->taken = true;
	return ctl_dispatch(conn);
}
