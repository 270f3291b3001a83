/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses that have sent wrong secrets: the more of them, the later the answer.
 */
#ifndef _KTGT_CORE_DELAY_H
#define _KTGT_CORE_DELAY_H

#include <linux/socket.h>
#include <linux/types.h>

struct ktgt_delays;

struct ktgt_delays *ktgt_delays_alloc(void);
void ktgt_delays_free(struct ktgt_delays *delays);
int ktgt_delay_wrong(struct ktgt_delays *delays,
		     const struct sockaddr_storage *peer, const char *user,
		     u32 max, u64 now);
void ktgt_delay_right(struct ktgt_delays *delays,
		      const struct sockaddr_storage *peer, const char *user);
u64 ktgt_delays_count(const struct ktgt_delays *delays);

#endif /* _KTGT_CORE_DELAY_H */
