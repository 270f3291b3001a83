// SPDX-License-Identifier: GPL-2.0
/*
 * Portals: add and delete them. A portal listens from the check of its
 * transaction on, because listening can fail. It accepts nobody before the
 * transaction is applied.
 */
#include "portal.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include <net/ipv6.h>

#include "../core/net.h"
#include "../core/port.h"
#include "../core/refuse.h"
#include "../tcp/listen.h"
#include "txn.h"

/**
 * struct portal_new - change that makes a portal
 * @change: the change
 * @params: its address and portal group tag
 * @portal: the portal, staged by the check; or an existing automatic one, which
 *	stops being automatic
 * @adopted: @portal existed already
 */
struct portal_new {
	struct ktgt_change		change;
	struct ktgt_portal_params	params;
	struct ktgt_portal		*portal;
	bool				adopted;
};

/**
 * struct portal_del - change that deletes a portal
 * @change: the change
 * @addr: address and port
 * @portal: the portal, found by the check
 */
struct portal_del {
	struct ktgt_change	change;
	struct sockaddr_storage	addr;
	struct ktgt_portal	*portal;
};

static bool addr_equal(const struct sockaddr_storage *a,
		       const struct sockaddr_storage *b)
{
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return a4->sin_port == b4->sin_port &&
		       a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return a6->sin6_port == b6->sin6_port &&
	       ipv6_addr_equal(&a6->sin6_addr, &b6->sin6_addr);
}

static struct ktgt_portal *find_in(struct list_head *portals,
				   const struct sockaddr_storage *addr)
{
	struct ktgt_portal *portal;

	list_for_each_entry(portal, portals, node)
		if (addr_equal(&portal->addr, addr))
			return portal;
	return NULL;
}

static bool is_any(const struct sockaddr_storage *addr)
{
	const struct sockaddr_in6 *in6 = (const void *)addr;
	const struct sockaddr_in *in = (const void *)addr;

	return addr->ss_family == AF_INET ?
	       in->sin_addr.s_addr == htonl(INADDR_ANY) :
	       ipv6_addr_any(&in6->sin6_addr);
}

static bool same_port(const struct sockaddr_storage *a,
		      const struct sockaddr_storage *b)
{
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	return a->ss_family == AF_INET ? a4->sin_port == b4->sin_port :
					 a6->sin6_port == b6->sin6_port;
}

/* Finds a portal with the same port, if one of the two uses all addresses. */
static struct ktgt_portal *find_overlap(struct list_head *portals,
					const struct sockaddr_storage *addr)
{
	struct ktgt_portal *portal;

	list_for_each_entry(portal, portals, node)
		if (same_port(&portal->addr, addr) &&
		    (is_any(addr) || is_any(&portal->addr)))
			return portal;
	return NULL;
}

/* Says which portal uses the port, if one of ours does. */
static void refuse_overlap(struct ktgt_txn *txn,
			   const struct sockaddr_storage *addr)
{
	struct ktgt_portal *other;

	other = find_overlap(&txn->kn->portals, addr);
	if (!other)
		other = find_overlap(&txn->kn->staged_portals, addr);
	if (!other)
		return;
	if (other->leaving)
		ktgt_refuse(txn->extack,
			    "portal %pISpc: portal %pISpc uses the port until this transaction has deleted it; delete it in an earlier transaction",
			    addr, &other->addr);
	else if (is_any(&other->addr))
		ktgt_refuse(txn->extack,
			    "portal %pISpc is covered by portal %pISpc", addr,
			    &other->addr);
	else
		ktgt_refuse(txn->extack,
			    "portal %pISpc: portal %pISpc already uses the port; delete that portal first",
			    addr, &other->addr);
}

static void free_portal(struct ktgt_portal *portal)
{
	ktgt_listen_stop(portal);
	kfree_rcu(portal, rcu);
}

/* Makes a portal that listens, in the list where later changes find it. */
static struct ktgt_portal *stage_portal(struct ktgt_txn *txn,
					const struct ktgt_portal_params *params)
{
	struct ktgt_portal *portal;
	int err;

	portal = kzalloc_obj(*portal, GFP_KERNEL);
	if (!portal)
		return ERR_PTR(-ENOMEM);

	portal->kn = txn->kn;
	portal->addr = params->addr;
	portal->tpgt = params->tpgt;
	err = ktgt_listen_start(portal, txn->extack);
	if (err == -EADDRINUSE)
		refuse_overlap(txn, &params->addr);
	if (err) {
		kfree(portal);
		return ERR_PTR(err);
	}
	list_add_tail(&portal->node, &txn->kn->staged_portals);
	return portal;
}

static void unstage_portal(struct ktgt_portal *portal)
{
	list_del(&portal->node);
	free_portal(portal);
}

static void publish_portal(struct ktgt_portal *portal)
{
	struct ktgt_net *kn = portal->kn;

	list_del(&portal->node);
	list_add_tail_rcu(&portal->node, &kn->portals);
	kn->nr_portals++;
	ktgt_listen_enable(portal);
}

/*
 * New readers do not find the portal any more. Call free_portal() afterwards
 * without the mutex, because it waits for the listener.
 */
static void unlink_portal(struct ktgt_portal *portal)
{
	list_del_rcu(&portal->node);
	portal->kn->nr_portals--;
}

/* Each tag is a port of all targets, which initiators can ask for. */
static int check_tag(struct ktgt_txn *txn, const struct ktgt_portal_params *params)
{
	const struct ktgt_portal *portal;
	struct ktgt_ports ports = {};

	list_for_each_entry(portal, &txn->kn->portals, node)
		ktgt_ports_add(&ports, portal->tpgt);
	list_for_each_entry(portal, &txn->kn->staged_portals, node)
		ktgt_ports_add(&ports, portal->tpgt);
	if (ktgt_ports_add(&ports, params->tpgt))
		return 0;
	ktgt_refuse(txn->extack,
		    "portal %pISpc: there are %u portal group tags, which is the maximum; use one of them instead of %u",
		    &params->addr, KTGT_PORTS_MAX, params->tpgt);
	return -ENOSPC;
}

static int portal_new_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct portal_new *new = container_of(change, struct portal_new,
					      change);
	struct ktgt_net *kn = txn->kn;
	struct ktgt_portal *portal;
	int err = check_tag(txn, &new->params);

	if (err)
		return err;
	portal = find_in(&kn->portals, &new->params.addr);
	if (portal && portal->automatic && !portal->leaving) {
		new->adopted = true;
		new->portal = portal;
		return 0;
	}
	if (portal || find_in(&kn->staged_portals, &new->params.addr)) {
		ktgt_refuse(txn->extack, portal && portal->leaving ?
			    "portal %pISpc is deleted by this transaction; add it in another one" :
			    "portal %pISpc exists already",
			    &new->params.addr);
		return -EEXIST;
	}

	portal = stage_portal(txn, &new->params);
	if (IS_ERR(portal))
		return PTR_ERR(portal);
	new->portal = portal;
	return 0;
}

static void portal_new_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct portal_new *new = container_of(change, struct portal_new,
					      change);

	if (!new->adopted)
		unstage_portal(new->portal);
}

static void portal_new_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct portal_new *new = container_of(change, struct portal_new,
					      change);

	if (!new->adopted) {
		publish_portal(new->portal);
		return;
	}
	new->portal->automatic = false;
	WRITE_ONCE(new->portal->tpgt, new->params.tpgt);
}

static const struct ktgt_change_ops portal_new_ops = {
	.object = KTGT_OBJECT_PORTAL,
	.action = KTGT_ACTION_ADD,
	.check = portal_new_check,
	.abort = portal_new_abort,
	.apply = portal_new_apply,
};

/**
 * ktgt_portal_stage_new - stage a new portal
 * @txn: the transaction
 * @params: address and portal group tag
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_portal_stage_new(struct ktgt_txn *txn,
			  const struct ktgt_portal_params *params)
{
	struct portal_new *new;

	new = kzalloc_obj(*new, GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	new->params = *params;
	new->change.info = (struct ktgt_change_info){
		.tid = -1,
		.lun = -1,
		.addr = &new->params.addr,
	};
	ktgt_txn_stage(txn, &new->change, &portal_new_ops);
	return 0;
}

static int portal_del_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct portal_del *del = container_of(change, struct portal_del,
					      change);
	struct ktgt_portal *portal;

	portal = find_in(&txn->kn->portals, &del->addr);
	if (!portal || portal->leaving) {
		ktgt_refuse(txn->extack, "there is no portal %pISpc",
			    &del->addr);
		return -ENOENT;
	}
	portal->leaving = true;
	del->portal = portal;
	return 0;
}

static void portal_del_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	container_of(change, struct portal_del, change)->portal->leaving =
		false;
}

static void portal_del_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	unlink_portal(container_of(change, struct portal_del, change)->portal);
}

static void portal_del_finish(struct ktgt_txn *txn, struct ktgt_change *change)
{
	free_portal(container_of(change, struct portal_del, change)->portal);
}

static const struct ktgt_change_ops portal_del_ops = {
	.object = KTGT_OBJECT_PORTAL,
	.action = KTGT_ACTION_DELETE,
	.check = portal_del_check,
	.abort = portal_del_abort,
	.apply = portal_del_apply,
	.finish = portal_del_finish,
};

/**
 * ktgt_portal_stage_del - stage the deletion of a portal
 * @txn: the transaction
 * @addr: address and port
 *
 * Existing sessions continue.
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_portal_stage_del(struct ktgt_txn *txn,
			  const struct sockaddr_storage *addr)
{
	struct portal_del *del;

	del = kzalloc_obj(*del, GFP_KERNEL);
	if (!del)
		return -ENOMEM;
	del->addr = *addr;
	del->change.info = (struct ktgt_change_info){
		.tid = -1,
		.lun = -1,
		.addr = &del->addr,
	};
	ktgt_txn_stage(txn, &del->change, &portal_del_ops);
	return 0;
}

static void default_params(struct ktgt_portal_params *params,
			   unsigned int family)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&params->addr;
	struct sockaddr_in *in = (struct sockaddr_in *)&params->addr;

	memset(params, 0, sizeof(*params));
	params->tpgt = KTGT_TPGT_DEFAULT;
	params->addr.ss_family = family;
	if (family == AF_INET)
		in->sin_port = htons(KTGT_PORT_DEFAULT);
	else
		in6->sin6_port = htons(KTGT_PORT_DEFAULT);
}

/**
 * ktgt_portal_check_defaults - make the default portals if there is no portal
 * @txn: the transaction
 * @made: KTGT_DEFAULT_PORTALS pointers, all NULL; takes the portals that are
 *	made
 *
 * A kernel without IPv6 gets only the portal of IPv4.
 *
 * Context: check; &ktgt_net.config_mutex is held.
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_portal_check_defaults(struct ktgt_txn *txn,
			       struct ktgt_portal **made)
{
	static const u8 families[KTGT_DEFAULT_PORTALS] = { AF_INET, AF_INET6 };
	struct ktgt_portal_params params;
	struct ktgt_portal *portal;
	unsigned int i;

	if (!list_empty(&txn->kn->portals) ||
	    !list_empty(&txn->kn->staged_portals))
		return 0;

	for (i = 0; i < KTGT_DEFAULT_PORTALS; i++) {
		default_params(&params, families[i]);
		portal = stage_portal(txn, &params);
		if (portal == ERR_PTR(-EAFNOSUPPORT) &&
		    families[i] == AF_INET6) {
			if (txn->extack)
				txn->extack->_msg = NULL;
			continue;
		}
		if (IS_ERR(portal)) {
			ktgt_portal_abort_defaults(made);
			return PTR_ERR(portal);
		}
		portal->automatic = true;
		made[i] = portal;
	}
	return 0;
}

/**
 * ktgt_portal_abort_defaults - undo ktgt_portal_check_defaults()
 * @made: what it made
 *
 * Context: abort; &ktgt_net.config_mutex is held.
 */
void ktgt_portal_abort_defaults(struct ktgt_portal **made)
{
	unsigned int i;

	for (i = 0; i < KTGT_DEFAULT_PORTALS; i++) {
		if (made[i])
			unstage_portal(made[i]);
		made[i] = NULL;
	}
}

/**
 * ktgt_portal_apply_defaults - open the default portals
 * @made: what ktgt_portal_check_defaults() made
 *
 * Context: apply; &ktgt_net.config_mutex is held.
 */
void ktgt_portal_apply_defaults(struct ktgt_portal **made)
{
	unsigned int i;

	for (i = 0; i < KTGT_DEFAULT_PORTALS; i++)
		if (made[i])
			publish_portal(made[i]);
}

/**
 * ktgt_portal_unlink_defaults - remove the default portals after the last
 *	target
 * @kn: the namespace
 * @gone: KTGT_DEFAULT_PORTALS pointers, all NULL; takes the portals, for
 *	ktgt_portal_finish_defaults()
 *
 * Context: apply; &ktgt_net.config_mutex is held.
 */
void ktgt_portal_unlink_defaults(struct ktgt_net *kn,
				 struct ktgt_portal **gone)
{
	struct ktgt_portal *portal, *next;
	unsigned int i = 0;

	list_for_each_entry_safe(portal, next, &kn->portals, node) {
		if (!portal->automatic || portal->leaving ||
		    WARN_ON_ONCE(i == KTGT_DEFAULT_PORTALS))
			continue;
		unlink_portal(portal);
		gone[i++] = portal;
	}
}

/**
 * ktgt_portal_finish_defaults - free default portals that were removed
 * @gone: what ktgt_portal_unlink_defaults() put there
 *
 * Context: may sleep; without &ktgt_net.config_mutex.
 */
void ktgt_portal_finish_defaults(struct ktgt_portal **gone)
{
	unsigned int i;

	for (i = 0; i < KTGT_DEFAULT_PORTALS; i++)
		if (gone[i])
			free_portal(gone[i]);
}

/**
 * ktgt_portal_free_all - close all portals of a namespace that ends
 * @kn: the namespace
 *
 * Context: may sleep; nobody changes the configuration any more.
 */
void ktgt_portal_free_all(struct ktgt_net *kn)
{
	struct ktgt_portal *portal, *next;

	list_for_each_entry_safe(portal, next, &kn->portals, node) {
		unlink_portal(portal);
		free_portal(portal);
	}
}
