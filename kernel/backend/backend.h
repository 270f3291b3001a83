/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a logical unit asks of the thing that holds its blocks.
 */
#ifndef _KTGT_BACKEND_BACKEND_H
#define _KTGT_BACKEND_BACKEND_H

#include <linux/blk_types.h>
#include <linux/types.h>

struct ktgt_backend;
struct ktgt_cmd;
struct ktgt_holder;
struct netlink_ext_ack;

/**
 * struct ktgt_backend_params - how to open a backend
 * @lun: logical unit number, for messages
 * @path: backing device; block only
 * @size: bytes; null only
 * @read_only: open for reading
 * @holder: exclusive owner of the device; block only
 */
struct ktgt_backend_params {
	u32			lun;
	const char		*path;
	u64			size;
	bool			read_only;
	struct ktgt_holder	*holder;
};

/**
 * struct ktgt_backend_caps - what an open backend can do
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
 * @write_cache: it has a volatile write cache
 * @fua: it can write through that cache
 * @rotational: it turns
 * @read_only: it can not be written
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
	bool	discard_zeroes;
	bool	write_cache;
	bool	fua;
	bool	rotational;
	bool	read_only;
};

/**
 * struct ktgt_backend_ops - a kind of backend
 * @name: name, for messages
 * @open: open it; may sleep. ERR_PTR with extack text on failure
 * @close: close it; may sleep, no command is in flight
 * @caps: report what it can do now; any context
 * @submit: move @len bytes between &ktgt_cmd.bvec and @pos, by &ktgt_cmd.dir;
 *	honours KTGT_CMDF_FUA. @len is not zero, whole logical blocks, and
 *	within the whole pages of the buffer, although it may be more than
 *	&ktgt_cmd.buf_len by less than a block. Process context
 * @flush: make all completed writes stable; process context
 * @unmap: @len bytes from @pos need not keep their content. May sleep: called
 *	from the work of a command, returns an errno
 * @write_zeroes: as @unmap, but they read as zeroes after; @unmap_ok says that
 *	they may be unmapped for it
 * @write_same: fill with the one block in &ktgt_cmd.bvec, as @unmap
 *
 * @submit and @flush complete the command with ktgt_backend_complete(), which
 * knows how an error becomes sense data; they never fail otherwise.
 */
struct ktgt_backend_ops {
	const char	*name;
	struct ktgt_backend *(*open)(const struct ktgt_backend_params *params,
				     struct netlink_ext_ack *extack);
	void		(*close)(struct ktgt_backend *be);
	void		(*caps)(struct ktgt_backend *be,
				struct ktgt_backend_caps *caps);
	void		(*submit)(struct ktgt_backend *be, struct ktgt_cmd *cmd,
				  u64 pos, u32 len);
	void		(*flush)(struct ktgt_backend *be, struct ktgt_cmd *cmd);
	int		(*unmap)(struct ktgt_backend *be, u64 pos, u64 len);
	int		(*write_zeroes)(struct ktgt_backend *be, u64 pos,
					u64 len, bool unmap_ok);
	int		(*write_same)(struct ktgt_backend *be,
				      struct ktgt_cmd *cmd, u64 pos, u64 len);
};

/**
 * struct ktgt_backend - an open backend, embedded in each kind's own
 * @ops: its kind
 * @dev: number of the device, 0 if it is none
 */
struct ktgt_backend {
	const struct ktgt_backend_ops	*ops;
	dev_t				dev;
};

void ktgt_backend_complete(struct ktgt_cmd *cmd, blk_status_t status);
void ktgt_backend_complete_errno(struct ktgt_cmd *cmd, int err);

#endif /* _KTGT_BACKEND_BACKEND_H */
