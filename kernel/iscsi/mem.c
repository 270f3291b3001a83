// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of a connection.
 *
 * Data pages and PDU headers never pass from one connection to another while
 * in use here, so that a late retransmission can not carry another initiator's
 * data. Nothing in here is locked: it belongs to the connection's work.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "mem.h"
#include "pdu.h"
#include "task.h"

/* PDUs that share one page of headers */
#define KTGT_BLOCK_PDUS	(PAGE_SIZE / KTGT_CHUNK_LEN)

/**
 * struct ktgt_pdu_block - PDUs, and the page of their headers
 * @node: in &ktgt_mem.blocks
 * @page: headers
 * @pdus: one for each header
 */
struct ktgt_pdu_block {
	struct list_head	node;
	struct page		*page;
	struct ktgt_pdu		pdus[KTGT_BLOCK_PDUS];
};

static int mem_add_block(struct ktgt_mem *mem, gfp_t gfp)
{
	struct ktgt_pdu_block *block;
	unsigned int i;

	block = kzalloc_obj(*block, gfp);
	if (!block)
		return -ENOMEM;
	block->page = alloc_page(gfp);
	if (!block->page) {
		kfree(block);
		return -ENOMEM;
	}

	for (i = 0; i < KTGT_BLOCK_PDUS; i++) {
		struct ktgt_pdu *pdu = &block->pdus[i];

		pdu->page = block->page;
		pdu->flags = KTGT_PDU_FREE;
		pdu->page_off = i * KTGT_CHUNK_LEN + KTGT_CHUNK_LEAD;
		pdu->hdr = page_address(block->page) + pdu->page_off;
		list_add_tail(&pdu->node, &mem->pdus);
	}
	mem->nr_pdus += KTGT_BLOCK_PDUS;
	list_add(&block->node, &mem->blocks);
	return 0;
}

static void mem_free_block(struct ktgt_pdu_block *block)
{
	list_del(&block->node);
	put_page(block->page);
	kfree(block);
}

/**
 * ktgt_mem_init - give a new connection what a login needs
 * @conn: the connection
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_mem_init(struct ktgt_conn *conn)
{
	struct ktgt_mem *mem = &conn->mem;

	INIT_LIST_HEAD(&mem->pdus);
	INIT_LIST_HEAD(&mem->blocks);
	return mem_add_block(mem, GFP_KERNEL);
}

/**
 * ktgt_mem_free - free all memory of a connection
 * @conn: the connection; no task and no PDU is in use any more
 *
 * Context: process context.
 */
void ktgt_mem_free(struct ktgt_conn *conn)
{
	struct ktgt_mem *mem = &conn->mem;
	struct ktgt_pdu_block *block, *next;

	while (mem->nr_free_pages)
		put_page(mem->free_pages[--mem->nr_free_pages]);
	kvfree(mem->free_pages);
	mem->free_pages = NULL;

	list_for_each_entry_safe(block, next, &mem->blocks, node)
		mem_free_block(block);
	INIT_LIST_HEAD(&mem->pdus);
}

/**
 * ktgt_mem_refill - have free pages and PDUs at hand
 * @conn: the connection
 * @want: pages, at most KTGT_FREE_PAGES_MAX
 *
 * What cannot be had now is missing afterwards; who needs it sees that.
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_mem_refill(struct ktgt_conn *conn, u32 want)
{
	struct ktgt_mem *mem = &conn->mem;

	if (mem->nr_pdus < KTGT_BLOCK_PDUS / 2)
		mem_add_block(mem, GFP_KERNEL | __GFP_NOWARN);
	if (!mem->free_pages)
		return;

	want = min_t(u32, want, KTGT_FREE_PAGES_MAX);
	while (mem->nr_free_pages < want) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_NOWARN);

		if (!page)
			return;
		mem->free_pages[mem->nr_free_pages++] = page;
		conn->stats.fresh++;
	}
}

/**
 * ktgt_mem_prepare - have at hand what was lacking, and what may be
 * @conn: the connection
 *
 * Unsolicited data can not wait for pages without the socket's lock being given
 * up for them. Each time that it had to, twice as many are kept.
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

static bool block_is_free(const struct ktgt_pdu_block *block)
{
	unsigned int i;

	for (i = 0; i < KTGT_BLOCK_PDUS; i++)
		if (!(block->pdus[i].flags & KTGT_PDU_FREE))
			return false;
	return true;
}

static void mem_shrink_blocks(struct ktgt_mem *mem)
{
	struct ktgt_pdu_block *block, *next;
	unsigned int i;

	list_for_each_entry_safe(block, next, &mem->blocks, node) {
		if (list_is_singular(&mem->blocks))
			return;
		if (!block_is_free(block))
			continue;
		for (i = 0; i < KTGT_BLOCK_PDUS; i++)
			list_del(&block->pdus[i].node);
		mem->nr_pdus -= KTGT_BLOCK_PDUS;
		mem_free_block(block);
	}
}

/**
 * ktgt_mem_shrink - give back what an idle connection does not need
 * @conn: the connection
 *
 * Context: the connection's work.
 */
void ktgt_mem_shrink(struct ktgt_conn *conn)
{
	struct ktgt_mem *mem = &conn->mem;

	mem->min_free = 0;
	while (mem->nr_free_pages)
		put_page(mem->free_pages[--mem->nr_free_pages]);
	mem_shrink_blocks(mem);
}

/**
 * ktgt_mem_set_bvec - have room for the segments of a command
 * @task: the task
 * @nr_pages: segments of one page each
 * @gfp: how to allocate, if more are needed than the task ever had
 *
 * Context: the connection's work; sleeps only if @gfp allows.
 * Return: 0 or -ENOMEM.
 */
int ktgt_mem_set_bvec(struct ktgt_task *task, u32 nr_pages, gfp_t gfp)
{
	struct bio_vec *bvec;

	if (nr_pages <= KTGT_CMD_INLINE_BVECS) {
		task->cmd.bvec = task->cmd.inline_bvec;
		return 0;
	}
	if (nr_pages > task->bvec_cap) {
		bvec = kvmalloc_array(nr_pages, sizeof(*bvec), gfp);
		if (!bvec)
			return -ENOMEM;
		kvfree(task->big_bvec);
		task->big_bvec = bvec;
		task->bvec_cap = nr_pages;
	}
	task->cmd.bvec = task->big_bvec;
	return 0;
}

/**
 * ktgt_mem_add_pages - give a task pages from the free pages
 * @task: the task; ktgt_mem_set_bvec() has made room
 * @nr_pages: pages
 *
 * Context: the connection's work.
 * Return: false, with nothing done, if there are not as many.
 */
bool ktgt_mem_add_pages(struct ktgt_task *task, u32 nr_pages)
{
	struct ktgt_mem *mem = &task->conn->mem;
	u32 i;

	if (mem->nr_free_pages < nr_pages) {
		mem->shortfall = nr_pages;
		return false;
	}
	for (i = 0; i < nr_pages; i++)
		bvec_set_page(&task->cmd.bvec[task->nr_pages++],
			      mem->free_pages[--mem->nr_free_pages],
			      PAGE_SIZE, 0);
	mem->nr_used += nr_pages;
	return true;
}

/**
 * ktgt_mem_put_pages - take the pages of a task back
 * @task: the task; the initiator has consumed what was sent from them, or
 *	nothing was
 *
 * A page that the socket still refers to goes to the page allocator, which
 * waits for the last reference, instead of to the next command.
 *
 * Context: the connection's work.
 */
void ktgt_mem_put_pages(struct ktgt_task *task)
{
	struct ktgt_mem *mem = &task->conn->mem;

	if (!(task->flags & KTGT_TASK_SENT))
		mem->nr_used -= task->nr_pages;
	while (task->nr_pages) {
		struct page *page = task->cmd.bvec[--task->nr_pages].bv_page;

		if (mem->nr_free_pages < KTGT_FREE_PAGES_MAX &&
		    page_ref_count(page) == 1) {
			mem->free_pages[mem->nr_free_pages++] = page;
			task->conn->stats.recycled++;
		} else {
			put_page(page);
		}
	}
	task->cmd.nr_bvec = 0;
}

/**
 * ktgt_pdu_alloc - get a PDU to send
 * @conn: the connection
 *
 * Context: the connection's work, also under the socket's lock.
 * Return: a PDU whose BHS is zero, or NULL without memory.
 */
struct ktgt_pdu *ktgt_pdu_alloc(struct ktgt_conn *conn)
{
	struct ktgt_mem *mem = &conn->mem;
	struct ktgt_pdu *pdu;

	if (!mem->nr_pdus && mem_add_block(mem, GFP_NOWAIT | __GFP_NOWARN))
		return NULL;

	pdu = list_first_entry(&mem->pdus, struct ktgt_pdu, node);
	list_del_init(&pdu->node);
	mem->nr_pdus--;
	memset(pdu->hdr, 0, KTGT_CHUNK_HDR);
	pdu->flags = 0;
	pdu->tail_len = 0;
	pdu->bvec = NULL;
	pdu->bvec_off = 0;
	pdu->data_len = 0;
	pdu->task = NULL;
	pdu->weight = 0;
	return pdu;
}

/**
 * ktgt_pdu_free - take a PDU back
 * @conn: the connection
 * @pdu: the PDU, in no list
 *
 * Context: the connection's work.
 */
void ktgt_pdu_free(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	struct ktgt_mem *mem = &conn->mem;

	while (pdu->nr_own)
		put_page(pdu->own[--pdu->nr_own].bv_page);
	kfree(pdu->own);
	pdu->own = NULL;
	mem->ctl_held -= pdu->weight;

	pdu->flags = KTGT_PDU_FREE;
	list_add(&pdu->node, &mem->pdus);
	mem->nr_pdus++;
}

/**
 * ktgt_pdu_set_data - give a PDU a data segment of its own
 * @pdu: the PDU
 * @data: the data, which is copied
 * @len: bytes
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_pdu_set_data(struct ktgt_pdu *pdu, const void *data, u32 len)
{
	u32 nr = DIV_ROUND_UP(len, PAGE_SIZE);
	u32 off, chunk;

	if (!len)
		return 0;
	pdu->own = kcalloc(nr, sizeof(*pdu->own), GFP_KERNEL);
	if (!pdu->own)
		return -ENOMEM;

	for (off = 0; off < len; off += chunk) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page)
			return -ENOMEM;
		chunk = min_t(u32, len - off, PAGE_SIZE);
		memcpy(page_address(page), data + off, chunk);
		bvec_set_page(&pdu->own[pdu->nr_own++], page, chunk, 0);
	}
	pdu->bvec = pdu->own;
	pdu->data_len = len;
	return 0;
}
