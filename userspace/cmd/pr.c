// SPDX-License-Identifier: GPL-2.0
/*
 * ktgtadm pr: persistent reservations. The kernel shows a logical unit first, and then
 * each of its registrations with it; here they are one object.
 */
#include "cmd/objects.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* the key of the list in JSON */
#define LIST_KEY	"reservations"
/* that a logical unit can have; a request has room for these */
#define REGISTRATIONS_MAX	512
/* of a key, in hexadecimal digits */
#define KEY_DIGITS	16

enum {
	/* behind all attributes of the kernel */
	ATTR_FILE = KTGT_A_RESERVATION_MAX + 1,
};

/* arguments of restore; the first members are those of struct reservation */
struct restore {
	struct reservation to;
	char file[KTGT_PATH_MAX + 1];
};

static const struct registration *first_of(const void *item)
{
	const struct reservation *reservation = item;

	return vec_at(&reservation->registration, 0);
}

static void holder_text(const void *item, char *buf, size_t size)
{
	const struct reservation *reservation = item;
	const struct registration *one = first_of(item);
	bool all = reservation->type == KTGT_RESERVATION_TYPE_WRITE_EXCLUSIVE_ALL ||
		   reservation->type == KTGT_RESERVATION_TYPE_EXCLUSIVE_ACCESS_ALL;

	snprintf(buf, size, "%s", !one ? "-" : all || one->holder ? "yes" : "no");
}

static const struct column columns[] = {
	{ "TARGET", KTGT_A_RESERVATION_TARGET_ID, NULL, true },
	{ "LUN", KTGT_A_RESERVATION_LUN, NULL, true },
	{ "TYPE", KTGT_A_RESERVATION_TYPE, NULL, false },
	{ "GENERATION", KTGT_A_RESERVATION_GENERATION, NULL, true },
	{ "APTPL", KTGT_A_RESERVATION_APTPL, NULL, false },
	{ "FAULT", KTGT_A_RESERVATION_FAULT, NULL, false },
	{ "KEY", FIRST_OF(KTGT_A_RESERVATION_REGISTRATION,
			  KTGT_A_REGISTRATION_KEY), NULL, false },
	{ "HOLDER", 0, holder_text, false },
	{ "PORT", FIRST_OF(KTGT_A_RESERVATION_REGISTRATION,
			   KTGT_A_REGISTRATION_PORT), NULL, false },
	{ NULL, 0, NULL, false }
};

static bool is_next_of(const struct reservation *next,
		       const struct reservation *before)
{
	return before && next->registration.n &&
	       next->target_id == before->target_id && next->lun == before->lun;
}

/* Appends all of @from; what is in its array belongs to @to then. */
static int move_registrations(struct reservation *to, struct reservation *from)
{
	struct registration *one, *copy;

	vec_for_each(one, &from->registration) {
		copy = vec_add(&to->registration, sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		*copy = *one;
	}
	SET(to, KTGT_A_RESERVATION_REGISTRATION);
	return 0;
}

/* One object for each logical unit. */
static int merge(const struct vec *answers, struct vec *list)
{
	struct reservation *answer, *last = NULL;
	int err;

	vec_for_each(answer, answers) {
		if (is_next_of(answer, last)) {
			err = move_registrations(last, answer);
			if (err)
				return err;
			continue;
		}
		last = vec_add(list, sizeof(*last));
		if (!last)
			return -ENOMEM;
		*last = *answer;
		last->registration = (struct vec){ 0 };
	}
	return 0;
}

/* A line for each registration, and one for a logical unit without any. */
static int keep_lines(const struct vec *answers, struct vec *list)
{
	const struct reservation *answer, *last = NULL;
	struct reservation *line;

	vec_for_each(answer, answers) {
		if (is_next_of(answer, last) && list->n &&
		    !last->registration.n)
			line = vec_at(list, list->n - 1);
		else
			line = vec_add(list, sizeof(*line));
		if (!line)
			return -ENOMEM;
		*line = *answer;
		last = answer;
	}
	return 0;
}

static int print(enum out_format format, const struct vec *answers)
{
	struct vec list = { 0 };
	int err;

	if (!out_is_json(format)) {
		err = keep_lines(answers, &list);
		if (!err)
			err = out_list(format, LIST_KEY, &reservation_object,
				       &list, columns);
		/* the arrays in it are those of @answers */
		free(list.items);
		return err;
	}
	err = merge(answers, &list);
	if (!err)
		err = out_list(format, LIST_KEY, &reservation_object, &list,
			       columns);
	objects_free(&list, &reservation_object);
	return err;
}

static int show_as(struct app *app, const struct reservation *want,
		   enum out_format format)
{
	struct vec answers = { 0 };
	int err;

	err = nl_dump(app->nl, KTGT_CMD_RESERVATION_LIST, &reservation_object,
		      want, &answers);
	if (!err)
		err = print(format, &answers);
	objects_free(&answers, &reservation_object);
	return err;
}

static int pr_show(struct app *app, const struct command *command,
		   struct request *req)
{
	(void)command;
	return show_as(app, req->obj, app->format);
}

/* As pr restore reads it. */
static int pr_dump(struct app *app, const struct command *command,
		   struct request *req)
{
	(void)command;
	return show_as(app, req->obj, OUT_JSON_PRETTY);
}

/* --- restore -------------------------------------------------------------- */

static int wrong(const char *file, const char *what)
{
	fprintf(stderr, "Error: %s: %s; it must be what \"ktgtadm pr dump\" has written\n",
		file, what);
	return EXIT_USAGE;
}

static bool read_key(const char *text, uint8_t *key, size_t size)
{
	unsigned int byte;
	size_t i;

	if (!text || strlen(text) != KEY_DIGITS ||
	    strspn(text, "0123456789abcdefABCDEF") != KEY_DIGITS)
		return false;
	for (i = 0; i < size; i++) {
		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			return false;
		key[i] = byte;
	}
	return true;
}

static bool read_registration(const json_t *from, struct registration *to)
{
	const char *port = json_string_value(json_object_get(from, "port"));
	const json_t *target_port = json_object_get(from, "target_port");

	if (!port || strlen(port) >= sizeof(to->port) ||
	    !read_key(json_string_value(json_object_get(from, "key")), to->key,
		      sizeof(to->key)))
		return false;
	strcpy(to->port, port);
	SET(to, KTGT_A_REGISTRATION_PORT);
	SET(to, KTGT_A_REGISTRATION_KEY);
	if (json_is_integer(target_port)) {
		to->target_port = json_integer_value(target_port);
		SET(to, KTGT_A_REGISTRATION_TARGET_PORT);
	}
	if (json_is_true(json_object_get(from, "holder")))
		SET(to, KTGT_A_REGISTRATION_HOLDER);
	return true;
}

static bool read_type(const json_t *from, struct reservation *to)
{
	const char *name = json_string_value(json_object_get(from, "type"));

	if (!name || field_enum(object_field(&reservation_object,
					     KTGT_A_RESERVATION_TYPE),
				name, &to->type))
		return false;
	SET(to, KTGT_A_RESERVATION_TYPE);
	return true;
}

static bool read_head(const json_t *from, struct reservation *to)
{
	const json_t *generation = json_object_get(from, "generation");
	const json_t *aptpl = json_object_get(from, "aptpl");

	if (!read_type(from, to) || !json_is_integer(generation) ||
	    !json_is_boolean(aptpl))
		return false;
	to->generation = json_integer_value(generation);
	SET(to, KTGT_A_RESERVATION_GENERATION);
	to->aptpl = json_is_true(aptpl);
	SET(to, KTGT_A_RESERVATION_APTPL);
	return true;
}

/* Returns 0, -ENOMEM, or an exit status after a message. */
static int read_one(const char *file, const json_t *from, struct reservation *to)
{
	const json_t *list = json_object_get(from, "registration");
	struct registration *one;
	size_t i;

	if (!read_head(from, to))
		return wrong(file, "type, generation or aptpl is missing");
	if (json_array_size(list) > REGISTRATIONS_MAX)
		return wrong(file, "it has more than 512 registrations");
	for (i = 0; i < json_array_size(list); i++) {
		one = vec_add(&to->registration, sizeof(*one));
		if (!one)
			return -ENOMEM;
		if (!read_registration(json_array_get(list, i), one))
			return wrong(file, "a registration has no port, or no key of 16 digits");
	}
	SET(to, KTGT_A_RESERVATION_REGISTRATION);
	return 0;
}

static int read_file(const char *file, struct reservation *to)
{
	json_error_t error;
	json_t *root, *list;
	int err;

	if (!strcmp(file, "-"))
		root = json_loadf(stdin, JSON_REJECT_DUPLICATES, &error);
	else
		root = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		fprintf(stderr, "Error: %s:%d: %s\n", file, error.line,
			error.text);
		return EXIT_USAGE;
	}
	list = json_object_get(json_object_get(root, "ktgt"), LIST_KEY);
	if (json_array_size(list) == 1)
		err = read_one(file, json_array_get(list, 0), to);
	else
		err = wrong(file, "it has not the reservations of one logical unit");
	json_decref(root);
	return err;
}

static int set(struct app *app, const struct reservation *to)
{
	return nl_request(app->nl, KTGT_CMD_RESERVATION_SET,
			  &reservation_object, to, NULL);
}

static int pr_restore(struct app *app, const struct command *command,
		      struct request *req)
{
	const struct restore *restore = req->obj;
	struct reservation to = {
		.target_id = restore->to.target_id,
		.lun = restore->to.lun,
	};
	int err;

	(void)command;
	SET(&to, KTGT_A_RESERVATION_TARGET_ID);
	SET(&to, KTGT_A_RESERVATION_LUN);
	err = read_file(restore->file, &to);
	if (!err)
		err = set(app, &to);
	object_free(&reservation_object, &to);
	return err;
}

static int pr_clear(struct app *app, const struct command *command,
		    struct request *req)
{
	(void)command;
	return set(app, req->obj);
}

/* --- words ---------------------------------------------------------------- */

static const struct field restore_fields[] = {
	{
		.attr = KTGT_A_RESERVATION_TARGET_ID,
		.kind = FIELD_U32,
		.off = offsetof(struct restore, to.target_id),
		.size = sizeof(uint32_t),
		.name = "target-id",
		.min = 1,
		.max = 65535,
	}, {
		.attr = KTGT_A_RESERVATION_LUN,
		.kind = FIELD_U32,
		.off = offsetof(struct restore, to.lun),
		.size = sizeof(uint32_t),
		.name = "lun",
		.max = KTGT_LUN_MAX,
	}, {
		.attr = ATTR_FILE,
		.kind = FIELD_STR,
		.off = offsetof(struct restore, file),
		.size = sizeof(((struct restore *)NULL)->file),
		.name = "file",
	},
};

static const struct object restore_object = {
	.name = "reservation",
	.size = sizeof(struct restore),
	.fields = restore_fields,
	.n_fields = sizeof(restore_fields) / sizeof(restore_fields[0]),
};

static const struct arg show_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_RESERVATION_TARGET_ID },
	{ "lun", "N", ARG_VALUE, 0, KTGT_A_RESERVATION_LUN },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg one_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED,
	  KTGT_A_RESERVATION_TARGET_ID },
	{ "lun", "N", ARG_VALUE, ARG_REQUIRED, KTGT_A_RESERVATION_LUN },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg restore_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED,
	  KTGT_A_RESERVATION_TARGET_ID },
	{ "lun", "N", ARG_VALUE, ARG_REQUIRED, KTGT_A_RESERVATION_LUN },
	{ "file", "FILE|-", ARG_VALUE, ARG_REQUIRED, ATTR_FILE },
	{ NULL, NULL, 0, 0, 0 }
};

const struct command pr_commands[] = {
	{ "show", "list reservations, and who is registered",
	  &reservation_object, show_args, KTGT_CMD_RESERVATION_LIST, pr_show },
	{ "dump", "print those of a logical unit, for restore",
	  &reservation_object, one_args, KTGT_CMD_RESERVATION_LIST, pr_dump },
	{ "restore", "give a logical unit what dump has written, instead of its own",
	  &restore_object, restore_args, KTGT_CMD_RESERVATION_SET, pr_restore },
	{ "clear", "take registrations and reservation away; initiators are told",
	  &reservation_object, one_args, KTGT_CMD_RESERVATION_SET, pr_clear },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
