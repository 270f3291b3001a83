/* SPDX-License-Identifier: GPL-2.0 */
/* What the directives of targets.conf mean. */
#ifndef KTGT_CONF_SET_H
#define KTGT_CONF_SET_H

#include "conf/parser.h"
#include "conf/scan.h"

/* Handles a line NAME VALUE... at the level of the parser. */
void conf_set(struct conf_parser *parser, struct scan *scan);
/*
 * The same with the words of the value, as many as it has; they can be changed.
 */
void conf_set_words(struct conf_parser *parser, const char *name,
		    char **value);
/* Each begins a block, or continues it if it exists. */
void conf_open_target(struct conf_parser *parser, const char *name);
void conf_open_lu(struct conf_parser *parser, const char *path, bool direct);

/* Adds a rule to the target of the parser, unless the target has it. */
void conf_add_acl(struct conf_parser *parser, const struct acl *acl);

#endif
