/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PDUs that were sent, and their acknowledgement.
 */
#ifndef _KTGT_ISCSI_ACK_H
#define _KTGT_ISCSI_ACK_H

#include <linux/types.h>

struct ktgt_conn;
struct list_head;

void ktgt_ack_await(struct ktgt_conn *conn, struct list_head *sent);
void ktgt_ack_recv(struct ktgt_conn *conn, u32 exp_stat_sn);
void ktgt_ack_pong(struct ktgt_conn *conn);
void ktgt_ack_r2t(struct ktgt_conn *conn, u32 ttt);

#endif /* _KTGT_ISCSI_ACK_H */
