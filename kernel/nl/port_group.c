// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands for target port groups.
 */
#include <net/genetlink.h>

#include "../config/group.h"
#include "../core/group.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "dump.h"
#include "generated/netlink.h"
#include "msg.h"
#include "txn.h"

/* Which group. */
static int get_group(struct genl_info *info, struct ktgt_group_params *params)
{
	memset(params, 0, sizeof(*params));
	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_PORT_GROUP_TARGET_ID) ||
	    GENL_REQ_ATTR_CHECK(info, KTGT_A_PORT_GROUP_ID)) {
		NL_SET_ERR_MSG(info->extack,
			       "target port group: target-id or id is missing");
		return -EINVAL;
	}
	params->tid = nla_get_u32(info->attrs[KTGT_A_PORT_GROUP_TARGET_ID]);
	params->id = nla_get_u32(info->attrs[KTGT_A_PORT_GROUP_ID]);
	return 0;
}

static int get_state(struct genl_info *info, struct ktgt_group_params *params)
{
	struct nlattr *attr = info->attrs[KTGT_A_PORT_GROUP_STATE];

	if (!attr)
		return 0;
	params->state = nla_get_u32(attr);
	params->set_state = true;
	if (params->state != KTGT_PORT_GROUP_STATE_TRANSITIONING)
		return 0;
	NL_SET_BAD_ATTR(info->extack, attr);
	NL_SET_ERR_MSG(info->extack,
		       "state transitioning: a group has it by itself; set the state that it is to have then");
	return -EINVAL;
}

static int get_values(struct genl_info *info, struct ktgt_group_params *params)
{
	struct nlattr *preferred = info->attrs[KTGT_A_PORT_GROUP_PREFERRED];
	struct nlattr *portals = info->attrs[KTGT_A_PORT_GROUP_PORTALS];
	int err;

	if (portals) {
		err = ktgt_nl_get_ports(portals, &params->ports, info->extack);
		if (err)
			return err;
		params->set_ports = true;
	}
	if (preferred) {
		params->preferred = nla_get_u8(preferred);
		params->set_preferred = true;
	}
	return get_state(info, params);
}

/**
 * ktgt_port_group_new_doit - add a target port group
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_port_group_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_group_params params;
	struct ktgt_nl_change nlc;
	int err;

	err = get_group(info, &params) ?: get_values(info, &params);
	if (err)
		return err;
	if (!params.set_ports) {
		NL_SET_ERR_MSG(info->extack,
			       "target port group: portals are missing");
		return -EINVAL;
	}
	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, ktgt_group_stage_new(nlc.txn, &params));
}

/**
 * ktgt_port_group_set_doit - change a target port group
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_port_group_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_group_params params;
	struct ktgt_nl_change nlc;
	int err;

	err = get_group(info, &params) ?: get_values(info, &params);
	if (err)
		return err;
	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, ktgt_group_stage_set(nlc.txn, &params));
}

/**
 * ktgt_port_group_del_doit - delete a target port group
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_port_group_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_group_params params;
	struct ktgt_nl_change nlc;
	int err;

	err = get_group(info, &params);
	if (err)
		return err;
	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, ktgt_group_stage_del(nlc.txn, &params));
}

/* Return: false behind the last one. */
static bool copy_group(struct ktgt_target *target, unsigned long index,
		       struct ktgt_group *group)
{
	bool exists;

	spin_lock_bh(&target->nexus_lock);
	exists = target->groups && index < target->groups->nr;
	if (exists)
		*group = target->groups->group[index];
	spin_unlock_bh(&target->nexus_lock);
	return exists;
}

static int fill_group(struct sk_buff *skb, const struct ktgt_target *target,
		      const struct ktgt_group *group)
{
	char text[KTGT_PORTS_TEXT + 1];

	ktgt_ports_print(&group->ports, text);
	if (nla_put_u32(skb, KTGT_A_PORT_GROUP_TARGET_ID, target->tid) ||
	    nla_put_u32(skb, KTGT_A_PORT_GROUP_ID, group->id) ||
	    nla_put_string(skb, KTGT_A_PORT_GROUP_PORTALS, text) ||
	    nla_put_u32(skb, KTGT_A_PORT_GROUP_STATE, group->state) ||
	    nla_put_u8(skb, KTGT_A_PORT_GROUP_PREFERRED, group->preferred) ||
	    nla_put_u64_64bit(skb, KTGT_A_PORT_GROUP_GENERATION,
			      READ_ONCE(target->kn->generation),
			      KTGT_A_PORT_GROUP_PAD))
		return -EMSGSIZE;
	return 0;
}

static int dump_groups(struct sk_buff *skb, struct netlink_callback *cb,
		       struct ktgt_target *target, unsigned long *index)
{
	struct ktgt_group group;
	void *hdr;
	int err;

	for (; copy_group(target, *index, &group); ++*index) {
		hdr = ktgt_nl_dump_put(skb, cb);
		err = ktgt_nl_dump_put_end(skb, hdr, !hdr ||
					   fill_group(skb, target, &group));
		if (err)
			return err;
	}
	return 0;
}

/**
 * ktgt_port_group_list_dumpit - show the target port groups of one or all targets
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_port_group_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ktgt_nl_dump_targets(skb, cb, KTGT_A_PORT_GROUP_TARGET_ID,
				    dump_groups);
}
