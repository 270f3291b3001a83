// SPDX-License-Identifier: GPL-2.0
/*
 * I_T_L nexuses, as the user speaks of them: what a session did on a LUN.
 */
#include "../iscsi/sess.h"
#include "../scsi/lu.h"
#include "generated/netlink.h"
#include "nl.h"

/**
 * struct itl_cursor - how far a dump has come
 * @id: first session that has not been shown whole
 * @lun: first LUN of it that has not been shown
 */
struct itl_cursor {
	unsigned long	id;
	unsigned long	lun;
};

/* @first: of four attributes that follow each other in the specification */
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

	if (!hdr)
		return -EMSGSIZE;
	if (fill_itl(skb, sess, lun, itl)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* With a reference the session has its target; one of discovery has none. */
static int dump_session(struct sk_buff *skb, struct netlink_callback *cb,
			struct ktgt_sess *sess, u32 only)
{
	struct itl_cursor *cursor = (struct itl_cursor *)cb->ctx;
	const struct ktgt_target *target;
	struct ktgt_itl *itl;
	unsigned long lun;
	int err = 0;

	if (!kref_get_unless_zero(&sess->ref))
		return 0;
	target = sess->nexus.target;
	if (!target || (only && only != target->tid))
		goto put;
	xa_for_each_start(&sess->nexus.itls, lun, itl, cursor->lun) {
		err = dump_itl(skb, cb, sess, lun, itl);
		if (err)
			break;
		cursor->lun = lun + 1;
	}
put:
	ktgt_sess_put(sess);
	return err;
}

/**
 * ktgt_itl_list_dumpit - show what sessions did on LUNs
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_itl_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct itl_cursor *cursor = (struct itl_cursor *)cb->ctx;
	u32 only = ktgt_nl_filter(cb, KTGT_A_ITL_TARGET_ID);
	struct ktgt_net *kn = ktgt_nl_dump_begin(cb);
	struct ktgt_sess *sess;
	unsigned long id;
	int err;

	err = ktgt_nl_filter_check(cb, kn, only);
	if (err)
		return err;

	rcu_read_lock();
	xa_for_each_start(&kn->sess_ids, id, sess, cursor->id) {
		if (id != cursor->id)
			cursor->lun = 0;
		cursor->id = id;
		err = dump_session(skb, cb, sess, only);
		if (err)
			break;
		cursor->id = id + 1;
		cursor->lun = 0;
	}
	rcu_read_unlock();
	return ktgt_nl_dump_end(skb, cb, err);
}
