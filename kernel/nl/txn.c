// SPDX-License-Identifier: GPL-2.0
/*
 * Transactions of several commands, which a socket has open. One that it does
 * not commit dies with it.
 */
#include "txn.h"

#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "generated/netlink.h"
#include "msg.h"

/* what the changes of one transaction take of memory has an end */
#define CHANGES_MAX	262144

/**
 * struct open_txn - a transaction that a socket has open
 * @node: in &ktgt_net.open_txns
 * @portid: address of the socket
 * @txn: its changes so far
 */
struct open_txn {
	struct list_head	node;
	u32			portid;
	struct ktgt_txn		txn;
};

static struct open_txn *find_open(struct ktgt_net *kn, u32 portid)
{
	struct open_txn *open;

	lockdep_assert_held(&kn->open_mutex);
	list_for_each_entry(open, &kn->open_txns, node)
		if (open->portid == portid)
			return open;
	return NULL;
}

static struct open_txn *take_open(struct ktgt_net *kn, u32 portid)
{
	struct open_txn *open;

	mutex_lock(&kn->open_mutex);
	open = find_open(kn, portid);
	if (open)
		list_del(&open->node);
	mutex_unlock(&kn->open_mutex);
	return open;
}

static void free_open(struct open_txn *open)
{
	ktgt_txn_destroy(&open->txn);
	kfree(open);
}

/**
 * ktgt_nl_begin - begin a command that changes something
 * @nlc: the command; @nlc->txn is where it has to stage its change
 * @info: what was asked for
 *
 * Context: may sleep. ktgt_nl_end() has to follow: until then the transaction
 * that the socket has open is locked.
 */
void ktgt_nl_begin(struct ktgt_nl_change *nlc, struct genl_info *info)
{
	struct ktgt_net *kn = ktgt_net_get(genl_info_net(info));
	struct open_txn *open;

	nlc->txn = &nlc->one;
	nlc->err = 0;
	ktgt_txn_init(&nlc->one, kn, info->extack);

	mutex_lock(&kn->open_mutex);
	open = find_open(kn, info->snd_portid);
	if (open && open->txn.nr_changes < CHANGES_MAX) {
		open->txn.extack = info->extack;
		nlc->txn = &open->txn;
		return;
	}
	mutex_unlock(&kn->open_mutex);
	if (!open)
		return;
	ktgt_refuse(info->extack,
		    "transaction: it has %u changes, more are not possible; commit it first",
		    CHANGES_MAX);
	nlc->err = -E2BIG;
}

/**
 * ktgt_nl_end - carry a command out, unless it is part of a transaction
 * @nlc: the command, after ktgt_nl_begin()
 * @err: what staging has returned
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_nl_end(struct ktgt_nl_change *nlc, int err)
{
	struct ktgt_txn *txn = nlc->txn;

	if (err == -ENOMEM)
		NL_SET_ERR_MSG(txn->extack, "out of memory");
	if (ktgt_nl_is_staged(nlc)) {
		txn->extack = NULL;
		mutex_unlock(&txn->kn->open_mutex);
		return err;
	}

	if (!err)
		err = nlc->err;
	if (!err)
		err = ktgt_txn_commit(txn);
	ktgt_txn_destroy(txn);
	return err;
}

/**
 * ktgt_txn_begin_doit - collect what the socket asks for from now on
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_txn_begin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_net *kn = ktgt_net_get(genl_info_net(info));
	struct open_txn *open;

	open = kzalloc_obj(*open, GFP_KERNEL);
	if (!open) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	open->portid = info->snd_portid;
	ktgt_txn_init(&open->txn, kn, NULL);

	mutex_lock(&kn->open_mutex);
	if (find_open(kn, open->portid)) {
		mutex_unlock(&kn->open_mutex);
		kfree(open);
		NL_SET_ERR_MSG(info->extack,
			       "transaction: one is open; commit or abort it first");
		return -EALREADY;
	}
	list_add(&open->node, &kn->open_txns);
	mutex_unlock(&kn->open_mutex);
	return 0;
}

static struct open_txn *end_open(struct genl_info *info)
{
	struct ktgt_net *kn = ktgt_net_get(genl_info_net(info));
	struct open_txn *open;

	open = take_open(kn, info->snd_portid);
	if (!open)
		NL_SET_ERR_MSG(info->extack,
			       "transaction: none is open; begin one first");
	return open;
}

/* What was committed stays so, answer or not. */
static int reply_generation(struct genl_info *info, u64 generation)
{
	struct sk_buff *msg;
	void *hdr;

	hdr = ktgt_nl_reply(info, &msg);
	if (!hdr)
		return 0;
	if (nla_put_u64_64bit(msg, KTGT_A_TXN_GENERATION, generation,
			      KTGT_A_TXN_PAD)) {
		nlmsg_free(msg);
		return 0;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/**
 * ktgt_txn_commit_doit - carry out all that was collected, or nothing
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text. The transaction is gone then.
 */
int ktgt_txn_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *expected = info->attrs[KTGT_A_TXN_GENERATION];
	struct open_txn *open = end_open(info);
	u64 generation;
	int err;

	if (!open)
		return -EINVAL;
	open->txn.extack = info->extack;
	if (expected)
		open->txn.expected = nla_get_u64(expected);

	err = ktgt_txn_commit(&open->txn);
	generation = open->txn.generation;
	free_open(open);
	return err ? err : reply_generation(info, generation);
}

/**
 * ktgt_txn_abort_doit - forget what was collected
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_txn_abort_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct open_txn *open = end_open(info);

	if (!open)
		return -EINVAL;
	free_open(open);
	return 0;
}

static int socket_event(struct notifier_block *nb, unsigned long event,
			void *data)
{
	const struct netlink_notify *n = data;
	struct open_txn *open;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;

	open = take_open(ktgt_net_get(n->net), n->portid);
	if (open)
		free_open(open);
	return NOTIFY_DONE;
}

static struct notifier_block socket_notifier = {
	.notifier_call = socket_event,
};

/**
 * ktgt_nl_txn_init - be told of sockets that close
 *
 * Context: module init.
 *
 * Return: 0 or an errno.
 */
int ktgt_nl_txn_init(void)
{
	return netlink_register_notifier(&socket_notifier);
}

static void forget(struct net *net)
{
	struct ktgt_net *kn = ktgt_net_get(net);
	struct open_txn *open, *next;

	list_for_each_entry_safe(open, next, &kn->open_txns, node)
		free_open(open);
	INIT_LIST_HEAD(&kn->open_txns);
}

/**
 * ktgt_nl_txn_exit - forget the transactions of sockets that are open still
 *
 * Context: module exit, when no command can come any more.
 */
void ktgt_nl_txn_exit(void)
{
	struct net *net;

	netlink_unregister_notifier(&socket_notifier);
	down_read(&net_rwsem);
	for_each_net(net)
		forget(net);
	up_read(&net_rwsem);
}
