// SPDX-License-Identifier: GPL-2.0
/*
 * tgt-admin: which changes make what is there out of a file, in which order,
 * and how what is there is written down. -v prints the changes; the fake kernel
 * has no part in what they are.
 */
#include "unit.h"

#include <errno.h>
#include <unistd.h>

#include "fake_nl.h"
#include "apply/dump.h"
#include "lib/out.h"
#include "lib/parse.h"
#include "tgt/admin.h"

static struct capture got;
static struct view view;
static char path[] = "/tmp/test_tgt_admin.XXXXXX";

/* What is there */

static struct target *add_target(uint32_t id, const char *name)
{
	struct target *target = vec_add(&view.targets, sizeof(*target));

	target->id = id;
	strcpy(target->name, name);
	return target;
}

static struct lu *add_lu(uint32_t tid, uint32_t lun, const char *device)
{
	struct lu *lu = vec_add(&view.lus, sizeof(*lu));

	lu->target_id = tid;
	lu->lun = lun;
	lu->backend = KTGT_BACKEND_BLOCK;
	lu->block_size = 512;
	strcpy(lu->path, device);
	snprintf(lu->scsi_id, sizeof(lu->scsi_id), "IET     %04x%04x", tid,
		 lun);
	snprintf(lu->serial, sizeof(lu->serial), "beaf%u%u", tid, lun);
	strcpy(lu->vendor, "IET");
	strcpy(lu->product, "VIRTUAL-DISK");
	strcpy(lu->revision, "0001");
	return lu;
}

static void add_group(uint32_t tid, uint32_t id, const char *portals,
		      uint32_t state, bool preferred)
{
	struct port_group *group = vec_add(&view.groups, sizeof(*group));

	group->target_id = tid;
	group->id = id;
	group->state = state;
	group->preferred = preferred;
	strcpy(group->portals, portals);
}

static void add_acl(uint32_t tid, const char *text)
{
	struct acl *acl = vec_add(&view.acls, sizeof(*acl));
	char name[NAME_SIZE];
	const char *why;

	SET(acl, KTGT_A_ACL_TARGET_ID);
	SET(acl, KTGT_A_ACL_GENERATION);
	acl->target_id = tid;
	if (!strcmp(text, "ALL")) {
		SET(acl, KTGT_A_ACL_ALL);
		acl->all = true;
	} else if (!parse_iscsi_name(text, name, &why)) {
		SET(acl, KTGT_A_ACL_INITIATOR);
		strcpy(acl->initiator, text);
	} else {
		SET(acl, KTGT_A_ACL_ADDRESS);
		SET(acl, KTGT_A_ACL_PREFIX_LEN);
		acl->prefix_len = 32;
		assert_int_equal(parse_prefix(text, &acl->address,
					      &acl->prefix_len, &why), 0);
	}
}

static void add_account(const char *user, int tid, bool outgoing)
{
	struct account *account = vec_add(&view.accounts, sizeof(*account));

	strcpy(account->user, user);
	if (tid < 0)
		return;
	SET(account, KTGT_A_ACCOUNT_TARGET_ID);
	account->target_id = tid;
	account->outgoing = outgoing;
}

#define A	"iqn.2026-11.org.x:a"
#define B	"iqn.2026-11.org.x:b"

/* Target 1 with two disks for a network, with CHAP both ways. */
static struct target *fixture(void)
{
	struct target *target = add_target(1, A);

	add_lu(1, 0, "");
	add_lu(1, 1, "/dev/none1");
	add_lu(1, 2, "/dev/none2");
	add_acl(1, "10.0.0.0/8");
	add_account("in", 1, false);
	add_account("out", 1, true);
	return target;
}

#define HEAD	"<target " A ">\n"
#define DISKS	"backing-store /dev/none1\nbacking-store /dev/none2\n"
#define NET	"initiator-address 10.0.0.5/8\n"
#define USERS	"incominguser in 1\noutgoinguser out 2\n"
#define TAIL	"</target>\n"

static int setup(void **state)
{
	(void)state;
	fake_reset();
	strcpy(path + sizeof(path) - 7, "XXXXXX");
	return close(mkstemp(path));
}

static void forget(void)
{
	view_free(&view);
	fake_reset();
}

static int teardown(void **state)
{
	(void)state;
	forget();
	capture_reset(&got);
	return unlink(path);
}

static int run(const char *line)
{
	static const struct net net = { .generation = 42 };

	fake_forget();
	fake_list(KTGT_CMD_TARGET_LIST, &view.targets);
	fake_list(KTGT_CMD_SESSION_LIST, &view.sessions);
	fake_list(KTGT_CMD_LU_LIST, &view.lus);
	fake_list(KTGT_CMD_ACL_LIST, &view.acls);
	fake_list(KTGT_CMD_ACCOUNT_LIST, &view.accounts);
	fake_list(KTGT_CMD_PORT_GROUP_LIST, &view.groups);
	fake_reply(KTGT_CMD_NET_GET, &net);
	return captured(&got, tgt_admin_main, line);
}

static int run_conf(const char *options, const char *text)
{
	FILE *file = fopen(path, "w");
	char line[256];

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	snprintf(line, sizeof(line), "tgt-admin -c %s %s", path, options);
	return run(line);
}

/* The changes, without what all of them begin with. */
static void assert_changes(const char *want)
{
	static const char head[] = "tgtadm --lld iscsi --mode ";
	char text[4096] = "", *p = got.out, *line;

	while ((line = strsep(&p, "\n")) != NULL && *line) {
		assert_true(!strncmp(line, head, strlen(head)));
		strcat(text, line + strlen(head));
		strcat(text, "\n");
	}
	assert_string_equal(text, want);
}

#define READY	"target --op update --tid 1 --name state --value ready\n"
#define OFFLINE	"target --op update --tid 1 --name state --value offline\n"

#define SEE_HELP	"; see tgt-admin --help\n"

#define ABSENT(lun, device)						\
	"tgt-admin: " A ": LUN " lun " waits until its device, " device ", "	\
	"appears; see ktgtadm(8)\n"

/* requests that look at what is there, and those around changes */
#define LOOK	7
#define AROUND	2

static void test_create(void **state)
{
	(void)state;
	assert_int_equal(run_conf("-e -v", HEAD DISKS NET USERS TAIL), 0);
	assert_changes(
		"account --op new --user in --password (hidden)\n"
		"account --op new --user out --password (hidden)\n"
		"target --op new --tid 1 --targetname " A "\n"
		"account --op bind --tid 1 --user in\n"
		"account --op bind --tid 1 --user out --outgoing\n"
		"target --op bind --tid 1 --initiator-address 10.0.0.5/8\n"
		"logicalunit --op new --tid 1 --lun 1"
		" --backing-store /dev/none1\n"
		"logicalunit --op new --tid 1 --lun 2"
		" --backing-store /dev/none2\n");
	/* the same to the kernel, and where the state files of disks are; who waits */
	assert_int_equal(fake_n_calls, LOOK + 8 + 2 + AROUND + 1);
	assert_int_equal(fake_calls[LOOK].cmd, KTGT_CMD_TXN_BEGIN);
	assert_int_equal(fake_calls[LOOK + 3].cmd, KTGT_CMD_TARGET_NEW);
	assert_int_equal(((struct target *)fake_calls[LOOK + 3].req)->state,
			 KTGT_TARGET_STATE_READY);
	assert_string_equal(((struct account *)fake_calls[LOOK + 1].req)->secret,
			    "1");
	assert_int_equal(fake_calls[LOOK + 11].cmd, KTGT_CMD_TXN_COMMIT);
	assert_int_equal(((struct txn *)fake_calls[LOOK + 11].req)->generation,
			 42);
	assert_null(strstr(got.out, "password 1"));
}

/* Numbers: what the file says, then the lowest in the order of names. */
static void test_numbers(void **state)
{
	(void)state;
	add_target(2, "iqn.2026-11.org.x:c");
	assert_int_equal(run_conf("-p -e",
		"<target " B "/>\n<target " A "/>\n"
		"<target iqn.2026-11.org.x:c/>\n"
		"<target iqn.2026-11.org.x:d>\ncontroller_tid 1\n</target>\n"
		), 0);
	assert_non_null(strstr(got.out, "--tid 3 --targetname " A "\n"));
	assert_non_null(strstr(got.out, "--tid 4 --targetname " B "\n"));
	assert_non_null(strstr(got.out,
			       "--tid 1 --targetname iqn.2026-11.org.x:d\n"));
	/* nothing but the lists */
	assert_int_equal(fake_n_calls, LOOK);
}

/* Their order is that of the spelling in the file, as with tgt. */
static void test_numbers_by_spelling(void **state)
{
	(void)state;
	assert_int_equal(run_conf("-p -e",
		"<target iqn.2026-11.org.x:alpha/>\n"
		"<target iqn.2026-11.org.x:Zeta/>\n"), 0);
	assert_non_null(strstr(got.out,
			"--tid 1 --targetname iqn.2026-11.org.x:Zeta\n"));
	assert_non_null(strstr(got.out,
			"--tid 2 --targetname iqn.2026-11.org.x:alpha\n"));
}

/* An initiator whose name is written in two ways is one. */
static void test_acl_spelling(void **state)
{
	(void)state;
	add_target(1, A);
	assert_int_equal(run_conf("-p -e",
		"<target " A ">\n"
		"initiator-name iqn.2026-11.org.x:Client\n"
		"initiator-name iqn.2026-11.org.x:client\n"
		"</target>\n"), 0);
	assert_changes("target --op bind --tid 1"
		       " --initiator-name iqn.2026-11.org.x:Client\n");
}

/* Names in the kernel are the same in another case: nothing is to be done. */
static void test_case_of_names(void **state)
{
	(void)state;
	add_target(1, "iqn.2026-11.org.x:SAN.Disk1");
	add_lu(1, 0, "");
	add_acl(1, "iqn.2026-11.org.x:cLIENT");
	assert_int_equal(run_conf("-e -v",
		"<target iqn.2026-11.org.x:san.disk1>\n"
		"initiator-name iqn.2026-11.org.x:Client\n"
		"</target>\n"), 0);
	assert_changes("");
	assert_int_equal(run_conf("--update IQN.2026-11.ORG.X:SAN.DISK1 -v",
		"<target iqn.2026-11.org.x:San.Disk1>\n"
		"initiator-name iqn.2026-11.org.x:CLIENT\n"
		"</target>\n"), 0);
	assert_changes("");
}

/* In the kernel is what was sent to it, so nothing is to be done. */
static void test_beyond_ascii(void **state)
{
	static const char target[] = "iqn.2026-11.org.x:ger\xc3\xa4t";
	static const char client[] = "iqn.2026-11.org.x:h\xc3\xb6st";
	static const char file[] =
		"<target iqn.2026-11.org.x:GER\xc3\x84T>\n"
		"initiator-name iqn.2026-11.org.x:H\xc3\x96ST\n"
		"</target>\n";

	(void)state;
	assert_int_equal(run_conf("-p -e", file), 0);
	assert_non_null(strstr(got.out, target));
	assert_non_null(strstr(got.out, client));
	assert_non_null(strstr(got.err, ":1: iqn.2026-11.org.x:GER\xc3\x84T is "
			       "used as iqn.2026-11.org.x:ger\xc3\xa4t, which "
			       "RFC 3722 makes of it\n"));

	add_target(1, target);
	add_lu(1, 0, "");
	add_acl(1, client);
	assert_int_equal(run_conf("-e -v", file), 0);
	assert_changes("");
	assert_int_equal(run_conf("-v --update iqn.2026-11.org.x:Ger\xc3\x84t",
				  file), 0);
	assert_changes("");
	assert_int_equal(run_conf("-v --offline iqn.2026-11.org.x:Ger\xc3\x84t",
				  file), 0);
	assert_changes(OFFLINE);
}

/* A target that gets the number of one that goes. */
static void test_freed_number(void **state)
{
	(void)state;
	add_target(1, A);
	add_target(2, B);
	add_lu(2, 1, "/dev/none1");
	add_acl(2, "ALL");
	assert_int_equal(run_conf("-e -p", HEAD "controller_tid 2\n"
				  "backing-store /dev/none1\n" TAIL), 0);
	assert_changes("target --op delete --tid 1\n"
		       "target --op delete --tid 2\n"
		       "target --op new --tid 2 --targetname " A "\n"
		       "target --op bind --tid 2 --initiator-address ALL\n"
		       "logicalunit --op new --tid 2 --lun 1"
		       " --backing-store /dev/none1\n");
}

struct step {
	const char *text;
	const char *changes;
};

/* From the fixture to a file. */
static void test_diff(void **state)
{
	static const struct step steps[] = {
		/* the secrets may be others, which the kernel knows */
		{ HEAD DISKS NET USERS TAIL, "" },
		{ HEAD "backing-store /dev/none1\n"
		  "<backing-store /dev/none3>\nlun 3\n</backing-store>\n"
		  NET USERS TAIL,
		  "logicalunit --op delete --tid 1 --lun 2\n"
		  "logicalunit --op new --tid 1 --lun 3"
		  " --backing-store /dev/none3\n" },
		/* another identity is another disk */
		{ HEAD DISKS NET USERS "scsi_sn S\n" TAIL,
		  "logicalunit --op delete --tid 1 --lun 1\n"
		  "logicalunit --op delete --tid 1 --lun 2\n"
		  "logicalunit --op new --tid 1 --lun 1"
		  " --backing-store /dev/none1 scsi_sn='S'\n"
		  "logicalunit --op new --tid 1 --lun 2"
		  " --backing-store /dev/none2 scsi_sn='S'\n" },
		{ HEAD DISKS USERS "initiator-name eui.0123456789abcdef\n" TAIL,
		  "target --op unbind --tid 1"
		  " --initiator-address 10.0.0.0/8\n"
		  "target --op bind --tid 1"
		  " --initiator-name eui.0123456789abcdef\n" },
		/* never without an account in between */
		{ HEAD DISKS NET "incominguser new 1\n" TAIL,
		  "account --op new --user new --password (hidden)\n"
		  "account --op unbind --tid 1 --user out --outgoing\n"
		  "account --op bind --tid 1 --user new\n"
		  "account --op unbind --tid 1 --user in\n" },
		{ HEAD DISKS NET USERS "state offline\n" TAIL, OFFLINE },
		{ HEAD DISKS NET USERS "controller_tid 7\n" TAIL,
		  "target --op delete --tid 1\n"
		  "target --op new --tid 7 --targetname " A "\n"
		  "account --op bind --tid 7 --user in\n"
		  "account --op bind --tid 7 --user out --outgoing\n"
		  "target --op bind --tid 7 --initiator-address 10.0.0.5/8\n"
		  "logicalunit --op new --tid 7 --lun 1"
		  " --backing-store /dev/none1\n"
		  "logicalunit --op new --tid 7 --lun 2"
		  " --backing-store /dev/none2\n" },
		{ "", "target --op delete --tid 1\n" },
		/* a device that goes to a target before this one */
		{ HEAD "backing-store /dev/none1\n" NET USERS TAIL
		  "<target iqn.2026-11.org.x:0>\nbacking-store /dev/none2\n"
		  "</target>\n",
		  "logicalunit --op delete --tid 1 --lun 2\n"
		  "target --op new --tid 2 --targetname iqn.2026-11.org.x:0\n"
		  "target --op bind --tid 2 --initiator-address ALL\n"
		  "logicalunit --op new --tid 2 --lun 1"
		  " --backing-store /dev/none2\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		fixture();
		assert_int_equal(run_conf("-e -p", steps[i].text), 0);
		assert_changes(steps[i].changes);
		assert_int_equal(run_conf("--update ALL -v", steps[i].text),
				 0);
		assert_changes(steps[i].changes);
		forget();
	}
}

/* What is as it should be is not touched. */
static void test_same(void **state)
{
	(void)state;
	add_target(1, A);
	add_lu(1, 1, "/dev/none1");
	add_acl(1, "ALL");
	assert_int_equal(run_conf("-e -v",
			 HEAD "backing-store /dev/none1\n" TAIL), 0);
	assert_string_equal(got.out, "");
	assert_string_equal(got.err, "");
	assert_int_equal(fake_n_calls, LOOK + AROUND);
	assert_int_equal(fake_calls[LOOK + 1].cmd, KTGT_CMD_TXN_ABORT);
}

/* A disk that can be changed in place keeps its sessions. */
static void test_changed(void **state)
{
	const struct lu *req;

	(void)state;
	add_target(1, A);
	add_lu(1, 1, "/dev/none1");
	add_acl(1, "ALL");
	assert_int_equal(run_conf("-v --update ALL", HEAD
				  "<backing-store /dev/none1>\nreadonly 1\n"
				  "write-cache off\n</backing-store>\n" TAIL),
			 0);
	assert_non_null(strstr(got.out, "ktgtadm lun set target 1 lun 1 "
			       "read-only on"));
	assert_null(strstr(got.out, "logicalunit"));
	req = fake_calls[fake_n_calls - 2].req;
	assert_int_equal(fake_calls[fake_n_calls - 2].cmd, KTGT_CMD_LU_SET);
	assert_true(HAS(req, KTGT_A_LU_READ_ONLY) && req->read_only);
	assert_true(!HAS(req, KTGT_A_LU_PATH));
}

/* Texts that describe a disk are changed, names make another disk of it. */
static void test_described(void **state)
{
	const struct lu *req;
	struct lu *lu;

	(void)state;
	add_target(1, A);
	lu = add_lu(1, 1, "/dev/none1");
	strcpy(lu->vendor, "V");
	strcpy(lu->product, "P");
	lu->given = KTGT_LU_GIVEN_VENDOR | KTGT_LU_GIVEN_PRODUCT;
	add_acl(1, "ALL");
	assert_int_equal(run_conf("-v --update ALL", HEAD
				  "<backing-store /dev/none1>\nvendor_id \"W x\"\n"
				  "gone pdl\nremovable 1\n</backing-store>\n" TAIL),
			 0);
	assert_non_null(strstr(got.out, "ktgtadm lun set target 1 lun 1 "
			       "gone pdl removable on vendor 'W x' product ''"));
	assert_null(strstr(got.out, "logicalunit"));
	req = fake_calls[fake_n_calls - 2].req;
	assert_int_equal(fake_calls[fake_n_calls - 2].cmd, KTGT_CMD_LU_SET);
	assert_string_equal(req->vendor, "W x");
	assert_true(HAS(req, KTGT_A_LU_PRODUCT) && !*req->product);
	assert_true(!HAS(req, KTGT_A_LU_REVISION));
	assert_int_equal(run_conf("-v --update ALL", HEAD
				  "<backing-store /dev/none1>\nvendor_id V\n"
				  "product_id P\nscsi_sn S\n"
				  "</backing-store>\n" TAIL), 0);
	assert_non_null(strstr(got.out, "logicalunit --op delete"));
}

/* The kernel takes back rules, and not what it has told of them beside. */
static void test_acl_request(void **state)
{
	const struct acl *acl;

	(void)state;
	add_target(1, A)->state = KTGT_TARGET_STATE_OFFLINE;
	add_acl(1, "10.0.0.0/8");
	assert_int_equal(run_conf("-e", HEAD "state offline\n"
				  "initiator-address 10.0.0.0/9\n" TAIL), 0);
	assert_int_equal(fake_n_calls, LOOK + 2 + AROUND);
	assert_int_equal(fake_calls[LOOK + 1].cmd, KTGT_CMD_ACL_DEL);
	acl = fake_calls[LOOK + 1].req;
	assert_false(HAS(acl, KTGT_A_ACL_GENERATION));
	assert_int_equal(acl->prefix_len, 8);
	assert_int_equal(fake_calls[LOOK + 2].cmd, KTGT_CMD_ACL_NEW);
}

static void test_discovery(void **state)
{
	(void)state;
	add_account("old", 0, false);
	assert_int_equal(run_conf("-e -v", "incomingdiscoveryuser new 1\n"), 0);
	assert_changes("account --op new --user new --password (hidden)\n"
		       "account --op bind --user new\n"
		       "account --op unbind --user old\n");
}

/* One target, although another differs too. */
static void test_update_one(void **state)
{
	static const char *const names[] = { A, "tid=1" };
	char line[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		fixture();
		add_target(2, B);
		snprintf(line, sizeof(line), "-v --update %s", names[i]);
		assert_int_equal(run_conf(line, HEAD DISKS NET
					  "incominguser in 1\n" TAIL), 0);
		assert_changes("account --op unbind --tid 1"
			       " --user out --outgoing\n");
		forget();
	}
	assert_int_equal(run_conf("--update tid=9", ""), 1);
	assert_string_equal(got.err, "tgt-admin: there is no target tid=9\n");
}

/* Keys are made what the file says, and what it does not say is taken back. */
static void test_keys(void **state)
{
	const struct target *req;
	struct target *have;

	(void)state;
	have = add_target(1, A);
	add_acl(1, "ALL");
	SET(have, KTGT_A_TARGET_MAX_BURST_LENGTH);
	have->max_burst_length = 65536;
	SET(have, KTGT_A_TARGET_FIRST_BURST_LENGTH);
	have->first_burst_length = 512;
	SET(have, KTGT_A_TARGET_INITIAL_R2T);
	have->initial_r2t = 1;
	assert_int_equal(run_conf("-v --update ALL", HEAD
				  "InitialR2T Yes\n"
				  "FirstBurstLength 4096\n"
				  "HeaderDigest CRC32C\n" TAIL), 0);
	assert_string_equal(got.out,
		"tgtadm --lld iscsi --mode target --op update --tid 1 "
		"--name HeaderDigest --value CRC32C\n"
		"tgtadm --lld iscsi --mode target --op update --tid 1 "
		"--name FirstBurstLength --value 4096\n"
		"ktgtadm target set 1 max-burst-length default\n");
	assert_int_equal(fake_n_calls, LOOK + 1 + AROUND);
	assert_int_equal(fake_calls[LOOK + 1].cmd, KTGT_CMD_TARGET_SET);
	req = fake_calls[LOOK + 1].req;
	assert_int_equal(req->has, UINT64_C(1) << KTGT_A_TARGET_ID |
				   UINT64_C(1) << KTGT_A_TARGET_HEADER_DIGEST |
				   UINT64_C(1) <<
					KTGT_A_TARGET_FIRST_BURST_LENGTH |
				   UINT64_C(1) <<
					KTGT_A_TARGET_MAX_BURST_LENGTH);
	assert_int_equal(req->header_digest, KTGT_DIGEST_CRC32C);
	assert_int_equal(req->max_burst_length, KTGT_KEY_DEFAULT);
	/* a new one has them from the beginning */
	assert_int_equal(run_conf("-v --update " B, "<target " B ">\n"
				  "nop_interval 0\n" TAIL), 0);
	assert_int_equal(fake_calls[LOOK + 1].cmd, KTGT_CMD_TARGET_NEW);
	req = fake_calls[LOOK + 1].req;
	assert_true(HAS(req, KTGT_A_TARGET_NOP_INTERVAL));
	assert_non_null(strstr(got.out, "--tid 2 --name nop_interval "
			       "--value 0\n"));
}

/* A secret is said, whoever else uses the account. */
static void test_secret(void **state)
{
	const struct account *account;

	(void)state;
	add_target(1, A);
	add_acl(1, "ALL");
	add_account("in", 1, false);
	add_account("in", 2, false);
	assert_int_equal(run_conf("-v --update " A,
				  HEAD "incominguser in 1\n" TAIL), 0);
	assert_changes("");
	assert_int_equal(fake_n_calls, LOOK + 1 + AROUND);
	assert_int_equal(fake_calls[LOOK + 1].cmd, KTGT_CMD_ACCOUNT_SET);
	account = fake_calls[LOOK + 1].req;
	assert_string_equal(account->user, "in");
	assert_string_equal(account->secret, "1");
}

static void test_in_use(void **state)
{
	static const char text[] = HEAD "backing-store /dev/none3\n" NET TAIL;

	(void)state;
	fixture()->sessions = 1;
	assert_int_equal(run_conf("-e", ""), 22);
	assert_string_equal(got.err, "tgt-admin: " A
			    " is in use and was not deleted; add --force\n");
	assert_int_equal(fake_n_calls, LOOK + AROUND);
	assert_int_equal(run_conf("-e -f -v", ""), 0);
	assert_changes("target --op delete --force --tid 1\n");
	assert_int_equal(run_conf("-e -v", text), 22);
	assert_non_null(strstr(got.err, "LUN 1 was not changed; add --force\n"));
	assert_non_null(strstr(got.err, "LUN 2 was not changed; add --force\n"));
	assert_null(strstr(got.out, "logicalunit"));
	assert_int_equal(run_conf("-e -f -v", text), 0);
	assert_non_null(strstr(got.out, "--backing-store /dev/none3\n"));
	/* more is no harm */
	assert_int_equal(run_conf("-e -v", HEAD DISKS NET
				  "backing-store /dev/none3\n" TAIL), 0);
	assert_non_null(strstr(got.out, "--lun 3 --backing-store /dev/none3\n"));
}

static void test_errors(void **state)
{
	(void)state;
	fake_answer(KTGT_CMD_TARGET_NEW, -EPERM, "no");
	assert_int_equal(run_conf("-e -v", "<target " A "/>\n<target " B "/>\n"),
			 22);
	assert_string_equal(got.err, "tgt-admin: no\n"
			    "tgt-admin: nothing was changed\n");
	assert_int_equal(fake_n_calls, LOOK + 1 + AROUND);
	assert_int_equal(fake_calls[LOOK + 2].cmd, KTGT_CMD_TXN_ABORT);
	/* nothing is put into the target that is not there */
	assert_int_equal(run_conf("-e -v --ignore-errors",
				  "<target " A "/>\n<target " B "/>\n"), 22);
	assert_string_equal(got.err, "tgt-admin: no\ntgt-admin: no\n");
	assert_int_equal(fake_n_calls, LOOK + 2 * (1 + AROUND));
	assert_int_equal(run_conf("-e", "ignore-errors yes\n"
				  "<target " A "/>\n<target " B "/>\n"), 22);
	assert_int_equal(fake_n_calls, LOOK + 2 * (1 + AROUND));
	fake_answer(KTGT_CMD_TARGET_NEW, 0, "");
	fake_answer(KTGT_CMD_TXN_COMMIT, -EBUSY, "in use");
	assert_int_equal(run_conf("-e", "<target " A "/>\n"), 22);
	assert_string_equal(got.err, "tgt-admin: in use\n"
			    "tgt-admin: nothing was changed\n");
	fake_answer(KTGT_CMD_TXN_COMMIT, 0, "");
	assert_int_equal(run_conf("-e", "\nx\n"), 1);
	assert_non_null(strstr(got.err, ":2: unknown directive x\n"));
	assert_int_equal(fake_n_calls, LOOK);
	assert_int_equal(run("tgt-admin -e -c /none"), 1);
	assert_string_equal(got.err,
			    "Error: /none: No such file or directory\n");
	fake_open_err = -ENOENT;
	assert_int_equal(run("tgt-admin -s"), 107);
}

/* Somebody else is faster, each time; then all of it is looked at anew. */
static void test_stale(void **state)
{
	size_t i, looks = 0;

	(void)state;
	add_target(1, B);
	fake_answer(KTGT_CMD_TXN_COMMIT, -ESTALE, "it is 43, not 42");
	assert_int_equal(run("tgt-admin --offline ALL"), 22);
	for (i = 0; i < fake_n_calls; i++)
		looks += fake_calls[i].cmd == KTGT_CMD_NET_GET;
	assert_true(looks > 1);
	assert_string_equal(got.err, "tgt-admin: the configuration keeps changing; "
			    "nothing was done; try again\n");
}

/* What can be had of a target, and who may log in as a whole. */
static void test_ignored(void **state)
{
	static const char text[] = HEAD DISKS NET "incominguser in 1\n" TAIL;

	(void)state;
	add_account("in", -1, false);
	fake_answer(KTGT_CMD_LU_NEW, -ENOENT, "no device");
	assert_int_equal(run_conf("-e -v --ignore-errors", text), 22);
	assert_changes("target --op new --tid 1 --targetname " A "\n"
		       "account --op bind --tid 1 --user in\n"
		       "target --op bind --tid 1"
		       " --initiator-address 10.0.0.5/8\n"
		       "logicalunit --op new --tid 1 --lun 1"
		       " --backing-store /dev/none1\n"
		       "logicalunit --op new --tid 1 --lun 2"
		       " --backing-store /dev/none2\n" READY);
	assert_string_equal(got.err, ABSENT("1", "/dev/none1")
			    "tgt-admin: no device\n" ABSENT("2", "/dev/none2")
			    "tgt-admin: no device\n");
	/* account; target, account and rule; two disks, twice; ready; who waits */
	assert_int_equal(fake_n_calls, LOOK + 1 + 3 + AROUND + 2 * 2 + 1 + 1);
	assert_int_equal(fake_calls[LOOK + 1].cmd, KTGT_CMD_TXN_BEGIN);
	assert_int_equal(((struct target *)fake_calls[LOOK + 2].req)->state,
			 KTGT_TARGET_STATE_OFFLINE);
	assert_int_equal(fake_calls[LOOK + 5].cmd, KTGT_CMD_TXN_COMMIT);
	/* without its account there is no such target */
	fake_answer(KTGT_CMD_ACCOUNT_BIND, -EINVAL, "no");
	assert_int_equal(run_conf("-e --ignore-errors", text), 22);
	assert_int_equal(fake_calls[fake_n_calls - 1].cmd, KTGT_CMD_TXN_ABORT);
	assert_string_equal(got.err, "tgt-admin: no\n");
}

static void test_others(void **state)
{
	static const struct step steps[] = {
		{ "--delete ALL", "target --op delete --tid 1\n"
		  "target --op delete --tid 2\n" },
		{ "--delete tid=2", "target --op delete --tid 2\n" },
		{ "--delete " A, "target --op delete --tid 1\n" },
		{ "--offline " A, "target --op update --tid 1 --name state "
		  "--value offline\n" },
		{ "--ready tid=2", "target --op update --tid 2 --name state "
		  "--value ready\n" },
	};
	char line[128];
	size_t i;

	(void)state;
	add_target(1, A);
	add_target(2, B);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		snprintf(line, sizeof(line), "tgt-admin -v %s", steps[i].text);
		assert_int_equal(run(line), 0);
		assert_changes(steps[i].changes);
	}
	assert_int_equal(run("tgt-admin --delete tid=3"), 0);
	assert_string_equal(got.err, "tgt-admin: there is no target tid=3\n");
	assert_int_equal(run("tgt-admin --ready tid=3"), 22);
	assert_int_equal(run("tgt-admin --offline " A "1"), 1);
	assert_int_equal(run("tgt-admin --delete ALL --ready ALL"), 1);
	assert_string_equal(got.err, "tgt-admin: more than one action is given"
			    SEE_HELP);
	assert_int_equal(run("tgt-admin"), 1);
	assert_string_equal(got.err, "tgt-admin: no action is given" SEE_HELP);
	assert_int_equal(run("tgt-admin x"), 1);
	assert_string_equal(got.err, "tgt-admin: unknown word 'x'" SEE_HELP);
	assert_int_equal(run("tgt-admin help"), 0);
	assert_non_null(strstr(got.out, "Usage: tgt-admin "));
	assert_int_equal(run("tgt-admin --delete"), 1);
	assert_int_equal(run("tgt-admin --delete help"), 0);
	assert_int_equal(run("tgt-admin -s"), 0);
	assert_memory_equal(got.out, "Target 1: " A "\n", 10 + strlen(A));
}

/* Whatever a dump has to tell. */
static void some_of_all(void)
{
	struct target *target;
	struct lu *lu;

	fixture();
	target = add_target(2, B);
	target->state = KTGT_TARGET_STATE_OFFLINE;
	SET(target, KTGT_A_TARGET_DATA_DIGEST);
	target->data_digest = KTGT_DIGEST_EITHER;
	SET(target, KTGT_A_TARGET_IMMEDIATE_DATA);
	SET(target, KTGT_A_TARGET_INITIAL_R2T);
	target->initial_r2t = 1;
	SET(target, KTGT_A_TARGET_MAX_BURST_LENGTH);
	target->max_burst_length = 65536;
	SET(target, KTGT_A_TARGET_NOP_COUNT);
	target->nop_count = 3;
	SET(target, KTGT_A_TARGET_RESET);
	target->reset = KTGT_SWITCH_ON;
	SET(target, KTGT_A_TARGET_CHAP_ALGORITHMS);
	target->chap_algorithms = KTGT_CHAP_ALGORITHM_SHA256 |
				  KTGT_CHAP_ALGORITHM_SHA3_256;
	SET(target, KTGT_A_TARGET_PORTALS);
	strcpy(target->portals, "2,1");
	SET(target, KTGT_A_TARGET_EXPLICIT_ALUA);
	target->explicit_alua = KTGT_SWITCH_ON;
	add_group(2, 7, "2,1", KTGT_PORT_GROUP_STATE_STANDBY, true);
	add_group(2, 3, "5", KTGT_PORT_GROUP_STATE_ACTIVE_OPTIMIZED, false);
	lu = add_lu(2, 4, "/dev/a b");
	strcpy(lu->vendor, "My \"V\"\\");
	strcpy(lu->serial, " a ");
	lu->given = KTGT_LU_GIVEN_VENDOR | KTGT_LU_GIVEN_SERIAL |
		    KTGT_LU_GIVEN_NAA;
	lu->naa = (struct id){ 16, { 0x60, [15] = 0x12 } };
	SET(lu, KTGT_A_LU_UUID);
	lu->uuid = (struct id){ 16, { 0x12, [15] = 0xff } };
	lu->read_only = 1;
	lu->shared = 1;
	lu->shared_identity = 1;
	lu->gone = KTGT_GONE_PDL;
	lu->removable = 1;
	SET(lu, KTGT_A_LU_MEDIUM);
	strcpy(lu->medium, "wwn-0x5001");
	lu = add_lu(2, 5, "");
	lu->backend = KTGT_BACKEND_NULL;
	lu->size = 4096;
	add_acl(2, "eui.0123456789abcdef");
	add_account("a b", 0, false);
	add_target(3, "iqn.2026-11.org.x:c");
}

/*
 * What was dumped is given back: nothing is to be done, but for what cannot be
 * dumped.
 */
static void assert_dump_is_whole(void)
{
	char *text, *p;

	text = strdup(got.out);
	for (p = text; (p = strstr(p, "PLEASE_CORRECT")) != NULL;)
		*p = 'p';
	assert_int_equal(run_conf("-e -p", text), 0);
	free(text);
	assert_null(strstr(got.out, "logicalunit"));
	assert_null(strstr(got.out, "target --op new"));
	assert_null(strstr(got.out, "target --op update"));
	assert_null(strstr(got.out, "ktgtadm"));
	assert_null(strstr(got.out, "unbind"));
	assert_null(strstr(got.err, "Error"));
}

#define GROUP	"ktgtadm group "
#define OF	" target 1 group "

/* What is the same stays; a state that the file does not say stays, too. */
static void test_groups(void **state)
{
	(void)state;
	fixture();
	add_group(1, 1, "1", KTGT_PORT_GROUP_STATE_STANDBY, false);
	add_group(1, 2, "2,3", KTGT_PORT_GROUP_STATE_UNAVAILABLE, true);
	assert_int_equal(run_conf("-e -v", HEAD DISKS NET USERS
		"port-group 1 1\nport-group 2 2,3\npreferred-port-group 2\n"
		TAIL), 0);
	assert_string_equal(got.out, "");
	assert_int_equal(run_conf("-e -v", HEAD DISKS NET USERS
		"port-group-state 1 active-optimized\nport-group 1 1\n"
		"port-group 2 2,3\n" TAIL), 0);
	assert_string_equal(got.out,
		GROUP "set" OF "1 state active-optimized\n"
		GROUP "set" OF "2 preferred off\n");
	assert_int_equal(run_conf("-e -v", HEAD DISKS NET USERS
		"port-group 2 1\nport-group 4 \"2 3\"\nport-group 3 3\n"
		TAIL), 1);
	assert_int_equal(run_conf("-e -v", HEAD DISKS NET USERS
		"port-group 2 1\nport-group 3 3\n" TAIL), 0);
	assert_string_equal(got.out,
		GROUP "del" OF "1\n" GROUP "del" OF "2\n"
		GROUP "add" OF "2 portals 1 state unavailable\n"
		GROUP "add" OF "3 portals 3\n");
	assert_int_equal(run_conf("-e -v", HEAD DISKS NET USERS TAIL), 0);
	assert_string_equal(got.out,
		GROUP "del" OF "1\n" GROUP "del" OF "2\n");
}

/* What is dumped, and that it is what is there. */
static void test_dump(void **state)
{
	(void)state;
	some_of_all();
	assert_int_equal(run("tgt-admin --dump"), 0);
	assert_string_equal(got.out,
		"default-driver iscsi\n"
		"incomingdiscoveryuser \"a b\" PLEASE_CORRECT_THE_PASSWORD\n"
		"\n"
		"<target " A ">\n"
		"\tcontroller_tid 1\n"
		"\tbacking-store /dev/none1\n"
		"\tbacking-store /dev/none2\n"
		"\tincominguser in PLEASE_CORRECT_THE_PASSWORD\n"
		"\toutgoinguser out PLEASE_CORRECT_THE_PASSWORD\n"
		"\tinitiator-address 10.0.0.0/8\n"
		"</target>\n"
		"\n"
		"<target " B ">\n"
		"\tcontroller_tid 2\n"
		"\tstate offline\n"
		"\tnop_count 3\n"
		"\tDataDigest CRC32C,None\n"
		"\tInitialR2T Yes\n"
		"\tImmediateData No\n"
		"\tMaxBurstLength 65536\n"
		"\treset on\n"
		"\tchap-algorithms sha256,sha3-256\n"
		"\texplicit-alua on\n"
		"\tportals 2,1\n"
		"\tport-group 7 2,1\n"
		"\tport-group-state 7 standby\n"
		"\tpreferred-port-group 7\n"
		"\tport-group 3 5\n"
		"\t<backing-store \"/dev/a b\">\n"
		"\t\tlun 4\n"
		"\t\tshared 1\n"
		"\t\tshared-identity 1\n"
		"\t\tgone pdl\n"
		"\t\tremovable 1\n"
		"\t\tmedium wwn-0x5001\n"
		"\t\treadonly 1\n"
		"\t\tscsi_sn \" a \"\n"
		"\t\tvendor_id \"My \\\"V\\\"\\\\\"\n"
		"\t\tnaa 0x60000000000000000000000000000012\n"
		"\t\tuuid 12000000-0000-0000-0000-0000000000ff\n"
		"\t</backing-store>\n"
		"\t<backing-store null5>\n"
		"\t\tlun 5\n"
		"\t\tbs-type null\n"
		"\t\tbsopts size=4096\n"
		"\t</backing-store>\n"
		"\tinitiator-name eui.0123456789abcdef\n"
		"</target>\n"
		"\n"
		"<target iqn.2026-11.org.x:c>\n"
		"\tcontroller_tid 3\n"
		"\tinitiator-address 0.0.0.0\n"
		"</target>\n"
		"\n");
	assert_dump_is_whole();
}

/* As JSON: what is dumped, and that it is what is there. */
static void test_dump_json(void **state)
{
	struct lu *lu;
	int err;

	(void)state;
	some_of_all();
	capture_free(&got);
	capture_start(&got);
	err = dump_json(OUT_JSON, &view);
	capture_stop(&got);
	assert_int_equal(err, 0);
#define SECRET "\"secret\":\"PLEASE_CORRECT_THE_PASSWORD\"}"
	assert_string_equal(got.out,
		"{\"ktgt\":{\"version\":1,\"config\":{"
		"\"discovery\":{\"incoming\":[{\"user\":\"a b\"," SECRET "]},"
		"\"targets\":[{\"name\":\"" A "\",\"id\":1,\"lus\":["
		"{\"path\":\"/dev/none1\",\"lun\":1},"
		"{\"path\":\"/dev/none2\",\"lun\":2}],"
		"\"incoming\":[{\"user\":\"in\"," SECRET "],"
		"\"outgoing\":{\"user\":\"out\"," SECRET ","
		"\"addresses\":[\"10.0.0.0/8\"]},"
		"{\"name\":\"" B "\",\"id\":2,\"state\":\"offline\","
		"\"nop_count\":3,\"data_digest\":\"CRC32C,None\","
		"\"initial_r2t\":true,\"immediate_data\":false,"
		"\"max_burst_length\":65536,\"reset\":true,"
		"\"chap_algorithms\":\"sha256,sha3-256\","
		"\"explicit_alua\":true,\"portals\":\"2,1\","
		"\"port_groups\":[{\"group\":7,\"portals\":\"2,1\"},"
		"{\"group\":3,\"portals\":\"5\"}],"
		"\"port_group_states\":[{\"group\":7,\"state\":\"standby\"}],"
		"\"preferred_port_groups\":[7],\"lus\":["
		"{\"path\":\"/dev/a b\",\"lun\":4,\"shared\":true,\"shared_identity\":true,"
		"\"gone\":\"pdl\",\"removable\":true,"
		"\"medium\":\"wwn-0x5001\",\"read_only\":true,"
		"\"serial\":\" a \",\"vendor\":\"My \\\"V\\\"\\\\\","
		"\"naa\":\"0x60000000000000000000000000000012\","
		"\"uuid\":\"12000000-0000-0000-0000-0000000000ff\"},"
		"{\"lun\":5,\"backend\":\"null\",\"size\":4096}],"
		"\"initiators\":[\"eui.0123456789abcdef\"]},"
		"{\"name\":\"iqn.2026-11.org.x:c\",\"id\":3,"
		"\"addresses\":[\"0.0.0.0\"]}]}}}\n");
	assert_dump_is_whole();
	/* JSON is UTF-8 */
	lu = add_lu(2, 6, "");
	strcpy(lu->path, "/dev/\xff");
	assert_int_equal(dump_json(OUT_JSON, &view), -EILSEQ);
}

/* @device is what target 1 has as LUN 1, and waits for. */
static void waiting(const char *device)
{
	struct lu *lu;

	forget();
	add_target(1, A);
	add_acl(1, "10.0.0.0/8");
	lu = add_lu(1, 1, device);
	SET(lu, KTGT_A_LU_ONLINE);
	lu->block_size = 0;
}

/* A device that is not there is waited for, and attached when it is. */
static void test_absent(void **state)
{
	const struct lu *req = NULL;
	struct lu *lu;
	size_t i;

	(void)state;
	assert_int_equal(run_conf("-e", HEAD DISKS NET TAIL), 0);
	assert_string_equal(got.err, ABSENT("1", "/dev/none1")
			    ABSENT("2", "/dev/none2"));
	for (i = 0; i < fake_n_calls; i++)
		if (fake_calls[i].cmd == KTGT_CMD_LU_NEW)
			req = fake_calls[i].req;
	assert_non_null(req);
	assert_true(HAS(req, KTGT_A_LU_ABSENT) && req->absent);

	waiting("/dev/none1");
	assert_int_equal(run_conf("-e -v", HEAD "backing-store /dev/none1\n"
				  NET TAIL), 0);
	assert_string_equal(got.out, "");
	assert_string_equal(got.err, ABSENT("1", "/dev/none1"));

	/* it has come while another one was waited for */
	waiting("/dev/null");
	add_target(2, B);
	assert_int_equal(run_conf("--update " B, "<target " B ">\n"
				  "backing-store /dev/none1\n" NET TAIL), 0);
	assert_int_equal(fake_calls[fake_n_calls - 1].cmd, KTGT_CMD_LU_ATTACH);
	req = fake_calls[fake_n_calls - 1].req;
	assert_true(req->target_id == 1 && req->lun == 1);

	waiting("/dev/null");
	assert_int_equal(run_conf("-e -v", HEAD "backing-store /dev/null\n"
				  NET TAIL), 0);
	assert_string_equal(got.out, "ktgtadm lun attach target 1 lun 1\n");
	assert_string_equal(got.err, "");

	waiting("/dev/none1");
	lu = vec_at(&view.lus, 0);
	SET(lu, KTGT_A_LU_BLOCK_SIZE);
	SET(lu, KTGT_A_LU_WRITE_CACHE);
	lu->block_size = 4096;
	lu->read_only = 1;
	assert_int_equal(run("tgt-admin --dump"), 0);
	assert_non_null(strstr(got.out, "\t<backing-store /dev/none1>\n"
			       "\t\tlun 1\n\t\twrite-cache off\n"
			       "\t\treadonly 1\n\t\tblock-size 4096\n"
			       "\t</backing-store>\n"));
}

int main(void)
{
#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_create),
		TEST(test_numbers),
		TEST(test_numbers_by_spelling),
		TEST(test_acl_spelling),
		TEST(test_case_of_names),
		TEST(test_beyond_ascii),
		TEST(test_freed_number),
		TEST(test_diff),
		TEST(test_same),
		TEST(test_acl_request),
		TEST(test_discovery),
		TEST(test_update_one),
		TEST(test_changed),
		TEST(test_described),
		TEST(test_keys),
		TEST(test_secret),
		TEST(test_in_use),
		TEST(test_errors),
		TEST(test_stale),
		TEST(test_ignored),
		TEST(test_others),
		TEST(test_groups),
		TEST(test_dump),
		TEST(test_dump_json),
		TEST(test_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
