/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include "work.h"

/* Does the work on a block device, without any target. */
void raw_run(struct work *w, const char *device);

#endif
