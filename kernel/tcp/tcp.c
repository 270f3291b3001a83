// SPDX-License-Identifier: GPL-2.0
/*
 * A TCP connection: callbacks of the socket, the work that owns the connection,
 * and the only way in which it ends.
 *
 * The work owns everything. Other contexts may set an event bit or add to a
 * lock-free list, and then kick. A kick costs little while the work runs,
 * because the work looks again before it goes idle.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tcp.h"

#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/sched/clock.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/busy_poll.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "../core/gfp.h"
#include "../core/net.h"
#include "../iscsi/command.h"
#include "../iscsi/login.h"
#include "../iscsi/pdu.h"
#include "../iscsi/round.h"
#include "../iscsi/sess.h"
#include "turn.h"

/* the longest time of a run, before other work gets the CPU */
#define IO_RUN_NS	NSEC_PER_MSEC
/* and when others wait for this CPU, unless there is nothing more to do anyway */
#define IO_TURN_NS	(50 * NSEC_PER_USEC)
/* what a run of a quiet connection receives, in PDUs, and has in flight at its end */
#define IO_QUIET	4
/* runs until the CPU is chosen again */
#define IO_CPU_RUNS	4096
/* when to try again, after there was no memory */
#define STARVED_TIME	(HZ / 10)
/* how long a peer may take to read the last answer and to close */
#define DRAIN_TIME	(2 * HZ)

static struct workqueue_struct *ktgt_release_wq;

/* connections whose memory is not freed; unloading waits for zero */
static atomic_t nr_tcp = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(none_left);

/*
 * Called after llist_add() or set_bit() and a full barrier. The work clears
 * @active before its own barrier and its last look.
 */
static void tcp_kick(struct ktgt_conn *conn)
{
	struct ktgt_tcp *tcp = ktgt_tcp(conn);

	if (READ_ONCE(tcp->closing)) {
		/* until it lingers, its teardown looks by itself */
		if (READ_ONCE(tcp->lingers))
			queue_work(ktgt_release_wq, &tcp->linger_work);
		return;
	}
	if (READ_ONCE(tcp->active)) {
		/* the count need not be exact */
		data_race(conn->kicks_saved++);
		return;
	}
	ktgt_turn_queue(&tcp->turn, READ_ONCE(tcp->cpu));
}

static void tcp_event(struct ktgt_tcp *tcp, enum ktgt_conn_events event)
{
	ktgt_conn_set_event(&tcp->conn, event);
	tcp_kick(&tcp->conn);
}

static void tcp_conn_close(struct ktgt_conn *conn)
{
	struct ktgt_tcp *tcp = ktgt_tcp(conn);

	if (test_and_set_bit(0, &tcp->closing))
		return;
	/* if no other reason was given, the peer has closed the connection */
	ktgt_conn_set_end(conn, KTGT_SESSION_END_CONNECTION_LOST);
	pr_debug("%pISpc: closed by %ps\n", &conn->peer,
		 __builtin_return_address(0));
	queue_work(ktgt_release_wq, &tcp->release_work);
}

static void tcp_set_deadline(struct ktgt_tcp *tcp, unsigned long delay)
{
	tcp->deadline = jiffies + delay;
	mod_timer(&tcp->timer, tcp->deadline);
}

static void tcp_drain(struct ktgt_conn *conn)
{
	struct ktgt_tcp *tcp = ktgt_tcp(conn);

	if (tcp->draining)
		return;
	WRITE_ONCE(tcp->draining, true);
	tcp_set_deadline(tcp, DRAIN_TIME);
}

static void tcp_queue_tx(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	ktgt_tx_queue(&ktgt_tcp(conn)->tx, pdu);
}

static void tcp_limit_timer(struct ktgt_conn *conn, unsigned long delay)
{
	struct ktgt_tcp *tcp = ktgt_tcp(conn);

	if (time_before(jiffies + delay, tcp->deadline))
		tcp_set_deadline(tcp, delay);
}

/*
 * While there is no memory to send, nothing is asked of the peer.
 *
 * The stack counts bytes that the work has not read yet, or will not read before
 * there are more. It counts under the socket's lock; a count that is not whole
 * differs from the last one as well. What TCP acknowledges of a ping is no sign
 * of the initiator.
 */
static bool tcp_has_moved(struct ktgt_conn *conn)
{
	struct ktgt_tcp *tcp = ktgt_tcp(conn);
	const struct tcp_sock *tp = tcp_sk(tcp->sock->sk);
	u64 received = READ_ONCE(tp->bytes_received);
	u64 acked = READ_ONCE(tp->bytes_acked);
	bool moved;

	moved = tcp->tx.starved || received != tcp->received ||
		acked - tcp->acked > KTGT_BHS_LEN + KTGT_DIGEST_LEN;
	tcp->received = received;
	tcp->acked = acked;
	return moved;
}

static const struct ktgt_conn_ops tcp_conn_ops = {
	.queue_tx	= tcp_queue_tx,
	.kick		= tcp_kick,
	.close		= tcp_conn_close,
	.drain		= tcp_drain,
	.limit_timer	= tcp_limit_timer,
	.has_moved	= tcp_has_moved,
};

/*
 * Callbacks of the socket, in softirq, or in the context that handles its
 * backlog.
 */

static void tcp_on_data_ready(struct sock *sk)
{
	struct ktgt_tcp *tcp;

	rcu_read_lock();
	tcp = rcu_dereference_sk_user_data(sk);
	if (tcp)
		tcp_event(tcp, KTGT_EV_RX);
	rcu_read_unlock();
}

static void tcp_on_write_space(struct sock *sk)
{
	struct ktgt_tcp *tcp;

	rcu_read_lock();
	tcp = rcu_dereference_sk_user_data(sk);
	if (tcp && sk_stream_is_writeable(sk)) {
		clear_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		tcp_event(tcp, KTGT_EV_TX);
	}
	rcu_read_unlock();
}

/*
 * While draining, our side is closed, and the connection ends when the peer's
 * is.
 */
static bool tcp_is_over(const struct ktgt_tcp *tcp, const struct sock *sk)
{
	switch (sk->sk_state) {
	case TCP_ESTABLISHED:
		return false;
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
		return !READ_ONCE(tcp->draining);
	default:
		return true;
	}
}

static void tcp_on_state_change(struct sock *sk)
{
	struct ktgt_tcp *tcp;

	rcu_read_lock();
	tcp = rcu_dereference_sk_user_data(sk);
	if (tcp && tcp_is_over(tcp, sk))
		tcp_conn_close(&tcp->conn);
	rcu_read_unlock();
}

static void tcp_set_callbacks(struct ktgt_tcp *tcp)
{
	struct sock *sk = tcp->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	tcp->data_ready = sk->sk_data_ready;
	tcp->write_space = sk->sk_write_space;
	tcp->state_change = sk->sk_state_change;
	rcu_assign_sk_user_data(sk, tcp);
	sk->sk_data_ready = tcp_on_data_ready;
	sk->sk_write_space = tcp_on_write_space;
	sk->sk_state_change = tcp_on_state_change;
	write_unlock_bh(&sk->sk_callback_lock);
}

static void tcp_restore_callbacks(struct ktgt_tcp *tcp)
{
	struct sock *sk = tcp->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_data_ready = tcp->data_ready;
	sk->sk_write_space = tcp->write_space;
	sk->sk_state_change = tcp->state_change;
	rcu_assign_sk_user_data(sk, NULL);
	write_unlock_bh(&sk->sk_callback_lock);
}

/*
 * One of the processors that are allowed, if any is online, otherwise @cpu. A
 * connection stays where it is while it may, and all of them are spread.
 */
static int tcp_one_of(const struct ktgt_tcp *tcp, const struct cpumask *mask,
		      int cpu)
{
	unsigned int nr = 0;
	int one;

	if (tcp->cpu >= 0 && cpumask_test_cpu(tcp->cpu, mask) &&
	    cpu_online(tcp->cpu))
		return tcp->cpu;
	for_each_cpu_and(one, mask, cpu_online_mask)
		nr++;
	if (!nr)
		return cpu;
	nr = tcp->sock->sk->sk_hash % nr;
	for_each_cpu_and(one, mask, cpu_online_mask) {
		cpu = one;
		if (!nr--)
			break;
	}
	return cpu;
}

/*
 * Runs the work on the CPU on which the network stack delivers, so that both,
 * and the block layer, use the same caches. Not every packet changes the CPU.
 */
static void tcp_choose_cpu(struct ktgt_tcp *tcp)
{
	int cpu = READ_ONCE(tcp->sock->sk->sk_incoming_cpu);
	const struct ktgt_cpus *cpus;

	WRITE_ONCE(tcp->choose_cpu, false);
	if (cpu < 0 || cpu >= nr_cpu_ids || !cpu_online(cpu))
		cpu = raw_smp_processor_id();
	rcu_read_lock();
	/* who changes them sets @choose_cpu afterwards */
	cpus = rcu_dereference(tcp->conn.kn->cpus);
	if (cpus && !cpumask_test_cpu(cpu, &cpus->mask))
		cpu = tcp_one_of(tcp, &cpus->mask, cpu);
	rcu_read_unlock();
	WRITE_ONCE(tcp->cpu, cpu);
	tcp->cpu_age = 0;
}

/*
 * The timer has fired. If this is before the deadline, only memory is tried
 * again.
 */
static void tcp_timer_event(struct ktgt_tcp *tcp)
{
	unsigned long next;

	if (tcp->conn.starved) {
		tcp->conn.starved = false;
		set_bit(KTGT_EV_RX, &tcp->conn.events);
	}
	if (tcp->tx.starved)
		set_bit(KTGT_EV_TX, &tcp->conn.events);
	if (time_before(jiffies, tcp->deadline)) {
		mod_timer(&tcp->timer, tcp->deadline);
		return;
	}
	if (tcp->draining) {
		tcp_conn_close(&tcp->conn);
		return;
	}
	next = ktgt_round_timer(&tcp->conn);
	if (next)
		tcp_set_deadline(tcp, next);
}

static void tcp_timer(struct timer_list *t)
{
	struct ktgt_tcp *tcp = timer_container_of(tcp, t, timer);

	tcp_event(tcp, KTGT_EV_TIMER);
}

/* After the login, the timer checks whether the initiator is silent. */
static void tcp_check_login(struct ktgt_tcp *tcp, enum ktgt_conn_state before)
{
	if (before < KTGT_CONN_STATE_FULL_FEATURE &&
	    tcp->conn.state == KTGT_CONN_STATE_FULL_FEATURE && !tcp->draining) {
		tcp_has_moved(&tcp->conn); /* what moves from now on counts */
		tcp_set_deadline(tcp, HZ);
	}
}

/* Everything was sent: closes our side, and the peer must close its side. */
static void tcp_shut(struct ktgt_tcp *tcp)
{
	if (!tcp->draining || tcp->shut || !ktgt_tx_idle(&tcp->tx))
		return;
	tcp->shut = true;
	kernel_sock_shutdown(tcp->sock, SHUT_WR);
}

/* The timer must fire when the time to log out is over, or earlier. */
static void tcp_request_logout(struct ktgt_tcp *tcp)
{
	tcp_limit_timer(&tcp->conn, ktgt_round_request_logout(&tcp->conn));
}

/*
 * Joins the connections that are in login; if there are too many, one of them has
 * to go. The work does this, since it also takes the connection out again.
 */
static void tcp_join(struct ktgt_tcp *tcp)
{
	struct ktgt_net *kn = tcp->conn.kn;

	tcp->joined = true;
	ktgt_crowd_join(kn->logins, &tcp->conn.in_logins,
			READ_ONCE(kn->max_logins));
}

/* events that few rounds have */
#define RARE_EVENTS	(BIT(KTGT_EV_TIMER) | BIT(KTGT_EV_RESUME) | \
			 BIT(KTGT_EV_REQUEST_LOGOUT) | BIT(KTGT_EV_MEMORY))

static noinline void tcp_rare_events(struct ktgt_tcp *tcp)
{
	struct ktgt_conn *conn = &tcp->conn;

	if (test_and_clear_bit(KTGT_EV_TIMER, &conn->events))
		tcp_timer_event(tcp);
	if (test_and_clear_bit(KTGT_EV_RESUME, &conn->events) && conn->login)
		ktgt_login_resume(conn);
	if (test_and_clear_bit(KTGT_EV_REQUEST_LOGOUT, &conn->events) &&
	    !tcp->draining)
		tcp_request_logout(tcp);
	if (test_and_clear_bit(KTGT_EV_MEMORY, &conn->events))
		ktgt_round_memory(conn);
}

/* One round. Return: whether anything was done. */
static bool tcp_run(struct ktgt_tcp *tcp)
{
	struct ktgt_conn *conn = &tcp->conn;
	enum ktgt_conn_state before = conn->state;
	bool progress;

	if (unlikely(!tcp->joined))
		tcp_join(tcp);
	if (unlikely(READ_ONCE(conn->events) & RARE_EVENTS))
		tcp_rare_events(tcp);

	progress = !tcp->draining && ktgt_rx_run(&tcp->rx);
	progress |= ktgt_round_process(conn);
	progress |= ktgt_tx_run(&tcp->tx);
	if (!progress)
		ktgt_round_announce(conn);
	tcp_shut(tcp);
	if (unlikely(conn->starved || tcp->tx.starved))
		timer_reduce(&tcp->timer, jiffies + STARVED_TIME);
	tcp_check_login(tcp, before);
	return progress;
}

/* Whether there is something that tcp_run() would act on. */
static bool tcp_pending(const struct ktgt_tcp *tcp)
{
	const struct ktgt_conn *conn = &tcp->conn;
	unsigned long events = READ_ONCE(conn->events);

	if (events & RARE_EVENTS)
		return true;
	if (events & BIT(KTGT_EV_RX) && !tcp->draining &&
	    ktgt_round_may_recv(conn))
		return true;
	if (events & BIT(KTGT_EV_TX) && tcp->tx.blocked)
		return true;
	if (!tcp->tx.blocked && !ktgt_tx_idle(&tcp->tx))
		return true;
	return !llist_empty(&conn->done_queue.head) ||
	       !llist_empty(&conn->calls);
}

/*
 * Looks for more work for a time, so that it need not wait until the work has
 * been queued and has started. Kicks are saved meanwhile.
 */
static bool tcp_spin(struct ktgt_tcp *tcp)
{
	u32 time = READ_ONCE(tcp->conn.kn->poll_time);
	struct ktgt_conn_stats *stats = &tcp->conn.stats;
	struct sock *sk = tcp->sock->sk;
	u64 end;

	if (likely(!time) || tcp->conn.state != KTGT_CONN_STATE_FULL_FEATURE)
		return false;
	stats->polls++;
	end = local_clock() + time * NSEC_PER_USEC;
	do {
		if (sk_can_busy_loop(sk))
			sk_busy_loop(sk, 1);
		if (tcp_pending(tcp)) {
			stats->polls_hit++;
			return true;
		}
		cpu_relax();
	} while (!READ_ONCE(tcp->closing) && !need_resched() &&
		 local_clock() < end);
	return false;
}

/* Whether a run that began at @start ends although there is more to do. */
static bool tcp_run_is_over(u64 start)
{
	u64 time = local_clock() - start;

	return time >= IO_RUN_NS || need_resched() ||
	       (time >= IO_TURN_NS && ktgt_turn_is_wanted());
}

static void tcp_io_work(struct work_struct *work)
{
	struct ktgt_tcp *tcp = container_of(work, struct ktgt_tcp, io_work);
	u64 pdus = tcp->conn.stats.rx_pdus, start = local_clock();
	unsigned int noio;
	bool progress, more = false;

	ktgt_turn_begin(&tcp->turn);
	/* memory must not depend on a write to one of our own disks */
	noio = memalloc_noio_save();
	tcp->conn.stats.runs++;
	if (++tcp->cpu_age >= IO_CPU_RUNS ||
	    unlikely(READ_ONCE(tcp->choose_cpu)))
		tcp_choose_cpu(tcp);

	WRITE_ONCE(tcp->active, true);
	smp_mb(); /* the first look sees the events of saved kicks */
	while (!READ_ONCE(tcp->closing)) {
		progress = tcp_run(tcp);
		/* others may wait for what this round has freed */
		more = tcp_pending(tcp) ||
		       (progress && ktgt_round_waits(&tcp->conn));
		if (tcp_run_is_over(start))
			break;
		if (!more && !tcp_spin(tcp))
			break;
	}
	pdus = tcp->conn.stats.rx_pdus - pdus;
	ktgt_turn_end(&tcp->turn, more || pdus > IO_QUIET ||
		      tcp->conn.nr_inflight > IO_QUIET);
	WRITE_ONCE(tcp->active, false);
	smp_mb(); /* pairs with the one in ktgt_conn_set_event() */
	if (!READ_ONCE(tcp->closing) && (more || tcp_pending(tcp)))
		ktgt_turn_queue(&tcp->turn, tcp->cpu);
	memalloc_noio_restore(noio);
}

static void tcp_done_kick(struct ktgt_done_queue *q)
{
	tcp_kick(container_of(q, struct ktgt_conn, done_queue));
}

/*
 * The last connection must not use the namespace any more when that is freed.
 */
static void tcp_unlink(struct ktgt_tcp *tcp)
{
	struct ktgt_net *kn = tcp->conn.kn;

	spin_lock_bh(&kn->conn_lock);
	list_del(&tcp->node);
	if (atomic_dec_and_test(&kn->nr_conns))
		wake_up(&kn->idle);
	spin_unlock_bh(&kn->conn_lock);
}

static void tcp_free_work(struct work_struct *work)
{
	struct ktgt_tcp *tcp = container_of(to_rcu_work(work), struct ktgt_tcp,
					    free_work);

	cancel_work_sync(&tcp->linger_work);
	ktgt_conn_set_state(&tcp->conn, KTGT_CONN_STATE_DEAD);
	ktgt_round_free(&tcp->conn);
	if (tcp->owner)
		module_put(tcp->owner);
	kfree(tcp);
	if (atomic_dec_and_test(&nr_tcp))
		wake_up_all(&none_left);
}

/*
 * The memory is freed when all of its commands have come back, after a grace
 * period: no completion is about to kick then.
 */
static void tcp_linger_work(struct work_struct *work)
{
	struct ktgt_tcp *tcp = container_of(work, struct ktgt_tcp, linger_work);

	if (ktgt_round_linger(&tcp->conn))
		return;
	if (!test_and_set_bit(0, &tcp->freeing))
		queue_rcu_work(ktgt_release_wq, &tcp->free_work);
}

/*
 * From here on only memory is left: of the tasks that the storage has, if there
 * are some. The module must stay for them; if it is being unloaded, that waits.
 */
static void tcp_linger(struct ktgt_tcp *tcp)
{
	if ((tcp->conn.count.busy || tcp->conn.nr_tmf) &&
	    try_module_get(THIS_MODULE))
		tcp->owner = THIS_MODULE;
	WRITE_ONCE(tcp->lingers, true);
	/* a full barrier: who did not see it has left what the work finds */
	queue_work(ktgt_release_wq, &tcp->linger_work);
}

/*
 * Every connection ends here: after a Logout, a reset by the peer,
 * reinstatement, or the deletion of the target; when the namespace ends, and
 * when the module is unloaded. Nothing in here waits for the peer or for the
 * storage.
 */
static void tcp_release_work(struct work_struct *work)
{
	struct ktgt_tcp *tcp = container_of(work, struct ktgt_tcp,
					    release_work);
	struct ktgt_conn *conn = &tcp->conn;

	tcp_restore_callbacks(tcp);
	synchronize_rcu(); /* no callback of the socket runs any more */
	timer_shutdown_sync(&tcp->timer);
	ktgt_turn_cancel(&tcp->turn);
	ktgt_conn_set_state(conn, KTGT_CONN_STATE_CLOSING);
	kernel_sock_shutdown(tcp->sock, SHUT_RDWR);

	ktgt_commands_abandon(conn);
	ktgt_commands_orphan(conn);
	ktgt_sess_close(conn);
	synchronize_rcu(); /* nobody is about to queue the work */
	ktgt_turn_cancel(&tcp->turn);

	ktgt_tx_abandon(&tcp->tx);
	sock_release(tcp->sock);
	ktgt_round_strip(conn);
	tcp_unlink(tcp);
	tcp_linger(tcp);
}

/*
 * TCP notices by itself that a peer has vanished: not every initiator answers a
 * NOP-In, and none does in its login.
 */
static void tcp_watch_peer(struct sock *sk, const struct ktgt_net *kn)
{
	u32 idle = READ_ONCE(kn->keepalive_idle);

	tcp_sock_set_user_timeout(sk, READ_ONCE(kn->tcp_user_timeout) *
				      MSEC_PER_SEC);
	if (!idle)
		return;
	tcp_sock_set_keepidle(sk, idle);
	tcp_sock_set_keepintvl(sk, READ_ONCE(kn->keepalive_interval));
	tcp_sock_set_keepcnt(sk, READ_ONCE(kn->keepalive_probes));
	sock_set_keepalive(sk);
}

static void tcp_set_options(struct socket *sock, const struct ktgt_net *kn)
{
	struct sock *sk = sock->sk;

	/*
	 * Answers are batched here, so Nagle's algorithm can only delay them.
	 * A reset at the end leaves no socket that would outlive its namespace.
	 */
	tcp_sock_set_nodelay(sk);
	sock_no_linger(sk);
	sk->sk_allocation = GFP_NOIO | __GFP_NOWARN;
	ktgt_sk_no_task_frag(sk);
	tcp_watch_peer(sk, kn);
}

static int tcp_get_addresses(struct ktgt_tcp *tcp)
{
	struct ktgt_conn *conn = &tcp->conn;
	int ret;

	ret = kernel_getpeername(tcp->sock, (struct sockaddr *)&conn->peer);
	if (ret < 0)
		return ret;
	ret = kernel_getsockname(tcp->sock, (struct sockaddr *)&conn->local);
	return min(ret, 0);
}

static struct ktgt_tcp *tcp_alloc(struct ktgt_portal *portal,
				  struct socket *sock)
{
	struct ktgt_tcp *tcp = kzalloc_obj(*tcp, KTGT_GFP_PEER);

	if (!tcp)
		return NULL;
	tcp->sock = sock;
	tcp->conn.ops = &tcp_conn_ops;
	tcp->conn.kn = portal->kn;
	tcp->conn.tpgt = portal->tpgt;
	tcp->conn.done_queue.kick = tcp_done_kick;
	INIT_WORK(&tcp->io_work, tcp_io_work);
	ktgt_turn_init(&tcp->turn, &tcp->io_work);
	INIT_WORK(&tcp->release_work, tcp_release_work);
	timer_setup(&tcp->timer, tcp_timer, 0);
	INIT_WORK(&tcp->linger_work, tcp_linger_work);
	INIT_RCU_WORK(&tcp->free_work, tcp_free_work);
	tcp->rx.conn = &tcp->conn;
	tcp->rx.sock = sock;
	tcp->tx.conn = &tcp->conn;
	tcp->tx.sock = sock;
	ktgt_tx_init(&tcp->tx);
	if (tcp_get_addresses(tcp) || ktgt_round_init(&tcp->conn)) {
		kfree(tcp);
		return NULL;
	}
	tcp->cpu = -1;
	tcp_choose_cpu(tcp);
	/* those that are allowed may change before it is in the list */
	tcp->choose_cpu = true;
	return tcp;
}

/*
 * Adds the connection. Return: 0; -EBUSY if connections come faster than those that
 * had to go for them are closed; -ESHUTDOWN if the namespace ends; -ENOMEM.
 */
static int tcp_link(struct ktgt_tcp *tcp)
{
	struct ktgt_conn *conn = &tcp->conn;
	struct ktgt_net *kn = conn->kn;
	int err;

	err = ktgt_crowd_come(kn->logins, &conn->in_logins, &conn->peer,
			      READ_ONCE(kn->max_logins));
	if (err)
		return err;
	spin_lock_bh(&kn->conn_lock);
	if (kn->dying) {
		err = -ESHUTDOWN;
	} else {
		list_add_tail(&tcp->node, &kn->conns);
		atomic_inc(&nr_tcp);
		atomic_inc(&kn->nr_conns);
	}
	spin_unlock_bh(&kn->conn_lock);
	if (err)
		ktgt_crowd_leave(kn->logins, &conn->in_logins);
	return err;
}

/* Frees a connection that was not added. */
static void tcp_refuse(struct ktgt_tcp *tcp, int err)
{
	if (err == -EBUSY)
		net_info_ratelimited("%pISpc: connection refused: connections come faster than those beyond max-logins are closed\n",
				     &tcp->conn.peer);
	else if (err == -ENOMEM)
		ktgt_net_count_failure(tcp->conn.kn);
	ktgt_round_strip(&tcp->conn);
	ktgt_round_free(&tcp->conn);
	sock_release(tcp->sock);
	kfree(tcp);
}

/**
 * ktgt_tcp_accept - take over a socket that was accepted
 * @portal: portal that accepted it
 * @sock: the socket; it is released if the connection cannot be served
 *
 * Context: process context, may sleep.
 */
void ktgt_tcp_accept(struct ktgt_portal *portal, struct socket *sock)
{
	struct ktgt_net *kn = portal->kn;
	struct ktgt_tcp *tcp;
	int err;

	tcp_set_options(sock, kn);
	tcp = tcp_alloc(portal, sock);
	if (!tcp) {
		ktgt_net_count_failure(kn);
		sock_release(sock);
		return;
	}
	err = tcp_link(tcp);
	if (err) {
		tcp_refuse(tcp, err);
		return;
	}

	rcu_read_lock(); /* it may close meanwhile, but is not freed */
	tcp_set_deadline(tcp, READ_ONCE(kn->login_timeout) * HZ);
	tcp_set_callbacks(tcp);
	/* events that happened before the callbacks were set */
	if (sock->sk->sk_state != TCP_ESTABLISHED)
		tcp_conn_close(&tcp->conn);
	else
		tcp_event(tcp, KTGT_EV_RX);
	rcu_read_unlock();
}

/**
 * ktgt_tcp_info - what TCP has measured on a connection
 * @conn: the connection
 * @info: takes the values
 *
 * The stack writes these values under the socket's lock. They are read without
 * it, so that nobody waits for a busy connection; each of them is one word.
 *
 * Context: any, under &ktgt_sess.lock of its session: the socket is released
 *	after the connection has left the session.
 */
void ktgt_tcp_info(struct ktgt_conn *conn, struct ktgt_tcp_info *info)
{
	const struct tcp_sock *tp = tcp_sk(ktgt_tcp(conn)->sock->sk);

	/* the stack stores 8 times and 4 times these values */
	info->rtt = READ_ONCE(tp->srtt_us) >> 3;
	info->rtt_var = READ_ONCE(tp->mdev_us) >> 2;
	info->retransmits = READ_ONCE(tp->total_retrans);
}

/**
 * ktgt_tcp_choose_cpus - have all connections look at &ktgt_net.cpus
 * @kn: the namespace
 *
 * Each does so when it runs next.
 *
 * Context: process.
 */
void ktgt_tcp_choose_cpus(struct ktgt_net *kn)
{
	struct ktgt_tcp *tcp;

	spin_lock_bh(&kn->conn_lock);
	list_for_each_entry(tcp, &kn->conns, node)
		WRITE_ONCE(tcp->choose_cpu, true);
	spin_unlock_bh(&kn->conn_lock);
}

/**
 * ktgt_tcp_cpu - where a connection is served
 * @conn: the connection
 *
 * Context: any.
 * Return: number of the processor.
 */
int ktgt_tcp_cpu(struct ktgt_conn *conn)
{
	return READ_ONCE(ktgt_tcp(conn)->cpu);
}

/**
 * ktgt_tcp_close_all - close all connections of a namespace, and wait
 * @kn: the namespace, which accepts no connections any more
 *
 * Context: process context, may sleep; waits neither for peers nor for the
 * storage.
 */
void ktgt_tcp_close_all(struct ktgt_net *kn)
{
	struct ktgt_tcp *tcp;

	spin_lock_bh(&kn->conn_lock);
	list_for_each_entry(tcp, &kn->conns, node)
		tcp_conn_close(&tcp->conn);
	spin_unlock_bh(&kn->conn_lock);
	wait_event_idle(kn->idle, !atomic_read(&kn->nr_conns));
	/* when the lock is free, the last connection has left tcp_unlink() */
	spin_lock_bh(&kn->conn_lock);
	spin_unlock_bh(&kn->conn_lock);
}

/**
 * ktgt_tcp_init - make the work queues
 *
 * Context: module init.
 * Return: 0 or -ENOMEM.
 */
int ktgt_tcp_init(void)
{
	int err = ktgt_turns_init();

	if (err)
		return err;
	/*
	 * Connections end where they are served, and are accepted where they
	 * come in: a crowd that never logs in would take other processors from
	 * the sessions that these serve.
	 */
	ktgt_release_wq = alloc_workqueue("ktgt-release", WQ_PERCPU, 0);
	if (!ktgt_release_wq) {
		ktgt_turns_exit();
		return -ENOMEM;
	}
	return 0;
}

/**
 * ktgt_tcp_exit - free the work queues
 *
 * Context: module exit; all connections have been closed.
 */
void ktgt_tcp_exit(void)
{
	wait_event(none_left, !atomic_read(&nr_tcp));
	destroy_workqueue(ktgt_release_wq);
	ktgt_turns_exit();
}
