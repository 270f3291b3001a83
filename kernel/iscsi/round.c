// SPDX-License-Identifier: GPL-2.0
/*
 * One round of a connection's work, and the beginning and end of a connection.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "round.h"

#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "../core/deadline.h"
#include "../core/fabric.h"
#include "../core/gfp.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../scsi/orphan.h"
#include "command.h"
#include "conn.h"
#include "ctl.h"
#include "data.h"
#include "login.h"
#include "mem.h"
#include "pdu.h"
#include "piece.h"
#include "sess.h"
#include "stall.h"
#include "task.h"
#include "text_request.h"
#include "tmf.h"
#include "window.h"

/* how often to check whether the connection is idle, if there are no pings */
#define ROUND_IDLE_TIME	(5 * HZ)

/**
 * ktgt_round_init - prepare a connection for its login
 * @conn: the connection, zeroed; @ops, @kn, @peer, @local and @tpgt are set
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_round_init(struct ktgt_conn *conn)
{
	int ret;

	ktgt_budget_join(&conn->kn->budget, &conn->quota.purse);
	init_llist_head(&conn->done_queue.head);
	init_llist_head(&conn->calls);
	INIT_LIST_HEAD(&conn->free_slots);
	INIT_LIST_HEAD(&conn->ready);
	INIT_LIST_HEAD(&conn->dormant);
	INIT_LIST_HEAD(&conn->longs);
	INIT_LIST_HEAD(&conn->page_wait);
	INIT_LIST_HEAD(&conn->waits);
	INIT_LIST_HEAD(&conn->tmfs);
	INIT_LIST_HEAD(&conn->unacked);
	INIT_LIST_HEAD(&conn->unanswered);
	conn->ping_ttt = ISCSI_RESERVED_TAG;
	conn->last_recv = jiffies;
	conn->last_cmd = jiffies;
	conn->stall.look_at = jiffies;

	ret = ktgt_pdus_init(conn);
	if (ret)
		goto err_budget;
	ret = ktgt_login_start(conn);
	if (ret)
		goto err_pdus;
	return 0;

err_pdus:
	ktgt_pdus_free(conn);
err_budget:
	ktgt_budget_leave(&conn->quota.purse);
	return ret;
}

/* The buffer for the data segments of control PDUs. */
static void round_free_ctl(struct ktgt_conn *conn)
{
	struct ktgt_ctl *ctl = &conn->ctl;

	ktgt_quota_drop(&conn->quota, ctl->size);
	kvfree(ctl->data);
	ctl->data = NULL;
	ctl->size = 0;
}

/**
 * ktgt_round_strip - free all of a connection but its tasks at the storage
 * @conn: the connection; its session is closed, nothing is sent any more
 *
 * What the storage has does not count for the namespace from now on: it may end
 * first, and orphans have a limit of their own.
 *
 * Context: process context, may sleep.
 */
void ktgt_round_strip(struct ktgt_conn *conn)
{
	struct ktgt_pdu *pdu, *next;

	ktgt_tmfs_give_up(conn);
	list_for_each_entry_safe(pdu, next, &conn->unacked, node) {
		list_del(&pdu->node);
		ktgt_pdu_free(conn, pdu);
	}
	if (conn->logout_pdu)
		ktgt_pdu_free(conn, conn->logout_pdu);
	conn->logout_pdu = NULL;
	ktgt_login_lost(conn);
	ktgt_login_free(conn);
	ktgt_text_req_free(conn);
	ktgt_tasks_strip(conn);
	round_free_ctl(conn);
	ktgt_mem_shrink(conn);
	ktgt_pdus_free(conn);
	ktgt_budget_leave(&conn->quota.purse);
}

/**
 * ktgt_round_free - free the rest of what belongs to a connection
 * @conn: the connection, after ktgt_round_strip(); nothing is in flight
 *
 * Context: process context, may sleep.
 */
void ktgt_round_free(struct ktgt_conn *conn)
{
	ktgt_tasks_free(conn);
	ktgt_mem_free(conn);
	ktgt_orphans_free(conn->orphans);
	/* all that was counted has been given back */
	WARN_ON_ONCE(conn->quota.purse.held);
}

/**
 * ktgt_round_linger - take back what the storage has answered
 * @conn: the connection, after ktgt_round_strip()
 *
 * Context: teardown of the connection, process context.
 * Return: false when nothing of it is in flight any more.
 */
bool ktgt_round_linger(struct ktgt_conn *conn)
{
	/* all of them were aborted before */
	ktgt_conn_run_calls(conn);
	ktgt_commands_reap(conn);
	ktgt_mem_shrink(conn);
	return conn->count.busy || conn->nr_tmf;
}

/* Makes room for the data segment of a control PDU. */
static void round_prepare_ctl(struct ktgt_conn *conn)
{
	struct ktgt_ctl *ctl = &conn->ctl;
	u8 *data;

	if (ctl->len <= ctl->size)
		return;
	data = kvmalloc(ctl->len, KTGT_GFP_PEER);
	if (!data)
		return;
	round_free_ctl(conn);
	ctl->data = data;
	ctl->size = ctl->len;
	ktgt_quota_hold(&conn->quota, ctl->size);
}

/**
 * ktgt_round_prepare - allocate what receiving needs
 * @conn: the connection
 *
 * A run of received commands begins, which has a time of its own.
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_round_prepare(struct ktgt_conn *conn)
{
	conn->recv_clock = 0;
	round_prepare_ctl(conn);
	ktgt_data_prepare(conn);
	ktgt_tasks_prepare(conn);
	ktgt_pdus_prepare(conn);
	ktgt_mem_prepare(conn);
}

/**
 * ktgt_round_may_recv - whether more may be received
 * @conn: the connection
 *
 * Context: the connection's work.
 * Return: false while a control PDU waits to be handled, there is no memory,
 *	something is owed, or the peer does not read the answers.
 */
bool ktgt_round_may_recv(const struct ktgt_conn *conn)
{
	return !conn->ctl.ready && !conn->logout && !conn->starved &&
	       !conn->owed &&
	       ktgt_quota_has_room(&conn->quota, KTGT_QUOTA_UNSENT, 1);
}

/*
 * Tells the initiator of the window, or asks for the acknowledgements that keep
 * it closed. Return: false if there was no memory.
 */
static bool round_tell_window(struct ktgt_conn *conn)
{
	ktgt_window_open(conn);
	if (!ktgt_window_is_closed(conn->window))
		return ktgt_ctl_nop_in(conn);
	if (conn->nr_inflight)
		ktgt_stall_watch(conn);
	else if (conn->ping_ttt == ISCSI_RESERVED_TAG &&
		 !ktgt_quota_is_closed(&conn->quota))
		return ktgt_ctl_ping(conn);
	return true;
}

/* Returns the rest of the time to log out, in jiffies; 0 if it is over. */
static unsigned long round_logout_left(const struct ktgt_conn *conn)
{
	return ktgt_time_left(conn->logout_deadline);
}

static void round_ask_logout(struct ktgt_conn *conn)
{
	unsigned long left = round_logout_left(conn);

	if (conn->state == KTGT_CONN_STATE_FULL_FEATURE && !conn->logout &&
	    !ktgt_ctl_ask_logout(conn, DIV_ROUND_UP(left, HZ)))
		ktgt_conn_owe(conn, KTGT_OWED_LOGOUT);
}

/*
 * Sends what there was no memory for. What still lacks some is owed again. A
 * control PDU is handled after all of it: a task management function must not
 * miss a task whose answer is sent behind that of the function.
 */
static noinline void round_pay(struct ktgt_conn *conn)
{
	u32 owed = conn->owed;

	conn->owed = 0;
	conn->starved = false;
	if (owed & KTGT_OWED_REJECT)
		ktgt_pdu_reject_owed(conn);
	if (owed & KTGT_OWED_ANSWER)
		ktgt_commands_owed(conn);
	if (owed & KTGT_OWED_DATA)
		ktgt_data_owed(conn);
	if (owed & KTGT_OWED_LOGOUT)
		round_ask_logout(conn);
	if (owed & KTGT_OWED_WINDOW && !round_tell_window(conn))
		ktgt_conn_owe(conn, KTGT_OWED_WINDOW);
	if (!conn->owed)
		set_bit(KTGT_EV_RX, &conn->events);
}

/* Return: whether the control PDU was handled. */
static bool round_handle_ctl(struct ktgt_conn *conn)
{
	if (conn->owed)
		return false;
	if (!ktgt_ctl_handle(conn)) {
		ktgt_conn_starve(conn);
		return false;
	}
	conn->ctl.ready = false;
	conn->ctl.busy = false;
	return true;
}

/**
 * ktgt_round_process - process received PDUs and completed commands
 * @conn: the connection
 *
 * Commands are processed before the control PDU, which was received after them.
 *
 * Context: the connection's work, may sleep.
 * Return: whether there was anything to do.
 */
bool ktgt_round_process(struct ktgt_conn *conn)
{
	bool progress = false;

	if (unlikely(conn->owed))
		round_pay(conn);
	if (unlikely(!list_empty(&conn->longs)))
		ktgt_pieces_advance(conn);
	if (conn->count.ready || !list_empty(&conn->page_wait)) {
		ktgt_data_serve_pages(conn);
		progress = conn->count.ready;
		ktgt_commands_submit(conn);
	}
	if (conn->ctl.ready)
		progress |= round_handle_ctl(conn);
	progress |= ktgt_conn_run_calls(conn);
	/* commands were in flight in this round, even if they end in it */
	if (conn->nr_inflight || conn->count.busy)
		WRITE_ONCE(conn->last_cmd, jiffies);
	progress |= ktgt_commands_reap(conn);
	if (unlikely(conn->logout_pdu))
		ktgt_ctl_logout_advance(conn);
	return progress;
}

/**
 * ktgt_round_waits - whether progress in this round may allow more progress
 * @conn: the connection
 *
 * Context: the connection's work.
 * Return: true if tasks wait for pages, if the initiator waits for the window,
 *	if a task has become ready because another one has ended, or if there are
 *	tasks that move in pieces.
 */
bool ktgt_round_waits(const struct ktgt_conn *conn)
{
	return conn->count.ready || !list_empty(&conn->page_wait) ||
	       !list_empty(&conn->longs) ||
	       (conn->window && ktgt_window_is_closed(conn->window));
}

/* The next control PDU with data allocates it again. */
static void round_shrink_ctl(struct ktgt_conn *conn)
{
	if (conn->ctl.busy)
		return;
	round_free_ctl(conn);
	/* what round_prepare_ctl() makes room for */
	conn->ctl.len = 0;
}

/* Gives all memory back that is not needed at the moment. */
static void round_shrink(struct ktgt_conn *conn)
{
	ktgt_tasks_put_sent(conn);
	ktgt_tasks_shrink(conn);
	ktgt_mem_shrink(conn);
	ktgt_pdus_shrink(conn);
	round_shrink_ctl(conn);
}

/* Does so after some time without commands; pings do not count. */
static void round_shrink_idle(struct ktgt_conn *conn, unsigned long after)
{
	if (!time_before(jiffies, conn->last_cmd + after))
		round_shrink(conn);
}

/**
 * ktgt_round_memory - handle KTGT_EV_MEMORY
 * @conn: the connection
 *
 * While its purse is closed, its window does not open, its tasks get no more pages
 * than one of them needs, and it keeps none for later. When the purse has opened,
 * this round lets those go on that wait.
 *
 * Context: the connection's work.
 */
void ktgt_round_memory(struct ktgt_conn *conn)
{
	if (ktgt_mem_heed(conn)) {
		round_shrink(conn);
		/* it has drawn more than it holds */
		ktgt_purse_settle(&conn->quota.purse);
	}
	if (ktgt_purse_take_report(&conn->quota.purse) && conn->sess)
		ktgt_sess_report_memory(conn->sess);
}

/*
 * A ping was not answered in time. Not all initiators answer any: firmware that
 * only loads an operating system does not. TCP watches those.
 */
static void round_miss_pong(struct ktgt_conn *conn)
{
	if (!conn->answers_pings)
		return;
	net_info_ratelimited("%s at %pISpc does not answer a NOP-In; connection closed\n",
			     conn->initiator, &conn->peer);
	ktgt_conn_end(conn, KTGT_SESSION_END_NO_ANSWER);
}

/* Pings a silent initiator. Return: jiffies until the next check. */
static unsigned long round_ping(struct ktgt_conn *conn)
{
	const struct ktgt_target *target = conn->nexus->target;
	u32 seconds = ktgt_target_key(target, KTGT_TARGET_NOP_INTERVAL,
				      READ_ONCE(conn->kn->nop_interval));
	u32 count = ktgt_target_key(target, KTGT_TARGET_NOP_COUNT, 1);
	unsigned long interval = seconds * HZ;
	unsigned long patience = interval * (count ?: 1);
	unsigned long look = interval ?: ROUND_IDLE_TIME;
	bool moved = conn->ops->has_moved(conn);
	unsigned long idle = jiffies - conn->last_recv;

	round_shrink_idle(conn, look);
	/* also if it is too early for more: this look will not come again */
	if (moved)
		conn->ping_at = jiffies;
	if (idle < look)
		return look - idle;
	if (moved) {
		/* a long segment is under way, whose header came long ago */
		conn->last_recv = jiffies;
		return look;
	}

	if (!interval)
		return look;
	if (conn->ping_ttt == ISCSI_RESERVED_TAG)
		ktgt_ctl_ping(conn);
	else if (time_after(jiffies, conn->ping_at + patience))
		round_miss_pong(conn);
	return interval;
}

/*
 * A discovery session has a time and no pings: what it is for takes a moment.
 * Return: jiffies until the next check.
 */
static unsigned long round_discovery(struct ktgt_conn *conn)
{
	unsigned long left = ktgt_time_left(conn->discovery_until);

	if (left)
		return left;
	net_info_ratelimited("%s at %pISpc: discovery session took longer than discovery-timeout; connection closed\n",
			     conn->initiator, &conn->peer);
	ktgt_conn_end(conn, KTGT_SESSION_END_DISCOVERY_TIMEOUT);
	return HZ;
}

/**
 * ktgt_round_request_logout - handle KTGT_EV_REQUEST_LOGOUT
 * @conn: the connection
 *
 * A second request does not extend the time.
 *
 * Context: the connection's work.
 * Return: jiffies until ktgt_round_timer() has to be called.
 */
unsigned long ktgt_round_request_logout(struct ktgt_conn *conn)
{
	u16 seconds = READ_ONCE(conn->logout_time);
	unsigned long at = jiffies + seconds * HZ;

	if (!conn->logout_requested || time_before(at, conn->logout_deadline))
		conn->logout_deadline = at;
	conn->logout_requested = true;
	round_ask_logout(conn);
	return round_logout_left(conn) ?: 1;
}

/**
 * ktgt_round_timer - handle the timer of a connection
 * @conn: the connection
 *
 * Context: the connection's work.
 * Return: jiffies until the next call.
 */
unsigned long ktgt_round_timer(struct ktgt_conn *conn)
{
	unsigned long next;

	if (conn->state < KTGT_CONN_STATE_FULL_FEATURE) {
		if (ktgt_login_answer_late(conn))
			return 0;
		ktgt_login_timeout(conn);
		conn->ops->close(conn);
		return 0;
	}
	if (conn->state > KTGT_CONN_STATE_FULL_FEATURE)
		return HZ;
	if (conn->logout_pdu)
		return ktgt_ctl_logout_timer(conn);
	if (conn->logout_requested && !round_logout_left(conn)) {
		ktgt_conn_end(conn, KTGT_SESSION_END_ADMINISTRATOR);
		return 0;
	}
	next = conn->discovery ? round_discovery(conn) : round_ping(conn);
	if (conn->nr_tmf)
		next = min(next, ktgt_tmf_timer(conn));
	if (conn->stall.watched)
		next = min(next, ktgt_stall_timer(conn));
	if (conn->logout_requested)
		next = min(next, round_logout_left(conn) ?: 1);
	return next;
}

/**
 * ktgt_round_announce - tell a waiting initiator that the window is open again
 * @conn: the connection, with nothing left to do
 *
 * The last answer may have contained a closed window, because its own task
 * still occupied a slot. If only missing acknowledgements keep the window
 * closed, the initiator is asked for them. If tasks keep it closed, or wait for
 * pages, a logical unit may be stalled.
 *
 * Context: the connection's work.
 */
void ktgt_round_announce(struct ktgt_conn *conn)
{
	struct ktgt_window *window = conn->window;

	/* in discovery, each request has an answer, which opens the window */
	if (!window || conn->state != KTGT_CONN_STATE_FULL_FEATURE ||
	    conn->logout || conn->discovery)
		return;
	if (unlikely(!list_empty(&conn->page_wait)))
		ktgt_stall_watch(conn);
	if (ktgt_window_is_closed(window) && !round_tell_window(conn))
		ktgt_conn_owe(conn, KTGT_OWED_WINDOW);
}
