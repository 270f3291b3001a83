/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transactions of one command, and those that a socket has open.
 */
#ifndef _KTGT_NL_TXN_H
#define _KTGT_NL_TXN_H

#include <linux/types.h>
#include <net/genetlink.h>

#include "../config/txn.h"

/**
 * struct ktgt_nl_change - a command that changes something
 * @txn: the transaction that its change is staged in: @one, or the one that the
 *	socket has open
 * @one: a transaction of this command alone
 * @err: why it is refused whatever it says, or 0
 */
struct ktgt_nl_change {
	struct ktgt_txn	*txn;
	struct ktgt_txn	one;
	int		err;
};

void ktgt_nl_begin(struct ktgt_nl_change *nlc, struct genl_info *info);
int ktgt_nl_end(struct ktgt_nl_change *nlc, int err);

/**
 * ktgt_nl_is_staged - is a command part of a greater transaction
 * @nlc: the command, after ktgt_nl_begin()
 *
 * Return: true if it is carried out later, or never.
 */
static inline bool ktgt_nl_is_staged(const struct ktgt_nl_change *nlc)
{
	return nlc->txn != &nlc->one;
}

int ktgt_nl_txn_init(void);
void ktgt_nl_txn_exit(void);

#endif /* _KTGT_NL_TXN_H */
