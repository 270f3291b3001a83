// SPDX-License-Identifier: GPL-2.0
/*
 * Histograms of how long commands took.
 *
 * A command is counted where its fabric ends it, in process context, so the
 * completion only reads the clock. Each CPU counts for itself. What a command
 * needs to be counted is allocated then, without sleep: if there is no memory, it
 * is not counted.
 */
#include "histogram.h"

#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "../core/cmd.h"

#define GFP_COUNT	(GFP_NOWAIT | __GFP_NOWARN)

static_assert((int)KTGT_HISTOGRAM_READ == KTGT_IO_READ);
static_assert((int)KTGT_HISTOGRAM_WRITE == KTGT_IO_WRITE);

static __always_inline unsigned int bucket_of(u64 ns)
{
	return min_t(unsigned int, fls64(div_u64(ns, NSEC_PER_USEC)),
		     KTGT_HISTOGRAM_BUCKETS - 1);
}

/* With preemption disabled. NULL if this CPU has counted nothing yet. */
static __always_inline struct ktgt_histogram_counts *
counts_of(struct ktgt_histograms *const *where, unsigned int cpu)
{
	struct ktgt_histograms *histograms = READ_ONCE(*where);

	return likely(histograms) ? READ_ONCE(histograms->cpu[cpu]) : NULL;
}

/**
 * struct sample - where a command counts
 * @op: enum ktgt_histogram_op
 * @total: bucket of KTGT_HISTOGRAM_TOTAL
 * @storage: bucket of KTGT_HISTOGRAM_STORAGE
 * @ns: ns of KTGT_HISTOGRAM_TOTAL
 */
struct sample {
	unsigned int	op;
	unsigned int	total;
	unsigned int	storage;
	u64		ns;
};

static __always_inline struct sample sample_of(const struct ktgt_cmd *cmd)
{
	/* the clocks of two CPUs may differ by a little */
	u64 ns = max_t(s64, cmd->clock - cmd->recv_clock, 0);

	return (struct sample) {
		.op = min_t(unsigned int, cmd->io.op, KTGT_HISTOGRAM_OTHER),
		.total = bucket_of(ns),
		.storage = bucket_of(cmd->storage_time),
		.ns = ns,
	};
}

/* With preemption disabled. */
static __always_inline void add(struct ktgt_histogram_counts *counts,
				struct sample sample)
{
	counts->nr[sample.op][KTGT_HISTOGRAM_TOTAL][sample.total]++;
	counts->nr[sample.op][KTGT_HISTOGRAM_STORAGE][sample.storage]++;
	counts->total_ns[sample.op] += sample.ns;
}

/* Others may make it too: the first one stays. */
static struct ktgt_histograms *make(struct ktgt_histograms **where)
{
	struct ktgt_histograms *histograms, *there;

	there = READ_ONCE(*where);
	if (there)
		return there;
	histograms = kzalloc(struct_size(histograms, cpu, nr_cpu_ids),
			     GFP_COUNT);
	if (!histograms)
		return NULL;
	there = cmpxchg(where, NULL, histograms);
	if (!there)
		return histograms;
	kfree(histograms);
	return there;
}

static void make_counts(struct ktgt_histograms *histograms, unsigned int cpu)
{
	struct ktgt_histogram_counts *counts;

	if (READ_ONCE(histograms->cpu[cpu]))
		return;
	counts = kzalloc_obj(*counts, GFP_COUNT);
	if (counts && cmpxchg(&histograms->cpu[cpu], NULL, counts))
		kfree(counts);
}

/* The first command on this CPU, or an orphan. */
static noinline void make_and_add(struct ktgt_histograms **where,
				  const struct ktgt_cmd *cmd)
{
	struct ktgt_histograms *histograms = make(where);
	struct ktgt_histogram_counts *counts;

	if (!histograms)
		return;
	/* so that it counts on the CPU for which this was made */
	migrate_disable();
	make_counts(histograms, raw_smp_processor_id());
	counts = counts_of(where, get_cpu());
	if (counts)
		add(counts, sample_of(cmd));
	put_cpu();
	migrate_enable();
}

/**
 * ktgt_histograms_count - count a command
 * @of_lu: where the logical unit has its histograms
 * @of_nexus: where the I_T nexus has them
 * @cmd: a command that was with the storage and has come back
 *
 * Histograms that there are not yet are made. If there is no memory for them, the
 * command is not counted there.
 *
 * Context: process; does not sleep.
 */
void ktgt_histograms_count(struct ktgt_histograms **of_lu,
			   struct ktgt_histograms **of_nexus,
			   const struct ktgt_cmd *cmd)
{
	struct sample sample = sample_of(cmd);
	struct ktgt_histogram_counts *lu, *nexus;
	unsigned int cpu = get_cpu();

	lu = counts_of(of_lu, cpu);
	nexus = counts_of(of_nexus, cpu);
	if (likely(lu && nexus)) {
		add(lu, sample);
		add(nexus, sample);
		put_cpu();
		return;
	}
	put_cpu();
	make_and_add(of_lu, cmd);
	make_and_add(of_nexus, cmd);
}

/**
 * ktgt_histograms_count_orphan - count a command whose nexus is gone
 * @of_lu: where the logical unit has its histograms
 * @cmd: see ktgt_histograms_count()
 *
 * Context: process; does not sleep.
 */
void ktgt_histograms_count_orphan(struct ktgt_histograms **of_lu,
				  const struct ktgt_cmd *cmd)
{
	make_and_add(of_lu, cmd);
}

/**
 * ktgt_histograms_sum - one histogram, of all CPUs
 * @histograms: the histograms; may be counting
 * @op: of which commands
 * @time: which time of them
 * @sum: takes KTGT_HISTOGRAM_BUCKETS numbers
 *
 * Context: any; an RCU read section, or whoever keeps @histograms.
 * Return: how many buckets there are up to the last one that is not empty.
 */
unsigned int ktgt_histograms_sum(const struct ktgt_histograms *histograms,
				 enum ktgt_histogram_op op,
				 enum ktgt_histogram_time time, u64 *sum)
{
	const struct ktgt_histogram_counts *counts;
	unsigned int cpu, i, nr = 0;

	memset(sum, 0, KTGT_HISTOGRAM_BUCKETS * sizeof(*sum));
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		counts = READ_ONCE(histograms->cpu[cpu]);
		if (!counts)
			continue;
		for (i = 0; i < KTGT_HISTOGRAM_BUCKETS; i++)
			sum[i] += READ_ONCE(counts->nr[op][time][i]);
	}
	for (i = 0; i < KTGT_HISTOGRAM_BUCKETS; i++)
		if (sum[i])
			nr = i + 1;
	return nr;
}

/**
 * ktgt_histograms_time - how long commands took, all together
 * @histograms: the histograms; may be counting
 * @op: of which commands
 *
 * Context: any; an RCU read section, or whoever keeps @histograms.
 * Return: ns from their receipt until their answers were queued.
 */
u64 ktgt_histograms_time(const struct ktgt_histograms *histograms,
			 enum ktgt_histogram_op op)
{
	const struct ktgt_histogram_counts *counts;
	unsigned int cpu;
	u64 sum = 0;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		counts = READ_ONCE(histograms->cpu[cpu]);
		if (counts)
			sum += READ_ONCE(counts->total_ns[op]);
	}
	return sum;
}

static void free_callback(struct rcu_head *rcu)
{
	struct ktgt_histograms *histograms;
	unsigned int cpu;

	histograms = container_of(rcu, struct ktgt_histograms, rcu);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		kfree(histograms->cpu[cpu]);
	kfree(histograms);
}

/**
 * ktgt_histograms_free - free histograms, when no reader can see them
 * @histograms: the histograms, in which nobody counts any more, or NULL
 *
 * Context: any.
 */
void ktgt_histograms_free(struct ktgt_histograms *histograms)
{
	if (histograms)
		call_rcu(&histograms->rcu, free_callback);
}
