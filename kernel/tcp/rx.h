/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receiving PDUs from a socket.
 */
#ifndef _KTGT_TCP_RX_H
#define _KTGT_TCP_RX_H

#include <linux/types.h>

#include "../iscsi/pdu.h"

struct ktgt_conn;
struct socket;

/**
 * enum ktgt_rx_state - what is received next
 * @KTGT_RX_BHS: basic header segment
 * @KTGT_RX_AHS: additional header segments
 * @KTGT_RX_HDIGEST: header digest
 * @KTGT_RX_HEADER: nothing; the received headers wait for memory
 * @KTGT_RX_DATA: data segment
 * @KTGT_RX_PAD: padding
 * @KTGT_RX_DDIGEST: data digest
 */
enum ktgt_rx_state {
	KTGT_RX_BHS,
	KTGT_RX_AHS,
	KTGT_RX_HDIGEST,
	KTGT_RX_HEADER,
	KTGT_RX_DATA,
	KTGT_RX_PAD,
	KTGT_RX_DDIGEST,
};

/**
 * struct ktgt_rx - receiving side of a connection
 * @conn: the connection
 * @sock: its socket
 * @state: what is received next
 * @off: bytes of it that were received
 * @pad: padding
 * @digest: digest as received
 * @budget: PDUs that this run may still receive
 * @pdu: the PDU
 */
struct ktgt_rx {
	struct ktgt_conn	*conn;
	struct socket		*sock;
	enum ktgt_rx_state	state;
	u32			off;
	u8			pad[4];
	__le32			digest;
	u32			budget;
	struct ktgt_pdu_in	pdu;
};

bool ktgt_rx_run(struct ktgt_rx *rx);

#endif /* _KTGT_TCP_RX_H */
