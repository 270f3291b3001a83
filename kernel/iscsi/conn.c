// SPDX-License-Identifier: GPL-2.0
/*
 * An iSCSI connection: its states, and what others ask of its work.
 */
#include "conn.h"

#include <linux/jiffies.h>
#include <linux/rcupdate.h>

#include "../core/net.h"
#include "../core/trace.h"

/**
 * ktgt_conn_event - have the work of a connection see to an event
 * @conn: the connection, which the caller keeps from going away
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
 * ktgt_conn_set_state - the one place where the state changes
 * @conn: the connection
 * @state: the new state; states only go forward
 *
 * Context: the connection's work, or its teardown.
 */
void ktgt_conn_set_state(struct ktgt_conn *conn, enum ktgt_conn_state state)
{
	if (WARN_ON_ONCE(state < conn->state))
		return;
	if (conn->state <= KTGT_CONN_STATE_LOGIN &&
	    state > KTGT_CONN_STATE_LOGIN)
		atomic_dec(&conn->kn->nr_logins);
	trace_ktgt_conn_state(&conn->peer, conn->state, state);
	WRITE_ONCE(conn->state, state);
}

/**
 * ktgt_conn_starve - receive nothing until the timer brings another try
 * @conn: the connection, which could not get memory
 *
 * The silence is ours then, not the initiator's.
 *
 * Context: the connection's work.
 */
void ktgt_conn_starve(struct ktgt_conn *conn)
{
	conn->starved = true;
	conn->last_recv = jiffies;
}

/**
 * ktgt_conn_request_logout - ask the initiator to log out, and wait for a while
 * @conn: the connection
 * @seconds: after which it is closed
 *
 * Context: any.
 */
void ktgt_conn_request_logout(struct ktgt_conn *conn, u16 seconds)
{
	WRITE_ONCE(conn->logout_time, seconds);
	ktgt_conn_event(conn, KTGT_EV_REQUEST_LOGOUT);
}

/**
 * ktgt_conn_call - have the work of a connection run a function
 * @conn: the connection, which the caller keeps from going away
 * @call: the function, and what it needs
 *
 * Context: any.
 */
void ktgt_conn_call(struct ktgt_conn *conn, struct ktgt_call *call)
{
	rcu_read_lock(); /* the connection stays until the kick is over */
	if (llist_add(&call->node, &conn->calls))
		conn->ops->kick(conn);
	rcu_read_unlock();
}

/**
 * ktgt_conn_run_calls - carry out the calls that have come
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
