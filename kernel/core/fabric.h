/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The border between a fabric and the SCSI side. scsi/ and backend/ know no PDU
 * and no socket, so another fabric needs no change there.
 */
#ifndef _KTGT_CORE_FABRIC_H
#define _KTGT_CORE_FABRIC_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/xarray.h>
#include <uapi/linux/ktgt.h>

struct ktgt_copies;
struct ktgt_histograms;
struct ktgt_lu;
struct ktgt_nexus;
struct ktgt_target;

/**
 * struct ktgt_lu_reset - aborted commands that have not ended yet
 *
 * A fabric takes a reference for each command that it must wait for, and drops
 * it when the command has ended. Dropping the last reference calls @done.
 *
 * @pending: references
 * @spare: commands that have been submitted go on and have their own status
 * @failed: a nexus could not be reached, because there was no memory
 * @done: all commands have ended; called in process context, may sleep
 */
struct ktgt_lu_reset {
	atomic_t	pending;
	bool		spare;
	bool		failed;
	void		(*done)(struct ktgt_lu_reset *reset);
};

/**
 * ktgt_lu_reset_put - drop a reference of a reset
 * @reset: the reset; the caller must not use it any more
 *
 * Context: process, may sleep if it is the last one.
 */
static inline void ktgt_lu_reset_put(struct ktgt_lu_reset *reset)
{
	if (atomic_dec_and_test(&reset->pending))
		reset->done(reset);
}

/**
 * struct ktgt_fabric_ops - functions of a fabric
 * @name: name of the fabric, for messages
 * @abort_lu: end all commands of @nexus for @lu. If @nexus is @from, which
 *	asked for the reset, they get no response; otherwise they get TASK
 *	ABORTED. Takes a reference of @reset for each command that it cannot end
 *	at once. Must not sleep
 * @close: end the nexus for @reason, asynchronously; any context that may take a
 *	spinlock
 */
struct ktgt_fabric_ops {
	const char	*name;
	void		(*abort_lu)(struct ktgt_nexus *nexus,
				    struct ktgt_lu *lu,
				    struct ktgt_nexus *from,
				    struct ktgt_lu_reset *reset);
	void		(*close)(struct ktgt_nexus *nexus,
				 enum ktgt_session_end_reason reason);
};

/**
 * enum ktgt_nexus_flags - bits of &ktgt_nexus.flags
 * @KTGT_NEXUS_LUNS_CHANGED: the unit attention REPORTED LUNS DATA HAS CHANGED
 *	is pending (SPC-4, 5.9); cleared by REPORT LUNS and when it is reported
 */
enum ktgt_nexus_flags {
	KTGT_NEXUS_LUNS_CHANGED,
};

/**
 * enum ktgt_buffer - buffers that WRITE BUFFER writes
 * @KTGT_BUFFER_DATA: the data buffer
 * @KTGT_BUFFER_ECHO: the echo buffer
 * @KTGT_BUFFER_NR: number of these
 */
enum ktgt_buffer {
	KTGT_BUFFER_DATA,
	KTGT_BUFFER_ECHO,
	KTGT_BUFFER_NR,
};

/* bytes of each of them */
#define KTGT_BUFFER_LEN		4096

/**
 * struct ktgt_nexus - an I_T nexus, embedded in the fabric's session
 * @ops: the fabric
 * @target: the target; a reference is held
 * @flags: bits of &enum ktgt_nexus_flags, changed atomically
 * @has_queries: the fabric passes on QUERY TASK, QUERY TASK SET, QUERY
 *	ASYNCHRONOUS EVENT and I_T NEXUS RESET; set by the fabric before the first
 *	command
 * @itls: struct ktgt_itl by LUN, created when a LUN is first addressed; written
 *	by the one context of the fabric that handles this nexus, and when an LU
 *	is removed, under the lock of the xarray
 * @node: in &ktgt_target.nexuses, under &ktgt_target.nexus_lock
 * @histograms: how long its commands took; NULL until the storage has answered one.
 *	Freed by ktgt_nexus_close() after a grace period
 * @buffers: by enum ktgt_buffer, each NULL until it is written; used by the one
 *	context of the fabric that handles this nexus. Freed by ktgt_nexus_close()
 * @echo_len: bytes that were written to the echo buffer last; likewise
 * @copies: its copies, of scsi/copy_record.c; NULL before the first one. Likewise
 * @port_name: initiator port name in the form of SPC-4, 7.6.4.6:
 *	"iqn...,i,0x" and the ISID
 * @port_hash: of @port_name; set by ktgt_nexus_open()
 * @port: the target port by which it comes, see core/port.h
 */
struct ktgt_nexus {
	const struct ktgt_fabric_ops	*ops;
	struct ktgt_target		*target;
	unsigned long			flags;
	bool				has_queries;
	struct xarray			itls;
	struct list_head		node;
	struct ktgt_histograms		*histograms;
	u8				*buffers[KTGT_BUFFER_NR];
	u32				echo_len;
	struct ktgt_copies		*copies;
	const char			*port_name;
	u32				port_hash;
	u16				port;
};

#endif /* _KTGT_CORE_FABRIC_H */
