// SPDX-License-Identifier: GPL-2.0
/*
 * A worker carries transactions out, because generic netlink is locked while a
 * handler runs: no module with a netlink family can be loaded meanwhile, and
 * who tries keeps all other requests waiting. A handler waits for HANDLER_WAIT.
 * If that is not enough, it returns -EINTR. Then netlink sends no
 * acknowledgement, and the worker sends it when the transaction is done. Who
 * has asked sees no difference.
 *
 * From then on the socket and its rights are all that the transaction has to do
 * with who has asked. It holds the namespace and the module, for no longer than
 * it waits.
 */
#include "commit.h"

#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../config/txn.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "event.h"
#include "family.h"

/* how long a handler holds the lock of generic netlink, in jiffies */
#define HANDLER_WAIT	HZ

/**
 * struct commit - a transaction that is carried out
 * @node: in &commits, until it is done
 * @work: carries it out
 * @done: that it is done, if the handler waits for it
 * @net: the namespace; referenced, by the worker
 * @cred: the rights of who has asked, which a privileged port needs; referenced
 * @sk: the socket that has asked; NULL once it is closed. Under &commits_lock.
 *	Not referenced: a socket that is closed leaves before it is freed
 * @request: copy of the request, with the address of the socket
 * @put: puts what the answer has besides the acknowledgement; may be NULL
 * @extack: what is to be said of it
 * @text: what @extack points to, if that is to be freed
 * @warning: what was said of the request before; lasts as long as the module
 * @err: what became of it
 * @late: the handler does not wait any more: the worker answers. Under
 *	&commits_lock
 * @ended: it is done. Under &commits_lock
 * @txn: the transaction
 */
struct commit {
	struct list_head	node;
	struct work_struct	work;
	struct completion	done;
	struct net		*net;
	const struct cred	*cred;
	struct sock		*sk;
	struct sk_buff		*request;
	ktgt_nl_put_fn		put;
	struct netlink_ext_ack	extack;
	char			*text;
	const char		*warning;
	int			err;
	bool			late;
	bool			ended;
	struct ktgt_txn		txn;
};

static LIST_HEAD(commits);
static DEFINE_SPINLOCK(commits_lock);
static struct workqueue_struct *commit_wq;

static void commit_free(struct commit *commit)
{
	ktgt_txn_destroy(&commit->txn);
	consume_skb(commit->request);
	put_cred(commit->cred);
	kfree(commit->text);
	kfree(commit);
}

static struct sk_buff *copy_request(const struct genl_info *info)
{
	const struct nlmsghdr *nlh = info->nlhdr;
	struct sk_buff *copy = alloc_skb(nlh->nlmsg_len, GFP_KERNEL);

	if (!copy)
		return NULL;
	skb_put_data(copy, nlh, nlh->nlmsg_len);
	NETLINK_CB(copy).portid = info->snd_portid;
	return copy;
}

/* What was carried out stays so, answer or not. */
static void send_reply(const struct commit *commit)
{
	u32 portid = NETLINK_CB(commit->request).portid;
	struct nlmsghdr *nlh = nlmsg_hdr(commit->request);
	struct genlmsghdr *ghdr = nlmsg_data(nlh);
	struct sk_buff *msg;
	void *hdr;

	if (commit->err || !commit->put)
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return;
	hdr = genlmsg_put(msg, portid, nlh->nlmsg_seq, &ktgt_nl_family, 0,
			  ghdr->cmd);
	if (!hdr || commit->put(msg, &commit->txn)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_unicast(commit->net, msg, portid);
}

/* As netlink does when a handler has returned. */
static void send_ack(struct commit *commit, struct sock *sk)
{
	struct sk_buff *request = commit->request;
	struct nlmsghdr *nlh = nlmsg_hdr(request);

	if (!commit->err && !(nlh->nlmsg_flags & NLM_F_ACK))
		return;
	NETLINK_CB(request).sk = sk;
	request->sk = commit->net->genl_sock;
	netlink_ack(request, nlh, commit->err, &commit->extack);
	/* it was only to be looked at */
	request->sk = NULL;
}

/*
 * Keeps the socket open, so that nobody else has its address; NULL if it is
 * closed.
 */
static struct file *hold_open(struct sock *sk)
{
	struct file *file = NULL;

	read_lock_bh(&sk->sk_callback_lock);
	if (sk->sk_socket && sk->sk_socket->file)
		file = get_file_active(&sk->sk_socket->file);
	read_unlock_bh(&sk->sk_callback_lock);
	return file;
}

static void answer_late(struct commit *commit, struct sock *sk)
{
	const struct ktgt_nl_txn_end end = {
		.portid = NETLINK_CB(commit->request).portid,
		.seq = nlmsg_hdr(commit->request)->nlmsg_seq,
		.err = commit->err,
		.text = commit->extack._msg,
	};
	struct file *file;

	ktgt_nl_event_txn_end(&commit->txn, &end);
	if (!sk)
		return;
	file = hold_open(sk);
	if (file) {
		send_reply(commit);
		send_ack(commit, sk);
		fput(file);
	}
	sock_put(sk);
}

/* Whether the worker has to answer, and whom, with a reference. */
static bool commit_leave(struct commit *commit, struct sock **sk)
{
	bool late;

	spin_lock(&commits_lock);
	list_del(&commit->node);
	commit->ended = true;
	late = commit->late;
	*sk = late ? commit->sk : NULL;
	if (*sk)
		sock_hold(*sk);
	spin_unlock(&commits_lock);
	return late;
}

static void carry_out(struct commit *commit)
{
	const struct cred *own = override_creds(commit->cred);

	commit->err = ktgt_txn_commit(&commit->txn);
	revert_creds(own);
	/* what was opened in vain is closed before anybody hears of it */
	ktgt_txn_destroy(&commit->txn);
	commit->text = ktgt_refuse_take(&commit->extack);
	if (!commit->err && !commit->extack._msg)
		commit->extack._msg = commit->warning;
}

static void commit_work(struct work_struct *work)
{
	struct commit *commit = container_of(work, struct commit, work);
	struct net *net = commit->net;
	struct sock *sk;

	carry_out(commit);
	if (commit_leave(commit, &sk)) {
		answer_late(commit, sk);
		commit_free(commit);
		put_net(net);
		module_put(THIS_MODULE);
		return;
	}
	/*
	 * The handler has a socket of the namespace, and unloading waits for it:
	 * who has the answer can unload the module.
	 */
	put_net(net);
	module_put(THIS_MODULE);
	/* from here on it is the handler's */
	complete(&commit->done);
}

static struct commit *commit_new(struct ktgt_txn *txn, struct sk_buff *skb,
				 struct genl_info *info)
{
	struct commit *commit = kzalloc_obj(*commit, GFP_KERNEL);

	if (!commit)
		return NULL;
	INIT_WORK(&commit->work, commit_work);
	init_completion(&commit->done);
	commit->net = genl_info_net(info);
	commit->cred = get_current_cred();
	commit->sk = NETLINK_CB(skb).sk;
	commit->warning = info->extack->_msg;
	ktgt_txn_init(&commit->txn, txn->kn, &commit->extack);
	commit->request = copy_request(info);
	if (!commit->request) {
		commit_free(commit);
		return NULL;
	}
	ktgt_txn_move(&commit->txn, txn);
	return commit;
}

/* Under &commits_lock. */
static bool is_busy(const struct sock *sk)
{
	const struct commit *commit;

	list_for_each_entry(commit, &commits, node)
		if (commit->sk == sk)
			return true;
	return false;
}

static void refuse_busy(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack,
		       "the last change of this socket is not done yet; wait for its answer");
}

/* A socket has one answer to wait for, so that it knows what it is for. */
static int commit_start(struct commit *commit, struct netlink_ext_ack *extack)
{
	bool busy;

	if (!try_module_get(THIS_MODULE)) {
		NL_SET_ERR_MSG(extack, "the module is being unloaded");
		return -ENODEV;
	}
	spin_lock(&commits_lock);
	busy = is_busy(commit->sk);
	if (!busy)
		list_add(&commit->node, &commits);
	spin_unlock(&commits_lock);
	if (busy) {
		module_put(THIS_MODULE);
		refuse_busy(extack);
		return -EBUSY;
	}
	get_net(commit->net);
	queue_work(commit_wq, &commit->work);
	return 0;
}

/* Waits for the worker; false if @commit is the worker's from now on. */
static bool commit_wait(struct commit *commit)
{
	bool late;

	if (wait_for_completion_killable_timeout(&commit->done,
						 HANDLER_WAIT) > 0)
		return true;
	spin_lock(&commits_lock);
	late = !commit->ended;
	commit->late = late;
	spin_unlock(&commits_lock);
	if (!late)
		wait_for_completion(&commit->done);
	return !late;
}

/* The answer of a handler that has seen the end. */
static int commit_end(struct commit *commit, struct genl_info *info)
{
	int err = commit->err;

	info->extack->_msg = commit->extack._msg;
	if (commit->text)
		ktgt_refuse_give(info->extack, commit->text);
	commit->text = NULL;
	send_reply(commit);
	commit_free(commit);
	return err;
}

/**
 * ktgt_nl_commit - carry a transaction out
 * @txn: the transaction; its changes are not looked at any more afterwards, but
 *	ktgt_txn_destroy() has still to be called
 * @skb: the request
 * @info: the request, parsed; a text in its extack is a warning
 * @put: puts what the answer has besides the acknowledgement; may be NULL
 *
 * Context: handler; waits no longer than HANDLER_WAIT.
 *
 * Return: 0 or an errno, with extack text; -EINTR if a worker will answer.
 */
int ktgt_nl_commit(struct ktgt_txn *txn, struct sk_buff *skb,
		   struct genl_info *info, ktgt_nl_put_fn put)
{
	struct commit *commit = commit_new(txn, skb, info);
	int err;

	if (!commit) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	commit->put = put;
	err = commit_start(commit, info->extack);
	if (err) {
		commit_free(commit);
		return err;
	}
	if (!commit_wait(commit))
		return -EINTR;
	return commit_end(commit, info);
}

/**
 * ktgt_nl_commit_is_busy - is the last change of a socket not done yet
 * @skb: a request of the socket
 * @info: the request, parsed; gets the text of a refusal if it is so
 *
 * Context: handler.
 *
 * Return: true if it is so.
 */
bool ktgt_nl_commit_is_busy(struct sk_buff *skb, struct genl_info *info)
{
	bool busy;

	spin_lock(&commits_lock);
	busy = is_busy(NETLINK_CB(skb).sk);
	spin_unlock(&commits_lock);
	if (busy)
		refuse_busy(info->extack);
	return busy;
}

/**
 * ktgt_nl_commit_forget - answer no socket that is closed
 * @gone: the socket, unlinked: another one may have its address by now
 *
 * Context: notifier, before the socket is freed; does not wait.
 */
void ktgt_nl_commit_forget(const struct netlink_notify *gone)
{
	struct commit *commit;

	spin_lock(&commits_lock);
	list_for_each_entry(commit, &commits, node)
		if (commit->sk && net_eq(commit->net, gone->net) &&
		    NETLINK_CB(commit->request).portid == gone->portid &&
		    sock_flag(commit->sk, SOCK_DEAD))
			commit->sk = NULL;
	spin_unlock(&commits_lock);
}

/**
 * ktgt_nl_commit_init - make the queue of the workers
 *
 * Context: module init.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_nl_commit_init(void)
{
	commit_wq = alloc_workqueue("ktgt-txn", WQ_UNBOUND, 0);
	return commit_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_nl_commit_exit - wait until no worker runs code of the module
 *
 * Context: module exit, when no command can come any more. None is carried out:
 * it would hold the module.
 */
void ktgt_nl_commit_exit(void)
{
	destroy_workqueue(commit_wq);
}
