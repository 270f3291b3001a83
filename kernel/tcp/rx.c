// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: a state machine over the bytes of the stream (RFC 7143, 11.1,
 * 11.2).
 *
 * One call of read_sock takes the socket's lock once for all received bytes. It
 * calls the actor for each piece of them. The actor keeps its state in struct
 * ktgt_rx and returns how many bytes it has used.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "rx.h"

#include <linux/crc32c.h>
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "../iscsi/conn.h"
#include "../iscsi/recv.h"
#include "../iscsi/round.h"
#include "turn.h"

/* PDUs that one run may receive before it submits commands and sends answers */
#define RX_BUDGET	64
/* and when other connections wait for this processor */
#define RX_TURN_BUDGET	4
/* how much of a long data segment makes a run worthwhile, in bytes */
#define RX_LOWAT_MIN	16384
#define RX_LOWAT_MAX	131072

/**
 * struct ktgt_rx_piece - received bytes that the actor was called for
 * @skb: buffer
 * @off: offset of the next byte in @skb
 * @len: bytes left
 */
struct ktgt_rx_piece {
	struct sk_buff	*skb;
	unsigned int	off;
	size_t		len;
};

static void rx_next(struct ktgt_rx *rx, enum ktgt_rx_state state)
{
	rx->state = state;
	rx->off = 0;
}

/*
 * Copies to @dst until @want bytes of the present item are there.
 * Return: 1 if they are there, 0 if more bytes are needed, or a negative errno.
 */
static int rx_copy(struct ktgt_rx *rx, struct ktgt_rx_piece *p, void *dst,
		   u32 want)
{
	u32 n = min_t(size_t, want - rx->off, p->len);

	if (n && skb_copy_bits(p->skb, p->off, dst + rx->off, n))
		return -EFAULT;
	rx->off += n;
	p->off += n;
	p->len -= n;
	return rx->off == want;
}

static int rx_bhs(struct ktgt_rx *rx, struct ktgt_rx_piece *p)
{
	int ret;

	ret = rx_copy(rx, p, &rx->pdu.hdr, KTGT_BHS_LEN);
	if (ret <= 0)
		return ret;
	ret = ktgt_recv_lengths(rx->conn, &rx->pdu);
	if (ret)
		return ret;
	rx_next(rx, KTGT_RX_AHS);
	return 1;
}

static int rx_ahs(struct ktgt_rx *rx, struct ktgt_rx_piece *p)
{
	int ret;

	ret = rx_copy(rx, p, rx->pdu.ahs, rx->pdu.ahs_len);
	if (ret <= 0)
		return ret;
	rx_next(rx, rx->conn->rx_digests && rx->conn->param.header_digest ?
		KTGT_RX_HDIGEST : KTGT_RX_HEADER);
	return 1;
}

/*
 * If the header digest is wrong, the lengths in the header may be wrong, so the
 * connection ends (RFC 7143, 7.7).
 */
static int rx_hdigest(struct ktgt_rx *rx, struct ktgt_rx_piece *p)
{
	u32 crc;
	int ret;

	ret = rx_copy(rx, p, &rx->digest, KTGT_DIGEST_LEN);
	if (ret <= 0)
		return ret;
	crc = crc32c(~0, &rx->pdu.hdr, KTGT_BHS_LEN);
	crc = ~crc32c(crc, rx->pdu.ahs, rx->pdu.ahs_len);
	if (crc != le32_to_cpu(rx->digest)) {
		net_info_ratelimited("%pISpc: wrong header digest; connection closed\n",
				     &rx->conn->peer);
		return -EBADMSG;
	}
	rx_next(rx, KTGT_RX_HEADER);
	return 1;
}

/* Return: 1 to continue, 0 if memory must be allocated first, or an errno. */
static int rx_header(struct ktgt_rx *rx)
{
	int ret = ktgt_recv_header(rx->conn, &rx->pdu);

	if (ret == KTGT_RECV_AGAIN)
		return 0;
	if (ret)
		return ret;
	rx_next(rx, KTGT_RX_DATA);
	return 1;
}

/*
 * The only copy of a write: from the buffers of the socket into the pages for
 * the device. Data that is not needed is skipped.
 */
static int rx_data(struct ktgt_rx *rx, struct ktgt_rx_piece *p)
{
	u32 keep = rx->pdu.keep - min(rx->off, rx->pdu.keep);
	u32 n = min_t(size_t, keep, p->len);

	if (n && skb_copy_datagram_iter(p->skb, p->off, &rx->pdu.iter, n))
		return -EFAULT;
	if (n < p->len && n == keep)
		n = min_t(size_t, rx->pdu.data_len - rx->off, p->len);
	rx->off += n;
	p->off += n;
	p->len -= n;
	if (rx->off < rx->pdu.data_len)
		return 0;
	rx_next(rx, KTGT_RX_PAD);
	return 1;
}

/*
 * The PDU is complete. Return: 1 to continue, 0 to stop for now, or an errno.
 */
static int rx_done(struct ktgt_rx *rx, bool digest_ok)
{
	int ret;

	rx_next(rx, KTGT_RX_BHS);
	ret = ktgt_recv_data(rx->conn, &rx->pdu, digest_ok);
	if (ret < 0)
		return ret;
	if (ret == KTGT_RECV_STOP || !--rx->budget)
		return 0;
	return 1;
}

static int rx_pad(struct ktgt_rx *rx, struct ktgt_rx_piece *p)
{
	int ret;

	ret = rx_copy(rx, p, rx->pad, -rx->pdu.data_len & 3);
	if (ret <= 0)
		return ret;
	if (rx->pdu.data_len && rx->conn->rx_digests &&
	    rx->conn->param.data_digest) {
		rx_next(rx, KTGT_RX_DDIGEST);
		return 1;
	}
	return rx_done(rx, true);
}

static int rx_ddigest(struct ktgt_rx *rx, struct ktgt_rx_piece *p)
{
	bool ok = true;
	u32 crc;
	int ret;

	ret = rx_copy(rx, p, &rx->digest, KTGT_DIGEST_LEN);
	if (ret <= 0)
		return ret;
	/* data that was skipped is not used, so its digest does not matter */
	if (rx->pdu.keep == rx->pdu.data_len) {
		crc = ktgt_recv_digest(rx->conn, &rx->pdu, rx->pad,
				       -rx->pdu.data_len & 3);
		ok = crc == le32_to_cpu(rx->digest);
	}
	return rx_done(rx, ok);
}

static int rx_step(struct ktgt_rx *rx, struct ktgt_rx_piece *p)
{
	switch (rx->state) {
	case KTGT_RX_BHS:
		return rx_bhs(rx, p);
	case KTGT_RX_AHS:
		return rx_ahs(rx, p);
	case KTGT_RX_HDIGEST:
		return rx_hdigest(rx, p);
	case KTGT_RX_HEADER:
		return rx_header(rx);
	case KTGT_RX_DATA:
		return rx_data(rx, p);
	case KTGT_RX_PAD:
		return rx_pad(rx, p);
	case KTGT_RX_DDIGEST:
		return rx_ddigest(rx, p);
	}
	return -EINVAL;
}

/* Whether the next step can do anything without more bytes. */
static bool rx_wants_bytes(const struct ktgt_rx *rx)
{
	return rx->state == KTGT_RX_BHS && !rx->off;
}

static int rx_actor(read_descriptor_t *desc, struct sk_buff *skb,
		    unsigned int off, size_t len)
{
	struct ktgt_rx_piece p = { .skb = skb, .off = off, .len = len };
	struct ktgt_rx *rx = desc->arg.data;
	int ret = 1;

	/*
	 * Even after the actor has stopped, it is called for data that was
	 * appended to the same buffer in the meantime.
	 */
	if (!desc->count)
		return 0;
	while (ret > 0 && (p.len || !rx_wants_bytes(rx)))
		ret = rx_step(rx, &p);

	if (ret < 0) {
		desc->error = ret;
		desc->count = 0;
	} else if (!ret && p.len) {
		desc->count = 0; /* stopped before the end on purpose */
	} else if (!ret && (!rx->budget || rx->conn->ctl.ready ||
			    rx->conn->owed || rx->state == KTGT_RX_HEADER)) {
		desc->count = 0;
	}
	return len - p.len;
}

/*
 * A header for which there was no memory is handled again before more is
 * received. If there is still no memory, the timer tries again.
 * Return: false if the header must still wait, or if the connection ends.
 */
static bool rx_resume(struct ktgt_rx *rx)
{
	struct ktgt_rx_piece none = {};
	int ret = 1;

	if (rx->state != KTGT_RX_HEADER)
		return true;
	ktgt_round_prepare(rx->conn);
	while (ret > 0 && !rx_wants_bytes(rx))
		ret = rx_step(rx, &none);
	if (rx->state == KTGT_RX_HEADER && ret >= 0)
		ktgt_conn_starve(rx->conn);
	if (ret < 0) {
		ktgt_conn_end(rx->conn, KTGT_SESSION_END_PROTOCOL_ERROR);
		return false;
	}
	return ktgt_round_may_recv(rx->conn);
}

/*
 * In a long data segment, a run only copies, so the work should not run for
 * each piece of it. If the socket has no room for more, it calls earlier.
 */
static void rx_set_lowat(struct ktgt_rx *rx)
{
	struct socket *sock = rx->sock;
	int lowat = 1;

	if (rx->state == KTGT_RX_DATA &&
	    rx->pdu.data_len - rx->off >= RX_LOWAT_MIN)
		lowat = min_t(u32, rx->pdu.data_len - rx->off, RX_LOWAT_MAX);
	if (READ_ONCE(sock->sk->sk_rcvlowat) != lowat)
		sock->ops->set_rcvlowat(sock->sk, lowat);
}

static int rx_read(struct ktgt_rx *rx)
{
	read_descriptor_t desc = {
		.arg.data = rx,
		.count = 1,
	};
	struct sock *sk = rx->sock->sk;
	int ret;

	lock_sock(sk);
	ret = rx->sock->ops->read_sock(sk, &desc, rx_actor);
	rx_set_lowat(rx);
	release_sock(sk);

	if (ret > 0) {
		rx->conn->stats.rx_bytes += ret;
		rx->conn->last_recv = jiffies;
	}
	if (desc.error < 0) {
		ktgt_conn_set_end(rx->conn, KTGT_SESSION_END_PROTOCOL_ERROR);
		return desc.error;
	}
	/* stopped before everything was read: there may be more */
	if (!desc.count)
		set_bit(KTGT_EV_RX, &rx->conn->events);
	return ret;
}

/**
 * ktgt_rx_run - receive what has arrived, within a budget
 * @rx: the receiving side of a connection that does not drain
 *
 * Context: the connection's work, may sleep.
 * Return: whether there was anything.
 */
bool ktgt_rx_run(struct ktgt_rx *rx)
{
	struct ktgt_conn *conn = rx->conn;
	int ret;

	if (!ktgt_round_may_recv(conn) ||
	    !test_and_clear_bit(KTGT_EV_RX, &conn->events))
		return false;
	smp_mb__after_atomic(); /* bytes that arrive from now on set it again */

	rx->budget = ktgt_turn_is_wanted() ? RX_TURN_BUDGET : RX_BUDGET;
	if (!rx_resume(rx)) {
		set_bit(KTGT_EV_RX, &conn->events);
		return true;
	}
	ktgt_round_prepare(conn);
	ret = rx_read(rx);
	if (ret < 0 && ret != -EAGAIN) {
		conn->ops->close(conn);
		return false;
	}
	return ret > 0;
}
