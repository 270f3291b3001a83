/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The login phase.
 */
#ifndef _KTGT_ISCSI_LOGIN_H
#define _KTGT_ISCSI_LOGIN_H

#include <linux/types.h>
#include <scsi/iscsi_proto.h>

struct ktgt_conn;

int ktgt_login_start(struct ktgt_conn *conn);
void ktgt_login_recv(struct ktgt_conn *conn, const struct iscsi_hdr *hdr,
		     const u8 *data, u32 len);
void ktgt_login_resume(struct ktgt_conn *conn);
bool ktgt_login_answer_late(struct ktgt_conn *conn);
void ktgt_login_timeout(struct ktgt_conn *conn);
void ktgt_login_lost(struct ktgt_conn *conn);
void ktgt_login_free(struct ktgt_conn *conn);

#endif /* _KTGT_ISCSI_LOGIN_H */
