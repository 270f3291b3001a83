/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words in the lines of targets.conf. The syntax is that of Perl's
 * Config::General, with which tgt-admin reads its files, and of the shell, to
 * which tgt-admin passes what it has read.
 */
#ifndef KTGT_CONF_SCAN_H
#define KTGT_CONF_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCAN_WORDS	4

struct scan {
	const char *p, *end;	/* the rest of the text */
	char *buf;		/* for the words; as large as the text */
	size_t used;
	uint32_t next;		/* number of the line at @p */

	uint32_t line;		/* number of the line where the words begin */
	char *word[SCAN_WORDS];
	size_t n;		/* number of words, even if not all fit */
	bool tag;		/* <WORDS> */
	bool closing;		/* </WORDS> */
	bool empty;		/* <WORDS/> */
	bool glued;		/* a comment follows a word without a blank */
	const char *error;	/* error in this line, which is then skipped */
};

/* @buf has room for @len + 1 bytes. */
void scan_init(struct scan *scan, const char *text, size_t len, char *buf);

/*
 * Goes to the next line that has words. Returns false at the end. A line that
 * ends with a backslash continues on the next line of the text.
 */
bool scan_line(struct scan *scan);

/* All words after the first as one; there must be at least one. */
char *scan_rest(struct scan *scan);

#endif
