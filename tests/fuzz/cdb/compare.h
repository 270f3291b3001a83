/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands that read what they do not return.
 */
#ifndef _KTGT_FUZZ_CDB_COMPARE_H
#define _KTGT_FUZZ_CDB_COMPARE_H

#include "record.h"

struct fake;
struct ktgt_io;

bool is_compare(const struct record *rec);
bool compare_writes(const struct record *rec);
u64 wanted_of(const struct record *rec, u32 block);
u64 compare_bytes(const struct record *rec);
bool may_compare(const struct record *rec);
bool compares(const struct record *rec);
void admitted_before(struct record *rec);
blk_status_t compare_submit(struct record *rec, const struct fake *fake,
			    const struct ktgt_io *io, blk_status_t fate);
bool check_compare(const struct record *rec);

#endif /* _KTGT_FUZZ_CDB_COMPARE_H */
