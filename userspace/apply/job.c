// SPDX-License-Identifier: GPL-2.0
/* Jobs on the whole configuration. */
#include "apply/job.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/apply.h"
#include "apply/dump.h"
#include "conf/load.h"
#include "lib/name.h"
#include "lib/reason.h"

/* how often a job is repeated because of changes by other programs */
#define ATTEMPTS	10

static int refuse(const struct executor *ex, const char *text)
{
	fprintf(stderr, "%s: %s\n", ex->program, text);
	return JOB_FAILED;
}

int job_no_target(const struct executor *ex, const char *which)
{
	fprintf(stderr, "%s: there is no target %s\n", ex->program, which);
	return JOB_WRONG;
}

/* Whether the user means this name. What is not a name is that of no target. */
static bool is_name(const char *which, const char *name)
{
	char prepared[NAME_SIZE];
	const char *unused;

	return !name_prepare(which, prepared, &unused) &&
	       name_equal(prepared, name);
}

bool job_means(const struct target *target, const char *which)
{
	char tid[32];

	snprintf(tid, sizeof(tid), "tid=%u", target->id);
	return !strcmp(which, "ALL") || !strcmp(which, tid) ||
	       is_name(which, target->name);
}

int job_status(const struct executor *ex, int err)
{
	/* the job is repeated */
	if (err == -ESTALE)
		return err;
	/* no reason was printed yet: there was no memory */
	if (err && !ex->failures)
		return refuse(ex, strerror(-err));
	return ex->failures ? JOB_FAILED : JOB_DONE;
}

static int look_and_run(struct executor *ex,
			int (*job)(struct executor *ex, void *data),
			void *data)
{
	struct view view = { 0 };
	int err, status;

	err = view_load(ex->nl, &view);
	ex->view = &view;
	ex->failures = 0;
	if (err)
		status = refuse(ex, nl_reason(ex->nl, err));
	else
		status = job(ex, data);
	view_free(&view);
	return status;
}

int job_run(struct executor *ex, int (*job)(struct executor *ex, void *data),
	    void *data)
{
	int attempts = ATTEMPTS;
	int status;

	do {
		status = look_and_run(ex, job, data);
	} while (status == -ESTALE && --attempts);
	if (status != -ESTALE)
		return status;
	return refuse(ex,
		      "the configuration keeps changing; nothing was done; try again");
}

/* Finds the name of the target that is meant, NULL for all. */
static int find_which(const struct executor *ex, const struct conf *conf,
		      const char *which, const char **only)
{
	const struct conf_target *wanted;
	const struct target *target;

	*only = NULL;
	if (!which || !strcmp(which, "ALL"))
		return JOB_DONE;
	for (wanted = conf->targets; wanted; wanted = wanted->next) {
		*only = wanted->target.name;
		if (is_name(which, *only))
			return JOB_DONE;
	}
	vec_for_each(target, &ex->view->targets) {
		*only = target->name;
		if (job_means(target, which))
			return JOB_DONE;
	}
	return job_no_target(ex, which);
}

static int apply_which(struct executor *ex, struct conf *conf,
		       const char *which)
{
	const char *only;
	int status = find_which(ex, conf, which, &only);

	if (status)
		return status;
	if (conf->ignore_errors)
		ex->ignore_errors = true;
	return job_status(ex, apply_conf(ex, conf, only));
}

int job_apply(struct executor *ex, const char *path, const char *which)
{
	int status = JOB_WRONG;
	struct conf conf;
	int err;

	err = conf_load(&conf, path);
	conf_tell(stderr, &conf, path, err);
	if (!err)
		status = apply_which(ex, &conf, which);
	conf_free(&conf);
	return status;
}

int job_dump(struct executor *ex, enum out_format format)
{
	int err = 0;

	if (out_is_json(format))
		err = dump_json(format, ex->view);
	else
		dump_conf(stdout, ex->view);
	if (!err)
		return JOB_DONE;
	return refuse(ex, err == -EILSEQ ?
		      "a name is not valid UTF-8; print targets.conf, not JSON" :
		      strerror(-err));
}
