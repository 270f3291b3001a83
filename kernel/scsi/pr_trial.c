// SPDX-License-Identifier: GPL-2.0
/*
 * A request that is to outlive a loss of power is carried out twice: for a copy of the
 * reservations first, whose image is saved, and for the logical unit when that is
 * stable.
 */
#include "pr_trial.h"

#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../backend/state.h"
#include "../core/target.h"
#include "lu.h"
#include "pr_image.h"

#define GFP_TRIAL	(GFP_NOIO | __GFP_NOWARN)

/**
 * struct shadow - a logical unit that nobody sees
 * @lu: the logical unit; only its reservations are used
 * @itl: of the one who asks
 */
struct shadow {
	struct ktgt_lu	lu;
	struct ktgt_itl	itl;
};

/* The registrations of @from, as often as they are needed. */
static int copy_made(struct list_head *to, const struct list_head *from)
{
	const struct ktgt_registration *registration;
	struct ktgt_registration *copy;

	list_for_each_entry(registration, from, node) {
		copy = ktgt_pr_make(registration->name, registration->port,
				    GFP_TRIAL);
		if (!copy)
			return -ENOMEM;
		list_add_tail(&copy->node, to);
	}
	return 0;
}

static enum ktgt_pr_result run_locked(struct ktgt_pr_request *trial)
{
	spinlock_t *lock = &trial->lu->target->nexus_lock;
	enum ktgt_pr_result result;

	spin_lock_bh(lock);
	result = ktgt_pr_run(trial);
	spin_unlock_bh(lock);
	return result;
}

static enum ktgt_pr_result run_for(struct shadow *shadow,
				   struct ktgt_pr_request *req)
{
	struct ktgt_pr_request trial = *req;
	enum ktgt_pr_result result = KTGT_PR_BUSY;

	trial.lu = &shadow->lu;
	trial.itl = &shadow->itl;
	INIT_LIST_HEAD(&trial.made);
	INIT_LIST_HEAD(&trial.removed);
	if (!copy_made(&trial.made, &req->made))
		result = run_locked(&trial);
	req->field = trial.field;
	ktgt_pr_free_list(&trial.made);
	ktgt_pr_free_list(&trial.removed);
	return result;
}

/**
 * ktgt_pr_trial - find out what reservations would be after a request
 * @req: the request, whose lists are filled; takes the byte that is wrong
 * @base: what is kept, whose other sections the image has as well; or NULL
 * @image: takes an image of them, which belongs to the caller, if the request would
 *	succeed
 *
 * Context: process, may sleep; nobody else changes the reservations meanwhile. Takes
 *	&ktgt_target.nexus_lock.
 * Return: how the request would end; KTGT_PR_BUSY without memory.
 */
enum ktgt_pr_result ktgt_pr_trial(struct ktgt_pr_request *req,
				  const struct ktgt_state_image *base,
				  struct ktgt_state_image **image)
{
	enum ktgt_pr_result result = KTGT_PR_BUSY;
	struct shadow *shadow;

	*image = NULL;
	shadow = kzalloc_obj(*shadow, GFP_TRIAL);
	if (!shadow)
		return KTGT_PR_BUSY;
	shadow->lu.target = req->lu->target;
	if (!ktgt_pr_copy(&shadow->lu, &shadow->itl, req->lu, req->itl))
		result = run_for(shadow, req);
	if (result == KTGT_PR_GOOD) {
		*image = ktgt_pr_image_make(&shadow->lu.pr, base, GFP_TRIAL);
		if (!*image)
			result = KTGT_PR_BUSY;
	}
	ktgt_pr_exit(&shadow->lu);
	kfree(shadow);
	return result;
}
