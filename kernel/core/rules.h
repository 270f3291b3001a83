/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may log in: one immutable array, replaced whole.
 */
#ifndef _KTGT_CORE_RULES_H
#define _KTGT_CORE_RULES_H

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

/**
 * struct ktgt_rules - access rules and accounts of a target, or of discovery
 * @rcu: frees it
 * @nr_rules: length of @rules
 * @nr_incoming: length of @incoming; if not zero, initiators must use CHAP
 * @rules: in the order they were made
 * @incoming: accounts by which initiators prove themselves
 * @outgoing: account by which the target proves itself, or NULL
 */
struct ktgt_rules {
	struct rcu_head			rcu;
	unsigned int			nr_rules;
	unsigned int			nr_incoming;
	struct ktgt_rule		*rules;
	struct ktgt_chap_account	*incoming;
	struct ktgt_chap_account	*outgoing;
};

bool ktgt_rule_match_addr(const struct ktgt_rule *rule,
			  const struct sockaddr_storage *peer);
bool ktgt_rules_admit(const struct ktgt_rules *rules,
		      const struct sockaddr_storage *peer,
		      const char *initiator);

#endif /* _KTGT_CORE_RULES_H */
