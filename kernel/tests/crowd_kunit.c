// SPDX-License-Identifier: GPL-2.0
/*
 * Who has to go when there are too many.
 */
#include "../core/crowd.c"

#include <kunit/test.h>

#include <linux/inet.h>

#define THINGS	64

/**
 * struct crowd_test - a crowd, and what could be in it
 * @crowd: the crowd
 * @places: places of things
 * @gone: those that had to go, in this order
 * @nr_gone: how many
 */
struct crowd_test {
	struct ktgt_crowd	*crowd;
	struct ktgt_crowd_place	places[THINGS];
	u32			gone[THINGS];
	u32			nr_gone;
};

/* a crowd has nothing that says which case it is of */
static struct crowd_test *crowd_case;

static void crowd_gone(struct ktgt_crowd_place *place)
{
	struct crowd_test *t = crowd_case;

	t->gone[t->nr_gone++] = place - t->places;
}

static int crowd_test_init(struct kunit *test)
{
	struct crowd_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->crowd = ktgt_crowd_alloc(crowd_gone);
	if (!t->crowd)
		return -ENOMEM;
	crowd_case = t;
	test->priv = t;
	return 0;
}

static void crowd_test_exit(struct kunit *test)
{
	struct crowd_test *t = test->priv;
	u32 i;

	if (!t)
		return;
	for (i = 0; i < THINGS; i++)
		ktgt_crowd_leave(t->crowd, &t->places[i]);
	KUNIT_EXPECT_EQ(test, t->crowd->nr, 0);
	KUNIT_EXPECT_EQ(test, t->crowd->total, 0);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&t->crowd->order.rb_root));
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&t->crowd->addrs));
	ktgt_crowd_free(t->crowd);
}

static void set_peer(struct sockaddr_storage *peer, u32 ip)
{
	memset(peer, 0, sizeof(*peer));
	peer->ss_family = AF_INET;
	((struct sockaddr_in *)peer)->sin_addr.s_addr = htonl(ip);
}

/* Address number @ip has one thing more. */
static void join(struct kunit *test, u32 which, u32 ip, u32 max)
{
	struct crowd_test *t = test->priv;
	struct sockaddr_storage peer;

	set_peer(&peer, ip);
	((struct sockaddr_in *)&peer)->sin_port = htons(which);
	KUNIT_ASSERT_EQ(test, ktgt_crowd_come(t->crowd, &t->places[which],
					      &peer, max), 0);
	ktgt_crowd_join(t->crowd, &t->places[which], max);
}

static void hear(struct kunit *test, u32 which)
{
	struct crowd_test *t = test->priv;

	ktgt_crowd_hear(t->crowd, &t->places[which]);
}

static void expect_gone(struct kunit *test, u32 nr, const u32 *which)
{
	struct crowd_test *t = test->priv;
	u32 i;

	KUNIT_ASSERT_EQ(test, t->nr_gone, nr);
	KUNIT_EXPECT_EQ(test, ktgt_crowd_ended(t->crowd), nr);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, t->gone[i], which[i]);
}

#define EXPECT_GONE(test, ...)						\
	expect_gone(test, sizeof((u32[]){ __VA_ARGS__ }) / sizeof(u32),	\
		    (u32[]){ __VA_ARGS__ })

static void room_for_all(struct kunit *test)
{
	u32 i;

	for (i = 0; i < THINGS; i++)
		join(test, i, i / 8, THINGS);
	EXPECT_GONE(test);
}

static void oldest(struct kunit *test)
{
	join(test, 0, 1, 3);
	join(test, 1, 1, 3);
	join(test, 2, 1, 3);
	join(test, 3, 1, 3);
	EXPECT_GONE(test, 0);
	join(test, 4, 1, 3);
	EXPECT_GONE(test, 0, 1);
}

static void silent_first(struct kunit *test)
{
	join(test, 0, 1, 3);
	join(test, 1, 1, 3);
	join(test, 2, 1, 3);
	hear(test, 0);
	hear(test, 2);
	join(test, 3, 1, 3);
	EXPECT_GONE(test, 1);
	hear(test, 3);
	join(test, 4, 1, 3);
	/* all of them are heard of: the first of them */
	EXPECT_GONE(test, 1, 0);
}

static void most_first(struct kunit *test)
{
	join(test, 0, 1, 4);
	join(test, 1, 2, 4);
	join(test, 2, 2, 4);
	join(test, 3, 3, 4);
	/* also if they are heard of, and others are not */
	hear(test, 1);
	hear(test, 2);
	join(test, 4, 4, 4);
	EXPECT_GONE(test, 1);
	/* each has one: the oldest, heard of or not */
	hear(test, 0);
	join(test, 5, 5, 4);
	EXPECT_GONE(test, 1, 0);
}

/* Those that have come just now are not silent yet, where all others are heard. */
static void time_to_speak(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 16; i++) {
		join(test, i, 1, 16);
		hear(test, i);
	}
	join(test, 16, 1, 16);
	join(test, 17, 1, 16);
	EXPECT_GONE(test, 0, 1);
	/* two of sixteen are many */
	join(test, 18, 1, 16);
	EXPECT_GONE(test, 0, 1, 16);
}

static void new_one_stays(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 4; i++) {
		join(test, i, i, 4);
		hear(test, i);
	}
	join(test, 4, 4, 4);
	EXPECT_GONE(test, 0);
}

static void share(struct kunit *test)
{
	struct crowd_test *t = test->priv;
	u32 i;

	/* one address takes all that it can, another one needs little */
	join(test, 0, 1, 16);
	for (i = 1; i < 60; i++)
		join(test, i, 2, 16);
	join(test, 60, 1, 16);
	KUNIT_ASSERT_EQ(test, t->nr_gone, 45);
	for (i = 0; i < t->nr_gone; i++)
		KUNIT_EXPECT_EQ(test, t->gone[i], i + 1);
}

static void fewer(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 6; i++)
		join(test, i, 1, 6);
	join(test, 6, 1, 2);
	EXPECT_GONE(test, 0, 1, 2, 3, 4);
}

static void little_by_little(struct kunit *test)
{
	struct crowd_test *t = test->priv;
	u32 i;

	for (i = 0; i < 40; i++)
		join(test, i, 1, 40);
	join(test, 40, 2, 1);
	KUNIT_EXPECT_EQ(test, t->nr_gone, CROWD_END_MAX);
	join(test, 41, 2, 1);
	join(test, 42, 2, 1);
	KUNIT_EXPECT_EQ(test, t->nr_gone, 42);
	KUNIT_EXPECT_EQ(test, t->crowd->nr, 1);
}

static void leave(struct kunit *test)
{
	struct crowd_test *t = test->priv;

	join(test, 0, 1, 2);
	join(test, 1, 1, 2);
	ktgt_crowd_leave(t->crowd, &t->places[0]);
	join(test, 2, 1, 2);
	EXPECT_GONE(test);
	join(test, 3, 2, 2);
	EXPECT_GONE(test, 1);
	/* what had to go is heard of no more, and leaves; it may do so again */
	hear(test, 1);
	KUNIT_EXPECT_EQ(test, t->crowd->nr, 2);
	KUNIT_EXPECT_EQ(test, t->crowd->total, 3);
	ktgt_crowd_leave(t->crowd, &t->places[1]);
	ktgt_crowd_leave(t->crowd, &t->places[1]);
	KUNIT_EXPECT_EQ(test, t->crowd->nr, 2);
	KUNIT_EXPECT_EQ(test, t->crowd->total, 2);
}

/**
 * struct crowd_rush - things that come faster than others leave
 * @crowd: the crowd, of one
 * @places: places of things
 * @nr: those that have come
 */
struct crowd_rush {
	struct ktgt_crowd	*crowd;
	struct ktgt_crowd_place	places[1 + 2 * CROWD_ASIDE_MAX + 1];
	u32			nr;
};

static void nothing(struct ktgt_crowd_place *place)
{
}

static int comes(struct crowd_rush *rush, u32 ip)
{
	struct ktgt_crowd_place *place = &rush->places[rush->nr];
	struct sockaddr_storage peer;
	int err;

	if (rush->nr == ARRAY_SIZE(rush->places))
		return -E2BIG;
	set_peer(&peer, ip);
	err = ktgt_crowd_come(rush->crowd, place, &peer, 1);
	rush->nr += !err;
	return err;
}

static void too_fast(struct kunit *test)
{
	struct crowd_rush *rush = kunit_kzalloc(test, sizeof(*rush), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, rush);
	rush->crowd = ktgt_crowd_alloc(nothing);
	KUNIT_ASSERT_NOT_NULL(test, rush->crowd);
	while (!comes(rush, 1))
		;
	KUNIT_EXPECT_EQ(test, rush->nr, 1 + CROWD_ASIDE_MAX);
	for (i = 0; i < rush->nr; i++)
		ktgt_crowd_join(rush->crowd, &rush->places[i], 1);
	/* they had to go, and have not left */
	KUNIT_EXPECT_EQ(test, rush->crowd->nr, 1);
	KUNIT_EXPECT_EQ(test, comes(rush, 1), -EBUSY);
	/* others have room for one, but not for more than there may be */
	KUNIT_EXPECT_EQ(test, comes(rush, 2), 0);
	KUNIT_EXPECT_EQ(test, comes(rush, 2), -EBUSY);
	for (i = 3; !comes(rush, i); i++)
		;
	KUNIT_EXPECT_EQ(test, rush->nr, 1 + 2 * CROWD_ASIDE_MAX);
	KUNIT_EXPECT_EQ(test, ktgt_crowd_ended(rush->crowd), CROWD_ASIDE_MAX + 4);
	ktgt_crowd_leave(rush->crowd, &rush->places[0]);
	KUNIT_EXPECT_EQ(test, comes(rush, i), 0);
	for (i = 0; i < rush->nr; i++)
		ktgt_crowd_leave(rush->crowd, &rush->places[i]);
	KUNIT_EXPECT_EQ(test, rush->crowd->total, 0);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&rush->crowd->addrs));
	ktgt_crowd_free(rush->crowd);
}

static void join6(struct kunit *test, u32 which, const char *ip)
{
	struct crowd_test *t = test->priv;
	struct sockaddr_storage peer = { .ss_family = AF_INET6 };
	struct in6_addr *to = &((struct sockaddr_in6 *)&peer)->sin6_addr;

	KUNIT_ASSERT_EQ(test, in6_pton(ip, -1, to->s6_addr, -1, NULL), 1);
	KUNIT_ASSERT_EQ(test, ktgt_crowd_come(t->crowd, &t->places[which],
					      &peer, THINGS), 0);
	ktgt_crowd_join(t->crowd, &t->places[which], THINGS);
}

static u32 nr_addrs(struct crowd_test *t)
{
	struct rb_node *node;
	u32 nr = 0;

	for (node = rb_first_cached(&t->crowd->order); node;
	     node = rb_next(node))
		nr++;
	return nr;
}

static void ipv6(struct kunit *test)
{
	struct crowd_test *t = test->priv;

	join6(test, 0, "fd77::2");
	join6(test, 1, "fd77::3");
	join6(test, 2, "fd77::ffff:1:2:3");
	KUNIT_EXPECT_EQ(test, nr_addrs(t), 1);
	join6(test, 3, "fd77:0:0:1::2");
	KUNIT_EXPECT_EQ(test, nr_addrs(t), 2);
	/* no IPv4 address is one of these */
	join6(test, 4, "::ffff:10.77.0.2");
	join(test, 5, 0x0a4d0002, THINGS);
	join(test, 6, 0x0a4d0003, THINGS);
	KUNIT_EXPECT_EQ(test, nr_addrs(t), 5);
}

static struct kunit_case crowd_cases[] = {
	KUNIT_CASE(room_for_all),
	KUNIT_CASE(oldest),
	KUNIT_CASE(silent_first),
	KUNIT_CASE(most_first),
	KUNIT_CASE(time_to_speak),
	KUNIT_CASE(new_one_stays),
	KUNIT_CASE(share),
	KUNIT_CASE(fewer),
	KUNIT_CASE(little_by_little),
	KUNIT_CASE(leave),
	KUNIT_CASE(too_fast),
	KUNIT_CASE(ipv6),
	{}
};

static struct kunit_suite crowd_suite = {
	.name = "ktgt_crowd",
	.init = crowd_test_init,
	.exit = crowd_test_exit,
	.test_cases = crowd_cases,
};
kunit_test_suite(crowd_suite);
