// SPDX-License-Identifier: GPL-2.0
/*
 * Targets: add, change and delete them.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "target.h"

#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/linux/ktgt.h>

#include "../core/fabric.h"
#include "../core/name.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../iscsi/chap.h"
#include "../scsi/group.h"
#include "../scsi/lu.h"
#include "../scsi/lu_life.h"
#include "../scsi/nexus.h"
#include "../scsi/ua.h"
#include "drain.h"
#include "portal.h"
#include "txn.h"

#define TID_MAX		65535

#define NO_DATE		"must have a date after iqn., as in iqn.2026-11.org.example:disk1"
#define NO_DOMAIN	"must have a reversed domain name after the date, as in iqn.2026-11.org.example:disk1"

/**
 * struct target_new - change that makes a target
 * @change: the change
 * @target: the target; the change owns it until it is applied
 * @keys: values of its keys
 * @set_keys: bits of the keys that have a value in @keys
 * @tid: number that the user wants, or 0
 * @lu: the controller at LUN 0
 * @portals: default portals that are created with the target
 */
struct target_new {
	struct ktgt_change	change;
	struct ktgt_target	*target;
	u32			keys[KTGT_NR_TARGET_KEYS];
	u32			set_keys;
	u32			tid;
	struct ktgt_lu		*lu;
	struct ktgt_portal	*portals[KTGT_DEFAULT_PORTALS];
};

/**
 * struct target_edit - change that changes or deletes a target
 * @change: the change
 * @target: the target, found by the check
 * @params: what the user says; its strings are @name and @alias
 * @name: name by which the target is found
 * @alias: new alias
 * @portals: default portals that are removed with the target
 * @lus: its logical units, after they have been unpublished
 */
struct target_edit {
	struct ktgt_change		change;
	struct ktgt_target		*target;
	struct ktgt_target_params	params;
	char				name[KTGT_NAME_LEN];
	char				alias[KTGT_ALIAS_LEN];
	struct ktgt_portal		*portals[KTGT_DEFAULT_PORTALS];
	struct list_head		lus;
};

static bool has_prefix(const char *name, const char *prefix)
{
	while (*prefix && ktgt_name_char(*name) == *prefix) {
		name++;
		prefix++;
	}
	return !*prefix;
}

static bool all_hex(const char *s)
{
	while (isxdigit(*s))
		s++;
	return !*s;
}

/*
 * RFC 3722, 6.2 forbids all other ASCII characters. Which of the others a name may
 * have is a large table; the tools have it.
 */
static bool all_allowed(const char *s)
{
	while (*s && (!isascii(*s) || isalnum(*s) || *s == '-' || *s == '.' ||
		      *s == ':'))
		s++;
	return !*s;
}

/* "YYYY-MM." */
static const char *date_fault(const char *s)
{
	int i, month;

	for (i = 0; i < 7; i++)
		if (i == 4 ? s[i] != '-' : !isdigit(s[i]))
			return NO_DATE;
	month = 10 * (s[5] - '0') + s[6] - '0';
	if (s[7] != '.' || month < 1 || month > 12)
		return NO_DATE;
	return NULL;
}

/* A domain name, reversed, up to a colon or the end. */
static const char *domain_fault(const char *s)
{
	const char *label;

	do {
		label = s;
		while (isascii(*s) && (isalnum(*s) || *s == '-'))
			s++;
		if (s == label || *label == '-' || s[-1] == '-')
			return NO_DOMAIN;
	} while (*s++ == '.');

	return s[-1] && s[-1] != ':' ? NO_DOMAIN : NULL;
}

/**
 * ktgt_target_name_fault - what is wrong with an iSCSI name
 * @name: the name, in upper or lower case
 *
 * The forms are those of RFC 7143, 4.2.7. Characters beyond ASCII are possible after
 * the domain name.
 *
 * Context: any.
 *
 * Return: the rule that it breaks, or NULL.
 */
const char *ktgt_target_name_fault(const char *name)
{
	const char *fault;
	size_t len;

	if (strlen(name) > KTGT_NAME_MAX)
		return "must not be longer than 223 bytes";

	if (has_prefix(name, "eui.")) {
		if (strlen(name + 4) != 16 || !all_hex(name + 4))
			return "must have 16 hexadecimal digits after eui.";
		return NULL;
	}
	if (has_prefix(name, "naa.")) {
		len = strlen(name + 4);
		if ((len != 16 && len != 32) || !all_hex(name + 4))
			return "must have 16 or 32 hexadecimal digits after naa.";
		return NULL;
	}
	if (!has_prefix(name, "iqn."))
		return "must begin with iqn., eui. or naa.";
	if (!all_allowed(name))
		return "may contain only letters, digits, '-', '.' and ':'";

	fault = date_fault(name + 4);
	return fault ? fault : domain_fault(name + 12);
}

static struct ktgt_target *by_name(struct ktgt_net *kn, const char *name)
{
	return rhashtable_lookup_fast(&kn->names, name, ktgt_target_names);
}

/* Finds a target as the transaction sees it: a successor hides the old one. */
static struct ktgt_target *lookup(struct ktgt_net *kn, u32 tid,
				  const char *name)
{
	struct ktgt_target *target, *successor;

	target = tid ? xa_load(&kn->targets, tid) : by_name(kn, name);
	if (!target)
		return NULL;
	successor = tid ? target->tid_successor : target->name_successor;
	return successor ? successor : target;
}

/**
 * ktgt_target_check - find the target that a change is about
 * @txn: the transaction
 * @tid: its number, or 0
 * @name: its name, or NULL
 *
 * A target that the transaction creates is found; one that it deletes is not.
 *
 * Context: check; &ktgt_net.config_mutex is held.
 *
 * Return: the target, without a reference; or ERR_PTR(-ENOENT) or
 * ERR_PTR(-EINVAL), with extack text.
 */
struct ktgt_target *ktgt_target_check(struct ktgt_txn *txn, u32 tid,
				      const char *name)
{
	struct ktgt_target *target;

	lockdep_assert_held(&txn->kn->config_mutex);
	if (!tid && !name) {
		NL_SET_ERR_MSG(txn->extack, "target: id or name is missing");
		return ERR_PTR(-EINVAL);
	}

	target = lookup(txn->kn, tid, name);
	if (!target && tid)
		ktgt_refuse(txn->extack, "there is no target %u", tid);
	else if (!target)
		ktgt_refuse(txn->extack, "there is no target '%s'", name);
	if (!target)
		return ERR_PTR(-ENOENT);

	if (target->stage == KTGT_TARGET_LEAVING) {
		ktgt_refuse(txn->extack,
			    "target %u is deleted by this transaction",
			    target->tid);
		return ERR_PTR(-ENOENT);
	}
	if (name && !ktgt_name_equal(name, target->name)) {
		ktgt_refuse(txn->extack, "target %u is '%s', not '%s'",
			    target->tid, target->name, name);
		return ERR_PTR(-ENOENT);
	}
	return target;
}

static int check_name(struct ktgt_txn *txn, const char *name)
{
	const char *fault;

	if (!ktgt_name_is_text(name, strlen(name))) {
		NL_SET_ERR_MSG(txn->extack,
			       "target name: must be valid UTF-8 without control characters");
		return -EINVAL;
	}
	fault = ktgt_target_name_fault(name);
	if (!fault)
		return 0;
	ktgt_refuse(txn->extack, "target name '%s': %s", name, fault);
	return -EINVAL;
}

static int take_name(struct ktgt_txn *txn, struct ktgt_target *target)
{
	struct ktgt_target *old = by_name(txn->kn, target->name);
	int err;

	if (old && old->stage == KTGT_TARGET_LEAVING && !old->name_successor) {
		old->name_successor = target;
		return 0;
	}
	err = rhashtable_lookup_insert_key(&txn->kn->names, target->name,
					   &target->name_node,
					   ktgt_target_names);
	if (err == -EEXIST)
		ktgt_refuse(txn->extack, "target '%s' exists already",
			    target->name);
	return err;
}

static int take_tid(struct ktgt_txn *txn, struct ktgt_target *target, u32 tid)
{
	struct ktgt_target *old;
	int err;

	if (tid) {
		target->tid = tid;
		old = xa_load(&txn->kn->targets, tid);
		if (old && old->stage == KTGT_TARGET_LEAVING &&
		    !old->tid_successor) {
			old->tid_successor = target;
			return 0;
		}
		err = xa_insert(&txn->kn->targets, tid, target, GFP_KERNEL);
		if (err != -EBUSY)
			return err;
		ktgt_refuse(txn->extack, "target %u exists already", tid);
		return -EEXIST;
	}

	err = xa_alloc(&txn->kn->targets, &target->tid, target,
		       XA_LIMIT(1, TID_MAX), GFP_KERNEL);
	if (err != -EBUSY)
		return err;
	ktgt_refuse(txn->extack,
		    "all %u target numbers are taken; delete a target first",
		    TID_MAX);
	return -ENOSPC;
}

/* The controller at LUN 0 answers REPORT LUNS while the target has no disk. */
static struct ktgt_lu *make_controller(struct ktgt_txn *txn,
				       struct ktgt_target *target)
{
	const struct ktgt_lu_params params = {
		.backend = KTGT_BACKEND_NONE,
		.write_cache = -1,
	};
	struct ktgt_lu *lu;
	int err;

	lu = ktgt_lu_alloc(target, &params, NULL, txn->extack);
	if (IS_ERR(lu))
		return lu;

	err = ktgt_lu_reserve(lu, txn->extack);
	if (err) {
		ktgt_lu_free(lu);
		return ERR_PTR(err);
	}
	return lu;
}

/* If the target was a successor, the name still belongs to the old target. */
static void release_name(struct ktgt_net *kn, struct ktgt_target *target)
{
	struct ktgt_target *old = by_name(kn, target->name);

	if (old == target)
		rhashtable_remove_fast(&kn->names, &target->name_node,
				       ktgt_target_names);
	else if (old)
		old->name_successor = NULL;
}

static void release_tid(struct ktgt_net *kn, struct ktgt_target *target)
{
	struct ktgt_target *old = xa_load(&kn->targets, target->tid);

	if (old == target)
		xa_erase(&kn->targets, target->tid);
	else if (old)
		old->tid_successor = NULL;
}

/* Needs no memory: the target or its predecessor is in both tables already. */
static void take_places(struct ktgt_net *kn, struct ktgt_target *target)
{
	struct ktgt_target *old = by_name(kn, target->name);
	int err = 0;

	if (old != target)
		err = rhashtable_replace_fast(&kn->names, &old->name_node,
					      &target->name_node,
					      ktgt_target_names);
	WARN_ON_ONCE(err);
	/* stores the same pointer again if the target is there already */
	err = xa_err(xa_store(&kn->targets, target->tid, target, GFP_KERNEL));
	WARN_ON_ONCE(err);
}

static int check_keys(struct ktgt_txn *txn, const u32 *keys, u32 set)
{
	static const struct {
		const char *name;
		u32 min, max;
	} rows[KTGT_NR_TARGET_KEYS] = {
		[KTGT_TARGET_HEADER_DIGEST] = {
			"header-digest", 0, KTGT_DIGEST_EITHER },
		[KTGT_TARGET_DATA_DIGEST] = {
			"data-digest", 0, KTGT_DIGEST_EITHER },
		[KTGT_TARGET_INITIAL_R2T] = { "initial-r2t", 0, 1 },
		[KTGT_TARGET_IMMEDIATE_DATA] = { "immediate-data", 0, 1 },
		[KTGT_TARGET_MAX_RECV_DSL] = {
			"max-recv-data-segment-length",
			KTGT_SEGMENT_MIN, KTGT_SEGMENT_MAX },
		[KTGT_TARGET_MAX_XMIT_DSL] = {
			"max-xmit-data-segment-length",
			KTGT_SEGMENT_MIN, KTGT_SEGMENT_MAX },
		[KTGT_TARGET_FIRST_BURST] = {
			"first-burst-length",
			KTGT_SEGMENT_MIN, KTGT_SEGMENT_MAX },
		[KTGT_TARGET_MAX_BURST] = {
			"max-burst-length",
			KTGT_SEGMENT_MIN, KTGT_SEGMENT_MAX },
		[KTGT_TARGET_MAX_R2T] = { "max-outstanding-r2t", 1, KTGT_R2T_MAX },
		[KTGT_TARGET_TIME2WAIT] = { "default-time2wait", 0, KTGT_TIME_MAX },
		[KTGT_TARGET_NOP_INTERVAL] = { "nop-interval", 0, KTGT_TIME_MAX },
		[KTGT_TARGET_NOP_COUNT] = { "nop-count", 0, KTGT_TIME_MAX },
		[KTGT_TARGET_RESET] = { "reset", 0, 1 },
		/* bits, of which there is one at least */
		[KTGT_TARGET_CHAP_ALGORITHMS] = {
			"chap-algorithms", 1, KTGT_CHAP_ALL },
		[KTGT_TARGET_EXPLICIT_ALUA] = { "explicit-alua", 0, 1 },
	};
	unsigned long mask = set;
	u32 i;

	for_each_set_bit(i, &mask, KTGT_NR_TARGET_KEYS) {
		if (keys[i] == U32_MAX ||
		    (keys[i] >= rows[i].min && keys[i] <= rows[i].max))
			continue;
		ktgt_refuse(txn->extack, "%s %u: must be %u to %u",
			    rows[i].name, keys[i], rows[i].min, rows[i].max);
		return -ERANGE;
	}
	return 0;
}

/* The value plus one; 0 means not set. */
static void set_keys(struct ktgt_target *target, const u32 *keys, u32 set)
{
	unsigned long mask = set;
	u32 i;

	for_each_set_bit(i, &mask, KTGT_NR_TARGET_KEYS)
		WRITE_ONCE(target->keys[i], keys[i] + 1);
}

static int target_new_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct target_new *new = container_of(change, struct target_new,
					      change);
	struct ktgt_target *target = new->target;
	int err;

	err = check_name(txn, target->name);
	err = err ?: check_keys(txn, new->keys, new->set_keys);
	if (err)
		return err;
	set_keys(target, new->keys, new->set_keys);
	err = take_name(txn, target);
	if (err)
		return err;
	err = take_tid(txn, target, new->tid);
	if (err)
		goto err_tid;

	new->lu = make_controller(txn, target);
	if (IS_ERR(new->lu)) {
		err = PTR_ERR(new->lu);
		goto err_lu;
	}
	err = ktgt_portal_check_defaults(txn, new->portals);
	if (err)
		goto err_portals;
	return 0;

err_portals:
	ktgt_lu_free(new->lu);
err_lu:
	release_tid(txn->kn, target);
err_tid:
	release_name(txn->kn, target);
	return err;
}

static void target_new_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct target_new *new = container_of(change, struct target_new,
					      change);

	ktgt_portal_abort_defaults(new->portals);
	ktgt_lu_free(new->lu);
	release_tid(txn->kn, new->target);
	release_name(txn->kn, new->target);
}

static void target_new_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct target_new *new = container_of(change, struct target_new,
					      change);

	ktgt_lu_publish(new->lu, NULL, NULL);
	txn->tid = new->target->tid;
	change->info.tid = new->target->tid;
	txn->kn->nr_targets++;
	/*
	 * A module that has targets cannot be unloaded by mistake. Until here
	 * the command that is being carried out keeps the module loaded.
	 */
	__module_get(THIS_MODULE);
	/* pairs with the acquire in core/net.c: readers find it, complete */
	smp_store_release(&new->target->stage, KTGT_TARGET_LIVE);
	take_places(txn->kn, new->target);
	new->target = NULL;
	ktgt_portal_apply_defaults(new->portals);
}

static void target_new_free(struct ktgt_change *change)
{
	struct target_new *new = container_of(change, struct target_new,
					      change);

	ktgt_target_put(new->target);
	kfree(new);
}

static const struct ktgt_change_ops target_new_ops = {
	.object = KTGT_OBJECT_TARGET,
	.action = KTGT_ACTION_ADD,
	.check = target_new_check,
	.abort = target_new_abort,
	.apply = target_new_apply,
	.free = target_new_free,
};

/**
 * ktgt_target_stage_new - stage a new target
 * @txn: the transaction
 * @params: number, name, alias, state, keys and ports
 *
 * When the transaction is applied, &ktgt_txn.tid is the number.
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_target_stage_new(struct ktgt_txn *txn,
			  const struct ktgt_target_params *params)
{
	struct ktgt_target *target;
	struct target_new *new;

	new = kzalloc_obj(*new, GFP_KERNEL);
	if (!new) {
		kfree(params->ports);
		return -ENOMEM;
	}
	target = ktgt_target_alloc(txn->kn, params->name);
	if (!target) {
		kfree(new);
		kfree(params->ports);
		return -ENOMEM;
	}

	if (params->alias)
		strscpy(target->alias, params->alias, sizeof(target->alias));
	if (params->set_state)
		target->state = params->state;
	RCU_INIT_POINTER(target->ports, params->ports);
	memcpy(new->keys, params->keys, sizeof(new->keys));
	new->set_keys = params->set_keys;
	new->target = target;
	new->tid = params->tid;
	new->change.info = (struct ktgt_change_info){
		.tid = params->tid,
		.lun = -1,
		.name = target->name,
	};
	ktgt_txn_stage(txn, &new->change, &target_new_ops);
	return 0;
}

/* Stages a change of an existing target, with copies of all strings. */
static int stage_edit(struct ktgt_txn *txn,
		      const struct ktgt_target_params *params,
		      const struct ktgt_change_ops *ops)
{
	struct target_edit *edit;

	edit = kzalloc_obj(*edit, GFP_KERNEL);
	if (!edit) {
		kfree(params->ports);
		return -ENOMEM;
	}

	INIT_LIST_HEAD(&edit->lus);
	edit->params = *params;
	if (params->name) {
		strscpy(edit->name, params->name, sizeof(edit->name));
		edit->params.name = edit->name;
	}
	if (params->alias) {
		strscpy(edit->alias, params->alias, sizeof(edit->alias));
		edit->params.alias = edit->alias;
	}
	edit->change.info = (struct ktgt_change_info){
		.tid = -1,
		.lun = -1,
	};
	ktgt_txn_stage(txn, &edit->change, ops);
	return 0;
}

/* Finds the target, and adds its number and name to the description. */
static struct ktgt_target *find_edited(struct ktgt_txn *txn,
				       struct target_edit *edit)
{
	struct ktgt_target *target;

	target = ktgt_target_check(txn, edit->params.tid, edit->params.name);
	if (IS_ERR(target))
		return target;
	edit->change.info.tid = target->tid;
	edit->change.info.name = target->name;
	return target;
}

static int target_set_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct target_edit *set = container_of(change, struct target_edit,
					       change);

	set->target = find_edited(txn, set);
	if (IS_ERR(set->target))
		return PTR_ERR(set->target);
	return check_keys(txn, set->params.keys, set->params.set_keys);
}

/* Sessions at other portals continue. */
static void set_ports(struct ktgt_txn *txn, struct target_edit *set)
{
	struct mutex *mutex = &txn->kn->config_mutex;

	set->params.ports = rcu_replace_pointer(set->target->ports,
						set->params.ports,
						lockdep_is_held(mutex));
}

/* Initiators ask for TPGS again, if it is another one now. */
static void apply_keys(const struct target_edit *set)
{
	struct ktgt_target *target = set->target;
	u8 tpgs = ktgt_group_tpgs(target);

	set_keys(target, set->params.keys, set->params.set_keys);
	if (ktgt_group_tpgs(target) == tpgs)
		return;
	spin_lock_bh(&target->nexus_lock);
	ktgt_ua_raise_target_locked(target, KTGT_UA_INQUIRY);
	spin_unlock_bh(&target->nexus_lock);
}

static void target_set_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct target_edit *set = container_of(change, struct target_edit,
					       change);

	/* the last byte is always NUL, so readers find the end of the string */
	if (set->params.alias)
		strscpy(set->target->alias, set->params.alias,
			sizeof(set->target->alias));
	if (set->params.set_state)
		WRITE_ONCE(set->target->state, set->params.state);
	apply_keys(set);
	if (set->params.set_ports)
		set_ports(txn, set);
}

/* The new ports if it was not applied, otherwise the former ones. */
static void target_set_free(struct ktgt_change *change)
{
	struct target_edit *set = container_of(change, struct target_edit,
					       change);

	if (set->params.ports)
		kfree_rcu(set->params.ports, rcu);
	kfree(set);
}

static const struct ktgt_change_ops target_set_ops = {
	.object = KTGT_OBJECT_TARGET,
	.action = KTGT_ACTION_CHANGE,
	.check = target_set_check,
	.apply = target_set_apply,
	.free = target_set_free,
};

/**
 * ktgt_target_stage_set - stage a change of alias, state, keys or ports of a target
 * @txn: the transaction
 * @params: which target, and its new values
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_target_stage_set(struct ktgt_txn *txn,
			  const struct ktgt_target_params *params)
{
	return stage_edit(txn, params, &target_set_ops);
}

static int target_del_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct target_edit *del = container_of(change, struct target_edit,
					       change);
	struct ktgt_target *target;
	unsigned int nr;

	target = find_edited(txn, del);
	if (IS_ERR(target))
		return PTR_ERR(target);
	if (target->stage == KTGT_TARGET_STAGED) {
		ktgt_refuse(txn->extack,
			    "target '%s' is created by this transaction; delete it in another one",
			    target->name);
		return -EINVAL;
	}

	nr = ktgt_target_nr_nexuses(target);
	if (nr && !del->params.force) {
		ktgt_refuse(txn->extack,
			    "target %u has %u session%s; delete it with force, or log the initiators out first",
			    target->tid, nr, nr == 1 ? "" : "s");
		return -EBUSY;
	}
	WRITE_ONCE(target->stage, KTGT_TARGET_LEAVING);
	del->target = target;
	return 0;
}

static void target_del_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct target_edit *del = container_of(change, struct target_edit,
					       change);

	WRITE_ONCE(del->target->stage, KTGT_TARGET_LIVE);
}

/* From now on no login succeeds. Existing sessions are closed. */
static void close_nexuses(struct ktgt_target *target)
{
	spin_lock_bh(&target->nexus_lock);
	WRITE_ONCE(target->deleted, true);
	spin_unlock_bh(&target->nexus_lock);
	ktgt_nexuses_close(target, KTGT_SESSION_END_TARGET_DELETED, NULL);
}

static void unlink_target(struct ktgt_net *kn, struct ktgt_target *target)
{
	if (!target->name_successor)
		release_name(kn, target);
	if (!target->tid_successor)
		release_tid(kn, target);
	kn->nr_targets--;
	module_put(THIS_MODULE);
}

static void target_del_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct target_edit *del = container_of(change, struct target_edit,
					       change);

	unlink_target(txn->kn, del->target);
	close_nexuses(del->target);
	if (xa_empty(&txn->kn->targets) &&
	    txn->kn->state == KTGT_NET_STATE_READY)
		ktgt_portal_unlink_defaults(txn->kn, del->portals);
}

/* Nobody else finds the target; the mutex is for ktgt_lu_unpublish(). */
static void unpublish_lus(struct ktgt_target *target, struct list_head *lus)
{
	struct ktgt_lu *lu;
	unsigned long lun;

	mutex_lock(&target->kn->config_mutex);
	xa_for_each(&target->lus, lun, lu) {
		ktgt_lu_unpublish(lu);
		list_add_tail(&lu->node, lus);
	}
	mutex_unlock(&target->kn->config_mutex);
}

static void target_del_finish(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct target_edit *del = container_of(change, struct target_edit,
					       change);
	struct ktgt_target *target = del->target;
	unsigned int nr;

	ktgt_portal_finish_defaults(del->portals);
	if (!wait_event_timeout(target->no_nexus,
				!atomic_read(&target->nr_nexuses),
				ktgt_txn_time_left(txn))) {
		nr = atomic_read(&target->nr_nexuses);
		pr_warn("target %u is deleted, but %u of its sessions have not ended, because devices have not completed their commands\n",
			target->tid, nr);
		ktgt_txn_leave(txn, "%u session%s of target %u", nr,
			       nr == 1 ? "" : "s", target->tid);
	}
	unpublish_lus(target, &del->lus);
}

static void target_del_settle(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct target_edit *del = container_of(change, struct target_edit,
					       change);
	struct ktgt_lu *lu, *next;

	/* each waits for an RCU grace period, many at once wait for the same */
	list_for_each_entry_safe(lu, next, &del->lus, node)
		ktgt_drain_lu(txn, lu, del->target->tid);
	ktgt_target_put(del->target);
}

static const struct ktgt_change_ops target_del_ops = {
	.object = KTGT_OBJECT_TARGET,
	.action = KTGT_ACTION_DELETE,
	.check = target_del_check,
	.abort = target_del_abort,
	.apply = target_del_apply,
	.finish = target_del_finish,
	.settle = target_del_settle,
};

/**
 * ktgt_target_is_deleted_by - does a change delete a target
 * @target: the target
 * @change: a staged change of any kind
 *
 * Context: &ktgt_net.config_mutex is held.
 *
 * Return: true if it asks for it; that may still be refused.
 */
bool ktgt_target_is_deleted_by(const struct ktgt_target *target,
			       const struct ktgt_change *change)
{
	const struct ktgt_target_params *params;

	if (change->ops != &target_del_ops)
		return false;
	params = &container_of(change, struct target_edit, change)->params;
	if (params->tid)
		return params->tid == target->tid;
	return params->name && ktgt_name_equal(params->name, target->name);
}

/**
 * ktgt_target_stage_del - stage the deletion of a target and what belongs to it
 * @txn: the transaction
 * @params: which target, and whether it is deleted although it has sessions
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_target_stage_del(struct ktgt_txn *txn,
			  const struct ktgt_target_params *params)
{
	return stage_edit(txn, params, &target_del_ops);
}

/**
 * ktgt_target_hide_all - refuse all logins and close all sessions
 * @kn: the namespace, which ends
 *
 * Context: may sleep; nobody changes the configuration any more.
 */
void ktgt_target_hide_all(struct ktgt_net *kn)
{
	struct ktgt_target *target;
	unsigned long tid;

	xa_for_each(&kn->targets, tid, target)
		close_nexuses(target);
}

/* Each ends when its storage has answered: no namespace waits for that. */
static void leave_lus(struct list_head *lus)
{
	struct ktgt_lu *lu, *next;

	list_for_each_entry_safe(lu, next, lus, node)
		ktgt_lu_put(lu);
	INIT_LIST_HEAD(lus);
}

/**
 * ktgt_target_free_all - free the targets of a namespace that ends
 * @kn: the namespace; all its connections are closed
 *
 * Context: may sleep; nobody changes the configuration any more.
 */
void ktgt_target_free_all(struct ktgt_net *kn)
{
	LIST_HEAD(lus);
	struct ktgt_target *target;
	unsigned long tid;

	xa_for_each(&kn->targets, tid, target) {
		unlink_target(kn, target);
		unpublish_lus(target, &lus);
		leave_lus(&lus);
		ktgt_target_put(target);
	}
}
