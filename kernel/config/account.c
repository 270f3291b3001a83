// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP accounts: add, change and delete them, and bind them to targets and to
 * discovery. A binding is a copy of the account in the access of its owner,
 * where a login finds it.
 */
#include "account.h"

#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <crypto/algapi.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "target.h"
#include "txn.h"

/* "target " with the longest number, and NUL */
#define OWNER_LEN	sizeof("target 4294967295")

/**
 * struct account_change - change of an account or of a binding
 * @change: the change
 * @account: the account. To add one, the change owns it until it is applied. To
 *	delete one, the check finds it, and the change owns it once it is
 *	applied
 * @user: name of the account
 */
struct account_change {
	struct ktgt_change	change;
	struct ktgt_account	*account;
	char			user[KTGT_ACCOUNT_LEN];
};

static struct account_change *to_account(struct ktgt_change *change)
{
	return container_of(change, struct account_change, change);
}

static struct ktgt_account *find_account(struct ktgt_net *kn, const char *user)
{
	struct ktgt_account *account;

	list_for_each_entry(account, &kn->accounts, node)
		if (!strcmp(account->chap.user, user))
			return account;
	return NULL;
}

static struct ktgt_account *get_account(struct ktgt_txn *txn, const char *user)
{
	struct ktgt_account *account = find_account(txn->kn, user);

	if (account && !account->leaving)
		return account;

	ktgt_refuse(txn->extack, "there is no account '%s'", user);
	return ERR_PTR(-ENOENT);
}

static void free_callback(struct rcu_head *rcu)
{
	kfree_sensitive(container_of(rcu, struct ktgt_account, rcu));
}

static int account_new_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct account_change *new = to_account(change);
	struct ktgt_account *old;

	old = find_account(txn->kn, new->user);
	if (old) {
		ktgt_refuse(txn->extack, old->leaving ?
			    "account '%s' is deleted by this transaction; add it in another one" :
			    "account '%s' exists already", new->user);
		return -EEXIST;
	}
	list_add_tail_rcu(&new->account->node, &txn->kn->accounts);
	return 0;
}

static void account_new_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	list_del_rcu(&to_account(change)->account->node);
}

static void account_new_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct account_change *new = to_account(change);

	WRITE_ONCE(new->account->staged, false);
	new->account = NULL;
	txn->kn->nr_accounts++;
}

static void account_owner_free(struct ktgt_change *change)
{
	struct account_change *owner = to_account(change);

	if (owner->account)
		call_rcu(&owner->account->rcu, free_callback);
	kfree(owner);
}

static const struct ktgt_change_ops account_new_ops = {
	.object = KTGT_OBJECT_ACCOUNT,
	.action = KTGT_ACTION_ADD,
	.check = account_new_check,
	.abort = account_new_abort,
	.apply = account_new_apply,
	.free = account_owner_free,
};

/**
 * ktgt_account_stage_new - stage the creation of an account
 * @txn: the transaction
 * @user: its name
 * @secret: its secret; copied
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_account_stage_new(struct ktgt_txn *txn, const char *user,
			   const char *secret)
{
	struct account_change *new;
	struct ktgt_account *account;

	new = kzalloc_obj(*new, GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	account = kzalloc_obj(*account, GFP_KERNEL);
	if (!account) {
		kfree(new);
		return -ENOMEM;
	}

	account->staged = true;
	strscpy(account->chap.user, user, sizeof(account->chap.user));
	strscpy(account->chap.secret, secret, sizeof(account->chap.secret));
	strscpy(new->user, user, sizeof(new->user));
	new->account = account;
	new->change.info = (struct ktgt_change_info){
		.tid = -1,
		.lun = -1,
		.name = new->user,
	};
	ktgt_txn_stage(txn, &new->change, &account_new_ops);
	return 0;
}

/* Calls @func for each access that exists or that the transaction creates. */
static int change_slots(struct ktgt_txn *txn,
			const struct ktgt_chap_account *chap,
			int (*func)(struct ktgt_txn *txn,
				    struct ktgt_access __rcu **slot,
				    const struct ktgt_chap_account *chap))
{
	struct ktgt_target *target;
	unsigned long tid;
	int err;

	err = func(txn, &txn->kn->discovery, chap);
	xa_for_each(&txn->kn->targets, tid, target) {
		if (!err)
			err = func(txn, &target->access, chap);
		if (!err && target->tid_successor)
			err = func(txn, &target->tid_successor->access, chap);
		if (err)
			break;
	}
	return err;
}

/* Removes the bindings of an account from one access. */
static int unbind(struct ktgt_txn *txn, struct ktgt_access __rcu **slot,
		  const struct ktgt_chap_account *chap)
{
	const struct ktgt_access *access = ktgt_txn_access(txn, slot);
	struct ktgt_access_edit edit = {};

	if (!access)
		return 0;

	edit.del_incoming = ktgt_access_find_incoming(access, chap->user);
	edit.set_outgoing = access->outgoing &&
			    !strcmp(access->outgoing->user, chap->user);
	if (!edit.del_incoming && !edit.set_outgoing)
		return 0;
	return ktgt_txn_set_access(txn, slot, ktgt_access_alloc(access, &edit));
}

static int account_del_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct account_change *del = to_account(change);
	struct ktgt_account *account;
	int err;

	account = get_account(txn, del->user);
	if (IS_ERR(account))
		return PTR_ERR(account);
	if (account->staged) {
		ktgt_refuse(txn->extack,
			    "account '%s' is created by this transaction; delete it in another one",
			    del->user);
		return -EINVAL;
	}

	err = change_slots(txn, &account->chap, unbind);
	if (err)
		return err;
	account->leaving = true;
	del->account = account;
	return 0;
}

static void account_del_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct account_change *del = to_account(change);

	del->account->leaving = false;
	del->account = NULL;
}

static void account_del_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	list_del_rcu(&to_account(change)->account->node);
	txn->kn->nr_accounts--;
}

static const struct ktgt_change_ops account_del_ops = {
	.object = KTGT_OBJECT_ACCOUNT,
	.action = KTGT_ACTION_DELETE,
	.check = account_del_check,
	.abort = account_del_abort,
	.apply = account_del_apply,
	.free = account_owner_free,
};

/**
 * struct secret_change - change of the secret of an account
 * @change: the change
 * @account: the account, found by the check; NULL if it already has the secret
 * @chap: name and secret; after the check, the secret is the old one
 */
struct secret_change {
	struct ktgt_change		change;
	struct ktgt_account		*account;
	struct ktgt_chap_account	chap;
};

/* Replaces the bindings of an account in one access by new copies. */
static int rebind(struct ktgt_txn *txn, struct ktgt_access __rcu **slot,
		  const struct ktgt_chap_account *chap)
{
	const struct ktgt_access *access = ktgt_txn_access(txn, slot);
	struct ktgt_access_edit edit = {};

	if (!access)
		return 0;

	edit.del_incoming = ktgt_access_find_incoming(access, chap->user);
	if (edit.del_incoming)
		edit.add_incoming = chap;
	edit.set_outgoing = access->outgoing &&
			    !strcmp(access->outgoing->user, chap->user);
	edit.outgoing = chap;
	if (!edit.del_incoming && !edit.set_outgoing)
		return 0;
	return ktgt_txn_set_access(txn, slot, ktgt_access_alloc(access, &edit));
}

static void swap_secrets(struct secret_change *set)
{
	char *a = set->account->chap.secret, *b = set->chap.secret;
	unsigned int i;

	for (i = 0; i < KTGT_ACCOUNT_LEN; i++)
		swap(a[i], b[i]);
}

static int account_set_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct secret_change *set = container_of(change, struct secret_change,
						 change);
	struct ktgt_account *account;
	int err;

	account = get_account(txn, set->chap.user);
	if (IS_ERR(account))
		return PTR_ERR(account);
	if (!crypto_memneq(account->chap.secret, set->chap.secret,
			   KTGT_ACCOUNT_LEN))
		return 0;

	/* later changes of the transaction bind the new secret */
	set->account = account;
	swap_secrets(set);
	err = change_slots(txn, &account->chap, rebind);
	if (err)
		swap_secrets(set);
	return err;
}

static void account_set_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct secret_change *set = container_of(change, struct secret_change,
						 change);

	if (set->account)
		swap_secrets(set);
}

static void account_set_free(struct ktgt_change *change)
{
	kfree_sensitive(container_of(change, struct secret_change, change));
}

static const struct ktgt_change_ops account_set_ops = {
	.object = KTGT_OBJECT_ACCOUNT,
	.action = KTGT_ACTION_CHANGE,
	.check = account_set_check,
	.abort = account_set_abort,
	.free = account_set_free,
};

/**
 * ktgt_account_stage_set - stage a change of the secret of an account
 * @txn: the transaction
 * @user: its name
 * @secret: its new secret; copied
 *
 * Future logins must use the new secret, in all bindings of the account.
 * Nothing changes if the account already has this secret.
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_account_stage_set(struct ktgt_txn *txn, const char *user,
			   const char *secret)
{
	struct secret_change *set;

	set = kzalloc_obj(*set, GFP_KERNEL);
	if (!set)
		return -ENOMEM;
	/* both are padded with NUL, so that they can be compared as a whole */
	strscpy(set->chap.user, user, sizeof(set->chap.user));
	strscpy(set->chap.secret, secret, sizeof(set->chap.secret));
	set->change.info = (struct ktgt_change_info){
		.tid = -1,
		.lun = -1,
		.name = set->chap.user,
	};
	ktgt_txn_stage(txn, &set->change, &account_set_ops);
	return 0;
}

/*
 * Stages a change that refers to an account by its name. @tid is the target of
 * a binding, or negative if the change is not about a binding.
 */
static int stage_named(struct ktgt_txn *txn, const char *user, s32 tid,
		       bool outgoing, const struct ktgt_change_ops *ops)
{
	struct account_change *named;

	named = kzalloc_obj(*named, GFP_KERNEL);
	if (!named)
		return -ENOMEM;

	strscpy(named->user, user, sizeof(named->user));
	named->change.info = (struct ktgt_change_info){
		.tid = tid,
		.lun = -1,
		.name = named->user,
		.outgoing = outgoing,
	};
	ktgt_txn_stage(txn, &named->change, ops);
	return 0;
}

/**
 * ktgt_account_stage_del - stage the deletion of an account and its bindings
 * @txn: the transaction
 * @user: its name
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_account_stage_del(struct ktgt_txn *txn, const char *user)
{
	return stage_named(txn, user, -1, false, &account_del_ops);
}

/* The access that a binding is added to or removed from. */
static struct ktgt_access __rcu **find_slot(struct ktgt_txn *txn, u32 tid)
{
	struct ktgt_target *target;

	if (!tid)
		return &txn->kn->discovery;

	target = ktgt_target_check(txn, tid, NULL);
	return IS_ERR(target) ? ERR_CAST(target) : &target->access;
}

/* What an account is bound to, in words. */
static const char *owner_text(u32 tid, char owner[OWNER_LEN])
{
	if (!tid)
		return "discovery";
	snprintf(owner, OWNER_LEN, "target %u", tid);
	return owner;
}

static int check_incoming(struct ktgt_txn *txn,
			  const struct ktgt_access *access,
			  const struct ktgt_change_info *bind)
{
	char owner[OWNER_LEN];

	if (ktgt_access_find_incoming(access, bind->name)) {
		ktgt_refuse(txn->extack, "%s: account '%s' is bound already",
			    owner_text(bind->tid, owner), bind->name);
		return -EEXIST;
	}
	if (access && access->nr_incoming >= KTGT_INCOMING_MAX) {
		ktgt_refuse(txn->extack,
			    "%s: %u accounts are bound, which is the maximum; unbind one first",
			    owner_text(bind->tid, owner), KTGT_INCOMING_MAX);
		return -ENOSPC;
	}
	return 0;
}

static int check_outgoing(struct ktgt_txn *txn,
			  const struct ktgt_access *access,
			  const struct ktgt_change_info *bind)
{
	char owner[OWNER_LEN];

	if (!access || !access->outgoing)
		return 0;

	ktgt_refuse(txn->extack,
		    "%s: '%s' is already the outgoing account; unbind it first",
		    owner_text(bind->tid, owner), access->outgoing->user);
	return -EEXIST;
}

static int edit_bind(struct ktgt_txn *txn, const struct ktgt_access *access,
		     const struct ktgt_change_info *bind,
		     struct ktgt_access_edit *edit)
{
	struct ktgt_account *account = get_account(txn, bind->name);

	if (IS_ERR(account))
		return PTR_ERR(account);
	if (bind->outgoing) {
		edit->set_outgoing = true;
		edit->outgoing = &account->chap;
		return check_outgoing(txn, access, bind);
	}
	edit->add_incoming = &account->chap;
	return check_incoming(txn, access, bind);
}

static int edit_unbind(struct ktgt_txn *txn, const struct ktgt_access *access,
		       const struct ktgt_change_info *unbind,
		       struct ktgt_access_edit *edit)
{
	char owner[OWNER_LEN];

	if (!unbind->outgoing)
		edit->del_incoming = ktgt_access_find_incoming(access,
							       unbind->name);
	else
		edit->set_outgoing = access && access->outgoing &&
				     !strcmp(access->outgoing->user,
					     unbind->name);
	if (edit->del_incoming || edit->set_outgoing)
		return 0;

	ktgt_refuse(txn->extack, "%s: '%s' is not bound as an %s account",
		    owner_text(unbind->tid, owner), unbind->name,
		    unbind->outgoing ? "outgoing" : "incoming");
	return -ENOENT;
}

/* A binding is a part of its owner's access, which is replaced. */
static int binding_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct ktgt_access_edit edit = {};
	struct ktgt_access __rcu **slot;
	const struct ktgt_access *access;
	int err;

	slot = find_slot(txn, change->info.tid);
	if (IS_ERR(slot))
		return PTR_ERR(slot);

	access = ktgt_txn_access(txn, slot);
	if (change->ops->action == KTGT_ACTION_BIND)
		err = edit_bind(txn, access, &change->info, &edit);
	else
		err = edit_unbind(txn, access, &change->info, &edit);
	if (err)
		return err;
	return ktgt_txn_set_access(txn, slot, ktgt_access_alloc(access, &edit));
}

static const struct ktgt_change_ops account_bind_ops = {
	.object = KTGT_OBJECT_ACCOUNT,
	.action = KTGT_ACTION_BIND,
	.check = binding_check,
};

static const struct ktgt_change_ops account_unbind_ops = {
	.object = KTGT_OBJECT_ACCOUNT,
	.action = KTGT_ACTION_UNBIND,
	.check = binding_check,
};

/**
 * ktgt_account_stage_bind - stage a binding of an account
 * @txn: the transaction
 * @user: name of the account
 * @tid: number of the target, 0 for discovery
 * @outgoing: the target uses the account to prove who it is, instead of the
 *	initiator
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_account_stage_bind(struct ktgt_txn *txn, const char *user, u32 tid,
			    bool outgoing)
{
	return stage_named(txn, user, tid, outgoing, &account_bind_ops);
}

/**
 * ktgt_account_stage_unbind - stage the removal of a binding of an account
 * @txn: the transaction
 * @user: name of the account
 * @tid: number of the target, 0 for discovery
 * @outgoing: which of the two kinds of binding
 *
 * Existing sessions continue.
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_account_stage_unbind(struct ktgt_txn *txn, const char *user, u32 tid,
			      bool outgoing)
{
	return stage_named(txn, user, tid, outgoing, &account_unbind_ops);
}

/**
 * ktgt_account_free_all - free the accounts of a namespace that ends
 * @kn: the namespace
 *
 * Context: process context; nobody changes the configuration any more.
 */
void ktgt_account_free_all(struct ktgt_net *kn)
{
	struct ktgt_account *account, *next;

	list_for_each_entry_safe(account, next, &kn->accounts, node) {
		list_del_rcu(&account->node);
		kn->nr_accounts--;
		call_rcu(&account->rcu, free_callback);
	}
}
