/* SPDX-License-Identifier: GPL-2.0 */
/* A kernel that answers what a test told it to, and keeps what it was asked. */
#ifndef FAKE_NL_H
#define FAKE_NL_H

#include "lib/nl.h"

struct fake_call {
	uint8_t cmd;
	const struct object *obj;
	void *req;		/* a copy */
};

extern struct fake_call fake_calls[128];
extern size_t fake_n_calls;
extern int fake_open_err;

void fake_reset(void);
/* Drops the requests, keeps the answers. */
void fake_forget(void);
/* The next and all later requests of @cmd end with @err and @text. */
void fake_answer(uint8_t cmd, int err, const char *text);
/* The module is older, and does not know this attribute; 0: it knows all. */
extern uint16_t fake_unknown;
/* What a get or a list of @cmd finds; the test keeps it alive. */
void fake_reply(uint8_t cmd, const void *item);
void fake_list(uint8_t cmd, const struct vec *list);
/* The last request, which must have been @cmd. */
const void *fake_request(uint8_t cmd);

/*
 * Events that a listener gets, with an error instead if there is one; behind the
 * last one is -ECANCELED. The test keeps them alive.
 */
void fake_event(uint8_t cmd, const struct event *event, int err);
/* The groups that were joined, each with a blank behind it. */
extern char fake_joined[64];

#endif
