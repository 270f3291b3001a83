/* SPDX-License-Identifier: GPL-2.0 */
/* Prints events, one on each line. */
#ifndef KTGT_CMD_EVENT_H
#define KTGT_CMD_EVENT_H

#include <stdint.h>
#include <time.h>

#include "lib/model.h"
#include "lib/out.h"

/*
 * Prints an event on its own line, with its time. @cmd says what it is; 0 means
 * that events were lost. The output is flushed.
 */
int print_event(enum out_format format, const struct timespec *when,
		uint8_t cmd, const struct event *event);

#endif
