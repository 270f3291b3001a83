/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Data-In, Data-Out and R2T: moving the data of a task.
 */
#ifndef _KTGT_ISCSI_DATA_H
#define _KTGT_ISCSI_DATA_H

#include <linux/types.h>

struct ktgt_conn;
struct ktgt_pdu;
struct ktgt_pdu_in;
struct ktgt_task;

int ktgt_data_out_start(struct ktgt_task *task, struct ktgt_pdu_in *in);
int ktgt_data_out_recv(struct ktgt_conn *conn, struct ktgt_pdu_in *in);
void ktgt_data_drop(struct ktgt_task *task);
void ktgt_data_out_done(struct ktgt_task *task, struct ktgt_pdu_in *in,
			bool digest_ok);
void ktgt_data_prepare(struct ktgt_conn *conn);
void ktgt_data_solicit(struct ktgt_task *task);
void ktgt_data_owed(struct ktgt_conn *conn);
bool ktgt_data_is_awaited(const struct ktgt_task *task);
u32 ktgt_data_received(const struct ktgt_task *task);
bool ktgt_data_has_room(const struct ktgt_conn *conn, u32 need);
void ktgt_data_serve_pages(struct ktgt_conn *conn);
struct ktgt_pdu *ktgt_data_in_next(struct ktgt_task *task);
int ktgt_data_in_start(struct ktgt_task *task);
void ktgt_data_in_end(struct ktgt_task *task, struct ktgt_pdu *pdu);
struct ktgt_pdu *ktgt_data_next(const struct ktgt_pdu *pdu);

#endif /* _KTGT_ISCSI_DATA_H */
