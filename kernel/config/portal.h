/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Portals: addresses that initiators connect to.
 */
#ifndef _KTGT_CONFIG_PORTAL_H
#define _KTGT_CONFIG_PORTAL_H

#include <linux/socket.h>
#include <linux/types.h>

struct ktgt_net;
struct ktgt_portal;
struct ktgt_txn;

/* 0.0.0.0 and [::] */
#define KTGT_DEFAULT_PORTALS	2

/**
 * struct ktgt_portal_params - what the user says about a portal
 * @addr: address and port, AF_INET or AF_INET6
 * @tpgt: portal group tag
 */
struct ktgt_portal_params {
	struct sockaddr_storage	addr;
	u16			tpgt;
};

int ktgt_portal_stage_new(struct ktgt_txn *txn,
			  const struct ktgt_portal_params *params);
int ktgt_portal_stage_del(struct ktgt_txn *txn,
			  const struct sockaddr_storage *addr);

int ktgt_portal_check_defaults(struct ktgt_txn *txn,
			       struct ktgt_portal **made);
void ktgt_portal_abort_defaults(struct ktgt_portal **made);
void ktgt_portal_apply_defaults(struct ktgt_portal **made);
void ktgt_portal_unlink_defaults(struct ktgt_net *kn,
				 struct ktgt_portal **gone);
void ktgt_portal_finish_defaults(struct ktgt_portal **gone);
void ktgt_portal_free_all(struct ktgt_net *kn);

#endif /* _KTGT_CONFIG_PORTAL_H */
