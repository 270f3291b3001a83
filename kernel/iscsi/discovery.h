/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SendTargets: which targets an initiator can see, and where.
 */
#ifndef _KTGT_ISCSI_DISCOVERY_H
#define _KTGT_ISCSI_DISCOVERY_H

#include <linux/sizes.h>

struct ktgt_conn;
struct ktgt_text_out;
struct ktgt_text_pair;

#define KTGT_DISCOVERY_MAX	SZ_1M	/* bytes of an answer */

int ktgt_discovery_fill(struct ktgt_conn *conn,
			const struct ktgt_text_pair *pair,
			struct ktgt_text_out *out);

#endif /* _KTGT_ISCSI_DISCOVERY_H */
