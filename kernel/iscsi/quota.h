/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much of the target's memory a connection holds, and its limits.
 */
#ifndef _KTGT_ISCSI_QUOTA_H
#define _KTGT_ISCSI_QUOTA_H

#include <linux/types.h>

#include "../core/budget.h"

/**
 * enum ktgt_quota_kind - what is counted
 * @KTGT_QUOTA_DATA: pages of tasks whose answer is not completely sent yet
 * @KTGT_QUOTA_SENT: pages of tasks whose answer was sent and is not acknowledged
 *	yet
 * @KTGT_QUOTA_UNSENT: PDUs without a task that wait to be sent, and their pages
 * @KTGT_QUOTA_UNACKED: PDUs without a task that are not acknowledged yet, sent
 *	or not, and their pages, which the socket may have
 * @KTGT_QUOTA_KINDS: number of kinds
 */
enum ktgt_quota_kind {
	KTGT_QUOTA_DATA,
	KTGT_QUOTA_SENT,
	KTGT_QUOTA_UNSENT,
	KTGT_QUOTA_UNACKED,
	KTGT_QUOTA_KINDS,
};

/**
 * struct ktgt_quota - how much a connection holds; used by its work only
 * @held: pages and PDUs; each PDU counts as one
 * @limit: how much it may hold
 * @most: pages of KTGT_QUOTA_DATA that unsolicited data may bring it to, since the
 *	window had promised that it is taken
 * @purse: bytes that it holds, of whatever kind, and has drawn from the budget of
 *	its namespace
 *
 * Nothing is refused here. A caller asks before it charges, or receives nothing
 * more from the peer afterwards.
 */
struct ktgt_quota {
	u32			held[KTGT_QUOTA_KINDS];
	u32			limit[KTGT_QUOTA_KINDS];
	u32			most;
	struct ktgt_purse	purse;
};

/**
 * ktgt_quota_charge - count pages or PDUs that a connection takes
 * @quota: its quota
 * @kind: kind
 * @nr: how much
 *
 * Context: the connection's work.
 */
static inline void ktgt_quota_charge(struct ktgt_quota *quota,
				     enum ktgt_quota_kind kind, u32 nr)
{
	quota->held[kind] += nr;
}

/**
 * ktgt_quota_uncharge - count pages or PDUs that a connection gives back
 * @quota: its quota
 * @kind: kind
 * @nr: how much; it was charged before
 *
 * Context: the connection's work.
 */
static inline void ktgt_quota_uncharge(struct ktgt_quota *quota,
				       enum ktgt_quota_kind kind, u32 nr)
{
	quota->held[kind] -= nr;
}

/**
 * ktgt_quota_has_room - whether a connection may take more
 * @quota: its quota
 * @kind: kind
 * @nr: how much
 *
 * Context: the connection's work.
 * Return: false if it would hold more than its limit.
 */
static inline bool ktgt_quota_has_room(const struct ktgt_quota *quota,
				       enum ktgt_quota_kind kind, u32 nr)
{
	return quota->held[kind] + nr <= quota->limit[kind];
}

/**
 * ktgt_quota_is_over - whether a connection holds more than its limit
 * @quota: its quota
 * @kind: kind
 *
 * Context: the connection's work.
 * Return: true if it does.
 */
static inline bool ktgt_quota_is_over(const struct ktgt_quota *quota,
				      enum ktgt_quota_kind kind)
{
	return !ktgt_quota_has_room(quota, kind, 0);
}

/**
 * ktgt_quota_is_closed - whether a connection is to take as little as it can
 * @quota: its quota
 *
 * Context: the connection's work.
 * Return: true while its namespace holds too much, and it had the most.
 */
static inline bool ktgt_quota_is_closed(const struct ktgt_quota *quota)
{
	return unlikely(ktgt_purse_is_closed(&quota->purse));
}

/**
 * ktgt_quota_hold - count memory that a connection has allocated
 * @quota: its quota
 * @bytes: how much
 *
 * Context: the connection's work, or its beginning; also under the socket's lock.
 */
static inline void ktgt_quota_hold(struct ktgt_quota *quota, u64 bytes)
{
	ktgt_purse_hold(&quota->purse, bytes);
}

/**
 * ktgt_quota_drop - count memory that a connection has freed
 * @quota: its quota
 * @bytes: how much
 *
 * Context: the connection's work or teardown; also under the socket's lock.
 */
static inline void ktgt_quota_drop(struct ktgt_quota *quota, u64 bytes)
{
	ktgt_purse_drop(&quota->purse, bytes);
}

#endif /* _KTGT_ISCSI_QUOTA_H */
