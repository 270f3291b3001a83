/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a connection of the target must be like.
 */
#ifndef _KTGT_FUZZ_PDU_CONN_H
#define _KTGT_FUZZ_PDU_CONN_H

#include "peer.h"

void check_closed(const struct peer *peer);
void settle(void);

#endif /* _KTGT_FUZZ_PDU_CONN_H */
