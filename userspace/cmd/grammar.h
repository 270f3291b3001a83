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
#include "lib/nl.h"
#include "lib/out.h"

#define EXIT_USAGE	1	/* the command line is wrong */
#define EXIT_KERNEL	2	/* the kernel refused */
#define EXIT_FOREIGN	2	/* a word that another tool has for one of ours */

struct app {
	enum out_format format;
	struct nl *nl;
};

enum arg_kind {
	ARG_VALUE,	/* as the field of .attr says */
	ARG_NAME,	/* an iSCSI name */
	ARG_TARGET,	/* a target's number or name */
	ARG_TARGET_ASKED, /* likewise; one that does not exist is no mistake */
	ARG_DISCOVERY,	/* a word that stands for target 0 */
	ARG_PORTAL,	/* ADDRESS[:PORT] */
	ARG_PREFIX,	/* ADDRESS[/BITS] */
	ARG_ADDRESS,
	ARG_PATH,
	ARG_SECRET,	/* a file with a secret in it, or - */
};

#define ARG_REQUIRED	0x1
#define ARG_FIRST	0x2	/* its keyword may be left out */
#define ARG_CHOICE	0x4	/* of those with this flag one is required */

struct arg {
	const char *key;
	const char *meta;	/* of the value; NULL: as the field says */
	uint8_t kind;
	uint8_t flags;
	uint16_t attr;
};

struct request {
	void *obj;		/* a struct of the command's object */
	const char *target;	/* a target's name that is not resolved yet */
	const char *secret;	/* the file that is read when the rest is right */
};

struct command {
	const char *verb;
	const char *help;
	const struct object *obj;
	const struct arg *args;	/* ends with a key of NULL */
	uint8_t cmd;		/* KTGT_CMD_*, 0 if it needs no kernel */
	/*
	 * 0, a negative errno of the kernel, or an exit status when the reason
	 * is told already; NULL sends .cmd
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

/* A command line, as far as it is understood. */
struct line {
	const struct noun *noun;
	const struct command *command;
	bool implied;		/* the verb was not typed */
	int argc;		/* words behind the verb */
	char **argv;
	uint32_t given;		/* arguments, by their places in the table */
};

const struct command *command_find(const struct noun *noun, const char *verb);
const struct arg *arg_find(const struct command *command, const char *key);

/* Whether it is a word alone, without a value. */
bool arg_is_word(const struct command *command, const struct arg *arg);
/* What stands for its value, as "DEVICE" or "on|off". */
void arg_meta(const struct command *command, const struct arg *arg, char *buf,
	      size_t size);
/* All of it as it is typed, as "path DEVICE". */
void arg_text(const struct command *command, const struct arg *arg, char *buf,
	      size_t size);

/* help, --help or -h, where a word of the grammar can stand */
bool is_help(const char *word);
/* The same without the first, which may be a value. */
bool is_help_option(const char *word);

#endif
