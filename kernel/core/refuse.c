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

/* Takes the place of the task's last text, and of those of dead tasks. */
static void refusal_keep(struct refusal *new)
{
	struct refusal *refusal, *next;
	LIST_HEAD(used);

	spin_lock(&refusals_lock);
	list_for_each_entry_safe(refusal, next, &refusals, node)
		if (refusal->pid == new->pid ||
		    !pid_has_task(refusal->pid, PIDTYPE_PID))
			list_move(&refusal->node, &used);
	list_add(&new->node, &refusals);
	spin_unlock(&refusals_lock);
	list_for_each_entry_safe(refusal, next, &used, node)
		refusal_free(refusal);
}

__printf(1, 0)
static struct refusal *refusal_make(const char *format, va_list args)
{
	struct refusal *refusal = kzalloc_obj(*refusal, GFP_KERNEL_ACCOUNT);

	if (!refusal)
		return NULL;
	refusal->text = kvasprintf(GFP_KERNEL_ACCOUNT, format, args);
	if (!refusal->text) {
		kfree(refusal);
		return NULL;
	}
	refusal->pid = get_task_pid(current, PIDTYPE_PID);
	return refusal;
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
	va_start(args, format);
	refusal = refusal_make(format, args);
	va_end(args);
	if (!refusal) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return;
	}
	/* what the macros do, whose texts are of the module or short */
	do_trace_netlink_extack(refusal->text);
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
