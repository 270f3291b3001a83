/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PDUs on their way to the target.
 */
#ifndef _KTGT_FUZZ_PDU_STREAM_H
#define _KTGT_FUZZ_PDU_STREAM_H

#include "peer.h"

enum { WRONG_HEADER_DIGEST = 1, WRONG_DATA_DIGEST = 2 };

void stream_put(struct peer *peer, const void *p, u32 len);
void send_pdu(struct peer *peer, struct iscsi_hdr *hdr, const u8 *ahs,
	      const u8 *data, u8 wrong);
u8 *make_data(u32 seed, u32 off, u32 len);
u32 take_len(struct input *in);

#endif /* _KTGT_FUZZ_PDU_STREAM_H */
