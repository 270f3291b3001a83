/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the transport gives the protocol of each PDU that it receives.
 */
#ifndef _KTGT_ISCSI_RECV_H
#define _KTGT_ISCSI_RECV_H

#include <linux/types.h>
#include <linux/uio.h>
#include <scsi/iscsi_proto.h>

#include "pdu.h"

struct ktgt_burst;
struct ktgt_conn;
struct ktgt_task;

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
 * @dropped: the task that it was for has been aborted
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
 * Answers of ktgt_recv_header() and ktgt_recv_data() besides 0 and -errno;
 * a negative one ends the connection.
 */
#define KTGT_RECV_AGAIN	1	/* ask again after ktgt_round_prepare() */
#define KTGT_RECV_STOP	2	/* handle what there is before more is received */

int ktgt_recv_lengths(struct ktgt_conn *conn, struct ktgt_pdu_in *in);
int ktgt_recv_header(struct ktgt_conn *conn, struct ktgt_pdu_in *in);
int ktgt_recv_data(struct ktgt_conn *conn, struct ktgt_pdu_in *in,
		   bool digest_ok);
u32 ktgt_recv_digest(struct ktgt_conn *conn, struct ktgt_pdu_in *in,
		     const u8 *pad, u32 pad_len);

#endif /* _KTGT_ISCSI_RECV_H */
