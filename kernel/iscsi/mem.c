// SPDX-License-Identifier: GPL-2.0
/*
 * Free pages of a connection.
 *
 * Pages never pass directly from one connection to another, so a late
 * retransmission cannot contain the data of another initiator. Only the
 * connection's work uses these functions, so they need no lock.
 */
#include "mem.h"

#include <linux/bvec.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../core/cmd.h"
#include "../core/gfp.h"
#include "../core/net.h"
#include "conn.h"

/* free pages that are always kept: those of a piece */
#define MEM_KEEP_MIN	(KTGT_CMD_PIECE >> PAGE_SHIFT)

/* What follows from the limit; one whose purse is closed keeps nothing. */
static void mem_set_limits(struct ktgt_conn *conn, bool closed)
{
	struct ktgt_quota *quota = &conn->quota;
	struct ktgt_mem *mem = &conn->mem;

	quota->limit[KTGT_QUOTA_SENT] = closed ? 0 : mem->limit;
	quota->most = 2 * mem->limit;
	mem->keep = closed ? 0 : clamp(mem->limit / 4, (u32)MEM_KEEP_MIN,
				       (u32)KTGT_FREE_PAGES_MAX);
}

/**
 * ktgt_mem_init - allocate the stack of free pages of a connection
 * @conn: the connection
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_mem_init(struct ktgt_conn *conn)
{
	u32 limit = READ_ONCE(conn->kn->memory_limit);
	struct ktgt_mem *mem = &conn->mem;

	mem->limit = limit << (20 - PAGE_SHIFT);
	conn->quota.limit[KTGT_QUOTA_DATA] = mem->limit;
	mem_set_limits(conn, ktgt_quota_is_closed(&conn->quota));
	mem->free_pages = kvmalloc_array(KTGT_FREE_PAGES_MAX,
					 sizeof(*mem->free_pages), KTGT_GFP_PEER);
	return mem->free_pages ? 0 : -ENOMEM;
}

static void mem_put_free_pages(struct ktgt_conn *conn)
{
	struct ktgt_mem *mem = &conn->mem;
	u64 bytes = (u64)mem->nr_free_pages << PAGE_SHIFT;

	while (mem->nr_free_pages)
		put_page(mem->free_pages[--mem->nr_free_pages]);
	ktgt_quota_drop(&conn->quota, bytes);
}

/**
 * ktgt_mem_free - free all pages of a connection
 * @conn: the connection; no task is in use any more
 *
 * Context: process context.
 */
void ktgt_mem_free(struct ktgt_conn *conn)
{
	struct ktgt_mem *mem = &conn->mem;

	mem_put_free_pages(conn);
	kvfree(mem->free_pages);
	mem->free_pages = NULL;
}

/**
 * ktgt_mem_refill - fill the free pages up to a number
 * @conn: the connection
 * @want: number of pages, at most KTGT_FREE_PAGES_MAX
 *
 * If there is no memory, there are fewer afterwards, and ktgt_mem_take() fails.
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_mem_refill(struct ktgt_conn *conn, u32 want)
{
	struct ktgt_mem *mem = &conn->mem;
	u32 had = mem->nr_free_pages;

	if (!mem->free_pages || had >= want)
		return;

	want = min_t(u32, want, KTGT_FREE_PAGES_MAX);
	while (mem->nr_free_pages < want) {
		struct page *page = alloc_page(KTGT_GFP_PEER);

		if (!page)
			break;
		mem->free_pages[mem->nr_free_pages++] = page;
	}
	conn->stats.fresh += mem->nr_free_pages - had;
	ktgt_quota_hold(&conn->quota,
			(u64)(mem->nr_free_pages - had) << PAGE_SHIFT);
}

/**
 * ktgt_mem_prepare - fill the free pages for the data that may come next
 * @conn: the connection
 *
 * If unsolicited data finds too few pages, receiving must stop and release the
 * socket's lock. Each time that this happens, twice as many pages are kept from
 * then on.
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_mem_prepare(struct ktgt_conn *conn)
{
	struct ktgt_mem *mem = &conn->mem;

	if (mem->shortfall)
		mem->min_free = clamp(2 * mem->min_free, mem->shortfall,
				      (u32)KTGT_MIN_FREE_MAX);
	ktgt_mem_refill(conn, max(mem->shortfall, mem->min_free));
	mem->shortfall = 0;
}

/**
 * ktgt_mem_shrink - free the pages of an idle connection
 * @conn: the connection
 *
 * Context: the connection's work.
 */
void ktgt_mem_shrink(struct ktgt_conn *conn)
{
	conn->mem.min_free = 0;
	mem_put_free_pages(conn);
}

/**
 * ktgt_mem_heed - heed whether the purse of a connection is closed
 * @conn: the connection
 *
 * Context: the connection's work.
 * Return: true if it is.
 */
bool ktgt_mem_heed(struct ktgt_conn *conn)
{
	bool closed = ktgt_quota_is_closed(&conn->quota);

	mem_set_limits(conn, closed);
	return closed;
}
