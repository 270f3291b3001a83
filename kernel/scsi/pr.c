// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent reservations: who is registered, who holds the reservation, and what
 * follows from that for each I_T_L nexus.
 *
 * All of it is under &ktgt_target.nexus_lock, with which I_T_L nexuses come and go.
 * Each change ends with ktgt_pr_update(), which writes into the flags of all
 * I_T_L nexuses what their commands may do. These are all that a command looks at.
 */
#include "pr.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/jhash.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../core/fabric.h"
#include "../core/target.h"
#include "cdb.h"

/* bytes of the parameter list (SPC-4, 6.16.3 and 6.16.4) */
#define FIELD_ACTION_KEY	8
#define FIELD_MOVE_FLAGS	17
#define FIELD_FLAGS		20
#define FIELD_MOVE_TRANSPORT_ID	24
#define FIELD_TRANSPORT_IDS	28

/* --- what commands may do ------------------------------------------------- */

/* START and POWER CONDITION of START STOP UNIT, and PREVENT: both in byte 4 */
#define START		BIT(0)
#define POWER_CONDITION	GENMASK(7, 4)
#define PREVENT		GENMASK(1, 0)

/* What depends on the CDB besides. */
static enum ktgt_cdb_pr kind_of(const struct ktgt_cmd *cmd)
{
	bool allows;

	switch (cmd->row->pr) {
	case KTGT_CDB_PR_START:
		allows = (cmd->cdb[4] & (START | POWER_CONDITION)) == START;
		break;
	case KTGT_CDB_PR_PREVENT:
		allows = !(cmd->cdb[4] & PREVENT);
		break;
	default:
		return cmd->row->pr;
	}
	return allows ? KTGT_CDB_PR_ALLOW : KTGT_CDB_PR_WRITE;
}

/**
 * ktgt_pr_refuses - whether a command conflicts with the reservation that there is
 * @cmd: command of an I_T_L nexus
 *
 * SPC-4, table 66, SBC-3, table 13, and SPC-2, table 9: see &enum ktgt_cdb_pr.
 *
 * Context: any.
 * Return: true if it has to end with RESERVATION CONFLICT, or with NOT READY.
 */
bool ktgt_pr_refuses(const struct ktgt_cmd *cmd)
{
	static const unsigned long conflicts[] = {
		[KTGT_CDB_PR_ALWAYS]	= 0,
		[KTGT_CDB_PR_ALLOW]	= BIT(KTGT_ITL_RESERVED) |
					  BIT(KTGT_ITL_LOST),
		[KTGT_CDB_PR_READ]	= BIT(KTGT_ITL_RESERVED) |
					  BIT(KTGT_ITL_LOST) |
					  BIT(KTGT_ITL_NO_READ),
		[KTGT_CDB_PR_WRITE]	= BIT(KTGT_ITL_RESERVED) |
					  BIT(KTGT_ITL_LOST) |
					  BIT(KTGT_ITL_NO_WRITE),
	};

	return READ_ONCE(cmd->itl->flags) & conflicts[kind_of(cmd)];
}

/**
 * ktgt_pr_is_lost - whether nobody knows which reservations there are
 * @cmd: command of an I_T_L nexus
 *
 * Context: any.
 * Return: true if a command for which ktgt_pr_conflicts() is true has to end with LOGICAL
 *	UNIT NOT READY, MANUAL INTERVENTION REQUIRED.
 */
bool ktgt_pr_is_lost(const struct ktgt_cmd *cmd)
{
	return test_bit(KTGT_ITL_LOST, &cmd->itl->flags);
}

static bool is_exclusive_access(u8 type)
{
	return type == KTGT_PR_EXCLUSIVE_ACCESS ||
	       type == KTGT_PR_EXCLUSIVE_ACCESS_REGISTRANTS ||
	       type == KTGT_PR_EXCLUSIVE_ACCESS_ALL;
}

/**
 * ktgt_pr_is_for_all - whether all registrants hold a reservation of a type
 * @type: enum ktgt_pr_type
 *
 * Context: any.
 * Return: true for the two all registrants types.
 */
bool ktgt_pr_is_for_all(u8 type)
{
	return type == KTGT_PR_WRITE_EXCLUSIVE_ALL ||
	       type == KTGT_PR_EXCLUSIVE_ACCESS_ALL;
}

/**
 * ktgt_pr_is_for_registrants - whether a type lets all registrants do all
 * @type: enum ktgt_pr_type
 *
 * Context: any.
 * Return: true for the registrants only and the all registrants types.
 */
bool ktgt_pr_is_for_registrants(u8 type)
{
	return type >= KTGT_PR_WRITE_EXCLUSIVE_REGISTRANTS;
}

/**
 * ktgt_pr_type_is_valid - whether there is such a type
 * @type: TYPE as it is sent
 *
 * Context: any.
 * Return: true if it is one of &enum ktgt_pr_type.
 */
bool ktgt_pr_type_is_valid(u8 type)
{
	return type == KTGT_PR_WRITE_EXCLUSIVE ||
	       type == KTGT_PR_EXCLUSIVE_ACCESS ||
	       (type >= KTGT_PR_WRITE_EXCLUSIVE_REGISTRANTS &&
		type <= KTGT_PR_EXCLUSIVE_ACCESS_ALL);
}

/**
 * ktgt_pr_holds - whether a registration is that of a reservation holder
 * @pr: the reservations of the logical unit
 * @registration: the registration, or NULL
 *
 * Context: &ktgt_target.nexus_lock is held.
 * Return: true if it is.
 */
bool ktgt_pr_holds(const struct ktgt_pr *pr,
		   const struct ktgt_registration *registration)
{
	if (!pr->type || !registration)
		return false;
	return ktgt_pr_is_for_all(pr->type) || pr->holder == registration;
}

/* Bits of KTGT_ITL_CONFLICTS. */
static unsigned long conflicts_of(const struct ktgt_itl *itl)
{
	const struct ktgt_pr *pr = &itl->lu->pr;
	unsigned long bits = 0;

	if (pr->fault)
		bits |= BIT(KTGT_ITL_LOST);
	if (pr->reserved && pr->reserved != itl)
		bits |= BIT(KTGT_ITL_RESERVED);
	if (!pr->type || ktgt_pr_holds(pr, itl->registration) ||
	    (itl->registration && ktgt_pr_is_for_registrants(pr->type)))
		return bits;
	bits |= BIT(KTGT_ITL_NO_WRITE);
	if (is_exclusive_access(pr->type))
		bits |= BIT(KTGT_ITL_NO_READ);
	return bits;
}

static void set_conflicts(struct ktgt_itl *itl)
{
	set_mask_bits(&itl->flags, KTGT_ITL_CONFLICTS, conflicts_of(itl));
}

/**
 * ktgt_pr_update - have commands see a change of the reservations
 * @lu: logical unit
 *
 * Those that are with the storage already go on (SPC-4, 5.12.1).
 *
 * Context: &ktgt_target.nexus_lock is held.
 */
void ktgt_pr_update(struct ktgt_lu *lu)
{
	struct ktgt_itl *itl;

	lockdep_assert_held(&lu->target->nexus_lock);
	list_for_each_entry(itl, &lu->itls, node)
		set_conflicts(itl);
}

/* --- registrations -------------------------------------------------------- */

/**
 * ktgt_pr_hash - hash of the name of an initiator port
 * @name: in the form of &ktgt_nexus.port_name
 *
 * Context: any.
 * Return: the hash.
 */
u32 ktgt_pr_hash(const char *name)
{
	return jhash(name, strlen(name), 0);
}

/**
 * ktgt_pr_make - make a registration
 * @name: initiator port, in the form of &ktgt_nexus.port_name; copied
 * @port: target port
 * @gfp: how to allocate it
 *
 * Context: as @gfp says.
 * Return: the registration, which is in no list and has no key; NULL without
 *	memory.
 */
struct ktgt_registration *ktgt_pr_make(const char *name, u16 port, gfp_t gfp)
{
	struct ktgt_registration *registration;
	size_t size = strlen(name) + 1;

	registration = kzalloc(struct_size(registration, name, size), gfp);
	if (!registration)
		return NULL;
	INIT_LIST_HEAD(&registration->node);
	registration->hash = ktgt_pr_hash(name);
	registration->port = port;
	memcpy(registration->name, name, size);
	return registration;
}

/**
 * ktgt_pr_free_list - free registrations that a logical unit does not have
 * @list: &struct ktgt_registration; empty afterwards
 *
 * Context: any.
 */
void ktgt_pr_free_list(struct list_head *list)
{
	struct ktgt_registration *registration, *next;

	list_for_each_entry_safe(registration, next, list, node)
		kfree(registration);
	INIT_LIST_HEAD(list);
}

static bool same_nexus(const struct ktgt_registration *one,
		       const struct ktgt_registration *other)
{
	return one->hash == other->hash && one->port == other->port &&
	       !strcmp(one->name, other->name);
}

static struct ktgt_registration *
find(const struct ktgt_pr *pr, const struct ktgt_registration *wanted)
{
	struct ktgt_registration *registration;

	list_for_each_entry(registration, &pr->registrations, node)
		if (same_nexus(registration, wanted))
			return registration;
	return NULL;
}

static bool is_of_nexus(const struct ktgt_registration *registration,
			const struct ktgt_nexus *nexus)
{
	return nexus && registration->hash == nexus->port_hash &&
	       registration->port == nexus->port &&
	       !strcmp(registration->name, nexus->port_name);
}

static void tie(struct ktgt_registration *registration, struct ktgt_itl *itl)
{
	registration->itl = itl;
	itl->registration = registration;
}

/* With the lock: takes it out of the list in which it is. */
static void add(struct ktgt_lu *lu, struct ktgt_registration *registration,
		u64 key)
{
	struct ktgt_pr *pr = &lu->pr;
	struct ktgt_itl *itl;

	registration->key = key;
	list_move_tail(&registration->node, &pr->registrations);
	pr->nr++;
	list_for_each_entry(itl, &lu->itls, node) {
		if (is_of_nexus(registration, itl->nexus)) {
			tie(registration, itl);
			return;
		}
	}
}

/*
 * Registrations of all logical units. Not of a namespace: a logical unit can outlive
 * its own, until the storage has answered the last of its commands.
 */
static atomic_t nr_registrations = ATOMIC_INIT(0);

/* With the lock. Return: false if there would be too many. */
static bool take_places(struct ktgt_lu *lu, int nr)
{
	if (lu->pr.nr + nr > KTGT_PR_MAX)
		return false;
	if (atomic_add_return(nr, &nr_registrations) <= KTGT_PR_ALL_MAX)
		return true;
	atomic_sub(nr, &nr_registrations);
	return false;
}

/* With the lock. What it knows of its I_T_L nexus stays, to tell that one. */
static void drop(struct ktgt_pr_request *req,
		 struct ktgt_registration *registration)
{
	struct ktgt_lu *lu = req->lu;

	if (registration->itl)
		registration->itl->registration = NULL;
	list_move_tail(&registration->node, &req->removed);
	lu->pr.nr--;
	atomic_dec(&nr_registrations);
}

/**
 * ktgt_pr_insert - give a logical unit a registration that it had before
 * @lu: logical unit
 * @registration: it has its key
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 * Return: false if there are too many; then it stays the caller's.
 */
bool ktgt_pr_insert(struct ktgt_lu *lu, struct ktgt_registration *registration)
{
	bool ok;

	spin_lock_bh(&lu->target->nexus_lock);
	ok = take_places(lu, 1);
	if (ok)
		add(lu, registration, registration->key);
	spin_unlock_bh(&lu->target->nexus_lock);
	return ok;
}

static void end_reservation(struct ktgt_pr *pr)
{
	pr->type = 0;
	pr->holder = NULL;
}

/**
 * ktgt_pr_init - a logical unit without reservations
 * @pr: its reservations
 *
 * Context: any.
 */
void ktgt_pr_init(struct ktgt_pr *pr)
{
	INIT_LIST_HEAD(&pr->registrations);
	INIT_LIST_HEAD(&pr->aborts);
	spin_lock_init(&pr->lock);
}

/**
 * ktgt_pr_exit - free the registrations of a logical unit
 * @lu: logical unit that has no command and no I_T_L nexus any more
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 */
void ktgt_pr_exit(struct ktgt_lu *lu)
{
	struct ktgt_pr *pr = &lu->pr;
	LIST_HEAD(gone);

	spin_lock_bh(&lu->target->nexus_lock);
	list_splice_init(&pr->registrations, &gone);
	atomic_sub(pr->nr, &nr_registrations);
	pr->nr = 0;
	end_reservation(pr);
	spin_unlock_bh(&lu->target->nexus_lock);
	ktgt_pr_free_list(&gone);
}

/**
 * ktgt_pr_attach - a nexus addresses a logical unit for the first time
 * @itl: new I_T_L nexus, in &ktgt_lu.itls
 *
 * The nexus may have been registered in an earlier session, or by another one.
 *
 * Context: &ktgt_target.nexus_lock is held.
 */
void ktgt_pr_attach(struct ktgt_itl *itl)
{
	struct ktgt_registration *registration;

	list_for_each_entry(registration, &itl->lu->pr.registrations, node) {
		if (is_of_nexus(registration, itl->nexus)) {
			tie(registration, itl);
			break;
		}
	}
	set_conflicts(itl);
}

/**
 * ktgt_pr_detach - an I_T_L nexus ends
 * @itl: the I_T_L nexus; its registration stays, what it has reserved does not
 *
 * Context: &ktgt_target.nexus_lock is held.
 */
void ktgt_pr_detach(struct ktgt_itl *itl)
{
	struct ktgt_lu *lu = itl->lu;

	if (itl->registration)
		itl->registration->itl = NULL;
	itl->registration = NULL;
	if (lu->pr.reserved != itl)
		return;
	lu->pr.reserved = NULL;
	ktgt_pr_update(lu);
}

static struct ktgt_registration *
copy_one(struct ktgt_lu *to, const struct ktgt_registration *registration)
{
	struct ktgt_registration *copy;

	copy = ktgt_pr_make(registration->name, registration->port,
			    GFP_NOIO | __GFP_NOWARN);
	if (!copy)
		return NULL;
	copy->key = registration->key;
	if (ktgt_pr_insert(to, copy))
		return copy;
	kfree(copy);
	return NULL;
}

/**
 * ktgt_pr_copy - copy the reservations of a logical unit into one that nobody sees
 * @to: zeroes, but for its target, which is that of @lu. ktgt_pr_exit() has to follow,
 *	whatever is returned
 * @as: zeroes; becomes the only I_T_L nexus of @to, with what @itl has
 * @lu: logical unit whose reservations nobody else changes meanwhile
 * @itl: an I_T_L nexus of it, whose context is that of the caller
 *
 * A request can be tried with the copy: it changes nothing for anybody.
 *
 * Context: process, may sleep; takes &ktgt_target.nexus_lock.
 * Return: 0 or -ENOMEM.
 */
int ktgt_pr_copy(struct ktgt_lu *to, struct ktgt_itl *as,
		 const struct ktgt_lu *lu, const struct ktgt_itl *itl)
{
	const struct ktgt_registration *registration;
	struct ktgt_registration *copy;

	INIT_LIST_HEAD(&to->itls);
	ktgt_pr_init(&to->pr);
	to->pr.generation = lu->pr.generation;
	to->pr.type = lu->pr.type;
	to->pr.persists = lu->pr.persists;
	to->pr.aptpl = lu->pr.aptpl;
	as->lu = to;
	as->nexus = itl->nexus;
	list_for_each_entry(registration, &lu->pr.registrations, node) {
		copy = copy_one(to, registration);
		if (!copy)
			return -ENOMEM;
		if (registration == lu->pr.holder)
			to->pr.holder = copy;
		if (registration == itl->registration)
			tie(copy, as);
	}
	list_add(&as->node, &to->itls);
	return 0;
}

/* --- unit attentions ------------------------------------------------------ */

static void tell(const struct ktgt_registration *registration, enum ktgt_ua ua)
{
	if (registration->itl)
		set_bit(ua, &registration->itl->flags);
}

/* All of a list but the one that asks. */
static void tell_others(const struct ktgt_pr_request *req,
			const struct list_head *list, enum ktgt_ua ua)
{
	const struct ktgt_registration *registration;

	list_for_each_entry(registration, list, node)
		if (registration->itl != req->itl)
			tell(registration, ua);
}

static void tell_registered(const struct ktgt_pr_request *req, enum ktgt_ua ua)
{
	tell_others(req, &req->lu->pr.registrations, ua);
}

/* With the lock. Those that are not among the new ones are told. */
static void drop_all(struct ktgt_lu *lu, const struct ktgt_pr *new,
		     struct list_head *gone)
{
	struct ktgt_registration *registration;

	list_for_each_entry(registration, &lu->pr.registrations, node) {
		if (!find(new, registration))
			tell(registration, KTGT_UA_RESERVATIONS_PREEMPTED);
		if (registration->itl)
			registration->itl->registration = NULL;
	}
	list_splice_init(&lu->pr.registrations, gone);
	atomic_sub(lu->pr.nr, &nr_registrations);
	lu->pr.nr = 0;
}

/**
 * ktgt_pr_replace - give a logical unit other reservations than it has
 * @lu: logical unit
 * @from: logical unit that nobody sees, which has them; has none afterwards
 *
 * Initiators that are not registered any more find a unit attention.
 *
 * Context: process; takes &ktgt_target.nexus_lock.
 */
void ktgt_pr_replace(struct ktgt_lu *lu, struct ktgt_lu *from)
{
	struct ktgt_registration *registration, *next;
	struct ktgt_pr *pr = &lu->pr;
	LIST_HEAD(gone);

	spin_lock_bh(&lu->target->nexus_lock);
	drop_all(lu, &from->pr, &gone);
	list_for_each_entry_safe(registration, next, &from->pr.registrations,
				 node)
		add(lu, registration, registration->key);
	from->pr.nr = 0;
	pr->generation = from->pr.generation;
	pr->type = from->pr.type;
	pr->holder = from->pr.holder;
	pr->aptpl = from->pr.aptpl;
	pr->fault = 0;
	end_reservation(&from->pr);
	ktgt_pr_update(lu);
	spin_unlock_bh(&lu->target->nexus_lock);
	ktgt_pr_free_list(&gone);
}

/* --- service actions ------------------------------------------------------ */

static enum ktgt_pr_result invalid_list(struct ktgt_pr_request *req, u16 field)
{
	req->field = field;
	return KTGT_PR_INVALID_LIST;
}

/**
 * ktgt_pr_key_fits - whether a nexus has the key that it says
 * @req: the request
 *
 * One that is not registered has the key 0, and may do nothing but register.
 *
 * Context: &ktgt_target.nexus_lock is held.
 * Return: false if the request conflicts.
 */
bool ktgt_pr_key_fits(const struct ktgt_pr_request *req)
{
	const struct ktgt_registration *own = req->itl->registration;

	switch (req->action) {
	case KTGT_PR_REGISTER_IGNORE:
		return true;
	case KTGT_PR_REGISTER:
		return req->key == (own ? own->key : 0);
	default:
		return own && req->key == own->key;
	}
}

/* SPC-4, 5.12.11.2.3: if it holds the reservation alone, that ends. */
static void unregister(struct ktgt_pr_request *req,
		       struct ktgt_registration *own)
{
	struct ktgt_pr *pr = &req->lu->pr;
	bool holds = ktgt_pr_holds(pr, own);
	u8 type = pr->type;

	drop(req, own);
	if (!holds || (ktgt_pr_is_for_all(type) && pr->nr))
		return;
	end_reservation(pr);
	if (ktgt_pr_is_for_registrants(type))
		tell_registered(req, KTGT_UA_RESERVATIONS_RELEASED);
}

/*
 * ALL_TG_PT is as if the request had come by each target port (SPC-4, 6.16.3). One by
 * which the asker is registered already conflicts then, unless its key is ignored.
 */
static enum ktgt_pr_result judge_made(struct ktgt_pr_request *req, int *nr)
{
	const struct ktgt_nexus *nexus = req->itl->nexus;
	const struct ktgt_registration *registration;

	*nr = 0;
	list_for_each_entry(registration, &req->made, node) {
		if (!find(&req->lu->pr, registration))
			++*nr;
		else if (strcmp(registration->name, nexus->port_name))
			return invalid_list(req, FIELD_TRANSPORT_IDS);
		else if (req->action != KTGT_PR_REGISTER_IGNORE)
			return KTGT_PR_CONFLICT;
	}
	return KTGT_PR_GOOD;
}

/* All of them are registered, or none. */
static enum ktgt_pr_result add_made(struct ktgt_pr_request *req)
{
	struct ktgt_registration *registration, *next, *there;
	enum ktgt_pr_result result;
	int nr;

	result = judge_made(req, &nr);
	if (result)
		return result;
	if (!take_places(req->lu, nr))
		return KTGT_PR_TOO_MANY;
	list_for_each_entry_safe(registration, next, &req->made, node) {
		there = find(&req->lu->pr, registration);
		if (there)
			there->key = req->action_key;
		else
			add(req->lu, registration, req->action_key);
	}
	return KTGT_PR_GOOD;
}

static bool may_specify_ports(const struct ktgt_pr_request *req)
{
	return req->action == KTGT_PR_REGISTER && req->action_key &&
	       !req->itl->registration;
}

/* REGISTER, and REGISTER AND IGNORE EXISTING KEY (SPC-4, 5.12.7). */
static enum ktgt_pr_result run_register(struct ktgt_pr_request *req)
{
	struct ktgt_registration *own = req->itl->registration;
	struct ktgt_pr *pr = &req->lu->pr;
	enum ktgt_pr_result result;

	if ((req->aptpl && !pr->persists) ||
	    (req->spec_i_pt && !may_specify_ports(req)))
		return invalid_list(req, FIELD_FLAGS);
	if (!own) {
		result = req->action_key ? add_made(req) : KTGT_PR_GOOD;
		if (result)
			return result;
		pr->generation += !!req->action_key;
	} else {
		pr->generation++;
		if (req->action_key)
			own->key = req->action_key;
		else
			unregister(req, own);
	}
	if (pr->reserved == req->itl)
		pr->reserved = NULL;
	pr->aptpl = req->aptpl;
	return KTGT_PR_GOOD;
}

static void establish(struct ktgt_pr_request *req)
{
	struct ktgt_pr *pr = &req->lu->pr;

	pr->type = req->type;
	pr->holder = ktgt_pr_is_for_all(req->type) ? NULL :
						     req->itl->registration;
}

/* RESERVE (SPC-4, 5.12.9). */
static enum ktgt_pr_result run_reserve(struct ktgt_pr_request *req)
{
	struct ktgt_pr *pr = &req->lu->pr;

	if (!pr->type)
		establish(req);
	else if (!ktgt_pr_holds(pr, req->itl->registration) ||
		 pr->type != req->type)
		return KTGT_PR_CONFLICT;
	return KTGT_PR_GOOD;
}

/* RELEASE (SPC-4, 5.12.11.2.2). */
static enum ktgt_pr_result run_release(struct ktgt_pr_request *req)
{
	struct ktgt_pr *pr = &req->lu->pr;
	u8 type = pr->type;

	if (!ktgt_pr_holds(pr, req->itl->registration))
		return KTGT_PR_GOOD;
	if (req->scope || req->type != type)
		return KTGT_PR_INVALID_RELEASE;
	end_reservation(pr);
	if (ktgt_pr_is_for_registrants(type))
		tell_registered(req, KTGT_UA_RESERVATIONS_RELEASED);
	return KTGT_PR_GOOD;
}

/* CLEAR (SPC-4, 5.12.11.2.7). */
static enum ktgt_pr_result run_clear(struct ktgt_pr_request *req)
{
	struct ktgt_registration *registration, *next;
	struct ktgt_pr *pr = &req->lu->pr;

	tell_registered(req, KTGT_UA_RESERVATIONS_PREEMPTED);
	list_for_each_entry_safe(registration, next, &pr->registrations, node)
		drop(req, registration);
	end_reservation(pr);
	pr->generation++;
	return KTGT_PR_GOOD;
}

/* Those that have the key, but @except; with the key 0 all but @except. */
static void drop_key(struct ktgt_pr_request *req,
		     const struct ktgt_registration *except)
{
	struct ktgt_registration *registration, *next;
	struct ktgt_pr *pr = &req->lu->pr;

	list_for_each_entry_safe(registration, next, &pr->registrations, node)
		if (registration != except &&
		    (!req->action_key || registration->key == req->action_key))
			drop(req, registration);
	tell_others(req, &req->removed, KTGT_UA_REGISTRATIONS_PREEMPTED);
}

/* Who preempts takes the reservation over (SPC-4, 5.12.11.2.5). */
static enum ktgt_pr_result take_over(struct ktgt_pr_request *req)
{
	struct ktgt_pr *pr = &req->lu->pr;
	u8 was = pr->type;

	if (req->scope || !ktgt_pr_type_is_valid(req->type))
		return KTGT_PR_INVALID_CDB;
	drop_key(req, req->itl->registration);
	establish(req);
	if (pr->type != was)
		tell_registered(req, KTGT_UA_RESERVATIONS_RELEASED);
	pr->generation++;
	return KTGT_PR_GOOD;
}

/*
 * SPC-4, 5.12.11.2.4. SCOPE and TYPE are ignored if only registrations go; that of
 * the asker is among them, if it has that key.
 */
static enum ktgt_pr_result run_preempt(struct ktgt_pr_request *req)
{
	struct ktgt_pr *pr = &req->lu->pr;
	bool for_all = ktgt_pr_is_for_all(pr->type);

	if (!req->action_key && !for_all)
		return invalid_list(req, FIELD_ACTION_KEY);
	if (for_all ? !req->action_key :
		      pr->holder && pr->holder->key == req->action_key)
		return take_over(req);
	drop_key(req, NULL);
	if (list_empty(&req->removed))
		return KTGT_PR_CONFLICT;
	if (!pr->nr)
		end_reservation(pr);
	pr->generation++;
	return KTGT_PR_GOOD;
}

/* The registration to which the reservation moves, or NULL if there are too many. */
static struct ktgt_registration *move_to(struct ktgt_pr_request *req,
					 struct ktgt_registration *named)
{
	struct ktgt_registration *there = find(&req->lu->pr, named);

	if (there) {
		there->key = req->action_key;
		return there;
	}
	if (!take_places(req->lu, 1))
		return NULL;
	add(req->lu, named, req->action_key);
	return named;
}

/* REGISTER AND MOVE (SPC-4, 5.12.8). */
static enum ktgt_pr_result run_move(struct ktgt_pr_request *req)
{
	struct ktgt_registration *own = req->itl->registration;
	struct ktgt_registration *to, *named;
	struct ktgt_pr *pr = &req->lu->pr;

	if (pr->holder != own)
		return KTGT_PR_CONFLICT;
	if (!req->action_key)
		return invalid_list(req, FIELD_ACTION_KEY);
	if (req->aptpl && !pr->persists)
		return invalid_list(req, FIELD_MOVE_FLAGS);
	named = list_first_entry(&req->made, struct ktgt_registration, node);
	if (same_nexus(named, own))
		return invalid_list(req, FIELD_MOVE_TRANSPORT_ID);
	to = move_to(req, named);
	if (!to)
		return KTGT_PR_TOO_MANY;
	pr->holder = to;
	pr->aptpl = req->aptpl;
	if (req->unregister)
		drop(req, own);
	pr->generation++;
	return KTGT_PR_GOOD;
}

/**
 * ktgt_pr_run - carry out a service action of PERSISTENT RESERVE OUT
 * @req: what is asked for. The caller frees what is left in the lists
 *
 * If it does not succeed nothing has changed. RESERVE has a valid type and scope.
 *
 * Context: &ktgt_target.nexus_lock is held.
 * Return: how it ends.
 */
enum ktgt_pr_result ktgt_pr_run(struct ktgt_pr_request *req)
{
	static enum ktgt_pr_result
	(*const actions[])(struct ktgt_pr_request *req) = {
		[KTGT_PR_REGISTER]		= run_register,
		[KTGT_PR_RESERVE]		= run_reserve,
		[KTGT_PR_RELEASE]		= run_release,
		[KTGT_PR_CLEAR]			= run_clear,
		[KTGT_PR_PREEMPT]		= run_preempt,
		[KTGT_PR_PREEMPT_ABORT]		= run_preempt,
		[KTGT_PR_REGISTER_IGNORE]	= run_register,
		[KTGT_PR_REGISTER_MOVE]		= run_move,
	};
	enum ktgt_pr_result result;

	lockdep_assert_held(&req->lu->target->nexus_lock);
	if (!ktgt_pr_key_fits(req))
		return KTGT_PR_CONFLICT;
	result = actions[req->action](req);
	if (result == KTGT_PR_GOOD)
		ktgt_pr_update(req->lu);
	return result;
}
