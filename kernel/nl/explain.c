// SPDX-License-Identifier: GPL-2.0
/*
 * Explains what discovery and a login would decide about an initiator. Nothing
 * is decided here: the same functions are called as in discovery and in a
 * login.
 */
#include <net/genetlink.h>

#include "../config/target.h"
#include "../core/access.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../iscsi/admit.h"
#include "../iscsi/text.h"
#include "dump.h"
#include "generated/netlink.h"
#include "msg.h"

/* only so many accounts are named, so that a message is never too long */
#define EXPLAIN_ACCOUNTS	8

/**
 * struct explain_cursor - the position of a dump
 * @tid: first target that has not been shown; 0 is discovery
 * @done: the target that was requested by name or number has been shown
 */
struct explain_cursor {
	unsigned long	tid;
	bool		done;
};

/**
 * struct explain_ask - the question: who would log in to what
 * @peer: address of the initiator
 * @initiator: its name, in lower case
 * @target: name of the target, in lower case; empty if it is not given
 * @tid: its number, 0 for discovery; negative if it is not given
 * @tag: tag of the portal group that it connects to, 0 if it is not given
 */
struct explain_ask {
	struct sockaddr_storage	peer;
	char			initiator[KTGT_NAME_LEN];
	char			target[KTGT_NAME_LEN];
	long			tid;
	u16			tag;
};

/* Reads a name in the same way as a login does. */
static int get_name(const struct nlattr *attr, const char *what, char *name,
		    struct netlink_ext_ack *extack)
{
	const char *value = nla_data(attr);

	if (!ktgt_text_name(value, strlen(value), name, KTGT_NAME_LEN))
		return 0;
	NL_SET_BAD_ATTR(extack, attr);
	ktgt_refuse(extack,
		    "%s: must be 1 to 223 bytes of valid UTF-8 without blanks and control characters",
		    what);
	return -EINVAL;
}

static int get_ask(struct netlink_callback *cb, struct explain_ask *ask)
{
	struct nlattr **attrs = genl_info_dump(cb)->attrs;
	int err;

	memset(ask, 0, sizeof(*ask));
	ask->tid = -1;
	if (!attrs || !attrs[KTGT_A_EXPLAIN_INITIATOR] ||
	    !attrs[KTGT_A_EXPLAIN_ADDRESS]) {
		NL_SET_ERR_MSG(cb->extack,
			       "explain: initiator or address is missing");
		return -EINVAL;
	}
	if (attrs[KTGT_A_EXPLAIN_TARGET] && attrs[KTGT_A_EXPLAIN_TARGET_ID]) {
		NL_SET_ERR_MSG(cb->extack,
			       "explain: say target or target-id, not both");
		return -EINVAL;
	}
	err = get_name(attrs[KTGT_A_EXPLAIN_INITIATOR], "initiator",
		       ask->initiator, cb->extack);
	if (!err && attrs[KTGT_A_EXPLAIN_TARGET])
		err = get_name(attrs[KTGT_A_EXPLAIN_TARGET], "target",
			       ask->target, cb->extack);
	if (attrs[KTGT_A_EXPLAIN_TARGET_ID])
		ask->tid = nla_get_u32(attrs[KTGT_A_EXPLAIN_TARGET_ID]);
	if (attrs[KTGT_A_EXPLAIN_GROUP_TAG])
		ask->tag = nla_get_u16(attrs[KTGT_A_EXPLAIN_GROUP_TAG]);
	return err ? err : ktgt_nl_get_addr(attrs[KTGT_A_EXPLAIN_ADDRESS],
					    &ask->peer, cb->extack);
}

static int put_rule(struct sk_buff *skb, int attr, const struct ktgt_rule *rule)
{
	static const struct ktgt_nl_rule_attrs attrs = {
		.all = KTGT_A_RULE_ALL,
		.initiator = KTGT_A_RULE_INITIATOR,
		.address = KTGT_A_RULE_ADDRESS,
		.prefix_len = KTGT_A_RULE_PREFIX_LEN,
	};
	struct nlattr *nest;

	if (!rule)
		return 0;
	nest = nla_nest_start(skb, attr);
	if (!nest || ktgt_nl_put_rule(skb, rule, &attrs))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_account(struct sk_buff *skb,
		       const struct ktgt_chap_account *account, bool outgoing)
{
	struct nlattr *nest = nla_nest_start(skb, KTGT_A_EXPLAIN_ACCOUNT);

	if (!nest || nla_put_string(skb, KTGT_A_PROOF_USER, account->user) ||
	    (outgoing && nla_put_flag(skb, KTGT_A_PROOF_OUTGOING)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_accounts(struct sk_buff *skb, const struct ktgt_access *access)
{
	u32 nr = access ? access->nr_incoming : 0;
	u32 i;

	if (nla_put_u32(skb, KTGT_A_EXPLAIN_ACCOUNTS, nr))
		return -EMSGSIZE;
	for (i = 0; i < min_t(u32, nr, EXPLAIN_ACCOUNTS); i++)
		if (put_account(skb, &access->incoming[i], false))
			return -EMSGSIZE;
	if (access && access->outgoing)
		return put_account(skb, access->outgoing, true);
	return 0;
}

static int put_decision(struct sk_buff *skb, const struct ktgt_admission *adm)
{
	if (nla_put_u16(skb, KTGT_A_EXPLAIN_STATUS, adm->status) ||
	    (adm->why &&
	     nla_put_string(skb, KTGT_A_EXPLAIN_REASON, adm->why)))
		return -EMSGSIZE;
	return 0;
}

static int put_proofs(struct sk_buff *skb, const struct ktgt_admission *adm)
{
	if (nla_put_u8(skb, KTGT_A_EXPLAIN_CHAP, !!adm->auth_status) ||
	    (adm->auth_status &&
	     nla_put_u16(skb, KTGT_A_EXPLAIN_CHAP_STATUS, adm->auth_status)))
		return -EMSGSIZE;
	return put_accounts(skb, adm->access);
}

static int put_target(struct sk_buff *skb, const struct explain_ask *ask,
		      const struct ktgt_target *target,
		      const struct ktgt_admission *adm)
{
	bool visible = ktgt_admit_discovery(target, &ask->peer, ask->initiator);

	if (nla_put_string(skb, KTGT_A_EXPLAIN_TARGET, target->name) ||
	    nla_put_u32(skb, KTGT_A_EXPLAIN_STATE, READ_ONCE(target->state)) ||
	    nla_put_u8(skb, KTGT_A_EXPLAIN_VISIBLE, visible) ||
	    nla_put_u32(skb, KTGT_A_EXPLAIN_ACLS,
			adm->access ? adm->access->nr_rules : 0))
		return -EMSGSIZE;
	return put_rule(skb, KTGT_A_EXPLAIN_ADDRESS_RULE, adm->match.addr) ||
	       put_rule(skb, KTGT_A_EXPLAIN_INITIATOR_RULE, adm->match.name);
}

/* Under RCU. @target is NULL for discovery. */
static int fill(struct sk_buff *skb, struct ktgt_net *kn,
		const struct explain_ask *ask, const struct ktgt_target *target)
{
	struct ktgt_admission adm;

	ktgt_admit_login(kn, target, ask->tag, &ask->peer, ask->initiator,
			 &adm);
	if (nla_put_u32(skb, KTGT_A_EXPLAIN_TARGET_ID,
			target ? target->tid : 0) ||
	    (target && put_target(skb, ask, target, &adm)))
		return -EMSGSIZE;
	return put_decision(skb, &adm) || put_proofs(skb, &adm);
}

static int put_end(struct sk_buff *skb, struct ktgt_net *kn, void *hdr, int err)
{
	return ktgt_nl_dump_put_end(skb, hdr, err ||
		nla_put_u64_64bit(skb, KTGT_A_EXPLAIN_GENERATION,
				  READ_ONCE(kn->generation),
				  KTGT_A_EXPLAIN_PAD));
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    struct ktgt_net *kn, const struct explain_ask *ask,
		    const struct ktgt_target *target)
{
	void *hdr = ktgt_nl_dump_put(skb, cb);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	rcu_read_lock();
	err = fill(skb, kn, ask, target);
	rcu_read_unlock();
	return put_end(skb, kn, hdr, err);
}

/* If the target does not exist, the answer is what a login would be told. */
static int dump_named(struct sk_buff *skb, struct netlink_callback *cb,
		      struct ktgt_net *kn, const struct explain_ask *ask)
{
	struct ktgt_admission adm;
	struct ktgt_target *target;
	void *hdr;
	int err;

	target = ktgt_admit_find(kn, ask->target, &adm);
	if (target) {
		err = dump_one(skb, cb, kn, ask, target);
		ktgt_target_put(target);
		return err;
	}
	hdr = ktgt_nl_dump_put(skb, cb);
	if (!hdr)
		return -EMSGSIZE;
	err = nla_put_string(skb, KTGT_A_EXPLAIN_TARGET, ask->target) ||
	      nla_put_u8(skb, KTGT_A_EXPLAIN_VISIBLE, false) ||
	      put_decision(skb, &adm);
	return put_end(skb, kn, hdr, err);
}

static int dump_numbered(struct sk_buff *skb, struct netlink_callback *cb,
			 struct ktgt_net *kn, const struct explain_ask *ask)
{
	struct ktgt_target *target;
	int err;

	if (!ask->tid)
		return dump_one(skb, cb, kn, ask, NULL);
	target = ktgt_net_find_tid(kn, ask->tid);
	if (!target) {
		ktgt_refuse(cb->extack, "there is no target %ld", ask->tid);
		return -ENOENT;
	}
	err = dump_one(skb, cb, kn, ask, target);
	ktgt_target_put(target);
	return err;
}

static int dump_all(struct sk_buff *skb, struct netlink_callback *cb,
		    struct ktgt_net *kn, const struct explain_ask *ask)
{
	struct explain_cursor *cursor = (struct explain_cursor *)cb->ctx;
	struct ktgt_target *target;
	unsigned long tid;
	int err = 0;

	if (!cursor->tid) {
		err = dump_one(skb, cb, kn, ask, NULL);
		if (err)
			return err;
		cursor->tid = 1;
	}
	rcu_read_lock();
	xa_for_each_start(&kn->targets, tid, target, cursor->tid) {
		if (!ktgt_nl_dump_shows(target, -1))
			continue;
		err = dump_one(skb, cb, kn, ask, target);
		if (err)
			break;
		cursor->tid = tid + 1;
	}
	rcu_read_unlock();
	return err;
}

/**
 * ktgt_explain_list_dumpit - show what would be decided about an initiator
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_explain_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct explain_cursor *cursor = (struct explain_cursor *)cb->ctx;
	struct ktgt_net *kn = ktgt_nl_dump_begin(cb);
	struct explain_ask ask;
	int err;

	if (cursor->done)
		return ktgt_nl_dump_end(skb, cb, 0);
	err = get_ask(cb, &ask);
	if (err)
		return err;

	if (!ask.target[0] && ask.tid < 0) {
		err = dump_all(skb, cb, kn, &ask);
	} else {
		err = ask.target[0] ? dump_named(skb, cb, kn, &ask) :
				      dump_numbered(skb, cb, kn, &ask);
		cursor->done = !err;
	}
	return ktgt_nl_dump_end(skb, cb, err);
}
