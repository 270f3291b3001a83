// SPDX-License-Identifier: GPL-2.0
/* Results as tables (libsmartcols), as JSON (jansson) or raw. */
#include "lib/out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <libsmartcols/libsmartcols.h>

#include "lib/clean.h"
#include "lib/parse.h"

#define CELL_MAX	(KTGT_PATH_MAX + 1)

static const void *member(const struct field *f, const void *item)
{
	return (const char *)item + f->off;
}

static uint64_t number(const struct field *f, const void *p)
{
	switch (f->size) {
	case 1:
		return *(const uint8_t *)p;
	case 2:
		return *(const uint16_t *)p;
	case 4:
		return *(const uint32_t *)p;
	}
	return *(const uint64_t *)p;
}

static void hex_text(const uint8_t *p, size_t n, char *buf)
{
	while (n--)
		buf += sprintf(buf, "%02x", *p++);
}

/* A UUID is 8-4-4-4-12 digits. */
static void id_text(const struct field *f, const struct id *id, char *buf)
{
	uint8_t i;

	if (f->unit == UNIT_HEX)
		buf += sprintf(buf, "0x");
	for (i = 0; i < id->len; i++) {
		if (f->unit == UNIT_UUID && i >= 4 && i <= 10 && i % 2 == 0)
			*buf++ = '-';
		hex_text(&id->byte[i], 1, buf);
		buf += 2;
	}
	*buf = '\0';
}

static void u32s_text(const struct u32s *list, char *buf, size_t size)
{
	size_t n = 0;
	uint32_t i;

	*buf = '\0';
	for (i = 0; i < list->n && n < size; i++)
		n += snprintf(buf + n, size - n, "%s%u", i ? "," : "",
			      list->value[i]);
}

static void u64s_text(const struct u64s *list, char *buf, size_t size)
{
	size_t n = 0;
	uint32_t i;

	*buf = '\0';
	for (i = 0; i < list->n && n < size; i++)
		n += snprintf(buf + n, size - n, "%s%" PRIu64, i ? "," : "",
			      list->value[i]);
}

static void unit_text(const struct field *f, uint64_t value, char *buf,
		      size_t size)
{
	switch (f->unit) {
	case UNIT_SECONDS:
		seconds_text(value, buf, size);
		break;
	case UNIT_USECS:
		usecs_text(value, buf, size);
		break;
	case UNIT_DATE:
		date_text(value, buf, size);
		break;
	case UNIT_SET_SECONDS:
		snprintf(buf, size, "%" PRIu64 " s", value);
		break;
	case UNIT_SET_USECS:
		snprintf(buf, size, "%" PRIu64 " us", value);
		break;
	case UNIT_SET_MIB:
		snprintf(buf, size, "%" PRIu64 " MiB", value);
		break;
	default:
		snprintf(buf, size, "%" PRIu64, value);
		break;
	}
}

static void number_text(const struct field *f, uint64_t value, bool exact,
			char *buf, size_t size)
{
	if (f->names)
		snprintf(buf, size, "%s", field_name(f, value));
	else if (f->kind == FIELD_BOOL)
		snprintf(buf, size, "%s", value ? "on" : "off");
	else if (exact)
		snprintf(buf, size, "%" PRIu64, value);
	else if (f->kind == FIELD_SIZE)
		size_text(value, buf, size);
	else
		unit_text(f, value, buf, size);
}

void out_field_text(const struct field *f, const void *item, bool exact,
		    char *buf, size_t size)
{
	const void *p = member(f, item);

	switch (f->kind) {
	case FIELD_FLAG:
		snprintf(buf, size, "%s", *(const bool *)p ? "yes" : "no");
		break;
	case FIELD_STR:
		snprintf(buf, size, "%s", (const char *)p);
		break;
	case FIELD_ADDR:
		addr_text(p, buf, size);
		break;
	case FIELD_ID:
		id_text(f, p, buf);
		break;
	case FIELD_FLAGS:
		flags_text(f, number(f, p), " ", buf, size);
		break;
	case FIELD_KEY_FLAGS:
		flags_text(f, number(f, p), ",", buf, size);
		break;
	case FIELD_U32S:
		u32s_text(p, buf, size);
		break;
	case FIELD_U64S:
		u64s_text(p, buf, size);
		break;
	case FIELD_BIN:
		hex_text(p, f->size, buf);
		break;
	case FIELD_NEST:
	case FIELD_LIST:
		*buf = '\0';
		break;
	default:
		number_text(f, number(f, p), exact, buf, size);
		break;
	}
}

/* JSON */

json_t *out_list_json(const struct object *obj, const struct vec *list)
{
	json_t *array = json_array();
	const void *item;

	vec_for_each(item, list)
		json_array_append_new(array, out_object_json(obj, item));
	return array;
}

static json_t *string_json(const char *text)
{
	char *clean = clean_text(text);
	json_t *json = json_string(clean ? clean : "");

	free(clean);
	return json;
}

static json_t *flags_json(const struct field *f, uint32_t value)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; f->names[i]; i++)
		if (value & 1u << i)
			json_array_append_new(array, json_string(f->names[i]));
	return array;
}

static json_t *u64s_json(const struct u64s *list)
{
	json_t *array = json_array();
	uint32_t i;

	for (i = 0; i < list->n; i++)
		json_array_append_new(array, json_integer(list->value[i]));
	return array;
}

static json_t *field_json(const struct field *f, const void *item)
{
	const void *p = member(f, item);
	char buf[128];

	if (f->kind == FIELD_KEY && !f->names)
		return json_integer(number(f, p));
	switch (f->kind) {
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_SIZE:
		return json_integer(number(f, p));
	case FIELD_BOOL:
		return json_boolean(number(f, p));
	case FIELD_FLAG:
		return json_boolean(*(const bool *)p);
	case FIELD_FLAGS:
	case FIELD_KEY_FLAGS:
		return flags_json(f, number(f, p));
	case FIELD_U64S:
		return u64s_json(p);
	case FIELD_STR:
		return string_json(p);
	case FIELD_NEST:
		return out_object_json(f->sub, p);
	case FIELD_LIST:
		return out_list_json(f->sub, p);
	default:
		out_field_text(f, item, true, buf, sizeof(buf));
		return json_string(buf);
	}
}

/* Whether a field is only in requests; the kernel never reports it. */
static bool is_input(const struct field *f)
{
	return f->kind == FIELD_FLAG && (!strcmp(f->name, "force") ||
					 !strcmp(f->name, "absent") ||
					 !strcmp(f->name, "detach") ||
					 !strcmp(f->name, "threshold-reached") ||
					 !strcmp(f->name, "device-write-cache"));
}

json_t *out_object_json(const struct object *obj, const void *item)
{
	const struct model *m = item;
	json_t *json = json_object();
	const struct field *f;
	char key[64];
	char *p;

	for (f = obj->fields; f < obj->fields + obj->n_fields; f++) {
		/* a flag that is not set is false; other fields are unknown */
		if (!HAS(m, f->attr) && f->kind != FIELD_FLAG)
			continue;
		if (is_input(f))
			continue;
		snprintf(key, sizeof(key), "%s", f->name);
		for (p = key; *p; p++)
			if (*p == '-')
				*p = '_';
		json_object_set_new(json, key, field_json(f, item));
	}
	return json;
}

int out_json(enum out_format format, const char *key, json_t *value)
{
	size_t flags = format == OUT_JSON_PRETTY ? JSON_INDENT(2) :
						   JSON_COMPACT;
	json_t *root;
	int err;

	root = json_pack("{s:{s:i,s:o}}", "ktgt", "version", OUT_VERSION, key,
			 value);
	if (!root)
		return -ENOMEM;
	err = json_dumpf(root, stdout, flags);
	json_decref(root);
	putchar('\n');
	return err ? -EIO : 0;
}

bool out_is_json(enum out_format format)
{
	return format == OUT_JSON || format == OUT_JSON_PRETTY;
}

/* Tables */

static void cell_text(const struct object *obj, const struct column *col,
		      const void *item, bool exact, char *buf, size_t size)
{
	const struct model *m = item;
	const struct field *f;

	if (col->text) {
		col->text(item, buf, size);
		return;
	}
	if (col->attr >> 8) {
		f = object_field(obj, col->attr >> 8);
		obj = f->sub;
		item = vec_at(member(f, item), 0);
		m = item;
	}
	f = object_field(obj, col->attr & 0xff);
	if (m && (HAS(m, f->attr) || f->kind == FIELD_FLAG))
		out_field_text(f, item, exact, buf, size);
	else
		snprintf(buf, size, "-");
}

static int fill_table(struct libscols_table *table, const struct object *obj,
		      const struct vec *list, const struct column *columns,
		      bool exact)
{
	struct libscols_line *line;
	char buf[CELL_MAX];
	const void *item;
	size_t i;
	int err;

	for (i = 0; columns[i].head; i++)
		if (!scols_table_new_column(table, columns[i].head, 0,
					    columns[i].right ?
					    SCOLS_FL_RIGHT : 0))
			return -ENOMEM;
	vec_for_each(item, list) {
		line = scols_table_new_line(table, NULL);
		if (!line)
			return -ENOMEM;
		for (i = 0; columns[i].head; i++) {
			cell_text(obj, &columns[i], item, exact, buf,
				  sizeof(buf));
			err = scols_line_set_data(line, i, buf);
			if (err)
				return err;
		}
	}
	return 0;
}

int out_list(enum out_format format, const char *key,
	     const struct object *obj, const struct vec *list,
	     const struct column *columns)
{
	struct libscols_table *table;
	int err;

	if (out_is_json(format))
		return out_json(format, key, out_list_json(obj, list));
	table = scols_new_table();
	if (!table)
		return -ENOMEM;
	scols_table_enable_raw(table, format == OUT_RAW);
	scols_table_enable_noheadings(table, format == OUT_RAW);
	err = fill_table(table, obj, list, columns, format == OUT_RAW);
	if (!err)
		err = scols_print_table(table);
	scols_unref_table(table);
	return err;
}

/* Blocks */

void out_clean(const char *text)
{
	char *clean = clean_text(text);

	fputs(clean ? clean : "", stdout);
	free(clean);
}

static void print_field(const struct field *f, const void *item,
			const struct out_form *form)
{
	struct out_form below = *form;
	const void *p = member(f, item);
	char buf[CELL_MAX];
	const void *sub;

	if (form->kind)
		below.kind = f->name;
	if (f->kind == FIELD_NEST) {
		out_fields(f->sub, p, &below);
		return;
	}
	if (f->kind == FIELD_LIST) {
		below.indent += form->raw ? 0 : 2;
		vec_for_each(sub, (const struct vec *)p)
			out_fields(f->sub, sub, &below);
		return;
	}
	out_field_text(f, item, form->raw, buf, sizeof(buf));
	printf("%*s%s%s%s%s ", form->indent, "", form->kind ? form->kind : "",
	       form->kind ? " " : "", f->name, form->raw ? "" : ":");
	out_clean(buf);
	putchar('\n');
}

void out_fields(const struct object *obj, const void *item,
		const struct out_form *form)
{
	const struct model *m = item;
	const struct field *f;

	for (f = obj->fields; f < obj->fields + obj->n_fields; f++)
		if (HAS(m, f->attr))
			print_field(f, item, form);
}

int out_object(enum out_format format, const char *key,
	       const struct object *obj, const void *item)
{
	const struct out_form form = { .raw = format == OUT_RAW };

	if (out_is_json(format))
		return out_json(format, key, out_object_json(obj, item));
	out_fields(obj, item, &form);
	return 0;
}
