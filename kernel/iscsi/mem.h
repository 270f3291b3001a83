/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of a connection, which go round.
 */
#ifndef _KTGT_ISCSI_MEM_H
#define _KTGT_ISCSI_MEM_H

#include <linux/types.h>

struct bio_vec;
struct ktgt_conn;

/* pages that are kept for the next command, 4 MiB */
#define KTGT_FREE_PAGES_MAX		1024
/* pages that are kept at most for what comes unasked: a FirstBurst */
#define KTGT_MIN_FREE_MAX		64

int ktgt_mem_init(struct ktgt_conn *conn);
void ktgt_mem_free(struct ktgt_conn *conn);
void ktgt_mem_prepare(struct ktgt_conn *conn);
void ktgt_mem_refill(struct ktgt_conn *conn, u32 want);
void ktgt_mem_shrink(struct ktgt_conn *conn);
bool ktgt_mem_take(struct ktgt_conn *conn, struct bio_vec *bvec, u32 nr);
void ktgt_mem_give(struct ktgt_conn *conn, const struct bio_vec *bvec, u32 nr);

#endif /* _KTGT_ISCSI_MEM_H */
