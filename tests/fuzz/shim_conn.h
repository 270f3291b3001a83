/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What login.c, chap.c and discovery.c need of the kernel beyond
 * shim_kernel.h. The hash is none, and random numbers are known, so that a
 * fuzzer can pass.
 */
#ifndef _KTGT_FUZZ_SHIM_CONN_H
#define _KTGT_FUZZ_SHIM_CONN_H

#include "shim_kernel.h"

static inline void get_random_bytes(void *p, size_t len)
{
	memset(p, 0x5a, len);
}

u32 get_random_u32(void);

/* a hash whose result is always the same */
struct crypto_shash { u8 size; };
struct shash_desc { struct crypto_shash *tfm; };

#define SHASH_DESC_ON_STACK(d, t)	struct shash_desc d##_mem, *d = &d##_mem
#define crypto_shash_init(d)		((d)->tfm ? 0 : -EINVAL)
#define crypto_shash_update(d, p, n)	shim_hash(d, p, n)
#define crypto_shash_final(d, out)	(memset(out, 0xa5, (d)->tfm->size), 0)
#define shash_desc_zero(d)		memset(d, 0, sizeof(*(d)))

/* whether somebody has given the right answer to a challenge */
extern bool shim_proved;

static inline bool crypto_memneq(const void *a, const void *b, size_t n)
{
	if (memcmp(a, b, n))
		return true;
	shim_proved = true;
	return false;
}

/* touch all that would be hashed */
static inline int shim_hash(struct shash_desc *desc, const void *p, size_t n)
{
	const volatile u8 *byte = p;

	(void)desc;
	while (n--)
		(void)*byte++;
	return 0;
}

static inline struct crypto_shash *crypto_alloc_shash(const char *name, int a,
						      int b)
{
	struct crypto_shash *tfm;

	(void)a;
	(void)b;
	if (!strcmp(name, "sha3-256"))
		return ERR_PTR(-ENOENT);
	tfm = kzalloc(sizeof(*tfm), GFP_KERNEL);
	if (!tfm)
		return ERR_PTR(-ENOMEM);
	tfm->size = !strcmp(name, "md5") ? 16 : !strcmp(name, "sha1") ? 20 : 32;
	return tfm;
}

#define crypto_free_shash(t)	kvfree(t)

static inline bool ipv6_addr_any(const struct in6_addr *addr)
{
	return !memchr_inv(addr, 0, sizeof(*addr));
}

#endif /* _KTGT_FUZZ_SHIM_CONN_H */
