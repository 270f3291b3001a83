// SPDX-License-Identifier: GPL-2.0
/*
 * What all backends have in common: how an error becomes sense data.
 */
#include "backend.h"

#include <linux/blkdev.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"

/**
 * struct error_sense - what an initiator is told of an error
 * @key: sense key
 * @asc: additional sense code
 * @ascq: additional sense code qualifier
 */
struct error_sense {
	u8	key;
	u8	asc;
	u8	ascq;
};

static struct error_sense sense_of(blk_status_t status, bool write)
{
	switch (status) {
	case BLK_STS_NOTSUPP:
		/* INVALID COMMAND OPERATION CODE */
		return (struct error_sense) { ILLEGAL_REQUEST, 0x20, 0x00 };
	case BLK_STS_TIMEOUT:
	case BLK_STS_TRANSPORT:
	case BLK_STS_RESOURCE:
	case BLK_STS_DEV_RESOURCE:
	case BLK_STS_AGAIN:
		/* no more is known than that another try may succeed */
		return (struct error_sense) { ABORTED_COMMAND, 0x00, 0x00 };
	case BLK_STS_NOSPC:
		/* SPACE ALLOCATION FAILED WRITE PROTECT */
		return (struct error_sense) { DATA_PROTECT, 0x27, 0x07 };
	case BLK_STS_TARGET:
		/* INTERNAL TARGET FAILURE */
		return (struct error_sense) { HARDWARE_ERROR, 0x44, 0x00 };
	case BLK_STS_PROTECTION:
		/* LOGICAL BLOCK GUARD CHECK FAILED */
		return (struct error_sense) { ABORTED_COMMAND, 0x10, 0x01 };
	case BLK_STS_OFFLINE:
		/* LOGICAL UNIT NOT READY, CAUSE NOT REPORTABLE */
		return (struct error_sense) { NOT_READY, 0x04, 0x00 };
	default:
		break;
	}
	/* WRITE ERROR, UNRECOVERED READ ERROR */
	if (write)
		return (struct error_sense) { MEDIUM_ERROR, 0x0c, 0x00 };
	return (struct error_sense) { MEDIUM_ERROR, 0x11, 0x00 };
}

static void complete_error(struct ktgt_cmd *cmd, blk_status_t status)
{
	bool write = cmd->dir != DMA_FROM_DEVICE;
	struct error_sense sense = sense_of(status, write);

	cmd->error = status;
	if (cmd->dir == DMA_FROM_DEVICE)
		cmd->xfer_len = 0;
	if (status == BLK_STS_RESV_CONFLICT) {
		ktgt_cmd_complete(cmd, SAM_STAT_RESERVATION_CONFLICT);
		return;
	}
	ktgt_cmd_set_sense(cmd, sense.key, sense.asc, sense.ascq);
	ktgt_cmd_complete(cmd, SAM_STAT_CHECK_CONDITION);
}

/**
 * ktgt_backend_complete - complete a command that a backend carried out
 * @cmd: the command; the caller must not touch it any more
 * @status: how it went
 *
 * Context: any, hard interrupt included.
 */
void ktgt_backend_complete(struct ktgt_cmd *cmd, blk_status_t status)
{
	if (unlikely(status != BLK_STS_OK))
		complete_error(cmd, status);
	else
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

/**
 * ktgt_backend_complete_errno - as ktgt_backend_complete()
 * @cmd: the command; the caller must not touch it any more
 * @err: 0 or a negative errno
 *
 * Context: any, hard interrupt included.
 */
void ktgt_backend_complete_errno(struct ktgt_cmd *cmd, int err)
{
	ktgt_backend_complete(cmd, errno_to_blk_status(err));
}
