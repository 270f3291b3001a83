// SPDX-License-Identifier: GPL-2.0
/* tgt-admin: its options and actions. */
#include "tgt/admin.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/job.h"
#include "lib/version.h"
#include "tgt/opt.h"
#include "tgt/show.h"

#define EXIT_CONF	1	/* the command line or the file is wrong */

static const char *const conf_paths[] = {
	"/etc/ktgt/targets.conf", "/etc/tgt/targets.conf"
};

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
	const char *conf;	/* a file, "-" for standard input, or NULL */
};

/* Options */

static const struct option long_options[] = {
	{ "execute", no_argument, NULL, 'e' },
	{ "update", required_argument, NULL, ADMIN_UPDATE },
	{ "delete", required_argument, NULL, ADMIN_DELETE },
	{ "offline", required_argument, NULL, ADMIN_OFFLINE },
	{ "ready", required_argument, NULL, ADMIN_READY },
	{ "show", no_argument, NULL, 's' },
	{ "dump", no_argument, NULL, ADMIN_DUMP },
	{ "conf", required_argument, NULL, 'c' },
	{ "control-port", required_argument, NULL, 'C' },
	{ "ignore-errors", no_argument, NULL, 'i' },
	{ "force", no_argument, NULL, 'f' },
	{ "pretend", no_argument, NULL, 'p' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static void usage(FILE *file)
{
	fprintf(file,
"Usage: tgt-admin [OPTION]...\n"
"Configures the ktgt iSCSI target from a file of the form targets.conf(5).\n"
"\n"
"  -e, --execute            make all targets as the file says\n"
"      --update WHICH       make targets as the file says\n"
"      --delete WHICH       delete targets\n"
"      --offline WHICH      refuse logins; initiators try again\n"
"      --ready WHICH        accept logins again\n"
"  -s, --show               show all targets\n"
"      --dump               print the configuration, without secrets\n"
"  -c, --conf FILE          read FILE; - is the standard input\n"
"      --ignore-errors      continue after an error\n"
"  -f, --force              also change what initiators are using\n"
"  -p, --pretend            print the changes, but do not make them\n"
"  -v, --verbose            print the changes\n"
"  -C, --control-port PORT  ignored; for compatibility\n"
"  -V, --version            print the version\n"
"  -h, --help               print this help\n"
"\n"
"WHICH is ALL, tid=NUMBER or the name of a target.\n");
}

static bool take_action(struct admin_job *job, enum admin_action action)
{
	if (job->action) {
		fprintf(stderr, "tgt-admin: more than one action is given; see tgt-admin --help\n");
		return false;
	}
	job->action = action;
	job->which = optarg;
	return true;
}

static bool take_option(int c, struct executor *ex, struct admin_job *job)
{
	switch (c) {
	case 'e':
		return take_action(job, ADMIN_EXECUTE);
	case 's':
		return take_action(job, ADMIN_SHOW);
	case 'c':
		job->conf = optarg;
		return true;
	case 'i':
		ex->ignore_errors = true;
		return true;
	case 'f':
		ex->force = true;
		return true;
	case 'p':
		ex->pretend = true;
		return true;
	case 'v':
		ex->verbose = true;
		return true;
	case 'C':
		/* ignored: there is no control port */
		return true;
	case '?':
		return false;
	}
	return take_action(job, c);
}

/* Returns true when there is something to do, or *status is set. */
static bool take_options(int argc, char **argv, struct executor *ex,
			 struct admin_job *job, int *status)
{
	static char name[] = "tgt-admin";
	int c;

	argv[0] = name;
	optind = 0;
	while ((c = getopt_long(argc, argv, "esc:C:fpvhV", long_options,
				NULL)) >= 0) {
		*status = 0;
		if (c == 'h') {
			usage(stdout);
			return false;
		}
		if (c == 'V') {
			printf("%s\n", KTGT_VERSION);
			return false;
		}
		*status = EXIT_CONF;
		if (!take_option(c, ex, job))
			return false;
	}
	if ((optind < argc && !strcmp(argv[optind], "help")) ||
	    (job->which && !strcmp(job->which, "help"))) {
		*status = 0;
		usage(stdout);
		return false;
	}
	*status = EXIT_CONF;
	if (optind < argc)
		fprintf(stderr, "tgt-admin: unknown word '%s'; see tgt-admin --help\n",
			argv[optind]);
	else if (job->action)
		*status = 0;
	else
		fprintf(stderr, "tgt-admin: no action is given; see tgt-admin --help\n");
	return !*status;
}

/* Actions */

/* As with tgt, it is no error to delete a target that does not exist. */
static int none_changed(const struct executor *ex, const struct admin_job *job)
{
	int status = job_no_target(ex, job->which);

	if (job->action == ADMIN_DELETE)
		return JOB_DONE;
	return strncmp(job->which, "tid=", 4) ? status : JOB_FAILED;
}

static int change_target(struct executor *ex, enum admin_action action,
			 struct target *target)
{
	if (action == ADMIN_DELETE)
		return change_delete_target(ex, target);
	return change_target_state(ex, target, action == ADMIN_READY ?
				   KTGT_TARGET_STATE_READY :
				   KTGT_TARGET_STATE_OFFLINE);
}

static int change_targets(struct executor *ex, const struct admin_job *job)
{
	struct target *target;
	bool found = false;
	int err = 0;

	if (!ex->ignore_errors)
		err = change_begin(ex);
	vec_for_each(target, &ex->view->targets) {
		if (!job_means(target, job->which))
			continue;
		found = true;
		if (!err)
			err = change_target(ex, job->action, target);
	}
	err = change_commit(ex, err);
	if (!found && strcmp(job->which, "ALL"))
		return none_changed(ex, job);
	return job_status(ex, err);
}

static const char *conf_path(const struct admin_job *job)
{
	if (job->conf)
		return job->conf;
	return conf_paths[access(conf_paths[0], F_OK) ? 1 : 0];
}

static int run(struct executor *ex, void *data)
{
	const struct admin_job *job = data;

	switch (job->action) {
	case ADMIN_SHOW:
		tgt_show_targets(stdout, ex->view);
		return JOB_DONE;
	case ADMIN_DUMP:
		return job_dump(ex, OUT_TABLE);
	case ADMIN_EXECUTE:
	case ADMIN_UPDATE:
		return job_apply(ex, conf_path(job), job->which);
	default:
		return change_targets(ex, job);
	}
}

static int exit_status(int status)
{
	switch (status) {
	case JOB_DONE:
		return 0;
	case JOB_WRONG:
		return EXIT_CONF;
	default:
		return TGT_EXIT_ERROR;
	}
}

int tgt_admin_main(int argc, char **argv)
{
	struct executor ex = { .program = "tgt-admin", .force_word = "--force" };
	struct admin_job job = { 0 };
	int err, status;

	if (!take_options(argc, argv, &ex, &job, &status))
		return status;
	err = nl_open(&ex.nl);
	if (err == -ENOENT) {
		fprintf(stderr,
			"tgt-admin: the ktgt module is not loaded; run modprobe ktgt\n");
		return TGT_EXIT_NO_TGT;
	}
	if (err) {
		fprintf(stderr, "tgt-admin: %s\n", strerror(-err));
		return TGT_EXIT_ERROR;
	}
	status = exit_status(job_run(&ex, run, &job));
	nl_close(ex.nl);
	return status;
}
