// SPDX-License-Identifier: GPL-2.0
/*
 * Sending: all queued PDUs become one array of segments, which one call hands
 * to the socket.
 *
 * The socket refers to the pages instead of copying them. So everything that is
 * sent must be page memory, and must not change until the initiator has
 * acknowledged it. Pages that nobody writes to again are given back at once. Only
 * headers that have no data between them are copied: that is one piece of memory
 * for the socket, and not one for each.
 */
#include "tx.h"

#include <linux/mm.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "../core/net.h"
#include "../iscsi/ack.h"
#include "../iscsi/conn.h"
#include "../iscsi/data.h"
#include "../iscsi/pdu.h"

/**
 * ktgt_tx_init - prepare the sending side
 * @tx: the sending side
 *
 * Context: process context.
 */
void ktgt_tx_init(struct ktgt_tx *tx)
{
	INIT_LIST_HEAD(&tx->queue);
	INIT_LIST_HEAD(&tx->sending);
}

/**
 * ktgt_tx_queue - send a PDU after all others
 * @tx: the sending side
 * @pdu: the PDU, in no list
 *
 * Context: the connection's work, also under the socket's lock.
 */
void ktgt_tx_queue(struct ktgt_tx *tx, struct ktgt_pdu *pdu)
{
	list_add_tail(&pdu->node, &tx->queue);
}

/**
 * ktgt_tx_idle - whether all has been handed to the socket
 * @tx: the sending side
 *
 * Context: the connection's work.
 * Return: true if nothing is left.
 */
bool ktgt_tx_idle(const struct ktgt_tx *tx)
{
	return list_empty(&tx->queue) && !tx->left;
}

static void tx_add(struct ktgt_tx *tx, struct page *page, u32 off, u32 len)
{
	bvec_set_page(&tx->vec[tx->nr++], page, len, off);
	tx->left += len;
}

static void tx_add_header(struct ktgt_tx *tx, struct ktgt_pdu *pdu)
{
	struct ktgt_conn *conn = tx->conn;
	u32 len = KTGT_BHS_LEN, lead = 0;

	/* the last Login Response has no digests; those after it have */
	if (conn->tx_digests && conn->param.header_digest)
		len += KTGT_DIGEST_LEN;
	if (tx->tail) {
		lead = KTGT_CHUNK_LEAD;
		memcpy(pdu->hdr - lead, tx->tail->hdr + KTGT_CHUNK_TAIL, lead);
		tx->tail = NULL;
	}
	ktgt_pdu_stamp(conn, pdu);
	tx_add(tx, pdu->page, pdu->page_off - lead, lead + len);
	tx->cur_hdr = true;
	tx->cur_off = 0;
}

/* Return: whether all of the data segment is in the array. */
static bool tx_add_data(struct ktgt_tx *tx, const struct ktgt_pdu *pdu)
{
	while (tx->cur_off < pdu->data_len) {
		u32 off = pdu->bvec_off + tx->cur_off;
		const struct bio_vec *bv = pdu->bvec + off / PAGE_SIZE;
		u32 n;

		if (tx->nr == KTGT_TX_VECS)
			return false;
		off %= PAGE_SIZE;
		n = min_t(u32, PAGE_SIZE - off, pdu->data_len - tx->cur_off);
		tx_add(tx, bv->bv_page, bv->bv_offset + off, n);
		tx->cur_off += n;
		/*
		 * the first page is sent even if the socket takes only a part
		 */
		if (!tx->sample)
			tx->sample = bv->bv_page;
	}
	return true;
}

static void tx_add_tail(struct ktgt_tx *tx, const struct ktgt_pdu *pdu)
{
	tx_add(tx, pdu->page, pdu->page_off + KTGT_CHUNK_TAIL, pdu->tail_len);
}

/*
 * Puts as much of the first PDU into the array as there is room for. A data
 * digest waits for the header of the next PDU, because both together are one
 * segment: a segment of its own would cost more than its four bytes.
 * Return: whether all of the PDU is in the array, or only its data digest
 *	waits.
 */
static bool tx_add_pdu(struct ktgt_tx *tx, struct ktgt_pdu *pdu)
{
	if (tx->nr + 2 > KTGT_TX_VECS)
		return false;
	if (!tx->cur_hdr)
		tx_add_header(tx, pdu);
	if (!tx_add_data(tx, pdu))
		return false;
	if (!pdu->tail_len)
		return true;
	/* also for a data digest that waits and gets no header after it */
	if (tx->nr == KTGT_TX_VECS)
		return false;
	if (pdu->tail_len == KTGT_CHUNK_LEAD)
		tx->tail = pdu;
	else
		tx_add_tail(tx, pdu);
	return true;
}

/*
 * A Data-In PDU goes only when there is memory for the one that follows it: so
 * nothing has to be remembered of a task whose next one could not be made.
 * Return: false if there is nothing to send for lack of memory.
 */
static bool tx_build(struct ktgt_tx *tx)
{
	struct ktgt_pdu *pdu, *next;
	bool more;

	tx->nr = 0;
	tx->first = 0;
	tx->skip = 0;
	tx->sample = NULL;
	list_for_each_entry(pdu, &tx->queue, node) {
		more = pdu->flags & KTGT_PDU_DATA_IN;
		if (more && !ktgt_pdus_at_hand(tx->conn))
			break;
		if (!tx_add_pdu(tx, pdu))
			break;
		tx->cur_hdr = false;
		next = more ? ktgt_data_next(pdu) : NULL;
		if (next)
			list_add(&next->node, &pdu->node);
	}
	list_cut_before(&tx->sending, &tx->queue, &pdu->node);
	if (tx->tail)
		tx_add_tail(tx, tx->tail);
	tx->tail = NULL;
	tx->copy = !tx->sample && tx->nr > 1;
	return tx->nr;
}

/* Removes the first @sent bytes from the array. */
static void tx_advance(struct ktgt_tx *tx, size_t sent)
{
	tx->left -= sent;
	while (sent) {
		u32 rest = tx->vec[tx->first].bv_len - tx->skip;

		if (sent < rest) {
			tx->skip += sent;
			return;
		}
		sent -= rest;
		tx->skip = 0;
		tx->first++;
	}
}

/*
 * The reference count of a page shows whether the socket refers to it. A count
 * of one can also mean that the peer has acknowledged it already.
 */
static void tx_sample(struct ktgt_tx *tx)
{
	struct ktgt_conn_stats *stats = &tx->conn->stats;

	if (!tx->sample)
		return;
	if (page_ref_count(tx->sample) > 1)
		stats->zero_copy++;
	else
		stats->copied++;
	tx->sample = NULL;
}

static int tx_send(struct ktgt_tx *tx)
{
	struct msghdr msg = {
		.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL,
	};
	int ret;

	if (!tx->copy)
		msg.msg_flags |= MSG_SPLICE_PAGES | MSG_NO_SHARED_FRAGS;
	if (!list_empty(&tx->queue))
		msg.msg_flags |= MSG_MORE;
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, tx->vec + tx->first,
		      tx->nr - tx->first, tx->left + tx->skip);
	iov_iter_advance(&msg.msg_iter, tx->skip);
	tx->conn->stats.sends++;
	tx->conn->stats.send_vectors += tx->nr - tx->first;

	ret = sock_sendmsg(tx->sock, &msg);
	if (ret > 0) {
		tx->conn->stats.tx_bytes += ret;
		tx_advance(tx, ret);
		tx_sample(tx);
	}
	return ret;
}

/*
 * Sends nothing more until the timer tries again. That the socket has called means
 * nothing: one that has nothing does so also when it lacks memory.
 */
static void tx_starve(struct ktgt_tx *tx)
{
	clear_bit(KTGT_EV_TX, &tx->conn->events);
	ktgt_net_count_failure(tx->conn->kn);
	tx->blocked = true;
	tx->starved = true;
}

/*
 * The socket has taken nothing. It calls when it has room again; that is when
 * something of what it has is acknowledged. If it has nothing, either all has just
 * been acknowledged, or it had no memory, and is asked in vain a second time.
 */
static void tx_block(struct ktgt_tx *tx, int err, bool *vain)
{
	tx->conn->stats.send_again++;
	if (err == -EAGAIN && !tcp_rtx_and_write_queues_empty(tx->sock->sk))
		tx->blocked = true;
	else if (*vain)
		tx_starve(tx);
	*vain = true;
}

/* Whether an error of the socket is none of the connection. */
static bool tx_may_retry(int err)
{
	return !err || err == -EAGAIN || err == -ENOMEM || err == -ENOBUFS;
}

/**
 * ktgt_tx_run - send what is queued, as much as the socket accepts
 * @tx: the sending side
 *
 * Context: the connection's work, may sleep.
 * Return: whether anything was sent.
 */
bool ktgt_tx_run(struct ktgt_tx *tx)
{
	bool progress = false, vain = false;
	int ret;

	if (test_and_clear_bit(KTGT_EV_TX, &tx->conn->events)) {
		tx->blocked = false;
		tx->starved = false;
	}
	smp_mb__after_atomic(); /* room that is freed later sets it again */

	while (!tx->blocked && !ktgt_tx_idle(tx)) {
		if (!tx->left && !tx_build(tx)) {
			tx_starve(tx);
			break;
		}
		ret = tx_send(tx);
		if (ret > 0) {
			progress = true;
			vain = false;
			if (!tx->left)
				ktgt_ack_await(tx->conn, &tx->sending);
			continue;
		}
		if (!tx_may_retry(ret)) {
			tx->conn->ops->close(tx->conn);
			return progress;
		}
		tx_block(tx, ret, &vain);
	}
	return progress;
}

/**
 * ktgt_tx_abandon - free PDUs that cannot be sent any more
 * @tx: the sending side of a connection that is closed
 *
 * Context: teardown of the connection.
 */
void ktgt_tx_abandon(struct ktgt_tx *tx)
{
	list_splice_tail_init(&tx->sending, &tx->conn->unacked);
	list_splice_tail_init(&tx->queue, &tx->conn->unacked);
	tx->left = 0;
}
