// SPDX-License-Identifier: GPL-2.0
/*
 * Texts of refusals of any length. An extack has room for 80 bytes (before 6.3:
 * for none), which is less than an iSCSI name. The text that it points to must
 * stay until the answer is built, after the handler has returned.
 *
 * The thread that sets a text also builds the answer, in the same system call.
 * So one text is kept for each thread. It is freed at the next refusal of the
 * same thread, or at the next one of any thread after this one has ended.
 */
#include "refuse.h"

#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

/**
 * struct refusal - the text of the last refusal of a thread
 * @node: in &refusals
 * @pid: the thread; a reference, so that no later thread has the same
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

/* Replaces the last text of the thread, and frees those of ended threads. */
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
 * If there is no memory for the text, the text is "out of memory".
 *
 * Context: the thread that sent the request, in its system call; may sleep.
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
	/* as NL_SET_ERR_MSG() does */
	do_trace_netlink_extack(refusal->text);
	extack->_msg = refusal->text;
	refusal_keep(refusal);
}

/**
 * ktgt_refuse_exit - free all texts
 *
 * Context: module exit, after the last command.
 */
void ktgt_refuse_exit(void)
{
	struct refusal *refusal, *next;

	list_for_each_entry_safe(refusal, next, &refusals, node) {
		list_del(&refusal->node);
		refusal_free(refusal);
	}
}
