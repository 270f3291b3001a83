// SPDX-License-Identifier: GPL-2.0
#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "crc32c.h"

/* Castagnoli's polynomial, with its bits reversed */
#define POLY 0x82f63b78

static uint32_t by_table(uint32_t crc, const uint8_t *data, size_t len)
{
	static uint32_t table[256];
	uint32_t n, bit, c;

	if (!table[1]) {
		for (n = 0; n < 256; n++) {
			c = n;
			for (bit = 0; bit < 8; bit++)
				c = c & 1 ? c >> 1 ^ POLY : c >> 1;
			table[n] = c;
		}
	}
	while (len--)
		crc = crc >> 8 ^ table[(crc ^ *data++) & 255];
	return crc;
}

#ifdef __x86_64__
static bool has_instruction(void)
{
	return __builtin_cpu_supports("sse4.2");
}

/* Of all that is sent here, the length is a multiple of four. */
__attribute__((target("sse4.2")))
static uint32_t by_instruction(uint32_t crc, const uint8_t *data, size_t len)
{
	uint64_t word;
	uint32_t half;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		crc = __builtin_ia32_crc32di(crc, word);
		data += sizeof(word);
	}
	if (len >= sizeof(half)) {
		memcpy(&half, data, sizeof(half));
		crc = __builtin_ia32_crc32si(crc, half);
		data += sizeof(half);
		len -= sizeof(half);
	}
	return by_table(crc, data, len);
}
#else
static bool has_instruction(void)
{
	return false;
}

#define by_instruction by_table
#endif

uint32_t crc32c(const void *data, size_t len)
{
	uint32_t crc;

	if (has_instruction())
		crc = by_instruction(~0U, data, len);
	else
		crc = by_table(~0U, data, len);
	return htole32(~crc);
}
