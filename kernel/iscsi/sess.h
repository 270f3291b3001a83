/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session: an I_T nexus, its window, and its place in the table.
 */
#ifndef _KTGT_ISCSI_SESS_H
#define _KTGT_ISCSI_SESS_H

#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <uapi/linux/ktgt.h>

#include "../core/fabric.h"
#include "../core/target.h"
#include "window.h"

struct ktgt_conn;
struct ktgt_net;

#define KTGT_ISID_LEN		6
/* initiator name, ",i,0x", ISID in hexadecimal, NUL */
#define KTGT_PORT_NAME_LEN	(KTGT_NAME_LEN + 5 + 2 * KTGT_ISID_LEN)

/**
 * struct ktgt_sess_key - what makes a session unique (RFC 7143, 4.4.1)
 * @tid: number of the target, 0 for discovery
 * @tpgt: target portal group tag
 * @isid: initiator part of the session ID
 * @initiator: iSCSI name, NUL padded
 */
struct ktgt_sess_key {
	u32	tid;
	u16	tpgt;
	u8	isid[KTGT_ISID_LEN];
	char	initiator[KTGT_NAME_LEN];
};

/**
 * struct ktgt_sess - a session
 * @nexus: I_T nexus; its target is NULL for a discovery session
 * @ref: holders are the connection and whoever found it in a table
 * @rcu: frees it when no reader can see it
 * @kn: network namespace
 * @node: in &ktgt_net.sessions; normal sessions only
 * @id: number in &ktgt_net.sess_ids, and TSIH
 * @key: identity
 * @alias: InitiatorAlias
 * @port_name: what @nexus points to
 * @lock: protects @conn and @waiter; a spinlock, bottom halves off
 * @conn: the connection, NULL when it is gone
 * @waiter: connection whose login waits for the end of this session, or NULL
 * @announced: its beginning was reported, so its end must be reported too
 * @login_at: when it was created, by ktime_get_boottime(); immutable
 * @retired: it has left all tables, and its nexus is closed
 * @window: its CmdSN window; used by the connection's work only
 */
struct ktgt_sess {
	struct ktgt_nexus	nexus;
	struct kref		ref;
	struct rcu_head		rcu;
	struct ktgt_net		*kn;
	struct rhash_head	node;
	u32			id;
	struct ktgt_sess_key	key;
	char			alias[KTGT_ALIAS_LEN];
	char			port_name[KTGT_PORT_NAME_LEN];

	spinlock_t		lock;
	struct ktgt_conn	*conn;
	struct ktgt_conn	*waiter;

	ktime_t			login_at;
	bool			announced;
	bool			retired;
	struct ktgt_window	window;
};

int ktgt_sess_net_init(struct ktgt_net *kn);
void ktgt_sess_net_exit(struct ktgt_net *kn);

int ktgt_sess_open(struct ktgt_conn *conn, struct ktgt_target *target,
		   const struct ktgt_sess_key *key, const char *alias,
		   u32 cmd_sn);
void ktgt_sess_announce(struct ktgt_conn *conn);
void ktgt_sess_report_memory(struct ktgt_sess *sess);
void ktgt_sess_retire(struct ktgt_sess *sess);
void ktgt_sess_close(struct ktgt_conn *conn);
struct ktgt_sess *ktgt_sess_find(struct ktgt_net *kn, u32 id);
void ktgt_sess_put(struct ktgt_sess *sess);
void ktgt_sess_request_logout(struct ktgt_sess *sess, u16 seconds);
void ktgt_sess_end(struct ktgt_sess *sess, enum ktgt_session_end_reason reason);

#endif /* _KTGT_ISCSI_SESS_H */
