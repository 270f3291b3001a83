/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stores that are opened by a worker.
 */
#ifndef _KTGT_SCSI_OPENING_H
#define _KTGT_SCSI_OPENING_H

#include <linux/types.h>

struct ktgt_claim;
struct ktgt_lu_params;
struct ktgt_opening;
struct ktgt_store;
struct netlink_ext_ack;

struct ktgt_opening *ktgt_opening_start(const struct ktgt_lu_params *params,
					struct ktgt_claim *claim);
bool ktgt_opening_wait(struct ktgt_opening *opening, unsigned long deadline);
bool ktgt_opening_shares(const struct ktgt_opening *opening);
int ktgt_opening_err(const struct ktgt_opening *opening);
struct ktgt_store *ktgt_opening_take(struct ktgt_opening *opening,
				     struct netlink_ext_ack *extack);
void ktgt_opening_put(struct ktgt_opening *opening);
int ktgt_opening_init(void);
void ktgt_opening_exit(void);

#endif /* _KTGT_SCSI_OPENING_H */
