/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_CRC32C_H
#define BENCH_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The digest of a PDU's part, as it is in memory when it is on the wire. */
uint32_t crc32c(const void *data, size_t len);

#endif
