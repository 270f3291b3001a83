// SPDX-License-Identifier: GPL-2.0
/*
 * Access rules: add and delete them. Each change makes a new array from the old
 * one.
 */
#include "acl.h"

#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/access.h"
#include "../core/target.h"
#include "target.h"
#include "txn.h"

/**
 * struct acl_change - change that adds or removes a rule
 * @change: the change
 * @rule: the rule; its name is @name
 * @name: name of an initiator
 */
struct acl_change {
	struct ktgt_change	change;
	struct ktgt_rule	rule;
	char			name[KTGT_NAME_LEN];
};

static void refuse_rule(struct ktgt_txn *txn, const struct acl_change *acl,
			const char *why)
{
	const struct ktgt_rule *rule = &acl->rule;
	s32 tid = acl->change.info.tid;

	if (rule->type == KTGT_RULE_ALL)
		ktgt_refuse(txn->extack, "target %d: access rule 'all' %s", tid,
			    why);
	else if (rule->type == KTGT_RULE_NAME)
		ktgt_refuse(txn->extack,
			    "target %d: access rule 'initiator %s' %s",
			    tid, rule->name, why);
	else if (rule->family == AF_INET)
		ktgt_refuse(txn->extack,
			    "target %d: access rule 'address %pI4/%u' %s",
			    tid, &rule->addr, rule->prefix_len, why);
	else
		ktgt_refuse(txn->extack,
			    "target %d: access rule 'address %pI6c/%u' %s",
			    tid, &rule->addr, rule->prefix_len, why);
}

static int acl_new_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct acl_change *acl = container_of(change, struct acl_change,
					      change);
	struct ktgt_access_edit edit = { .add_rule = &acl->rule };
	const struct ktgt_access *access;
	struct ktgt_target *target;

	target = ktgt_target_check(txn, acl->change.info.tid, NULL);
	if (IS_ERR(target))
		return PTR_ERR(target);

	access = ktgt_txn_access(txn, &target->access);
	if (ktgt_access_find(access, &acl->rule)) {
		refuse_rule(txn, acl, "exists already");
		return -EEXIST;
	}
	if (access && access->nr_rules >= KTGT_RULES_MAX) {
		ktgt_refuse(txn->extack,
			    "target %u has %u access rules, which is the maximum; delete one first",
			    acl->change.info.tid, KTGT_RULES_MAX);
		return -ENOSPC;
	}
	return ktgt_txn_set_access(txn, &target->access,
				  ktgt_access_alloc(access, &edit));
}

static int acl_del_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct acl_change *acl = container_of(change, struct acl_change,
					      change);
	struct ktgt_access_edit edit = {};
	const struct ktgt_access *access;
	struct ktgt_target *target;

	target = ktgt_target_check(txn, acl->change.info.tid, NULL);
	if (IS_ERR(target))
		return PTR_ERR(target);

	access = ktgt_txn_access(txn, &target->access);
	edit.del_rule = ktgt_access_find(access, &acl->rule);
	if (!edit.del_rule) {
		refuse_rule(txn, acl, "does not exist");
		return -ENOENT;
	}
	/* listeners know it by the name that it was given */
	if (acl->rule.type == KTGT_RULE_NAME)
		strscpy(acl->name, edit.del_rule->name, sizeof(acl->name));
	return ktgt_txn_set_access(txn, &target->access,
				  ktgt_access_alloc(access, &edit));
}

static const struct ktgt_change_ops acl_new_ops = {
	.object = KTGT_OBJECT_ACL,
	.action = KTGT_ACTION_ADD,
	.check = acl_new_check,
};

static const struct ktgt_change_ops acl_del_ops = {
	.object = KTGT_OBJECT_ACL,
	.action = KTGT_ACTION_DELETE,
	.check = acl_del_check,
};

static int stage(struct ktgt_txn *txn, u32 tid, const struct ktgt_rule *rule,
		 const struct ktgt_change_ops *ops)
{
	struct acl_change *acl;

	acl = kzalloc_obj(*acl, GFP_KERNEL);
	if (!acl)
		return -ENOMEM;

	acl->rule = *rule;
	if (rule->type == KTGT_RULE_NAME) {
		strscpy(acl->name, rule->name, sizeof(acl->name));
		acl->rule.name = acl->name;
	}
	acl->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = -1,
		.rule = &acl->rule,
	};
	ktgt_txn_stage(txn, &acl->change, ops);
	return 0;
}

/**
 * ktgt_acl_stage_new - stage a new access rule of a target
 * @txn: the transaction
 * @tid: number of the target
 * @rule: who is admitted; a name is shorter than KTGT_NAME_LEN
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_acl_stage_new(struct ktgt_txn *txn, u32 tid,
		       const struct ktgt_rule *rule)
{
	return stage(txn, tid, rule, &acl_new_ops);
}

/**
 * ktgt_acl_stage_del - stage the deletion of an access rule
 * @txn: the transaction
 * @tid: number of the target
 * @rule: the rule; existing sessions continue
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_acl_stage_del(struct ktgt_txn *txn, u32 tid,
		       const struct ktgt_rule *rule)
{
	return stage(txn, tid, rule, &acl_del_ops);
}
