/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The life of a SCSI command: received, submitted, answered or aborted.
 */
#ifndef _KTGT_ISCSI_COMMAND_H
#define _KTGT_ISCSI_COMMAND_H

#include <linux/types.h>

struct ktgt_call;
struct ktgt_conn;
struct ktgt_lu;
struct ktgt_lu_reset;
struct ktgt_pdu_in;
struct ktgt_task;

int ktgt_command_recv(struct ktgt_conn *conn, struct ktgt_pdu_in *in);
void ktgt_commands_submit(struct ktgt_conn *conn);
bool ktgt_commands_reap(struct ktgt_conn *conn);
void ktgt_commands_owed(struct ktgt_conn *conn);
void ktgt_commands_abandon(struct ktgt_conn *conn);
void ktgt_commands_orphan(struct ktgt_conn *conn);
int ktgt_command_abort(struct ktgt_task *task, struct ktgt_lu_reset *reset);
struct ktgt_call *ktgt_command_abort_call(struct ktgt_lu *lu,
					  struct ktgt_lu_reset *reset,
					  bool tell);
void ktgt_command_abort_cancel(struct ktgt_call *call);

#endif /* _KTGT_ISCSI_COMMAND_H */
