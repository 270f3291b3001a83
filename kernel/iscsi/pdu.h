/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PDUs: those that are sent, with their sequence numbers and digests, and the
 * one that is being received.
 */
#ifndef _KTGT_ISCSI_PDU_H
#define _KTGT_ISCSI_PDU_H

#include <linux/bvec.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <scsi/iscsi_proto.h>

struct ktgt_burst;
struct ktgt_conn;
struct ktgt_task;

#define KTGT_BHS_LEN		48
#define KTGT_DIGEST_LEN		4
#define KTGT_AHS_MAX		1020
/*
 * Memory of a header that is sent: the data digest of the PDU before it, the
 * BHS, the header digest, padding, and the data digest.
 */
#define KTGT_CHUNK_LEN		64
#define KTGT_CHUNK_LEAD		KTGT_DIGEST_LEN
#define KTGT_CHUNK_HDR		(KTGT_CHUNK_LEN - KTGT_CHUNK_LEAD)
#define KTGT_CHUNK_TAIL		(KTGT_BHS_LEN + KTGT_DIGEST_LEN)

/**
 * enum ktgt_pdu_flags - bits of &ktgt_pdu.flags
 * @KTGT_PDU_STATSN: it contains a status, so it uses a StatSN
 * @KTGT_PDU_FINAL_LOGIN: PDUs that are sent after it have the negotiated
 *	digests
 * @KTGT_PDU_DATA_IN: more Data-In PDUs of the same task may follow
 * @KTGT_PDU_LAST: the task ends with it
 * @KTGT_PDU_PING: the initiator will answer it
 * @KTGT_PDU_FREE: it is in &ktgt_pdus.free
 * @KTGT_PDU_PIECE: a Data-In PDU without status of a task that moves in pieces
 * @KTGT_PDU_SENT: it is in &ktgt_pdus.sent
 */
enum ktgt_pdu_flags {
	KTGT_PDU_STATSN		= BIT(0),
	KTGT_PDU_FINAL_LOGIN	= BIT(1),
	KTGT_PDU_DATA_IN	= BIT(2),
	KTGT_PDU_LAST		= BIT(3),
	KTGT_PDU_PING		= BIT(4),
	KTGT_PDU_FREE		= BIT(5),
	KTGT_PDU_PIECE		= BIT(6),
	KTGT_PDU_SENT		= BIT(7),
};

/**
 * struct ktgt_pdu - a PDU to be sent
 *
 * Its header is in page memory, because the socket refers to it until the peer
 * has acknowledged it. A PDU is used again only when the initiator's ExpStatSN
 * says that the initiator has received it; or, if nothing else depends on it, when
 * the socket refers to its page no more.
 *
 * @node: in &ktgt_pdus.free, the transport's queue, &ktgt_conn.unacked, or
 *	&ktgt_pdus.sent
 * @hdr: KTGT_CHUNK_HDR bytes: BHS, header digest, padding and data digest; the
 *	transport uses the KTGT_CHUNK_LEAD bytes in front of it
 * @page: page of @hdr
 * @page_off: offset of @hdr in @page
 * @flags: KTGT_PDU_* bits
 * @tail_len: bytes of padding and data digest, at @hdr + KTGT_CHUNK_TAIL
 * @bvec: data segment, from byte @bvec_off on
 * @bvec_off: offset in @bvec
 * @data_len: bytes of the data segment
 * @ack_sn: the PDU is acknowledged when the initiator's ExpStatSN is beyond
 *	this
 * @task: task that it belongs to, or NULL
 * @own: segments of data that belong to the PDU itself until the socket has
 *	taken it; or NULL
 * @nr_own: length of @own
 * @weight: what it counts as an answer without a task; see &struct ktgt_quota
 */
struct ktgt_pdu {
	struct list_head	node;
	void			*hdr;
	struct page		*page;
	u16			page_off;
	u8			flags;
	u8			tail_len;
	const struct bio_vec	*bvec;
	u32			bvec_off;
	u32			data_len;
	u32			ack_sn;
	struct ktgt_task	*task;
	struct bio_vec		*own;
	u32			nr_own;
	u32			weight;
};

/**
 * struct ktgt_pdu_in - a PDU that is being received
 * @hdr: basic header segment
 * @ahs: additional header segments
 * @ahs_len: bytes of @ahs
 * @data_len: bytes of the data segment, without padding
 * @keep: bytes of the data segment that go to @iter; the rest is dropped
 * @iter: where the data segment goes
 * @task: task that the data belongs to, or NULL
 * @burst: burst of @task that the data belongs to, or NULL
 * @bvec_off: offset of the data in the buffer of @task
 * @ctl: the data segment goes to &ktgt_conn.ctl
 * @dropped: its task was aborted
 */
struct ktgt_pdu_in {
	struct iscsi_hdr	hdr;
	u8			ahs[KTGT_AHS_MAX];
	u32			ahs_len;
	u32			data_len;
	u32			keep;
	struct iov_iter		iter;
	struct ktgt_task	*task;
	struct ktgt_burst	*burst;
	u32			bvec_off;
	bool			ctl;
	bool			dropped;
};

/*
 * Results of ktgt_recv_header() and ktgt_recv_data() in addition to 0 and a
 * negative errno, which ends the connection.
 */
#define KTGT_RECV_AGAIN	1	/* call again after ktgt_round_prepare() */
#define KTGT_RECV_STOP	2	/* process this PDU before more is received */

/* RFC 7143, 11.17.1; iscsi_proto.h has another name for it */
#define KTGT_REASON_INVALID_FIELD	9

int ktgt_pdus_init(struct ktgt_conn *conn);
void ktgt_pdus_prepare(struct ktgt_conn *conn);
bool ktgt_pdus_at_hand(struct ktgt_conn *conn);
void ktgt_pdus_shrink(struct ktgt_conn *conn);
void ktgt_pdus_free(struct ktgt_conn *conn);
struct ktgt_pdu *ktgt_pdu_alloc(struct ktgt_conn *conn);
void ktgt_pdu_free(struct ktgt_conn *conn, struct ktgt_pdu *pdu);
int ktgt_pdu_set_data(struct ktgt_conn *conn, struct ktgt_pdu *pdu,
		      const void *data, u32 len);
void ktgt_pdu_put_data(struct ktgt_conn *conn, struct ktgt_pdu *pdu);
u32 ktgt_pdu_crc(u32 crc, const struct bio_vec *bvec, u32 off, u32 len);
u32 ktgt_pdu_crc_end(u32 crc, const u8 *pad, u32 pad_len);
void ktgt_pdu_queue(struct ktgt_conn *conn, struct ktgt_pdu *pdu);
void ktgt_pdu_stamp(struct ktgt_conn *conn, struct ktgt_pdu *pdu);
void ktgt_pdu_reject(struct ktgt_conn *conn, const struct iscsi_hdr *hdr,
		     u8 reason);
void ktgt_pdu_reject_owed(struct ktgt_conn *conn);

#endif /* _KTGT_ISCSI_PDU_H */
