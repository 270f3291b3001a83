// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands for targets.
 */
#include <linux/slab.h>
#include <net/genetlink.h>

#include "../config/target.h"
#include "../core/access.h"
#include "../core/name.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "dump.h"
#include "generated/netlink.h"
#include "msg.h"
#include "txn.h"

static const u16 key_attrs[KTGT_NR_TARGET_KEYS] = {
	[KTGT_TARGET_HEADER_DIGEST]	= KTGT_A_TARGET_HEADER_DIGEST,
	[KTGT_TARGET_DATA_DIGEST]	= KTGT_A_TARGET_DATA_DIGEST,
	[KTGT_TARGET_INITIAL_R2T]	= KTGT_A_TARGET_INITIAL_R2T,
	[KTGT_TARGET_IMMEDIATE_DATA]	= KTGT_A_TARGET_IMMEDIATE_DATA,
	[KTGT_TARGET_MAX_RECV_DSL] =
		KTGT_A_TARGET_MAX_RECV_DATA_SEGMENT_LENGTH,
	[KTGT_TARGET_MAX_XMIT_DSL] =
		KTGT_A_TARGET_MAX_XMIT_DATA_SEGMENT_LENGTH,
	[KTGT_TARGET_FIRST_BURST]	= KTGT_A_TARGET_FIRST_BURST_LENGTH,
	[KTGT_TARGET_MAX_BURST]		= KTGT_A_TARGET_MAX_BURST_LENGTH,
	[KTGT_TARGET_MAX_R2T]		= KTGT_A_TARGET_MAX_OUTSTANDING_R2T,
	[KTGT_TARGET_TIME2WAIT]		= KTGT_A_TARGET_DEFAULT_TIME2WAIT,
	[KTGT_TARGET_NOP_INTERVAL]	= KTGT_A_TARGET_NOP_INTERVAL,
	[KTGT_TARGET_NOP_COUNT]		= KTGT_A_TARGET_NOP_COUNT,
	[KTGT_TARGET_RESET]		= KTGT_A_TARGET_RESET,
	[KTGT_TARGET_CHAP_ALGORITHMS]	= KTGT_A_TARGET_CHAP_ALGORITHMS,
	[KTGT_TARGET_EXPLICIT_ALUA]	= KTGT_A_TARGET_EXPLICIT_ALUA,
};

static void get_params(struct genl_info *info,
		       struct ktgt_target_params *params)
{
	struct nlattr **attrs = info->attrs;

	memset(params, 0, sizeof(*params));
	if (attrs[KTGT_A_TARGET_ID])
		params->tid = nla_get_u32(attrs[KTGT_A_TARGET_ID]);
	if (attrs[KTGT_A_TARGET_NAME])
		params->name = nla_data(attrs[KTGT_A_TARGET_NAME]);
}

static int get_ports(struct genl_info *info, struct ktgt_target_params *params)
{
	struct nlattr *attr = info->attrs[KTGT_A_TARGET_PORTALS];
	const char *text = attr ? nla_data(attr) : "";
	int err;

	params->set_ports = attr;
	if (!attr || !strcmp(text, "all"))
		return 0;
	params->ports = kzalloc_obj(*params->ports, GFP_KERNEL);
	if (!params->ports) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	err = ktgt_nl_get_ports(attr, params->ports, info->extack);
	if (err)
		kfree(params->ports);
	return err;
}

static int get_values(struct genl_info *info, struct ktgt_target_params *params)
{
	struct nlattr **attrs = info->attrs;
	u32 i;

	if (attrs[KTGT_A_TARGET_ALIAS])
		params->alias = nla_data(attrs[KTGT_A_TARGET_ALIAS]);
	if (attrs[KTGT_A_TARGET_STATE]) {
		params->state = nla_get_u32(attrs[KTGT_A_TARGET_STATE]);
		params->set_state = true;
	}
	for (i = 0; i < ARRAY_SIZE(key_attrs); i++) {
		if (!attrs[key_attrs[i]])
			continue;
		params->keys[i] = nla_get_u32(attrs[key_attrs[i]]);
		params->set_keys |= BIT(i);
	}
	return get_ports(info, params);
}

/* The number of a new target. */
static int put_tid(struct sk_buff *msg, const struct ktgt_txn *txn)
{
	return nla_put_u32(msg, KTGT_A_TARGET_ID, txn->tid);
}

/**
 * ktgt_target_new_doit - add a target
 * @skb: the request
 * @info: the request, parsed
 *
 * The reply contains its number, unless the socket has an open transaction.
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_target_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_target_params params;
	struct ktgt_nl_change nlc;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_TARGET_NAME)) {
		NL_SET_ERR_MSG(info->extack, "target: name is missing");
		return -EINVAL;
	}
	get_params(info, &params);
	err = get_values(info, &params);
	if (err)
		return err;

	ktgt_nl_begin(&nlc, skb, info);
	nlc.put = put_tid;
	return ktgt_nl_end(&nlc, ktgt_target_stage_new(nlc.txn, &params));
}

/**
 * ktgt_target_set_doit - change a target
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_target_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_target_params params;
	struct ktgt_nl_change nlc;
	int err;

	get_params(info, &params);
	err = get_values(info, &params);
	if (err)
		return err;

	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, ktgt_target_stage_set(nlc.txn, &params));
}

/**
 * ktgt_target_del_doit - delete a target
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_target_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_target_params params;
	struct ktgt_nl_change nlc;

	get_params(info, &params);
	params.force = nla_get_flag(info->attrs[KTGT_A_TARGET_FORCE]);

	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, ktgt_target_stage_del(nlc.txn, &params));
}

/* Under RCU. */
static u32 count_rules(const struct ktgt_target *target)
{
	const struct ktgt_access *access = rcu_dereference(target->access);

	return access ? access->nr_rules : 0;
}

static int fill_keys(struct sk_buff *skb, const struct ktgt_target *target)
{
	u32 i, value;

	for (i = 0; i < ARRAY_SIZE(key_attrs); i++) {
		value = ktgt_target_key(target, i, U32_MAX);
		if (value != U32_MAX && nla_put_u32(skb, key_attrs[i], value))
			return -EMSGSIZE;
	}
	return 0;
}

/* Under RCU. */
static int fill_ports(struct sk_buff *skb, const struct ktgt_target *target)
{
	const struct ktgt_ports *ports = rcu_dereference(target->ports);
	char text[KTGT_PORTS_TEXT + 1];

	if (!ports)
		return 0;
	ktgt_ports_print(ports, text);
	return nla_put_string(skb, KTGT_A_TARGET_PORTALS, text);
}

static int fill_target(struct sk_buff *skb, struct ktgt_target *target)
{
	u64 generation = READ_ONCE(target->kn->generation);

	if (nla_put_u32(skb, KTGT_A_TARGET_ID, target->tid) ||
	    nla_put_string(skb, KTGT_A_TARGET_NAME, target->name) ||
	    nla_put_u32(skb, KTGT_A_TARGET_STATE, READ_ONCE(target->state)) ||
	    nla_put_u32(skb, KTGT_A_TARGET_LUS, READ_ONCE(target->nr_lus)) ||
	    nla_put_u32(skb, KTGT_A_TARGET_SESSIONS,
			ktgt_target_nr_nexuses(target)) ||
	    nla_put_u32(skb, KTGT_A_TARGET_ACLS, count_rules(target)) ||
	    nla_put_u64_64bit(skb, KTGT_A_TARGET_GENERATION, generation,
			      KTGT_A_TARGET_PAD))
		return -EMSGSIZE;
	if (target->alias[0] &&
	    nla_put_string(skb, KTGT_A_TARGET_ALIAS, target->alias))
		return -EMSGSIZE;
	return fill_keys(skb, target) ?: fill_ports(skb, target);
}

static struct ktgt_target *find_target(struct genl_info *info)
{
	struct ktgt_net *kn = ktgt_net_get(genl_info_net(info));
	struct ktgt_target_params params;
	struct ktgt_target *target;

	get_params(info, &params);
	if (!params.tid && !params.name) {
		NL_SET_ERR_MSG(info->extack, "target: id or name is missing");
		return ERR_PTR(-EINVAL);
	}

	if (params.tid)
		target = ktgt_net_find_tid(kn, params.tid);
	else
		target = ktgt_net_find_target(kn, params.name);
	if (target && params.name &&
	    !ktgt_name_equal(params.name, target->name)) {
		ktgt_target_put(target);
		target = NULL;
	}
	if (target)
		return target;

	if (params.tid)
		ktgt_refuse(info->extack, "there is no target %u", params.tid);
	else
		ktgt_refuse(info->extack, "there is no target '%s'",
			    params.name);
	return ERR_PTR(-ENOENT);
}

/**
 * ktgt_target_get_doit - show a target
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_target_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_target *target;
	struct sk_buff *msg;
	void *hdr;
	int err;

	target = find_target(info);
	if (IS_ERR(target))
		return PTR_ERR(target);

	err = -ENOMEM;
	hdr = ktgt_nl_reply(info, &msg);
	if (!hdr)
		goto out;
	rcu_read_lock();
	err = fill_target(msg, target);
	rcu_read_unlock();
	err = ktgt_nl_reply_end(info, msg, hdr, err);
out:
	ktgt_target_put(target);
	return err;
}

static int dump_target(struct sk_buff *skb, struct netlink_callback *cb,
		       struct ktgt_target *target, unsigned long *inner)
{
	void *hdr = ktgt_nl_dump_put(skb, cb);

	return ktgt_nl_dump_put_end(skb, hdr, !hdr || fill_target(skb, target));
}

/**
 * ktgt_target_list_dumpit - show all targets
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_target_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ktgt_nl_dump_targets(skb, cb, 0, dump_target);
}
