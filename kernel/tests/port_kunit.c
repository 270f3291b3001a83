// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of portal group tags, and which target ports a target has.
 */
#include "../core/port.c"
#include "../core/target_port.c"

#include <kunit/test.h>

/**
 * struct list_case - a text, and the list that it is
 * @what: its name
 * @text: the text
 * @err: what ktgt_ports_parse() returns
 * @nr: how many tags there are, if it is a list
 * @last: the last of them
 */
struct list_case {
	const char	*what;
	const char	*text;
	int		err;
	unsigned int	nr;
	u16		last;
};

#define TEN	"10,20,30,40,50,60,70,80,90,100"

static const struct list_case list_cases[] = {
	{ "one", "1", 0, 1, 1 },
	{ "greatest", "65535", 0, 1, 65535 },
	{ "in their order", "7,3,5", 0, 3, 5 },
	{ "leading zeroes", "0007", 0, 1, 7 },
	{ "as many as there may be", TEN ",11,21,31,41,51,61,71,81,91,101,"
	  "1,2,3,4,5,6,7,8,9,12,13,65535", 0, 32, 65535 },
	{ "one more", TEN ",11,21,31,41,51,61,71,81,91,101,"
	  "1,2,3,4,5,6,7,8,9,12,13,14,15", -E2BIG },
	{ "nothing", "", -EINVAL },
	{ "zero", "0", -EINVAL },
	{ "too great", "65536", -EINVAL },
	{ "far too great", "4294967297", -EINVAL },
	{ "a comma behind it", "1,", -EINVAL },
	{ "a comma before it", ",1", -EINVAL },
	{ "a blank", "1, 2", -EINVAL },
	{ "a sign", "-1", -EINVAL },
	{ "a range", "1-3", -EINVAL },
	{ "a word", "all", -EINVAL },
	{ "one twice", "1,2,1", -EEXIST },
};
KUNIT_ARRAY_PARAM_DESC(list, list_cases, what);

static void list(struct kunit *test)
{
	const struct list_case *c = test->param_value;
	char text[KTGT_PORTS_TEXT + 1];
	struct ktgt_ports ports, again;

	KUNIT_ASSERT_EQ(test, ktgt_ports_parse(c->text, &ports), c->err);
	if (c->err)
		return;
	KUNIT_ASSERT_EQ(test, ports.nr, c->nr);
	KUNIT_EXPECT_EQ(test, ports.tag[c->nr - 1], c->last);
	KUNIT_EXPECT_TRUE(test, ktgt_ports_has(&ports, c->last));
	KUNIT_EXPECT_FALSE(test, ktgt_ports_has(&ports, 999));

	/* what is written reads the same */
	ktgt_ports_print(&ports, text);
	KUNIT_ASSERT_EQ(test, ktgt_ports_parse(text, &again), 0);
	KUNIT_EXPECT_EQ(test, again.nr, ports.nr);
	KUNIT_EXPECT_EQ(test, memcmp(again.tag, ports.tag,
				     ports.nr * sizeof(*ports.tag)), 0);
}

/* The longest list has room as text. */
static void longest(struct kunit *test)
{
	struct ktgt_ports ports = { .nr = KTGT_PORTS_MAX };
	char text[KTGT_PORTS_TEXT + 1];
	unsigned int i;

	for (i = 0; i < ports.nr; i++)
		ports.tag[i] = U16_MAX - i;
	ktgt_ports_print(&ports, text);
	KUNIT_EXPECT_EQ(test, strlen(text), KTGT_PORTS_TEXT);
	KUNIT_EXPECT_TRUE(test, ktgt_ports_add(&ports, U16_MAX));
	KUNIT_EXPECT_FALSE(test, ktgt_ports_add(&ports, 1));
	KUNIT_EXPECT_EQ(test, ports.nr, KTGT_PORTS_MAX);
}

/**
 * struct port_test - a namespace with portals, and a target
 * @kn: the namespace
 * @target: the target
 * @portals: its portals
 */
struct port_test {
	struct ktgt_net		kn;
	struct ktgt_target	target;
	struct ktgt_portal	portals[5];
};

/* Several portals of a group are one port; bound or not, the lowest comes first. */
static void of_target(struct kunit *test)
{
	static const u16 tags[] = { 7, 2, 7, 65535, 3 };
	struct ktgt_ports bound = { .nr = 3, .tag = { 9, 7, 2 } }, ports;
	struct port_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->target.kn = &t->kn;
	INIT_LIST_HEAD(&t->kn.portals);
	ktgt_target_ports(&t->target, &ports);
	KUNIT_EXPECT_EQ(test, ports.nr, 0);

	for (i = 0; i < ARRAY_SIZE(tags); i++) {
		t->portals[i].tpgt = tags[i];
		list_add_tail(&t->portals[i].node, &t->kn.portals);
	}
	ktgt_target_ports(&t->target, &ports);
	KUNIT_ASSERT_EQ(test, ports.nr, 4);
	KUNIT_EXPECT_EQ(test, ports.tag[0], 2);
	KUNIT_EXPECT_EQ(test, ports.tag[1], 3);
	KUNIT_EXPECT_EQ(test, ports.tag[2], 7);
	KUNIT_EXPECT_EQ(test, ports.tag[3], 65535);

	/* it is bound to one that there is not */
	RCU_INIT_POINTER(t->target.ports, &bound);
	ktgt_target_ports(&t->target, &ports);
	KUNIT_ASSERT_EQ(test, ports.nr, 2);
	KUNIT_EXPECT_EQ(test, ports.tag[0], 2);
	KUNIT_EXPECT_EQ(test, ports.tag[1], 7);
}

static struct kunit_case port_cases[] = {
	KUNIT_CASE_PARAM(list, list_gen_params),
	KUNIT_CASE(longest),
	KUNIT_CASE(of_target),
	{}
};

static struct kunit_suite port_suite = {
	.name = "ktgt_port",
	.test_cases = port_cases,
};
kunit_test_suite(port_suite);
