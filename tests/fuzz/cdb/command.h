/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands on their way to the SCSI side and back.
 */
#ifndef _KTGT_FUZZ_CDB_COMMAND_H
#define _KTGT_FUZZ_CDB_COMMAND_H

#include "record.h"

void commands_start(void);
void parse(struct record *rec, struct ktgt_nexus *nexus, __be64 lun, u32 edtl);
void give_data(struct record *rec, const u8 *data, u32 len);
void submit(struct record *rec);
bool submit_ready(unsigned int nr);
void abort_command(struct record *rec, bool silent);
void complete_rest(void);
const u8 *ask(u32 lun, const u8 *cdb, u32 *len);
bool ask_twice(struct record *rec, struct ktgt_nexus *nexus, __be64 lun,
	       u32 edtl);

#endif /* _KTGT_FUZZ_CDB_COMMAND_H */
