/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transactions of one command, and open transactions of sockets.
 */
#ifndef _KTGT_NL_TXN_H
#define _KTGT_NL_TXN_H

#include <linux/types.h>
#include <net/genetlink.h>

#include "../config/txn.h"
#include "commit.h"

/**
 * struct ktgt_nl_change - a command that changes the configuration
 * @txn: where its change is staged: @one, or the open transaction of the socket
 * @one: a transaction of this command alone
 * @skb: the request
 * @info: the parsed request
 * @put: what the answer contains besides the acknowledgement; NULL for nothing
 * @err: error of a command that is refused whatever its change is, or 0
 */
struct ktgt_nl_change {
	struct ktgt_txn		*txn;
	struct ktgt_txn		one;
	struct sk_buff		*skb;
	struct genl_info	*info;
	ktgt_nl_put_fn		put;
	int			err;
};

void ktgt_nl_begin(struct ktgt_nl_change *nlc, struct sk_buff *skb,
		   struct genl_info *info);
void ktgt_nl_begin_in(struct ktgt_nl_change *nlc, struct sk_buff *skb,
		      struct genl_info *info, struct ktgt_net *kn);
int ktgt_nl_end(struct ktgt_nl_change *nlc, int err);

/**
 * ktgt_nl_is_staged - is a command part of an open transaction
 * @nlc: the command, after ktgt_nl_begin()
 *
 * Return: true if the change is made later, or never.
 */
static inline bool ktgt_nl_is_staged(const struct ktgt_nl_change *nlc)
{
	return nlc->txn != &nlc->one;
}

int ktgt_nl_txn_init(void);
void ktgt_nl_txn_exit(void);

#endif /* _KTGT_NL_TXN_H */
