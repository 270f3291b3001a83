/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions that the transport calls for each PDU that it receives.
 */
#ifndef _KTGT_ISCSI_RECV_H
#define _KTGT_ISCSI_RECV_H

#include <linux/types.h>

struct ktgt_conn;
struct ktgt_pdu_in;

int ktgt_recv_lengths(struct ktgt_conn *conn, struct ktgt_pdu_in *in);
int ktgt_recv_header(struct ktgt_conn *conn, struct ktgt_pdu_in *in);
int ktgt_recv_data(struct ktgt_conn *conn, struct ktgt_pdu_in *in,
		   bool digest_ok);
u32 ktgt_recv_digest(struct ktgt_conn *conn, struct ktgt_pdu_in *in,
		     const u8 *pad, u32 pad_len);

#endif /* _KTGT_ISCSI_RECV_H */
