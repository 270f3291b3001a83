// SPDX-License-Identifier: GPL-2.0
/* The native grammar: options, which come before the object. */
#include "cmd/options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "cmd/refuse.h"
#include "cmd/run.h"
#include "cmd/usage.h"
#include "lib/version.h"

enum { OPT_DUMP_COMMANDS = 0x100 };

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "raw", no_argument, NULL, 'r' },
	{ "netns", required_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "dump-commands", no_argument, NULL, OPT_DUMP_COMMANDS },
	{ NULL, 0, NULL, 0 }
};

/* @name is a name of ip-netns(8), or a path if it contains a slash. */
static int enter_netns(const char *name)
{
	char path[4096];
	int err = 0;
	int fd;

	snprintf(path, sizeof(path), "%s%s",
		 strchr(name, '/') ? "" : "/run/netns/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	if (err)
		fprintf(stderr, "ktgtadm: network namespace %s: %s\n", name,
			err == -EPERM ? "needs CAP_SYS_ADMIN; use sudo" :
					strerror(-err));
	return err;
}

/* An option has no value, or does not exist. */
static int refuse_getopt(int c, char **argv)
{
	char text[] = { '-', (char)optopt, '\0' };
	const char *option = argv[optind - 1];

	/* a short option may be in one word with others */
	if (optopt && optopt < 0x100 && strncmp(option, "--", 2))
		option = text;
	if (c != ':')
		return refuse_option(option);
	fprintf(stderr, "ktgtadm: option %s has no value; see ktgtadm help\n",
		option);
	return EXIT_USAGE;
}

/* Returns true when there is a command to run, or *status is set. */
static bool take_options(struct app *app, int argc, char **argv, int *status)
{
	int c;

	optind = 0;
	*status = 0;
	while ((c = getopt_long(argc, argv, "+:jprn:hV", options, NULL)) >= 0) {
		switch (c) {
		case 'j':
			app->format = OUT_JSON;
			break;
		case 'p':
			app->format = OUT_JSON_PRETTY;
			break;
		case 'r':
			app->format = OUT_RAW;
			break;
		case 'n':
			*status = enter_netns(optarg) ? EXIT_USAGE : 0;
			if (*status)
				return false;
			break;
		case 'h':
			*status = help_run(argc - optind, argv + optind);
			return false;
		case 'V':
			printf("ktgtadm %s\n", KTGT_VERSION);
			return false;
		case OPT_DUMP_COMMANDS:
			dump_commands();
			return false;
		default:
			*status = refuse_getopt(c, argv);
			return false;
		}
	}
	return true;
}

const struct program *program_find(const struct program *programs,
				   const char *name)
{
	for (; programs->name; programs++)
		if (!strcmp(programs->name, name))
			return programs;
	return NULL;
}

int ktgtadm_main(int argc, char **argv, const struct program *programs)
{
	struct app app = { .format = OUT_TABLE };
	const struct program *program;
	int status;

	if (!take_options(&app, argc, argv, &status))
		return status;
	argc -= optind;
	argv += optind;
	program = argc ? program_find(programs, argv[0]) : NULL;
	if (program)
		return program->main(argc, argv);
	return command_run(&app, argc, argv);
}
