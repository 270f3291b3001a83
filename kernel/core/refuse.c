// SPDX-License-Identifier: GPL-2.0
/*
 * Texts of extacks, as long as they have to be. An extack has room for 80 bytes
 * (before 6.3: for none), which is less than an iSCSI name. What it points to has
 * to last until the answer is built, after the handler has returned.
 *
 * The task that sets a text is the one that builds the answer, in the same system
 * call. So each task has one text: the next request of the same task, or the death
 * of the task, says that it has been used.
 */
#include "refuse.h"

#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

/**
 * struct refusal - the text that a task was last refused with
 * @node: in &refusals
 * @pid: the task; a reference, so that no later task is taken for it
 * @text: the text
 */
struct refusal {
	struct list_head	node;
	struct pid		*pid;
	char			*text;
};

static LIST_HEAD(refusals);
static DEFINE_SPINLOCK(refusals_lock);

static void refusal_free(struct refusal *refusal)
{
	if (!refusal)
		return;
	put_pid(refusal->pid);
	kfree(refusal->text);
	kfree(refusal);
}

/* Takes the place of the task's last text, or else that of a dead task. */
static void refusal_keep(struct refusal *new)
{
	struct refusal *refusal, *used = NULL;

	spin_lock(&refusals_lock);
	list_for_each_entry(refusal, &refusals, node) {
		if (refusal->pid == new->pid) {
			used = refusal;
			break;
		}
		if (!used && !pid_has_task(refusal->pid, PIDTYPE_PID))
			used = refusal;
	}
	if (used)
		list_del(&used->node);
	list_add(&new->node, &refusals);
	spin_unlock(&refusals_lock);
	refusal_free(used);
}

/**
 * ktgt_refuse - say why something is refused
 * @extack: takes the text; may be NULL
 * @format: what was wrong (object, value), then what would be right
 *
 * Without memory the text is that there is none.
 *
 * Context: the task that has asked, in its system call; may sleep.
 */
void ktgt_refuse(struct netlink_ext_ack *extack, const char *format, ...)
{
	struct refusal *refusal;
	va_list args;

	if (!extack)
		return;
	NL_SET_ERR_MSG(extack, "out of memory");
	refusal = kzalloc_obj(*refusal, GFP_KERNEL_ACCOUNT);
	if (!refusal)
		return;
	va_start(args, format);
	refusal->text = kvasprintf(GFP_KERNEL_ACCOUNT, format, args);
	va_end(args);
	if (!refusal->text) {
		kfree(refusal);
		return;
	}
	refusal->pid = get_task_pid(current, PIDTYPE_PID);
	extack->_msg = refusal->text;
	refusal_keep(refusal);
}

/**
 * ktgt_refuse_exit - forget all texts
 *
 * Context: module exit, when no command can come any more.
 */
void ktgt_refuse_exit(void)
{
	struct refusal *refusal, *next;

	list_for_each_entry_safe(refusal, next, &refusals, node) {
		list_del(&refusal->node);
		refusal_free(refusal);
	}
}
