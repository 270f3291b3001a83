/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events. Any room reports them here; nl/ has set a pointer to the functions
 * that send them to user space. Reporting never fails and never waits. If
 * nobody listens, it costs little.
 */
#ifndef _KTGT_CORE_EVENT_H
#define _KTGT_CORE_EVENT_H

#include <linux/jiffies.h>
#include <linux/socket.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct ktgt_net;
struct ktgt_txn;

/* failed logins that a namespace reports in an interval; others are counted */
#define KTGT_EVENT_BURST	10
#define KTGT_EVENT_INTERVAL	HZ

/**
 * struct ktgt_event - an event of a session: it begins, ends, was refused,
 *	writes to a logical unit that another one has written to, or meets an
 *	error of storage, or holds too much memory. Or one of a logical unit that
 *	its sessions feel
 * @cmd: KTGT_CMD_SESSION_LOGIN, KTGT_CMD_SESSION_END, KTGT_CMD_LOGIN_FAILED,
 *	KTGT_CMD_LU_WRITERS, KTGT_CMD_LU_ERROR, KTGT_CMD_LU_FROZEN,
 *	KTGT_CMD_LU_THAWED, KTGT_CMD_LU_EJECTED, KTGT_CMD_LU_LOADED or
 *	KTGT_CMD_MEMORY_FULL
 * @id: number of the session, or 0
 * @tid: number of the target, 0 for discovery, negative if it is not known
 * @target: name of the target, or NULL
 * @initiator: name of the initiator, or NULL
 * @isid: ISID of the session, or NULL
 * @peer: address of the initiator; NULL if this only reports the number of
 *	failed logins that were counted before
 * @local: address that it connected to
 * @end: enum ktgt_session_end_reason
 * @status: class and detail of the Login Response, or 0 if there was none
 * @key: key of the login text that @why is about, or NULL
 * @why: why the login failed, or the logical unit thawed; or NULL
 * @lun: LUN that it is about, or 0
 * @other: name of the other initiator that has written to @lun, or NULL
 * @path: backing device that has failed, or NULL
 * @has_lba: @lba is valid
 * @lba: first logical block of the part that has failed
 * @op: enum ktgt_storage_op, if @error
 * @error: errno of the failure, positive, or 0
 * @memory: bytes that the session holds, or 0
 */
struct ktgt_event {
	u8				cmd;
	u32				id;
	s32				tid;
	const char			*target;
	const char			*initiator;
	const u8			*isid;
	const struct sockaddr_storage	*peer;
	const struct sockaddr_storage	*local;
	u32				end;
	u16				status;
	const char			*key;
	const char			*why;
	u32				lun;
	const char			*other;
	const char			*path;
	bool				has_lba;
	u64				lba;
	u32				op;
	u32				error;
	u64				memory;
};

/**
 * struct ktgt_event_limit - keeps peers from filling the queues of listeners
 * @lock: protects the other members
 * @since: start of the present interval, in jiffies
 * @nr: failed logins that were reported in this interval
 * @missed: failed logins that were not reported yet
 * @work: reports @missed when the interval is over
 * @kn: the namespace
 */
struct ktgt_event_limit {
	spinlock_t		lock;
	unsigned long		since;
	u32			nr;
	u32			missed;
	struct delayed_work	work;
	struct ktgt_net		*kn;
};

/**
 * struct ktgt_event_ops - functions that receive events
 * @session: an event of a session, or a failed login. Under RCU
 * @config: a transaction was applied; &ktgt_net.config_mutex is held. Under RCU
 */
struct ktgt_event_ops {
	void	(*session)(struct ktgt_net *kn, const struct ktgt_event *event);
	void	(*config)(struct ktgt_net *kn, struct ktgt_txn *txn);
};

void ktgt_event_set_ops(const struct ktgt_event_ops *ops);
void ktgt_event_session(struct ktgt_net *kn, const struct ktgt_event *event);
void ktgt_event_config(struct ktgt_net *kn, struct ktgt_txn *txn);
void ktgt_event_limit_init(struct ktgt_event_limit *limit, struct ktgt_net *kn);
void ktgt_event_limit_exit(struct ktgt_event_limit *limit);
bool ktgt_event_allow(struct ktgt_event_limit *limit, u32 *missed);
u32 ktgt_event_take_missed(struct ktgt_event_limit *limit);

#endif /* _KTGT_CORE_EVENT_H */
