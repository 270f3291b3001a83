/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SCSI side, which the fuzzer plays.
 */
#ifndef _KTGT_FUZZ_PDU_SCSI_H
#define _KTGT_FUZZ_PDU_SCSI_H

#include "../shim.h"

#define CDB_SERIAL	12	/* of the command, at the end of its CDB */

u8 cdb_dir(const u8 *cdb);
bool complete_one(unsigned int nr);
void scsi_start(void);
void scsi_stop(void);

#endif /* _KTGT_FUZZ_PDU_SCSI_H */
