/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may log in: one immutable array, replaced whole.
 */
#ifndef _KTGT_CORE_ACCESS_H
#define _KTGT_CORE_ACCESS_H

#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/socket.h>
#include <linux/types.h>

#define KTGT_ACCOUNT_LEN	256	/* account name or secret, and NUL */

/**
 * enum ktgt_rule_type - kind of an access rule
 * @KTGT_RULE_ALL: any address
 * @KTGT_RULE_ADDR: an IPv4 or IPv6 network
 * @KTGT_RULE_NAME: the name of an initiator
 */
enum ktgt_rule_type {
	KTGT_RULE_ALL,
	KTGT_RULE_ADDR,
	KTGT_RULE_NAME,
};

/**
 * struct ktgt_rule - one access rule
 * @type: kind, which says what of the rest is valid
 * @family: AF_INET or AF_INET6
 * @prefix_len: bits of @addr that count
 * @addr: network as it was given (host bits are ignored when it is matched);
 *	IPv4 in the first four bytes
 * @name: initiator name, in lower case as iSCSI names compare
 */
struct ktgt_rule {
	u8		type;
	u8		family;
	u8		prefix_len;
	union {
		struct in6_addr	addr;
		char		*name;
	};
};

/**
 * struct ktgt_chap_account - an account as login needs it
 * @user: CHAP_N
 * @secret: CHAP secret, NUL terminated
 */
struct ktgt_chap_account {
	char	user[KTGT_ACCOUNT_LEN];
	char	secret[KTGT_ACCOUNT_LEN];
};

/* a limit keeps a dump, a login and the copy at each change in bounds */
#define KTGT_RULES_MAX		4096
#define KTGT_INCOMING_MAX	1024

/**
 * struct ktgt_access - access rules and accounts of a target, or of discovery
 * @rcu: frees it
 * @nr_rules: length of @rules
 * @nr_incoming: length of @incoming; if not zero, initiators must use CHAP
 * @rules: in the order they were made; their names are in the same memory
 * @incoming: accounts by which initiators prove themselves
 * @outgoing: account by which the target proves itself, or NULL
 */
struct ktgt_access {
	struct rcu_head			rcu;
	unsigned int			nr_rules;
	unsigned int			nr_incoming;
	struct ktgt_rule		*rules;
	struct ktgt_chap_account	*incoming;
	struct ktgt_chap_account	*outgoing;
};

/**
 * struct ktgt_access_match - what rules say about an initiator
 * @addr: first rule that holds for its address, or NULL
 * @name: first rule that holds for its name, or NULL
 * @addr_rules: rules for addresses
 * @name_rules: rules for names
 */
struct ktgt_access_match {
	const struct ktgt_rule	*addr;
	const struct ktgt_rule	*name;
	unsigned int		addr_rules;
	unsigned int		name_rules;
};

/**
 * struct ktgt_access_edit - how one array of rules differs from the next
 * @add_rule: rule to be appended, or NULL
 * @del_rule: rule of the old array to be left out, or NULL
 * @add_incoming: account to be appended, or NULL
 * @del_incoming: account of the old array to be left out, or NULL
 * @set_outgoing: @outgoing holds
 * @outgoing: the new outgoing account; NULL for none
 */
struct ktgt_access_edit {
	const struct ktgt_rule		*add_rule;
	const struct ktgt_rule		*del_rule;
	const struct ktgt_chap_account	*add_incoming;
	const struct ktgt_chap_account	*del_incoming;
	bool				set_outgoing;
	const struct ktgt_chap_account	*outgoing;
};

struct ktgt_access *ktgt_access_alloc(const struct ktgt_access *old,
				      const struct ktgt_access_edit *edit);
void ktgt_access_free(struct ktgt_access *access);
void ktgt_access_free_rcu(struct ktgt_access *access);

bool ktgt_rule_equal(const struct ktgt_rule *a, const struct ktgt_rule *b);
const struct ktgt_rule *ktgt_access_find(const struct ktgt_access *access,
					 const struct ktgt_rule *rule);
const struct ktgt_chap_account *
ktgt_access_find_incoming(const struct ktgt_access *access, const char *user);
bool ktgt_rule_match_addr(const struct ktgt_rule *rule,
			  const struct sockaddr_storage *peer);
bool ktgt_access_judge(const struct ktgt_access *access,
		       const struct sockaddr_storage *peer,
		      const char *initiator, struct ktgt_access_match *match);

#endif /* _KTGT_CORE_ACCESS_H */
