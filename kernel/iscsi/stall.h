/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Logical units that do not answer, and how much of a connection they may hold.
 */
#ifndef _KTGT_ISCSI_STALL_H
#define _KTGT_ISCSI_STALL_H

#include <linux/types.h>

#include "conn.h"

struct ktgt_lu;

/* tasks that stalled LUs may hold together before others are given more */
#define KTGT_STALL_TASKS	(KTGT_WINDOW / 2U)

void ktgt_stall_watch(struct ktgt_conn *conn);
unsigned long ktgt_stall_timer(struct ktgt_conn *conn);
bool ktgt_stall_is_all(const struct ktgt_conn *conn);
bool ktgt_stall_covers(const struct ktgt_conn *conn, const struct ktgt_lu *lu);

/**
 * ktgt_stall_has_share - whether a logical unit has all that it may have
 * @conn: the connection
 * @lu: the logical unit of a command, or NULL
 *
 * Context: the connection's work.
 * Return: true if it is stalled, and stalled ones hold their share of the
 *	tasks.
 */
static inline bool ktgt_stall_has_share(const struct ktgt_conn *conn,
					const struct ktgt_lu *lu)
{
	return unlikely(conn->stall.more_tasks) && ktgt_stall_covers(conn, lu);
}

/**
 * ktgt_stall_has_pages - whether a logical unit has all pages it may have
 * @conn: the connection
 * @lu: the logical unit of a command, or NULL
 *
 * Context: the connection's work.
 * Return: true if it is stalled, and stalled ones hold their share of the
 *	pages.
 */
static inline bool ktgt_stall_has_pages(const struct ktgt_conn *conn,
					const struct ktgt_lu *lu)
{
	return unlikely(conn->stall.more_pages) && ktgt_stall_covers(conn, lu);
}

#endif /* _KTGT_ISCSI_STALL_H */
