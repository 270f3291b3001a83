// SPDX-License-Identifier: GPL-2.0
/*
 * Functions of the kernel, as short as they can be. What is said to be a limit
 * or a rule there ends the run here.
 */
#include "shim_kernel.h"

unsigned int shim_allocs = U32_MAX;
unsigned int shim_failed;
unsigned int shim_live;
unsigned int shim_atomic, shim_rcu;
void (*shim_unlocked)(void);
unsigned long shim_jiffies = 100;
u64 shim_clock, shim_tick;

/* memory that is freed is kept apart for a while: a short while is enough */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=32";
}

/* --- memory --------------------------------------------------------------- */

static bool may_have(gfp_t gfp)
{
	if (gfp & GFP_KERNEL)
		might_sleep();
	if (gfp & __GFP_NOFAIL)
		return true;
	if (!shim_allocs) {
		shim_failed++;
		return false;
	}
	if (shim_allocs != U32_MAX)
		shim_allocs--;
	return true;
}

void *kvmalloc(size_t size, gfp_t gfp)
{
	if (!may_have(gfp))
		return NULL;
	shim_live++;
	return malloc(size);
}

void kvfree(const void *p)
{
	if (!p)
		return;
	require(shim_live);
	shim_live--;
	free((void *)p);
}

struct page *alloc_page(gfp_t gfp)
{
	struct page *page = kvmalloc(sizeof(*page), gfp);

	if (page)
		*page = (struct page) { .refs = 1, .mem = malloc(PAGE_SIZE) };
	return page;
}

void put_page(struct page *page)
{
	require(page->refs > 0);
	if (--page->refs)
		return;
	free(page->mem);
	kvfree(page);
}

/* --- contexts ------------------------------------------------------------- */

static void *dying[1024];
static unsigned int nr_dying;

void shim_kfree_rcu(void *p)
{
	if (!shim_atomic && !shim_rcu) {
		kvfree(p);
		return;
	}
	require(nr_dying < ARRAY_SIZE(dying));
	dying[nr_dying++] = p;
}

void shim_leave(unsigned int *depth)
{
	require(*depth);
	--*depth;
	if (shim_atomic || shim_rcu)
		return;
	while (nr_dying)
		kvfree(dying[--nr_dying]);
	if (shim_unlocked)
		shim_unlocked();
}

int percpu_ref_init(struct percpu_ref *ref,
		    void (*release)(struct percpu_ref *ref), unsigned int flags,
		    gfp_t gfp)
{
	bool dead = flags & PERCPU_REF_INIT_DEAD;

	if (!may_have(gfp))
		return -ENOMEM;
	*ref = (struct percpu_ref) {
		.count = !dead, .dead = dead, .release = release,
	};
	return 0;
}

void percpu_ref_put(struct percpu_ref *ref)
{
	require(ref->count > 0 && ref->release);
	if (--ref->count)
		return;
	require(ref->dead);
	ref->release(ref);
}

/* --- numbers, iterators --------------------------------------------------- */

static u32 crc_table[256];

static void __attribute__((constructor)) make_crc_table(void)
{
	unsigned int i, bit;
	u32 crc;

	for (i = 0; i < 256; i++) {
		crc = i;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
		crc_table[i] = crc;
	}
}

u32 crc32c(u32 crc, const void *p, size_t len)
{
	const u8 *byte = p;

	while (len--)
		crc = crc_table[(crc ^ *byte++) & 0xff] ^ crc >> 8;
	return crc;
}

u8 *shim_iter_piece(const struct iov_iter *iter, size_t *len,
		    struct page **page)
{
	size_t piece;
	u8 *p;

	require(iter->nr && iter->count);
	if (iter->kvec) {
		piece = iter->kvec->iov_len;
		p = iter->kvec->iov_base;
	} else {
		piece = iter->bvec->bv_len;
		p = iter->bvec->bv_page->mem + iter->bvec->bv_offset;
		if (page)
			*page = iter->bvec->bv_page;
	}
	piece -= iter->skip;
	*len = min(piece, iter->count);
	return p + iter->skip;
}

void iov_iter_advance(struct iov_iter *iter, size_t len)
{
	size_t piece;

	require(len <= iter->count);
	while (len) {
		require(iter->nr);
		piece = (iter->kvec ? iter->kvec->iov_len :
				      iter->bvec->bv_len) - iter->skip;
		piece = min(piece, len);
		iter->skip += piece;
		iter->count -= piece;
		len -= piece;
		if (iter->skip != (iter->kvec ? iter->kvec->iov_len :
						iter->bvec->bv_len))
			continue;
		iter->skip = 0;
		iter->nr--;
		if (iter->kvec)
			iter->kvec++;
		else
			iter->bvec++;
	}
}

/* --- lists and tables ----------------------------------------------------- */

/* as in lib/list_debug.c; the names differ from release to release */
#ifdef SHIM_LIST_REPORT
#define LIST_ADD_CHECK	__list_add_valid_or_report
#define LIST_DEL_CHECK	__list_del_entry_valid_or_report
#else
#define LIST_ADD_CHECK	__list_add_valid
#define LIST_DEL_CHECK	__list_del_entry_valid
#endif

bool LIST_ADD_CHECK(struct list_head *new, struct list_head *prev,
		    struct list_head *next)
{
	require(next->prev == prev && prev->next == next);
	require(new != prev && new != next);
	return true;
}

bool LIST_DEL_CHECK(struct list_head *entry)
{
	require(entry->next != LIST_POISON1 && entry->prev != LIST_POISON2);
	require(entry->prev->next == entry && entry->next->prev == entry);
	return true;
}

bool llist_add_batch(struct llist_node *first, struct llist_node *last,
		     struct llist_head *head)
{
	bool was_empty = !head->first;

	last->next = head->first;
	head->first = first;
	return was_empty;
}

struct llist_node *llist_reverse_order(struct llist_node *head)
{
	struct llist_node *new = NULL, *node;

	while (head) {
		node = head;
		head = head->next;
		node->next = new;
		new = node;
	}
	return new;
}

/* the first entry that is not below @index */
static u32 xa_pos(const struct xarray *xa, unsigned long index)
{
	u32 pos = 0;

	while (pos < xa->nr && xa->entries[pos].index < index)
		pos++;
	return pos;
}

static struct shim_xa_entry *xa_entry(struct xarray *xa, unsigned long index)
{
	u32 pos = xa_pos(xa, index);

	return pos < xa->nr && xa->entries[pos].index == index ?
	       &xa->entries[pos] : NULL;
}

static int xa_add(struct xarray *xa, unsigned long index, void *p, gfp_t gfp)
{
	u32 pos = xa_pos(xa, index);

	if (!may_have(gfp))
		return -ENOMEM;
	shim_live += !xa->nr;
	xa->entries = realloc(xa->entries, (xa->nr + 1) * sizeof(*xa->entries));
	memmove(xa->entries + pos + 1, xa->entries + pos,
		(xa->nr++ - pos) * sizeof(*xa->entries));
	xa->entries[pos] = (struct shim_xa_entry) { index, p };
	return 0;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	struct shim_xa_entry *entry = xa_entry(xa, index);

	return entry ? entry->p : NULL;
}

void *xa_store(struct xarray *xa, unsigned long index, void *p, gfp_t gfp)
{
	struct shim_xa_entry *entry = xa_entry(xa, index);

	require(p);
	if (entry)
		return xchg(&entry->p, p);
	return ERR_PTR(xa_add(xa, index, p, gfp));
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	struct shim_xa_entry *entry = xa_entry(xa, index);
	void *p;

	if (!entry)
		return NULL;
	p = entry->p;
	memmove(entry, entry + 1,
		(char *)(xa->entries + xa->nr--) - (char *)(entry + 1));
	if (!xa->nr)
		xa_destroy(xa);
	return p;
}

void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *p,
		 gfp_t gfp)
{
	void *was = xa_load(xa, index);

	require(!p && !gfp);
	return was == old ? xa_erase(xa, index) : was;
}

int xa_insert(struct xarray *xa, unsigned long index, void *p, gfp_t gfp)
{
	if (xa_entry(xa, index))
		return -EBUSY;
	return xa_add(xa, index, p, gfp);
}

void xa_release(struct xarray *xa, unsigned long index)
{
	if (!xa_load(xa, index))
		xa_erase(xa, index);
}

static int xa_alloc(struct xarray *xa, u32 *id, void *p, u32 min, u32 max,
		    gfp_t gfp)
{
	for (*id = min; *id <= max; ++*id) {
		if (!xa_entry(xa, *id))
			return xa_add(xa, *id, p, gfp);
	}
	return -EBUSY;
}

int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *p,
		    struct shim_xa_limit limit, u32 *next, gfp_t gfp)
{
	u32 min = *next > limit.min ? *next : limit.min;
	int ret = xa_alloc(xa, id, p, min, limit.max, gfp);

	if (ret == -EBUSY && min > limit.min) {
		ret = xa_alloc(xa, id, p, limit.min, limit.max, gfp);
		ret = ret ?: 1;
	}
	if (ret >= 0)
		*next = *id + 1;
	return ret;
}

void xa_destroy(struct xarray *xa)
{
	if (!xa->entries)
		return;
	free(xa->entries);
	shim_live--;
	xa_init(xa);
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max,
	      int filter)
{
	u32 pos = xa_pos(xa, *index);

	(void)filter;
	while (pos < xa->nr && !xa->entries[pos].p)
		pos++;
	if (pos == xa->nr || xa->entries[pos].index > max)
		return NULL;
	*index = xa->entries[pos].index;
	return xa->entries[pos].p;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max,
		    int filter)
{
	if (*index >= max)
		return NULL;
	++*index;
	return xa_find(xa, index, max, filter);
}

void *rhashtable_lookup_get_insert_fast(struct rhashtable *ht,
					struct rhash_head *node,
					struct rhashtable_params params)
{
	char *obj, *new = (char *)node - params.head_offset;
	struct rhash_head *pos;

	for (pos = ht->first; pos; pos = pos->next) {
		obj = (char *)pos - params.head_offset;
		if (!memcmp(obj + params.key_offset, new + params.key_offset,
			    params.key_len))
			return obj;
	}
	if (!may_have(GFP_ATOMIC))
		return ERR_PTR(-ENOMEM);
	node->next = ht->first;
	ht->first = node;
	return NULL;
}

int rhashtable_remove_fast(struct rhashtable *ht, struct rhash_head *node,
			   struct rhashtable_params params)
{
	struct rhash_head **pos = &ht->first;

	(void)params;
	while (*pos && *pos != node)
		pos = &(*pos)->next;
	require(*pos);
	*pos = node->next;
	return 0;
}

/* --- works ---------------------------------------------------------------- */

static struct work_struct *works;

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	struct work_struct **pos = &works;

	require(wq);
	if (work->queued)
		return false;
	while (*pos)
		pos = &(*pos)->next;
	work->queued = true;
	work->next = NULL;
	*pos = work;
	return true;
}

static struct work_struct *take_work(struct work_struct **pos)
{
	struct work_struct *work = *pos;

	*pos = work->next;
	work->queued = false;
	return work;
}

bool cancel_work_sync(struct work_struct *work)
{
	struct work_struct **pos = &works;

	might_sleep();
	while (*pos && *pos != work)
		pos = &(*pos)->next;
	if (*pos)
		take_work(pos);
	return *pos;
}

void flush_work(struct work_struct *work)
{
	might_sleep();
	if (work->queued) {
		cancel_work_sync(work);
		work->func(work);
	}
}

unsigned int shim_nr_works(void)
{
	struct work_struct *work;
	unsigned int nr = 0;

	for (work = works; work; work = work->next)
		nr++;
	return nr;
}

bool shim_run_work(unsigned int nr)
{
	struct work_struct **pos = &works, *work;

	for (; nr && *pos; nr--)
		pos = &(*pos)->next;
	if (!*pos)
		return false;
	work = take_work(pos);
	work->func(work);
	require(!shim_atomic && !shim_rcu);
	return true;
}
