// SPDX-License-Identifier: GPL-2.0
/*
 * Logical units that do not answer.
 *
 * A logical unit is stalled for a connection while a task of it has been with
 * the SCSI side for a second or longer. If the initiator uses other disks as
 * well, stalled ones may hold half of the window and half of the pages. What
 * they hold beyond that is given to the others in addition, and they get no
 * more: commands end with TASK SET FULL, and those that wait for pages go on
 * waiting.
 *
 * Nothing is measured for each command. Where the window is closed, or tasks
 * wait for pages, all tasks are looked at once in a second: a task that is seen
 * twice is old.
 */
#include "stall.h"

#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "../core/deadline.h"
#include "../core/fabric.h"
#include "../scsi/nexus.h"
#include "task.h"
#include "window.h"

#define STALL_TIME	HZ

static bool stall_is_old(const struct ktgt_task *task)
{
	return task->state == KTGT_TASK_BUSY && task->flags & KTGT_TASK_OLD;
}

/**
 * ktgt_stall_covers - whether a logical unit is stalled
 * @conn: the connection
 * @lu: the logical unit, or NULL
 *
 * Context: the connection's work.
 * Return: true if an old task of it is still with the SCSI side.
 */
bool ktgt_stall_covers(const struct ktgt_conn *conn, const struct ktgt_lu *lu)
{
	u32 i;

	for (i = 0; lu && i < conn->nr_slots; i++)
		if (conn->slots[i]->cmd.lu == lu && stall_is_old(conn->slots[i]))
			return true;
	return false;
}

/* Return: whether some task has been with the SCSI side since the last look. */
static bool stall_age(struct ktgt_conn *conn)
{
	bool found = false;
	u32 i;

	for (i = 0; i < conn->nr_slots; i++) {
		struct ktgt_task *task = conn->slots[i];

		if (task->state != KTGT_TASK_BUSY)
			continue;
		if (task->flags & KTGT_TASK_SEEN)
			task->flags |= KTGT_TASK_OLD;
		task->flags |= KTGT_TASK_SEEN;
		found |= stall_is_old(task);
	}
	return found;
}

static void stall_set(struct ktgt_conn *conn, u32 tasks, u32 pages)
{
	u32 *limit = &conn->quota.limit[KTGT_QUOTA_DATA];
	struct ktgt_stall *stall = &conn->stall;
	u32 share;

	*limit -= stall->more_pages;
	share = *limit / 2;
	stall->tasks = tasks;
	/* at most as much again, however many LUs stall one after the other */
	stall->more_tasks = clamp(tasks, KTGT_STALL_TASKS,
				  2 * KTGT_STALL_TASKS) - KTGT_STALL_TASKS;
	stall->more_pages = clamp(pages, share, 2 * share) - share;
	*limit += stall->more_pages;
}

/* What the stalled LUs hold, whether it is with the SCSI side or not. */
static void stall_count(struct ktgt_conn *conn)
{
	u32 i, tasks = 0, pages = 0;

	for (i = 0; i < conn->nr_slots; i++) {
		struct ktgt_task *task = conn->slots[i];

		if (!ktgt_task_is_open(task) ||
		    !ktgt_stall_covers(conn, task->cmd.lu))
			continue;
		tasks += !(task->flags & KTGT_TASK_IMMEDIATE);
		pages += task->nr_pages + task->nr_scratch;
	}
	stall_set(conn, tasks, pages);
}

static void stall_look(struct ktgt_conn *conn)
{
	if (stall_age(conn) && ktgt_nexus_uses_disks(conn->nexus))
		stall_count(conn);
	else
		stall_set(conn, 0, 0);
	conn->stall.look_at = jiffies + STALL_TIME;
}

static unsigned long stall_left(const struct ktgt_conn *conn)
{
	return ktgt_time_left(conn->stall.look_at);
}

/**
 * ktgt_stall_watch - look for stalled logical units from now on
 * @conn: the connection, whose window is closed or whose tasks wait for pages
 *
 * Context: the connection's work.
 */
void ktgt_stall_watch(struct ktgt_conn *conn)
{
	if (conn->stall.watched || !conn->count.busy)
		return;
	conn->stall.watched = true;
	if (!stall_left(conn))
		stall_look(conn);
	conn->ops->limit_timer(conn, stall_left(conn));
}

/**
 * ktgt_stall_timer - look for stalled logical units when it is time
 * @conn: the connection, which is watched
 *
 * Context: the connection's work.
 * Return: jiffies until the next call.
 */
unsigned long ktgt_stall_timer(struct ktgt_conn *conn)
{
	unsigned long left = stall_left(conn);

	if (left)
		return left;
	stall_look(conn);
	conn->stall.watched = conn->stall.tasks ||
			      !list_empty(&conn->page_wait) ||
			      ktgt_window_is_closed(conn->window);
	return STALL_TIME;
}

/**
 * ktgt_stall_is_all - whether none but stalled logical units have pages
 * @conn: the connection
 *
 * Context: the connection's work.
 * Return: true if no task makes progress and will give pages back.
 */
bool ktgt_stall_is_all(const struct ktgt_conn *conn)
{
	u32 i, nr = 0;

	if (likely(!conn->stall.tasks))
		return !conn->count.full;
	for (i = 0; i < conn->nr_slots; i++)
		nr += stall_is_old(conn->slots[i]) &&
		      ktgt_task_has_buffer(conn->slots[i]);
	return nr == conn->count.full;
}
