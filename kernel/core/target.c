// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a target: memory, references, and how its name is compared.
 */
#include "target.h"

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/stringhash.h>

#include "name.h"
#include "access.h"
#include "group.h"

/* The same for names that are equal, whatever their case. */
static u32 name_hash(const char *name, u32 seed)
{
	unsigned long hash = init_name_hash((unsigned long)seed);

	while (*name)
		hash = partial_name_hash(ktgt_name_char(*name++), hash);
	return end_name_hash(hash);
}

static u32 hash_key(const void *data, u32 len, u32 seed)
{
	return name_hash(data, seed);
}

static u32 hash_target(const void *data, u32 len, u32 seed)
{
	const struct ktgt_target *target = data;

	return name_hash(target->name, seed);
}

static int compare_name(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct ktgt_target *target = obj;

	return !ktgt_name_equal(arg->key, target->name);
}

/* parameters of the hash table &ktgt_net.names */
const struct rhashtable_params ktgt_target_names = {
	.head_offset = offsetof(struct ktgt_target, name_node),
	.key_offset = offsetof(struct ktgt_target, name),
	.key_len = KTGT_NAME_LEN,
	.hashfn = hash_key,
	.obj_hashfn = hash_target,
	.obj_cmpfn = compare_name,
	.automatic_shrinking = true,
};

/**
 * ktgt_target_alloc - make a target that is in no table yet
 * @kn: the namespace
 * @name: iSCSI name, shorter than KTGT_NAME_LEN; it is kept as it is
 *
 * Context: may sleep.
 *
 * Return: the target, staged and with one reference; NULL if there is no
 * memory.
 */
struct ktgt_target *ktgt_target_alloc(struct ktgt_net *kn, const char *name)
{
	struct ktgt_target *target;

	target = kzalloc_obj(*target, GFP_KERNEL);
	if (!target)
		return NULL;

	kref_init(&target->ref);
	target->kn = kn;
	target->stage = KTGT_TARGET_STAGED;
	strscpy(target->name, name, sizeof(target->name));
	xa_init(&target->lus);
	spin_lock_init(&target->nexus_lock);
	INIT_LIST_HEAD(&target->nexuses);
	atomic_set(&target->nr_nexuses, 0);
	init_waitqueue_head(&target->no_nexus);
	return target;
}

/*
 * This was the last reference, so nobody changes the access, the ports or the groups
 * any more. Readers may still use them under RCU.
 */
static void release(struct kref *ref)
{
	struct ktgt_target *target = container_of(ref, struct ktgt_target, ref);
	struct ktgt_ports *ports = rcu_dereference_protected(target->ports, true);

	ktgt_access_free_rcu(rcu_dereference_protected(target->access, true));
	if (ports)
		kfree_rcu(ports, rcu);
	if (target->groups)
		kfree_rcu(target->groups, rcu);
	xa_destroy(&target->lus);
	kfree_rcu(target, rcu);
}

/**
 * ktgt_target_put - drop a reference to a target
 * @target: the target, or NULL
 *
 * Context: any; does not sleep.
 */
void ktgt_target_put(struct ktgt_target *target)
{
	if (target)
		kref_put(&target->ref, release);
}

/**
 * ktgt_target_tryget - take a reference to a target found under RCU
 * @target: the target
 *
 * Context: any, under rcu_read_lock() or with another reference.
 *
 * Return: false if the target is being freed or was deleted.
 */
bool ktgt_target_tryget(struct ktgt_target *target)
{
	if (!kref_get_unless_zero(&target->ref))
		return false;
	if (!READ_ONCE(target->deleted))
		return true;

	ktgt_target_put(target);
	return false;
}

/**
 * ktgt_target_nr_nexuses - count the sessions of a target
 * @target: the target
 *
 * Sessions that have ended and are being freed are not counted, unlike in
 * &ktgt_target.nr_nexuses.
 *
 * Context: any but hard interrupt.
 *
 * Return: number of I_T nexuses.
 */
unsigned int ktgt_target_nr_nexuses(struct ktgt_target *target)
{
	struct list_head *pos;
	unsigned int nr = 0;

	spin_lock_bh(&target->nexus_lock);
	list_for_each(pos, &target->nexuses)
		nr++;
	spin_unlock_bh(&target->nexus_lock);
	return nr;
}
