// SPDX-License-Identifier: GPL-2.0
/*
 * Transitions of target port groups (SPC-4, 5.15.2.5).
 *
 * The groups are transitioning first, so that their ports let no more commands
 * through. Then the gate of each disk of the target is closed until the storage has
 * answered what was admitted before, as for a reset that aborts nothing; each disk
 * opens again by itself. When all have done so, the groups get their new state, and
 * the I_T nexuses are told. Nobody sleeps meanwhile.
 */
#include "transition.h"

#include <linux/atomic.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/group.h"
#include "../core/target.h"
#include "group.h"
#include "lu.h"
#include "sense.h"
#include "ua.h"

/* ends what has not ended in time; reclaim may wait for the gates that it opens */
static struct workqueue_struct *expire_wq;
/* those whose memory is not freed yet */
static atomic_t nr_alive = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(none_alive);

static void release(struct kref *ref)
{
	struct ktgt_transition *own = container_of(ref, struct ktgt_transition,
						   ref);

	ktgt_reset_exit(&own->drain);
	ktgt_target_put(own->target);
	kfree(own);
	if (atomic_dec_and_test(&nr_alive))
		wake_up_all(&none_alive);
}

/**
 * ktgt_transition_put - drop a reference
 * @own: the transition, or NULL
 *
 * Context: process.
 */
void ktgt_transition_put(struct ktgt_transition *own)
{
	if (own)
		kref_put(&own->ref, release);
}

/* With the lock: the groups are in their new state, or in the old one again. */
static void settle_groups(struct ktgt_transition *own)
{
	struct ktgt_groups *groups = own->target->groups;
	struct ktgt_group *group;
	unsigned int i;

	for (i = 0; groups && i < groups->nr; i++) {
		group = &groups->group[i];
		if (group->state != KTGT_PORT_GROUP_STATE_TRANSITIONING)
			continue;
		group->state = own->failed ? group->before : group->next;
		if (!own->failed)
			group->status = own->lu ? KTGT_GROUP_SET_EXPLICITLY :
						  KTGT_GROUP_SET_IMPLICITLY;
	}
	ktgt_group_update(own->target);
}

/*
 * With the lock. Who has asked for it hears of it by the answer, and for his other
 * logical units it came by itself.
 */
static void tell(const struct ktgt_transition *own)
{
	enum ktgt_ua ua = own->failed ? KTGT_UA_TRANSITION_FAILED :
					KTGT_UA_ACCESS_STATE;
	struct ktgt_lu *lu;
	unsigned long nr;

	if (own->failed && own->lu)
		return;
	rcu_read_lock();
	xa_for_each(&own->target->lus, nr, lu)
		ktgt_ua_raise_locked(lu, ua, lu == own->lu ? own->nexus : NULL);
	rcu_read_unlock();
}

static void answer(const struct ktgt_transition *own, struct ktgt_cmd *cmd)
{
	if (own->failed)
		ktgt_sense_set(&cmd->sense, HARDWARE_ERROR,
			       KTGT_ASC_SET_PORT_GROUPS_FAILED);
	ktgt_cmd_complete(cmd, own->failed ? SAM_STAT_CHECK_CONDITION :
					     SAM_STAT_GOOD);
}

static void drain_done(struct ktgt_reset *drain)
{
	struct ktgt_transition *own = container_of(drain, struct ktgt_transition,
						   drain);
	struct ktgt_target *target = own->target;
	struct ktgt_cmd *cmd;

	own->failed = ktgt_reset_has_failed(drain);
	spin_lock_bh(&target->nexus_lock);
	settle_groups(own);
	tell(own);
	cmd = target->set_groups;
	target->set_groups = NULL;
	target->transition = NULL;
	spin_unlock_bh(&target->nexus_lock);
	if (cmd)
		answer(own, cmd);
	complete_all(&own->done);
	if (cancel_delayed_work(&own->expire))
		ktgt_transition_put(own);
	ktgt_transition_put(own);
}

/* One command that the storage has lost must not keep the ports from all. */
static void expire(struct work_struct *work)
{
	struct ktgt_transition *own = container_of(to_delayed_work(work),
						   struct ktgt_transition,
						   expire);

	ktgt_reset_give_up(&own->drain);
	ktgt_transition_put(own);
}

/**
 * ktgt_transition_alloc - prepare a transition
 * @target: target, of which the caller has a reference
 * @cmd: SET TARGET PORT GROUPS that asks for it, NULL for the administrator
 * @gfp: how to allocate it
 *
 * Context: as @gfp says.
 * Return: the transition, with one reference; NULL without memory.
 */
struct ktgt_transition *ktgt_transition_alloc(struct ktgt_target *target,
					      struct ktgt_cmd *cmd, gfp_t gfp)
{
	struct ktgt_transition *own = kzalloc_obj(*own, gfp);

	if (!own)
		return NULL;
	kref_init(&own->ref);
	kref_get(&target->ref);
	own->target = target;
	own->lu = cmd ? cmd->lu : NULL;
	own->nexus = cmd ? cmd->nexus : NULL;
	INIT_DELAYED_WORK(&own->expire, expire);
	init_completion(&own->done);
	ktgt_reset_init(&own->drain, drain_done);
	atomic_inc(&nr_alive);
	return own;
}

/**
 * ktgt_transition_claim - let nobody else change the groups of a target
 * @own: transition that has not begun
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 * Return: false if there is another one.
 */
bool ktgt_transition_claim(struct ktgt_transition *own)
{
	struct ktgt_target *target = own->target;
	bool ok;

	spin_lock_bh(&target->nexus_lock);
	ok = !target->transition;
	if (ok)
		target->transition = own;
	spin_unlock_bh(&target->nexus_lock);
	return ok;
}

/**
 * ktgt_transition_unclaim - undo ktgt_transition_claim()
 * @own: transition that is not to begin
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 */
void ktgt_transition_unclaim(struct ktgt_transition *own)
{
	struct ktgt_target *target = own->target;

	spin_lock_bh(&target->nexus_lock);
	target->transition = NULL;
	spin_unlock_bh(&target->nexus_lock);
}

/**
 * ktgt_transition_begin - make a transition
 * @own: transition that has claimed its target, whose groups are transitioning and
 *	have their next states. It may have ended when this returns; its reference
 *	stays the caller's
 * @cmd: the command that is completed when it ends, or NULL
 *
 * Context: process, may sleep for some grace periods of RCU; takes
 *	&ktgt_target.nexus_lock.
 */
void ktgt_transition_begin(struct ktgt_transition *own, struct ktgt_cmd *cmd)
{
	struct ktgt_target *target = own->target;

	kref_get(&own->ref);
	kref_get(&own->ref);
	spin_lock_bh(&target->nexus_lock);
	target->set_groups = cmd;
	ktgt_group_update(target);
	spin_unlock_bh(&target->nexus_lock);
	ktgt_reset_drain(&own->drain, target);
	queue_delayed_work(expire_wq, &own->expire, KTGT_TRANSITION_TIMEOUT);
	ktgt_lu_reset_put(&own->drain.tasks);
}

/**
 * ktgt_transition_replace - give a target other target port groups
 * @own: transition that has claimed the target. It may have ended when this returns;
 *	its reference stays the caller's
 * @groups: the groups, with the states that they are to have; belong to the target
 *
 * What has to be waited for is waited for as in any transition.
 *
 * Context: process, may sleep for some grace periods of RCU; takes
 *	&ktgt_target.nexus_lock. Cannot fail.
 */
void ktgt_transition_replace(struct ktgt_transition *own,
			     struct ktgt_groups *groups)
{
	struct ktgt_target *target = own->target;
	struct ktgt_groups *old;
	u32 what;

	spin_lock_bh(&target->nexus_lock);
	old = target->groups;
	what = ktgt_groups_follow(old, groups);
	/* without any there is no TPGS; who looks at that has no lock */
	WRITE_ONCE(target->groups, groups->nr ? groups : NULL);
	ktgt_group_update(target);
	if (what & KTGT_GROUPS_OTHERS)
		ktgt_ua_raise_target_locked(target, KTGT_UA_INQUIRY);
	if (what & KTGT_GROUPS_TOLD)
		ktgt_ua_raise_target_locked(target, KTGT_UA_ACCESS_STATE);
	spin_unlock_bh(&target->nexus_lock);
	kfree(old);
	if (!groups->nr)
		kfree(groups);
	if (what & KTGT_GROUPS_LEAVE) {
		ktgt_transition_begin(own, NULL);
		return;
	}
	ktgt_transition_unclaim(own);
	complete_all(&own->done);
}

/**
 * ktgt_transition_cancel - let a command wait no longer
 * @cmd: SET TARGET PORT GROUPS, which may have been answered
 *
 * The transition goes on without it. Who has asked for it gets no answer then, and is
 * told of the change as all others are.
 *
 * Context: process or softirq; takes &ktgt_target.nexus_lock.
 * Return: true if it waited; it has not completed.
 */
bool ktgt_transition_cancel(struct ktgt_cmd *cmd)
{
	struct ktgt_target *target = cmd->lu->target;
	bool waits;

	spin_lock_bh(&target->nexus_lock);
	waits = target->set_groups == cmd;
	if (waits) {
		target->set_groups = NULL;
		target->transition->nexus = NULL;
	}
	spin_unlock_bh(&target->nexus_lock);
	return waits;
}

/**
 * ktgt_transition_init - make the queue for those that take too long
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_transition_init(void)
{
	expire_wq = alloc_workqueue("ktgt-transition",
				    WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return expire_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_transition_exit - wait until all transitions have ended
 *
 * Context: module unload, all targets have been deleted.
 */
void ktgt_transition_exit(void)
{
	wait_event(none_alive, !atomic_read(&nr_alive));
	destroy_workqueue(expire_wq);
}
