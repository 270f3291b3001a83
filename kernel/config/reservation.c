// SPDX-License-Identifier: GPL-2.0
/*
 * Reservations that the user gives to a logical unit, or takes from it: what another
 * machine has had, or what was kept in a file.
 */
#include "reservation.h"

#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include <scsi/scsi_proto.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/lu.h"
#include "../scsi/pr.h"
#include "../scsi/pr_save.h"
#include "../scsi/transport_id.h"

static bool is_there(const struct ktgt_reservation_params *params,
		     const char *name, u16 target_port)
{
	const struct ktgt_registration *registration;

	list_for_each_entry(registration, &params->registrations, node)
		if (registration->port == target_port &&
		    !strcmp(registration->name, name))
			return true;
	return false;
}

/* A name that nobody else has at the target port, and one holder at most. */
static int check_one(const struct ktgt_reservation_params *params,
		     const char *port, u64 key, u16 target_port, bool holder,
		     struct ktgt_transport_id *id,
		     struct netlink_ext_ack *extack)
{
	if (!ktgt_port_name_get(port, id)) {
		ktgt_refuse(extack,
			    "port %s: must be the name of an initiator, \",i,0x\" and up to 12 hexadecimal digits",
			    port);
		return -EINVAL;
	}
	if (is_there(params, id->name, target_port)) {
		ktgt_refuse(extack, "port %s: is registered twice", port);
		return -EEXIST;
	}
	if (!key) {
		ktgt_refuse(extack, "port %s: key 0 means not registered", port);
		return -EINVAL;
	}
	if (holder && params->holder) {
		ktgt_refuse(extack,
			    "port %s: %s holds the reservation already", port,
			    params->holder->name);
		return -EEXIST;
	}
	return 0;
}

/**
 * ktgt_reservation_add - add a registration
 * @params: what it is added to
 * @port: name of the initiator port
 * @key: its reservation key
 * @target_port: relative target port identifier
 * @holder: it holds the reservation
 * @extack: takes the reason of a refusal
 *
 * Context: may sleep.
 * Return: 0 or an errno, with extack text but for -ENOMEM.
 */
int ktgt_reservation_add(struct ktgt_reservation_params *params,
			 const char *port, u64 key, u16 target_port,
			 bool holder, struct netlink_ext_ack *extack)
{
	struct ktgt_registration *registration;
	struct ktgt_transport_id id;
	int err;

	err = check_one(params, port, key, target_port, holder, &id, extack);
	if (err)
		return err;
	registration = ktgt_pr_make(id.name, target_port, GFP_KERNEL);
	if (!registration)
		return -ENOMEM;
	registration->key = key;
	if (holder)
		params->holder = registration;
	list_add_tail(&registration->node, &params->registrations);
	return 0;
}

/* A reservation has a holder, or is that of all who are registered. */
static int check_holder(const struct ktgt_reservation_params *params,
			struct netlink_ext_ack *extack)
{
	const char *wrong = NULL;

	if (!params->type)
		wrong = params->holder ? "has a holder, but no type" : NULL;
	else if (list_empty(&params->registrations))
		wrong = "has a type, but nobody is registered";
	else if (ktgt_pr_is_for_all(params->type) && params->holder)
		wrong = "of this type is held by all, and has no single holder";
	else if (!ktgt_pr_is_for_all(params->type) && !params->holder)
		wrong = "has no holder";
	if (!wrong)
		return 0;
	ktgt_refuse(extack, "LUN %u: the reservation %s", params->lun, wrong);
	return -EINVAL;
}

/* The logical unit, referenced as by a command; or ERR_PTR. */
static struct ktgt_lu *get_lu(struct ktgt_net *kn,
			      const struct ktgt_reservation_params *params,
			      struct netlink_ext_ack *extack)
{
	struct ktgt_target *target = ktgt_net_find_tid(kn, params->tid);
	struct ktgt_lu *lu = NULL;

	if (!target) {
		ktgt_refuse(extack, "there is no target %u", params->tid);
		return ERR_PTR(-ENOENT);
	}
	rcu_read_lock();
	lu = xa_load(&target->lus, params->lun);
	if (lu && !percpu_ref_tryget_live(&lu->ref))
		lu = NULL;
	rcu_read_unlock();
	ktgt_target_put(target);
	if (lu)
		return lu;
	ktgt_refuse(extack, "target %u has no LUN %u", params->tid, params->lun);
	return ERR_PTR(-ENOENT);
}

static int check_lu(const struct ktgt_lu *lu,
		    const struct ktgt_reservation_params *params,
		    struct netlink_ext_ack *extack)
{
	if (lu->type != TYPE_DISK) {
		ktgt_refuse(extack,
			    "LUN %u is a controller; only disks have reservations",
			    lu->lun);
		return -EINVAL;
	}
	if (params->aptpl && !lu->pr.persists) {
		ktgt_refuse(extack,
			    "LUN %u: has no state file, so its reservations cannot outlive a loss of power; leave aptpl out",
			    lu->lun);
		return -EINVAL;
	}
	return 0;
}

/* Gives all registrations to a logical unit that nobody sees. */
static int fill(struct ktgt_lu *to, struct ktgt_reservation_params *params,
		struct netlink_ext_ack *extack)
{
	struct ktgt_registration *registration, *next;

	list_for_each_entry_safe(registration, next, &params->registrations,
				 node) {
		if (ktgt_pr_insert(to, registration))
			continue;
		ktgt_refuse(extack,
			    "LUN %u: there would be more than %u registrations, or %u of all logical units",
			    params->lun, KTGT_PR_MAX, KTGT_PR_ALL_MAX);
		return -ENOSPC;
	}
	to->pr.type = params->type;
	to->pr.holder = params->holder;
	to->pr.aptpl = params->aptpl;
	to->pr.generation = params->generation;
	return 0;
}

static int set(struct ktgt_lu *lu, struct ktgt_reservation_params *params,
	       struct netlink_ext_ack *extack)
{
	struct ktgt_lu *to = kzalloc_obj(*to, GFP_KERNEL);
	int err;

	if (!to)
		return -ENOMEM;
	to->target = lu->target;
	INIT_LIST_HEAD(&to->itls);
	ktgt_pr_init(&to->pr);
	if (!params->has_generation)
		params->generation = READ_ONCE(lu->pr.generation) + 1;
	err = fill(to, params, extack);
	if (!err)
		err = ktgt_pr_save_set(lu, to, extack);
	ktgt_pr_exit(to);
	kfree(to);
	return err;
}

/**
 * ktgt_reservation_set - give a logical unit reservations instead of its own
 * @kn: the namespace
 * @params: what it is to have; the registrations are taken out of the list
 * @extack: takes the reason of a refusal
 *
 * Context: a worker of netlink; sleeps until a state file is written, see
 *	ktgt_pr_save_set().
 * Return: 0, -ENOMEM, or another errno, with extack text.
 */
int ktgt_reservation_set(struct ktgt_net *kn,
			 struct ktgt_reservation_params *params,
			 struct netlink_ext_ack *extack)
{
	struct ktgt_lu *lu;
	int err;

	err = check_holder(params, extack);
	if (err)
		return err;
	lu = get_lu(kn, params, extack);
	if (IS_ERR(lu))
		return PTR_ERR(lu);
	err = check_lu(lu, params, extack);
	if (!err)
		err = set(lu, params, extack);
	percpu_ref_put(&lu->ref);
	return err;
}
