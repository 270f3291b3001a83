/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A logical unit, and the part of it that belongs to one I_T nexus.
 */
#ifndef _KTGT_SCSI_LU_H
#define _KTGT_SCSI_LU_H

#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../core/fabric.h"
#include "identity.h"

struct inode;
struct ktgt_backend_caps;
struct ktgt_cache_off;
struct ktgt_histograms;
struct ktgt_lu;
struct ktgt_move;
struct ktgt_nexus;
struct ktgt_range_table;
struct ktgt_registration;
struct ktgt_sanitize_op;
struct ktgt_save;
struct ktgt_sense;
struct ktgt_state;
struct ktgt_store;
struct ktgt_target;
struct ktgt_told;
struct ktgt_tracking;

/**
 * struct ktgt_lu_params - what the user says of a new logical unit
 * @lun: logical unit number
 * @backend: enum ktgt_backend of the uapi header; KTGT_BACKEND_NONE makes a
 *	controller
 * @path: backing device, block only
 * @dev: number of the device to which @path led when the user gave it
 * @dev_err: why it led to none, or 0
 * @device: the device itself, if the user has opened it; referenced where the texts
 *	are owned. Not kept here
 * @state: its state file, or NULL; referenced where the texts are owned. Not kept
 *	here
 * @size: bytes, null only
 * @block_size: bytes of a logical block, 0 for the device's own
 * @read_only: refuse writes
 * @shared: several initiators are meant to write it
 * @may_be_absent: if there is no such device, the LU is not ready until there
 *	is
 * @write_cache: 0 makes every write FUA, 1 not, -1 follows the device
 * @gone: enum ktgt_gone, what initiators are told when the device is gone; read
 *	with READ_ONCE()
 * @removable: initiators may eject its medium (RMB of INQUIRY); read with READ_ONCE()
 * @medium: identity of the disk that belongs behind it, or NULL; not kept here
 * @medium_found: identity of the disk that is there, or NULL; not kept here
 * @force: take the disk although it is another one, or smaller than the one before
 * @shared_identity: other disks of the namespace that say so too may have the
 *	same names
 * @identity: what was given of the names; not kept here
 */
struct ktgt_lu_params {
	u32		lun;
	u32		backend;
	const char	*path;
	dev_t		dev;
	int		dev_err;
	struct inode	*device;
	struct ktgt_state *state;
	u64		size;
	u32		block_size;
	bool		read_only;
	bool		shared;
	bool		may_be_absent;
	int		write_cache;
	u32		gone;
	bool		removable;
	const char	*medium;
	const char	*medium_found;
	bool		force;
	bool		shared_identity;
	struct ktgt_identity identity;
};

/**
 * struct ktgt_io_stats - totals of the commands of one direction that are
 *	counted (KTGT_CDB_COUNT)
 * @begun: commands that have come
 * @begun_bytes: bytes that the initiator expected them to move
 * @completed: those of @begun that are in flight no more
 * @bytes: bytes that those moved
 */
struct ktgt_io_stats {
	u64	begun;
	u64	begun_bytes;
	u64	completed;
	u64	bytes;
};

/**
 * struct ktgt_lu_stats - totals of an I_T_L nexus or of a logical unit
 * @read: READ commands
 * @write: WRITE commands
 * @errors: commands that failed because of the backend
 */
struct ktgt_lu_stats {
	struct ktgt_io_stats	read;
	struct ktgt_io_stats	write;
	u64			errors;
};

/**
 * struct ktgt_log_counts - what the statistics log page counts (SPC-4, 7.3.10)
 * @reads: READ commands
 * @writes: WRITE commands
 * @read_bytes: bytes that READ commands have moved
 * @written_bytes: bytes that WRITE commands have moved
 * @read_time: ns that READ commands took, from their receipt to their answer
 * @write_time: ns that WRITE commands took
 */
struct ktgt_log_counts {
	u64	reads;
	u64	writes;
	u64	read_bytes;
	u64	written_bytes;
	u64	read_time;
	u64	write_time;
};

/**
 * enum ktgt_ua - unit attention conditions, in the order they are told
 * @KTGT_UA_POWER_ON: POWER ON, RESET, OR BUS DEVICE RESET OCCURRED
 * @KTGT_UA_RESET: BUS DEVICE RESET FUNCTION OCCURRED
 * @KTGT_UA_NEXUS_LOSS: I_T NEXUS LOSS OCCURRED
 * @KTGT_UA_LUNS_CHANGED: REPORTED LUNS DATA HAS CHANGED; no bit here, it is
 *	KTGT_NEXUS_LUNS_CHANGED of the nexus
 * @KTGT_UA_CAPACITY: CAPACITY DATA HAS CHANGED
 * @KTGT_UA_MODE: MODE PARAMETERS CHANGED
 * @KTGT_UA_INQUIRY: INQUIRY DATA HAS CHANGED
 * @KTGT_UA_RESERVATIONS_PREEMPTED: RESERVATIONS PREEMPTED
 * @KTGT_UA_RESERVATIONS_RELEASED: RESERVATIONS RELEASED
 * @KTGT_UA_REGISTRATIONS_PREEMPTED: REGISTRATIONS PREEMPTED
 * @KTGT_UA_LOG: LOG PARAMETERS CHANGED
 * @KTGT_UA_TIMESTAMP: TIMESTAMP CHANGED
 * @KTGT_UA_IDENTIFIER: DEVICE IDENTIFIER CHANGED
 * @KTGT_UA_ACCESS_STATE: ASYMMETRIC ACCESS STATE CHANGED
 * @KTGT_UA_TRANSITION_FAILED: IMPLICIT ASYMMETRIC ACCESS STATE TRANSITION FAILED
 * @KTGT_UA_MEDIUM: NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED
 * @KTGT_UA_THRESHOLD: THIN PROVISIONING SOFT THRESHOLD REACHED
 * @KTGT_UA_MAX: number of conditions
 */
enum ktgt_ua {
	KTGT_UA_POWER_ON,
	KTGT_UA_RESET,
	KTGT_UA_NEXUS_LOSS,
	KTGT_UA_LUNS_CHANGED,
	KTGT_UA_CAPACITY,
	KTGT_UA_MODE,
	KTGT_UA_INQUIRY,
	KTGT_UA_RESERVATIONS_PREEMPTED,
	KTGT_UA_RESERVATIONS_RELEASED,
	KTGT_UA_REGISTRATIONS_PREEMPTED,
	KTGT_UA_LOG,
	KTGT_UA_TIMESTAMP,
	KTGT_UA_IDENTIFIER,
	KTGT_UA_ACCESS_STATE,
	KTGT_UA_TRANSITION_FAILED,
	KTGT_UA_MEDIUM,
	KTGT_UA_THRESHOLD,
	KTGT_UA_MAX,
};

#define KTGT_UA_BITS		GENMASK(KTGT_UA_MAX - 1, 0)

/**
 * enum ktgt_itl_bit - bits of &ktgt_itl.flags that are no unit attentions
 * @KTGT_ITL_ORPHANS: an earlier session of the nexus may have orphans here
 * @KTGT_ITL_RESERVED: another nexus has reserved the logical unit (SPC-2, RESERVE)
 * @KTGT_ITL_NO_READ: what reads conflicts with the persistent reservation
 * @KTGT_ITL_NO_WRITE: what changes the medium, or how it is seen, does
 * @KTGT_ITL_STANDBY: the group of the target port is in standby (SPC-4, 5.15.2.4)
 * @KTGT_ITL_UNAVAILABLE: likewise, unavailable
 * @KTGT_ITL_TRANSITION: likewise, in transition between two states
 * @KTGT_ITL_LOST: nobody knows which reservations there are
 * @KTGT_ITL_PREVENTS: the initiator prevents the removal of the medium; changed under
 *	&ktgt_target.nexus_lock, see scsi/prevent.c
 */
enum ktgt_itl_bit {
	KTGT_ITL_ORPHANS = 20,
	KTGT_ITL_RESERVED,
	KTGT_ITL_NO_READ,
	KTGT_ITL_NO_WRITE,
	KTGT_ITL_STANDBY,
	KTGT_ITL_UNAVAILABLE,
	KTGT_ITL_TRANSITION,
	KTGT_ITL_LOST,
	KTGT_ITL_PREVENTS,
};

#define KTGT_ITL_CONFLICTS	(BIT(KTGT_ITL_RESERVED) | \
				 BIT(KTGT_ITL_NO_READ) | \
				 BIT(KTGT_ITL_NO_WRITE) | BIT(KTGT_ITL_LOST))
#define KTGT_ITL_STATES		(BIT(KTGT_ITL_STANDBY) | \
				 BIT(KTGT_ITL_UNAVAILABLE) | \
				 BIT(KTGT_ITL_TRANSITION))
/* what makes commands end that the nexus could send otherwise */
#define KTGT_ITL_LIMITS		(KTGT_ITL_CONFLICTS | KTGT_ITL_STATES)

static_assert(BIT(KTGT_ITL_ORPHANS) > KTGT_UA_BITS);

/**
 * struct ktgt_itl - I_T_L nexus: what an LU keeps for one initiator
 * @rcu: frees it when no reader can see it
 * @lu: the logical unit; not referenced, it takes its itls along when it goes
 * @nexus: the I_T nexus; NULL once the nexus has another LU at this LUN.
 *	Under &ktgt_target.nexus_lock
 * @flags: not zero if a command has to take the slow path. Bits 0 to
 *	KTGT_UA_MAX - 1 are pending unit attentions, the others those of &enum
 *	ktgt_itl_bit. Changed atomically
 * @wrote: the initiator has written; changed under &ktgt_target.nexus_lock
 * @registration: by which the nexus is registered, or NULL; under
 *	&ktgt_target.nexus_lock
 * @node: in &ktgt_lu.itls, under &ktgt_target.nexus_lock
 * @stats: written by the fabric's thread of the nexus alone, read by anybody
 */
struct ktgt_itl {
	struct rcu_head		rcu;
	struct ktgt_lu		*lu;
	struct ktgt_nexus	*nexus;
	unsigned long		flags;
	bool			wrote;
	struct ktgt_registration	*registration;
	struct list_head	node;
	struct ktgt_lu_stats	stats;
};

/**
 * enum ktgt_gate_reason - why a gate is closed, in the order of their status
 * @KTGT_GATE_REMOVAL: the logical unit is being removed: TASK ABORTED
 * @KTGT_GATE_SWAP: it is new, or has a new store, and the one before it still
 *	has commands: they wait
 * @KTGT_GATE_RESET: LOGICAL UNIT RESET: they wait
 * @KTGT_GATE_FREEZE: frozen by the administrator: they wait
 * @KTGT_GATE_HOLDER: its device is frozen by the block layer: they wait
 * @KTGT_GATE_CACHE: its write cache is to be turned off, and may get more from
 *	commands that were admitted: they wait
 * @KTGT_GATE_TRACK: it becomes tracked, see scsi/track.c: they wait
 * @KTGT_GATE_SANITIZE: it is about to be sanitized: they wait, and are refused then
 * @KTGT_GATE_EJECT: its medium is about to be ejected, see scsi/removable.c: they wait
 */
enum ktgt_gate_reason {
	KTGT_GATE_REMOVAL,
	KTGT_GATE_SWAP,
	KTGT_GATE_RESET,
	KTGT_GATE_FREEZE,
	KTGT_GATE_HOLDER,
	KTGT_GATE_CACHE,
	KTGT_GATE_TRACK,
	KTGT_GATE_SANITIZE,
	KTGT_GATE_EJECT,
};

/**
 * enum ktgt_cache_state - whether the write cache is what the user has chosen
 * @KTGT_CACHE_SETTLED: it is
 * @KTGT_CACHE_GOES_OFF: it is to be flushed, and turned off then
 * @KTGT_CACHE_FAILED: it could not be flushed, so it is still there
 */
enum ktgt_cache_state {
	KTGT_CACHE_SETTLED,
	KTGT_CACHE_GOES_OFF,
	KTGT_CACHE_FAILED,
};

/**
 * struct ktgt_mode_saved - mode parameters that a LOGICAL UNIT RESET, or the beginning of a
 *	logical unit, brings back (SPC-4, 6.11)
 *
 * Changed under &ktgt_lu.lock, and read with READ_ONCE().
 *
 * @protect: SWP of the Control mode page
 * @d_sense: D_SENSE of that page
 * @cache: WCE of the Caching mode page; -1 if it is as the device has it
 */
struct ktgt_mode_saved {
	bool	protect;
	bool	d_sense;
	int	cache;
};

/**
 * enum ktgt_sanitize_phase - what the last sanitize operation means for commands
 * @KTGT_SANITIZE_NONE: nothing
 * @KTGT_SANITIZE_RUNS: it is under way, and most commands end with NOT READY
 * @KTGT_SANITIZE_FAILED: it has failed, and most end with MEDIUM ERROR
 * @KTGT_SANITIZE_ERASED: nothing, but that all blocks are still unmapped
 * @KTGT_SANITIZE_AWAY: nothing, since it has failed with a medium that is out
 */
enum ktgt_sanitize_phase {
	KTGT_SANITIZE_NONE,
	KTGT_SANITIZE_RUNS,
	KTGT_SANITIZE_FAILED,
	KTGT_SANITIZE_ERASED,
	KTGT_SANITIZE_AWAY,
};

/**
 * struct ktgt_sanitize - the last sanitize operation (SBC-4, 4.11)
 *
 * With the pattern, this is all that one has to know to go on with it. It is changed
 * under &ktgt_lu.lock, and read with READ_ONCE().
 *
 * @phase: enum ktgt_sanitize_phase
 * @is_pending: it was under way when an earlier logical unit with the same state file
 *	ended, and has not gone on yet
 * @action: service action of SANITIZE
 * @unrestricted: EXIT FAILURE MODE is allowed if it fails (AUSE)
 * @invert: the pattern is inverted between two passes
 * @passes: how often all blocks are gone over
 * @pass: passes that are done
 * @at: bytes that are done of the present pass
 * @size: bytes of a pass
 */
struct ktgt_sanitize {
	u8	phase;
	bool	is_pending;
	u8	action;
	bool	unrestricted;
	bool	invert;
	u8	passes;
	u8	pass;
	u64	at;
	u64	size;
};

/**
 * struct ktgt_gate - what lets commands through to the store, see gate.h
 * @mutex: whoever closes or opens it; no storage is waited for under it
 * @reasons: bits of &enum ktgt_gate_reason; changed under both locks
 * @nr_waits: earlier stores whose last command is waited for, under @mutex
 * @epoch: those that wait since an earlier epoch do not count in @nr_waits any
 *	more, under @mutex
 * @resets: struct ktgt_gate_reset for which it is closed, under @mutex
 * @nr_resets: those that have not ended, also if it is not closed for them any
 *	more, under @mutex
 * @lock: protects @waiting, @parked and &ktgt_lu.move; a spinlock, interrupts off
 * @waiting: struct ktgt_cmd that wait until the gate opens
 * @parked: struct ktgt_cmd that wait until the write cache is settled, whether the
 *	gate is open or not
 * @swapped: called when KTGT_GATE_SWAP is taken back, with @mutex; or NULL
 */
struct ktgt_gate {
	struct mutex		mutex;	/* see above */
	unsigned long		reasons;
	u32			nr_waits;
	u32			epoch;
	struct list_head	resets;
	u32			nr_resets;
	spinlock_t		lock;	/* see above */
	struct list_head	waiting;
	struct list_head	parked;
	void			(*swapped)(struct ktgt_lu *lu);
};

/**
 * struct ktgt_pr - the reservations of a logical unit
 *
 * They outlive sessions and stores. All but the last three members is under
 * &ktgt_target.nexus_lock. What an I_T_L nexus may do follows from it, and is kept in
 * &ktgt_itl.flags, so that commands need no lock.
 *
 * @registrations: struct ktgt_registration of scsi/pr.h, the oldest first
 * @nr: length of @registrations
 * @generation: PRGENERATION (SPC-4, 6.15.2)
 * @type: enum ktgt_pr_type, 0 if there is no persistent reservation
 * @persists: there is a state file, so that they can outlive a loss of power
 * @aptpl: they do (APTPL, SPC-4, 6.16.3)
 * @fault: why nobody knows which there are, an errno; see scsi/state_save.c. 0 if that
 *	is known
 * @holder: who holds it; NULL if nobody does, or all who are registered
 * @reserved: I_T_L nexus that has it by RESERVE (SPC-2), or NULL
 * @lock: protects the following; a spinlock, interrupts off
 * @aborts: struct ktgt_pr_abort, what PREEMPT AND ABORT waits for
 * @nr_aborts: length of @aborts
 */
struct ktgt_pr {
	struct list_head		registrations;
	u32				nr;
	u32				generation;
	u8				type;
	bool				persists;
	bool				aptpl;
	int				fault;
	struct ktgt_registration	*holder;
	struct ktgt_itl			*reserved;
	spinlock_t			lock;	/* see above */
	struct list_head		aborts;
	u32				nr_aborts;
};

/**
 * struct ktgt_disk_names - what must be that of one disk of a namespace alone
 *
 * All of it is under &ktgt_net.config_mutex.
 *
 * @naa_node: in the names of the namespace, see scsi/names.c
 * @serial_node: likewise
 * @lu: the disk
 * @identity: its names
 * @is_changing: a transaction has others for it
 */
struct ktgt_disk_names {
	struct hlist_node		naa_node;
	struct hlist_node		serial_node;
	struct ktgt_lu			*lu;
	const struct ktgt_identity	*identity;
	bool				is_changing;
};

/**
 * struct ktgt_lu - a logical unit
 * @rcu: frees it when no reader can see it
 * @ref: one reference per command; killed when the LU is unpublished
 * @kref: guards the memory alone: one of @release_work, one of who waits in
 *	config/drain.c, one of @removal, one of a change of the store
 * @target: target that it belongs to; a reference is held
 * @lun: logical unit number
 * @type: peripheral device type, TYPE_DISK or TYPE_RAID
 * @store: where its blocks are; NULL for a controller. Changed under
 *	&ktgt_gate.mutex
 * @gate: lets commands through to @store
 * @thaw_at: when it thaws by itself, in jiffies; 0 if it is not frozen. Written
 *	under &ktgt_net.freeze_mutex, read without it
 * @absent: it waits for its device
 * @ejected: its medium is out: it has no blocks, whatever store it has. Written under
 *	@lock, read with READ_ONCE()
 * @ejected_device: the device that an initiator loads again; referenced, or NULL.
 *	Under &ktgt_net.config_mutex
 * @move: its medium is being ejected or loaded, or NULL; under &ktgt_gate.lock
 * @block_shift: log2 of the logical block size
 * @medium_nr: number of the medium, which is another one as soon as it is out: it may
 *	come back changed. Changed under @lock
 * @max_blocks: logical blocks that one command may transfer
 * @nr_blocks: logical blocks; read with READ_ONCE()
 * @write_cache: completed writes may be lost until they are flushed (WCE);
 *	changed under @lock
 * @cache_choice: the choice of it that is in force; -1 follows the device; under
 *	@lock
 * @cache_mode: what an initiator has chosen with MODE SELECT since the user has
 *	chosen last; -1 follows the device; read and written with READ_ONCE() and
 *	WRITE_ONCE()
 * @cache_by: I_T nexus whose MODE SELECT turns the cache off, or NULL. It is only
 *	compared, and may be gone. Under @lock
 * @write_back: writes need not be FUA: only if @write_cache, if the user wants it,
 *	and after all initiators were told of it; changed under @lock
 * @cache_state: see scsi/cache.c; changed under &ktgt_gate.mutex
 * @cache_off: what turns the cache off, or NULL; under &ktgt_gate.mutex
 * @ranges: what commands use at this moment, if it is tracked or about to be; NULL
 *	otherwise. Set once, under &ktgt_gate.mutex
 * @tracked: all commands at the store are in @ranges, so that one can be alone in
 *	its range. Set once, under &ktgt_gate.mutex
 * @tracking: waits until it is; under &ktgt_gate.mutex
 * @atomic_max: logical blocks that an atomic write may have at most, 0 if the device
 *	has none; read with READ_ONCE()
 * @atomic_unit: their number is a multiple of this
 * @atomic_align: the address of the first one is a multiple of this
 * @sanitize: what has become of the last SANITIZE
 * @failed_medium: identity of the disk with which SANITIZE has failed, "" if it has none;
 *	under @lock
 * @sanitize_op: what sanitizes it at this moment, or NULL; under a lock of
 *	scsi/sanitize_op.c
 * @thin: blocks can be unmapped
 * @read_only: writes are refused, because of @is_protected or @swp; changed under
 *	@lock, read with READ_ONCE()
 * @is_protected: the user or the device lets nobody write; likewise
 * @swp: an initiator lets nobody write (SWP of the Control mode page, SPC-4, 7.5.8);
 *	likewise
 * @d_sense: sense data has descriptor format (D_SENSE of that page); likewise
 * @mode_saved: what initiators have saved of this (SP of MODE SELECT), or the default
 *	values; there are others only with a state file
 * @reserved: it has its place in &ktgt_target.lus; under
 *	&ktgt_net.config_mutex
 * @leaving: a transaction deletes it; under &ktgt_net.config_mutex
 * @identity: its names, replaced as a whole under &ktgt_net.config_mutex
 * @names: its own, which nobody else may have
 * @node: for a list of those that have been unpublished
 * @successor: logical unit that takes its place in the same transaction, or
 *	NULL; under &ktgt_net.config_mutex
 * @params: what the user says, defaults filled in; @path is owned, and read under
 *	RCU. Written under &ktgt_net.config_mutex
 * @medium: identity of the disk that belongs behind it, "" if there is none;
 *	under @lock
 * @lock: protects writes to @nr_blocks, and what says so; process context.
 *	&ktgt_target.nexus_lock may be taken under it
 * @itls: struct ktgt_itl, under &ktgt_target.nexus_lock
 * @gone_stats: totals of the I_T nexuses that have gone, under
 *	&ktgt_target.nexus_lock
 * @pr: its reservations
 * @save: how what it keeps is saved; NULL without a state file. Freed with the memory of
 *	the logical unit
 * @state: its state file, referenced; or NULL
 * @histograms: how long its commands took, whatever store it had; NULL until the
 *	storage has answered one. Orphans count in it when they come back, so it
 *	is freed with the memory of the logical unit
 * @log_base: what had been counted when LOG SELECT made the counters of the log
 *	page begin at 0; under @lock
 * @told: what initiators have told it to keep, NULL if nothing; under @lock
 * @clock_base: its device clock at boot, in ms; under @lock
 * @clock_is_set: an initiator has set the clock; under @lock
 * @error_at: time of the last error of storage, in jiffies; 0 if there was none
 * @released: completed when the last command has let go
 * @removal: ends the commands that wait for data when it is removed
 * @release_work: goes on with the removal when the last command has let go
 */
struct ktgt_lu {
	struct rcu_head			rcu;
	struct percpu_ref		ref;
	struct kref			kref;
	struct ktgt_target		*target;
	u32				lun;
	u8				type;
	struct ktgt_store __rcu		*store;
	struct ktgt_gate		gate;
	unsigned long			thaw_at;
	bool				absent;
	bool				ejected;
	struct inode			*ejected_device;
	struct ktgt_move		*move;
	u8				block_shift;
	u16				medium_nr;
	u32				max_blocks;
	u64				nr_blocks;
	bool				write_cache;
	int				cache_choice;
	int				cache_mode;
	const struct ktgt_nexus		*cache_by;
	bool				write_back;
	enum ktgt_cache_state		cache_state;
	struct ktgt_cache_off		*cache_off;
	struct ktgt_range_table		*ranges;
	bool				tracked;
	struct ktgt_tracking		*tracking;
	u32				atomic_max;
	u32				atomic_unit;
	u32				atomic_align;
	struct ktgt_sanitize		sanitize;
	char				failed_medium[KTGT_MEDIUM_MAX + 1];
	struct ktgt_sanitize_op		*sanitize_op;
	bool				thin;
	bool				read_only;
	bool				is_protected;
	bool				swp;
	bool				d_sense;
	struct ktgt_mode_saved		mode_saved;
	bool				reserved;
	bool				leaving;
	struct ktgt_identity __rcu	*identity;
	struct ktgt_disk_names		names;
	struct list_head		node;
	struct ktgt_lu			*successor;
	struct ktgt_lu_params		params;
	char				medium[KTGT_MEDIUM_MAX + 1];

	spinlock_t			lock;	/* see above */
	struct list_head		itls;
	struct ktgt_lu_stats		gone_stats;
	struct ktgt_pr			pr;
	struct ktgt_save		*save;
	struct ktgt_state		*state;
	struct ktgt_histograms		*histograms;
	struct ktgt_log_counts		log_base;
	struct ktgt_told		*told;
	u64				clock_base;
	bool				clock_is_set;
	unsigned long			error_at;
	struct completion		released;
	struct ktgt_lu_reset		removal;
	struct work_struct		release_work;
};

/**
 * ktgt_lu_is_absent - whether a logical unit waits for its device
 * @lu: logical unit
 *
 * Context: any.
 * Return: true if it does, at this moment.
 */
static inline bool ktgt_lu_is_absent(const struct ktgt_lu *lu)
{
	return READ_ONCE(lu->absent);
}

/**
 * ktgt_lu_store - the store of a logical unit, for those who change it
 * @lu: logical unit
 *
 * Context: &ktgt_net.config_mutex is held, under which alone it changes; or nobody
 *	else can find @lu.
 * Return: the store, NULL if it has none.
 */
static inline struct ktgt_store *ktgt_lu_store(const struct ktgt_lu *lu)
{
	return rcu_access_pointer(lu->store);
}

/**
 * ktgt_lu_identity - the names of a logical unit, for those who change them
 * @lu: logical unit
 *
 * Context: &ktgt_net.config_mutex is held; or nobody else can find @lu.
 * Return: the names.
 */
static inline const struct ktgt_identity *
ktgt_lu_identity(const struct ktgt_lu *lu)
{
	return rcu_access_pointer(lu->identity);
}

/**
 * ktgt_lu_is_ejected - whether the medium of a logical unit is out
 * @lu: logical unit
 *
 * Context: any.
 * Return: true if it is, at this moment.
 */
static inline bool ktgt_lu_is_ejected(const struct ktgt_lu *lu)
{
	return READ_ONCE(lu->ejected);
}

void ktgt_lu_put(struct ktgt_lu *lu);
void ktgt_lu_no_medium(const struct ktgt_lu *lu, struct ktgt_sense *sense);
int ktgt_lu_params_own(struct ktgt_lu_params *params);
void ktgt_lu_params_free(struct ktgt_lu_params *params);
bool ktgt_lu_caps(const struct ktgt_lu *lu, struct ktgt_backend_caps *caps);
u32 ktgt_lu_orphans(const struct ktgt_lu *lu);
void ktgt_lu_stats_add(struct ktgt_lu_stats *sum,
		       const struct ktgt_lu_stats *one);
void ktgt_lu_stats_sum(struct ktgt_lu *lu, struct ktgt_lu_stats *sum);

#endif /* _KTGT_SCSI_LU_H */
