// SPDX-License-Identifier: GPL-2.0
/*
 * Long commands, whose data moves in pieces.
 *
 * A READ or WRITE of more than KTGT_CMD_PIECE bytes has a ring of pages for at most
 * four pieces. One piece is with the SCSI side at a time. Meanwhile the initiator
 * sends those that come after it, or is sent those before it.
 *
 * One piece is all that it needs: when that has moved, its pages go to the next one.
 * More are taken only when they are of use, and only while no other task waits for
 * pages. If some do, a command that has given its last pages back waits with them.
 * So none waits for pages while it holds some.
 *
 * What is received and sent only changes the task. Once in each round, all such
 * tasks are looked at, and go on if they can.
 */
#include "piece.h"

#include <linux/list.h>

#include "../scsi/exec.h"
#include "conn.h"
#include "data.h"
#include "mem.h"
#include "pdu.h"
#include "stall.h"
#include "task.h"

static bool piece_is_write(const struct ktgt_task *task)
{
	return task->flags & KTGT_TASK_WRITE;
}

/* Bytes of the piece that moves next. */
static u32 piece_len(const struct ktgt_task *task)
{
	return ktgt_cmd_piece_len(&task->cmd, task->moved);
}

/**
 * ktgt_piece_back - the SCSI side has given a command back, for its next piece
 * @task: the task, which moves in pieces
 *
 * Context: the connection's work.
 */
void ktgt_piece_back(struct ktgt_task *task)
{
	u32 moved = task->cmd.step_at;

	/* the piece has more than one transfer, or has waited for its range */
	if (moved == task->moved && ktgt_cmd_is_admitted(&task->cmd)) {
		ktgt_task_set_state(task, KTGT_TASK_BUSY, KTGT_TASK_READY);
		return;
	}
	ktgt_cmd_pause(&task->cmd);
	ktgt_task_set_state(task, KTGT_TASK_BUSY, KTGT_TASK_RECV);
	/* it may have waited only */
	if (moved == task->moved)
		return;
	task->moved = moved;
	if (piece_is_write(task))
		return;
	task->in_len = moved;
	if (ktgt_data_in_start(task))
		ktgt_conn_owe(task->conn, KTGT_OWED_DATA);
}

/* Whether pages for one more piece would be of use now. */
static bool piece_is_wanted(const struct ktgt_task *task)
{
	if (task->ring_to == task->cmd.buf_len || ktgt_task_is_ending(task) ||
	    task->ring_to - task->ring_from >= KTGT_CMD_RING)
		return false;
	if (!piece_is_write(task))
		return task->state == KTGT_TASK_RECV &&
		       task->ring_to == task->moved;
	return task->r2t_off == task->ring_to &&
	       task->nr_r2t < task->conn->param.max_r2t &&
	       !(task->flags & KTGT_TASK_BAD_DATA);
}

/*
 * One that has given its last pages back goes on if there is room. Those that wait
 * have their turn before, unless they may be dormant behind this one: then it goes
 * on in any case.
 */
static bool piece_may_have(const struct ktgt_task *task, u32 nr_pages)
{
	const struct ktgt_conn *conn = task->conn;

	if (!task->nr_pages && conn->nr_ordered)
		return true;
	if (!list_empty(&conn->page_wait) ||
	    !ktgt_data_has_room(conn, nr_pages))
		return false;
	return !task->nr_pages || !ktgt_stall_has_pages(conn, task->cmd.lu);
}

/* Return: false if the task has to do without more pages now. */
static bool piece_take(struct ktgt_task *task)
{
	u32 len = ktgt_cmd_piece_len(&task->cmd, task->ring_to);
	u32 nr_pages = DIV_ROUND_UP(len, PAGE_SIZE);
	struct ktgt_conn *conn = task->conn;

	if (!piece_may_have(task, nr_pages)) {
		if (!task->nr_pages)
			ktgt_task_set_state(task, KTGT_TASK_RECV,
					    KTGT_TASK_PAGES);
		return false;
	}
	if (conn->mem.nr_free_pages < nr_pages) {
		ktgt_pdus_prepare(conn);
		ktgt_mem_refill(conn, nr_pages);
	}
	if (ktgt_task_add_piece(task))
		return true;
	/* if there is a piece, it will give pages back */
	if (!task->nr_pages)
		ktgt_conn_starve(conn);
	return false;
}

/* Whether the next piece can go to the SCSI side, or the command has failed. */
static bool piece_is_ready(const struct ktgt_task *task)
{
	u32 end = task->moved + piece_len(task);

	if (!piece_is_write(task))
		return task->ring_to >= end;
	if (task->flags & KTGT_TASK_BAD_DATA)
		return !ktgt_data_is_awaited(task);
	return ktgt_data_received(task) >= end;
}

static void piece_advance(struct ktgt_task *task)
{
	if (piece_is_write(task))
		ktgt_task_put_pieces(task, task->moved);
	while (piece_is_wanted(task) && piece_take(task)) {
		if (piece_is_write(task))
			ktgt_data_solicit(task);
	}
	if (task->state != KTGT_TASK_RECV || !piece_is_ready(task))
		return;
	/* it may be dormant only before its first piece */
	if (task->moved)
		ktgt_task_set_state(task, KTGT_TASK_RECV, KTGT_TASK_READY);
	else
		ktgt_task_set_ready(task);
}

/**
 * ktgt_pieces_advance - let the commands go on that move in pieces
 * @conn: the connection
 *
 * Those that have to wait for pages are served by ktgt_data_serve_pages().
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_pieces_advance(struct ktgt_conn *conn)
{
	struct ktgt_task *task;

	list_for_each_entry(task, &conn->longs, long_node) {
		switch (task->state) {
		case KTGT_TASK_RECV:
		case KTGT_TASK_READY:
		case KTGT_TASK_BUSY:
			piece_advance(task);
			break;
		default:
			/* it waits for pages, or for other tasks */
			break;
		}
	}
}
