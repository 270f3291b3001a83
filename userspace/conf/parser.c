// SPDX-License-Identifier: GPL-2.0
/* The parser of targets.conf: its messages, its position, and memory. */
#include "conf/parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Messages */

const char *conf_file(const struct conf_parser *parser, struct conf_at at)
{
	char **name = vec_at(&parser->conf->files, at.file);

	return name ? *name : "";
}

const char *conf_where(const struct conf_parser *parser, struct conf_at at,
		       char *buf)
{
	if (at.path)
		snprintf(buf, CONF_WHERE_MAX, "%s: %s", conf_file(parser, at),
			 at.path);
	else
		snprintf(buf, CONF_WHERE_MAX, "%s:%u", conf_file(parser, at),
			 at.line);
	return buf;
}

/* The text for the position of the parser, with the key. */
static char *place(const struct conf_parser *parser)
{
	const struct conf_at at = parser->at;
	const char *path = at.path;
	char *text;
	int n;

	if (!path)
		n = asprintf(&text, "%s:%u: ", conf_file(parser, at), at.line);
	else
		n = asprintf(&text, "%s: %s%s%s%s", conf_file(parser, at), path,
			     *path && parser->key[0] ? "." : "", parser->key,
			     *path || parser->key[0] ? ": " : "");
	return n < 0 ? NULL : text;
}

static void say(struct conf_parser *parser, bool error, const char *format,
		va_list args)
{
	struct conf_message *message;
	char *text = NULL, *where = place(parser);

	if (!where || vasprintf(&text, format, args) < 0) {
		free(where);
		parser->no_memory = true;
		return;
	}
	message = conf_add(parser, &parser->conf->messages, sizeof(*message));
	if (message) {
		message->error = error;
		if (asprintf(&message->text, "%s%s", where, text) < 0) {
			message->text = NULL;
			parser->no_memory = true;
		}
	}
	/* it may quote a secret */
	explicit_bzero(text, strlen(text));
	free(text);
	free(where);
}

void conf_error(struct conf_parser *parser, const char *format, ...)
{
	va_list args;

	/* the last step of parsing can find many errors, too */
	if (parser->errors == CONF_ERRORS)
		return;
	parser->errors++;
	va_start(args, format);
	say(parser, true, format, args);
	va_end(args);
}

void conf_note(struct conf_parser *parser, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(parser, false, format, args);
	va_end(args);
}

/* Memory */

void *conf_alloc(struct conf_parser *parser, size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		parser->no_memory = true;
	return p;
}

void *conf_add(struct conf_parser *parser, struct vec *list, size_t size)
{
	void *p = vec_add(list, size);

	if (!p)
		parser->no_memory = true;
	return p;
}
