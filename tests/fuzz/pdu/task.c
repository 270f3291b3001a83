// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that the target has accepted, in the order in which they came.
 */
#include "task.h"

struct task tasks[MAX_TASKS];

/* The oldest one of that tag is answered first. */
struct task *find_task(const struct peer *peer, u32 itt)
{
	struct task *task, *found = NULL;

	for (task = tasks; task < tasks + MAX_TASKS; task++) {
		if (!task->used || task->peer != peer || task->itt != itt ||
		    task->silent)
			continue;
		if (!found || (s32)(task->serial - found->serial) < 0)
			found = task;
	}
	return found;
}

/*
 * One that was aborted, and of which the transport still had this data. Its tag
 * may belong to another one already.
 */
struct task *find_silent(const struct peer *peer, u32 itt, u32 data_sn,
			 u32 off)
{
	struct task *task;

	for (task = tasks; task < tasks + MAX_TASKS; task++) {
		if (task->used && task->peer == peer && task->itt == itt &&
		    task->silent && task->in_pieces &&
		    task->data_sn == data_sn && task->data_off == off &&
		    off < task->read_to)
			return task;
	}
	return NULL;
}

struct task *task_of(const struct ktgt_cmd *cmd)
{
	struct task *task;

	for (task = tasks; task < tasks + MAX_TASKS; task++) {
		if (task->used && task->cmd == cmd)
			return task;
	}
	return NULL;
}

/* A record for a new task; those that were aborted are kept for a while. */
struct task *new_task(void)
{
	struct task *task, *oldest = NULL;

	for (task = tasks; task < tasks + MAX_TASKS; task++) {
		if (!task->used)
			return task;
		if (task->silent && (!oldest ||
				     (s32)(task->serial - oldest->serial) < 0))
			oldest = task;
	}
	return oldest;
}

/* Whether a task that has not ended keeps another one from beginning. */
static bool goes_before(const struct task *other, const struct task *task)
{
	bool ordered = other->attr == ISCSI_ATTR_ORDERED ||
		       task->attr == ISCSI_ATTR_ORDERED;

	if (!other->used || !other->cmd || other == task ||
	    other->peer != task->peer || other->lun != task->lun ||
	    task->attr == ISCSI_ATTR_HEAD_OF_QUEUE)
		return false;
	return (ordered || other->attr == ISCSI_ATTR_HEAD_OF_QUEUE) &&
	       other->born < task->born;
}

void check_turn(const struct task *task)
{
	const struct task *other;

	for (other = tasks; other < tasks + MAX_TASKS; other++)
		require(!goes_before(other, task) || task->peer->wild);
}
