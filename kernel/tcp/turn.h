/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Turns: how the busy connections of a processor share it, so that a quiet one is
 * served beside them.
 */
#ifndef _KTGT_TCP_TURN_H
#define _KTGT_TCP_TURN_H

#include <linux/list.h>
#include <linux/types.h>

struct ktgt_turns;
struct work_struct;

/**
 * struct ktgt_turn - what a connection has to do with turns
 * @work: the work that owns the connection
 * @held: where it is the turn of this connection, or NULL; under &ktgt_turns.lock,
 *	and read by @work
 * @node: in &ktgt_turns.waiting, under &ktgt_turns.lock
 * @busy: it waits for its turn; written by @work
 * @at: where @work was queued, or waits to be, and has not begun; or NULL; shared. The
 *	last member, so that it can be beside what others use besides
 */
struct ktgt_turn {
	struct work_struct	*work;
	struct ktgt_turns	*held;
	struct list_head	node;
	bool			busy;
	struct ktgt_turns	*at;
};

int ktgt_turns_init(void);
void ktgt_turns_exit(void);
void ktgt_turn_init(struct ktgt_turn *turn, struct work_struct *work);
void ktgt_turn_queue(struct ktgt_turn *turn, int cpu);
void ktgt_turn_begin(struct ktgt_turn *turn);
bool ktgt_turn_is_wanted(void);
void ktgt_turn_end(struct ktgt_turn *turn, bool busy);
void ktgt_turn_cancel(struct ktgt_turn *turn);

#endif /* _KTGT_TCP_TURN_H */
