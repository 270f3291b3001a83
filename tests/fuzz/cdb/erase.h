/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sanitize operations.
 */
#ifndef _KTGT_FUZZ_CDB_ERASE_H
#define _KTGT_FUZZ_CDB_ERASE_H

#include "record.h"

struct fake;

u32 erase_refusal(const struct ktgt_lu *lu, const u8 *cdb);
bool erases(const struct record *rec);
bool may_erase(const struct record *rec);
void erase_look(struct record *rec);
void erase_prepare(const struct record *rec);
void erase_begin(const struct record *rec, struct ktgt_lu *lu);
bool erase_owns(const struct ktgt_io *io);
void erase_submit(struct fake *fake, struct ktgt_io *io);
bool erase_complete(void);
void erase_dirty(const struct ktgt_lu *lu);
void erase_watch(void);
bool erase_waits(const struct record *rec);
void check_erase(const struct record *rec);
void erase_start(void);

#endif /* _KTGT_FUZZ_CDB_ERASE_H */
