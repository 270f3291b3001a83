// SPDX-License-Identifier: GPL-2.0
/*
 * Target port groups: add, change and delete them. The first change of a target in a
 * transaction makes a copy of its groups, which the later ones change too. The copy
 * takes their place when the first of these changes is applied.
 */
#include "group.h"

#include <linux/completion.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "../core/group.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/transition.h"
#include "target.h"
#include "txn.h"

/**
 * struct group_change - change of a target port group
 * @change: the change
 * @params: what the user says
 * @transition: makes the groups that are staged those of the target; NULL if an
 *	earlier change of the transaction does so
 */
struct group_change {
	struct ktgt_change		change;
	struct ktgt_group_params	params;
	struct ktgt_transition		*transition;
};

static struct group_change *to_group(struct ktgt_change *change)
{
	return container_of(change, struct group_change, change);
}

/* --- what is staged ------------------------------------------------------- */

static int refuse_busy(struct ktgt_txn *txn, const struct ktgt_target *target)
{
	ktgt_refuse(txn->extack,
		    "target %u: its target port groups are in transition; try again in some seconds",
		    target->tid);
	return -EBUSY;
}

/* From now on nobody else changes the groups of the target, no initiator either. */
static int claim(struct ktgt_txn *txn, struct ktgt_target *target,
		 struct group_change *own)
{
	struct ktgt_groups *staged = kzalloc_obj(*staged, GFP_KERNEL);

	own->transition = ktgt_transition_alloc(target, NULL, GFP_KERNEL);
	if (!staged || !own->transition) {
		kfree(staged);
		return -ENOMEM;
	}
	if (!ktgt_transition_claim(own->transition)) {
		kfree(staged);
		return refuse_busy(txn, target);
	}
	spin_lock_bh(&target->nexus_lock);
	if (target->groups)
		*staged = *target->groups;
	spin_unlock_bh(&target->nexus_lock);
	target->staged_groups = staged;
	return 0;
}

static void unclaim(struct group_change *own)
{
	struct ktgt_target *target;

	if (!own->transition)
		return;
	target = own->transition->target;
	kfree(target->staged_groups);
	target->staged_groups = NULL;
	ktgt_transition_unclaim(own->transition);
}

/* --- checks --------------------------------------------------------------- */

static int check_port(struct ktgt_txn *txn, const struct ktgt_groups *staged,
		      const struct group_change *own, u16 tag)
{
	const struct ktgt_group *other = ktgt_groups_of_port(staged, tag);

	if (!other || other->id == own->params.id)
		return 0;
	ktgt_refuse(txn->extack,
		    "target port group %u: portal group %u is in target port group %u; take it out of that one first",
		    own->params.id, tag, other->id);
	return -EEXIST;
}

/* Ports that no portal has can be named, but not without end. */
static int check_number(struct ktgt_txn *txn, const struct ktgt_groups *staged,
			const struct group_change *own)
{
	unsigned int i, nr = own->params.ports.nr;

	for (i = 0; i < staged->nr; i++)
		if (staged->group[i].id != own->params.id)
			nr += staged->group[i].ports.nr;
	if (nr <= KTGT_PORTS_MAX)
		return 0;
	ktgt_refuse(txn->extack,
		    "target %u: its target port groups would have %u portal groups; the maximum is %u",
		    own->params.tid, nr, KTGT_PORTS_MAX);
	return -ENOSPC;
}

static int check_ports(struct ktgt_txn *txn, const struct ktgt_groups *staged,
		       const struct group_change *own)
{
	const struct ktgt_ports *ports = &own->params.ports;
	unsigned int i;
	int err = 0;

	if (!own->params.set_ports)
		return 0;
	for (i = 0; i < ports->nr && !err; i++)
		err = check_port(txn, staged, own, ports->tag[i]);
	return err ?: check_number(txn, staged, own);
}

static void set_group(struct ktgt_group *group,
		      const struct ktgt_group_params *params)
{
	if (params->set_ports)
		group->ports = params->ports;
	if (params->set_state)
		group->state = params->state;
	if (params->set_preferred)
		group->preferred = params->preferred;
}

static int edit_new(struct ktgt_txn *txn, struct ktgt_groups *staged,
		    const struct group_change *own)
{
	struct ktgt_group *group;

	if (ktgt_groups_find(staged, own->params.id)) {
		ktgt_refuse(txn->extack,
			    "target %u has a target port group %u already",
			    own->params.tid, own->params.id);
		return -EEXIST;
	}
	/* each has a port at least, and check_number() counts these */
	if (WARN_ON_ONCE(staged->nr == KTGT_GROUPS_MAX))
		return -ENOSPC;
	group = &staged->group[staged->nr++];
	*group = (struct ktgt_group) { .id = own->params.id };
	set_group(group, &own->params);
	return 0;
}

static struct ktgt_group *find_group(struct ktgt_txn *txn,
				     struct ktgt_groups *staged,
				     const struct group_change *own)
{
	struct ktgt_group *group = ktgt_groups_find(staged, own->params.id);

	if (!group)
		ktgt_refuse(txn->extack, "target %u has no target port group %u",
			    own->params.tid, own->params.id);
	return group;
}

static int edit_set(struct ktgt_txn *txn, struct ktgt_groups *staged,
		    const struct group_change *own)
{
	struct ktgt_group *group = find_group(txn, staged, own);

	if (!group)
		return -ENOENT;
	set_group(group, &own->params);
	return 0;
}

static int edit_del(struct ktgt_txn *txn, struct ktgt_groups *staged,
		    const struct group_change *own)
{
	struct ktgt_group *group = find_group(txn, staged, own);
	struct ktgt_group *end = &staged->group[staged->nr];

	if (!group)
		return -ENOENT;
	for (; group + 1 < end; group++)
		group[0] = group[1];
	staged->nr--;
	return 0;
}

static int check(struct ktgt_txn *txn, struct ktgt_change *change,
		 int (*edit)(struct ktgt_txn *txn, struct ktgt_groups *staged,
			     const struct group_change *own))
{
	struct group_change *own = to_group(change);
	struct ktgt_target *target;
	int err = 0;

	target = ktgt_target_check(txn, own->params.tid, NULL);
	if (IS_ERR(target))
		return PTR_ERR(target);
	if (!target->staged_groups)
		err = claim(txn, target, own);
	if (err) {
		ktgt_transition_put(own->transition);
		own->transition = NULL;
		return err;
	}
	err = check_ports(txn, target->staged_groups, own);
	if (!err)
		err = edit(txn, target->staged_groups, own);
	if (err)
		unclaim(own);
	return err;
}

static int group_new_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	return check(txn, change, edit_new);
}

static int group_set_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	return check(txn, change, edit_set);
}

static int group_del_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	return check(txn, change, edit_del);
}

static void group_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	unclaim(to_group(change));
}

/* --- what is applied ------------------------------------------------------ */

static void group_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct ktgt_transition *transition = to_group(change)->transition;
	struct ktgt_target *target;
	struct ktgt_groups *staged;

	if (!transition)
		return;
	target = transition->target;
	staged = target->staged_groups;
	target->staged_groups = NULL;
	ktgt_transition_replace(transition, staged);
}

static void group_settle(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct ktgt_transition *transition = to_group(change)->transition;

	if (!transition)
		return;
	if (!wait_for_completion_timeout(&transition->done,
					 ktgt_txn_time_left(txn)))
		ktgt_txn_leave(txn, "target %d, whose target port groups are in transition",
			       change->info.tid);
	else if (transition->failed)
		ktgt_txn_leave(txn, "target %d, whose target port groups keep their states",
			       change->info.tid);
}

static void group_free(struct ktgt_change *change)
{
	struct group_change *own = to_group(change);

	ktgt_transition_put(own->transition);
	kfree(own);
}

static const struct ktgt_change_ops group_new_ops = {
	.object = KTGT_OBJECT_PORT_GROUP,
	.action = KTGT_ACTION_ADD,
	.check = group_new_check,
	.abort = group_abort,
	.apply = group_apply,
	.settle = group_settle,
	.free = group_free,
};

static const struct ktgt_change_ops group_set_ops = {
	.object = KTGT_OBJECT_PORT_GROUP,
	.action = KTGT_ACTION_CHANGE,
	.check = group_set_check,
	.abort = group_abort,
	.apply = group_apply,
	.settle = group_settle,
	.free = group_free,
};

static const struct ktgt_change_ops group_del_ops = {
	.object = KTGT_OBJECT_PORT_GROUP,
	.action = KTGT_ACTION_DELETE,
	.check = group_del_check,
	.abort = group_abort,
	.apply = group_apply,
	.settle = group_settle,
	.free = group_free,
};

static int stage(struct ktgt_txn *txn, const struct ktgt_group_params *params,
		 const struct ktgt_change_ops *ops)
{
	struct group_change *own = kzalloc_obj(*own, GFP_KERNEL);

	if (!own)
		return -ENOMEM;
	own->params = *params;
	own->change.info = (struct ktgt_change_info){
		.tid = params->tid,
		.lun = -1,
	};
	ktgt_txn_stage(txn, &own->change, ops);
	return 0;
}

/**
 * ktgt_group_stage_new - stage a new target port group
 * @txn: the transaction
 * @params: the group; @ports holds
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_group_stage_new(struct ktgt_txn *txn,
			 const struct ktgt_group_params *params)
{
	return stage(txn, params, &group_new_ops);
}

/**
 * ktgt_group_stage_set - stage a change of a target port group
 * @txn: the transaction
 * @params: which group, and its new values
 *
 * The transaction waits until the storage has answered what was admitted before. If
 * that takes too long, the groups keep their states, and the transaction says so.
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_group_stage_set(struct ktgt_txn *txn,
			 const struct ktgt_group_params *params)
{
	return stage(txn, params, &group_set_ops);
}

/**
 * ktgt_group_stage_del - stage the deletion of a target port group
 * @txn: the transaction
 * @params: which group; its ports are active then
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_group_stage_del(struct ktgt_txn *txn,
			 const struct ktgt_group_params *params)
{
	return stage(txn, params, &group_del_ops);
}
