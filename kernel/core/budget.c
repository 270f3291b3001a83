// SPDX-License-Identifier: GPL-2.0
/*
 * When the connections of a namespace hold more than they may, the one that holds
 * the most has its purse closed: it begins nothing that needs memory, and so gives
 * back what it has. Nobody is refused memory, and no session ends for it.
 *
 * A purse with little is never closed, and one that is closed opens again when it
 * has come down to less. So whoever needs little does not notice anything, and
 * everybody can go on with something.
 *
 * What is closed needs a moment to give memory back. The next purse is closed only
 * after that, or if the limit is passed by far meanwhile.
 */
#include "budget.h"

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

/* that much more is drawn at most than is needed, which saves the next times */
#define BUDGET_PORTION	SZ_256K
/* a purse that has no more than this stays open: about one piece of a command */
#define BUDGET_LEAST	SZ_1M
/* how long a purse that was closed has to give something back */
#define BUDGET_PATIENCE	(HZ / 10)
/* how often a closing is reported */
#define BUDGET_TELL	(10 * HZ)

/* A part of the limit: beyond it by this is far, and below it by this is enough. */
static u64 budget_margin(const struct ktgt_budget *budget)
{
	return budget->limit / 8;
}

/**
 * ktgt_budget_init - prepare the budget of a namespace
 * @budget: the budget
 * @limit: bytes that all purses may have
 * @change: called when a purse was closed or opened, under a spinlock
 *
 * Context: any.
 */
void ktgt_budget_init(struct ktgt_budget *budget, u64 limit,
		      ktgt_purse_fn change)
{
	spin_lock_init(&budget->lock);
	budget->change = change;
	budget->limit = limit;
	INIT_LIST_HEAD(&budget->large);
	INIT_LIST_HEAD(&budget->closed);
	budget->told_at = jiffies - BUDGET_TELL;
}

/**
 * ktgt_budget_exit - the namespace ends
 * @budget: the budget, which all purses have left
 *
 * Context: any.
 */
void ktgt_budget_exit(struct ktgt_budget *budget)
{
	WARN_ON_ONCE(budget->drawn);
}

/* With the lock. */
static void purse_open(struct ktgt_budget *budget, struct ktgt_purse *purse)
{
	clear_bit(KTGT_PURSE_CLOSED, &purse->flags);
	list_del_init(&purse->node);
	if (purse->drawn > BUDGET_LEAST)
		list_add_tail(&purse->node, &budget->large);
	budget->change(purse);
}

/* With the lock. */
static void purse_close(struct ktgt_budget *budget, struct ktgt_purse *purse)
{
	list_move_tail(&purse->node, &budget->closed);
	WRITE_ONCE(budget->closings, budget->closings + 1);
	budget->closed_at = jiffies;
	set_bit(KTGT_PURSE_CLOSED, &purse->flags);
	if (time_after_eq(jiffies, budget->told_at + BUDGET_TELL)) {
		budget->told_at = jiffies;
		set_bit(KTGT_PURSE_TELL, &purse->flags);
	}
	budget->change(purse);
}

/* With the lock. */
static void budget_open_all(struct ktgt_budget *budget)
{
	struct ktgt_purse *purse, *next;

	list_for_each_entry_safe(purse, next, &budget->closed, node)
		purse_open(budget, purse);
}

/* With the lock. There are not many: each has at least BUDGET_LEAST. */
static void budget_close_largest(struct ktgt_budget *budget)
{
	struct ktgt_purse *purse, *largest = NULL;

	list_for_each_entry(purse, &budget->large, node) {
		if (!largest || purse->drawn > largest->drawn)
			largest = purse;
	}
	if (largest)
		purse_close(budget, largest);
}

/* With the lock: whether the last one that was closed has had its time. */
static bool budget_may_close(const struct ktgt_budget *budget)
{
	return list_empty(&budget->closed) ||
	       time_after_eq(jiffies, budget->closed_at + BUDGET_PATIENCE) ||
	       budget->drawn > budget->limit + budget_margin(budget);
}

/* With the lock. */
static void budget_judge(struct ktgt_budget *budget)
{
	if (budget->drawn <= budget->limit - budget_margin(budget))
		budget_open_all(budget);
	else if (budget->drawn > budget->limit && budget_may_close(budget))
		budget_close_largest(budget);
}

/**
 * ktgt_budget_set_limit - change how much all purses may have
 * @budget: the budget
 * @limit: bytes
 *
 * If they have far more, purses are closed little by little.
 *
 * Context: process context; does not sleep.
 */
void ktgt_budget_set_limit(struct ktgt_budget *budget, u64 limit)
{
	spin_lock(&budget->lock);
	WRITE_ONCE(budget->limit, limit);
	budget_judge(budget);
	spin_unlock(&budget->lock);
}

/**
 * ktgt_budget_join - let a purse draw from a budget
 * @budget: the budget
 * @purse: the purse; it is not freed before ktgt_budget_leave()
 *
 * Context: its owner.
 */
void ktgt_budget_join(struct ktgt_budget *budget, struct ktgt_purse *purse)
{
	INIT_LIST_HEAD(&purse->node);
	purse->budget = budget;
}

/**
 * ktgt_budget_leave - give back all that a purse has drawn
 * @purse: the purse, of a budget. What its owner still holds does not count any
 *	more
 *
 * Context: its owner, process context; does not sleep.
 */
void ktgt_budget_leave(struct ktgt_purse *purse)
{
	struct ktgt_budget *budget = purse->budget;

	spin_lock(&budget->lock);
	list_del_init(&purse->node);
	purse->flags = 0;
	WRITE_ONCE(budget->drawn, budget->drawn - purse->drawn);
	budget_judge(budget);
	spin_unlock(&budget->lock);
	purse->budget = NULL;
	/* nothing is drawn or given back from now on */
	purse->drawn = U64_MAX;
	purse->low = 0;
}

/* With the lock: how much a purse is to have. One that is closed has no spare. */
static void purse_fill(struct ktgt_budget *budget, struct ktgt_purse *purse)
{
	u64 portion = BUDGET_PORTION, spare = min(purse->held, portion);

	WRITE_ONCE(budget->drawn, budget->drawn - purse->drawn);
	if (ktgt_purse_is_closed(purse)) {
		portion /= 8;
		spare = 0;
	}
	purse->drawn = purse->held + spare;
	purse->low = purse->held - min(purse->held / 2, 2 * portion);
	WRITE_ONCE(budget->drawn, budget->drawn + purse->drawn);
}

/* With the lock: a purse has more or less than before. */
static void purse_sort(struct ktgt_budget *budget, struct ktgt_purse *purse)
{
	if (ktgt_purse_is_closed(purse)) {
		if (purse->drawn <= BUDGET_LEAST / 2)
			purse_open(budget, purse);
	} else if (purse->drawn <= BUDGET_LEAST) {
		list_del_init(&purse->node);
	} else if (list_empty(&purse->node)) {
		list_add_tail(&purse->node, &budget->large);
	}
}

/**
 * ktgt_purse_settle - let a purse draw or give back
 * @purse: the purse, whose owner holds more than it has drawn, or far less; or that
 *	was closed
 *
 * Context: its owner, process context; does not sleep.
 */
void ktgt_purse_settle(struct ktgt_purse *purse)
{
	struct ktgt_budget *budget = purse->budget;

	if (!budget)
		return;
	spin_lock(&budget->lock);
	purse_fill(budget, purse);
	purse_sort(budget, purse);
	budget_judge(budget);
	spin_unlock(&budget->lock);
}
