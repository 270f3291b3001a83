/* SPDX-License-Identifier: GPL-2.0 */
/*
 * State files: what has to outlive a loss of power, and is not in the blocks of the
 * disk.
 */
#ifndef _KTGT_BACKEND_STATE_H
#define _KTGT_BACKEND_STATE_H

#include <linux/kref.h>
#include <linux/sizes.h>
#include <linux/types.h>

struct file;
struct ktgt_state;
struct netlink_ext_ack;

/* a state file has two slots, each of half of its bytes: at least, and at most */
#define KTGT_STATE_SLOT_MIN	SZ_4K
#define KTGT_STATE_SLOT_MAX	(SZ_128K + SZ_8K)
/* bytes of the header of a slot */
#define KTGT_STATE_HEADER	64
/* most bytes of an image */
#define KTGT_STATE_MAX		(KTGT_STATE_SLOT_MAX - KTGT_STATE_HEADER)

/**
 * struct ktgt_state_image - what a slot has
 * @ref: references
 * @len: bytes of @data
 * @header: room for the header of the slot, which is written with it
 * @data: the image
 */
struct ktgt_state_image {
	struct kref	ref;
	u32		len;
	u8		header[KTGT_STATE_HEADER];
	u8		data[];
};

/**
 * struct ktgt_state_ops - who is told how a save goes
 * @written: the image is on stable storage, or could not be written: @err. Without an
 *	error, ktgt_state_commit() or ktgt_state_revoke() has to follow. With one, the
 *	save is undone, as after ktgt_state_revoke(). Process context, may sleep
 * @undone: a save has been undone, as well as that went. Process context, may sleep
 */
struct ktgt_state_ops {
	void	(*written)(void *owner, int err);
	void	(*undone)(void *owner);
};

bool ktgt_state_use(struct ktgt_state *state, u32 but);
void ktgt_state_unuse(struct ktgt_state *state);
struct ktgt_state *ktgt_state_get(struct ktgt_state *state);
void ktgt_state_put(struct ktgt_state *state);
struct ktgt_state *ktgt_state_open(struct file *file,
				   struct netlink_ext_ack *extack);
int ktgt_state_load(struct ktgt_state *state);
const struct ktgt_state_image *ktgt_state_kept(const struct ktgt_state *state);
struct ktgt_state_image *ktgt_state_kept_get(struct ktgt_state *state,
					     const void *owner);
u32 ktgt_state_room(const struct ktgt_state *state);
int ktgt_state_fault(const struct ktgt_state *state);
void ktgt_state_forget_fault(struct ktgt_state *state);
int ktgt_state_take(struct ktgt_state *state, void *owner);
void ktgt_state_give_back(struct ktgt_state *state, void *owner);

struct ktgt_state_image *ktgt_state_image_alloc(u32 len, gfp_t gfp);
void ktgt_state_image_put(struct ktgt_state_image *image);
int ktgt_state_write(struct ktgt_state *state, struct ktgt_state_image *image,
		     const struct ktgt_state_ops *ops, void *owner);
const struct ktgt_state_image *ktgt_state_next(const struct ktgt_state *state);
void ktgt_state_commit(struct ktgt_state *state);
void ktgt_state_revoke(struct ktgt_state *state);

int ktgt_state_init(void);
void ktgt_state_exit(void);

#endif /* _KTGT_BACKEND_STATE_H */
