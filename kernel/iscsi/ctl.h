/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control PDUs: Login Requests; in full feature phase NOP-Out, Logout, Text
 * Requests and task management.
 */
#ifndef _KTGT_ISCSI_CTL_H
#define _KTGT_ISCSI_CTL_H

#include <linux/types.h>

struct ktgt_conn;

bool ktgt_ctl_handle(struct ktgt_conn *conn);
bool ktgt_ctl_nop_in(struct ktgt_conn *conn);
bool ktgt_ctl_ping(struct ktgt_conn *conn);
bool ktgt_ctl_ask_logout(struct ktgt_conn *conn, u16 seconds);
void ktgt_ctl_logout_advance(struct ktgt_conn *conn);
unsigned long ktgt_ctl_logout_timer(struct ktgt_conn *conn);

#endif /* _KTGT_ISCSI_CTL_H */
