/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole configuration of the kernel at one time, to show it or to change
 * it.
 */
#ifndef KTGT_LIB_VIEW_H
#define KTGT_LIB_VIEW_H

#include <stdint.h>

#include "lib/model.h"
#include "lib/nl.h"

struct view {
	uint64_t generation;	/* the lists are of this generation or newer */
	struct vec targets;
	struct vec lus;
	struct vec acls;
	struct vec accounts;
	struct vec sessions;
	struct vec groups;
};

/* Loads everything; call view_free() even if this fails. */
int view_load(struct nl *nl, struct view *view);
void view_free(struct view *view);

/* The parts that belong to one target; they still belong to the view. */
struct vec view_lus(const struct view *view, uint32_t tid);
struct vec view_acls(const struct view *view, uint32_t tid);
struct vec view_groups(const struct view *view, uint32_t tid);

#endif
