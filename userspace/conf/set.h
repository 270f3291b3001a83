/* SPDX-License-Identifier: GPL-2.0 */
/* What the directives of targets.conf mean. */
#ifndef KTGT_CONF_SET_H
#define KTGT_CONF_SET_H

#include "conf/parser.h"
#include "conf/scan.h"

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

#endif
