/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Orphans: commands that are with the storage although their connection is
 * gone.
 */
#ifndef _KTGT_SCSI_ORPHAN_H
#define _KTGT_SCSI_ORPHAN_H

#include <linux/list.h>
#include <linux/types.h>

#include "../core/target.h"

struct ktgt_cmd;
struct ktgt_lu_reset;
struct ktgt_nexus;
struct ktgt_store;

/* orphans that a store may have before it refuses new commands */
#define KTGT_ORPHANS_MAX	1024
/* bytes of their buffers, likewise */
#define KTGT_ORPHANS_BYTES_MAX	(256ULL << 20)

/**
 * struct ktgt_orphans - the orphans of one connection
 * @groups: struct ktgt_orphan_group, one for each store
 * @port: initiator port name; owned
 * @target: target name
 */
struct ktgt_orphans {
	struct list_head	groups;
	const char		*port;
	char			target[KTGT_NAME_LEN];
};

/**
 * struct ktgt_orphan_group - the orphans of one connection at one store
 * @node: in the list of all groups
 * @of_conn: in &ktgt_orphans.groups
 * @orphans: the connection's
 * @store: the store; its memory is referenced
 * @count: orphans
 * @bytes: bytes of their buffers
 * @waiting: struct ktgt_cmd of the same I_T nexus, in a later session, that
 *	wait for them
 * @deadline: until when those wait, in jiffies
 * @resets: struct orphan_reset, LOGICAL UNIT RESETs that wait for them
 */
struct ktgt_orphan_group {
	struct list_head	node;
	struct list_head	of_conn;
	struct ktgt_orphans	*orphans;
	struct ktgt_store	*store;
	u32			count;
	u64			bytes;
	struct list_head	waiting;
	unsigned long		deadline;
	struct list_head	resets;
};

struct ktgt_orphans *ktgt_orphans_alloc(const struct ktgt_nexus *nexus);
void ktgt_orphans_free(struct ktgt_orphans *orphans);
void ktgt_orphan_add(struct ktgt_orphans *orphans, struct ktgt_cmd *cmd,
		     u32 bytes);
void ktgt_orphan_end(struct ktgt_cmd *cmd);
bool ktgt_orphans_exist(const struct ktgt_nexus *nexus,
			const struct ktgt_store *store);
bool ktgt_orphans_hold(struct ktgt_cmd *cmd);
void ktgt_orphans_reset(const struct ktgt_store *store,
			struct ktgt_lu_reset *reset);
bool ktgt_orphans_cancel(struct ktgt_cmd *cmd);
void ktgt_orphans_exit(void);

#endif /* _KTGT_SCSI_ORPHAN_H */
