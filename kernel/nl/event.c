// SPDX-License-Identifier: GPL-2.0
/*
 * Events, for sockets that have joined a multicast group of the family in the
 * same namespace. Without such a socket, no message is made. If there is no
 * memory, or if a listener reads too slowly, its socket gets ENOBUFS.
 */
#include "event.h"

#include <linux/init.h>
#include <net/genetlink.h>

#include "../config/txn.h"
#include "../core/access.h"
#include "../core/event.h"
#include "../core/net.h"
#include "family.h"
#include "generated/netlink.h"
#include "msg.h"

/*
 * The kernel counts the listeners of all namespaces together, so an event may
 * be made although its own namespace has no listener.
 */
static bool event_is_wanted(struct ktgt_net *kn, unsigned int group)
{
	return genl_has_listeners(&ktgt_nl_family, kn->net, group);
}

static struct sk_buff *event_begin(struct ktgt_net *kn, u8 cmd, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE,
					  GFP_ATOMIC | __GFP_NOWARN);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put(msg, 0, 0, &ktgt_nl_family, 0, cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static void event_send(struct ktgt_net *kn, struct sk_buff *msg, void *hdr,
		       unsigned int group)
{
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&ktgt_nl_family, kn->net, msg, 0, group,
				GFP_ATOMIC | __GFP_NOWARN);
}

static void event_lost(struct ktgt_net *kn, unsigned int group)
{
	genl_set_err(&ktgt_nl_family, kn->net, 0, group, -ENOBUFS);
}

static int put_text(struct sk_buff *msg, int attr, const char *text)
{
	return text ? nla_put_string(msg, attr, text) : 0;
}

static int put_identity(struct sk_buff *msg, const struct ktgt_event *event)
{
	if (event->id &&
	    (nla_put_u32(msg, KTGT_A_EVENT_ID, event->id) ||
	     nla_put_u16(msg, KTGT_A_EVENT_TSIH, event->id)))
		return -EMSGSIZE;
	if (event->tid >= 0 &&
	    nla_put_u32(msg, KTGT_A_EVENT_TARGET_ID, event->tid))
		return -EMSGSIZE;
	if (event->isid && nla_put(msg, KTGT_A_EVENT_ISID, 6, event->isid))
		return -EMSGSIZE;
	return put_text(msg, KTGT_A_EVENT_TARGET, event->target) ||
	       put_text(msg, KTGT_A_EVENT_INITIATOR, event->initiator);
}

static int put_addresses(struct sk_buff *msg, const struct ktgt_event *event)
{
	if (!event->peer)
		return 0;
	return ktgt_nl_put_addr(msg, event->peer, KTGT_A_EVENT_PEER_ADDRESS,
				KTGT_A_EVENT_PEER_PORT) ||
	       ktgt_nl_put_addr(msg, event->local, KTGT_A_EVENT_LOCAL_ADDRESS,
				KTGT_A_EVENT_LOCAL_PORT);
}

static int put_outcome(struct sk_buff *msg, const struct ktgt_event *event,
		       u32 missed)
{
	if (event->cmd == KTGT_CMD_SESSION_END &&
	    nla_put_u32(msg, KTGT_A_EVENT_END, event->end))
		return -EMSGSIZE;
	if (event->status &&
	    nla_put_u16(msg, KTGT_A_EVENT_STATUS, event->status))
		return -EMSGSIZE;
	if (missed && nla_put_u32(msg, KTGT_A_EVENT_MISSED, missed))
		return -EMSGSIZE;
	if (event->memory &&
	    nla_put_u64_64bit(msg, KTGT_A_EVENT_MEMORY, event->memory,
			      KTGT_A_EVENT_PAD))
		return -EMSGSIZE;
	return put_text(msg, KTGT_A_EVENT_KEY, event->key) ||
	       put_text(msg, KTGT_A_EVENT_REASON, event->why);
}

/* The logical unit that the event is about, if it is about one. */
static int put_lu(struct sk_buff *msg, const struct ktgt_event *event)
{
	if (event->lun && nla_put_u32(msg, KTGT_A_EVENT_LUN, event->lun))
		return -EMSGSIZE;
	if (event->has_lba &&
	    nla_put_u64_64bit(msg, KTGT_A_EVENT_LBA, event->lba,
			      KTGT_A_EVENT_PAD))
		return -EMSGSIZE;
	if (event->error &&
	    (nla_put_u32(msg, KTGT_A_EVENT_OPERATION, event->op) ||
	     nla_put_u32(msg, KTGT_A_EVENT_ERROR, event->error)))
		return -EMSGSIZE;
	return put_text(msg, KTGT_A_EVENT_OTHER, event->other);
}

/*
 * Decides whether a failed login is reported, and counts those that were not.
 */
static bool pass_failed(struct ktgt_net *kn, const struct ktgt_event *event,
			u32 *missed)
{
	if (event->peer)
		return ktgt_event_allow(&kn->failed_logins, missed);
	*missed = ktgt_event_take_missed(&kn->failed_logins);
	return *missed;
}

static void event_session(struct ktgt_net *kn, const struct ktgt_event *event)
{
	struct sk_buff *msg;
	u32 missed = 0;
	void *hdr;

	if (!event_is_wanted(kn, KTGT_NLGRP_SESSION))
		return;
	if (event->cmd == KTGT_CMD_LOGIN_FAILED &&
	    !pass_failed(kn, event, &missed))
		return;

	msg = event_begin(kn, event->cmd, &hdr);
	if (!msg)
		goto lost;
	if (put_identity(msg, event) || put_addresses(msg, event) ||
	    put_outcome(msg, event, missed) || put_lu(msg, event)) {
		nlmsg_free(msg);
		goto lost;
	}
	/* a path that is too long for the message is left out */
	put_text(msg, KTGT_A_EVENT_PATH, event->path);
	event_send(kn, msg, hdr, KTGT_NLGRP_SESSION);
	return;

lost:
	event_lost(kn, KTGT_NLGRP_SESSION);
}

static int put_object(struct sk_buff *msg, const struct ktgt_change_info *info)
{
	static const struct ktgt_nl_rule_attrs attrs = {
		.initiator = KTGT_A_CHANGE_NAME,
		.address = KTGT_A_CHANGE_ADDRESS,
		.prefix_len = KTGT_A_CHANGE_PREFIX_LEN,
	};

	if (info->rule && ktgt_nl_put_rule(msg, info->rule, &attrs))
		return -EMSGSIZE;
	if (info->addr && ktgt_nl_put_addr(msg, info->addr,
					   KTGT_A_CHANGE_ADDRESS,
					   KTGT_A_CHANGE_PORT))
		return -EMSGSIZE;
	if (info->outgoing && nla_put_flag(msg, KTGT_A_CHANGE_OUTGOING))
		return -EMSGSIZE;
	return put_text(msg, KTGT_A_CHANGE_NAME, info->name);
}

static int put_change(struct sk_buff *msg, const struct ktgt_change *change)
{
	const struct ktgt_change_info *info = &change->info;
	struct nlattr *nest = nla_nest_start(msg, KTGT_A_EVENT_CHANGE);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(msg, KTGT_A_CHANGE_OBJECT, change->ops->object) ||
	    nla_put_u32(msg, KTGT_A_CHANGE_ACTION, change->ops->action) ||
	    (info->tid >= 0 &&
	     nla_put_u32(msg, KTGT_A_CHANGE_TARGET_ID, info->tid)) ||
	    (info->lun >= 0 &&
	     nla_put_u32(msg, KTGT_A_CHANGE_LUN, info->lun)) ||
	    put_object(msg, info)) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

/* Puts the first changes, as many as fit. Their total number was put before. */
static void put_changes(struct sk_buff *msg, struct ktgt_txn *txn)
{
	struct ktgt_change *change;

	list_for_each_entry(change, &txn->changes, node)
		if (put_change(msg, change))
			return;
}

static void event_config(struct ktgt_net *kn, struct ktgt_txn *txn)
{
	struct sk_buff *msg;
	void *hdr;

	if (!event_is_wanted(kn, KTGT_NLGRP_CONFIG))
		return;

	msg = event_begin(kn, KTGT_CMD_CONFIG_CHANGED, &hdr);
	if (!msg)
		goto lost;
	if (nla_put_u64_64bit(msg, KTGT_A_EVENT_GENERATION, txn->generation,
			      KTGT_A_EVENT_PAD) ||
	    nla_put_u32(msg, KTGT_A_EVENT_CHANGES, txn->nr_changes)) {
		nlmsg_free(msg);
		goto lost;
	}
	put_changes(msg, txn);
	event_send(kn, msg, hdr, KTGT_NLGRP_CONFIG);
	return;

lost:
	event_lost(kn, KTGT_NLGRP_CONFIG);
}

/* As much of it as events have room for. */
static int put_cut(struct sk_buff *msg, int attr, const char *text)
{
	size_t len = strnlen(text, KTGT_EVENT_TEXT_MAX);
	struct nlattr *nla = nla_reserve(msg, attr, len + 1);

	if (!nla)
		return -EMSGSIZE;
	strscpy(nla_data(nla), text, len + 1);
	return 0;
}

static int put_end(struct sk_buff *msg, const struct ktgt_txn *txn,
		   const struct ktgt_nl_txn_end *end)
{
	if (end->err ? nla_put_u32(msg, KTGT_A_EVENT_ERROR, -end->err) :
		       nla_put_u64_64bit(msg, KTGT_A_EVENT_GENERATION,
					 txn->generation, KTGT_A_EVENT_PAD))
		return -EMSGSIZE;
	if (end->text && put_cut(msg, KTGT_A_EVENT_TEXT, end->text))
		return -EMSGSIZE;
	return nla_put_u32(msg, KTGT_A_EVENT_PORT_ID, end->portid) ||
	       nla_put_u32(msg, KTGT_A_EVENT_SEQUENCE, end->seq);
}

/**
 * ktgt_nl_event_txn_end - tell of the end of a transaction that took long
 * @txn: the transaction
 * @end: what became of it
 *
 * Who has asked for it may be gone by now.
 *
 * Context: process, the family is registered and the namespace is alive; does
 * not sleep.
 */
void ktgt_nl_event_txn_end(const struct ktgt_txn *txn,
			   const struct ktgt_nl_txn_end *end)
{
	struct ktgt_net *kn = txn->kn;
	struct sk_buff *msg;
	void *hdr;

	if (!event_is_wanted(kn, KTGT_NLGRP_CONFIG))
		return;

	msg = event_begin(kn, KTGT_CMD_TXN_END, &hdr);
	if (!msg)
		goto lost;
	if (put_end(msg, txn, end)) {
		nlmsg_free(msg);
		goto lost;
	}
	event_send(kn, msg, hdr, KTGT_NLGRP_CONFIG);
	return;

lost:
	event_lost(kn, KTGT_NLGRP_CONFIG);
}

static const struct ktgt_event_ops event_ops = {
	.session	= event_session,
	.config		= event_config,
};

/**
 * ktgt_nl_event_init - start to send events to user space
 *
 * Context: module init; the family is registered.
 */
void __init ktgt_nl_event_init(void)
{
	ktgt_event_set_ops(&event_ops);
}

/**
 * ktgt_nl_event_exit - stop sending events to user space
 *
 * Context: module exit, sleeps; the family is still registered.
 */
void ktgt_nl_event_exit(void)
{
	ktgt_event_set_ops(NULL);
}
