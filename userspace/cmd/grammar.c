// SPDX-License-Identifier: GPL-2.0
/* The native grammar: looking things up in its tables. */
#include "cmd/grammar.h"

#include <string.h>

const struct command *command_find(const struct noun *noun, const char *verb)
{
	const struct command *command;

	for (command = noun->commands; command->verb; command++)
		if (!strcmp(command->verb, verb))
			return command;
	return NULL;
}

const struct arg *arg_find(const struct command *command, const char *key)
{
	const struct arg *arg;

	for (arg = command->args; arg->key; arg++)
		if (!strcmp(arg->key, key))
			return arg;
	return NULL;
}

bool arg_is_word(const struct command *command, const struct arg *arg)
{
	if (arg->kind == ARG_DISCOVERY)
		return true;
	return arg->kind == ARG_VALUE &&
	       object_field(command->obj, arg->attr)->kind == FIELD_FLAG;
}

void arg_meta(const struct command *command, const struct arg *arg, char *buf,
	      size_t size)
{
	const struct field *f;
	size_t i, n = 0;

	if (arg->meta || arg->kind != ARG_VALUE) {
		snprintf(buf, size, "%s", arg->meta ? arg->meta : "");
		return;
	}
	f = object_field(command->obj, arg->attr);
	switch (f->kind) {
	case FIELD_BOOL:
		snprintf(buf, size, "on|off");
		break;
	case FIELD_STR:
		snprintf(buf, size, "TEXT");
		break;
	case FIELD_SIZE:
		snprintf(buf, size, "SIZE");
		break;
	case FIELD_KEY:
	case FIELD_KEY_FLAGS:
		n = snprintf(buf, size, f->names ? "default|" : "default|N");
		/* fall through */
	case FIELD_ENUM:
		for (i = 0; f->names && f->names[i] && n < size; i++)
			n += snprintf(buf + n, size - n, "%s%s", i ? "|" : "",
				      f->names[i]);
		/* a list of them; completion knows this end */
		if (f->kind == FIELD_KEY_FLAGS && n < size)
			snprintf(buf + n, size - n, ",...");
		break;
	default:
		snprintf(buf, size, "N");
		break;
	}
}

void arg_text(const struct command *command, const struct arg *arg, char *buf,
	      size_t size)
{
	char meta[64];

	arg_meta(command, arg, meta, sizeof(meta));
	if (arg_is_word(command, arg))
		snprintf(buf, size, "%s", arg->key);
	else if (arg->flags & ARG_FIRST)
		snprintf(buf, size, "%s", meta);
	else
		snprintf(buf, size, "%s %s", arg->key, meta);
}

bool is_help_option(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

bool is_help(const char *word)
{
	return !strcmp(word, "help") || is_help_option(word);
}
