/* SPDX-License-Identifier: GPL-2.0 */
/* Changes of what is there: carried out one by one, all or none, or only told. */
#ifndef KTGT_APPLY_CHANGE_H
#define KTGT_APPLY_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/nl.h"
#include "lib/view.h"

struct executor {
	const char *program;	/* that speaks */
	const char *force_word;	/* how it is told to */
	struct nl *nl;
	struct view *view;	/* what was there at first */
	bool force;
	bool pretend;
	bool verbose;
	bool ignore_errors;
	bool open;		/* a transaction is */
	unsigned int staged;	/* changes in it */
	unsigned int failures;
	unsigned int absent;	/* devices that were not there */
};

/*
 * Tells a change and sends it to the kernel, as far as the options say so.
 * Returns 0 when the caller can go on.
 */
int change_apply(struct executor *ex, uint8_t cmd, const struct object *obj,
		 const void *req);
/*
 * Around changes that are made all or none. change_commit() forgets them if
 * @err says that one was refused; it returns -ESTALE, and tells nothing, if the
 * view is not what is there any more.
 */
int change_begin(struct executor *ex);
int change_commit(struct executor *ex, int err);

/* Something that is not done, in the words of printf(). */
int __attribute__((format(printf, 2, 3)))
change_refuse(struct executor *ex, const char *format, ...);

int change_delete_target(struct executor *ex, const struct target *target);
int change_target_state(struct executor *ex, struct target *target,
			uint32_t state);

#endif
