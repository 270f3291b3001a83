// SPDX-License-Identifier: GPL-2.0
/* The objects of the native grammar. */
#include "cmd/nouns.h"

#include <string.h>

#include "cmd/objects.h"

const struct noun nouns[] = {
	{ "net", "settings", "settings and totals of the network namespace",
	  net_commands },
	{ "target", NULL, "iSCSI targets", target_commands },
	{ "portal", NULL, "addresses and ports to listen on", portal_commands },
	{ "group", NULL, "target port groups: access states of portals (ALUA)",
	  group_commands },
	{ "lun", "lu", "logical units of targets, which are disks", lun_commands },
	{ "acl", NULL, "access rules: which initiators may log in", acl_commands },
	{ "account", NULL, "CHAP users and their secrets", account_commands },
	{ "session", NULL, "initiators that are logged in", session_commands },
	{ "orphan", NULL, "unanswered commands of connections that are gone",
	  orphan_commands },
	{ "pr", NULL, "persistent reservations of logical units", pr_commands },
	{ "stats", NULL, "performance counters of sessions and LUNs", stats_commands },
	{ "config", NULL, "the whole configuration, as a file", config_commands },
	{ "monitor", NULL, "events, as they happen", monitor_commands },
	{ "explain", NULL, "whether a login would be admitted, and why", explain_commands },
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
