/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sending PDUs to a socket.
 */
#ifndef _KTGT_TCP_TX_H
#define _KTGT_TCP_TX_H

#include <linux/types.h>

struct ktgt_pdu;
struct ktgt_tcp;

void ktgt_tx_init(struct ktgt_tcp *tcp);
void ktgt_tx_queue(struct ktgt_tcp *tcp, struct ktgt_pdu *pdu);
bool ktgt_tx_run(struct ktgt_tcp *tcp);
bool ktgt_tx_idle(const struct ktgt_tcp *tcp);
void ktgt_tx_abandon(struct ktgt_tcp *tcp);

#endif /* _KTGT_TCP_TX_H */
