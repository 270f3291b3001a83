// SPDX-License-Identifier: GPL-2.0
/*
 * Transactions: what is called in which order, and what is seen when.
 */
#include "../config/txn.c"
#include "../core/refuse.c"

#include <kunit/test.h>

#define LOG_SIZE	128

/**
 * struct txn_test - what a test works on
 * @kn: a namespace that nobody else knows
 * @txn: a transaction
 * @extack: why it was refused
 * @slot: where rules are
 * @log: what was called: letter of the phase and number of the change
 * @unlocked: a phase ran without the mutex, or the last one with it
 * @bad_seq: a number was not what readers may see in that phase
 */
struct txn_test {
	struct ktgt_net		kn;
	struct ktgt_txn		txn;
	struct netlink_ext_ack	extack;
	struct ktgt_access __rcu	*slot;
	char			log[LOG_SIZE];
	bool			unlocked;
	bool			bad_seq;
};

/**
 * struct txn_change - a change that only tells what happens to it
 * @change: the change
 * @t: where to
 * @number: its place in the transaction
 * @prepare_err: what prepare returns
 * @await_err: what await returns
 * @err: what check returns
 */
struct txn_change {
	struct ktgt_change	change;
	struct txn_test		*t;
	unsigned int		number;
	int			prepare_err;
	int			await_err;
	int			err;
};

static int txn_test_init(struct kunit *test)
{
	struct txn_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	mutex_init(&t->kn.config_mutex);
	t->kn.generation = 41;
	t->kn.apply_seq = 6;
	ktgt_txn_init(&t->txn, &t->kn, &t->extack);
	test->priv = t;
	return 0;
}

static void txn_test_exit(struct kunit *test)
{
	struct txn_test *t = test->priv;

	if (t)
		ktgt_access_free(rcu_dereference_protected(t->slot, true));
}

/* Rules are freed by a function of this module; texts stay until it ends. */
static void txn_suite_exit(struct kunit_suite *suite)
{
	rcu_barrier();
	ktgt_refuse_exit();
}

static struct txn_test *txn_log(struct ktgt_change *change, char phase,
				bool locked, u64 generation, u32 apply_seq)
{
	struct txn_change *c = container_of(change, struct txn_change, change);
	struct txn_test *t = c->t;
	size_t len = strlen(t->log);

	snprintf(t->log + len, LOG_SIZE - len, "%c%u", phase, c->number);
	t->unlocked |= mutex_is_locked(&t->kn.config_mutex) != locked;
	t->bad_seq |= t->kn.generation != generation ||
		      t->kn.apply_seq != apply_seq;
	return t;
}

static int txn_prepare(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct txn_change *c = container_of(change, struct txn_change, change);

	txn_log(change, 'p', false, 41, 6);
	return c->prepare_err;
}

static int txn_await(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct txn_change *c = container_of(change, struct txn_change, change);

	txn_log(change, 'w', false, 41, 6);
	return c->await_err;
}

static int txn_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct txn_change *c = container_of(change, struct txn_change, change);

	txn_log(change, 'c', true, 41, 6);
	return c->err;
}

static void txn_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	txn_log(change, 'r', true, 41, 6);
}

static void txn_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	txn_log(change, 'a', true, 41, 7);
}

static void txn_finish(struct ktgt_txn *txn, struct ktgt_change *change)
{
	txn_log(change, 'f', false, 42, 8);
}

static void txn_settle(struct ktgt_txn *txn, struct ktgt_change *change)
{
	txn_log(change, 's', false, 42, 8);
}

static void txn_free(struct ktgt_change *change)
{
	struct txn_change *c = container_of(change, struct txn_change, change);
	struct txn_test *t = c->t;

	txn_log(change, 'x', false, t->kn.generation, t->kn.apply_seq);
	kfree(c);
}

static const struct ktgt_change_ops txn_all_ops = {
	.prepare = txn_prepare,
	.await	= txn_await,
	.check	= txn_check,
	.abort	= txn_abort,
	.apply	= txn_apply,
	.finish	= txn_finish,
	.settle	= txn_settle,
	.free	= txn_free,
};

/* freed by kfree(), and nothing else */
static const struct ktgt_change_ops txn_no_ops = {};

static void txn_add(struct kunit *test, int err,
		    const struct ktgt_change_ops *ops)
{
	struct txn_change *c = kzalloc_obj(*c, GFP_KERNEL);
	struct txn_test *t = test->priv;
	struct ktgt_change *pos;

	KUNIT_ASSERT_NOT_NULL(test, c);
	list_for_each_entry(pos, &t->txn.changes, node)
		c->number++;
	c->t = t;
	c->err = err;
	ktgt_txn_stage(&t->txn, &c->change, ops);
}

/* In @errs of a case, among what check returns */
enum {
	NO_OPS = 1,	/* this change has no functions at all */
	END,		/* no more changes */
};

/**
 * struct order_case - a transaction
 * @what: its name
 * @errs: what check of each change returns, or NO_OPS; then END
 * @ret: what the commit returns
 * @log: what is called: p prepare, w await, c check, r abort (take back),
 *	a apply, f finish, s settle
 * @freed: the same when it is destroyed
 */
struct order_case {
	const char	*what;
	int		errs[4];
	int		ret;
	const char	*log;
	const char	*freed;
};

static const struct order_case order_cases[] = {
	{ "empty", { END }, 0, "", "" },
	{ "one", { 0, END }, 0, "p0w0c0a0f0s0", "x0" },
	{ "three", { 0, 0, 0, END }, 0,
	  "p0p1p2w0w1w2c0c1c2a0a1a2f0f1f2s0s1s2", "x0x1x2" },
	{ "one is refused", { -EEXIST, END }, -EEXIST, "p0w0c0", "x0" },
	{ "the first is refused", { -EBUSY, 0, 0, END }, -EBUSY,
	  "p0p1p2w0w1w2c0", "x0x1x2" },
	{ "the second is refused", { 0, -ENOSPC, 0, END }, -ENOSPC,
	  "p0p1p2w0w1w2c0c1r0", "x0x1x2" },
	{ "the last is refused", { 0, 0, -ENOMEM, END }, -ENOMEM,
	  "p0p1p2w0w1w2c0c1c2r1r0", "x0x1x2" },
	{ "two would be refused", { 0, -EPERM, -ENOENT, END }, -EPERM,
	  "p0p1p2w0w1w2c0c1r0", "x0x1x2" },
	{ "without functions", { 0, NO_OPS, 0, END }, 0,
	  "p0p2w0w2c0c2a0a2f0f2s0s2", "x0x2" },
	{ "without functions, refused", { 0, NO_OPS, -EIO, END }, -EIO,
	  "p0p2w0w2c0c2r0", "x0x2" },
};
KUNIT_ARRAY_PARAM_DESC(order, order_cases, what);

static void order(struct kunit *test)
{
	const struct order_case *c = test->param_value;
	struct txn_test *t = test->priv;
	int i;

	for (i = 0; c->errs[i] != END; i++) {
		if (c->errs[i] == NO_OPS)
			txn_add(test, 0, &txn_no_ops);
		else
			txn_add(test, c->errs[i], &txn_all_ops);
	}
	KUNIT_EXPECT_STREQ(test, t->log, "");
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), c->ret);
	KUNIT_EXPECT_STREQ(test, t->log, c->log);
	KUNIT_EXPECT_EQ(test, t->kn.generation, c->ret ? 41 : 42);
	KUNIT_EXPECT_EQ(test, t->kn.apply_seq, c->ret ? 6 : 8);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&t->kn.config_mutex));
	t->log[0] = '\0';
	ktgt_txn_destroy(&t->txn);
	KUNIT_EXPECT_STREQ(test, t->log, c->freed);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->txn.changes));
	KUNIT_EXPECT_FALSE(test, t->unlocked);
	KUNIT_EXPECT_FALSE(test, t->bad_seq);
}

/**
 * struct expected_case - a generation that a transaction was made for
 * @what: its name
 * @expected: the generation, when 41 is there
 * @ret: what the commit returns
 */
struct expected_case {
	const char	*what;
	u64		expected;
	int		ret;
};

static const struct expected_case expected_cases[] = {
	{ "none", 0, 0 },
	{ "what is there", 41, 0 },
	{ "an older one", 40, -ESTALE },
	{ "one to come", 42, -ESTALE },
};
KUNIT_ARRAY_PARAM_DESC(expected, expected_cases, what);

static void expected(struct kunit *test)
{
	const struct expected_case *c = test->param_value;
	struct txn_test *t = test->priv;

	txn_add(test, 0, &txn_all_ops);
	KUNIT_EXPECT_EQ(test, t->txn.nr_changes, 1);
	t->txn.expected = c->expected;
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), c->ret);
	KUNIT_EXPECT_STREQ(test, t->log, c->ret ? "" : "p0w0c0a0f0s0");
	KUNIT_EXPECT_EQ(test, t->txn.generation, c->ret ? 0 : 42);
	KUNIT_EXPECT_EQ(test, !!t->extack._msg, !!c->ret);
	ktgt_txn_destroy(&t->txn);
}

static void never_committed(struct kunit *test)
{
	struct txn_test *t = test->priv;

	txn_add(test, 0, &txn_all_ops);
	txn_add(test, 0, &txn_all_ops);
	ktgt_txn_destroy(&t->txn);
	KUNIT_EXPECT_STREQ(test, t->log, "x0x1");
	KUNIT_EXPECT_EQ(test, t->kn.generation, 41);
}

static void says_no_memory(struct kunit *test)
{
	struct txn_test *t = test->priv;

	txn_add(test, -ENOMEM, &txn_all_ops);
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, t->extack._msg, "out of memory");
	ktgt_txn_destroy(&t->txn);
}

static int check_with_message(struct ktgt_txn *txn, struct ktgt_change *change)
{
	NL_SET_ERR_MSG(txn->extack, "its own words");
	return -ENOMEM;
}

static const struct ktgt_change_ops message_ops = {
	.check	= check_with_message,
};

static void keeps_message(struct kunit *test)
{
	struct txn_test *t = test->priv;

	txn_add(test, 0, &message_ops);
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, t->extack._msg, "its own words");
	ktgt_txn_destroy(&t->txn);
}

/* As long as it has to be, and one for each task. */
static void says_all(struct kunit *test)
{
	struct txn_test *t = test->priv;
	char *name = kunit_kzalloc(test, 4096, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, name);
	memset(name, 'n', 4095);
	ktgt_refuse(&t->extack, "%s %u", name, 7);
	KUNIT_ASSERT_EQ(test, strlen(t->extack._msg), 4097);
	KUNIT_EXPECT_FALSE(test, strncmp(t->extack._msg, name, 4095));
	KUNIT_EXPECT_STREQ(test, t->extack._msg + 4095, " 7");

	ktgt_refuse(&t->extack, "another");
	KUNIT_EXPECT_STREQ(test, t->extack._msg, "another");
	ktgt_refuse(NULL, "nobody asks");
	KUNIT_EXPECT_STREQ(test, t->extack._msg, "another");
}

static void without_extack(struct kunit *test)
{
	struct txn_test *t = test->priv;

	t->txn.extack = NULL;
	txn_add(test, -ENOMEM, &txn_all_ops);
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), -ENOMEM);
	ktgt_txn_destroy(&t->txn);
}

/* Adds a rule for the initiator name "rN". */
static int access_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct txn_change *c = container_of(change, struct txn_change, change);
	char name[4] = { 'r', '0' + c->number };
	struct ktgt_rule rule = { .type = KTGT_RULE_NAME, .name = name };
	struct ktgt_access_edit edit = { .add_rule = &rule };
	const struct ktgt_access *old = ktgt_txn_access(txn, &c->t->slot);

	txn_log(change, 'c', true, 41, 6);
	/* a change sees what those before it have done, readers do not */
	if ((old ? old->nr_rules : 0) != c->number ||
	    rcu_access_pointer(c->t->slot))
		return -EPROTO;
	return ktgt_txn_set_access(txn, &c->t->slot,
				  ktgt_access_alloc(old, &edit)) ?: c->err;
}

/* All rules are there before the first change is applied. */
static void access_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct txn_test *t = txn_log(change, 'a', true, 41, 7);
	const struct ktgt_access *access =
		rcu_dereference_protected(t->slot, true);

	t->bad_seq |= !access || access->nr_rules != 2;
}

static const struct ktgt_change_ops access_ops = {
	.check	= access_check,
	.abort	= txn_abort,
	.apply	= access_apply,
};

static void access_applied(struct kunit *test)
{
	struct txn_test *t = test->priv;
	const struct ktgt_access *access;

	txn_add(test, 0, &access_ops);
	txn_add(test, 0, &access_ops);
	KUNIT_ASSERT_EQ(test, ktgt_txn_commit(&t->txn), 0);
	ktgt_txn_destroy(&t->txn);
	KUNIT_EXPECT_STREQ(test, t->log, "c0c1a0a1");
	KUNIT_EXPECT_FALSE(test, t->bad_seq);
	access = rcu_dereference_protected(t->slot, true);
	KUNIT_ASSERT_NOT_NULL(test, access);
	KUNIT_ASSERT_EQ(test, access->nr_rules, 2);
	KUNIT_EXPECT_STREQ(test, access->rules[0].name, "r0");
	KUNIT_EXPECT_STREQ(test, access->rules[1].name, "r1");
}

static void access_refused(struct kunit *test)
{
	struct txn_test *t = test->priv;

	txn_add(test, 0, &access_ops);
	txn_add(test, -EPERM, &access_ops);
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), -EPERM);
	KUNIT_EXPECT_STREQ(test, t->log, "c0c1r0");
	KUNIT_EXPECT_TRUE(test, list_empty(&t->txn.swaps));
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(t->slot));
	ktgt_txn_destroy(&t->txn);
}

static int no_access_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct txn_change *c = container_of(change, struct txn_change, change);

	return ktgt_txn_set_access(txn, &c->t->slot, NULL);
}

static const struct ktgt_change_ops no_access_ops = {
	.check	= no_access_check,
};

static void access_without_memory(struct kunit *test)
{
	struct txn_test *t = test->priv;

	txn_add(test, 0, &access_ops);
	txn_add(test, 0, &no_access_ops);
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), -ENOMEM);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(t->slot));
	ktgt_txn_destroy(&t->txn);
}

static struct txn_test *told;

static void txn_told(struct ktgt_net *kn, struct ktgt_txn *txn)
{
	struct txn_test *t = told;
	size_t len = strlen(t->log);

	snprintf(t->log + len, LOG_SIZE - len, "e");
	t->unlocked |= !mutex_is_locked(&kn->config_mutex) || txn != &t->txn;
	t->bad_seq |= kn->generation != 42 || kn->apply_seq != 8;
}

/* Who watches is told of what was applied, before anything of it is freed. */
static void tell(struct kunit *test)
{
	static const struct ktgt_event_ops ops = { .config = txn_told };
	struct txn_test *t = test->priv;

	told = t;
	ktgt_event_set_ops(&ops);
	txn_add(test, 0, &txn_all_ops);
	txn_add(test, -EEXIST, &txn_all_ops);
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), -EEXIST);
	KUNIT_EXPECT_STREQ(test, t->log, "p0p1w0w1c0c1r0");
	ktgt_txn_destroy(&t->txn);

	t->log[0] = '\0';
	ktgt_txn_init(&t->txn, &t->kn, &t->extack);
	txn_add(test, 0, &txn_all_ops);
	txn_add(test, 0, &txn_all_ops);
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), 0);
	ktgt_event_set_ops(NULL);
	KUNIT_EXPECT_STREQ(test, t->log, "p0p1w0w1c0c1a0a1ef0f1s0s1");
	KUNIT_EXPECT_FALSE(test, t->unlocked);
	KUNIT_EXPECT_FALSE(test, t->bad_seq);
	ktgt_txn_destroy(&t->txn);
}

/* Nothing is looked at, and nothing is taken back: what was begun is freed. */
static void unprepared(struct kunit *test)
{
	struct txn_test *t = test->priv;
	struct ktgt_change *change;
	struct txn_change *c;
	int i;

	for (i = 0; i < 3; i++)
		txn_add(test, 0, &txn_all_ops);
	change = list_next_entry(list_first_entry(&t->txn.changes,
						  struct ktgt_change, node),
				 node);
	c = container_of(change, struct txn_change, change);
	c->await_err = -ETIMEDOUT;
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), -ETIMEDOUT);
	KUNIT_EXPECT_STREQ(test, t->log, "p0p1p2w0w1");
	t->log[0] = '\0';
	c->prepare_err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, t->log, "p0p1");
	KUNIT_EXPECT_STREQ(test, t->extack._msg, "out of memory");
	KUNIT_EXPECT_EQ(test, t->kn.generation, 41);
	t->log[0] = '\0';
	ktgt_txn_destroy(&t->txn);
	KUNIT_EXPECT_STREQ(test, t->log, "x0x1x2");
}

static void txn_leave(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct txn_change *c = container_of(change, struct txn_change, change);

	ktgt_txn_leave(txn, "LUN %u", c->number);
}

static const struct ktgt_change_ops txn_leave_ops = {
	.settle	= txn_leave,
};

/* What is left is named, up to a limit; what was changed stays so. */
static void leaves(struct kunit *test)
{
	static const char one[] =
		"the storage still has commands of LUN 0; what is deleted or replaced stays in use";
	static const char many[] = ", LUN 15 and 2 more; what is deleted or";
	struct txn_test *t = test->priv;
	int i;

	txn_add(test, 0, &txn_leave_ops);
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(t->extack._msg, one));
	KUNIT_EXPECT_GT(test, ktgt_txn_time_left(&t->txn), 0);
	KUNIT_EXPECT_LE(test, ktgt_txn_time_left(&t->txn), KTGT_TXN_TIMEOUT);
	ktgt_txn_destroy(&t->txn);

	ktgt_txn_init(&t->txn, &t->kn, &t->extack);
	for (i = 0; i < 18; i++)
		txn_add(test, 0, &txn_leave_ops);
	KUNIT_EXPECT_EQ(test, ktgt_txn_commit(&t->txn), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(t->extack._msg, many));
	KUNIT_EXPECT_EQ(test, t->kn.generation, 43);
	ktgt_txn_destroy(&t->txn);
}

/* A text that a worker has set is another thread's to answer with. */
static void text_passes_on(struct kunit *test)
{
	struct netlink_ext_ack other = {};
	struct txn_test *t = test->priv;
	char *text;

	ktgt_refuse(&t->extack, "number %u", 7);
	text = ktgt_refuse_take(&t->extack);
	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_refuse_take(&t->extack), NULL);
	ktgt_refuse(&t->extack, "another");
	KUNIT_EXPECT_STREQ(test, text, "number 7");
	ktgt_refuse_give(&other, text);
	KUNIT_EXPECT_STREQ(test, other._msg, "number 7");
	NL_SET_ERR_MSG(&other, "constant");
	KUNIT_EXPECT_PTR_EQ(test, ktgt_refuse_take(&other), NULL);
}

static struct kunit_case txn_cases[] = {
	KUNIT_CASE_PARAM(order, order_gen_params),
	KUNIT_CASE_PARAM(expected, expected_gen_params),
	KUNIT_CASE(tell),
	KUNIT_CASE(unprepared),
	KUNIT_CASE(leaves),
	KUNIT_CASE(text_passes_on),
	KUNIT_CASE(never_committed),
	KUNIT_CASE(says_no_memory),
	KUNIT_CASE(keeps_message),
	KUNIT_CASE(says_all),
	KUNIT_CASE(without_extack),
	KUNIT_CASE(access_applied),
	KUNIT_CASE(access_refused),
	KUNIT_CASE(access_without_memory),
	{}
};

static struct kunit_suite txn_suite = {
	.name = "ktgt_txn",
	.init = txn_test_init,
	.exit = txn_test_exit,
	.suite_exit = txn_suite_exit,
	.test_cases = txn_cases,
};
kunit_test_suite(txn_suite);
