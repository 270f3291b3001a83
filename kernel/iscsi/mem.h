/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Free pages of a connection, which its tasks take and give back.
 */
#ifndef _KTGT_ISCSI_MEM_H
#define _KTGT_ISCSI_MEM_H

#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "conn.h"

/* pages that are kept at most for the next command, 4 MiB */
#define KTGT_FREE_PAGES_MAX		1024
/* pages that are kept at most for unsolicited data: a FirstBurst */
#define KTGT_MIN_FREE_MAX		64

int ktgt_mem_init(struct ktgt_conn *conn);
void ktgt_mem_free(struct ktgt_conn *conn);
void ktgt_mem_prepare(struct ktgt_conn *conn);
void ktgt_mem_refill(struct ktgt_conn *conn, u32 want);
void ktgt_mem_shrink(struct ktgt_conn *conn);
bool ktgt_mem_heed(struct ktgt_conn *conn);

/**
 * ktgt_mem_take - take free pages of a connection
 * @conn: the connection
 * @bvec: takes the pages, one in each segment
 * @nr: how many
 *
 * Context: the connection's work.
 * Return: false, with nothing done, if there are too few free pages.
 */
static inline bool ktgt_mem_take(struct ktgt_conn *conn, struct bio_vec *bvec,
				 u32 nr)
{
	struct ktgt_mem *mem = &conn->mem;

	if (mem->nr_free_pages < nr) {
		mem->shortfall = nr;
		return false;
	}
	for (; nr; nr--)
		bvec_set_page(bvec++, mem->free_pages[--mem->nr_free_pages],
			      PAGE_SIZE, 0);
	return true;
}

/**
 * ktgt_mem_give - give pages back to a connection
 * @conn: the connection
 * @bvec: segments of one page each
 * @nr: how many
 *
 * A page that the socket still refers to is not used again: it goes back to the
 * page allocator when the socket drops its reference.
 *
 * Context: the connection's work.
 */
static inline void ktgt_mem_give(struct ktgt_conn *conn,
				 const struct bio_vec *bvec, u32 nr)
{
	struct ktgt_mem *mem = &conn->mem;
	u32 put = 0;

	while (nr) {
		struct page *page = bvec[--nr].bv_page;

		if (mem->nr_free_pages < mem->keep &&
		    page_ref_count(page) == 1) {
			mem->free_pages[mem->nr_free_pages++] = page;
			conn->stats.recycled++;
		} else {
			put_page(page);
			put++;
		}
	}
	if (put)
		ktgt_quota_drop(&conn->quota, (u64)put << PAGE_SHIFT);
}

#endif /* _KTGT_ISCSI_MEM_H */
