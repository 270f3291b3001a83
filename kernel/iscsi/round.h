/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions for the transport: one round of a connection's work, and the
 * beginning and end of a connection.
 */
#ifndef _KTGT_ISCSI_ROUND_H
#define _KTGT_ISCSI_ROUND_H

#include <linux/types.h>

struct ktgt_conn;

int ktgt_round_init(struct ktgt_conn *conn);
void ktgt_round_strip(struct ktgt_conn *conn);
void ktgt_round_free(struct ktgt_conn *conn);
bool ktgt_round_linger(struct ktgt_conn *conn);
void ktgt_round_prepare(struct ktgt_conn *conn);
bool ktgt_round_may_recv(const struct ktgt_conn *conn);
bool ktgt_round_process(struct ktgt_conn *conn);
bool ktgt_round_waits(const struct ktgt_conn *conn);
unsigned long ktgt_round_request_logout(struct ktgt_conn *conn);
void ktgt_round_memory(struct ktgt_conn *conn);
unsigned long ktgt_round_timer(struct ktgt_conn *conn);
void ktgt_round_announce(struct ktgt_conn *conn);

#endif /* _KTGT_ISCSI_ROUND_H */
