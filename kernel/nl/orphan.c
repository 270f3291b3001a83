// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink command for orphans: what devices still have of connections that are
 * gone.
 */
#include <linux/hex.h>
#include <linux/jiffies.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "../backend/store.h"
#include "../core/net.h"
#include "../iscsi/sess.h"
#include "../scsi/orphan.h"
#include "dump.h"
#include "generated/netlink.h"

/* between the name of an initiator and the ISID, in the name of a port */
#define ISID_MARK	",i,0x"

/**
 * struct view - who wants to see orphans
 * @skb: takes the answer
 * @cb: the dump
 * @net: the namespace that asks
 */
struct view {
	struct sk_buff			*skb;
	struct netlink_callback		*cb;
	const struct net		*net;
};

/* The namespace may be gone, so that its number is all that can be compared. */
static bool may_see(const struct net *net, const struct ktgt_orphans *orphans)
{
	return net_eq(net, &init_net) || net->net_cookie == orphans->net_cookie;
}

static int fill_initiator(struct sk_buff *skb, const char *port)
{
	const char *mark = strstr(port, ISID_MARK);
	char name[KTGT_NAME_LEN];
	u8 isid[KTGT_ISID_LEN];

	if (!mark || hex2bin(isid, mark + strlen(ISID_MARK), sizeof(isid)))
		return nla_put_string(skb, KTGT_A_ORPHAN_INITIATOR, port);
	strscpy(name, port, min_t(size_t, mark - port + 1, sizeof(name)));
	return nla_put_string(skb, KTGT_A_ORPHAN_INITIATOR, name) ||
	       nla_put(skb, KTGT_A_ORPHAN_ISID, sizeof(isid), isid);
}

static int fill_device(struct sk_buff *skb,
		       const struct ktgt_orphan_group *group)
{
	const struct ktgt_store *store = group->store;
	char device[32];

	if (*group->path &&
	    nla_put_string(skb, KTGT_A_ORPHAN_PATH, group->path))
		return -EMSGSIZE;
	if (READ_ONCE(store->leaving) &&
	    nla_put_flag(skb, KTGT_A_ORPHAN_REMOVED))
		return -EMSGSIZE;
	if (!store->dev)
		return 0;
	snprintf(device, sizeof(device), "%u:%u", MAJOR(store->dev),
		 MINOR(store->dev));
	return nla_put_string(skb, KTGT_A_ORPHAN_DEVICE, device);
}

static int fill_counts(struct sk_buff *skb,
		       const struct ktgt_orphan_group *group)
{
	const u32 *nr = group->nr;

	return nla_put_u32(skb, KTGT_A_ORPHAN_READS,
			   READ_ONCE(nr[KTGT_ORPHAN_READ])) ||
	       nla_put_u32(skb, KTGT_A_ORPHAN_WRITES,
			   READ_ONCE(nr[KTGT_ORPHAN_WRITE])) ||
	       nla_put_u32(skb, KTGT_A_ORPHAN_OTHERS,
			   READ_ONCE(nr[KTGT_ORPHAN_OTHER])) ||
	       nla_put_u64_64bit(skb, KTGT_A_ORPHAN_BYTES,
				 READ_ONCE(group->bytes), KTGT_A_ORPHAN_PAD);
}

static int fill_group(struct sk_buff *skb,
		      const struct ktgt_orphan_group *group)
{
	const struct ktgt_orphans *orphans = group->orphans;

	return nla_put_string(skb, KTGT_A_ORPHAN_TARGET, orphans->target) ||
	       nla_put_u32(skb, KTGT_A_ORPHAN_LUN, group->store->lun) ||
	       fill_device(skb, group) ||
	       fill_initiator(skb, orphans->port) ||
	       fill_counts(skb, group) ||
	       nla_put_u32(skb, KTGT_A_ORPHAN_AGE,
			   (jiffies - group->since) / HZ) ||
	       nla_put_u32(skb, KTGT_A_ORPHAN_NAMESPACE, orphans->net_inode);
}

static int dump_group(const struct ktgt_orphan_group *group, void *arg)
{
	const struct view *view = arg;
	void *hdr;

	if (!may_see(view->net, group->orphans) || !READ_ONCE(group->count))
		return 0;
	hdr = ktgt_nl_dump_put(view->skb, view->cb);
	return ktgt_nl_dump_put_end(view->skb, hdr,
				    !hdr || fill_group(view->skb, group));
}

/**
 * ktgt_orphan_list_dumpit - show orphans
 * @skb: takes the answer
 * @cb: the dump
 *
 * They are no part of the configuration: they are shown while a transaction is
 * being applied, which may be waiting for their device.
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_orphan_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct view view = { skb, cb, sock_net(cb->skb->sk) };
	u64 *next = (u64 *)cb->ctx;
	int err;

	err = ktgt_orphans_walk(next, dump_group, &view);
	return err == -EMSGSIZE && skb->len ? skb->len : err;
}
