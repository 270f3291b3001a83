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
 * @by_naa: &ktgt_lu.naa_node
 * @by_serial: &ktgt_lu.serial_node
 */
struct ktgt_names {
	DECLARE_HASHTABLE(by_naa, NAMES_BITS);
	DECLARE_HASHTABLE(by_serial, NAMES_BITS);
};

static u32 hash_naa(const struct ktgt_lu *lu)
{
	const struct ktgt_id *naa = &lu->params.identity.naa;

	return jhash(naa->byte, naa->len, 0);
}

static u32 hash_serial(const struct ktgt_lu *lu)
{
	const char *serial = lu->params.identity.serial;

	return jhash(serial, strlen(serial), 0);
}

static bool same_naa(const struct ktgt_lu *one, const struct ktgt_lu *other)
{
	const struct ktgt_id *a = &one->params.identity.naa;
	const struct ktgt_id *b = &other->params.identity.naa;

	return a->len == b->len && !memcmp(a->byte, b->byte, a->len);
}

static bool same_serial(const struct ktgt_lu *one, const struct ktgt_lu *other)
{
	const struct ktgt_identity *a = &one->params.identity;
	const struct ktgt_identity *b = &other->params.identity;

	return !strcmp(a->serial, b->serial) && !strcmp(a->vendor, b->vendor);
}

/* One that leaves in the same transaction gives its names up. */
static bool may_share(const struct ktgt_lu *lu, const struct ktgt_lu *other)
{
	return other->leaving ||
	       other->target->stage == KTGT_TARGET_LEAVING ||
	       (lu->params.shared_identity && other->params.shared_identity);
}

static void refuse_naa(const struct ktgt_lu *lu, const struct ktgt_lu *other,
		       struct netlink_ext_ack *extack)
{
	const struct ktgt_id *naa = &lu->params.identity.naa;

	ktgt_refuse(extack,
		    "LUN %u: naa %*phN is that of LUN %u of target %u (%s); use another one, or shared-identity on for both",
		    lu->lun, naa->len, naa->byte, other->lun,
		    other->target->tid, other->target->name);
}

static void refuse_serial(const struct ktgt_lu *lu, const struct ktgt_lu *other,
			  struct netlink_ext_ack *extack)
{
	const struct ktgt_identity *identity = &lu->params.identity;

	ktgt_refuse(extack,
		    "LUN %u: serial \"%s\" and vendor \"%s\" are those of LUN %u of target %u (%s); use another serial, or shared-identity on for both",
		    lu->lun, identity->serial, identity->vendor, other->lun,
		    other->target->tid, other->target->name);
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
	struct ktgt_names *names = lu->target->kn->disk_names;
	u32 serial = hash_serial(lu), naa = hash_naa(lu);
	struct ktgt_lu *other;

	if (lu->type != TYPE_DISK)
		return 0;
	hash_for_each_possible(names->by_naa, other, naa_node, naa) {
		if (!same_naa(lu, other) || may_share(lu, other))
			continue;
		refuse_naa(lu, other, extack);
		return -EEXIST;
	}
	hash_for_each_possible(names->by_serial, other, serial_node, serial) {
		if (!same_serial(lu, other) || may_share(lu, other))
			continue;
		refuse_serial(lu, other, extack);
		return -EEXIST;
	}
	hash_add(names->by_naa, &lu->naa_node, naa);
	hash_add(names->by_serial, &lu->serial_node, serial);
	return 0;
}

/**
 * ktgt_names_leave - give the names of a disk back
 * @lu: logical unit; may have none
 *
 * Context: process, with &ktgt_net.config_mutex.
 */
void ktgt_names_leave(struct ktgt_lu *lu)
{
	hash_del(&lu->naa_node);
	hash_del(&lu->serial_node);
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
