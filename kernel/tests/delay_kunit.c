// SPDX-License-Identifier: GPL-2.0
/*
 * How long the answers to wrong secrets are delayed, and what is remembered.
 */
#include "../core/delay.c"

#include <kunit/test.h>

#define LONGEST	8
#define START	1000000ULL

/**
 * struct delay_test - what a test works on
 * @delays: what remembers addresses
 * @now: the time
 */
struct delay_test {
	struct ktgt_delays	*delays;
	u64			now;
};

static int delay_test_init(struct kunit *test)
{
	struct delay_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->now = START;
	t->delays = ktgt_delays_alloc();
	if (!t->delays)
		return -ENOMEM;
	test->priv = t;
	return 0;
}

static void delay_test_exit(struct kunit *test)
{
	struct delay_test *t = test->priv;

	if (t)
		ktgt_delays_free(t->delays);
}

static void set_peer(struct sockaddr_storage *peer, u32 ip, u16 port)
{
	memset(peer, 0, sizeof(*peer));
	peer->ss_family = AF_INET;
	((struct sockaddr_in *)peer)->sin_addr.s_addr = htonl(ip);
	((struct sockaddr_in *)peer)->sin_port = htons(port);
}

/* One wrong secret; each has another port. */
static int wrong(struct kunit *test, u32 ip, const char *user, u32 max)
{
	struct delay_test *t = test->priv;
	struct sockaddr_storage peer;
	static u16 port;

	set_peer(&peer, ip, port++);
	return ktgt_delay_wrong(t->delays, &peer, user, max, t->now);
}

static void right(struct kunit *test, u32 ip, const char *user)
{
	struct delay_test *t = test->priv;
	struct sockaddr_storage peer;

	set_peer(&peer, ip, 0);
	ktgt_delay_right(t->delays, &peer, user);
}

/* So many wrong secrets. */
static void send(struct kunit *test, u32 ip, const char *user, u32 nr)
{
	while (nr--)
		wrong(test, ip, user, LONGEST);
}

static void grows(struct kunit *test)
{
	static const int want[] = { 0, 0, 1, 2, 4, 8, 8, 8 };
	struct delay_test *t = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(want); i++)
		KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", LONGEST), want[i]);
	KUNIT_EXPECT_EQ(test, wrong(test, 2, "a", LONGEST), 0);
	KUNIT_EXPECT_EQ(test, ktgt_delays_count(t->delays), 6);
}

static void limits(struct kunit *test)
{
	static const int want[] = { 0, 0, 1, 2, 3, 3 };
	struct delay_test *t = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(want); i++)
		KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", 3), want[i]);
	for (i = 0; i < 100; i++)
		wrong(test, 1, "a", 3600);
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", 3600), 3600);
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", 1), 1);
	rb_entry(rb_first(&t->delays->addrs), struct delay_addr, by_ip)->nr =
		U32_MAX;
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", 3600), 3600);
}

static void off(struct kunit *test)
{
	struct delay_test *t = test->priv;
	u32 i;

	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", 0), 0);
	KUNIT_EXPECT_EQ(test, t->delays->nr, 0);
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", LONGEST), 0);
}

static void right_forgets(struct kunit *test)
{
	struct delay_test *t = test->priv;

	right(test, 1, "a");
	send(test, 1, "a", 5);
	right(test, 2, "a");
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", LONGEST), 8);
	right(test, 1, "a");
	KUNIT_EXPECT_EQ(test, t->delays->nr, 0);
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", LONGEST), 0);
}

/* Who owns an account does not guess the secret of another one faster. */
static void other_account(struct kunit *test)
{
	send(test, 1, "a", 5);
	right(test, 1, "b");
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", LONGEST), 8);
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "b", LONGEST), 8);
	right(test, 1, "b");
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "b", LONGEST), 8);
	right(test, 1, "a");
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", LONGEST), 8);
}

static void quiet(struct kunit *test)
{
	struct delay_test *t = test->priv;

	send(test, 1, "a", 4);
	wrong(test, 1, "b", LONGEST);
	t->now += DELAY_MEMORY - 1;
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", LONGEST), 8);
	t->now += DELAY_MEMORY;
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "b", LONGEST), 0);
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "b", LONGEST), 0);
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "b", LONGEST), 1);
	/* that it was mixed before is forgotten as well */
	right(test, 1, "b");
	KUNIT_EXPECT_EQ(test, t->delays->nr, 0);
}

static int wrong6(struct kunit *test, u64 prefix, u64 host)
{
	struct delay_test *t = test->priv;
	struct sockaddr_storage peer = { .ss_family = AF_INET6 };
	struct in6_addr *ip = &((struct sockaddr_in6 *)&peer)->sin6_addr;
	__be64 half[] = { cpu_to_be64(prefix), cpu_to_be64(host) };

	memcpy(ip, half, sizeof(*ip));
	return ktgt_delay_wrong(t->delays, &peer, "a", LONGEST, t->now);
}

/* A host has all addresses of a /64. */
static void ipv6(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, wrong6(test, 0x20010db800000001, 1), 0);
	KUNIT_EXPECT_EQ(test, wrong6(test, 0x20010db800000001, 2), 0);
	KUNIT_EXPECT_EQ(test, wrong6(test, 0x20010db800000001, ~0ULL), 1);
	KUNIT_EXPECT_EQ(test, wrong6(test, 0x20010db800000002, 1), 0);
	KUNIT_EXPECT_EQ(test, wrong6(test, 0, 0xffff00000001), 0);
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", LONGEST), 0);
}

/* There is a limit to what is remembered; what has been quiet the longest goes. */
static void many(struct kunit *test)
{
	struct delay_test *t = test->priv;
	u32 i;

	send(test, 1, "a", 5);
	send(test, 2, "a", 5);
	for (i = 0; i < 3 * DELAY_ADDRS_MAX; i++) {
		t->now++;
		wrong(test, 1000 + i, "a", LONGEST);
		if (i % 100 == 0)
			KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", LONGEST), 8);
		if (t->delays->nr > DELAY_ADDRS_MAX)
			break;
	}
	KUNIT_EXPECT_EQ(test, i, 3 * DELAY_ADDRS_MAX);
	KUNIT_EXPECT_GE(test, t->delays->nr, DELAY_ADDRS_MAX - 1);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&t->delays->quiet),
			t->delays->nr);
	KUNIT_EXPECT_EQ(test, wrong(test, 2, "a", LONGEST), 0);
	KUNIT_EXPECT_EQ(test, wrong(test, 1, "a", LONGEST), 8);
}

/* What is over goes when another one comes, two at a time. */
static void what_is_over(struct kunit *test)
{
	struct delay_test *t = test->priv;
	u32 i;

	for (i = 0; i < 10; i++)
		wrong(test, i, "a", LONGEST);
	t->now += DELAY_MEMORY;
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_EQ(test, t->delays->nr, 10 - i);
		wrong(test, 100 + i, "a", LONGEST);
	}
	wrong(test, 200, "a", LONGEST);
	KUNIT_EXPECT_EQ(test, t->delays->nr, 6);
}

static struct kunit_case delay_cases[] = {
	KUNIT_CASE(grows),
	KUNIT_CASE(limits),
	KUNIT_CASE(off),
	KUNIT_CASE(right_forgets),
	KUNIT_CASE(other_account),
	KUNIT_CASE(quiet),
	KUNIT_CASE(ipv6),
	KUNIT_CASE(many),
	KUNIT_CASE(what_is_over),
	{}
};

static struct kunit_suite delay_suite = {
	.name = "ktgt_delay",
	.init = delay_test_init,
	.exit = delay_test_exit,
	.test_cases = delay_cases,
};
kunit_test_suite(delay_suite);
