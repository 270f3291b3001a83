// SPDX-License-Identifier: GPL-2.0
/*
 * Who may see a target, and who may log in to it. Discovery and login ask here,
 * and so does an administrator who wants to know what they would decide.
 */
#include "admit.h"

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <uapi/linux/ktgt.h>

#include "../core/net.h"
#include "../core/target.h"

static void refuse(struct ktgt_admission *adm, u16 status, const char *why)
{
	adm->status = status;
	adm->why = why;
}

/*
 * For the initiator, there is no such target. After "not found" it gives up; after
 * the other status it tries again.
 */
static void refuse_unknown(struct ktgt_admission *adm, bool loading,
			   const char *why)
{
	refuse(adm, loading ? KTGT_LOGIN_UNAVAILABLE : KTGT_LOGIN_NOT_FOUND,
	       why);
}

static const char *absence(bool loading)
{
	return loading ? "the configuration is still being loaded" :
			 "there is no such target";
}

static bool is_loading(const struct ktgt_net *kn)
{
	/* pairs with the release in config/net.c */
	return smp_load_acquire(&kn->state) == KTGT_NET_STATE_LOADING;
}

/**
 * ktgt_admit_find() - find the target that a login is for
 * @kn: the namespace
 * @name: its name
 * @adm: takes the refusal if there is none
 *
 * A configuration may be taken out and loaded again while we look. "Not found"
 * is said only if there was no target at a time when all of them were there:
 * some initiators never try again after that.
 *
 * Context: any.
 * Return: the target with a reference, or NULL.
 */
struct ktgt_target *ktgt_admit_find(struct ktgt_net *kn, const char *name,
				    struct ktgt_admission *adm)
{
	struct ktgt_target *target;
	bool loading;
	u32 seq;

	do {
		/* pairs with the release at the end of apply_all(), config/txn.c */
		seq = smp_load_acquire(&kn->apply_seq);
		/* if it is "ready", all loaded targets are found below */
		loading = is_loading(kn);
		target = ktgt_net_find_target(kn, name);
		smp_rmb(); /* pairs with the barrier at the start of it */
	} while (!target && !loading && seq != READ_ONCE(kn->apply_seq));

	memset(adm, 0, sizeof(*adm));
	if (!target)
		refuse_unknown(adm, loading, absence(loading));
	return target;
}

/**
 * ktgt_admit_access() - get the access that decides about a login
 * @kn: the namespace
 * @target: the target, or NULL for discovery
 *
 * Context: under RCU.
 * Return: the access, or NULL if there is none.
 */
const struct ktgt_access *ktgt_admit_access(const struct ktgt_net *kn,
					    const struct ktgt_target *target)
{
	return target ? rcu_dereference(target->access) :
			rcu_dereference(kn->discovery);
}

static const char *fault(const struct ktgt_access_match *match)
{
	if (!match->addr_rules && !match->name_rules)
		return "the target has no access rules";
	if (match->addr_rules && !match->addr)
		return "no access rule of the target admits the initiator's address";
	return "no access rule of the target admits the initiator's name";
}

/**
 * ktgt_admit_login() - decide about a login
 * @kn: the namespace
 * @target: the target, or NULL for discovery. Discovery admits everybody,
 *	because SendTargets shows only targets that admit the initiator. It is
 *	refused while the configuration is being loaded, because the answer
 *	would be incomplete
 * @tag: portal group tag of the portal that it comes to; 0 for one at which the
 *	target is
 * @peer: address of the initiator
 * @initiator: its name
 * @adm: takes the decision
 *
 * A target that discovery does not show to an initiator must not be found by
 * logins either. So to one that no rule admits, the answer is that there is no such
 * target; the reason is for the administrator alone. What the rules look at is all
 * that an initiator has said so far.
 *
 * Context: under RCU.
 */
void ktgt_admit_login(const struct ktgt_net *kn,
		      const struct ktgt_target *target, u16 tag,
		      const struct sockaddr_storage *peer,
		      const char *initiator, struct ktgt_admission *adm)
{
	const struct ktgt_access *access = ktgt_admit_access(kn, target);

	memset(adm, 0, sizeof(*adm));
	adm->access = access;
	if (access && access->nr_incoming)
		adm->auth_status = KTGT_LOGIN_AUTH_FAILED;
	if (!target) {
		if (is_loading(kn))
			refuse_unknown(adm, true, absence(true));
		return;
	}
	if (!ktgt_access_judge(access, peer, initiator, &adm->match))
		refuse_unknown(adm, is_loading(kn), fault(&adm->match));
	else if (tag && !ktgt_target_has_port(target, tag))
		refuse_unknown(adm, is_loading(kn),
			       "the target is not at this portal");
	else if (READ_ONCE(target->state) != KTGT_TARGET_STATE_READY)
		refuse(adm, KTGT_LOGIN_UNAVAILABLE, "the target is offline");
}

/**
 * ktgt_admit_discovery() - may discovery show a target to an initiator
 * @target: the target
 * @peer: address of the initiator
 * @initiator: its name
 *
 * Context: any.
 * Return: true if it may.
 */
bool ktgt_admit_discovery(const struct ktgt_target *target,
			  const struct sockaddr_storage *peer,
			  const char *initiator)
{
	struct ktgt_access_match match;
	bool admitted;

	rcu_read_lock();
	admitted = ktgt_access_judge(rcu_dereference(target->access), peer,
				     initiator, &match);
	rcu_read_unlock();
	return admitted;
}
