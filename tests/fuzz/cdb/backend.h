/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The backend, which the fuzzer plays.
 */
#ifndef _KTGT_FUZZ_CDB_BACKEND_H
#define _KTGT_FUZZ_CDB_BACKEND_H

#include "../../../kernel/backend/backend.h"
#include "../input.h"

struct fake {
	struct ktgt_backend		be;
	struct ktgt_backend_caps	caps;
	u64				max_size;	/* that it ever had */
};

struct fake *to_fake(struct ktgt_backend *be);
void complete_later(unsigned int nr);
void complete_rest(void);
void change_size(struct input *in);

#endif /* _KTGT_FUZZ_CDB_BACKEND_H */
