/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Task management functions.
 */
#ifndef _KTGT_ISCSI_TMF_H
#define _KTGT_ISCSI_TMF_H

#include <linux/llist.h>

struct ktgt_conn;
struct ktgt_lu;
struct ktgt_lu_reset;
struct ktgt_nexus;
struct ktgt_task;
struct iscsi_hdr;

void ktgt_tmf_recv(struct ktgt_conn *conn, const struct iscsi_hdr *hdr);
void ktgt_tmf_task_ended(struct ktgt_task *task);
void ktgt_tmf_abort_lu(struct ktgt_nexus *nexus, struct ktgt_lu *lu,
		       struct ktgt_nexus *from, struct ktgt_lu_reset *reset);

#endif /* _KTGT_ISCSI_TMF_H */
