/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How to allocate what a peer causes to be allocated. A peer can use up memory,
 * so a failure is counted (ktgt_net_count_failure()) and leaves no trace in the
 * log.
 */
#ifndef _KTGT_CORE_GFP_H
#define _KTGT_CORE_GFP_H

#include <linux/gfp.h>

/* in process context */
#define KTGT_GFP_PEER		(GFP_KERNEL | __GFP_NOWARN)
/* under a lock, that of a socket included */
#define KTGT_GFP_PEER_NOWAIT	(GFP_NOWAIT | __GFP_NOWARN)

#endif /* _KTGT_CORE_GFP_H */
