/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets between the target and its peers.
 */
#ifndef _KTGT_FUZZ_PDU_SOCKET_H
#define _KTGT_FUZZ_PDU_SOCKET_H

#include "peer.h"

extern const struct proto_ops socket_ops;

u32 readable(const struct peer *peer);
void append(u8 **bytes, u32 *have, u32 *room, const void *p, u32 len);
void announce(struct peer *peer);
void make_room(struct peer *peer, u32 room);
void deliver(struct peer *peer, u32 max);

#endif /* _KTGT_FUZZ_PDU_SOCKET_H */
