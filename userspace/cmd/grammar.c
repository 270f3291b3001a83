// SPDX-License-Identifier: GPL-2.0
/* The native grammar: tables to usage, words to requests. */
#include "cmd/grammar.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"
#include "lib/secret.h"

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

/* Usage */

static bool arg_is_word(const struct command *command, const struct arg *arg)
{
	if (arg->kind == ARG_DISCOVERY)
		return true;
	return arg->kind == ARG_VALUE &&
	       object_field(command->obj, arg->attr)->kind == FIELD_FLAG;
}

static void arg_meta(const struct command *command, const struct arg *arg,
		     char *buf, size_t size)
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
		n = snprintf(buf, size, f->names ? "default|" : "default|N");
		/* fall through */
	case FIELD_ENUM:
		for (i = 0; f->names && f->names[i] && n < size; i++)
			n += snprintf(buf + n, size - n, "%s%s", i ? "|" : "",
				      f->names[i]);
		break;
	default:
		snprintf(buf, size, "N");
		break;
	}
}

static void usage_arg(FILE *file, const struct command *command,
		      const struct arg *arg)
{
	bool optional = !(arg->flags & ARG_REQUIRED);
	char meta[64];

	arg_meta(command, arg, meta, sizeof(meta));
	fprintf(file, optional ? " [" : " ");
	if (arg_is_word(command, arg))
		fprintf(file, "%s", arg->key);
	else if (arg->flags & ARG_FIRST)
		fprintf(file, "%s", meta);
	else
		fprintf(file, "%s %s", arg->key, meta);
	fprintf(file, optional ? "]" : "");
}

void usage_noun(FILE *file, const struct noun *noun)
{
	const struct command *command;
	const struct arg *arg;

	for (command = noun->commands; command->verb; command++) {
		fprintf(file, "%s ktgtadm %s %s",
			command == noun->commands ? "Usage:" : "      ",
			noun->name, command->verb);
		for (arg = command->args; arg->key; arg++)
			usage_arg(file, command, arg);
		fprintf(file, "\n           %s\n", command->help);
	}
}

void dump_command(const struct noun *noun, const struct command *command)
{
	const struct arg *arg;
	char meta[64];

	printf("%s %s", noun->name, command->verb);
	for (arg = command->args; arg->key; arg++) {
		arg_meta(command, arg, meta, sizeof(meta));
		printf(" %s", arg->key);
		if (!arg_is_word(command, arg))
			printf("=%s", meta);
		if (arg->flags & ARG_FIRST)
			putchar('*');
		if (arg->flags & ARG_REQUIRED)
			putchar('!');
	}
	putchar('\n');
}

/* Words to requests */

static int fill_portal(const char *text, struct portal *portal,
		       const char **why)
{
	portal->port = 3260;
	SET(portal, KTGT_A_PORTAL_PORT);
	return parse_portal(text, &portal->address, &portal->port, why);
}

static int fill_prefix(const char *text, struct acl *acl, const char **why)
{
	int err = parse_prefix(text, &acl->address, &acl->prefix_len, why);

	if (strchr(text, '/'))
		SET(acl, KTGT_A_ACL_PREFIX_LEN);
	return err;
}

/* Objects other than targets know a target by its number alone. */
static int fill_target(const struct command *command, const char *text,
		       struct request *req, const char **why)
{
	struct target *target = req->obj;
	const struct field *f;

	if (isdigit((unsigned char)text[0])) {
		f = object_field_named(command->obj,
				       command->obj == &target_object ?
				       "id" : "target-id");
		SET((struct model *)req->obj, f->attr);
		return parse_u32(text, (void *)((char *)req->obj + f->off),
				 why);
	}
	if (parse_iscsi_name(text, why))
		return -EINVAL;
	if (command->obj != &target_object) {
		req->target = text;
		return 0;
	}
	SET(target, KTGT_A_TARGET_NAME);
	strcpy(target->name, text);
	return 0;
}

/* The kernel is asked by the name itself, which it need not know. */
static int fill_asked(const struct command *command, const struct arg *arg,
		      const char *text, struct request *req, const char **why)
{
	const struct field *f = object_field(command->obj, arg->attr);

	if (isdigit((unsigned char)text[0]))
		return fill_target(command, text, req, why);
	if (parse_iscsi_name(text, why))
		return -EINVAL;
	SET((struct model *)req->obj, f->attr);
	strcpy((char *)req->obj + f->off, text);
	return 0;
}

static int fill(const struct command *command, const struct arg *arg,
		const char *text, struct request *req, const char **why)
{
	const struct field *f = object_field(command->obj, arg->attr);
	char *p = f ? (char *)req->obj + f->off : NULL;

	if (arg->kind == ARG_TARGET)
		return fill_target(command, text, req, why);
	if (arg->kind == ARG_TARGET_ASKED)
		return fill_asked(command, arg, text, req, why);
	SET((struct model *)req->obj, f->attr);
	switch (arg->kind) {
	case ARG_NAME:
		if (parse_iscsi_name(text, why))
			return -EINVAL;
		strcpy(p, text);
		return 0;
	case ARG_DISCOVERY:
		return 0;
	case ARG_PORTAL:
		return fill_portal(text, req->obj, why);
	case ARG_PREFIX:
		return fill_prefix(text, req->obj, why);
	case ARG_ADDRESS:
		return parse_addr(text, (void *)p, why);
	case ARG_PATH:
		return path_absolute(text, p, f->size, why);
	case ARG_SECRET:
		return secret_load(text, p, why);
	}
	if (f->kind != FIELD_FLAG)
		return parse_field(f, text, p, why);
	*(bool *)p = true;
	return 0;
}

static int check_required(const struct command *command, uint32_t given)
{
	const struct arg *arg;

	for (arg = command->args; arg->key; arg++) {
		if (!(arg->flags & ARG_REQUIRED) ||
		    given & (1u << (arg - command->args)))
			continue;
		fprintf(stderr, "ktgtadm: %s is missing\n", arg->key);
		return EXIT_USAGE;
	}
	return 0;
}

int command_parse(const struct command *command, int argc, char **argv,
		  struct request *req)
{
	const char *why = NULL;
	const struct arg *arg;
	uint32_t given = 0;
	char *text;
	int i = 0;

	while (i < argc) {
		arg = arg_find(command, argv[i]);
		if (arg)
			i++;
		else if (!i && command->args[0].flags & ARG_FIRST)
			arg = &command->args[0];
		if (!arg) {
			fprintf(stderr, "ktgtadm: unknown word '%s'\n",
				argv[i]);
			return EXIT_USAGE;
		}
		if (given & (1u << (arg - command->args))) {
			fprintf(stderr, "ktgtadm: %s is given twice\n",
				arg->key);
			return EXIT_USAGE;
		}
		given |= 1u << (arg - command->args);
		text = arg_is_word(command, arg) ? NULL : argv[i];
		if (!text && !arg_is_word(command, arg)) {
			fprintf(stderr, "ktgtadm: %s has no value\n",
				arg->key);
			return EXIT_USAGE;
		}
		if (text)
			i++;
		if (!fill(command, arg, text ? text : "", req, &why))
			continue;
		fprintf(stderr, "ktgtadm: %s '%s': %s\n", arg->key, text,
			why);
		return EXIT_USAGE;
	}
	return check_required(command, given);
}
