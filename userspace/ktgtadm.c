// SPDX-License-Identifier: GPL-2.0
/* ktgtadm: options, and which grammar the name of the program asks for. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/run.h"
#include "lib/version.h"
#include "tgt/admin.h"
#include "tgt/setup_lun.h"
#include "tgt/tgtadm.h"

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

static void usage(FILE *file)
{
	fprintf(file,
"Usage: ktgtadm [OPTIONS] OBJECT [VERB] [KEY VALUE]...\n"
"       ktgtadm OBJECT help\n"
"       ktgtadm tgtadm TGTADM-OPTIONS\n"
"       ktgtadm tgt-admin TGT-ADMIN-OPTIONS\n"
"       ktgtadm tgt-setup-lun TGT-SETUP-LUN-OPTIONS\n"
"Configures the ktgt iSCSI target. Without a verb an object is shown.\n"
"\n"
"Objects:\n");
	usage_nouns(file);
	fprintf(file,
"\n"
"Options:\n"
"  -j, --json           print JSON\n"
"  -p, --pretty         print JSON with line breaks\n"
"  -r, --raw            print plain columns without headings, exact numbers\n"
"  -n, --netns NAME     work in a network namespace of ip-netns(8)\n"
"      --dump-commands  list all commands with their arguments\n"
"  -V, --version        print the version\n"
"  -h, --help           print this help\n");
}

/* NAME as ip-netns(8) knows it, or a path when it has a slash. */
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
			strerror(-err));
	return err;
}

static int native_main(int argc, char **argv)
{
	struct app app = { .format = OUT_TABLE };
	int c;

	while ((c = getopt_long(argc, argv, "+jprn:hV", options, NULL)) >= 0) {
		switch (c) {
		case 'j':
			app.format = OUT_JSON;
			break;
		case 'p':
			app.format = OUT_JSON_PRETTY;
			break;
		case 'r':
			app.format = OUT_RAW;
			break;
		case 'n':
			if (enter_netns(optarg))
				return EXIT_USAGE;
			break;
		case 'h':
			usage(stdout);
			return 0;
		case 'V':
			printf("ktgtadm %s\n", KTGT_VERSION);
			return 0;
		case OPT_DUMP_COMMANDS:
			dump_commands();
			return 0;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	argc -= optind;
	argv += optind;
	if (argc && !strcmp(argv[0], "help")) {
		usage(stdout);
		return 0;
	}
	if (argc && !strcmp(argv[0], "tgtadm"))
		return tgtadm_main(argc, argv);
	if (argc && !strcmp(argv[0], "tgt-admin"))
		return tgt_admin_main(argc, argv);
	if (argc && !strcmp(argv[0], "tgt-setup-lun"))
		return tgt_setup_lun_main(argc, argv);
	return command_run(&app, argc, argv);
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	int status;

	/* so that tables show other scripts as they are */
	setlocale(LC_CTYPE, "");
	name = name ? name + 1 : argv[0];
	if (!strcmp(name, "tgtadm"))
		status = tgtadm_main(argc, argv);
	else if (!strcmp(name, "tgt-admin"))
		status = tgt_admin_main(argc, argv);
	else if (!strcmp(name, "tgt-setup-lun"))
		status = tgt_setup_lun_main(argc, argv);
	else
		status = native_main(argc, argv);
	/* a full disk or a closed pipe must not look like success */
	if (fflush(stdout) && !status) {
		perror("ktgtadm: stdout");
		status = EXIT_USAGE;
	}
	return status;
}
