/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The backend, which the fuzzer plays.
 */
#ifndef _KTGT_FUZZ_CDB_BACKEND_H
#define _KTGT_FUZZ_CDB_BACKEND_H

#include "../../../kernel/backend/backend.h"
#include "../../../kernel/backend/store.h"
#include "../input.h"

struct fake {
	struct ktgt_store		store;
	struct ktgt_backend_caps	caps;
	u64				max_size;	/* that it ever had */
	u32				nr;		/* of all, from 1 on */
	bool				closed;
};

struct ktgt_lu;

struct fake *fake_of(const struct ktgt_lu *lu);
struct fake *to_fake(struct ktgt_store *store);
void complete_later(unsigned int nr);
void complete_all_later(void);
void change_size(struct input *in);

#endif /* _KTGT_FUZZ_CDB_BACKEND_H */
