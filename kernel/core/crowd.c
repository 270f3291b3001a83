// SPDX-License-Identifier: GPL-2.0
/*
 * Things that any peer can have made: which one has to go when there are too
 * many.
 *
 * Who is asked first is always at hand, because it is asked when somebody makes
 * as many as they can. So addresses with things are in a tree: first the one with
 * the most things; of several, the one whose thing that would go is the oldest.
 *
 * A thing counts before it joins and until it leaves, also after it was told to
 * go. If things come faster than others leave, new ones are refused.
 */
#include "crowd.h"

#include <linux/errno.h>
#include <linux/in6.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "gfp.h"
#include "peer.h"

/*
 * Things that there may be beyond those in the crowd: they have not joined yet, or
 * had to go and have not left. An address that has nothing at all has as many for
 * itself and its like, so that nobody keeps it out.
 */
#define CROWD_ASIDE_MAX	1024
/* how many may have to go for one that comes */
#define CROWD_END_MAX	16
/* while fewer of an address are silent, as a part of all, they only have just come */
#define CROWD_NEW_PART	8

/**
 * struct ktgt_crowd_addr - the things of one address
 * @by_ip: in &ktgt_crowd.addrs
 * @order: in &ktgt_crowd.order, unless @nr is 0
 * @ip: the address, of ktgt_peer_ip()
 * @total: its things, also those that have not joined yet or had to go
 * @nr: those in the crowd
 * @nr_silent: length of @silent
 * @silent: those whose peers have not been heard of, the oldest first
 * @heard: the others, that which was heard of first at the beginning
 */
struct ktgt_crowd_addr {
	struct rb_node		by_ip;
	struct rb_node		order;
	struct in6_addr		ip;
	u32			total;
	u32			nr;
	u32			nr_silent;
	struct list_head	silent;
	struct list_head	heard;
};

/**
 * struct ktgt_crowd - all things of one kind
 * @lock: protects all members
 * @end: ends a thing that has to go
 * @addrs: &struct ktgt_crowd_addr by address
 * @order: those with things in the crowd, that which gives one up next is leftmost
 * @total: things, also those that have not joined yet or had to go
 * @nr: those in the crowd
 * @next: number of the next thing that joins
 * @ended: things that had to go, or were refused
 */
struct ktgt_crowd {
	spinlock_t		lock;
	ktgt_crowd_end_fn	end;
	struct rb_root		addrs;
	struct rb_root_cached	order;
	u32			total;
	u32			nr;
	u64			next;
	u64			ended;
};

/**
 * ktgt_crowd_alloc - make a crowd with nothing in it
 * @end: ends a thing that has to go, under a spinlock. The thing is not freed
 *	before it returns, because it has to leave the crowd first
 *
 * Context: process context, may sleep.
 * Return: the crowd, or NULL if there is no memory.
 */
struct ktgt_crowd *ktgt_crowd_alloc(ktgt_crowd_end_fn end)
{
	struct ktgt_crowd *crowd = kzalloc_obj(*crowd, GFP_KERNEL);

	if (!crowd)
		return NULL;
	spin_lock_init(&crowd->lock);
	crowd->end = end;
	crowd->addrs = RB_ROOT;
	crowd->order = RB_ROOT_CACHED;
	return crowd;
}

/**
 * ktgt_crowd_free - free a crowd
 * @crowd: the crowd, which all things have left; or NULL
 *
 * Context: any.
 */
void ktgt_crowd_free(struct ktgt_crowd *crowd)
{
	kfree(crowd);
}

static int crowd_compare(struct rb_node *left, const struct rb_node *right)
{
	const struct ktgt_crowd_addr *a, *b;

	a = rb_entry(left, struct ktgt_crowd_addr, by_ip);
	b = rb_entry(right, struct ktgt_crowd_addr, by_ip);
	return memcmp(&a->ip, &b->ip, sizeof(a->ip));
}

/*
 * That of an address which has to go first: the oldest that is silent. But if
 * almost all of them are heard of, those that are not have only had no time yet,
 * and must not go for the next ones.
 */
static struct ktgt_crowd_place *crowd_first(const struct ktgt_crowd_addr *addr)
{
	bool silent = addr->nr_silent &&
		      addr->nr_silent >= addr->nr / CROWD_NEW_PART;

	return list_first_entry(silent ? &addr->silent : &addr->heard,
				struct ktgt_crowd_place, node);
}

static bool crowd_goes_before(struct rb_node *left, const struct rb_node *right)
{
	const struct ktgt_crowd_addr *a, *b;

	a = rb_entry(left, struct ktgt_crowd_addr, order);
	b = rb_entry(right, struct ktgt_crowd_addr, order);
	if (a->nr != b->nr)
		return a->nr > b->nr;
	return crowd_first(a)->since < crowd_first(b)->since;
}

/* An address leaves the order while something of it changes. */
static void crowd_take_out(struct ktgt_crowd *crowd,
			   struct ktgt_crowd_addr *addr)
{
	if (addr->nr)
		rb_erase_cached(&addr->order, &crowd->order);
}

static void crowd_put_back(struct ktgt_crowd *crowd,
			   struct ktgt_crowd_addr *addr)
{
	if (addr->nr)
		rb_add_cached(&addr->order, &crowd->order, crowd_goes_before);
}

/* Changes the state of a thing, and all that follows from it. */
static void crowd_set_state(struct ktgt_crowd *crowd,
			    struct ktgt_crowd_place *place,
			    enum ktgt_crowd_state state)
{
	struct ktgt_crowd_addr *addr = place->addr;
	bool was_in = place->state >= KTGT_CROWD_SILENT;
	bool is_in = state >= KTGT_CROWD_SILENT;

	crowd_take_out(crowd, addr);
	if (was_in)
		list_del(&place->node);
	addr->nr_silent -= place->state == KTGT_CROWD_SILENT;
	addr->nr_silent += state == KTGT_CROWD_SILENT;
	addr->nr += is_in - was_in;
	crowd->nr += is_in - was_in;
	if (is_in)
		list_add_tail(&place->node, state == KTGT_CROWD_SILENT ?
			      &addr->silent : &addr->heard);
	place->state = state;
	crowd_put_back(crowd, addr);
}

/* Whether there is room for one more thing of an address. */
static bool crowd_has_room(const struct ktgt_crowd *crowd,
			   const struct ktgt_crowd_addr *addr, u32 max)
{
	u32 aside = addr->total ? CROWD_ASIDE_MAX : 2 * CROWD_ASIDE_MAX;

	return crowd->total < max + aside;
}

static void crowd_put(struct ktgt_crowd *crowd, struct ktgt_crowd_addr *addr)
{
	if (addr->total)
		return;
	rb_erase(&addr->by_ip, &crowd->addrs);
	kfree(addr);
}

static struct ktgt_crowd_addr *
crowd_addr_alloc(const struct sockaddr_storage *peer)
{
	struct ktgt_crowd_addr *addr = kzalloc_obj(*addr, KTGT_GFP_PEER);

	if (!addr)
		return NULL;
	ktgt_peer_ip(peer, &addr->ip);
	INIT_LIST_HEAD(&addr->silent);
	INIT_LIST_HEAD(&addr->heard);
	return addr;
}

/**
 * ktgt_crowd_come - announce a thing that is about to join a crowd
 * @crowd: the crowd
 * @place: place of the thing, in no crowd
 * @peer: address that it belongs to
 * @max: how many things there may be in the crowd
 *
 * Context: process context, may sleep.
 * Return: 0; -EBUSY if there are too many things that have not joined yet or had to
 *	go; -ENOMEM.
 */
int ktgt_crowd_come(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place,
		    const struct sockaddr_storage *peer, u32 max)
{
	struct ktgt_crowd_addr *spare = crowd_addr_alloc(peer), *addr = spare;
	struct rb_node *node;
	int err = 0;

	if (!spare)
		return -ENOMEM;
	spin_lock(&crowd->lock);
	node = rb_find_add(&spare->by_ip, &crowd->addrs, crowd_compare);
	if (node)
		addr = rb_entry(node, struct ktgt_crowd_addr, by_ip);
	if (crowd_has_room(crowd, addr, max)) {
		place->addr = addr;
		place->state = KTGT_CROWD_ASIDE;
		addr->total++;
		crowd->total++;
	} else {
		WRITE_ONCE(crowd->ended, crowd->ended + 1);
		crowd_put(crowd, addr);
		err = -EBUSY;
	}
	spin_unlock(&crowd->lock);
	if (node)
		kfree(spare);
	return err;
}

static void crowd_end_first(struct ktgt_crowd *crowd)
{
	struct rb_node *node = rb_first_cached(&crowd->order);
	struct ktgt_crowd_place *place;

	place = crowd_first(rb_entry(node, struct ktgt_crowd_addr, order));
	crowd_set_state(crowd, place, KTGT_CROWD_ASIDE);
	WRITE_ONCE(crowd->ended, crowd->ended + 1);
	crowd->end(place);
}

/**
 * ktgt_crowd_join - put a thing into a crowd
 * @crowd: the crowd
 * @place: place of the thing, after ktgt_crowd_come()
 * @max: how many things there may be, one at least. Others have to go for this
 *	one, and never this one for them: or else things that are all heard of
 *	could keep everybody out. If @max has become far less, they go little by
 *	little
 *
 * Context: process context; does not sleep.
 */
void ktgt_crowd_join(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place,
		     u32 max)
{
	u32 i;

	spin_lock(&crowd->lock);
	for (i = 0; i < CROWD_END_MAX && crowd->nr && crowd->nr >= max; i++)
		crowd_end_first(crowd);
	place->since = crowd->next++;
	crowd_set_state(crowd, place, KTGT_CROWD_SILENT);
	spin_unlock(&crowd->lock);
}

/**
 * ktgt_crowd_hear - the peer of a thing has sent something that can be used
 * @crowd: the crowd
 * @place: place of the thing, which may have been told to go
 *
 * Context: process context; does not sleep.
 */
void ktgt_crowd_hear(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place)
{
	spin_lock(&crowd->lock);
	if (place->state == KTGT_CROWD_SILENT)
		crowd_set_state(crowd, place, KTGT_CROWD_HEARD);
	spin_unlock(&crowd->lock);
}

/**
 * ktgt_crowd_leave - take a thing out of a crowd
 * @crowd: the crowd
 * @place: place of the thing, which may have left already
 *
 * Context: process context; does not sleep.
 */
void ktgt_crowd_leave(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place)
{
	struct ktgt_crowd_addr *addr;

	spin_lock(&crowd->lock);
	addr = place->addr;
	if (addr) {
		crowd_set_state(crowd, place, KTGT_CROWD_ASIDE);
		place->addr = NULL;
		addr->total--;
		crowd->total--;
		crowd_put(crowd, addr);
	}
	spin_unlock(&crowd->lock);
}

/**
 * ktgt_crowd_ended - how many things had to go, or were refused
 * @crowd: the crowd
 *
 * Context: any.
 * Return: the number.
 */
u64 ktgt_crowd_ended(const struct ktgt_crowd *crowd)
{
	return READ_ONCE(crowd->ended);
}
