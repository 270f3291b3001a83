// SPDX-License-Identifier: GPL-2.0
/* ktgtadm: carrying out a command line. */
#include "cmd/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/nouns.h"
#include "cmd/refuse.h"
#include "cmd/request.h"
#include "cmd/usage.h"
#include "lib/reason.h"

static int resolve_target(struct app *app, const struct command *command,
			  struct request *req)
{
	const struct field *f = object_field_named(command->obj, "target-id");
	struct target ask = { 0 }, found = { 0 };
	int err;

	if (!*req->target)
		return 0;
	SET(&ask, KTGT_A_TARGET_NAME);
	strcpy(ask.name, req->target);
	err = nl_request(app->nl, KTGT_CMD_TARGET_GET, &target_object, &ask,
			 &found);
	if (err)
		return err;
	SET((struct model *)req->obj, f->attr);
	*(uint32_t *)((char *)req->obj + f->off) = found.id;
	return 0;
}

static int execute(struct app *app, const struct command *command,
		   struct request *req)
{
	int err = resolve_target(app, command, req);

	if (err)
		return err;
	if (command->run)
		return command->run(app, command, req);
	return nl_request(app->nl, command->cmd, command->obj, req->obj, NULL);
}

/* Called when the command line is right; opens the netlink socket. */
static int run_request(struct app *app, const struct command *command,
		       struct request *req)
{
	int err;

	if (!command->cmd)
		return command->run(app, command, req);
	err = nl_open(&app->nl);
	if (err == -ENOENT) {
		fprintf(stderr,
			"Error: the ktgt module is not loaded; run modprobe ktgt\n");
		return EXIT_KERNEL;
	}
	if (err) {
		fprintf(stderr, "Error: netlink: %s\n", strerror(-err));
		return EXIT_KERNEL;
	}
	err = execute(app, command, req);
	if (err < 0)
		fprintf(stderr, "Error: %s\n", nl_reason(app->nl, err));
	else if (!err && *nl_text(app->nl))
		fprintf(stderr, "Warning: %s\n", nl_reason(app->nl, 0));
	nl_close(app->nl);
	return err < 0 ? EXIT_KERNEL : err;
}

static int run_line(struct app *app, struct line *line)
{
	const struct object *obj = line->command->obj;
	struct request req = { 0 };
	int status;

	req.obj = calloc(1, obj->size);
	if (!req.obj) {
		fprintf(stderr, "ktgtadm: out of memory\n");
		return EXIT_USAGE;
	}
	status = request_parse(line, &req);
	if (status < 0)
		usage_command(stdout, line->noun, line->command);
	else if (!status)
		status = run_request(app, line->command, &req);
	explicit_bzero(req.obj, obj->size);
	free(req.obj);
	return status < 0 ? 0 : status;
}

int command_run(struct app *app, int argc, char **argv)
{
	struct line line = { .noun = noun_find(argc ? argv[0] : "target") };
	int skip = 2;

	if (argc && is_help(argv[0]))
		return help_run(argc - 1, argv + 1);
	if (!line.noun)
		return refuse_object(argc, argv);
	if (argc > 1 && is_help(argv[1])) {
		argv[1] = argv[0];
		return help_run(argc - 1, argv + 1);
	}
	line.command = argc > 1 ? command_find(line.noun, argv[1]) : NULL;
	if (!line.command) {
		/*
		 * without a verb, the first one is meant; keywords may follow
		 */
		line.command = line.noun->commands;
		line.implied = true;
		skip = 1;
		if (argc > 1 && !arg_find(line.command, argv[1]))
			return refuse_verb(line.noun, argv[1]);
	}
	line.argc = argc > skip ? argc - skip : 0;
	line.argv = argv + skip;
	return run_line(app, &line);
}
