/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What source files that do more than to parse need of the kernel: lists (the
 * kernel's own), pages, locks, RCU, work queues, timers. There is one thread.
 * So a lock is a flag that must not be set twice, whoever sleeps must not hold
 * one, and what a work would do is done when a test says so.
 */
#ifndef _KTGT_FUZZ_SHIM_KERNEL_H
#define _KTGT_FUZZ_SHIM_KERNEL_H

#include <arpa/inet.h>
#include <asm/byteorder.h>
#include <endian.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* --- the compiler, numbers ----------------------------------------------- */

#define __rcu
#define __force
#define __percpu
#define __read_mostly
#define __must_check		__attribute__((__warn_unused_result__))
#undef __attribute_const__
#define __attribute_const__	__attribute__((__const__))
#undef __always_inline
#define __always_inline		inline __attribute__((__always_inline__))
#define noinline		__attribute__((__noinline__))
#define fallthrough		__attribute__((__fallthrough__))
#define likely(x)		(x)
#define unlikely(x)		(x)
#define KBUILD_MODNAME		"ktgt"
#define BITS_PER_LONG		64
#define HZ			100UL
#define NSEC_PER_MSEC		1000000ULL
#define NSEC_PER_USEC		1000ULL
#define SZ_512			512
#define SZ_4K			4096
#define SZ_8K			(8 << 10)
#define SZ_64K			(64 << 10)
#define SZ_128K			(128 << 10)
#define SZ_256K			(256 << 10)
#define SZ_1M			(1 << 20)
#define SZ_4M			(4 << 20)
#define SZ_8M			(8 << 20)
#define SZ_32M			(32 << 20)
#define SZ_128M			(128 << 20)
#define SZ_1G			(1 << 30)
#define GENMASK(h, l)		(~0UL << (l) & ~0UL >> (63 - (h)))
#define __ffs(n)		__builtin_ctzl(n)
#define hweight_long(n)		__builtin_popcountl(n)
#define GENMASK_ULL(h, l)	(~0ULL << (l) & ~0ULL >> (63 - (h)))
#define READ_ONCE(x)		(x)
#define WRITE_ONCE(x, v)	((x) = (v))
#define data_race(x)		(x)
#define smp_mb()		((void)0)
#define smp_rmb()		((void)0)
#define smp_mb__after_atomic()	((void)0)
#define smp_store_release(p, v)	(*(p) = (v))
#define smp_load_acquire(p)	(*(p))
#define xchg(p, v) \
	({ __typeof__(*(p)) _old = *(p); *(p) = (v); _old; })
#define cmpxchg(p, old, new) \
	({ __typeof__(*(p)) _was = *(p); if (_was == (old)) *(p) = (new); _was; })
#define offsetofend(t, m)	(offsetof(t, m) + sizeof(((t *)0)->m))
#define sizeof_field(t, m)	sizeof(((t *)0)->m)
#define container_of(p, t, m)	((t *)((char *)(p) - offsetof(t, m)))
#define swap(a, b) \
	do { __typeof__(a) _a = (a); (a) = (b); (b) = _a; } while (0)
#define rounddown(x, y)		((x) - (x) % (y))
#define round_up(x, y)		((((x) - 1) | ((__typeof__(x))(y) - 1)) + 1)
#define ALIGN(x, a)		round_up(x, a)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define ilog2(n)		(63 - __builtin_clzll(n))
#define fls64(n)		((n) ? 64 - __builtin_clzll(n) : 0)
#define fls(n)			fls64(n)
#define div_u64(n, d)		((u64)(n) / (d))
#define div64_u64(n, d)		((u64)(n) / (d))
#define div_u64_rem(n, d, rem)	((void)(*(rem) = (u64)(n) % (d)))
#define be16_to_cpu(x)		be16toh(x)
#define be32_to_cpu(x)		be32toh(x)
#define be64_to_cpu(x)		be64toh(x)
#define cpu_to_be16(x)		htobe16(x)
#define cpu_to_be32(x)		htobe32(x)
#define cpu_to_be64(x)		htobe64(x)
#define le32_to_cpu(x)		le32toh(x)

#define __printf(a, b)		__attribute__((format(printf, a, b)))

#define WARN_ON_ONCE(x)		({ bool _w = (x); require(!_w); _w; })

/* %p has its own meaning in the kernel, so nothing is printed */
static inline void shim_log(const char *fmt, ...)
{
	(void)fmt;
}

#define pr_debug(...)			shim_log(__VA_ARGS__)
#define pr_warn(...)			shim_log(__VA_ARGS__)
#define pr_notice_ratelimited(...)	shim_log(__VA_ARGS__)
#define pr_warn_ratelimited(...)	shim_log(__VA_ARGS__)
#define pr_err_ratelimited(...)	shim_log(__VA_ARGS__)
#define net_info_ratelimited(...)	shim_log(__VA_ARGS__)

#define get_unaligned(p) \
	({ __typeof__(*(p)) _v; memcpy((void *)&_v, p, sizeof(_v)); _v; })

static inline u64 shim_get(const u8 *p, unsigned int len)
{
	u64 v = 0;

	while (len--)
		v = v << 8 | *p++;
	return v;
}

static inline void shim_put(u64 v, u8 *p, unsigned int len)
{
	while (len--) {
		p[len] = v;
		v >>= 8;
	}
}

#define get_unaligned_be16(p)		((u16)shim_get((const void *)(p), 2))
#define get_unaligned_be24(p)		((u32)shim_get((const void *)(p), 3))
#define get_unaligned_be32(p)		((u32)shim_get((const void *)(p), 4))
#define get_unaligned_be64(p)		shim_get((const void *)(p), 8)
#define put_unaligned_be16(v, p)	shim_put(v, (void *)(p), 2)
#define put_unaligned_be24(v, p)	shim_put(v, (void *)(p), 3)
#define put_unaligned_be32(v, p)	shim_put(v, (void *)(p), 4)
#define put_unaligned_be64(v, p)	shim_put(v, (void *)(p), 8)
#define get_unaligned_le16(p)		le16toh(get_unaligned((const u16 *)(p)))
#define get_unaligned_le32(p)		le32toh(get_unaligned((const u32 *)(p)))
#define get_unaligned_le64(p)		le64toh(get_unaligned((const u64 *)(p)))
#define put_unaligned_le16(v, p)	shim_put(htobe16(htole16(v)), \
						 (void *)(p), 2)
#define put_unaligned_le64(v, p)	shim_put(htobe64(htole64(v)), \
						 (void *)(p), 8)
#define put_unaligned_le32(v, p)	shim_put(htobe32(htole32(v)), \
						 (void *)(p), 4)

u32 crc32c(u32 crc, const void *p, size_t len);

#define BITMAP(nr, p)			(((unsigned long *)(p))[(nr) / 64])
#define test_bit(nr, p)			(!!(BITMAP(nr, p) & BIT((nr) % 64)))
#define set_bit(nr, p)			((void)(BITMAP(nr, p) |= BIT((nr) % 64)))
#define __set_bit(nr, p)		set_bit(nr, p)
#define clear_bit(nr, p)		((void)(BITMAP(nr, p) &= ~BIT((nr) % 64)))
#define set_mask_bits(p, mask, bits)	((void)(*(p) = (*(p) & ~(mask)) | (bits)))
#define test_and_set_bit(nr, p) \
	({ bool _was = test_bit(nr, p); set_bit(nr, p); _was; })
#define test_and_clear_bit(nr, p) \
	({ bool _was = test_bit(nr, p); clear_bit(nr, p); _was; })

static inline void shim_strscpy(char *to, const char *from, size_t size)
{
	snprintf(to, size, "%s", from);
}

#define strscpy(to, from, size)		shim_strscpy(to, from, size)
/* there is always room */
#define scnprintf(...)			snprintf(__VA_ARGS__)

#define IS_ERR(p)			((unsigned long)(p) >= -4095UL)
#define IS_ERR_OR_NULL(p)		(!(p) || IS_ERR(p))
#define PTR_ERR(p)			((long)(p))
#define PTR_ERR_OR_ZERO(p)		(IS_ERR(p) ? PTR_ERR(p) : 0)
#define ERR_PTR(e)			((void *)(long)(e))
#define ERR_CAST(p)			((void *)(p))

/* --- contexts: what may sleep, and when RCU lets memory go ---------------- */

/* spinlocks held, and RCU read sections entered */
extern unsigned int shim_atomic, shim_rcu;

/* called when the last of either is left; may be set by a test */
extern void (*shim_unlocked)(void);

void shim_leave(unsigned int *depth);
void shim_kfree_rcu(void *p);

#define might_sleep()			require(!shim_atomic && !shim_rcu)
#define cond_resched()			might_sleep()
#define rcu_read_lock()			((void)shim_rcu++)
#define rcu_read_unlock()		shim_leave(&shim_rcu)
#define rcu_dereference(p)		(p)
#define rcu_dereference_protected(p, ok)	({ require(ok); (p); })
#define rcu_access_pointer(p)		(p)
#define rcu_assign_pointer(p, v)	((p) = (v))
#define RCU_INIT_POINTER(p, v)		((p) = (v))
#define synchronize_rcu()		might_sleep()
#define kfree_rcu(p, member)		shim_kfree_rcu(p)
/* for what only dumps look at, of which there are none here */
#define call_rcu(head, func)		(func)(head)

typedef struct { bool held; } spinlock_t, rwlock_t;

static inline void shim_lock(spinlock_t *lock)
{
	require(!lock->held);
	lock->held = true;
	shim_atomic++;
}

static inline void shim_unlock(spinlock_t *lock)
{
	require(lock->held);
	lock->held = false;
	shim_leave(&shim_atomic);
}

#define spin_lock_init(l)		((l)->held = false)
#define spin_lock(l)			shim_lock(l)
#define spin_unlock(l)			shim_unlock(l)
#define spin_lock_bh(l)			shim_lock(l)
#define spin_unlock_bh(l)		shim_unlock(l)
#define spin_lock_irqsave(l, flags)	((void)((flags) = 1), shim_lock(l))
#define spin_unlock_irqrestore(l, flags) \
	((void)({ require((flags) == 1); }), shim_unlock(l))
#define spin_lock_irq(l)		shim_lock(l)
#define spin_unlock_irq(l)		shim_unlock(l)
#define DEFINE_SPINLOCK(l)		spinlock_t l
#define write_lock_bh(l)		shim_lock(l)
#define write_unlock_bh(l)		shim_unlock(l)
#define lockdep_assert_held(l)		require((l)->held)
#define lockdep_is_held(l)		((l)->held)
#define spin_lock_nested(l, depth)	shim_lock(l)
#define SINGLE_DEPTH_NESTING		1
#define __acquires(x)
#define __releases(x)
#define __acquire(x)			((void)0)
#define __release(x)			((void)0)
#define ____cacheline_aligned_in_smp

struct mutex { bool held; };

#define mutex_init(m)			((void)((m)->held = false))

static inline void mutex_lock(struct mutex *mutex)
{
	might_sleep();
	require(!mutex->held);
	mutex->held = true;
}

static inline void mutex_unlock(struct mutex *mutex)
{
	require(mutex->held);
	mutex->held = false;
}

typedef struct { int counter; } atomic_t;

#define ATOMIC_INIT(n)			{ n }
#define atomic_read(a)			((a)->counter)
#define atomic_set(a, n)		((void)((a)->counter = (n)))
#define atomic_inc(a)			((void)(a)->counter++)
#define atomic_inc_return(a)		(++(a)->counter)
#define atomic_add_return(n, a)		((a)->counter += (n))
#define atomic_sub(n, a)		((void)((a)->counter -= (n)))
#define atomic_inc_not_zero(a)		((a)->counter ? ++(a)->counter : 0)
typedef struct { long counter; } atomic_long_t;
#define ATOMIC_LONG_INIT(n)		{ n }
#define atomic_long_inc_return(a)	(++(a)->counter)
#define atomic_dec(a)			((void)atomic_dec_and_test(a))

static inline bool atomic_dec_and_test(atomic_t *a)
{
	require(a->counter > 0);
	return !--a->counter;
}

struct kref { int refcount; };

#define kref_init(k)			((void)((k)->refcount = 1))

static inline void kref_get(struct kref *k)
{
	require(k->refcount > 0);
	k->refcount++;
}

static inline bool kref_get_unless_zero(struct kref *k)
{
	return k->refcount && k->refcount++;
}

static inline void kref_put(struct kref *k, void (*release)(struct kref *k))
{
	require(k->refcount > 0);
	if (!--k->refcount)
		release(k);
}

enum { PERCPU_REF_INIT_DEAD = 1, PERCPU_REF_ALLOW_REINIT };

struct percpu_ref {
	int	count;
	bool	dead;
	void	(*release)(struct percpu_ref *ref);
};

int percpu_ref_init(struct percpu_ref *ref,
		    void (*release)(struct percpu_ref *ref), unsigned int flags,
		    gfp_t gfp);
void percpu_ref_put(struct percpu_ref *ref);

#define percpu_ref_get(r)		((void)({ require((r)->count > 0); (r)->count++; }))
#define percpu_ref_exit(r)		((void)((r)->release = NULL))
#define percpu_ref_is_zero(r)		((r)->dead && !(r)->count)
#define percpu_ref_tryget_live_rcu(r) \
	({ require((r)->release || (r)->dead); !(r)->dead && (r)->count++; })
#define percpu_ref_resurrect(r) \
	do { \
		require((r)->dead && (r)->release); \
		might_sleep(); \
		(r)->dead = false; \
		(r)->count++; \
	} while (0)
#define percpu_ref_kill(r) \
	do { \
		require(!(r)->dead); \
		(r)->dead = true; \
		percpu_ref_put(r); \
	} while (0)

/* --- memory --------------------------------------------------------------- */

#define GFP_NOIO			3
#define GFP_NOWAIT			4
#define GFP_ATOMIC			8
#define PAGE_SHIFT			12
#define PAGE_SIZE			(1UL << PAGE_SHIFT)
#define PAGE_MASK			(~(PAGE_SIZE - 1))
#define offset_in_page(p)		((unsigned long)(p) & ~PAGE_MASK)
#define totalram_pages()		(1UL << 18)

static inline void *kzalloc(size_t size, gfp_t gfp)
{
	void *p = kvmalloc(size, gfp);

	if (p)
		memset(p, 0, size);
	return p;
}

#define kmalloc(size, gfp)		kvmalloc(size, gfp)
#define kcalloc(n, size, gfp)		kzalloc((n) * (size), gfp)
#define kvcalloc(n, size, gfp)		kzalloc((n) * (size), gfp)
#define kvmalloc_array(n, size, gfp)	kvmalloc((n) * (size), gfp)
#define struct_size(p, member, n)	(sizeof(*(p)) + (n) * sizeof(*(p)->member))
#define kzalloc_obj(p, gfp)		((__typeof__(p) *)kzalloc(sizeof(p), gfp))
#define kfree(p)			kvfree(p)
#define kfree_sensitive(p)		kvfree(p)
#define memzero_explicit(p, n)		memset(p, 0, n)
#define alloc_percpu(t)			((t *)kzalloc(sizeof(t), GFP_KERNEL))
#define free_percpu(p)			kvfree(p)
#define per_cpu_ptr(p, cpu)		((void)(cpu), p)
#define raw_cpu_ptr(p)			(p)
#define DEFINE_PER_CPU_ALIGNED(t, name)	t name
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define this_cpu_inc(x)			((x)++)
#define this_cpu_add(x, n)		((x) += (n))
#define memalloc_noio_save()		0
#define memalloc_noio_restore(f)	((void)(f))

struct inode;

/* of the device that a user has opened; here there is none */
static inline void ihold(struct inode *inode) {}
static inline void iput(struct inode *inode) {}

static inline char *kstrdup(const char *text, gfp_t gfp)
{
	char *p = text ? kvmalloc(strlen(text) + 1, gfp) : NULL;

	return p ? strcpy(p, text) : NULL;
}

static inline void *kmemdup(const void *from, size_t size, gfp_t gfp)
{
	void *p = kvmalloc(size, gfp);

	return p ? memcpy(p, from, size) : NULL;
}

/* a page is a piece of memory of its own, so that none is left unnoticed */
struct page {
	int	refs;
	u8	*mem;
};

struct page *alloc_page(gfp_t gfp);
void put_page(struct page *page);

#define __free_page(p)			put_page(p)
#define get_page(p)			((void)(p)->refs++)
#define page_ref_count(p)		((p)->refs)
#define page_address(p)			((void *)(p)->mem)
#define kmap_local_page(p)		page_address(p)
#define kunmap_local(p)			((void)(p))
#define memzero_page(p, off, n)		memset((p)->mem + (off), 0, n)
#define memcpy_to_page(p, off, from, n)	memcpy((p)->mem + (off), from, n)
#define memcpy_from_page(to, p, off, n)	memcpy(to, (p)->mem + (off), n)

struct bio_vec {
	struct page	*bv_page;
	u32		bv_len, bv_offset;
};

static inline void bvec_set_page(struct bio_vec *bv, struct page *page, u32 len,
				 u32 off)
{
	*bv = (struct bio_vec) { page, len, off };
}

struct kvec {
	void	*iov_base;
	size_t	iov_len;
};

struct iov_iter {
	const struct bio_vec	*bvec;
	const struct kvec	*kvec;
	size_t			nr, skip, count;
};

enum { ITER_DEST, ITER_SOURCE };

#define iov_iter_bvec(i, dir, bv, n, len) \
	((void)(*(i) = (struct iov_iter) { bv, NULL, n, 0, len }))
#define iov_iter_kvec(i, dir, kv, n, len) \
	((void)(*(i) = (struct iov_iter) { NULL, kv, n, 0, len }))

/* the next piece of it in one block of memory */
u8 *shim_iter_piece(const struct iov_iter *iter, size_t *len,
		    struct page **page);
void iov_iter_advance(struct iov_iter *iter, size_t len);

/* --- lists and tables ----------------------------------------------------- */

struct list_head { struct list_head *next, *prev; };
struct hlist_head { struct hlist_node *first; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct rcu_head { void *next; };

/* its functions, in shim.c, end the run */
#define CONFIG_DEBUG_LIST	1
#define CONFIG_LIST_HARDENED	1
#define IS_ENABLED(x)		(x)
#define LIST_POISON1		((void *)0x100)
#define LIST_POISON2		((void *)0x122)
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/llist.h>

#define list_add_tail_rcu(new, head)	list_add_tail(new, head)
#define list_del_rcu(entry)		list_del(entry)
#define list_for_each_entry_rcu(pos, head, member) \
	list_for_each_entry(pos, head, member)

struct shim_xa_entry {
	unsigned long	index;
	void		*p;	/* NULL: the place is reserved */
};

struct xarray {
	struct shim_xa_entry	*entries;	/* by index */
	u32			nr;
};

struct shim_xa_limit { u32 min, max; };

enum { XA_PRESENT };

#define XA_FLAGS_ALLOC			0
#define XA_LIMIT(from, to)		((struct shim_xa_limit) { from, to })
#define xa_init(xa)			((void)(*(xa) = (struct xarray) {}))
#define xa_init_flags(xa, flags)	xa_init(xa)
#define xa_is_err(p)			IS_ERR(p)
#define xa_err(p)			((int)(IS_ERR(p) ? PTR_ERR(p) : 0))

void *xa_load(struct xarray *xa, unsigned long index);
void *xa_store(struct xarray *xa, unsigned long index, void *p, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *p,
		 gfp_t gfp);
int xa_insert(struct xarray *xa, unsigned long index, void *p, gfp_t gfp);
void xa_release(struct xarray *xa, unsigned long index);
int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *p,
		    struct shim_xa_limit limit, u32 *next, gfp_t gfp);
void xa_destroy(struct xarray *xa);
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max,
	      int filter);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max,
		    int filter);

#define xa_for_each(xa, index, entry) \
	for (index = 0, entry = xa_find(xa, &index, ~0UL, XA_PRESENT); entry; \
	     entry = xa_find_after(xa, &index, ~0UL, XA_PRESENT))

/* FNV-1a */
static inline u32 jhash(const void *key, u32 len, u32 seed)
{
	const u8 *p = key;

	seed ^= 2166136261u;
	while (len--)
		seed = (seed ^ *p++) * 16777619;
	return seed;
}

struct rhash_head { struct rhash_head *next; };

struct rhashtable_params {
	size_t	key_len, key_offset, head_offset;
	bool	automatic_shrinking;
};

struct rhashtable { struct rhash_head *first; };

void *rhashtable_lookup_get_insert_fast(struct rhashtable *ht,
					struct rhash_head *node,
					struct rhashtable_params params);
int rhashtable_remove_fast(struct rhashtable *ht, struct rhash_head *node,
			   struct rhashtable_params params);

#define rhashtable_init(ht, params)	((ht)->first = NULL, 0)
#define rhashtable_destroy(ht)		require(!(ht)->first)

/* --- what runs later ------------------------------------------------------ */

struct work_struct {
	void			(*func)(struct work_struct *work);
	struct work_struct	*next;
	bool			queued;
};

struct delayed_work { struct work_struct work; };
struct workqueue_struct { int dummy; };

enum { WQ_MEM_RECLAIM, WQ_UNBOUND, WQ_HIGHPRI, WQ_PERCPU };

struct rcu_work { struct work_struct work; };

/* it may be due at any time */
#define INIT_DELAYED_WORK(w, f)		INIT_WORK(&(w)->work, f)
#define to_delayed_work(w)		container_of(w, struct delayed_work, work)
#define queue_delayed_work(wq, w, d)	((void)(d), queue_work(wq, &(w)->work))
#define mod_delayed_work(wq, w, d)	(!queue_delayed_work(wq, w, d))
#define cancel_delayed_work(w)		cancel_work_sync(&(w)->work)

#define to_rcu_work(w)			container_of(w, struct rcu_work, work)
#define INIT_RCU_WORK(w, f)		INIT_WORK(&(w)->work, f)
#define queue_rcu_work(wq, w)		queue_work(wq, &(w)->work)
#define INIT_WORK(w, f) \
	((void)(*(w) = (struct work_struct) { .func = f }))
#define alloc_workqueue(name, flags, ...) \
	((struct workqueue_struct *)kzalloc(sizeof(struct workqueue_struct), \
					    GFP_KERNEL))
#define destroy_workqueue(wq)		kfree(wq)
#define queue_work_on(cpu, wq, w)	((void)(cpu), queue_work(wq, w))

bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
void flush_work(struct work_struct *work);

/* works that are queued; and: run that one of them */
unsigned int shim_nr_works(void);
bool shim_run_work(unsigned int nr);

typedef s64 ktime_t;

extern unsigned long shim_jiffies;
/* a clock that goes on by a tick when it is looked at */
extern u64 shim_clock, shim_tick;

#define jiffies				shim_jiffies
#define get_jiffies_64()		((u64)shim_jiffies)
#define time_after(a, b)		((long)((b) - (a)) < 0)
#define time_before(a, b)		time_after(b, a)
#define time_after_eq(a, b)		(!time_before(a, b))
#define ktime_to_ms(t)			((t) / (s64)NSEC_PER_MSEC)
#define ktime_get_boottime()		((ktime_t)shim_clock)
#define local_clock()			(shim_clock += shim_tick)
#define need_resched()			false
#define cpu_relax()			((void)0)
#define sk_can_busy_loop(sk)		false
#define sk_busy_loop(sk, nonblock)	((void)(sk))
#define raw_smp_processor_id()		0
#define get_cpu()			0
#define migrate_disable()		((void)0)
#define migrate_enable()		((void)0)
#define put_cpu()			((void)0)
#define nr_cpu_ids			1
#define cpu_online(cpu)			true

struct cpumask { unsigned long bits; };

#define cpumask_test_cpu(cpu, mask)	(!!((mask)->bits & BIT(cpu)))
/* of which there is one */
#define for_each_cpu_and(cpu, a, b) \
	for (cpu = 0; cpu < 1; cpu++) \
		if (cpumask_test_cpu(cpu, a))

struct timer_list {
	void		(*func)(struct timer_list *t);
	unsigned long	expires;
	bool		pending, dead;
};

#define timer_setup(t, f, flags) \
	((void)(*(t) = (struct timer_list) { .func = f }))
#define DEFINE_TIMER(t, f)		struct timer_list t = { .func = f }
#define timer_pending(t)		((t)->pending)
#define timer_container_of(v, t, m)	container_of(t, __typeof__(*v), m)
#define timer_shutdown_sync(t) \
	((void)((t)->pending = false, (t)->dead = true))

static inline void mod_timer(struct timer_list *t, unsigned long expires)
{
	t->expires = expires;
	t->pending = !t->dead;
}

static inline void timer_reduce(struct timer_list *t, unsigned long expires)
{
	if (!t->pending || time_after(t->expires, expires))
		mod_timer(t, expires);
}

typedef struct { int dummy; } wait_queue_head_t;

/* to be had by a test: do something that a waiter can wait for, or end */
void shim_wait(void);

#define DECLARE_WAIT_QUEUE_HEAD(q)	__maybe_unused wait_queue_head_t q
#define __maybe_unused			__attribute__((__unused__))
#define init_waitqueue_head(q)		((void)(q))
#define wake_up(q)			((void)(q))
#define wake_up_all(q)			((void)(q))
#define wait_event(q, cond) \
	do { \
		might_sleep(); \
		while (!(cond)) \
			shim_wait(); \
	} while (0)
#define wait_event_idle(q, cond)	wait_event(q, cond)
#define wait_event_timeout(q, cond, t)	((void)(t), (cond))

struct completion { bool done; };

#define init_completion(c)		((c)->done = false)
#define complete(c)			((c)->done = true)
#define complete_all(c)			((c)->done = true)
#define reinit_completion(c)		((c)->done = false)
#define wait_for_completion(c)		require((c)->done)
#define wait_for_completion_killable_timeout(c, t)	((void)(t), (c)->done)
#define wait_for_completion_timeout(c, t)		((void)(t), (c)->done)

/* --- the module ----------------------------------------------------------- */

struct module;

#define THIS_MODULE			((struct module *)0)
#define __module_get(m)			((void)(m))
#define module_put(m)			((void)(m))

/* --- the block layer's words ---------------------------------------------- */

typedef u8 blk_status_t;

enum {
	BLK_STS_OK, BLK_STS_NOTSUPP, BLK_STS_TIMEOUT, BLK_STS_NOSPC,
	BLK_STS_TRANSPORT, BLK_STS_TARGET, BLK_STS_RESV_CONFLICT,
	BLK_STS_MEDIUM, BLK_STS_PROTECTION, BLK_STS_RESOURCE, BLK_STS_IOERR,
	BLK_STS_AGAIN, BLK_STS_DEV_RESOURCE, BLK_STS_OFFLINE,
};

/* of no importance: it is only printed */
static inline int blk_status_to_errno(blk_status_t status)
{
	return status ? -EIO : 0;
}

static inline blk_status_t errno_to_blk_status(int err)
{
	switch (err) {
	case 0:
		return BLK_STS_OK;
	case -EOPNOTSUPP:
		return BLK_STS_NOTSUPP;
	case -ENOSPC:
		return BLK_STS_NOSPC;
	case -ENOMEM:
		return BLK_STS_RESOURCE;
	default:
		return BLK_STS_IOERR;
	}
}

enum { DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE, DMA_NONE };

/* as long as one may be: it shares memory with a work */
struct bio { char room[120]; };
struct blk_plug { u32 nr_ios; };

#define blk_start_plug(p)		((void)(p))
#define blk_finish_plug(p)		((void)(p))

/* --- netlink's and names -------------------------------------------------- */

struct net;
struct netlink_ext_ack { const char *_msg; };

typedef struct { u64 key[2]; } siphash_key_t;

/* no hash to be trusted, but a number that depends on all */
static inline u64 siphash(const void *p, size_t len, const siphash_key_t *key)
{
	return key->key[0] ^ (u64)crc32c(~0, p, len) << 20;
}

#define siphash_2u64(a, b, k)		((a) * 31 + (b) + (k)->key[1])

#endif /* _KTGT_FUZZ_SHIM_KERNEL_H */
