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

#include "conf_check.h"
#include "conf/json.h"
#include "conf/text.h"
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

static int file_expand(void *data, const char *path, struct vec *files)
{
	const struct input *input = data;
	char name[] = "/0";
	unsigned int i;

	for (i = 1; i < input->n; i++) {
		name[1] = '0' + i;
		if (strchr(path, '*') || !strcmp(path, name))
			*(char **)vec_add(files, sizeof(char *)) =
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

	vec_for_each(message, &conf->messages) {
		errors += message->error;
		require(message->text[0] == '/' && message->text[2] == ':');
		i = message->text[1] - '0';
		line = strtoul(message->text + 3, &end, 10);
		require(i < input->n && line && line <= lines(input, i));
		require(!strncmp(end, ": ", 2) && end[2]);
	}
	require(!errors == !err && (!err || err == -EINVAL));
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

	/* JSON is what fuzz_json is for */
	if (conf_is_json(p, size))
		return -1;
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
		conf_check(&conf);
	conf_free(&conf);
	return 0;
}
