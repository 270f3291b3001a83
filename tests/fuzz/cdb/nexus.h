/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The target and its nexuses.
 */
#ifndef _KTGT_FUZZ_CDB_NEXUS_H
#define _KTGT_FUZZ_CDB_NEXUS_H

#include "../../../kernel/core/target.h"
#include "../../../kernel/core/fabric.h"

#define NR_NEXUSES	2
#define NR_PORTALS	3
#define NR_PORTS	2	/* portal groups */

extern struct ktgt_target target;
extern struct ktgt_nexus *nexuses[NR_NEXUSES];

void target_start(void);
void target_stop(void);
void change_state(unsigned int nr, u8 state);
void open_nexuses(void);
void close_nexuses(void);
void reopen_nexus(unsigned int nr);
void reset_lu(unsigned int nr, u32 at);

#endif /* _KTGT_FUZZ_CDB_NEXUS_H */
