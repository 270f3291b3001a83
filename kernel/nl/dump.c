// SPDX-License-Identifier: GPL-2.0
/*
 * What the dumps of all objects have in common.
 */
#include "dump.h"

#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../iscsi/sess.h"
#include "family.h"

/**
 * ktgt_nl_dump_begin - begin or continue a dump
 * @cb: the dump
 *
 * If the configuration changes before the dump ends, the dump is marked as
 * interrupted, and user space asks again. If a transaction is being applied,
 * wait for it, because the dump could not tell a part of it from the whole.
 *
 * Context: may sleep.
 *
 * Return: the namespace of the socket that asks.
 */
struct ktgt_net *ktgt_nl_dump_begin(struct netlink_callback *cb)
{
	struct ktgt_net *kn = ktgt_net_get(sock_net(cb->skb->sk));

	/* pairs with apply_all() in config/txn.c */
	while ((cb->seq = smp_load_acquire(&kn->apply_seq)) & 1) {
		mutex_lock(&kn->config_mutex);
		mutex_unlock(&kn->config_mutex);
	}
	return kn;
}

/**
 * ktgt_nl_dump_put - begin one message of a dump
 * @skb: takes the message
 * @cb: the dump, after ktgt_nl_dump_begin()
 *
 * Return: the header, for genlmsg_end(); NULL if @skb is full.
 */
void *ktgt_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genlmsghdr *ghdr = nlmsg_data(cb->nlh);
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &ktgt_nl_family, NLM_F_MULTI, ghdr->cmd);
	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/**
 * ktgt_nl_dump_put_end - end one message of a dump
 * @skb: has the message
 * @hdr: what ktgt_nl_dump_put() returned
 * @full: something did not fit, or @hdr is NULL
 *
 * Return: 0; or -EMSGSIZE, after the message was removed from @skb.
 */
int ktgt_nl_dump_put_end(struct sk_buff *skb, void *hdr, bool full)
{
	if (full) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * ktgt_nl_dump_end - end a dump, or the part of it that fits into a message
 * @skb: messages so far
 * @cb: the dump, after ktgt_nl_dump_begin()
 * @err: 0 if the dump is complete, -EMSGSIZE if @skb is full, or an error
 *
 * The end is marked as interrupted if the configuration has changed meanwhile.
 *
 * Return: what the handler has to return. If @skb is full, this is its length,
 * and the handler is called again.
 */
int ktgt_nl_dump_end(const struct sk_buff *skb, struct netlink_callback *cb,
		     int err)
{
	struct ktgt_net *kn = ktgt_net_get(sock_net(cb->skb->sk));

	if (err == -EMSGSIZE && skb->len)
		return skb->len;

	smp_rmb(); /* pairs with apply_all() in config/txn.c */
	cb->seq = READ_ONCE(kn->apply_seq);
	return err;
}

/**
 * ktgt_nl_dump_filter - get the target that a dump is limited to
 * @cb: the dump
 * @kn: the namespace
 * @attr: attribute of the request that contains the number of the target
 * @only: takes this number, 0 for discovery; negative if there is no limit
 *
 * Only the first call refuses a target that does not exist. If the target is
 * deleted later, the dump ends.
 *
 * Return: 0 or -ENOENT, with extack text.
 */
int ktgt_nl_dump_filter(struct netlink_callback *cb, struct ktgt_net *kn,
			int attr, long *only)
{
	struct nlattr **attrs = genl_info_dump(cb)->attrs;
	struct ktgt_target *target;

	*only = -1;
	if (attrs && attrs[attr])
		*only = nla_get_u32(attrs[attr]);
	if (*only <= 0 || cb->prev_seq)
		return 0;

	target = ktgt_net_find_tid(kn, *only);
	if (!target) {
		ktgt_refuse(cb->extack, "there is no target %ld", *only);
		return -ENOENT;
	}
	ktgt_target_put(target);
	return 0;
}

/**
 * ktgt_nl_dump_shows - does a dump show what belongs to a target
 * @target: the target
 * @only: number of the target that the dump is limited to, or negative
 *
 * Return: true if it does.
 */
bool ktgt_nl_dump_shows(const struct ktgt_target *target, long only)
{
	/* pairs with the release in config/target.c */
	return smp_load_acquire(&target->stage) != KTGT_TARGET_STAGED &&
	       (only < 0 || only == target->tid);
}

/**
 * struct cursor - the position of a dump
 * @id: first target or session that has not been shown completely
 * @inner: position in it
 */
struct cursor {
	unsigned long	id;
	unsigned long	inner;
};

/*
 * The object at which the dump stopped may be gone: then the next one is new.
 */
static unsigned long *cursor_at(struct cursor *cursor, unsigned long id)
{
	if (id != cursor->id)
		cursor->inner = 0;
	cursor->id = id;
	return &cursor->inner;
}

/**
 * ktgt_nl_dump_targets - show all targets, or the requested one
 * @skb: takes the answer
 * @cb: the dump
 * @attr: attribute of the request that contains the number of a target
 * @show: shows a target, or what belongs to it, under RCU. *@inner is 0 in the
 *	first call for a target. After -EMSGSIZE, it is called again with the
 *	value that it left there
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_nl_dump_targets(struct sk_buff *skb, struct netlink_callback *cb,
			 int attr,
			 int (*show)(struct sk_buff *skb,
				     struct netlink_callback *cb,
				     struct ktgt_target *target,
				     unsigned long *inner))
{
	struct cursor *cursor = (struct cursor *)cb->ctx;
	struct ktgt_net *kn = ktgt_nl_dump_begin(cb);
	struct ktgt_target *target;
	unsigned long tid;
	long only;
	int err;

	err = ktgt_nl_dump_filter(cb, kn, attr, &only);
	if (err)
		return err;

	rcu_read_lock();
	xa_for_each_start(&kn->targets, tid, target, cursor->id) {
		if (!ktgt_nl_dump_shows(target, only))
			continue;
		err = show(skb, cb, target, cursor_at(cursor, tid));
		if (err)
			break;
		cursor->id = tid + 1;
		cursor->inner = 0;
	}
	rcu_read_unlock();
	return ktgt_nl_dump_end(skb, cb, err);
}

/*
 * A session that is found under RCU may be ending, together with its target. A
 * reference to the session keeps both.
 */
static bool get_shown(struct ktgt_sess *sess, long only)
{
	const struct ktgt_target *target;

	if (!kref_get_unless_zero(&sess->ref))
		return false;
	target = sess->nexus.target;
	if (only < 0 || only == (target ? target->tid : 0))
		return true;
	ktgt_sess_put(sess);
	return false;
}

/**
 * ktgt_nl_dump_sessions - show all sessions, or those of one target
 * @skb: takes the answer
 * @cb: the dump
 * @attr: attribute of the request that contains the number of a target, 0 for
 *	discovery
 * @show: shows a session; see ktgt_nl_dump_targets()
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_nl_dump_sessions(struct sk_buff *skb, struct netlink_callback *cb,
			  int attr,
			  int (*show)(struct sk_buff *skb,
				      struct netlink_callback *cb,
				      struct ktgt_sess *sess,
				      unsigned long *inner))
{
	struct cursor *cursor = (struct cursor *)cb->ctx;
	struct ktgt_net *kn = ktgt_nl_dump_begin(cb);
	struct ktgt_sess *sess;
	unsigned long id;
	long only;
	int err;

	err = ktgt_nl_dump_filter(cb, kn, attr, &only);
	if (err)
		return err;

	rcu_read_lock();
	xa_for_each_start(&kn->sess_ids, id, sess, cursor->id) {
		if (!get_shown(sess, only))
			continue;
		err = show(skb, cb, sess, cursor_at(cursor, id));
		ktgt_sess_put(sess);
		if (err)
			break;
		cursor->id = id + 1;
		cursor->inner = 0;
	}
	rcu_read_unlock();
	return ktgt_nl_dump_end(skb, cb, err);
}
