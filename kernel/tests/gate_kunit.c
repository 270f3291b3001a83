// SPDX-License-Identifier: GPL-2.0
/*
 * The gate of a logical unit and the life of its stores: who gets through, who
 * waits and for what, and when a store is closed.
 */
#include "../backend/claim.c"
#include "../backend/store.c"
#include "../scsi/gate.c"

#include <kunit/test.h>

#define MAX_STORES	4
#define NR_CMDS		4
/* for what is to happen by itself */
#define PATIENCE	(4 * HZ)

/**
 * struct gate_test - a logical unit with its stores
 * @lu: the logical unit
 * @queue: where commands come back to
 * @kicked: completed when one has come back
 * @cmds: commands
 * @stores: all stores that were opened, referenced
 * @nr_stores: their number
 * @nr_closed: how many of them were closed
 * @closed_busy: one was closed while it had a command
 * @resets: one more than may be under way
 * @nr_reset: how many of them were done
 * @reset: completed when one is done
 */
struct gate_test {
	struct ktgt_lu		lu;
	struct ktgt_done_queue	queue;
	struct completion	kicked;
	struct ktgt_cmd		cmds[NR_CMDS];
	struct ktgt_store	*stores[MAX_STORES];
	unsigned int		nr_stores;
	atomic_t		nr_closed;
	bool			closed_busy;
	struct ktgt_gate_reset	resets[KTGT_GATE_RESETS_MAX + 1];
	atomic_t		nr_reset;
	struct completion	reset;
};

/* of the case that runs */
static struct gate_test *running;

/**
 * ktgt_lu_put - drop a reference of the memory, which belongs to the test
 * @lu: the logical unit
 *
 * Context: any.
 */
void ktgt_lu_put(struct ktgt_lu *lu)
{
	refcount_dec(&lu->kref.refcount);
}

static struct ktgt_store *gate_open(const struct ktgt_store_params *params,
				    struct netlink_ext_ack *extack)
{
	struct ktgt_store *store = kzalloc_obj(*store, GFP_KERNEL);

	return store ?: ERR_PTR(-ENOMEM);
}

static void gate_closed(struct ktgt_store *store)
{
	if (!percpu_ref_is_zero(&store->active))
		running->closed_busy = true;
	atomic_inc(&running->nr_closed);
}

static void gate_caps(struct ktgt_store *store, struct ktgt_backend_caps *caps)
{
	*caps = (struct ktgt_backend_caps) { .size = SZ_1M };
}

static void gate_submit(struct ktgt_store *store, struct ktgt_io *io)
{
	ktgt_io_end(io, BLK_STS_IOERR);
}

static const struct ktgt_backend_ops gate_ops = {
	.name	= "gate",
	.open	= gate_open,
	.close	= gate_closed,
	.caps	= gate_caps,
	.submit	= gate_submit,
};

static void gate_kick(struct ktgt_done_queue *queue)
{
	complete(&container_of(queue, struct gate_test, queue)->kicked);
}

static struct ktgt_store *add_store(struct kunit *test)
{
	const struct ktgt_store_params params = {};
	struct gate_test *t = test->priv;
	struct ktgt_store *store = ktgt_store_open(&gate_ops, &params, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(store));
	kref_get(&store->ref);
	t->stores[t->nr_stores++] = store;
	return store;
}

static int gate_test_init(struct kunit *test)
{
	struct gate_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	if (!t)
		return -ENOMEM;
	running = t;
	test->priv = t;
	init_llist_head(&t->queue.head);
	t->queue.kick = gate_kick;
	init_completion(&t->kicked);
	init_completion(&t->reset);
	for (i = 0; i < NR_CMDS; i++) {
		t->cmds[i].lu = &t->lu;
		t->cmds[i].done_queue = &t->queue;
	}
	kref_init(&t->lu.kref);
	ktgt_gate_init(&t->lu.gate);
	RCU_INIT_POINTER(t->lu.store, add_store(test));
	ktgt_gate_open(&t->lu, KTGT_GATE_SWAP);
	return 0;
}

static void finish_commands(struct gate_test *t)
{
	unsigned int i;

	for (i = 0; i < NR_CMDS; i++) {
		ktgt_gate_cancel(&t->cmds[i]);
		ktgt_gate_leave(&t->cmds[i]);
	}
}

/* All stores close, whatever the test has left behind. */
static void gate_test_exit(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_store *store;
	unsigned int i;

	if (!t)
		return;
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	finish_commands(t);
	store = rcu_dereference_protected(t->lu.store, true);
	ktgt_store_leave(store);
	ktgt_store_put(store);
	for (i = 0; i < t->nr_stores; i++) {
		KUNIT_EXPECT_NE(test, 0UL,
				wait_for_completion_timeout(&t->stores[i]->closed,
							    PATIENCE));
		ktgt_store_put(t->stores[i]);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&t->nr_closed), (int)t->nr_stores);
	KUNIT_EXPECT_FALSE(test, t->closed_busy);
	KUNIT_EXPECT_EQ(test, kref_read(&t->lu.kref), 1U);
	KUNIT_EXPECT_EQ(test, t->lu.gate.nr_resets, 0U);
}

static int gate_suite_init(struct kunit_suite *suite)
{
	return ktgt_store_init();
}

/* Memory of stores is freed by functions of this module. */
static void gate_suite_exit(struct kunit_suite *suite)
{
	ktgt_store_exit();
	rcu_barrier();
}

/* Whatever can happen by itself has happened. */
static void settle(void)
{
	rcu_barrier();
	flush_workqueue(empty_wq);
	rcu_barrier();
	flush_workqueue(close_wq);
}

/* Gives the logical unit another store, which the old one leaves for. */
static struct ktgt_store *change_store(struct kunit *test, bool waits)
{
	struct gate_test *t = test->priv;
	struct ktgt_store *old, *store = add_store(test);
	struct ktgt_gate_wait *wait = NULL;

	if (waits) {
		wait = kzalloc_obj(*wait, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, wait);
	}
	old = ktgt_gate_swap(&t->lu, store, NULL, wait);
	ktgt_store_leave(old);
	ktgt_store_put(old);
	return store;
}

/* The next command that has come back; NULL if there is none. */
static struct ktgt_cmd *come_back(struct gate_test *t)
{
	struct llist_node *list = llist_reverse_order(llist_del_all(&t->queue.head));
	struct llist_node *next;

	if (!list)
		return NULL;
	next = list->next;
	while (next) {
		struct llist_node *node = next;

		next = node->next;
		llist_add(node, &t->queue.head);
	}
	return container_of(list, struct ktgt_cmd, done_node);
}

static void expect_resumed(struct kunit *test, struct ktgt_cmd *cmd)
{
	KUNIT_ASSERT_PTR_EQ(test, come_back(test->priv), cmd);
	KUNIT_EXPECT_TRUE(test, test_and_clear_bit(KTGT_CMDF_RESUME,
						   &cmd->flags));
	KUNIT_EXPECT_FALSE(test, test_bit(KTGT_CMDF_WAITING, &cmd->flags));
}

static void expect_aborted(struct kunit *test, struct ktgt_cmd *cmd)
{
	KUNIT_EXPECT_PTR_EQ(test, come_back(test->priv), cmd);
	KUNIT_EXPECT_FALSE(test, test_bit(KTGT_CMDF_RESUME, &cmd->flags));
	KUNIT_EXPECT_FALSE(test, test_bit(KTGT_CMDF_WAITING, &cmd->flags));
	KUNIT_EXPECT_EQ(test, cmd->status, SAM_STAT_TASK_ABORTED);
}

static void expect_waits(struct kunit *test, struct ktgt_cmd *cmd)
{
	KUNIT_ASSERT_FALSE(test, ktgt_gate_enter(cmd));
	KUNIT_EXPECT_TRUE(test, test_bit(KTGT_CMDF_WAITING, &cmd->flags));
}

static void expect_enters(struct kunit *test, struct ktgt_cmd *cmd,
			  struct ktgt_store *store)
{
	KUNIT_ASSERT_TRUE(test, ktgt_gate_enter(cmd));
	KUNIT_EXPECT_PTR_EQ(test, cmd->store, store);
}

/* A command that waits is given back by itself, and gets in. */
static void expect_opens(struct kunit *test, struct ktgt_cmd *cmd,
			 struct ktgt_store *store)
{
	struct gate_test *t = test->priv;

	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&t->kicked, PATIENCE));
	expect_resumed(test, cmd);
	expect_enters(test, cmd, store);
}

/* Two reasons: the gate opens when both have gone, whichever goes first. */
static void closings_nest(struct kunit *test)
{
	static const enum ktgt_gate_reason reasons[2] = {
		KTGT_GATE_RESET, KTGT_GATE_FREEZE,
	};
	struct gate_test *t = test->priv;
	struct ktgt_cmd *cmd = &t->cmds[0];
	unsigned int first;

	for (first = 0; first < 2; first++) {
		ktgt_gate_close(&t->lu, KTGT_GATE_RESET);
		ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
		expect_waits(test, cmd);
		ktgt_gate_open(&t->lu, reasons[first]);
		KUNIT_EXPECT_NULL(test, come_back(t));
		ktgt_gate_open(&t->lu, reasons[!first]);
		expect_resumed(test, cmd);
		expect_enters(test, cmd, t->stores[0]);
		ktgt_gate_leave(cmd);
	}
}

static void resumed_in_order(struct kunit *test)
{
	struct gate_test *t = test->priv;
	unsigned int i;

	ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
	for (i = 0; i < 3; i++)
		expect_waits(test, &t->cmds[i]);
	ktgt_gate_open(&t->lu, KTGT_GATE_FREEZE);
	for (i = 0; i < 3; i++)
		expect_resumed(test, &t->cmds[i]);
	KUNIT_EXPECT_NULL(test, come_back(t));
}

/* Who waits is given back, and finds then what has become of it. */
static void removal_ends_waiting(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_cmd *cmd = &t->cmds[0];

	ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
	expect_waits(test, cmd);
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	expect_resumed(test, cmd);
	KUNIT_ASSERT_FALSE(test, ktgt_gate_enter(cmd));
	expect_aborted(test, cmd);
}

static void cancel_is_at_once(struct kunit *test)
{
	struct gate_test *t = test->priv;

	expect_enters(test, &t->cmds[2], t->stores[0]);
	ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
	expect_waits(test, &t->cmds[0]);
	expect_waits(test, &t->cmds[1]);
	ktgt_gate_cancel(&t->cmds[0]);
	expect_aborted(test, &t->cmds[0]);
	/* not one that is admitted */
	ktgt_gate_cancel(&t->cmds[2]);
	KUNIT_EXPECT_NULL(test, come_back(t));
	ktgt_gate_open(&t->lu, KTGT_GATE_FREEZE);
	expect_resumed(test, &t->cmds[1]);
	KUNIT_EXPECT_NULL(test, come_back(t));
}

/* The second command waits for the first, and gets into @store after it. */
static void expect_opens_last(struct kunit *test, struct ktgt_store *store)
{
	struct gate_test *t = test->priv;

	expect_waits(test, &t->cmds[1]);
	settle();
	KUNIT_EXPECT_NULL(test, come_back(t));
	ktgt_gate_leave(&t->cmds[0]);
	expect_opens(test, &t->cmds[1], store);
}

static void swap_waits(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_store *store;

	expect_enters(test, &t->cmds[0], t->stores[0]);
	store = change_store(test, true);
	expect_opens_last(test, store);
}

static void swap_at_once(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_store *store;

	expect_enters(test, &t->cmds[0], t->stores[0]);
	store = change_store(test, false);
	expect_enters(test, &t->cmds[1], store);
	KUNIT_EXPECT_PTR_EQ(test, t->cmds[0].store, t->stores[0]);
}

/* The store between had no command, as it waited as well. */
static void swap_waits_for_all(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_store *store;

	expect_enters(test, &t->cmds[0], t->stores[0]);
	change_store(test, true);
	store = change_store(test, true);
	expect_opens_last(test, store);
}

/* What is not waited for any more opens nothing when it ends. */
static void old_wait_does_not_count(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_store *store;

	expect_enters(test, &t->cmds[0], t->stores[0]);
	change_store(test, true);
	store = change_store(test, false);
	expect_enters(test, &t->cmds[1], store);
	store = change_store(test, true);
	expect_waits(test, &t->cmds[2]);
	ktgt_gate_leave(&t->cmds[0]);
	settle();
	KUNIT_EXPECT_NULL(test, come_back(t));
	ktgt_gate_leave(&t->cmds[1]);
	expect_opens(test, &t->cmds[2], store);
}

static void swap_keeps_reasons(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_store *store;

	ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
	store = change_store(test, false);
	expect_waits(test, &t->cmds[0]);
	ktgt_gate_open(&t->lu, KTGT_GATE_FREEZE);
	expect_resumed(test, &t->cmds[0]);
	expect_enters(test, &t->cmds[0], store);
}

static void close_after_last_command(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_store *old = t->stores[0];
	struct ktgt_backend_caps caps;

	expect_enters(test, &t->cmds[0], old);
	change_store(test, false);
	settle();
	KUNIT_EXPECT_EQ(test, atomic_read(&t->nr_closed), 0);
	ktgt_store_caps(old, &caps);
	KUNIT_EXPECT_EQ(test, caps.size, (u64)SZ_1M);
	ktgt_gate_leave(&t->cmds[0]);
	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&old->closed, PATIENCE));
	KUNIT_EXPECT_EQ(test, atomic_read(&t->nr_closed), 1);
	ktgt_store_caps(old, &caps);
	KUNIT_EXPECT_EQ(test, caps.size, 0ULL);
}

static void reset_done(struct ktgt_gate_reset *reset)
{
	atomic_inc(&running->nr_reset);
	complete(&running->reset);
}

static struct ktgt_gate_reset *begin_reset(struct kunit *test, unsigned int nr)
{
	struct gate_test *t = test->priv;
	struct ktgt_gate_reset *reset = &t->resets[nr];

	reset->done = reset_done;
	KUNIT_ASSERT_TRUE(test, ktgt_gate_reset_begin(&t->lu, reset));
	return reset;
}

/* It waits for its store, and still does so when all else has happened. */
static void expect_reset_waits(struct kunit *test, struct ktgt_gate_reset *reset)
{
	struct gate_test *t = test->priv;

	ktgt_gate_reset_wait(reset);
	settle();
	KUNIT_EXPECT_EQ(test, atomic_read(&t->nr_reset), 0);
}

static void expect_reset_done(struct kunit *test, struct ktgt_gate_reset *reset,
			      bool failed)
{
	struct gate_test *t = test->priv;

	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&t->reset, PATIENCE));
	KUNIT_EXPECT_EQ(test, reset->failed, failed);
}

static void reset_waits_for_commands(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_gate_reset *reset;

	expect_enters(test, &t->cmds[0], t->stores[0]);
	reset = begin_reset(test, 0);
	expect_waits(test, &t->cmds[1]);
	expect_reset_waits(test, reset);
	KUNIT_EXPECT_NULL(test, come_back(t));
	ktgt_gate_leave(&t->cmds[0]);
	expect_reset_done(test, reset, false);
	expect_opens(test, &t->cmds[1], t->stores[0]);
}

/* The gate is closed until the last of them is done. */
static void resets_nest(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_gate_reset *one = begin_reset(test, 0);
	struct ktgt_gate_reset *two = begin_reset(test, 1);

	expect_waits(test, &t->cmds[0]);
	ktgt_gate_reset_wait(one);
	expect_reset_done(test, one, false);
	KUNIT_EXPECT_NULL(test, come_back(t));
	ktgt_gate_reset_wait(two);
	expect_reset_done(test, two, false);
	expect_opens(test, &t->cmds[0], t->stores[0]);
}

static void reset_given_up(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_gate_reset *reset;

	expect_enters(test, &t->cmds[0], t->stores[0]);
	reset = begin_reset(test, 0);
	expect_waits(test, &t->cmds[1]);
	expect_reset_waits(test, reset);
	ktgt_gate_reset_give_up(reset);
	expect_opens(test, &t->cmds[1], t->stores[0]);
	expect_reset_done(test, reset, true);
}

/* It has still to wait for tasks. */
static void reset_given_up_early(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_gate_reset *reset = begin_reset(test, 0);

	expect_waits(test, &t->cmds[0]);
	ktgt_gate_reset_give_up(reset);
	expect_opens(test, &t->cmds[0], t->stores[0]);
	settle();
	KUNIT_EXPECT_EQ(test, atomic_read(&t->nr_reset), 0);
	ktgt_gate_reset_wait(reset);
	expect_reset_done(test, reset, true);
	ktgt_gate_reset_give_up(reset);
}

/* Its own store is empty from the beginning, the one before is not. */
static void reset_waits_for_swap(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_gate_reset *reset;
	struct ktgt_store *store;

	expect_enters(test, &t->cmds[0], t->stores[0]);
	store = change_store(test, true);
	reset = begin_reset(test, 0);
	expect_reset_waits(test, reset);
	expect_waits(test, &t->cmds[1]);
	ktgt_gate_leave(&t->cmds[0]);
	expect_reset_done(test, reset, false);
	expect_opens(test, &t->cmds[1], store);
}

static void swap_at_once_fails_reset(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_gate_reset *one, *two;
	struct ktgt_store *store;

	expect_enters(test, &t->cmds[0], t->stores[0]);
	one = begin_reset(test, 0);
	expect_reset_waits(test, one);
	change_store(test, true);
	/* one that has only to wait for the store before */
	two = begin_reset(test, 1);
	expect_reset_waits(test, two);
	store = change_store(test, false);
	expect_enters(test, &t->cmds[1], store);
	expect_reset_done(test, one, true);
	expect_reset_done(test, two, true);
}

static void resets_have_a_limit(struct kunit *test)
{
	struct gate_test *t = test->priv;
	struct ktgt_gate_reset *last = &t->resets[KTGT_GATE_RESETS_MAX];
	unsigned int nr;

	for (nr = 0; nr < KTGT_GATE_RESETS_MAX; nr++)
		begin_reset(test, nr);
	KUNIT_EXPECT_FALSE(test, ktgt_gate_reset_begin(&t->lu, last));
	for (nr = 0; nr < KTGT_GATE_RESETS_MAX; nr++)
		ktgt_gate_reset_wait(&t->resets[nr]);
	for (nr = 0; nr < KTGT_GATE_RESETS_MAX; nr++)
		expect_reset_done(test, &t->resets[nr], false);
	expect_enters(test, &t->cmds[0], t->stores[0]);
}

/* Beside the gate, open or not, until the cache is settled; never at one that goes. */
static void parked(struct kunit *test)
{
	struct gate_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, ktgt_gate_park(&t->cmds[0]));
	t->lu.cache_state = KTGT_CACHE_GOES_OFF;
	KUNIT_EXPECT_TRUE(test, ktgt_gate_park(&t->cmds[0]));
	KUNIT_EXPECT_TRUE(test, ktgt_gate_park(&t->cmds[1]));
	ktgt_gate_close(&t->lu, KTGT_GATE_FREEZE);
	ktgt_gate_open(&t->lu, KTGT_GATE_FREEZE);
	KUNIT_EXPECT_NULL(test, come_back(t));
	ktgt_gate_cancel(&t->cmds[1]);
	expect_aborted(test, &t->cmds[1]);
	t->lu.cache_state = KTGT_CACHE_SETTLED;
	ktgt_gate_unpark(&t->lu);
	expect_resumed(test, &t->cmds[0]);
	KUNIT_EXPECT_NULL(test, come_back(t));

	t->lu.cache_state = KTGT_CACHE_GOES_OFF;
	ktgt_gate_close(&t->lu, KTGT_GATE_REMOVAL);
	KUNIT_EXPECT_FALSE(test, ktgt_gate_park(&t->cmds[2]));
}

static struct kunit_case gate_cases[] = {
	KUNIT_CASE(closings_nest),
	KUNIT_CASE(resumed_in_order),
	KUNIT_CASE(removal_ends_waiting),
	KUNIT_CASE(cancel_is_at_once),
	KUNIT_CASE(parked),
	KUNIT_CASE(swap_waits),
	KUNIT_CASE(swap_at_once),
	KUNIT_CASE(swap_waits_for_all),
	KUNIT_CASE(old_wait_does_not_count),
	KUNIT_CASE(swap_keeps_reasons),
	KUNIT_CASE(close_after_last_command),
	KUNIT_CASE(reset_waits_for_commands),
	KUNIT_CASE(resets_nest),
	KUNIT_CASE(reset_given_up),
	KUNIT_CASE(reset_given_up_early),
	KUNIT_CASE(reset_waits_for_swap),
	KUNIT_CASE(swap_at_once_fails_reset),
	KUNIT_CASE(resets_have_a_limit),
	{}
};

static struct kunit_suite gate_suite = {
	.name		= "ktgt_gate",
	.suite_init	= gate_suite_init,
	.suite_exit	= gate_suite_exit,
	.init		= gate_test_init,
	.exit		= gate_test_exit,
	.test_cases	= gate_cases,
};

kunit_test_suite(gate_suite);
