/* SPDX-License-Identifier: GPL-2.0 */
/* Which known word a misspelled one is near to. */
#ifndef KTGT_LIB_GUESS_H
#define KTGT_LIB_GUESS_H

struct guess {
	const char *text;	/* as it was typed */
	const char *best;	/* NULL: nothing is near */
	unsigned int distance;	/* of the best, or more than is near */
};

void guess_start(struct guess *guess, const char *text);
void guess_try(struct guess *guess, const char *word);

#endif
