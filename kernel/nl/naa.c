// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink command for the default identity of a logical unit that is not there yet, by
 * which the tools name its state file.
 */
#include <net/genetlink.h>

#include "../config/txn.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/identity.h"
#include "generated/netlink.h"
#include "msg.h"
#include "txn.h"

/* The target may be staged, in the transaction that the socket has open. */
static const char *staged_name(const struct ktgt_txn *txn, u32 tid)
{
	const struct ktgt_change *change;

	list_for_each_entry(change, &txn->changes, node)
		if (change->ops->object == KTGT_OBJECT_TARGET &&
		    change->ops->action == KTGT_ACTION_ADD &&
		    change->info.tid == tid)
			return change->info.name;
	return NULL;
}

static int reply(struct genl_info *info, struct ktgt_net *kn, const char *name)
{
	const struct ktgt_identity_seed seed = {
		.target = name,
		.lun = nla_get_u32(info->attrs[KTGT_A_LU_LUN]),
		.oui = READ_ONCE(kn->oui),
		.disk = true,
	};
	struct ktgt_identity identity = {};
	struct sk_buff *msg;
	void *hdr;

	ktgt_identity_fill(&identity, &seed);
	hdr = ktgt_nl_reply(info, &msg);
	if (!hdr)
		return -ENOMEM;
	return ktgt_nl_reply_end(info, msg, hdr,
				 nla_put(msg, KTGT_A_LU_NAA_ID,
					 identity.naa.len, identity.naa.byte));
}

static int reply_of(struct genl_info *info, struct ktgt_net *kn, u32 tid)
{
	struct ktgt_target *target = ktgt_net_find_tid(kn, tid);
	int err;

	if (!target) {
		ktgt_refuse(info->extack, "there is no target %u", tid);
		return -ENOENT;
	}
	err = reply(info, kn, target->name);
	ktgt_target_put(target);
	return err;
}

/**
 * ktgt_lu_naa_get_doit - show the NAA identifier that a logical unit would have
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_naa_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_net *kn = ktgt_net_get(genl_info_net(info));
	struct ktgt_nl_change nlc;
	const char *name = NULL;
	int err;
	u32 tid;

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_LU_TARGET_ID) ||
	    GENL_REQ_ATTR_CHECK(info, KTGT_A_LU_LUN)) {
		NL_SET_ERR_MSG(info->extack,
			       "logical unit: target-id or lun is missing");
		return -EINVAL;
	}
	tid = nla_get_u32(info->attrs[KTGT_A_LU_TARGET_ID]);
	ktgt_nl_begin(&nlc, skb, info);
	if (ktgt_nl_is_staged(&nlc))
		name = staged_name(nlc.txn, tid);
	err = name ? reply(info, kn, name) : reply_of(info, kn, tid);
	/* there is no change to be carried out */
	ktgt_nl_end(&nlc, -ECANCELED);
	return err;
}
