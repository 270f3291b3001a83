/* SPDX-License-Identifier: GPL-2.0 */
/* Changes as command lines of tgtadm. */
#ifndef KTGT_APPLY_DESCRIBE_H
#define KTGT_APPLY_DESCRIBE_H

#include <stdint.h>

/* Prints what carries out the request @req of the command @cmd. */
void describe_change(uint8_t cmd, const void *req);

#endif
