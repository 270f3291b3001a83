/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP connection that carries iSCSI.
 */
#ifndef _KTGT_TCP_TCP_H
#define _KTGT_TCP_TCP_H

#include <linux/bvec.h>
#include <linux/list.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "../iscsi/conn.h"
#include "../iscsi/pdu.h"

struct ktgt_portal;
struct sock;
struct socket;

/* segments that one call hands to the socket */
#define KTGT_TX_VECS	192

/**
 * enum ktgt_rx_state - what comes next on the wire
 * @KTGT_RX_BHS: basic header segment
 * @KTGT_RX_AHS: additional header segments
 * @KTGT_RX_HDIGEST: header digest
 * @KTGT_RX_HEADER: nothing; the headers wait for memory to be handled
 * @KTGT_RX_DATA: data segment
 * @KTGT_RX_PAD: padding
 * @KTGT_RX_DDIGEST: data digest
 */
enum ktgt_rx_state {
	KTGT_RX_BHS,
	KTGT_RX_AHS,
	KTGT_RX_HDIGEST,
	KTGT_RX_HEADER,
	KTGT_RX_DATA,
	KTGT_RX_PAD,
	KTGT_RX_DDIGEST,
};

/**
 * struct ktgt_rx - receiving side
 * @state: what comes next
 * @off: bytes of it that have come
 * @pad: padding
 * @digest: digest as received
 * @budget: PDUs that this run may still receive
 * @pdu: the PDU
 */
struct ktgt_rx {
	enum ktgt_rx_state	state;
	u32			off;
	u8			pad[4];
	__le32			digest;
	u32			budget;
	struct ktgt_pdu_in	pdu;
};

/**
 * struct ktgt_tx - sending side
 * @queue: PDUs that are not all in @vec yet
 * @sending: PDUs whose last byte is in @vec
 * @cur_off: bytes of the first PDU of @queue's data segment that are in @vec
 * @cur_hdr: its header is in @vec
 * @tail: the PDU whose data digest goes into @vec with the next header, or NULL
 * @vec: what is being sent
 * @nr: segments in @vec
 * @first: first segment that is not sent whole
 * @skip: bytes of it that are sent
 * @left: bytes of @vec that are not sent
 * @sample: a data page in @vec, to see whether the socket refers to it
 * @blocked: the socket has no room
 */
struct ktgt_tx {
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
	bool			blocked;
};

/**
 * struct ktgt_tcp - a TCP connection that carries iSCSI
 * @conn: the iSCSI connection
 * @node: in &ktgt_net.conns
 * @sock: the socket
 * @data_ready: the socket's own callback, put back when the connection closes
 * @write_space: likewise
 * @state_change: likewise
 * @io_work: owns all of the connection but what is said to be shared
 * @cpu: where @io_work runs
 * @cpu_age: runs since @cpu was chosen
 * @active: @io_work runs, and will look for events before it ends
 * @closing: the connection is to be closed; set once
 * @draining: closes when all is sent and the peer has closed
 * @shut: our half of the close is done
 * @timer: login timeout, then silence; fires earlier when memory is short
 * @deadline: when @timer has to fire for its own sake, in jiffies
 * @release_work: closes the connection
 * @wait: where @release_work waits for commands in flight
 * @rx: receiving side
 * @tx: sending side
 */
struct ktgt_tcp {
	struct ktgt_conn	conn;
	struct list_head	node;
	struct socket		*sock;
	void			(*data_ready)(struct sock *sk);
	void			(*write_space)(struct sock *sk);
	void			(*state_change)(struct sock *sk);
	struct work_struct	io_work;
	int			cpu;
	u32			cpu_age;
	bool			active;
	unsigned long		closing;
	bool			draining;
	bool			shut;
	struct timer_list	timer;
	unsigned long		deadline;
	struct work_struct	release_work;
	wait_queue_head_t	wait;
	struct ktgt_rx		rx;
	struct ktgt_tx		tx;
};

/**
 * ktgt_tcp - the TCP connection of an iSCSI connection
 * @conn: the iSCSI connection
 *
 * Context: any.
 * Return: the TCP connection.
 */
static inline struct ktgt_tcp *ktgt_tcp(struct ktgt_conn *conn)
{
	return container_of(conn, struct ktgt_tcp, conn);
}

/**
 * struct ktgt_tcp_info - what TCP has measured on a connection
 * @rtt: round trip time, smoothed, us
 * @rtt_var: its mean deviation, us
 * @retransmits: segments that were sent again
 */
struct ktgt_tcp_info {
	u32	rtt;
	u32	rtt_var;
	u32	retransmits;
};

int ktgt_tcp_init(void);
void ktgt_tcp_exit(void);
void ktgt_tcp_accept(struct ktgt_portal *portal, struct socket *sock);
void ktgt_tcp_info(struct ktgt_conn *conn, struct ktgt_tcp_info *info);
void ktgt_tcp_close_all(struct ktgt_net *kn);

#endif /* _KTGT_TCP_TCP_H */
