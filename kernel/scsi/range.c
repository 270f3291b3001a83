// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges that commands use at the same time.
 *
 * A range waits for those that came before it, overlap it, and are exclusive;
 * if it is exclusive itself, for all that came before and overlap. Whether they
 * have entered or wait themselves makes no difference. So it always waits for
 * older ranges, which cannot wait for it: there is no circle, and a range that
 * waits enters when a finite number of others have left.
 *
 * Each range counts those that it waits for. Who leaves subtracts itself from
 * the counts of those behind it, and resumes those that reach zero.
 *
 * A range that touches two regions can be in two buckets. It enters under the
 * locks of both, so that the order of two ranges is the same in all buckets. It
 * leaves them one after the other: two ranges that meet in two buckets count in
 * each of them, so each bucket is right by itself.
 */
#include "range.h"

#include <linux/bug.h>
#include <linux/hash.h>
#include <linux/slab.h>

static unsigned int bucket_index(u64 pos)
{
	return hash_64(pos >> KTGT_RANGE_REGION_SHIFT, KTGT_RANGE_BUCKET_SHIFT);
}

static inline unsigned long buckets_lock(struct ktgt_range_bucket *low,
					 struct ktgt_range_bucket *high)
	__acquires(&low->lock) __acquires(&high->lock)
{
	unsigned long flags;

	spin_lock_irqsave(&low->lock, flags);
	if (high != low)
		spin_lock_nested(&high->lock, SINGLE_DEPTH_NESTING);
	else
		__acquire(&high->lock);
	return flags;
}

static inline void buckets_unlock(struct ktgt_range_bucket *low,
				  struct ktgt_range_bucket *high,
				  unsigned long flags)
	__releases(&high->lock) __releases(&low->lock)
{
	if (high != low)
		spin_unlock(&high->lock);
	else
		__release(&high->lock);
	spin_unlock_irqrestore(&low->lock, flags);
}

static bool overlap(const struct ktgt_range *a, const struct ktgt_range *b)
{
	return a->first <= b->last && b->first <= a->last;
}

static unsigned int count_list(const struct hlist_head *list,
			       const struct ktgt_range *range)
{
	const struct ktgt_range_link *link;
	unsigned int nr = 0;

	hlist_for_each_entry(link, list, node)
		nr += overlap(link->range, range);
	return nr;
}

/* How many in a bucket a range that comes now has to wait for. */
static unsigned int count_before(const struct ktgt_range_bucket *bucket,
				 const struct ktgt_range *range)
{
	unsigned int nr = 0;

	if (!hlist_empty(&bucket->exclusive))
		nr = count_list(&bucket->exclusive, range);
	if (range->exclusive)
		nr += count_list(&bucket->shared, range);
	return nr;
}

static void range_link(struct ktgt_range_bucket *bucket,
		       struct ktgt_range *range, struct ktgt_range_link *link)
{
	link->range = range;
	if (range->exclusive) {
		hlist_add_head(&link->node, &bucket->exclusive);
		WRITE_ONCE(bucket->nr_exclusive, bucket->nr_exclusive + 1);
	} else {
		hlist_add_head(&link->node, &bucket->shared);
	}
}

/*
 * Subtracts a range that goes from the counts of those behind it. The list has
 * the last one first, so the first one is added to @resumed last.
 */
static void release_list(const struct hlist_head *list,
			 const struct ktgt_range *range,
			 struct llist_head *resumed)
{
	struct ktgt_range_link *link;

	hlist_for_each_entry(link, list, node) {
		struct ktgt_range *behind = link->range;

		if (behind->seq > range->seq && overlap(range, behind) &&
		    atomic_dec_and_test(&behind->nr_before))
			__llist_add(&behind->resume_node, resumed);
	}
}

static void range_unlink(struct ktgt_range_bucket *bucket,
			 struct ktgt_range *range, struct ktgt_range_link *link,
			 struct llist_head *resumed)
{
	unsigned long flags;

	spin_lock_irqsave(&bucket->lock, flags);
	hlist_del(&link->node);
	if (range->exclusive) {
		WRITE_ONCE(bucket->nr_exclusive, bucket->nr_exclusive - 1);
		release_list(&bucket->shared, range, resumed);
	}
	if (!hlist_empty(&bucket->exclusive))
		release_list(&bucket->exclusive, range, resumed);
	spin_unlock_irqrestore(&bucket->lock, flags);
}

/* Takes a range out. Those that can enter now are resumed without any lock. */
static void range_remove(struct ktgt_range_table *table,
			 struct ktgt_range *range)
{
	struct ktgt_range_bucket *low = &table->bucket[range->low];
	struct ktgt_range_bucket *high = &table->bucket[range->high];
	struct ktgt_range *next;
	LLIST_HEAD(resumed);

	range_unlink(low, range, &range->link[0], &resumed);
	if (high != low)
		range_unlink(high, range, &range->link[1], &resumed);
	range->is_linked = false;
	llist_for_each_entry_safe(range, next, resumed.first, resume_node)
		range->resume(range);
}

/**
 * ktgt_range_table_alloc - make a table for the ranges of a logical unit
 * @gfp: how to allocate
 *
 * Context: as @gfp says.
 * Return: an empty table, to be freed by ktgt_range_table_free(); NULL if there is
 *	no memory.
 */
struct ktgt_range_table *ktgt_range_table_alloc(gfp_t gfp)
{
	struct ktgt_range_table *table = kzalloc_obj(*table, gfp);
	unsigned int i;

	if (!table)
		return NULL;
	for (i = 0; i < KTGT_RANGE_NR_BUCKETS; i++) {
		struct ktgt_range_bucket *bucket = &table->bucket[i];

		spin_lock_init(&bucket->lock);
		INIT_HLIST_HEAD(&bucket->shared);
		INIT_HLIST_HEAD(&bucket->exclusive);
	}
	return table;
}

/**
 * ktgt_range_table_free - free a table
 * @table: table that no range is in any more, or NULL
 *
 * Context: any.
 */
void ktgt_range_table_free(struct ktgt_range_table *table)
{
	unsigned int i;

	if (!table)
		return;
	for (i = 0; i < KTGT_RANGE_NR_BUCKETS; i++)
		WARN_ON_ONCE(!hlist_empty(&table->bucket[i].shared) ||
			     !hlist_empty(&table->bucket[i].exclusive));
	kfree(table);
}

/**
 * ktgt_range_init - say what a range is
 * @range: range that is in no table
 * @pos: first byte
 * @len: length in bytes, 1 to KTGT_RANGE_MAX; see ktgt_range_step()
 * @exclusive: no other range may overlap it
 * @resume: called once if the range had to wait, when it has entered. In any
 *	context, hard interrupt included, without a lock of the table. It only
 *	queues who uses the range, and enters, leaves or cancels none: those that
 *	wait for one another would nest as deep as there are of them
 *
 * Context: any.
 */
void ktgt_range_init(struct ktgt_range *range, u64 pos, u64 len, bool exclusive,
		     void (*resume)(struct ktgt_range *range))
{
	unsigned int first, last;

	if (WARN_ON_ONCE(!len || len > KTGT_RANGE_MAX))
		len = KTGT_RANGE_MAX;
	range->first = pos;
	range->last = pos + len - 1;
	range->resume = resume;
	range->exclusive = exclusive;
	range->is_linked = false;
	first = bucket_index(range->first);
	last = bucket_index(range->last);
	range->low = min(first, last);
	range->high = max(first, last);
}

/**
 * ktgt_range_is_crowded - whether too many exclusive ranges are where one is
 * @table: the ranges of a logical unit
 * @range: exclusive range that has not entered yet
 *
 * Each range looks at all exclusive ones of its buckets. So who wants one more
 * asks this first, and ends its command with TASK SET FULL if there are too many
 * (SAM-5, 5.3.1). It is not exact: each CPU can add one beyond the limit.
 *
 * Context: any.
 * Return: true if there are too many.
 */
bool ktgt_range_is_crowded(const struct ktgt_range_table *table,
			   const struct ktgt_range *range)
{
	const struct ktgt_range_bucket *low = &table->bucket[range->low];
	const struct ktgt_range_bucket *high = &table->bucket[range->high];

	return READ_ONCE(low->nr_exclusive) >= KTGT_RANGE_MAX_EXCLUSIVE ||
	       READ_ONCE(high->nr_exclusive) >= KTGT_RANGE_MAX_EXCLUSIVE;
}

/**
 * ktgt_range_enter - enter a range, or wait for it
 * @table: the ranges of a logical unit
 * @range: the range, after ktgt_range_init() or after it was left
 *
 * Who uses the range may not be in another one of the same logical unit: it
 * would make that one's waiters wait for this one's.
 *
 * Context: any. Takes locks of @table.
 * Return: true if the range was entered. false if it waits: then &ktgt_range.resume
 *	is called, maybe before this function returns, unless ktgt_range_cancel()
 *	takes it out.
 */
bool ktgt_range_enter(struct ktgt_range_table *table, struct ktgt_range *range)
{
	struct ktgt_range_bucket *low = &table->bucket[range->low];
	struct ktgt_range_bucket *high = &table->bucket[range->high];
	unsigned int nr_before;
	unsigned long flags;

	if (WARN_ON_ONCE(range->is_linked))
		return true;
	range->is_linked = true;
	flags = buckets_lock(low, high);
	nr_before = count_before(low, range);
	if (high != low)
		nr_before += count_before(high, range);
	atomic_set(&range->nr_before, nr_before);
	range->seq = max(low->seq, high->seq) + 1;
	low->seq = range->seq;
	high->seq = range->seq;
	range_link(low, range, &range->link[0]);
	if (high != low)
		range_link(high, range, &range->link[1]);
	buckets_unlock(low, high, flags);
	return !nr_before;
}

/**
 * ktgt_range_leave - leave a range
 * @table: the ranges of a logical unit
 * @range: range that was entered: ktgt_range_enter() returned true, or
 *	&ktgt_range.resume was called. The caller may free it afterwards
 *
 * Resumes those that waited for this range alone.
 *
 * Context: any, hard interrupt included. Takes locks of @table, one at a time.
 */
void ktgt_range_leave(struct ktgt_range_table *table, struct ktgt_range *range)
{
	if (WARN_ON_ONCE(!range->is_linked || atomic_read(&range->nr_before)))
		return;
	range_remove(table, range);
}

/**
 * ktgt_range_cancel - wait for a range no longer
 * @table: the ranges of a logical unit
 * @range: range for which ktgt_range_enter() returned false, and that was not
 *	left
 *
 * Resumes those behind it that waited for this range alone.
 *
 * Context: any, hard interrupt included. Takes locks of @table, one at a time.
 * Return: true if the range is out of the table, and the caller may free it.
 *	false if it was entered meanwhile: &ktgt_range.resume was called, or is
 *	about to be, and the range has to be left after that.
 */
bool ktgt_range_cancel(struct ktgt_range_table *table, struct ktgt_range *range)
{
	/* With one more to wait for, no one who leaves can resume it. */
	if (!atomic_inc_not_zero(&range->nr_before))
		return false;
	range_remove(table, range);
	return true;
}
