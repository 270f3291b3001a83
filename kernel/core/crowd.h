/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Things that any peer can have made, of which there is a limit: connections in
 * login, and discovery sessions. When there are too many, the address that has
 * the most of them gives one up, so no address takes them from the others.
 */
#ifndef _KTGT_CORE_CROWD_H
#define _KTGT_CORE_CROWD_H

#include <linux/list.h>
#include <linux/socket.h>
#include <linux/types.h>

struct ktgt_crowd;
struct ktgt_crowd_addr;

/**
 * enum ktgt_crowd_state - where a thing is
 * @KTGT_CROWD_ASIDE: it has not joined yet, or had to go; or it is in no crowd
 * @KTGT_CROWD_SILENT: it is in the crowd, and its peer has not been heard of
 * @KTGT_CROWD_HEARD: it is, and its peer has sent something that can be used
 */
enum ktgt_crowd_state {
	KTGT_CROWD_ASIDE,
	KTGT_CROWD_SILENT,
	KTGT_CROWD_HEARD,
};

/**
 * struct ktgt_crowd_place - the place of one thing in a crowd; begins with
 *	zeroes. Only crowd.c uses the members
 * @node: in a list of @addr, unless it is aside
 * @addr: its address; NULL if it is in no crowd
 * @since: number of the thing, in the order in which they joined
 * @state: where it is
 */
struct ktgt_crowd_place {
	struct list_head	node;
	struct ktgt_crowd_addr	*addr;
	u64			since;
	enum ktgt_crowd_state	state;
};

/* ends a thing that has to go; under a spinlock */
typedef void (*ktgt_crowd_end_fn)(struct ktgt_crowd_place *place);

struct ktgt_crowd *ktgt_crowd_alloc(ktgt_crowd_end_fn end);
void ktgt_crowd_free(struct ktgt_crowd *crowd);
int ktgt_crowd_come(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place,
		    const struct sockaddr_storage *peer, u32 max);
void ktgt_crowd_join(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place,
		     u32 max);
void ktgt_crowd_hear(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place);
void ktgt_crowd_leave(struct ktgt_crowd *crowd, struct ktgt_crowd_place *place);
u64 ktgt_crowd_ended(const struct ktgt_crowd *crowd);

#endif /* _KTGT_CORE_CROWD_H */
