// SPDX-License-Identifier: GPL-2.0
/* Options of tgtadm, and which of them may be used together. */
#include "tgt/opt.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/version.h"

static const struct option long_options[] = {
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "lld", required_argument, NULL, 'L' },
	{ "op", required_argument, NULL, 'o' },
	{ "mode", required_argument, NULL, 'm' },
	{ "tid", required_argument, NULL, 't' },
	{ "sid", required_argument, NULL, 's' },
	{ "cid", required_argument, NULL, 'c' },
	{ "lun", required_argument, NULL, 'l' },
	{ "name", required_argument, NULL, 'n' },
	{ "value", required_argument, NULL, 'v' },
	{ "backing-store", required_argument, NULL, 'b' },
	{ "bstype", required_argument, NULL, 'E' },
	{ "bsopts", required_argument, NULL, 'S' },
	{ "bsoflags", required_argument, NULL, 'f' },
	{ "blocksize", required_argument, NULL, 'y' },
	{ "targetname", required_argument, NULL, 'T' },
	{ "initiator-address", required_argument, NULL, 'I' },
	{ "initiator-name", required_argument, NULL, 'Q' },
	{ "user", required_argument, NULL, 'u' },
	{ "password", required_argument, NULL, 'p' },
	/* people write --p for --password, from the time before --params */
	{ "p", required_argument, NULL, 'p' },
	{ "host", required_argument, NULL, 'H' },
	{ "force", no_argument, NULL, 'F' },
	{ "params", required_argument, NULL, 'P' },
	{ "bus", required_argument, NULL, 'B' },
	{ "device-type", required_argument, NULL, 'Y' },
	{ "outgoing", no_argument, NULL, 'O' },
	{ "control-port", required_argument, NULL, 'C' },
	{ NULL, 0, NULL, 0 }
};

static const char short_options[] =
	"dhVL:o:m:t:s:c:l:n:v:b:E:S:f:y:T:I:Q:u:p:H:FP:B:Y:OC:";

/* options that every operation accepts */
#define ALWAYS	"dhVLomC"

struct word {
	const char *text;
	int value;
};

static const struct word modes[] = {
	{ "system", TGT_MODE_SYSTEM }, { "sys", TGT_MODE_SYSTEM },
	{ "target", TGT_MODE_TARGET }, { "tgt", TGT_MODE_TARGET },
	{ "logicalunit", TGT_MODE_LU }, { "lu", TGT_MODE_LU },
	{ "portal", TGT_MODE_PORTAL }, { "pt", TGT_MODE_PORTAL },
	{ "session", TGT_MODE_SESSION }, { "sess", TGT_MODE_SESSION },
	{ "connection", TGT_MODE_CONN }, { "conn", TGT_MODE_CONN },
	{ "account", TGT_MODE_ACCOUNT },
	{ "lld", TGT_MODE_LLD },
	{ NULL, TGT_MODE_NONE }
};

static const struct word ops[] = {
	{ "new", TGT_OP_NEW }, { "delete", TGT_OP_DELETE },
	{ "bind", TGT_OP_BIND }, { "unbind", TGT_OP_UNBIND },
	{ "show", TGT_OP_SHOW }, { "update", TGT_OP_UPDATE },
	{ "stat", TGT_OP_STAT }, { "start", TGT_OP_START },
	{ "stop", TGT_OP_STOP },
	{ NULL, TGT_OP_NONE }
};

static const char *const device_types[] = {
	"disk", "tape", "ssc", "cd", "changer", "osd", "pt", NULL
};

/* options that a combination of mode and operation accepts */
struct rule {
	enum tgt_mode mode;
	enum tgt_op op;
	const char *allowed;	/* letters in addition to ALWAYS; NULL: all */
	bool terse;		/* tgt has two texts for the refusal */
};

static const struct rule rules[] = {
	{ TGT_MODE_SYSTEM, TGT_OP_SHOW, NULL, false },
	{ TGT_MODE_SYSTEM, TGT_OP_DELETE, NULL, false },
	{ TGT_MODE_SYSTEM, TGT_OP_STAT, NULL, false },
	{ TGT_MODE_SYSTEM, TGT_OP_UPDATE, "nv", false },
	{ TGT_MODE_TARGET, TGT_OP_NEW, "tT", false },
	{ TGT_MODE_TARGET, TGT_OP_DELETE, "tF", false },
	{ TGT_MODE_TARGET, TGT_OP_SHOW, "t", false },
	{ TGT_MODE_TARGET, TGT_OP_STAT, "t", false },
	{ TGT_MODE_TARGET, TGT_OP_BIND, "tIQBH", false },
	{ TGT_MODE_TARGET, TGT_OP_UNBIND, "tIQBH", false },
	{ TGT_MODE_TARGET, TGT_OP_UPDATE, "tnv", false },
	{ TGT_MODE_LU, TGT_OP_NEW, "tlbESfyY", false },
	{ TGT_MODE_LU, TGT_OP_DELETE, "tl", false },
	{ TGT_MODE_LU, TGT_OP_STAT, "tl", false },
	{ TGT_MODE_LU, TGT_OP_UPDATE, "tlfyP", true },
	{ TGT_MODE_ACCOUNT, TGT_OP_NEW, "upf", false },
	{ TGT_MODE_ACCOUNT, TGT_OP_DELETE, "u", false },
	{ TGT_MODE_ACCOUNT, TGT_OP_SHOW, "", false },
	{ TGT_MODE_ACCOUNT, TGT_OP_BIND, "tuO", false },
	{ TGT_MODE_ACCOUNT, TGT_OP_UNBIND, "tuO", false },
	{ TGT_MODE_PORTAL, TGT_OP_NEW, "P", false },
	{ TGT_MODE_PORTAL, TGT_OP_DELETE, "P", false },
	{ TGT_MODE_PORTAL, TGT_OP_SHOW, "", true },
	{ TGT_MODE_LLD, TGT_OP_START, "", false },
	{ TGT_MODE_LLD, TGT_OP_STOP, "", false },
	{ TGT_MODE_LLD, TGT_OP_SHOW, "", false },
	{ TGT_MODE_NONE, TGT_OP_NONE, NULL, false }
};

static void usage(void)
{
	printf(
"ktgt %s: the commands of scsi-target-utils for the target in the kernel\n"
"\n"
"Usage: tgtadm --lld iscsi --mode MODE --op OPERATION [OPTION]...\n"
"\n"
"Modes, operations and their options:\n"
"  target new --tid ID --targetname NAME\n"
"  target delete [--force] --tid ID\n"
"  target show [--tid ID]\n"
"  target stat --tid ID\n"
"  target update --tid ID --name state --value ready|offline\n"
"  target update --tid ID --name KEY --value VALUE\n"
"  target bind|unbind --tid ID --initiator-address ADDRESS\n"
"  target bind|unbind --tid ID --initiator-name NAME\n"
"  logicalunit new --tid ID --lun LUN --backing-store DEVICE\n"
"      [--bstype rdwr|null] [--bsopts size=SIZE] [--bsoflags sync:direct]\n"
"      [--blocksize 512|4096]\n"
"  logicalunit delete|stat --tid ID --lun LUN\n"
"  account new --user NAME --password SECRET\n"
"  account delete --user NAME\n"
"  account show\n"
"  account bind|unbind [--tid ID] --user NAME [--outgoing]\n"
"  portal new|delete --params portal=ADDRESS[:PORT]\n"
"  portal show\n"
"  connection show --tid ID\n"
"  connection delete|stat --tid ID --sid SID --cid CID\n"
"  session show|delete|stat --tid ID --sid SID\n"
"  system show|stat\n"
"  system update --name State --value ready|offline\n"
"  lld show\n"
"\n"
"Short forms: -L --lld, -m --mode, -o --op, -t --tid, -T --targetname, -l --lun,\n"
"-b --backing-store, -E --bstype, -S --bsopts, -f --bsoflags, -y --blocksize,\n"
"-I --initiator-address, -Q --initiator-name, -u --user, -p --password,\n"
"-O --outgoing, -F --force, -P --params, -s --sid, -c --cid, -n --name,\n"
"-v --value. See tgtadm(8).\n", KTGT_VERSION);
}

static int word_find(const struct word *words, const char *text)
{
	for (; words->text; words++)
		if (!strcmp(words->text, text))
			return words->value;
	return 0;
}

static const char *word_text(const struct word *words, int value)
{
	for (; words->text; words++)
		if (words->value == value)
			return words->text;
	return "";
}

bool tgt_given(const struct tgt_opts *opts, char letter)
{
	return strchr(opts->given, letter) != NULL;
}

static int try_help(void)
{
	fprintf(stderr, "Try `tgtadm --help' for more information.\n");
	return TGT_EXIT_ERROR;
}

static int complain(const char *text)
{
	fprintf(stderr, "tgtadm: %s\n", text);
	return TGT_EXIT_ERROR;
}

/*
 * Reads a number like strtoull(), with a sign: -1 becomes the highest number,
 * which is not valid; other negative numbers are out of range. tgt takes 1x for
 * 1. Here 1x is refused, because the wrong target might be deleted.
 */
static int take_number(char letter, const char *text, uint64_t max,
		       uint64_t *value)
{
	const char *what = "invalid";
	char *end;

	*value = strtoull(text, &end, 0);
	if (end != text && !*end && *value != ULLONG_MAX) {
		if (*value <= max)
			return 0;
		what = "out of range";
	}
	fprintf(stderr, "-%c argument value '%s' %s\n", letter, text, what);
	return try_help();
}

static int take_u32(char letter, const char *text, uint32_t max, uint32_t *p)
{
	uint64_t value;
	int status = take_number(letter, text, max, &value);

	if (!status)
		*p = value;
	return status;
}

static int take_word(const struct word *words, const char *what,
		     const char *text, int *value)
{
	*value = word_find(words, text);
	if (*value)
		return 0;
	fprintf(stderr, "tgtadm: unknown %s: %s\n", what, text);
	return TGT_EXIT_SYNTAX;
}

static int take_device_type(const char *text, struct tgt_opts *opts)
{
	size_t i;

	for (i = 0; device_types[i]; i++) {
		if (!strcmp(device_types[i], text)) {
			opts->device_type = text;
			return 0;
		}
	}
	fprintf(stderr, "tgtadm: unknown target type: %s\n", text);
	return TGT_EXIT_ERROR;
}

/* Takes an option whose value is checked at once. */
static int take_checked(int c, char *text, struct tgt_opts *opts)
{
	uint32_t ignored;
	int value, status;

	switch (c) {
	case 'm':
		status = take_word(modes, "mode", text, &value);
		opts->mode = value;
		return status;
	case 'o':
		status = take_word(ops, "operation", text, &value);
		opts->op = value;
		return status;
	case 't':
		return take_u32('t', text, INT_MAX, &opts->tid);
	case 's':
		return take_number('s', text, ULLONG_MAX, &opts->sid);
	case 'c':
		return take_u32('c', text, UINT_MAX, &opts->cid);
	case 'l':
		return take_number('l', text, ULLONG_MAX, &opts->lun);
	case 'H':
		return take_u32('H', text, UINT_MAX, &ignored);
	case 'C':
		/* ignored: there is no control port */
		return take_u32('C', text, SHRT_MAX, &ignored);
	case 'Y':
		return take_device_type(text, opts);
	}
	return try_help();
}

/* Where the value of an option is stored unchanged; NULL for other options. */
static const char **text_of(int c, struct tgt_opts *opts)
{
	const struct {
		char letter;
		const char **text;
	} rows[] = {
		{ 'L', &opts->lld },
		{ 'T', &opts->targetname },
		{ 'b', &opts->path },
		{ 'E', &opts->bstype },
		{ 'S', &opts->bsopts },
		{ 'f', &opts->bsoflags },
		{ 'y', &opts->block_size },
		{ 'I', &opts->address },
		{ 'Q', &opts->initiator },
		{ 'B', &opts->bus },
		{ 'n', &opts->name },
		{ 'v', &opts->value },
		{ 'u', &opts->user },
		{ 'P', &opts->params },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].letter == c)
			return rows[i].text;
	return NULL;
}

static int take_option(int c, char *text, struct tgt_opts *opts)
{
	const char **p = text_of(c, opts);

	if (p) {
		*p = text;
		return 0;
	}
	switch (c) {
	case 'p':
		opts->password = text;
		return 0;
	case 'O':
		opts->outgoing = true;
		return 0;
	case 'F':
		opts->force = true;
		return 0;
	case 'd':
		return 0;
	default:
		return take_checked(c, text, opts);
	}
}

static const struct rule *rule_find(const struct tgt_opts *opts)
{
	const struct rule *rule;

	for (rule = rules; rule->mode; rule++)
		if (rule->mode == opts->mode && rule->op == opts->op)
			return rule;
	return NULL;
}

static int refuse_op(const struct tgt_opts *opts)
{
	if (opts->mode == TGT_MODE_LLD)
		fprintf(stderr, "tgtadm: option %d not supported in lld mode\n",
			opts->op - TGT_OP_NEW);
	else
		fprintf(stderr,
			"tgtadm: operation %s not supported in %s mode\n",
			opts->op_name, opts->mode_name);
	return TGT_EXIT_ERROR;
}

static int refuse_option(const struct tgt_opts *opts, bool terse, char letter)
{
	if (terse)
		fprintf(stderr,
			"tgtadm: option '-%c' not supported in %s mode\n",
			letter, opts->mode_name);
	else
		fprintf(stderr,
			"tgtadm: %s mode: option '-%c' is not allowed/supported\n",
			opts->mode_name, letter);
	return TGT_EXIT_ERROR;
}

/* Checks that the mode has the operation, and that this accepts the options. */
static int check_rule(const struct tgt_opts *opts)
{
	const struct rule *rule = rule_find(opts);
	const char *letter;

	/* in tgt, the daemon checks these two modes */
	if (opts->mode == TGT_MODE_SESSION || opts->mode == TGT_MODE_CONN)
		return 0;
	if (!rule)
		return refuse_op(opts);
	if (!rule->allowed)
		return 0;
	for (letter = opts->given; *letter; letter++)
		if (!strchr(ALWAYS, *letter) && !strchr(rule->allowed, *letter))
			return refuse_option(opts, rule->terse, *letter);
	return 0;
}

static int check_target(const struct tgt_opts *opts)
{
	int status;

	if (opts->op != TGT_OP_SHOW) {
		if (!tgt_given(opts, 't'))
			return complain("'tid' option is necessary");
		if (!opts->tid)
			return complain("'tid' cannot be 0");
	}
	status = check_rule(opts);
	if (status)
		return status;
	if (opts->op == TGT_OP_NEW && !opts->targetname)
		return complain("creating new target requires a name, "
				"use --targetname");
	if (opts->op == TGT_OP_UPDATE && (!opts->name || !opts->value))
		return complain("update operation requires 'name' and 'value' "
				"options");
	if ((opts->op == TGT_OP_BIND || opts->op == TGT_OP_UNBIND) &&
	    !opts->address && !opts->initiator && !opts->bus) {
		fprintf(stderr, "tgtadm: %s operation requires "
			"initiator-address, initiator-nameor bus\n",
			opts->op_name);
		return TGT_EXIT_ERROR;
	}
	return 0;
}

static int check_lu(const struct tgt_opts *opts)
{
	if (!tgt_given(opts, 't'))
		return complain("'tid' option is necessary");
	if (!opts->tid)
		return complain("'tid' must not be 0");
	if (!tgt_given(opts, 'l'))
		return complain("'lun' option is necessary");
	return check_rule(opts);
}

static int check_others(const struct tgt_opts *opts)
{
	int status = check_rule(opts);

	if (status)
		return status;
	if (opts->mode == TGT_MODE_SYSTEM && opts->op == TGT_OP_UPDATE &&
	    (!opts->name || !opts->value))
		return complain("update operation requires 'name' and 'value' "
				"options");
	if (opts->mode == TGT_MODE_PORTAL && opts->op != TGT_OP_SHOW &&
	    !opts->params)
		return complain("you must specify --param portal=<portal>");
	if (opts->mode != TGT_MODE_ACCOUNT || opts->op == TGT_OP_SHOW)
		return 0;
	if (opts->op == TGT_OP_NEW && (!opts->user || !opts->password))
		return complain("'user' and 'password' options are required");
	if (!opts->user)
		return complain("'user' option is necessary");
	return 0;
}

static int check(struct tgt_opts *opts)
{
	if (!opts->op)
		return complain("specify the operation type");
	if (!opts->mode)
		return complain("specify the mode");
	opts->mode_name = word_text(modes, opts->mode);
	opts->op_name = word_text(ops, opts->op);
	if (opts->mode == TGT_MODE_TARGET)
		return check_target(opts);
	if (opts->mode == TGT_MODE_LU)
		return check_lu(opts);
	return check_others(opts);
}

bool tgt_options(int argc, char **argv, struct tgt_opts *opts, int *status)
{
	static char name[] = "tgtadm";
	size_t n = 0;
	int c;

	memset(opts, 0, sizeof(*opts));
	/* getopt_long() begins its messages with this name */
	argv[0] = name;
	optind = 0;
	while ((c = getopt_long(argc, argv, short_options, long_options,
				NULL)) >= 0) {
		*status = 0;
		if (c == 'h') {
			usage();
			return false;
		}
		if (c == 'V') {
			printf("%s\n", KTGT_VERSION);
			return false;
		}
		*status = take_option(c, optarg, opts);
		if (*status)
			return false;
		if (!tgt_given(opts, c) && n < sizeof(opts->given) - 1)
			opts->given[n++] = c;
	}
	if (optind < argc) {
		fprintf(stderr, "tgtadm: unrecognized option '%s'\n",
			argv[optind]);
		*status = try_help();
		return false;
	}
	*status = check(opts);
	return !*status;
}
