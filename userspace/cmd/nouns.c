// SPDX-License-Identifier: GPL-2.0
/* The objects of the native grammar. */
#include "cmd/nouns.h"

#include <string.h>

#include "cmd/objects.h"

const struct noun nouns[] = {
	{ "net", "settings", "settings and totals of the network namespace",
	  net_commands },
	{ "target", NULL, "targets", target_commands },
	{ "portal", NULL, "addresses that are listened on", portal_commands },
	{ "lun", "lu", "logical units of targets", lun_commands },
	{ "acl", NULL, "which initiators a target admits", acl_commands },
	{ "account", NULL, "CHAP accounts", account_commands },
	{ "session", NULL, "logged in initiators", session_commands },
	{ "stats", NULL, "how the data path does", stats_commands },
	{ "config", NULL, "all of it, as a file", config_commands },
	{ "monitor", NULL, "what happens, while it happens", monitor_commands },
	{ "explain", NULL, "what would become of a login", explain_commands },
	{ NULL, NULL, NULL, NULL }
};

const struct noun *noun_find(const char *name)
{
	const struct noun *noun;

	for (noun = nouns; noun->name; noun++)
		if (!strcmp(noun->name, name) ||
		    (noun->alias && !strcmp(noun->alias, name)))
			return noun;
	return NULL;
}
