/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a logical unit says of itself.
 */
#ifndef _KTGT_FUZZ_CDB_REPORT_H
#define _KTGT_FUZZ_CDB_REPORT_H

#include "record.h"

bool reserved_ok(const struct record *rec);
void take_uas(u32 lun);
void read_limits(void);
void check_sets(void);

#endif /* _KTGT_FUZZ_CDB_REPORT_H */
