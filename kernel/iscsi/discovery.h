/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SendTargets: which targets an initiator can see, and where.
 */
#ifndef _KTGT_ISCSI_DISCOVERY_H
#define _KTGT_ISCSI_DISCOVERY_H

#include <linux/types.h>

struct ktgt_conn;
struct ktgt_text_out;
struct ktgt_text_pair;

/*
 * What a discovery session holds, in bytes: the addresses of a target, and the
 * text that has not been sent yet, which is less than a PDU and one target with its
 * name.
 */
#define KTGT_DISCOVERY_ADDRS	7680
#define KTGT_DISCOVERY_TEXT	16384

/**
 * struct ktgt_discovery_walk - how far an answer to SendTargets=All has come
 * @tid: the next target
 * @more: there may be more targets
 */
struct ktgt_discovery_walk {
	unsigned long	tid;
	bool		more;
};

int ktgt_discovery_begin(struct ktgt_conn *conn,
			 const struct ktgt_text_pair *pair,
			 struct ktgt_discovery_walk *walk,
			 struct ktgt_text_out *out);
int ktgt_discovery_continue(struct ktgt_conn *conn,
			    struct ktgt_discovery_walk *walk, u32 len,
			    struct ktgt_text_out *out);

#endif /* _KTGT_ISCSI_DISCOVERY_H */
