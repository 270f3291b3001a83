/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The target, and the namespace that it is in.
 */
#ifndef _KTGT_FUZZ_PDU_TARGET_H
#define _KTGT_FUZZ_PDU_TARGET_H

#include "../../../kernel/core/net.h"
#include "../../../kernel/core/target.h"

extern struct ktgt_net kn;
extern bool interval_changed;
extern struct ktgt_portal portal;
extern struct ktgt_target target;

void target_start(void);
void target_stop(void);

#endif /* _KTGT_FUZZ_PDU_TARGET_H */
