/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Orphans: commands that are with the storage although their connection is
 * gone.
 */
#ifndef _KTGT_SCSI_ORPHAN_H
#define _KTGT_SCSI_ORPHAN_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "../core/target.h"

struct ktgt_cmd;
struct ktgt_nexus;
struct ktgt_store;

/* orphans that a store may have before it refuses new commands */
#define KTGT_ORPHANS_MAX	1024
/* bytes of their buffers, likewise */
#define KTGT_ORPHANS_BYTES_MAX	(256ULL << 20)

/**
 * struct ktgt_orphans - the orphans of one connection
 * @rcu: frees it when no reader can see it
 * @groups: struct ktgt_orphan_group, one for each store
 * @net_cookie: &ktgt_net.cookie of the namespace, which may be gone
 * @net_inode: &ktgt_net.inode of the namespace
 * @hash: &ktgt_nexus.port_hash
 * @target_port: &ktgt_nexus.port
 * @target: target name
 * @port: initiator port name
 */
struct ktgt_orphans {
	struct rcu_head		rcu;
	struct list_head	groups;
	u64			net_cookie;
	u32			net_inode;
	u32			hash;
	u16			target_port;
	char			target[KTGT_NAME_LEN];
	char			port[];
};

/**
 * enum ktgt_orphan_kind - what an orphan does
 * @KTGT_ORPHAN_READ: reads the medium
 * @KTGT_ORPHAN_WRITE: changes the medium
 * @KTGT_ORPHAN_OTHER: neither
 * @KTGT_ORPHAN_NR_KINDS: number of these
 */
enum ktgt_orphan_kind {
	KTGT_ORPHAN_READ,
	KTGT_ORPHAN_WRITE,
	KTGT_ORPHAN_OTHER,
	KTGT_ORPHAN_NR_KINDS,
};

/**
 * struct ktgt_orphan_group - the orphans of one connection at one store
 *
 * @count, @nr and @bytes are changed under the lock of orphan.c, and read with
 * READ_ONCE() by who shows them.
 *
 * @rcu: frees it when no reader can see it
 * @node: in the list of all groups, in the order of @id; read under RCU
 * @of_conn: in &ktgt_orphans.groups
 * @id: number that no other group ever has
 * @orphans: the connection's
 * @store: the store; its memory is referenced
 * @since: when they became orphans, in jiffies
 * @count: orphans
 * @nr: how many of them are of each &enum ktgt_orphan_kind
 * @bytes: bytes of their buffers
 * @waiting: struct ktgt_cmd of the same I_T nexus, in a later session, that
 *	wait for them
 * @deadline: until when those wait, in jiffies
 * @waits: struct ktgt_orphan_wait
 * @path: copy of &ktgt_store.path, "" if there is none
 */
struct ktgt_orphan_group {
	struct rcu_head		rcu;
	struct list_head	node;
	struct list_head	of_conn;
	u64			id;
	struct ktgt_orphans	*orphans;
	struct ktgt_store	*store;
	unsigned long		since;
	u32			count;
	u32			nr[KTGT_ORPHAN_NR_KINDS];
	u64			bytes;
	struct list_head	waiting;
	unsigned long		deadline;
	struct list_head	waits;
	char			path[];
};

/**
 * struct ktgt_orphan_wait - waits until a store has none of certain orphans left
 * @node: in &ktgt_orphan_group.waits
 * @store: the store; NULL for one that has none
 * @before: groups from this number on are not waited for: they are those of sessions
 *	that ended later
 * @is_meant: whether the orphans of a connection are meant; any context, under a
 *	spinlock
 * @done: none is left; called once, in process context, and may free the struct
 */
struct ktgt_orphan_wait {
	struct list_head	node;
	struct ktgt_store	*store;
	u64			before;
	bool			(*is_meant)(const struct ktgt_orphan_wait *wait,
					    const struct ktgt_orphans *orphans);
	void			(*done)(struct ktgt_orphan_wait *wait);
};

struct ktgt_orphans *ktgt_orphans_alloc(const struct ktgt_nexus *nexus);
bool ktgt_orphans_hold_much(void);
void ktgt_orphans_free(struct ktgt_orphans *orphans);
void ktgt_orphan_add(struct ktgt_orphans *orphans, struct ktgt_cmd *cmd,
		     u32 bytes);
void ktgt_orphan_end(struct ktgt_cmd *cmd);
bool ktgt_orphans_exist(const struct ktgt_nexus *nexus,
			const struct ktgt_store *store);
bool ktgt_orphans_hold(struct ktgt_cmd *cmd);
bool ktgt_orphans_cancel(struct ktgt_cmd *cmd);
bool ktgt_orphans_wait(struct ktgt_orphan_wait *wait);
int ktgt_orphans_walk(u64 *next,
		      int (*show)(const struct ktgt_orphan_group *group,
				  void *arg),
		      void *arg);
void ktgt_orphans_exit(void);

#endif /* _KTGT_SCSI_ORPHAN_H */
