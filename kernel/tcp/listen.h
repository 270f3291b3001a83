/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listening sockets of portals.
 */
#ifndef _KTGT_TCP_LISTEN_H
#define _KTGT_TCP_LISTEN_H

struct ktgt_portal;
struct netlink_ext_ack;

int ktgt_listen_start(struct ktgt_portal *portal,
		      struct netlink_ext_ack *extack);
void ktgt_listen_enable(struct ktgt_portal *portal);
void ktgt_listen_stop(struct ktgt_portal *portal);

int ktgt_listen_init(void);
void ktgt_listen_exit(void);

#endif /* _KTGT_TCP_LISTEN_H */
