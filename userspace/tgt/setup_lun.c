// SPDX-License-Identifier: GPL-2.0
/*
 * tgt-setup-lun: creates a target with one disk, or adds a disk to a target. It
 * runs command lines of tgtadm, like the script of scsi-target-utils, so that
 * errors have the same texts.
 */
#include "tgt/setup_lun.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/name.h"
#include "lib/nl.h"
#include "lib/parse.h"
#include "lib/reason.h"
#include "lib/view.h"
#include "tgt/tgtadm.h"

#define EXIT_FAILED	1	/* the only one of the script */

struct setup {
	const char *device;
	const char *given_name;
	const char *bstype;
	const char *block_size;
	const char *lld;
	const char *port;
	char **addresses;	/* the last is NULL */
	char name[512];
	char tid[16];
	char lun[16];
	bool is_new;		/* this command creates the target */
};

static void usage(FILE *file)
{
	fprintf(file,
"Usage: tgt-setup-lun -n NAME -d DEVICE [OPTION]... [ADDRESS]...\n"
"Makes a target with one disk, for all initiators, or for those with the given\n"
"addresses.\n"
"\n"
"  -n NAME         name of the target; if it does not begin with iqn, the name\n"
"                  is iqn.2001-04.com.HOST-NAME\n"
"  -d DEVICE       block device for the disk\n"
"  -b TYPE         backing store type: rdwr (default) or aio\n"
"  -B SIZE         block size: 512 or 4096\n"
"  -t TRANSPORT    iscsi (default)\n"
"  -C PORT         ignored; for compatibility\n"
"  -h, --help      print this help\n"
"\n"
"If the target exists, the disk is added to it after you type \"yes\".\n");
}

static int fail(const char *text)
{
	printf("Error: %s\n", text);
	return EXIT_FAILED;
}

static int take_option(int c, struct setup *setup)
{
	switch (c) {
	case 'd':
		setup->device = optarg;
		break;
	case 'n':
		setup->given_name = optarg;
		break;
	case 'b':
		setup->bstype = optarg;
		break;
	case 'B':
		setup->block_size = optarg;
		break;
	case 't':
		setup->lld = optarg;
		break;
	case 'C':
		setup->port = optarg;
		break;
	default:
		return -EINVAL;
	}
	return 0;
}

static bool is_store(const char *path)
{
	struct stat st;

	return !stat(path, &st) && (S_ISBLK(st.st_mode) ||
				    S_ISREG(st.st_mode) ||
				    S_ISCHR(st.st_mode));
}

/*
 * Because of a mistake, the script of scsi-target-utils does not make these
 * checks.
 */
static int check(const struct setup *setup)
{
	if (!setup->device)
		return fail("a device is mandatory");
	if (!is_store(setup->device)) {
		printf("Error: %s is not a device\n", setup->device);
		return EXIT_FAILED;
	}
	if (!setup->given_name || !*setup->given_name)
		return fail("target name is mandatory");
	if (!*setup->lld)
		return fail("lld name empty");
	return 0;
}

static int make_name(struct setup *setup)
{
	char host[256] = "";
	int n;

	gethostname(host, sizeof(host) - 1);
	/* the short name, like hostname -s */
	host[strcspn(host, ".")] = '\0';
	if (!strncmp(setup->given_name, "iqn", 3))
		n = snprintf(setup->name, sizeof(setup->name), "%s",
			     setup->given_name);
	else
		n = snprintf(setup->name, sizeof(setup->name),
			     "iqn.2001-04.com.%s-%s", host, setup->given_name);
	if (n > KTGT_NAME_MAX)
		return fail("the name of the target is longer than 223 bytes");
	return 0;
}

/* Runs tgtadm with @words, which end with NULL; the user sees its messages. */
static int tgtadm(const struct setup *setup, char *const *words)
{
	char *argv[24] = { "tgtadm", "--lld", (char *)setup->lld };
	int argc = 3;

	while (*words)
		argv[argc++] = *words++;
	/* so that earlier output comes before the messages on stderr */
	fflush(stdout);
	return tgtadm_main(argc, argv);
}

#define TGTADM(setup, ...)	\
	tgtadm(setup, (char *const []){ __VA_ARGS__, NULL })

static const struct target *find_target(const struct view *view,
					const char *name)
{
	const struct target *target;
	char prepared[NAME_SIZE];
	const char *unused;

	if (name_prepare(name, prepared, &unused))
		return NULL;	/* tgtadm refuses it */
	vec_for_each(target, &view->targets)
		if (name_equal(target->name, prepared))
			return target;
	return NULL;
}

/* The lowest free number; the view is sorted by number. */
static uint32_t free_tid(const struct view *view)
{
	const struct target *target;
	uint32_t tid = 1;

	vec_for_each(target, &view->targets)
		if (target->id == tid)
			tid++;
	return tid;
}

static uint32_t free_lun(const struct view *view, uint32_t tid)
{
	const struct lu *lu;
	uint32_t lun = 1;

	vec_for_each(lu, &view->lus)
		if (lu->target_id == tid && lu->lun == lun)
			lun++;
	return lun;
}

static bool agrees(void)
{
	const char *question =
		"Add a new lun to the existing target? (yes/NO): ";
	char answer[16] = "";

	if (isatty(STDIN_FILENO))
		fputs(question, stderr);
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	answer[strcspn(answer, "\n")] = '\0';
	return !strcmp(answer, "yes");
}

static int use_target(struct setup *setup, const struct target *target)
{
	printf("Error: target named %s already exists\n", setup->name);
	fflush(stdout);
	if (!agrees())
		return EXIT_FAILED;
	snprintf(setup->tid, sizeof(setup->tid), "%u", target->id);
	return 0;
}

static int make_target(struct setup *setup, const struct view *view)
{
	snprintf(setup->tid, sizeof(setup->tid), "%u", free_tid(view));
	printf("Creating new target (name=%s, tid=%s)\n", setup->name,
	       setup->tid);
	if (TGTADM(setup, "--op", "new", "--mode", "target", "--tid",
		   setup->tid, "-T", setup->name)) {
		printf("Error: failed to create target (name=%s, tid=%s)\n",
		       setup->name, setup->tid);
		return EXIT_FAILED;
	}
	setup->is_new = true;
	return 0;
}

static int add_lun(struct setup *setup)
{
	char *words[16] = {
		"--op", "new", "--mode", "logicalunit", "--tid", setup->tid,
		"--lun", setup->lun, "-b", (char *)setup->device,
	};
	int n = 10;

	printf("Adding a logical unit (%s) to target, tid=%s\n",
	       setup->device, setup->tid);
	if (setup->bstype) {
		printf("Setting backing store type: %s\n", setup->bstype);
		words[n++] = "-E";
		words[n++] = (char *)setup->bstype;
	}
	if (setup->block_size) {
		words[n++] = "--blocksize";
		words[n++] = (char *)setup->block_size;
	}
	if (!tgtadm(setup, words))
		return 0;
	printf("Error: failed to add a logical unit (%s) to target, tid=%s\n",
	       setup->device, setup->tid);
	return EXIT_FAILED;
}

/* Parses ALL or an address, as the kernel needs it; false for anything else. */
static bool parse_rule(const char *text, struct acl *rule)
{
	const char *why;

	if (!strcmp(text, "ALL")) {
		SET(rule, KTGT_A_ACL_ALL);
		rule->all = true;
		return true;
	}
	if (parse_prefix(text, &rule->address, &rule->prefix_len, &why))
		return false;
	SET(rule, KTGT_A_ACL_ADDRESS);
	SET(rule, KTGT_A_ACL_PREFIX_LEN);
	if (!strchr(text, '/'))
		rule->prefix_len = rule->address.len * 8;
	return true;
}

static bool has_rule(const struct view *view, uint32_t tid,
		     const char *text)
{
	struct acl want = { 0 };
	const struct acl *acl;

	if (!parse_rule(text, &want))
		return false;
	vec_for_each(acl, &view->acls)
		if (acl->target_id == tid && acl_same(acl, &want))
			return true;
	return false;
}

static int admit(struct setup *setup, const struct view *view, char *who)
{
	if (has_rule(view, strtoul(setup->tid, NULL, 10), who))
		return 0;
	return TGTADM(setup, "--op", "bind", "--mode", "target", "--tid",
		      setup->tid, "-I", who);
}

static int admit_all(struct setup *setup, const struct view *view)
{
	if (has_rule(view, strtoul(setup->tid, NULL, 10), "ALL"))
		return 0;
	printf("Accepting connections from all initiators\n");
	if (!admit(setup, view, "ALL"))
		return 0;
	return fail("failed to set access for all initiators");
}

/* After a wrong address, the script of tgt continues and reports success. */
static int admit_some(struct setup *setup, const struct view *view)
{
	int status = 0;
	char **who;

	printf("Accepting connections from");
	for (who = setup->addresses; *who; who++)
		printf(" %s", *who);
	printf("\n");
	for (who = setup->addresses; *who; who++) {
		if (!admit(setup, view, *who))
			continue;
		printf("Error: could not assign initiator %s to the target\n",
		       *who);
		status = EXIT_FAILED;
	}
	return status;
}

static int take_back(struct setup *setup)
{
	if (!setup->is_new)
		return EXIT_FAILED;
	printf("Deleting new target, tid=%s\n", setup->tid);
	if (TGTADM(setup, "--op", "delete", "--mode", "target", "--tid",
		   setup->tid))
		printf("Error: failed to delete target, tid=%s\n", setup->tid);
	return EXIT_FAILED;
}

static int run(struct setup *setup, const struct view *view)
{
	const struct target *target = find_target(view, setup->name);
	int status = target ? use_target(setup, target) :
			      make_target(setup, view);

	if (status)
		return status;
	snprintf(setup->lun, sizeof(setup->lun), "%u",
		 free_lun(view, strtoul(setup->tid, NULL, 10)));
	if (add_lun(setup))
		return take_back(setup);
	if (*setup->addresses)
		return admit_some(setup, view);
	return admit_all(setup, view) ? take_back(setup) : 0;
}

static int load(struct view *view)
{
	struct nl *nl = NULL;
	int err = nl_open(&nl);

	if (err == -ENOENT)
		return fail("the ktgt module is not loaded; run modprobe ktgt");
	if (!err)
		err = view_load(nl, view);
	if (err)
		printf("Error: %s\n", nl_reason(nl, err));
	if (nl)
		nl_close(nl);
	return err ? EXIT_FAILED : 0;
}

static const struct option long_options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int options(int argc, char **argv, struct setup *setup, bool *done)
{
	static char name[] = "tgt-setup-lun";
	int c;

	argv[0] = name;
	optind = 0;
	*done = true;
	if (argc < 2) {
		usage(stdout);
		return EXIT_FAILED;
	}
	while ((c = getopt_long(argc, argv, "d:n:b:B:t:hC:", long_options,
				NULL)) >= 0) {
		if (c == 'h') {
			usage(stdout);
			return 0;
		}
		/* getopt_long() has printed what is wrong */
		if (take_option(c, setup)) {
			fprintf(stderr, "See tgt-setup-lun -h.\n");
			return EXIT_FAILED;
		}
	}
	*done = false;
	/* tgtadm also uses getopt(), so optind is used now */
	setup->addresses = argv + optind;
	return 0;
}

int tgt_setup_lun_main(int argc, char **argv)
{
	struct setup setup = { .lld = "iscsi" };
	struct view view = { 0 };
	bool done;
	int status = options(argc, argv, &setup, &done);

	if (done)
		return status;
	status = check(&setup);
	if (!status)
		status = make_name(&setup);
	if (status)
		return status;
	if (setup.port)
		printf("Control port: %s\n", setup.port);
	printf("Using transport: %s\n", setup.lld);
	status = load(&view);
	if (!status)
		status = run(&setup, &view);
	view_free(&view);
	return status;
}
