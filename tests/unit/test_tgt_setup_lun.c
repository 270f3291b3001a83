// SPDX-License-Identifier: GPL-2.0
/*
 * tgt-setup-lun: what it says and which requests it makes. The texts are those
 * of the script of scsi-target-utils 1.0.85.
 */
#include "unit.h"

#include <errno.h>
#include <unistd.h>

#include "fake_nl.h"
#include "lib/view.h"
#include "tgt/opt.h"
#include "tgt/setup_lun.h"

static struct capture got;
static struct view view;
static struct target found;

#define IQN	"iqn.2026-11.org.x:a"
#define DISK	"/dev/null"

static int reset(void **state)
{
	(void)state;
	fake_reset();
	memset(&view, 0, sizeof(view));
	return 0;
}

static int done(void **state)
{
	(void)state;
	view_free(&view);
	fake_reset();
	capture_reset(&got);
	return 0;
}

static int run(const char *line)
{
	fake_forget();
	fake_list(KTGT_CMD_TARGET_LIST, &view.targets);
	fake_list(KTGT_CMD_LU_LIST, &view.lus);
	fake_list(KTGT_CMD_ACL_LIST, &view.acls);
	/* tgtadm looks for the target, and for a LUN that is there */
	fake_reply(KTGT_CMD_TARGET_GET, &found);
	fake_answer(KTGT_CMD_LU_GET, -ENOENT, "");
	return captured(&got, tgt_setup_lun_main, line);
}

static const void *request(uint8_t cmd, size_t nth)
{
	size_t i;

	for (i = 0; i < fake_n_calls; i++)
		if (fake_calls[i].cmd == cmd && !nth--)
			return fake_calls[i].req;
	fail_msg("command %u was not sent", cmd);
	return NULL;
}

static void add_target(uint32_t id, const char *name)
{
	struct target *target = vec_add(&view.targets, sizeof(*target));

	target->id = id;
	strcpy(target->name, name);
}

static void add_lu(uint32_t tid, uint32_t lun)
{
	struct lu *lu = vec_add(&view.lus, sizeof(*lu));

	lu->target_id = tid;
	lu->lun = lun;
}

static void test_for_all(void **state)
{
	const struct target *target;
	const struct acl *acl;
	const struct lu *lu;

	(void)state;
	add_target(1, IQN ":1");
	add_target(3, IQN ":3");
	assert_int_equal(run("tgt-setup-lun -n " IQN " -d " DISK), 0);
	assert_string_equal(got.out,
		"Using transport: iscsi\n"
		"Creating new target (name=" IQN ", tid=2)\n"
		"Adding a logical unit (" DISK ") to target, tid=2\n"
		"Accepting connections from all initiators\n");
	assert_string_equal(got.err, "");
	target = request(KTGT_CMD_TARGET_NEW, 0);
	assert_int_equal(target->id, 2);
	assert_string_equal(target->name, IQN);
	lu = request(KTGT_CMD_LU_NEW, 0);
	assert_int_equal(lu->target_id, 2);
	assert_int_equal(lu->lun, 1);
	assert_string_equal(lu->path, DISK);
	acl = request(KTGT_CMD_ACL_NEW, 0);
	assert_int_equal(acl->target_id, 2);
	assert_true(HAS(acl, KTGT_A_ACL_ALL));
}

static void test_for_some(void **state)
{
	const struct acl *acl;
	const struct lu *lu;

	(void)state;
	assert_int_equal(run("tgt-setup-lun -n " IQN " -d " DISK
			     " -b aio -B 4096 -C 7 10.0.0.1 10.1.0.0/16"), 0);
	assert_string_equal(got.out,
		"Control port: 7\n"
		"Using transport: iscsi\n"
		"Creating new target (name=" IQN ", tid=1)\n"
		"Adding a logical unit (" DISK ") to target, tid=1\n"
		"Setting backing store type: aio\n"
		"Accepting connections from 10.0.0.1 10.1.0.0/16\n");
	lu = request(KTGT_CMD_LU_NEW, 0);
	assert_int_equal(lu->block_size, 4096);
	acl = request(KTGT_CMD_ACL_NEW, 0);
	assert_false(HAS(acl, KTGT_A_ACL_PREFIX_LEN));
	acl = request(KTGT_CMD_ACL_NEW, 1);
	assert_int_equal(acl->prefix_len, 16);
}

static void test_name(void **state)
{
	char host[256] = "", want[512];
	const struct target *target;

	(void)state;
	gethostname(host, sizeof(host) - 1);
	host[strcspn(host, ".")] = '\0';
	snprintf(want, sizeof(want), "iqn.2001-04.com.%s-disk", host);
	assert_int_equal(run("tgt-setup-lun -d " DISK " -n disk"), 0);
	target = request(KTGT_CMD_TARGET_NEW, 0);
	assert_string_equal(target->name, want);
}

/* What was begun is taken back. */
static void test_taken_back(void **state)
{
	const struct target *target;

	(void)state;
	fake_answer(KTGT_CMD_LU_NEW, -EINVAL, "cannot open it");
	assert_int_equal(run("tgt-setup-lun -n " IQN " -d " DISK), 1);
	assert_string_equal(got.out,
		"Using transport: iscsi\n"
		"Creating new target (name=" IQN ", tid=1)\n"
		"Adding a logical unit (" DISK ") to target, tid=1\n"
		"Error: failed to add a logical unit (" DISK ") to target, tid=1\n"
		"Deleting new target, tid=1\n");
	assert_string_equal(got.err,
		"tgtadm: invalid request\n  cannot open it\n");
	target = request(KTGT_CMD_TARGET_DEL, 0);
	assert_int_equal(target->id, 1);
}

static void test_not_made(void **state)
{
	(void)state;
	fake_answer(KTGT_CMD_TARGET_NEW, -EINVAL, "a name is wrong");
	assert_int_equal(run("tgt-setup-lun -n " IQN " -d " DISK), 1);
	assert_non_null(strstr(got.out,
		"Error: failed to create target (name=" IQN ", tid=1)\n"));
	assert_null(strstr(got.out, "Deleting"));
}

static void test_address_refused(void **state)
{
	(void)state;
	assert_int_equal(run("tgt-setup-lun -n " IQN " -d " DISK " nonsense"),
			 1);
	assert_non_null(strstr(got.out,
		"Error: could not assign initiator nonsense to the target\n"));
}

/* stdin says whether a target that is there gets one more. */
static void test_existing(void **state)
{
	static const struct {
		const char *answer;
		int status;
	} rows[] = { { "yes\n", 0 }, { "no\n", 1 }, { "", 1 } };
	FILE *saved = stdin;
	const struct lu *lu;
	struct acl *acl;
	size_t i;

	(void)state;
	add_target(4, IQN);
	add_lu(4, 0);
	add_lu(4, 1);
	add_lu(4, 3);
	acl = vec_add(&view.acls, sizeof(*acl));
	acl->target_id = 4;
	acl->all = true;
	SET(acl, KTGT_A_ACL_ALL);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		stdin = tmpfile();
		fputs(rows[i].answer, stdin);
		rewind(stdin);
		assert_row(rows[i].answer,
			   run("tgt-setup-lun -n " IQN " -d " DISK),
			   rows[i].status);
		fclose(stdin);
		assert_non_null(strstr(got.out,
			"Error: target named " IQN " already exists\n"));
		if (rows[i].status)
			continue;
		lu = request(KTGT_CMD_LU_NEW, 0);
		assert_int_equal(lu->target_id, 4);
		assert_int_equal(lu->lun, 2);
		/* it admits all already */
		assert_null(strstr(got.out, "Accepting"));
	}
	stdin = saved;
}

/* A target is found by its name in any case, and in any form beyond ASCII. */
static void test_found(void **state)
{
	static const char *const rows[][2] = {
		{ "iqn.2026-11.org.x:SAN.Disk1", "iqn.2026-11.org.x:san.dISK1" },
		{ "iqn.2026-11.org.x:\xc3\xa4", "iqn.2026-11.org.x:\xc3\x84" },
	};
	char line[256];
	FILE *saved = stdin;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		add_target(i + 1, rows[i][0]);
	stdin = tmpfile();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(line, sizeof(line),
			 "tgt-setup-lun -n %s -d " DISK, rows[i][1]);
		assert_row(line, run(line), 1);
		assert_non_null(strstr(got.out, "already exists\n"));
	}
	fclose(stdin);
	stdin = saved;
}

static void test_refused(void **state)
{
	static const struct {
		const char *line;
		const char *out;
	} rows[] = {
		{ "tgt-setup-lun -n a", "Error: a device is mandatory\n" },
		{ "tgt-setup-lun -n a -d /dev/none1",
		  "Error: /dev/none1 is not a device\n" },
		{ "tgt-setup-lun -n a -d /dev",
		  "Error: /dev is not a device\n" },
		{ "tgt-setup-lun -d " DISK,
		  "Error: target name is mandatory\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_row(rows[i].line, run(rows[i].line), 1);
		assert_string_equal(got.out, rows[i].out);
		assert_int_equal(fake_n_calls, 0);
	}
	assert_int_equal(run("tgt-setup-lun"), 1);
	assert_non_null(strstr(got.out, "Usage: tgt-setup-lun"));
	assert_int_equal(run("tgt-setup-lun -h"), 0);
	assert_non_null(strstr(got.out, "Usage: tgt-setup-lun"));
	assert_int_equal(run("tgt-setup-lun --help"), 0);
	assert_non_null(strstr(got.out, "Usage: tgt-setup-lun"));
	assert_int_equal(run("tgt-setup-lun -Z"), 1);
	assert_string_equal(got.err,
			    "tgt-setup-lun: invalid option -- 'Z'\n"
			    "See tgt-setup-lun -h.\n");
}

static void test_no_module(void **state)
{
	(void)state;
	fake_open_err = -ENOENT;
	assert_int_equal(run("tgt-setup-lun -n a -d " DISK), 1);
	assert_non_null(strstr(got.out, "modprobe ktgt"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_for_all, reset, done),
		cmocka_unit_test_setup_teardown(test_for_some, reset, done),
		cmocka_unit_test_setup_teardown(test_name, reset, done),
		cmocka_unit_test_setup_teardown(test_taken_back, reset, done),
		cmocka_unit_test_setup_teardown(test_not_made, reset, done),
		cmocka_unit_test_setup_teardown(test_address_refused, reset,
						done),
		cmocka_unit_test_setup_teardown(test_existing, reset, done),
		cmocka_unit_test_setup_teardown(test_found, reset, done),
		cmocka_unit_test_setup_teardown(test_refused, reset, done),
		cmocka_unit_test_setup_teardown(test_no_module, reset, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
