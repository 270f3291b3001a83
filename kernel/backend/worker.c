// SPDX-License-Identifier: GPL-2.0
/*
 * The workers of a store: they carry out what may sleep until the storage answers.
 *
 * Each store counts its own, so one that hangs takes them from nobody else. A job
 * either starts a worker or waits for one; a worker takes all that waits, in order.
 */
#include "worker.h"

#include <linux/blkdev.h>
#include <linux/jiffies.h>
#include <linux/kdev_t.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "store.h"

/*
 * Workers of one store. Where a submission can only wait for a free tag, which is
 * for a tag of any kind, a second worker would get no more of them.
 */
#define MAX_WORKERS_TAGS	1
#define MAX_WORKERS_RW		32
#define MAX_WORKERS_LONG	4
/* of both lines together, when one of them has been with the storage so long */
#define MAX_WORKERS_STUCK	4
#define STUCK			HZ

/* of all stores that have no queue of their own, for each line */
#define MAX_SHARED		WQ_MAX_ACTIVE

/* how long a submission may sleep, and for how long it is remembered */
#define SLEEP_MS		10
#define SLEPT_MS		(10 * 60 * MSEC_PER_SEC)

/* workers of the stores that have no queue of their own; reclaim may wait for some */
static struct workqueue_struct *line_wq[KTGT_STORE_NR_LINES];
/* With @work_lock. */
static void set_detour(struct ktgt_store *store, u8 bit, bool on)
{
	lockdep_assert_held(&store->work_lock);
	WRITE_ONCE(store->detour, on ? store->detour | bit :
				       store->detour & ~bit);
}

/* With @work_lock: whether a submission may sleep, and not only for a tag. */
static bool may_sleep(const struct ktgt_store *store)
{
	return store->wq || store->detour & KTGT_DETOUR_SLEPT;
}

/**
 * ktgt_store_own_queue - give a store a queue for its workers alone
 * @store: the store, with its @dev; not given to anybody yet
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_store_own_queue(struct ktgt_store *store)
{
	store->wq = alloc_workqueue("ktgt-%u:%u", WQ_UNBOUND | WQ_MEM_RECLAIM,
				    MAX_WORKERS_RW + MAX_WORKERS_LONG,
				    MAJOR(store->dev), MINOR(store->dev));
	return store->wq ? 0 : -ENOMEM;
}

/**
 * ktgt_store_slept - look whether a submission has slept for too long
 * @store: the store
 * @began: jiffies before the submission, in which the task has slept
 *
 * REQ_NOWAIT is a wish. Who has not obeyed it once, for a time that others notice,
 * gets workers for a while.
 *
 * Context: any.
 */
void ktgt_store_slept(struct ktgt_store *store, unsigned long began)
{
	unsigned long flags;

	if (!time_after(jiffies, began + msecs_to_jiffies(SLEEP_MS)))
		return;
	spin_lock_irqsave(&store->work_lock, flags);
	store->awake_at = jiffies + msecs_to_jiffies(SLEPT_MS);
	set_detour(store, KTGT_DETOUR_SLEPT, true);
	spin_unlock_irqrestore(&store->work_lock, flags);
}

/**
 * ktgt_store_has_detour - whether a read or write has to go to a worker
 * @store: the store
 *
 * Context: any. Who only wants to know whether it is worth asking reads @detour.
 * Return: true if it has to.
 */
bool ktgt_store_has_detour(struct ktgt_store *store)
{
	unsigned long flags;
	bool has;

	spin_lock_irqsave(&store->work_lock, flags);
	if (store->detour & KTGT_DETOUR_SLEPT &&
	    time_after(jiffies, store->awake_at))
		set_detour(store, KTGT_DETOUR_SLEPT, false);
	has = store->detour;
	spin_unlock_irqrestore(&store->work_lock, flags);
	return has;
}

/**
 * ktgt_store_uses_workers - whether all its reads and writes go to workers
 * @store: the store
 *
 * Context: any.
 * Return: true if they do, because a submission has slept. If one goes to a worker
 *	because another one waits, this does not count.
 */
bool ktgt_store_uses_workers(struct ktgt_store *store)
{
	return ktgt_store_has_detour(store) &&
	       READ_ONCE(store->detour) & KTGT_DETOUR_SLEPT;
}

/**
 * struct worker - a work item of a store that runs
 * @node: in &ktgt_store.at_work
 * @began: jiffies when it began its present job
 */
struct worker {
	struct list_head	node;
	unsigned long		began;
};

/* With @work_lock. */
static bool is_stuck(struct ktgt_store *store)
{
	struct worker *oldest;

	oldest = list_first_entry_or_null(&store->at_work, struct worker, node);
	return oldest && time_after(jiffies, oldest->began + STUCK);
}

/*
 * With @work_lock. A storage that hangs keeps few workers. But a line without any
 * gets one: long commands can take a second at a storage that is well, and reads
 * must not wait for them.
 */
static bool may_start(struct ktgt_store *store, enum ktgt_store_line_nr nr)
{
	const struct ktgt_store_line *lines = store->lines;
	unsigned int max = MAX_WORKERS_LONG;

	if (!lines[nr].nr_workers)
		return true;
	if (is_stuck(store))
		return lines[KTGT_STORE_RW].nr_workers +
		       lines[KTGT_STORE_LONG].nr_workers < MAX_WORKERS_STUCK;
	if (nr == KTGT_STORE_RW)
		max = may_sleep(store) ? MAX_WORKERS_RW : MAX_WORKERS_TAGS;
	return lines[nr].nr_workers < max;
}

/* The next job. If there is none, and @leave is set, the worker counts no more. */
static struct ktgt_io_job *next_job(struct ktgt_store *store,
				    enum ktgt_store_line_nr nr,
				    struct worker *worker, bool leave)
{
	struct ktgt_store_line *line = &store->lines[nr];
	struct ktgt_io_job *job;
	unsigned long flags;

	spin_lock_irqsave(&store->work_lock, flags);
	job = list_first_entry_or_null(&line->waiting, struct ktgt_io_job, node);
	if (job) {
		list_del(&job->node);
		worker->began = jiffies;
		list_move_tail(&worker->node, &store->at_work);
	} else if (leave) {
		list_del(&worker->node);
		line->nr_workers--;
		if (nr == KTGT_STORE_RW && !line->nr_workers)
			set_detour(store, KTGT_DETOUR_QUEUE, false);
	}
	spin_unlock_irqrestore(&store->work_lock, flags);
	return job;
}

/*
 * All that waits, under a plug. What is in the plug has not been given to the
 * storage yet, so the worker counts until it is out.
 */
static void run_jobs(struct ktgt_store *store, enum ktgt_store_line_nr nr,
		     struct ktgt_io_job *job)
{
	struct worker worker = { .began = jiffies };
	struct blk_plug plug;

	spin_lock_irq(&store->work_lock);
	list_add_tail(&worker.node, &store->at_work);
	spin_unlock_irq(&store->work_lock);
	do {
		blk_start_plug(&plug);
		while (job) {
			job->run(job);
			cond_resched();
			job = next_job(store, nr, &worker, false);
		}
		blk_finish_plug(&plug);
		job = next_job(store, nr, &worker, true);
	} while (job);
}

static void run_line(struct work_struct *work, enum ktgt_store_line_nr nr)
{
	struct ktgt_io_job *job = container_of(work, struct ktgt_io_job, work);
	unsigned int noio = memalloc_noio_save();
	struct ktgt_store *store = job->store;

	run_jobs(store, nr, job);
	memalloc_noio_restore(noio);
	ktgt_store_put(store);
}

static void rw_work(struct work_struct *work)
{
	run_line(work, KTGT_STORE_RW);
}

static void long_work(struct work_struct *work)
{
	run_line(work, KTGT_STORE_LONG);
}

static void start_worker(struct ktgt_store *store, struct ktgt_io_job *job,
			 enum ktgt_store_line_nr nr)
{
	if (nr == KTGT_STORE_RW)
		INIT_WORK(&job->work, rw_work);
	else
		INIT_WORK(&job->work, long_work);
	queue_work(store->wq ?: line_wq[nr], &job->work);
}

/**
 * ktgt_store_defer - have something done where it may sleep
 * @store: the store, which stays open until it is done
 * @job: with @run set; the caller must not touch it any more
 * @nr: where it waits
 *
 * A job either starts a worker or waits for one, so none is allocated.
 *
 * Context: any, hard interrupt included.
 */
void ktgt_store_defer(struct ktgt_store *store, struct ktgt_io_job *job,
		      enum ktgt_store_line_nr nr)
{
	struct ktgt_store_line *line = &store->lines[nr];
	unsigned long flags;
	bool start;

	job->store = store;
	spin_lock_irqsave(&store->work_lock, flags);
	start = may_start(store, nr);
	if (start) {
		line->nr_workers++;
		kref_get(&store->ref);
		if (nr == KTGT_STORE_RW)
			set_detour(store, KTGT_DETOUR_QUEUE, true);
	} else {
		list_add_tail(&job->node, &line->waiting);
	}
	spin_unlock_irqrestore(&store->work_lock, flags);
	if (start)
		start_worker(store, job, nr);
}

static void free_queues(void)
{
	unsigned int nr;

	for (nr = 0; nr < KTGT_STORE_NR_LINES; nr++) {
		if (line_wq[nr])
			destroy_workqueue(line_wq[nr]);
	}
}

/**
 * ktgt_workers_init - make the queues that stores share
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_workers_init(void)
{
	line_wq[KTGT_STORE_RW] = alloc_workqueue("ktgt-rw", WQ_UNBOUND |
						 WQ_MEM_RECLAIM, MAX_SHARED);
	line_wq[KTGT_STORE_LONG] = alloc_workqueue("ktgt-long", WQ_UNBOUND |
						   WQ_MEM_RECLAIM, MAX_SHARED);
	if (line_wq[KTGT_STORE_RW] && line_wq[KTGT_STORE_LONG])
		return 0;
	free_queues();
	return -ENOMEM;
}

/**
 * ktgt_workers_exit - wait until the last worker has left
 *
 * Context: module unload, all stores are closed.
 */
void ktgt_workers_exit(void)
{
	free_queues();
}
