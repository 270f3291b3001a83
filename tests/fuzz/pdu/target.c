// SPDX-License-Identifier: GPL-2.0
/*
 * What is around: one namespace, with one target that admits everybody, and
 * whoever watches it.
 */
#include "../../../kernel/core/access.h"
#include "../../../kernel/core/delay.h"
#include "../../../kernel/iscsi/conn.h"
#include "../../../kernel/iscsi/sess.h"
#include "../../../kernel/tcp/tcp.h"
#include "target.h"

struct ktgt_net kn;
static struct ktgt_access access;
/* what was silence may be none now, and the reverse */
bool interval_changed;
struct ktgt_portal portal = { .kn = &kn, .tpgt = 1 };
struct ktgt_target target = {
	.tid = 1, .name = "iqn.t:1", .alias = "alias", .access = &access,
	.kn = &kn,
};

bool shim_proved;
static u32 next_random;
static u32 nr_joined;
static bool told_of[0x10000];	/* sessions, by number */

u32 get_random_u32(void)
{
	return next_random++;
}

struct ktgt_target *ktgt_net_find_target(struct ktgt_net *n, const char *name)
{
	require(n == &kn);
	if (strcmp(name, target.name))
		return NULL;
	kref_get(&target.ref);
	return &target;
}

struct ktgt_target *ktgt_net_find_tid(struct ktgt_net *n, u32 tid)
{
	require(n == &kn && tid == 1);
	kref_get(&target.ref);
	return &target;
}

void ktgt_target_put(struct ktgt_target *t)
{
	kref_put(&t->ref, NULL);
}

bool ktgt_target_tryget(struct ktgt_target *t)
{
	return kref_get_unless_zero(&t->ref);
}

bool ktgt_access_judge(const struct ktgt_access *r,
		       const struct sockaddr_storage *peer,
		       const char *initiator, struct ktgt_access_match *match)
{
	return true;
}

const struct ktgt_chap_account *
ktgt_access_find_incoming(const struct ktgt_access *r, const char *user)
{
	return NULL;
}

/* There are few: none has to go for another. */
struct ktgt_crowd *ktgt_crowd_alloc(ktgt_crowd_end_fn end)
{
	return kzalloc(1, GFP_KERNEL);
}

void ktgt_crowd_free(struct ktgt_crowd *crowd)
{
	kfree(crowd);
}

int ktgt_crowd_come(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place,
		    const struct sockaddr_storage *peer, u32 max)
{
	require(peer->ss_family && max && !place->addr);
	place->addr = (void *)place;
	nr_joined++;
	return 0;
}

void ktgt_crowd_join(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place,
		     u32 max)
{
	require(place->addr && max);
}

void ktgt_crowd_hear(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place)
{
}

void ktgt_crowd_leave(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place)
{
	nr_joined -= !!place->addr;
	place->addr = NULL;
}

/* There are no accounts, and so no wrong secrets. */
struct ktgt_delays *ktgt_delays_alloc(void)
{
	return kzalloc(1, GFP_KERNEL);
}

void ktgt_delays_free(struct ktgt_delays *delays)
{
	kfree(delays);
}

int ktgt_delay_wrong(struct ktgt_delays *delays,
		     const struct sockaddr_storage *peer, const char *user,
		     u32 max, u64 now)
{
	require(false);
	return 0;
}

void ktgt_delay_right(struct ktgt_delays *delays,
		      const struct sockaddr_storage *peer, const char *user)
{
	require(false);
}

/* Who watches hears of each session twice. */
void ktgt_event_session(struct ktgt_net *n, const struct ktgt_event *event)
{
	require(n == &kn && event->peer && event->local);
	switch (event->cmd) {
	case KTGT_CMD_SESSION_LOGIN:
		require(event->id < ARRAY_SIZE(told_of) && !told_of[event->id]);
		told_of[event->id] = true;
		break;
	case KTGT_CMD_SESSION_END:
		require(told_of[event->id]);
		require(event->end <= KTGT_SESSION_END_TARGET_RESET);
		told_of[event->id] = false;
		break;
	case KTGT_CMD_MEMORY_FULL:
		require(told_of[event->id] && kn.budget.closings);
		break;
	default:
		require(event->cmd == KTGT_CMD_LOGIN_FAILED && event->why);
	}
}

void target_start(void)
{
	next_random = 1;
	kref_init(&target.ref);
	target.deleted = false;
	target.keys[KTGT_TARGET_RESET] = 0;
	interval_changed = false;
	kn.memory_limit = 1;
	kn.max_logins = 2;
	kn.login_timeout = 15;
	kn.nop_interval = 10;
	kn.discovery_timeout = 60;
	kn.max_discoveries = 3;
	kn.logout_timeout = 10;
	kn.tmf_timeout = 10;
	INIT_LIST_HEAD(&kn.portals);
	INIT_LIST_HEAD(&kn.conns);
	xa_store(&kn.targets, 1, &target, GFP_KERNEL);
	require(!ktgt_conn_net_init(&kn));
	require(!ktgt_sess_net_init(&kn));
	require(!ktgt_tcp_init());
}

/* Nobody is left who uses it. */
void target_stop(void)
{
	ktgt_sess_net_exit(&kn);
	ktgt_conn_net_exit(&kn);
	ktgt_tcp_exit();
	xa_destroy(&kn.targets);
	require(list_empty(&kn.conns));
	require(!atomic_read(&kn.nr_conns));
	require(!atomic_read(&kn.nr_sessions) && !nr_joined);
	require(!memchr_inv(told_of, 0, sizeof(told_of)));
	require(target.ref.refcount == 1);
}
