/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What came of a command.
 */
#ifndef _KTGT_FUZZ_CDB_RESULT_H
#define _KTGT_FUZZ_CDB_RESULT_H

#include "record.h"

void check_status(const struct record *rec);

#endif /* _KTGT_FUZZ_CDB_RESULT_H */
