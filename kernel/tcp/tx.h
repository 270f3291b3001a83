/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sending PDUs to a socket.
 */
#ifndef _KTGT_TCP_TX_H
#define _KTGT_TCP_TX_H

#include <linux/bvec.h>
#include <linux/list.h>
#include <linux/types.h>

struct ktgt_conn;
struct ktgt_pdu;
struct page;
struct socket;

/* segments that one call hands to the socket */
#define KTGT_TX_VECS	192

/**
 * struct ktgt_tx - sending side of a connection
 * @conn: the connection
 * @sock: its socket
 * @queue: PDUs that are not completely in @vec yet
 * @sending: PDUs whose last byte is in @vec
 * @cur_off: bytes of the data segment of the first PDU in @queue that are in
 *	@vec
 * @cur_hdr: the header of this PDU is in @vec
 * @tail: PDU whose data digest goes into @vec with the next header, or NULL
 * @vec: what is being sent
 * @nr: segments in @vec
 * @first: first segment that is not completely sent
 * @skip: bytes of @first that are sent
 * @left: bytes of @vec that are not sent
 * @sample: a data page in @vec, to see whether the socket refers to it
 * @copy: @vec has headers alone, which the socket copies
 * @blocked: the socket has no room, or there is no memory
 * @starved: there was no memory; the timer tries again
 */
struct ktgt_tx {
	struct ktgt_conn	*conn;
	struct socket		*sock;
	struct list_head	queue;
	struct list_head	sending;
	u32			cur_off;
	bool			cur_hdr;
	const struct ktgt_pdu	*tail;
	struct bio_vec		vec[KTGT_TX_VECS];
	u32			nr;
	u32			first;
	u32			skip;
	size_t			left;
	struct page		*sample;
	bool			copy;
	bool			blocked;
	bool			starved;
};

void ktgt_tx_init(struct ktgt_tx *tx);
void ktgt_tx_queue(struct ktgt_tx *tx, struct ktgt_pdu *pdu);
bool ktgt_tx_run(struct ktgt_tx *tx);
bool ktgt_tx_idle(const struct ktgt_tx *tx);
void ktgt_tx_abandon(struct ktgt_tx *tx);

#endif /* _KTGT_TCP_TX_H */
