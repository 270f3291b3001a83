// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: I_T nexuses, their table, and reinstatement (RFC 7143, 4.4.3,
 * 6.3.5).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "sess.h"

#include <linux/net.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../core/event.h"
#include "../core/gfp.h"
#include "../core/net.h"
#include "../scsi/nexus.h"
#include "command.h"
#include "conn.h"

static const struct rhashtable_params sess_table_params = {
	.key_len = sizeof(struct ktgt_sess_key),
	.key_offset = offsetof(struct ktgt_sess, key),
	.head_offset = offsetof(struct ktgt_sess, node),
	.automatic_shrinking = true,
};

/* the number of a session is also its TSIH: 16 bits, not zero */
#define SESS_ID_LIMIT	XA_LIMIT(1, U16_MAX)

/* See struct ktgt_fabric_ops. */
static void sess_abort_lu(struct ktgt_nexus *nexus, struct ktgt_lu *lu,
			  struct ktgt_nexus *from, struct ktgt_lu_reset *reset)
{
	struct ktgt_sess *sess = container_of(nexus, struct ktgt_sess, nexus);
	struct ktgt_call *call;

	call = ktgt_command_abort_call(lu, reset, nexus != from);
	if (!call) {
		reset->failed = true;
		return;
	}
	spin_lock_bh(&sess->lock);
	if (sess->conn) {
		ktgt_conn_call(sess->conn, call);
		call = NULL;
	}
	spin_unlock_bh(&sess->lock);
	if (call)	/* the connection has left: its commands have ended */
		ktgt_command_abort_cancel(call);
}

static void sess_nexus_close(struct ktgt_nexus *nexus,
			     enum ktgt_session_end_reason reason)
{
	ktgt_sess_end(container_of(nexus, struct ktgt_sess, nexus), reason);
}

static const struct ktgt_fabric_ops sess_fabric_ops = {
	.name		= "iscsi",
	.abort_lu	= sess_abort_lu,
	.close		= sess_nexus_close,
};

/* There are too many discovery sessions, and that of a connection has to go. */
static void sess_end_discovery(struct ktgt_crowd_place *place)
{
	ktgt_conn_end(container_of(place, struct ktgt_conn, in_discoveries),
		      KTGT_SESSION_END_TOO_MANY);
}

/**
 * ktgt_sess_net_init - make the tables of a namespace
 * @kn: the namespace
 *
 * Context: process context, may sleep.
 * Return: 0 or a negative errno.
 */
int ktgt_sess_net_init(struct ktgt_net *kn)
{
	int err;

	xa_init_flags(&kn->sess_ids, XA_FLAGS_ALLOC);
	kn->discoveries = ktgt_crowd_alloc(sess_end_discovery);
	if (!kn->discoveries)
		return -ENOMEM;
	err = rhashtable_init(&kn->sessions, &sess_table_params);
	if (err)
		ktgt_crowd_free(kn->discoveries);
	return err;
}

/**
 * ktgt_sess_net_exit - free the tables of a namespace
 * @kn: the namespace; all connections have been closed
 *
 * Context: process context, may sleep.
 */
void ktgt_sess_net_exit(struct ktgt_net *kn)
{
	rhashtable_destroy(&kn->sessions);
	ktgt_crowd_free(kn->discoveries);
	xa_destroy(&kn->sess_ids);
}

static void sess_free(struct kref *ref)
{
	struct ktgt_sess *sess = container_of(ref, struct ktgt_sess, ref);

	if (sess->nexus.target)
		ktgt_target_put(sess->nexus.target);
	kfree_rcu(sess, rcu);
}

/**
 * ktgt_sess_put - drop a reference
 * @sess: the session
 *
 * Context: any.
 */
void ktgt_sess_put(struct ktgt_sess *sess)
{
	kref_put(&sess->ref, sess_free);
}

/**
 * ktgt_sess_find - find a session by its number
 * @kn: the namespace
 * @id: its number, which is also its TSIH
 *
 * Context: any.
 * Return: the session with a reference, or NULL.
 */
struct ktgt_sess *ktgt_sess_find(struct ktgt_net *kn, u32 id)
{
	struct ktgt_sess *sess;

	rcu_read_lock();
	sess = xa_load(&kn->sess_ids, id);
	if (sess && !kref_get_unless_zero(&sess->ref))
		sess = NULL;
	rcu_read_unlock();
	return sess;
}

/**
 * ktgt_sess_end - end a session
 * @sess: the session
 * @reason: why
 *
 * This closes its connection, which then ends the session.
 *
 * Context: any that may take a spinlock.
 */
void ktgt_sess_end(struct ktgt_sess *sess, enum ktgt_session_end_reason reason)
{
	spin_lock_bh(&sess->lock);
	if (sess->conn)
		ktgt_conn_end(sess->conn, reason);
	spin_unlock_bh(&sess->lock);
}

/**
 * ktgt_sess_request_logout - ask the initiator to log out within a time
 * @sess: the session
 * @seconds: after this time the session is ended
 *
 * Context: any that may take a spinlock.
 */
void ktgt_sess_request_logout(struct ktgt_sess *sess, u16 seconds)
{
	spin_lock_bh(&sess->lock);
	if (sess->conn)
		ktgt_conn_request_logout(sess->conn, seconds);
	spin_unlock_bh(&sess->lock);
}

/*
 * The login of @conn must wait until @old has ended: a command of @old that is
 * still on its way to the disk must not overtake the writes of the new session.
 * If another login waits already, the newer one replaces it.
 */
static int sess_wait_for(struct ktgt_conn *conn, struct ktgt_sess *old)
{
	int ret = -EINPROGRESS;

	spin_lock_bh(&old->lock);
	if (old->conn) {
		if (old->waiter && old->waiter != conn)
			old->waiter->ops->close(old->waiter);
		old->waiter = conn;
		ktgt_conn_end(old->conn, KTGT_SESSION_END_REINSTATED);
	} else {
		ret = -EAGAIN;
	}
	spin_unlock_bh(&old->lock);
	if (ret == -EINPROGRESS) {
		kref_get(&old->ref);
		conn->waiting_for = old;
	}
	return ret;
}

static void sess_stop_waiting(struct ktgt_conn *conn)
{
	struct ktgt_sess *old = conn->waiting_for;

	if (!old)
		return;
	conn->waiting_for = NULL;
	spin_lock_bh(&old->lock);
	if (old->waiter == conn)
		old->waiter = NULL;
	spin_unlock_bh(&old->lock);
	ktgt_sess_put(old);
}

/*
 * The search begins after the number that was used last, so a number is used
 * again only after all others. A TSIH or a command with the number of a session
 * that has ended must not mean the next session.
 */
static int sess_take_id(struct ktgt_net *kn, u32 *id)
{
	int ret = xa_alloc_cyclic(&kn->sess_ids, id, NULL, SESS_ID_LIMIT,
				  &kn->next_sess_id, KTGT_GFP_PEER);

	return min(ret, 0); /* 1 means that the search has wrapped around */
}

/* From now on the discovery session of a connection may be told to end. */
static int sess_join_discoveries(struct ktgt_conn *conn)
{
	u32 max = READ_ONCE(conn->kn->max_discoveries);
	int ret;

	ret = ktgt_crowd_come(conn->kn->discoveries, &conn->in_discoveries,
			      &conn->peer, max);
	if (!ret)
		ktgt_crowd_join(conn->kn->discoveries, &conn->in_discoveries,
				max);
	return ret;
}

/* A session that has ended takes memory until its connection has closed. */
static void sess_leave_discoveries(struct ktgt_conn *conn)
{
	ktgt_crowd_leave(conn->kn->discoveries, &conn->in_discoveries);
	if (READ_ONCE(conn->end_reason) == 1 + KTGT_SESSION_END_TOO_MANY)
		net_info_ratelimited("%s at %pISpc: discovery session closed: there are more than max-discoveries, and its address has the most\n",
				     conn->initiator, &conn->peer);
}

/* Puts a session into the table, or waits for the end of the old one there. */
static int sess_insert(struct ktgt_conn *conn, struct ktgt_sess *sess)
{
	struct ktgt_net *kn = conn->kn;
	struct ktgt_sess *old;
	int ret;

	rcu_read_lock();
	do {
		old = rhashtable_lookup_get_insert_fast(&kn->sessions,
							&sess->node,
							sess_table_params);
		if (IS_ERR_OR_NULL(old)) {
			ret = PTR_ERR_OR_ZERO(old);
			break;
		}
		/*
		 * A session without a connection has left the table already,
		 * see ktgt_sess_retire(): the next lookup does not find it.
		 */
		ret = kref_get_unless_zero(&old->ref) ? 0 : -EAGAIN;
		if (!ret) {
			ret = sess_wait_for(conn, old);
			ktgt_sess_put(old);
		}
	} while (ret == -EAGAIN);
	rcu_read_unlock();
	return ret;
}

static struct ktgt_sess *sess_alloc(struct ktgt_conn *conn,
				    struct ktgt_target *target,
				    const struct ktgt_sess_key *key,
				    const char *alias, u32 cmd_sn)
{
	struct ktgt_sess *sess = kzalloc_obj(*sess, KTGT_GFP_PEER);

	if (!sess)
		return NULL;
	kref_init(&sess->ref);
	spin_lock_init(&sess->lock);
	sess->kn = conn->kn;
	sess->key = *key;
	strscpy(sess->alias, alias ?: "", sizeof(sess->alias));
	snprintf(sess->port_name, sizeof(sess->port_name), "%s,i,0x%*phN",
		 key->initiator, KTGT_ISID_LEN, key->isid);
	sess->conn = conn;
	sess->login_at = ktime_get_boottime();
	sess->window.exp_cmd_sn = cmd_sn;
	sess->window.max_cmd_sn = cmd_sn - 1;

	xa_init(&sess->nexus.itls);
	INIT_LIST_HEAD(&sess->nexus.node);
	sess->nexus.ops = &sess_fabric_ops;
	sess->nexus.port_name = sess->port_name;
	sess->nexus.port = key->tpgt;
	sess->nexus.target = target;
	return sess;
}

/* The connection has pointers to what lower floors need of the session. */
static void sess_bind(struct ktgt_conn *conn, struct ktgt_sess *sess)
{
	conn->sess = sess;
	conn->nexus = &sess->nexus;
	conn->window = &sess->window;
	conn->initiator = sess->key.initiator;
	conn->discovery = !sess->nexus.target;
}

static void sess_unbind(struct ktgt_conn *conn)
{
	conn->sess = NULL;
	conn->nexus = NULL;
	conn->window = NULL;
	conn->initiator = NULL;
}

/**
 * ktgt_sess_open - create the session of a connection
 * @conn: the connection, at the end of its login
 * @target: the target, or NULL for a discovery session; the session takes a
 *	reference of its own
 * @key: identity
 * @alias: InitiatorAlias or NULL
 * @cmd_sn: CmdSN of the login; the first command has the same
 *
 * A session with the same identity is reinstated: the old one is closed, and
 * ktgt_login_resume() is called when it has ended.
 *
 * There are at most &ktgt_net.max_discoveries discovery sessions, so they cannot
 * use up all numbers.
 *
 * Context: the connection's work, may sleep.
 * Return: 0; -EINPROGRESS if the old session must end first; -ENOENT if the
 *	target is being deleted; -ENOMEM; -EBUSY if no number is free, or if
 *	discovery sessions begin faster than others are closed.
 */
int ktgt_sess_open(struct ktgt_conn *conn, struct ktgt_target *target,
		   const struct ktgt_sess_key *key, const char *alias,
		   u32 cmd_sn)
{
	struct ktgt_net *kn = conn->kn;
	struct ktgt_sess *sess;
	int ret;

	sess_stop_waiting(conn);
	if (target && !ktgt_target_tryget(target))
		return -ENOENT;
	sess = sess_alloc(conn, target, key, alias, cmd_sn);
	if (!sess) {
		if (target)
			ktgt_target_put(target);
		return -ENOMEM;
	}

	ret = sess_take_id(kn, &sess->id);
	if (ret)
		goto err_put;
	if (target) {
		ret = sess_insert(conn, sess);
		if (ret)
			goto err_id;
		ret = ktgt_nexus_open(&sess->nexus);
		if (ret)
			goto err_table;
	} else {
		ret = sess_join_discoveries(conn);
		if (ret)
			goto err_id;
	}
	atomic_inc(&kn->nr_sessions);
	sess_bind(conn, sess);
	/* from now on it is found by its number */
	xa_store(&kn->sess_ids, sess->id, sess, KTGT_GFP_PEER);
	return 0;

err_table:
	rhashtable_remove_fast(&kn->sessions, &sess->node, sess_table_params);
err_id:
	xa_erase(&kn->sess_ids, sess->id);
err_put:
	spin_lock_bh(&sess->lock);
	sess->conn = NULL;
	if (sess->waiter)
		sess->waiter->ops->close(sess->waiter);
	spin_unlock_bh(&sess->lock);
	ktgt_sess_put(sess);
	return ret;
}

static void sess_describe(const struct ktgt_sess *sess,
			  const struct ktgt_conn *conn, u8 cmd)
{
	const struct ktgt_target *target = sess->nexus.target;
	struct ktgt_event event = {
		.cmd = cmd,
		.id = sess->id,
		.tid = target ? target->tid : 0,
		.target = target ? target->name : NULL,
		.initiator = sess->key.initiator,
		.isid = sess->key.isid,
		.peer = &conn->peer,
		.local = &conn->local,
	};
	int reason = READ_ONCE(conn->end_reason);

	if (reason)
		event.end = reason - 1;
	if (cmd == KTGT_CMD_MEMORY_FULL)
		event.memory = conn->quota.purse.held;
	ktgt_event_session(sess->kn, &event);
}

/**
 * ktgt_sess_announce - report a new session as an event
 * @conn: the connection, in full feature phase
 *
 * Context: the connection's work.
 */
void ktgt_sess_announce(struct ktgt_conn *conn)
{
	conn->sess->announced = true;
	sess_describe(conn->sess, conn, KTGT_CMD_SESSION_LOGIN);
}

/**
 * ktgt_sess_report_memory - report that a session holds the most of memory-total
 * @sess: the session, whose purse was closed
 *
 * Context: the work of its connection.
 */
void ktgt_sess_report_memory(struct ktgt_sess *sess)
{
	const struct ktgt_conn *conn = sess->conn;

	/* it is ending */
	if (sess->retired)
		return;
	net_info_ratelimited("%s at %pISpc: holds %llu KiB, more than any other session, and memory-total is reached; it has to wait\n",
			     sess->key.initiator, &conn->peer,
			     conn->quota.purse.held >> 10);
	sess_describe(sess, conn, KTGT_CMD_MEMORY_FULL);
}

/**
 * ktgt_sess_retire - remove a session from all tables
 * @sess: the session; none of its commands is in flight. It keeps its sequence
 *	numbers for PDUs that still have to be sent
 *
 * From now on, a session with the same identity can be created. A login that
 * waits for this is resumed.
 *
 * Context: the connection's work or teardown, may sleep.
 */
void ktgt_sess_retire(struct ktgt_sess *sess)
{
	if (sess->retired)
		return;
	sess->retired = true;

	xa_erase(&sess->kn->sess_ids, sess->id);
	if (sess->nexus.target) {
		ktgt_nexus_close(&sess->nexus);
		rhashtable_remove_fast(&sess->kn->sessions, &sess->node,
				       sess_table_params);
	}

	/*
	 * reported before the login of a new session, which may wait for this
	 */
	if (sess->announced)
		sess_describe(sess, sess->conn, KTGT_CMD_SESSION_END);

	spin_lock_bh(&sess->lock);
	sess->conn = NULL;
	if (sess->waiter) {
		ktgt_conn_event(sess->waiter, KTGT_EV_RESUME);
		sess->waiter = NULL;
	}
	spin_unlock_bh(&sess->lock);
	atomic_dec(&sess->kn->nr_sessions);
}

/**
 * ktgt_sess_close - end the session of a connection that has closed
 * @conn: the connection; none of its commands is in flight. If it has no
 *	session, its login may wait for the end of another session
 *
 * Context: process context, may sleep.
 */
void ktgt_sess_close(struct ktgt_conn *conn)
{
	struct ktgt_sess *sess = conn->sess;

	sess_stop_waiting(conn);
	if (!sess)
		return;
	if (conn->discovery)
		sess_leave_discoveries(conn);
	ktgt_sess_retire(sess);
	sess_unbind(conn);
	ktgt_sess_put(sess);
}
