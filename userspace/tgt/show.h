/* SPDX-License-Identifier: GPL-2.0 */
/* The output of tgtadm. */
#ifndef KTGT_TGT_SHOW_H
#define KTGT_TGT_SHOW_H

#include <stdint.h>
#include <stdio.h>

#include "lib/view.h"

void tgt_show_targets(FILE *file, const struct view *view);
void tgt_show_params(FILE *file, const struct net *net,
		     const struct target *target);
void tgt_show_session(FILE *file, const struct param *param);
void tgt_show_conns(FILE *file, const struct vec *sessions, uint32_t tid);
void tgt_show_portals(FILE *file, const struct vec *portals);
void tgt_show_accounts(FILE *file, const struct vec *accounts);
void tgt_show_system(FILE *file, const struct net *net,
		     const struct vec *accounts);
void tgt_show_lld(FILE *file, const struct vec *targets);

#endif
