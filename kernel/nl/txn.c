// SPDX-License-Identifier: GPL-2.0
/*
 * Transactions of several commands, which a socket has open. One that it does
 * not commit dies with it.
 *
 * A socket is known by its address in memory. Its number can be given to
 * another one before anybody is told that it is closed; its memory cannot.
 */
#include "txn.h"

#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "commit.h"
#include "device.h"
#include "generated/netlink.h"
#include "job.h"
#include "msg.h"

/* what the changes of one transaction take of memory has an end */
#define CHANGES_MAX	262144

/**
 * struct open_txn - a transaction that a socket has open
 * @node: in &ktgt_net.open_txns
 * @sk: the socket; not referenced, it is told of before it is freed
 * @portid: its number
 * @txn: its changes so far
 */
struct open_txn {
	struct list_head	node;
	const struct sock	*sk;
	u32			portid;
	struct ktgt_txn		txn;
};

static struct open_txn *find_open(struct ktgt_net *kn, const struct sock *sk)
{
	struct open_txn *open;

	lockdep_assert_held(&kn->open_mutex);
	list_for_each_entry(open, &kn->open_txns, node)
		if (open->sk == sk)
			return open;
	return NULL;
}

static struct open_txn *take_open(struct ktgt_net *kn, const struct sock *sk)
{
	struct open_txn *open;

	mutex_lock(&kn->open_mutex);
	open = find_open(kn, sk);
	if (open)
		list_del(&open->node);
	mutex_unlock(&kn->open_mutex);
	return open;
}

/* That of a socket that is closed: another one may have its number by now. */
static struct open_txn *take_dead(struct ktgt_net *kn, u32 portid)
{
	struct open_txn *open, *found = NULL;

	mutex_lock(&kn->open_mutex);
	list_for_each_entry(open, &kn->open_txns, node) {
		if (open->portid != portid || !sock_flag(open->sk, SOCK_DEAD))
			continue;
		found = open;
		list_del(&found->node);
		break;
	}
	mutex_unlock(&kn->open_mutex);
	return found;
}

static void free_open(struct open_txn *open)
{
	ktgt_txn_destroy(&open->txn);
	kfree(open);
}

/**
 * ktgt_nl_begin_in - begin a command that changes something in any namespace
 * @nlc: the command; @nlc->txn is where it has to stage its change
 * @skb: the request
 * @info: the request, parsed
 * @kn: the namespace; something else keeps it until ktgt_nl_end() has returned
 *
 * It is never part of the transaction that the socket has open.
 *
 * Context: may sleep. ktgt_nl_end() has to follow.
 */
void ktgt_nl_begin_in(struct ktgt_nl_change *nlc, struct sk_buff *skb,
		      struct genl_info *info, struct ktgt_net *kn)
{
	nlc->txn = &nlc->one;
	nlc->skb = skb;
	nlc->info = info;
	nlc->put = NULL;
	nlc->err = 0;
	ktgt_txn_init(&nlc->one, kn, info->extack);
}

/**
 * ktgt_nl_begin - begin a command that changes something
 * @nlc: the command; @nlc->txn is where it has to stage its change
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: may sleep. ktgt_nl_end() has to follow: until then the transaction
 * that the socket has open is locked.
 */
void ktgt_nl_begin(struct ktgt_nl_change *nlc, struct sk_buff *skb,
		   struct genl_info *info)
{
	struct ktgt_net *kn = ktgt_net_get(genl_info_net(info));
	struct open_txn *open;

	ktgt_nl_begin_in(nlc, skb, info, kn);
	mutex_lock(&kn->open_mutex);
	open = find_open(kn, NETLINK_CB(skb).sk);
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
 * A text that the extack has after staging is a warning.
 *
 * Return: 0 or an errno, with extack text; -EINTR if the answer comes later.
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
		err = ktgt_nl_commit(txn, nlc->skb, nlc->info, nlc->put);
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

	if (ktgt_nl_job_is_busy(skb, info))
		return -EBUSY;
	open = kzalloc_obj(*open, GFP_KERNEL);
	if (!open) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	open->sk = NETLINK_CB(skb).sk;
	open->portid = info->snd_portid;
	ktgt_txn_init(&open->txn, kn, NULL);

	mutex_lock(&kn->open_mutex);
	if (find_open(kn, open->sk)) {
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

static struct open_txn *end_open(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_net *kn = ktgt_net_get(genl_info_net(info));
	struct open_txn *open;

	open = take_open(kn, NETLINK_CB(skb).sk);
	if (!open)
		NL_SET_ERR_MSG(info->extack,
			       "transaction: none is open; begin one first");
	return open;
}

static int put_generation(struct sk_buff *msg, const struct ktgt_txn *txn)
{
	return nla_put_u64_64bit(msg, KTGT_A_TXN_GENERATION, txn->generation,
				 KTGT_A_TXN_PAD);
}

/**
 * ktgt_txn_commit_doit - carry out all that was collected, or nothing
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text; -EINTR if the answer comes later.
 * The transaction is gone in any case.
 */
int ktgt_txn_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *expected = info->attrs[KTGT_A_TXN_GENERATION];
	struct open_txn *open = end_open(skb, info);
	int err;

	if (!open)
		return -EINVAL;
	if (expected)
		open->txn.expected = nla_get_u64(expected);
	/* who has staged it may have given the socket away since */
	err = open->txn.opens ? ktgt_nl_may_open(skb, info->extack) : 0;
	if (!err)
		err = ktgt_nl_commit(&open->txn, skb, info, put_generation);
	free_open(open);
	return err;
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
	struct open_txn *open = end_open(skb, info);

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

	ktgt_nl_job_forget(n);
	open = take_dead(ktgt_net_get(n->net), n->portid);
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
	int err;

	err = ktgt_nl_jobs_init();
	if (err)
		return err;
	err = netlink_register_notifier(&socket_notifier);
	if (err)
		ktgt_nl_jobs_exit();
	return err;
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
	ktgt_nl_jobs_exit();
	down_read(&net_rwsem);
	for_each_net(net)
		forget(net);
	up_read(&net_rwsem);
}
