/* SPDX-License-Identifier: GPL-2.0 */
/* Finding who listens on a port. */
#ifndef KTGT_LIB_FIND_PORT_H
#define KTGT_LIB_FIND_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model.h"

/*
 * Finds who listens on the port, and writes what can follow "is in use by ".
 * Processes are searched for @ms milliseconds. This time begins when the kernel
 * has said which socket it is, because the first request for that may wait
 * until a module is loaded.
 */
bool find_listener(const struct addr *addr, uint16_t port, unsigned int ms,
		   char *buf, size_t size);

#endif
