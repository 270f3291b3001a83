// SPDX-License-Identifier: GPL-2.0
/* iSCSI names; see name.h. */
#include "lib/name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stringprep.h>

#include "lib/clean.h"

/* RFC 3722 can make a name shorter, so one that is too long is tried */
#define WORK_SIZE	(4 * NAME_SIZE)

static int refuse(const char **why, const char *reason)
{
	*why = reason;
	return -EINVAL;
}

static int refuse_long(const char **why)
{
	return refuse(why, "the name is longer than 223 bytes");
}

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

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if (*text & 0x80)
			return false;
	return true;
}

static bool is_clean(const char *text)
{
	char *clean = clean_text(text);
	bool same = clean && !strcmp(clean, text);

	free(clean);
	return same;
}

static int apply_profile(char *work, const char **why)
{
	switch (stringprep_iscsi(work, WORK_SIZE)) {
	case STRINGPREP_OK:
		return 0;
	case STRINGPREP_CONTAINS_PROHIBITED:
		return refuse(why,
			"RFC 3722 does not allow a character of the name; use letters, digits, '-', '.' and ':'");
	case STRINGPREP_BIDI_BOTH_L_AND_RAL:
	case STRINGPREP_BIDI_LEADTRAIL_NOT_RAL:
	case STRINGPREP_BIDI_CONTAINS_PROHIBITED:
		return refuse(why,
			"RFC 3722 does not allow text of both directions in a name; use one direction");
	case STRINGPREP_TOO_SMALL_BUFFER:
		return refuse_long(why);
	default:
		return refuse(why, "RFC 3722 could not be applied to the name");
	}
}

int name_prepare(const char *text, char name[NAME_SIZE], const char **why)
{
	char work[WORK_SIZE];

	snprintf(name, NAME_SIZE, "%s", text);
	if (strlen(text) >= WORK_SIZE)
		return refuse_long(why);
	if (!is_clean(text))
		return refuse(why,
			"the name is not valid UTF-8, or has a control character");
	strcpy(work, text);
	if (!is_ascii(text) && apply_profile(work, why))
		return -EINVAL;
	if (strlen(work) >= NAME_SIZE)
		return refuse_long(why);
	strcpy(name, work);
	return 0;
}
