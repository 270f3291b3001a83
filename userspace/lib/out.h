/* SPDX-License-Identifier: GPL-2.0 */
/* The only file of the native grammar that prints results. */
#ifndef KTGT_LIB_OUT_H
#define KTGT_LIB_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "lib/model.h"

struct json_t;

#define OUT_VERSION	1	/* of the JSON layout */

enum out_format {
	OUT_TABLE,
	OUT_RAW,
	OUT_JSON,
	OUT_JSON_PRETTY,
};

bool out_is_json(enum out_format format);
/* Prints {"ktgt": {"version": 1, KEY: VALUE}} and drops @value. */
int out_json(enum out_format format, const char *key, struct json_t *value);

/*
 * A column shows an attribute, or what @text makes of the item. JSON has all
 * attributes that the kernel reported, whatever the columns are.
 */
struct column {
	const char *head;
	uint16_t attr;
	void (*text)(const void *item, char *buf, size_t size);
	bool right;
};

int out_list(enum out_format format, const char *key,
	     const struct object *obj, const struct vec *list,
	     const struct column *columns);

/* One object in full: a line for each attribute. */
int out_object(enum out_format format, const char *key,
	       const struct object *obj, const void *item);

/* Everything about one target. */
struct target_view {
	struct target target;
	struct vec portals;
	struct vec lus;
	struct vec acls;
	struct vec accounts;
	struct vec sessions;
};

int out_target(enum out_format format, const struct target_view *view);

/* What would become of an initiator: struct explain for each target. */
int out_explain(enum out_format format, const struct vec *list);

/*
 * An event on a line of its own, with its time; @cmd says what it is, and is 0
 * when events were lost. It is not kept back in a buffer.
 */
int out_event(enum out_format format, const struct timespec *when, uint8_t cmd,
	      const struct event *event);

#endif
