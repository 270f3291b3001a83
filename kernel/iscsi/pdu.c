// SPDX-License-Identifier: GPL-2.0
/*
 * What is put into every PDU that is sent: sequence numbers, lengths, padding
 * and digests (RFC 7143, 11.2).
 */
#include <linux/crc32c.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/unaligned.h>

#include "conn.h"
#include "data.h"
#include "pdu.h"
#include "sess.h"

static_assert(sizeof(struct iscsi_hdr) == KTGT_BHS_LEN);
static_assert(KTGT_CHUNK_TAIL + 3 + KTGT_DIGEST_LEN <= KTGT_CHUNK_HDR);

/* CRC32C of a part of an array of whole pages. */
static u32 pdu_crc_bvec(u32 crc, const struct bio_vec *bvec, u32 off, u32 len)
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
		crc = pdu_crc_bvec(~0, pdu->bvec, pdu->bvec_off, pdu->data_len);
		if (pad)
			crc = crc32c(crc, tail, pad);
		put_unaligned_le32(~crc, tail + pad);
		pdu->tail_len += KTGT_DIGEST_LEN;
	}
}

/*
 * StatSN, ExpCmdSN and MaxCmdSN stand at the same place in all PDUs of a
 * target. A PDU without status carries the StatSN that comes next, but for
 * those whose field is reserved (Data-In without status).
 */
static void pdu_set_sns(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	struct iscsi_nopin *hdr = pdu->hdr;

	pdu->ack_sn = conn->stat_sn;
	if (pdu->flags & KTGT_PDU_STATSN)
		hdr->statsn = cpu_to_be32(conn->stat_sn++);
	else if (hdr->opcode != ISCSI_OP_SCSI_DATA_IN)
		hdr->statsn = cpu_to_be32(conn->stat_sn);
	if (conn->sess) {
		hdr->exp_cmdsn = cpu_to_be32(conn->sess->exp_cmd_sn);
		hdr->max_cmdsn = cpu_to_be32(ktgt_sess_window(conn));
	}
}

/**
 * ktgt_pdu_queue - send a PDU behind those that are queued
 * @conn: the connection
 * @pdu: the PDU, in no list
 *
 * The PDUs of tasks are bounded by the number of tasks and their pages. Others
 * answer what a peer may send at will, so they are counted.
 *
 * Context: the connection's work, also under the socket's lock.
 */
void ktgt_pdu_queue(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	if (!pdu->task) {
		pdu->weight = 1 + pdu->nr_own;
		conn->mem.ctl_unsent += pdu->weight;
		conn->mem.ctl_held += pdu->weight;
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

/**
 * ktgt_pdu_next - what has to follow a PDU at once
 * @conn: the connection
 * @pdu: the PDU that was handed to the socket last
 *
 * The Data-In PDUs of a long read are made one by one, as the socket takes
 * them.
 *
 * Context: the connection's work.
 * Return: the next PDU, NULL if none has to follow, or ERR_PTR(-ENOMEM).
 */
struct ktgt_pdu *ktgt_pdu_next(struct ktgt_conn *conn, struct ktgt_pdu *pdu)
{
	struct ktgt_pdu *next;

	if (!(pdu->flags & KTGT_PDU_DATA_IN))
		return NULL;
	next = ktgt_data_in_next(pdu->task);
	return next ?: ERR_PTR(-ENOMEM);
}

/**
 * ktgt_pdu_reject - refuse a PDU (RFC 7143, 11.17)
 * @conn: the connection
 * @hdr: header of the PDU, which the Reject carries
 * @reason: ISCSI_REASON_*
 *
 * Context: the connection's work, may sleep.
 */
void ktgt_pdu_reject(struct ktgt_conn *conn, const struct iscsi_hdr *hdr,
		     u8 reason)
{
	struct ktgt_pdu *pdu = ktgt_pdu_alloc(conn);
	struct iscsi_reject *rej;

	if (!pdu || ktgt_pdu_set_data(pdu, hdr, KTGT_BHS_LEN)) {
		if (pdu)
			ktgt_pdu_free(conn, pdu);
		ktgt_conn_end(conn, KTGT_SESSION_END_NO_MEMORY);
		return;
	}
	rej = pdu->hdr;
	rej->opcode = ISCSI_OP_REJECT;
	rej->flags = ISCSI_FLAG_CMD_FINAL;
	rej->reason = reason;
	rej->ffffffff = cpu_to_be32(ISCSI_RESERVED_TAG);
	pdu->flags |= KTGT_PDU_STATSN;
	ktgt_pdu_queue(conn, pdu);
}
