// SPDX-License-Identifier: GPL-2.0
/*
 * REPORT TARGET PORT GROUPS (SPC-4, 6.37) and SET TARGET PORT GROUPS (SPC-4, 6.45).
 */
#include "port_groups.h"

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../core/target_port.h"
#include "data.h"
#include "lu.h"
#include "sense.h"
#include "transition.h"

/* PARAMETER DATA FORMAT, byte 1 of the CDB */
#define FORMAT			GENMASK(7, 5)
#define FORMAT_LENGTH_ONLY	0x00
#define FORMAT_EXTENDED		0x20
/* FORMAT TYPE, byte 4 of the extended header */
#define FORMAT_TYPE_EXTENDED	0x10

/* in seconds; all gates have to close first, and then to open again */
#define TRANSITION_TIME		(KTGT_TRANSITION_TIMEOUT / HZ + 2)

/* byte 0 of a descriptor */
#define PREF			BIT(7)
/* byte 1: states that there are */
#define T_SUP			BIT(7)
#define U_SUP			BIT(3)
#define S_SUP			BIT(2)
#define AN_SUP			BIT(1)
#define AO_SUP			BIT(0)

#define DESCRIPTOR		8
#define PORT			4
/* of SET TARGET PORT GROUPS: where PARAMETER LIST LENGTH is, and what is in the list */
#define LENGTH_AT		6
#define LIST_HEADER		4
#define LIST_DESCRIPTOR		4
#define STATE			GENMASK(3, 0)

/* ASYMMETRIC ACCESS STATE (SPC-4, table 300) */
static const u8 wire_states[] = {
	[KTGT_PORT_GROUP_STATE_ACTIVE_OPTIMIZED]	= 0x0,
	[KTGT_PORT_GROUP_STATE_ACTIVE_NONOPTIMIZED]	= 0x1,
	[KTGT_PORT_GROUP_STATE_STANDBY]			= 0x2,
	[KTGT_PORT_GROUP_STATE_UNAVAILABLE]		= 0x3,
	[KTGT_PORT_GROUP_STATE_TRANSITIONING]		= 0xf,
};

/* --- REPORT TARGET PORT GROUPS -------------------------------------------- */

static u32 put_group(struct ktgt_cmd *cmd, u32 pos, const struct ktgt_group *group)
{
	u8 buf[DESCRIPTOR + PORT * KTGT_PORTS_MAX] = {};
	const struct ktgt_ports *ports = &group->ports;
	unsigned int i;

	buf[0] = wire_states[group->state] | (group->preferred ? PREF : 0);
	buf[1] = AO_SUP;
	if (group->id != KTGT_GROUP_REST)
		buf[1] |= T_SUP | U_SUP | S_SUP | AN_SUP;
	put_unaligned_be16(group->id, buf + 2);
	buf[5] = group->status;
	buf[7] = ports->nr;
	for (i = 0; i < ports->nr; i++)
		put_unaligned_be16(ports->tag[i],
				   buf + DESCRIPTOR + PORT * i + 2);
	ktgt_data_put(cmd, pos, buf, DESCRIPTOR + PORT * i);
	return pos + DESCRIPTOR + PORT * i;
}

/* With the lock: those of @ports that are in no group. */
static void keep_rest(const struct ktgt_groups *groups, struct ktgt_ports *ports)
{
	unsigned int i, nr = 0;

	for (i = 0; i < ports->nr; i++)
		if (!ktgt_groups_of_port(groups, ports->tag[i]))
			ports->tag[nr++] = ports->tag[i];
	ports->nr = nr;
}

/* @rest: has all ports of the target, and that of the asker */
static u32 put_groups(struct ktgt_cmd *cmd, u32 pos, struct ktgt_group *rest)
{
	struct ktgt_target *target = cmd->lu->target;
	struct ktgt_groups *groups;
	unsigned int i;

	spin_lock_bh(&target->nexus_lock);
	groups = target->groups;
	for (i = 0; groups && i < groups->nr; i++)
		pos = put_group(cmd, pos, &groups->group[i]);
	keep_rest(groups, &rest->ports);
	spin_unlock_bh(&target->nexus_lock);
	return rest->ports.nr ? put_group(cmd, pos, rest) : pos;
}

/**
 * ktgt_groups_report_check - checks of REPORT TARGET PORT GROUPS (SPC-4, 6.37)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_groups_report_check(struct ktgt_cmd *cmd)
{
	u8 format = cmd->cdb[1] & FORMAT;

	if (format == FORMAT_EXTENDED || format == FORMAT_LENGTH_ONLY)
		return true;
	ktgt_sense_cdb_field(&cmd->sense, 1, 7);
	return false;
}

/**
 * ktgt_groups_report - REPORT TARGET PORT GROUPS (SPC-4, 6.37)
 * @cmd: the command
 *
 * IMPLICIT TRANSITION TIME says in seconds how long a transition can take.
 *
 * Context: process; takes &ktgt_target.nexus_lock, completes @cmd.
 */
void ktgt_groups_report(struct ktgt_cmd *cmd)
{
	struct ktgt_group rest = {
		.id = KTGT_GROUP_REST,
		.state = KTGT_PORT_GROUP_STATE_ACTIVE_OPTIMIZED,
	};
	u32 header = cmd->cdb[1] & FORMAT ? 8 : 4;
	u8 buf[8] = {};
	u32 end;

	ktgt_target_ports(cmd->lu->target, &rest.ports);
	/* its session may have outlived the portals of its port */
	ktgt_ports_add(&rest.ports, cmd->nexus->port);
	end = put_groups(cmd, header, &rest);
	put_unaligned_be32(end - 4, buf);
	buf[4] = FORMAT_TYPE_EXTENDED;
	buf[5] = TRANSITION_TIME;
	ktgt_data_put(cmd, 0, buf, header);
	ktgt_data_done(cmd, end);
}

/* --- SET TARGET PORT GROUPS ----------------------------------------------- */

/**
 * ktgt_groups_set_check - checks of SET TARGET PORT GROUPS (SPC-4, 6.45)
 * @cmd: the command
 *
 * An empty list is no error, and changes nothing. Any other length is one of the CDB,
 * not of the list.
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_groups_set_check(struct ktgt_cmd *cmd)
{
	u32 len = cmd->xfer_len;

	if (!len || (len >= LIST_HEADER &&
		     len <= LIST_HEADER + LIST_DESCRIPTOR * KTGT_GROUPS_MAX &&
		     !((len - LIST_HEADER) % LIST_DESCRIPTOR)))
		return true;
	ktgt_sense_cdb_field(&cmd->sense, LENGTH_AT, KTGT_SENSE_NO_BIT);
	return false;
}

/* The state by its number in the command; -1 if none can be asked for that way. */
static int wanted_state(u8 wire)
{
	unsigned int state;

	for (state = 0; state < KTGT_PORT_GROUP_STATE_TRANSITIONING; state++)
		if (wire_states[state] == wire)
			return state;
	return -1;
}

/* KTGT_GROUP_REST is told as a group that has one state, so that may be asked for. */
static bool is_rest(u16 id, int state)
{
	return id == KTGT_GROUP_REST &&
	       state == KTGT_PORT_GROUP_STATE_ACTIVE_OPTIMIZED;
}

/*
 * With the lock: what is wanted of each group, which are in no transition. Return:
 * byte of the list that is wrong, or 0.
 */
static u32 read_list(struct ktgt_groups *groups, const u8 *list, u32 len)
{
	struct ktgt_group *group;
	unsigned int i;
	int state;
	u32 pos;
	u16 id;

	for (i = 0; groups && i < groups->nr; i++)
		groups->group[i].next = groups->group[i].state;
	for (pos = LIST_HEADER; pos < len; pos += LIST_DESCRIPTOR) {
		state = wanted_state(list[pos] & STATE);
		if (state < 0)
			return pos;
		id = get_unaligned_be16(list + pos + 2);
		group = ktgt_groups_find(groups, id);
		if (group)
			group->next = state;
		else if (!is_rest(id, state))
			return pos + 2;
	}
	return 0;
}

/* With the lock. Return: whether the state of a group is to be another one. */
static bool leave_states(struct ktgt_groups *groups)
{
	bool leaves = false;
	unsigned int i;

	for (i = 0; groups && i < groups->nr; i++)
		leaves |= ktgt_group_leave(&groups->group[i],
					   groups->group[i].next);
	return leaves;
}

static void fail_list(struct ktgt_cmd *cmd, u32 wrong)
{
	ktgt_sense_list_field(&cmd->sense, wrong);
	ktgt_cmd_fail(cmd);
}

/* The target is claimed. */
static void carry_out(struct ktgt_cmd *cmd, struct ktgt_transition *own)
{
	u8 list[LIST_HEADER + LIST_DESCRIPTOR * KTGT_GROUPS_MAX];
	struct ktgt_target *target = own->target;
	bool leaves = false;
	u32 wrong;

	ktgt_data_get(cmd, 0, list, cmd->xfer_len);
	spin_lock_bh(&target->nexus_lock);
	wrong = read_list(target->groups, list, cmd->xfer_len);
	if (!wrong)
		leaves = leave_states(target->groups);
	spin_unlock_bh(&target->nexus_lock);
	if (leaves) {
		ktgt_transition_begin(own, cmd);
		return;
	}
	ktgt_transition_unclaim(own);
	if (wrong)
		fail_list(cmd, wrong);
	else
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

static void fail_busy(struct ktgt_cmd *cmd)
{
	ktgt_net_count_failure(cmd->lu->target->kn);
	ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
}

/**
 * ktgt_groups_set - SET TARGET PORT GROUPS (SPC-4, 6.45)
 * @cmd: the command
 *
 * It is answered when the groups have their new states: then no command that was
 * admitted before is with the storage any more. While there is another transition of
 * the target, it is not ready.
 *
 * Context: process, may sleep for some grace periods of RCU; takes
 *	&ktgt_target.nexus_lock. Completes @cmd, maybe later.
 */
void ktgt_groups_set(struct ktgt_cmd *cmd)
{
	struct ktgt_transition *own;

	if (!ktgt_data_has_come(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (!cmd->xfer_len) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	own = ktgt_transition_alloc(cmd->lu->target, cmd, GFP_NOIO | __GFP_NOWARN);
	if (!own) {
		fail_busy(cmd);
		return;
	}
	if (ktgt_transition_claim(own)) {
		carry_out(cmd, own);
	} else {
		ktgt_sense_set(&cmd->sense, NOT_READY, KTGT_ASC_PORT_TRANSITION);
		ktgt_cmd_fail(cmd);
	}
	ktgt_transition_put(own);
}
