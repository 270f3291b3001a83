/* SPDX-License-Identifier: GPL-2.0 */
/* The native grammar: from words to requests. */
#ifndef KTGT_CMD_REQUEST_H
#define KTGT_CMD_REQUEST_H

#include "cmd/grammar.h"

#define REQUEST_HELP	-1	/* the user asks for help */

/*
 * Fills the request from the words after the verb. Returns 0, REQUEST_HELP, or
 * an exit status after a message on stderr.
 */
int request_parse(struct line *line, struct request *req);

#endif
