/* SPDX-License-Identifier: GPL-2.0 */
/* The native grammar: words to requests. */
#ifndef KTGT_CMD_REQUEST_H
#define KTGT_CMD_REQUEST_H

#include "cmd/grammar.h"

#define REQUEST_HELP	-1	/* is asked for instead */

/*
 * Fills the request from the words behind the verb. Returns 0, REQUEST_HELP, or
 * an exit status after a refusal, which is told on stderr.
 */
int request_parse(struct line *line, struct request *req);

#endif
