/* SPDX-License-Identifier: GPL-2.0 */
/* Changes as command lines of tgtadm. */
#ifndef KTGT_APPLY_DESCRIBE_H
#define KTGT_APPLY_DESCRIBE_H

#include <stdint.h>

/* Prints the command line that does the same as the request @req of @cmd. */
void describe_change(uint8_t cmd, const void *req);

#endif
