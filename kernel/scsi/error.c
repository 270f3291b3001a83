// SPDX-License-Identifier: GPL-2.0
/*
 * What an initiator is told when storage fails. Documentation/internals.rst has
 * the same table, with what initiators do.
 *
 * An initiator with several paths tries the next one only if the sense data may
 * be the fault of the path. So MEDIUM ERROR, HARDWARE ERROR and ILLEGAL REQUEST
 * are for errors that another path would meet as well: those for which
 * blk_path_error() is false. What is not known to be such an error is one of
 * the way to the storage.
 */
#include "error.h"

#include <linux/blkdev.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include <scsi/scsi_proto.h>

#include "sense.h"

#define KEY_SHIFT		16
#define SENSE(key, code)	((u32)(key) << KEY_SHIFT | KTGT_ASC_##code)
#define ALL(sense)		{ [0 ... KTGT_ERROR_NR_OPS - 1] = (sense) }

#define COMMUNICATION		SENSE(NOT_READY, COMMUNICATION_FAILURE)

/**
 * struct error_row - what one error becomes
 * @error: the error
 * @status: SAM status
 * @sense: sense key and additional sense code for each &enum ktgt_error_op, if
 *	@status is CHECK CONDITION
 * @has_lba: the INFORMATION field has the logical block address, if blocks were
 *	read or written
 */
struct error_row {
	blk_status_t	error;
	u8		status;
	u32		sense[KTGT_ERROR_NR_OPS];
	bool		has_lba;
};

/* The additional sense codes are those of SPC-4, annex F.2. */
static const struct error_row rows[] = {
	{
		/*
		 * SBC-4, 4.18: an unrecovered error of the medium, and which
		 * block. A flush or an unmap has failed to write.
		 */
		.error = BLK_STS_MEDIUM,
		.status = SAM_STAT_CHECK_CONDITION,
		.sense = {
			SENSE(MEDIUM_ERROR, UNRECOVERED_READ_ERROR),
			SENSE(MEDIUM_ERROR, WRITE_ERROR),
			SENSE(MEDIUM_ERROR, WRITE_ERROR),
		},
		.has_lba = true,
	}, {
		/* SPC-4, 4.5.6: HARDWARE ERROR, a failure of the device itself */
		.error = BLK_STS_TARGET,
		.status = SAM_STAT_CHECK_CONDITION,
		.sense = ALL(SENSE(HARDWARE_ERROR, INTERNAL_TARGET_FAILURE)),
	}, {
		/* SBC-4, 4.7.3.6: no resources for a block that is not mapped */
		.error = BLK_STS_NOSPC,
		.status = SAM_STAT_CHECK_CONDITION,
		.sense = ALL(SENSE(DATA_PROTECT, SPACE_ALLOCATION_FAILED)),
	}, {
		/*
		 * SBC-4, 4.22: what was read is not what was written. A device
		 * with a checksum says so (dm-integrity, T10 PI).
		 */
		.error = BLK_STS_PROTECTION,
		.status = SAM_STAT_CHECK_CONDITION,
		.sense = ALL(SENSE(ABORTED_COMMAND, GUARD_CHECK_FAILED)),
	}, {
		/*
		 * The device cannot unmap or write zeroes. It always can read
		 * and write: no initiator may be told that READ and WRITE are
		 * commands that do not exist.
		 */
		.error = BLK_STS_NOTSUPP,
		.status = SAM_STAT_CHECK_CONDITION,
		.sense = {
			COMMUNICATION,
			COMMUNICATION,
			SENSE(ILLEGAL_REQUEST, INVALID_OPCODE),
		},
	}, {
		/* SAM-5, 5.3.1: somebody else has reserved the device */
		.error = BLK_STS_RESV_CONFLICT,
		.status = SAM_STAT_RESERVATION_CONFLICT,
	}, {
		/*
		 * SAM-5, 5.3.1, for these three: temporarily no memory, tag or
		 * worker. Nothing has failed, and ABORTED COMMAND would be tried
		 * again without a pause, five times.
		 */
		.error = BLK_STS_RESOURCE,
		.status = SAM_STAT_BUSY,
	}, {
		.error = BLK_STS_DEV_RESOURCE,
		.status = SAM_STAT_BUSY,
	}, {
		.error = BLK_STS_AGAIN,
		.status = SAM_STAT_BUSY,
	},
};

/*
 * BLK_STS_IOERR, TRANSPORT, OFFLINE and TIMEOUT, a device that is gone, and
 * what later kernels invent: LOGICAL UNIT COMMUNICATION FAILURE.
 */
static const struct error_row other_errors = {
	.status = SAM_STAT_CHECK_CONDITION,
	.sense = ALL(COMMUNICATION),
};

static const struct error_row *find_row(blk_status_t error)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].error == error)
			return &rows[i];
	}
	return &other_errors;
}

/**
 * ktgt_error_to_sense - what an initiator is told of an error of storage
 * @error: the error; not BLK_STS_OK
 * @op: what was done
 * @lba: logical block that was in error, or the first one of those of which
 *	one was; of no importance for KTGT_ERROR_OTHER
 * @sense: sense data to make anew; not touched unless the status is CHECK
 *	CONDITION
 *
 * Context: any.
 * Return: SAM status.
 */
u8 ktgt_error_to_sense(blk_status_t error, enum ktgt_error_op op, u64 lba,
		       struct ktgt_sense *sense)
{
	const struct error_row *row = find_row(error);

	if (row->status != SAM_STAT_CHECK_CONDITION)
		return row->status;
	ktgt_sense_set(sense, row->sense[op] >> KEY_SHIFT,
		       row->sense[op] & U16_MAX);
	if (row->has_lba && op != KTGT_ERROR_OTHER) {
		sense->flags = KTGT_SENSE_INFO;
		sense->info = lba;
	}
	return row->status;
}

/**
 * ktgt_error_of_errno - the block layer's name of an error
 * @err: 0 or a negative errno, of the block layer or of a file system
 *
 * A file system that has become read-only, or is damaged, is as good as gone:
 * the same file may be well by a path through another machine.
 *
 * Context: any.
 * Return: the error, BLK_STS_OK for 0.
 */
blk_status_t ktgt_error_of_errno(int err)
{
	switch (err) {
	case -EDQUOT:
		return BLK_STS_NOSPC;
	case -ENXIO:
	case -ESTALE:
		return BLK_STS_OFFLINE;
	case -EINTR:
		return BLK_STS_AGAIN;
	default:
		return errno_to_blk_status(err);
	}
}
