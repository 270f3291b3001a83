// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands for histograms: how long the commands of logical units and of
 * sessions took.
 */
#include <net/genetlink.h>
#include <net/sock.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../iscsi/sess.h"
#include "../scsi/histogram.h"
#include "../scsi/lu.h"
#include "dump.h"
#include "generated/netlink.h"

static int put_counts(struct sk_buff *skb,
		      const struct ktgt_histograms *histograms,
		      enum ktgt_histogram_op op, enum ktgt_histogram_time time)
{
	int attr = KTGT_A_HISTOGRAM_READ_TOTAL +
		   op * KTGT_HISTOGRAM_NR_TIMES + time;
	u64 sum[KTGT_HISTOGRAM_BUCKETS];
	unsigned int nr;

	static_assert(KTGT_A_HISTOGRAM_READ_TOTAL + KTGT_HISTOGRAM_NR_OPS *
		      KTGT_HISTOGRAM_NR_TIMES ==
		      KTGT_A_HISTOGRAM_OTHER_STORAGE + 1);

	nr = ktgt_histograms_sum(histograms, op, time, sum);
	return nr ? nla_put_64bit(skb, attr, nr * sizeof(*sum), sum,
				  KTGT_A_HISTOGRAM_PAD) : 0;
}

static int put_histograms(struct sk_buff *skb,
			  const struct ktgt_histograms *histograms)
{
	unsigned int op, time;

	for (op = 0; op < KTGT_HISTOGRAM_NR_OPS; op++)
		for (time = 0; time < KTGT_HISTOGRAM_NR_TIMES; time++)
			if (put_counts(skb, histograms, op, time))
				return -EMSGSIZE;
	return 0;
}

/**
 * struct owner - whose histograms a message shows
 * @kn: network namespace
 * @tid: number of the target
 * @attr: attribute that names the owner in the target
 * @id: its value
 */
struct owner {
	const struct ktgt_net	*kn;
	u32			tid;
	int			attr;
	u32			id;
};

/* Under RCU. One that has not counted anything is not shown. */
static int dump_histograms(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct owner *owner,
			   const struct ktgt_histograms *histograms)
{
	u64 generation = READ_ONCE(owner->kn->generation);
	void *hdr;

	if (!histograms)
		return 0;
	hdr = ktgt_nl_dump_put(skb, cb);
	return ktgt_nl_dump_put_end(skb, hdr, !hdr ||
		nla_put_u32(skb, KTGT_A_HISTOGRAM_TARGET_ID, owner->tid) ||
		nla_put_u32(skb, owner->attr, owner->id) ||
		put_histograms(skb, histograms) ||
		nla_put_u64_64bit(skb, KTGT_A_HISTOGRAM_GENERATION, generation,
				  KTGT_A_HISTOGRAM_PAD));
}

/* The number that a dump is limited to; negative if there is no limit. */
static long only_of(struct netlink_callback *cb, int attr)
{
	struct nlattr **attrs = genl_info_dump(cb)->attrs;

	return attrs && attrs[attr] ? nla_get_u32(attrs[attr]) : -1L;
}

static int dump_lus(struct sk_buff *skb, struct netlink_callback *cb,
		    struct ktgt_target *target, unsigned long *next)
{
	struct owner owner = { target->kn, target->tid, KTGT_A_HISTOGRAM_LUN };
	long only = only_of(cb, KTGT_A_HISTOGRAM_LUN);
	struct ktgt_lu *lu;
	unsigned long lun;
	int err;

	xa_for_each_start(&target->lus, lun, lu, *next) {
		if (only >= 0 && lun != only)
			continue;
		owner.id = lun;
		err = dump_histograms(skb, cb, &owner,
				      READ_ONCE(lu->histograms));
		if (err)
			return err;
		*next = lun + 1;
	}
	return 0;
}

/* Only the first call of a dump refuses; what is deleted later is not shown. */
static int check_lun(struct netlink_callback *cb, long tid, long lun)
{
	struct ktgt_net *kn = ktgt_net_get(sock_net(cb->skb->sk));
	struct ktgt_target *target;
	bool exists;

	if (tid < 0 || lun < 0 || cb->prev_seq)
		return 0;
	target = ktgt_net_find_tid(kn, tid);
	if (!target)
		return 0; /* ktgt_nl_dump_filter() refuses this */
	exists = xa_load(&target->lus, lun);
	ktgt_target_put(target);
	if (exists)
		return 0;
	ktgt_refuse(cb->extack, "target %ld has no LUN %ld", tid, lun);
	return -ENOENT;
}

/**
 * ktgt_lu_histogram_list_dumpit - show histograms of logical units
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_lu_histogram_list_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	int err = check_lun(cb, only_of(cb, KTGT_A_HISTOGRAM_TARGET_ID),
			    only_of(cb, KTGT_A_HISTOGRAM_LUN));

	return err ?: ktgt_nl_dump_targets(skb, cb, KTGT_A_HISTOGRAM_TARGET_ID,
					   dump_lus);
}

/* A discovery session has no target, and uses no disk. */
static int dump_session(struct sk_buff *skb, struct netlink_callback *cb,
			struct ktgt_sess *sess, unsigned long *inner)
{
	struct owner owner = {
		.kn = sess->kn,
		.attr = KTGT_A_HISTOGRAM_SESSION_ID,
		.id = sess->id,
	};
	long only = only_of(cb, KTGT_A_HISTOGRAM_SESSION_ID);

	if (!sess->nexus.target || (only >= 0 && sess->id != only))
		return 0;
	owner.tid = sess->nexus.target->tid;
	return dump_histograms(skb, cb, &owner,
			       READ_ONCE(sess->nexus.histograms));
}

static int check_session(struct netlink_callback *cb, long id)
{
	struct ktgt_net *kn = ktgt_net_get(sock_net(cb->skb->sk));
	struct ktgt_sess *sess;

	if (id < 0 || cb->prev_seq)
		return 0;
	sess = ktgt_sess_find(kn, id);
	if (!sess) {
		ktgt_refuse(cb->extack, "there is no session %ld", id);
		return -ENOENT;
	}
	ktgt_sess_put(sess);
	return 0;
}

/**
 * ktgt_session_histogram_list_dumpit - show histograms of sessions
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_session_histogram_list_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb)
{
	int err = check_session(cb, only_of(cb, KTGT_A_HISTOGRAM_SESSION_ID));

	return err ?: ktgt_nl_dump_sessions(skb, cb, KTGT_A_HISTOGRAM_TARGET_ID,
					    dump_session);
}
