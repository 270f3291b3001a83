/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may log in: an immutable struct, which is replaced as a whole.
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
 * @type: kind, which says which other members are valid
 * @family: AF_INET or AF_INET6
 * @prefix_len: length of the prefix of @addr, in bits
 * @addr: network as the user gave it; host bits are ignored. IPv4 uses the
 *	first four bytes
 * @name: initiator name as it was given; compared with ktgt_name_equal()
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

/* limits for the time of a dump, of a login, and of the copy at each change */
#define KTGT_RULES_MAX		4096
#define KTGT_INCOMING_MAX	1024

/**
 * struct ktgt_access - access rules and accounts of a target, or of discovery
 * @rcu: frees it
 * @nr_rules: length of @rules
 * @nr_incoming: length of @incoming; if not zero, initiators must use CHAP
 * @rules: in the order in which they were added; their names are in the same
 *	memory
 * @incoming: accounts that initiators use to prove who they are
 * @outgoing: account that the target uses to prove who it is, or NULL
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
 * struct ktgt_access_match - which rules match an initiator
 * @addr: first rule that matches its address, or NULL
 * @name: first rule that matches its name, or NULL
 * @addr_rules: number of rules for addresses
 * @name_rules: number of rules for names
 */
struct ktgt_access_match {
	const struct ktgt_rule	*addr;
	const struct ktgt_rule	*name;
	unsigned int		addr_rules;
	unsigned int		name_rules;
};

/**
 * struct ktgt_access_edit - how a new access differs from the old one
 * @add_rule: rule to be appended, or NULL
 * @del_rule: rule of the old access to be left out, or NULL
 * @add_incoming: account to be appended, or NULL
 * @del_incoming: account of the old access to be left out, or NULL
 * @set_outgoing: replace the outgoing account by @outgoing
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
