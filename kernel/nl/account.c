// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands for CHAP accounts. A secret is never in a reply.
 */
#include <linux/rculist.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../config/account.h"
#include "../core/access.h"
#include "../core/net.h"
#include "../core/target.h"
#include "dump.h"
#include "generated/netlink.h"
#include "txn.h"

/**
 * struct account_cursor - the position of a dump
 * @index: number of accounts that have been shown with all their bindings
 * @owner: position in the next account: 0 if nothing of it has been shown, else
 *	1 plus the number of the first target whose bindings have not been
 *	shown; discovery counts as target 0
 */
struct account_cursor {
	unsigned long	index;
	unsigned long	owner;
};

static const char *get_name(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[KTGT_A_ACCOUNT_USER];

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_ACCOUNT_USER)) {
		NL_SET_ERR_MSG(info->extack, "account: user is missing");
		return NULL;
	}
	if (nla_len(attr) > 1 && *(char *)nla_data(attr))
		return nla_data(attr);

	NL_SET_BAD_ATTR(info->extack, attr);
	NL_SET_ERR_MSG(info->extack, "account: user is empty");
	return NULL;
}

static const char *get_secret(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[KTGT_A_ACCOUNT_SECRET];

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_ACCOUNT_SECRET)) {
		NL_SET_ERR_MSG(info->extack, "account: secret is missing");
		return NULL;
	}
	if (*(char *)nla_data(attr))
		return nla_data(attr);

	NL_SET_BAD_ATTR(info->extack, attr);
	NL_SET_ERR_MSG(info->extack, "account: secret is empty");
	return NULL;
}

/*
 * RFC 7143, 9.2.1 asks for 96 bits. tgt accepts less, so this is only a
 * warning.
 */
static void judge_secret(struct genl_info *info, const char *secret)
{
	if (strlen(secret) < 12)
		NL_SET_ERR_MSG(info->extack,
			       "account: the secret is shorter than 12 bytes and can be guessed; make it longer");
}

static int change_secret(struct sk_buff *skb, struct genl_info *info,
			 int (*stage)(struct ktgt_txn *txn, const char *user,
				      const char *secret))
{
	struct nlattr *attr = info->attrs[KTGT_A_ACCOUNT_SECRET];
	struct ktgt_nl_change nlc;
	const char *user, *secret;
	int err = -EINVAL;

	user = get_name(info);
	secret = user ? get_secret(info) : NULL;
	if (secret) {
		ktgt_nl_begin(&nlc, skb, info);
		err = stage(nlc.txn, user, secret);
		if (!err && !nlc.err)
			judge_secret(info, secret);
	}
	/* before the request is kept for a late answer */
	if (attr)
		memzero_explicit(nla_data(attr), nla_len(attr));
	return secret ? ktgt_nl_end(&nlc, err) : err;
}

/**
 * ktgt_account_new_doit - add an account
 * @skb: the request; the secret in it is wiped
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_account_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_secret(skb, info, ktgt_account_stage_new);
}

/**
 * ktgt_account_set_doit - change the secret of an account
 * @skb: the request; the secret in it is wiped
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_account_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_secret(skb, info, ktgt_account_stage_set);
}

/**
 * ktgt_account_del_doit - delete an account with its bindings
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_account_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	const char *user = get_name(info);
	struct ktgt_nl_change nlc;

	if (!user)
		return -EINVAL;

	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, ktgt_account_stage_del(nlc.txn, user));
}

static int change_binding(struct sk_buff *skb, struct genl_info *info,
			  int (*stage)(struct ktgt_txn *txn, const char *user,
				       u32 tid, bool outgoing))
{
	bool outgoing = nla_get_flag(info->attrs[KTGT_A_ACCOUNT_OUTGOING]);
	const char *user = get_name(info);
	struct ktgt_nl_change nlc;
	u32 tid;

	if (!user)
		return -EINVAL;
	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_ACCOUNT_TARGET_ID)) {
		NL_SET_ERR_MSG(info->extack,
			       "account: target-id is missing; 0 is discovery");
		return -EINVAL;
	}
	tid = nla_get_u32(info->attrs[KTGT_A_ACCOUNT_TARGET_ID]);

	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, stage(nlc.txn, user, tid, outgoing));
}

/**
 * ktgt_account_bind_doit - bind an account to a target or to discovery
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_account_bind_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_binding(skb, info, ktgt_account_stage_bind);
}

/**
 * ktgt_account_unbind_doit - remove a binding
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_account_unbind_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_binding(skb, info, ktgt_account_stage_unbind);
}

/* Puts one message: the account alone if @tid is negative, else one binding. */
static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    const char *user, long tid, bool outgoing)
{
	struct ktgt_net *kn = ktgt_net_get(sock_net(cb->skb->sk));
	void *hdr = ktgt_nl_dump_put(skb, cb);

	return ktgt_nl_dump_put_end(skb, hdr, !hdr ||
		nla_put_string(skb, KTGT_A_ACCOUNT_USER, user) ||
		(tid >= 0 && nla_put_u32(skb, KTGT_A_ACCOUNT_TARGET_ID, tid)) ||
		(outgoing && nla_put_flag(skb, KTGT_A_ACCOUNT_OUTGOING)) ||
		nla_put_u64_64bit(skb, KTGT_A_ACCOUNT_GENERATION,
				  READ_ONCE(kn->generation),
				  KTGT_A_ACCOUNT_PAD));
}

/*
 * Puts both bindings of an account to one owner, or none, so that the cursor
 * need not distinguish them.
 */
static int dump_bindings(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct ktgt_access *access, const char *user,
			 u32 tid)
{
	unsigned int len = skb->len;
	int err;

	if (!access)
		return 0;
	if (ktgt_access_find_incoming(access, user)) {
		err = dump_one(skb, cb, user, tid, false);
		if (err)
			return err;
	}
	if (!access->outgoing || strcmp(access->outgoing->user, user))
		return 0;
	err = dump_one(skb, cb, user, tid, true);
	if (err)
		skb_trim(skb, len);
	return err;
}

/* Under RCU. */
static int dump_account(struct sk_buff *skb, struct netlink_callback *cb,
			struct ktgt_net *kn, const char *user, long only)
{
	struct account_cursor *cursor = (struct account_cursor *)cb->ctx;
	struct ktgt_target *target;
	unsigned long tid;
	int err = 0;

	if (cursor->owner == 0) {
		if (only < 0)
			err = dump_one(skb, cb, user, -1, false);
		if (err)
			return err;
		cursor->owner = 1;
	}
	if (cursor->owner == 1) {
		if (only <= 0)
			err = dump_bindings(skb, cb,
					    rcu_dereference(kn->discovery),
					    user, 0);
		if (err)
			return err;
		cursor->owner = 2;
	}
	xa_for_each_start(&kn->targets, tid, target, cursor->owner - 1) {
		if (!ktgt_nl_dump_shows(target, only))
			continue;
		err = dump_bindings(skb, cb, rcu_dereference(target->access),
				    user, tid);
		if (err)
			return err;
		cursor->owner = tid + 2;
	}
	cursor->owner = 0;
	return 0;
}

/**
 * ktgt_account_list_dumpit - show accounts and what they are bound to
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_account_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct account_cursor *cursor = (struct account_cursor *)cb->ctx;
	struct ktgt_net *kn = ktgt_nl_dump_begin(cb);
	const struct ktgt_account *account;
	unsigned long index = 0;
	long only;
	int err;

	err = ktgt_nl_dump_filter(cb, kn, KTGT_A_ACCOUNT_TARGET_ID, &only);
	if (err)
		return err;

	rcu_read_lock();
	list_for_each_entry_rcu(account, &kn->accounts, node) {
		if (READ_ONCE(account->staged) || index++ < cursor->index)
			continue;
		err = dump_account(skb, cb, kn, account->chap.user, only);
		if (err)
			break;
		cursor->index = index;
	}
	rcu_read_unlock();
	return ktgt_nl_dump_end(skb, cb, err);
}
