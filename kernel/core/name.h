/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Upper and lower case make no difference in iSCSI names (RFC 7143, 4.2.7). All
 * names are stored in lower case, whether they come from the configuration, a
 * login, discovery or "explain". Only these functions convert them.
 */
#ifndef _KTGT_CORE_NAME_H
#define _KTGT_CORE_NAME_H

#include <linux/ctype.h>

/**
 * ktgt_name_char - one byte of an iSCSI name in lower case
 * @c: the byte
 *
 * Bytes beyond ASCII are part of UTF-8 and stay as they are; tolower() would
 * treat them as Latin-1.
 *
 * Context: any.
 *
 * Return: the byte as it is kept.
 */
static inline char ktgt_name_char(char c)
{
	return isascii(c) ? tolower(c) : c;
}

/**
 * ktgt_name_fold - put an iSCSI name in lower case
 * @name: the name
 *
 * Context: any.
 */
static inline void ktgt_name_fold(char *name)
{
	for (; *name; name++)
		*name = ktgt_name_char(*name);
}

#endif /* _KTGT_CORE_NAME_H */
