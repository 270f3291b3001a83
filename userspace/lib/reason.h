/* SPDX-License-Identifier: GPL-2.0 */
/* Why the kernel refused, for people. */
#ifndef KTGT_LIB_REASON_H
#define KTGT_LIB_REASON_H

#include "lib/nl.h"

/*
 * The kernel's text for the last request, or one for @err, a negative errno. Who has
 * the device or the port that is in use is added, and what would be right: it is
 * found in at most 200 ms, or said to be unknown.
 */
const char *nl_reason(struct nl *nl, int err);

#endif
