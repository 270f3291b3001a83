/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The workers of a store.
 */
#ifndef _KTGT_BACKEND_WORKER_H
#define _KTGT_BACKEND_WORKER_H

#include <linux/types.h>

#include "store.h"

int ktgt_store_own_queue(struct ktgt_store *store);
bool ktgt_store_has_detour(struct ktgt_store *store);
bool ktgt_store_uses_workers(struct ktgt_store *store);
void ktgt_store_slept(struct ktgt_store *store, unsigned long began);
void ktgt_store_defer(struct ktgt_store *store, struct ktgt_io_job *job,
		      enum ktgt_store_line_nr nr);
int ktgt_workers_init(void);
void ktgt_workers_exit(void);

#endif /* _KTGT_BACKEND_WORKER_H */
