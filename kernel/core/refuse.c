// SPDX-License-Identifier: GPL-2.0
/*
 * Texts of refusals of any length. An extack has room for 80 bytes (before 6.3:
 * for none), which is less than an iSCSI name. The text that it points to must
 * stay until the answer is built, after the handler has returned.
 *
 * The thread that sets a text also builds the answer, in the same system call.
 * So one text is kept for each thread. It is freed at the next refusal of the
 * same thread, or at the next one of any thread after this one has ended. If a
 * worker sets the text, it takes the text away with ktgt_refuse_take(), and the
 * thread that builds the answer makes the text its own with ktgt_refuse_give().
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

/* Keeps a text for this thread. Frees it if there is no memory. */
static bool refusal_set(struct netlink_ext_ack *extack, char *text)
{
	struct refusal *refusal = kzalloc_obj(*refusal, GFP_KERNEL_ACCOUNT);

	if (!refusal || !text) {
		kfree(refusal);
		kfree(text);
		NL_SET_ERR_MSG(extack, "out of memory");
		return false;
	}
	refusal->pid = get_task_pid(current, PIDTYPE_PID);
	refusal->text = text;
	extack->_msg = text;
	refusal_keep(refusal);
	return true;
}

/**
 * ktgt_refuse - set the text of a refusal or of a warning
 * @extack: takes the text; may be NULL
 * @format: what was wrong (object, value), then what would be right
 *
 * If there is no memory for the text, the text is "out of memory".
 *
 * Context: the thread that sent the request, in its system call; or a worker
 * that calls ktgt_refuse_take() afterwards; may sleep.
 */
void ktgt_refuse(struct netlink_ext_ack *extack, const char *format, ...)
{
	va_list args;
	char *text;

	if (!extack)
		return;
	va_start(args, format);
	text = kvasprintf(GFP_KERNEL_ACCOUNT, format, args);
	va_end(args);
	/* as NL_SET_ERR_MSG() does */
	if (refusal_set(extack, text))
		do_trace_netlink_extack(text);
}

/**
 * ktgt_refuse_take - keep a text with which another thread will answer
 * @extack: contains the text, also afterwards
 *
 * Context: the thread that called ktgt_refuse(); does not sleep.
 *
 * Return: what the caller has to pass to ktgt_refuse_give() or to kfree(); NULL
 * if the text is a constant of the module.
 */
char *ktgt_refuse_take(const struct netlink_ext_ack *extack)
{
	struct pid *pid = task_pid(current);
	struct refusal *refusal;
	char *text = NULL;

	spin_lock(&refusals_lock);
	list_for_each_entry(refusal, &refusals, node) {
		if (refusal->pid != pid || refusal->text != extack->_msg)
			continue;
		list_del(&refusal->node);
		swap(text, refusal->text);
		break;
	}
	spin_unlock(&refusals_lock);
	if (text)
		refusal_free(refusal);
	return text;
}

/**
 * ktgt_refuse_give - answer with a text that another thread has set
 * @extack: takes the text
 * @text: what ktgt_refuse_take() returned, not NULL
 *
 * Context: the thread that sent the request, in its system call; may sleep.
 */
void ktgt_refuse_give(struct netlink_ext_ack *extack, char *text)
{
	refusal_set(extack, text);
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
