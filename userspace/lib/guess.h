/* SPDX-License-Identifier: GPL-2.0 */
/* Guessing which word is meant by a misspelled one. */
#ifndef KTGT_LIB_GUESS_H
#define KTGT_LIB_GUESS_H

struct guess {
	const char *text;	/* as it was typed */
	const char *best;	/* the most similar word, or NULL */
	unsigned int distance;	/* mistakes in it; at first one too many */
};

void guess_start(struct guess *guess, const char *text);
void guess_try(struct guess *guess, const char *word);

#endif
