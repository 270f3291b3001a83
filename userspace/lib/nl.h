/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to the kernel. No other file knows how they travel. */
#ifndef KTGT_LIB_NL_H
#define KTGT_LIB_NL_H

#include <stdint.h>

#include "lib/model.h"

struct nl;

/*
 * Returns 0 or a negative errno; -ENOENT says that the kernel does not know
 * the family, which means that the module is not loaded.
 */
int nl_open(struct nl **nl);
void nl_close(struct nl *nl);

/*
 * What the kernel said about the last request: the reason of a refusal, or a
 * warning after a success; empty when it said nothing.
 */
const char *nl_text(const struct nl *nl);

/* Puts other words in its place, when more has been found out. */
void nl_say(struct nl *nl, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Sends the attributes that @req holds and waits for the end of the request.
 * @reply, when it is not NULL, is filled from the answer. Both are structs
 * that @obj describes. Returns 0 or the kernel's negative errno.
 */
int nl_request(struct nl *nl, uint8_t cmd, const struct object *obj,
	       const void *req, void *reply);

/*
 * A transaction: what is requested after nl_begin() is understood, or refused,
 * at once, and carried out by nl_commit(), all of it or nothing. @generation is
 * what the configuration must still have, 0 if that does not matter; -ESTALE
 * says that it has changed. nl_abort() forgets what was requested.
 */
int nl_begin(struct nl *nl);
int nl_commit(struct nl *nl, uint64_t generation);
void nl_abort(struct nl *nl);

/*
 * Appends every object that the kernel reports to @list. A dump that was torn
 * by a change of the configuration is repeated.
 */
int nl_dump(struct nl *nl, uint8_t cmd, const struct object *obj,
	    const void *req, struct vec *list);

/*
 * Hears what the kernel tells a multicast group from now on. -EOPNOTSUPP says
 * that the module has no such group.
 */
int nl_join(struct nl *nl, const char *group);

/*
 * Waits for the next event of the groups that were joined. @event, a struct
 * that @obj describes, is filled from it, and @cmd says what it is. -ENOBUFS
 * says that the kernel had more to tell than was taken: events were lost.
 */
int nl_event(struct nl *nl, const struct object *obj, void *event,
	     uint8_t *cmd);

#endif
