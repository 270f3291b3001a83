// SPDX-License-Identifier: GPL-2.0
/* Printing all objects of a kind as a list. */
#include "cmd/print.h"

int dump_and_print(struct app *app, const struct command *command,
		   const void *req, const char *key,
		   const struct column *columns)
{
	struct vec list = { 0 };
	int err;

	err = nl_dump(app->nl, command->cmd, command->obj, req, &list);
	if (!err)
		err = out_list(app->format, key, command->obj, &list, columns);
	objects_free(&list, command->obj);
	return err;
}
