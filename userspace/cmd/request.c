// SPDX-License-Identifier: GPL-2.0
/* The native grammar: from words to requests. */
#include "cmd/request.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "cmd/refuse.h"
#include "lib/parse.h"
#include "lib/secret.h"

/* Values */

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

/* Says so if the name that is sent is not what was typed. */
static int fill_name(const char *text, char name[NAME_SIZE], const char **why)
{
	if (parse_iscsi_name(text, name, why))
		return -EINVAL;
	if (strcmp(text, name))
		fprintf(stderr, "Warning: " NAME_CHANGED "\n", text, name);
	return 0;
}

/*
 * Only the object "target" knows names; others need the number of the target.
 */
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
	if (command->obj != &target_object)
		return fill_name(text, req->target, why);
	SET(target, KTGT_A_TARGET_NAME);
	return fill_name(text, target->name, why);
}

/* The name is sent to the kernel; a target of this name need not exist. */
static int fill_asked(const struct command *command, const struct arg *arg,
		      const char *text, struct request *req, const char **why)
{
	const struct field *f = object_field(command->obj, arg->attr);

	if (isdigit((unsigned char)text[0]))
		return fill_target(command, text, req, why);
	SET((struct model *)req->obj, f->attr);
	return fill_name(text, (char *)req->obj + f->off, why);
}

/* "default" is an attribute of its own. */
static int fill_cache(const char *text, struct lu *lu, const char **why)
{
	if (!strcmp(text, "default")) {
		SET(lu, KTGT_A_LU_DEVICE_WRITE_CACHE);
		lu->device_write_cache = true;
		return 0;
	}
	SET(lu, KTGT_A_LU_WRITE_CACHE);
	if (!parse_bool(text, &lu->write_cache, why))
		return 0;
	*why = "use on, off or default";
	return -EINVAL;
}

/* The number of a device is two attributes. */
static int fill_device(const char *text, struct lu *lu, const char **why)
{
	SET(lu, KTGT_A_LU_MAJOR);
	SET(lu, KTGT_A_LU_MINOR);
	return parse_device(text, &lu->major, &lu->minor, why);
}

/* Accepts only those words of the kernel that the help names. */
static int fill_some(const struct field *f, const struct arg *arg,
		     const char *text, uint32_t *p, const char **why)
{
	static char reason[64];

	if (!strchr(text, '|') && strstr(arg->meta, text) &&
	    !field_enum(f, text, p))
		return 0;
	snprintf(reason, sizeof(reason), "unknown word; use %s", arg->meta);
	*why = reason;
	return -EINVAL;
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
	if (arg->kind == ARG_CACHE)
		return fill_cache(text, req->obj, why);
	if (arg->kind == ARG_DEVICE)
		return fill_device(text, req->obj, why);
	if (arg->kind == ARG_RUN) {
		req->run = text;
		return 0;
	}
	SET((struct model *)req->obj, f->attr);
	switch (arg->kind) {
	case ARG_NAME:
		return fill_name(text, p, why);
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
		req->secret = text;
		return 0;
	}
	if (f->kind == FIELD_ENUM && arg->meta)
		return fill_some(f, arg, text, (uint32_t *)p, why);
	if (f->kind != FIELD_FLAG)
		return parse_field(f, text, p, why);
	*(bool *)p = true;
	return 0;
}

/* The whole */

static bool is_given(const struct line *line, const struct arg *arg)
{
	return line->given & 1u << (arg - line->command->args);
}

/* The required arguments of a command, in the form of its help. */
static void required_text(const struct command *command, char *buf,
			  size_t size)
{
	const struct arg *arg;
	char text[96];
	size_t n = 0;

	for (arg = command->args; arg->key && n < size; arg++) {
		if (!(arg->flags & ARG_REQUIRED))
			continue;
		arg_text(command, arg, text, sizeof(text));
		n += snprintf(buf + n, size - n, " %s", text);
	}
}

static int refuse_missing(const struct line *line, const struct arg *arg)
{
	const struct command *command = line->command;
	char text[256] = "";

	if (line->implied) {
		required_text(command, text, sizeof(text));
		return refuse(line, "the keyword %s is missing: say %s %s%s",
			      command->verb, line->noun->name, command->verb,
			      text);
	}
	arg_text(command, arg, text, sizeof(text));
	return refuse(line, "%s is missing", text);
}

/* Exactly one of some arguments is required; @n of them are given. */
static int check_choice(const struct line *line, unsigned int n)
{
	const struct command *command = line->command;
	const struct arg *arg;
	char text[96], all[256];
	const char *sep = "";
	size_t len = 0;

	if (n == 1)
		return 0;
	for (arg = command->args; arg->key && len < sizeof(all); arg++) {
		if (!(arg->flags & ARG_CHOICE))
			continue;
		arg_text(command, arg, text, sizeof(text));
		len += snprintf(all + len, sizeof(all) - len, "%s%s", sep,
				text);
		sep = arg[1].flags & ARG_CHOICE && arg[2].flags & ARG_CHOICE ?
		      ", " : " or ";
	}
	return refuse(line, n ? "say only one of %s" : "say %s", all);
}

static int check_given(const struct line *line)
{
	bool has_choice = false;
	const struct arg *arg;
	unsigned int n = 0;

	for (arg = line->command->args; arg->key; arg++) {
		if (arg->flags & ARG_REQUIRED && !is_given(line, arg))
			return refuse_missing(line, arg);
		if (!(arg->flags & ARG_CHOICE))
			continue;
		has_choice = true;
		n += is_given(line, arg);
	}
	return has_choice ? check_choice(line, n) : 0;
}

/*
 * The argument that word @i is the key of, or the value of, if it needs no key.
 */
static const struct arg *arg_at(const struct line *line, int i, bool *is_key)
{
	const struct arg *arg = arg_find(line->command, line->argv[i]);
	const struct arg *first = &line->command->args[0];

	*is_key = arg != NULL;
	/* an option is not a value, but - is a file */
	if (!arg && !i && first->flags & ARG_FIRST &&
	    (line->argv[i][0] != '-' || !line->argv[i][1]))
		arg = first;
	return arg;
}

/* Takes the argument at *@i, and moves *@i behind it. */
static int take_arg(struct line *line, struct request *req, int *i)
{
	const char *why = NULL, *text = "";
	const struct arg *arg;
	bool is_key;

	if (is_help(line->argv[*i]) &&
	    !arg_find(line->command, line->argv[*i]))
		return REQUEST_HELP;
	arg = arg_at(line, *i, &is_key);
	if (!arg)
		return refuse_key(line, line->argv[*i]);
	if (is_given(line, arg))
		return refuse(line, "%s is given twice", arg->key);
	if (is_key)
		++*i;
	line->given |= 1u << (arg - line->command->args);
	if (!arg_is_word(line->command, arg)) {
		if (*i == line->argc)
			return refuse(line, "%s has no value", arg->key);
		text = line->argv[(*i)++];
		if (is_help_option(text))
			return REQUEST_HELP;
	}
	if (!fill(line->command, arg, text, req, &why))
		return 0;
	return refuse(line, "%s '%s': %s", arg->key, text, why);
}

static int take_secret(const struct line *line, struct request *req)
{
	const char *why = NULL;
	const struct field *f;

	f = object_field(line->command->obj, KTGT_A_ACCOUNT_SECRET);
	if (!secret_load(req->secret, (char *)req->obj + f->off, &why))
		return 0;
	return refuse(line, "secret-file '%s': %s", req->secret, why);
}

int request_parse(struct line *line, struct request *req)
{
	int i = 0, status = 0;

	while (!status && i < line->argc)
		status = take_arg(line, req, &i);
	if (!status)
		status = check_given(line);
	/* the secret comes last, so that nobody types it for a wrong command */
	if (!status && req->secret)
		status = take_secret(line, req);
	return status;
}
