// SPDX-License-Identifier: GPL-2.0
/*
 * Orphans belong to their store: the connection's memory stays until the last
 * of them has come back, and nothing else of it. They hold &ktgt_store.active,
 * so whoever waits for the commands of a store waits for them too.
 *
 * A session that comes back must not overtake what its predecessor has left:
 * its commands wait here, for a while. What storage that never answers may hold
 * has a limit, for each store and over all.
 *
 * All of this is rare, so one lock is enough. Who only shows the groups goes
 * through their list under RCU, and holds up nobody.
 */
#include "orphan.h"

#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

#include <scsi/scsi_proto.h>

#include "../backend/store.h"
#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/name.h"
#include "../core/net.h"
#include "cdb.h"
#include "lu.h"

/* how long a session that comes back waits for the orphans of the last one */
#define WAIT_TIME	(5 * HZ)

static void wait_over(struct timer_list *timer);

/* protects all groups and what waits for them; a spinlock, interrupts off */
static DEFINE_SPINLOCK(orphans_lock);
static LIST_HEAD(all_groups);
static u64 last_id;
static u64 all_bytes;
/* over_limit(), for those who do not take the lock */
static bool all_crowded;
static DEFINE_TIMER(wait_timer, wait_over);

/* With the lock: over all, whether they hold an eighth of memory. */
static bool over_limit(void)
{
	return all_bytes >= (u64)totalram_pages() << (PAGE_SHIFT - 3);
}

/* With the lock: whether a store takes no more commands. */
static void judge(struct ktgt_store *store)
{
	bool full = store->nr_orphans >= KTGT_ORPHANS_MAX ||
		    store->orphan_bytes >= KTGT_ORPHANS_BYTES_MAX ||
		    (store->nr_orphans && over_limit());

	WRITE_ONCE(store->crowded, full);
}

/* With the lock. */
static void judge_all(void)
{
	struct ktgt_orphan_group *group;

	list_for_each_entry(group, &all_groups, node)
		judge(group->store);
}

static enum ktgt_orphan_kind kind_of(const struct ktgt_cmd *cmd)
{
	if (cmd->row->flags & KTGT_CDB_WRITE)
		return KTGT_ORPHAN_WRITE;
	return cmd->row->flags & KTGT_CDB_COUNT ? KTGT_ORPHAN_READ :
						  KTGT_ORPHAN_OTHER;
}

/* With the lock; @count is 1 for an orphan more, and -1 for one less. */
static void account(struct ktgt_orphan_group *group, const struct ktgt_cmd *cmd,
		    int count)
{
	s64 bytes = (s64)cmd->orphan_bytes * count;
	u32 *nr = &group->nr[kind_of(cmd)];
	bool full;

	WRITE_ONCE(group->count, group->count + count);
	WRITE_ONCE(*nr, *nr + count);
	WRITE_ONCE(group->bytes, group->bytes + bytes);
	WRITE_ONCE(group->store->nr_orphans, group->store->nr_orphans + count);
	group->store->orphan_bytes += bytes;
	all_bytes += bytes;
	judge(group->store);
	/* memory can grow and shrink too, so it is compared with what was told */
	full = over_limit();
	if (full == all_crowded)
		return;
	WRITE_ONCE(all_crowded, full);
	judge_all();
}

/**
 * ktgt_orphans_alloc - make a place for the orphans of a connection
 * @nexus: its I_T nexus
 *
 * Context: process, may sleep.
 * Return: the place; never fails.
 */
struct ktgt_orphans *ktgt_orphans_alloc(const struct ktgt_nexus *nexus)
{
	const struct ktgt_net *kn = nexus->target->kn;
	size_t len = strlen(nexus->port_name) + 1;
	struct ktgt_orphans *orphans;

	orphans = kzalloc(struct_size(orphans, port, len),
			  GFP_KERNEL | __GFP_NOFAIL);
	INIT_LIST_HEAD(&orphans->groups);
	orphans->net_cookie = kn->cookie;
	orphans->net_inode = kn->inode;
	orphans->hash = nexus->port_hash;
	orphans->target_port = nexus->port;
	memcpy(orphans->port, nexus->port_name, len);
	strscpy(orphans->target, nexus->target->name, sizeof(orphans->target));
	return orphans;
}

/* With the lock: a command waits for the orphans of a group no longer. */
static void stop_waiting(struct ktgt_cmd *cmd)
{
	list_del(&cmd->wait_node);
	WRITE_ONCE(cmd->orphan_group, NULL);
	clear_bit(KTGT_CMDF_WAITING, &cmd->flags);
}

/*
 * With the lock: a group whose last orphan has come back. Those who wait for it are
 * moved to @over.
 */
static void end_group(struct ktgt_orphan_group *group, struct list_head *over)
{
	struct ktgt_cmd *cmd, *next;

	list_for_each_entry_safe(cmd, next, &group->waiting, wait_node) {
		stop_waiting(cmd);
		ktgt_cmd_resume(cmd);
	}
	list_splice_init(&group->waits, over);
	list_del_rcu(&group->node);
	list_del(&group->of_conn);
	ktgt_store_put(group->store);
	kfree_rcu(group, rcu);
}

/**
 * ktgt_orphans_hold_much - whether orphans hold an eighth of memory
 *
 * A store that has some takes no more commands then. One that has none may hang
 * as well, so a fabric gives each connection little memory meanwhile.
 *
 * Context: any.
 * Return: true if they do.
 */
bool ktgt_orphans_hold_much(void)
{
	return READ_ONCE(all_crowded);
}

/**
 * ktgt_orphans_free - the last orphan of a connection has come back
 * @orphans: its place, or NULL
 *
 * Context: any.
 */
void ktgt_orphans_free(struct ktgt_orphans *orphans)
{
	if (!orphans)
		return;
	WARN_ON_ONCE(!list_empty(&orphans->groups));
	kfree_rcu(orphans, rcu);
}

static struct ktgt_orphan_group *find_group(struct ktgt_orphans *orphans,
					    const struct ktgt_store *store)
{
	struct ktgt_orphan_group *group;

	list_for_each_entry(group, &orphans->groups, of_conn)
		if (group->store == store)
			return group;
	return NULL;
}

static struct ktgt_orphan_group *add_group(struct ktgt_orphans *orphans,
					   struct ktgt_store *store)
{
	size_t len = store->path ? strlen(store->path) : 0;
	struct ktgt_orphan_group *group;

	group = kzalloc(struct_size(group, path, len + 1),
			GFP_KERNEL | __GFP_NOFAIL);
	INIT_LIST_HEAD(&group->waiting);
	INIT_LIST_HEAD(&group->waits);
	group->orphans = orphans;
	group->store = store;
	group->since = jiffies;
	memcpy(group->path, store->path ?: "", len);
	spin_lock_irq(&orphans_lock);
	group->id = ++last_id;
	list_add_tail_rcu(&group->node, &all_groups);
	list_add_tail(&group->of_conn, &orphans->groups);
	spin_unlock_irq(&orphans_lock);
	return group;
}

/* The store of a command, which may leave it at this moment, with a reference. */
static struct ktgt_store *get_store(struct ktgt_cmd *cmd)
{
	struct ktgt_store *store;

	rcu_read_lock();
	store = READ_ONCE(cmd->store);
	if (store && !kref_get_unless_zero(&store->ref))
		store = NULL;
	rcu_read_unlock();
	return store;
}

/**
 * ktgt_orphan_add - a command becomes an orphan
 * @orphans: place of its connection
 * @cmd: the command, which its fabric has submitted and not got back; it is
 *	marked as aborted, and ktgt_cmd_cancel() was called for it
 * @bytes: bytes of its buffer
 *
 * It lets go of its logical unit and of the I_T_L nexus. If it is not with the
 * storage, it is on its way back and nobody has to wait for it.
 *
 * Context: process, may sleep; the teardown of the connection.
 */
void ktgt_orphan_add(struct ktgt_orphans *orphans, struct ktgt_cmd *cmd,
		     u32 bytes)
{
	struct ktgt_store *store = get_store(cmd);
	struct ktgt_orphan_group *group;

	/* a tracepoint may look at it as late as now */
	WRITE_ONCE(cmd->nexus, NULL);
	if (test_and_clear_bit(KTGT_CMDF_LU_REF, &cmd->flags)) {
		/* the memory stays, as the way back may look at it */
		kref_get(&cmd->lu->kref);
		set_bit(KTGT_CMDF_ORPHAN, &cmd->flags);
		cmd->itl = NULL;
		percpu_ref_put(&cmd->lu->ref);
	}
	if (!store)
		return;
	group = find_group(orphans, store);
	if (group)
		ktgt_store_put(store);
	else
		group = add_group(orphans, store);
	cmd->orphan_group = group;
	cmd->orphan_bytes = bytes;
	spin_lock_irq(&orphans_lock);
	account(group, cmd, 1);
	spin_unlock_irq(&orphans_lock);
}

/* With the lock: the next group that is waited for, if there is one. */
static bool wait_on(struct ktgt_orphan_wait *wait)
{
	struct ktgt_orphan_group *group;

	list_for_each_entry(group, &all_groups, node) {
		if (group->id >= wait->before)
			break;
		if (group->store != wait->store || !group->count ||
		    !wait->is_meant(wait, group->orphans))
			continue;
		list_add_tail(&wait->node, &group->waits);
		return true;
	}
	return false;
}

/* A group has ended: what has waited for it may have to wait for another one. */
static void go_on(struct list_head *over)
{
	struct ktgt_orphan_wait *wait, *next;
	bool waits;

	list_for_each_entry_safe(wait, next, over, node) {
		spin_lock_irq(&orphans_lock);
		waits = wait_on(wait);
		spin_unlock_irq(&orphans_lock);
		if (!waits)
			wait->done(wait);
	}
}

/**
 * ktgt_orphans_wait - have a function called when certain orphans have come back
 * @wait: @store, @is_meant and @done are set
 *
 * Those count that there are now. What becomes an orphan later does not.
 *
 * Context: process; does not sleep.
 * Return: false if there is none; then @done is not called.
 */
bool ktgt_orphans_wait(struct ktgt_orphan_wait *wait)
{
	unsigned long flags;
	bool waits;

	spin_lock_irqsave(&orphans_lock, flags);
	wait->before = last_id + 1;
	waits = wait_on(wait);
	spin_unlock_irqrestore(&orphans_lock, flags);
	return waits;
}

/**
 * ktgt_orphan_end - an orphan has come back
 * @cmd: the command
 *
 * Context: process; the teardown of its connection.
 */
void ktgt_orphan_end(struct ktgt_cmd *cmd)
{
	struct ktgt_orphan_group *group = cmd->orphan_group;
	LIST_HEAD(over);

	if (test_and_clear_bit(KTGT_CMDF_ORPHAN, &cmd->flags))
		ktgt_lu_put(cmd->lu);
	if (!group)
		return;
	cmd->orphan_group = NULL;
	spin_lock_irq(&orphans_lock);
	account(group, cmd, -1);
	if (!group->count)
		end_group(group, &over);
	spin_unlock_irq(&orphans_lock);
	go_on(&over);
}

/* With the lock: what an earlier session of the nexus has left at the store. */
static struct ktgt_orphan_group *find_left(const struct ktgt_nexus *nexus,
					   const struct ktgt_store *store)
{
	struct ktgt_orphan_group *group;

	list_for_each_entry(group, &all_groups, node) {
		if (group->store == store && group->count &&
		    group->orphans->target_port == nexus->port &&
		    !strcmp(group->orphans->port, nexus->port_name) &&
		    ktgt_name_equal(group->orphans->target,
				    nexus->target->name))
			return group;
	}
	return NULL;
}

/**
 * ktgt_orphans_exist - whether an earlier session of an I_T nexus has orphans
 * @nexus: the I_T nexus
 * @store: where
 *
 * Context: any.
 * Return: true if it has.
 */
bool ktgt_orphans_exist(const struct ktgt_nexus *nexus,
			const struct ktgt_store *store)
{
	unsigned long flags;
	bool exist;

	if (list_empty_careful(&all_groups))
		return false;
	spin_lock_irqsave(&orphans_lock, flags);
	exist = find_left(nexus, store);
	spin_unlock_irqrestore(&orphans_lock, flags);
	return exist;
}

/* With the lock. */
static void wait_for(struct ktgt_orphan_group *group, struct ktgt_cmd *cmd)
{
	if (list_empty(&group->waiting)) {
		group->deadline = jiffies + WAIT_TIME;
		if (!timer_pending(&wait_timer) ||
		    time_before(group->deadline, wait_timer.expires))
			mod_timer(&wait_timer, group->deadline);
	}
	set_bit(KTGT_CMDF_WAITING, &cmd->flags);
	cmd->orphan_group = group;
	list_add_tail(&cmd->wait_node, &group->waiting);
}

/**
 * ktgt_orphans_hold - let a command wait for the orphans of its own nexus
 * @cmd: command with KTGT_ITL_ORPHANS, which was admitted to its store; if it
 *	waits, it is admitted no more
 *
 * Context: process; does not sleep.
 * Return: true if it waits: the caller must not touch it any more. It is
 * submitted
 *	again when the last orphan has come back, and ends with BUSY after 5 s.
 */
bool ktgt_orphans_hold(struct ktgt_cmd *cmd)
{
	struct ktgt_store *store = cmd->store;
	struct ktgt_orphan_group *group;
	unsigned long flags;

	spin_lock_irqsave(&orphans_lock, flags);
	group = find_left(cmd->nexus, store);
	if (group) {
		cmd->store = NULL;
		wait_for(group, cmd);
	} else {
		clear_bit(KTGT_ITL_ORPHANS, &cmd->itl->flags);
	}
	spin_unlock_irqrestore(&orphans_lock, flags);
	if (group)
		percpu_ref_put(&store->active);
	return group;
}

/**
 * ktgt_orphans_cancel - let a command wait for orphans no longer
 * @cmd: the command, which may wait elsewhere or not at all
 *
 * Context: any.
 * Return: true if it waited; it has not completed.
 */
bool ktgt_orphans_cancel(struct ktgt_cmd *cmd)
{
	unsigned long flags;
	bool waits;

	if (!READ_ONCE(cmd->orphan_group))
		return false;
	spin_lock_irqsave(&orphans_lock, flags);
	waits = cmd->orphan_group && test_bit(KTGT_CMDF_WAITING, &cmd->flags);
	if (waits)
		stop_waiting(cmd);
	spin_unlock_irqrestore(&orphans_lock, flags);
	return waits;
}

/**
 * ktgt_orphans_walk - show all groups, or go on with that
 * @next: number of the first group to be shown, 0 at the beginning; takes that
 *	of the group at which the walk has ended
 * @show: shows a group, which may have no orphan; under RCU. Not 0 ends the walk
 * @arg: for @show
 *
 * Context: any; does not sleep, and takes no lock.
 * Return: what @show returned last, 0 if no group is left.
 */
int ktgt_orphans_walk(u64 *next,
		      int (*show)(const struct ktgt_orphan_group *group,
				  void *arg),
		      void *arg)
{
	const struct ktgt_orphan_group *group;
	int err = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(group, &all_groups, node) {
		if (group->id < *next)
			continue;
		*next = group->id;
		err = show(group, arg);
		if (err)
			break;
		*next = group->id + 1;
	}
	rcu_read_unlock();
	return err;
}

/* With the lock. */
static void give_up_waiting(struct ktgt_orphan_group *group)
{
	struct ktgt_cmd *cmd, *next;

	list_for_each_entry_safe(cmd, next, &group->waiting, wait_node) {
		stop_waiting(cmd);
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
	}
}

static void wait_over(struct timer_list *timer)
{
	struct ktgt_orphan_group *group;
	unsigned long next = 0, flags;

	spin_lock_irqsave(&orphans_lock, flags);
	list_for_each_entry(group, &all_groups, node) {
		if (list_empty(&group->waiting))
			continue;
		if (time_after_eq(jiffies, group->deadline))
			give_up_waiting(group);
		else if (!next || time_before(group->deadline, next))
			next = group->deadline;
	}
	if (next)
		mod_timer(timer, next);
	spin_unlock_irqrestore(&orphans_lock, flags);
}

/**
 * ktgt_orphans_exit - stop the timer
 *
 * Context: module unload; there are no orphans.
 */
void ktgt_orphans_exit(void)
{
	timer_shutdown_sync(&wait_timer);
}
