/* SPDX-License-Identifier: GPL-2.0 */
/* What a target of these tests offers. */
#ifndef _KTGT_FUZZ_TEXT_OURS_H
#define _KTGT_FUZZ_TEXT_OURS_H

#include "../../kernel/iscsi/text.h"

static const u32 ours[KTGT_NR_KEYS] = {
	[KTGT_KEY_MAX_CONNECTIONS] = 1,
	[KTGT_KEY_IMMEDIATE_DATA] = true,
	[KTGT_KEY_MAX_BURST] = 1048576,
	[KTGT_KEY_FIRST_BURST] = 262144,
	[KTGT_KEY_MAX_R2T] = 8,
	[KTGT_KEY_DATA_PDU_IN_ORDER] = true,
	[KTGT_KEY_DATA_SEQUENCE_IN_ORDER] = true,
	[KTGT_KEY_PROTOCOL_LEVEL] = 2,
};

#endif
