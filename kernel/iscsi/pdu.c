// SPDX-License-Identifier: GPL-2.0
/*
 * PDUs to be sent: their memory, sequence numbers, lengths, padding and digests
 * (RFC 7143, 11.2).
 *
 * The memory of headers never passes directly from one connection to another,
 * so a late retransmission cannot contain the header of another initiator.
 */
#include "pdu.h"

#include <linux/crc32c.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "../core/gfp.h"
#include "../core/net.h"
#include "conn.h"
#include "window.h"

static_assert(sizeof(struct iscsi_hdr) == KTGT_BHS_LEN);
static_assert(KTGT_CHUNK_TAIL + 3 + KTGT_DIGEST_LEN <= KTGT_CHUNK_HDR);

/*
 * Limits of answers without a task, in PDUs and pages. While a peer leaves 8
 * MiB of them unread, nothing is received from it. A peer that reads them and
 * leaves 64 MiB unacknowledged is not a real initiator, and its connection is
 * closed.
 */
#define PDU_UNSENT_MAX	2048
#define PDU_UNACKED_MAX	16384

/* PDUs that share one page of headers */
#define KTGT_BLOCK_PDUS	(PAGE_SIZE / KTGT_CHUNK_LEN)

/**
 * struct ktgt_pdu_block - PDUs, and the page of their headers
 * @node: in &ktgt_pdus.blocks
 * @page: headers
 * @pdus: one for each header
 */
struct ktgt_pdu_block {
	struct list_head	node;
	struct page		*page;
	struct ktgt_pdu		pdus[KTGT_BLOCK_PDUS];
};

/* what a block takes, for the quota */
#define BLOCK_BYTES	(PAGE_SIZE + sizeof(struct ktgt_pdu_block))

static int pdu_add_block(struct ktgt_conn *conn, gfp_t gfp)
{
	struct ktgt_pdus *pdus = &conn->pdus;
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
		list_add_tail(&pdu->node, &pdus->free);
	}
	pdus->nr_free += KTGT_BLOCK_PDUS;
	list_add_tail(&block->node, &pdus->blocks);
	ktgt_quota_hold(&conn->quota, BLOCK_BYTES);
	return 0;
}

static void pdu_free_block(struct ktgt_conn *conn, struct ktgt_pdu_block *block)
{
	list_del(&block->node);
	put_page(block->page);
	kfree(block);
	ktgt_quota_drop(&conn->quota, BLOCK_BYTES);
}

static bool block_is_free(const struct ktgt_pdu_block *block)
{
	unsigned int i;

	for (i = 0; i < KTGT_BLOCK_PDUS; i++)
		if (!(block->pdus[i].flags & KTGT_PDU_FREE))
			return false;
	return true;
}

/* Return: whether there were any in the block. */
static bool block_take_sent(struct ktgt_pdus *pdus, struct ktgt_pdu_block *block)
{
	u32 i, had = pdus->nr_free;

	for (i = 0; i < KTGT_BLOCK_PDUS; i++) {
		struct ktgt_pdu *pdu = &block->pdus[i];

		if (!(pdu->flags & KTGT_PDU_SENT))
			continue;
		pdu->flags = KTGT_PDU_FREE;
		list_move_tail(&pdu->node, &pdus->free);
		pdus->nr_free++;
	}
	return pdus->nr_free != had;
}

/*
 * Takes back Data-In PDUs of which the socket has nothing any more, until there are
 * @want free ones. An initiator acknowledges a READ as a whole, and may acknowledge
 * none; with short data segments it would have as much memory for their headers as
 * for data. The socket has no more of them than its buffer has room for.
 *
 * All of a block are taken back at once: if a part of them were, these would be sent
 * again, and the others would have to wait until those are acknowledged. The blocks
 * that were used first come first.
 */
static void pdus_reclaim(struct ktgt_pdus *pdus, u32 want)
{
	struct ktgt_pdu_block *block, *next;

	list_for_each_entry_safe(block, next, &pdus->blocks, node) {
		if (pdus->nr_free >= want || list_empty(&pdus->sent))
			return;
		/* it comes by once more, with nothing to take */
		if (page_ref_count(block->page) == 1 &&
		    block_take_sent(pdus, block))
			list_move_tail(&block->node, &pdus->blocks);
	}
}

/**
 * ktgt_pdus_shrink - free blocks of PDUs that an idle connection does not use
 * @conn: the connection
 *
 * Context: the connection's work.
 */
void ktgt_pdus_shrink(struct ktgt_conn *conn)
{
	struct ktgt_pdus *pdus = &conn->pdus;
	struct ktgt_pdu_block *block, *next;
	unsigned int i;

	pdus_reclaim(pdus, U32_MAX);
	list_for_each_entry_safe(block, next, &pdus->blocks, node) {
		if (list_is_singular(&pdus->blocks))
			return;
		if (!block_is_free(block))
			continue;
		for (i = 0; i < KTGT_BLOCK_PDUS; i++)
			list_del(&block->pdus[i].node);
		pdus->nr_free -= KTGT_BLOCK_PDUS;
		pdu_free_block(conn, block);
	}
}

/**
 * ktgt_pdus_init - allocate the first PDUs of a connection
 * @conn: the connection
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_pdus_init(struct ktgt_conn *conn)
{
	struct ktgt_pdus *pdus = &conn->pdus;

	INIT_LIST_HEAD(&pdus->free);
	INIT_LIST_HEAD(&pdus->sent);
	INIT_LIST_HEAD(&pdus->blocks);
	conn->quota.limit[KTGT_QUOTA_UNSENT] = PDU_UNSENT_MAX;
	conn->quota.limit[KTGT_QUOTA_UNACKED] = PDU_UNACKED_MAX;
	return pdu_add_block(conn, KTGT_GFP_PEER);
}

/**
 * ktgt_pdus_prepare - allocate free PDUs
 * @conn: the connection
 *
 * If there is no memory, ktgt_pdu_alloc() tries again.
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_pdus_prepare(struct ktgt_conn *conn)
{
	if (conn->pdus.nr_free >= KTGT_BLOCK_PDUS / 2)
		return;
	pdus_reclaim(&conn->pdus, KTGT_BLOCK_PDUS);
	if (conn->pdus.nr_free < KTGT_BLOCK_PDUS / 2)
		pdu_add_block(conn, KTGT_GFP_PEER);
}

/**
 * ktgt_pdus_at_hand - get a free PDU, if necessary by allocating some
 * @conn: the connection
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 * Return: true if the next ktgt_pdu_alloc() succeeds.
 */
bool ktgt_pdus_at_hand(struct ktgt_conn *conn)
{
	if (likely(conn->pdus.nr_free))
		return true;
	pdus_reclaim(&conn->pdus, KTGT_BLOCK_PDUS);
	return conn->pdus.nr_free || !pdu_add_block(conn, KTGT_GFP_PEER);
}

/**
 * ktgt_pdus_free - free the memory of all PDUs
 * @conn: the connection; none is in use any more
 *
 * Context: process context.
 */
void ktgt_pdus_free(struct ktgt_conn *conn)
{
	struct ktgt_pdu_block *block, *next;

	list_for_each_entry_safe(block, next, &conn->pdus.blocks, node)
		pdu_free_block(conn, block);
	INIT_LIST_HEAD(&conn->pdus.free);
	INIT_LIST_HEAD(&conn->pdus.sent);
}

/**
 * ktgt_pdu_alloc - get a PDU to send
 * @conn: the connection
 *
 * Context: the connection's work, also under the socket's lock.
 * Return: a PDU whose BHS is zero, or NULL if there is no memory.
 */
struct ktgt_pdu *ktgt_pdu_alloc(struct ktgt_conn *conn)
{
	struct ktgt_pdus *pdus = &conn->pdus;
	struct ktgt_pdu *pdu;

	if (unlikely(!pdus->nr_free))
		pdus_reclaim(pdus, KTGT_BLOCK_PDUS);
	if (!pdus->nr_free && pdu_add_block(conn, KTGT_GFP_PEER_NOWAIT))
		return NULL;

	pdu = list_first_entry(&pdus->free, struct ktgt_pdu, node);
	list_del_init(&pdu->node);
	pdus->nr_free--;
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
 * ktgt_pdu_free - free a PDU
 * @conn: the connection
 * @pdu: the PDU, in no list
 *
 * Context: the connection's work.
 */
void ktgt_pdu_free(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	struct ktgt_pdus *pdus = &conn->pdus;

	if (unlikely(pdu->own))
		ktgt_pdu_put_data(conn, pdu);
	ktgt_quota_uncharge(&conn->quota, KTGT_QUOTA_UNACKED, pdu->weight);

	pdu->flags = KTGT_PDU_FREE;
	list_add(&pdu->node, &pdus->free);
	pdus->nr_free++;
}

static int pdu_set_data(struct ktgt_conn *conn, struct ktgt_pdu *pdu,
			const void *data, u32 len, gfp_t gfp)
{
	u32 nr = DIV_ROUND_UP(len, PAGE_SIZE);
	u32 off, chunk;

	if (!len)
		return 0;
	pdu->own = kcalloc(nr, sizeof(*pdu->own), gfp);
	if (!pdu->own)
		return -ENOMEM;

	for (off = 0; off < len; off += chunk) {
		struct page *page = alloc_page(gfp);

		if (!page)
			return -ENOMEM;
		chunk = min_t(u32, len - off, PAGE_SIZE);
		memcpy(page_address(page), data + off, chunk);
		bvec_set_page(&pdu->own[pdu->nr_own++], page, chunk, 0);
		ktgt_quota_hold(&conn->quota, PAGE_SIZE);
	}
	pdu->bvec = pdu->own;
	pdu->data_len = len;
	return 0;
}

/**
 * ktgt_pdu_set_data - give a PDU a data segment of its own
 * @conn: the connection
 * @pdu: the PDU
 * @data: the data, which is copied
 * @len: bytes
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM; then the PDU can only be freed.
 */
int ktgt_pdu_set_data(struct ktgt_conn *conn, struct ktgt_pdu *pdu,
		      const void *data, u32 len)
{
	return pdu_set_data(conn, pdu, data, len, KTGT_GFP_PEER);
}

/**
 * ktgt_pdu_put_data - give back the data segment of a PDU that is its own
 * @conn: the connection
 * @pdu: the PDU, with such a data segment; it is not sent, or the socket has taken
 *	all of it
 *
 * The socket has references of its own. Nobody writes to these pages again, so
 * they need not be acknowledged as those of tasks and headers. They are counted
 * until then: a peer that reads nothing could let the socket keep a page for each
 * few bytes of data, and the socket counts only the bytes.
 *
 * Context: the connection's work or teardown.
 */
void ktgt_pdu_put_data(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	u32 i;

	ktgt_quota_drop(&conn->quota, (u64)pdu->nr_own << PAGE_SHIFT);
	for (i = 0; i < pdu->nr_own; i++)
		put_page(pdu->own[i].bv_page);
	kfree(pdu->own);
	pdu->own = NULL;
	pdu->nr_own = 0;
	pdu->bvec = NULL;
}

/**
 * ktgt_pdu_crc - CRC32C of a part of an array of whole pages
 * @crc: CRC32C of what precedes it, or the initial value
 * @bvec: the array
 * @off: offset of the first byte
 * @len: bytes
 *
 * Context: any.
 * Return: the new CRC32C.
 */
u32 ktgt_pdu_crc(u32 crc, const struct bio_vec *bvec, u32 off, u32 len)
{
	bvec += off / PAGE_SIZE;
	off %= PAGE_SIZE;
	while (len) {
		u32 n = min_t(u32, len, PAGE_SIZE - off);
		void *p = kmap_local_page(bvec->bv_page);

		crc = crc32c(crc, p + off, n);
		kunmap_local(p);
		len -= n;
		off = 0;
		bvec++;
	}
	return crc;
}

/**
 * ktgt_pdu_crc_end - get the digest of a data segment
 * @crc: CRC32C of the data
 * @pad: padding after the data
 * @pad_len: its bytes
 *
 * Context: any.
 * Return: the digest in host order.
 */
u32 ktgt_pdu_crc_end(u32 crc, const u8 *pad, u32 pad_len)
{
	/* an empty crc32c() call costs as much as one over four bytes */
	return ~(pad_len ? crc32c(crc, pad, pad_len) : crc);
}

static void pdu_set_digests(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	u8 *tail = pdu->hdr + KTGT_CHUNK_TAIL;
	u32 pad = -pdu->data_len & 3;
	u32 crc;

	pdu->tail_len = pad;
	if (!conn->tx_digests)
		return;

	if (conn->param.header_digest) {
		crc = crc32c(~0, pdu->hdr, KTGT_BHS_LEN);
		put_unaligned_le32(~crc, pdu->hdr + KTGT_BHS_LEN);
	}
	if (conn->param.data_digest && pdu->data_len) {
		crc = ktgt_pdu_crc(~0, pdu->bvec, pdu->bvec_off, pdu->data_len);
		put_unaligned_le32(ktgt_pdu_crc_end(crc, tail, pad), tail + pad);
		pdu->tail_len += KTGT_DIGEST_LEN;
	}
}

/*
 * StatSN, ExpCmdSN and MaxCmdSN are at the same place in all PDUs of a target.
 * A PDU without status contains the next StatSN, except for a Data-In without
 * status, where the field is reserved.
 */
static void pdu_set_sns(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	struct iscsi_nopin *hdr = pdu->hdr;

	pdu->ack_sn = conn->stat_sn;
	if (pdu->flags & KTGT_PDU_STATSN)
		hdr->statsn = cpu_to_be32(conn->stat_sn++);
	else if (hdr->opcode != ISCSI_OP_SCSI_DATA_IN)
		hdr->statsn = cpu_to_be32(conn->stat_sn);
	if (conn->window) {
		hdr->exp_cmdsn = cpu_to_be32(conn->window->exp_cmd_sn);
		hdr->max_cmdsn = cpu_to_be32(ktgt_window_open(conn));
	}
}

/**
 * ktgt_pdu_queue - send a PDU after those that are queued
 * @conn: the connection
 * @pdu: the PDU, in no list
 *
 * The number of tasks and their pages limits the PDUs of tasks. Other PDUs
 * answer requests that a peer may send without a limit, so they are counted.
 *
 * Context: the connection's work, also under the socket's lock.
 */
void ktgt_pdu_queue(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	if (!pdu->task) {
		pdu->weight = 1 + pdu->nr_own;
		ktgt_quota_charge(&conn->quota, KTGT_QUOTA_UNSENT, pdu->weight);
		ktgt_quota_charge(&conn->quota, KTGT_QUOTA_UNACKED,
				  pdu->weight);
	}
	conn->ops->queue_tx(conn, pdu);
}

/**
 * ktgt_pdu_stamp - complete a PDU that is about to be sent
 * @conn: the connection
 * @pdu: the PDU; PDUs are stamped in the order in which they are sent
 *
 * Context: the connection's work.
 */
void ktgt_pdu_stamp(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	struct iscsi_hdr *hdr = pdu->hdr;

	hton24(hdr->dlength, pdu->data_len);
	pdu_set_sns(conn, pdu);
	pdu_set_digests(conn, pdu);
	if (pdu->flags & KTGT_PDU_FINAL_LOGIN)
		conn->tx_digests = true;
	conn->stats.tx_pdus++;
	conn->stats.data_in_pdus += hdr->opcode == ISCSI_OP_SCSI_DATA_IN;
	conn->stats.rsp_pdus += hdr->opcode == ISCSI_OP_SCSI_CMD_RSP;
}

static int pdu_send_reject(struct ktgt_conn *conn, const struct iscsi_hdr *hdr,
			   u8 reason, gfp_t gfp)
{
	struct ktgt_pdu *pdu = ktgt_pdu_alloc(conn);
	struct iscsi_reject *rej;

	if (!pdu)
		return -ENOMEM;
	if (pdu_set_data(conn, pdu, hdr, KTGT_BHS_LEN, gfp)) {
		ktgt_pdu_free(conn, pdu);
		return -ENOMEM;
	}
	rej = pdu->hdr;
	rej->opcode = ISCSI_OP_REJECT;
	rej->flags = ISCSI_FLAG_CMD_FINAL;
	rej->reason = reason;
	rej->ffffffff = cpu_to_be32(ISCSI_RESERVED_TAG);
	pdu->flags |= KTGT_PDU_STATSN;
	ktgt_pdu_queue(conn, pdu);
	return 0;
}

/**
 * ktgt_pdu_reject - refuse a PDU (RFC 7143, 11.17)
 * @conn: the connection, which owes no Reject
 * @hdr: header of the PDU, which the Reject carries
 * @reason: ISCSI_REASON_*
 *
 * Context: the connection's work, also under the socket's lock.
 */
void ktgt_pdu_reject(struct ktgt_conn *conn, const struct iscsi_hdr *hdr,
		     u8 reason)
{
	if (reason == ISCSI_REASON_BOOKMARK_NO_RESOURCES)
		ktgt_net_count_failure(conn->kn);
	if (!pdu_send_reject(conn, hdr, reason, KTGT_GFP_PEER_NOWAIT))
		return;
	conn->reject.hdr = *hdr;
	conn->reject.reason = reason;
	ktgt_conn_owe(conn, KTGT_OWED_REJECT);
}

/**
 * ktgt_pdu_reject_owed - send the Reject for which there was no memory
 * @conn: the connection
 *
 * Context: the connection's work, outside of the socket's lock; may sleep.
 */
void ktgt_pdu_reject_owed(struct ktgt_conn *conn)
{
	ktgt_pdus_at_hand(conn);
	if (pdu_send_reject(conn, &conn->reject.hdr, conn->reject.reason,
			    KTGT_GFP_PEER))
		ktgt_conn_owe(conn, KTGT_OWED_REJECT);
}
