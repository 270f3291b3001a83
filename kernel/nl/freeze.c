// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands that freeze and thaw logical units.
 */
#include "freeze.h"

#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/genetlink.h>

#include "../config/freeze.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "generated/netlink.h"
#include "job.h"

static int get_luns(struct genl_info *info, struct ktgt_freeze_params *params)
{
	const struct nlattr *luns = info->attrs[KTGT_A_FREEZE_LUN];

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_FREEZE_TARGET_ID)) {
		NL_SET_ERR_MSG(info->extack, "freeze: target-id is missing");
		return -EINVAL;
	}
	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_FREEZE_LUN)) {
		NL_SET_ERR_MSG(info->extack, "freeze: lun is missing");
		return -EINVAL;
	}
	if (!nla_len(luns) || nla_len(luns) % sizeof(u32)) {
		NL_SET_BAD_ATTR(info->extack, luns);
		ktgt_refuse(info->extack,
			    "lun of %d bytes: must be a list of numbers of 4 bytes",
			    nla_len(luns));
		return -EINVAL;
	}
	params->tid = nla_get_u32(info->attrs[KTGT_A_FREEZE_TARGET_ID]);
	params->luns = nla_data(luns);
	params->nr_luns = nla_len(luns) / sizeof(u32);
	return 0;
}

/**
 * struct freeze_job - a freeze, which waits for the storage
 * @job: the request
 * @kn: the namespace
 * @params: what is to be frozen; the LUNs are owned
 * @result: what it is known by
 */
struct freeze_job {
	struct ktgt_nl_job		job;
	struct ktgt_net			*kn;
	struct ktgt_freeze_params	params;
	struct ktgt_freeze_result	result;
};

static struct freeze_job *to_freeze(struct ktgt_nl_job *job)
{
	return container_of(job, struct freeze_job, job);
}

static int freeze_run(struct ktgt_nl_job *job)
{
	struct freeze_job *freeze = to_freeze(job);

	return ktgt_freeze(freeze->kn, &freeze->params, &freeze->result,
			   &job->extack);
}

static int freeze_put(struct sk_buff *msg, struct ktgt_nl_job *job)
{
	const struct ktgt_freeze_result *result = &to_freeze(job)->result;

	return nla_put_u32(msg, KTGT_A_FREEZE_ID, result->id) ||
	       nla_put_u64_64bit(msg, KTGT_A_FREEZE_GENERATION,
				 result->generation, KTGT_A_FREEZE_PAD) ?
	       -EMSGSIZE : 0;
}

/*
 * Its program may have ended before it was frozen, when there was nothing to
 * thaw.
 */
static void freeze_over(struct ktgt_nl_job *job, bool heard)
{
	struct freeze_job *freeze = to_freeze(job);

	if (heard || job->err || !freeze->params.portid)
		return;
	freeze->params.id = freeze->result.id;
	ktgt_thaw(freeze->kn, &freeze->params, NULL);
}

static void freeze_free(struct ktgt_nl_job *job)
{
	struct freeze_job *freeze = to_freeze(job);

	kfree(freeze->params.luns);
	kfree(freeze);
}

static const struct ktgt_nl_job_ops freeze_ops = {
	.run = freeze_run,
	.put = freeze_put,
	.over = freeze_over,
	.free = freeze_free,
};

static struct freeze_job *make_freeze(const struct ktgt_freeze_params *params,
				      struct netlink_ext_ack *extack)
{
	struct freeze_job *freeze = kzalloc_obj(*freeze, GFP_KERNEL);
	const u32 *luns = kmemdup(params->luns,
				  params->nr_luns * sizeof(*luns), GFP_KERNEL);

	if (!freeze || !luns) {
		kfree(freeze);
		kfree(luns);
		NL_SET_ERR_MSG(extack, "out of memory");
		return NULL;
	}
	freeze->params = *params;
	freeze->params.luns = luns;
	return freeze;
}

/**
 * ktgt_lu_freeze_doit - freeze logical units
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text; -EINTR if a worker will answer.
 */
int ktgt_lu_freeze_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_freeze_params params = {
		.seconds = KTGT_FREEZE_TIME,
	};
	struct freeze_job *freeze;
	int err;

	err = get_luns(info, &params);
	if (err)
		return err;
	if (info->attrs[KTGT_A_FREEZE_TIMEOUT])
		params.seconds =
			nla_get_u32(info->attrs[KTGT_A_FREEZE_TIMEOUT]);
	if (!nla_get_flag(info->attrs[KTGT_A_FREEZE_DETACH]))
		params.portid = info->snd_portid;

	freeze = make_freeze(&params, info->extack);
	if (!freeze)
		return -ENOMEM;
	freeze->kn = ktgt_net_get(genl_info_net(info));
	err = ktgt_nl_job_init(&freeze->job, &freeze_ops, skb, info);
	return err ? err : ktgt_nl_job_run(&freeze->job, info);
}

/**
 * ktgt_lu_thaw_doit - thaw logical units
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_thaw_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_freeze_params params = {};
	int err;

	err = get_luns(info, &params);
	if (err)
		return err;
	if (info->attrs[KTGT_A_FREEZE_ID])
		params.id = nla_get_u32(info->attrs[KTGT_A_FREEZE_ID]);
	return ktgt_thaw(ktgt_net_get(genl_info_net(info)), &params,
			 info->extack);
}

static int socket_event(struct notifier_block *nb, unsigned long event,
			void *data)
{
	const struct netlink_notify *n = data;

	if (event == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC)
		ktgt_freeze_end_socket(ktgt_net_get(n->net), n->portid);
	return NOTIFY_DONE;
}

static struct notifier_block socket_notifier = {
	.notifier_call = socket_event,
};

/**
 * ktgt_nl_freeze_init - be told of sockets that close
 *
 * Context: module init.
 *
 * Return: 0 or an errno.
 */
int ktgt_nl_freeze_init(void)
{
	return netlink_register_notifier(&socket_notifier);
}

/**
 * ktgt_nl_freeze_exit - be told no more
 *
 * Context: module exit, when no command can come any more.
 */
void ktgt_nl_freeze_exit(void)
{
	netlink_unregister_notifier(&socket_notifier);
}
