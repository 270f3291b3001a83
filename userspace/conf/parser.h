/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the parser of targets.conf share. */
#ifndef KTGT_CONF_PARSER_H
#define KTGT_CONF_PARSER_H

#include "conf/conf.h"

#define CONF_DEPTH	16	/* levels of files that include each other */
#define CONF_ERRORS	20	/* after so many errors, nothing more is read */

enum conf_level {
	CONF_GLOBAL,
	CONF_TARGET,
	CONF_LU,
};

/* where texts come from; the functions return 0 or a negative errno */
struct conf_source {
	/* @text is allocated; the parser wipes and frees it */
	int (*read)(void *data, const char *path, char **text, size_t *len);
	/*
	 * appends the names of the files that @path matches (allocated char *)
	 */
	int (*expand)(void *data, const char *path, struct vec *files);
	void *data;
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
	unsigned int unknown;	/* depth of unknown blocks */
	unsigned int depth;	/* depth of included files */
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

/* Both return NULL and set no_memory if there is no memory. */
void *conf_alloc(struct conf_parser *parser, size_t size);
void *conf_add(struct conf_parser *parser, struct vec *list, size_t size);

#endif
