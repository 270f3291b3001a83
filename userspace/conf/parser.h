/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the parser of targets.conf share. */
#ifndef KTGT_CONF_PARSER_H
#define KTGT_CONF_PARSER_H

#include "conf/conf.h"
#include "conf/scan.h"

enum conf_level {
	CONF_GLOBAL,
	CONF_TARGET,
	CONF_LU,
};

struct conf_parser {
	struct conf *conf;
	const struct conf_source *source;
	struct conf_at at;
	char key[64];		/* in the object at.path */
	enum conf_level level;
	struct conf_at opened[CONF_LU + 1];	/* where each level begins */
	struct conf_target *target;
	struct conf_lu *lu;
	unsigned int unknown;	/* depth of blocks that nobody knows */
	unsigned int depth;	/* of files */
	unsigned int errors;
	bool no_memory;
};

void __attribute__((format(printf, 2, 3)))
conf_error(struct conf_parser *parser, const char *format, ...);
void __attribute__((format(printf, 2, 3)))
conf_note(struct conf_parser *parser, const char *format, ...);
const char *conf_file(const struct conf_parser *parser, struct conf_at at);
/* FILE:LINE or FILE: PATH, as a message refers to it; in @buf */
#define CONF_WHERE_MAX	512
const char *conf_where(const struct conf_parser *parser, struct conf_at at,
		       char *buf);

/* NULL, with no_memory set, when there is none. */
void *conf_alloc(struct conf_parser *parser, size_t size);
void *conf_add(struct conf_parser *parser, struct list *list, size_t size);

/* A line NAME VALUE... at the parser's level. */
void conf_set(struct conf_parser *parser, struct scan *scan);
/* The same with all words of its value; that many, and ones to write in. */
void conf_set_words(struct conf_parser *parser, const char *name,
		    char **value);
/* Begins blocks; they go on when they were there before. */
void conf_open_target(struct conf_parser *parser, const char *name);
void conf_open_lu(struct conf_parser *parser, const char *path, bool direct);

/* Adds it to the parser's target if it is not there. */
void conf_add_acl(struct conf_parser *parser, const struct acl *acl);

/* What can be told when everything is read: numbers, inherited values. */
void conf_finish(struct conf_parser *parser);

#endif
