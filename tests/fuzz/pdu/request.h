/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests that peers send.
 */
#ifndef _KTGT_FUZZ_PDU_REQUEST_H
#define _KTGT_FUZZ_PDU_REQUEST_H

#include "peer.h"

/* the first byte of a step, beside what it is and the number of the peer */
#define IN_HOLD		0x40	/* nobody gets to run after it */
#define IN_IMMEDIATE	0x80

u32 take_cmd_sn(struct peer *peer, u8 what);
bool window_open(const struct peer *peer, u8 what);
u8 opcode_of(u8 opcode, u8 what);

void send_nop_out(struct peer *peer, struct input *in, u8 what);
void send_tmf(struct peer *peer, struct input *in, u8 what);
void send_text(struct peer *peer, struct input *in, u8 what);
void send_logout(struct peer *peer, struct input *in, u8 what);
void send_header(struct peer *peer, struct input *in);
void send_bytes(struct peer *peer, struct input *in);

#endif /* _KTGT_FUZZ_PDU_REQUEST_H */
