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

/**
 * struct ktgt_msg - a message to the work of a connection
 * @node: in &ktgt_conn.msgs
 * @run: carries it out, in the connection's work; frees the message
 */
struct ktgt_msg {
	struct llist_node	node;
	void			(*run)(struct ktgt_conn *conn,
				       struct ktgt_msg *msg);
};

void ktgt_msg_post(struct ktgt_conn *conn, struct ktgt_msg *msg);
bool ktgt_msgs_run(struct ktgt_conn *conn);

void ktgt_tmf_recv(struct ktgt_conn *conn, const struct iscsi_hdr *hdr);
void ktgt_tmf_task_ended(struct ktgt_task *task);
void ktgt_tmf_abort_lu(struct ktgt_nexus *nexus, struct ktgt_lu *lu,
		       struct ktgt_nexus *from, struct ktgt_lu_reset *reset);

#endif /* _KTGT_ISCSI_TMF_H */
