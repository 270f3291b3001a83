// SPDX-License-Identifier: GPL-2.0
/* The native grammar: command lines, and the requests they become. */
#include "unit.h"

#include <errno.h>
#include <unistd.h>

#include "cmd/run.h"
#include "cmd/usage.h"
#include "fake_nl.h"

static struct capture got;

static int run_table(int argc, char **argv)
{
	struct app app = { .format = OUT_TABLE };

	return command_run(&app, argc, argv);
}

static int run(const char *line)
{
	fake_forget();
	return captured(&got, run_table, line);
}

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int done(void **state)
{
	fake_reset();
	capture_reset(&got);
	(void)state;
	return 0;
}

/* What is wrong is told in one line, and nothing is sent. */
static void test_refused(void **state)
{
	static const struct {
		const char *line, *told;
	} rows[] = {
		{ "nothing", "unknown object 'nothing'" },
		{ "target frobnicate", "unknown word 'frobnicate'" },
		{ "target add", "NAME is missing" },
		{ "target add bogus", "begins with iqn." },
		{ "target add iqn.2026-11.org.x id", "id has no value" },
		{ "target add iqn.2026-11.org.x id x", "not a number" },
		{ "target add iqn.2026-11.org.x state on",
		  "use ready or offline" },
		{ "target add iqn.2026-11.org.x header-digest md5",
		  "use default, none, crc32c or either" },
		{ "target add iqn.2026-11.org.x reset maybe",
		  "use default, off or on" },
		{ "lun add target 1 lun 1 type none", "use block|null" },
		{ "lun add target 1 lun 1 type bl", "use block|null" },
		{ "target add iqn.2026-11.org.x colour red",
		  "unknown word 'colour'" },
		{ "target add iqn.2026-11.org.x id 1 id 2", "given twice" },
		{ "target del", "TARGET is missing" },
		{ "lun add lun 1 path /dev/x", "target TARGET is missing" },
		{ "lun add target 1 path /dev/x", "lun N is missing" },
		{ "lun add target 1 lun 1 size 1Q", "not a size" },
		{ "lun add target 1 lun 1 read-only maybe",
		  "use on or off" },
		{ "lun add target 1 lun 1 vendor ninebytes",
		  "the maximum is 8 bytes" },
		{ "lun add target bogus lun 1", "begins with iqn." },
		{ "lun set target 1 path /dev/x", "lun N is missing" },
		{ "lun set target 1 lun 1 write-cache maybe",
		  "use on, off or default" },
		{ "lun freeze target 1", "lun N[,N...] is missing" },
		{ "lun freeze target 1 lun 1,,2", "not a number" },
		{ "lun freeze target 1 lun 1,", "not a number" },
		{ "lun freeze target 1 lun 1 timeout 0", "1 to 3600" },
		{ "lun freeze target 1 lun 1 run", "run has no value" },
		{ "lun histogram lun x", "not a number" },
		{ "lun histogram id 1", "unknown word 'id'" },
		{ "session histogram id x", "not a number" },
		{ "lun add /dev/x", "unknown word '/dev/x'" },
		{ "acl add target 1 address 10.0.0.0/40", "use 0 to 32" },
		{ "acl add target 1 address 10.0.0.0/255.255.255.0",
		  "write /24" },
		{ "acl add target 1 initiator host", "begins with iqn." },
		{ "portal add 1.2.3.4:99999", "1 to 65535" },
		{ "account add bob", "secret-file FILE|- is missing" },
		{ "account add bob secret-file /nonexistent",
		  "No such file" },
		{ "account add bob secret-file /dev/null", "is empty" },
		{ "account frob", "unknown word 'frob'" },
		{ "session del", "ID is missing" },
		{ "net set login-timeout x", "not a number" },
		{ "monitor everything", "unknown word 'everything'" },
		{ "explain", "say explain initiator NAME" },
		{ "explain initiator iqn.2026-11.org.x",
		  "from ADDRESS is missing" },
		{ "explain initiator bogus from ::1", "begins with iqn." },
		{ "explain initiator iqn.2026-11.org.x from h", "not an IPv4" },
		{ "explain initiator iqn.2026-11.org.x from ::1 target t",
		  "begins with iqn." },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_row(rows[i].line, run(rows[i].line), EXIT_USAGE);
		assert_row(rows[i].line, !!strstr(got.err, rows[i].told), 1);
		assert_row(rows[i].line, got.out_len, 0);
		assert_row(rows[i].line, fake_n_calls, 0);
		assert_row(rows[i].line, !!strstr(got.err, "; see ktgtadm "), 1);
		assert_row(rows[i].line, strchr(got.err, '\n') - got.err,
			   (ptrdiff_t)got.err_len - 1);
	}
}

static void test_target(void **state)
{
	const struct target *target;

	(void)state;
	assert_int_equal(run("target add iqn.2026-11.org.x:d alias disk "
			     "id 7 state offline"), 0);
	assert_int_equal(got.out_len + got.err_len, 0);
	target = fake_request(KTGT_CMD_TARGET_NEW);
	assert_non_null(target);
	assert_string_equal(target->name, "iqn.2026-11.org.x:d");
	assert_string_equal(target->alias, "disk");
	assert_int_equal(target->id, 7);
	assert_int_equal(target->state, KTGT_TARGET_STATE_OFFLINE);
	assert_int_equal(target->has, 1 << KTGT_A_TARGET_NAME |
			 1 << KTGT_A_TARGET_ALIAS | 1 << KTGT_A_TARGET_ID |
			 1 << KTGT_A_TARGET_STATE);

	assert_int_equal(run("target add name iqn.2026-11.org.x:d"), 0);
	target = fake_request(KTGT_CMD_TARGET_NEW);
	assert_int_equal(target->has, 1 << KTGT_A_TARGET_NAME);

	assert_int_equal(run("target add iqn.2026-11.org.x:SAN.Disk1"), 0);
	target = fake_request(KTGT_CMD_TARGET_NEW);
	assert_string_equal(target->name, "iqn.2026-11.org.x:SAN.Disk1");
	assert_int_equal(got.err_len, 0);
	assert_int_equal(run("target add iqn.2026-11.org.x:Ger\xc3\x84t"), 0);
	target = fake_request(KTGT_CMD_TARGET_NEW);
	assert_string_equal(target->name, "iqn.2026-11.org.x:ger\xc3\xa4t");
	assert_string_equal(got.err, "Warning: iqn.2026-11.org.x:Ger\xc3\x84t is "
			    "used as iqn.2026-11.org.x:ger\xc3\xa4t, which RFC "
			    "3722 makes of it\n");

	assert_int_equal(run("target del iqn.2026-11.org.x:d force"), 0);
	target = fake_request(KTGT_CMD_TARGET_DEL);
	assert_int_equal(target->has, 1 << KTGT_A_TARGET_NAME |
			 1 << KTGT_A_TARGET_FORCE);
	assert_int_equal(run("target del 12"), 0);
	target = fake_request(KTGT_CMD_TARGET_DEL);
	assert_int_equal(target->id, 12);
	assert_int_equal(target->has, 1 << KTGT_A_TARGET_ID);
	assert_int_equal(run("target set 12 state ready"), 0);
	target = fake_request(KTGT_CMD_TARGET_SET);
	assert_int_equal(target->has, 1 << KTGT_A_TARGET_ID |
			 1 << KTGT_A_TARGET_STATE);
}

static void test_lun(void **state)
{
	struct target found = { .id = 42 };
	const struct lu *lu;

	(void)state;
	assert_int_equal(run("lu add target 1 lun 5 path /dev/vg/d "
			     "block-size 4096 read-only on write-cache off "
			     "serial S1 naa 0x3000000000000001 "
			     "uuid 00112233-4455-6677-8899-aabbccddeeff"), 0);
	lu = fake_request(KTGT_CMD_LU_NEW);
	assert_int_equal(lu->target_id, 1);
	assert_int_equal(lu->lun, 5);
	assert_int_equal(lu->backend, KTGT_BACKEND_BLOCK);
	assert_string_equal(lu->path, "/dev/vg/d");
	assert_int_equal(lu->block_size, 4096);
	assert_int_equal(lu->read_only, 1);
	assert_true(HAS(lu, KTGT_A_LU_WRITE_CACHE));
	assert_int_equal(lu->write_cache, 0);
	assert_string_equal(lu->serial, "S1");
	assert_int_equal(lu->naa.len, 8);
	assert_memory_equal(lu->naa.byte, "\x30\0\0\0\0\0\0\1", 8);
	assert_int_equal(lu->uuid.len, 16);
	assert_memory_equal(lu->uuid.byte, "\0\x11\x22\x33\x44", 5);
	assert_true(!HAS(lu, KTGT_A_LU_SIZE));

	/* a name is looked up first */
	fake_reply(KTGT_CMD_TARGET_GET, &found);
	assert_int_equal(run("lun add target iqn.2026-11.org.x lun 0 "
			     "type null size 1G"), 0);
	/* and where state files are */
	assert_int_equal(fake_n_calls, 3);
	lu = fake_request(KTGT_CMD_LU_NEW);
	assert_int_equal(lu->target_id, 42);
	assert_true(HAS(lu, KTGT_A_LU_TARGET_ID));
	assert_int_equal(lu->backend, KTGT_BACKEND_NULL);
	assert_int_equal(lu->size, 1 << 30);
	assert_true(!HAS(lu, KTGT_A_LU_PATH));

	fake_answer(KTGT_CMD_TARGET_GET, -ENOENT, "no target iqn.x");
	assert_int_equal(run("lun del target iqn.2026-11.org.x lun 1"),
			 EXIT_KERNEL);
	assert_string_equal(got.err, "Error: no target iqn.x\n");
	assert_int_equal(fake_n_calls, 1);
}

static void test_lun_refresh(void **state)
{
	const struct lu *lu;

	(void)state;
	assert_int_equal(run("lun refresh device 259:1048575"), 0);
	lu = fake_request(KTGT_CMD_LU_REFRESH);
	assert_int_equal(lu->major, 259);
	assert_int_equal(lu->minor, 1048575);
	assert_true(lu->has == (UINT64_C(1) << KTGT_A_LU_MAJOR |
				UINT64_C(1) << KTGT_A_LU_MINOR));
	assert_int_equal(run("lun refresh device 8"), EXIT_USAGE);
	assert_int_equal(run("lun refresh device 8:"), EXIT_USAGE);
	assert_int_equal(run("lun refresh device 8:0x"), EXIT_USAGE);
	assert_int_equal(run("lun refresh device 4096:0"), EXIT_USAGE);
	assert_int_equal(run("lun refresh device 8:1048576"), EXIT_USAGE);
	assert_int_equal(run("lun refresh device /dev/sda"), EXIT_USAGE);
	assert_non_null(strstr(got.err, "write MAJOR:MINOR"));
	assert_int_equal(fake_n_calls, 0);
}

/* A medium that was ejected comes back, or another one; not in the place of one. */
static void test_lun_load(void **state)
{
	struct lu have = { .target_id = 1, .lun = 2 };
	const struct lu *lu;

	(void)state;
	SET(&have, KTGT_A_LU_PATH);
	strcpy(have.path, "/dev/x");
	fake_reply(KTGT_CMD_LU_GET, &have);
	assert_int_equal(run("lun eject target 1 lun 2 force"), 0);
	lu = fake_request(KTGT_CMD_LU_EJECT);
	assert_true(lu->target_id == 1 && lu->lun == 2 && lu->force);
	assert_int_equal(run("lun load target 1 lun 2 path /dev/y"),
			 EXIT_KERNEL);
	assert_non_null(strstr(got.err, "LUN 2 is not ejected; eject it first"));
	have.ejected = 1;
	assert_int_equal(run("lun load target 1 lun 2 path /dev/y"), 0);
	lu = fake_request(KTGT_CMD_LU_SET);
	assert_string_equal(lu->path, "/dev/y");
	assert_int_equal(run("lun load target 1 lun 2"), 0);
	lu = fake_request(KTGT_CMD_LU_LOAD);
	assert_true(lu->target_id == 1 && lu->lun == 2);
	assert_true(!HAS(lu, KTGT_A_LU_PATH));
}

static void test_lun_set(void **state)
{
	const struct lu *lu;

	(void)state;
	assert_int_equal(run("lun set target 1 lun 2 path /dev/y force "
			     "read-only off shared on write-cache off"), 0);
	lu = fake_request(KTGT_CMD_LU_SET);
	assert_string_equal(lu->path, "/dev/y");
	assert_true(HAS(lu, KTGT_A_LU_FORCE) && lu->force && lu->shared);
	assert_true(HAS(lu, KTGT_A_LU_READ_ONLY) && !lu->read_only);
	assert_true(HAS(lu, KTGT_A_LU_WRITE_CACHE) && !lu->write_cache);
	assert_true(!HAS(lu, KTGT_A_LU_DEVICE_WRITE_CACHE));
	assert_true(!HAS(lu, KTGT_A_LU_BACKEND));
	assert_true(!HAS(lu, KTGT_A_LU_GONE));
	assert_int_equal(run("lun set target 1 lun 2 write-cache default"), 0);
	lu = fake_request(KTGT_CMD_LU_SET);
	assert_true(HAS(lu, KTGT_A_LU_DEVICE_WRITE_CACHE));
	assert_true(!HAS(lu, KTGT_A_LU_WRITE_CACHE));
	assert_int_equal(run("lun set target 1 lun 2 gone pdl"), 0);
	lu = fake_request(KTGT_CMD_LU_SET);
	assert_int_equal(lu->gone, KTGT_GONE_PDL);
	assert_int_equal(run("lun set target 1 lun 2 gone default"), 0);
	lu = fake_request(KTGT_CMD_LU_SET);
	assert_true(HAS(lu, KTGT_A_LU_GONE) && lu->gone == KTGT_GONE_DEFAULT);
	assert_int_equal(run("lun set target 1 lun 2 vendor V serial S "
			     "naa 5000000000000001 force"), 0);
	lu = fake_request(KTGT_CMD_LU_SET);
	assert_string_equal(lu->vendor, "V");
	assert_string_equal(lu->serial, "S");
	assert_int_equal(lu->naa.len, 8);
	assert_true(!HAS(lu, KTGT_A_LU_PRODUCT));
}

static void test_freeze(void **state)
{
	struct freeze done = { .id = 6, .generation = 17 };
	const struct freeze *freeze;

	(void)state;
	SET(&done, KTGT_A_FREEZE_ID);
	SET(&done, KTGT_A_FREEZE_GENERATION);
	fake_reply(KTGT_CMD_LU_FREEZE, &done);
	assert_int_equal(run("lun freeze target 3 lun 1,16383,2 timeout 5"), 0);
	freeze = fake_request(KTGT_CMD_LU_FREEZE);
	assert_int_equal(freeze->target_id, 3);
	assert_int_equal(freeze->lun.n, 3);
	assert_int_equal(freeze->lun.value[0], 1);
	assert_int_equal(freeze->lun.value[1], 16383);
	assert_int_equal(freeze->lun.value[2], 2);
	assert_int_equal(freeze->timeout, 5);
	assert_true(HAS(freeze, KTGT_A_FREEZE_DETACH));
	assert_string_equal(got.out, "id: 6\ngeneration: 17\n");

	/* what "run" brackets is thawed by its number */
	assert_int_equal(run("lun freeze target 3 lun 1 run false"), 1);
	assert_int_equal(fake_n_calls, 2);
	freeze = fake_request(KTGT_CMD_LU_THAW);
	assert_int_equal(freeze->id, 6);
	assert_int_equal(freeze->lun.n, 1);
	freeze = fake_calls[0].req;
	assert_true(!HAS(freeze, KTGT_A_FREEZE_DETACH));
	fake_answer(KTGT_CMD_LU_THAW, -ENOENT, "LUN 1 is not frozen");
	assert_int_equal(run("lun freeze target 3 lun 1 run true"),
			 EXIT_KERNEL);
	assert_string_equal(got.err, "Error: LUN 1 is not frozen\n");
	fake_answer(KTGT_CMD_LU_FREEZE, -EBUSY, "LUN 1 is frozen already");
	assert_int_equal(run("lun freeze target 3 lun 1 run true"),
			 EXIT_KERNEL);
	assert_int_equal(fake_n_calls, 1);
}

static void test_acl_portal(void **state)
{
	const struct portal *portal;
	const struct acl *acl;

	(void)state;
	assert_int_equal(run("acl add target 1 address 192.168.100.0/24"), 0);
	acl = fake_request(KTGT_CMD_ACL_NEW);
	assert_int_equal(acl->has, 1 << KTGT_A_ACL_TARGET_ID |
			 1 << KTGT_A_ACL_ADDRESS | 1 << KTGT_A_ACL_PREFIX_LEN);
	assert_int_equal(acl->prefix_len, 24);
	assert_int_equal(acl->address.len, 4);
	assert_memory_equal(acl->address.byte, "\xc0\xa8\x64\x00", 4);
	assert_int_equal(run("acl del target 1 all"), 0);
	acl = fake_request(KTGT_CMD_ACL_DEL);
	assert_int_equal(acl->has, 1 << KTGT_A_ACL_TARGET_ID |
			 1 << KTGT_A_ACL_ALL);
	assert_int_equal(run("acl add target 1 address ::1"), 0);
	acl = fake_request(KTGT_CMD_ACL_NEW);
	assert_int_equal(acl->address.len, 16);
	assert_true(!HAS(acl, KTGT_A_ACL_PREFIX_LEN));

	assert_int_equal(run("portal add [::1]:13260 group-tag 2"), 0);
	portal = fake_request(KTGT_CMD_PORTAL_NEW);
	assert_int_equal(portal->port, 13260);
	assert_int_equal(portal->group_tag, 2);
	assert_int_equal(run("portal del address 0.0.0.0"), 0);
	portal = fake_request(KTGT_CMD_PORTAL_DEL);
	assert_int_equal(portal->port, 3260);
	assert_int_equal(portal->has, 1 << KTGT_A_PORTAL_ADDRESS |
			 1 << KTGT_A_PORTAL_PORT);
}

static void test_account(void **state)
{
	const struct account *account;
	char name[] = "/tmp/ktgt-unit-XXXXXX", line[128];
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "hush-hush-hush\n", 15), 15);
	close(fd);
	snprintf(line, sizeof(line), "account add bob secret-file %s", name);
	assert_int_equal(run(line), 0);
	unlink(name);
	account = fake_request(KTGT_CMD_ACCOUNT_NEW);
	assert_string_equal(account->user, "bob");
	assert_string_equal(account->secret, "hush-hush-hush");
	assert_int_equal(run("account bind bob discovery"), 0);
	account = fake_request(KTGT_CMD_ACCOUNT_BIND);
	assert_int_equal(account->target_id, 0);
	assert_true(HAS(account, KTGT_A_ACCOUNT_TARGET_ID));
	assert_int_equal(run("account unbind bob target 3 outgoing"), 0);
	account = fake_request(KTGT_CMD_ACCOUNT_UNBIND);
	assert_int_equal(account->target_id, 3);
	assert_true(HAS(account, KTGT_A_ACCOUNT_OUTGOING));
}

static void test_explain(void **state)
{
	const struct explain *explain;

	(void)state;
	assert_int_equal(run("explain initiator iqn.2026-11.org.i from ::1 "
			     "target iqn.2026-11.org.t"), 0);
	/* the name is not looked up: it need not exist */
	assert_int_equal(fake_n_calls, 1);
	explain = fake_request(KTGT_CMD_EXPLAIN_LIST);
	assert_string_equal(explain->initiator, "iqn.2026-11.org.i");
	assert_int_equal(explain->address.len, 16);
	assert_string_equal(explain->target, "iqn.2026-11.org.t");
	assert_int_equal(explain->has, 1 << KTGT_A_EXPLAIN_INITIATOR |
			 1 << KTGT_A_EXPLAIN_ADDRESS |
			 1 << KTGT_A_EXPLAIN_TARGET);
	assert_int_equal(run("explain initiator iqn.2026-11.org.i "
			     "from 10.0.0.1 target 7"), 0);
	explain = fake_request(KTGT_CMD_EXPLAIN_LIST);
	assert_int_equal(explain->target_id, 7);
	assert_int_equal(explain->address.len, 4);
	assert_true(!HAS(explain, KTGT_A_EXPLAIN_TARGET));
	assert_int_equal(run("explain initiator name iqn.2026-11.org.i tid 8 "
			     "from 10.0.0.1"), 0);
	explain = fake_request(KTGT_CMD_EXPLAIN_LIST);
	assert_int_equal(explain->target_id, 8);
}

/* The standard input is a file, though its name begins as an option does. */
static void test_stdin(void **state)
{
	FILE *saved = stdin;

	(void)state;
	stdin = fopen("/dev/null", "re");
	assert_int_equal(run("config check -"), 0);
	assert_int_equal(got.err_len, 0);
	fclose(stdin);
	stdin = saved;
}

/* Each verb joins its groups; what was lost does not end it, an error does. */
static void test_monitor(void **state)
{
	static const struct event event = { .has = 0 };
	static const struct {
		const char *line, *groups;
	} rows[] = {
		{ "monitor", "session config " },
		{ "monitor all", "session config " },
		{ "monitor session", "session " },
		{ "monitor config", "config " },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_reset();
		fake_event(0, NULL, -ENOBUFS);
		fake_event(KTGT_CMD_CONFIG_CHANGED, &event, 0);
		assert_row(rows[i].line, run(rows[i].line), EXIT_KERNEL);
		assert_string_equal(fake_joined, rows[i].groups);
		assert_string_equal(got.err, "Error: Operation canceled\n");
		assert_non_null(strstr(got.out, "events were lost"));
		assert_non_null(strstr(got.out, "configuration 0\n"));
	}
}

/* The kernel's text stands alone; without one there is the errno's. */
static void test_kernel(void **state)
{
	(void)state;
	fake_answer(KTGT_CMD_TARGET_NEW, -EEXIST, "target iqn.x exists");
	assert_int_equal(run("target add iqn.2026-11.org.x"), EXIT_KERNEL);
	assert_string_equal(got.err, "Error: target iqn.x exists\n");
	assert_int_equal(got.out_len, 0);
	fake_answer(KTGT_CMD_TARGET_NEW, -EPERM, NULL);
	assert_int_equal(run("target add iqn.2026-11.org.x"), EXIT_KERNEL);
	assert_string_equal(got.err, "Error: not permitted: this needs "
			    "CAP_NET_ADMIN; use sudo\n");
	fake_answer(KTGT_CMD_TARGET_NEW, 0, "secret is short");
	assert_int_equal(run("target add iqn.2026-11.org.x"), 0);
	assert_string_equal(got.err, "Warning: secret is short\n");
	fake_open_err = -ENOENT;
	assert_int_equal(run("target show"), EXIT_KERNEL);
	assert_string_equal(got.err, "Error: the ktgt module is not loaded; run "
			    "modprobe ktgt\n");
}

static void test_show(void **state)
{
	(void)state;
	assert_int_equal(run(""), 0);
	assert_non_null(fake_request(KTGT_CMD_TARGET_LIST));
	assert_int_equal(run("session"), 0);
	assert_non_null(fake_request(KTGT_CMD_SESSION_LIST));
	/* show is the default, with its keywords too */
	assert_int_equal(run("session target 3"), 0);
	assert_int_equal(((const struct session *)
			  fake_request(KTGT_CMD_SESSION_LIST))->target_id, 3);
	assert_int_equal(run("settings show"), 0);
	assert_non_null(fake_request(KTGT_CMD_NET_GET));
	assert_int_equal(run("lun show target 1 lun 2"), 0);
	assert_non_null(fake_request(KTGT_CMD_LU_GET));
	assert_int_equal(run("session show id 9"), EXIT_KERNEL);
	assert_string_equal(got.err, "Error: there is no session 9\n");
	assert_int_equal(run("target help"), 0);
	assert_non_null(strstr(got.out, "ktgtadm target add NAME [id N] "
			       "[alias TEXT] [state ready|offline]"));
}

static void test_stats(void **state)
{
	struct conn conn = {
		.rx_pdus = 645, .runs = 10, .send_vectors = 30, .sends = 20,
		.plugged = 96, .plugs = 3, .kicks_saved = 30,
		.pages_recycled = 99, .pages_fresh = 1, .zero_copy = 1,
		.copied = 3, .polls = 8, .polls_hit = 2,
	};
	struct session sessions[] = { { .id = 7 }, { .id = 8 } };
	const struct vec list = { (char *)sessions, 2, sizeof(sessions[0]) };
	static const char *const words[] = {
		"7", "-", "64.5", "1.5", "32.0", "75", "99", "25", "25",
		"8", "-", "-", "-", "-", "-", "-", "-", "-",
	};
	char *word;
	size_t i;

	(void)state;
	SET(&sessions[0], KTGT_A_SESSION_ID);
	SET(&sessions[1], KTGT_A_SESSION_ID);
	sessions[0].conn = (struct vec){ (char *)&conn, 1, sizeof(conn) };
	fake_list(KTGT_CMD_SESSION_LIST, &list);

	assert_int_equal(run("stats target 3"), 0);
	assert_int_equal(((const struct session *)
			  fake_request(KTGT_CMD_SESSION_LIST))->target_id, 3);
	word = strchr(got.out, '\n');
	assert_non_null(word);
	word = strtok(word, " \n");
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		assert_non_null(word);
		assert_string_equal(word, words[i]);
		word = strtok(NULL, " \n");
	}
	assert_null(word);
}

/* What is asked for is what the kernel shows. */
static void test_histogram(void **state)
{
	const struct histogram *req;

	(void)state;
	assert_int_equal(run("lun histogram target 3 lun 2"), 0);
	req = fake_request(KTGT_CMD_LU_HISTOGRAM_LIST);
	assert_int_equal(req->target_id, 3);
	assert_int_equal(req->lun, 2);
	assert_int_equal(req->has, 1 << KTGT_A_HISTOGRAM_TARGET_ID |
			 1 << KTGT_A_HISTOGRAM_LUN);
	assert_int_equal(run("session histogram id 9"), 0);
	req = fake_request(KTGT_CMD_SESSION_HISTOGRAM_LIST);
	assert_int_equal(req->session_id, 9);
	assert_int_equal(req->has, 1 << KTGT_A_HISTOGRAM_SESSION_ID);
	fake_answer(KTGT_CMD_LU_HISTOGRAM_LIST, -ENOENT, "target 3 has no LUN 2");
	assert_int_equal(run("lun histogram target 3 lun 2"), EXIT_KERNEL);
	assert_non_null(strstr(got.err, "target 3 has no LUN 2"));
	assert_int_equal(got.out_len, 0);
}

/* Completion reads this. */
static void test_dump_commands(void **state)
{
	struct capture c;

	(void)state;
	capture_start(&c);
	dump_commands();
	capture_stop(&c);
	assert_non_null(strstr(c.out, "\ntarget del target=TARGET*! force\n"));
	assert_non_null(strstr(c.out, "\nlun del target=TARGET! lun=N!\n"));
	assert_non_null(strstr(c.out, " state=ready|offline "
			       "header-digest=default|none|crc32c|either "));
	assert_non_null(strstr(c.out, "\nmonitor session\n"));
	assert_non_null(strstr(c.out, "\nexplain initiator name=NAME*! "
			       "from=ADDRESS! target=TARGET tid=N group-tag=N\n"));
	capture_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refused, reset, done),
		cmocka_unit_test_setup_teardown(test_target, reset, done),
		cmocka_unit_test(test_lun),
		cmocka_unit_test(test_lun_refresh),
		cmocka_unit_test_setup_teardown(test_lun_load, reset, done),
		cmocka_unit_test_setup_teardown(test_lun_set, reset, done),
		cmocka_unit_test_setup_teardown(test_freeze, reset, done),
		cmocka_unit_test_setup_teardown(test_acl_portal, reset, done),
		cmocka_unit_test_setup_teardown(test_account, reset, done),
		cmocka_unit_test_setup_teardown(test_explain, reset, done),
		cmocka_unit_test_setup_teardown(test_stdin, reset, done),
		cmocka_unit_test_setup_teardown(test_monitor, reset, done),
		cmocka_unit_test_setup_teardown(test_kernel, reset, done),
		cmocka_unit_test_setup_teardown(test_show, reset, done),
		cmocka_unit_test_setup_teardown(test_stats, reset, done),
		cmocka_unit_test_setup_teardown(test_histogram, reset, done),
		cmocka_unit_test(test_dump_commands),
	};

	return cmocka_run_group_tests_name("cmd", tests, NULL, NULL);
}
