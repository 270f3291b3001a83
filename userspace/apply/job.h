/* SPDX-License-Identifier: GPL-2.0 */
/* Jobs on the whole configuration. */
#ifndef KTGT_APPLY_JOB_H
#define KTGT_APPLY_JOB_H

#include <stdbool.h>

#include "apply/change.h"
#include "lib/out.h"

enum {
	JOB_DONE,
	JOB_WRONG,	/* the file or a word is wrong */
	JOB_FAILED,	/* the kernel refused, or something was not done */
};

/*
 * Calls @job with a view of the configuration. If @job returns -ESTALE, because
 * the configuration has changed meanwhile, it is called again. Returns what
 * @job returns, or JOB_FAILED after printing the reason.
 */
int job_run(struct executor *ex, int (*job)(struct executor *ex, void *data),
	    void *data);

/* The result of a job whose changes ended with @err. */
int job_status(const struct executor *ex, int err);

/* Whether ALL, tid=N or a name means this target. */
bool job_means(const struct target *target, const char *which);
/* Says that there is no such target, and returns JOB_WRONG. */
int job_no_target(const struct executor *ex, const char *which);

/*
 * job_apply() makes the target @which, or all targets if it is NULL, the same
 * as in the file @path; "-" is standard input. job_dump() prints the
 * configuration; the format of a table means targets.conf.
 */
int job_apply(struct executor *ex, const char *path, const char *which);
int job_dump(struct executor *ex, enum out_format format);

#endif
