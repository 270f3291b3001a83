// SPDX-License-Identifier: GPL-2.0
/*
 * SendTargets (RFC 7143, appendix C).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "discovery.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <net/ipv6.h>

#include "../core/fabric.h"
#include "../core/gfp.h"
#include "../core/net.h"
#include "../core/target.h"
#include "admit.h"
#include "conn.h"
#include "text.h"

/* room for portals that are added while they are being counted */
#define DISCOVERY_SPARE		8
/* "[", 45 bytes of an IPv6 address, "]:", port, ",", tag */
#define DISCOVERY_ADDR_LEN	64

/**
 * struct discovery_portal - what discovery shows of a portal
 * @addr: address and port
 * @tpgt: portal group tag
 */
struct discovery_portal {
	struct sockaddr_storage	addr;
	u16			tpgt;
};

/*
 * A portal on all addresses is shown as the address that the initiator
 * connected to, because the initiator can certainly reach that one.
 */
static bool discovery_resolve(const struct ktgt_conn *conn,
			      struct sockaddr_storage *addr)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *in = (struct sockaddr_in *)addr;
	const struct sockaddr_storage *local = &conn->local;

	if (addr->ss_family == AF_INET) {
		if (in->sin_addr.s_addr != htonl(INADDR_ANY))
			return true;
		in->sin_addr = ((const struct sockaddr_in *)local)->sin_addr;
	} else {
		if (!ipv6_addr_any(&in6->sin6_addr))
			return true;
		in6->sin6_addr =
			((const struct sockaddr_in6 *)local)->sin6_addr;
	}
	return addr->ss_family == local->ss_family;
}

static void discovery_put_portal(const struct ktgt_conn *conn,
				 struct discovery_portal *portal,
				 struct ktgt_text_out *out)
{
	char value[DISCOVERY_ADDR_LEN];

	if (!discovery_resolve(conn, &portal->addr))
		return;
	snprintf(value, sizeof(value), "%pISpc,%u", &portal->addr,
		 portal->tpgt);
	ktgt_text_put(out, "TargetAddress", value);
}

/*
 * Copies what is shown of the portals of a target, or of all portals, because adding
 * to a text may sleep.
 */
static unsigned int discovery_copy(struct ktgt_net *kn,
				   const struct ktgt_target *target,
				   struct discovery_portal *portals,
				   unsigned int size)
{
	struct ktgt_portal *pos;
	unsigned int nr = 0;
	u16 tag;

	rcu_read_lock();
	list_for_each_entry_rcu(pos, &kn->portals, node) {
		tag = READ_ONCE(pos->tpgt);
		if (target && !ktgt_target_has_port(target, tag))
			continue;
		if (nr == size)
			break;
		portals[nr].addr = pos->addr;
		portals[nr++].tpgt = tag;
	}
	rcu_read_unlock();
	return nr;
}

/* Those of @target, or of all targets that are bound to none. */
static int discovery_put_portals(const struct ktgt_conn *conn,
				 const struct ktgt_target *target,
				 struct ktgt_text_out *out)
{
	struct ktgt_net *kn = conn->kn;
	struct discovery_portal *portals;
	unsigned int i, nr, size;
	u32 len = 0;

	size = READ_ONCE(kn->nr_portals) + DISCOVERY_SPARE;
	portals = kvmalloc_array(size, sizeof(*portals), KTGT_GFP_PEER);
	if (!portals)
		return -ENOMEM;
	nr = discovery_copy(kn, target, portals, size);
	for (i = 0; i < nr && !out->err; i++) {
		len = out->len;
		discovery_put_portal(conn, &portals[i], out);
	}
	kvfree(portals);

	if (out->err == -EMSGSIZE) {
		pr_notice_ratelimited("discovery by %s at %pISpc: too many portals for one answer; %u of %u are left out\n",
				      conn->initiator, &conn->peer,
				      nr - i + 1, nr);
		out->len = len;
		out->err = 0;
	}
	return out->err;
}

static bool discovery_admits(const struct ktgt_conn *conn,
			     const struct ktgt_target *target)
{
	return ktgt_admit_discovery(target, &conn->peer,
				    conn->initiator);
}

static int discovery_put_text(const struct ktgt_target *target,
			      const struct ktgt_text_out *addrs,
			      struct ktgt_text_out *out)
{
	u32 len = out->len;

	ktgt_text_put(out, "TargetName", target->name);
	ktgt_text_append(out, addrs->data, addrs->len);
	if (out->err)
		out->len = len;
	return out->err;
}

/*
 * Most targets are at all portals, and the text of these is made once. One without an
 * address would be taken to be at the portal that was asked, so a target which none of
 * its portals serves is not shown: -ENOENT.
 */
static int discovery_put_target(const struct ktgt_conn *conn,
				const struct ktgt_target *target,
				const struct ktgt_text_out *addrs,
				struct ktgt_text_out *out)
{
	struct ktgt_text_out own = { .max = KTGT_DISCOVERY_ADDRS };
	int ret;

	if (!rcu_access_pointer(target->ports))
		return discovery_put_text(target, addrs, out);
	ret = discovery_put_portals(conn, target, &own);
	if (!ret)
		ret = own.len ? discovery_put_text(target, &own, out) : -ENOENT;
	ktgt_text_out_free(&own);
	return ret;
}

/* Puts the next target that the initiator may see. */
static int discovery_put_next(const struct ktgt_conn *conn,
			      const struct ktgt_text_out *addrs,
			      struct ktgt_discovery_walk *walk,
			      struct ktgt_text_out *out)
{
	struct ktgt_net *kn = conn->kn;
	struct ktgt_target *target;
	int ret = 0;

	rcu_read_lock();
	walk->more = xa_find(&kn->targets, &walk->tid, U32_MAX, XA_PRESENT);
	rcu_read_unlock();
	if (!walk->more)
		return 0;
	target = ktgt_net_find_tid(kn, walk->tid);
	if (target) {
		if (discovery_admits(conn, target))
			ret = discovery_put_target(conn, target, addrs, out);
		ktgt_target_put(target);
	}
	walk->more = walk->tid++ < U32_MAX;
	return ret == -ENOENT ? 0 : ret;
}

/* Puts the requested target; -ENOENT if the initiator may not see it. */
static int discovery_put_one(const struct ktgt_conn *conn,
			     const struct ktgt_text_pair *pair,
			     const struct ktgt_text_out *addrs,
			     struct ktgt_text_out *out)
{
	struct ktgt_target *own = conn->nexus->target;
	char name[KTGT_NAME_LEN];
	struct ktgt_target *target;
	int ret = -ENOENT;

	if (own && !pair->value_len)
		return discovery_put_target(conn, own, addrs, out);
	if (ktgt_text_name(pair->value, pair->value_len, name, sizeof(name)))
		return -ENOENT;
	target = ktgt_net_find_target(conn->kn, name);
	if (!target)
		return -ENOENT;
	/* a normal session is shown only its own target */
	if (target == own || (!own && discovery_admits(conn, target)))
		ret = discovery_put_target(conn, target, addrs, out);
	ktgt_target_put(target);
	return ret;
}

/**
 * ktgt_discovery_begin() - answer SendTargets (RFC 7143, appendix C)
 * @conn: the connection, in full feature phase
 * @pair: SendTargets and its value: "All" in discovery sessions; the name of a
 *	target; or nothing, for the target of the session
 * @walk: if the answer is about all targets, ktgt_discovery_continue() makes it
 * @out: where the answer goes. It is "Reject" if the value is wrong, and also
 *	if the initiator may not see the target, so that nobody learns of hidden
 *	targets
 *
 * Context: the connection's work, may sleep.
 * Return: 0, -ENOMEM, or -EMSGSIZE.
 */
int ktgt_discovery_begin(struct ktgt_conn *conn,
			 const struct ktgt_text_pair *pair,
			 struct ktgt_discovery_walk *walk,
			 struct ktgt_text_out *out)
{
	struct ktgt_text_out addrs = { .max = KTGT_DISCOVERY_ADDRS };
	int ret;

	if (conn->discovery &&
	    ktgt_text_is(pair->value, pair->value_len, "All")) {
		*walk = (struct ktgt_discovery_walk){ .more = true };
		return 0;
	}
	ret = discovery_put_portals(conn, NULL, &addrs);
	if (!ret)
		ret = discovery_put_one(conn, pair, &addrs, out);
	if (ret == -ENOENT) {
		ktgt_text_put(out, "SendTargets", "Reject");
		ret = out->err;
	}
	ktgt_text_out_free(&addrs);
	return ret;
}

/**
 * ktgt_discovery_continue() - add targets to an answer to SendTargets=All
 * @conn: the connection, in full feature phase
 * @walk: the targets that are left
 * @len: bytes that a PDU takes. If there are more targets, @out has more than
 *	that afterwards
 * @out: the part of the answer that was not sent yet
 *
 * A namespace can have tens of thousands of targets, and anybody can ask for
 * them, so the answer is never there as a whole. A target that comes or goes
 * meanwhile may be in it or not.
 *
 * Context: the connection's work, may sleep.
 * Return: 0, -ENOMEM, or -EMSGSIZE.
 */
int ktgt_discovery_continue(struct ktgt_conn *conn,
			    struct ktgt_discovery_walk *walk, u32 len,
			    struct ktgt_text_out *out)
{
	struct ktgt_text_out addrs = { .max = KTGT_DISCOVERY_ADDRS };
	int ret;

	if (!walk->more || out->len > len)
		return 0;
	ret = discovery_put_portals(conn, NULL, &addrs);
	while (!ret && walk->more && out->len <= len) {
		ret = discovery_put_next(conn, &addrs, walk, out);
		cond_resched();
	}
	ktgt_text_out_free(&addrs);
	return ret;
}
