// SPDX-License-Identifier: GPL-2.0
/* ktgtadm config: a whole configuration, as targets.conf or as JSON. */
#include "cmd/objects.h"

#include "apply/job.h"
#include "conf/load.h"

enum {
	ATTR_FILE = 1,
	ATTR_FORCE,
	ATTR_IGNORE_ERRORS,
};

/* arguments of the user; they are not sent to the kernel */
struct config {
	uint64_t has;
	char file[KTGT_PATH_MAX + 1];
	bool force;
	bool ignore_errors;
};

#define WORD(number, member, knd, text)					\
	{								\
		.attr = number,						\
		.kind = FIELD_ ## knd,					\
		.off = offsetof(struct config, member),			\
		.size = sizeof(((struct config *)NULL)->member),	\
		.name = text,						\
	}

static const struct field config_fields[] = {
	WORD(ATTR_FILE, file, STR, "file"),
	WORD(ATTR_FORCE, force, FLAG, "force"),
	WORD(ATTR_IGNORE_ERRORS, ignore_errors, FLAG, "ignore-errors"),
};

static const struct object config_object = {
	.name = "config",
	.size = sizeof(struct config),
	.fields = config_fields,
	.n_fields = sizeof(config_fields) / sizeof(config_fields[0]),
};

static int config_check(struct app *app, const struct command *command,
			struct request *req)
{
	const struct config *config = req->obj;
	struct conf conf;
	int err;

	(void)app;
	(void)command;
	err = conf_load(&conf, config->file);
	conf_tell(stderr, &conf, config->file, err);
	conf_free(&conf);
	return err ? EXIT_USAGE : 0;
}

static int exit_status(int status)
{
	switch (status) {
	case JOB_DONE:
		return 0;
	case JOB_FAILED:
		return EXIT_KERNEL;
	default:
		return EXIT_USAGE;
	}
}

static int apply(struct executor *ex, void *data)
{
	const struct config *config = data;

	return job_apply(ex, config->file, NULL);
}

static int run_apply(struct app *app, struct config *config, bool pretend)
{
	struct executor ex = {
		.program = "ktgtadm",
		.force_word = "force",
		.nl = app->nl,
		.force = config->force,
		.pretend = pretend,
		.ignore_errors = config->ignore_errors,
	};

	return exit_status(job_run(&ex, apply, config));
}

static int config_diff(struct app *app, const struct command *command,
		       struct request *req)
{
	(void)command;
	return run_apply(app, req->obj, true);
}

static int config_apply(struct app *app, const struct command *command,
			struct request *req)
{
	(void)command;
	return run_apply(app, req->obj, false);
}

static int dump(struct executor *ex, void *data)
{
	const struct app *app = data;

	return job_dump(ex, app->format);
}

static int config_dump(struct app *app, const struct command *command,
		       struct request *req)
{
	struct executor ex = { .program = "ktgtadm", .nl = app->nl };

	(void)command;
	(void)req;
	return exit_status(job_run(&ex, dump, app));
}

static const struct arg file_args[] = {
	{ "file", "FILE|-", ARG_VALUE, ARG_FIRST | ARG_REQUIRED, ATTR_FILE },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg change_args[] = {
	{ "file", "FILE|-", ARG_VALUE, ARG_FIRST | ARG_REQUIRED, ATTR_FILE },
	{ "force", NULL, ARG_VALUE, 0, ATTR_FORCE },
	{ "ignore-errors", NULL, ARG_VALUE, 0, ATTR_IGNORE_ERRORS },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg no_args[] = {
	{ NULL, NULL, 0, 0, 0 }
};

const struct command config_commands[] = {
	{ "show", "print all as targets.conf, or as JSON with -j; no secrets",
	  &config_object, no_args, KTGT_CMD_NET_GET, config_dump },
	{ "dump", "the same as show", &config_object, no_args, KTGT_CMD_NET_GET,
	  config_dump },
	{ "check", "check FILE, targets.conf or JSON, and change nothing",
	  &config_object, file_args, 0, config_check },
	{ "diff", "print what apply would change", &config_object,
	  change_args, KTGT_CMD_NET_GET, config_diff },
	{ "apply", "make the configuration the same as FILE, all of it or nothing",
	  &config_object, change_args, KTGT_CMD_TXN_COMMIT, config_apply },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
