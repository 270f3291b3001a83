/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much memory the connections of a network namespace may hold together.
 *
 * Each connection has a purse, which it fills from the budget in portions. So to
 * count what it takes and gives back is mostly an addition and a comparison.
 */
#ifndef _KTGT_CORE_BUDGET_H
#define _KTGT_CORE_BUDGET_H

#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct ktgt_purse;

/* called when a purse was closed or opened, under a spinlock */
typedef void (*ktgt_purse_fn)(struct ktgt_purse *purse);

/**
 * struct ktgt_budget - what all purses of a namespace have; only budget.c uses
 *	the members, unless their descriptions say otherwise
 * @lock: protects all members, and of purses @node and the closing; a spinlock
 * @change: called when a purse was closed or opened
 * @limit: bytes that all purses may have; read by others with READ_ONCE()
 * @drawn: bytes that they have; read by others with READ_ONCE()
 * @large: purses that are open and have enough to be closed for it
 * @closed: purses that are closed
 * @closings: how often one was closed; read by others with READ_ONCE()
 * @closed_at: when that was, the last time, in jiffies
 * @told_at: when a closing was last to be reported, in jiffies
 */
struct ktgt_budget {
	spinlock_t		lock;
	ktgt_purse_fn		change;
	u64			limit;
	u64			drawn;
	struct list_head	large;
	struct list_head	closed;
	u64			closings;
	unsigned long		closed_at;
	unsigned long		told_at;
};

/**
 * enum ktgt_purse_flags - bits of &ktgt_purse.flags
 * @KTGT_PURSE_CLOSED: the budget is used up, and this purse had the most
 * @KTGT_PURSE_TELL: that is to be reported
 */
enum ktgt_purse_flags {
	KTGT_PURSE_CLOSED,
	KTGT_PURSE_TELL,
};

/**
 * struct ktgt_purse - what one connection has drawn from the budget; begins with
 *	zeroes. Only its owner changes @held, @drawn and @low
 * @budget: the budget; NULL before ktgt_budget_join() and after
 *	ktgt_budget_leave()
 * @held: bytes that the owner holds; read by others with READ_ONCE()
 * @drawn: bytes that it has drawn for them
 * @low: if @held is less, some are given back
 * @node: in &ktgt_budget.large, &ktgt_budget.closed, or in neither
 * @flags: bits of &enum ktgt_purse_flags, changed atomically
 */
struct ktgt_purse {
	struct ktgt_budget	*budget;
	u64			held;
	u64			drawn;
	u64			low;
	struct list_head	node;
	unsigned long		flags;
};

void ktgt_budget_init(struct ktgt_budget *budget, u64 limit,
		      ktgt_purse_fn change);
void ktgt_budget_exit(struct ktgt_budget *budget);
void ktgt_budget_set_limit(struct ktgt_budget *budget, u64 limit);
void ktgt_budget_join(struct ktgt_budget *budget, struct ktgt_purse *purse);
void ktgt_budget_leave(struct ktgt_purse *purse);
void ktgt_purse_settle(struct ktgt_purse *purse);

/**
 * ktgt_purse_hold - count bytes that the owner of a purse takes
 * @purse: the purse
 * @bytes: how many
 *
 * This never fails: when the budget is used up, the purse that has the most is
 * told.
 *
 * Context: its owner, process context; may take a spinlock.
 */
static inline void ktgt_purse_hold(struct ktgt_purse *purse, u64 bytes)
{
	purse->held += bytes;
	if (unlikely(purse->held > purse->drawn))
		ktgt_purse_settle(purse);
}

/**
 * ktgt_purse_drop - count bytes that the owner of a purse gives back
 * @purse: the purse
 * @bytes: how many; they were counted before
 *
 * Context: its owner, process context; may take a spinlock.
 */
static inline void ktgt_purse_drop(struct ktgt_purse *purse, u64 bytes)
{
	purse->held -= bytes;
	if (unlikely(purse->held < purse->low))
		ktgt_purse_settle(purse);
}

/**
 * ktgt_purse_is_closed - whether a purse is closed
 * @purse: the purse
 *
 * Context: any.
 * Return: true if its owner is to take as little as it can.
 */
static inline bool ktgt_purse_is_closed(const struct ktgt_purse *purse)
{
	return test_bit(KTGT_PURSE_CLOSED, &purse->flags);
}

/**
 * ktgt_purse_take_report - whether the owner is to report that it was closed
 * @purse: the purse
 *
 * Context: any.
 * Return: true once for each closing that is to be reported.
 */
static inline bool ktgt_purse_take_report(struct ktgt_purse *purse)
{
	return test_and_clear_bit(KTGT_PURSE_TELL, &purse->flags);
}

#endif /* _KTGT_CORE_BUDGET_H */
