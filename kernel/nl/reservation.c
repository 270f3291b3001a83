// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands for persistent reservations.
 */
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <net/genetlink.h>
#include <scsi/scsi_proto.h>

#include "../config/reservation.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../scsi/lu.h"
#include "../scsi/pr.h"
#include "dump.h"
#include "generated/netlink.h"
#include "job.h"

/* relative target port identifier of who says none */
#define TARGET_PORT		1

/* enum ktgt_pr_type by enum ktgt_reservation_type */
static const u8 types[] = {
	[KTGT_RESERVATION_TYPE_NONE] = 0,
	[KTGT_RESERVATION_TYPE_WRITE_EXCLUSIVE] = KTGT_PR_WRITE_EXCLUSIVE,
	[KTGT_RESERVATION_TYPE_EXCLUSIVE_ACCESS] = KTGT_PR_EXCLUSIVE_ACCESS,
	[KTGT_RESERVATION_TYPE_WRITE_EXCLUSIVE_REGISTRANTS] =
		KTGT_PR_WRITE_EXCLUSIVE_REGISTRANTS,
	[KTGT_RESERVATION_TYPE_EXCLUSIVE_ACCESS_REGISTRANTS] =
		KTGT_PR_EXCLUSIVE_ACCESS_REGISTRANTS,
	[KTGT_RESERVATION_TYPE_WRITE_EXCLUSIVE_ALL] =
		KTGT_PR_WRITE_EXCLUSIVE_ALL,
	[KTGT_RESERVATION_TYPE_EXCLUSIVE_ACCESS_ALL] =
		KTGT_PR_EXCLUSIVE_ACCESS_ALL,
};

/* --- reservation-list ----------------------------------------------------- */

/*
 * Where a dump of a target goes on: the LUN, and which message of its logical unit: 0 is
 * the one without a registration.
 */
#define NR_BITS			16
static_assert(BIT(NR_BITS) - 1 > KTGT_PR_MAX);

static u32 type_of(const struct ktgt_pr *pr)
{
	u32 type;

	for (type = 0; type < ARRAY_SIZE(types); type++)
		if (types[type] == pr->type)
			break;
	return type;
}

static u32 fault_of(const struct ktgt_pr *pr)
{
	switch (pr->fault) {
	case 0:
		return KTGT_STATE_FAULT_NONE;
	case -EPROTONOSUPPORT:
		return KTGT_STATE_FAULT_NEWER;
	default:
		return KTGT_STATE_FAULT_DAMAGED;
	}
}

static int fill_registration(struct sk_buff *skb, const struct ktgt_pr *pr,
			     const struct ktgt_registration *registration)
{
	u8 key[sizeof(registration->key)];
	struct nlattr *nest;

	put_unaligned_be64(registration->key, key);
	nest = nla_nest_start(skb, KTGT_A_RESERVATION_REGISTRATION);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, KTGT_A_REGISTRATION_PORT, registration->name) ||
	    nla_put(skb, KTGT_A_REGISTRATION_KEY, sizeof(key), key) ||
	    nla_put_u32(skb, KTGT_A_REGISTRATION_TARGET_PORT,
			registration->port) ||
	    (pr->holder == registration &&
	     nla_put_flag(skb, KTGT_A_REGISTRATION_HOLDER)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* With the lock. @registration may be NULL. */
static int fill(struct sk_buff *skb, const struct ktgt_lu *lu,
		const struct ktgt_registration *registration)
{
	const struct ktgt_pr *pr = &lu->pr;

	return nla_put_u32(skb, KTGT_A_RESERVATION_TARGET_ID,
			   lu->target->tid) ||
	       nla_put_u32(skb, KTGT_A_RESERVATION_LUN, lu->lun) ||
	       nla_put_u32(skb, KTGT_A_RESERVATION_GENERATION,
			   pr->generation) ||
	       nla_put_u32(skb, KTGT_A_RESERVATION_TYPE, type_of(pr)) ||
	       (pr->persists &&
		nla_put_flag(skb, KTGT_A_RESERVATION_PERSISTS)) ||
	       nla_put_u8(skb, KTGT_A_RESERVATION_APTPL, pr->aptpl) ||
	       nla_put_u32(skb, KTGT_A_RESERVATION_FAULT, fault_of(pr)) ||
	       (registration && fill_registration(skb, pr, registration)) ?
	       -EMSGSIZE : 0;
}

static int put(struct sk_buff *skb, struct netlink_callback *cb,
	       const struct ktgt_lu *lu,
	       const struct ktgt_registration *registration)
{
	void *hdr = ktgt_nl_dump_put(skb, cb);

	return ktgt_nl_dump_put_end(skb, hdr,
				    !hdr || fill(skb, lu, registration));
}

/* With the lock, from message *@nr on. */
static int dump_locked(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct ktgt_lu *lu, unsigned long *nr)
{
	const struct ktgt_registration *registration;
	unsigned long i = 1;
	int err;

	if (!*nr) {
		err = put(skb, cb, lu, NULL);
		if (err)
			return err;
		*nr = 1;
	}
	list_for_each_entry(registration, &lu->pr.registrations, node) {
		if (i++ < *nr)
			continue;
		err = put(skb, cb, lu, registration);
		if (err)
			return err;
		*nr = i;
	}
	return 0;
}

static int dump_lu(struct sk_buff *skb, struct netlink_callback *cb,
		   struct ktgt_lu *lu, unsigned long *next)
{
	spinlock_t *lock = &lu->target->nexus_lock;
	unsigned long nr = 0;
	int err;

	if (*next >> NR_BITS == lu->lun)
		nr = *next & (BIT(NR_BITS) - 1);
	spin_lock_bh(lock);
	err = dump_locked(skb, cb, lu, &nr);
	spin_unlock_bh(lock);
	*next = err ? (unsigned long)lu->lun << NR_BITS | nr :
		      (lu->lun + 1UL) << NR_BITS;
	return err;
}

/* The LUN that a dump is limited to; negative if there is no limit. */
static long only_lun(struct netlink_callback *cb)
{
	struct nlattr **attrs = genl_info_dump(cb)->attrs;

	return attrs && attrs[KTGT_A_RESERVATION_LUN] ?
	       nla_get_u32(attrs[KTGT_A_RESERVATION_LUN]) : -1L;
}

static int dump_target(struct sk_buff *skb, struct netlink_callback *cb,
		       struct ktgt_target *target, unsigned long *next)
{
	long only = only_lun(cb);
	struct ktgt_lu *lu;
	unsigned long lun;
	int err;

	xa_for_each_start(&target->lus, lun, lu, *next >> NR_BITS) {
		if (lu->type != TYPE_DISK || (only >= 0 && lun != only))
			continue;
		err = dump_lu(skb, cb, lu, next);
		if (err)
			return err;
	}
	return 0;
}

/**
 * ktgt_reservation_list_dumpit - show persistent reservations
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_reservation_list_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	return ktgt_nl_dump_targets(skb, cb, KTGT_A_RESERVATION_TARGET_ID,
				    dump_target);
}

/* --- reservation-set ------------------------------------------------------ */

/**
 * struct set_job - reservations that may have to be saved
 * @job: the request
 * @kn: the namespace
 * @params: what a logical unit is to have; the registrations are owned
 */
struct set_job {
	struct ktgt_nl_job		job;
	struct ktgt_net			*kn;
	struct ktgt_reservation_params	params;
};

static struct set_job *to_set(struct ktgt_nl_job *job)
{
	return container_of(job, struct set_job, job);
}

static int set_run(struct ktgt_nl_job *job)
{
	struct set_job *set = to_set(job);

	return ktgt_reservation_set(set->kn, &set->params, &job->extack);
}

static void set_free(struct ktgt_nl_job *job)
{
	struct set_job *set = to_set(job);

	ktgt_pr_free_list(&set->params.registrations);
	kfree(set);
}

static const struct ktgt_nl_job_ops set_ops = {
	.run = set_run,
	.free = set_free,
};

static int get_registration(const struct nlattr *nest,
			    struct ktgt_reservation_params *params,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[KTGT_A_REGISTRATION_MAX + 1];
	u32 target_port = TARGET_PORT;
	int err;

	err = nla_parse_nested(attrs, KTGT_A_REGISTRATION_MAX, nest,
			       ktgt_registration_nl_policy, extack);
	if (err)
		return err;
	if (!attrs[KTGT_A_REGISTRATION_PORT] ||
	    !attrs[KTGT_A_REGISTRATION_KEY]) {
		NL_SET_ERR_MSG(extack, "registration: port or key is missing");
		return -EINVAL;
	}
	if (attrs[KTGT_A_REGISTRATION_TARGET_PORT])
		target_port = nla_get_u32(attrs[KTGT_A_REGISTRATION_TARGET_PORT]);
	return ktgt_reservation_add(params,
				    nla_data(attrs[KTGT_A_REGISTRATION_PORT]),
				    get_unaligned_be64(nla_data(attrs[KTGT_A_REGISTRATION_KEY])),
				    target_port,
				    attrs[KTGT_A_REGISTRATION_HOLDER], extack);
}

static int get_registrations(struct genl_info *info,
			     struct ktgt_reservation_params *params)
{
	const struct nlattr *attr;
	u32 nr = 0;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KTGT_A_RESERVATION_REGISTRATION)
			continue;
		if (nr++ >= KTGT_PR_MAX) {
			NL_SET_ERR_MSG(info->extack,
				       "reservation: a logical unit has at most 512 registrations");
			return -E2BIG;
		}
		err = get_registration(attr, params, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int get_params(struct genl_info *info,
		      struct ktgt_reservation_params *params)
{
	struct nlattr **attrs = info->attrs;

	static_assert(KTGT_PR_MAX == 512);

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_RESERVATION_TARGET_ID)) {
		NL_SET_ERR_MSG(info->extack,
			       "reservation: target-id is missing");
		return -EINVAL;
	}
	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_RESERVATION_LUN)) {
		NL_SET_ERR_MSG(info->extack, "reservation: lun is missing");
		return -EINVAL;
	}
	params->tid = nla_get_u32(attrs[KTGT_A_RESERVATION_TARGET_ID]);
	params->lun = nla_get_u32(attrs[KTGT_A_RESERVATION_LUN]);
	params->has_generation = attrs[KTGT_A_RESERVATION_GENERATION];
	if (params->has_generation)
		params->generation =
			nla_get_u32(attrs[KTGT_A_RESERVATION_GENERATION]);
	if (attrs[KTGT_A_RESERVATION_TYPE])
		params->type =
			types[nla_get_u32(attrs[KTGT_A_RESERVATION_TYPE])];
	if (attrs[KTGT_A_RESERVATION_APTPL])
		params->aptpl = nla_get_u8(attrs[KTGT_A_RESERVATION_APTPL]);
	return get_registrations(info, params);
}

/**
 * ktgt_reservation_set_doit - give a logical unit reservations instead of its own
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text; -EINTR if a worker will answer.
 */
int ktgt_reservation_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct set_job *set = kzalloc_obj(*set, GFP_KERNEL);
	int err;

	if (!set)
		return -ENOMEM;
	INIT_LIST_HEAD(&set->params.registrations);
	err = get_params(info, &set->params);
	if (err) {
		set_free(&set->job);
		return err;
	}
	set->kn = ktgt_net_get(genl_info_net(info));
	err = ktgt_nl_job_init(&set->job, &set_ops, skb, info);
	return err ? err : ktgt_nl_job_run(&set->job, info);
}
