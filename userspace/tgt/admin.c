// SPDX-License-Identifier: GPL-2.0
/* tgt-admin: options, and what is told and done for each change. */
#include "tgt/admin.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/load.h"
#include "lib/parse.h"
#include "conf/key.h"
#include "lib/version.h"

#define TGTADM	"tgtadm --lld iscsi --mode "

/* how often a change of somebody else meanwhile is an excuse */
#define ATTEMPTS	10

#define EXIT_CONF	1	/* the command line or the file is wrong */

static const char *const conf_paths[] = {
	"/etc/ktgt/targets.conf", "/etc/tgt/targets.conf"
};

/* Changes as command lines of tgtadm */

static void describe_lu(const struct lu *lu)
{
	static const struct {
		uint16_t attr;
		const char *name;
	} texts[] = {
		{ KTGT_A_LU_SCSI_ID, "scsi_id" },
		{ KTGT_A_LU_SERIAL, "scsi_sn" },
		{ KTGT_A_LU_VENDOR, "vendor_id" },
		{ KTGT_A_LU_PRODUCT, "product_id" },
		{ KTGT_A_LU_REVISION, "product_rev" },
	};
	const struct field *f;
	size_t i;

	printf("logicalunit --op new --tid %u --lun %u", lu->target_id,
	       lu->lun);
	if (lu->backend == KTGT_BACKEND_NULL)
		printf(" --bstype null --bsopts size=%llu",
		       (unsigned long long)lu->size);
	else
		printf(" --backing-store %s", lu->path);
	if (HAS(lu, KTGT_A_LU_BLOCK_SIZE))
		printf(" --blocksize %u", lu->block_size);
	if (HAS(lu, KTGT_A_LU_WRITE_CACHE))
		printf(" write-cache=%s", lu->write_cache ? "on" : "off");
	if (HAS(lu, KTGT_A_LU_READ_ONLY))
		printf(" readonly=%u", lu->read_only);
	if (HAS(lu, KTGT_A_LU_SHARED))
		printf(" shared=%u", lu->shared);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		f = object_field(&lu_object, texts[i].attr);
		if (HAS(lu, texts[i].attr))
			printf(" %s='%s'", texts[i].name,
			       (const char *)lu + f->off);
	}
}

static void describe_acl(const char *op, const struct acl *acl)
{
	char buf[ADDR_TEXT_MAX];

	printf("target --op %s --tid %u ", op, acl->target_id);
	if (HAS(acl, KTGT_A_ACL_INITIATOR))
		printf("--initiator-name %s", acl->initiator);
	else
		printf("--initiator-address %s", acl->all ? "ALL" :
		       prefix_text(&acl->address, acl->prefix_len, buf,
				   sizeof(buf)));
}

static void describe_binding(const char *op, const struct account *account)
{
	printf("account --op %s", op);
	if (account->target_id)
		printf(" --tid %u", account->target_id);
	printf(" --user %s%s", account->user,
	       account->outgoing ? " --outgoing" : "");
}

static void describe_target(uint8_t cmd, const struct target *target)
{
	if (cmd == KTGT_CMD_TARGET_NEW)
		printf("target --op new --tid %u --targetname %s", target->id,
		       target->name);
	else if (cmd == KTGT_CMD_TARGET_DEL)
		printf("target --op delete%s --tid %u",
		       HAS(target, KTGT_A_TARGET_FORCE) ? " --force" : "",
		       target->id);
	else if (HAS(target, KTGT_A_TARGET_STATE))
		printf("target --op update --tid %u --name state --value %s",
		       target->id,
		       target->state == KTGT_TARGET_STATE_READY ? "ready" :
								  "offline");
}

/* Each key takes a command of tgtadm, which cannot take one back. */
static void describe_keys(const struct target *target)
{
	const struct tgt_key *key;
	char buf[TGT_KEY_TEXT];
	const struct field *f;
	uint32_t value;

	for (key = tgt_keys; key->name; key++) {
		if (!key->attr || !HAS(target, key->attr))
			continue;
		f = object_field(&target_object, key->attr);
		memcpy(&value, (const char *)target + f->off, sizeof(value));
		if (value == KTGT_KEY_DEFAULT)
			printf("ktgtadm target set tid %u %s default\n",
			       target->id, f->name);
		else
			printf(TGTADM "target --op update --tid %u --name %s --value %s\n",
			       target->id, key->name,
			       tgt_key_text(key, target, buf));
	}
}

static void describe(uint8_t cmd, const void *req)
{
	const struct lu *lu = req;
	const struct account *account = req;

	/* what tgtadm has no words for */
	if (cmd == KTGT_CMD_LU_ATTACH) {
		printf("ktgtadm lun attach target %u lun %u\n", lu->target_id,
		       lu->lun);
		return;
	}
	if (cmd == KTGT_CMD_TARGET_SET &&
	    !HAS((const struct target *)req, KTGT_A_TARGET_STATE)) {
		describe_keys(req);
		return;
	}
	printf(TGTADM);
	switch (cmd) {
	case KTGT_CMD_LU_NEW:
		describe_lu(lu);
		break;
	case KTGT_CMD_LU_DEL:
		printf("logicalunit --op delete --tid %u --lun %u",
		       lu->target_id, lu->lun);
		break;
	case KTGT_CMD_ACL_NEW:
	case KTGT_CMD_ACL_DEL:
		describe_acl(cmd == KTGT_CMD_ACL_NEW ? "bind" : "unbind", req);
		break;
	case KTGT_CMD_ACCOUNT_NEW:
		printf("account --op new --user %s --password (hidden)",
		       account->user);
		break;
	case KTGT_CMD_ACCOUNT_DEL:
		printf("account --op delete --user %s", account->user);
		break;
	case KTGT_CMD_ACCOUNT_BIND:
	case KTGT_CMD_ACCOUNT_UNBIND:
		describe_binding(cmd == KTGT_CMD_ACCOUNT_BIND ? "bind" :
								"unbind", req);
		break;
	default:
		describe_target(cmd, req);
		break;
	}
	printf("\n");
	if (cmd == KTGT_CMD_TARGET_NEW)
		describe_keys(req);
}

static void tell_error(struct admin *admin, int err)
{
	admin->failures++;
	fprintf(stderr, "%s: %s\n", admin->program, *nl_text(admin->nl) ?
		nl_text(admin->nl) : strerror(-err));
}

int admin_change(struct admin *admin, uint8_t cmd, const struct object *obj,
		 const void *req)
{
	int err;

	/* whether a secret is another one, the kernel alone knows */
	if ((admin->verbose || admin->pretend) && cmd != KTGT_CMD_ACCOUNT_SET)
		describe(cmd, req);
	if (admin->pretend)
		return 0;
	err = nl_request(admin->nl, cmd, obj, req, NULL);
	if (!err) {
		admin->staged++;
		return 0;
	}
	tell_error(admin, err);
	return admin->ignore_errors && !admin->open ? 0 : err;
}

int admin_begin(struct admin *admin)
{
	int err;

	if (admin->pretend)
		return 0;
	err = nl_begin(admin->nl);
	if (err)
		tell_error(admin, err);
	admin->open = !err;
	admin->staged = 0;
	return err;
}

int admin_commit(struct admin *admin, int err)
{
	if (!admin->open)
		return err;

	admin->open = false;
	if (err || !admin->staged) {
		nl_abort(admin->nl);
	} else {
		/* it is another one once an error has been ignored */
		err = nl_commit(admin->nl, admin->ignore_errors ? 0 :
					   admin->view->generation);
		if (err && err != -ESTALE)
			tell_error(admin, err);
	}
	if (err && err != -ESTALE && !admin->ignore_errors)
		fprintf(stderr, "%s: nothing was changed\n", admin->program);
	return err;
}

int admin_refuse(struct admin *admin, const char *format, ...)
{
	va_list args;

	admin->failures++;
	fprintf(stderr, "%s: ", admin->program);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	/* the rest is not harmed by it */
	return 0;
}

int admin_delete(struct admin *admin, const struct target *target)
{
	struct target req = { .id = target->id };

	if (target->sessions && !admin->force)
		return admin_refuse(admin, "%s is in use: it stays without --force",
				    target->name);
	SET(&req, KTGT_A_TARGET_ID);
	if (target->sessions)
		SET(&req, KTGT_A_TARGET_FORCE);
	return admin_change(admin, KTGT_CMD_TARGET_DEL, &target_object, &req);
}

int admin_state(struct admin *admin, struct target *target, uint32_t state)
{
	struct target req = { .id = target->id, .state = state };
	int err;

	SET(&req, KTGT_A_TARGET_ID);
	SET(&req, KTGT_A_TARGET_STATE);
	err = admin_change(admin, KTGT_CMD_TARGET_SET, &target_object, &req);
	if (!err)
		target->state = state;
	return err;
}

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
"Configures the ktgt iSCSI target from a file in the form of targets.conf.\n"
"\n"
"  -e, --execute            make all targets what the file says\n"
"      --update WHICH       make targets what the file says\n"
"      --delete WHICH       delete targets\n"
"      --offline WHICH      ask initiators to log in later\n"
"      --ready WHICH        let initiators log in\n"
"  -s, --show               show all targets\n"
"      --dump               print the configuration, without secrets\n"
"  -c, --conf FILE          read FILE; - is the standard input\n"
"      --ignore-errors      go on after an error\n"
"  -f, --force              change what initiators use, too\n"
"  -p, --pretend            print the changes, and make none\n"
"  -v, --verbose            print the changes\n"
"  -C, --control-port PORT  is for compatibility\n"
"  -V, --version            print the version\n"
"  -h, --help               print this help\n"
"\n"
"WHICH is ALL, tid=NUMBER or the name of a target.\n");
}

static bool take_action(struct admin_job *job, enum admin_action action)
{
	if (job->action) {
		fprintf(stderr, "tgt-admin: one action at a time\n");
		return false;
	}
	job->action = action;
	job->which = optarg;
	return true;
}

static bool take_option(int c, struct admin *admin, struct admin_job *job)
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
		admin->ignore_errors = true;
		return true;
	case 'f':
		admin->force = true;
		return true;
	case 'p':
		admin->pretend = true;
		return true;
	case 'v':
		admin->verbose = true;
		return true;
	case 'C':
		/* each network namespace has a target of its own */
		return true;
	case '?':
		return false;
	}
	return take_action(job, c);
}

/* Returns true when there is something to do, or *status is set. */
static bool take_options(int argc, char **argv, struct admin *admin,
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
		if (!take_option(c, admin, job))
			return false;
	}
	*status = EXIT_CONF;
	if (optind < argc)
		fprintf(stderr, "tgt-admin: unknown word '%s'\n", argv[optind]);
	else if (job->action)
		*status = 0;
	else
		usage(stderr);
	if (job->which && !strcmp(job->which, "help")) {
		usage(stdout);
		return false;
	}
	return !*status;
}

/* Actions */

static int no_target(const char *which)
{
	fprintf(stderr, "tgt-admin: there is no target %s\n", which);
	return EXIT_CONF;
}

/* Scripts that rely on tgt delete what may not be there, and see no error. */
static int none_changed(const struct admin_job *job)
{
	int status = no_target(job->which);

	if (job->action == ADMIN_DELETE)
		return 0;
	return strncmp(job->which, "tid=", 4) ? status : TGT_EXIT_ERROR;
}

static bool is_meant(const struct target *target, const char *which)
{
	char tid[32];

	snprintf(tid, sizeof(tid), "tid=%u", target->id);
	return !strcmp(which, "ALL") || !strcmp(which, tid) ||
	       !strcmp(which, target->name);
}

static int change_target(struct admin *admin, enum admin_action action,
			 struct target *target)
{
	if (action == ADMIN_DELETE)
		return admin_delete(admin, target);
	return admin_state(admin, target, action == ADMIN_READY ?
			   KTGT_TARGET_STATE_READY : KTGT_TARGET_STATE_OFFLINE);
}

/* -ESTALE stays, since it is done again then. */
static int exit_status(const struct admin *admin, int err)
{
	if (err == -ESTALE)
		return err;
	return admin->failures ? TGT_EXIT_ERROR : 0;
}

static int change_targets(struct admin *admin, const struct admin_job *job)
{
	struct target *target;
	bool found = false;
	int err = 0;

	if (!admin->ignore_errors)
		err = admin_begin(admin);
	list_for_each(target, &admin->view->targets) {
		if (!is_meant(target, job->which))
			continue;
		found = true;
		if (!err)
			err = change_target(admin, job->action, target);
	}
	err = admin_commit(admin, err);
	if (!found && strcmp(job->which, "ALL"))
		return none_changed(job);
	return exit_status(admin, err);
}

/* The name that is meant, NULL for all. */
static int find_which(const struct admin *admin, const struct conf *conf,
		      const char *which, const char **only)
{
	const struct target *target;

	*only = NULL;
	if (!which || !strcmp(which, "ALL"))
		return 0;
	*only = which;
	if (conf_find(conf, which))
		return 0;
	list_for_each(target, &admin->view->targets) {
		*only = target->name;
		if (is_meant(target, which))
			return 0;
	}
	return no_target(which);
}

static int apply_conf(struct admin *admin, const struct admin_job *job,
		      struct conf *conf)
{
	const char *only;
	int status = find_which(admin, conf, job->which, &only);

	if (status)
		return status;
	if (conf->ignore_errors)
		admin->ignore_errors = true;
	return exit_status(admin, admin_apply(admin, conf, only));
}

static const char *conf_path(const struct admin_job *job)
{
	if (job->conf)
		return job->conf;
	return conf_paths[access(conf_paths[0], F_OK) ? 1 : 0];
}

static int run_conf(struct admin *admin, const struct admin_job *job)
{
	const char *path = conf_path(job);
	int status = EXIT_CONF;
	struct conf conf;
	int err;

	err = conf_load(&conf, path);
	conf_tell(stderr, &conf, path, err);
	if (!err)
		status = apply_conf(admin, job, &conf);
	conf_free(&conf);
	return status;
}

static int dump(const struct admin *admin, enum out_format format)
{
	int err = 0;

	if (out_is_json(format))
		err = admin_dump_json(format, admin);
	else
		admin_dump(stdout, admin);
	if (!err)
		return 0;
	fprintf(stderr, "%s: %s\n", admin->program, err == -EILSEQ ?
		"a name is not in UTF-8, which JSON has to be" :
		strerror(-err));
	return TGT_EXIT_ERROR;
}

static int run(struct admin *admin, const struct admin_job *job)
{
	switch (job->action) {
	case ADMIN_SHOW:
		tgt_show_targets(stdout, admin->view);
		return 0;
	case ADMIN_DUMP:
		return dump(admin, job->format);
	case ADMIN_EXECUTE:
	case ADMIN_UPDATE:
		return run_conf(admin, job);
	default:
		return change_targets(admin, job);
	}
}

static int refuse(const struct admin *admin, const char *text)
{
	fprintf(stderr, "%s: %s\n", admin->program, text);
	return TGT_EXIT_ERROR;
}

static int look_and_run(struct admin *admin, const struct admin_job *job)
{
	struct tgt_view view = { 0 };
	int err, status;

	err = tgt_view_load(admin->nl, &view);
	admin->view = &view;
	admin->failures = 0;
	if (err)
		status = refuse(admin, *nl_text(admin->nl) ? nl_text(admin->nl) :
						      strerror(-err));
	else
		status = run(admin, job);
	tgt_view_free(&view);
	return status;
}

int admin_run(struct admin *admin, const struct admin_job *job)
{
	int attempts = ATTEMPTS;
	int status;

	do {
		status = look_and_run(admin, job);
	} while (status == -ESTALE && --attempts);
	if (status != -ESTALE)
		return status;
	return refuse(admin, "the configuration changes all the time: nothing was done");
}

int tgt_admin_main(int argc, char **argv)
{
	struct admin admin = { .program = "tgt-admin" };
	struct admin_job job = { 0 };
	int err, status;

	if (!take_options(argc, argv, &admin, &job, &status))
		return status;
	err = nl_open(&admin.nl);
	if (err == -ENOENT) {
		fprintf(stderr,
			"tgt-admin: the ktgt module is not loaded: modprobe ktgt\n");
		return TGT_EXIT_NO_TGT;
	}
	if (err)
		return refuse(&admin, strerror(-err));
	status = admin_run(&admin, &job);
	nl_close(admin.nl);
	return status;
}
