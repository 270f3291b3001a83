// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of target port groups when others take their place.
 */
#include "group.h"

#include <linux/string.h>

static bool same_ports(const struct ktgt_ports *one, const struct ktgt_ports *other)
{
	return one->nr == other->nr &&
	       !memcmp(one->tag, other->tag, one->nr * sizeof(*one->tag));
}

/* A group that is to be there, and the one with its identifier that was, or NULL. */
static u32 follow(const struct ktgt_group *old, struct ktgt_group *group)
{
	bool same = old && same_ports(&old->ports, &group->ports);
	u8 state = group->state;
	u32 what = same ? 0 : KTGT_GROUPS_OTHERS;

	if (old && old->preferred != group->preferred)
		what |= KTGT_GROUPS_TOLD;
	group->state = old ? old->state : KTGT_PORT_GROUP_STATE_ACTIVE_OPTIMIZED;
	if (ktgt_group_leave(group, state))
		return what | KTGT_GROUPS_LEAVE;
	if (same)
		return what;
	/* ports come to it that may have had another state */
	group->before = state;
	group->next = state;
	group->state = KTGT_PORT_GROUP_STATE_TRANSITIONING;
	return what | KTGT_GROUPS_LEAVE;
}

/**
 * ktgt_groups_follow - have target port groups take the place of others
 * @old: those that there are, in no transition; NULL if there are none
 * @groups: those that there are to be, with the states that they are to have. Those
 *	that are new, or have another state or other ports, are transitioning afterwards
 *
 * Context: &ktgt_target.nexus_lock is held, or nobody else can find them.
 * Return: bits of &enum ktgt_groups_change.
 */
u32 ktgt_groups_follow(struct ktgt_groups *old, struct ktgt_groups *groups)
{
	unsigned int i, nr_old = old ? old->nr : 0;
	u32 what = nr_old == groups->nr ? 0 : KTGT_GROUPS_OTHERS;

	for (i = 0; i < groups->nr; i++)
		what |= follow(ktgt_groups_find(old, groups->group[i].id),
			       &groups->group[i]);
	/* their ports are active now */
	for (i = 0; i < nr_old; i++)
		if (!ktgt_groups_find(groups, old->group[i].id))
			what |= KTGT_GROUPS_OTHERS | KTGT_GROUPS_TOLD;
	return what;
}
