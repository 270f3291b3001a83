// SPDX-License-Identifier: GPL-2.0
/* Guessing which word is meant by a misspelled one; see guess.h. */
#include "lib/guess.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define LETTERS	40	/* longer words are not compared */

static int letter(char c)
{
	return c == '_' ? '-' : tolower((unsigned char)c);
}

static unsigned int min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * How many letters must be changed, removed, added, or swapped with the next
 * one to turn @a into @b. Neither is longer than LETTERS.
 */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int rows[3][LETTERS + 1];
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2];
	unsigned int *free_row;
	size_t i, j, n = strlen(b);

	for (j = 0; j <= n; j++)
		above[j] = j;
	for (i = 1; a[i - 1]; i++) {
		row[0] = i;
		for (j = 1; j <= n; j++) {
			row[j] = min(above[j], row[j - 1]) + 1;
			row[j] = min(row[j], above[j - 1] +
				     (letter(a[i - 1]) != letter(b[j - 1])));
			if (i > 1 && j > 1 &&
			    letter(a[i - 1]) == letter(b[j - 2]) &&
			    letter(a[i - 2]) == letter(b[j - 1]))
				row[j] = min(row[j], before[j - 2] + 1);
		}
		free_row = before;
		before = above;
		above = row;
		row = free_row;
	}
	return above[n];
}

/*
 * A short word may have only one mistake, because two make it a different word.
 */
void guess_start(struct guess *guess, const char *text)
{
	size_t n = strlen(text);

	guess->text = text;
	guess->best = NULL;
	guess->distance = n > LETTERS || n < 2 ? 0 : n < 5 ? 2 : 3;
}

void guess_try(struct guess *guess, const char *word)
{
	size_t n = strlen(guess->text);
	unsigned int d;

	if (!guess->distance || strlen(word) > LETTERS)
		return;
	d = distance(guess->text, word);
	/* the beginning of a word counts as one mistake */
	if (d && n > 2 && !strncasecmp(guess->text, word, n))
		d = 1;
	if (d >= guess->distance)
		return;
	guess->distance = d;
	guess->best = word;
}
