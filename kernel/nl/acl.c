// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands for access rules.
 */
#include <net/genetlink.h>

#include "../config/acl.h"
#include "../core/access.h"
#include "../core/name.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "dump.h"
#include "generated/netlink.h"
#include "msg.h"
#include "txn.h"

static int get_network(struct genl_info *info, struct ktgt_rule *rule)
{
	struct nlattr *prefix = info->attrs[KTGT_A_ACL_PREFIX_LEN];
	struct sockaddr_storage addr;
	unsigned int bits;
	int err;

	err = ktgt_nl_get_addr(info->attrs[KTGT_A_ACL_ADDRESS], &addr,
			       info->extack);
	if (err)
		return err;

	rule->type = KTGT_RULE_ADDR;
	rule->family = addr.ss_family;
	bits = 8 * nla_len(info->attrs[KTGT_A_ACL_ADDRESS]);
	rule->prefix_len = prefix ? nla_get_u8(prefix) : bits;
	nla_memcpy(&rule->addr, info->attrs[KTGT_A_ACL_ADDRESS],
		   sizeof(rule->addr));
	if (rule->prefix_len <= bits)
		return 0;

	NL_SET_BAD_ATTR(info->extack, prefix);
	ktgt_refuse(info->extack,
		    "prefix-len %u: must be 0 to %u for this address",
		    rule->prefix_len, bits);
	return -EINVAL;
}

/* A name of any form: some initiators have one of no standard form. */
static int get_name(struct genl_info *info, struct ktgt_rule *rule)
{
	struct nlattr *initiator = info->attrs[KTGT_A_ACL_INITIATOR];

	rule->type = KTGT_RULE_NAME;
	rule->name = nla_data(initiator);
	if (!*rule->name)
		NL_SET_ERR_MSG(info->extack, "access rule: initiator is empty");
	else if (!ktgt_name_is_text(rule->name, strlen(rule->name)))
		NL_SET_ERR_MSG(info->extack,
			       "access rule: initiator must be valid UTF-8 without control characters");
	else
		return 0;
	NL_SET_BAD_ATTR(info->extack, initiator);
	return -EINVAL;
}

static int get_rule(struct genl_info *info, struct ktgt_rule *rule)
{
	struct nlattr *initiator = info->attrs[KTGT_A_ACL_INITIATOR];
	struct nlattr *address = info->attrs[KTGT_A_ACL_ADDRESS];
	bool all = nla_get_flag(info->attrs[KTGT_A_ACL_ALL]);

	memset(rule, 0, sizeof(*rule));
	if (!!initiator + !!address + all != 1) {
		NL_SET_ERR_MSG(info->extack,
			       "access rule: say exactly one of address, initiator and all");
		return -EINVAL;
	}
	if (info->attrs[KTGT_A_ACL_PREFIX_LEN] && !address) {
		NL_SET_BAD_ATTR(info->extack,
				info->attrs[KTGT_A_ACL_PREFIX_LEN]);
		NL_SET_ERR_MSG(info->extack,
			       "access rule: prefix-len without address; add an address or leave out prefix-len");
		return -EINVAL;
	}
	if (address)
		return get_network(info, rule);
	if (all) {
		rule->type = KTGT_RULE_ALL;
		return 0;
	}
	return get_name(info, rule);
}

static int change_rule(struct sk_buff *skb, struct genl_info *info,
		       int (*stage)(struct ktgt_txn *txn, u32 tid,
				    const struct ktgt_rule *rule))
{
	struct ktgt_rule rule;
	struct ktgt_nl_change nlc;
	u32 tid;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_ACL_TARGET_ID)) {
		NL_SET_ERR_MSG(info->extack,
			       "access rule: target-id is missing");
		return -EINVAL;
	}
	tid = nla_get_u32(info->attrs[KTGT_A_ACL_TARGET_ID]);
	err = get_rule(info, &rule);
	if (err)
		return err;

	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, stage(nlc.txn, tid, &rule));
}

/**
 * ktgt_acl_new_doit - add an access rule to a target
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_acl_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_rule(skb, info, ktgt_acl_stage_new);
}

/**
 * ktgt_acl_del_doit - delete an access rule
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_acl_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_rule(skb, info, ktgt_acl_stage_del);
}

static int dump_rule(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct ktgt_target *target,
		     const struct ktgt_rule *rule)
{
	static const struct ktgt_nl_rule_attrs attrs = {
		.all = KTGT_A_ACL_ALL,
		.initiator = KTGT_A_ACL_INITIATOR,
		.address = KTGT_A_ACL_ADDRESS,
		.prefix_len = KTGT_A_ACL_PREFIX_LEN,
	};
	u64 generation = READ_ONCE(target->kn->generation);
	void *hdr = ktgt_nl_dump_put(skb, cb);

	return ktgt_nl_dump_put_end(skb, hdr, !hdr ||
		nla_put_u32(skb, KTGT_A_ACL_TARGET_ID, target->tid) ||
		ktgt_nl_put_rule(skb, rule, &attrs) ||
		nla_put_u64_64bit(skb, KTGT_A_ACL_GENERATION, generation,
				  KTGT_A_ACL_PAD));
}

static int dump_rules(struct sk_buff *skb, struct netlink_callback *cb,
		      struct ktgt_target *target, unsigned long *index)
{
	const struct ktgt_access *access = rcu_dereference(target->access);
	int err;

	for (; access && *index < access->nr_rules; ++*index) {
		err = dump_rule(skb, cb, target, &access->rules[*index]);
		if (err)
			return err;
	}
	return 0;
}

/**
 * ktgt_acl_list_dumpit - show the rules of one or all targets
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_acl_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ktgt_nl_dump_targets(skb, cb, KTGT_A_ACL_TARGET_ID, dump_rules);
}
