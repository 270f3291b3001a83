/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transactions that are carried out by a worker.
 */
#ifndef _KTGT_NL_COMMIT_H
#define _KTGT_NL_COMMIT_H

struct genl_info;
struct ktgt_txn;
struct sk_buff;

/*
 * Puts what the answer has besides the acknowledgement into a message, once the
 * transaction is carried out. Returns 0 or -EMSGSIZE.
 */
typedef int (*ktgt_nl_put_fn)(struct sk_buff *msg, const struct ktgt_txn *txn);

int ktgt_nl_commit(struct ktgt_txn *txn, struct sk_buff *skb,
		   struct genl_info *info, ktgt_nl_put_fn put);

#endif /* _KTGT_NL_COMMIT_H */
