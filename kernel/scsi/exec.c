// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a command on the SCSI side: parsed, carried out, released.
 */
#include "exec.h"

#include <linux/overflow.h>

#include <scsi/scsi_proto.h>

#include "../backend/block.h"
#include "../backend/state.h"
#include "../backend/store.h"
#include "../backend/worker.h"
#include "../core/cmd.h"
#include "../core/fabric.h"
#include "cdb.h"
#include "cdb_table.h"
#include "copy.h"
#include "data.h"
#include "gate.h"
#include "histogram.h"
#include "limits.h"
#include "lu.h"
#include "lu_life.h"
#include "nexus.h"
#include "opening.h"
#include "orphan.h"
#include "port_groups.h"
#include "pr_abort.h"
#include "pr_out.h"
#include "removable.h"
#include "rsoc.h"
#include "sanitize.h"
#include "sanitize_op.h"
#include "sanitize_state.h"
#include "sbc_disk.h"
#include "sense.h"
#include "state_save.h"
#include "track.h"
#include "transition.h"
#include "ua.h"

static void exec_status(struct ktgt_cmd *cmd)
{
	ktgt_cmd_complete(cmd, cmd->status);
}

/* All that ktgt_cmd_submit() will do is to complete the command. */
static void end_with(struct ktgt_cmd *cmd, u8 status)
{
	cmd->dir = DMA_NONE;
	cmd->xfer_len = 0;
	cmd->scratch_len = 0;
	cmd->status = status;
	cmd->exec = exec_status;
}

static void refuse(struct ktgt_cmd *cmd, u8 key, u16 code)
{
	ktgt_sense_set(&cmd->sense, key, code);
	end_with(cmd, SAM_STAT_CHECK_CONDITION);
}

static void refuse_no_medium(struct ktgt_cmd *cmd)
{
	ktgt_lu_no_medium(cmd->lu, &cmd->sense);
	end_with(cmd, SAM_STAT_CHECK_CONDITION);
}

static void refuse_field(struct ktgt_cmd *cmd, unsigned int byte,
			 unsigned int bit)
{
	ktgt_sense_cdb_field(&cmd->sense, byte, bit);
	end_with(cmd, SAM_STAT_CHECK_CONDITION);
}

static void refuse_reserved_bit(struct ktgt_cmd *cmd)
{
	unsigned int byte, bit;

	ktgt_cdb_reserved_bit(cmd->row, cmd->cdb, &byte, &bit);
	refuse_field(cmd, byte, bit);
}

/* The opcode is not served, or only this service action of it is not. */
static void refuse_unknown(struct ktgt_cmd *cmd)
{
	if (ktgt_cdb_has_actions(cmd->cdb[0]))
		refuse_field(cmd, 1, 4);
	else
		refuse(cmd, ILLEGAL_REQUEST, KTGT_ASC_INVALID_OPCODE);
}

/* The number comes first: what is looked at later is of that medium, or of none. */
static void note_medium(struct ktgt_cmd *cmd)
{
	const struct ktgt_lu *lu = cmd->lu;

	/* pairs with the ejection */
	cmd->medium_nr = lu ? smp_load_acquire(&lu->medium_nr) : 0;
	cmd->block_shift = lu ? READ_ONCE(lu->block_shift) : 0;
}

/* The direction and the bytes that the CDB wants to move. */
static void set_transfer(struct ktgt_cmd *cmd, const struct ktgt_cdb_row *row)
{
	u32 len = ktgt_cdb_length(row, cmd->cdb);

	cmd->dir = row->dir;
	note_medium(cmd);
	switch (row->unit) {
	case KTGT_CDB_BLOCKS:
		cmd->nr_blocks = len;
		cmd->xfer_len = (u64)len << cmd->block_shift;
		break;
	case KTGT_CDB_BYTES:
		cmd->xfer_len = row->cap ? min(len, row->cap) : len;
		break;
	case KTGT_CDB_FIXED:
		cmd->xfer_len = row->cap;
		break;
	case KTGT_CDB_ONE_BLOCK:
		cmd->nr_blocks = len;
		cmd->xfer_len = 1u << cmd->block_shift;
		break;
	case KTGT_CDB_NO_DATA:
		cmd->nr_blocks = len;
		break;
	case KTGT_CDB_TWICE:
		cmd->nr_blocks = len;
		cmd->xfer_len = (u64)len << (cmd->block_shift + 1);
		break;
	}
}

static bool check_range(struct ktgt_cmd *cmd, const struct ktgt_cdb_row *row)
{
	u64 nr_blocks = READ_ONCE(cmd->lu->nr_blocks);

	cmd->lba = ktgt_cdb_lba(row, cmd->cdb);
	if (likely(cmd->lba < nr_blocks &&
		   cmd->nr_blocks <= nr_blocks - cmd->lba))
		return true;
	if (!nr_blocks)
		refuse_no_medium(cmd);
	else
		refuse(cmd, ILLEGAL_REQUEST, KTGT_ASC_LBA_OUT_OF_RANGE);
	return false;
}

/* What the row asks of a logical unit. */
static bool check_row(struct ktgt_cmd *cmd, const struct ktgt_cdb_row *row)
{
	const struct ktgt_lu *lu = cmd->lu;

	if ((row->flags & KTGT_CDB_MEDIUM) && !READ_ONCE(lu->nr_blocks)) {
		refuse_no_medium(cmd);
		return false;
	}
	if ((row->flags & KTGT_CDB_WRITE) &&
	    unlikely(READ_ONCE(lu->read_only))) {
		refuse(cmd, DATA_PROTECT, KTGT_ASC_WRITE_PROTECTED);
		return false;
	}
	if ((row->flags & KTGT_CDB_RANGE) && !check_range(cmd, row))
		return false;
	if ((row->flags & KTGT_CDB_LIMIT) &&
	    unlikely(cmd->nr_blocks > lu->max_blocks)) {
		refuse_field(cmd, row->len_at, KTGT_SENSE_NO_BIT);
		return false;
	}
	if ((row->flags & KTGT_CDB_FUA) && (cmd->cdb[1] & BIT(3)))
		__set_bit(KTGT_CMDF_FUA, &cmd->flags);
	if (!(row->flags & KTGT_CDB_WRITE))
		return true;
	if (unlikely(!READ_ONCE(cmd->itl->wrote)))
		ktgt_cmd_note_write(cmd);
	return true;
}

/* A LUN without a logical unit: SAM-5, 5.11, says what is answered. */
static void parse_no_lu(struct ktgt_cmd *cmd)
{
	const struct ktgt_cdb_row *row = cmd->row;

	if (!row || !(row->flags & KTGT_CDB_NO_LU)) {
		refuse(cmd, ILLEGAL_REQUEST, KTGT_ASC_LUN_NOT_SUPPORTED);
		return;
	}
	if (!ktgt_cdb_reserved_ok(row, cmd->cdb)) {
		refuse_reserved_bit(cmd);
		return;
	}
	cmd->exec = row->exec;
	set_transfer(cmd, row);
}

static void parse_lu(struct ktgt_cmd *cmd)
{
	const struct ktgt_cdb_row *row = cmd->row;
	u8 status;

	if (unlikely(!row || !ktgt_cdb_row_fits(row, cmd->lu))) {
		refuse_unknown(cmd);
		return;
	}
	if (ktgt_ua_may_pend(cmd) && !(row->flags & KTGT_CDB_NO_UA) &&
	    ktgt_ua_take(cmd, &cmd->sense)) {
		end_with(cmd, SAM_STAT_CHECK_CONDITION);
		return;
	}
	status = ktgt_limits_status(cmd);
	if (unlikely(status)) {
		end_with(cmd, status);
		return;
	}
	if (ktgt_sanitize_refuses(cmd)) {
		end_with(cmd, SAM_STAT_CHECK_CONDITION);
		return;
	}
	if (unlikely(!ktgt_cdb_reserved_ok(row, cmd->cdb))) {
		refuse_reserved_bit(cmd);
		return;
	}
	cmd->exec = row->exec;
	set_transfer(cmd, row);
	if (unlikely(!check_row(cmd, row)))
		return;
	if (row->check && !row->check(cmd))
		end_with(cmd, SAM_STAT_CHECK_CONDITION);
}

/*
 * Whether the initiator expects the data to move as it does (RFC 7143, 11.3.1):
 * no command moves data both ways. When either side moves nothing there is no
 * direction to differ in, and the residual says the rest.
 */
static bool direction_ok(const struct ktgt_cmd *cmd)
{
	return cmd->dir == cmd->edtl_dir || !cmd->xfer_len || !cmd->edtl;
}

/* Where a command is counted; NULL if it is neither a READ nor a WRITE */
static struct ktgt_io_stats *io_stats(const struct ktgt_cmd *cmd)
{
	const struct ktgt_cdb_row *row = cmd->row;

	if (!row || !(row->flags & KTGT_CDB_COUNT))
		return NULL;
	return row->dir == DMA_FROM_DEVICE ? &cmd->itl->stats.read :
					     &cmd->itl->stats.write;
}

static void count_begin(const struct ktgt_cmd *cmd)
{
	struct ktgt_io_stats *stats = io_stats(cmd);

	if (!stats)
		return;
	stats->begun++;
	stats->begun_bytes += cmd->edtl;
}

/**
 * ktgt_cmd_parse - find out what a command wants
 * @cmd: the fabric has set its part of it
 *
 * Finds and holds the logical unit, and makes all checks that can be made
 * before data moves. If one fails, @cmd says so when it is submitted, and
 * wants no data. Sets &ktgt_cmd.dir and &ktgt_cmd.xfer_len for the fabric.
 *
 * Context: process or softirq; does not sleep.
 */
void ktgt_cmd_parse(struct ktgt_cmd *cmd)
{
	int err;

	cmd->row = ktgt_cdb_find(cmd->cdb);
	cmd->itl = NULL;
	cmd->lu = NULL;
	cmd->dir = DMA_NONE;
	/* what a command has that is released without having been submitted */
	cmd->status = SAM_STAT_TASK_ABORTED;
	cmd->error = BLK_STS_OK;
	cmd->flags = 0;
	cmd->xfer_len = 0;
	cmd->buf_len = 0;
	cmd->nr_bvec = 0;
	cmd->scratch_len = 0;
	cmd->lba = 0;
	cmd->nr_blocks = 0;
	cmd->storage_time = 0;
	cmd->store = NULL;
	cmd->orphan_group = NULL;
	cmd->step_at = 0;
	cmd->step_nr = 0;
	cmd->chunk_at = 0;
	cmd->chunk_len = 0;

	err = ktgt_cmd_attach(cmd);
	if (likely(!err)) {
		count_begin(cmd);
		parse_lu(cmd);
	} else if (err == -ENXIO) {
		parse_no_lu(cmd);
	} else {
		end_with(cmd, SAM_STAT_BUSY);
	}
	if (unlikely(!direction_ok(cmd)))
		refuse(cmd, ILLEGAL_REQUEST, KTGT_ASC_INVALID_FIELD_IN_UNIT);
}

/**
 * ktgt_cmd_needs_storage - whether the storage has to answer a command
 * @cmd: it has been parsed
 *
 * Context: any.
 * Return: false if it has an answer without the storage, or was refused. One
 *	that was refused may have taken a unit attention with it.
 */
bool ktgt_cmd_needs_storage(const struct ktgt_cmd *cmd)
{
	return cmd->exec != exec_status &&
	       cmd->row->flags & (KTGT_CDB_RANGE | KTGT_CDB_WRITE |
				  KTGT_CDB_STORAGE);
}

/**
 * ktgt_cmd_put_off - have a command sent again later if it needs the storage
 * @cmd: it has been parsed, and has no buffer yet
 * @alone: its nexus has no other command at the logical unit
 *
 * It ends with TASK SET FULL or, if it is alone, with BUSY (SAM-5, 5.3.1) when it is
 * submitted, and wants no data.
 *
 * Context: process or softirq; does not sleep.
 */
void ktgt_cmd_put_off(struct ktgt_cmd *cmd, bool alone)
{
	if (ktgt_cmd_needs_storage(cmd))
		end_with(cmd, alone ? SAM_STAT_BUSY : SAM_STAT_TASK_SET_FULL);
}

/**
 * ktgt_cmd_submit - carry a command out
 * @cmd: it has been parsed, and has its buffer
 *
 * Ends with ktgt_cmd_complete(), perhaps before it returns, or is given back to
 * be submitted once more (KTGT_CMDF_RESUME). With fewer bytes
 * in the buffer than the command wants, it moves what fits and is not in
 * error: the fabric reports the residual.
 *
 * Context: process, on a queue that is safe for memory reclaim; may wait for
 * memory (GFP_NOIO), not for storage.
 */
void ktgt_cmd_submit(struct ktgt_cmd *cmd)
{
	cmd->exec(cmd);
}

static void cancel(struct ktgt_cmd *cmd)
{
	if (!cmd->lu)
		return;
	if (ktgt_orphans_cancel(cmd) || ktgt_track_cancel(cmd) ||
	    (cmd->exec == ktgt_pr_out && ktgt_pr_abort_cancel(cmd)) ||
	    (cmd->lu->save && ktgt_save_cancel(cmd)) ||
	    (cmd->exec == ktgt_groups_set && ktgt_transition_cancel(cmd)) ||
	    (cmd->exec == ktgt_sanitize && ktgt_sanitize_cancel(cmd)) ||
	    (cmd->exec == ktgt_sbc_start_stop && ktgt_removable_cancel(cmd)))
		ktgt_cmd_complete(cmd, SAM_STAT_TASK_ABORTED);
	else
		ktgt_gate_cancel(cmd);
}

/**
 * ktgt_cmd_cancel - let a command that is being aborted wait no longer
 * @cmd: it has been submitted and not come back; its KTGT_CMDF_ABORTED or
 *	KTGT_CMDF_TASK_ABORTED is set
 *
 * If it waits for anything but storage, it completes now.
 *
 * Context: process or softirq; may take &ktgt_target.nexus_lock.
 */
void ktgt_cmd_cancel(struct ktgt_cmd *cmd)
{
	/* one of them waits at most, and the copy comes back with its part */
	if (test_bit(KTGT_CMDF_COPY, &cmd->flags))
		cancel(cmd->part);
	cancel(cmd);
}

/**
 * ktgt_cmd_spare - the logical unit of a command is being removed
 * @cmd: it has been submitted and not come back; it is not aborted
 *
 * Its own gate ends what waits there. A copy may wait at that of another logical unit,
 * which may stay closed for long; it ends now.
 *
 * Context: as ktgt_cmd_cancel().
 */
void ktgt_cmd_spare(struct ktgt_cmd *cmd)
{
	if (test_bit(KTGT_CMDF_COPY, &cmd->flags))
		cancel(cmd->part);
}

/**
 * ktgt_cmd_is_at - whether a command uses a logical unit
 * @cmd: a command
 * @lu: the logical unit
 *
 * Context: process, the one that submits it.
 * Return: true if it was sent to @lu, or is a copy that reads or writes there now.
 */
bool ktgt_cmd_is_at(const struct ktgt_cmd *cmd, const struct ktgt_lu *lu)
{
	return cmd->lu == lu ||
	       (test_bit(KTGT_CMDF_COPY, &cmd->flags) && cmd->part->lu == lu);
}

/**
 * ktgt_cmd_orphan - a command becomes an orphan
 * @orphans: place of its connection
 * @cmd: as for ktgt_orphan_add()
 * @bytes: bytes of its buffers
 *
 * Of a copy it is the part that is with the storage.
 *
 * Context: process, may sleep; the teardown of the connection.
 */
void ktgt_cmd_orphan(struct ktgt_orphans *orphans, struct ktgt_cmd *cmd,
		     u32 bytes)
{
	if (test_bit(KTGT_CMDF_COPY, &cmd->flags)) {
		ktgt_copy_orphan(cmd);
		ktgt_orphan_add(orphans, cmd->part, bytes);
	}
	ktgt_orphan_add(orphans, cmd, bytes);
}

/**
 * ktgt_cmd_pause - a command is not with the storage until it is submitted again
 * @cmd: command that moves in pieces and has come back, or one that has failed and
 *	is not answered yet
 *
 * Nobody who closes the gate waits for it then.
 *
 * Context: process, the one that submits it: a backend may look at its store until
 *	the submission has returned.
 */
void ktgt_cmd_pause(struct ktgt_cmd *cmd)
{
	ktgt_track_leave(cmd);
	ktgt_gate_leave(cmd);
}

/**
 * ktgt_cmd_is_admitted - whether a command that has come back is in the middle of
 *	something
 * @cmd: command that is to be submitted again
 *
 * Context: process, the one that submits it.
 * Return: true if it has to be submitted soon, or paused: who closes the gate waits
 *	for it.
 */
bool ktgt_cmd_is_admitted(const struct ktgt_cmd *cmd)
{
	return cmd->store;
}

static void count_end(const struct ktgt_cmd *cmd)
{
	struct ktgt_io_stats *stats = io_stats(cmd);

	if (cmd->storage_time)
		ktgt_histograms_count(&cmd->lu->histograms,
				      &cmd->nexus->histograms, cmd);
	if (unlikely(cmd->error != BLK_STS_OK)) {
		cmd->itl->stats.errors++;
		/* the device may be gone, or smaller */
		ktgt_lu_refresh(cmd->lu);
		if (cmd->status == SAM_STAT_CHECK_CONDITION)
			ktgt_cmd_note_error(cmd);
	}
	if (!stats)
		return;
	stats->completed++;
	if (cmd->status == SAM_STAT_GOOD)
		stats->bytes += cmd->buf_len;
}

/*
 * An orphan has come back. It counts for the logical unit, if only because the
 * slowest commands are among them; its nexus is gone, and so is the rest.
 */
static void count_orphan(const struct ktgt_cmd *cmd)
{
	if (cmd->storage_time && test_bit(KTGT_CMDF_ORPHAN, &cmd->flags))
		ktgt_histograms_count_orphan(&cmd->lu->histograms, cmd);
}

/**
 * ktgt_cmd_release - let go of the logical unit
 * @cmd: command that is in flight no more, its response has been built;
 *	submitted or not
 *
 * The statistics are counted here, where no other folder is below us. For the
 * histograms, @cmd has ended at &ktgt_cmd.clock.
 *
 * Context: process; takes &ktgt_target.nexus_lock if storage has failed and its
 * device has changed. The last reference of an LU that is going queues its
 * release.
 */
void ktgt_cmd_release(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;

	if (unlikely(test_bit(KTGT_CMDF_STATE_WRITER, &cmd->flags)))
		ktgt_save_leave(cmd);
	ktgt_track_leave(cmd);
	ktgt_gate_leave(cmd);
	if (unlikely(test_bit(KTGT_CMDF_COPY, &cmd->flags)))
		ktgt_copy_end(cmd);
	if (unlikely(!test_bit(KTGT_CMDF_LU_REF, &cmd->flags))) {
		count_orphan(cmd);
		ktgt_orphan_end(cmd);
		return;
	}
	count_end(cmd);
	clear_bit(KTGT_CMDF_LU_REF, &cmd->flags);
	cmd->itl = NULL;
	cmd->lu = NULL;
	percpu_ref_put(&lu->ref);
}

/**
 * ktgt_cmd_free - free what a command has kept for those that use its memory later
 * @cmd: command that was released, or never used since it was all zero
 *
 * Context: process.
 */
void ktgt_cmd_free(struct ktgt_cmd *cmd)
{
	ktgt_track_free(cmd);
}

/**
 * ktgt_cmd_sense - sense data of a command that ended with CHECK CONDITION
 * @cmd: the command, before ktgt_cmd_release()
 * @buf: where to put it, KTGT_SENSE_LEN bytes
 *
 * Context: any.
 * Return: bytes written.
 */
unsigned int ktgt_cmd_sense(const struct ktgt_cmd *cmd, u8 *buf)
{
	return ktgt_sense_build(&cmd->sense, cmd->lu &&
				READ_ONCE(cmd->lu->d_sense), buf);
}

/**
 * ktgt_scsi_init - make the SCSI side ready, the backends included
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_scsi_init(void)
{
	int err;

	ktgt_cdb_table_init();
	err = ktgt_workers_init();
	if (err)
		return err;
	err = ktgt_store_init();
	if (err)
		goto err_store;
	err = ktgt_block_init();
	if (err)
		goto err_block;
	err = ktgt_state_init();
	if (err)
		goto err_state;
	err = ktgt_opening_init();
	if (err)
		goto err_opening;
	err = ktgt_save_init();
	if (err)
		goto err_save;
	err = ktgt_sanitize_init();
	if (err)
		goto err_sanitize;
	err = ktgt_removable_init();
	if (err)
		goto err_removable;
	err = ktgt_lu_init();
	if (err)
		goto err_lu;
	err = ktgt_transition_init();
	if (err)
		goto err_transition;
	return 0;

err_transition:
	ktgt_lu_exit();
err_lu:
	ktgt_removable_exit();
err_removable:
	ktgt_sanitize_exit();
err_sanitize:
	ktgt_save_exit();
err_save:
	ktgt_opening_exit();
err_opening:
	ktgt_state_exit();
err_state:
	ktgt_block_exit();
err_block:
	ktgt_store_exit();
err_store:
	ktgt_workers_exit();
	return err;
}

/**
 * ktgt_scsi_exit - undo ktgt_scsi_init()
 *
 * Context: module unload; no LU is published, the release of some may not
 * have ended.
 */
void ktgt_scsi_exit(void)
{
	ktgt_transition_exit();
	ktgt_lu_exit();
	ktgt_removable_exit();
	ktgt_sanitize_exit();
	ktgt_opening_exit();
	ktgt_orphans_exit();
	ktgt_save_exit();
	ktgt_store_exit();
	/* who waits for a store may have the last reference of a logical unit */
	ktgt_state_exit();
	ktgt_workers_exit();
	ktgt_block_exit();
}
