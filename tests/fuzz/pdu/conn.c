// SPDX-License-Identifier: GPL-2.0
/*
 * A connection of the target, seen from inside: what it counts is what it has,
 * it is idle only when there is nothing to do, and it ends only for a reason.
 */
#include "../../../kernel/iscsi/command.h"
#include "../../../kernel/iscsi/sess.h"
#include "../../../kernel/iscsi/task.h"
#include "conn.h"
#include "scsi.h"
#include "socket.h"
#include "target.h"

/* what connections count of answers that no task bounds, and one PDU more */
#define HELD_MAX	(16384 + 300)
#define UNSENT_MAX	(2048 + 300)
/* twice the window, and the immediate ones */
#define TASKS_MAX	(2 * 128 + 16)

/* Only the exit of the module waits for the storage. */
void shim_wait(void)
{
	static unsigned int which;

	if (complete_one(which++) || shim_run_work(0))
		return;
	require(!"waits for ever");
}

static u32 list_len(const struct list_head *head)
{
	struct list_head *pos;
	u32 nr = 0;

	list_for_each(pos, head)
		nr++;
	return nr;
}

/*
 * The socket has what the data of a PDU alone was. Nothing depends on data without
 * status.
 */
static void check_unacked(const struct ktgt_conn *conn)
{
	const struct ktgt_pdu *pdu;

	list_for_each_entry(pdu, &conn->unacked, node) {
		require(!pdu->own && !pdu->nr_own);
		require(!(pdu->flags & (KTGT_PDU_DATA_IN | KTGT_PDU_SENT)));
	}
	list_for_each_entry(pdu, &conn->pdus.sent, node) {
		require(!pdu->own && !pdu->weight);
		require(pdu->flags & KTGT_PDU_DATA_IN);
		require(pdu->flags & KTGT_PDU_SENT);
		require(!(pdu->flags & (KTGT_PDU_LAST | KTGT_PDU_STATSN)));
	}
}

/* What it holds is paid for, and it knows whether it may have more. */
static void check_purse(const struct ktgt_conn *conn)
{
	const struct ktgt_purse *purse = &conn->quota.purse;
	u64 held = (u64)conn->mem.nr_free_pages << PAGE_SHIFT;
	u32 i;

	for (i = 0; i < conn->nr_slots; i++)
		held += sizeof(*conn->slots[i]) +
			((u64)conn->slots[i]->nr_pages << PAGE_SHIFT);
	held += list_len(&conn->pdus.blocks) * PAGE_SIZE + conn->ctl.size;
	require(purse->held >= held && purse->drawn >= purse->held);
	if (ktgt_purse_is_closed(purse))
		require(!conn->quota.held[KTGT_QUOTA_SENT] && !conn->mem.keep);
	else
		require(!conn->slots || conn->mem.keep);
}

/* What a connection counts is what it has. */
static void check_counts(const struct ktgt_conn *conn)
{
	u32 used = 0, sent = 0, numbered = 0, full = 0, busy = 0, dormant = 0, ordered = 0, i;

	for (i = 0; i < conn->nr_slots; i++) {
		const struct ktgt_task *t = conn->slots[i];

		if (t->state == KTGT_TASK_FREE) {
			require(!t->nr_pages && hlist_unhashed(&t->itt_node));
			continue;
		}
		if (t->state == KTGT_TASK_SENT)
			sent += t->nr_pages;
		else
			used += t->nr_pages;
		full += t->state == KTGT_TASK_RECV ||
			(t->cmd.buf_len && (t->state == KTGT_TASK_READY ||
					    t->state == KTGT_TASK_BUSY ||
					    t->state == KTGT_TASK_SEND));
		busy += t->state == KTGT_TASK_BUSY;
		dormant += t->state == KTGT_TASK_DORMANT;
		ordered += !hlist_unhashed(&t->itt_node) &&
			  (t->attr == ISCSI_ATTR_ORDERED ||
			   t->attr == ISCSI_ATTR_HEAD_OF_QUEUE);
		numbered += !hlist_unhashed(&t->itt_node) &&
			    !(t->flags & KTGT_TASK_IMMEDIATE);
		require(t->nr_r2t <= conn->param.max_r2t);
	}
	require(used == conn->quota.held[KTGT_QUOTA_DATA] && full == conn->count.full);
	require(sent == conn->quota.held[KTGT_QUOTA_SENT] && sent <= conn->mem.limit);
	require(numbered == conn->nr_inflight && busy == conn->count.busy);
	require(list_len(&conn->free_slots) + TASKS_MAX - conn->nr_slots ==
		conn->count.free || !conn->slots);
	require(list_len(&conn->ready) == conn->count.ready);
	require(list_len(&conn->dormant) == dormant && ordered == conn->nr_ordered);
	require(list_len(&conn->pdus.free) == conn->pdus.nr_free);
	require(conn->mem.nr_free_pages <= 1024);
	require(conn->quota.held[KTGT_QUOTA_UNACKED] <= HELD_MAX);
	require(conn->quota.held[KTGT_QUOTA_UNSENT] <= conn->quota.held[KTGT_QUOTA_UNACKED]);
	require(conn->quota.held[KTGT_QUOTA_UNSENT] <= UNSENT_MAX);
	/* nobody has acknowledged what was not sent */
	require((s32)(conn->stat_sn - conn->exp_stat_sn) >= 0);
}

/* Whether some task that is not dormant itself will let this one go on. */
static bool will_go_on(const struct ktgt_conn *conn, const struct ktgt_task *dormant)
{
	u32 i;

	for (i = 0; i < conn->nr_slots; i++) {
		const struct ktgt_task *t = conn->slots[i];

		if (!hlist_unhashed(&t->itt_node) &&
		    t->cmd.lun == dormant->cmd.lun && t->state != KTGT_TASK_DORMANT)
			return true;
	}
	return false;
}

/* One that moves in pieces is in between two only if it waits for its peer. */
static void check_longs(const struct ktgt_conn *conn)
{
	const struct ktgt_task *t;

	list_for_each_entry(t, &conn->longs, long_node) {
		require(ktgt_task_is_long(t) && !hlist_unhashed(&t->itt_node));
		require(t->nr_pages <= KTGT_CMD_RING / PAGE_SIZE);
		if (t->state != KTGT_TASK_RECV || conn->starved)
			continue;
		if (t->flags & KTGT_TASK_WRITE)
			require(t->nr_r2t || t->flags & KTGT_TASK_UNSOL);
		else
			require(t->in_sent < t->moved);
	}
}

/* Whoever has nothing to do has done all that it could. */
static void check_idle(const struct peer *peer)
{
	const struct ktgt_tcp *tcp = peer->tcp;
	const struct ktgt_conn *conn = &tcp->conn;
	const struct ktgt_task *dormant;

	check_counts(conn);
	check_unacked(conn);
	check_purse(conn);
	check_longs(conn);
	list_for_each_entry(dormant, &conn->dormant, node)
		require(will_go_on(conn, dormant));
	require(llist_empty(&conn->done_queue.head) && llist_empty(&conn->calls));
	require(!conn->count.ready && (!conn->ctl.ready || conn->starved));
	require(!conn->owed || conn->starved);
	require(list_empty(&conn->unanswered) ==
		!(conn->owed & KTGT_OWED_ANSWER));
	if (!list_empty(&conn->page_wait))
		require(conn->count.full || conn->starved);
	/* what is waited for belongs to the data that is due */
	if (tcp->sock->sk->sk_rcvlowat > 1)
		require(tcp->rx.state == KTGT_RX_DATA &&
			tcp->sock->sk->sk_rcvlowat <=
			tcp->rx.pdu.data_len - tcp->rx.off);
	if (readable(peer))
		require(tcp->draining || conn->starved || conn->logout ||
			conn->quota.held[KTGT_QUOTA_UNSENT] >=
			conn->quota.limit[KTGT_QUOTA_UNSENT]);
	if (peer->room && !tcp->tx.blocked)
		require(list_empty(&tcp->tx.queue) && !tcp->tx.left);
	if (conn->starved)
		require(tcp->timer.pending && shim_failed);
	if (tcp->tx.starved)
		require(tcp->timer.pending && tcp->tx.blocked);
}

/* Nobody is silent while bytes move. */
static void check_silence(const struct peer *peer)
{
	if (peer->tcp->conn.end_reason != 1 + KTGT_SESSION_END_NO_ANSWER)
		return;
	require(interval_changed ||
		time_after(jiffies, peer->moved_at + kn.nop_interval * HZ));
}

/* Nobody is thrown out for nothing. */
void check_closed(const struct peer *peer)
{
	if (!peer->ffp || !peer->tcp->closing)
		return;
	check_silence(peer);
	require(peer->may_close || peer->wild || peer->loose ||
		peer->logged_out || (shim_failed && peer->nr_texts));
}

void settle(void)
{
	unsigned int left = 20000;
	struct peer *peer;

	while (shim_run_work(0))
		require(left--);
	for (peer = peers; peer < peers + NR_PEERS; peer++) {
		if (!peer->there || !peer->tcp)
			continue;
		check_closed(peer);
		if (!peer->tcp->closing)
			check_idle(peer);
	}
}
