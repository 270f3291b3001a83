/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel as its pure source files need, in user space. It is
 * included before everything else, and the Makefile puts empty files in the
 * place of kernel headers.
 */
#ifndef _KTGT_FUZZ_SHIM_H
#define _KTGT_FUZZ_SHIM_H

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned int gfp_t;

#define U64_MAX		UINT64_MAX
#define U32_MAX		UINT32_MAX
#define U16_MAX		UINT16_MAX
#define U8_MAX		UINT8_MAX
#define S64_MAX		INT64_MAX
#define BIT_ULL(n)	(1ULL << (n))
#define BIT(n)		(1UL << (n))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define GFP_KERNEL	1	/* may sleep, as all that are odd */
#define __GFP_NOWARN	16
#define __GFP_NOFAIL	32

#define min(a, b) \
	({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a < _b ? _a : _b; })
#define max(a, b) \
	({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a > _b ? _a : _b; })
#define min_t(t, a, b)	min((t)(a), (t)(b))
#define min3(a, b, c)	min(min(a, b), c)
#define clamp(x, lo, hi)	min(max(x, lo), hi)
#define max_t(t, a, b)	max((t)(a), (t)(b))

/* those of the kernel take any char, those of libc do not */
#undef isascii
#undef isalpha
#undef isalnum
#undef isgraph
#undef isxdigit
#undef tolower
#undef toupper
#define isascii(c)	(((unsigned char)(c)) <= 0x7f)
#define isalpha(c)	isalpha((unsigned char)(c))
#define isalnum(c)	isalnum((unsigned char)(c))
#define isgraph(c)	isgraph((unsigned char)(c))
#define isxdigit(c)	isxdigit((unsigned char)(c))
#define tolower(c)	tolower((unsigned char)(c))
#define toupper(c)	toupper((unsigned char)(c))

/* to be set by a test: this many allocations succeed */
extern unsigned int shim_allocs;
/* allocations that had to fail so far */
extern unsigned int shim_failed;
/* pieces of memory that are not freed */
extern unsigned int shim_live;

void *kvmalloc(size_t size, gfp_t gfp);
void kvfree(const void *p);

static inline void *memchr_inv(const void *start, int c, size_t len)
{
	const u8 *p = start;

	for (; len; len--, p++) {
		if (*p != (u8)c)
			return (void *)p;
	}
	return NULL;
}

#undef static_assert
#define static_assert(cond, ...)	_Static_assert(cond, "" #cond)

/* for <scsi/iscsi_proto.h>, which has it of another header */
#define SCSI_MAX_VARLEN_CDB_SIZE 260
#include <linux/types.h>
#include <scsi/scsi_proto.h>

/* as kernel/compat has them */
#ifndef RESERVE_6
#define RESERVE_6	RESERVE
#define RELEASE_6	RELEASE
#endif
#ifndef WRITE_ATOMIC_16
#define WRITE_ATOMIC_16	0x9c
#endif

#include "require.h"

#endif /* _KTGT_FUZZ_SHIM_H */
