/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iSCSI names. Upper and lower case make no difference in them (RFC 7143, 4.2.7),
 * and the same text beyond ASCII can be written in several ways. The kernel only
 * ignores the case of ASCII letters, so the rest is done here.
 */
#ifndef KTGT_LIB_NAME_H
#define KTGT_LIB_NAME_H

#include <stdbool.h>

#include <linux/ktgt.h>

#define NAME_SIZE	(KTGT_NAME_MAX + 1)

/* what is said if name_prepare() has changed a name: the text, and the name */
#define NAME_CHANGED	"%s is used as %s, which RFC 3722 makes of it"

/* Whether a name begins so; the prefix is in lower case. */
bool name_begins(const char *name, const char *prefix);

/* Whether two names are the same, as the kernel compares them. */
bool name_equal(const char *a, const char *b);

/*
 * The name that is sent to the kernel. An ASCII name is sent as it is; any other in
 * the form that RFC 3722 gives it. Returns 0, or -EINVAL with a reason in *why that
 * says what would be right; then @name is the text, as much as fits.
 */
int name_prepare(const char *text, char name[NAME_SIZE], const char **why);

#endif
