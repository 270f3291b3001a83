// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever stands in targets.conf: no byte beyond it is read, all is freed, a
 * refusal names a line that there is, and what is taken can go to the kernel
 * as it is.
 *
 * A form feed ends a file; those after the first are /1, /2 and so on.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "parse.h"
#include "require.h"

#define MAX_FILES	8

struct input {
	const char *text[MAX_FILES];
	size_t len[MAX_FILES];
	unsigned int n;
};

static const struct input *file_of(const struct input *input,
				   const char *path, unsigned int *i)
{
	*i = path[0] == '/' && path[1] && !path[2] ?
	     (unsigned char)path[1] - '0' : MAX_FILES;
	return *i && *i < input->n ? input : NULL;
}

/* A copy of just the right size, so that a byte read too far is found. */
static char *copy(const char *text, size_t len)
{
	char *p = malloc(len);

	memcpy(p, text, len);
	return p;
}

static int file_read(void *data, const char *path, char **text, size_t *len)
{
	const struct input *input = data;
	unsigned int i;

	if (!file_of(input, path, &i))
		return -ENOENT;
	*text = copy(input->text[i], input->len[i]);
	*len = input->len[i];
	return 0;
}

static int file_expand(void *data, const char *path, struct list *files)
{
	const struct input *input = data;
	char name[] = "/0";
	unsigned int i;

	for (i = 1; i < input->n; i++) {
		name[1] = '0' + i;
		if (strchr(path, '*') || !strcmp(path, name))
			*(char **)list_add(files, sizeof(char *)) =
				strdup(name);
	}
	return files->n || strchr(path, '*') ? 0 : -ENOENT;
}

static size_t lines(const struct input *input, unsigned int i)
{
	size_t n = 1, k;

	for (k = 0; k < input->len[i]; k++)
		n += input->text[i][k] == '\n';
	return n;
}

static void check_messages(const struct conf *conf, const struct input *input,
			   int err)
{
	const struct conf_message *message;
	unsigned int errors = 0, i;
	unsigned long line;
	char *end;

	list_for_each(message, &conf->messages) {
		errors += message->error;
		require(message->text[0] == '/' && message->text[2] == ':');
		i = message->text[1] - '0';
		line = strtoul(message->text + 3, &end, 10);
		require(i < input->n && line && line <= lines(input, i));
		require(!strncmp(end, ": ", 2) && end[2]);
	}
	require(!errors == !err && (!err || err == -EINVAL));
}

static void check_lus(const struct conf_target *target)
{
	static unsigned int taken[KTGT_LUN_MAX + 1], now;
	const struct conf_lu *lu;

	now++;
	for (lu = target->lus; lu; lu = lu->next) {
		require(HAS(&lu->lu, KTGT_A_LU_LUN));
		require(lu->lu.lun && lu->lu.lun <= KTGT_LUN_MAX);
		require(taken[lu->lu.lun] != now);
		taken[lu->lu.lun] = now;
		require(HAS(&lu->lu, KTGT_A_LU_BACKEND));
		if (lu->lu.backend == KTGT_BACKEND_NULL)
			require(HAS(&lu->lu, KTGT_A_LU_SIZE));
		else
			require(lu->lu.path[0] == '/');
	}
}

static void check_acls(const struct conf_target *target)
{
	const char *why;
	const struct acl *acl;

	/* a target that admits nobody is not what anybody writes */
	require(target->acls.n);
	list_for_each(acl, &target->acls) {
		require(HAS(acl, KTGT_A_ACL_ALL) +
			HAS(acl, KTGT_A_ACL_INITIATOR) +
			HAS(acl, KTGT_A_ACL_ADDRESS) == 1);
		if (HAS(acl, KTGT_A_ACL_INITIATOR))
			require(!parse_iscsi_name(acl->initiator, &why));
		require(acl->prefix_len <= acl->address.len * 8);
	}
}

/* Each has an account with a secret, and the outgoing one is alone. */
static void check_bindings(const struct conf *conf, const struct list *bindings)
{
	const struct conf_account *account;
	const struct account *binding;
	unsigned int outgoing = 0;

	list_for_each(binding, bindings) {
		outgoing += binding->outgoing;
		require(!binding->secret[0]);
		for (account = conf->accounts; account;
		     account = account->next)
			if (!strcmp(account->account.user, binding->user))
				break;
		require(account && account->account.secret[0]);
	}
	require(outgoing <= 1);
}

static void check_tree(const struct conf *conf)
{
	const struct conf_target *target;
	const char *why;

	check_bindings(conf, &conf->discovery);
	for (target = conf->targets; target; target = target->next) {
		require(!parse_iscsi_name(target->target.name, &why));
		require(conf_find(conf, target->target.name) == target);
		check_lus(target);
		check_acls(target);
		check_bindings(conf, &target->bindings);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size, *next;
	struct input input = { .n = 0 };
	const struct conf_source source = {
		.read = file_read, .expand = file_expand, .data = &input,
	};
	struct conf conf;
	char *text;
	int err;

	do {
		next = memchr(p, '\f', end - p);
		input.text[input.n] = p;
		input.len[input.n++] = (next ? next : end) - p;
		p = next + 1;
	} while (next && input.n < MAX_FILES);

	text = copy(input.text[0], input.len[0]);
	err = conf_parse(&conf, "/0", text, input.len[0], &source);
	/* what the tree says is its own */
	free(text);
	check_messages(&conf, &input, err);
	if (!err)
		check_tree(&conf);
	conf_free(&conf);
	return 0;
}
