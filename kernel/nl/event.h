/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events, for sockets that have joined a multicast group.
 */
#ifndef _KTGT_NL_EVENT_H
#define _KTGT_NL_EVENT_H

#include <linux/types.h>

struct ktgt_txn;

/**
 * struct ktgt_nl_txn_end - what became of a transaction that took long
 * @portid: number of the socket that has asked for it
 * @seq: sequence number of the request
 * @err: 0, or why it is refused, as a negative errno
 * @text: why it is refused, or what it has left behind; may be NULL
 */
struct ktgt_nl_txn_end {
	u32		portid;
	u32		seq;
	int		err;
	const char	*text;
};

void ktgt_nl_event_txn_end(const struct ktgt_txn *txn,
			   const struct ktgt_nl_txn_end *end);
void ktgt_nl_event_init(void);
void ktgt_nl_event_exit(void);

#endif /* _KTGT_NL_EVENT_H */
