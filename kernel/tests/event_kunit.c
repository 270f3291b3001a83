// SPDX-License-Identifier: GPL-2.0
/*
 * Events: that they go to who takes them and to nobody else, and how many
 * failed logins a peer can make heard of.
 */
#include "../core/event.c"

#include <kunit/test.h>

#include "../core/net.h"

/**
 * struct event_test - a namespace, and what was told of it
 * @kn: the namespace; nothing but its events is there
 * @nr_session: events of sessions
 * @nr_bare: those of them in which nothing has happened
 * @missed: what those have taken
 */
struct event_test {
	struct ktgt_net	kn;
	u32		nr_session;
	u32		nr_bare;
	u32		missed;
};

static void event_take(struct ktgt_net *kn, const struct ktgt_event *event)
{
	struct event_test *t = container_of(kn, struct event_test, kn);

	t->nr_session++;
	if (event->peer)
		return;
	t->nr_bare++;
	t->missed += ktgt_event_take_missed(&kn->failed_logins);
}

static const struct ktgt_event_ops event_test_ops = {
	.session = event_take,
};

static int event_test_init(struct kunit *test)
{
	struct event_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	ktgt_event_limit_init(&t->kn.failed_logins, &t->kn);
	test->priv = t;
	return 0;
}

static void event_test_exit(struct kunit *test)
{
	struct event_test *t = test->priv;

	ktgt_event_set_ops(NULL);
	if (t)
		ktgt_event_limit_exit(&t->kn.failed_logins);
}

static void only_who_takes(struct kunit *test)
{
	const struct ktgt_event event = { .cmd = KTGT_CMD_SESSION_LOGIN };
	struct event_test *t = test->priv;

	ktgt_event_session(&t->kn, &event);
	KUNIT_EXPECT_EQ(test, t->nr_session, 0);
	ktgt_event_set_ops(&event_test_ops);
	ktgt_event_session(&t->kn, &event);
	KUNIT_EXPECT_EQ(test, t->nr_session, 1);
	ktgt_event_set_ops(NULL);
	ktgt_event_session(&t->kn, &event);
	KUNIT_EXPECT_EQ(test, t->nr_session, 1);
}

/* More than fit come in one interval, and then in the next ones. */
static void limit(struct kunit *test)
{
	struct event_test *t = test->priv;
	struct ktgt_event_limit *l = &t->kn.failed_logins;
	u32 missed = 77, told = 0;
	int i;

	for (i = 0; i < KTGT_EVENT_BURST; i++) {
		KUNIT_EXPECT_TRUE(test, ktgt_event_allow(l, &missed));
		KUNIT_EXPECT_EQ(test, missed, 0);
	}
	/* however long the kernel takes, that was within one interval */
	l->since = jiffies;
	l->nr = KTGT_EVENT_BURST;
	for (i = 0; i < 100; i++)
		told += ktgt_event_allow(l, &missed);
	KUNIT_EXPECT_EQ(test, told, 0);
	cancel_delayed_work_sync(&l->work);

	l->since = jiffies - KTGT_EVENT_INTERVAL;
	KUNIT_EXPECT_TRUE(test, ktgt_event_allow(l, &missed));
	KUNIT_EXPECT_EQ(test, missed, 100);
	KUNIT_EXPECT_TRUE(test, ktgt_event_allow(l, &missed));
	KUNIT_EXPECT_EQ(test, missed, 0);
	KUNIT_EXPECT_EQ(test, ktgt_event_take_missed(l), 0);

	/* a clock that has gone round */
	l->since = jiffies + KTGT_EVENT_INTERVAL;
	l->nr = KTGT_EVENT_BURST;
	KUNIT_EXPECT_TRUE(test, ktgt_event_allow(l, &missed));
}

/* What was not told of is told of in the end, though nothing more happens. */
static void rest(struct kunit *test)
{
	struct event_test *t = test->priv;
	struct ktgt_event_limit *l = &t->kn.failed_logins;
	u32 missed;
	int i;

	ktgt_event_set_ops(&event_test_ops);
	l->nr = KTGT_EVENT_BURST;
	l->since = jiffies;
	for (i = 0; i < 3; i++)
		ktgt_event_allow(l, &missed);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&l->work));
	flush_delayed_work(&l->work);
	KUNIT_EXPECT_EQ(test, t->nr_session, 1);
	KUNIT_EXPECT_EQ(test, t->nr_bare, 1);
	KUNIT_EXPECT_EQ(test, t->missed, 3);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&l->work));
}

static struct kunit_case event_cases[] = {
	KUNIT_CASE(only_who_takes),
	KUNIT_CASE(limit),
	KUNIT_CASE(rest),
	{}
};

static struct kunit_suite event_suite = {
	.name = "ktgt_event",
	.init = event_test_init,
	.exit = event_test_exit,
	.test_cases = event_cases,
};
kunit_test_suite(event_suite);
