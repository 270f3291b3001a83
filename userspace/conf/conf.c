// SPDX-License-Identifier: GPL-2.0
/* The contents of a configuration file, as a tree. */
#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>

#include "lib/name.h"

static void target_free(struct conf_target *target)
{
	struct conf_lu *lu;

	while ((lu = target->lus) != NULL) {
		target->lus = lu->next;
		free(lu->name);
		free(lu);
	}
	objects_free(&target->groups, &port_group_object);
	objects_free(&target->acls, &acl_object);
	objects_free(&target->bindings, &account_object);
	free(target);
}

void conf_free(struct conf *conf)
{
	struct conf_account *account;
	struct conf_message *message;
	struct conf_target *target;

	while ((target = conf->targets) != NULL) {
		conf->targets = target->next;
		target_free(target);
	}
	while ((account = conf->accounts) != NULL) {
		conf->accounts = account->next;
		explicit_bzero(account, sizeof(*account));
		free(account);
	}
	vec_for_each(message, &conf->messages)
		free(message->text);
	free(conf->messages.items);
	vec_free_strings(&conf->files);
	vec_free_strings(&conf->paths);
	objects_free(&conf->discovery, &account_object);
	memset(conf, 0, sizeof(*conf));
}

const struct conf_target *conf_find(const struct conf *conf, const char *name)
{
	const struct conf_target *target;

	for (target = conf->targets; target; target = target->next)
		if (name_equal(target->target.name, name))
			return target;
	return NULL;
}
