// SPDX-License-Identifier: GPL-2.0
/* targets.conf: files and blocks. */
#include "conf/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/finish.h"
#include "conf/json.h"
#include "conf/set.h"

/* Blocks */

static const char *level_name(const struct conf_parser *parser,
			      enum conf_level level)
{
	if (level == CONF_TARGET)
		return "target";
	return parser->lu && parser->lu->direct ? "direct-store" :
						  "backing-store";
}

/*
 * Ends all blocks above @level; with @missing, it is an error that they are
 * open.
 */
static void close_to(struct conf_parser *parser, enum conf_level level,
		     bool missing)
{
	char buf[CONF_WHERE_MAX];

	for (; parser->level > level; parser->level--) {
		if (missing)
			conf_error(parser, "</%s> is missing for the block that begins at %s",
				   level_name(parser, parser->level),
				   conf_where(parser,
					      parser->opened[parser->level],
					      buf));
		if (parser->level == CONF_LU)
			parser->lu = NULL;
		else
			parser->target = NULL;
	}
}

static void enter(struct conf_parser *parser, enum conf_level level)
{
	parser->level = level;
	parser->opened[level] = parser->at;
}

static bool is_store(const char *name)
{
	return !strcmp(name, "backing-store") || !strcmp(name, "direct-store");
}

static void open_known(struct conf_parser *parser, struct scan *scan)
{
	const char *name = scan->word[0];
	enum conf_level level = is_store(name) ? CONF_LU : CONF_TARGET;

	if (level == CONF_LU && parser->level == CONF_GLOBAL) {
		conf_error(parser, "<%s> is not allowed here; put it in a <target NAME> block",
			   name);
		parser->unknown = 1;
		return;
	}
	close_to(parser, level - 1, true);
	if (scan->n < 2) {
		conf_error(parser, level == CONF_TARGET ?
			   "<%s> has no name; write <%s NAME>" :
			   "<%s> has no path; write <%s PATH>", name, name);
		parser->unknown = 1;
		return;
	}
	enter(parser, level);
	if (level == CONF_TARGET)
		conf_open_target(parser, scan_rest(scan));
	else
		conf_open_lu(parser, scan_rest(scan),
			     !strcmp(name, "direct-store"));
}

static void open_block(struct conf_parser *parser, struct scan *scan)
{
	const char *name = scan->word[0];

	if (parser->unknown) {
		parser->unknown++;
		return;
	}
	if (strcmp(name, "target") && !is_store(name)) {
		conf_error(parser, "unknown block <%s>; use target, backing-store or direct-store",
			   name);
		parser->unknown = 1;
		return;
	}
	open_known(parser, scan);
}

static void close_block(struct conf_parser *parser, const char *name,
			enum conf_level floor)
{
	enum conf_level level = is_store(name) ? CONF_LU : CONF_TARGET;

	if (parser->unknown) {
		parser->unknown--;
		return;
	}
	if (parser->level < level || level <= floor) {
		conf_error(parser, "</%s> ends a block that does not begin in this file",
			   name);
		return;
	}
	/* </target> also ends blocks that are still open in it */
	close_to(parser, level, true);
	if (strcmp(name, level_name(parser, level)))
		conf_error(parser, "</%s> ends a <%s> block; write </%s>", name,
			   level_name(parser, level),
			   level_name(parser, level));
	close_to(parser, level - 1, false);
}

/* Files */

static void parse_text(struct conf_parser *parser, const char *file,
		       const char *text, size_t len);

static bool is_read(const struct conf *conf, const char *path)
{
	char **name;

	vec_for_each(name, &conf->files)
		if (!strcmp(*name, path))
			return true;
	return false;
}

static void include_file(struct conf_parser *parser, const char *path)
{
	char *text = NULL;
	size_t len = 0;
	int err;

	if (is_read(parser->conf, path)) {
		conf_note(parser, "%s was already read; it is not read again", path);
		return;
	}
	err = parser->source->read(parser->source->data, path, &text, &len);
	if (err) {
		conf_error(parser, "%s: %s", path, strerror(-err));
		return;
	}
	parse_text(parser, path, text, len);
	explicit_bzero(text, len);
	free(text);
}

/* A relative path starts from the folder of the file that contains it. */
static char *include_path(struct conf_parser *parser, const char *path)
{
	const char *file = conf_file(parser, parser->at);
	const char *slash = strrchr(file, '/');
	int n = slash && path[0] != '/' ? slash - file + 1 : 0;
	char *full;

	if (asprintf(&full, "%.*s%s", n, file, path) >= 0)
		return full;
	parser->no_memory = true;
	return NULL;
}

static void set_include(struct conf_parser *parser, struct scan *scan,
			bool optional)
{
	struct vec files = { 0 };
	char *path, **name;
	int err;

	if (scan->n < 2) {
		conf_error(parser, "%s has no path; write %s PATH",
			   scan->word[0], scan->word[0]);
		return;
	}
	if (parser->depth == CONF_DEPTH) {
		conf_error(parser, "more than %u files include one another",
			   CONF_DEPTH);
		return;
	}
	path = include_path(parser, scan_rest(scan));
	if (!path)
		return;
	err = parser->source->expand(parser->source->data, path, &files);
	if (err && !(optional && err == -ENOENT))
		conf_error(parser, "%s: %s", path, strerror(-err));
	vec_for_each(name, &files)
		include_file(parser, *name);
	vec_free_strings(&files);
	free(path);
}

static void parse_line(struct conf_parser *parser, struct scan *scan,
		       enum conf_level floor)
{
	if (scan->error) {
		conf_error(parser, "%s", scan->error);
		return;
	}
	if (scan->glued)
		conf_note(parser, "the # begins a comment; for a # in a word, write \\#");
	if (scan->closing) {
		close_block(parser, scan->word[0], floor);
	} else if (scan->tag) {
		open_block(parser, scan);
		if (scan->empty)
			close_block(parser, scan->word[0], floor);
	} else if (parser->unknown) {
		return;
	} else if (!strcasecmp(scan->word[0], "include")) {
		set_include(parser, scan, false);
	} else if (!strcasecmp(scan->word[0], "includeoptional")) {
		set_include(parser, scan, true);
	} else {
		conf_set(parser, scan);
	}
}

static void parse_lines(struct conf_parser *parser, struct scan *scan)
{
	enum conf_level floor = parser->level;
	unsigned int unknown = parser->unknown;

	while (parser->errors < CONF_ERRORS && !parser->no_memory &&
	       scan_line(scan)) {
		parser->at.line = scan->line;
		parse_line(parser, scan, floor);
	}
	parser->unknown = unknown;
	close_to(parser, floor, parser->errors < CONF_ERRORS);
}

static uint32_t count_lines(const char *text, const char *end)
{
	uint32_t n = 1;

	while (text < end)
		n += *text++ == '\n';
	return n;
}

/* From now on, messages name this file. */
static bool add_file(struct conf_parser *parser, const char *file)
{
	struct vec *files = &parser->conf->files;
	char **name = conf_add(parser, files, sizeof(*name));

	if (!name)
		return false;
	*name = strdup(file);
	if (!*name) {
		parser->no_memory = true;
		/* an entry without a name must not stay */
		files->n--;
		return false;
	}
	parser->at.file = files->n - 1;
	return true;
}

static void parse_text(struct conf_parser *parser, const char *file,
		       const char *text, size_t len)
{
	const struct conf_at from = parser->at;
	const char *nul = memchr(text, '\0', len);
	struct scan scan;
	char *buf;

	buf = conf_alloc(parser, len + 1);
	if (!buf || !add_file(parser, file)) {
		free(buf);
		return;
	}
	parser->at.line = nul ? count_lines(text, nul) : 1;
	parser->depth++;
	scan_init(&scan, text, len, buf);
	if (nul)
		conf_error(parser, "this is not a text file: it contains a NUL byte");
	else
		parse_lines(parser, &scan);
	parser->depth--;
	parser->at = from;
	/* the words of the last line may contain a secret */
	explicit_bzero(buf, len + 1);
	free(buf);
}

int conf_parse(struct conf *conf, const char *file, const char *text,
	       size_t len, const struct conf_source *source)
{
	struct conf_parser parser = { .conf = conf, .source = source };

	memset(conf, 0, sizeof(*conf));
	if (!conf_is_json(text, len))
		parse_text(&parser, file, text, len);
	else if (add_file(&parser, file))
		conf_json_read(&parser, text, len);
	if (!parser.no_memory && parser.errors < CONF_ERRORS)
		conf_finish(&parser);
	if (parser.no_memory)
		return -ENOMEM;
	return parser.errors ? -EINVAL : 0;
}
