// SPDX-License-Identifier: GPL-2.0
/*
 * What outlives a loss of power is in the state file of its logical unit before it is in
 * force, and in force before GOOD is told.
 *
 * Who changes it is the writer, one at a time: so no save has what another one has just
 * changed. He is the writer until his change is in force, or until a change that is not
 * to be has been taken out of the file again; then the next one is. If nothing is done for
 * SAVE_TIMEOUT, those that wait fail. No command sleeps for it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "state_save.h"

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <scsi/scsi_proto.h>

#include "../backend/state.h"
#include "../core/cmd.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "lu.h"
#include "mode_image.h"
#include "pr.h"
#include "pr_image.h"
#include "sanitize_image.h"
#include "sense.h"
#include "state_image.h"

#define SAVE_TIMEOUT	(10 * HZ)

/* Reclaim may wait for the logical unit. */
#define GFP_SAVE	(GFP_NOIO | __GFP_NOWARN)

/**
 * struct ktgt_save - how what a logical unit keeps is saved
 * @lu: the logical unit; its memory is referenced while a save is under way, and while
 *	@late is queued
 * @lock: protects the following; a spinlock, interrupts off. It may be taken under
 *	&ktgt_target.nexus_lock, and the lock of the state file under it
 * @is_taken: there is a writer, or a save is being undone
 * @cmd: command that is the writer; NULL if there is none, or it is one no more
 * @waiting: struct ktgt_cmd that wait until they are
 * @user_waits: the user is the writer, and waits for @written
 * @err: what became of his save
 * @late: ends commands that have waited for too long
 * @free: woken when there is no writer, for the user
 * @written: that his save is stable, or has failed
 */
struct ktgt_save {
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
static void watch(struct ktgt_save *save)
{
	if (queue_delayed_work(late_wq, &save->late, SAVE_TIMEOUT))
		kref_get(&save->lu->kref);
}

/* With the lock. The time begins again, since something was done. */
static void watch_anew(struct ktgt_save *save)
{
	if (!mod_delayed_work(late_wq, &save->late, SAVE_TIMEOUT))
		kref_get(&save->lu->kref);
}

/* With the lock. */
static bool is_saving(const struct ktgt_save *save)
{
	return save->cmd && save->cmd->step_nr == KTGT_SAVE_STEP_SAVING;
}

/*
 * With the lock, by who has a reference of the memory of the logical unit: no command
 * is saving. So nothing is watched when there are no commands.
 */
static void watch_no_longer(struct ktgt_save *save)
{
	if (list_empty(&save->waiting) && cancel_delayed_work(&save->late))
		ktgt_lu_put(save->lu);
}

/* With the lock. */
static void make_writer(struct ktgt_save *save, struct ktgt_cmd *cmd)
{
	save->is_taken = true;
	save->cmd = cmd;
	cmd->step_nr = KTGT_SAVE_STEP_WRITER;
	set_bit(KTGT_CMDF_STATE_WRITER, &cmd->flags);
}

/* With the lock. The command is the writer no more. */
static void end_writer(struct ktgt_save *save, enum ktgt_save_step step)
{
	save->cmd->step_nr = step;
	clear_bit(KTGT_CMDF_STATE_WRITER, &save->cmd->flags);
	save->cmd = NULL;
}

/* The first one that waits is the writer now, or nobody is. */
static void next_writer(struct ktgt_save *save)
{
	struct ktgt_cmd *next;
	unsigned long flags;

	spin_lock_irqsave(&save->lock, flags);
	save->is_taken = false;
	next = list_first_entry_or_null(&save->waiting, struct ktgt_cmd,
					wait_node);
	if (next) {
		list_del(&next->wait_node);
		make_writer(save, next);
	}
	watch_no_longer(save);
	spin_unlock_irqrestore(&save->lock, flags);
	if (next)
		ktgt_cmd_resume(next);
	else
		wake_up(&save->free);
}

/* With the lock. All that wait have failed, and are moved to @late. */
static void fail_waiting(struct ktgt_save *save, struct list_head *late)
{
	struct ktgt_cmd *cmd;

	list_for_each_entry(cmd, &save->waiting, wait_node)
		cmd->step_nr = KTGT_SAVE_STEP_FAILED;
	list_splice_init(&save->waiting, late);
}

/* The file system has not answered in time. */
static void late_work(struct work_struct *work)
{
	struct ktgt_save *save = container_of(to_delayed_work(work),
						 struct ktgt_save, late);
	struct ktgt_cmd *cmd, *next;
	LIST_HEAD(late);
	unsigned long flags;

	spin_lock_irqsave(&save->lock, flags);
	cmd = save->cmd;
	if (is_saving(save)) {
		end_writer(save, KTGT_SAVE_STEP_FAILED);
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
static void tell_user(struct ktgt_save *save, int err)
{
	if (!save->user_waits)
		return;
	save->user_waits = false;
	save->err = err;
	complete(&save->written);
}

static void written(void *owner, int err)
{
	struct ktgt_save *save = owner;
	struct ktgt_cmd *cmd;
	unsigned long flags;

	spin_lock_irqsave(&save->lock, flags);
	tell_user(save, err);
	cmd = save->cmd;
	if (is_saving(save)) {
		if (err)
			end_writer(save, KTGT_SAVE_STEP_FAILED);
		else
			cmd->step_nr = KTGT_SAVE_STEP_SAVED;
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
	struct ktgt_save *save = owner;

	next_writer(save);
	ktgt_lu_put(save->lu);
}

static const struct ktgt_state_ops state_ops = {
	.written = written,
	.undone = undone,
};

/* --- commands ------------------------------------------------------------- */

/**
 * ktgt_save_enter - become the writer, or wait for that
 * @cmd: command of a logical unit with a state file
 *
 * Context: process.
 * Return: true if it is the writer. Otherwise the command is not the caller's any more: it
 *	is submitted again with KTGT_SAVE_STEP_WRITER or KTGT_SAVE_STEP_FAILED.
 */
bool ktgt_save_enter(struct ktgt_cmd *cmd)
{
	struct ktgt_save *save = cmd->lu->save;
	bool waits = false, aborted;
	unsigned long flags;

	spin_lock_irqsave(&save->lock, flags);
	aborted = is_aborted(cmd);
	if (!aborted && !save->is_taken) {
		make_writer(save, cmd);
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
 * ktgt_save_base - what the image of the next save is made of
 * @lu: logical unit with a state file; the caller is its writer
 *
 * Of a file that nobody can understand nothing is kept.
 *
 * Context: any.
 * Return: the image that is kept, referenced, or NULL if there is none. ERR_PTR(-EBUSY) if
 *	another logical unit has the state file now: then nothing can be saved.
 */
struct ktgt_state_image *ktgt_save_base(struct ktgt_lu *lu)
{
	if (READ_ONCE(lu->pr.fault))
		return NULL;
	return ktgt_state_kept_get(lu->state, lu->save);
}

/**
 * ktgt_save_begin - save what is to be
 * @cmd: command that is the writer
 * @image: its image, which has room; belongs to the save from now on
 *
 * Context: process, may sleep.
 * Return: true if @cmd waits, and is not the caller's any more: it is submitted again with
 *	KTGT_SAVE_STEP_SAVED or KTGT_SAVE_STEP_FAILED. False if the file is in use: then it
 *	is the writer as before.
 */
bool ktgt_save_begin(struct ktgt_cmd *cmd, struct ktgt_state_image *image)
{
	struct ktgt_save *save = cmd->lu->save;
	unsigned long flags;
	bool begun;

	spin_lock_irqsave(&save->lock, flags);
	begun = !is_aborted(cmd) &&
		!ktgt_state_write(save->lu->state, image, &state_ops, save);
	if (begun) {
		kref_get(&save->lu->kref);
		cmd->step_nr = KTGT_SAVE_STEP_SAVING;
		watch_anew(save);
	}
	spin_unlock_irqrestore(&save->lock, flags);
	if (!begun)
		ktgt_state_image_put(image);
	return begun;
}

/**
 * ktgt_save_commit - what was saved is in force
 * @cmd: command with KTGT_SAVE_STEP_SAVED; it is the writer still
 *
 * Context: process, may sleep.
 */
void ktgt_save_commit(struct ktgt_cmd *cmd)
{
	struct ktgt_save *save = cmd->lu->save;

	ktgt_state_commit(save->lu->state);
	cmd->step_nr = KTGT_SAVE_STEP_WRITER;
	ktgt_lu_put(save->lu);
}

/**
 * ktgt_save_leave - be the writer no more
 * @cmd: command that is. If it has saved something without a commit, that is taken out of
 *	the file before there is another one
 *
 * Context: process.
 */
void ktgt_save_leave(struct ktgt_cmd *cmd)
{
	struct ktgt_save *save = cmd->lu->save;
	unsigned long flags;
	bool revoke;

	spin_lock_irqsave(&save->lock, flags);
	revoke = cmd->step_nr == KTGT_SAVE_STEP_SAVED;
	end_writer(save, KTGT_SAVE_STEP_NEW);
	if (revoke)
		ktgt_state_revoke(save->lu->state);
	spin_unlock_irqrestore(&save->lock, flags);
	if (!revoke)
		next_writer(save);
}

/* Ends as the writer, if no save has begun. */
static enum ktgt_save_result begin_section(struct ktgt_cmd *cmd,
					   enum ktgt_section_type type,
					   const u8 *data, u32 len)
{
	enum ktgt_save_result result = KTGT_SAVE_BUSY;
	struct ktgt_state_image *base, *image;
	u8 *p;

	base = ktgt_save_base(cmd->lu);
	if (IS_ERR(base))
		goto leave;
	image = ktgt_state_image_with(base, type, len, GFP_SAVE, &p);
	ktgt_state_image_put(base);
	if (!image)
		goto leave;
	if (len)
		memcpy(p, data, len);
	if (image->len > ktgt_state_room(cmd->lu->state)) {
		ktgt_state_image_put(image);
		result = KTGT_SAVE_NO_ROOM;
	} else if (ktgt_save_begin(cmd, image)) {
		return KTGT_SAVE_WAITS;
	}
leave:
	ktgt_save_leave(cmd);
	return result;
}

/**
 * ktgt_save_section - save another section of one type
 * @cmd: command of a logical unit with a state file; called again with the same arguments
 *	whenever it is submitted again
 * @type: which section
 * @data: its data
 * @len: bytes of it; with 0 there is no such section
 *
 * With KTGT_SAVE_STABLE it is the writer, and not otherwise.
 *
 * Context: process, may sleep for memory.
 * Return: what has become of it.
 */
enum ktgt_save_result ktgt_save_section(struct ktgt_cmd *cmd,
					enum ktgt_section_type type,
					const u8 *data, u32 len)
{
	switch (cmd->step_nr) {
	case KTGT_SAVE_STEP_NEW:
		if (!ktgt_save_enter(cmd))
			return KTGT_SAVE_WAITS;
		return begin_section(cmd, type, data, len);
	case KTGT_SAVE_STEP_WRITER:
		return begin_section(cmd, type, data, len);
	case KTGT_SAVE_STEP_SAVED:
		return KTGT_SAVE_STABLE;
	default:
		return KTGT_SAVE_FAILED;
	}
}

/**
 * ktgt_save_fail - end a command that could not save something
 * @cmd: the command
 * @result: why not
 *
 * Context: process; completes @cmd.
 */
void ktgt_save_fail(struct ktgt_cmd *cmd, enum ktgt_save_result result)
{
	if (result == KTGT_SAVE_BUSY) {
		ktgt_net_count_failure(cmd->lu->target->kn);
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return;
	}
	if (result == KTGT_SAVE_NO_ROOM)
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_INSUFFICIENT_RESOURCES);
	else
		ktgt_sense_set(&cmd->sense, HARDWARE_ERROR,
			       KTGT_ASC_INTERNAL_TARGET_FAILURE);
	ktgt_cmd_complete(cmd, SAM_STAT_CHECK_CONDITION);
}

/* With the lock. */
static bool is_waiting(struct ktgt_save *save, const struct ktgt_cmd *cmd)
{
	const struct ktgt_cmd *other;

	list_for_each_entry(other, &save->waiting, wait_node)
		if (other == cmd)
			return true;
	return false;
}

/**
 * ktgt_save_cancel - let a command wait no longer
 * @cmd: command of a logical unit with a state file, which may wait elsewhere or not at
 *	all
 *
 * Context: any.
 * Return: true if it waited; it has not completed.
 */
bool ktgt_save_cancel(struct ktgt_cmd *cmd)
{
	struct ktgt_save *save = cmd->lu->save;
	bool waits = false;
	unsigned long flags;

	spin_lock_irqsave(&save->lock, flags);
	if (save->cmd == cmd && is_saving(save)) {
		end_writer(save, KTGT_SAVE_STEP_NEW);
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

static bool try_writer(struct ktgt_save *save)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&save->lock, flags);
	ok = !save->is_taken;
	save->is_taken = true;
	spin_unlock_irqrestore(&save->lock, flags);
	return ok;
}

/**
 * ktgt_save_enter_user - become the writer, for the user
 * @lu: logical unit with a state file, referenced as by a command
 *
 * Context: process; sleeps for SAVE_TIMEOUT at most.
 * Return: false if others still save.
 */
bool ktgt_save_enter_user(struct ktgt_lu *lu)
{
	struct ktgt_save *save = lu->save;

	return wait_event_timeout(save->free, try_writer(save), SAVE_TIMEOUT);
}

/* Begins to save; the completion is his. */
static int begin_for_user(struct ktgt_save *save,
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
static int await_for_user(struct ktgt_save *save)
{
	unsigned long flags;
	int err;

	wait_for_completion_timeout(&save->written, SAVE_TIMEOUT);
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

/**
 * ktgt_save_write_user - save what the user wants
 * @lu: logical unit whose writer is the user
 * @image: the image; belongs to the save from now on
 * @undone: set if it has begun and failed: then there is another writer when that is
 *	undone, and the user is no more
 *
 * Context: process; sleeps until it is written, for SAVE_TIMEOUT at most.
 * Return: 0: ktgt_save_commit_user() has to follow. -EBUSY if the file is in use,
 *	-ENOSPC if the image has no room, -ETIMEDOUT, or the error of the file system.
 */
int ktgt_save_write_user(struct ktgt_lu *lu, struct ktgt_state_image *image,
			 bool *undone)
{
	int err = -ENOSPC;

	if (image->len <= ktgt_state_room(lu->state))
		err = begin_for_user(lu->save, image);
	if (err) {
		ktgt_state_image_put(image);
		return err;
	}
	err = await_for_user(lu->save);
	*undone = err;
	return err;
}

/**
 * ktgt_save_commit_user - what the user has saved is in force
 * @lu: logical unit whose writer is the user
 *
 * Context: process, may sleep.
 */
void ktgt_save_commit_user(struct ktgt_lu *lu)
{
	ktgt_state_commit(lu->state);
	ktgt_lu_put(lu);
}

/**
 * ktgt_save_leave_user - the user is the writer no more
 * @lu: logical unit whose writer he is; he has saved nothing without a commit
 *
 * Context: process.
 */
void ktgt_save_leave_user(struct ktgt_lu *lu)
{
	next_writer(lu->save);
}

/* --- the life of a logical unit ------------------------------------------- */

/**
 * struct reader - who understands a section
 * @type: which
 * @read: gives a logical unit that is not published what is in it. Returns 0, -EUCLEAN,
 *	-EPROTONOSUPPORT, or another errno with which there can be no logical unit
 */
struct reader {
	enum ktgt_section_type	type;
	int			(*read)(struct ktgt_lu *lu, const u8 *p, u32 len);
};

static const struct reader readers[] = {
	{ KTGT_SECTION_RESERVATIONS, ktgt_pr_image_read },
	{ KTGT_SECTION_MODE, ktgt_mode_image_read },
	{ KTGT_SECTION_SANITIZE, ktgt_sanitize_image_read },
};

static_assert(ARRAY_SIZE(readers) == KTGT_SECTION_END - 1);

static int read_image(struct ktgt_lu *lu, const struct ktgt_state_image *image)
{
	int err = ktgt_state_image_check(image);
	const u8 *p;
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(readers) && !err; i++) {
		p = ktgt_state_image_find(image, readers[i].type, &len);
		if (p)
			err = readers[i].read(lu, p, len);
	}
	return err;
}

/* What cannot be understood stays in the file until the user says otherwise. */
static int read_kept(struct ktgt_lu *lu, struct ktgt_state *state,
		     struct netlink_ext_ack *extack)
{
	int err = ktgt_state_fault(state);

	if (!err)
		err = read_image(lu, ktgt_state_kept(state));
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
	ktgt_mode_image_none(lu);
	lu->sanitize = (struct ktgt_sanitize) {};
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
	int err = ktgt_state_take(state, lu->save);

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
		ktgt_state_give_back(state, lu->save);
	return err;
}

/**
 * ktgt_save_open - give a new logical unit the reservations of its state file
 * @lu: logical unit, not published; ktgt_pr_exit() has to follow, and if it is dropped
 *	ktgt_save_drop() before
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
int ktgt_save_open(struct ktgt_lu *lu, struct ktgt_state *state,
		   struct netlink_ext_ack *extack)
{
	struct ktgt_save *save = kzalloc_obj(*save, GFP_KERNEL);
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
	lu->save = save;
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
 * ktgt_save_drop - a logical unit with a state file is not published after all
 * @lu: logical unit
 *
 * The one that has had the state file before can save again.
 *
 * Context: any.
 */
void ktgt_save_drop(struct ktgt_lu *lu)
{
	ktgt_state_give_back(lu->state, lu->save);
	ktgt_state_unuse(lu->state);
}

/**
 * ktgt_save_init - make the queue
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_save_init(void)
{
	late_wq = alloc_workqueue("ktgt-save-late", WQ_UNBOUND, 0);
	return late_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_save_exit - wait until no worker runs code of the module
 *
 * Context: module unload; no logical unit is left.
 */
void ktgt_save_exit(void)
{
	destroy_workqueue(late_wq);
}
