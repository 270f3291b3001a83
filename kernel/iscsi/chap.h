/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CHAP: the algorithms, the challenge, and the proofs.
 */
#ifndef _KTGT_ISCSI_CHAP_H
#define _KTGT_ISCSI_CHAP_H

#include <linux/types.h>
#include <uapi/linux/ktgt.h>

/* all algorithms, as bits */
#define KTGT_CHAP_ALL							\
	(KTGT_CHAP_ALGORITHM_MD5 | KTGT_CHAP_ALGORITHM_SHA1 |		\
	 KTGT_CHAP_ALGORITHM_SHA256 | KTGT_CHAP_ALGORITHM_SHA3_256)

struct ktgt_chap;
struct ktgt_chap_account;
struct ktgt_text_out;
struct ktgt_text_pair;

struct ktgt_chap *ktgt_chap_alloc(void);
void ktgt_chap_free(struct ktgt_chap *chap);
int ktgt_chap_start(struct ktgt_chap *chap, const struct ktgt_text_pair *a,
		    u32 allowed, struct ktgt_text_out *out);
void ktgt_chap_list(u32 allowed, char *text, size_t size);
int ktgt_chap_check(struct ktgt_chap *chap, const struct ktgt_text_pair *r,
		    const struct ktgt_chap_account *account,
		    const struct ktgt_chap_account *own);
int ktgt_chap_answer(struct ktgt_chap *chap, const struct ktgt_text_pair *i,
		     const struct ktgt_text_pair *c,
		     const struct ktgt_chap_account *account,
		     struct ktgt_text_out *out);

#endif /* _KTGT_ISCSI_CHAP_H */
