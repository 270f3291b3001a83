/* SPDX-License-Identifier: GPL-2.0 */
/* Who listens on a port. */
#ifndef KTGT_LIB_FIND_PORT_H
#define KTGT_LIB_FIND_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model.h"

/*
 * Who listens on the port, in words that go on after "is in use by ". Processes are
 * looked at for @ms milliseconds, which begin when the kernel has said which socket
 * it is: the first who asks waits until a module is loaded for that.
 */
bool find_listener(const struct addr *addr, uint16_t port, unsigned int ms,
		   char *buf, size_t size);

#endif
