/* SPDX-License-Identifier: GPL-2.0 */
/* Parameters of a logical unit that tgtadm changes. */
#ifndef KTGT_TGT_LU_PARAM_H
#define KTGT_TGT_LU_PARAM_H

#include "lib/nl.h"

/*
 * Sets a list of NAME=VALUE, in which empty items mean nothing. All of it is looked at
 * before anything is done. @lu is as the kernel has shown it. Returns 0, or an exit
 * status after a message.
 */
int lu_params_set(struct nl *nl, struct lu *lu, const char *text);

#endif /* KTGT_TGT_LU_PARAM_H */
