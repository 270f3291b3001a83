/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to the kernel, over netlink. */
#ifndef KTGT_LIB_NL_H
#define KTGT_LIB_NL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/model.h"

struct nl;

/*
 * Returns 0 or a negative errno. -ENOENT means that the kernel does not know
 * the family, because the module is not loaded.
 */
int nl_open(struct nl **nl);
void nl_close(struct nl *nl);

/*
 * The kernel's text about the last request: the reason of a refusal, or a
 * warning after a success; empty if there is none.
 */
const char *nl_text(const struct nl *nl);

/* Replaces this text, after more was found out. */
void nl_say(struct nl *nl, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Sends the attributes that are set in @req and waits for the answer. If @reply
 * is not NULL, it is filled from the answer. Both are structs that @obj
 * describes. Returns 0 or the kernel's negative errno.
 */
int nl_request(struct nl *nl, uint8_t cmd, const struct object *obj,
	       const void *req, void *reply);

/*
 * Whether the last request was refused because the module, an older one, does not know
 * this attribute.
 */
bool nl_unknown(const struct nl *nl, uint16_t attr);

/*
 * A transaction. After nl_begin(), changes are only collected; a request that
 * makes no sense is refused at once. nl_commit() makes all changes or none. It
 * returns -ESTALE if the configuration does not have the generation @generation
 * any more; 0 means any generation. nl_abort() discards the changes.
 */
int nl_begin(struct nl *nl);
int nl_commit(struct nl *nl, uint64_t generation);
void nl_abort(struct nl *nl);

/*
 * Appends every object that the kernel reports to @list. If a change of the
 * configuration interrupts the dump, the dump is repeated.
 */
int nl_dump(struct nl *nl, uint8_t cmd, const struct object *obj,
	    const void *req, struct vec *list);

/*
 * Receives the events of a multicast group from now on. -EOPNOTSUPP means that
 * the module has no such group.
 */
int nl_join(struct nl *nl, const char *group);

/*
 * Waits for the next event of the joined groups. It fills @event, a struct that
 * @obj describes, and @cmd, which says what it is. -ENOBUFS means that events
 * were lost, because they were not read fast enough.
 */
int nl_event(struct nl *nl, const struct object *obj, void *event,
	     uint8_t *cmd);

#endif
