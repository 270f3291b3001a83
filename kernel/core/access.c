// SPDX-License-Identifier: GPL-2.0
/*
 * Who may log in. A struct ktgt_access never changes; a change of the
 * configuration makes a new one.
 */
#include "access.h"

#include <linux/in.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <net/ipv6.h>

#include "name.h"

/* Whether the first @bits of two addresses are equal. */
static bool prefix_equal(const u8 *a, const u8 *b, unsigned int bits)
{
	unsigned int bytes = bits / 8;
	u8 mask;

	if (memcmp(a, b, bytes))
		return false;
	if (!(bits % 8))
		return true;

	mask = 0xff << (8 - bits % 8);
	return !((a[bytes] ^ b[bytes]) & mask);
}

/**
 * ktgt_rule_match_addr - does a rule match the address of a peer
 * @rule: a rule of any kind
 * @peer: AF_INET or AF_INET6. A mapped IPv4 address is matched by rules for
 *	IPv4
 *
 * Context: any.
 *
 * Return: true if it is a rule for addresses and matches this one.
 */
bool ktgt_rule_match_addr(const struct ktgt_rule *rule,
			  const struct sockaddr_storage *peer)
{
	const struct sockaddr_in6 *in6 = (const void *)peer;
	const struct sockaddr_in *in = (const void *)peer;
	const u8 *addr = in6->sin6_addr.s6_addr;
	unsigned int family = peer->ss_family;

	if (rule->type == KTGT_RULE_ALL)
		return true;
	if (rule->type != KTGT_RULE_ADDR)
		return false;

	if (family == AF_INET) {
		addr = (const u8 *)&in->sin_addr;
	} else if (family == AF_INET6 && ipv6_addr_v4mapped(&in6->sin6_addr)) {
		addr = (const u8 *)&in6->sin6_addr.s6_addr32[3];
		family = AF_INET;
	}
	return rule->family == family &&
	       prefix_equal(rule->addr.s6_addr, addr, rule->prefix_len);
}

/**
 * ktgt_access_judge - may an initiator log in, and by which rules
 * @access: the access, or NULL for none
 * @peer: its address
 * @initiator: its name; if it is not known yet, NULL, which all names match
 * @match: takes the rules that match; they live as long as @access
 *
 * If there are rules of one kind, one of them must match. If there are rules by
 * address and rules by name, one of each kind must match. Without rules nobody
 * is admitted.
 *
 * Context: any, under RCU if @access is that of a target.
 *
 * Return: true if it may.
 */
bool ktgt_access_judge(const struct ktgt_access *access,
		       const struct sockaddr_storage *peer,
		      const char *initiator, struct ktgt_access_match *match)
{
	unsigned int i;

	memset(match, 0, sizeof(*match));
	if (!access || !access->nr_rules)
		return false;

	for (i = 0; i < access->nr_rules; i++) {
		const struct ktgt_rule *rule = &access->rules[i];

		if (rule->type == KTGT_RULE_NAME) {
			match->name_rules++;
			if (!match->name &&
			    (!initiator ||
			     ktgt_name_equal(rule->name, initiator)))
				match->name = rule;
		} else {
			match->addr_rules++;
			if (!match->addr && ktgt_rule_match_addr(rule, peer))
				match->addr = rule;
		}
	}
	return (!match->addr_rules || match->addr) &&
	       (!match->name_rules || match->name);
}

/**
 * ktgt_rule_equal - do two rules mean the same
 * @a: a rule
 * @b: another rule
 *
 * Host bits make no difference, because they are ignored.
 *
 * Context: any.
 *
 * Return: true if they do.
 */
bool ktgt_rule_equal(const struct ktgt_rule *a, const struct ktgt_rule *b)
{
	if (a->type != b->type)
		return false;

	switch (a->type) {
	case KTGT_RULE_ALL:
		return true;
	case KTGT_RULE_NAME:
		return ktgt_name_equal(a->name, b->name);
	default:
		return a->family == b->family &&
		       a->prefix_len == b->prefix_len &&
		       prefix_equal(a->addr.s6_addr, b->addr.s6_addr,
				    a->prefix_len);
	}
}

/**
 * ktgt_access_find - find a rule
 * @access: where to look, or NULL
 * @rule: a rule that means the same
 *
 * Context: any; what is returned lives as long as @access.
 *
 * Return: the rule in @access, or NULL.
 */
const struct ktgt_rule *ktgt_access_find(const struct ktgt_access *access,
					 const struct ktgt_rule *rule)
{
	unsigned int i;

	for (i = 0; access && i < access->nr_rules; i++)
		if (ktgt_rule_equal(&access->rules[i], rule))
			return &access->rules[i];
	return NULL;
}

/**
 * ktgt_access_find_incoming - find an account that initiators may use
 * @access: where to look, or NULL
 * @user: name of the account
 *
 * Context: any; what is returned lives as long as @access.
 *
 * Return: the account in @access, or NULL.
 */
const struct ktgt_chap_account *
ktgt_access_find_incoming(const struct ktgt_access *access, const char *user)
{
	unsigned int i;

	for (i = 0; access && i < access->nr_incoming; i++)
		if (!strcmp(access->incoming[i].user, user))
			return &access->incoming[i];
	return NULL;
}

/* Bytes that the name of a rule takes after the array. */
static size_t name_size(const struct ktgt_rule *rule)
{
	return rule->type == KTGT_RULE_NAME ? strlen(rule->name) + 1 : 0;
}

static char *copy_rule(struct ktgt_access *access, char *names,
		       const struct ktgt_rule *from)
{
	struct ktgt_rule *to = &access->rules[access->nr_rules++];
	size_t size = name_size(from);

	*to = *from;
	if (!size)
		return names;

	to->name = names;
	memcpy(names, from->name, size);
	return names + size;
}

static int build_rules(struct ktgt_access *access,
		       const struct ktgt_access *old,
		       const struct ktgt_access_edit *edit)
{
	unsigned int nr_old = old ? old->nr_rules : 0;
	size_t names_size = 0;
	unsigned int i;
	char *names;

	for (i = 0; i < nr_old; i++)
		names_size += name_size(&old->rules[i]);
	if (edit->add_rule)
		names_size += name_size(edit->add_rule);

	access->rules = kvzalloc((nr_old + 1) * sizeof(*access->rules) +
				names_size, GFP_KERNEL);
	if (!access->rules)
		return -ENOMEM;

	names = (char *)&access->rules[nr_old + 1];
	for (i = 0; i < nr_old; i++)
		if (&old->rules[i] != edit->del_rule)
			names = copy_rule(access, names, &old->rules[i]);
	if (edit->add_rule)
		copy_rule(access, names, edit->add_rule);
	return 0;
}

static int build_incoming(struct ktgt_access *access,
			  const struct ktgt_access *old,
			  const struct ktgt_access_edit *edit)
{
	unsigned int nr_old = old ? old->nr_incoming : 0;
	unsigned int i;

	if (!nr_old && !edit->add_incoming)
		return 0;

	access->incoming = kvcalloc(nr_old + 1, sizeof(*access->incoming),
				    GFP_KERNEL);
	if (!access->incoming)
		return -ENOMEM;

	for (i = 0; i < nr_old; i++)
		if (&old->incoming[i] != edit->del_incoming)
			access->incoming[access->nr_incoming++] =
				old->incoming[i];
	if (edit->add_incoming)
		access->incoming[access->nr_incoming++] = *edit->add_incoming;
	return 0;
}

static int build_outgoing(struct ktgt_access *access,
			  const struct ktgt_access *old,
			  const struct ktgt_access_edit *edit)
{
	const struct ktgt_chap_account *outgoing = old ? old->outgoing : NULL;

	if (edit->set_outgoing)
		outgoing = edit->outgoing;
	if (!outgoing)
		return 0;

	access->outgoing = kmemdup(outgoing, sizeof(*outgoing), GFP_KERNEL);
	return access->outgoing ? 0 : -ENOMEM;
}

/**
 * ktgt_access_alloc - make an access from another one and a difference
 * @old: the other one, or NULL for an empty one
 * @edit: the difference
 *
 * Context: may sleep; the caller keeps @old.
 *
 * Return: the new access, or NULL if there is no memory.
 */
struct ktgt_access *ktgt_access_alloc(const struct ktgt_access *old,
				      const struct ktgt_access_edit *edit)
{
	struct ktgt_access *access;

	access = kzalloc_obj(*access, GFP_KERNEL);
	if (!access)
		return NULL;

	if (build_rules(access, old, edit) ||
	    build_incoming(access, old, edit) ||
	    build_outgoing(access, old, edit)) {
		ktgt_access_free(access);
		return NULL;
	}
	return access;
}

/**
 * ktgt_access_free - free an access that no reader uses
 * @access: the access, or NULL
 *
 * Context: any but hard interrupt.
 */
void ktgt_access_free(struct ktgt_access *access)
{
	if (!access)
		return;

	kvfree_sensitive(access->incoming,
			 access->nr_incoming * sizeof(*access->incoming));
	kfree_sensitive(access->outgoing);
	kvfree(access->rules);
	kfree(access);
}

static void free_callback(struct rcu_head *rcu)
{
	ktgt_access_free(container_of(rcu, struct ktgt_access, rcu));
}

/**
 * ktgt_access_free_rcu - free an access when no reader can use it any more
 * @access: the access, or NULL
 *
 * Context: any; does not sleep.
 */
void ktgt_access_free_rcu(struct ktgt_access *access)
{
	if (access)
		call_rcu(&access->rcu, free_callback);
}
