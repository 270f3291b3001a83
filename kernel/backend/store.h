/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A store: a backend that is open.
 */
#ifndef _KTGT_BACKEND_STORE_H
#define _KTGT_BACKEND_STORE_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/percpu-refcount.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../core/io.h"
#include "backend.h"

/**
 * struct ktgt_store_wait - what happens when a store has no command left
 * @node: in &ktgt_store.waits
 * @is_due: @done is about to be called; under &ktgt_store.lock
 * @done: called once, in process context; may free the struct. It waits for no
 *	storage
 */
struct ktgt_store_wait {
	struct list_head	node;
	bool			is_due;
	void			(*done)(struct ktgt_store_wait *wait);
};

/**
 * enum ktgt_store_line_nr - where a job waits for a worker
 * @KTGT_STORE_RW: reads, writes and flushes
 * @KTGT_STORE_LONG: what may take long at a storage that is well
 * @KTGT_STORE_NR_LINES: number of these
 */
enum ktgt_store_line_nr {
	KTGT_STORE_RW,
	KTGT_STORE_LONG,
	KTGT_STORE_NR_LINES,
};

/**
 * struct ktgt_store_line - jobs that wait, and the workers that take them
 *
 * All of it is under &ktgt_store.work_lock. While a job waits there is a worker.
 *
 * @waiting: struct ktgt_io_job
 * @nr_workers: work items that are queued or run
 */
struct ktgt_store_line {
	struct list_head	waiting;
	unsigned int		nr_workers;
};

/**
 * enum ktgt_store_detour - why a read or write goes to a worker at once: bits of
 *	&ktgt_store.detour
 * @KTGT_DETOUR_QUEUE: another one waits, or is with a worker
 * @KTGT_DETOUR_SLEPT: the device has slept, see ktgt_store_slept()
 */
enum ktgt_store_detour {
	KTGT_DETOUR_QUEUE	= BIT(0),
	KTGT_DETOUR_SLEPT	= BIT(1),
};

/**
 * struct ktgt_store - a store, first member of each kind's own struct
 *
 * A logical unit points to it under RCU. It outlives the logical unit until the
 * storage has answered the last command; then it is closed, by a worker.
 *
 * @ops: its kind
 * @dev: number of the device, 0 if it is none
 * @lun: number of its logical unit
 * @path: by which it was opened, or NULL; owned
 * @size: bytes that may be accessed; read with READ_ONCE()
 * @read_only: it was opened for reading
 * @active: one for each command that is admitted; killed while none may be, see
 *	scsi/gate.h
 * @stopped: @active is killed; under &ktgt_gate.mutex of its logical unit
 * @ref: guards the memory: who has a logical unit has one, and who waits
 * @rcu: frees it when no reader can see it
 * @claim: by which it has its device alone; referenced
 * @lock: protects @waits, @leaving and @held; a spinlock, process context
 * @waits: struct ktgt_store_wait
 * @leaving: it is to be closed when it has no command left, and @held is 0; may
 *	be read with READ_ONCE()
 * @held: number of those who need it open although it may have no command left
 * @closing: its kind may not be asked anything any more; set a grace period of
 *	RCU before it is closed
 * @empty_work: looks whether there is no command left, and goes on then
 * @close_work: closes it
 * @closed: completed when it is closed
 * @nr_orphans: commands whose connection is gone; changed under the lock of
 *	scsi/orphan.c, read with READ_ONCE()
 * @orphan_bytes: bytes of their buffers; under that lock
 * @crowded: it has so many of them that it takes no new commands; read with
 *	READ_ONCE()
 * @detour: bits of &enum ktgt_store_detour; changed under @work_lock, read with
 *	READ_ONCE()
 * @awake_at: jiffies at which KTGT_DETOUR_SLEPT is forgotten; under @work_lock
 * @work_lock: protects @lines, @at_work and what says so; a spinlock, interrupts
 *	off
 * @lines: jobs that wait
 * @at_work: workers that run, the one that began its job first comes first
 * @wq: its own queue for workers, NULL if it uses those that all share
 */
struct ktgt_store {
	const struct ktgt_backend_ops	*ops;
	dev_t				dev;
	u32				lun;
	const char			*path;
	u64				size;
	bool				read_only;
	struct percpu_ref		active;
	bool				stopped;
	struct kref			ref;
	struct rcu_head			rcu;
	struct ktgt_claim		*claim;

	spinlock_t			lock;	/* see above */
	struct list_head		waits;
	bool				leaving;
	bool				closing;
	unsigned int			held;
	struct work_struct		empty_work;
	struct rcu_work			close_work;
	struct completion		closed;

	u32				nr_orphans;
	u64				orphan_bytes;
	bool				crowded;
	u8				detour;
	unsigned long			awake_at;
	spinlock_t			work_lock;	/* see above */
	struct ktgt_store_line		lines[KTGT_STORE_NR_LINES];
	struct list_head		at_work;
	struct workqueue_struct		*wq;
};

/**
 * ktgt_store_submit - carry a transfer out
 * @store: the store; it has to stay open until the transfer has ended and this
 *	function has returned
 * @io: the transfer
 *
 * Context: process, on a queue that is safe for memory reclaim; does not sleep for
 *	the storage. @io may have ended when it returns.
 */
static inline void ktgt_store_submit(struct ktgt_store *store,
				     struct ktgt_io *io)
{
	io->store = store;
	store->ops->submit(store, io);
}

/**
 * ktgt_store_caps - what a store can do now
 * @store: the store
 * @caps: takes it, all zero if the store is being closed
 *
 * Context: any, under RCU: commands which need no transfer may outlast the store.
 */
static inline void ktgt_store_caps(struct ktgt_store *store,
				   struct ktgt_backend_caps *caps)
{
	if (READ_ONCE(store->closing))
		memset(caps, 0, sizeof(*caps));
	else
		store->ops->caps(store, caps);
}

struct ktgt_store *ktgt_store_open(const struct ktgt_backend_ops *ops,
				   const struct ktgt_store_params *params,
				   struct netlink_ext_ack *extack);
void ktgt_store_start(struct ktgt_store *store);
void ktgt_store_stop(struct ktgt_store *store);
void ktgt_store_wait_empty(struct ktgt_store *store,
			   struct ktgt_store_wait *wait);
bool ktgt_store_cancel_wait(struct ktgt_store *store,
			    struct ktgt_store_wait *wait);
void ktgt_store_hold(struct ktgt_store *store);
void ktgt_store_unhold(struct ktgt_store *store);
void ktgt_store_leave(struct ktgt_store *store);
void ktgt_store_drop(struct ktgt_store *store);
void ktgt_store_put(struct ktgt_store *store);
int ktgt_store_init(void);
void ktgt_store_exit(void);

#endif /* _KTGT_BACKEND_STORE_H */
