/* SPDX-License-Identifier: GPL-2.0 */
/* Changes of the configuration: made one by one, together, or only printed. */
#ifndef KTGT_APPLY_CHANGE_H
#define KTGT_APPLY_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/nl.h"
#include "lib/view.h"

struct executor {
	const char *program;	/* its name, for messages */
	const char *force_word;	/* the option or keyword that forces a change */
	struct nl *nl;
	struct view *view;	/* the configuration before all changes */
	bool force;
	bool pretend;
	bool verbose;
	bool ignore_errors;
	bool open;		/* a transaction is open */
	unsigned int staged;	/* number of changes in it */
	unsigned int failures;
	unsigned int absent;	/* number of missing devices */
};

/*
 * Prints a change and sends it to the kernel, as the options say. Returns 0 if
 * the caller can continue.
 */
int change_apply(struct executor *ex, uint8_t cmd, const struct object *obj,
		 const void *req);
/* The same for a change of a logical unit that opens the device at @path, or NULL. */
int change_apply_lu(struct executor *ex, uint8_t cmd, const struct lu *req,
		    const char *path);
/*
 * Around changes that are made together or not at all. change_commit() discards
 * them if
 * @err says that one was refused. If the configuration has changed since the
 * view was loaded, it returns -ESTALE and prints nothing.
 */
int change_begin(struct executor *ex);
int change_commit(struct executor *ex, int err);

/* Says why something is not done, with the arguments of printf(). */
int __attribute__((format(printf, 2, 3)))
change_refuse(struct executor *ex, const char *format, ...);

int change_delete_target(struct executor *ex, const struct target *target);
int change_target_state(struct executor *ex, struct target *target,
			uint32_t state);

#endif
