// SPDX-License-Identifier: GPL-2.0
/* Words of targets.conf; see conf/scan.h. */
#include "conf/scan.h"

#include <string.h>

void scan_init(struct scan *scan, const char *text, size_t len, char *buf)
{
	memset(scan, 0, sizeof(*scan));
	/* some editors put a byte order mark in front */
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		len -= 3;
	}
	scan->p = text;
	scan->end = text + len;
	scan->buf = buf;
	scan->next = 1;
}

static int at(const struct scan *scan, size_t i)
{
	if (i >= (size_t)(scan->end - scan->p))
		return '\n';
	return (unsigned char)scan->p[i];
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static void skip_newline(struct scan *scan)
{
	scan->p++;
	scan->next++;
}

static void skip_to_newline(struct scan *scan)
{
	const char *newline = memchr(scan->p, '\n', scan->end - scan->p);

	scan->p = newline ? newline : scan->end;
}

/*
 * A backslash before the end of a line continues the line on the next one,
 * without the blanks at the beginning of that.
 */
static bool take_joint(struct scan *scan)
{
	size_t n = at(scan, 1) == '\r' ? 2 : 1;

	if (at(scan, 0) != '\\' || at(scan, n) != '\n' ||
	    scan->end - scan->p <= (ptrdiff_t)n)
		return false;
	scan->p += n;
	skip_newline(scan);
	while (is_blank(at(scan, 0)))
		scan->p++;
	return true;
}

static void skip_block_comment(struct scan *scan)
{
	uint32_t line = scan->next;

	scan->p += 2;
	while (scan->p < scan->end) {
		if (at(scan, 0) == '*' && at(scan, 1) == '/') {
			scan->p += 2;
			return;
		}
		if (at(scan, 0) == '\n')
			skip_newline(scan);
		else
			scan->p++;
	}
	scan->next = line;
	scan->error = "the comment has no end; write */";
}

/* Stops at the next word or at the end of the line. */
static void skip_blanks(struct scan *scan)
{
	for (;;) {
		if (is_blank(at(scan, 0)))
			scan->p++;
		else if (at(scan, 0) == '#')
			skip_to_newline(scan);
		else if (at(scan, 0) == '/' && at(scan, 1) == '*')
			skip_block_comment(scan);
		else if (!take_joint(scan))
			return;
	}
}

static void put(struct scan *scan)
{
	scan->buf[scan->used++] = *scan->p++;
}

/* \$ \\ \" \# mean the second character; any other backslash means itself. */
static void put_escaped(struct scan *scan)
{
	int c = at(scan, 1);

	if (c == '$' || c == '\\' || c == '"' || c == '#')
		scan->p++;
	put(scan);
}

/* Whether the > or /> here is the last of the line. */
static bool ends_tag(const struct scan *scan)
{
	size_t i = at(scan, 0) == '/' ? 1 : 0;

	if (!scan->tag || at(scan, i) != '>')
		return false;
	do
		i++;
	while (is_blank(at(scan, i)));
	return at(scan, i) == '\n' || at(scan, i) == '#';
}

static bool ends_word(struct scan *scan)
{
	int c = at(scan, 0);

	if (c == '#')
		scan->glued = true;
	/* NAME=VALUE is NAME VALUE */
	return c == '\n' || c == '#' || is_blank(c) || ends_tag(scan) ||
	       (c == '=' && !scan->n && !scan->tag);
}

static void take_quoted(struct scan *scan, int quote)
{
	scan->p++;
	while (at(scan, 0) != quote) {
		if (at(scan, 0) == '\n') {
			scan->error = "the closing quote is missing on this line";
			return;
		}
		if (quote == '"' && take_joint(scan))
			continue;
		if (quote == '"' && at(scan, 0) == '\\')
			put_escaped(scan);
		else
			put(scan);
	}
	scan->p++;
	if (!ends_word(scan))
		scan->error = "there is no blank after the closing quote";
}

static void take_bare(struct scan *scan)
{
	while (!ends_word(scan)) {
		if (take_joint(scan))
			continue;
		if (at(scan, 0) == '\\')
			put_escaped(scan);
		else
			put(scan);
	}
}

static void take_word(struct scan *scan)
{
	char *word = scan->buf + scan->used;
	int c = at(scan, 0);

	if (c == '"' || c == '\'')
		take_quoted(scan, c);
	else
		take_bare(scan);
	/* there is room: in the text, a blank or a quote follows each word */
	scan->buf[scan->used++] = '\0';
	if (scan->n < SCAN_WORDS)
		scan->word[scan->n] = word;
	scan->n++;
}

static void take_tag_start(struct scan *scan)
{
	if (at(scan, 0) != '<')
		return;
	scan->tag = true;
	scan->p++;
	scan->closing = at(scan, 0) == '/';
	if (scan->closing)
		scan->p++;
}

static void take_words(struct scan *scan)
{
	take_tag_start(scan);
	for (;;) {
		skip_blanks(scan);
		if (scan->error || at(scan, 0) == '\n' || ends_tag(scan))
			return;
		take_word(scan);
		if (scan->error)
			return;
		if (scan->n > 1 || scan->tag)
			continue;
		skip_blanks(scan);
		if (at(scan, 0) == '=')
			scan->p++;
	}
}

static void take_tag_end(struct scan *scan)
{
	if (!scan->tag || scan->error)
		return;
	if (!ends_tag(scan)) {
		scan->error = "the > is missing at the end of this line";
		return;
	}
	scan->empty = at(scan, 0) == '/';
	if (!scan->n)
		scan->error = "there is nothing between < and >";
}

bool scan_line(struct scan *scan)
{
	scan->used = 0;
	scan->n = 0;
	scan->tag = false;
	scan->closing = false;
	scan->empty = false;
	scan->glued = false;
	scan->error = NULL;
	skip_blanks(scan);
	while (!scan->error && scan->p < scan->end && at(scan, 0) == '\n') {
		skip_newline(scan);
		skip_blanks(scan);
	}
	if (scan->p == scan->end && !scan->error)
		return false;
	scan->line = scan->next;
	if (!scan->error)
		take_words(scan);
	take_tag_end(scan);
	/* the rest of the line after an error or a tag */
	skip_to_newline(scan);
	return true;
}

char *scan_rest(struct scan *scan)
{
	char *p, *last = scan->buf + scan->used - 1;

	/* the words follow each other in the buffer */
	for (p = scan->word[1]; p < last; p++)
		if (!*p)
			*p = ' ';
	return scan->word[1];
}
