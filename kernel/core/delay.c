// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses that have sent wrong secrets: the more of them, the later the answer.
 *
 * The first ones are answered at once, since anybody makes a mistake. A right secret
 * is always answered at once, so that nobody keeps out another one who has the same
 * address. An address is forgotten when it has sent no wrong secret for some time,
 * or when the account that it has tried is used with the right secret.
 *
 * Anybody can send wrong secrets from many addresses. So there is a limit to those
 * that are known: for one more, the one that has been quiet the longest is
 * forgotten.
 */
#include "delay.h"

#include <linux/errno.h>
#include <linux/in6.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/rbtree.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "gfp.h"
#include "peer.h"

/* addresses that are known at the same time */
#define DELAY_ADDRS_MAX	1024
/* wrong secrets that are answered at once */
#define DELAY_FREE	2
/* how often the delay doubles at most: longer than any setting */
#define DELAY_DOUBLE	12
/* how long an address has to be quiet to be forgotten */
#define DELAY_MEMORY	(5 * 60 * HZ)

/**
 * struct delay_addr - an address that has sent wrong secrets
 * @by_ip: in &ktgt_delays.addrs
 * @node: in &ktgt_delays.quiet
 * @ip: the address, of ktgt_peer_ip()
 * @last: when the last one came, in jiffies of 64 bits
 * @account: hash of the name that the first one was for
 * @nr: how many came
 * @mixed: not all were for that name. Who owns an account must not be able to
 *	guess the secret of another one without a delay
 */
struct delay_addr {
	struct rb_node		by_ip;
	struct list_head	node;
	struct in6_addr		ip;
	u64			last;
	u64			account;
	u32			nr;
	bool			mixed;
};

/**
 * struct ktgt_delays - all addresses that have sent wrong secrets
 * @lock: protects all members
 * @addrs: &struct delay_addr by address
 * @quiet: the same, the one that has been quiet the longest first
 * @nr: how many there are
 * @delayed: wrong secrets that were not answered at once
 * @key: of the hash of names
 */
struct ktgt_delays {
	spinlock_t		lock;
	struct rb_root		addrs;
	struct list_head	quiet;
	u32			nr;
	u64			delayed;
	siphash_key_t		key;
};

/**
 * ktgt_delays_alloc - begin to remember addresses
 *
 * Context: process context, may sleep.
 * Return: what remembers them, or NULL if there is no memory.
 */
struct ktgt_delays *ktgt_delays_alloc(void)
{
	struct ktgt_delays *delays = kzalloc_obj(*delays, GFP_KERNEL);

	if (!delays)
		return NULL;
	spin_lock_init(&delays->lock);
	delays->addrs = RB_ROOT;
	INIT_LIST_HEAD(&delays->quiet);
	get_random_bytes(&delays->key, sizeof(delays->key));
	return delays;
}

static void delay_forget(struct ktgt_delays *delays, struct delay_addr *addr)
{
	rb_erase(&addr->by_ip, &delays->addrs);
	list_del(&addr->node);
	WRITE_ONCE(delays->nr, delays->nr - 1);
	kfree(addr);
}

/**
 * ktgt_delays_free - forget all addresses
 * @delays: what remembers them, which nobody uses; or NULL
 *
 * Context: any.
 */
void ktgt_delays_free(struct ktgt_delays *delays)
{
	struct delay_addr *addr, *next;

	if (!delays)
		return;
	list_for_each_entry_safe(addr, next, &delays->quiet, node)
		delay_forget(delays, addr);
	kfree(delays);
}

static int delay_compare_ip(const void *ip, const struct rb_node *node)
{
	return memcmp(ip, &rb_entry(node, struct delay_addr, by_ip)->ip,
		      sizeof(struct in6_addr));
}

static int delay_compare(struct rb_node *left, const struct rb_node *right)
{
	return delay_compare_ip(&rb_entry(left, struct delay_addr, by_ip)->ip,
				right);
}

static u64 delay_hash(const struct ktgt_delays *delays, const char *user)
{
	return siphash(user, strlen(user), &delays->key);
}

static bool delay_is_over(const struct delay_addr *addr, u64 now)
{
	return now - addr->last >= DELAY_MEMORY;
}

/*
 * Makes room for a new address. Those whose time is over go two at a time, so that
 * none stays for long and nobody has to do all of it.
 */
static void delay_make_room(struct ktgt_delays *delays, u64 now)
{
	struct delay_addr *addr, *next;
	unsigned int left = 2;

	list_for_each_entry_safe(addr, next, &delays->quiet, node) {
		if (!left-- || (!delay_is_over(addr, now) &&
				delays->nr < DELAY_ADDRS_MAX))
			break;
		delay_forget(delays, addr);
	}
}

/* Finds an address; if it is not known yet, @spare becomes that. */
static struct delay_addr *delay_get(struct ktgt_delays *delays,
				    struct delay_addr *spare, u64 now)
{
	struct rb_node *node;

	node = rb_find_add(&spare->by_ip, &delays->addrs, delay_compare);
	if (node)
		return rb_entry(node, struct delay_addr, by_ip);
	delay_make_room(delays, now);
	list_add_tail(&spare->node, &delays->quiet);
	WRITE_ONCE(delays->nr, delays->nr + 1);
	return spare;
}

/* Return: seconds after which the answer comes. */
static u32 delay_count(struct ktgt_delays *delays, struct delay_addr *addr,
		       u64 account, u32 max, u64 now)
{
	u32 delay;

	if (delay_is_over(addr, now))
		addr->nr = 0;
	if (!addr->nr) {
		addr->account = account;
		addr->mixed = false;
	}
	addr->mixed |= addr->account != account;
	addr->last = now;
	addr->nr += addr->nr < U32_MAX;
	list_move_tail(&addr->node, &delays->quiet);
	if (addr->nr <= DELAY_FREE)
		return 0;
	delay = 1 << min_t(u32, addr->nr - DELAY_FREE - 1, DELAY_DOUBLE);
	WRITE_ONCE(delays->delayed, delays->delayed + 1);
	return min(delay, max);
}

/**
 * ktgt_delay_wrong - an address has sent a wrong secret
 * @delays: what remembers it
 * @peer: the address
 * @user: name of the account that the secret was to be of; it need not exist
 * @max: s that an answer is delayed at most. If it is 0, none is delayed, and
 *	nothing is remembered
 * @now: the time, in jiffies of 64 bits
 *
 * Context: process context, may sleep.
 * Return: seconds after which the answer is to come; or -ENOMEM, after which the
 *	address is not remembered.
 */
int ktgt_delay_wrong(struct ktgt_delays *delays,
		     const struct sockaddr_storage *peer, const char *user,
		     u32 max, u64 now)
{
	struct delay_addr *spare, *addr;
	u32 delay;

	if (!max)
		return 0;
	spare = kzalloc_obj(*spare, KTGT_GFP_PEER);
	if (!spare)
		return -ENOMEM;
	ktgt_peer_ip(peer, &spare->ip);
	spare->last = now;
	spin_lock(&delays->lock);
	addr = delay_get(delays, spare, now);
	delay = delay_count(delays, addr, delay_hash(delays, user), max, now);
	spin_unlock(&delays->lock);
	if (addr != spare)
		kfree(spare);
	return delay;
}

/**
 * ktgt_delay_right - an address has sent the right secret
 * @delays: what remembers its wrong ones
 * @peer: the address
 * @user: name of the account. If the wrong ones were for no other account, they are
 *	forgotten
 *
 * Context: process context; does not sleep.
 */
void ktgt_delay_right(struct ktgt_delays *delays,
		      const struct sockaddr_storage *peer, const char *user)
{
	struct delay_addr *addr;
	struct rb_node *node;
	struct in6_addr ip;

	if (!READ_ONCE(delays->nr))
		return;
	ktgt_peer_ip(peer, &ip);
	spin_lock(&delays->lock);
	node = rb_find(&ip, &delays->addrs, delay_compare_ip);
	if (node) {
		addr = rb_entry(node, struct delay_addr, by_ip);
		if (!addr->mixed && addr->account == delay_hash(delays, user))
			delay_forget(delays, addr);
	}
	spin_unlock(&delays->lock);
}

/**
 * ktgt_delays_count - how many wrong secrets were not answered at once
 * @delays: what remembers them
 *
 * Context: any.
 * Return: the number.
 */
u64 ktgt_delays_count(const struct ktgt_delays *delays)
{
	return READ_ONCE(delays->delayed);
}
