/* SPDX-License-Identifier: GPL-2.0 */
/* What there is, in one look: for what shows it, and what changes it. */
#ifndef KTGT_LIB_VIEW_H
#define KTGT_LIB_VIEW_H

#include <stdint.h>

#include "lib/model.h"
#include "lib/nl.h"

struct view {
	uint64_t generation;	/* that the lists are not older than */
	struct vec targets;
	struct vec lus;
	struct vec acls;
	struct vec accounts;
	struct vec sessions;
};

/* All that the kernel has; to be freed whether it fails or not. */
int view_load(struct nl *nl, struct view *view);
void view_free(struct view *view);

/* Those of one target, which are the view's still. */
struct vec view_lus(const struct view *view, uint32_t tid);
struct vec view_acls(const struct view *view, uint32_t tid);

#endif
