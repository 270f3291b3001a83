/* SPDX-License-Identifier: GPL-2.0 */
/* Why the kernel refused, for people. */
#ifndef KTGT_LIB_REASON_H
#define KTGT_LIB_REASON_H

#include "lib/nl.h"

/* The kernel's text for the last request, or one for @err, a negative errno. */
const char *nl_reason(const struct nl *nl, int err);

#endif
