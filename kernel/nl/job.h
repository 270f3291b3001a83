/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests that a worker carries out, because they may wait for the storage.
 */
#ifndef _KTGT_NL_JOB_H
#define _KTGT_NL_JOB_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct cred;
struct genl_info;
struct ktgt_nl_job;
struct net;
struct sk_buff;
struct sock;

/**
 * struct ktgt_nl_job_ops - what kind of request it is
 * @run: carries it out, with the rights of who has asked. Gives back 0 or an
 *	errno, with a text in &ktgt_nl_job.extack. Process context, may sleep
 * @put: puts what the answer has besides the acknowledgement into a message,
 *	after @run has succeeded. Gives back 0 or -EMSGSIZE. May be NULL
 * @over: the handler does not wait any more, and @run is over. @heard: who has
 *	asked can still be answered. May be NULL
 * @free: frees it
 */
struct ktgt_nl_job_ops {
	int	(*run)(struct ktgt_nl_job *job);
	int	(*put)(struct sk_buff *msg, struct ktgt_nl_job *job);
	void	(*over)(struct ktgt_nl_job *job, bool heard);
	void	(*free)(struct ktgt_nl_job *job);
};

/**
 * struct ktgt_nl_job - a request that a worker carries out
 * @ops: what it is
 * @node: in a list of job.c until it is done
 * @work: carries it out
 * @done: that it is done, if the handler waits for it
 * @net: the namespace; referenced, by the worker
 * @cred: the rights of who has asked, which a privileged port needs; referenced
 * @sk: the socket that has asked; NULL once it is closed. Under the lock of
 *	job.c. Not referenced: a socket that is closed leaves before it is freed
 * @request: copy of the request, with the address of the socket
 * @extack: what is to be said of it
 * @text: what @extack points to, if that is to be freed
 * @warning: what was said of the request before; lasts as long as the module
 * @err: what became of it
 * @late: the handler does not wait any more: the worker answers. Under the lock
 *	of job.c
 * @ended: it is done. Under the lock of job.c
 */
struct ktgt_nl_job {
	const struct ktgt_nl_job_ops	*ops;
	struct list_head		node;
	struct work_struct		work;
	struct completion		done;
	struct net			*net;
	const struct cred		*cred;
	struct sock			*sk;
	struct sk_buff			*request;
	struct netlink_ext_ack		extack;
	char				*text;
	const char			*warning;
	int				err;
	bool				late;
	bool				ended;
};

int ktgt_nl_job_init(struct ktgt_nl_job *job,
		     const struct ktgt_nl_job_ops *ops, struct sk_buff *skb,
		     struct genl_info *info);
void ktgt_nl_job_free(struct ktgt_nl_job *job);
int ktgt_nl_job_run(struct ktgt_nl_job *job, struct genl_info *info);
bool ktgt_nl_job_is_busy(struct sk_buff *skb, struct genl_info *info);
void ktgt_nl_job_forget(const struct netlink_notify *gone);

int ktgt_nl_jobs_init(void);
void ktgt_nl_jobs_exit(void);

#endif /* _KTGT_NL_JOB_H */
