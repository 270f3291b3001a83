// SPDX-License-Identifier: GPL-2.0
/* The native grammar: messages about wrong command lines; see refuse.h. */
#include "cmd/refuse.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "cmd/foreign.h"
#include "cmd/nouns.h"
#include "lib/guess.h"
#include "lib/name.h"

#define FEW	6	/* so many keywords can be listed in a message */

/* ktgtadm: WHERE: WHAT; see ktgtadm OBJECT help */
static void __attribute__((format(printf, 3, 4)))
tell(const struct noun *noun, const char *verb, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "ktgtadm: ");
	if (noun)
		fprintf(stderr, "%s%s%s: ", noun->name, verb ? " " : "",
			verb ? verb : "");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see ktgtadm %s%shelp\n", noun ? noun->name : "",
		noun ? " " : "");
}

/*
 * The first word is taken as a keyword, although it may be meant as the first
 * value, which needs no keyword: for example a user named "discovery" in
 * "account bind".
 */
static const char *taken_word(const struct line *line)
{
	const struct arg *first = &line->command->args[0];

	if (!(first->flags & ARG_FIRST) || line->given & 1 || !line->argc ||
	    first->kind != ARG_VALUE || !arg_find(line->command, line->argv[0]))
		return NULL;
	return line->argv[0];
}

int refuse(const struct line *line, const char *format, ...)
{
	const struct command *command = line->command;
	const char *word = taken_word(line);
	char text[512], meta[64];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!word) {
		tell(line->noun, line->implied ? NULL : command->verb, "%s",
		     text);
		return EXIT_USAGE;
	}
	arg_text(command, &command->args[0], meta, sizeof(meta));
	tell(line->noun, line->implied ? NULL : command->verb,
	     "%s; '%s' is taken as a keyword: if it is the %s, say '%s %s'",
	     text, word, meta, command->args[0].key, word);
	return EXIT_USAGE;
}

/* Options */

int refuse_option(const char *option)
{
	tell(NULL, NULL, "unknown option %s", option);
	return EXIT_USAGE;
}

static bool is_option(const char *word)
{
	static const char *const names[] = {
		"-j", "--json", "-p", "--pretty", "-r", "--raw", "-n",
		"--netns", "-V", "--version", "--dump-commands",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], word))
			return true;
	return false;
}

/* Objects */

/*
 * The object that is meant: by its name, its plural, or a word of another tool.
 */
static const struct noun *noun_meant(const char *word)
{
	const char *say = foreign_object(word);
	const struct noun *noun = noun_find(say ? say : word);
	size_t n = strlen(word);
	char one[32];

	if (noun || n < 2 || n > sizeof(one) || word[n - 1] != 's')
		return noun;
	snprintf(one, sizeof(one), "%.*s", (int)n - 1, word);
	return noun_find(one);
}

static bool is_verb(const char *word)
{
	const struct noun *noun;

	for (noun = nouns; noun->name; noun++)
		if (command_find(noun, word))
			return true;
	return false;
}

/* "create target", "show", "list luns": the verb came first. */
static int refuse_order(const char *verb, const char *object)
{
	const struct noun *noun = object ? noun_meant(object) : NULL;
	const char *say;

	if (!noun)
		noun = noun_find("target");
	say = foreign_verb(noun->name, verb);
	if (say && strchr(say, ' '))
		tell(NULL, NULL, "%s: %s", verb, say);
	else
		tell(NULL, NULL, "%s: the object comes first: say %s %s", verb,
		     noun->name, say ? say : verb);
	return say ? EXIT_FOREIGN : EXIT_USAGE;
}

int refuse_object(int argc, char **argv)
{
	const char *word = argv[0], *say = foreign_object(word);
	const struct noun *noun = noun_meant(word);
	struct guess guess;

	if (say && !noun) {
		tell(NULL, NULL, "%s: %s", word, say);
		return EXIT_FOREIGN;
	}
	if (noun) {
		tell(NULL, NULL, "%s: say %s", word, noun->name);
		return EXIT_FOREIGN;
	}
	if (is_verb(word) || foreign_verb(NULL, word))
		return refuse_order(word, argc > 1 ? argv[1] : NULL);
	guess_start(&guess, word);
	for (noun = nouns; noun->name; noun++)
		guess_try(&guess, noun->name);
	if (guess.best)
		tell(NULL, NULL, "unknown object '%s'; perhaps %s is meant", word,
		     guess.best);
	else
		tell(NULL, NULL, "unknown object '%s'", word);
	return EXIT_USAGE;
}

/* Verbs */

/* "show, add and del" */
static void verbs_text(const struct noun *noun, const char *and, char *buf,
		       size_t size)
{
	const struct command *command = noun->commands;
	size_t n;

	n = snprintf(buf, size, "%s", command->verb);
	while ((++command)->verb && n < size)
		n += snprintf(buf + n, size - n, "%s%s %s",
			      command[1].verb ? "," : " ",
			      command[1].verb ? "" : and, command->verb);
}

/* Whether the word is a target's number or name, which must follow the verb. */
static bool is_value(const struct noun *noun, const char *word)
{
	const struct arg *first = &noun->commands->args[0];

	if (!(first->flags & ARG_FIRST))
		return false;
	return isdigit((unsigned char)*word) || name_begins(word, "iqn.") ||
	       name_begins(word, "eui.") || name_begins(word, "naa.");
}

static void refuse_unknown_verb(const struct noun *noun, const char *word)
{
	const struct command *command;
	const struct arg *arg;
	struct guess guess;
	char verbs[96];

	guess_start(&guess, word);
	for (command = noun->commands; command->verb; command++)
		guess_try(&guess, command->verb);
	for (arg = noun->commands->args; arg->key; arg++)
		guess_try(&guess, arg->key);
	verbs_text(noun, "and", verbs, sizeof(verbs));
	if (guess.best)
		tell(noun, NULL, "unknown word '%s'; perhaps %s is meant", word,
		     guess.best);
	else
		tell(noun, NULL, "unknown word '%s'; the verbs are %s", word,
		     verbs);
}

int refuse_verb(const struct noun *noun, const char *word)
{
	const char *say = foreign_verb(noun->name, word);
	char verbs[96];

	if (say && strchr(say, ' ')) {
		tell(noun, word, "%s", say);
		return EXIT_FOREIGN;
	}
	if (say && command_find(noun, say)) {
		tell(noun, word, "say %s", say);
		return EXIT_FOREIGN;
	}
	if (say) {
		verbs_text(noun, "or", verbs, sizeof(verbs));
		tell(noun, word, "say %s", verbs);
		return EXIT_FOREIGN;
	}
	if (is_option(word))
		tell(noun, NULL, "option %s comes before the object: ktgtadm %s %s",
		     word, word, noun->name);
	else if (is_value(noun, word))
		tell(noun, NULL, "the verb before '%s' is missing: say %s %s %s",
		     word, noun->name, noun->commands->verb, word);
	else
		refuse_unknown_verb(noun, word);
	return EXIT_USAGE;
}

/* Keywords */

/* The key that another tool's word stands for, or a sentence; or NULL. */
static const char *key_meant(const struct command *command, const char *word)
{
	const char *say;
	int i;

	for (i = 0; (say = foreign_key(word, i)) != NULL; i++)
		if (strchr(say, ' ') || arg_find(command, say))
			return say;
	return NULL;
}

/* "path=/dev/sdb", or "--force" */
static bool refuse_form(const struct line *line, const char *word)
{
	const char *bare = word + strspn(word, "-");
	size_t n = strcspn(bare, "=");
	char key[64];

	snprintf(key, sizeof(key), "%.*s", (int)n, bare);
	if (!arg_find(line->command, key))
		return false;
	if (bare[n])
		refuse(line, "'%s': say '%s %s'", word, key, bare + n + 1);
	else
		refuse(line, "'%s': say %s", word, key);
	return true;
}

static void keys_text(const struct command *command, char *buf, size_t size)
{
	const struct arg *arg = command->args;
	size_t n = 0;

	for (; arg->key && n < size; arg++)
		n += snprintf(buf + n, size - n, "%s%s",
			      arg == command->args ? "" :
			      arg[1].key ? ", " : " or ", arg->key);
}

static void refuse_unknown_key(const struct line *line, const char *word)
{
	const struct command *command = line->command;
	const struct arg *arg = command->args;
	struct guess guess;
	char keys[128];

	guess_start(&guess, word);
	for (; arg->key; arg++)
		guess_try(&guess, arg->key);
	if (guess.best) {
		refuse(line, "unknown word '%s'; perhaps %s is meant", word,
		       guess.best);
	} else if (arg == command->args) {
		refuse(line, "unknown word '%s'; nothing more can follow", word);
	} else if (arg - command->args <= FEW) {
		keys_text(command, keys, sizeof(keys));
		refuse(line, "unknown word '%s'; use %s", word, keys);
	} else {
		refuse(line, "unknown word '%s'", word);
	}
}

int refuse_key(const struct line *line, const char *word)
{
	const char *say = key_meant(line->command, word);

	if (say) {
		refuse(line, strchr(say, ' ') ? "%s: %s" : "%s: say %s", word,
		       say);
		return EXIT_FOREIGN;
	}
	if (is_option(word))
		refuse(line, "option %s comes before the object: ktgtadm %s %s",
		       word, word, line->noun->name);
	else if (!refuse_form(line, word))
		refuse_unknown_key(line, word);
	return EXIT_USAGE;
}
