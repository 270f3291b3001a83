/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Target port groups (SPC-4, 5.15.2.2): ports of a target that have the same access
 * state for all of its logical units.
 */
#ifndef _KTGT_CORE_GROUP_H
#define _KTGT_CORE_GROUP_H

#include <linux/bits.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <uapi/linux/ktgt.h>

#include "port.h"

/* target port groups that a target may have; each has a port at least */
#define KTGT_GROUPS_MAX		KTGT_PORTS_MAX
/* the group of the ports that are in no other one; its state never changes */
#define KTGT_GROUP_REST		0

/* STATUS CODE of a target port group descriptor (SPC-4, table 302) */
enum ktgt_group_status {
	KTGT_GROUP_UNTOUCHED,
	KTGT_GROUP_SET_EXPLICITLY,
	KTGT_GROUP_SET_IMPLICITLY,
};

/**
 * struct ktgt_group - a target port group
 * @id: its identifier
 * @state: enum ktgt_port_group_state; KTGT_PORT_GROUP_STATE_TRANSITIONING while
 *	commands are waited for that were admitted in @before
 * @before: the state that it had, if it is transitioning
 * @next: the state that it will have then
 * @status: enum ktgt_group_status, how it came to its state
 * @preferred: initiators should use it rather than others
 * @ports: its ports; no other group has any of them
 */
struct ktgt_group {
	u16			id;
	u8			state;
	u8			before;
	u8			next;
	u8			status;
	bool			preferred;
	struct ktgt_ports	ports;
};

/**
 * struct ktgt_groups - the target port groups of a target
 * @rcu: frees it with its target, which others may have found under RCU
 * @nr: length of @group, one at least
 * @group: target port groups, in the order in which they were added
 */
struct ktgt_groups {
	struct rcu_head		rcu;
	unsigned int		nr;
	struct ktgt_group	group[KTGT_GROUPS_MAX];
};

/**
 * ktgt_groups_find - find a target port group
 * @groups: those of a target, or NULL
 * @id: its identifier
 *
 * Context: any, while @groups does not change.
 * Return: the group, or NULL.
 */
static inline struct ktgt_group *ktgt_groups_find(struct ktgt_groups *groups,
						  u16 id)
{
	unsigned int i;

	for (i = 0; groups && i < groups->nr; i++)
		if (groups->group[i].id == id)
			return &groups->group[i];
	return NULL;
}

/**
 * ktgt_groups_of_port - the target port group that a port is in
 * @groups: those of a target, or NULL
 * @tag: portal group tag of the port
 *
 * Context: any, while @groups does not change.
 * Return: the group, or NULL if it is in KTGT_GROUP_REST.
 */
static inline const struct ktgt_group *
ktgt_groups_of_port(const struct ktgt_groups *groups, u16 tag)
{
	unsigned int i;

	for (i = 0; groups && i < groups->nr; i++)
		if (ktgt_ports_has(&groups->group[i].ports, tag))
			return &groups->group[i];
	return NULL;
}

/**
 * ktgt_group_leave - have a target port group leave its state for another one
 * @group: the group, in no transition
 * @next: enum ktgt_port_group_state that it is to have
 *
 * Context: &ktgt_target.nexus_lock is held, or nobody else can find @group.
 * Return: false if it has that state; otherwise it is transitioning.
 */
static inline bool ktgt_group_leave(struct ktgt_group *group, u8 next)
{
	if (group->state == next)
		return false;
	group->before = group->state;
	group->next = next;
	group->state = KTGT_PORT_GROUP_STATE_TRANSITIONING;
	return true;
}

/**
 * enum ktgt_groups_change - what is different when groups take the place of others
 * @KTGT_GROUPS_LEAVE: some are transitioning
 * @KTGT_GROUPS_OTHERS: ports are in other groups than before
 * @KTGT_GROUPS_TOLD: REPORT TARGET PORT GROUPS tells something else, without a
 *	transition
 */
enum ktgt_groups_change {
	KTGT_GROUPS_LEAVE	= BIT(0),
	KTGT_GROUPS_OTHERS	= BIT(1),
	KTGT_GROUPS_TOLD	= BIT(2),
};

u32 ktgt_groups_follow(struct ktgt_groups *old, struct ktgt_groups *groups);

#endif /* _KTGT_CORE_GROUP_H */
