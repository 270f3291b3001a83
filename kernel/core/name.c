// SPDX-License-Identifier: GPL-2.0
/*
 * What an iSCSI name can consist of. Names come from peers, and go into the log and
 * to terminals.
 */
#include "name.h"

#include <linux/kernel.h>

/**
 * struct utf8_form - how UTF-8 codes characters of one length (RFC 3629, 3)
 * @mask: bits of the first byte that say the length
 * @first: what they are
 * @min: lowest character that needs this length
 */
struct utf8_form {
	u8	mask;
	u8	first;
	u32	min;
};

/* by the number of bytes that follow the first one */
static const struct utf8_form utf8_forms[] = {
	{ 0x80, 0x00, 0 },
	{ 0xe0, 0xc0, 0x80 },
	{ 0xf0, 0xe0, 0x800 },
	{ 0xf8, 0xf0, 0x10000 },
};

#define UTF8_MAX	0x10ffff

static bool is_surrogate(u32 c)
{
	return c >= 0xd800 && c <= 0xdfff;
}

/* C0, DEL and C1. A terminal obeys some of C1 as it obeys an escape sequence. */
static bool is_control(u32 c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/* Decodes one character. Returns its length, or 0 if it is not valid. */
static size_t take_char(const u8 *p, size_t len, u32 *c)
{
	size_t n = 0, i;

	while ((p[0] & utf8_forms[n].mask) != utf8_forms[n].first)
		if (++n == ARRAY_SIZE(utf8_forms))
			return 0;
	if (n >= len)
		return 0;

	*c = p[0] & ~utf8_forms[n].mask;
	for (i = 1; i <= n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (*c < utf8_forms[n].min || *c > UTF8_MAX || is_surrogate(*c))
		return 0;
	return n + 1;
}

/**
 * ktgt_name_is_text - whether a name is valid UTF-8 without control characters
 * @name: the name
 * @len: bytes of it
 *
 * Context: any.
 *
 * Return: true if it is; also if it is empty.
 */
bool ktgt_name_is_text(const char *name, size_t len)
{
	const u8 *p = (const u8 *)name;
	size_t n;
	u32 c;

	for (; len; p += n, len -= n) {
		n = take_char(p, len, &c);
		if (!n || is_control(c))
			return false;
	}
	return true;
}
