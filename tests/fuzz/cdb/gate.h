/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gate of the disk: who closes it, and who has to wait there.
 */
#ifndef _KTGT_FUZZ_CDB_GATE_H
#define _KTGT_FUZZ_CDB_GATE_H

#include "record.h"

bool has_commands(u32 store);
bool gate_is_shut(const struct ktgt_lu *lu);
void check_waits(struct record *rec);
void check_resumed(struct record *rec);
void gate_start(void);
void gate_close(void);
void gate_open(void);
u32 gate_reset_begin(void);
bool gate_reset_end(u32 era);
void gate_follow(u32 old);
void gate_follow_none(void);

#endif /* _KTGT_FUZZ_CDB_GATE_H */
