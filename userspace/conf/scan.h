/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lines of targets.conf as words. The syntax is that of Perl's
 * Config::General, which tgt-admin reads its files with, and of the shell,
 * through which tgt-admin passes what it has read.
 */
#ifndef KTGT_CONF_SCAN_H
#define KTGT_CONF_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCAN_WORDS	4

struct scan {
	const char *p, *end;	/* what is left */
	char *buf;		/* room for all of the text, for the words */
	size_t used;
	uint32_t next;		/* number of the line at @p */

	uint32_t line;		/* where the words begin */
	char *word[SCAN_WORDS];
	size_t n;		/* of the line, also those that have no room */
	bool tag;		/* <WORDS> */
	bool closing;		/* </WORDS> */
	bool empty;		/* <WORDS/> */
	bool glued;		/* a comment ends a word without a blank */
	const char *error;	/* of this line, which is skipped then */
};

/* @buf has room for @len + 1 bytes. */
void scan_init(struct scan *scan, const char *text, size_t len, char *buf);

/*
 * Goes on to the next line that has words. Returns false at the end. A line
 * goes on behind a backslash at its end, so it can be several of the text.
 */
bool scan_line(struct scan *scan);

/* All words but the first, of which there are some, as one. */
char *scan_rest(struct scan *scan);

#endif
