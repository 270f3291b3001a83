// SPDX-License-Identifier: GPL-2.0
/*
 * The way of events from where they happen to who takes them further, and the
 * limit for those that a peer can cause without ever being let in.
 */
#include "event.h"

#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <uapi/linux/ktgt.h>

static const struct ktgt_event_ops __rcu *event_ops;

/**
 * ktgt_event_set_ops - say who takes events further
 * @ops: who; NULL for nobody, which none of the former one's functions outlasts
 *
 * Context: may sleep.
 */
void ktgt_event_set_ops(const struct ktgt_event_ops *ops)
{
	rcu_assign_pointer(event_ops, ops);
	if (!ops)
		synchronize_rcu();
}

/**
 * ktgt_event_session - tell of a session
 * @kn: the namespace
 * @event: what has happened; not referred to any more afterwards
 *
 * Context: process context; does not sleep.
 */
void ktgt_event_session(struct ktgt_net *kn, const struct ktgt_event *event)
{
	const struct ktgt_event_ops *ops;

	rcu_read_lock();
	ops = rcu_dereference(event_ops);
	if (ops)
		ops->session(kn, event);
	rcu_read_unlock();
}

/**
 * ktgt_event_config - tell of a transaction that was applied
 * @kn: the namespace
 * @txn: the transaction; nothing of what it deletes has been freed yet
 *
 * Context: process context, &ktgt_net.config_mutex is held, so that events come
 * in the order of generations; does not sleep.
 */
void ktgt_event_config(struct ktgt_net *kn, struct ktgt_txn *txn)
{
	const struct ktgt_event_ops *ops;

	rcu_read_lock();
	ops = rcu_dereference(event_ops);
	if (ops)
		ops->config(kn, txn);
	rcu_read_unlock();
}

/**
 * ktgt_event_allow - may a failed login be told of
 * @limit: the limit of its namespace
 * @missed: takes how many were not told of before it, if it may
 *
 * If it may not, it is counted, and who listens is told at the end of the
 * interval.
 *
 * Context: process context; does not sleep.
 *
 * Return: true if it may.
 */
bool ktgt_event_allow(struct ktgt_event_limit *limit, u32 *missed)
{
	unsigned long now = jiffies;
	bool allowed;

	spin_lock(&limit->lock);
	if (now - limit->since >= KTGT_EVENT_INTERVAL) {
		limit->since = now;
		limit->nr = 0;
	}
	allowed = limit->nr < KTGT_EVENT_BURST;
	if (allowed) {
		limit->nr++;
		*missed = limit->missed;
		limit->missed = 0;
	} else {
		limit->missed++;
		schedule_delayed_work(&limit->work, limit->since +
				      KTGT_EVENT_INTERVAL - now);
	}
	spin_unlock(&limit->lock);
	return allowed;
}

/**
 * ktgt_event_take_missed - how many failed logins were not told of
 * @limit: the limit of their namespace
 *
 * Context: process context; does not sleep.
 *
 * Return: the number, which counts from zero again.
 */
u32 ktgt_event_take_missed(struct ktgt_event_limit *limit)
{
	u32 missed;

	spin_lock(&limit->lock);
	missed = limit->missed;
	limit->missed = 0;
	spin_unlock(&limit->lock);
	return missed;
}

static void missed_work(struct work_struct *work)
{
	static const struct ktgt_event event = {
		.cmd = KTGT_CMD_LOGIN_FAILED,
		.tid = -1,
	};
	struct ktgt_event_limit *limit =
		container_of(to_delayed_work(work), struct ktgt_event_limit,
			     work);

	ktgt_event_session(limit->kn, &event);
}

/**
 * ktgt_event_limit_init - prepare the limit of a namespace
 * @limit: the limit
 * @kn: the namespace
 *
 * Context: any.
 */
void ktgt_event_limit_init(struct ktgt_event_limit *limit, struct ktgt_net *kn)
{
	spin_lock_init(&limit->lock);
	limit->since = jiffies;
	limit->kn = kn;
	INIT_DELAYED_WORK(&limit->work, missed_work);
}

/**
 * ktgt_event_limit_exit - let nothing be told any more
 * @limit: the limit of a namespace that has no connections any more
 *
 * Context: may sleep.
 */
void ktgt_event_limit_exit(struct ktgt_event_limit *limit)
{
	cancel_delayed_work_sync(&limit->work);
}
