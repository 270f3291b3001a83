/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Task management functions.
 */
#ifndef _KTGT_ISCSI_TMF_H
#define _KTGT_ISCSI_TMF_H

struct iscsi_hdr;
struct ktgt_conn;

void ktgt_tmf_recv(struct ktgt_conn *conn, const struct iscsi_hdr *hdr);
unsigned long ktgt_tmf_timer(struct ktgt_conn *conn);
void ktgt_tmfs_give_up(struct ktgt_conn *conn);

#endif /* _KTGT_ISCSI_TMF_H */
