// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink command for I_T_L nexuses: the counters of a session on a LUN.
 */
#include <net/genetlink.h>

#include "../core/net.h"
#include "../iscsi/sess.h"
#include "../scsi/lu.h"
#include "dump.h"
#include "generated/netlink.h"

/* @first is the first of four consecutive attributes of the specification. */
static int fill_io(struct sk_buff *skb, const struct ktgt_io_stats *io,
		   int first)
{
	const u64 values[] = { io->begun, io->begun_bytes, io->completed,
			       io->bytes };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		if (nla_put_u64_64bit(skb, first + i, values[i],
				      KTGT_A_ITL_PAD))
			return -EMSGSIZE;
	return 0;
}

static int fill_itl(struct sk_buff *skb, const struct ktgt_sess *sess, u32 lun,
		    const struct ktgt_itl *itl)
{
	u64 generation = READ_ONCE(sess->kn->generation);
	struct ktgt_lu_stats stats = { };

	ktgt_lu_stats_add(&stats, &itl->stats);
	return nla_put_u32(skb, KTGT_A_ITL_TARGET_ID,
			   sess->nexus.target->tid) ||
	       nla_put_u32(skb, KTGT_A_ITL_SESSION_ID, sess->id) ||
	       nla_put_u32(skb, KTGT_A_ITL_LUN, lun) ||
	       fill_io(skb, &stats.read, KTGT_A_ITL_READ_BEGUN) ||
	       fill_io(skb, &stats.write, KTGT_A_ITL_WRITE_BEGUN) ||
	       nla_put_u64_64bit(skb, KTGT_A_ITL_ERRORS, stats.errors,
				 KTGT_A_ITL_PAD) ||
	       nla_put_u64_64bit(skb, KTGT_A_ITL_GENERATION, generation,
				 KTGT_A_ITL_PAD) ? -EMSGSIZE : 0;
}

static int dump_itl(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct ktgt_sess *sess, u32 lun,
		    const struct ktgt_itl *itl)
{
	void *hdr = ktgt_nl_dump_put(skb, cb);

	return ktgt_nl_dump_put_end(skb, hdr,
				    !hdr || fill_itl(skb, sess, lun, itl));
}

/* A discovery session has no target, and so no I_T_L nexus. */
static int dump_session(struct sk_buff *skb, struct netlink_callback *cb,
			struct ktgt_sess *sess, unsigned long *next)
{
	struct ktgt_itl *itl;
	unsigned long lun;
	int err;

	if (!sess->nexus.target)
		return 0;
	xa_for_each_start(&sess->nexus.itls, lun, itl, *next) {
		err = dump_itl(skb, cb, sess, lun, itl);
		if (err)
			return err;
		*next = lun + 1;
	}
	return 0;
}

/**
 * ktgt_itl_list_dumpit - show the counters of sessions on LUNs
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_itl_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ktgt_nl_dump_sessions(skb, cb, KTGT_A_ITL_TARGET_ID,
				     dump_session);
}
