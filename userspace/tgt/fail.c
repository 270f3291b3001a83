// SPDX-License-Identifier: GPL-2.0
/* How an operation of tgtadm fails; see tgtadm.c for the form. */
#include "tgt/fail.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/reason.h"
#include "tgt/opt.h"

int fail_because(const char *text, const char *reason)
{
	fprintf(stderr, "tgtadm: %s\n", text);
	if (reason && *reason)
		fprintf(stderr, "  %s\n", reason);
	return TGT_EXIT_ERROR;
}

int fail_unknown(const char *name)
{
	char text[128];

	snprintf(text, sizeof(text), "there is no parameter %.*s",
		 (int)strcspn(name, "="), name);
	return fail_because(INVALID, text);
}

int finish(struct nl *nl, int err, const struct texts *texts)
{
	const char *text = NULL;

	switch (-err) {
	case 0:
		return 0;
	case ENOENT:
		text = texts->missing;
		break;
	case EEXIST:
		text = texts->exists;
		break;
	case EBUSY:
		text = texts->busy;
		break;
	case ENOSPC:
		text = texts->full;
		break;
	case ENOMEM:
		text = NO_MEMORY;
		break;
	case EOPNOTSUPP:
		text = UNSUPPORTED;
		break;
	}
	return fail_because(text ? text : INVALID,
			    nl_reason(nl, err));
}
