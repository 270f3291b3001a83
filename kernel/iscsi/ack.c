// SPDX-License-Identifier: GPL-2.0
/*
 * PDUs that were sent and are not acknowledged yet (RFC 7143, 4.2.2.2).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "ack.h"

#include <linux/net.h>

#include "conn.h"
#include "pdu.h"
#include "task.h"

/*
 * Unacknowledged PDUs that are worth a look at what has arrived besides: more than
 * all commands of a window can have R2Ts.
 */
#define ACK_MANY	4096

static void ack_release(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	struct ktgt_task *task = pdu->task;
	bool last = pdu->flags & KTGT_PDU_LAST;

	list_del(&pdu->node);
	ktgt_pdu_free(conn, pdu);
	if (last)
		ktgt_task_end(task);
}

/* No task depends on it: only its header waits. */
static void ack_await_data_in(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	if (pdu->flags & KTGT_PDU_PIECE)
		ktgt_task_data_sent(pdu->task, pdu->data_len);
	pdu->flags |= KTGT_PDU_SENT;
	list_move_tail(&pdu->node, &conn->pdus.sent);
}

/**
 * ktgt_ack_await - keep PDUs that were sent until they are acknowledged
 * @conn: the connection
 * @sent: the PDUs, in the order in which they were sent; empty afterwards
 *
 * Context: the connection's work.
 */
void ktgt_ack_await(struct ktgt_conn *conn, struct list_head *sent)
{
	struct ktgt_pdu *pdu, *next;

	list_for_each_entry_safe(pdu, next, sent, node) {
		if (unlikely(pdu->weight))
			ktgt_quota_uncharge(&conn->quota, KTGT_QUOTA_UNSENT,
					    pdu->weight);
		if (unlikely(pdu->own))
			ktgt_pdu_put_data(conn, pdu);
		if (pdu->flags & KTGT_PDU_LAST)
			ktgt_task_sent(pdu->task);
		else if (unlikely(pdu->flags & KTGT_PDU_DATA_IN))
			ack_await_data_in(conn, pdu);
	}
	list_splice_tail_init(sent, &conn->unacked);
	if (ktgt_quota_is_over(&conn->quota, KTGT_QUOTA_UNACKED)) {
		net_info_ratelimited("%pISpc does not acknowledge the PDUs that it gets; connection closed\n",
				     &conn->peer);
		ktgt_conn_end(conn, KTGT_SESSION_END_PROTOCOL_ERROR);
	}
}

/* Frees the PDUs of a list, in the order in which they were sent. */
static void ack_release_list(struct ktgt_conn *conn, struct list_head *list,
			     u32 exp_stat_sn)
{
	struct ktgt_pdu *pdu, *next;

	list_for_each_entry_safe(pdu, next, list, node) {
		if (!iscsi_sna_lt(pdu->ack_sn, exp_stat_sn))
			break;
		ack_release(conn, pdu);
	}
}

/**
 * ktgt_ack_recv - handle the ExpStatSN of a received PDU
 * @conn: the connection
 * @exp_stat_sn: ExpStatSN; ignored if it is beyond the last sent StatSN, or
 *	less than an earlier one
 *
 * Context: the connection's work, also under the socket's lock.
 */
void ktgt_ack_recv(struct ktgt_conn *conn, u32 exp_stat_sn)
{
	if (iscsi_sna_gt(exp_stat_sn, conn->stat_sn) ||
	    iscsi_sna_lte(exp_stat_sn, conn->exp_stat_sn))
		return;
	conn->exp_stat_sn = exp_stat_sn;
	if (unlikely(!list_empty(&conn->pdus.sent)))
		ack_release_list(conn, &conn->pdus.sent, exp_stat_sn);
	ack_release_list(conn, &conn->unacked, exp_stat_sn);
}

/**
 * ktgt_ack_pong - the initiator has answered a ping
 * @conn: the connection
 *
 * The NOP-In of a ping uses no StatSN (RFC 7143, 11.19.2). On an idle
 * connection, no ExpStatSN would ever acknowledge it, so the answer does.
 *
 * Context: the connection's work.
 */
void ktgt_ack_pong(struct ktgt_conn *conn)
{
	struct ktgt_pdu *pdu;

	if (conn->ping_ttt == ISCSI_RESERVED_TAG)
		return;
	conn->ping_ttt = ISCSI_RESERVED_TAG;
	conn->answers_pings = true;
	list_for_each_entry(pdu, &conn->unacked, node) {
		if (pdu->flags & KTGT_PDU_PING) {
			ack_release(conn, pdu);
			return;
		}
	}
}

/* The R2T with a tag that was sent last, NULL if it is acknowledged already. */
static struct ktgt_pdu *ack_find_r2t(struct ktgt_conn *conn, u32 ttt)
{
	const struct iscsi_r2t_rsp *r2t;
	struct ktgt_pdu *pdu;

	list_for_each_entry_reverse(pdu, &conn->unacked, node) {
		r2t = pdu->hdr;
		if (r2t->opcode == ISCSI_OP_R2T && be32_to_cpu(r2t->ttt) == ttt)
			return pdu;
	}
	return NULL;
}

/**
 * ktgt_ack_r2t - the initiator has answered an R2T
 * @conn: the connection
 * @ttt: its target transfer tag
 *
 * An R2T uses no StatSN, and a WRITE can have tens of thousands of them before a
 * status is there that can be acknowledged. So when there are many, what was sent
 * before an R2T that was answered counts as received, except for status.
 *
 * Context: the connection's work, also under the socket's lock.
 */
void ktgt_ack_r2t(struct ktgt_conn *conn, u32 ttt)
{
	struct ktgt_pdu *pdu, *next, *last;

	if (likely(conn->quota.held[KTGT_QUOTA_UNACKED] < ACK_MANY))
		return;
	last = ack_find_r2t(conn, ttt);
	if (!last)
		return;
	list_for_each_entry_safe(pdu, next, &conn->unacked, node) {
		bool is_last = pdu == last;

		if (!(pdu->flags & (KTGT_PDU_STATSN | KTGT_PDU_PING)))
			ack_release(conn, pdu);
		if (is_last)
			break;
	}
}
