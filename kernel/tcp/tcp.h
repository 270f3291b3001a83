/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP connection that carries iSCSI.
 */
#ifndef _KTGT_TCP_TCP_H
#define _KTGT_TCP_TCP_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/stddef.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "../iscsi/conn.h"
#include "rx.h"
#include "turn.h"
#include "tx.h"

struct ktgt_portal;
struct sock;
struct socket;

/**
 * struct ktgt_tcp - a TCP connection that carries iSCSI
 *
 * A kick comes from any CPU, for each completed command and for each segment that has
 * arrived. If @io_work runs, or is queued, it uses one cache line, from &ktgt_turn.at to
 * &ktgt_conn.kicks_saved: the second one, and kmalloc() aligns what is so large.
 *
 * @node: in &ktgt_net.conns
 * @sock: the socket
 * @turn: when @io_work runs
 * @closing: the connection must be closed; set once
 * @cpu: where @io_work runs
 * @active: @io_work runs, and will look for events before it ends
 * @conn: the iSCSI connection
 * @data_ready: the socket's own callback, put back when the connection closes
 * @write_space: likewise
 * @state_change: likewise
 * @io_work: owns the connection, except for members that are described as
 *	shared
 * @cpu_age: runs since @cpu was chosen
 * @choose_cpu: it is to be chosen anew at the next run; shared
 * @joined: it is, or was, among the connections in login
 * @draining: it closes when everything is sent and the peer has closed its side
 * @shut: our side is closed
 * @timer: login timeout, then silence; fires earlier to try again to get memory
 * @deadline: end of the time that @timer measures, in jiffies
 * @received: bytes that TCP had received at the last look of tcp_has_moved()
 * @acked: likewise, bytes that the peer had acknowledged
 * @release_work: closes the connection
 * @lingers: the connection is closed and only its memory is left, until the
 *	storage has answered
 * @owner: the module, if it has to stay for what lingers; or NULL
 * @linger_work: takes back what the storage has answered
 * @freeing: nothing is in flight any more; set once
 * @free_work: frees the memory
 * @rx: receiving side
 * @tx: sending side
 */
struct ktgt_tcp {
	struct list_head	node;
	struct socket		*sock;
	struct ktgt_turn	turn;
	unsigned long		closing;
	int			cpu;
	bool			active;
	struct ktgt_conn	conn;

	void			(*data_ready)(struct sock *sk);
	void			(*write_space)(struct sock *sk);
	void			(*state_change)(struct sock *sk);
	struct work_struct	io_work;
	u32			cpu_age;
	bool			choose_cpu;
	bool			joined;
	bool			draining;
	bool			shut;
	struct timer_list	timer;
	unsigned long		deadline;
	u64			received;
	u64			acked;
	struct work_struct	release_work;
	bool			lingers;
	struct module		*owner;
	struct work_struct	linger_work;
	unsigned long		freeing;
	struct rcu_work		free_work;
	struct ktgt_rx		rx;
	struct ktgt_tx		tx;
};

#if L1_CACHE_BYTES == 64 && BITS_PER_LONG == 64
static_assert(offsetof(struct ktgt_tcp, turn.at) == L1_CACHE_BYTES);
static_assert(offsetofend(struct ktgt_tcp, conn.kicks_saved) ==
	      2 * L1_CACHE_BYTES);
#endif

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
 * @rtt: smoothed round trip time, us
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
int ktgt_tcp_cpu(struct ktgt_conn *conn);
void ktgt_tcp_choose_cpus(struct ktgt_net *kn);
void ktgt_tcp_close_all(struct ktgt_net *kn);

#endif /* _KTGT_TCP_TCP_H */
