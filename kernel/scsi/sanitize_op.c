// SPDX-License-Identifier: GPL-2.0
/*
 * What sanitizes a logical unit (SBC-4, 4.11): all blocks are overwritten, or erased.
 *
 * What sanitizes belongs to the logical unit, and not to the command that has begun
 * it: the command may be answered at once, or be aborted, or its session may end. It
 * goes to the storage as a command of its own, which no initiator has sent. So it is
 * admitted by the gate for each step, and whoever closes the gate waits for a step at
 * most. Between two steps it comes back to a work of this file.
 *
 * It begins when all commands have ended that were admitted before. From then on there
 * are none but its own, because sanitize_state.c refuses them.
 *
 * It ends with a failure if its device fails, is protected, becomes smaller, or is
 * replaced: the blocks of another device are not those that were to be sanitized. If
 * the logical unit is removed, it ends with it.
 *
 * With a state file, what it is to do is stable before the first block is written, and how
 * it has ended before anybody is told. So the next logical unit with this file and this
 * disk, after a loss of power or whatever has ended this one, goes on with it: from the
 * beginning, since nobody knows how far it has come. A disk that has no identity cannot be
 * known again; then it has failed. The command of the operation is the
 * writer of the state file then, as one of an initiator would be.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "sanitize_op.h"

#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <scsi/scsi_proto.h>

#include "../backend/state.h"
#include "../backend/store.h"
#include "../core/cmd.h"
#include "../core/target.h"
#include "data.h"
#include "gate.h"
#include "lu.h"
#include "lu_life.h"
#include "sanitize_image.h"
#include "sanitize_state.h"
#include "sense.h"
#include "state_save.h"

/* what goes to the storage at once; whoever closes the gate may wait for that */
#define STEP			SZ_8M
/* likewise; a device is told of it, and moves no data */
#define UNMAP_STEP		SZ_1G

/* Reclaim may wait for the logical unit. */
#define GFP_SANITIZE		(GFP_NOIO | __GFP_NOWARN)

/**
 * struct ktgt_sanitize_op - what sanitizes a logical unit
 *
 * Whoever runs @work has it to himself, but for @asker.
 *
 * @cmd: what goes through the gate, carries the transfers, and saves
 * @queue: where @cmd comes back to
 * @work: goes on when it has come back
 * @go_on: what comes next then
 * @wait: for the end of the commands that were admitted before
 * @lu: the logical unit, with a reference of a command
 * @store: the store that it began with; its memory is referenced
 * @asker: SANITIZE that is answered when it ends, or when it is saved; or NULL. Under
 *	op_lock
 * @is_immed: @asker is answered when it is saved that it is under way
 * @before: what the logical unit has said before, and says again if that cannot be saved
 * @disk: identity of the disk that it began with, "" if that has none
 * @medium_nr: number of its medium
 * @section: room for what is saved; NULL without a state file
 * @section_len: bytes of what is saved, 0 if nothing is to be kept any more
 * @status: with which it ends, when that is saved
 * @end_is_saved: that is saved, once
 * @pattern_len: bytes of the pattern, which is at the beginning of @page
 * @page: a block of the pattern, at its beginning; NULL if nothing is overwritten
 * @is_inverted: it is the inverted pattern
 * @is_under_way: a transfer has been submitted, and not looked at
 * @is_mapped: blocks could not be unmapped
 */
struct ktgt_sanitize_op {
	struct ktgt_cmd		cmd;
	struct ktgt_done_queue	queue;
	struct work_struct	work;
	void			(*go_on)(struct ktgt_sanitize_op *op);
	struct ktgt_store_wait	wait;
	struct ktgt_lu		*lu;
	struct ktgt_store	*store;
	struct ktgt_cmd		*asker;
	bool			is_immed;
	struct ktgt_sanitize	before;
	char			disk[KTGT_SANITIZE_DISK_MAX + 1];
	u16			medium_nr;
	u8			*section;
	u32			section_len;
	u8			status;
	bool			end_is_saved;
	u16			pattern_len;
	struct page		*page;
	bool			is_inverted;
	bool			is_under_way;
	bool			is_mapped;
};

/* protects &ktgt_lu.sanitize_op of all logical units, and who waits for it */
static DEFINE_SPINLOCK(op_lock);

/* waits for no storage; reclaim may wait for a logical unit that is sanitized */
static struct workqueue_struct *sanitize_wq;

static u32 block_of(const struct ktgt_sanitize_op *op)
{
	return 1u << op->cmd.block_shift;
}

/* --- the end -------------------------------------------------------------- */

/**
 * ktgt_sanitize_op_free - free what sanitizes
 * @op: what has not begun, or has ended
 *
 * Context: may sleep.
 */
void ktgt_sanitize_op_free(struct ktgt_sanitize_op *op)
{
	if (op->page)
		__free_page(op->page);
	kfree(op->section);
	kfree(op);
}

/* It has ended, and is not to be touched any more. */
static void op_put(struct ktgt_sanitize_op *op)
{
	struct ktgt_lu *lu = op->lu;

	ktgt_store_put(op->store);
	ktgt_sanitize_op_free(op);
	percpu_ref_put(&lu->ref);
}

/* Nobody finds it any more. Returns the command that waits for its end, or NULL. */
static struct ktgt_cmd *op_leave(struct ktgt_sanitize_op *op)
{
	struct ktgt_cmd *asker;
	unsigned long flags;

	spin_lock_irqsave(&op_lock, flags);
	op->lu->sanitize_op = NULL;
	asker = op->asker;
	spin_unlock_irqrestore(&op_lock, flags);
	return asker;
}

/* All is unmapped only if it still has the store that was. */
static u8 phase_after(const struct ktgt_sanitize_op *op, u8 status)
{
	struct ktgt_lu *lu = op->lu;

	if (status != SAM_STAT_GOOD)
		return KTGT_SANITIZE_FAILED;
	if (lu->sanitize.action == KTGT_SANITIZE_BLOCK_ERASE &&
	    lu->sanitize.passes > 1 && !op->is_mapped &&
	    rcu_access_pointer(lu->store) == op->store)
		return KTGT_SANITIZE_ERASED;
	return KTGT_SANITIZE_NONE;
}

/* With &ktgt_lu.lock. Its medium may be out by now, or another one may be in. */
static void follow_medium(const struct ktgt_sanitize_op *op)
{
	struct ktgt_lu *lu = op->lu;

	if (ktgt_lu_is_ejected(lu))
		ktgt_sanitize_lose_medium(lu);
	else
		ktgt_sanitize_follow_medium(lu, op->medium_nr != lu->medium_nr);
}

static void set_phase(struct ktgt_sanitize_op *op, u8 status)
{
	struct ktgt_lu *lu = op->lu;

	/* the store stays as it is */
	mutex_lock(&lu->gate.mutex);
	spin_lock(&lu->lock);
	WRITE_ONCE(lu->sanitize.phase, phase_after(op, status));
	strscpy(lu->failed_medium, op->disk, sizeof(lu->failed_medium));
	follow_medium(op);
	spin_unlock(&lu->lock);
	mutex_unlock(&lu->gate.mutex);
}

static void answer(struct ktgt_cmd *asker, u8 status)
{
	if (status == SAM_STAT_CHECK_CONDITION)
		ktgt_sense_set(&asker->sense, MEDIUM_ERROR,
			       KTGT_ASC_SANITIZE_FAILED);
	ktgt_cmd_complete(asker, status);
}

/*
 * With GOOD, CHECK CONDITION, or TASK ABORTED if the logical unit is being removed.
 * The next one may begin as soon as the phase is set.
 */
static void op_end(struct ktgt_sanitize_op *op, u8 status)
{
	struct ktgt_cmd *asker = op_leave(op);
	struct ktgt_lu *lu = op->lu;

	set_phase(op, status);
	if (status == SAM_STAT_CHECK_CONDITION) {
		pr_warn_ratelimited("target %u: LUN %u: sanitizing it has failed; initiators cannot use it until it is sanitized again\n",
				    lu->target->tid, lu->lun);
		/* the device may be gone, or smaller */
		ktgt_lu_refresh(lu);
	}
	if (asker)
		answer(asker, status);
	op_put(op);
}

/* --- what is saved -------------------------------------------------------- */

/* What is kept of it. The pattern is as it was asked for, since no pass has begun. */
static void put_section(struct ktgt_sanitize_op *op, bool failed)
{
	const struct ktgt_sanitize *state = &op->lu->sanitize;
	struct ktgt_sanitize_image image = {
		.failed = failed,
		.action = state->action,
		.unrestricted = state->unrestricted,
		.invert = state->invert,
		.disk_len = strlen(op->disk),
		.size = state->size,
		.disk = op->disk,
	};
	u8 *pattern;

	if (state->action == KTGT_SANITIZE_OVERWRITE)
		image.passes = state->passes;
	if (failed || !op->pattern_len) {
		op->section_len = ktgt_sanitize_image_put(&image, op->section);
		return;
	}
	pattern = kmap_local_page(op->page);
	image.pattern = pattern;
	image.pattern_len = op->pattern_len;
	op->section_len = ktgt_sanitize_image_put(&image, op->section);
	kunmap_local(pattern);
}

/* Returns KTGT_SAVE_STABLE if it is; then it counts. */
static enum ktgt_save_result save(struct ktgt_sanitize_op *op)
{
	enum ktgt_save_result result;

	result = ktgt_save_section(&op->cmd, KTGT_SECTION_SANITIZE, op->section,
				   op->section_len);
	if (result == KTGT_SAVE_STABLE) {
		ktgt_save_commit(&op->cmd);
		ktgt_save_leave(&op->cmd);
	}
	return result;
}

/*
 * Twice, so that neither slot of the file says that it is under way: should the newer one
 * be damaged one day, all that was written since would be overwritten.
 */
static void save_end(struct ktgt_sanitize_op *op)
{
	const struct ktgt_lu *lu = op->lu;
	enum ktgt_save_result result;

	result = save(op);
	if (result == KTGT_SAVE_STABLE && !op->end_is_saved) {
		op->end_is_saved = true;
		result = save(op);
	}
	if (result == KTGT_SAVE_WAITS)
		return;
	if (!op->end_is_saved) {
		pr_err_ratelimited("target %u: LUN %u: its state file cannot be written, and still says that it is being sanitized\n",
				   lu->target->tid, lu->lun);
		op->status = SAM_STAT_CHECK_CONDITION;
	}
	op_end(op, op->status);
}

/* With GOOD or CHECK CONDITION, which is kept before anybody is told. */
static void op_settle(struct ktgt_sanitize_op *op, u8 status)
{
	if (!op->section) {
		op_end(op, status);
		return;
	}
	op->status = status;
	op->section_len = 0;
	if (status != SAM_STAT_GOOD)
		put_section(op, true);
	op->cmd.step_nr = KTGT_SAVE_STEP_NEW;
	op->go_on = save_end;
	save_end(op);
}

/* --- steps ---------------------------------------------------------------- */

static bool pass_is_done(const struct ktgt_sanitize *state)
{
	return state->at == state->size;
}

/* The last pass of an erasure unmaps the blocks, if they can be. */
static bool unmaps(const struct ktgt_sanitize *state)
{
	return state->action == KTGT_SANITIZE_BLOCK_ERASE && state->pass == 1;
}

/* The last pass has the pattern as it is (SBC-4, 5.30.3). */
static void turn_pattern(struct ktgt_sanitize_op *op)
{
	const struct ktgt_sanitize *state = &op->lu->sanitize;
	bool invert = state->invert && !((state->passes - state->pass) & 1);
	u32 pos;
	u8 *p;

	if (invert == op->is_inverted)
		return;
	op->is_inverted = invert;
	p = kmap_local_page(op->page);
	for (pos = 0; pos < block_of(op); pos++)
		p[pos] = ~p[pos];
	kunmap_local(p);
}

static void step_end_io(struct ktgt_io *io)
{
	ktgt_cmd_resume(container_of(io, struct ktgt_cmd, io));
}

/*
 * Zeroes come before the blocks are unmapped: what is unmapped may read as anything,
 * and then not as what was there.
 */
static void choose_step(struct ktgt_sanitize_op *op)
{
	const struct ktgt_sanitize *state = &op->lu->sanitize;
	struct ktgt_io *io = &op->cmd.io;

	io->pos = state->at;
	io->len = min_t(u64, state->size - state->at,
			unmaps(state) ? UNMAP_STEP : STEP);
	if (!io->len) {
		/* each pass has to reach the medium, and not only a cache */
		io->op = KTGT_IO_FLUSH;
		io->pos = 0;
	} else if (state->action == KTGT_SANITIZE_OVERWRITE) {
		turn_pattern(op);
		io->op = KTGT_IO_WRITE_SAME;
	} else {
		io->op = unmaps(state) ? KTGT_IO_UNMAP : KTGT_IO_WRITE_ZEROES;
	}
}

static void submit_step(struct ktgt_sanitize_op *op)
{
	struct ktgt_io *io = &op->cmd.io;

	choose_step(op);
	io->end_io = step_end_io;
	io->flags = io->op == KTGT_IO_WRITE_ZEROES ? KTGT_IO_MAY_UNMAP : 0;
	io->block = block_of(op);
	io->bvec = op->cmd.inline_bvec;
	op->is_under_way = true;
	ktgt_store_submit(op->cmd.store, io);
}

/* That blocks cannot be unmapped is no failure: they are zero. */
static bool step_has_failed(struct ktgt_sanitize_op *op)
{
	const struct ktgt_io *io = &op->cmd.io;

	if (io->op != KTGT_IO_UNMAP || io->status != BLK_STS_NOTSUPP)
		return io->status;
	op->is_mapped = true;
	return false;
}

/* What has come back is done. Return: false if it is not, because it has failed. */
static bool take_step(struct ktgt_sanitize_op *op)
{
	struct ktgt_sanitize *state = &op->lu->sanitize;

	op->is_under_way = false;
	if (step_has_failed(op))
		return false;
	spin_lock(&op->lu->lock);
	if (pass_is_done(state)) {
		WRITE_ONCE(state->pass, state->pass + 1);
		WRITE_ONCE(state->at, 0);
	} else {
		WRITE_ONCE(state->at, state->at + op->cmd.io.len);
	}
	spin_unlock(&op->lu->lock);
	return true;
}

/* Whether the store that has admitted it is the one that is to be sanitized, still. */
static bool may_write(const struct ktgt_sanitize_op *op)
{
	const struct ktgt_store *store = op->cmd.store;
	const struct ktgt_lu *lu = op->lu;

	return store == op->store && !store->read_only &&
	       !READ_ONCE(lu->is_protected) &&
	       lu->sanitize.size <= READ_ONCE(store->size);
}

static void next_step(struct ktgt_sanitize_op *op)
{
	const struct ktgt_sanitize *state = &op->lu->sanitize;

	ktgt_gate_leave(&op->cmd);
	if (op->is_under_way && !take_step(op)) {
		op_settle(op, SAM_STAT_CHECK_CONDITION);
		return;
	}
	if (state->pass == state->passes) {
		op_settle(op, SAM_STAT_GOOD);
		return;
	}
	if (!ktgt_gate_enter(&op->cmd))
		return;
	if (may_write(op)) {
		submit_step(op);
		return;
	}
	ktgt_gate_leave(&op->cmd);
	op_settle(op, SAM_STAT_CHECK_CONDITION);
}

/* It is to go on; or it has ended, since the logical unit is being removed. */
static void op_work(struct work_struct *work)
{
	struct ktgt_sanitize_op *op = container_of(work, struct ktgt_sanitize_op,
						   work);

	llist_del_all(&op->queue.head);
	if (test_and_clear_bit(KTGT_CMDF_RESUME, &op->cmd.flags))
		op->go_on(op);
	else
		op_end(op, SAM_STAT_TASK_ABORTED);
}

static void op_kick(struct ktgt_done_queue *queue)
{
	struct ktgt_sanitize_op *op = container_of(queue,
						   struct ktgt_sanitize_op,
						   queue);

	queue_work(sanitize_wq, &op->work);
}

/* --- the beginning -------------------------------------------------------- */

/* Nothing was written, since that could not be saved. The blocks are as they were. */
static void give_up(struct ktgt_sanitize_op *op, enum ktgt_save_result result)
{
	struct ktgt_cmd *asker = op_leave(op);
	struct ktgt_lu *lu = op->lu;

	pr_err_ratelimited("target %u: LUN %u: its state file cannot be written; it is not sanitized\n",
			   lu->target->tid, lu->lun);
	spin_lock(&lu->lock);
	lu->sanitize = op->before;
	/* that of another store would not be */
	ktgt_sanitize_forget_erased(lu);
	follow_medium(op);
	spin_unlock(&lu->lock);
	if (asker)
		ktgt_save_fail(asker, result);
	op_put(op);
}

/* With IMMED, who has asked needs not know more than that it will be done. */
static void answer_immed(struct ktgt_sanitize_op *op)
{
	struct ktgt_cmd *asker;
	unsigned long flags;

	if (!op->is_immed)
		return;
	spin_lock_irqsave(&op_lock, flags);
	asker = op->asker;
	op->asker = NULL;
	spin_unlock_irqrestore(&op_lock, flags);
	if (asker)
		ktgt_cmd_complete(asker, SAM_STAT_GOOD);
}

/* No block is written, and nobody is told, before it is stable what is to be done. */
static void save_beginning(struct ktgt_sanitize_op *op)
{
	enum ktgt_save_result result = save(op);

	if (result == KTGT_SAVE_WAITS)
		return;
	if (result != KTGT_SAVE_STABLE) {
		give_up(op, result);
		return;
	}
	answer_immed(op);
	op->go_on = next_step;
	next_step(op);
}

/*
 * No other command is with the storage. A swap has taken the reason back if it has
 * come meanwhile; then the first step finds another store.
 */
static void store_is_empty(struct ktgt_store_wait *wait)
{
	struct ktgt_sanitize_op *op = container_of(wait, struct ktgt_sanitize_op,
						   wait);
	struct ktgt_lu *lu = op->lu;

	mutex_lock(&lu->gate.mutex);
	if (rcu_access_pointer(lu->store) == op->store)
		ktgt_gate_open_locked(lu, KTGT_GATE_SANITIZE);
	mutex_unlock(&lu->gate.mutex);
	ktgt_cmd_resume(&op->cmd);
}

/**
 * ktgt_sanitize_op_take - take the store that is to be sanitized
 * @op: what sanitizes it, ktgt_sanitize_op_run() has to follow. &ktgt_lu.sanitize of its
 *	logical unit says what it is to do, and its &ktgt_gate.mutex is held
 * @before: what that has said before
 *
 * Who is admitted from now on knows of it. From here on another store is not the one that is
 * to be sanitized.
 *
 * Context: process; may sleep, for a grace period of RCU.
 */
void ktgt_sanitize_op_take(struct ktgt_sanitize_op *op,
			   const struct ktgt_sanitize *before)
{
	struct ktgt_lu *lu = op->lu;

	op->store = rcu_dereference_protected(lu->store,
					      lockdep_is_held(&lu->gate.mutex));
	kref_get(&op->store->ref);
	op->before = *before;
	op->medium_nr = lu->medium_nr;
	ktgt_sanitize_disk(lu, op->disk);
	if (op->section)
		put_section(op, false);
	ktgt_gate_close_locked(lu, KTGT_GATE_SANITIZE);
	/* the gate may have been closed for another reason */
	synchronize_rcu();
}

/* The pattern, as often as a block has room for it (SBC-4, 5.30.3). */
static void repeat_pattern(const struct ktgt_sanitize_op *op, u8 *p)
{
	u32 block = block_of(op), pos;

	for (pos = op->pattern_len; pos < block; pos++)
		p[pos] = p[pos - op->pattern_len];
}

/* What it needs to write, and to save what it writes. */
static bool op_get_room(struct ktgt_sanitize_op *op, gfp_t gfp)
{
	if (op->lu->save) {
		op->section = kmalloc(KTGT_SANITIZE_HEADER + op->pattern_len +
				      KTGT_SANITIZE_DISK_MAX, gfp);
		if (!op->section)
			return false;
	}
	if (!op->pattern_len)
		return true;
	op->page = alloc_page(gfp);
	if (!op->page)
		return false;
	bvec_set_page(&op->cmd.inline_bvec[0], op->page, block_of(op), 0);
	return true;
}

static struct ktgt_sanitize_op *op_alloc(struct ktgt_lu *lu, u8 block_shift,
					 u32 pattern_len, gfp_t gfp)
{
	struct ktgt_sanitize_op *op = kzalloc_obj(*op, gfp);

	if (!op)
		return NULL;
	op->lu = lu;
	op->cmd.lu = lu;
	op->cmd.block_shift = block_shift;
	op->cmd.done_queue = &op->queue;
	init_llist_head(&op->queue.head);
	op->queue.kick = op_kick;
	INIT_WORK(&op->work, op_work);
	op->wait.done = store_is_empty;
	op->pattern_len = pattern_len;
	if (op_get_room(op, gfp))
		return op;
	ktgt_sanitize_op_free(op);
	return NULL;
}

/**
 * ktgt_sanitize_op_make - make what sanitizes
 * @cmd: command that has asked for it
 * @pattern_at: where the pattern is in its data
 * @pattern_len: bytes of the pattern, at most those of a block; 0 if there is none
 *
 * Context: may sleep.
 * Return: what sanitizes; NULL without memory.
 */
struct ktgt_sanitize_op *ktgt_sanitize_op_make(const struct ktgt_cmd *cmd,
					       u32 pattern_at, u32 pattern_len)
{
	struct ktgt_sanitize_op *op = op_alloc(cmd->lu, cmd->block_shift,
					       pattern_len, GFP_SANITIZE);
	u8 *p;

	if (!op)
		return NULL;
	op->cmd.lun = cmd->lun;
	memcpy(op->cmd.cdb, cmd->cdb, KTGT_CDB_MAX);
	op->go_on = op->section ? save_beginning : next_step;
	if (!pattern_len)
		return op;
	p = kmap_local_page(op->page);
	ktgt_data_get(cmd, pattern_at, p, pattern_len);
	repeat_pattern(op, p);
	kunmap_local(p);
	return op;
}

/**
 * ktgt_sanitize_op_run - begin to sanitize
 * @op: what sanitizes, after ktgt_sanitize_op_take(); not the caller's any more
 * @cmd: command that has asked for it
 * @immed: it is answered as soon as the state file, if there is one, says what is to be
 *	done
 *
 * Context: process; completes @cmd, maybe when all is done.
 */
void ktgt_sanitize_op_run(struct ktgt_sanitize_op *op, struct ktgt_cmd *cmd,
			  bool immed)
{
	bool waits = !immed || op->section;
	struct ktgt_lu *lu = cmd->lu;
	unsigned long flags;

	op->is_immed = immed;
	/* the command has a reference */
	percpu_ref_get(&lu->ref);
	spin_lock_irqsave(&op_lock, flags);
	if (waits)
		op->asker = cmd;
	lu->sanitize_op = op;
	spin_unlock_irqrestore(&op_lock, flags);
	ktgt_store_wait_empty(op->store, &op->wait);
	if (!waits)
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

/* --- going on ------------------------------------------------------------- */

/*
 * Whether it is the disk that was being sanitized. With another size it may be a partition
 * that has kept its name, and has blocks of others now. What is in a card reader may be
 * another card, of which the identity of the reader says nothing.
 */
static bool is_same_disk(const struct ktgt_sanitize_op *op,
			 const struct ktgt_sanitize_image *image)
{
	const struct ktgt_lu *lu = op->lu;
	size_t len = strlen(op->disk);
	struct ktgt_backend_caps caps;

	ktgt_store_caps(ktgt_lu_store(lu), &caps);
	return !caps.is_drive && len && len == image->disk_len &&
	       !memcmp(op->disk, image->disk, len) &&
	       lu->nr_blocks << lu->block_shift == image->size;
}

/* The blocks may have another size by now. Returns NULL without memory, or room. */
static struct ktgt_sanitize_op *
op_make_again(struct ktgt_lu *lu, const struct ktgt_sanitize_image *image)
{
	struct ktgt_sanitize_op *op;
	u8 *p;

	if (image->pattern_len > 1u << lu->block_shift)
		return NULL;
	op = op_alloc(lu, lu->block_shift, image->pattern_len, GFP_KERNEL);
	if (!op)
		return NULL;
	op->cmd.cdb[0] = KTGT_SANITIZE;
	op->cmd.cdb[1] = image->action;
	op->medium_nr = lu->medium_nr;
	ktgt_sanitize_disk(lu, op->disk);
	op->go_on = next_step;
	if (!image->pattern_len)
		return op;
	p = kmap_local_page(op->page);
	memcpy(p, image->pattern, image->pattern_len);
	repeat_pattern(op, p);
	kunmap_local(p);
	return op;
}

/* NULL if it cannot go on, or the state file has nothing of that. */
static struct ktgt_sanitize_op *op_find(struct ktgt_lu *lu)
{
	struct ktgt_state_image *kept = ktgt_state_kept_get(lu->state, lu->save);
	struct ktgt_sanitize_op *op = NULL;
	struct ktgt_sanitize_image image;
	const u8 *p;
	u32 len;

	if (IS_ERR_OR_NULL(kept))
		return NULL;
	p = ktgt_state_image_find(kept, KTGT_SECTION_SANITIZE, &len);
	if (p && !ktgt_sanitize_image_get(&image, p, len))
		op = op_make_again(lu, &image);
	if (op && !is_same_disk(op, &image)) {
		ktgt_sanitize_op_free(op);
		op = NULL;
	}
	ktgt_state_image_put(kept);
	return op;
}

/* It has waited long enough. Return: false if it has not waited. */
static bool take_pending(struct ktgt_lu *lu, bool fails)
{
	struct ktgt_sanitize *state = &lu->sanitize;
	bool was;

	spin_lock(&lu->lock);
	was = state->is_pending;
	if (was) {
		WRITE_ONCE(state->is_pending, false);
		if (state->action == KTGT_SANITIZE_BLOCK_ERASE)
			state->passes = lu->thin ? 2 : 1;
		WRITE_ONCE(state->size, lu->nr_blocks << lu->block_shift);
		if (fails) {
			WRITE_ONCE(state->phase, KTGT_SANITIZE_FAILED);
			ktgt_sanitize_follow_medium(lu, lu->params.removable);
		}
	}
	spin_unlock(&lu->lock);
	return was;
}

/* No command is with the storage: each was refused since the logical unit is there. */
static void begin_again(struct ktgt_sanitize_op *op)
{
	struct ktgt_lu *lu = op->lu;
	unsigned long flags;

	mutex_lock(&lu->gate.mutex);
	op->store = rcu_dereference_protected(lu->store,
					      lockdep_is_held(&lu->gate.mutex));
	kref_get(&op->store->ref);
	mutex_unlock(&lu->gate.mutex);
	percpu_ref_get(&lu->ref);
	spin_lock_irqsave(&op_lock, flags);
	lu->sanitize_op = op;
	spin_unlock_irqrestore(&op_lock, flags);
	ktgt_cmd_resume(&op->cmd);
}

/**
 * ktgt_sanitize_resume - go on with what was under way when a logical unit ended
 * @lu: disk that is published, and has just got its store
 *
 * If its device is not there yet, it goes on when it is: until then it is not ready, as
 * while it is sanitized. With another disk than the one that was being sanitized, or one
 * without an identity, it fails: the blocks of that one may not be meant.
 *
 * Context: process, with &ktgt_net.config_mutex; waits for no storage.
 */
void ktgt_sanitize_resume(struct ktgt_lu *lu)
{
	struct ktgt_sanitize_op *op;

	if (!READ_ONCE(lu->sanitize.is_pending) || ktgt_lu_is_absent(lu))
		return;
	op = op_find(lu);
	if (!take_pending(lu, !op)) {
		if (op)
			ktgt_sanitize_op_free(op);
		return;
	}
	if (op) {
		pr_warn_ratelimited("target %u: LUN %u: it was being sanitized; that begins again\n",
				    lu->target->tid, lu->lun);
		begin_again(op);
		return;
	}
	pr_err_ratelimited("target %u: LUN %u: its state file says that it is being sanitized, but this cannot go on: it may be another disk, or one without an identity; initiators cannot use it until it is sanitized again\n",
			   lu->target->tid, lu->lun);
}

/**
 * ktgt_sanitize_cancel - let a command wait no longer for the end of what it has begun
 * @cmd: SANITIZE, which may not wait
 *
 * What it has begun goes on (SBC-4, 4.11.2).
 *
 * Context: any.
 * Return: true if it waited; it has not completed.
 */
bool ktgt_sanitize_cancel(struct ktgt_cmd *cmd)
{
	struct ktgt_sanitize_op *op;
	unsigned long flags;
	bool waits;

	spin_lock_irqsave(&op_lock, flags);
	op = cmd->lu->sanitize_op;
	waits = op && op->asker == cmd;
	if (waits)
		op->asker = NULL;
	spin_unlock_irqrestore(&op_lock, flags);
	return waits;
}

/**
 * ktgt_sanitize_init - make the queue
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_sanitize_init(void)
{
	sanitize_wq = alloc_workqueue("ktgt-sanitize",
				      WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return sanitize_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_sanitize_exit - wait until no work runs code of the module
 *
 * Context: module unload, all logical units are released.
 */
void ktgt_sanitize_exit(void)
{
	destroy_workqueue(sanitize_wq);
}
