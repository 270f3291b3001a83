/* SPDX-License-Identifier: GPL-2.0 */
/*
 * EXTENDED COPY.
 */
#ifndef _KTGT_FUZZ_CDB_COPY_H
#define _KTGT_FUZZ_CDB_COPY_H

#include "record.h"

struct fake;

bool is_copy(const struct record *rec);
u32 copy_misfit(const struct record *rec);
blk_status_t copy_submit(struct record *rec, const struct fake *fake,
			 const struct ktgt_io *io, blk_status_t fate);
void check_copy(const struct record *rec);

#endif /* _KTGT_FUZZ_CDB_COPY_H */
