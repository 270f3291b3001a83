/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of targets and initiators. Upper and lower case make no difference in them
 * (RFC 7143, 4.2.7), but a name is kept and shown as it was given: scripts look for
 * the name that they have set.
 *
 * Names are compared here only. To the kernel a name is bytes, of which letters of
 * ASCII have two cases. Beyond ASCII there is more to do than to ignore the case
 * (RFC 3722); the tools and initiators do that before they send a name.
 */
#ifndef _KTGT_CORE_NAME_H
#define _KTGT_CORE_NAME_H

#include <linux/ctype.h>
#include <linux/types.h>

/**
 * ktgt_name_char - one byte of an iSCSI name in lower case
 * @c: the byte
 *
 * Bytes beyond ASCII are part of UTF-8 and stay as they are; tolower() would
 * treat them as Latin-1, and so would strcasecmp().
 *
 * Context: any.
 *
 * Return: the byte that is compared.
 */
static inline char ktgt_name_char(char c)
{
	return isascii(c) ? tolower(c) : c;
}

/**
 * ktgt_name_equal - whether two iSCSI names are the same
 * @a: a name
 * @b: another name
 *
 * Context: any.
 *
 * Return: true if they are.
 */
static inline bool ktgt_name_equal(const char *a, const char *b)
{
	for (; ktgt_name_char(*a) == ktgt_name_char(*b); a++, b++)
		if (!*a)
			return true;
	return false;
}

/**
 * ktgt_name_fold - copy an iSCSI name in lower case
 * @to: takes the copy
 * @size: bytes of @to, at least one; what does not fit is left out
 * @name: the name
 *
 * This is for what is made from a name, and has to be the same for all who write
 * the name in their own way.
 *
 * Context: any.
 */
static inline void ktgt_name_fold(char *to, size_t size, const char *name)
{
	while (*name && --size)
		*to++ = ktgt_name_char(*name++);
	*to = '\0';
}

bool ktgt_name_is_text(const char *name, size_t len);

#endif /* _KTGT_CORE_NAME_H */
