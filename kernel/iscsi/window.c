// SPDX-License-Identifier: GPL-2.0
/*
 * The CmdSN window (RFC 7143, 4.2.2.1).
 */
#include "window.h"

#include <linux/compiler.h>
#include <linux/minmax.h>

#include "../core/fabric.h"
#include "conn.h"

/**
 * ktgt_window_take - judge the CmdSN of a request
 * @window: window of the session
 * @cmd_sn: its CmdSN
 * @immediate: it is marked for immediate delivery
 *
 * With one connection in the session the commands come in the order of their
 * numbers, so this costs two comparisons.
 *
 * Context: the connection's work.
 * Return: the verdict; after KTGT_CMDSN_OK ExpCmdSN has advanced.
 */
enum ktgt_cmdsn ktgt_window_take(struct ktgt_window *window, u32 cmd_sn,
				 bool immediate)
{
	if (immediate)
		return KTGT_CMDSN_OK;
	if (likely(cmd_sn == window->exp_cmd_sn &&
		   iscsi_sna_lte(cmd_sn, window->max_cmd_sn))) {
		window->exp_cmd_sn++;
		return KTGT_CMDSN_OK;
	}
	if (iscsi_sna_lt(cmd_sn, window->exp_cmd_sn) ||
	    iscsi_sna_gt(cmd_sn, window->max_cmd_sn))
		return KTGT_CMDSN_DROP;
	return KTGT_CMDSN_GAP;
}

/* Commands that can be taken. */
static u32 window_room(const struct ktgt_conn *conn)
{
	/* Discovery: there are no tasks, and few requests. */
	if (!conn->nexus->target)
		return KTGT_IMMEDIATE_MAX;
	if (conn->nr_inflight >= KTGT_WINDOW ||
	    conn->count.free <= KTGT_IMMEDIATE_MAX ||
	    ktgt_quota_is_over(&conn->quota, KTGT_QUOTA_DATA))
		return 0;
	return min_t(u32, KTGT_WINDOW - conn->nr_inflight,
		     conn->count.free - KTGT_IMMEDIATE_MAX);
}

/**
 * ktgt_window_open - open the window as far as there is room
 * @conn: connection of the session
 *
 * The window never shrinks. It opens only so far that every command in it
 * finds a free task, and not at all while the connection holds as many pages
 * as it may.
 *
 * Context: the connection's work.
 * Return: the MaxCmdSN that can be told now.
 */
u32 ktgt_window_open(const struct ktgt_conn *conn)
{
	struct ktgt_window *window = conn->window;
	u32 max = window->exp_cmd_sn + window_room(conn) - 1;

	if (iscsi_sna_gt(max, window->max_cmd_sn))
		window->max_cmd_sn = max;
	return window->max_cmd_sn;
}
