/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <stdint.h>

/* Serves one connection after the other on 127.0.0.1:@port, for ever. */
_Noreturn void floor_run(uint16_t port);

#endif
