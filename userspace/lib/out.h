/* SPDX-License-Identifier: GPL-2.0 */
/* Objects as tables, as JSON, or as lines. */
#ifndef KTGT_LIB_OUT_H
#define KTGT_LIB_OUT_H

#include <stdbool.h>
#include <stddef.h>

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
 * A column shows an attribute of the item, or of the first element of a list in
 * the item, or the text that @text makes. JSON has all attributes that the
 * kernel reported, whatever the columns are.
 */
#define FIRST_OF(list, attr)	((list) << 8 | (attr))

struct column {
	const char *head;
	uint16_t attr;
	void (*text)(const void *item, char *buf, size_t size);
	bool right;
};

int out_list(enum out_format format, const char *key,
	     const struct object *obj, const struct vec *list,
	     const struct column *columns);

/* Prints one object completely, with a line for each attribute. */
int out_object(enum out_format format, const char *key,
	       const struct object *obj, const void *item);

/* The text of one field: exact, for machines, or with units, for people. */
void out_field_text(const struct field *f, const void *item, bool exact,
		    char *buf, size_t size);
/* Prints a text from outside, without characters that could harm a terminal. */
void out_clean(const char *text);

/* a line for each field: "NAME: VALUE", or raw "[KIND ]NAME VALUE" */
struct out_form {
	bool raw;
	int indent;
	const char *kind;	/* of the object, if there are several kinds */
};

void out_fields(const struct object *obj, const void *item,
		const struct out_form *form);

/*
 * Everything that the kernel reported of one object, or of a list of objects.
 */
struct json_t *out_object_json(const struct object *obj, const void *item);
struct json_t *out_list_json(const struct object *obj, const struct vec *list);

#endif
