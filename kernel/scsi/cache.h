/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The write cache of a logical unit.
 */
#ifndef _KTGT_SCSI_CACHE_H
#define _KTGT_SCSI_CACHE_H

#include <linux/types.h>

struct ktgt_lu;
struct ktgt_nexus;

void ktgt_cache_follow(struct ktgt_lu *lu, bool device,
		       const struct ktgt_nexus *by);
void ktgt_cache_choose(struct ktgt_lu *lu);
void ktgt_cache_prepare(struct ktgt_lu *lu);
void ktgt_cache_turn(struct ktgt_lu *lu);
void ktgt_cache_select(struct ktgt_lu *lu, int mode,
		       const struct ktgt_nexus *by);
void ktgt_cache_start(struct ktgt_lu *lu, int mode);
bool ktgt_cache_default(const struct ktgt_lu *lu);
void ktgt_cache_swapped(struct ktgt_lu *lu);
void ktgt_cache_forget(struct ktgt_lu *lu);
bool ktgt_cache_wait(struct ktgt_lu *lu, long timeout);
bool ktgt_cache_failed(const struct ktgt_lu *lu);

#endif /* _KTGT_SCSI_CACHE_H */
