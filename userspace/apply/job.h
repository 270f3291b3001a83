/* SPDX-License-Identifier: GPL-2.0 */
/* Work on a whole configuration, for what is there. */
#ifndef KTGT_APPLY_JOB_H
#define KTGT_APPLY_JOB_H

#include <stdbool.h>

#include "apply/change.h"
#include "lib/out.h"

enum {
	JOB_DONE,
	JOB_WRONG,	/* the file or a word is */
	JOB_FAILED,	/* the kernel refused, or something was not done */
};

/*
 * Calls @job with a view of what is there, again when that has changed
 * meanwhile, which @job says by -ESTALE. Returns what @job does, or JOB_FAILED
 * with the reason told.
 */
int job_run(struct executor *ex, int (*job)(struct executor *ex, void *data),
	    void *data);

/* What a job returns whose changes ended with @err. */
int job_status(const struct executor *ex, int err);

/* Whether ALL, tid=N or a name means this target. */
bool job_means(const struct target *target, const char *which);
/* Says that nothing is meant by it, and returns JOB_WRONG. */
int job_no_target(const struct executor *ex, const char *which);

/*
 * Jobs: to make @which target, or all when it is NULL, what the file @path says,
 * - being the standard input; and to print what is there, where a table is
 * targets.conf.
 */
int job_apply(struct executor *ex, const char *path, const char *which);
int job_dump(struct executor *ex, enum out_format format);

#endif
