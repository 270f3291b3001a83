/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kind of storage, and what it can do.
 */
#ifndef _KTGT_BACKEND_BACKEND_H
#define _KTGT_BACKEND_BACKEND_H

#include <linux/sizes.h>
#include <linux/types.h>

/*
 * The longest READ or WRITE. No device is faster with so long ones, but there are
 * initiators that send them. They move in pieces, see KTGT_CMD_PIECE.
 */
#define KTGT_TRANSFER_MAX	SZ_32M

struct inode;
struct ktgt_claim;
struct ktgt_io;
struct ktgt_store;
struct netlink_ext_ack;

/**
 * struct ktgt_store_params - how to open a store
 * @lun: logical unit number, for messages
 * @path: backing device, for messages; block only
 * @dev: number of the device; block only
 * @dev_err: why @path leads to no device, or 0; block only
 * @device: the device itself, of ktgt_device_take(): no other one is opened; NULL
 *	if any is taken that has the number. Block only
 * @size: bytes; null only
 * @read_only: open for reading
 * @claim: by which to have the device alone; block only
 */
struct ktgt_store_params {
	u32			lun;
	const char		*path;
	dev_t			dev;
	int			dev_err;
	struct inode		*device;
	u64			size;
	bool			read_only;
	struct ktgt_claim	*claim;
};

/**
 * struct ktgt_backend_caps - what an open store can do
 * @size: bytes
 * @logical_block: bytes of its own logical block
 * @physical_block: bytes
 * @io_min: preferred granularity in bytes, 0 if there is none
 * @io_opt: optimal transfer length in bytes, 0 if there is none
 * @max_transfer: bytes that one command may move
 * @max_discard: bytes that one discard may cover, 0 if it can not discard
 * @discard_granularity: bytes
 * @discard_alignment: bytes
 * @discard_zeroes: what was discarded reads as zeroes
 * @max_write_zeroes: bytes that one write-zeroes may cover, 0 if it can not
 * @atomic_min: bytes of the shortest write that is atomic, and what the length and the
 *	first byte of any is a multiple of; 0 if there is none
 * @atomic_max: bytes of the longest one
 * @atomic_boundary: bytes; no atomic write may have a multiple of it inside. 0 if
 *	there is no such limit
 * @write_cache: it has a volatile write cache
 * @fua: it can write through that cache
 * @rotational: it turns
 * @read_only: it can not be written
 * @workers: its transfers go out from workers, because to submit one may sleep
 * @is_drive: somebody may put another medium into it, and its identity is that of the
 *	drive
 */
struct ktgt_backend_caps {
	u64	size;
	u32	logical_block;
	u32	physical_block;
	u32	io_min;
	u32	io_opt;
	u32	max_transfer;
	u64	max_discard;
	u32	discard_granularity;
	u32	discard_alignment;
	u64	max_write_zeroes;
	u32	atomic_min;
	u32	atomic_max;
	u32	atomic_boundary;
	bool	discard_zeroes;
	bool	write_cache;
	bool	fua;
	bool	rotational;
	bool	read_only;
	bool	workers;
	bool	is_drive;
};

/**
 * struct ktgt_backend_ops - a kind of backend
 * @name: name, for messages
 * @open: open it; may sleep. The kind's own struct around a zeroed
 *	&struct ktgt_store whose @dev is set, or ERR_PTR with extack text
 * @close: close it, and do not free it; may sleep, no transfer is in flight
 * @caps: report what it can do now; any context
 * @submit: carry a transfer out, and end it with ktgt_io_end(); never fails
 *	otherwise. Process context, and does not sleep for the storage
 * @device: the device that it has open, with a reference for iput(). Process context.
 *	NULL if the kind has no devices
 */
struct ktgt_backend_ops {
	const char	*name;
	struct ktgt_store *(*open)(const struct ktgt_store_params *params,
				   struct netlink_ext_ack *extack);
	void		(*close)(struct ktgt_store *store);
	void		(*caps)(struct ktgt_store *store,
				struct ktgt_backend_caps *caps);
	void		(*submit)(struct ktgt_store *store, struct ktgt_io *io);
	struct inode	*(*device)(struct ktgt_store *store);
};

#endif /* _KTGT_BACKEND_BACKEND_H */
