// SPDX-License-Identifier: GPL-2.0
/* Command lines of ktgtadm that are wrong, and those that ask for help. */
#include "unit.h"

#include "cmd/grammar.h"
#include "cmd/options.h"
#include "fake_nl.h"
#include "lib/guess.h"

static struct capture got;

/* Any number of words, behind the name of the program. */
static int run(const char *line)
{
	static const struct program programs[] = { { NULL, NULL } };
	char *argv[32], *copy;
	char all[256];
	int argc, status;

	fake_reset();
	snprintf(all, sizeof(all), "ktgtadm %s", line);
	copy = split(all, argv, &argc, ARRAY_SIZE(argv));
	capture_free(&got);
	capture_start(&got);
	status = ktgtadm_main(argc, argv, programs);
	capture_stop(&got);
	free(copy);
	return status;
}

static int done(void **state)
{
	(void)state;
	fake_reset();
	capture_free(&got);
	memset(&got, 0, sizeof(got));
	return 0;
}

static void assert_said(const char *line, int status, const char *said,
			const char *help)
{
	char want[512];

	snprintf(want, sizeof(want), "ktgtadm: %s; see ktgtadm %s\n", said,
		 help);
	assert_row(line, run(line), status);
	if (strcmp(got.err, want))
		fail_msg("'%s'\n  says %s\n  want %s", line, got.err, want);
	assert_row(line, got.out_len, 0);
	assert_row(line, fake_n_calls, 0);
}

/* The word that another tool has, and the one that is meant. */
static void test_foreign(void **state)
{
	static const struct {
		const char *line, *said, *help;
	} rows[] = {
		{ "lun create target 1", "lun create: say add", "lun help" },
		{ "target list", "target list: say show", "target help" },
		{ "acl rm", "acl rm: say del", "acl help" },
		{ "portal delete 1.2.3.4", "portal delete: say del",
		  "portal help" },
		{ "session kick 3",
		  "session kick: say del, or logout to let it finish",
		  "session help" },
		{ "target kick 3",
		  "target kick: say session logout target TARGET",
		  "target help" },
		{ "target rename a b", "target rename: a target keeps its name: "
		  "say add for another one, then del", "target help" },
		{ "account status", "account status: say show",
		  "account help" },
		{ "lun update target 1", "lun update: say set", "lun help" },
		/* verbs that the object has not */
		{ "session create", "session create: say show, del, logout or histogram",
		  "session help" },
		{ "monitor list", "monitor list: say all, session or config",
		  "monitor help" },
		/* objects, in the plural too */
		{ "targets", "targets: say target", "help" },
		{ "luns show", "luns: say lun", "help" },
		{ "lus", "lus: say lun", "help" },
		{ "portals", "portals: say portal", "help" },
		{ "acls", "acls: say acl", "help" },
		{ "accounts", "accounts: say account", "help" },
		{ "sessions", "sessions: say session", "help" },
		{ "backstores", "backstores: say lun", "help" },
		{ "help tgtadm", "tgtadm: say tgtadm --help", "help" },
		{ "saveconfig", "saveconfig: say config dump", "help" },
		{ "list", "list: the object comes first: say target show",
		  "help" },
		{ "create lun", "create: the object comes first: say lun add",
		  "help" },
		{ "rm sessions 4",
		  "rm: the object comes first: say session del", "help" },
		/* keywords */
		{ "lun add tid 1", "lun add: tid: say target", "lun help" },
		{ "lun add target 1 lun 1 dev /dev/x", "lun add: dev: say path",
		  "lun help" },
		{ "portal add 1.2.3.4 port 3261",
		  "portal add: port: say ADDRESS:PORT", "portal help" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_said(rows[i].line, EXIT_FOREIGN, rows[i].said,
			    rows[i].help);
}

static void test_wrong(void **state)
{
	static const struct {
		const char *line, *said, *help;
	} rows[] = {
		/* what is near */
		{ "tagret", "unknown object 'tagret'; perhaps target is meant",
		  "help" },
		{ "sessi show",
		  "unknown object 'sessi'; perhaps session is meant", "help" },
		{ "xyzzy", "unknown object 'xyzzy'", "help" },
		{ "lun shoow", "lun: unknown word 'shoow'; perhaps show is meant",
		  "lun help" },
		{ "lun frob", "lun: unknown word 'frob'; the verbs are show, "
		  "add, set, del, attach, eject, load, refresh, freeze, thaw and "
		  "histogram",
		  "lun help" },
		{ "lun add target 1 lun 1 read_only on extra x",
		  "lun add: unknown word 'read_only'; perhaps read-only is meant",
		  "lun help" },
		{ "net set poll-tim 5",
		  "net set: unknown word 'poll-tim'; perhaps poll-time is meant",
		  "net help" },
		{ "lun show 1", "lun show: unknown word '1'; use target or lun",
		  "lun help" },
		{ "portal show x", "portal show: unknown word 'x'; nothing more "
		  "can follow", "portal help" },
		/* what has another form */
		{ "add lun", "add: the object comes first: say lun add",
		  "help" },
		{ "target 1", "target: the verb before '1' is missing: say "
		  "target show 1", "target help" },
		{ "target show -j", "target show: option -j comes before the "
		  "object: ktgtadm -j target", "target help" },
		{ "lun --json", "lun: option --json comes before the object: "
		  "ktgtadm --json lun", "lun help" },
		{ "target del 1 --force", "target del: '--force': say force",
		  "target help" },
		{ "lun add path=/dev/x", "lun add: 'path=/dev/x': say 'path "
		  "/dev/x'", "lun help" },
		{ "--frob", "unknown option --frob", "help" },
		{ "-x lun", "unknown option -x", "help" },
		{ "-n", "option -n has no value", "help" },
		{ "--netns", "option --netns has no value", "help" },
		/* what is missing */
		{ "account bind bob",
		  "account bind: say target TARGET or discovery",
		  "account help" },
		{ "account unbind bob outgoing",
		  "account unbind: say target TARGET or discovery",
		  "account help" },
		{ "account bind bob target 1 discovery", "account bind: say only "
		  "one of target TARGET or discovery", "account help" },
		{ "acl add target 1", "acl add: say address ADDRESS[/BITS], "
		  "initiator NAME or all", "acl help" },
		{ "acl add target 1 all address ::1", "acl add: say only one of "
		  "address ADDRESS[/BITS], initiator NAME or all", "acl help" },
		{ "explain", "explain: the keyword initiator is missing: say "
		  "explain initiator NAME from ADDRESS", "explain help" },
		{ "explain name iqn.2026-11.org.x", "explain: the keyword "
		  "initiator is missing: say explain initiator NAME from "
		  "ADDRESS", "explain help" },
		{ "explain iqn.2026-11.org.x", "explain: the verb before "
		  "'iqn.2026-11.org.x' is missing: say explain initiator "
		  "iqn.2026-11.org.x", "explain help" },
		{ "explain initiator", "explain initiator: NAME is missing",
		  "explain help" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_said(rows[i].line, EXIT_USAGE, rows[i].said,
			    rows[i].help);
}

/* A user can be called like a keyword, which has to be said. */
static void test_keyword(void **state)
{
#define NOTE(word)	"; '" word "' is taken as a keyword: if it is the USER, " \
			"say 'user " word "'"
	static const struct {
		const char *line, *said;
	} rows[] = {
		{ "account bind target 1",
		  "account bind: USER is missing" NOTE("target") },
		{ "account bind target x", "account bind: target 'x': not an "
		  "iSCSI name, which begins with iqn., eui. or naa." NOTE("target") },
		{ "account bind discovery target 1",
		  "account bind: USER is missing" NOTE("discovery") },
		{ "account add secret-file secret-file x", "account add: unknown "
		  "word 'x'; use user or secret-file"
		  NOTE("secret-file") },
	};
	const struct account *account;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_said(rows[i].line, EXIT_USAGE, rows[i].said,
			    "account help");
	assert_int_equal(run("account bind target 1 user target"), 0);
	account = fake_request(KTGT_CMD_ACCOUNT_BIND);
	assert_string_equal(account->user, "target");
	assert_int_equal(account->target_id, 1);
	assert_int_equal(run("account del user help"), 0);
	account = fake_request(KTGT_CMD_ACCOUNT_DEL);
	assert_string_equal(account->user, "help");
}

/* At every place, and nothing is sent. */
static void test_help(void **state)
{
	static const struct {
		const char *line, *begins;
		int rows;	/* of commands */
	} rows[] = {
		{ "help", "Usage: ktgtadm [OPTIONS] OBJECT", 0 },
		{ "--help", "Usage: ktgtadm [OPTIONS] OBJECT", 0 },
		{ "-h", "Usage: ktgtadm [OPTIONS] OBJECT", 0 },
		{ "-j help", "Usage: ktgtadm [OPTIONS] OBJECT", 0 },
		{ "help help", "Usage: ktgtadm [OPTIONS] OBJECT", 0 },
		{ "lun help", "Usage: ktgtadm lun show ", 11 },
		{ "lun --help", "Usage: ktgtadm lun show ", 11 },
		{ "lun -h", "Usage: ktgtadm lun show ", 11 },
		{ "lu help", "Usage: ktgtadm lun show ", 11 },
		{ "help lun", "Usage: ktgtadm lun show ", 11 },
		{ "--help lun", "Usage: ktgtadm lun show ", 11 },
		{ "-h lun help", "Usage: ktgtadm lun show ", 11 },
		{ "lun add help", "Usage: ktgtadm lun add target ", 1 },
		{ "lun add --help", "Usage: ktgtadm lun add target ", 1 },
		{ "lun add -h", "Usage: ktgtadm lun add target ", 1 },
		{ "help lun add", "Usage: ktgtadm lun add target ", 1 },
		{ "lun help add", "Usage: ktgtadm lun add target ", 1 },
		{ "lun add target 1 help", "Usage: ktgtadm lun add target ",
		  1 },
		{ "lun add target --help", "Usage: ktgtadm lun add target ",
		  1 },
		{ "lun target 1 -h", "Usage: ktgtadm lun show ", 1 },
		{ "target add help", "Usage: ktgtadm target add NAME ", 1 },
		{ "account add bob --help", "Usage: ktgtadm account add USER ",
		  1 },
		{ "explain help", "Usage: ktgtadm explain initiator NAME ", 1 },
	};
	const char *p;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_row(rows[i].line, run(rows[i].line), 0);
		assert_row(rows[i].line, got.err_len, 0);
		assert_row(rows[i].line, fake_n_calls, 0);
		assert_row(rows[i].line, strncmp(got.out, rows[i].begins,
						 strlen(rows[i].begins)), 0);
		for (n = 0, p = got.out; (p = strstr(p, " ktgtadm ")); p++)
			n++;
		if (rows[i].rows)
			assert_row(rows[i].line, n, rows[i].rows);
	}
	/* what stands behind help can be wrong too */
	assert_int_equal(run("help lun frob"), EXIT_USAGE);
	assert_int_equal(run("help targets"), EXIT_FOREIGN);
	assert_int_equal(got.out_len, 0);
}

/* No line of help is longer than a terminal is wide. */
static void test_width(void **state)
{
	char *line, *rest;

	(void)state;
	assert_int_equal(run("target help"), 0);
	assert_non_null(strstr(got.out, "[max-burst-length default|N]"));
	for (rest = got.out; (line = strsep(&rest, "\n")) != NULL;)
		assert_row(line, strlen(line) < 80, true);
}

#define LONG	"targettargettargettargettargettargettarget"

static void test_guess(void **state)
{
	static const char *const words[] = { "show", "add", "del", "target" };
	static const struct {
		const char *text, *best;
	} rows[] = {
		{ "show", "show" }, { "SHOW", "show" }, { "shoow", "show" },
		{ "sho", "show" }, { "showw", "show" }, { "ad", "add" },
		{ "de1", "del" }, { "tar", "target" }, { "tagret", "target" },
		{ "trgt", NULL }, { "lld", NULL }, { "a", NULL }, { "", NULL },
		{ "targget", "target" }, { LONG, NULL },
	};
	struct guess guess;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		guess_start(&guess, rows[i].text);
		for (k = 0; k < ARRAY_SIZE(words); k++)
			guess_try(&guess, words[k]);
		if (!guess.best || !rows[i].best)
			assert_row(rows[i].text, guess.best, rows[i].best);
		else
			assert_row(rows[i].text,
				   strcmp(guess.best, rows[i].best), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_foreign, done),
		cmocka_unit_test_teardown(test_wrong, done),
		cmocka_unit_test_teardown(test_keyword, done),
		cmocka_unit_test_teardown(test_help, done),
		cmocka_unit_test_teardown(test_width, done),
		cmocka_unit_test(test_guess),
	};

	return cmocka_run_group_tests_name("refuse", tests, NULL, NULL);
}
