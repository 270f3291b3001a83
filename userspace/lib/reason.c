// SPDX-License-Identifier: GPL-2.0
/*
 * Why the kernel refused a request, for people, with what the kernel cannot
 * know.
 *
 * The device or the port is taken from the kernel's text, because the refusal
 * of a transaction may be about any of its changes. These texts are in
 * backend/block.c and tcp/listen.c of the module. An unknown text is not
 * changed.
 */
#include "lib/reason.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/clean.h"
#include "lib/find.h"
#include "lib/find_device.h"
#include "lib/find_port.h"
#include "lib/parse.h"

#define LOOK_MS		150	/* of 200; some steps have no deadline */

#define IN_USE		" is in use"
#define NO_BLOCK	" is not a block device"
#define PORT_IN_USE	": the port is in use"
#define NO_ADDRESS	": this machine does not have the address"
#define UNKNOWN		"another program or kernel user"

/* The text between the first @before and @after, which must be at the end. */
static char *between(const char *text, const char *before, const char *after)
{
	const char *begin = strstr(text, before);
	size_t len = strlen(text), tail = strlen(after);

	if (!begin || len < tail || strcmp(text + len - tail, after))
		return NULL;
	begin += strlen(before);
	if (begin >= text + len - tail)
		return NULL;
	return strndup(begin, text + len - tail - begin);
}

/* "LUN 1: PATH is ..." */
static char *path_in(const char *text, const char *after)
{
	return strncmp(text, "LUN ", 4) ? NULL : between(text, ": ", after);
}

static void explain_device(struct nl *nl, char *text, const char *path)
{
	uint64_t deadline = find_clock() + LOOK_MS;
	struct vec lus = { 0 };
	struct stat st;
	char who[512];

	/* without this list, only our own logical units are not found */
	if (nl_dump(nl, KTGT_CMD_LU_LIST, &lu_object, NULL, &lus))
		objects_free(&lus, &lu_object);
	if (!stat(path, &st) && S_ISBLK(st.st_mode) &&
	    find_device_user(st.st_rdev, &lus, deadline, who, sizeof(who)))
		nl_say(nl, "%s: %s", text, who);
	else
		nl_say(nl, "%s by " UNKNOWN, text);
	objects_free(&lus, &lu_object);
}

static void explain_file(struct nl *nl, char *text, const char *path)
{
	char loop[64];
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return;
	text[strlen(text) - strlen(NO_BLOCK)] = '\0';
	if (find_loop(path, loop, sizeof(loop)))
		nl_say(nl, "%s is a regular file; take its loop device, %s",
		       text, loop);
	else
		nl_say(nl, "%s is a regular file, which ktgt does not serve yet; "
		       "\"losetup -f --show %s\" makes it a block device, at "
		       "boot as in ktgt(7)", text, path);
}

static void explain_port(struct nl *nl, char *text, const char *portal)
{
	const char *why;
	struct addr addr;
	uint16_t port;
	char who[512];

	if (parse_portal(portal, &addr, &port, &why))
		return;
	nl_say(nl, "%s by %s", text,
	       find_listener(&addr, port, LOOK_MS, who, sizeof(who)) ?
	       who : UNKNOWN);
}

/* In [::1:3262]:3260, the port may be meant to be 3262. */
static void explain_address(struct nl *nl, const char *text, char *portal)
{
	char *inner = portal + 1, *end = strchr(portal, ']'), *colon;
	const char *why;
	struct addr addr;
	uint16_t port;

	if (portal[0] != '[' || !end)
		return;
	*end = '\0';
	colon = strrchr(inner, ':');
	if (!colon || parse_u16(colon + 1, &port, &why) || !port)
		return;
	/* in ::3262, both colons belong to the address */
	if (colon == inner + 1)
		colon++;
	*colon = '\0';
	if (parse_addr(inner, &addr, &why) || addr.len != 16)
		return;
	nl_say(nl, "%s; [%s]:%u is meant?", text, inner, port);
}

static void explain(struct nl *nl, int err)
{
	char *text = strdup(nl_text(nl));
	char *what = NULL;

	if (!text)
		return;
	switch (-err) {
	case EBUSY:
		what = path_in(text, IN_USE);
		if (what)
			explain_device(nl, text, what);
		break;
	case ENOTBLK:
		what = path_in(text, NO_BLOCK);
		if (what)
			explain_file(nl, text, what);
		break;
	case EADDRINUSE:
		what = between(text, "portal ", PORT_IN_USE);
		if (what)
			explain_port(nl, text, what);
		break;
	case EADDRNOTAVAIL:
		what = between(text, "portal ", NO_ADDRESS);
		if (what)
			explain_address(nl, text, what);
		break;
	}
	free(what);
	free(text);
}

/* Names of processes and of mount points can contain any characters. */
static void clean(struct nl *nl)
{
	char *text = clean_text(nl_text(nl));

	nl_say(nl, "%s", text ? text : strerror(ENOMEM));
	free(text);
}

const char *nl_reason(struct nl *nl, int err)
{
	if (nl && *nl_text(nl)) {
		explain(nl, err);
		clean(nl);
		return nl_text(nl);
	}
	/* refused by generic netlink, so there is no text from ktgt */
	if (err == -EPERM)
		return "not permitted: this needs CAP_NET_ADMIN; use sudo";
	return strerror(-err);
}
