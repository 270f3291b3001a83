// SPDX-License-Identifier: GPL-2.0
/* Finding, comparing and copying members of structs by their attributes. */
#include "lib/field.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct field *object_field(const struct object *obj, uint16_t attr)
{
	size_t i;

	for (i = 0; i < obj->n_fields; i++)
		if (obj->fields[i].attr == attr)
			return &obj->fields[i];
	return NULL;
}

const struct field *object_field_named(const struct object *obj,
				       const char *name)
{
	size_t i;

	for (i = 0; i < obj->n_fields; i++)
		if (!strcmp(obj->fields[i].name, name))
			return &obj->fields[i];
	return NULL;
}

int field_enum(const struct field *f, const char *text, uint32_t *value)
{
	uint32_t i;

	for (i = 0; f->names[i]; i++) {
		if (!strcmp(f->names[i], text)) {
			*value = i;
			return 0;
		}
	}
	return -EINVAL;
}

void object_free(const struct object *obj, void *item)
{
	const struct field *f;
	size_t i;

	for (i = 0; i < obj->n_fields; i++) {
		f = &obj->fields[i];
		if (f->kind == FIELD_LIST)
			objects_free((struct vec *)((char *)item + f->off),
				     f->sub);
	}
}

void objects_free(struct vec *list, const struct object *obj)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		object_free(obj, list->items + i * list->size);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

const char *field_name(const struct field *f, uint32_t value)
{
	uint32_t i;

	for (i = 0; f->names[i]; i++)
		if (i == value)
			return f->names[i];
	return "unknown";
}

bool field_same(const struct field *f, const void *a, const void *b)
{
	const char *p = (const char *)a + f->off;
	const char *q = (const char *)b + f->off;

	if (f->kind == FIELD_STR)
		return !strcmp(p, q);
	return !memcmp(p, q, f->size);
}

void field_copy(const struct field *f, void *to, const void *from)
{
	SET((struct model *)to, f->attr);
	memcpy((char *)to + f->off, (const char *)from + f->off, f->size);
}
