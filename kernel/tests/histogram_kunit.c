// SPDX-License-Identifier: GPL-2.0
/*
 * Histograms: the borders of the buckets, where a command counts, and what
 * happens without memory.
 */
#include "../scsi/histogram.c"

#include <kunit/test.h>

#include <linux/limits.h>

#define US	1000ULL

/**
 * struct bucket_case - a time, and its bucket
 * @what: the time in words
 * @ns: the time
 * @bucket: the bucket
 */
struct bucket_case {
	const char	*what;
	u64		ns;
	unsigned int	bucket;
};

static const struct bucket_case bucket_cases[] = {
	{ "nothing", 0, 0 },
	{ "1 ns", 1, 0 },
	{ "below 1 us", US - 1, 0 },
	{ "1 us", US, 1 },
	{ "below 2 us", 2 * US - 1, 1 },
	{ "2 us", 2 * US, 2 },
	{ "below 4 us", 4 * US - 1, 2 },
	{ "4 us", 4 * US, 3 },
	{ "below 1024 us", 1024 * US - 1, 10 },
	{ "1024 us", 1024 * US, 11 },
	{ "1 s", NSEC_PER_SEC, 20 },
	{ "below 67 s", (US << 26) - 1, 26 },
	{ "67 s", US << 26, 27 },
	{ "134 s", US << 27, 27 },
	{ "for ever", U64_MAX, 27 },
};
KUNIT_ARRAY_PARAM_DESC(bucket, bucket_cases, what);

static void bucket(struct kunit *test)
{
	const struct bucket_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, bucket_of(c->ns), c->bucket);
	KUNIT_EXPECT_LT(test, c->bucket, KTGT_HISTOGRAM_BUCKETS);
}

/**
 * struct histogram_test - a logical unit, an I_T nexus, and a command
 * @lu: histograms of the logical unit
 * @nexus: histograms of the I_T nexus
 * @cmd: the command
 */
struct histogram_test {
	struct ktgt_histograms	*lu;
	struct ktgt_histograms	*nexus;
	struct ktgt_cmd		cmd;
};

static int histogram_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct histogram_test),
				   GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static void histogram_exit(struct kunit *test)
{
	struct histogram_test *t = test->priv;

	if (!t)
		return;
	ktgt_histograms_free(t->lu);
	ktgt_histograms_free(t->nexus);
	rcu_barrier(); /* the callbacks are code of this module */
}

static void count(struct histogram_test *t, enum ktgt_io_op op, u64 total,
		  u64 storage)
{
	t->cmd.io.op = op;
	t->cmd.recv_clock = 5 * US;
	t->cmd.clock = t->cmd.recv_clock + total;
	t->cmd.storage_time = storage;
	ktgt_histograms_count(&t->lu, &t->nexus, &t->cmd);
}

/* A histogram has @nr in @bucket, and nothing else; nr 0: nothing at all. */
static void expect_only(struct kunit *test,
			const struct ktgt_histograms *histograms,
			enum ktgt_histogram_op op,
			enum ktgt_histogram_time time, unsigned int bucket,
			u64 nr)
{
	u64 sum[KTGT_HISTOGRAM_BUCKETS], all = 0;
	unsigned int i, len;

	len = ktgt_histograms_sum(histograms, op, time, sum);
	KUNIT_EXPECT_EQ(test, len, nr ? bucket + 1 : 0);
	KUNIT_EXPECT_EQ(test, sum[bucket], nr);
	for (i = 0; i < KTGT_HISTOGRAM_BUCKETS; i++)
		all += sum[i];
	KUNIT_EXPECT_EQ(test, all, nr);
}

/* Whatever moves no data of its own is other. */
static void counted(struct kunit *test)
{
	static const struct {
		enum ktgt_io_op		op;
		enum ktgt_histogram_op	counted;
	} ops[] = {
		{ KTGT_IO_READ, KTGT_HISTOGRAM_READ },
		{ KTGT_IO_WRITE, KTGT_HISTOGRAM_WRITE },
		{ KTGT_IO_FLUSH, KTGT_HISTOGRAM_OTHER },
		{ KTGT_IO_UNMAP, KTGT_HISTOGRAM_OTHER },
		{ KTGT_IO_WRITE_ZEROES, KTGT_HISTOGRAM_OTHER },
		{ KTGT_IO_WRITE_SAME, KTGT_HISTOGRAM_OTHER },
	};
	struct histogram_test *t = test->priv;
	u64 others = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		others += ops[i].counted == KTGT_HISTOGRAM_OTHER;
		count(t, ops[i].op, 100 * US, 3 * US);
		KUNIT_ASSERT_NOT_NULL(test, t->lu);
		KUNIT_ASSERT_NOT_NULL(test, t->nexus);
		expect_only(test, t->lu, ops[i].counted, KTGT_HISTOGRAM_TOTAL,
			    7, others ?: 1);
		expect_only(test, t->nexus, ops[i].counted,
			    KTGT_HISTOGRAM_STORAGE, 2, others ?: 1);
	}
}

/* What nobody has counted is not there, and what an orphan counts not twice. */
static void orphan(struct kunit *test)
{
	struct histogram_test *t = test->priv;

	t->cmd.io.op = KTGT_IO_WRITE;
	t->cmd.storage_time = 1;
	ktgt_histograms_count_orphan(&t->lu, &t->cmd);
	KUNIT_ASSERT_NOT_NULL(test, t->lu);
	KUNIT_EXPECT_NULL(test, t->nexus);
	expect_only(test, t->lu, KTGT_HISTOGRAM_WRITE, KTGT_HISTOGRAM_STORAGE,
		    0, 1);
	expect_only(test, t->lu, KTGT_HISTOGRAM_READ, KTGT_HISTOGRAM_STORAGE,
		    0, 0);
}

/* The clock of the CPU that has received it may be ahead. */
static void clock_goes_back(struct kunit *test)
{
	struct histogram_test *t = test->priv;

	count(t, KTGT_IO_READ, -2 * US, 1);
	KUNIT_ASSERT_NOT_NULL(test, t->lu);
	expect_only(test, t->lu, KTGT_HISTOGRAM_READ, KTGT_HISTOGRAM_TOTAL, 0,
		    1);
}

/* What several CPUs have counted is added up. */
static void cpus(struct kunit *test)
{
	struct histogram_test *t = test->priv;
	unsigned int cpu;

	t->cmd.io.op = KTGT_IO_READ;
	t->cmd.clock = 8 * US;
	t->cmd.storage_time = 2 * US;
	KUNIT_ASSERT_NOT_NULL(test, make(&t->lu));
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		KUNIT_EXPECT_NULL(test, counts_of(&t->lu, cpu));
		make_counts(t->lu, cpu);
		KUNIT_ASSERT_NOT_NULL(test, counts_of(&t->lu, cpu));
		add(counts_of(&t->lu, cpu), sample_of(&t->cmd));
	}
	expect_only(test, t->lu, KTGT_HISTOGRAM_READ, KTGT_HISTOGRAM_TOTAL, 4,
		    nr_cpu_ids);
	expect_only(test, t->lu, KTGT_HISTOGRAM_READ, KTGT_HISTOGRAM_STORAGE, 2,
		    nr_cpu_ids);
	KUNIT_EXPECT_EQ(test, ktgt_histograms_time(t->lu, KTGT_HISTOGRAM_READ),
			nr_cpu_ids * 8ULL * US);
	KUNIT_EXPECT_EQ(test, ktgt_histograms_time(t->lu, KTGT_HISTOGRAM_WRITE),
			0);
}

static struct kunit_case histogram_test_cases[] = {
	KUNIT_CASE_PARAM(bucket, bucket_gen_params),
	KUNIT_CASE(counted),
	KUNIT_CASE(orphan),
	KUNIT_CASE(clock_goes_back),
	KUNIT_CASE(cpus),
	{}
};

static struct kunit_suite histogram_suite = {
	.name = "ktgt_histogram",
	.init = histogram_init,
	.exit = histogram_exit,
	.test_cases = histogram_test_cases,
};

kunit_test_suite(histogram_suite);
