/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an initiator is told when storage fails.
 */
#ifndef _KTGT_SCSI_ERROR_H
#define _KTGT_SCSI_ERROR_H

#include <linux/blk_types.h>
#include <linux/types.h>

struct ktgt_sense;

/**
 * enum ktgt_error_op - what was done when storage failed
 * @KTGT_ERROR_READ: reading blocks
 * @KTGT_ERROR_WRITE: writing blocks, WRITE SAME included
 * @KTGT_ERROR_OTHER: anything else, for example a flush or an unmap
 * @KTGT_ERROR_NR_OPS: number of these
 */
enum ktgt_error_op {
	KTGT_ERROR_READ,
	KTGT_ERROR_WRITE,
	KTGT_ERROR_OTHER,
	KTGT_ERROR_NR_OPS,
};

u8 ktgt_error_to_sense(blk_status_t error, enum ktgt_error_op op, u64 lba,
		       struct ktgt_sense *sense);
blk_status_t ktgt_error_of_errno(int err);

#endif /* _KTGT_SCSI_ERROR_H */
