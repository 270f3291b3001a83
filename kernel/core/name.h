/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iSCSI names are the same in upper and lower case (RFC 7143, 4.2.7). They are
 * kept in lower case, whoever brings them: the configuration, a login, discovery,
 * or who asks. This is the only place that knows how.
 */
#ifndef _KTGT_CORE_NAME_H
#define _KTGT_CORE_NAME_H

#include <linux/ctype.h>

/**
 * ktgt_name_char - one byte of an iSCSI name in lower case
 * @c: the byte
 *
 * What is not ASCII is part of UTF-8 and stays as it is: tolower() would take it
 * for Latin-1.
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
