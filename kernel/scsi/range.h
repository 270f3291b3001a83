/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ranges of a logical unit that commands use at this moment. One that must
 * be alone in its range enters it exclusively.
 */
#ifndef _KTGT_SCSI_RANGE_H
#define _KTGT_SCSI_RANGE_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/* log2 of the bytes of a region, and of the number of buckets */
#define KTGT_RANGE_REGION_SHIFT	22
#define KTGT_RANGE_BUCKET_SHIFT	6

#define KTGT_RANGE_REGION	BIT_ULL(KTGT_RANGE_REGION_SHIFT)
#define KTGT_RANGE_NR_BUCKETS	BIT(KTGT_RANGE_BUCKET_SHIFT)

/* most bytes of a range, which so touches at most two regions */
#define KTGT_RANGE_MAX		KTGT_RANGE_REGION

/* exclusive ranges of a bucket, from which on no more should come */
#define KTGT_RANGE_MAX_EXCLUSIVE	256

struct ktgt_range;

/**
 * struct ktgt_range_link - what a range has in one bucket
 * @node: in a list of the bucket; under &ktgt_range_bucket.lock
 * @range: the range
 */
struct ktgt_range_link {
	struct hlist_node	node;
	struct ktgt_range	*range;
};

/**
 * struct ktgt_range - bytes of a logical unit that a command uses, or waits for
 *
 * It is part of what uses it, and there is one of it for each command: so nobody
 * waits for a range who is in another one. ktgt_range_init() fills it; only
 * range.c looks into it.
 *
 * @first: first byte
 * @last: last byte
 * @seq: order of the ranges of a bucket; what came later has a greater one.
 *	Constant while the range is linked
 * @resume: called when a range that had to wait has entered
 * @resume_node: in a list of those that are about to be resumed
 * @nr_before: ranges that it waits for, those that it meets in two buckets
 *	twice; 0 if it has entered
 * @exclusive: no other range may overlap it
 * @is_linked: it is in a table. Belongs to who uses the range
 * @low: index of the bucket that it is in, or of the lower one of two
 * @high: index of the higher one; that of @low if it is in one
 * @link: what it has in the buckets @low and @high
 */
struct ktgt_range {
	u64			first;
	u64			last;
	u64			seq;
	void			(*resume)(struct ktgt_range *range);
	struct llist_node	resume_node;
	atomic_t		nr_before;
	bool			exclusive;
	bool			is_linked;
	u8			low;
	u8			high;
	struct ktgt_range_link	link[2];
};

/**
 * struct ktgt_range_bucket - ranges that touch one of some regions
 * @lock: protects the rest, also in hard interrupts. Two are taken in the order
 *	of their index
 * @nr_exclusive: length of @exclusive; read without @lock as well
 * @seq: &ktgt_range.seq of the last one that came
 * @shared: links of those that are not exclusive, the last one first
 * @exclusive: links of those that are, the last one first
 */
struct ktgt_range_bucket {
	spinlock_t		lock;	/* see above */
	u32			nr_exclusive;
	u64			seq;
	struct hlist_head	shared;
	struct hlist_head	exclusive;
} ____cacheline_aligned_in_smp;

/**
 * struct ktgt_range_table - all ranges of a logical unit
 * @bucket: by a hash of the number of the region
 */
struct ktgt_range_table {
	struct ktgt_range_bucket	bucket[KTGT_RANGE_NR_BUCKETS];
};

/**
 * ktgt_range_step - how much of a long command enters at once
 * @pos: where the rest of it begins, in bytes
 * @len: length of the rest, in bytes; not 0
 *
 * A command longer than KTGT_RANGE_MAX enters a step, does it, leaves, and goes
 * on with the next one. A step ends where a region ends, so it is in one bucket.
 *
 * Context: any.
 * Return: length of the next step, in bytes.
 */
static inline u64 ktgt_range_step(u64 pos, u64 len)
{
	return min(len, KTGT_RANGE_REGION - (pos & (KTGT_RANGE_REGION - 1)));
}

struct ktgt_range_table *ktgt_range_table_alloc(gfp_t gfp);
void ktgt_range_table_free(struct ktgt_range_table *table);

void ktgt_range_init(struct ktgt_range *range, u64 pos, u64 len, bool exclusive,
		     void (*resume)(struct ktgt_range *range));
bool ktgt_range_is_crowded(const struct ktgt_range_table *table,
			   const struct ktgt_range *range);
bool ktgt_range_enter(struct ktgt_range_table *table, struct ktgt_range *range);
void ktgt_range_leave(struct ktgt_range_table *table, struct ktgt_range *range);
bool ktgt_range_cancel(struct ktgt_range_table *table,
		       struct ktgt_range *range);

#endif /* _KTGT_SCSI_RANGE_H */
