// SPDX-License-Identifier: GPL-2.0
/*
 * tgtadm's form: options, requests, error texts, and the layout of what it
 * shows. The tgt-*.txt files beside this one are what tgtadm 1.0.85 printed
 * for the configuration that fixture() makes.
 */
#include "unit.h"

#include <errno.h>

#include "fake_nl.h"
#include "lib/parse.h"
#include "tgt/tgtadm.h"

static struct capture got;

static int run(const char *line)
{
	fake_forget();
	return captured(&got, tgtadm_main, line);
}

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int done(void **state)
{
	(void)state;
	fake_reset();
	capture_reset(&got);
	return 0;
}

#define TRY	"Try `tgtadm --help' for more information.\n"

/*
 * What tgtadm says before it asks tgtd. Each row was run with tgtadm 1.0.85,
 * which takes the 1x of one row for 1, and passes account delete without -u on.
 */
static void test_options(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *told;
	} rows[] = {
		{ "", 22, "tgtadm: specify the operation type\n" },
		{ "-m target", 22, "tgtadm: specify the operation type\n" },
		{ "-o show", 22, "tgtadm: specify the mode\n" },
		{ "-m bogus -o show", 1, "tgtadm: unknown mode: bogus\n" },
		{ "-m target -o bogus", 1,
		  "tgtadm: unknown operation: bogus\n" },
		{ "-m target -o show -Z", 22,
		  "tgtadm: invalid option -- 'Z'\n" TRY },
		{ "-m target -o show --bogus", 22,
		  "tgtadm: unrecognized option '--bogus'\n" TRY },
		{ "-m target -o show junk", 22,
		  "tgtadm: unrecognized option 'junk'\n" TRY },
		{ "--mod target --o show", 22,
		  "tgtadm: option '--o' is ambiguous; possibilities: "
		  "'--op' '--outgoing'\n" TRY },
		{ "--targetname", 22,
		  "tgtadm: option '--targetname' requires an argument\n" TRY },
		{ "-t", 22,
		  "tgtadm: option requires an argument -- 't'\n" TRY },
		{ "-m target -o new -t abc -T iqn.z", 22,
		  "-t argument value 'abc' invalid\n" TRY },
		{ "-m target -o new -t -5 -T iqn.z", 22,
		  "-t argument value '-5' out of range\n" TRY },
		{ "-m target -o new -t 4294967296 -T x", 22,
		  "-t argument value '4294967296' out of range\n" TRY },
		{ "-m target -o new -t 2147483648 -T x", 22,
		  "-t argument value '2147483648' out of range\n" TRY },
		{ "-m target -o new -t 18446744073709551616 -T x", 22,
		  "-t argument value '18446744073709551616' invalid\n" TRY },
		{ "-m lu -o new -t 1 -l abc -b x", 22,
		  "-l argument value 'abc' invalid\n" TRY },
		{ "-m lu -o new -t 1 -l -1 -b x", 22,
		  "-l argument value '-1' invalid\n" TRY },
		{ "-m lu -o new -t 1 -l 1x -b x", 22,
		  "-l argument value '1x' invalid\n" TRY },
		{ "-m target -o delete -t -1", 22,
		  "-t argument value '-1' invalid\n" TRY },
		{ "-m target -o bind -t 1 -I x -H h", 22,
		  "-H argument value 'h' invalid\n" TRY },
		{ "-C 32768 -m target -o show", 22,
		  "-C argument value '32768' out of range\n" TRY },
		{ "-m target -o show --force", 22,
		  "tgtadm: target mode: option '-F' is not "
		  "allowed/supported\n" },
		{ "-m portal -o show -t 1", 22,
		  "tgtadm: option '-t' not supported in portal mode\n" },
		{ "-C x -m target -o show", 22,
		  "-C argument value 'x' invalid\n" TRY },
		{ "-m target -o new -t 0 -T iqn.a", 22,
		  "tgtadm: 'tid' cannot be 0\n" },
		{ "-m target -o bind -t 0 -I x", 22,
		  "tgtadm: 'tid' cannot be 0\n" },
		{ "-m lu -o new -t 0 -l 1 -b x", 22,
		  "tgtadm: 'tid' must not be 0\n" },
		{ "-m target -o new -T iqn.x", 22,
		  "tgtadm: 'tid' option is necessary\n" },
		{ "-m target -o new -t 9", 22,
		  "tgtadm: creating new target requires a name, "
		  "use --targetname\n" },
		{ "-m target -o new -t 4 -l 1", 22,
		  "tgtadm: target mode: option '-l' is not "
		  "allowed/supported\n" },
		{ "-m target -o show -p foo -l 1", 22,
		  "tgtadm: target mode: option '-p' is not "
		  "allowed/supported\n" },
		{ "-m target -o bind -t 1 -I x -l 1", 22,
		  "tgtadm: target mode: option '-l' is not "
		  "allowed/supported\n" },
		{ "-m target -o delete -t 1 -T x", 22,
		  "tgtadm: target mode: option '-T' is not "
		  "allowed/supported\n" },
		{ "-m target -o delete", 22,
		  "tgtadm: 'tid' option is necessary\n" },
		{ "-m target -o bind -t 1", 22,
		  "tgtadm: bind operation requires initiator-address, "
		  "initiator-nameor bus\n" },
		{ "-m target -o unbind -t 1", 22,
		  "tgtadm: unbind operation requires initiator-address, "
		  "initiator-nameor bus\n" },
		{ "-m target -o update -t 1 -n state", 22,
		  "tgtadm: update operation requires 'name' and 'value' "
		  "options\n" },
		{ "-m target -o start -t 1", 22,
		  "tgtadm: operation start not supported in target mode\n" },
		{ "-m lu -o show -t 1 -l 1", 22,
		  "tgtadm: operation show not supported in logicalunit "
		  "mode\n" },
		{ "-m lu -o new -t 1", 22,
		  "tgtadm: 'lun' option is necessary\n" },
		{ "-m lu -o new -l 1", 22,
		  "tgtadm: 'tid' option is necessary\n" },
		{ "-m lu -o new -t 1 -l 1 -p x", 22,
		  "tgtadm: logicalunit mode: option '-p' is not "
		  "allowed/supported\n" },
		{ "-m lu -o update -t 1 -l 1 -b x", 22,
		  "tgtadm: option '-b' not supported in logicalunit mode\n" },
		{ "-m lu -o new -t 1 -l 1 -Y foo", 22,
		  "tgtadm: unknown target type: foo\n" },
		{ "-m account -o new -u x", 22,
		  "tgtadm: 'user' and 'password' options are required\n" },
		{ "-m account -o new -u a -p b -t 1", 22,
		  "tgtadm: account mode: option '-t' is not "
		  "allowed/supported\n" },
		{ "-m account -o delete", 22,
		  "tgtadm: 'user' option is necessary\n" },
		{ "-m account -o bind -t 1", 22,
		  "tgtadm: 'user' option is necessary\n" },
		{ "-m account -o update", 22,
		  "tgtadm: operation update not supported in account mode\n" },
		{ "-m portal -o new", 22,
		  "tgtadm: you must specify --param portal=<portal>\n" },
		{ "-m sys -o update -t 1", 22,
		  "tgtadm: system mode: option '-t' is not "
		  "allowed/supported\n" },
		{ "-m lld -o new", 22,
		  "tgtadm: option 0 not supported in lld mode\n" },
		{ "-L bogus -m target -o show", 22,
		  "tgtadm: can't find the driver\n" },
	};
	char line[160];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(line, sizeof(line), "/usr/sbin/tgtadm %s",
			 rows[i].line);
		assert_row(rows[i].line, run(line), rows[i].status);
		assert_string_equal(got.err, rows[i].told);
		assert_row(rows[i].line, got.out_len, 0);
		assert_row(rows[i].line, fake_n_calls, 0);
	}
}

/* What commands send, in their long and short forms. */
static void test_requests(void **state)
{
	const struct account *account;
	const struct target *target;
	const struct acl *acl;
	const struct lu *lu;

	(void)state;
	fake_answer(KTGT_CMD_LU_GET, -ENOENT, NULL);
	assert_int_equal(run("tgtadm --lld iscsi --mode target --op new --tid 1"
			     " --targetname iqn.2017-03.com.longshuai:test"),
			 0);
	target = fake_request(KTGT_CMD_TARGET_NEW);
	assert_int_equal(target->id, 1);
	assert_string_equal(target->name, "iqn.2017-03.com.longshuai:test");
	assert_int_equal(run("tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 "
			     "-b /dev/sdc"), 0);
	lu = fake_request(KTGT_CMD_LU_NEW);
	assert_int_equal(lu->target_id, 1);
	assert_int_equal(lu->lun, 1);
	assert_int_equal(lu->backend, KTGT_BACKEND_BLOCK);
	assert_string_equal(lu->path, "/dev/sdc");
	assert_int_equal(run("tgtadm -L iscsi -m target -o bind -t 1 "
			     "-I 192.168.100.0/24"), 0);
	acl = fake_request(KTGT_CMD_ACL_NEW);
	assert_int_equal(acl->prefix_len, 24);
	assert_int_equal(run("tgtadm -L iscsi -m target -o unbind -t 1 -I ALL"),
			 0);
	acl = fake_request(KTGT_CMD_ACL_DEL);
	assert_true(HAS(acl, KTGT_A_ACL_ALL) && !HAS(acl, KTGT_A_ACL_ADDRESS));
	assert_int_equal(run("tgtadm -m target -o bind -t 1 -Q iqn.x"), 0);
	acl = fake_request(KTGT_CMD_ACL_NEW);
	assert_string_equal(acl->initiator, "iqn.x");
	assert_int_equal(got.err_len, 0);
	assert_int_equal(run("tgtadm -m target -o bind -t 1 -Q iqn.H\xc3\x96st"),
			 0);
	acl = fake_request(KTGT_CMD_ACL_NEW);
	assert_string_equal(acl->initiator, "iqn.h\xc3\xb6st");
	assert_string_equal(got.err, "tgtadm: warning: iqn.H\xc3\x96st is used as "
			    "iqn.h\xc3\xb6st, which RFC 3722 makes of it\n");
	assert_int_equal(run("tgtadm -m account -o new --u bob --p secret"), 0);
	fake_request(KTGT_CMD_ACCOUNT_NEW);
	assert_int_equal(run("tgtadm -m account -o new -u bob -p secret"), 0);
	account = fake_request(KTGT_CMD_ACCOUNT_NEW);
	assert_string_equal(account->user, "bob");
	assert_string_equal(account->secret, "secret");
	assert_int_equal(run("tgtadm -m account -o bind -t 1 -u bob -O"), 0);
	account = fake_request(KTGT_CMD_ACCOUNT_BIND);
	assert_int_equal(account->target_id, 1);
	assert_true(HAS(account, KTGT_A_ACCOUNT_OUTGOING));
	assert_int_equal(run("tgtadm --lld iscsi --mode account --op bind "
			     "--user bob"), 0);
	account = fake_request(KTGT_CMD_ACCOUNT_BIND);
	assert_int_equal(account->target_id, 0);
	assert_true(!HAS(account, KTGT_A_ACCOUNT_OUTGOING));
	assert_int_equal(run("tgtadm -m target -o update -t 1 -n state "
			     "-v offline"), 0);
	target = fake_request(KTGT_CMD_TARGET_SET);
	assert_int_equal(target->state, KTGT_TARGET_STATE_OFFLINE);
	assert_int_equal(run("tgtadm -m lu -o new -t 0x10 -l 2 -b /dev/d -f "
			     "direct:sync -E aio -y 4096 -Y disk"), 0);
	lu = fake_request(KTGT_CMD_LU_NEW);
	assert_int_equal(lu->target_id, 16);
	assert_int_equal(lu->block_size, 4096);
	assert_true(HAS(lu, KTGT_A_LU_WRITE_CACHE) && !lu->write_cache);
	assert_int_equal(run("tgtadm -m target -o delete -F -t 1"), 0);
	target = fake_request(KTGT_CMD_TARGET_DEL);
	assert_true(HAS(target, KTGT_A_TARGET_FORCE));
	assert_int_equal(run("tgtadm -m portal -o new --param "
			     "portal=[::1]:13260"), 0);
	assert_int_equal(((const struct portal *)
			  fake_request(KTGT_CMD_PORTAL_NEW))->port, 13260);
}

/* What can be set of a target, what cannot, and what is shown then. */
static void test_keys(void **state)
{
	static const struct {
		const char *name, *value, *told;
	} refused[] = {
		{ "FirstBurstLength", "511", "invalid request\n"
		  "  out of range; use 512 to 16777215\n" },
		{ "MaxOutstandingR2T", "0", "invalid request\n"
		  "  out of range; use 1 to 65535\n" },
		{ "nop_interval", "3601", "invalid request\n"
		  "  out of range; use 0 to 3600\n" },
		{ "HeaderDigest", "MD5", "invalid request\n"
		  "  use None, CRC32C or CRC32C,None\n" },
		{ "InitialR2T", "maybe", "invalid request\n"
		  "  use Yes or No\n" },
		{ "reset", "maybe", "invalid request\n"
		  "  use on or off\n" },
		{ "chap-algorithms", "default", "invalid request\n"
		  "  unknown word; use some of md5,sha1,sha256,sha3-256\n" },
		{ "MaxConnections", "4", "unknown parameter\n"
		  "  ktgt always uses 1\n" },
		{ "OFMarkInt", "1", "unknown parameter\n"
		  "  ktgt does not use it\n" },
		{ "RedirectAddress", "10.0.0.1", "unknown parameter\n"
		  "  redirection is not supported\n" },
	};
	const struct target *req;
	struct target shown = { .id = 1, .nop_count = 5, .data_digest = 2,
				.chap_algorithms = 4 };
	char line[128], text[128];
	size_t i;

	(void)state;
	assert_int_equal(run("tgtadm -m target -o update -t 1 "
			     "-n MaxBurstLength -v 65536"), 0);
	req = fake_request(KTGT_CMD_TARGET_SET);
	assert_int_equal(req->max_burst_length, 65536);
	assert_int_equal(req->has, UINT64_C(1) << KTGT_A_TARGET_ID |
			 UINT64_C(1) << KTGT_A_TARGET_MAX_BURST_LENGTH);
	assert_int_equal(run("tgtadm -m target -o update -t 1 "
			     "-n DataDigest -v None,CRC32C"), 0);
	req = fake_request(KTGT_CMD_TARGET_SET);
	assert_int_equal(req->data_digest, KTGT_DIGEST_EITHER);
	assert_int_equal(run("tgtadm -m target -o update -t 1 "
			     "-n reset -v on"), 0);
	req = fake_request(KTGT_CMD_TARGET_SET);
	assert_int_equal(req->reset, KTGT_SWITCH_ON);
	assert_int_equal(run("tgtadm -m target -o update -t 1 "
			     "-n ImmediateData -v No"), 0);
	req = fake_request(KTGT_CMD_TARGET_SET);
	assert_true(HAS(req, KTGT_A_TARGET_IMMEDIATE_DATA));
	assert_int_equal(req->immediate_data, 0);
	assert_int_equal(run("tgtadm -m target -o update -t 1 "
			     "-n chap-algorithms -v sha1,sha256"), 0);
	req = fake_request(KTGT_CMD_TARGET_SET);
	assert_int_equal(req->chap_algorithms, KTGT_CHAP_ALGORITHM_SHA1 |
			 KTGT_CHAP_ALGORITHM_SHA256);
	/* it is so anyway */
	assert_int_equal(run("tgtadm -m target -o update -t 1 "
			     "-n MaxConnections -v 1"), 0);
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		snprintf(line, sizeof(line),
			 "tgtadm -m target -o update -t 1 -n %s -v %s",
			 refused[i].name, refused[i].value);
		snprintf(text, sizeof(text), "tgtadm: %s", refused[i].told);
		assert_int_equal(run(line), 22);
		assert_string_equal(got.err, text);
	}

	SET(&shown, KTGT_A_TARGET_NOP_COUNT);
	SET(&shown, KTGT_A_TARGET_DATA_DIGEST);
	SET(&shown, KTGT_A_TARGET_CHAP_ALGORITHMS);
	fake_reply(KTGT_CMD_TARGET_GET, &shown);
	assert_int_equal(run("tgtadm -m target -o show -t 1"), 0);
	assert_non_null(strstr(got.out, "nop_count=5\n"));
	assert_non_null(strstr(got.out, "\nHeaderDigest=None\n"));
	assert_non_null(strstr(got.out, "\nDataDigest=CRC32C,None\n"));
	/* tgt has no such key, so scripts see it only where it was set */
	assert_null(strstr(got.out, "reset="));
	SET(&shown, KTGT_A_TARGET_RESET);
	shown.reset = KTGT_SWITCH_ON;
	fake_reply(KTGT_CMD_TARGET_GET, &shown);
	assert_int_equal(run("tgtadm -m target -o show -t 1"), 0);
	assert_non_null(strstr(got.out, "\nreset=on\n"));
	/* no script of tgt knows it */
	assert_null(strstr(got.out, "chap"));
}

/* tgt's text in the first line, the kernel's in the second. */
static void test_errors(void **state)
{
	static const struct {
		const char *line;
		uint8_t cmd;
		int err;
		const char *told;
	} rows[] = {
		{ "-m target -o new -t 1 -T iqn.a", KTGT_CMD_TARGET_NEW,
		  -EEXIST, "this target already exists" },
		{ "-m target -o new -t 1 -T iqn.a", KTGT_CMD_TARGET_NEW,
		  -EINVAL, "invalid request" },
		{ "-m target -o new -t 1 -T iqn.a", KTGT_CMD_TARGET_NEW,
		  -ENOMEM, "out of memory" },
		{ "-m target -o delete -t 1", KTGT_CMD_TARGET_DEL,
		  -ENOENT, "can't find the target" },
		{ "-m target -o delete -t 1", KTGT_CMD_TARGET_DEL,
		  -EBUSY, "this target is still active" },
		{ "-m target -o show -t 1", KTGT_CMD_TARGET_GET,
		  -ENOENT, "can't find the target" },
		{ "-m target -o update -t 1 -n state -v ready",
		  KTGT_CMD_TARGET_GET, -ENOENT, "can't find the target" },
		{ "-m target -o bind -t 1 -I ALL", KTGT_CMD_TARGET_GET,
		  -ENOENT, "can't find the target" },
		{ "-m target -o bind -t 1 -I ALL", KTGT_CMD_ACL_NEW,
		  -EEXIST, "this access control rule already exists" },
		{ "-m target -o unbind -t 1 -Q iqn.x", KTGT_CMD_ACL_DEL,
		  -ENOENT, "this access control rule does not exist" },
		{ "-m lu -o new -t 1 -l 1 -b /dev/x", KTGT_CMD_LU_NEW,
		  -EEXIST, "this logical unit number already exists" },
		{ "-m lu -o new -t 1 -l 1 -b /dev/x", KTGT_CMD_LU_NEW,
		  -ENOENT, "invalid request" },
		{ "-m lu -o new -t 1 -l 1 -b /dev/x", KTGT_CMD_LU_NEW,
		  -EBUSY, "invalid request" },
		{ "-m lu -o new -t 1 -l 1 -b /dev/x", KTGT_CMD_TARGET_GET,
		  -ENOENT, "can't find the target" },
		{ "-m lu -o delete -t 1 -l 1", KTGT_CMD_LU_DEL,
		  -ENOENT, "can't find the logical unit" },
		{ "-m lu -o delete -t 1 -l 1", KTGT_CMD_LU_DEL,
		  -EBUSY, "this logical unit is still active" },
		{ "-m lu -o delete -t 1 -l 0", KTGT_CMD_LU_DEL,
		  -EINVAL, "invalid request" },
		{ "-m lu -o update -t 1 -l 1 -P readonly=1", KTGT_CMD_LU_GET,
		  -ENOENT, "can't find the logical unit" },
		{ "-m account -o new -u a -p b", KTGT_CMD_ACCOUNT_NEW,
		  -EEXIST, "this account already exists" },
		{ "-m account -o new -u a -p b", KTGT_CMD_ACCOUNT_NEW,
		  -ENOSPC, "too many accounts" },
		{ "-m account -o delete -u a", KTGT_CMD_ACCOUNT_DEL,
		  -ENOENT, "can't find the account" },
		{ "-m account -o bind -t 1 -u a", KTGT_CMD_TARGET_GET,
		  -ENOENT, "can't find the target" },
		{ "-m account -o bind -t 1 -u a", KTGT_CMD_ACCOUNT_BIND,
		  -ENOENT, "can't find the account" },
		{ "-m account -o bind -t 1 -u a", KTGT_CMD_ACCOUNT_BIND,
		  -ENOSPC, "too many accounts" },
		{ "-m account -o bind -t 1 -u a", KTGT_CMD_ACCOUNT_BIND,
		  -EEXIST, "this account already exists" },
		{ "-m account -o bind -t 1 -u a --outgoing",
		  KTGT_CMD_ACCOUNT_BIND, -EEXIST,
		  "this target already has an outgoing account" },
		{ "-m portal -o new -P portal=127.0.0.1",
		  KTGT_CMD_PORTAL_NEW, -EEXIST, "invalid request" },
		{ "-m conn -o show -t 1", KTGT_CMD_TARGET_GET,
		  -ENOENT, "can't find the target" },
	};
	char line[160], want[160];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_reset();
		fake_answer(KTGT_CMD_LU_GET, -ENOENT, "no such LUN");
		fake_answer(rows[i].cmd, rows[i].err, "the kernel's reason");
		snprintf(line, sizeof(line), "tgtadm -L iscsi %s",
			 rows[i].line);
		snprintf(want, sizeof(want),
			 "tgtadm: %s\n  the kernel's reason\n", rows[i].told);
		assert_row(rows[i].line, run(line), 22);
		assert_string_equal(got.err, want);
		assert_row(rows[i].line, got.out_len, 0);
	}
}

/* Refused by the tool: tgt's text, the rule, and nothing changed. */
static void test_refused(void **state)
{
	static const struct {
		const char *line, *told;
	} rows[] = {
		{ "-m target -o update -t 1 -n state -v foo",
		  "tgtadm: invalid request\n  unknown state; use ready or "
		  "offline\n" },
		{ "-m target -o update -t 1 -n foo -v foo",
		  "tgtadm: invalid request\n  there is no parameter foo\n" },
		{ "-m target -o update -t 1 -n MaxConnections -v 2",
		  "tgtadm: unknown parameter\n" },
		{ "-m target -o bind -t 1 -I bogus",
		  "tgtadm: invalid request\n  not an IPv4" },
		{ "-m target -o bind -t 1 -Q ALL",
		  "tgtadm: invalid request\n  use --initiator-address ALL\n" },
		{ "-m target -o bind -t 1 -I 1.2.3.4 -Q iqn.x",
		  "tgtadm: invalid request\n  an address and a name are two "
		  "rules; use a command for each\n" },
		{ "-m lu -o new -t 1 -l 20000 -b /dev/x",
		  "tgtadm: invalid request\n  the LUN is out of range; use 1 "
		  "to 16383\n" },
		{ "-m lu -o new -t 1 -l 6 -y x -b /dev/x",
		  "tgtadm: invalid request\n  not a number" },
		{ "-m lu -o new -t 1 -l 6 -E foo -b /dev/x",
		  "tgtadm: invalid request\n  unknown type; use rdwr" },
		{ "-m lu -o new -t 1 -l 4 -b /dev/x -f bogus",
		  "tgtadm: invalid request\n  unknown flag; use sync" },
		{ "-m lu -o new -t 1 -l 4 -b /dev/x -f direct:",
		  "tgtadm: invalid request\n  unknown flag; use sync" },
		{ "-m lu -o new -t 1 -l 6 -b /dev/x -Y cd",
		  "tgtadm: this operation isn't supported\n  this device type is "
		  "not supported; use disk\n" },
		{ "-m portal -o new -P foo=1", "tgtadm: invalid request\n  "
		  "unknown parameter; use portal=ADDRESS[:PORT]\n" },
		{ "-m portal -o new -P portal=300.0.0.1:1",
		  "tgtadm: invalid request\n" },
		{ "-m conn -o delete -t 1 -s 1 -c 0",
		  "tgtadm: can't find the session\n" },
		{ "-m conn -o new -t 1", "tgtadm: invalid request\n" },
		{ "-m sys -o update -n State -v away",
		  "tgtadm: invalid request\n  unknown state; use ready or "
		  "offline\n" },
		{ "-m sys -o update -n debug -v on",
		  "tgtadm: this operation isn't supported\n" },
		{ "-m sys -o update -n foo -v offline",
		  "tgtadm: invalid request\n  there is no parameter foo\n" },
		{ "-L iser -m target -o show",
		  "tgtadm: can't find the driver\n  iSER is not supported; "
		  "use iscsi\n" },
		{ "-m target -o show -t 0", "tgtadm: can't find the target\n" },
	};
	char line[160];
	size_t i, n;

	(void)state;
	/* a number that is taken is told before the device is looked at */
	assert_int_equal(run("tgtadm -m lu -o new -t 1 -l 1 -b /dev/x"), 22);
	assert_string_equal(got.err, "tgtadm: this logical unit number already "
			    "exists\n");
	fake_answer(KTGT_CMD_LU_GET, -ENOENT, NULL);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(line, sizeof(line), "tgtadm %s", rows[i].line);
		assert_row(rows[i].line, run(line), 22);
		n = strlen(rows[i].told);
		assert_row(rows[i].line, strncmp(got.err, rows[i].told, n), 0);
		for (n = 0; n < fake_n_calls; n++)
			assert_row(rows[i].line,
				   fake_calls[n].cmd == KTGT_CMD_TARGET_GET ||
				   fake_calls[n].cmd == KTGT_CMD_LU_GET ||
				   fake_calls[n].cmd == KTGT_CMD_SESSION_LIST,
				   true);
	}
	fake_answer(KTGT_CMD_LU_GET, 0, NULL);
	assert_int_equal(run("tgtadm -m lu -o update -t 1 -l 1 -P foo=1"), 22);
	assert_string_equal(got.err, "tgtadm: invalid request\n"
			    "  there is no parameter foo\n");
	assert_int_equal(run("tgtadm -m lu -o update -t 1 -l 1 -P readonly=1"),
			 22);
	assert_non_null(strstr(got.err,
			       "tgtadm: this operation isn't supported\n"));
	fake_open_err = -ENOENT;
	assert_int_equal(run("tgtadm -m target -o show"), 107);
}

/* All of a list, in its order, and only what is to be changed. */
static void test_lu_update(void **state)
{
	struct lu lu = { .target_id = 1, .lun = 1, .online = 1 };
	const struct lu *req;

	(void)state;
	SET(&lu, KTGT_A_LU_PATH);
	strcpy(lu.path, "/dev/x");
	fake_reply(KTGT_CMD_LU_GET, &lu);
	assert_int_equal(run("tgtadm -m lu -o update -t 1 -l 1 "
			     "-P removable=0,,online=1"), 0);
	assert_non_null(fake_request(KTGT_CMD_LU_GET));
	assert_int_equal(run("tgtadm -m lu -o update -t 1 -l 1 "
			     "-P ,online=0,removable=1,"), 0);
	req = fake_request(KTGT_CMD_LU_SET);
	assert_true(HAS(req, KTGT_A_LU_REMOVABLE) && req->removable);
	assert_int_equal(fake_calls[fake_n_calls - 2].cmd, KTGT_CMD_LU_EJECT);
	/* tgt takes offline what is not removable, too */
	req = fake_calls[fake_n_calls - 2].req;
	assert_true(HAS(req, KTGT_A_LU_FORCE) && req->force);

	lu.removable = 1;
	assert_int_equal(run("tgtadm -m lu -o update -t 1 -l 1 "
			     "-P path=/dev/y"), 0);
	req = fake_request(KTGT_CMD_LU_SET);
	assert_string_equal(req->path, "/dev/y");
	req = fake_calls[fake_n_calls - 2].req;
	assert_int_equal(fake_calls[fake_n_calls - 2].cmd, KTGT_CMD_LU_EJECT);
	assert_true(!HAS(req, KTGT_A_LU_FORCE));
	fake_answer(KTGT_CMD_LU_EJECT, -EBUSY, "somebody prevents it");
	assert_int_equal(run("tgtadm -m lu -o update -t 1 -l 1 -P online=0"),
			 22);
	assert_string_equal(got.err, "tgtadm: this device has Prevent Removal "
			    "set\n  somebody prevents it\n");
	fake_answer(KTGT_CMD_LU_EJECT, -EALREADY, "it is out");
	assert_int_equal(run("tgtadm -m lu -o update -t 1 -l 1 -P online=0"),
			 0);

	lu.online = 0;
	lu.ejected = 1;
	assert_int_equal(run("tgtadm -m lu -o update -t 1 -l 1 -P online=1"),
			 0);
	assert_non_null(fake_request(KTGT_CMD_LU_LOAD));
	lu.ejected = 0;
	assert_int_equal(run("tgtadm -m lu -o update -t 1 -l 1 -P online=1"),
			 22);
	assert_non_null(strstr(got.err, "waits for its device"));
}

/* A list of which something cannot be is refused as a whole. */
static void test_lu_update_refused(void **state)
{
	static const struct {
		const char *params, *told;
	} rows[] = {
		{ "online=0,foo=1", "invalid request\n  there is no parameter foo\n" },
		{ "online=0,lbppbe=3", "this operation isn't supported\n" },
		{ "removable=1,online", "invalid request\n  the value is missing\n" },
		{ "online=off", "invalid request\n  the value must be 1 or 0\n" },
	};
	struct lu lu = { .target_id = 1, .lun = 1, .online = 1 };
	char line[160], text[160];
	size_t i;

	(void)state;
	fake_reply(KTGT_CMD_LU_GET, &lu);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(line, sizeof(line),
			 "tgtadm -m lu -o update -t 1 -l 1 -P %s",
			 rows[i].params);
		snprintf(text, sizeof(text), "tgtadm: %s", rows[i].told);
		assert_row(rows[i].params, run(line), 22);
		assert_row(rows[i].params, strncmp(got.err, text, strlen(text)),
			   0);
		assert_non_null(fake_request(KTGT_CMD_LU_GET));
	}
}

/* Layout */

static struct vec targets, lus, acls, accounts, sessions, itls, portals;

static void add_target(uint32_t id, const char *name, uint32_t state)
{
	struct target *t = vec_add(&targets, sizeof(*t));

	SET(t, KTGT_A_TARGET_ID);
	t->id = id;
	strcpy(t->name, name);
	t->state = state;
}

static struct lu *add_lu(uint32_t tid, uint32_t lun, const char *path,
			 uint64_t size)
{
	struct lu *lu = vec_add(&lus, sizeof(*lu));

	lu->target_id = tid;
	lu->lun = lun;
	lu->type = path ? KTGT_LU_TYPE_DISK : KTGT_LU_TYPE_CONTROLLER;
	lu->backend = path ? KTGT_BACKEND_BLOCK : KTGT_BACKEND_NONE;
	if (path)
		strcpy(lu->path, path);
	lu->size = size;
	lu->block_size = 512;
	lu->online = path != NULL;
	snprintf(lu->scsi_id, sizeof(lu->scsi_id), "IET     %04x%04x", tid,
		 lun);
	snprintf(lu->serial, sizeof(lu->serial), "beaf%u%u", tid, lun);
	return lu;
}

static void add_acl(uint32_t tid, const char *address, const char *name)
{
	struct acl *acl = vec_add(&acls, sizeof(*acl));
	const char *why;

	acl->target_id = tid;
	acl->prefix_len = 128;
	acl->all = address && !strcmp(address, "ALL");
	if (name) {
		SET(acl, KTGT_A_ACL_INITIATOR);
		strcpy(acl->initiator, name);
	} else if (!acl->all) {
		parse_prefix(address, &acl->address, &acl->prefix_len, &why);
	}
}

static void add_account(const char *user, int tid, bool outgoing)
{
	struct account *account = vec_add(&accounts, sizeof(*account));

	strcpy(account->user, user);
	account->outgoing = outgoing;
	if (tid < 0)
		return;
	SET(account, KTGT_A_ACCOUNT_TARGET_ID);
	account->target_id = tid;
}

static void add_session(uint32_t id, const char *initiator, const char *alias,
			const char *address)
{
	struct session *session = vec_add(&sessions, sizeof(*session));
	struct conn *conn = vec_add(&session->conn, sizeof(*conn));
	const char *why;

	session->id = id;
	session->target_id = 1;
	strcpy(session->initiator, initiator);
	strcpy(session->alias, alias);
	parse_addr(address, &conn->peer_address, &why);
	conn->rx_bytes = 6800;
	conn->tx_bytes = 708340;
	conn->command_pdus = 132;
	conn->data_in_pdus = 129;
	conn->response_pdus = 3;
}

static void add_itl(uint32_t sid, uint32_t lun, uint64_t first)
{
	struct itl *itl = vec_add(&itls, sizeof(*itl));

	itl->target_id = 1;
	itl->session_id = sid;
	itl->lun = lun;
	itl->read_begun = first;
	itl->read_begun_bytes = first * 512;
	itl->read_commands = first - 1;
	itl->read_bytes = first * 512 - 512;
	itl->write_begun = first + 1;
	itl->write_begun_bytes = first * 4096;
	itl->write_commands = first;
	itl->write_bytes = first * 4096 - 4096;
	itl->errors = 7;
}

static void add_portal(const char *text)
{
	struct portal *portal = vec_add(&portals, sizeof(*portal));
	const char *why;

	parse_portal(text, &portal->address, &portal->port, &why);
	portal->group_tag = 1;
}

static int fixture(void **state)
{
	struct lu *lu;

	(void)state;
	fake_reset();
	add_target(1, "iqn.2017-03.com.longshuai:test.disk1",
		   KTGT_TARGET_STATE_READY);
	add_target(2, "iqn.2017-03.com.longshuai:test.disk2",
		   KTGT_TARGET_STATE_OFFLINE);
	add_lu(1, 0, NULL, 0);
	add_lu(1, 1, "/srv/ktgt/disk1.img", 268435456);
	add_lu(1, 2, "/srv/ktgt/disk2.img", 10742183424);
	add_lu(2, 0, NULL, 0);
	lu = add_lu(2, 12, "/srv/ktgt/disk3.img", 1999999488);
	lu->block_size = 4096;
	lu->read_only = 1;
	lu->thin = 1;
	lu->removable = 1;
	lu->prevented = 1;
	add_acl(1, "192.168.100.0/24", NULL);
	add_acl(1, NULL, "iqn.1994-05.com.redhat:ceb390801983");
	add_acl(1, "ALL", NULL);
	add_acl(1, "192.168.100.7", NULL);
	add_acl(2, "fe80::/64", NULL);
	add_account("in1", -1, false);
	add_account("in1", 1, false);
	add_account("in2", -1, false);
	add_account("out", -1, false);
	add_account("out", 1, true);
	add_account("in2", 1, false);
	add_account("in2", 0, false);
	add_account("out", 0, true);
	add_session(1, "iqn.1994-05.com.redhat:42b7f829d2ec",
		    "client.longshuai.com", "127.0.0.1");
	add_session(2, "iqn.1994-05.com.redhat:ceb390801983", "", "::1");
	add_itl(1, 1, 1369);
	add_itl(1, 2, 100);
	add_itl(2, 1, 12345678);
	add_portal("127.0.0.1:13270");
	add_portal("[::1]:13270");
	fake_list(KTGT_CMD_TARGET_LIST, &targets);
	fake_list(KTGT_CMD_LU_LIST, &lus);
	fake_list(KTGT_CMD_ACL_LIST, &acls);
	fake_list(KTGT_CMD_ACCOUNT_LIST, &accounts);
	fake_list(KTGT_CMD_SESSION_LIST, &sessions);
	fake_list(KTGT_CMD_ITL_LIST, &itls);
	fake_list(KTGT_CMD_PORTAL_LIST, &portals);
	return 0;
}

static int unfixture(void **state)
{
	objects_free(&targets, &target_object);
	objects_free(&lus, &lu_object);
	objects_free(&acls, &acl_object);
	objects_free(&accounts, &account_object);
	objects_free(&sessions, &session_object);
	objects_free(&itls, &itl_object);
	objects_free(&portals, &portal_object);
	return done(state);
}

static char *file_text(const char *name)
{
	char path[4096], *text = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", TEST_DATA, name);
	file = fopen(path, "r");
	assert_non_null(file);
	if (getdelim(&text, &size, '\0', file) < 0)
		fail_msg("%s is empty", path);
	fclose(file);
	return text;
}

static void test_layout(void **state)
{
	static const struct {
		const char *line, *file;
	} rows[] = {
		{ "-m target -o show", "tgt-target-show.txt" },
		{ "-m target -o show -t 1", "tgt-target-params.txt" },
		{ "-m conn -o show -t 1", "tgt-conn-show.txt" },
		{ "-m portal -o show", "tgt-portal-show.txt" },
		{ "-m account -o show", "tgt-account-show.txt" },
		{ "-m lld -o show", "tgt-lld-show.txt" },
		{ "-m lu -o stat -t 1 -l 1", "tgt-lu-stat.txt" },
		{ "-m sess -o stat -t 1 -s 1", "tgt-session-stat.txt" },
	};
	char line[160], *want;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(line, sizeof(line), "tgtadm %s", rows[i].line);
		want = file_text(rows[i].file);
		assert_row(rows[i].line, run(line), 0);
		assert_string_equal(got.out, want);
		assert_row(rows[i].line, got.err_len, 0);
		free(want);
	}
}

static void test_sessions(void **state)
{
	(void)state;
	assert_int_equal(run("tgtadm -m conn -o delete -t 1 -s 2 -c 5"), 22);
	assert_string_equal(got.err, "tgtadm: can't find the connection\n");
	assert_int_equal(run("tgtadm -m conn -o delete -t 2 -s 2 -c 0"), 22);
	assert_string_equal(got.err, "tgtadm: can't find the session\n");
	assert_int_equal(run("tgtadm -m conn -o delete -t 1 -s 2 -c 0"), 0);
	assert_int_equal(((const struct session *)
			  fake_request(KTGT_CMD_SESSION_DEL))->id, 2);
	assert_int_equal(run("tgtadm -m sess -o show -t 1 -s 1"), 0);
	assert_non_null(strstr(got.out, "ImmediateData=No\n"));
}

static void test_stat(void **state)
{
	char *want = file_text("tgt-session-stat.txt");

	(void)state;
	assert_int_equal(run("tgtadm -m conn -o stat -t 1 -s 1 -c 0"), 0);
	assert_string_equal(got.out, strstr(want, "\n\n") + 2);
	assert_int_equal(run("tgtadm -m conn -o stat -t 1 -s 1 -c 5"), 22);
	assert_string_equal(got.err, "tgtadm: can't find the connection\n");
	assert_int_equal(run("tgtadm -m sess -o stat -t 2 -s 1"), 22);
	assert_string_equal(got.err, "tgtadm: can't find the session\n");

	assert_int_equal(run("tgtadm -m target -o stat -t 1"), 0);
	assert_int_equal(((const struct itl *)
			  fake_request(KTGT_CMD_ITL_LIST))->target_id, 1);
	assert_true(HAS((const struct itl *)fake_request(KTGT_CMD_ITL_LIST),
			KTGT_A_ITL_TARGET_ID));
	assert_int_equal(run("tgtadm -m sys -o stat"), 0);
	assert_int_equal(((const struct itl *)
			  fake_request(KTGT_CMD_ITL_LIST))->has, 0);
	free(want);
}

static void test_system(void **state)
{
	struct net net = { .targets = 2 };

	(void)state;
	assert_int_equal(run("tgtadm -m system -o show"), 0);
	assert_non_null(strstr(got.out, "    Account information:\n\n"
			       "    in2\n    out (outgoing)\niSNS:\n"));
	fake_reply(KTGT_CMD_NET_GET, &net);
	assert_int_equal(run("tgtadm -m sys -o delete"), 22);
	assert_int_equal(run("tgtadm -m lld -o stop"), 22);
	assert_non_null(strstr(got.err, "tgtadm: this driver is busy\n"));
	net.targets = 0;
	assert_int_equal(run("tgtadm -m sys -o delete"), 0);
	assert_int_equal(run("tgtadm -m sys -o update -n State -v offline"), 0);
	assert_int_equal(((const struct net *)
			  fake_request(KTGT_CMD_NET_SET))->state,
			 KTGT_NET_STATE_LOADING);
	net.state = KTGT_NET_STATE_LOADING;
	assert_int_equal(run("tgtadm -m system -o show"), 0);
	assert_non_null(strstr(got.out, "    State: offline\n"));
}

/* Control characters of a peer do not reach the terminal. */
static void test_hostile_alias(void **state)
{
	struct session *session = vec_at(&sessions, 0);

	(void)state;
	strcpy(session->alias, "a\x1b[2J\nb");
	assert_int_equal(run("tgtadm -m target -o show"), 0);
	assert_null(strchr(got.out, '\x1b'));
	assert_null(strstr(got.out, "[2J\nb"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_options, reset, done),
		cmocka_unit_test_setup_teardown(test_requests, reset, done),
		cmocka_unit_test_setup_teardown(test_keys, reset, done),
		cmocka_unit_test_setup_teardown(test_errors, reset, done),
		cmocka_unit_test_setup_teardown(test_refused, reset, done),
		cmocka_unit_test_setup_teardown(test_lu_update, reset, done),
		cmocka_unit_test_setup_teardown(test_lu_update_refused, reset, done),
		cmocka_unit_test_setup_teardown(test_layout, fixture,
						unfixture),
		cmocka_unit_test_setup_teardown(test_sessions, fixture,
						unfixture),
		cmocka_unit_test_setup_teardown(test_stat, fixture, unfixture),
		cmocka_unit_test_setup_teardown(test_system, fixture,
						unfixture),
		cmocka_unit_test_setup_teardown(test_hostile_alias, fixture,
						unfixture),
	};

	return cmocka_run_group_tests_name("tgtadm", tests, NULL, NULL);
}
