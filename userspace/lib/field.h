/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For each object of a configuration, a table says which netlink attribute
 * belongs to which member of its struct. nl.c, the parser of values and out.c
 * use the tables. They are in spec.c, which is generated from the specification
 * of the protocol.
 */
#ifndef KTGT_LIB_FIELD_H
#define KTGT_LIB_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/vec.h"

enum field_kind {
	FIELD_U8,
	FIELD_BOOL,	/* u8 on the wire, true or false in JSON */
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_SIZE,	/* u64, bytes */
	FIELD_ENUM,	/* u32, named by field.names */
	FIELD_FLAGS,	/* u32, bits that are named by field.names */
	FIELD_KEY,	/* FIELD_ENUM, or a number, or "default" */
	FIELD_KEY_FLAGS,	/* FIELD_FLAGS, one at least, or "default" */
	FIELD_FLAG,
	FIELD_STR,
	FIELD_ADDR,	/* struct addr */
	FIELD_ID,	/* struct id, of field.min to field.max bytes */
	FIELD_U32S,	/* struct u32s */
	FIELD_U64S,	/* struct u64s; never in a request */
	FIELD_BIN,	/* field.size bytes exactly */
	FIELD_NEST,	/* one struct described by field.sub */
	FIELD_LIST,	/* struct vec of structs described by field.sub */
};

/*
 * unit of a number, for people; raw output and JSON have only the number. Of an
 * identifier: how it is written.
 */
enum field_unit {
	UNIT_NONE,
	UNIT_SECONDS,
	UNIT_USECS,
	UNIT_DATE,	/* seconds since 1970 */
	/* for settings: the number as the user gives it, and its unit */
	UNIT_SET_SECONDS,
	UNIT_SET_USECS,
	UNIT_SET_MIB,
	UNIT_HEX,	/* 0x and digits */
	UNIT_UUID,	/* with hyphens */
};

struct object;

struct field {
	uint16_t attr;
	uint8_t kind;
	uint8_t unit;
	size_t off;
	size_t size;
	const char *name;		/* the attribute's name in the spec */
	uint32_t min, max;		/* limits of a number; both 0: none */
	const char *const *names;	/* of values or bits; ends with NULL */
	const struct object *sub;	/* FIELD_NEST, FIELD_LIST */
};

struct object {
	const char *name;
	size_t size;
	const struct field *fields;
	size_t n_fields;
};

/*
 * Every struct of the model begins with a bit for each attribute that is set.
 */
struct model {
	uint64_t has;
};

#define HAS(m, attr)	(!!((m)->has & (UINT64_C(1) << (attr))))
#define SET(m, attr)	((m)->has |= UINT64_C(1) << (attr))

struct addr {
	uint8_t len;	/* 4, 16, or 0 for none */
	uint8_t byte[16];
};

#define ID_MAX	16

struct id {
	uint8_t len;	/* 0 for none */
	uint8_t byte[ID_MAX];
};

#define U32S_MAX	256

struct u32s {
	uint32_t n;
	uint32_t value[U32S_MAX];
};

#define U64S_MAX	64

struct u64s {
	uint32_t n;
	uint64_t value[U64S_MAX];
};

const struct field *object_field(const struct object *obj, uint16_t attr);
const struct field *object_field_named(const struct object *obj,
				       const char *name);
int field_enum(const struct field *f, const char *text, uint32_t *value);
/* The name of a value; "unknown" for one that a newer module has added. */
const char *field_name(const struct field *f, uint32_t value);

/* Whether a field is the same in two structs; and copying a field. */
bool field_same(const struct field *f, const void *a, const void *b);
void field_copy(const struct field *f, void *to, const void *from);

/*
 * Frees the items and the array, and the arrays in the items, which @obj
 * describes.
 */
void objects_free(struct vec *list, const struct object *obj);
void object_free(const struct object *obj, void *item);

#endif
