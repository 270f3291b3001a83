// SPDX-License-Identifier: GPL-2.0
/* Why the kernel refused, for people. */
#include "lib/reason.h"

#include <errno.h>
#include <string.h>

const char *nl_reason(const struct nl *nl, int err)
{
	const char *text = nl ? nl_text(nl) : "";

	if (*text)
		return text;
	/* generic netlink refuses it before ktgt hears of it */
	if (err == -EPERM)
		return "not permitted: this needs CAP_NET_ADMIN; use sudo";
	return strerror(-err);
}
