/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iSCSI names. Upper and lower case make no difference in them (RFC 7143, 4.2.7).
 */
#ifndef KTGT_LIB_NAME_H
#define KTGT_LIB_NAME_H

#include <stdbool.h>

/* Whether a name begins so; the prefix is in lower case. */
bool name_begins(const char *name, const char *prefix);

/* Whether two names are the same, as the kernel compares them. */
bool name_equal(const char *a, const char *b);

#endif
