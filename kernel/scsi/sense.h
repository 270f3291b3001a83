/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sense data: how it is said, and its form on the wire.
 */
#ifndef _KTGT_SCSI_SENSE_H
#define _KTGT_SCSI_SENSE_H

#include <linux/types.h>

#include "../core/cmd.h"

/* Additional sense codes with qualifier, SPC-4 annex F.2. */
#define KTGT_ASC_NONE				0x0000
#define KTGT_ASC_OPERATION_IN_PROGRESS		0x0016
#define KTGT_ASC_NOT_READY			0x0400
#define KTGT_ASC_MANUAL_INTERVENTION		0x0403
#define KTGT_ASC_PORT_TRANSITION		0x040a
#define KTGT_ASC_PORT_STANDBY			0x040b
#define KTGT_ASC_PORT_UNAVAILABLE		0x040c
#define KTGT_ASC_SANITIZE_IN_PROGRESS		0x041b
#define KTGT_ASC_COMMUNICATION_FAILURE		0x0800
#define KTGT_ASC_WRITE_ERROR			0x0c00
#define KTGT_ASC_THIRD_PARTY_FAILURE		0x0d01
#define KTGT_ASC_CSCD_NOT_REACHABLE		0x0d02
#define KTGT_ASC_INCORRECT_CSCD_TYPE		0x0d03
#define KTGT_ASC_INVALID_FIELD_IN_UNIT		0x0e03
#define KTGT_ASC_GUARD_CHECK_FAILED		0x1001
#define KTGT_ASC_UNRECOVERED_READ_ERROR		0x1100
#define KTGT_ASC_PARAMETER_LIST_LENGTH		0x1a00
#define KTGT_ASC_MISCOMPARE			0x1d00
#define KTGT_ASC_INVALID_OPCODE			0x2000
#define KTGT_ASC_LBA_OUT_OF_RANGE		0x2100
#define KTGT_ASC_INVALID_FIELD_IN_CDB		0x2400
#define KTGT_ASC_LUN_NOT_SUPPORTED		0x2500
#define KTGT_ASC_INVALID_FIELD_IN_LIST		0x2600
#define KTGT_ASC_INVALID_RELEASE		0x2604
#define KTGT_ASC_TOO_MANY_CSCDS			0x2606
#define KTGT_ASC_UNSUPPORTED_CSCD		0x2607
#define KTGT_ASC_TOO_MANY_SEGMENTS		0x2608
#define KTGT_ASC_UNSUPPORTED_SEGMENT		0x2609
#define KTGT_ASC_INEXACT_SEGMENT		0x260a
#define KTGT_ASC_INLINE_DATA_LENGTH		0x260b
#define KTGT_ASC_WRITE_PROTECTED		0x2700
#define KTGT_ASC_SPACE_ALLOCATION_FAILED	0x2707
#define KTGT_ASC_COMMAND_SEQUENCE		0x2c00
#define KTGT_ASC_SANITIZE_FAILED		0x3103
#define KTGT_ASC_SAVING_NOT_SUPPORTED		0x3900
#define KTGT_ASC_MEDIUM_NOT_PRESENT		0x3a00
#define KTGT_ASC_LOGICAL_UNIT_FAILURE		0x3e01
#define KTGT_ASC_SELF_TEST_FAILED		0x3e03
#define KTGT_ASC_INTERNAL_TARGET_FAILURE	0x4400
#define KTGT_ASC_LOAD_OR_EJECT_FAILED		0x5300
#define KTGT_ASC_MEDIUM_REMOVAL_PREVENTED	0x5302
#define KTGT_ASC_INSUFFICIENT_RESOURCES		0x5503
#define KTGT_ASC_REGISTRATION_RESOURCES		0x5504
#define KTGT_ASC_SET_PORT_GROUPS_FAILED		0x670a

/* for a field that is more than a bit */
#define KTGT_SENSE_NO_BIT	8

void ktgt_sense_set(struct ktgt_sense *sense, u8 key, u16 code);
void ktgt_sense_cdb_field(struct ktgt_sense *sense, unsigned int byte,
			  unsigned int bit);
void ktgt_sense_list_field(struct ktgt_sense *sense, unsigned int byte);
void ktgt_sense_progress(struct ktgt_sense *sense, u16 code, u16 progress);
unsigned int ktgt_sense_build(const struct ktgt_sense *sense, bool descriptor,
			      u8 *buf);

#endif /* _KTGT_SCSI_SENSE_H */
