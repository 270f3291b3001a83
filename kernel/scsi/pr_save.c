// SPDX-License-Identifier: GPL-2.0
/*
 * Reservations that outlive a loss of power (APTPL, SPC-4, 5.12.5): they are in the
 * state file of the logical unit before they are in force, and in force before GOOD is
 * told.
 *
 * At a logical unit with a state file, PERSISTENT RESERVE OUT commands take turns. Who
 * has the turn keeps it until its change is in force, or until a change that is not to be
 * has been taken out of the file again. If nothing is done for PR_SAVE_TIMEOUT, those
 * that wait fail. Nobody sleeps for it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "pr_save.h"

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <scsi/scsi_proto.h>

#include "../backend/state.h"
#include "../core/cmd.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "lu.h"
#include "pr.h"
#include "pr_image.h"

#define PR_SAVE_TIMEOUT	(10 * HZ)

/**
 * struct ktgt_pr_save - how the reservations of a logical unit are saved
 * @lu: the logical unit; its memory is referenced while a save is under way, and while
 *	@late is queued
 * @lock: protects the following; a spinlock, interrupts off. It may be taken under
 *	&ktgt_target.nexus_lock, and the lock of the state file under it
 * @is_taken: somebody has the turn, or a save is being undone
 * @cmd: command that has the turn, NULL if it has been given back
 * @waiting: struct ktgt_cmd that wait for their turn
 * @user_waits: the user has the turn, and waits for @written
 * @err: what became of his save
 * @late: ends commands that have waited for too long
 * @free: woken when nobody has the turn, for the user
 * @written: that his save is stable, or has failed
 */
struct ktgt_pr_save {
	struct ktgt_lu		*lu;
	spinlock_t		lock;	/* see above */
	bool			is_taken;
	struct ktgt_cmd		*cmd;
	struct list_head	waiting;
	bool			user_waits;
	int			err;
	struct delayed_work	late;
	wait_queue_head_t	free;
	struct completion	written;
};

static struct workqueue_struct *late_wq;

static bool is_aborted(const struct ktgt_cmd *cmd)
{
	return READ_ONCE(cmd->flags) & (BIT(KTGT_CMDF_ABORTED) |
					BIT(KTGT_CMDF_TASK_ABORTED));
}

/* With the lock. */
static void watch(struct ktgt_pr_save *save)
{
	if (queue_delayed_work(late_wq, &save->late, PR_SAVE_TIMEOUT))
		kref_get(&save->lu->kref);
}

/* With the lock. The time begins again, since something was done. */
static void watch_anew(struct ktgt_pr_save *save)
{
	if (!mod_delayed_work(late_wq, &save->late, PR_SAVE_TIMEOUT))
		kref_get(&save->lu->kref);
}

/* With the lock. */
static bool is_saving(const struct ktgt_pr_save *save)
{
	return save->cmd && save->cmd->step_nr == KTGT_PR_STEP_SAVING;
}

/*
 * With the lock, by who has a reference of the memory of the logical unit: no command
 * is saving. So nothing is watched when there are no commands.
 */
static void watch_no_longer(struct ktgt_pr_save *save)
{
	if (list_empty(&save->waiting) && cancel_delayed_work(&save->late))
		ktgt_lu_put(save->lu);
}

/* With the lock. */
static void give_turn(struct ktgt_pr_save *save, struct ktgt_cmd *cmd)
{
	save->is_taken = true;
	save->cmd = cmd;
	cmd->step_nr = KTGT_PR_STEP_TURN;
	set_bit(KTGT_CMDF_TURN, &cmd->flags);
}

/* With the lock. The command has it no longer. */
static void take_turn_back(struct ktgt_pr_save *save, enum ktgt_pr_step step)
{
	save->cmd->step_nr = step;
	clear_bit(KTGT_CMDF_TURN, &save->cmd->flags);
	save->cmd = NULL;
}

/* The turn goes to who waits for it, and to nobody if nobody does. */
static void pass_turn(struct ktgt_pr_save *save)
{
	struct ktgt_cmd *next;
	unsigned long flags;

	spin_lock_irqsave(&save->lock, flags);
	save->is_taken = false;
	next = list_first_entry_or_null(&save->waiting, struct ktgt_cmd,
					wait_node);
	if (next) {
		list_del(&next->wait_node);
		give_turn(save, next);
	}
	watch_no_longer(save);
	spin_unlock_irqrestore(&save->lock, flags);
	if (next)
		ktgt_cmd_resume(next);
	else
		wake_up(&save->free);
}

/* With the lock. All that wait have failed, and are moved to @late. */
static void fail_waiting(struct ktgt_pr_save *save, struct list_head *late)
{
	struct ktgt_cmd *cmd;

	list_for_each_entry(cmd, &save->waiting, wait_node)
		cmd->step_nr = KTGT_PR_STEP_FAILED;
	list_splice_init(&save->waiting, late);
}

/* The file system has not answered in time. */
static void late_work(struct work_struct *work)
{
	struct ktgt_pr_save *save = container_of(to_delayed_work(work),
						 struct ktgt_pr_save, late);
	struct ktgt_cmd *cmd, *next;
	LIST_HEAD(late);
	unsigned long flags;

	spin_lock_irqsave(&save->lock, flags);
	cmd = save->cmd;
	if (is_saving(save)) {
		take_turn_back(save, KTGT_PR_STEP_FAILED);
		ktgt_state_revoke(save->lu->state);
		list_add(&cmd->wait_node, &late);
	}
	fail_waiting(save, &late);
	spin_unlock_irqrestore(&save->lock, flags);
	list_for_each_entry_safe(cmd, next, &late, wait_node)
		ktgt_cmd_resume(cmd);
	ktgt_lu_put(save->lu);
}

/* --- what the state file tells -------------------------------------------- */

/* With the lock. */
static void tell_user(struct ktgt_pr_save *save, int err)
{
	if (!save->user_waits)
		return;
	save->user_waits = false;
	save->err = err;
	complete(&save->written);
}

static void written(void *owner, int err)
{
	struct ktgt_pr_save *save = owner;
	struct ktgt_cmd *cmd;
	unsigned long flags;

	spin_lock_irqsave(&save->lock, flags);
	tell_user(save, err);
	cmd = save->cmd;
	if (is_saving(save)) {
		if (err)
			take_turn_back(save, KTGT_PR_STEP_FAILED);
		else
			cmd->step_nr = KTGT_PR_STEP_SAVED;
		watch_no_longer(save);
	} else {
		cmd = NULL;
	}
	spin_unlock_irqrestore(&save->lock, flags);
	if (cmd)
		ktgt_cmd_resume(cmd);
}

static void undone(void *owner)
{
	struct ktgt_pr_save *save = owner;

	pass_turn(save);
	ktgt_lu_put(save->lu);
}

static const struct ktgt_state_ops state_ops = {
	.written = written,
	.undone = undone,
};

/* --- commands ------------------------------------------------------------- */

/**
 * ktgt_pr_save_enter - take the turn to change reservations, or wait for it
 * @cmd: PERSISTENT RESERVE OUT that has come, at a logical unit with a state file
 *
 * Context: process.
 * Return: true if it is its turn. Otherwise the command is not the caller's any more.
 */
bool ktgt_pr_save_enter(struct ktgt_cmd *cmd)
{
	struct ktgt_pr_save *save = cmd->lu->pr_save;
	bool waits = false, aborted;
	unsigned long flags;

	spin_lock_irqsave(&save->lock, flags);
	aborted = is_aborted(cmd);
	if (!aborted && !save->is_taken) {
		give_turn(save, cmd);
	} else if (!aborted) {
		list_add_tail(&cmd->wait_node, &save->waiting);
		watch(save);
		waits = true;
	}
	spin_unlock_irqrestore(&save->lock, flags);
	if (aborted)
		ktgt_cmd_complete(cmd, SAM_STAT_TASK_ABORTED);
	return !aborted && !waits;
}

/**
 * ktgt_pr_save_begin - save what the reservations are to be
 * @cmd: command that has the turn
 * @image: their image; belongs to the save from now on
 *
 * Context: process, may sleep.
 * Return: true if @cmd waits, and is not the caller's any more: it is submitted again with
 *	KTGT_PR_STEP_SAVED or KTGT_PR_STEP_FAILED. False if the file is in use: then it
 *	has the turn as before.
 */
bool ktgt_pr_save_begin(struct ktgt_cmd *cmd, struct ktgt_state_image *image)
{
	struct ktgt_pr_save *save = cmd->lu->pr_save;
	unsigned long flags;
	bool begun;

	spin_lock_irqsave(&save->lock, flags);
	begun = !is_aborted(cmd) &&
		!ktgt_state_write(save->lu->state, image, &state_ops, save);
	if (begun) {
		kref_get(&save->lu->kref);
		cmd->step_nr = KTGT_PR_STEP_SAVING;
		watch_anew(save);
	}
	spin_unlock_irqrestore(&save->lock, flags);
	if (!begun)
		ktgt_state_image_put(image);
	return begun;
}

/**
 * ktgt_pr_save_commit - what was saved is in force
 * @cmd: command with KTGT_PR_STEP_SAVED; it has the turn still
 *
 * Context: process, may sleep.
 */
void ktgt_pr_save_commit(struct ktgt_cmd *cmd)
{
	struct ktgt_pr_save *save = cmd->lu->pr_save;

	ktgt_state_commit(save->lu->state);
	cmd->step_nr = KTGT_PR_STEP_TURN;
	ktgt_lu_put(save->lu);
}

/**
 * ktgt_pr_save_leave - give the turn back
 * @cmd: command that has it. If it has saved something without a commit, that is taken
 *	out of the file first
 *
 * Context: process.
 */
void ktgt_pr_save_leave(struct ktgt_cmd *cmd)
{
	struct ktgt_pr_save *save = cmd->lu->pr_save;
	unsigned long flags;
	bool revoke;

	spin_lock_irqsave(&save->lock, flags);
	revoke = cmd->step_nr == KTGT_PR_STEP_SAVED;
	take_turn_back(save, KTGT_PR_STEP_NEW);
	if (revoke)
		ktgt_state_revoke(save->lu->state);
	spin_unlock_irqrestore(&save->lock, flags);
	if (!revoke)
		pass_turn(save);
}

/* With the lock. */
static bool is_waiting(struct ktgt_pr_save *save, const struct ktgt_cmd *cmd)
{
	const struct ktgt_cmd *other;

	list_for_each_entry(other, &save->waiting, wait_node)
		if (other == cmd)
			return true;
	return false;
}

/**
 * ktgt_pr_save_cancel - let a command wait no longer
 * @cmd: PERSISTENT RESERVE OUT, which may wait elsewhere or not at all
 *
 * Context: any.
 * Return: true if it waited; it has not completed.
 */
bool ktgt_pr_save_cancel(struct ktgt_cmd *cmd)
{
	struct ktgt_pr_save *save = cmd->lu->pr_save;
	bool waits = false;
	unsigned long flags;

	if (!save)
		return false;
	spin_lock_irqsave(&save->lock, flags);
	if (save->cmd == cmd && is_saving(save)) {
		take_turn_back(save, KTGT_PR_STEP_NEW);
		ktgt_state_revoke(save->lu->state);
		watch_no_longer(save);
		waits = true;
	} else if (is_waiting(save, cmd)) {
		list_del(&cmd->wait_node);
		waits = true;
		if (!is_saving(save))
			watch_no_longer(save);
	}
	spin_unlock_irqrestore(&save->lock, flags);
	return waits;
}

/* --- the user ------------------------------------------------------------- */

static bool try_turn(struct ktgt_pr_save *save)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&save->lock, flags);
	ok = !save->is_taken;
	save->is_taken = true;
	spin_unlock_irqrestore(&save->lock, flags);
	return ok;
}

/* Begins to save; the completion is his. */
static int begin_for_user(struct ktgt_pr_save *save,
			  struct ktgt_state_image *image)
{
	unsigned long flags;
	int err;

	reinit_completion(&save->written);
	spin_lock_irqsave(&save->lock, flags);
	err = ktgt_state_write(save->lu->state, image, &state_ops, save);
	if (!err) {
		kref_get(&save->lu->kref);
		save->user_waits = true;
	}
	spin_unlock_irqrestore(&save->lock, flags);
	return err;
}

/* Returns what became of it; if it is too late, it is undone. */
static int await_for_user(struct ktgt_pr_save *save)
{
	unsigned long flags;
	int err;

	wait_for_completion_timeout(&save->written, PR_SAVE_TIMEOUT);
	spin_lock_irqsave(&save->lock, flags);
	err = save->err;
	if (save->user_waits) {
		save->user_waits = false;
		ktgt_state_revoke(save->lu->state);
		err = -ETIMEDOUT;
	}
	spin_unlock_irqrestore(&save->lock, flags);
	return err;
}

/*
 * With the turn, which is passed when the save is undone, if it began and failed:
 * @undone then.
 */
static int save_for_user(struct ktgt_lu *lu, const struct ktgt_pr *to,
			 bool *undone)
{
	struct ktgt_state_image *image = ktgt_pr_image_make(to, GFP_KERNEL);
	int err;

	if (!image)
		return -ENOMEM;
	if (image->len > ktgt_state_room(lu->state)) {
		ktgt_state_image_put(image);
		return -ENOSPC;
	}
	ktgt_state_forget_fault(lu->state);
	err = begin_for_user(lu->pr_save, image);
	if (err) {
		ktgt_state_image_put(image);
		return err;
	}
	err = await_for_user(lu->pr_save);
	*undone = err;
	return err;
}

static int set_with_turn(struct ktgt_lu *lu, struct ktgt_lu *to, bool *undone)
{
	bool saves = lu->pr.aptpl || lu->pr.fault || to->pr.aptpl;
	int err;

	if (saves) {
		err = save_for_user(lu, &to->pr, undone);
		if (err)
			return err;
	}
	ktgt_pr_replace(lu, to);
	if (!saves)
		return 0;
	ktgt_state_commit(lu->state);
	ktgt_lu_put(lu);
	return 0;
}

/**
 * ktgt_pr_save_set - give a logical unit the reservations that the user wants
 * @lu: logical unit, referenced as by a command
 * @to: logical unit that nobody sees, which has them; has none afterwards if it succeeds
 * @extack: gets the reason of a refusal
 *
 * Context: process; sleeps until the state file is written, for twice
 *	PR_SAVE_TIMEOUT at most.
 * Return: 0, -EBUSY, -ETIMEDOUT, -ENOMEM, or the error of the file system; then the
 *	logical unit is as it was.
 */
int ktgt_pr_save_set(struct ktgt_lu *lu, struct ktgt_lu *to,
		     struct netlink_ext_ack *extack)
{
	struct ktgt_pr_save *save = lu->pr_save;
	bool undone = false;
	int err;

	if (!save) {
		ktgt_pr_replace(lu, to);
		return 0;
	}
	if (!wait_event_timeout(save->free, try_turn(save), PR_SAVE_TIMEOUT)) {
		ktgt_refuse(extack,
			    "LUN %u: its state file is still being written; try again",
			    lu->lun);
		return -EBUSY;
	}
	err = set_with_turn(lu, to, &undone);
	if (!undone)
		pass_turn(save);
	if (err == -ENOSPC)
		ktgt_refuse(extack,
			    "LUN %u: so many registrations do not fit into its state file; make it larger, up to %u bytes",
			    lu->lun, 2 * KTGT_STATE_SLOT_MAX);
	else if (err && err != -ENOMEM)
		ktgt_refuse(extack,
			    "LUN %u: its state file cannot be written (%d); nothing has changed",
			    lu->lun, err);
	return err;
}

/* --- the life of a logical unit ------------------------------------------- */

/* What cannot be understood stays in the file until the user says otherwise. */
static int read_kept(struct ktgt_lu *lu, struct ktgt_state *state,
		     struct netlink_ext_ack *extack)
{
	int err = ktgt_state_fault(state);

	if (!err)
		err = ktgt_pr_image_read(lu, ktgt_state_kept(state));
	if (err == -ENOMEM)
		return err;
	if (err == -ENOSPC) {
		ktgt_refuse(extack,
			    "LUN %u: its state file has registrations, and there are %u of all logical units already",
			    lu->lun, KTGT_PR_ALL_MAX);
		return err;
	}
	if (!err)
		return 0;
	ktgt_pr_exit(lu);
	lu->pr.aptpl = false;
	lu->pr.generation = 0;
	lu->pr.fault = err;
	pr_err_ratelimited("LUN %u: its state file %s; it is not ready until its reservations are cleared or restored\n",
			   lu->lun, err == -EPROTONOSUPPORT ?
			   "was written by a later version of ktgt" :
			   "is damaged");
	return 0;
}

/* From now on the one that has had it before changes nothing in it. */
static int take_state(struct ktgt_lu *lu, struct ktgt_state *state,
		      struct netlink_ext_ack *extack)
{
	int err = ktgt_state_take(state, lu->pr_save);

	if (err)
		ktgt_refuse(extack,
			    "LUN %u: its state file is still being written; try again",
			    lu->lun);
	return err;
}

static int take_and_read(struct ktgt_lu *lu, struct ktgt_state *state,
			 struct netlink_ext_ack *extack)
{
	int err = take_state(lu, state, extack);

	if (err)
		return err;
	err = read_kept(lu, state, extack);
	if (err)
		ktgt_state_give_back(state, lu->pr_save);
	return err;
}

/**
 * ktgt_pr_save_open - give a new logical unit the reservations of its state file
 * @lu: logical unit, not published; ktgt_pr_exit() has to follow, and if it is dropped
 *	ktgt_pr_save_drop() before
 * @state: its state file, loaded; the caller has called ktgt_state_use(), which is undone
 *	with &ktgt_lu.state
 * @extack: gets the reason of a refusal
 *
 * The one that has had the state file before, and leaves, has the reservations that it
 * has: its initiators get BUSY for what would change them.
 *
 * Context: process, may sleep, for ktgt_state_take().
 * Return: 0, also if nobody knows which there were: see &ktgt_pr.fault; -EBUSY, -ENOMEM,
 *	-ENOSPC.
 */
int ktgt_pr_save_open(struct ktgt_lu *lu, struct ktgt_state *state,
		      struct netlink_ext_ack *extack)
{
	struct ktgt_pr_save *save = kzalloc_obj(*save, GFP_KERNEL);
	int err;

	if (!save)
		return -ENOMEM;
	save->lu = lu;
	lu->state = ktgt_state_get(state);
	spin_lock_init(&save->lock);
	INIT_LIST_HEAD(&save->waiting);
	INIT_DELAYED_WORK(&save->late, late_work);
	init_waitqueue_head(&save->free);
	init_completion(&save->written);
	lu->pr_save = save;
	lu->pr.persists = true;
	err = take_and_read(lu, state, extack);
	if (!err)
		return 0;
	/* it is not this one's then */
	ktgt_state_put(state);
	lu->state = NULL;
	return err;
}

/**
 * ktgt_pr_save_drop - a logical unit with a state file is not published after all
 * @lu: logical unit
 *
 * The one that has had the state file before can save again.
 *
 * Context: any.
 */
void ktgt_pr_save_drop(struct ktgt_lu *lu)
{
	ktgt_state_give_back(lu->state, lu->pr_save);
	ktgt_state_unuse(lu->state);
}

/**
 * ktgt_pr_save_init - make the queue
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_pr_save_init(void)
{
	late_wq = alloc_workqueue("ktgt-pr-late", WQ_UNBOUND, 0);
	return late_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_pr_save_exit - wait until no worker runs code of the module
 *
 * Context: module unload; no logical unit is left.
 */
void ktgt_pr_save_exit(void)
{
	destroy_workqueue(late_wq);
}
