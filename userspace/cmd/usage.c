// SPDX-License-Identifier: GPL-2.0
/* The native grammar: help, and the list for completion, from the tables. */
#include "cmd/usage.h"

#include <string.h>

#include "cmd/nouns.h"
#include "cmd/refuse.h"

#define COLUMNS	79	/* columns of a terminal, minus one */
#define INDENT	"               "

/* Help */

/*
 * Starts a new line if the word does not fit into this one; returns the column.
 */
static size_t put_word(FILE *file, size_t column, const char *word)
{
	size_t n = strlen(word) + 1;

	if (column + n <= COLUMNS) {
		fprintf(file, " %s", word);
		return column + n;
	}
	fprintf(file, "\n%s %s", INDENT, word);
	return strlen(INDENT) + n;
}

/* { target TARGET | discovery }: @arg is the first of them. */
static const struct arg *choice_text(const struct command *command,
				     const struct arg *arg, char *buf,
				     size_t size)
{
	const char *sep = "{ ";
	char text[96];
	size_t n = 0;

	for (; arg->flags & ARG_CHOICE; arg++) {
		arg_text(command, arg, text, sizeof(text));
		n += snprintf(buf + n, size - n, "%s%s", sep, text);
		sep = " | ";
	}
	snprintf(buf + n, size - n, " }");
	return arg - 1;
}

static void usage_row(FILE *file, const char *intro, const struct noun *noun,
		      const struct command *command)
{
	const struct arg *arg;
	char text[96], word[256];
	size_t column;

	column = fprintf(file, "%s ktgtadm %s %s", intro, noun->name,
			 command->verb);
	for (arg = command->args; arg->key; arg++) {
		arg_text(command, arg, text, sizeof(text));
		if (arg->flags & ARG_CHOICE)
			arg = choice_text(command, arg, word, sizeof(word));
		else if (arg->flags & ARG_REQUIRED)
			snprintf(word, sizeof(word), "%s", text);
		else
			snprintf(word, sizeof(word), "[%s]", text);
		column = put_word(file, column, word);
	}
	fprintf(file, "\n           %s\n", command->help);
}

void usage_command(FILE *file, const struct noun *noun,
		   const struct command *command)
{
	usage_row(file, "Usage:", noun, command);
}

void usage_noun(FILE *file, const struct noun *noun)
{
	const struct command *command;

	for (command = noun->commands; command->verb; command++)
		usage_row(file, command == noun->commands ? "Usage:" : "      ",
			  noun, command);
}

void usage(FILE *file)
{
	const struct noun *noun;

	fprintf(file,
"Usage: ktgtadm [OPTIONS] OBJECT [VERB] [KEY VALUE]...\n"
"       ktgtadm OBJECT [VERB] help\n"
"       ktgtadm tgtadm TGTADM-OPTIONS\n"
"       ktgtadm tgt-admin TGT-ADMIN-OPTIONS\n"
"       ktgtadm tgt-setup-lun TGT-SETUP-LUN-OPTIONS\n"
"Configures the ktgt iSCSI target. Without a verb, the object is shown.\n"
"\n"
"Objects:\n");
	for (noun = nouns; noun->name; noun++)
		fprintf(file, "  %-8s %s\n", noun->name, noun->help);
	fprintf(file,
"\n"
"Options, before the object:\n"
"  -j, --json           print JSON\n"
"  -p, --pretty         print JSON with line breaks\n"
"  -r, --raw            print exact numbers, without headings and units\n"
"  -n, --netns NAME     use the network namespace NAME of ip-netns(8)\n"
"      --dump-commands  list all commands with their arguments\n"
"  -V, --version        print the version\n"
"  -h, --help           print this help\n"
"\n"
"See ktgtadm(8).\n");
}

int help_run(int argc, char **argv)
{
	const struct command *command;
	const struct noun *noun;

	if (!argc || is_help(argv[0])) {
		usage(stdout);
		return 0;
	}
	noun = noun_find(argv[0]);
	if (!noun)
		return refuse_object(argc, argv);
	if (argc < 2 || is_help(argv[1])) {
		usage_noun(stdout, noun);
		return 0;
	}
	command = command_find(noun, argv[1]);
	if (!command)
		return refuse_verb(noun, argv[1]);
	usage_command(stdout, noun, command);
	return 0;
}

/* Completion */

static void dump_command(const struct noun *noun,
			 const struct command *command)
{
	const struct arg *arg;
	char meta[64];

	printf("%s %s", noun->name, command->verb);
	for (arg = command->args; arg->key; arg++) {
		arg_meta(command, arg, meta, sizeof(meta));
		printf(" %s", arg->key);
		if (!arg_is_word(command, arg))
			printf("=%s", meta);
		if (arg->flags & ARG_FIRST)
			putchar('*');
		if (arg->flags & ARG_REQUIRED)
			putchar('!');
	}
	putchar('\n');
}

void dump_commands(void)
{
	const struct command *command;
	const struct noun *noun;

	for (noun = nouns; noun->name; noun++)
		for (command = noun->commands; command->verb; command++)
			dump_command(noun, command);
}

