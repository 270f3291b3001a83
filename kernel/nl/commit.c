// SPDX-License-Identifier: GPL-2.0
/*
 * Transactions are requests that a worker carries out.
 */
#include "commit.h"

#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "../config/txn.h"
#include "../core/net.h"
#include "event.h"
#include "job.h"

/**
 * struct commit - a transaction that is carried out
 * @job: the request
 * @put: puts what the answer has besides the acknowledgement; may be NULL
 * @txn: the transaction. Its namespace, which need not be that of the socket, is
 *	referenced
 */
struct commit {
	struct ktgt_nl_job	job;
	ktgt_nl_put_fn		put;
	struct ktgt_txn		txn;
};

static struct commit *to_commit(struct ktgt_nl_job *job)
{
	return container_of(job, struct commit, job);
}

static int commit_run(struct ktgt_nl_job *job)
{
	struct commit *commit = to_commit(job);
	int err = ktgt_txn_commit(&commit->txn);

	/* what was opened in vain is closed before anybody hears of it */
	ktgt_txn_destroy(&commit->txn);
	return err;
}

static int commit_put(struct sk_buff *msg, struct ktgt_nl_job *job)
{
	const struct commit *commit = to_commit(job);

	return commit->put ? commit->put(msg, &commit->txn) : 0;
}

/* Listeners hear of it whether or not who has asked does. */
static void commit_over(struct ktgt_nl_job *job, bool heard)
{
	const struct ktgt_nl_txn_end end = {
		.portid = NETLINK_CB(job->request).portid,
		.seq = nlmsg_hdr(job->request)->nlmsg_seq,
		.err = job->err,
		.text = job->extack._msg,
	};

	ktgt_nl_event_txn_end(&to_commit(job)->txn, &end);
}

static void commit_free(struct ktgt_nl_job *job)
{
	struct commit *commit = to_commit(job);

	ktgt_txn_destroy(&commit->txn);
	put_net(commit->txn.kn->net);
	kfree(commit);
}

static const struct ktgt_nl_job_ops commit_ops = {
	.run = commit_run,
	.put = commit_put,
	.over = commit_over,
	.free = commit_free,
};

/**
 * ktgt_nl_commit - carry a transaction out
 * @txn: the transaction; its changes are not looked at any more afterwards, but
 *	ktgt_txn_destroy() has still to be called
 * @skb: the request
 * @info: the request, parsed; a text in its extack is a warning
 * @put: puts what the answer has besides the acknowledgement; may be NULL
 *
 * Context: handler; waits no longer than ktgt_nl_job_run().
 *
 * Return: 0 or an errno, with extack text; -EINTR if a worker will answer.
 */
int ktgt_nl_commit(struct ktgt_txn *txn, struct sk_buff *skb,
		   struct genl_info *info, ktgt_nl_put_fn put)
{
	struct commit *commit = kzalloc_obj(*commit, GFP_KERNEL);
	int err;

	if (!commit) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	commit->put = put;
	ktgt_txn_init(&commit->txn, txn->kn, &commit->job.extack);
	get_net(txn->kn->net);
	err = ktgt_nl_job_init(&commit->job, &commit_ops, skb, info);
	if (err)
		return err;
	ktgt_txn_move(&commit->txn, txn);
	return ktgt_nl_job_run(&commit->job, info);
}
