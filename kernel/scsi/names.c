// SPDX-License-Identifier: GPL-2.0
/*
 * No two disks of a namespace have the same name: multipath would take them for
 * one, and write the data of one to the other.
 *
 * A namespace can have ten thousand disks, so they are found by a hash.
 */
#include "names.h"

#include <linux/hashtable.h>
#include <linux/jhash.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <scsi/scsi_proto.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "lu.h"

#define NAMES_BITS	8

/**
 * struct ktgt_names - disks of a namespace by what has to be unique
 * @by_naa: &ktgt_disk_names.naa_node
 * @by_serial: &ktgt_disk_names.serial_node
 */
struct ktgt_names {
	DECLARE_HASHTABLE(by_naa, NAMES_BITS);
	DECLARE_HASHTABLE(by_serial, NAMES_BITS);
};

static u32 hash_naa(const struct ktgt_disk_names *own)
{
	const struct ktgt_id *naa = &own->identity->naa;

	return jhash(naa->byte, naa->len, 0);
}

static u32 hash_serial(const struct ktgt_disk_names *own)
{
	const char *serial = own->identity->serial;

	return jhash(serial, strlen(serial), 0);
}

static bool same_naa(const struct ktgt_disk_names *one,
		     const struct ktgt_disk_names *other)
{
	const struct ktgt_id *a = &one->identity->naa;
	const struct ktgt_id *b = &other->identity->naa;

	return a->len == b->len && !memcmp(a->byte, b->byte, a->len);
}

static bool same_serial(const struct ktgt_disk_names *one,
			const struct ktgt_disk_names *other)
{
	const struct ktgt_identity *a = one->identity;
	const struct ktgt_identity *b = other->identity;

	return !strcmp(a->serial, b->serial) && !strcmp(a->vendor, b->vendor);
}

/* One that leaves in the same transaction gives its names up. */
static bool may_share(const struct ktgt_lu *lu, const struct ktgt_lu *other)
{
	return other == lu || other->leaving ||
	       other->target->stage == KTGT_TARGET_LEAVING ||
	       (lu->params.shared_identity && other->params.shared_identity);
}

static void refuse_naa(const struct ktgt_disk_names *own,
		       const struct ktgt_lu *other,
		       struct netlink_ext_ack *extack)
{
	const struct ktgt_id *naa = &own->identity->naa;

	ktgt_refuse(extack,
		    "LUN %u: naa %*phN is that of LUN %u of target %u (%s); use another one, or shared-identity on for both",
		    own->lu->lun, naa->len, naa->byte, other->lun,
		    other->target->tid, other->target->name);
}

static void refuse_serial(const struct ktgt_disk_names *own,
			  const struct ktgt_lu *other,
			  struct netlink_ext_ack *extack)
{
	const struct ktgt_identity *identity = own->identity;

	ktgt_refuse(extack,
		    "LUN %u: serial \"%s\" and vendor \"%s\" are those of LUN %u of target %u (%s); use another serial, or shared-identity on for both",
		    own->lu->lun, identity->serial, identity->vendor,
		    other->lun, other->target->tid, other->target->name);
}

static struct ktgt_names *names_of(const struct ktgt_disk_names *own)
{
	return own->lu->target->kn->disk_names;
}

static void add(struct ktgt_disk_names *own)
{
	struct ktgt_names *names = names_of(own);

	hash_add(names->by_naa, &own->naa_node, hash_naa(own));
	hash_add(names->by_serial, &own->serial_node, hash_serial(own));
}

static void drop(struct ktgt_disk_names *own)
{
	hash_del(&own->naa_node);
	hash_del(&own->serial_node);
}

static int enter(struct ktgt_disk_names *own, struct netlink_ext_ack *extack)
{
	struct ktgt_names *names = names_of(own);
	struct ktgt_disk_names *other;

	hash_for_each_possible(names->by_naa, other, naa_node, hash_naa(own)) {
		if (!same_naa(own, other) || may_share(own->lu, other->lu))
			continue;
		refuse_naa(own, other->lu, extack);
		return -EEXIST;
	}
	hash_for_each_possible(names->by_serial, other, serial_node,
			       hash_serial(own)) {
		if (!same_serial(own, other) || may_share(own->lu, other->lu))
			continue;
		refuse_serial(own, other->lu, extack);
		return -EEXIST;
	}
	add(own);
	return 0;
}

/**
 * ktgt_names_enter - take the names of a disk
 * @lu: logical unit that is not published; a controller takes none
 * @extack: gets the reason of a refusal, with the other logical unit
 *
 * Context: process, with &ktgt_net.config_mutex.
 * Return: 0, or -EEXIST if another disk has the NAA identifier, or the serial
 *	number and vendor, and one of the two does not share its identity.
 */
int ktgt_names_enter(struct ktgt_lu *lu, struct netlink_ext_ack *extack)
{
	if (lu->type != TYPE_DISK)
		return 0;
	lu->names.lu = lu;
	lu->names.identity = ktgt_lu_identity(lu);
	return enter(&lu->names, extack);
}

/**
 * ktgt_names_leave - give the names of a disk back
 * @lu: logical unit; may have none
 *
 * Context: process, with &ktgt_net.config_mutex.
 */
void ktgt_names_leave(struct ktgt_lu *lu)
{
	drop(&lu->names);
}

/**
 * ktgt_names_stage - keep other names for a disk
 * @staged: takes them, zeroed; ends by ktgt_names_unstage() or ktgt_names_take()
 * @lu: the disk, which keeps its own for now
 * @identity: the other names, which have to stay
 * @extack: gets the reason of a refusal
 *
 * Context: process, with &ktgt_net.config_mutex.
 * Return: 0; -EEXIST as ktgt_names_enter(); -EBUSY if others are kept for it
 *	already.
 */
int ktgt_names_stage(struct ktgt_disk_names *staged, struct ktgt_lu *lu,
		     const struct ktgt_identity *identity,
		     struct netlink_ext_ack *extack)
{
	int err;

	if (lu->names.is_changing) {
		ktgt_refuse(extack,
			    "LUN %u: another change of this transaction changes its names; make one of both",
			    lu->lun);
		return -EBUSY;
	}
	staged->lu = lu;
	staged->identity = identity;
	err = enter(staged, extack);
	if (err)
		staged->lu = NULL;
	else
		lu->names.is_changing = true;
	return err;
}

/**
 * ktgt_names_unstage - keep other names no longer
 * @staged: what ktgt_names_stage() has kept, or nothing
 *
 * Context: process, with &ktgt_net.config_mutex.
 */
void ktgt_names_unstage(struct ktgt_disk_names *staged)
{
	if (!staged->lu)
		return;
	drop(staged);
	staged->lu->names.is_changing = false;
	staged->lu = NULL;
}

/**
 * ktgt_names_take - give a disk the names that were kept for it
 * @staged: what ktgt_names_stage() has kept
 *
 * Context: process, with &ktgt_net.config_mutex.
 */
void ktgt_names_take(struct ktgt_disk_names *staged)
{
	struct ktgt_disk_names *own = &staged->lu->names;

	ktgt_names_unstage(staged);
	drop(own);
	own->identity = staged->identity;
	add(own);
}

/**
 * ktgt_names_init - begin to keep the names of a namespace
 * @kn: the namespace
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_names_init(struct ktgt_net *kn)
{
	struct ktgt_names *names = kzalloc_obj(*names, GFP_KERNEL_ACCOUNT);

	if (!names)
		return -ENOMEM;
	hash_init(names->by_naa);
	hash_init(names->by_serial);
	kn->disk_names = names;
	return 0;
}

/**
 * ktgt_names_exit - forget the names of a namespace
 * @kn: the namespace; all its logical units have been unpublished
 *
 * Context: process.
 */
void ktgt_names_exit(struct ktgt_net *kn)
{
	kfree(kn->disk_names);
}
