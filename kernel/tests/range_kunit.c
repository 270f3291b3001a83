// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges of a logical unit: who waits for whom, and who is resumed when.
 */
#include "../scsi/range.c"

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>

#include <kunit/test.h>

#define NR_USERS	32
#define NR_STEPS	8000
#define SEED		20

#define SHARED		false
#define EXCLUSIVE	true

struct range_test;

/**
 * struct range_user - who uses a range
 * @range: the range
 * @t: the test
 * @is_in: it waits, or it has entered
 * @entered: it may use the range
 * @came: order of coming
 */
struct range_user {
	struct ktgt_range	range;
	struct range_test	*t;
	bool			is_in;
	bool			entered;
	unsigned int		came;
};

/**
 * struct range_test - what a test works on
 * @table: the ranges
 * @users: who uses them; in a log the first one is A
 * @log: who was resumed
 * @nr_log: length of @log
 * @nr_came: how many have come
 * @twice: somebody was resumed who had entered
 * @locked: somebody was resumed with a lock of the table held
 * @in_irq: the last one was resumed in a hard interrupt
 */
struct range_test {
	struct ktgt_range_table	*table;
	struct range_user	users[NR_USERS];
	char			log[NR_USERS + 1];
	unsigned int		nr_log;
	unsigned int		nr_came;
	bool			twice;
	bool			locked;
	bool			in_irq;
};

static bool is_locked(spinlock_t *lock)
{
	unsigned long flags;

	if (!spin_trylock_irqsave(lock, flags))
		return true;
	spin_unlock_irqrestore(lock, flags);
	return false;
}

static void user_resume(struct ktgt_range *range)
{
	struct range_user *user = container_of(range, struct range_user, range);
	struct range_test *t = user->t;
	unsigned int i;

	t->twice |= user->entered || !user->is_in;
	user->entered = true;
	t->in_irq = in_hardirq();
	for (i = 0; i < KTGT_RANGE_NR_BUCKETS; i++)
		t->locked |= is_locked(&t->table->bucket[i].lock);
	if (t->nr_log < NR_USERS)
		t->log[t->nr_log++] = 'A' + (user - t->users);
}

static bool enter(struct range_test *t, char name, bool exclusive, u64 pos,
		  u64 len)
{
	struct range_user *user = &t->users[name - 'A'];

	ktgt_range_init(&user->range, pos, len, exclusive, user_resume);
	user->is_in = true;
	user->came = t->nr_came++;
	user->entered = ktgt_range_enter(t->table, &user->range);
	return user->entered;
}

static void leave(struct range_test *t, char name)
{
	struct range_user *user = &t->users[name - 'A'];

	user->is_in = false;
	user->entered = false;
	ktgt_range_leave(t->table, &user->range);
}

static bool cancel(struct range_test *t, char name)
{
	struct range_user *user = &t->users[name - 'A'];

	if (!ktgt_range_cancel(t->table, &user->range))
		return false;
	user->is_in = false;
	return true;
}

/* Who was resumed since this was asked last. */
static const char *resumed(struct kunit *test)
{
	struct range_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, t->twice);
	KUNIT_EXPECT_FALSE(test, t->locked);
	t->log[t->nr_log] = '\0';
	t->nr_log = 0;
	return t->log;
}

static int range_test_init(struct kunit *test)
{
	struct range_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	if (!t)
		return -ENOMEM;
	for (i = 0; i < NR_USERS; i++)
		t->users[i].t = t;
	t->table = ktgt_range_table_alloc(GFP_KERNEL);
	if (!t->table)
		return -ENOMEM;
	test->priv = t;
	return 0;
}

/* What a case that failed left in the table goes first. */
static void range_test_exit(struct kunit *test)
{
	struct range_test *t = test->priv;
	unsigned int i;

	if (!t)
		return;
	for (i = 0; i < NR_USERS; i++)
		if (t->users[i].is_in && !t->users[i].entered)
			cancel(t, 'A' + i);
	for (i = 0; i < NR_USERS; i++)
		if (t->users[i].is_in)
			leave(t, 'A' + i);
	ktgt_range_table_free(t->table);
}

/* --- two ranges ---------------------------------------------------------- */

#define MIB		BIT_ULL(20)
#define BORDER		(5 * KTGT_RANGE_REGION)

/**
 * struct pair_case - two ranges, of which the second comes when the first one
 *	has entered
 * @what: its name
 * @pos: first bytes
 * @len: lengths
 * @overlap: they have a byte in common
 */
struct pair_case {
	const char	*what;
	u64		pos[2];
	u64		len[2];
	bool		overlap;
};

static const struct pair_case pair_cases[] = {
	{ "the same", { 4096, 4096 }, { 512, 512 }, true },
	{ "the second behind the first", { 4096, 4608 }, { 512, 512 }, false },
	{ "the second before the first", { 4096, 3584 }, { 512, 512 }, false },
	{ "first byte", { 4096, 3585 }, { 512, 512 }, true },
	{ "last byte", { 4096, 4607 }, { 512, 512 }, true },
	{ "the second in the first", { 4096, 4196 }, { 512, 1 }, true },
	{ "the first in the second", { 4196, 4096 }, { 1, 512 }, true },
	{ "both over a border", { BORDER - 1, BORDER - 1 }, { 2, 2 }, true },
	{ "both over a border, another first byte",
	  { BORDER - 100, BORDER - 50 }, { 200, 200 }, true },
	{ "only before the border", { BORDER - 8, BORDER - 16 }, { 16, 9 },
	  true },
	{ "only behind the border", { BORDER - 8, BORDER + 7 }, { 16, 9 },
	  true },
	{ "over a border and before", { BORDER - 8, BORDER - 16 }, { 16, 8 },
	  false },
	{ "over a border and behind", { BORDER - 8, BORDER + 8 }, { 16, 8 },
	  false },
	{ "as long as can be", { BORDER - MIB, BORDER + 3 * MIB - 1 },
	  { KTGT_RANGE_MAX, KTGT_RANGE_MAX }, true },
	{ "as long as can be, side by side", { BORDER - MIB, BORDER + 3 * MIB },
	  { KTGT_RANGE_MAX, KTGT_RANGE_MAX }, false },
	{ "the last bytes", { U64_MAX - 511, U64_MAX }, { 512, 1 }, true },
	{ "the first byte and the last", { 0, U64_MAX }, { 512, 1 }, false },
};
KUNIT_ARRAY_PARAM_DESC(pair, pair_cases, what);

/* Two shared ones never wait; the rest does where bytes are the same. */
static void pair(struct kunit *test)
{
	const struct pair_case *c = test->param_value;
	struct range_test *t = test->priv;
	int i;

	for (i = 0; i < 4; i++) {
		bool waits = c->overlap && i;

		KUNIT_EXPECT_TRUE(test, enter(t, 'A', i & 1, c->pos[0],
					      c->len[0]));
		KUNIT_EXPECT_NE(test, enter(t, 'B', i & 2, c->pos[1],
					    c->len[1]), waits);
		KUNIT_EXPECT_STREQ(test, resumed(test), "");
		leave(t, 'A');
		KUNIT_EXPECT_STREQ(test, resumed(test), waits ? "B" : "");
		leave(t, 'B');
		KUNIT_EXPECT_STREQ(test, resumed(test), "");
	}
}

/* Two regions of one bucket are two places all the same. */
static void same_bucket(struct kunit *test)
{
	struct range_test *t = test->priv;
	u64 one = 7 * KTGT_RANGE_REGION, other = one;

	do {
		other += KTGT_RANGE_REGION;
	} while (bucket_index(other) != bucket_index(one));
	KUNIT_EXPECT_TRUE(test, enter(t, 'A', EXCLUSIVE, one, 512));
	KUNIT_EXPECT_TRUE(test, enter(t, 'B', EXCLUSIVE, other, 512));
	KUNIT_EXPECT_TRUE(test, enter(t, 'C', EXCLUSIVE, other - 512, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'D', SHARED, one, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'E', EXCLUSIVE, other - 512, 1024));
	leave(t, 'B');
	KUNIT_EXPECT_STREQ(test, resumed(test), "");
	leave(t, 'A');
	KUNIT_EXPECT_STREQ(test, resumed(test), "D");
	leave(t, 'C');
	KUNIT_EXPECT_STREQ(test, resumed(test), "E");
	leave(t, 'D');
	leave(t, 'E');
	KUNIT_EXPECT_STREQ(test, resumed(test), "");
}

/* Locks are taken by index, whichever region comes first. */
static void lock_order(struct kunit *test)
{
	struct range_test *t = test->priv;
	const struct ktgt_range *range = &t->users[0].range;
	unsigned int seen = 0;
	u64 border;

	for (border = KTGT_RANGE_REGION; seen != 3;
	     border += KTGT_RANGE_REGION) {
		unsigned int before = bucket_index(border - 1);
		unsigned int behind = bucket_index(border);

		KUNIT_ASSERT_LT(test, border, 1000 * KTGT_RANGE_REGION);
		KUNIT_EXPECT_TRUE(test, enter(t, 'A', EXCLUSIVE, border - 1, 2));
		KUNIT_EXPECT_EQ(test, range->low, min(before, behind));
		KUNIT_EXPECT_EQ(test, range->high, max(before, behind));
		leave(t, 'A');
		seen |= before < behind ? 1 : 2;
	}
}

/* --- several ------------------------------------------------------------- */

/* Each waits for those before it, and for no others. */
static void in_order(struct kunit *test)
{
	struct range_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, enter(t, 'A', EXCLUSIVE, 0, 1024));
	KUNIT_EXPECT_FALSE(test, enter(t, 'B', SHARED, 0, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'C', SHARED, 512, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'D', EXCLUSIVE, 0, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'E', EXCLUSIVE, 512, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'F', SHARED, 0, 1024));
	KUNIT_EXPECT_TRUE(test, enter(t, 'G', SHARED, 1024, 512));
	leave(t, 'A');
	KUNIT_EXPECT_STREQ(test, resumed(test), "BC");
	leave(t, 'C');
	KUNIT_EXPECT_STREQ(test, resumed(test), "E");
	leave(t, 'E');
	KUNIT_EXPECT_STREQ(test, resumed(test), "");
	leave(t, 'B');
	KUNIT_EXPECT_STREQ(test, resumed(test), "D");
	leave(t, 'D');
	KUNIT_EXPECT_STREQ(test, resumed(test), "F");
	leave(t, 'F');
	leave(t, 'G');
	KUNIT_EXPECT_STREQ(test, resumed(test), "");
}

/* An exclusive one is not passed by shared ones that go on coming. */
static void no_starvation(struct kunit *test)
{
	struct range_test *t = test->priv;
	char name;

	KUNIT_EXPECT_TRUE(test, enter(t, 'A', SHARED, 0, 4096));
	KUNIT_EXPECT_TRUE(test, enter(t, 'B', SHARED, 512, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'C', EXCLUSIVE, 512, 512));
	for (name = 'D'; name < 'H'; name++)
		KUNIT_EXPECT_FALSE(test, enter(t, name, SHARED, 0, 4096));
	/* with the first ones alone, this one could go */
	KUNIT_EXPECT_TRUE(test, enter(t, 'H', SHARED, 0, 512));
	leave(t, 'A');
	KUNIT_EXPECT_STREQ(test, resumed(test), "");
	leave(t, 'B');
	KUNIT_EXPECT_STREQ(test, resumed(test), "C");
	leave(t, 'C');
	KUNIT_EXPECT_STREQ(test, resumed(test), "DEFG");
	for (name = 'D'; name <= 'H'; name++)
		leave(t, name);
}

/* Ranges over a border meet others in both regions. */
static void over_border(struct kunit *test)
{
	struct range_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, enter(t, 'A', SHARED, BORDER - 512, 512));
	KUNIT_EXPECT_TRUE(test, enter(t, 'B', EXCLUSIVE, BORDER, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'C', EXCLUSIVE, BORDER - 512, 1024));
	KUNIT_EXPECT_FALSE(test, enter(t, 'D', SHARED, BORDER - 512, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'E', SHARED, BORDER, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'F', SHARED, BORDER - 1, 2));
	leave(t, 'B');
	KUNIT_EXPECT_STREQ(test, resumed(test), "");
	leave(t, 'A');
	KUNIT_EXPECT_STREQ(test, resumed(test), "C");
	leave(t, 'C');
	KUNIT_EXPECT_EQ(test, strlen(resumed(test)), 3);
	KUNIT_EXPECT_TRUE(test, t->users['D' - 'A'].entered);
	KUNIT_EXPECT_TRUE(test, t->users['E' - 'A'].entered);
	KUNIT_EXPECT_TRUE(test, t->users['F' - 'A'].entered);
	leave(t, 'D');
	leave(t, 'E');
	leave(t, 'F');
}

/**
 * struct cancel_case - one of five ranges of the same bytes is cancelled
 * @what: its name
 * @exclusive: for each of A to E, 'x' if it is exclusive and 's' if not
 * @name: who is cancelled
 * @at_once: who is resumed by that
 * @later: who is resumed after that when A leaves
 */
struct cancel_case {
	const char	*what;
	const char	*exclusive;
	char		name;
	const char	*at_once;
	const char	*later;
};

static const struct cancel_case cancel_cases[] = {
	{ "first that waits, exclusive", "xxxxx", 'B', "", "C" },
	{ "one in the middle, exclusive", "xxxxx", 'C', "", "B" },
	{ "the last, exclusive", "xxxxx", 'E', "", "B" },
	{ "exclusive between shared ones", "ssxss", 'C', "DE", "" },
	{ "exclusive before another", "ssxxs", 'C', "", "" },
	{ "exclusive behind another", "ssxxs", 'D', "", "" },
	{ "exclusive that all wait for", "sxsss", 'B', "CDE", "" },
	{ "shared, behind an exclusive one", "xsxss", 'B', "", "C" },
	{ "shared, between exclusive ones", "xxsxx", 'C', "", "B" },
	{ "shared, the last", "sxsxs", 'E', "", "B" },
	{ "shared among shared", "xssss", 'C', "", "BDE" },
};
KUNIT_ARRAY_PARAM_DESC(cancel, cancel_cases, what);

/*
 * Those behind go on, and those before are not touched. When all have left in
 * their order, each has entered once.
 */
static void cancelled(struct kunit *test)
{
	const struct cancel_case *c = test->param_value;
	struct range_test *t = test->priv;
	char name;

	for (name = 'A'; name <= 'E'; name++)
		enter(t, name, c->exclusive[name - 'A'] == 'x', BORDER - 256,
		      512);
	KUNIT_EXPECT_TRUE(test, cancel(t, c->name));
	KUNIT_EXPECT_STREQ(test, resumed(test), c->at_once);
	leave(t, 'A');
	KUNIT_EXPECT_STREQ(test, resumed(test), c->later);
	for (name = 'B'; name <= 'E'; name++) {
		KUNIT_EXPECT_EQ(test, t->users[name - 'A'].entered,
				name != c->name);
		if (t->users[name - 'A'].entered)
			leave(t, name);
	}
	resumed(test);
}

/* One that has entered is not cancelled, whether it had to wait or not. */
static void cancelled_too_late(struct kunit *test)
{
	struct range_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, enter(t, 'A', EXCLUSIVE, 0, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'B', EXCLUSIVE, 0, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'C', EXCLUSIVE, 0, 512));
	KUNIT_EXPECT_FALSE(test, cancel(t, 'A'));
	leave(t, 'A');
	KUNIT_EXPECT_FALSE(test, cancel(t, 'B'));
	KUNIT_EXPECT_STREQ(test, resumed(test), "B");
	leave(t, 'B');
	KUNIT_EXPECT_STREQ(test, resumed(test), "C");
	leave(t, 'C');
}

/* Who was cancelled can come again, and is the last then. */
static void again(struct kunit *test)
{
	struct range_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, enter(t, 'A', EXCLUSIVE, 0, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'B', EXCLUSIVE, 0, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'C', EXCLUSIVE, 0, 512));
	KUNIT_EXPECT_TRUE(test, cancel(t, 'B'));
	KUNIT_EXPECT_FALSE(test, enter(t, 'B', EXCLUSIVE, 0, 512));
	leave(t, 'A');
	KUNIT_EXPECT_STREQ(test, resumed(test), "C");
	leave(t, 'C');
	KUNIT_EXPECT_STREQ(test, resumed(test), "B");
	leave(t, 'B');
	KUNIT_EXPECT_TRUE(test, enter(t, 'B', EXCLUSIVE, 0, 512));
	leave(t, 'B');
}

static bool crowded(struct range_test *t, u64 pos, u64 len)
{
	struct ktgt_range range;

	ktgt_range_init(&range, pos, len, EXCLUSIVE, user_resume);
	return ktgt_range_is_crowded(t->table, &range);
}

/* Exclusive ones are counted where they are, until they are cancelled or leave. */
static void too_many(struct kunit *test)
{
	struct range_test *t = test->priv;
	struct range_user *users;
	int i;

	users = kunit_kcalloc(test, KTGT_RANGE_MAX_EXCLUSIVE, sizeof(*users),
			      GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, users);
	KUNIT_EXPECT_TRUE(test, enter(t, 'A', SHARED, BORDER - 512, 512));
	KUNIT_EXPECT_TRUE(test, enter(t, 'B', EXCLUSIVE, BORDER - 1024, 512));
	for (i = 0; i < KTGT_RANGE_MAX_EXCLUSIVE - 1; i++) {
		KUNIT_EXPECT_FALSE(test, crowded(t, BORDER - 512, 512));
		ktgt_range_init(&users[i].range, BORDER - 512, 512, EXCLUSIVE,
				user_resume);
		KUNIT_EXPECT_FALSE(test, ktgt_range_enter(t->table,
							  &users[i].range));
	}
	KUNIT_EXPECT_TRUE(test, crowded(t, BORDER - 512, 512));
	/* at both ends of the region: its bucket is the higher one, the lower */
	KUNIT_EXPECT_TRUE(test, crowded(t, BORDER - KTGT_RANGE_REGION - 1, 2));
	KUNIT_EXPECT_TRUE(test, crowded(t, BORDER - 1, 2));
	KUNIT_EXPECT_FALSE(test, crowded(t, BORDER, 512));
	leave(t, 'B');
	KUNIT_EXPECT_FALSE(test, crowded(t, BORDER - 512, 512));
	for (i = 0; i < KTGT_RANGE_MAX_EXCLUSIVE - 1; i++)
		KUNIT_EXPECT_TRUE(test, ktgt_range_cancel(t->table,
							  &users[i].range));
	leave(t, 'A');
	for (i = 0; i < KTGT_RANGE_NR_BUCKETS; i++)
		KUNIT_EXPECT_EQ(test, t->table->bucket[i].nr_exclusive, 0);
}

/* Steps of a long command are without gaps, each in one region. */
static void steps(struct kunit *test)
{
	u64 pos = BORDER - 12345, end = pos + 32 * MIB;
	unsigned int nr = 0;

	while (pos < end) {
		u64 len = ktgt_range_step(pos, end - pos);

		KUNIT_ASSERT_GT(test, len, 0);
		KUNIT_EXPECT_LE(test, len, KTGT_RANGE_MAX);
		KUNIT_EXPECT_EQ(test, pos >> KTGT_RANGE_REGION_SHIFT,
				(pos + len - 1) >> KTGT_RANGE_REGION_SHIFT);
		pos += len;
		nr++;
	}
	KUNIT_EXPECT_EQ(test, pos, end);
	KUNIT_EXPECT_EQ(test, nr, 9);
}

/**
 * struct leave_work - leaves a range in a hard interrupt
 * @work: does it
 * @table: the ranges
 * @range: the one to leave
 */
struct leave_work {
	struct irq_work		work;
	struct ktgt_range_table	*table;
	struct ktgt_range	*range;
};

static void leave_work(struct irq_work *work)
{
	struct leave_work *l = container_of(work, struct leave_work, work);

	ktgt_range_leave(l->table, l->range);
}

static void leave_in_irq(struct ktgt_range_table *table,
			 struct ktgt_range *range)
{
	struct leave_work l = { .table = table, .range = range };

	init_irq_work(&l.work, leave_work);
	irq_work_queue(&l.work);
	irq_work_sync(&l.work);
}

/* end_io can come in a hard interrupt. */
static void interrupt(struct kunit *test)
{
	struct range_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, enter(t, 'A', EXCLUSIVE, BORDER - 1, 2));
	KUNIT_EXPECT_FALSE(test, enter(t, 'B', SHARED, BORDER, 2));
	t->users[0].is_in = false;
	t->users[0].entered = false;
	leave_in_irq(t->table, &t->users[0].range);
	KUNIT_EXPECT_STREQ(test, resumed(test), "B");
	KUNIT_EXPECT_TRUE(test, t->in_irq);
	leave(t, 'B');
}

/* --- against a list that is looked at as a whole ------------------------- */

static bool have_common(const struct range_user *a, const struct range_user *b)
{
	return max(a->range.first, b->range.first) <=
	       min(a->range.last, b->range.last);
}

/* What the rules say, without a hash, counts or links. */
static bool may_use(const struct range_test *t, const struct range_user *user)
{
	unsigned int i;

	for (i = 0; i < NR_USERS; i++) {
		const struct range_user *other = &t->users[i];

		if (other->is_in && other->came < user->came &&
		    have_common(user, other) &&
		    (user->range.exclusive || other->range.exclusive))
			return false;
	}
	return true;
}

static void random_enter(struct range_test *t, struct rnd_state *rnd, char name)
{
	static const u8 regions[] = { 1, 2, 3, 36, 58 };
	u64 region = regions[prandom_u32_state(rnd) % ARRAY_SIZE(regions)];
	u64 pos = region * KTGT_RANGE_REGION + prandom_u32_state(rnd) % 32 - 16;
	u64 len = 1 + prandom_u32_state(rnd) % 16;

	if (prandom_u32_state(rnd) % 16 == 0)
		len = KTGT_RANGE_MAX;
	enter(t, name, prandom_u32_state(rnd) % 3 == 0, pos, len);
}

static void random_step(struct range_test *t, struct rnd_state *rnd)
{
	unsigned int i = prandom_u32_state(rnd) % NR_USERS;
	struct range_user *user = &t->users[i];

	if (!user->is_in)
		random_enter(t, rnd, 'A' + i);
	else if (user->entered)
		leave(t, 'A' + i);
	else if (prandom_u32_state(rnd) % 4 == 0)
		cancel(t, 'A' + i);
}

/* Whatever comes and goes: those may use their range who should. */
static void as_the_rules_say(struct kunit *test)
{
	struct range_test *t = test->priv;
	unsigned int step, i, nr_wait = 0;
	struct rnd_state rnd;

	/* regions of random_enter() share buckets */
	KUNIT_EXPECT_EQ(test, bucket_index(2 * KTGT_RANGE_REGION),
			bucket_index(36 * KTGT_RANGE_REGION));
	KUNIT_EXPECT_EQ(test, bucket_index(3 * KTGT_RANGE_REGION),
			bucket_index(58 * KTGT_RANGE_REGION));
	prandom_seed_state(&rnd, SEED);
	for (step = 0; step < NR_STEPS; step++) {
		random_step(t, &rnd);
		for (i = 0; i < NR_USERS; i++) {
			struct range_user *user = &t->users[i];

			if (!user->is_in)
				continue;
			nr_wait += !user->entered;
			KUNIT_ASSERT_EQ_MSG(test, user->entered,
					    may_use(t, user), "step %u", step);
		}
		resumed(test);
	}
	KUNIT_EXPECT_GT(test, nr_wait, NR_STEPS);
}

/* --- threads ------------------------------------------------------------- */

#define NR_THREADS	4
#define NR_COUNTERS	8
#define STRESS_MS	1000
#define STUCK_MS	5000

/**
 * struct stress - what threads share
 * @table: the ranges; NULL: they do without
 * @counter: each is at one byte of the logical unit, around a border
 */
struct stress {
	struct ktgt_range_table	*table;
	u32			counter[NR_COUNTERS];
};

/**
 * struct stress_thread - one that reads and counts up
 * @s: what it works on
 * @task: the thread
 * @rnd: what it does next
 * @range: that of the counters it uses now
 * @may_go: it has entered
 * @added: what it has added to each counter
 * @nr_waited: rounds in which it had to wait
 * @nr_cancelled: rounds in which it did not want to
 * @changed: counters changed while it read them
 * @stuck: it was not resumed
 */
struct stress_thread {
	struct stress		*s;
	struct task_struct	*task;
	struct rnd_state	rnd;
	struct ktgt_range	range;
	struct completion	may_go;
	u32			added[NR_COUNTERS];
	unsigned int		nr_waited;
	unsigned int		nr_cancelled;
	bool			changed;
	bool			stuck;
};

static void stress_resume(struct ktgt_range *range)
{
	complete(&container_of(range, struct stress_thread, range)->may_go);
}

/* Gives the others time to get between. */
static void pause_a_bit(struct stress_thread *th)
{
	if (!th->s->table || prandom_u32_state(&th->rnd) % 8 == 0)
		usleep_range(10, 100);
	else
		cond_resched();
}

/* False if it was cancelled, or is stuck. */
static bool stress_wait(struct stress_thread *th)
{
	struct ktgt_range_table *table = th->s->table;

	th->nr_waited++;
	if (prandom_u32_state(&th->rnd) % 4 == 0) {
		pause_a_bit(th);
		if (ktgt_range_cancel(table, &th->range)) {
			th->nr_cancelled++;
			return false;
		}
	}
	if (wait_for_completion_timeout(&th->may_go,
					msecs_to_jiffies(STUCK_MS)))
		return true;
	th->stuck = true;
	if (!ktgt_range_cancel(table, &th->range))
		ktgt_range_leave(table, &th->range);
	return false;
}

static bool stress_enter(struct stress_thread *th, unsigned int first,
			 unsigned int nr, bool exclusive)
{
	if (!th->s->table)
		return true;
	reinit_completion(&th->may_go);
	ktgt_range_init(&th->range, BORDER - NR_COUNTERS / 2 + first, nr,
			exclusive, stress_resume);
	return ktgt_range_enter(th->s->table, &th->range) || stress_wait(th);
}

static void stress_leave(struct stress_thread *th)
{
	if (!th->s->table)
		return;
	if (prandom_u32_state(&th->rnd) % 4 == 0)
		leave_in_irq(th->s->table, &th->range);
	else
		ktgt_range_leave(th->s->table, &th->range);
}

/* Each counter is read, and written when all of them have been read. */
static void use_counters(struct stress_thread *th, unsigned int first,
			 unsigned int end, bool exclusive)
{
	u32 *counter = th->s->counter, value[NR_COUNTERS];
	unsigned int i;

	for (i = first; i < end; i++)
		value[i] = READ_ONCE(counter[i]);
	pause_a_bit(th);
	for (i = first; i < end; i++) {
		if (exclusive) {
			WRITE_ONCE(counter[i], value[i] + 1);
			th->added[i]++;
		} else if (READ_ONCE(counter[i]) != value[i]) {
			th->changed = true;
		}
	}
}

static int stress_run(void *data)
{
	struct stress_thread *th = data;

	while (!kthread_should_stop()) {
		u32 first = prandom_u32_state(&th->rnd) % NR_COUNTERS;
		u32 nr = 1 + prandom_u32_state(&th->rnd) % (NR_COUNTERS - first);
		bool exclusive = prandom_u32_state(&th->rnd) % 2;

		if (!stress_enter(th, first, nr, exclusive))
			continue;
		use_counters(th, first, first + nr, exclusive);
		stress_leave(th);
	}
	return 0;
}

static struct stress_thread *stress_threads(struct kunit *test,
					    struct stress *s)
{
	struct stress_thread *threads;
	unsigned int i;

	threads = kunit_kcalloc(test, NR_THREADS, sizeof(*threads), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, threads);
	for (i = 0; i < NR_THREADS; i++) {
		struct stress_thread *th = &threads[i];

		th->s = s;
		prandom_seed_state(&th->rnd, SEED + i);
		init_completion(&th->may_go);
		th->task = kthread_run(stress_run, th, "range_test/%u", i);
	}
	msleep(STRESS_MS);
	for (i = 0; i < NR_THREADS; i++)
		if (!IS_ERR(threads[i].task))
			kthread_stop(threads[i].task);
	for (i = 0; i < NR_THREADS; i++)
		KUNIT_ASSERT_FALSE(test, IS_ERR(threads[i].task));
	return threads;
}

static u32 nr_lost(const struct stress *s, const struct stress_thread *threads)
{
	u32 lost = 0;
	int i, j;

	for (i = 0; i < NR_COUNTERS; i++) {
		for (j = 0; j < NR_THREADS; j++)
			lost += threads[j].added[i];
		lost -= s->counter[i];
	}
	return lost;
}

/* No count is lost, nothing changes under a reader, and all go on. */
static void threads_with(struct kunit *test)
{
	struct range_test *t = test->priv;
	struct stress s = { .table = t->table };
	struct stress_thread *threads = stress_threads(test, &s);
	unsigned int nr_waited = 0, nr_cancelled = 0, i;

	for (i = 0; i < NR_THREADS; i++) {
		KUNIT_EXPECT_FALSE(test, threads[i].stuck);
		KUNIT_EXPECT_FALSE(test, threads[i].changed);
		nr_waited += threads[i].nr_waited;
		nr_cancelled += threads[i].nr_cancelled;
	}
	KUNIT_EXPECT_EQ(test, nr_lost(&s, threads), 0);
	KUNIT_EXPECT_GT(test, nr_waited, 20);
	KUNIT_EXPECT_GT(test, nr_cancelled, 0);
	kunit_info(test, "%u waited, %u of them cancelled", nr_waited,
		   nr_cancelled);
}

/* The same without ranges, which shows that the threads do meet. */
static void threads_without(struct kunit *test)
{
	struct stress s = {};
	struct stress_thread *threads = stress_threads(test, &s);
	u32 lost = nr_lost(&s, threads);

	KUNIT_EXPECT_GT(test, lost, 20);
	kunit_info(test, "%u counts were lost", lost);
}

/**
 * struct cancel_thread - a thread that cancels a range
 * @table: the ranges
 * @range: the one to cancel
 * @cancelled: it was
 */
struct cancel_thread {
	struct ktgt_range_table	*table;
	struct ktgt_range	*range;
	bool			cancelled;
};

static int cancel_run(void *data)
{
	struct cancel_thread *c = data;

	c->cancelled = ktgt_range_cancel(c->table, c->range);
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

/*
 * While a thread waits for the lock to cancel B, A leaves: does what it does
 * under the lock. Whether somebody is resumed then.
 */
static bool leave_meanwhile(struct range_test *t, struct task_struct *canceller)
{
	struct ktgt_range *a = &t->users[0].range, *b = &t->users[1].range;
	struct ktgt_range_bucket *bucket = &t->table->bucket[a->low];
	LLIST_HEAD(resumed);
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&bucket->lock, flags);
	wake_up_process(canceller);
	for (i = 0; i < 200000 && atomic_read(&b->nr_before) == 1; i++)
		udelay(5);
	release_list(&bucket->exclusive, a, &resumed);
	spin_unlock_irqrestore(&bucket->lock, flags);
	return resumed.first;
}

/* A range is either cancelled or resumed. */
static void cancelled_in_time(struct kunit *test)
{
	struct range_test *t = test->priv;
	struct cancel_thread c = { t->table, &t->users[1].range };
	struct task_struct *task;
	unsigned int cpu;

	migrate_disable();
	cpu = cpumask_any_but(cpu_online_mask, smp_processor_id());
	if (cpu >= nr_cpu_ids) {
		migrate_enable();
		kunit_skip(test, "needs two CPUs");
	}
	KUNIT_EXPECT_TRUE(test, enter(t, 'A', EXCLUSIVE, 0, 512));
	KUNIT_EXPECT_FALSE(test, enter(t, 'B', EXCLUSIVE, 0, 512));
	task = kthread_create_on_cpu(cancel_run, &c, cpu, "range_cancel/%u");
	if (!IS_ERR(task)) {
		KUNIT_EXPECT_FALSE(test, leave_meanwhile(t, task));
		kthread_stop(task);
		t->users[1].is_in = false;
	}
	migrate_enable();
	KUNIT_EXPECT_TRUE(test, c.cancelled);
	leave(t, 'A');
	KUNIT_EXPECT_STREQ(test, resumed(test), "");
}

static struct kunit_case range_cases[] = {
	KUNIT_CASE_PARAM(pair, pair_gen_params),
	KUNIT_CASE(same_bucket),
	KUNIT_CASE(lock_order),
	KUNIT_CASE(in_order),
	KUNIT_CASE(no_starvation),
	KUNIT_CASE(over_border),
	KUNIT_CASE_PARAM(cancelled, cancel_gen_params),
	KUNIT_CASE(cancelled_too_late),
	KUNIT_CASE(again),
	KUNIT_CASE(too_many),
	KUNIT_CASE(steps),
	KUNIT_CASE(interrupt),
	KUNIT_CASE(as_the_rules_say),
	KUNIT_CASE(threads_with),
	KUNIT_CASE(threads_without),
	KUNIT_CASE(cancelled_in_time),
	{}
};

static struct kunit_suite range_suite = {
	.name = "ktgt_range",
	.init = range_test_init,
	.exit = range_test_exit,
	.test_cases = range_cases,
};
kunit_test_suite(range_suite);
