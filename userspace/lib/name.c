// SPDX-License-Identifier: GPL-2.0
/* iSCSI names; see name.h. */
#include "lib/name.h"

/* Not that of the C library, which may know more letters than the kernel. */
static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool name_begins(const char *name, const char *prefix)
{
	for (; *prefix; name++, prefix++)
		if (fold(*name) != *prefix)
			return false;
	return true;
}

bool name_equal(const char *a, const char *b)
{
	for (; fold(*a) == fold(*b); a++, b++)
		if (!*a)
			return true;
	return false;
}
