/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long it is to a deadline.
 */
#ifndef _KTGT_CORE_DEADLINE_H
#define _KTGT_CORE_DEADLINE_H

#include <linux/jiffies.h>
#include <linux/minmax.h>

/**
 * ktgt_time_left - how long it is to a deadline
 * @deadline: in jiffies
 *
 * Context: any.
 * Return: jiffies, 0 if it is over.
 */
static inline long ktgt_time_left(unsigned long deadline)
{
	return max_t(long, deadline - jiffies, 0);
}

#endif /* _KTGT_CORE_DEADLINE_H */
