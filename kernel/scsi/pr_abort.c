// SPDX-License-Identifier: GPL-2.0
/*
 * PREEMPT AND ABORT (SPC-4, 5.12.11.2.6): it is answered when the storage has
 * answered all commands of those who were preempted. Then no write of theirs reaches
 * the medium behind what the others write.
 *
 * Nobody sleeps meanwhile. If the command is aborted itself, what it waits for goes
 * on without it.
 */
#include "pr_abort.h"

#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include <scsi/scsi_proto.h>

#include "../backend/store.h"
#include "../core/cmd.h"
#include "../core/target.h"
#include "lu.h"
#include "pr.h"
#include "prevent.h"
#include "sense.h"

static bool is_victim(const struct ktgt_orphan_wait *wait,
		      const struct ktgt_orphans *orphans)
{
	const struct ktgt_pr_abort *own = container_of(wait,
						       struct ktgt_pr_abort,
						       orphans);
	const struct ktgt_registration *victim;

	list_for_each_entry(victim, &own->victims, node)
		if (victim->hash == orphans->hash &&
		    victim->port == orphans->target_port &&
		    !strcmp(victim->name, orphans->port))
			return true;
	return false;
}

/* Takes it out of those that wait, and gives back the command that waits for it. */
static struct ktgt_cmd *leave(struct ktgt_pr_abort *own)
{
	struct ktgt_pr *pr = &own->lu->pr;
	struct ktgt_cmd *cmd;
	unsigned long flags;

	spin_lock_irqsave(&pr->lock, flags);
	list_del(&own->node);
	pr->nr_aborts--;
	cmd = own->cmd;
	spin_unlock_irqrestore(&pr->lock, flags);
	return cmd;
}

static void abort_free(struct ktgt_pr_abort *own)
{
	ktgt_pr_free_list(&own->victims);
	if (own->store)
		ktgt_store_put(own->store);
	ktgt_lu_put(own->lu);
	kfree(own);
}

/* Without memory, a session could not be asked to abort its commands. */
static void finish(struct ktgt_pr_abort *own)
{
	struct ktgt_cmd *cmd = leave(own);
	bool failed = own->tasks.failed;

	abort_free(own);
	if (!cmd)
		return;
	if (failed)
		ktgt_sense_set(&cmd->sense, ABORTED_COMMAND,
			       KTGT_ASC_INTERNAL_TARGET_FAILURE);
	ktgt_cmd_complete(cmd, failed ? SAM_STAT_CHECK_CONDITION :
					SAM_STAT_GOOD);
}

static void orphans_done(struct ktgt_orphan_wait *wait)
{
	finish(container_of(wait, struct ktgt_pr_abort, orphans));
}

/* The store of now: who has had another one before waits for it at the gate. */
static void take_store(struct ktgt_pr_abort *own)
{
	struct ktgt_store *store;

	rcu_read_lock();
	store = rcu_dereference(own->lu->store);
	if (store && kref_get_unless_zero(&store->ref))
		own->store = store;
	rcu_read_unlock();
}

static void tasks_done(struct ktgt_lu_reset *tasks)
{
	struct ktgt_pr_abort *own = container_of(tasks, struct ktgt_pr_abort,
						 tasks);

	take_store(own);
	own->orphans.store = own->store;
	if (!ktgt_orphans_wait(&own->orphans))
		finish(own);
}

/**
 * ktgt_pr_abort_begin - prepare to wait
 * @cmd: PREEMPT AND ABORT, which has not preempted anybody yet
 *
 * Context: process, may sleep.
 * Return: for ktgt_pr_abort_wait() or ktgt_pr_abort_forget(); NULL without memory,
 *	or if too many wait.
 */
struct ktgt_pr_abort *ktgt_pr_abort_begin(struct ktgt_cmd *cmd)
{
	struct ktgt_pr *pr = &cmd->lu->pr;
	struct ktgt_pr_abort *own;
	unsigned long flags;
	bool ok;

	own = kzalloc_obj(*own, GFP_NOIO | __GFP_NOWARN);
	if (!own)
		return NULL;
	INIT_LIST_HEAD(&own->victims);
	own->cmd = cmd;
	own->lu = cmd->lu;
	own->tasks.done = tasks_done;
	atomic_set(&own->tasks.pending, 1);
	own->orphans.is_meant = is_victim;
	own->orphans.done = orphans_done;
	kref_get(&cmd->lu->kref);
	spin_lock_irqsave(&pr->lock, flags);
	ok = pr->nr_aborts < KTGT_PR_ABORTS_MAX;
	if (ok) {
		pr->nr_aborts++;
		list_add_tail(&own->node, &pr->aborts);
	}
	spin_unlock_irqrestore(&pr->lock, flags);
	if (ok)
		return own;
	abort_free(own);
	return NULL;
}

/**
 * ktgt_pr_abort_commands - abort the commands of those who were preempted
 * @own: what ktgt_pr_abort_begin() has given
 * @req: the request, which has succeeded; it gives the registrations away that it
 *	has removed
 *
 * TAS is 1, so they end with TASK ABORTED. Those of the asker go on, as it does. The
 * removal of the medium is not prevented by those who were preempted any more.
 *
 * Context: &ktgt_target.nexus_lock is held since the request was carried out.
 */
void ktgt_pr_abort_commands(struct ktgt_pr_abort *own,
			    struct ktgt_pr_request *req)
{
	struct ktgt_registration *victim;
	struct ktgt_nexus *nexus;

	list_for_each_entry(victim, &req->removed, node) {
		nexus = victim->itl ? victim->itl->nexus : NULL;
		if (victim->itl)
			ktgt_prevent_forget(victim->itl);
		victim->itl = NULL;
		if (nexus && nexus != req->itl->nexus)
			nexus->ops->abort_lu(nexus, req->lu, req->itl->nexus,
					     &own->tasks);
	}
	list_splice_tail_init(&req->removed, &own->victims);
}

/**
 * ktgt_pr_abort_wait - have the command end when all that it aborts has ended
 * @own: after ktgt_pr_abort_commands(); the caller must not touch it any more, nor
 *	the command
 *
 * Context: process, may sleep; without locks.
 */
void ktgt_pr_abort_wait(struct ktgt_pr_abort *own)
{
	ktgt_lu_reset_put(&own->tasks);
}

/**
 * ktgt_pr_abort_forget - there is nothing to wait for
 * @own: what ktgt_pr_abort_begin() has given; freed. The command is the caller's
 *
 * Context: process.
 */
void ktgt_pr_abort_forget(struct ktgt_pr_abort *own)
{
	leave(own);
	abort_free(own);
}

/**
 * ktgt_pr_abort_cancel - let a command wait no longer
 * @cmd: the command, which may wait elsewhere or not at all
 *
 * Context: any.
 * Return: true if it waited; it has not completed.
 */
bool ktgt_pr_abort_cancel(struct ktgt_cmd *cmd)
{
	struct ktgt_pr *pr = &cmd->lu->pr;
	struct ktgt_pr_abort *own;
	unsigned long flags;
	bool waits = false;

	spin_lock_irqsave(&pr->lock, flags);
	list_for_each_entry(own, &pr->aborts, node) {
		if (own->cmd != cmd)
			continue;
		own->cmd = NULL;
		waits = true;
		break;
	}
	spin_unlock_irqrestore(&pr->lock, flags);
	return waits;
}
