// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever stands in a configuration that is JSON: no byte beyond it is read,
 * all is freed, a refusal names the place, and what is taken can go to the
 * kernel as it is.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf_check.h"
#include "conf/json.h"
#include "conf/text.h"
#include "require.h"

static void check_messages(const struct conf *conf, size_t size, int err)
{
	const struct conf_message *message;
	unsigned int errors = 0;
	unsigned long line;
	char *end;

	vec_for_each(message, &conf->messages) {
		errors += message->error;
		require(!strncmp(message->text, "/0:", 3));
		line = strtoul(message->text + 3, &end, 10);
		/* syntax has a line, meaning has a path of keys */
		require(line <= size + 1);
		require(end == message->text + 3 ? end[0] == ' ' && end[1] :
						   !strncmp(end, ": ", 2));
	}
	require(!errors == !err && (!err || err == -EINVAL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf conf;
	char *text;
	int err;

	if (!conf_is_json((const char *)data, size))
		return -1;
	text = malloc(size);
	memcpy(text, data, size);
	/* JSON includes nothing */
	err = conf_parse(&conf, "/0", text, size, NULL);
	/* what the tree says is its own */
	free(text);
	check_messages(&conf, size, err);
	if (!err)
		conf_check(&conf);
	conf_free(&conf);
	return 0;
}
