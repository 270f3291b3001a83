// SPDX-License-Identifier: GPL-2.0
/*
 * No logical unit here has a state file, so nobody reads or writes one.
 */
#include "../../../kernel/backend/state.h"
#include "../require.h"

struct ktgt_state *ktgt_state_get(struct ktgt_state *state)
{
	require(false);
	return state;
}

void ktgt_state_put(struct ktgt_state *state)
{
	require(!state);
}

void ktgt_state_unuse(struct ktgt_state *state)
{
	require(false);
}

const struct ktgt_state_image *ktgt_state_kept(const struct ktgt_state *state)
{
	require(false);
	return NULL;
}

struct ktgt_state_image *ktgt_state_kept_get(struct ktgt_state *state,
					     const void *owner)
{
	require(false);
	return NULL;
}

u32 ktgt_state_room(const struct ktgt_state *state)
{
	require(false);
	return 0;
}

int ktgt_state_fault(const struct ktgt_state *state)
{
	require(false);
	return 0;
}

void ktgt_state_forget_fault(struct ktgt_state *state)
{
	require(false);
}

int ktgt_state_take(struct ktgt_state *state, void *owner)
{
	require(false);
	return 0;
}

void ktgt_state_give_back(struct ktgt_state *state, void *owner)
{
	require(false);
}

struct ktgt_state_image *ktgt_state_image_alloc(u32 len, gfp_t gfp)
{
	require(false);
	return NULL;
}

void ktgt_state_image_put(struct ktgt_state_image *image)
{
	require(!image);
}

int ktgt_state_write(struct ktgt_state *state, struct ktgt_state_image *image,
		     const struct ktgt_state_ops *ops, void *owner)
{
	require(false);
	return 0;
}

const struct ktgt_state_image *ktgt_state_next(const struct ktgt_state *state)
{
	require(false);
	return NULL;
}

void ktgt_state_commit(struct ktgt_state *state)
{
	require(false);
}

void ktgt_state_revoke(struct ktgt_state *state)
{
	require(false);
}

int ktgt_state_init(void)
{
	return 0;
}

void ktgt_state_exit(void)
{
}
