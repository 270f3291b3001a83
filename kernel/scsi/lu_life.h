/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How logical units come and go.
 */
#ifndef _KTGT_SCSI_LU_LIFE_H
#define _KTGT_SCSI_LU_LIFE_H

#include <linux/types.h>

struct ktgt_disk_names;
struct ktgt_gate_wait;
struct ktgt_identity;
struct ktgt_lu;
struct ktgt_lu_params;
struct ktgt_nexus;
struct ktgt_store;
struct ktgt_target;
struct netlink_ext_ack;

struct ktgt_lu *ktgt_lu_alloc(struct ktgt_target *target,
			      const struct ktgt_lu_params *params,
			      struct ktgt_store *store,
			      struct netlink_ext_ack *extack);
void ktgt_lu_free(struct ktgt_lu *lu);
int ktgt_lu_reserve(struct ktgt_lu *lu, struct netlink_ext_ack *extack);
void ktgt_lu_publish(struct ktgt_lu *lu, struct ktgt_store *old,
		     struct ktgt_gate_wait *wait);
void ktgt_lu_unpublish(struct ktgt_lu *lu);
bool ktgt_lu_drain(struct ktgt_lu *lu, unsigned long deadline);
int ktgt_lu_judge(const struct ktgt_lu *lu, const struct ktgt_lu_params *params,
		  struct ktgt_store *store, struct netlink_ext_ack *extack);
void ktgt_lu_swap(struct ktgt_lu *lu, struct ktgt_store *store,
		  struct ktgt_store *after, struct ktgt_gate_wait *wait);
void ktgt_lu_load(struct ktgt_lu *lu, struct ktgt_store *store,
		  struct ktgt_gate_wait *wait, const struct ktgt_nexus *by,
		  const char *initiator);
struct ktgt_identity *ktgt_lu_change_identity(const struct ktgt_lu *lu,
					      const struct ktgt_identity *to,
					      u64 has,
					      struct netlink_ext_ack *extack);
struct ktgt_identity *ktgt_lu_set_identity(struct ktgt_lu *lu,
					   struct ktgt_identity *identity,
					   struct ktgt_disk_names *staged);
void ktgt_lu_set_medium(struct ktgt_lu *lu, const char *medium);
void ktgt_lu_update(struct ktgt_lu *lu);
u64 ktgt_lu_refresh(struct ktgt_lu *lu);
void ktgt_lu_put_back(struct ktgt_lu *lu);
int ktgt_lu_init(void);
void ktgt_lu_exit(void);

#endif /* _KTGT_SCSI_LU_LIFE_H */
