/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receiving PDUs from a socket.
 */
#ifndef _KTGT_TCP_RX_H
#define _KTGT_TCP_RX_H

#include <linux/types.h>

struct ktgt_tcp;

bool ktgt_rx_run(struct ktgt_tcp *tcp);

#endif /* _KTGT_TCP_RX_H */
