/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands that touch the medium: admitted, their transfer, their end.
 */
#ifndef _KTGT_SCSI_MEDIUM_H
#define _KTGT_SCSI_MEDIUM_H

#include <linux/bitops.h>
#include <linux/blk_types.h>
#include <linux/minmax.h>
#include <linux/sched/clock.h>
#include <linux/types.h>

#include "../core/cmd.h"
#include "lu.h"

/**
 * ktgt_medium_cmd - the command of a transfer
 * @io: &ktgt_cmd.io
 *
 * Return: the command.
 */
static inline struct ktgt_cmd *ktgt_medium_cmd(struct ktgt_io *io)
{
	return container_of(io, struct ktgt_cmd, io);
}

/**
 * ktgt_medium_ended - a transfer of a command has ended
 * @io: &ktgt_cmd.io
 *
 * This is where the storage's part of the time ends. The connection, which may be
 * busy, finds the command later. local_clock() is the same on all CPUs where it
 * is stable, as on all usual machines, and costs less there than ktime_get();
 * otherwise it may differ by a tick, but needs no access to a device.
 *
 * Context: any, hard interrupt included; called once for each transfer.
 * Return: the command.
 */
static inline struct ktgt_cmd *ktgt_medium_ended(struct ktgt_io *io)
{
	struct ktgt_cmd *cmd = ktgt_medium_cmd(io);

	/* not 0: it was with the storage */
	cmd->storage_time += max_t(s64, local_clock() - cmd->clock, 1);
	return cmd;
}

/**
 * ktgt_medium_is_same - whether the medium is in for which a command was sent
 * @cmd: the command, which has been parsed
 *
 * A command may wait for its data, at the gate, or between two of its pieces, while a
 * medium is ejected and another one is loaded. It must not touch that.
 *
 * Context: any. It stays so while the command is admitted, or &ktgt_lu.lock is held.
 * Return: false if that medium was ejected since, whatever is in by now.
 */
static inline bool ktgt_medium_is_same(const struct ktgt_cmd *cmd)
{
	return cmd->medium_nr == READ_ONCE(cmd->lu->medium_nr);
}

/**
 * ktgt_medium_is_known - whether the initiator has been told of the medium
 * @cmd: the command, which has an I_T_L nexus
 *
 * Context: any.
 * Return: false if it has not: then it did not mean this one.
 */
static inline bool ktgt_medium_is_known(const struct ktgt_cmd *cmd)
{
	return !test_bit(KTGT_UA_MEDIUM, &cmd->itl->flags);
}

bool ktgt_medium_admit(struct ktgt_cmd *cmd);
void ktgt_medium_submit(struct ktgt_cmd *cmd, enum ktgt_io_op op, u64 pos,
			u64 len, void (*end_io)(struct ktgt_io *io));
void ktgt_medium_submit_piece(struct ktgt_cmd *cmd, enum ktgt_io_op op,
			      u32 at, u32 len,
			      void (*end_io)(struct ktgt_io *io));
void ktgt_medium_submit_bvec(struct ktgt_cmd *cmd, enum ktgt_io_op op, u64 pos,
			     u32 len, struct bio_vec *bvec,
			     void (*end_io)(struct ktgt_io *io));
void ktgt_medium_end(struct ktgt_cmd *cmd, blk_status_t status);
void ktgt_medium_end_io(struct ktgt_io *io);

#endif /* _KTGT_SCSI_MEDIUM_H */
