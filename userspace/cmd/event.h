/* SPDX-License-Identifier: GPL-2.0 */
/* Events, one on a line. */
#ifndef KTGT_CMD_EVENT_H
#define KTGT_CMD_EVENT_H

#include <stdint.h>
#include <time.h>

#include "lib/model.h"
#include "lib/out.h"

/*
 * An event on a line of its own, with its time; @cmd says what it is, and is 0
 * when events were lost. It is not kept back in a buffer.
 */
int print_event(enum out_format format, const struct timespec *when,
		uint8_t cmd, const struct event *event);

#endif
