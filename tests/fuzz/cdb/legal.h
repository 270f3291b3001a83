/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is due to a command.
 */
#ifndef _KTGT_FUZZ_CDB_LEGAL_H
#define _KTGT_FUZZ_CDB_LEGAL_H

#include "record.h"

bool is_served(const struct record *rec);
bool has_no_ua(u8 opcode);
bool conflicts(struct ktgt_nexus *nexus, struct ktgt_lu *lu, const u8 *cdb);
u32 not_served(struct ktgt_nexus *nexus, struct ktgt_lu *lu, const u8 *cdb);
u32 pending_ua(struct ktgt_nexus *nexus, struct ktgt_lu *lu);
bool in_range(const struct record *rec);
bool is_allowed(const struct record *rec);
bool is_legal(const struct record *rec);
u64 wanted_bytes(const struct record *rec);
int direction(const struct record *rec);
void check_parsed(const struct record *rec);

#endif /* _KTGT_FUZZ_CDB_LEGAL_H */
