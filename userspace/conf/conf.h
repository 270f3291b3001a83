/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contents of targets.conf, the configuration file of tgt-admin: a tree of
 * the structs that are sent to the kernel.
 */
#ifndef KTGT_CONF_CONF_H
#define KTGT_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model.h"

struct conf_at {
	uint32_t file;		/* index in conf.files */
	uint32_t line;
	const char *path;	/* path of the object in JSON */
};

struct conf_lu {
	struct conf_lu *next;
	struct conf_at at;
	/* attributes of this logical unit and its target, without .target_id */
	struct lu lu;
	char *name;		/* path of the block or the line */
	bool direct;		/* it has the identity of its disk */
};

struct conf_target {
	struct conf_target *next;
	struct conf_at at;
	struct target target;	/* without an id, it gets a free one */
	struct lu common;	/* attributes that its logical units inherit */
	struct conf_lu *lus;	/* in the order of the file */
	struct vec groups;	/* struct port_group */
	struct vec acls;	/* struct acl */
	struct vec bindings;	/* struct account without secrets */
};

struct conf_account {
	struct conf_account *next;
	struct conf_at at;
	struct account account;
};

struct conf_message {
	bool error;
	char *text;		/* FILE:LINE: ... or FILE: PATH: ... */
};

struct conf {
	struct conf_target *targets;
	struct conf_account *accounts;
	struct vec discovery;	/* struct account without secrets */
	bool ignore_errors;
	struct vec messages;	/* struct conf_message, in the order found */
	struct vec files;	/* char *; the first is the one parsed */
	struct vec paths;	/* char *, paths of objects in JSON */
};

void conf_free(struct conf *conf);

const struct conf_target *conf_find(const struct conf *conf,
				    const char *name);

#endif
