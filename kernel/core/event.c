// SPDX-License-Identifier: GPL-2.0
/*
 * Events: passing them on to nl/, and the limit for failed logins, which
 * strangers can cause.
 */
#include "event.h"

#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <uapi/linux/ktgt.h>

static const struct ktgt_event_ops __rcu *event_ops;

/**
 * ktgt_event_set_ops - set the functions that receive events
 * @ops: the functions; NULL for none. After NULL is set, no earlier function
 *	runs
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
 * ktgt_event_session - report an event of a session
 * @kn: the namespace
 * @event: what has happened; not used after the call
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
 * ktgt_event_config - report a transaction that was applied
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
 * ktgt_event_allow - may a failed login be reported
 * @limit: the limit of its namespace
 * @missed: if it may, takes the number of earlier ones that were not reported
 *
 * If it may not, it is counted, and the number is reported at the end of the
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
 * ktgt_event_take_missed - get and reset the number of unreported failed logins
 * @limit: the limit of their namespace
 *
 * Context: process context; does not sleep.
 *
 * Return: the number.
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
 * ktgt_event_limit_exit - stop reporting failed logins
 * @limit: the limit of a namespace that has no connections any more
 *
 * Context: may sleep.
 */
void ktgt_event_limit_exit(struct ktgt_event_limit *limit)
{
	cancel_delayed_work_sync(&limit->work);
}
