// SPDX-License-Identifier: GPL-2.0
/* Text that can be printed; see clean.h. */
#include "lib/clean.h"

#include <stdlib.h>
#include <string.h>

/* Length of the UTF-8 sequence at @p, 0 if there is none that is valid. */
static size_t utf8_len(const unsigned char *p)
{
	size_t i, n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2;
	else if ((p[0] & 0xf0) == 0xe0)
		n = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4;
	else
		return 0;
	for (i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* overlong forms, surrogates, and what is above U+10FFFF */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

char *clean_text(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	char *clean = malloc(3 * strlen(text) + 1);
	char *q = clean;
	size_t n;

	if (!clean)
		return NULL;
	while (*p) {
		n = utf8_len(p);
		/* C0 and DEL; C1 as U+0080 to U+009F */
		if (!n || *p < ' ' || *p == 0x7f ||
		    (p[0] == 0xc2 && p[1] < 0xa0)) {
			q = stpcpy(q, "\xef\xbf\xbd");
			p += n ? n : 1;
			continue;
		}
		memcpy(q, p, n);
		q += n;
		p += n;
	}
	*q = '\0';
	return clean;
}
