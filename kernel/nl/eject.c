// SPDX-License-Identifier: GPL-2.0
/*
 * The netlink command that ejects a medium. A worker carries it out, because it may wait
 * for the storage.
 */
#include <linux/slab.h>
#include <net/genetlink.h>

#include "../config/eject.h"
#include "../core/net.h"
#include "generated/netlink.h"
#include "job.h"

/**
 * struct eject_job - a medium that is to be ejected
 * @job: the request
 * @kn: the namespace
 * @tid: number of the target
 * @lun: number of the logical unit
 * @force: whatever prevents it
 */
struct eject_job {
	struct ktgt_nl_job	job;
	struct ktgt_net		*kn;
	u32			tid;
	u32			lun;
	bool			force;
};

static struct eject_job *to_eject(struct ktgt_nl_job *job)
{
	return container_of(job, struct eject_job, job);
}

static int eject_run(struct ktgt_nl_job *job)
{
	const struct eject_job *eject = to_eject(job);

	return ktgt_eject(eject->kn, eject->tid, eject->lun, eject->force,
			  &job->extack);
}

static void eject_free(struct ktgt_nl_job *job)
{
	kfree(to_eject(job));
}

static const struct ktgt_nl_job_ops eject_ops = {
	.run = eject_run,
	.free = eject_free,
};

/**
 * ktgt_lu_eject_doit - eject the medium of a logical unit
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text; -EINTR if a worker will answer.
 */
int ktgt_lu_eject_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct eject_job *eject;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_LU_TARGET_ID)) {
		NL_SET_ERR_MSG(info->extack, "eject: target-id is missing");
		return -EINVAL;
	}
	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_LU_LUN)) {
		NL_SET_ERR_MSG(info->extack, "eject: lun is missing");
		return -EINVAL;
	}
	eject = kzalloc_obj(*eject, GFP_KERNEL);
	if (!eject) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	eject->kn = ktgt_net_get(genl_info_net(info));
	eject->tid = nla_get_u32(info->attrs[KTGT_A_LU_TARGET_ID]);
	eject->lun = nla_get_u32(info->attrs[KTGT_A_LU_LUN]);
	eject->force = nla_get_flag(info->attrs[KTGT_A_LU_FORCE]);
	err = ktgt_nl_job_init(&eject->job, &eject_ops, skb, info);
	return err ? err : ktgt_nl_job_run(&eject->job, info);
}
