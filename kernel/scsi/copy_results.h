/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an initiator is told of copies.
 */
#ifndef _KTGT_SCSI_COPY_RESULTS_H
#define _KTGT_SCSI_COPY_RESULTS_H

#include <linux/types.h>

#include "../core/cmd.h"

/* service actions of RECEIVE COPY RESULTS (SPC-4, 4.2.6.2) */
#define KTGT_COPY_STATUS_LID1		0x00
#define KTGT_COPY_PARAMETERS		0x03
#define KTGT_COPY_FAILURE_DETAILS	0x04
#define KTGT_COPY_STATUS_LID4		0x05

/* bytes before the sense data, and of all that is told */
#define KTGT_COPY_DETAILS_LEN		60
#define KTGT_COPY_DETAILS_MAX		(KTGT_COPY_DETAILS_LEN + KTGT_SENSE_LEN)
#define KTGT_COPY_STATUS_LID4_LEN	32
#define KTGT_COPY_STATUS_LID4_MAX	(KTGT_COPY_STATUS_LID4_LEN + KTGT_SENSE_LEN)

void ktgt_copy_status_lid1(struct ktgt_cmd *cmd);
void ktgt_copy_status_lid4(struct ktgt_cmd *cmd);
void ktgt_copy_parameters(struct ktgt_cmd *cmd);
void ktgt_copy_failure_details(struct ktgt_cmd *cmd);

#endif /* _KTGT_SCSI_COPY_RESULTS_H */
