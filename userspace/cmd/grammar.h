/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The native grammar: OBJECT VERB KEY VALUE... A command is a row of a static
 * table; the parser, the help and the list that completion reads all come from
 * the rows.
 */
#ifndef KTGT_CMD_GRAMMAR_H
#define KTGT_CMD_GRAMMAR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/model.h"
#include "lib/name.h"
#include "lib/nl.h"
#include "lib/out.h"

#define EXIT_USAGE	1	/* the command line is wrong */
#define EXIT_KERNEL	2	/* the kernel refused */
#define EXIT_FOREIGN	2	/* there is a word of another tool */

struct app {
	enum out_format format;
	struct nl *nl;
};

enum arg_kind {
	ARG_VALUE,	/* of the kind of the field .attr */
	ARG_NAME,	/* an iSCSI name */
	ARG_TARGET,	/* a target's number or name */
	ARG_TARGET_ASKED, /* the same; it need not exist */
	ARG_DISCOVERY,	/* the word that means target 0 */
	ARG_PORTAL,	/* ADDRESS[:PORT] */
	ARG_PREFIX,	/* ADDRESS[/BITS] */
	ARG_ADDRESS,
	ARG_PATH,
	ARG_DEVICE,	/* MAJOR:MINOR */
	ARG_CACHE,	/* on, off, or default */
	ARG_RUN,	/* a command for the shell */
	ARG_SECRET,	/* a file that contains a secret, or - */
};

#define ARG_REQUIRED	0x1
#define ARG_FIRST	0x2	/* its keyword may be left out */
#define ARG_CHOICE	0x4	/* one of those with this flag is required */

struct arg {
	const char *key;
	const char *meta;	/* name of the value; NULL: that of the field */
	uint8_t kind;
	uint8_t flags;
	uint16_t attr;
};

struct request {
	void *obj;		/* a struct of the command's object */
	char target[NAME_SIZE];	/* of a target, before its number is known */
	const char *run;	/* command for the shell, or NULL */
	const char *secret;	/* file of the secret, which is read last */
};

struct command {
	const char *verb;
	const char *help;
	const struct object *obj;
	const struct arg *args;	/* ends with a key of NULL */
	uint8_t cmd;		/* KTGT_CMD_*, 0 if it needs no kernel */
	/*
	 * Returns 0, a negative errno of the kernel, or an exit status after it
	 * has printed the reason. If it is NULL, .cmd is sent.
	 */
	int (*run)(struct app *app, const struct command *command,
		   struct request *req);
};

struct noun {
	const char *name;
	const char *alias;
	const char *help;
	const struct command *commands;	/* the default first; ends with NULL */
};

/* a command line, as far as it has been parsed */
struct line {
	const struct noun *noun;
	const struct command *command;
	bool implied;		/* the verb was not typed */
	int argc;		/* number of words after the verb */
	char **argv;
	uint32_t given;		/* arguments, one bit for each row */
};

const struct command *command_find(const struct noun *noun, const char *verb);
const struct arg *arg_find(const struct command *command, const char *key);

/* Whether the argument is only a word, without a value. */
bool arg_is_word(const struct command *command, const struct arg *arg);
/* The text for its value, for example "DEVICE" or "on|off". */
void arg_meta(const struct command *command, const struct arg *arg, char *buf,
	      size_t size);
/* The whole argument as it is typed, for example "path DEVICE". */
void arg_text(const struct command *command, const struct arg *arg, char *buf,
	      size_t size);

/* Whether the word is help, --help or -h. */
bool is_help(const char *word);
/* Whether the word is --help or -h; "help" may be a value. */
bool is_help_option(const char *word);

#endif
