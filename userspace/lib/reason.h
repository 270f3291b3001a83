/* SPDX-License-Identifier: GPL-2.0 */
/* Why the kernel refused a request, for people. */
#ifndef KTGT_LIB_REASON_H
#define KTGT_LIB_REASON_H

#include "lib/nl.h"

/*
 * The kernel's text for the last request, or a text for @err, a negative errno.
 * If a device or a port is in use, this adds by whom, and what would be right.
 * The search takes at most 200 ms; if it finds nobody, the text says so.
 */
const char *nl_reason(struct nl *nl, int err);

#endif
