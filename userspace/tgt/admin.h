/* SPDX-License-Identifier: GPL-2.0 */
/* tgt-admin: a whole configuration, from targets.conf and back. */
#ifndef KTGT_TGT_ADMIN_H
#define KTGT_TGT_ADMIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "conf/conf.h"
#include "lib/nl.h"
#include "lib/out.h"
#include "tgt/tgtadm.h"

enum admin_action {
	ADMIN_NONE,
	ADMIN_EXECUTE,
	ADMIN_UPDATE,
	ADMIN_DELETE,
	ADMIN_OFFLINE,
	ADMIN_READY,
	ADMIN_SHOW,
	ADMIN_DUMP,
};

struct admin_job {
	enum admin_action action;
	const char *which;	/* ALL, tid=N or a name */
	const char *conf;	/* a file, - for the standard input, or NULL */
	enum out_format format;	/* of a dump: a table is targets.conf */
};

struct admin {
	const char *program;	/* that speaks */
	struct nl *nl;
	struct tgt_view *view;	/* what was there at first */
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
int admin_change(struct admin *admin, uint8_t cmd, const struct object *obj,
		 const void *req);
/*
 * Around changes that are made all or none. admin_commit() forgets them if @err
 * says that one was refused; it returns -ESTALE, and tells nothing, if the view
 * is not what is there any more.
 */
int admin_begin(struct admin *admin);
int admin_commit(struct admin *admin, int err);

/* Something that is not done, in the words of printf(). */
int __attribute__((format(printf, 2, 3)))
admin_refuse(struct admin *admin, const char *format, ...);

/*
 * Sets what the kernel has when nothing is said of it: names, and what the
 * device is by itself. @have is what there is, or NULL: as long as that waits
 * for its device, nothing of the device counts.
 */
void admin_lu_defaults(struct lu *lu, const struct lu *have);
/* Whether it was made without its device, and did not get it yet. */
bool admin_lu_waits(const struct lu *lu);
/* Whether all that @want has is in @have. */
bool admin_same_lu(const struct lu *want, const struct lu *have);

int admin_delete(struct admin *admin, const struct target *target);
int admin_state(struct admin *admin, struct target *target,
		uint32_t state);

/*
 * Makes what is there what @conf says: @only one target, or all of it when
 * that is NULL. Returns 0 or what admin_change() did.
 */
int admin_apply(struct admin *admin, struct conf *conf, const char *only);

/* What is there in the form of targets.conf, without secrets. */
void admin_dump(FILE *file, const struct admin *admin);
/* As JSON of conf/json.h, on the standard output. Returns a negative errno. */
int admin_dump_json(enum out_format format, const struct admin *admin);

/* Does a job, for what is there. Returns an exit status of tgt-admin. */
int admin_run(struct admin *admin, const struct admin_job *job);

int tgt_admin_main(int argc, char **argv);

#endif
