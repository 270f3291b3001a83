// SPDX-License-Identifier: GPL-2.0
/*
 * An iSCSI connection: its states, and how other contexts use its work.
 */
#include "conn.h"

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>

#include "../core/delay.h"
#include "../core/net.h"
#include "../core/trace.h"

/* There are too many connections in login, and this one has to go. */
static void conn_end_login(struct ktgt_crowd_place *place)
{
	ktgt_conn_end(container_of(place, struct ktgt_conn, in_logins),
		      KTGT_SESSION_END_TOO_MANY);
}

/* The work of the connection takes care of it. */
static void conn_purse_changed(struct ktgt_purse *purse)
{
	ktgt_conn_event(container_of(purse, struct ktgt_conn, quota.purse),
			KTGT_EV_MEMORY);
}

/* All connections may hold an eighth of memory. */
static u64 conn_memory_total(void)
{
	return max_t(u64, (u64)totalram_pages() << (PAGE_SHIFT - 3),
		     KTGT_MEMORY_TOTAL_MIN);
}

/**
 * ktgt_conn_net_init - make what a namespace has for its connections
 * @kn: the namespace
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_conn_net_init(struct ktgt_net *kn)
{
	ktgt_budget_init(&kn->budget, conn_memory_total(), conn_purse_changed);
	kn->logins = ktgt_crowd_alloc(conn_end_login);
	kn->delays = ktgt_delays_alloc();
	if (kn->logins && kn->delays)
		return 0;
	ktgt_conn_net_exit(kn);
	return -ENOMEM;
}

/**
 * ktgt_conn_net_exit - free what ktgt_conn_net_init() has made
 * @kn: the namespace; all connections have been closed, or there was no memory for
 *	all of it
 *
 * Context: any.
 */
void ktgt_conn_net_exit(struct ktgt_net *kn)
{
	ktgt_crowd_free(kn->logins);
	ktgt_delays_free(kn->delays);
	ktgt_budget_exit(&kn->budget);
}

/**
 * ktgt_conn_event - set an event of a connection, and run its work
 * @conn: the connection; the caller makes sure that it is not freed
 * @event: the event
 *
 * Context: any.
 */
void ktgt_conn_event(struct ktgt_conn *conn, enum ktgt_conn_events event)
{
	ktgt_conn_set_event(conn, event);
	conn->ops->kick(conn);
}

/**
 * ktgt_conn_set_state - change the state; nothing else changes it
 * @conn: the connection
 * @state: the new state; states only go forward
 *
 * Context: the connection's work, or its teardown.
 */
void ktgt_conn_set_state(struct ktgt_conn *conn, enum ktgt_conn_state state)
{
	if (WARN_ON_ONCE(state < conn->state))
		return;
	if (state == KTGT_CONN_STATE_LOGIN)
		ktgt_crowd_hear(conn->kn->logins, &conn->in_logins);
	if (conn->state <= KTGT_CONN_STATE_LOGIN &&
	    state > KTGT_CONN_STATE_LOGIN)
		ktgt_crowd_leave(conn->kn->logins, &conn->in_logins);
	trace_ktgt_conn_state(&conn->peer, conn->state, state);
	WRITE_ONCE(conn->state, state);
}

/**
 * ktgt_conn_starve - receive nothing until the timer tries again
 * @conn: the connection, which could not get memory
 *
 * During this time the initiator does not count as silent. The failure is counted.
 *
 * Context: the connection's work.
 */
void ktgt_conn_starve(struct ktgt_conn *conn)
{
	ktgt_net_count_failure(conn->kn);
	conn->starved = true;
	conn->last_recv = jiffies;
}

/**
 * ktgt_conn_owe - send something later, because there is no memory now
 * @conn: the connection
 * @what: what it is
 *
 * The next round tries again, the timer at the latest. A session does not end
 * for this.
 *
 * Context: the connection's work, also under the socket's lock.
 */
void ktgt_conn_owe(struct ktgt_conn *conn, enum ktgt_conn_owed what)
{
	conn->owed |= what;
	ktgt_conn_starve(conn);
}

/**
 * ktgt_conn_request_logout - ask the initiator to log out within a time
 * @conn: the connection
 * @seconds: after this time the connection is closed
 *
 * Context: any.
 */
void ktgt_conn_request_logout(struct ktgt_conn *conn, u16 seconds)
{
	WRITE_ONCE(conn->logout_time, seconds);
	ktgt_conn_event(conn, KTGT_EV_REQUEST_LOGOUT);
}

/**
 * ktgt_conn_call - let the work of a connection run a function
 * @conn: the connection; the caller makes sure that it is not freed
 * @call: the function, embedded in its data
 *
 * Context: any.
 */
void ktgt_conn_call(struct ktgt_conn *conn, struct ktgt_call *call)
{
	rcu_read_lock(); /* keeps the connection until after the kick */
	if (llist_add(&call->node, &conn->calls))
		conn->ops->kick(conn);
	rcu_read_unlock();
}

/**
 * ktgt_conn_run_calls - run the waiting calls
 * @conn: the connection
 *
 * Context: the connection's work or teardown.
 * Return: whether there were any.
 */
bool ktgt_conn_run_calls(struct ktgt_conn *conn)
{
	struct llist_node *list = llist_del_all(&conn->calls);
	struct ktgt_call *call, *next;

	if (!list)
		return false;
	list = llist_reverse_order(list);
	llist_for_each_entry_safe(call, next, list, node)
		call->run(conn, call);
	return true;
}
