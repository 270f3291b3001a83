// SPDX-License-Identifier: GPL-2.0
/*
 * Turns.
 *
 * The works of a processor's connections begin in the order in which they were
 * queued. Behind many busy connections, a quiet one, which has a command now and
 * then, would wait for all of them. So of the busy ones one is queued at a time, and
 * the others wait for their turn. Whoever has it runs for a short time only while
 * others wait.
 *
 * A quiet one is queued at once. It waits for others of its kind, each of which does
 * little, and for the rest of one turn.
 */
#include "turn.h"

#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

/**
 * struct ktgt_turns - turns of one processor
 * @cpu: its number
 * @lock: protects @waiting and @holder; taken in any context
 * @waiting: &ktgt_turn.node of those that wait, the first to come first
 * @holder: whose turn it is, or NULL
 * @wanted: connections that were queued, or wait, and have not begun
 */
struct ktgt_turns {
	int			cpu;
	spinlock_t		lock;
	struct list_head	waiting;
	struct ktgt_turn	*holder;
	atomic_t		wanted;
};

static DEFINE_PER_CPU_ALIGNED(struct ktgt_turns, all_turns);
static struct workqueue_struct *io_wq;

/**
 * ktgt_turns_init - make the work queue
 *
 * Context: module init.
 * Return: 0 or -ENOMEM.
 */
int ktgt_turns_init(void)
{
	struct ktgt_turns *turns;
	int cpu;

	/*
	 * Not WQ_HIGHPRI: such a worker would preempt the sender of its data
	 * for each PDU, and never have more than one PDU at a time.
	 */
	io_wq = alloc_workqueue("ktgt-io", WQ_MEM_RECLAIM | WQ_PERCPU, 0);
	if (!io_wq)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		turns = per_cpu_ptr(&all_turns, cpu);
		turns->cpu = cpu;
		spin_lock_init(&turns->lock);
		INIT_LIST_HEAD(&turns->waiting);
	}
	return 0;
}

/**
 * ktgt_turns_exit - free the work queue
 *
 * Context: module exit; nobody has a turn, or wants one.
 */
void ktgt_turns_exit(void)
{
	destroy_workqueue(io_wq);
}

/**
 * ktgt_turn_init - initialise what a connection has to do with turns
 * @turn: the turn
 * @work: the work that owns the connection
 *
 * Context: any; nobody else has @turn.
 */
void ktgt_turn_init(struct ktgt_turn *turn, struct work_struct *work)
{
	*turn = (struct ktgt_turn) { .work = work };
	INIT_LIST_HEAD(&turn->node);
}

/* Return: true if it is its turn, false if it waits. */
static bool turns_take(struct ktgt_turns *turns, struct ktgt_turn *turn)
{
	unsigned long flags;
	bool free;

	spin_lock_irqsave(&turns->lock, flags);
	free = !turns->holder;
	if (free) {
		turns->holder = turn;
		turn->held = turns;
	} else {
		list_add_tail(&turn->node, &turns->waiting);
	}
	spin_unlock_irqrestore(&turns->lock, flags);
	return free;
}

/* It is the turn of the next one, if there is one. */
static void turns_pass(struct ktgt_turns *turns)
{
	struct ktgt_turn *next;
	unsigned long flags;

	spin_lock_irqsave(&turns->lock, flags);
	turns->holder->held = NULL;
	next = list_first_entry_or_null(&turns->waiting, struct ktgt_turn, node);
	turns->holder = next;
	if (next) {
		list_del_init(&next->node);
		next->held = turns;
		/* under the lock, so that it is found here or there */
		queue_work_on(turns->cpu, io_wq, next->work);
	}
	spin_unlock_irqrestore(&turns->lock, flags);
}

/**
 * ktgt_turn_queue - have the work run, at once or in its turn
 * @turn: the connection's turn
 * @cpu: where it is to run
 *
 * Context: any. The caller has said before, with a full barrier behind it, what there
 *	is to do.
 */
void ktgt_turn_queue(struct ktgt_turn *turn, int cpu)
{
	struct ktgt_turns *turns = per_cpu_ptr(&all_turns, cpu);

	/* who has set it queues the work, which looks afterwards */
	if (READ_ONCE(turn->at) || cmpxchg(&turn->at, NULL, turns))
		return;
	atomic_inc(&turns->wanted);
	if (!READ_ONCE(turn->busy) || turns_take(turns, turn))
		queue_work_on(cpu, io_wq, turn->work);
}

/**
 * ktgt_turn_begin - the work has begun
 * @turn: the connection's turn
 *
 * A full barrier: who finds that the work need not be queued has said before what
 * there is to do, and the work finds it.
 *
 * Context: the connection's work.
 */
void ktgt_turn_begin(struct ktgt_turn *turn)
{
	struct ktgt_turns *turns = xchg(&turn->at, NULL);

	if (turns)
		atomic_dec(&turns->wanted);
}

/**
 * ktgt_turn_is_wanted - whether others wait for this processor
 *
 * Context: any; the answer may be late.
 * Return: true if other connections wait until this one ends its run.
 */
bool ktgt_turn_is_wanted(void)
{
	return atomic_read(&raw_cpu_ptr(&all_turns)->wanted);
}

/**
 * ktgt_turn_end - the run of the work ends
 * @turn: the connection's turn
 * @busy: from now on, the connection has to wait for its turn
 *
 * Context: the connection's work, before it can be queued again.
 */
void ktgt_turn_end(struct ktgt_turn *turn, bool busy)
{
	WRITE_ONCE(turn->busy, busy);
	if (turn->held)
		turns_pass(turn->held);
}

/**
 * ktgt_turn_cancel - the work neither runs nor waits any more
 * @turn: the connection's turn
 *
 * Context: teardown of the connection, process context; waits for the work.
 */
void ktgt_turn_cancel(struct ktgt_turn *turn)
{
	struct ktgt_turns *turns = READ_ONCE(turn->at);

	if (turns) {
		spin_lock_irq(&turns->lock);
		list_del_init(&turn->node);
		spin_unlock_irq(&turns->lock);
	}
	cancel_work_sync(turn->work);
	ktgt_turn_begin(turn);
	if (turn->held)
		turns_pass(turn->held);
}
