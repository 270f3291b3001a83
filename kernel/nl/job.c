// SPDX-License-Identifier: GPL-2.0
/*
 * A worker carries out what may wait for the storage, because generic netlink is
 * locked while a handler runs: no module with a netlink family can be loaded
 * meanwhile, and who tries keeps all other requests waiting. A handler waits for
 * HANDLER_WAIT. If that is not enough, it returns -EINTR. Then netlink sends no
 * acknowledgement, and the worker sends it when the request is carried out. Who
 * has asked sees no difference.
 *
 * From then on the socket and its rights are all that the request has to do with
 * who has asked. It holds the namespace and the module, for no longer than it
 * waits.
 */
#include "job.h"

#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../core/refuse.h"
#include "family.h"

/* how long a handler holds the lock of generic netlink, in jiffies */
#define HANDLER_WAIT	HZ

static LIST_HEAD(jobs);
static DEFINE_SPINLOCK(jobs_lock);
static struct workqueue_struct *job_wq;

/**
 * ktgt_nl_job_free - free a request that is not, or no more, with a worker
 * @job: the request
 *
 * Context: process.
 */
void ktgt_nl_job_free(struct ktgt_nl_job *job)
{
	consume_skb(job->request);
	put_cred(job->cred);
	kfree(job->text);
	job->ops->free(job);
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
static void send_reply(struct ktgt_nl_job *job)
{
	u32 portid = NETLINK_CB(job->request).portid;
	struct nlmsghdr *nlh = nlmsg_hdr(job->request);
	struct genlmsghdr *ghdr = nlmsg_data(nlh);
	struct sk_buff *msg;
	void *hdr;

	if (job->err || !job->ops->put)
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return;
	hdr = genlmsg_put(msg, portid, nlh->nlmsg_seq, &ktgt_nl_family, 0,
			  ghdr->cmd);
	if (!hdr || job->ops->put(msg, job)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_unicast(job->net, msg, portid);
}

/* As netlink does when a handler has returned. */
static void send_ack(struct ktgt_nl_job *job, struct sock *sk)
{
	struct sk_buff *request = job->request;
	struct nlmsghdr *nlh = nlmsg_hdr(request);

	if (!job->err && !(nlh->nlmsg_flags & NLM_F_ACK))
		return;
	NETLINK_CB(request).sk = sk;
	request->sk = job->net->genl_sock;
	netlink_ack(request, nlh, job->err, &job->extack);
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

static void answer(struct ktgt_nl_job *job, struct sock *sk)
{
	struct file *file = sk ? hold_open(sk) : NULL;

	if (job->ops->over)
		job->ops->over(job, file);
	if (file) {
		send_reply(job);
		send_ack(job, sk);
		fput(file);
	}
	if (sk)
		sock_put(sk);
}

/* Whether the worker has to answer, and whom, with a reference. */
static bool job_leave(struct ktgt_nl_job *job, struct sock **sk)
{
	bool late;

	spin_lock(&jobs_lock);
	list_del(&job->node);
	job->ended = true;
	late = job->late;
	*sk = late ? job->sk : NULL;
	if (*sk)
		sock_hold(*sk);
	spin_unlock(&jobs_lock);
	return late;
}

static void carry_out(struct ktgt_nl_job *job)
{
	const struct cred *own = override_creds(job->cred);

	job->err = job->ops->run(job);
	revert_creds(own);
	job->text = ktgt_refuse_take(&job->extack);
	if (!job->err && !job->extack._msg)
		job->extack._msg = job->warning;
}

static void job_work(struct work_struct *work)
{
	struct ktgt_nl_job *job = container_of(work, struct ktgt_nl_job, work);
	struct net *net = job->net;
	struct sock *sk;

	carry_out(job);
	if (job_leave(job, &sk)) {
		answer(job, sk);
		ktgt_nl_job_free(job);
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
	complete(&job->done);
}

/* Under &jobs_lock. */
static bool is_busy(const struct sock *sk)
{
	const struct ktgt_nl_job *job;

	list_for_each_entry(job, &jobs, node)
		if (job->sk == sk)
			return true;
	return false;
}

static void refuse_busy(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack,
		       "the last change of this socket is not done yet; wait for its answer");
}

/* A socket has one answer to wait for, so that it knows what it is for. */
static int job_start(struct ktgt_nl_job *job, struct netlink_ext_ack *extack)
{
	bool busy;

	if (!try_module_get(THIS_MODULE)) {
		NL_SET_ERR_MSG(extack, "the module is being unloaded");
		return -ENODEV;
	}
	spin_lock(&jobs_lock);
	busy = is_busy(job->sk);
	if (!busy)
		list_add(&job->node, &jobs);
	spin_unlock(&jobs_lock);
	if (busy) {
		module_put(THIS_MODULE);
		refuse_busy(extack);
		return -EBUSY;
	}
	get_net(job->net);
	queue_work(job_wq, &job->work);
	return 0;
}

/* Waits for the worker; false if @job is the worker's from now on. */
static bool job_wait(struct ktgt_nl_job *job)
{
	bool late;

	if (wait_for_completion_killable_timeout(&job->done,
						 HANDLER_WAIT) > 0)
		return true;
	spin_lock(&jobs_lock);
	late = !job->ended;
	job->late = late;
	spin_unlock(&jobs_lock);
	if (!late)
		wait_for_completion(&job->done);
	return !late;
}

/* The answer of a handler that has seen the end. */
static int job_end(struct ktgt_nl_job *job, struct genl_info *info)
{
	int err = job->err;

	info->extack->_msg = job->extack._msg;
	if (job->text)
		ktgt_refuse_give(info->extack, job->text);
	job->text = NULL;
	send_reply(job);
	ktgt_nl_job_free(job);
	return err;
}

/**
 * ktgt_nl_job_init - prepare a request for a worker
 * @job: the request
 * @ops: what it is
 * @skb: the request as a message
 * @info: the request, parsed; a text in its extack is a warning
 *
 * Context: handler.
 *
 * Return: 0, or -ENOMEM, with extack text; then @job is freed.
 */
int ktgt_nl_job_init(struct ktgt_nl_job *job,
		     const struct ktgt_nl_job_ops *ops, struct sk_buff *skb,
		     struct genl_info *info)
{
	job->ops = ops;
	INIT_WORK(&job->work, job_work);
	init_completion(&job->done);
	job->net = genl_info_net(info);
	job->cred = get_current_cred();
	job->sk = NETLINK_CB(skb).sk;
	job->warning = info->extack->_msg;
	job->request = copy_request(info);
	if (job->request)
		return 0;
	ktgt_nl_job_free(job);
	NL_SET_ERR_MSG(info->extack, "out of memory");
	return -ENOMEM;
}

/**
 * ktgt_nl_job_run - have a worker carry a request out
 * @job: the request; the caller must not touch it any more
 * @info: the request, parsed
 *
 * Context: handler; waits no longer than HANDLER_WAIT.
 *
 * Return: 0 or an errno, with extack text; -EINTR if a worker will answer.
 */
int ktgt_nl_job_run(struct ktgt_nl_job *job, struct genl_info *info)
{
	int err = job_start(job, info->extack);

	if (err) {
		ktgt_nl_job_free(job);
		return err;
	}
	if (!job_wait(job))
		return -EINTR;
	return job_end(job, info);
}

/**
 * ktgt_nl_job_is_busy - is the last change of a socket not done yet
 * @skb: a request of the socket
 * @info: the request, parsed; gets the text of a refusal if it is so
 *
 * Context: handler.
 *
 * Return: true if it is so.
 */
bool ktgt_nl_job_is_busy(struct sk_buff *skb, struct genl_info *info)
{
	bool busy;

	spin_lock(&jobs_lock);
	busy = is_busy(NETLINK_CB(skb).sk);
	spin_unlock(&jobs_lock);
	if (busy)
		refuse_busy(info->extack);
	return busy;
}

/**
 * ktgt_nl_job_forget - answer no socket that is closed
 * @gone: the socket, unlinked: another one may have its address by now
 *
 * Context: notifier, before the socket is freed; does not wait.
 */
void ktgt_nl_job_forget(const struct netlink_notify *gone)
{
	struct ktgt_nl_job *job;

	spin_lock(&jobs_lock);
	list_for_each_entry(job, &jobs, node)
		if (job->sk && net_eq(job->net, gone->net) &&
		    NETLINK_CB(job->request).portid == gone->portid &&
		    sock_flag(job->sk, SOCK_DEAD))
			job->sk = NULL;
	spin_unlock(&jobs_lock);
}

/**
 * ktgt_nl_jobs_init - make the queue of the workers
 *
 * Context: module init.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_nl_jobs_init(void)
{
	job_wq = alloc_workqueue("ktgt-txn", WQ_UNBOUND, 0);
	return job_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_nl_jobs_exit - wait until no worker runs code of the module
 *
 * Context: module exit, when no command can come any more. None is carried out:
 * it would hold the module.
 */
void ktgt_nl_jobs_exit(void)
{
	destroy_workqueue(job_wq);
}
