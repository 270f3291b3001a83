// SPDX-License-Identifier: GPL-2.0
/* The words of other tools; see foreign.h. */
#include "cmd/foreign.h"

#include <stddef.h>
#include <string.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

struct word {
	const char *word;
	const char *say;
};

static const struct word objects[] = {
	{ "tgt", "target" },
	{ "tpg", "target" },
	{ "tpg1", "target" },
	{ "iqn", "target" },
	{ "iscsi", "target" },
	{ "node", "target" },
	{ "subsystem", "target" },
	{ "tid", "target" },
	{ "pt", "portal" },
	{ "port", "portal" },
	{ "listen", "portal" },
	{ "addr", "portal" },
	{ "address", "portal" },
	{ "addresses", "portal" },
	{ "logicalunit", "lun" },
	{ "logical-unit", "lun" },
	{ "backstore", "lun" },
	{ "backstores", "lun" },
	{ "backing-store", "lun" },
	{ "disk", "lun" },
	{ "disks", "lun" },
	{ "device", "lun" },
	{ "devices", "lun" },
	{ "volume", "lun" },
	{ "volumes", "lun" },
	{ "namespace", "say lun; for a network namespace, the option -n" },
	{ "netns", "say -n NETNS before the object" },
	{ "access", "acl" },
	{ "rule", "acl" },
	{ "rules", "acl" },
	{ "initiator", "acl" },
	{ "initiators", "acl" },
	{ "host", "acl" },
	{ "hosts", "acl" },
	{ "user", "account" },
	{ "users", "account" },
	{ "auth", "account" },
	{ "chap", "account" },
	{ "discovery", "say account bind USER discovery" },
	{ "sess", "session" },
	{ "conn", "session" },
	{ "connection", "session" },
	{ "connections", "session" },
	{ "client", "session" },
	{ "clients", "session" },
	{ "login", "session" },
	{ "logout", "say session logout" },
	{ "sys", "net" },
	{ "system", "net" },
	{ "global", "net" },
	{ "setting", "net" },
	{ "stat", "stats" },
	{ "statistics", "stats" },
	{ "top", "stats" },
	{ "conf", "config" },
	{ "configuration", "config" },
	{ "saveconfig", "say config dump" },
	{ "save", "say config dump" },
	{ "restoreconfig", "say config apply FILE" },
	{ "restore", "say config apply FILE" },
	{ "load", "say config apply FILE" },
	{ "reload", "say config apply FILE" },
	{ "event", "monitor" },
	{ "events", "monitor" },
	{ "watch", "monitor" },
	{ "log", "monitor" },
	{ "why", "explain" },
	{ "tgtadm", "say tgtadm --help" },
	{ "tgt-admin", "say tgt-admin --help" },
	{ "tgt-setup-lun", "say tgt-setup-lun --help" },
	{ "version", "say -V" },
	{ "status", "say target show" },
};

static const struct word verbs[] = {
	{ "create", "add" },
	{ "new", "add" },
	{ "make", "add" },
	{ "mk", "add" },
	{ "insert", "add" },
	{ "list", "show" },
	{ "ls", "show" },
	{ "lst", "show" },
	{ "get", "show" },
	{ "info", "show" },
	{ "display", "show" },
	{ "print", "show" },
	{ "status", "show" },
	{ "stat", "show" },
	{ "view", "show" },
	{ "rm", "del" },
	{ "remove", "del" },
	{ "delete", "del" },
	{ "destroy", "del" },
	{ "drop", "del" },
	{ "update", "set" },
	{ "modify", "set" },
	{ "change", "set" },
	{ "edit", "set" },
	{ "rename", "say add for the new name, then del for the old one" },
	{ "kick", "say session del, or session logout" },
};

/* words that mean something else for one object than in general */
static const struct {
	const char *noun;
	struct word word;
} own_verbs[] = {
	{ "target", { "rename", "a target keeps its name: say add for another one, then del" } },
	{ "target", { "bind", "say acl add, or account bind" } },
	{ "target", { "unbind", "say acl del, or account unbind" } },
	{ "target", { "enable", "say set TARGET state ready" } },
	{ "target", { "start", "say set TARGET state ready" } },
	{ "target", { "online", "say set TARGET state ready" } },
	{ "target", { "ready", "say set TARGET state ready" } },
	{ "target", { "disable", "say set TARGET state offline" } },
	{ "target", { "stop", "say set TARGET state offline" } },
	{ "target", { "offline", "say set TARGET state offline" } },
	{ "target", { "kick", "say session logout target TARGET" } },
	{ "target", { "logout", "say session logout target TARGET" } },
	{ "target", { "disconnect", "say session logout target TARGET" } },
	{ "portal", { "enable", "add" } },
	{ "portal", { "disable", "del" } },
	{ "portal", { "set", "a portal is not changed: say del, then add" } },
	{ "lun", { "map", "add" } },
	{ "lun", { "export", "add" } },
	{ "lun", { "unmap", "del" } },
	{ "lun", { "detach", "del" } },
	{ "lun", { "online", "attach" } },
	{ "lun", { "unload", "eject" } },
	{ "acl", { "set", "a rule is not changed: say add, then del" } },
	{ "acl", { "allow", "add" } },
	{ "acl", { "grant", "add" } },
	{ "acl", { "bind", "add" } },
	{ "acl", { "deny", "del" } },
	{ "acl", { "revoke", "del" } },
	{ "acl", { "unbind", "del" } },
	{ "account", { "rename", "an account keeps its name: say add for another one, then del" } },
	{ "account", { "passwd", "say set USER secret-file FILE" } },
	{ "account", { "password", "say set USER secret-file FILE" } },
	{ "account", { "secret", "say set USER secret-file FILE" } },
	{ "account", { "attach", "bind" } },
	{ "account", { "detach", "unbind" } },
	{ "session", { "kick", "say del, or logout to let it finish" } },
	{ "session", { "kill", "say del, or logout to let it finish" } },
	{ "session", { "end", "say del, or logout to let it finish" } },
	{ "session", { "stop", "say del, or logout to let it finish" } },
	{ "session", { "close", "say del, or logout to let it finish" } },
	{ "session", { "disconnect", "say del, or logout to let it finish" } },
	{ "config", { "save", "dump" } },
	{ "config", { "export", "dump" } },
	{ "config", { "backup", "dump" } },
	{ "config", { "load", "apply" } },
	{ "config", { "import", "apply" } },
	{ "config", { "restore", "apply" } },
	{ "config", { "reload", "apply" } },
	{ "config", { "set", "apply" } },
	{ "config", { "test", "check" } },
	{ "config", { "verify", "check" } },
	{ "config", { "validate", "check" } },
	{ "config", { "compare", "diff" } },
};

static const struct word keys[] = {
	{ "tid", "target" },
	{ "tgt", "target" },
	{ "target-id", "target" },
	{ "target_id", "target" },
	{ "iqn", "target" },
	{ "iqn", "name" },
	{ "targetname", "name" },
	{ "dev", "path" },
	{ "device", "path" },
	{ "disk", "path" },
	{ "file", "path" },
	{ "filename", "path" },
	{ "backing-store", "path" },
	{ "backing", "path" },
	{ "bstype", "type" },
	{ "bs-type", "type" },
	{ "backend", "type" },
	{ "bs", "block-size" },
	{ "ro", "read-only" },
	{ "readonly", "read-only" },
	{ "rw", "say read-only off" },
	{ "cache", "write-cache" },
	{ "wb", "write-cache" },
	{ "scsi_sn", "serial" },
	{ "sn", "serial" },
	{ "vendor_id", "vendor" },
	{ "product_id", "product" },
	{ "product_rev", "revision" },
	{ "wwn", "naa" },
	{ "initiator-address", "address" },
	{ "addr", "address" },
	{ "ip", "address" },
	{ "host", "address" },
	{ "network", "address" },
	{ "initiator-name", "initiator" },
	{ "iname", "initiator" },
	{ "ALL", "all" },
	{ "any", "all" },
	{ "everybody", "all" },
	{ "port", "say ADDRESS:PORT" },
	{ "tag", "group-tag" },
	{ "tpgt", "group-tag" },
	{ "username", "user" },
	{ "userid", "user" },
	{ "password", "secret-file" },
	{ "secret", "secret-file" },
	{ "sid", "id" },
	{ "session", "id" },
	{ "timeout", "time" },
	{ "address", "from" },
};

static const char *find(const struct word *words, size_t n, const char *word)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(words[i].word, word))
			return words[i].say;
	return NULL;
}

const char *foreign_object(const char *word)
{
	return find(objects, ARRAY_SIZE(objects), word);
}

const char *foreign_verb(const char *noun, const char *word)
{
	size_t i;

	for (i = 0; noun && i < ARRAY_SIZE(own_verbs); i++)
		if (!strcmp(own_verbs[i].noun, noun) &&
		    !strcmp(own_verbs[i].word.word, word))
			return own_verbs[i].word.say;
	return find(verbs, ARRAY_SIZE(verbs), word);
}

/* A word can mean one of several keys: @i counts them. */
const char *foreign_key(const char *word, int i)
{
	size_t k;

	for (k = 0; k < ARRAY_SIZE(keys); k++)
		if (!strcmp(keys[k].word, word) && !i--)
			return keys[k].say;
	return NULL;
}
