// SPDX-License-Identifier: GPL-2.0
/*
 * The transaction core: check all, then apply all, then wait.
 */
#include "txn.h"

#include <linux/minmax.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../core/access.h"
#include "../core/deadline.h"
#include "../core/event.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/ua.h"

/* of what the storage still holds, so much is named, the rest is counted */
#define LEFT_NAMED	16

/**
 * struct ktgt_access_swap - rules that a transaction replaces
 * @node: in &ktgt_txn.swaps
 * @slot: where they are
 * @access: those to come
 */
struct ktgt_access_swap {
	struct list_head		node;
	struct ktgt_access __rcu	**slot;
	struct ktgt_access		*access;
};

/**
 * ktgt_txn_init - begin a transaction
 * @txn: the transaction
 * @kn: namespace that it is to change
 * @extack: takes the reason of a refusal; may be NULL
 *
 * Context: any.
 */
void ktgt_txn_init(struct ktgt_txn *txn, struct ktgt_net *kn,
		   struct netlink_ext_ack *extack)
{
	*txn = (struct ktgt_txn){
		.kn = kn,
		.extack = extack,
	};
	INIT_LIST_HEAD(&txn->changes);
	INIT_LIST_HEAD(&txn->swaps);
}

/**
 * ktgt_txn_move - take the changes of another transaction over
 * @txn: the transaction, which has none
 * @from: the other one, not committed; has none afterwards
 *
 * Context: any.
 */
void ktgt_txn_move(struct ktgt_txn *txn, struct ktgt_txn *from)
{
	list_splice_init(&from->changes, &txn->changes);
	txn->nr_changes = from->nr_changes;
	from->nr_changes = 0;
	txn->expected = from->expected;
}

/**
 * ktgt_txn_stage - add a change to a transaction
 * @txn: the transaction
 * @change: the change, with its @info; belongs to the transaction from now on
 * @ops: its kind
 *
 * Context: any.
 */
void ktgt_txn_stage(struct ktgt_txn *txn, struct ktgt_change *change,
		    const struct ktgt_change_ops *ops)
{
	change->ops = ops;
	list_add_tail(&change->node, &txn->changes);
	txn->nr_changes++;
}

static struct ktgt_access_swap *find_swap(struct ktgt_txn *txn,
					  struct ktgt_access __rcu **slot)
{
	struct ktgt_access_swap *swap;

	list_for_each_entry(swap, &txn->swaps, node)
		if (swap->slot == slot)
			return swap;
	return NULL;
}

/**
 * ktgt_txn_access - rules as they will be, as far as the transaction has come
 * @txn: the transaction
 * @slot: where they are
 *
 * Context: check; &ktgt_net.config_mutex is held.
 *
 * Return: the rules that a change has to start from; may be NULL.
 */
const struct ktgt_access *ktgt_txn_access(struct ktgt_txn *txn,
					  struct ktgt_access __rcu **slot)
{
	struct ktgt_access_swap *swap = find_swap(txn, slot);

	if (swap)
		return swap->access;
	return rcu_dereference_protected(*slot,
				lockdep_is_held(&txn->kn->config_mutex));
}

/**
 * ktgt_txn_set_access - replace rules when the transaction is applied
 * @txn: the transaction
 * @slot: where they are; has to last as long as the transaction
 * @access: rules that replace what ktgt_txn_access() gave; NULL is taken as a
 *	failed allocation. Belong to the transaction whatever is returned
 *
 * All rules are replaced before any change is applied, so nobody logs in by
 * half of them: a new target appears with its final ones.
 *
 * Context: check; &ktgt_net.config_mutex is held.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_txn_set_access(struct ktgt_txn *txn, struct ktgt_access __rcu **slot,
			struct ktgt_access *access)
{
	struct ktgt_access_swap *swap = find_swap(txn, slot);

	lockdep_assert_held(&txn->kn->config_mutex);
	if (!access)
		return -ENOMEM;

	if (swap) {
		ktgt_access_free(swap->access);
		swap->access = access;
		return 0;
	}

	swap = kzalloc_obj(*swap, GFP_KERNEL);
	if (!swap) {
		ktgt_access_free(access);
		return -ENOMEM;
	}
	swap->slot = slot;
	swap->access = access;
	list_add_tail(&swap->node, &txn->swaps);
	return 0;
}

/* Ends all swaps; those that were applied have left no rules behind. */
static void free_swaps(struct ktgt_txn *txn)
{
	struct ktgt_access_swap *swap, *next;

	list_for_each_entry_safe(swap, next, &txn->swaps, node) {
		list_del(&swap->node);
		ktgt_access_free(swap->access);
		kfree(swap);
	}
}

static void apply_swaps(struct ktgt_txn *txn)
{
	struct mutex *mutex = &txn->kn->config_mutex;
	struct ktgt_access_swap *swap;
	struct ktgt_access *old;

	list_for_each_entry(swap, &txn->swaps, node) {
		old = rcu_replace_pointer(*swap->slot, swap->access,
					  lockdep_is_held(mutex));
		swap->access = NULL;
		ktgt_access_free_rcu(old);
	}
}

/* What it was made for is what is there. */
static int check_expected(struct ktgt_txn *txn)
{
	u64 generation = READ_ONCE(txn->kn->generation);

	if (!txn->expected || txn->expected == generation)
		return 0;
	ktgt_refuse(txn->extack,
		    "the configuration has changed: its generation is %llu, not %llu; read it again",
		    generation, txn->expected);
	return -ESTALE;
}

static int prepare_all(struct ktgt_txn *txn)
{
	struct ktgt_change *change;
	int err;

	list_for_each_entry(change, &txn->changes, node) {
		err = change->ops->prepare ?
		      change->ops->prepare(txn, change) : 0;
		if (err)
			return err;
	}
	list_for_each_entry(change, &txn->changes, node) {
		err = change->ops->await ? change->ops->await(txn, change) : 0;
		if (err)
			return err;
	}
	return 0;
}

static int check_all(struct ktgt_txn *txn)
{
	struct ktgt_change *change;
	int err;

	err = check_expected(txn);
	if (err)
		return err;
	list_for_each_entry(change, &txn->changes, node) {
		err = change->ops->check ?
		      change->ops->check(txn, change) : 0;
		if (err)
			goto err_check;
		cond_resched();
	}
	return 0;

err_check:
	list_for_each_entry_continue_reverse(change, &txn->changes, node)
		if (change->ops->abort)
			change->ops->abort(txn, change);
	free_swaps(txn);
	return err;
}

/* Initiators hear of all LUs at once, when they can read the list of them. */
static void tell_initiators(struct ktgt_txn *txn)
{
	struct ktgt_change *change;
	struct ktgt_target *target;

	list_for_each_entry(change, &txn->changes, node) {
		if (change->ops->object != KTGT_OBJECT_LU)
			continue;
		target = xa_load(&txn->kn->targets, change->info.tid);
		if (target)
			ktgt_ua_luns_changed(target);
	}
}

static void apply_all(struct ktgt_txn *txn)
{
	struct ktgt_net *kn = txn->kn;
	struct ktgt_change *change;

	WRITE_ONCE(kn->apply_seq, kn->apply_seq + 1);
	/* pairs with ktgt_nl_dump_end() and ktgt_admit_find(): who saw any of what
	 * follows sees the number change as well
	 */
	smp_wmb();

	apply_swaps(txn);
	list_for_each_entry(change, &txn->changes, node) {
		if (change->ops->apply)
			change->ops->apply(txn, change);
		cond_resched();
	}
	tell_initiators(txn);

	WRITE_ONCE(kn->generation, kn->generation + 1);
	txn->generation = kn->generation;
	/* pairs with ktgt_nl_dump_begin() and ktgt_admit_find(): even, so all of it
	 * is to be seen
	 */
	smp_store_release(&kn->apply_seq, kn->apply_seq + 1);
}

/**
 * ktgt_txn_time_left - how long a transaction may still wait
 * @txn: the transaction, committed
 *
 * Context: any.
 *
 * Return: jiffies, 0 once the deadline is reached.
 */
long ktgt_txn_time_left(const struct ktgt_txn *txn)
{
	return ktgt_time_left(txn->deadline);
}

/**
 * ktgt_txn_leave - say what a transaction does not wait for any more
 * @txn: the transaction
 * @format: what the storage still holds, as "LUN 3 of target 1"
 *
 * Without memory it is counted only.
 *
 * Context: finish or settle; may sleep.
 */
void ktgt_txn_leave(struct ktgt_txn *txn, const char *format, ...)
{
	char *what, *left;
	va_list args;

	if (txn->nr_left++ >= LEFT_NAMED)
		return;
	va_start(args, format);
	what = kvasprintf(GFP_KERNEL, format, args);
	va_end(args);
	if (!what)
		return;
	left = txn->left ? kasprintf(GFP_KERNEL, "%s, %s", txn->left, what) :
			   kasprintf(GFP_KERNEL, "%s", what);
	kfree(what);
	if (!left)
		return;
	kfree(txn->left);
	txn->left = left;
}

/* A line for whoever has asked; the transaction is carried out nevertheless. */
static void tell_left(struct ktgt_txn *txn)
{
	unsigned int more = txn->nr_left - min(txn->nr_left, LEFT_NAMED);

	if (!txn->nr_left)
		return;
	if (more)
		ktgt_refuse(txn->extack,
			    "the storage still has commands of %s and %u more; what is deleted or replaced stays in use until they end",
			    txn->left ?: "what is deleted or replaced", more);
	else
		ktgt_refuse(txn->extack,
			    "the storage still has commands of %s; what is deleted or replaced stays in use until they end",
			    txn->left ?: "what is deleted or replaced");
}

static void finish_all(struct ktgt_txn *txn)
{
	struct ktgt_change *change;

	list_for_each_entry(change, &txn->changes, node)
		if (change->ops->finish)
			change->ops->finish(txn, change);
	list_for_each_entry(change, &txn->changes, node)
		if (change->ops->settle)
			change->ops->settle(txn, change);
	tell_left(txn);
}

static int check_and_apply(struct ktgt_txn *txn)
{
	struct ktgt_net *kn = txn->kn;
	int err;

	mutex_lock(&kn->config_mutex);
	err = check_all(txn);
	if (!err) {
		apply_all(txn);
		ktgt_event_config(kn, txn);
	}
	mutex_unlock(&kn->config_mutex);
	return err;
}

/**
 * ktgt_txn_commit - carry a transaction out
 * @txn: the transaction; ktgt_txn_destroy() has still to be called
 *
 * Who has asked for it does not matter any more: no signal ends it.
 *
 * Context: may sleep; waits no longer than KTGT_TXN_TIMEOUT for devices to be
 * opened and for what is deleted.
 *
 * Return: 0, with an extack text if something is left; or the error of the
 * first change that was refused, with its extack text; then nothing has been
 * done.
 */
int ktgt_txn_commit(struct ktgt_txn *txn)
{
	int err;

	txn->deadline = jiffies + KTGT_TXN_TIMEOUT;
	/* before devices are opened in vain; what counts is the other one */
	err = check_expected(txn);
	if (!err)
		err = prepare_all(txn);
	if (!err)
		err = check_and_apply(txn);
	if (err == -ENOMEM && txn->extack && !txn->extack->_msg)
		NL_SET_ERR_MSG(txn->extack, "out of memory");
	if (err)
		return err;

	finish_all(txn);
	return 0;
}

/**
 * ktgt_txn_destroy - free what a transaction holds
 * @txn: the transaction, carried out or not
 *
 * Context: may sleep.
 */
void ktgt_txn_destroy(struct ktgt_txn *txn)
{
	struct ktgt_change *change, *next;

	free_swaps(txn);
	kfree(txn->left);
	txn->left = NULL;
	list_for_each_entry_safe(change, next, &txn->changes, node) {
		list_del(&change->node);
		if (change->ops->free)
			change->ops->free(change);
		else
			kfree(change);
	}
}
