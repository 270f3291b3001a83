/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What login.c, chap.c and discovery.c need of the kernel beyond shim.h: types
 * that are only looked at by others, and functions that do as little as will
 * do. The hash is none, and random numbers are known, so that a fuzzer can pass.
 */
#ifndef _KTGT_FUZZ_SHIM_CONN_H
#define _KTGT_FUZZ_SHIM_CONN_H

#include <arpa/inet.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define __rcu
#define __force
#define __must_check
#define KBUILD_MODNAME		"ktgt"
#define HZ			100
#define U8_MAX			UINT8_MAX
#define SZ_1M			(1 << 20)
#define BIT(n)			(1UL << (n))
#define READ_ONCE(x)		(x)
#define WRITE_ONCE(x, v)	((x) = (v))
#define READ_ONCE_PTR(x)	(x)
#define offsetofend(t, m)	(offsetof(t, m) + sizeof(((t *)0)->m))
#define container_of(p, t, m)	((t *)((char *)(p) - offsetof(t, m)))
#define be16_to_cpu(x)		ntohs(x)
#define be32_to_cpu(x)		ntohl(x)
#define cpu_to_be16(x)		htons(x)
#define cpu_to_be32(x)		htonl(x)

struct list_head { struct list_head *next, *prev; };
struct hlist_head { void *first; };
struct llist_node { struct llist_node *next; };
struct llist_head { struct llist_node *first; };
struct rcu_head { void *next; };
struct rhash_head { void *next; };
struct rhashtable { int dummy; };
struct rhashtable_params { int dummy; };
struct xarray { int dummy; };
struct mutex { int dummy; };
struct work_struct { int dummy; };
struct timer_list { int dummy; };
struct kref { int refcount; };
struct bio { int dummy; };
struct page;
struct net;
struct bio_vec { struct page *bv_page; u32 bv_len, bv_offset; };
struct kvec { void *iov_base; size_t iov_len; };
typedef u8 blk_status_t;
typedef struct { int counter; } atomic_t, spinlock_t, wait_queue_head_t;
enum { XA_PRESENT };

#define list_for_each_entry_rcu(pos, head, member) \
	for (pos = container_of((head)->next, __typeof__(*pos), member); \
	     &pos->member != (head); \
	     pos = container_of(pos->member.next, __typeof__(*pos), member))

#define rcu_read_lock()		((void)0)
#define rcu_read_unlock()	((void)0)
#define rcu_dereference(p)	(p)
#define cond_resched()		((void)0)

/* %p has its own meaning in the kernel, so it is not printed */
static inline void pr_notice_ratelimited(const char *fmt, ...)
{
	(void)fmt;
}

static inline void *kmalloc(size_t size, gfp_t gfp)
{
	return kvmalloc(size, gfp);
}

static inline void *kzalloc(size_t size, gfp_t gfp)
{
	void *p = kvmalloc(size, gfp);

	if (p)
		memset(p, 0, size);
	return p;
}

#define kzalloc_obj(p, gfp)		((__typeof__(p) *)kzalloc(sizeof(p), gfp))
#define kvmalloc_array(n, size, gfp)	kvmalloc((n) * (size), gfp)
#define kfree(p)			kvfree(p)
#define kfree_sensitive(p)		kvfree(p)
#define memzero_explicit(p, n)		memset(p, 0, n)

static inline void shim_strscpy(char *to, const char *from, size_t size)
{
	snprintf(to, size, "%s", from);
}

#define strscpy(to, from, size)		shim_strscpy(to, from, size)

static inline void get_random_bytes(void *p, size_t len)
{
	memset(p, 0x5a, len);
}

u32 get_random_u32(void);

/* a hash whose result is always the same */
struct crypto_shash { u8 size; };
struct shash_desc { struct crypto_shash *tfm; };

#define jiffies				100UL
#define time_before(a, b)		((long)((a) - (b)) < 0)
#define IS_ERR(p)			((unsigned long)(p) >= -4095UL)
#define PTR_ERR(p)			((long)(p))
#define ERR_PTR(e)			((void *)(long)(e))
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

/* the one target has number 1 */
static inline void *xa_find(struct xarray *xa, unsigned long *index,
			    unsigned long max, int filter)
{
	(void)max;
	(void)filter;
	if (*index > 1)
		return NULL;
	*index = 1;
	return xa;
}

#endif /* _KTGT_FUZZ_SHIM_CONN_H */
