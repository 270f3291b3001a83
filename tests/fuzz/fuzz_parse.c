// SPDX-License-Identifier: GPL-2.0
/*
 * Words of a command line: addresses, networks, portals, iSCSI names, numbers.
 * What is taken can be written down and read again, and is the same then; what
 * is refused is refused with a reason. The first byte says what the rest is.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clean.h"
#include "lib/parse.h"
#include "require.h"

#define NAME_MAX_LEN	223	/* RFC 7143, 4.2.7.1 */

static bool same_addr(const struct addr *a, const struct addr *b)
{
	return a->len == b->len && !memcmp(a->byte, b->byte, a->len);
}

static void try_addr(const char *text, const char **why)
{
	struct addr addr = { 0 }, again = { 0 };
	char buf[ADDR_TEXT_MAX];

	if (parse_addr(text, &addr, why))
		return;
	require(addr.len == 4 || addr.len == 16);
	require(!parse_addr(addr_text(&addr, buf, sizeof(buf)), &again, why));
	require(same_addr(&addr, &again));
}

static void try_prefix(const char *text, const char **why)
{
	struct addr addr = { 0 }, again = { 0 };
	uint8_t bits = 255, bits_again;
	char buf[ADDR_TEXT_MAX];

	if (parse_prefix(text, &addr, &bits, why))
		return;
	if (bits == 255)
		bits = addr.len * 8;
	require(bits <= addr.len * 8);
	bits_again = addr.len * 8;
	require(!parse_prefix(prefix_text(&addr, bits, buf, sizeof(buf)),
			      &again, &bits_again, why));
	require(same_addr(&addr, &again) && bits == bits_again);
}

static void try_portal(const char *text, const char **why)
{
	struct addr addr = { 0 }, again = { 0 };
	uint16_t port = 3260, port_again = 0;
	char buf[ADDR_TEXT_MAX];

	if (parse_portal(text, &addr, &port, why))
		return;
	require(port);
	require(!parse_portal(portal_text(&addr, port, buf, sizeof(buf)),
			      &again, &port_again, why));
	require(same_addr(&addr, &again) && port == port_again);
}

static void try_name(const char *text, const char **why)
{
	char name[NAME_SIZE], again[NAME_SIZE], *clean;
	const char *p;

	if (parse_iscsi_name(text, name, why))
		return;
	require(strlen(name) <= NAME_MAX_LEN);
	require(!strncasecmp(name, "iqn.", 4) ||
		!strncasecmp(name, "eui.", 4) || !strncasecmp(name, "naa.", 4));
	require(!strpbrk(name, " \t\r\n"));
	/* nothing in it changes what a terminal does */
	clean = clean_text(name);
	require(clean && !strcmp(clean, name));
	free(clean);
	/* what is shown can be given again */
	require(!parse_iscsi_name(name, again, why) && !strcmp(again, name));
	/* an ASCII name is what was typed */
	for (p = text; *p && !(*p & 0x80); p++)
		;
	require(*p || !strcmp(text, name));
}

static void try_number(const char *text, const char **why)
{
	uint64_t value, size, again;
	uint8_t yes = 255;
	char buf[32];

	if (!parse_u64(text, &value, why)) {
		snprintf(buf, sizeof(buf), "%llu", (unsigned long long)value);
		require(!parse_u64(buf, &again, why) && again == value);
	}
	if (!parse_size(text, &size, why)) {
		require(size_text(size, buf, sizeof(buf)) == buf);
		snprintf(buf, sizeof(buf), "%llu", (unsigned long long)size);
		require(!parse_size(buf, &again, why) && again == size);
	}
	if (!parse_bool(text, &yes, why))
		require(yes <= 1);
}

static void try_store(const char *text, const char **why)
{
	struct lu lu = { 0 };

	parse_bstype(text, &lu, why);
	parse_bsopts(text, &lu, why);
	parse_bsoflags(text, &lu, why);
	require(lu.backend <= KTGT_BACKEND_NULL);
}

static void try_clean(const char *text, const char **why)
{
	char *clean = clean_text(text), *again;
	const char *p;

	(void)why;
	require(clean);
	for (p = clean; *p; p++)
		require((unsigned char)*p >= 0x20 && *p != 0x7f);
	again = clean_text(clean);
	require(again && !strcmp(clean, again));
	free(again);
	free(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(const char *text, const char **why) = {
		try_addr, try_prefix, try_portal, try_name, try_number,
		try_store, try_clean,
	};
	static const char none[] = "no reason";
	const char *why = none;
	char *text;

	if (!size)
		return 0;
	/* of just the right size, so that a byte read too far is found */
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	tries[(data[0] - '0') % (sizeof(tries) / sizeof(tries[0]))](text, &why);
	require(why == none || *why);
	free(text);
	return 0;
}
