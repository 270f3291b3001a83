/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of one network namespace, and how to find objects in it.
 */
#ifndef _KTGT_CORE_NET_H
#define _KTGT_CORE_NET_H

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/socket.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include <linux/ktgt.h>

#include "budget.h"
#include "event.h"

struct ktgt_listener;
struct ktgt_access;
struct ktgt_crowd;
struct ktgt_delays;
struct ktgt_names;
struct ktgt_target;
struct net;

#define KTGT_PORT_DEFAULT		3260
#define KTGT_TPGT_DEFAULT		1
#define KTGT_LOGIN_TIMEOUT_DEFAULT	15	/* s */
#define KTGT_MAX_LOGINS_DEFAULT		1024
/* with it, an initiator is answered within the time that it waits */
#define KTGT_LOGIN_DELAY_DEFAULT	8	/* s */
#define KTGT_DISCOVERY_TIMEOUT_DEFAULT	60	/* s */
#define KTGT_MAX_DISCOVERIES_DEFAULT	256
#define KTGT_MEMORY_LIMIT_DEFAULT	64	/* MiB */
#define KTGT_NOP_INTERVAL_DEFAULT	10	/* s */
/* before the initiator gives up, which open-iscsi does after 15 s */
#define KTGT_LOGOUT_TIMEOUT_DEFAULT	10	/* s */
#define KTGT_TMF_TIMEOUT_DEFAULT	10	/* s */
/* a peer that has vanished is noticed after a minute, with and without data */
#define KTGT_KEEPALIVE_IDLE_DEFAULT	30	/* s */
#define KTGT_KEEPALIVE_INTERVAL_DEFAULT	10	/* s */
#define KTGT_KEEPALIVE_PROBES_DEFAULT	3
#define KTGT_TCP_USER_TIMEOUT_DEFAULT	60	/* s */

/**
 * struct ktgt_portal - an address that initiators connect to
 * @node: in &ktgt_net.portals; read under RCU, written under
 *	&ktgt_net.config_mutex
 * @rcu: frees it when no reader can see it
 * @kn: the namespace
 * @addr: address and port, AF_INET or AF_INET6
 * @tpgt: portal group tag
 * @automatic: created because there was no portal, and removed with the last
 *	target; under &ktgt_net.config_mutex
 * @leaving: a transaction deletes it; under &ktgt_net.config_mutex
 * @listener: the listening socket's side, of tcp/listen.c
 */
struct ktgt_portal {
	struct list_head	node;
	struct rcu_head		rcu;
	struct ktgt_net		*kn;
	struct sockaddr_storage	addr;
	u16			tpgt;
	bool			automatic;
	bool			leaving;
	struct ktgt_listener	*listener;
};

/**
 * struct ktgt_state_dir - folder of state files
 * @rcu: frees it when no reader can see it
 * @path: its name
 */
struct ktgt_state_dir {
	struct rcu_head	rcu;
	char		path[KTGT_STATE_DIR_MAX + 1];
};

/**
 * struct ktgt_cpus - processors on which connections may be served
 * @rcu: frees it when no reader can see it
 * @mask: the processors, one at least
 */
struct ktgt_cpus {
	struct rcu_head	rcu;
	struct cpumask	mask;
};

/**
 * struct ktgt_net - the state of ktgt in one network namespace
 * @net: the namespace; not referenced, ktgt_net ends first
 * @cookie: number of the namespace that no other one ever has
 * @inode: number of the namespace that users see; it may be used again
 * @config_mutex: held by all writers of the configuration. Never taken on the
 *	data path or in login
 * @open_mutex: protects @open_txns, and each transaction in it. Never held
 *	together with @config_mutex
 * @open_txns: open transactions of sockets, of nl/txn.c
 * @generation: 1, plus the number of transactions that were applied; written
 *	under @config_mutex
 * @apply_seq: changes with each transaction, and is odd while one is being
 *	applied, so that a dump or a login can tell whether it saw one state;
 *	written under @config_mutex
 * @freeze_mutex: protects @freezes and @last_freeze; within @config_mutex
 * @freezes: struct freeze of config/freeze.c
 * @last_freeze: number of the last freeze
 * @targets: struct ktgt_target by tid, staged ones included; read under RCU
 * @names: struct ktgt_target by name, as @targets; read under RCU
 * @disk_names: of scsi/names.c; under @config_mutex
 * @nr_targets: targets that are not staged; under @config_mutex
 * @portals: struct ktgt_portal; read under RCU
 * @staged_portals: portals of a transaction that is not applied yet; under
 *	@config_mutex
 * @nr_portals: length of @portals; under @config_mutex
 * @accounts: struct ktgt_account of config/account.c; read under RCU
 * @nr_accounts: length of @accounts; under @config_mutex
 * @discovery: access of discovery, with accounts but no access rules; RCU
 * @sessions: struct ktgt_sess of iscsi/sess.c by initiator, ISID and target
 * @sess_ids: struct ktgt_sess of iscsi/sess.c by number; read under RCU
 * @next_sess_id: where the search for the next free number begins; under the
 *	lock of @sess_ids
 * @nr_sessions: sessions that are in a table
 * @discoveries: discovery sessions
 * @conn_lock: protects @conns
 * @conns: all connections, linked by the transport
 * @nr_conns: connections that are not freed yet
 * @logins: connections in login
 * @delays: addresses that have sent wrong secrets
 * @budget: memory that all connections may hold together
 * @idle: woken when @nr_conns falls to zero
 * @dying: the namespace ends; no connection is accepted. Under @conn_lock
 * @failed_logins: limits how many failed logins are reported as events
 * @login_timeout: s; read with READ_ONCE(), as are the following
 * @max_logins: connections that may be in login
 * @login_delay: s that the answer to a wrong secret is delayed at most
 * @discovery_timeout: s that a discovery session may take
 * @max_discoveries: discovery sessions that there may be
 * @memory_limit: MiB that a connection may hold for data
 * @nop_interval: s of silence before a NOP-In, 0 for never
 * @poll_time: us that a connection looks for more work before it goes idle
 * @logout_timeout: s that a Logout waits for the storage
 * @tmf_timeout: s that a task management function waits for the storage
 * @keepalive_idle: s without data before TCP probes a new connection, 0 for
 *	never
 * @keepalive_interval: s between two probes
 * @keepalive_probes: probes without an answer that end the connection, if
 *	@tcp_user_timeout is 0
 * @tcp_user_timeout: s that data or probes may be without an acknowledgement before
 *	TCP ends a new connection, 0 for the kernel's own rule
 * @state_dir: where the tools keep state files; NULL for the default. RCU, written under
 *	@config_mutex
 * @cpus: where connections are served; NULL for anywhere. RCU, written under
 *	@config_mutex
 * @nr_failures: allocations for peers that have failed
 * @nr_copies: copies that are under way
 * @oui: company identifier of new logical units; under @config_mutex
 * @state: enum ktgt_net_state. Read it with smp_load_acquire() before looking
 *	for a target: then a target that was created before "ready" is found
 */
struct ktgt_net {
	struct net		*net;
	u64			cookie;
	u32			inode;
	struct mutex		config_mutex;
	struct mutex		open_mutex;
	struct list_head	open_txns;
	u64			generation;
	u32			apply_seq;
	struct mutex		freeze_mutex;
	struct list_head	freezes;
	u32			last_freeze;
	struct xarray		targets;
	struct rhashtable	names;
	struct ktgt_names	*disk_names;
	unsigned int		nr_targets;
	struct list_head	portals;
	struct list_head	staged_portals;
	unsigned int		nr_portals;
	struct list_head	accounts;
	unsigned int		nr_accounts;
	struct ktgt_access __rcu	*discovery;

	struct rhashtable	sessions;
	struct xarray		sess_ids;
	u32			next_sess_id;
	atomic_t		nr_sessions;
	struct ktgt_crowd	*discoveries;

	spinlock_t		conn_lock;
	struct list_head	conns;
	atomic_t		nr_conns;
	struct ktgt_crowd	*logins;
	struct ktgt_delays	*delays;
	struct ktgt_budget	budget;
	wait_queue_head_t	idle;
	bool			dying;

	struct ktgt_event_limit	failed_logins;

	u32			login_timeout;
	u32			max_logins;
	u32			login_delay;
	u32			discovery_timeout;
	u32			max_discoveries;
	u32			memory_limit;
	u32			nop_interval;
	u32			poll_time;
	u32			logout_timeout;
	u32			tmf_timeout;
	u32			keepalive_idle;
	u32			keepalive_interval;
	u32			keepalive_probes;
	u32			tcp_user_timeout;
	struct ktgt_state_dir __rcu	*state_dir;
	struct ktgt_cpus __rcu	*cpus;
	atomic_t		nr_failures;
	atomic_t		nr_copies;
	u32			oui;
	u32			state;
};

/**
 * ktgt_net_count_failure - count an allocation for a peer that has failed
 * @kn: the namespace
 *
 * Context: any.
 */
static inline void ktgt_net_count_failure(struct ktgt_net *kn)
{
	atomic_inc(&kn->nr_failures);
}

extern unsigned int ktgt_net_id;

struct ktgt_net *ktgt_net_get(struct net *net);
struct ktgt_target *ktgt_net_find_target(struct ktgt_net *kn,
					 const char *name);
struct ktgt_target *ktgt_net_find_tid(struct ktgt_net *kn, u32 tid);

#endif /* _KTGT_CORE_NET_H */
