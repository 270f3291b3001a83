// SPDX-License-Identifier: GPL-2.0
/* ktgtadm: the objects, and what a command line does with them. */
#include "cmd/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/objects.h"

static const struct noun nouns[] = {
	{ "net", "settings", "settings and totals of the network namespace",
	  net_commands },
	{ "target", NULL, "targets", target_commands },
	{ "portal", NULL, "addresses that are listened on", portal_commands },
	{ "lun", "lu", "logical units of targets", lun_commands },
	{ "acl", NULL, "which initiators a target admits", acl_commands },
	{ "account", NULL, "CHAP accounts", account_commands },
	{ "session", NULL, "logged in initiators", session_commands },
	{ "stats", NULL, "how the data path does", stats_commands },
	{ "config", NULL, "all of it, as a file", config_commands },
	{ "monitor", NULL, "what happens, while it happens", monitor_commands },
	{ "explain", NULL, "what would become of a login", explain_commands },
	{ NULL, NULL, NULL, NULL }
};

static const struct noun *noun_find(const char *name)
{
	const struct noun *noun;

	for (noun = nouns; noun->name; noun++)
		if (!strcmp(noun->name, name) ||
		    (noun->alias && !strcmp(noun->alias, name)))
			return noun;
	return NULL;
}

void usage_nouns(FILE *file)
{
	const struct noun *noun;

	for (noun = nouns; noun->name; noun++)
		fprintf(file, "  %-8s %s\n", noun->name, noun->help);
}

void dump_commands(void)
{
	const struct command *command;
	const struct noun *noun;

	for (noun = nouns; noun->name; noun++)
		for (command = noun->commands; command->verb; command++)
			dump_command(noun, command);
}

static int resolve_target(struct app *app, const struct command *command,
			  struct request *req)
{
	const struct field *f = object_field_named(command->obj, "target-id");
	struct target ask = { 0 }, found = { 0 };
	int err;

	if (!req->target)
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

/* Opens the kernel's door only when the command line has proved good. */
static int run_request(struct app *app, const struct command *command,
		       struct request *req)
{
	int err;

	if (!command->cmd)
		return command->run(app, command, req);
	err = nl_open(&app->nl);
	if (err == -ENOENT) {
		fprintf(stderr,
			"Error: the ktgt module is not loaded: modprobe ktgt\n");
		return EXIT_KERNEL;
	}
	if (err) {
		fprintf(stderr, "Error: netlink: %s\n", strerror(-err));
		return EXIT_KERNEL;
	}
	err = execute(app, command, req);
	if (err < 0)
		fprintf(stderr, "Error: %s\n", *nl_text(app->nl) ?
			nl_text(app->nl) : strerror(-err));
	else if (!err && *nl_text(app->nl))
		fprintf(stderr, "Warning: %s\n", nl_text(app->nl));
	nl_close(app->nl);
	return err < 0 ? EXIT_KERNEL : err;
}

static int run_command(struct app *app, const struct noun *noun,
		       const struct command *command, int argc, char **argv)
{
	struct request req = { 0 };
	int status;

	req.obj = calloc(1, command->obj->size);
	if (!req.obj) {
		fprintf(stderr, "ktgtadm: out of memory\n");
		return EXIT_USAGE;
	}
	status = command_parse(command, argc, argv, &req);
	if (status)
		usage_noun(stderr, noun);
	else
		status = run_request(app, command, &req);
	explicit_bzero(req.obj, command->obj->size);
	free(req.obj);
	return status;
}

int command_run(struct app *app, int argc, char **argv)
{
	const struct command *command;
	const struct noun *noun;

	noun = noun_find(argc ? argv[0] : "target");
	if (!noun) {
		fprintf(stderr, "ktgtadm: unknown object '%s'\n", argv[0]);
		usage_nouns(stderr);
		return EXIT_USAGE;
	}
	if (argc > 1 && !strcmp(argv[1], "help")) {
		usage_noun(stdout, noun);
		return 0;
	}
	command = argc > 1 ? command_find(noun, argv[1]) : noun->commands;
	if (command)
		return run_command(app, noun, command, argc > 2 ? argc - 2 : 0,
				   argv + 2);
	/* the first verb is the default, so its keywords may follow at once */
	command = noun->commands;
	if (arg_find(command, argv[1]))
		return run_command(app, noun, command, argc - 1, argv + 1);
	fprintf(stderr, "ktgtadm: unknown word '%s'\n", argv[1]);
	usage_noun(stderr, noun);
	return EXIT_USAGE;
}
