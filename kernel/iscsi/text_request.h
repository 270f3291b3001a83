/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text Requests of the full feature phase.
 */
#ifndef _KTGT_ISCSI_TEXT_REQUEST_H
#define _KTGT_ISCSI_TEXT_REQUEST_H

#include <linux/types.h>

struct iscsi_hdr;
struct ktgt_conn;

void ktgt_text_req_recv(struct ktgt_conn *conn, const struct iscsi_hdr *hdr,
			const u8 *data, u32 len);
void ktgt_text_req_free(struct ktgt_conn *conn);

#endif /* _KTGT_ISCSI_TEXT_REQUEST_H */
