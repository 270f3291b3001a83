// SPDX-License-Identifier: GPL-2.0
/*
 * Access rules: networks, names, and how arrays of them are changed.
 */
#include "../core/access.c"

#include <linux/inet.h>
#include <linux/rcupdate.h>

#include <kunit/test.h>

/* An address as people write it; with a colon it is IPv6. */
static int parse_addr(const char *text, u8 *addr)
{
	if (strchr(text, ':'))
		return in6_pton(text, -1, addr, -1, NULL) ? AF_INET6 : -EINVAL;
	return in4_pton(text, -1, addr, -1, NULL) ? AF_INET : -EINVAL;
}

static struct ktgt_rule make_rule(struct kunit *test, const char *network,
				  u8 prefix_len)
{
	struct ktgt_rule rule = {
		.type = KTGT_RULE_ADDR,
		.prefix_len = prefix_len,
	};
	int family = parse_addr(network, rule.addr.s6_addr);

	KUNIT_ASSERT_GT(test, family, 0);
	rule.family = family;
	return rule;
}

static struct ktgt_rule make_name(const char *name)
{
	return (struct ktgt_rule) {
		.type = KTGT_RULE_NAME,
		.name = (char *)name,
	};
}

static void make_peer(struct kunit *test, const char *text,
		      struct sockaddr_storage *peer)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)peer;
	struct sockaddr_in *in = (struct sockaddr_in *)peer;
	u8 addr[16] = {};
	int family = parse_addr(text, addr);

	KUNIT_ASSERT_GT(test, family, 0);
	memset(peer, 0, sizeof(*peer));
	peer->ss_family = family;
	if (family == AF_INET)
		memcpy(&in->sin_addr, addr, 4);
	else
		memcpy(&in6->sin6_addr, addr, 16);
}

/**
 * struct match_case - a network, and an address
 * @network: as it was given, host bits included
 * @prefix_len: bits of it that count
 * @peer: address
 * @match: whether it is in the network
 */
struct match_case {
	const char	*network;
	u8		prefix_len;
	const char	*peer;
	bool		match;
};

static const struct match_case match_cases[] = {
	{ "10.0.0.0", 8, "10.0.0.0", true },
	{ "10.0.0.0", 8, "10.255.255.255", true },
	{ "10.0.0.0", 8, "11.0.0.0", false },
	{ "10.0.0.0", 8, "9.255.255.255", false },
	{ "10.20.30.40", 8, "10.1.2.3", true },
	{ "10.20.30.40", 16, "10.20.0.1", true },
	{ "10.20.30.40", 16, "10.21.30.40", false },
	{ "192.168.1.77", 24, "192.168.1.1", true },
	{ "192.168.1.77", 24, "192.168.2.77", false },
	{ "192.168.1.129", 25, "192.168.1.128", true },
	{ "192.168.1.129", 25, "192.168.1.127", false },
	{ "192.168.1.4", 30, "192.168.1.7", true },
	{ "192.168.1.4", 30, "192.168.1.8", false },
	{ "192.168.1.4", 31, "192.168.1.5", true },
	{ "192.168.1.4", 31, "192.168.1.6", false },
	{ "192.168.1.4", 32, "192.168.1.4", true },
	{ "192.168.1.4", 32, "192.168.1.5", false },
	{ "192.168.1.4", 32, "64.168.1.4", false },
	{ "128.0.0.0", 1, "255.1.2.3", true },
	{ "128.0.0.0", 1, "127.255.255.255", false },
	{ "172.16.0.0", 12, "172.31.255.255", true },
	{ "172.16.0.0", 12, "172.32.0.0", false },
	{ "0.0.0.0", 0, "203.0.113.9", true },
	{ "255.255.255.255", 0, "0.0.0.0", true },
	{ "0.0.0.0", 0, "2001:db8::1", false },
	/* an IPv4 peer of an IPv6 socket */
	{ "10.0.0.0", 8, "::ffff:10.1.2.3", true },
	{ "10.0.0.0", 8, "::ffff:11.1.2.3", false },
	{ "192.168.1.4", 32, "::ffff:192.168.1.4", true },
	{ "0.0.0.0", 0, "::ffff:1.2.3.4", true },
	{ "::", 0, "::ffff:1.2.3.4", false },
	{ "::ffff:0:0", 96, "1.2.3.4", false },
	/* no IPv4 address, though its last bytes look like one */
	{ "10.0.0.0", 8, "::10.1.2.3", false },
	{ "2001:db8::", 32, "2001:db8:ffff::1", true },
	{ "2001:db8::", 32, "2001:db9::1", false },
	{ "2001:db8::dead:beef", 32, "2001:db8::1", true },
	{ "2001:db8::", 33, "2001:db8:7fff::", true },
	{ "2001:db8::", 33, "2001:db8:8000::", false },
	{ "fe80::1", 10, "febf::2", true },
	{ "fe80::1", 10, "fec0::2", false },
	{ "2001:db8::1", 64, "2001:db8::ffff:ffff:ffff:ffff", true },
	{ "2001:db8::1", 64, "2001:db8:0:1::1", false },
	{ "2001:db8::2", 127, "2001:db8::3", true },
	{ "2001:db8::2", 127, "2001:db8::4", false },
	{ "2001:db8::1", 128, "2001:db8::1", true },
	{ "2001:db8::1", 128, "2001:db8::2", false },
	{ "2001:db8::1", 128, "a001:db8::1", false },
	{ "::", 0, "2001:db8::1", true },
	{ "ffff::", 0, "::", true },
	{ "::", 0, "10.0.0.1", false },
};

static void match_desc(const struct match_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s/%u, %s", c->network,
		 c->prefix_len, c->peer);
}

KUNIT_ARRAY_PARAM(match, match_cases, match_desc);

static void match(struct kunit *test)
{
	const struct match_case *c = test->param_value;
	struct sockaddr_storage peer;
	struct ktgt_rule rule;

	rule = make_rule(test, c->network, c->prefix_len);
	make_peer(test, c->peer, &peer);
	KUNIT_EXPECT_EQ(test, ktgt_rule_match_addr(&rule, &peer), c->match);
}

#define A	"10.1.0.0"		/* 16 bits */
#define B	"2001:db8::"		/* 32 bits */
#define N	"iqn.2026-11.org.example:n"
#define M	"iqn.2026-11.org.example:m"
#define IN_A	"10.1.2.3"
#define IN_B	"2001:db8::3"
#define OUTSIDE	"10.2.3.4"

/**
 * struct admit_case - rules, and somebody who wants to log in
 * @what: its name
 * @rules: networks, names, or "ALL"
 * @peer: address
 * @initiator: name, or NULL if it is not known yet
 * @admit: whether he may
 * @addr: number of the rule that holds for his address, from 1; 0: none does
 * @name: likewise for his name
 */
struct admit_case {
	const char	*what;
	const char	*rules[4];
	const char	*peer;
	const char	*initiator;
	bool		admit;
	unsigned int	addr;
	unsigned int	name;
};

static const struct admit_case admit_cases[] = {
	{ "no rules", {}, IN_A, N, false, 0, 0 },
	{ "all", { "ALL" }, OUTSIDE, N, true, 1, 0 },
	{ "all, name not known", { "ALL" }, OUTSIDE, NULL, true, 1, 0 },
	{ "address", { A }, IN_A, N, true, 1, 0 },
	{ "other address", { A }, OUTSIDE, N, false, 0, 0 },
	{ "first of two addresses", { A, B }, IN_A, N, true, 1, 0 },
	{ "second of two addresses", { A, B }, IN_B, N, true, 2, 0 },
	{ "neither of two addresses", { A, B }, OUTSIDE, N, false, 0, 0 },
	{ "address or all", { A, "ALL" }, OUTSIDE, N, true, 2, 0 },
	{ "address and all", { A, "ALL" }, IN_A, N, true, 1, 0 },
	{ "name", { N }, OUTSIDE, N, true, 0, 1 },
	{ "other name", { N }, OUTSIDE, M, false, 0, 0 },
	{ "beginning of a name", { N }, OUTSIDE, N "x", false, 0, 0 },
	{ "name in capitals", { N }, OUTSIDE, "IQN.2026-11.ORG.EXAMPLE:N",
	  true, 0, 1 },
	{ "second of two names", { N, M }, OUTSIDE, M, true, 0, 2 },
	{ "name not known", { N }, OUTSIDE, NULL, true, 0, 1 },
	{ "both", { A, N }, IN_A, N, true, 1, 2 },
	{ "both, other order", { N, A }, IN_A, N, true, 2, 1 },
	{ "both, other address", { A, N }, OUTSIDE, N, false, 0, 2 },
	{ "both, other name", { A, N }, IN_A, M, false, 1, 0 },
	{ "both, name not known", { A, N }, IN_A, NULL, true, 1, 2 },
	{ "both, other address, name not known", { A, N }, OUTSIDE, NULL,
	  false, 0, 2 },
	{ "all and a name", { "ALL", N }, OUTSIDE, N, true, 1, 2 },
	{ "all and another name", { "ALL", N }, OUTSIDE, M, false, 1, 0 },
};
KUNIT_ARRAY_PARAM_DESC(admit, admit_cases, what);

static struct ktgt_rule rule_of_word(struct kunit *test, const char *word)
{
	if (!strcmp(word, "ALL"))
		return (struct ktgt_rule) { .type = KTGT_RULE_ALL };
	if (!strncmp(word, "iqn.", 4))
		return make_name(word);
	return make_rule(test, word, strchr(word, ':') ? 32 : 16);
}

static void admit(struct kunit *test)
{
	const struct admit_case *c = test->param_value;
	struct ktgt_rule list[ARRAY_SIZE(c->rules)];
	struct ktgt_access access = { .rules = list };
	struct ktgt_access_match match;
	struct sockaddr_storage peer;

	while (access.nr_rules < ARRAY_SIZE(list) &&
	       c->rules[access.nr_rules]) {
		list[access.nr_rules] =
			rule_of_word(test, c->rules[access.nr_rules]);
		access.nr_rules++;
	}
	make_peer(test, c->peer, &peer);
	KUNIT_EXPECT_EQ(test, ktgt_access_judge(&access, &peer, c->initiator,
						&match), c->admit);
	KUNIT_EXPECT_PTR_EQ(test, match.addr,
			    c->addr ? &list[c->addr - 1] : NULL);
	KUNIT_EXPECT_PTR_EQ(test, match.name,
			    c->name ? &list[c->name - 1] : NULL);
	KUNIT_EXPECT_EQ(test, match.addr_rules + match.name_rules,
			access.nr_rules);
}

static void admit_without_array(struct kunit *test)
{
	struct ktgt_access_match match;
	struct sockaddr_storage peer;

	make_peer(test, IN_A, &peer);
	KUNIT_EXPECT_FALSE(test, ktgt_access_judge(NULL, &peer, N, &match));
	KUNIT_EXPECT_PTR_EQ(test, match.addr, NULL);
	KUNIT_EXPECT_PTR_EQ(test, match.name, NULL);
}

/**
 * struct equal_case - two networks
 * @a: one
 * @a_len: its prefix
 * @b: another
 * @b_len: its prefix
 * @equal: whether they are the same
 */
struct equal_case {
	const char	*a;
	u8		a_len;
	const char	*b;
	u8		b_len;
	bool		equal;
};

static const struct equal_case equal_cases[] = {
	{ "10.1.2.3", 8, "10.0.0.0", 8, true },
	{ "10.1.2.3", 8, "10.1.2.3", 16, false },
	{ "10.1.2.3", 16, "10.2.2.3", 16, false },
	{ "10.1.2.3", 32, "10.1.2.3", 32, true },
	{ "10.1.2.3", 32, "10.1.2.2", 32, false },
	{ "1.2.3.4", 0, "255.0.0.1", 0, true },
	{ "0.0.0.0", 0, "::", 0, false },
	{ "2001:db8::1", 64, "2001:db8::2", 64, true },
	{ "2001:db8::1", 128, "2001:db8::2", 128, false },
};

static void equal_desc(const struct equal_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s/%u, %s/%u", c->a, c->a_len,
		 c->b, c->b_len);
}

KUNIT_ARRAY_PARAM(equal, equal_cases, equal_desc);

static void equal(struct kunit *test)
{
	const struct equal_case *c = test->param_value;
	struct ktgt_rule a = make_rule(test, c->a, c->a_len);
	struct ktgt_rule b = make_rule(test, c->b, c->b_len);

	KUNIT_EXPECT_EQ(test, ktgt_rule_equal(&a, &b), c->equal);
	KUNIT_EXPECT_EQ(test, ktgt_rule_equal(&b, &a), c->equal);
}

static void equal_kinds(struct kunit *test)
{
	struct ktgt_rule all = { .type = KTGT_RULE_ALL };
	struct ktgt_rule any = make_rule(test, "0.0.0.0", 0);
	struct ktgt_rule name = make_name(N);
	struct ktgt_rule capitals = make_name("IQN.2026-11.org.example:n");
	struct ktgt_rule other = make_name(M);

	KUNIT_EXPECT_TRUE(test, ktgt_rule_equal(&all, &all));
	KUNIT_EXPECT_FALSE(test, ktgt_rule_equal(&all, &any));
	KUNIT_EXPECT_FALSE(test, ktgt_rule_equal(&name, &any));
	KUNIT_EXPECT_TRUE(test, ktgt_rule_equal(&name, &capitals));
	KUNIT_EXPECT_FALSE(test, ktgt_rule_equal(&name, &other));
}

static struct ktgt_access *edit_access(struct kunit *test,
				       struct ktgt_access *old,
				     const struct ktgt_access_edit *edit)
{
	struct ktgt_access *access = ktgt_access_alloc(old, edit);

	KUNIT_ASSERT_NOT_NULL(test, access);
	ktgt_access_free(old);
	return access;
}

/* Names are copied, and stay right when what stood before them goes. */
static void edit_list(struct kunit *test)
{
	char *name = kunit_kstrdup(test, N, GFP_KERNEL);
	struct ktgt_rule one = make_name(name), two = make_name(M);
	struct ktgt_rule net = make_rule(test, A, 16);
	struct ktgt_access *access;

	access = edit_access(test, NULL,
			     &(struct ktgt_access_edit) { .add_rule = &one });
	access = edit_access(test, access,
			     &(struct ktgt_access_edit) { .add_rule = &net });
	access = edit_access(test, access,
			     &(struct ktgt_access_edit) { .add_rule = &two });
	memset(name, 'x', strlen(name));
	KUNIT_EXPECT_EQ(test, access->nr_rules, 3);
	KUNIT_EXPECT_STREQ(test, access->rules[0].name, N);
	KUNIT_EXPECT_TRUE(test, ktgt_rule_equal(&access->rules[1], &net));
	KUNIT_EXPECT_STREQ(test, access->rules[2].name, M);

	access = edit_access(test, access, &(struct ktgt_access_edit) {
				   .del_rule = &access->rules[0] });
	KUNIT_EXPECT_EQ(test, access->nr_rules, 2);
	KUNIT_EXPECT_TRUE(test, ktgt_rule_equal(&access->rules[0], &net));
	KUNIT_EXPECT_STREQ(test, access->rules[1].name, M);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_access_find(access, &two),
			    &access->rules[1]);
	ktgt_access_free(access);
}

static void edit_accounts(struct kunit *test)
{
	struct ktgt_chap_account *a, *b;
	struct ktgt_access *access;

	a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);
	b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_NOT_NULL(test, b);
	strscpy(a->user, "a", sizeof(a->user));
	strscpy(b->user, "b", sizeof(b->user));
	access = edit_access(test, NULL, &(struct ktgt_access_edit) {
				   .add_incoming = a, .set_outgoing = true,
				   .outgoing = b });
	access = edit_access(test, access,
			     &(struct ktgt_access_edit) { .add_incoming = b });
	KUNIT_EXPECT_EQ(test, access->nr_incoming, 2);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_access_find_incoming(access, "b"),
			    &access->incoming[1]);
	KUNIT_EXPECT_NULL(test, ktgt_access_find_incoming(access, "B"));
	KUNIT_EXPECT_NULL(test, ktgt_access_find_incoming(NULL, "b"));
	KUNIT_ASSERT_NOT_NULL(test, access->outgoing);
	KUNIT_EXPECT_STREQ(test, access->outgoing->user, "b");

	access = edit_access(test, access, &(struct ktgt_access_edit) {
				   .del_incoming = &access->incoming[0],
				   .set_outgoing = true });
	KUNIT_EXPECT_EQ(test, access->nr_incoming, 1);
	KUNIT_EXPECT_NULL(test, ktgt_access_find_incoming(access, "a"));
	KUNIT_EXPECT_NULL(test, access->outgoing);
	ktgt_access_free(access);
}

static struct kunit_case access_cases[] = {
	KUNIT_CASE_PARAM(match, match_gen_params),
	KUNIT_CASE_PARAM(admit, admit_gen_params),
	KUNIT_CASE(admit_without_array),
	KUNIT_CASE_PARAM(equal, equal_gen_params),
	KUNIT_CASE(equal_kinds),
	KUNIT_CASE(edit_list),
	KUNIT_CASE(edit_accounts),
	{}
};

static struct kunit_suite access_suite = {
	.name = "ktgt_access",
	.test_cases = access_cases,
};
kunit_test_suite(access_suite);
