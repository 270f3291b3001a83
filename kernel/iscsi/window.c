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
 * ktgt_window_take - check the CmdSN of a request
 * @window: window of the session
 * @cmd_sn: its CmdSN
 * @immediate: it is marked for immediate delivery
 *
 * A session has one connection, so commands arrive in the order of their
 * numbers, and two comparisons are enough.
 *
 * Context: the connection's work.
 * Return: the result; with KTGT_CMDSN_OK, ExpCmdSN has advanced.
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

/* Number of commands that the connection can accept. */
static u32 window_room(const struct ktgt_conn *conn)
{
	u32 window = KTGT_WINDOW + conn->stall.more_tasks;

	/* there are no tasks, and one request after the other */
	if (!conn->nexus->target)
		return KTGT_DISCOVERY_WINDOW;
	if (conn->nr_inflight >= window ||
	    conn->count.free <= KTGT_IMMEDIATE_MAX ||
	    ktgt_quota_is_over(&conn->quota, KTGT_QUOTA_DATA) ||
	    ktgt_quota_is_closed(&conn->quota))
		return 0;
	return min_t(u32, window - conn->nr_inflight,
		     conn->count.free - KTGT_IMMEDIATE_MAX);
}

/**
 * ktgt_window_open - open the window as far as there is room
 * @conn: connection of the session
 *
 * The window never shrinks. It opens only so far that every command in it finds
 * a free task. It does not open while the connection holds more pages than its
 * limit, or while its namespace holds too much and this connection the most.
 *
 * Context: the connection's work.
 * Return: the new MaxCmdSN.
 */
u32 ktgt_window_open(const struct ktgt_conn *conn)
{
	struct ktgt_window *window = conn->window;
	u32 max = window->exp_cmd_sn + window_room(conn) - 1;

	if (iscsi_sna_gt(max, window->max_cmd_sn))
		window->max_cmd_sn = max;
	return window->max_cmd_sn;
}
